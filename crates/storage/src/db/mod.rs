//! The one place that knows which engine runs. Everything above speaks in changes, statements and queries.

pub(crate) mod bulk;
mod postgres;
mod sqlite;
mod watch;

use crate::change::{Act, Answer, Change, Effects};
use crate::error::{CommitError, StoreError};
use crate::facts::Facts;
use crate::migrate::{Migration, Mode};
use crate::store::Place;
use crate::value::{Stmt, Value};
use futures_util::future::try_join_all;
use yichuang_domain::Refusal;

/// Waiting changes, and waiting reads, beyond which the answer is
/// [`StoreError::Busy`].
const QUEUE: usize = 4096;

pub(crate) enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Engine {
    pub(crate) async fn open(place: &Place, mode: Mode) -> Result<Engine, StoreError> {
        match place {
            Place::Folder(folder) => sqlite::Sqlite::open(folder, mode).map(Engine::Sqlite),
            Place::Postgres(url) => postgres::Postgres::open(url, mode).await.map(Engine::Postgres),
        }
    }

    pub(crate) async fn commit(&self, change: Change) -> Result<Answer, CommitError> {
        match self {
            Engine::Sqlite(engine) => engine.commit(change).await,
            Engine::Postgres(engine) => engine.commit(change).await,
        }
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        stmt: Stmt,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.rows(stmt, read).await,
            Engine::Postgres(engine) => engine.rows(stmt, read).await,
        }
    }

    /// The rows of each statement, in their order.
    pub(crate) async fn rows_of_each<T: Send + 'static>(
        &self,
        stmts: Vec<Stmt>,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<Vec<T>>, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.rows_of_each(stmts, read).await,
            // Each on a connection of its own as far as there are any.
            Engine::Postgres(engine) => {
                try_join_all(stmts.into_iter().map(|stmt| engine.rows(stmt, read))).await
            }
        }
    }

    /// A guarded statement on a row that is no record (a lease, a node number); gives the rows touched.
    pub(crate) async fn write(&self, stmt: Stmt) -> Result<usize, StoreError> {
        stmt.storable()?;
        match self {
            Engine::Sqlite(engine) => engine.write(stmt).await,
            Engine::Postgres(engine) => engine.write(stmt).await,
        }
    }

    /// The database's clock, milliseconds UTC.
    pub(crate) async fn now(&self) -> Result<i64, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.now().await,
            Engine::Postgres(engine) => engine.now().await,
        }
    }

    /// What the engine says of itself.
    pub(crate) async fn facts(&self) -> Result<Facts, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.facts().await,
            Engine::Postgres(engine) => engine.facts().await,
        }
    }

    /// Waits until every change that has begun by now has ended. The embedded engine runs one at a time.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        match self {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.settle().await,
        }
    }

    /// What opening it applied.
    pub(crate) fn migrated(&self) -> &'static [Migration] {
        match self {
            Engine::Sqlite(engine) => engine.migrated,
            Engine::Postgres(engine) => engine.migrated,
        }
    }

    /// Whether changes can be written now, or why not.
    pub(crate) async fn health(&self) -> Result<(), StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.health().await,
            Engine::Postgres(engine) => engine.health().await,
        }
    }

    pub(crate) async fn settings(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.settings().await,
            Engine::Postgres(engine) => engine.settings().await,
        }
    }

    pub(crate) async fn limit_pages(&self, pages: u32) -> Result<i64, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.limit_pages(pages).await,
            Engine::Postgres(_) => Err(StoreError::Database("PostgreSQL 的空间由数据库服务器管理".into())),
        }
    }
}

/// How one attempt at a change ended: done, done before, or refused (which is recorded, too).
enum Outcome {
    Done(Answer),
    Refused(Refusal),
}

impl From<Outcome> for Result<Answer, CommitError> {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done(answer) => Ok(answer),
            Outcome::Refused(refusal) => Err(CommitError::Refused(refusal)),
        }
    }
}

/// What an act found under its id gives: the first answer, or a refusal of the id.
fn repeated(act: &Act, found: Vec<Value>) -> Result<Answer, CommitError> {
    use crate::value::{Cells, Record};
    let stored = crate::acts::ActRow::read(&mut Cells::new(found))?;
    if stored.actor != act.actor || stored.kind != act.kind || stored.body_hash != act.body_hash {
        return Err(CommitError::ActDiffers);
    }
    Ok(Answer { body: stored.answer, repeated: true })
}

/// The effects with the act's own row in front, so that a race of one act with itself shows first.
fn with_act(act: &Act, effects: Effects) -> Result<(Vec<Stmt>, Answer), StoreError> {
    let mut stmts = Vec::with_capacity(effects.stmts.len() + 1);
    stmts.push(crate::acts::insert(act, &effects.answer, effects.witness.as_ref()));
    stmts.extend(effects.stmts);
    stmts.iter().try_for_each(Stmt::storable)?;
    Ok((stmts, Answer { body: effects.answer, repeated: false }))
}

/// A statement that did not touch exactly one row.
fn missed(stmt: &Stmt) -> CommitError {
    CommitError::EffectMissed { sql: stmt.sql.chars().take(60).collect() }
}
