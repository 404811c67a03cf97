//! The store: opens a database and runs changes and queries on it. Which engine runs is `db`'s secret.

use crate::change::{Answer, Change};
use crate::db::Engine;
use crate::error::{CommitError, StoreError};
use crate::facts::Facts;
use crate::migrate::{Mode, Schema};
use crate::nodes::{Node, State};
use crate::value::{Cells, Query, Record, Stmt};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder; the embedded database is the file `yichuang.db` inside.
    Folder(PathBuf),
    /// A PostgreSQL URL, `postgres://user@host:port/database`. It may name several servers, `host:port,host:port`: the
    /// one that takes writes is used, also after another one has taken over. `?target_session_attrs=any` lets who
    /// only reads use a standby.
    Postgres(String),
}

impl Place {
    /// The embedded database file is there. For PostgreSQL always true: only the server knows.
    pub fn holds_database(&self) -> bool {
        match self {
            // An empty file is what a start that was cut short leaves behind.
            Place::Folder(folder) => {
                folder.join(Place::FILE).metadata().is_ok_and(|file| file.is_file() && file.len() > 0)
            }
            Place::Postgres(_) => true,
        }
    }

    /// The files of the embedded database in this folder that exist: the database, its log and index.
    pub fn files(folder: &std::path::Path) -> Vec<PathBuf> {
        let file = |suffix| folder.join(format!("{}{suffix}", Place::FILE));
        ["", "-wal", "-shm"].map(file).into_iter().filter(|path| path.exists()).collect()
    }

    /// As a message names it, without the password of a URL.
    pub(crate) fn named(&self) -> String {
        match self {
            Place::Folder(folder) => format!("目录“{}”", folder.display()),
            Place::Postgres(url) => {
                let config: Result<tokio_postgres::Config, _> = url.parse();
                let name = config.ok().and_then(|config| config.get_dbname().map(str::to_owned));
                format!("PostgreSQL 数据库“{}”", name.unwrap_or_default())
            }
        }
    }

    /// Name of the embedded database file.
    pub const FILE: &'static str = "yichuang.db";
}

/// The store. Cheap to clone; the last clone that is dropped waits for the writing lane to end.
#[derive(Clone)]
pub struct Store {
    pub(crate) engine: Arc<Engine>,
    gate: Gate,
    /// The schema, once it is all this release knows.
    whole: Arc<OnceLock<Schema>>,
}

/// What a change must pass before it goes to the engine.
#[derive(Clone)]
enum Gate {
    Open,
    ReadOnly,
    Node(Arc<State>),
}

impl Store {
    /// Opens the database, or makes it if it is not there. One that is there keeps its schema:
    /// [`Store::migrate`] brings it up to date.
    pub async fn open(place: &Place) -> Result<Store, StoreError> {
        Ok(Store::plain(Arc::new(Engine::open(place, Mode::Make).await?)))
    }

    /// Opens a database that must be there already, e.g. for reading a journal. Makes and migrates nothing:
    /// an error says what is missing.
    pub async fn open_existing(place: &Place) -> Result<Store, StoreError> {
        if !place.holds_database() {
            return Err(StoreError::NoDatabase(place.named()));
        }
        let engine = Engine::open(place, Mode::Existing).await;
        Ok(Store::plain(Arc::new(engine.map_err(|error| error.none_at(|| place.named()))?)))
    }

    /// Brings the schema of a database that is there up to date, once however many do so at the same time; gives
    /// the names of what was applied now.
    pub async fn migrate(place: &Place) -> Result<Vec<&'static str>, StoreError> {
        if !place.holds_database() {
            return Err(StoreError::NoDatabase(place.named()));
        }
        let engine = Engine::open(place, Mode::Migrate).await;
        let engine = engine.map_err(|error| error.none_at(|| place.named()))?;
        Ok(engine.migrated().iter().map(|migration| migration.name).collect())
    }

    pub(crate) fn plain(engine: Arc<Engine>) -> Store {
        Store { engine, gate: Gate::Open, whole: Arc::default() }
    }

    /// The same store for reading only: every change is an error.
    pub fn read_only(&self) -> Store {
        Store { gate: Gate::ReadOnly, ..self.clone() }
    }

    /// The same store for this node: a change goes through only while the node holds its number.
    pub fn of_node(&self, node: &Node) -> Store {
        Store { gate: Gate::Node(node.state()), ..self.clone() }
    }

    /// What schema the database has now: somebody may have migrated it since it was opened. Not asked again once it
    /// has all of this release, for a schema only grows.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        match self.whole.get() {
            Some(schema) => Ok(*schema),
            None => self.schema_on_record().await,
        }
    }

    /// The same, asked of the database whatever is known: also a newer release's is an error.
    pub async fn schema_on_record(&self) -> Result<Schema, StoreError> {
        let schema = Schema::read(self.engine.rows(crate::migrate::applied(), Ok).await?)?;
        if schema.missing().next().is_none() {
            self.whole.get_or_init(|| schema);
        }
        Ok(schema)
    }

    /// The database's clock, milliseconds UTC: what leases are measured by.
    pub async fn now(&self) -> Result<i64, StoreError> {
        self.engine.now().await
    }

    /// Waits until every change that has begun by now, on any node, has ended: then nobody decides any more by what
    /// stood before.
    ///
    /// # Errors
    /// [`StoreError::Busy`]: one does not end.
    pub async fn settle(&self) -> Result<(), StoreError> {
        self.engine.settle().await
    }

    /// The database runs by the clock of this machine.
    pub fn shares_clock(&self) -> bool {
        matches!(&*self.engine, Engine::Sqlite(_))
    }

    /// Commits the change durably, or says why nothing of it was written ([`StoreError::Lost`]: that it is not
    /// known). When it answers, the change is on
    /// disk. A repeated act gets the first answer.
    pub async fn commit(&self, change: Change) -> Result<Answer, CommitError> {
        match &self.gate {
            Gate::Open => {}
            Gate::ReadOnly => return Err(StoreError::ReadOnly.into()),
            Gate::Node(node) => node.admit().await?,
        }
        crate::acts::insert(&change.act, "", None).storable()?;
        change.locks.iter().try_for_each(|lock| lock.read.storable())?;
        self.engine.commit(change).await.map_err(|error| match error {
            CommitError::Store(StoreError::Database(text)) => StoreError::NotWritten(text).into(),
            other => other,
        })
    }

    /// The row of a query that gives at most one.
    pub async fn one<T: Record>(&self, query: Query<T>) -> Result<Option<T>, StoreError> {
        let mut rows = self.all(query).await?;
        if rows.len() > 1 {
            return Err(StoreError::damaged("应至多一行的查询读到多行"));
        }
        Ok(rows.pop())
    }

    /// All rows of a query.
    pub async fn all<T: Record>(&self, query: Query<T>) -> Result<Vec<T>, StoreError> {
        query.stmt.storable()?;
        let rows = self.engine.rows(query.stmt.clone(), |cells| T::read(&mut Cells::new(cells))).await;
        rows.map_err(|error| error.in_table(&query.stmt))
    }

    /// The rows of each of several queries of one kind, in their order: one way to the database and back.
    pub async fn each<T: Record>(&self, queries: Vec<Query<T>>) -> Result<Vec<Vec<T>>, StoreError> {
        let stmts: Vec<Stmt> = queries.into_iter().map(|query| query.stmt).collect();
        stmts.iter().try_for_each(Stmt::storable)?;
        let Some(first) = stmts.first().cloned() else { return Ok(Vec::new()) };
        let rows = self.engine.rows_of_each(stmts, |cells| T::read(&mut Cells::new(cells))).await;
        rows.map_err(|error| error.in_table(&first))
    }

    /// 就绪: whether changes can be written now; the error is the reason why not, for people. A node that gets one
    /// should be given no new work. Unless it is [`StoreError::Unavailable`], reads may still go through.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.engine.health().await
    }

    /// What the engine says of itself, its disk, its standbys. For `doctor`.
    pub async fn facts(&self) -> Result<Facts, StoreError> {
        self.engine.facts().await
    }

    /// What the engine says of its own settings, e.g. `("synchronous", "2")`: asked on the connection that
    /// writes. For `doctor`.
    pub async fn settings(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        self.engine.settings().await
    }

    /// Bounds the embedded database file to this many pages (never below what it holds) and tells the bound.
    /// On PostgreSQL the server's administrator bounds the space, and this is an error.
    pub async fn limit_pages(&self, pages: u32) -> Result<i64, StoreError> {
        self.engine.limit_pages(pages).await
    }
}
