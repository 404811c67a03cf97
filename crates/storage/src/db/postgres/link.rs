//! A lane's connection: its prepared statements, and many requests on the way at once.

use super::rows::{args, pool_error};
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

pub(super) struct Link {
    client: Object,
    /// By text and by how it locks.
    statements: HashMap<(&'static str, Strength), Statement>,
}

impl Link {
    /// A connection of the pool. `patience`: how long it waits for a lock somebody else holds.
    pub(super) async fn open(pool: &Pool, patience: Duration) -> Result<Link, StoreError> {
        let client = pool.get().await.map_err(pool_error)?;
        let wait = format!("SET lock_timeout = {}", patience.as_millis());
        match client.batch_execute(&wait).await {
            Ok(()) => Ok(Link { client, statements: HashMap::new() }),
            Err(error) => {
                drop(Object::take(client)); // never back into the pool
                Err(super::rows::engine_error(error))
            }
        }
    }

    /// The server has ended it while it was not used.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Ends it; it does not return to the pool.
    pub(super) fn close(self) {
        drop(Object::take(self.client));
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
        let words = match strength {
            Strength::Update => " FOR UPDATE",
            Strength::Share => " FOR SHARE",
            Strength::Read => "",
        };
        let statement = self.client.prepare_cached(&format!("{}{words}", sql.trim_end())).await?;
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
