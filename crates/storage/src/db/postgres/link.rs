//! A lane's connection: its prepared statements, and many requests on the way at once.

use super::rows::{args, engine_error, pool_error};
use crate::change::Strength;
use crate::error::StoreError;
use crate::value::Stmt;
use deadpool_postgres::{Object, Pool};
use futures_util::future::{MaybeDone, maybe_done};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio_postgres::{Error, Row, Statement};

/// A statement: its text, and how it locks.
pub(super) type Known = (&'static str, Strength);

pub(super) struct Link {
    client: Object,
    statements: HashMap<Known, Statement>,
}

impl Link {
    /// A connection of the pool. `patience`: how long it waits for a lock somebody else holds. What the lane has
    /// used before is prepared now: not when others wait for the locks it holds.
    pub(super) async fn open(pool: &Pool, patience: Duration, known: &[Known]) -> Result<Link, StoreError> {
        let client = pool.get().await.map_err(pool_error)?;
        let wait = format!("SET lock_timeout = {}", patience.as_millis());
        let asked = known.iter().map(|known| prepare(&client, *known));
        let (set, prepared) = after(client.batch_execute(&wait), asked).await;
        // What cannot be prepared any more is the trouble of who needs it.
        let prepared = known.iter().zip(prepared).filter_map(|(known, done)| Some((*known, done.ok()?)));
        match set {
            Ok(()) => Ok(Link { statements: prepared.collect(), client }),
            Err(error) => {
                drop(Object::take(client)); // never back into the pool
                Err(engine_error(error))
            }
        }
    }

    /// The server has ended it while it was not used.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Ends it; it does not return to the pool. Gives the statements it knew.
    pub(super) fn close(self) -> Vec<Known> {
        drop(Object::take(self.client));
        self.statements.into_keys().collect()
    }

    pub(super) async fn plain(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// Prepares a statement, once for this connection.
    pub(super) async fn statement(&mut self, sql: &'static str) -> Result<Statement, Error> {
        self.locking(sql, Strength::Read).await
    }

    /// The same with the words that lock the row.
    pub(super) async fn locking(
        &mut self,
        sql: &'static str,
        strength: Strength,
    ) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(&(sql, strength)) {
            return Ok(statement.clone());
        }
        let statement = prepare(&self.client, (sql, strength)).await?;
        self.statements.insert((sql, strength), statement.clone());
        Ok(statement)
    }

    pub(super) async fn query(&self, statement: &Statement, stmt: &Stmt) -> Result<Vec<Row>, Error> {
        self.client.query(statement, &args(stmt)).await
    }

    pub(super) async fn execute(&self, statement: &Statement, stmt: &Stmt) -> Result<u64, Error> {
        self.client.execute(statement, &args(stmt)).await
    }
}

async fn prepare(client: &Object, (sql, strength): Known) -> Result<Statement, Error> {
    let words = match strength {
        Strength::Update => " FOR UPDATE",
        Strength::Share => " FOR SHARE",
        Strength::Read => "",
    };
    client.prepare_cached(&format!("{}{words}", sql.trim_end())).await
}

/// Sends all requests in this order, then waits for the answers in this order: an answer nobody waits for would
/// hold up those behind it.
pub(super) async fn pipeline<F: Future>(requests: impl Iterator<Item = F>) -> Vec<F::Output> {
    answers(send(requests).await).await
}

/// The same with another request in front.
pub(super) async fn after<A: Future, F: Future>(
    first: A,
    requests: impl Iterator<Item = F>,
) -> (A::Output, Vec<F::Output>) {
    let first = send(std::iter::once(first)).await;
    let rest = send(requests).await;
    let first = answers(first).await.remove(0);
    (first, answers(rest).await)
}

type Sent<F> = Vec<Pin<Box<MaybeDone<F>>>>;

async fn send<F: Future>(requests: impl Iterator<Item = F>) -> Sent<F> {
    let mut sent = Vec::new();
    for request in requests {
        let mut request = Box::pin(maybe_done(request));
        // A request goes out when it is first polled.
        poll_fn(|context| Poll::Ready(request.as_mut().poll(context).is_ready())).await;
        sent.push(request);
    }
    sent
}

async fn answers<F: Future>(sent: Sent<F>) -> Vec<F::Output> {
    let mut answers = Vec::with_capacity(sent.len());
    for mut request in sent {
        request.as_mut().await;
        answers.extend(request.as_mut().take_output());
    }
    answers
}
