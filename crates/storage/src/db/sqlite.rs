//! The embedded engine: one writing lane with group commit, a few readers, a checkpointer.
//!
//! Whatever has queued up while the last commit ran shares the next one; each change has a savepoint of its
//! own. Nobody is told that a change is done before COMMIT has returned.

use super::{Outcome, QUEUE, missed, repeated, with_act};
use crate::change::{Answer, Change, Lock, Rows, counter_order, guarded};
use crate::error::{CommitError, StoreError};
use crate::migrate;
use crate::store::Place;
use crate::value::{Stmt, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, params_from_iter};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Changes that share one commit at most.
const BATCH: usize = 256;
/// Reading connections.
const READERS: usize = 3;
/// Changes after which the checkpointer is woken.
const CHECKPOINT_AFTER: usize = 512;

/// Every connection: durable at COMMIT, references checked, a write-ahead log of at most 64 MiB, whose bulk
/// the checkpointer moves in the background; `wal_autocheckpoint` bounds it when it cannot keep up, often
/// enough that no single COMMIT pays for many pages at once (8192 pages: one COMMIT of 50 ms in a thousand).
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; \
    PRAGMA wal_autocheckpoint = 1024; PRAGMA journal_size_limit = 67108864;";

type Reply<T> = oneshot::Sender<T>;
type Task = Box<dyn FnOnce(&Connection) + Send>;

enum Ask {
    Commit(Change, Reply<Result<Answer, CommitError>>),
    /// Runs between two batches on the writing connection.
    Run(Task),
}

pub(crate) struct Sqlite {
    lane: Option<SyncSender<Ask>>,
    readers: Option<SyncSender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

impl Sqlite {
    pub(crate) fn open(folder: &Path) -> Result<Sqlite, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let file = folder.join(Place::FILE);
        let mut writer = connect(&file)?;
        migrate_sqlite(&mut writer)?;
        let checkpointer = connect(&file)?;
        let readers = (0..READERS).map(|_| connect(&file)).collect::<Result<Vec<_>, _>>()?;

        let mut threads = Vec::new();
        let mut spawn = |name: &str, run: Box<dyn FnOnce() + Send>| -> Result<(), StoreError> {
            let thread = std::thread::Builder::new().name(name.into()).spawn(run);
            threads.push(thread.map_err(|e| StoreError::Unavailable(e.to_string()))?);
            Ok(())
        };
        let (wake, woken) = sync_channel::<()>(1);
        spawn("db-checkpoint", Box::new(move || checkpoints(&checkpointer, &woken)))?;
        let (lane, asks) = sync_channel(QUEUE);
        spawn("db-writer", Box::new(move || Lane { connection: writer, asks, wake, since: 0 }.run()))?;
        let (pool, tasks) = sync_channel::<Task>(QUEUE);
        let tasks = Arc::new(Mutex::new(tasks));
        for reader in readers {
            let tasks = tasks.clone();
            spawn("db-reader", Box::new(move || read_tasks(&reader, &tasks)))?;
        }
        Ok(Sqlite { lane: Some(lane), readers: Some(pool), threads })
    }

    pub(crate) async fn commit(&self, change: Change) -> Result<Answer, CommitError> {
        let (reply, answer) = oneshot::channel();
        send(self.lane.as_ref(), Ask::Commit(change, reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        stmt: Stmt,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let rows = select(connection, &stmt).map_err(engine_error);
            // The asker may have gone; then nobody needs the rows.
            let _ = reply.send(rows.and_then(|rows| rows.into_iter().map(read).collect()));
        });
        send(self.readers.as_ref(), task)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(crate) async fn settings(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        self.on_writer(|connection| {
            let names =
                ["journal_mode", "synchronous", "foreign_keys", "page_size", "page_count", "max_page_count"];
            let ask = |name| Ok((name, pragma(connection, name)?));
            names.into_iter().map(ask).collect::<rusqlite::Result<Vec<_>>>()
        })
        .await
    }

    pub(crate) async fn limit_pages(&self, pages: u32) -> Result<i64, StoreError> {
        self.on_writer(move |connection| {
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))
        })
        .await
    }

    async fn on_writer<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let _ = reply.send(run(connection).map_err(engine_error));
        });
        send(self.lane.as_ref(), Ask::Run(task))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.lane = None;
        self.readers = None;
        // A change may hold the last handle of the store; then this runs on the lane, which cannot wait for
        // itself. All threads end by themselves once their queues are gone.
        let me = std::thread::current().id();
        if self.threads.iter().any(|thread| thread.thread().id() == me) {
            return;
        }
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}

fn send<T>(queue: Option<&SyncSender<T>>, task: T) -> Result<(), StoreError> {
    queue.ok_or(StoreError::Closed)?.try_send(task).map_err(|e| match e {
        TrySendError::Full(_) => StoreError::Busy,
        TrySendError::Disconnected(_) => StoreError::Closed,
    })
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(file).map_err(open_error)?;
    connection.execute_batch(PRAGMAS).map_err(open_error)?;
    let mode = pragma(&connection, "journal_mode").map_err(open_error)?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!("所在磁盘不支持预写日志（journal_mode 为 {mode}）")));
    }
    connection.set_prepared_statement_cache_capacity(512);
    Ok(connection)
}

fn migrate_sqlite(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(open_error)?;
    transaction.execute_batch(migrate::TABLE).map_err(engine_error)?;
    let applied = select(&transaction, &migrate::applied()).map_err(engine_error)?;
    for migration in migrate::pending(applied)? {
        transaction.execute_batch(migration.sql).map_err(engine_error)?;
        execute(&transaction, &migration.record()).map_err(engine_error)?;
    }
    transaction.commit().map_err(engine_error)
}

fn checkpoints(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // PASSIVE never makes the lane wait. A failure costs only a longer log, which the lane bounds itself.
        if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::warn!(error = %error, "background checkpoint failed");
        }
    }
}

fn read_tasks(connection: &Connection, tasks: &Mutex<Receiver<Task>>) {
    loop {
        let task = match tasks.lock() {
            Ok(tasks) => tasks.recv(),
            Err(poisoned) => poisoned.into_inner().recv(),
        };
        match task {
            Ok(task) => task(connection),
            Err(_) => return,
        }
    }
}

struct Pending {
    change: Change,
    reply: Reply<Result<Answer, CommitError>>,
}

impl Pending {
    fn answer(self, result: Result<Answer, CommitError>) {
        let Pending { change, reply } = self;
        drop(change); // it may hold a handle of the store, which must not outlive the caller's
        // The caller may have gone away; the act is on record and a repetition finds it.
        let _ = reply.send(result);
    }
}

struct Lane {
    connection: Connection,
    asks: Receiver<Ask>,
    wake: SyncSender<()>,
    since: usize,
}

impl Lane {
    fn run(mut self) {
        let mut next = self.asks.recv().ok();
        while let Some(ask) = next.take() {
            match ask {
                Ask::Run(task) => task(&self.connection),
                Ask::Commit(change, reply) => next = self.batch(Pending { change, reply }),
            }
            next = next.or_else(|| self.asks.recv().ok());
        }
    }

    /// Runs this change and whatever has queued up behind it in one transaction; gives back what must run
    /// outside of it.
    fn batch(&mut self, first: Pending) -> Option<Ask> {
        if let Err(error) = self.plain("BEGIN IMMEDIATE") {
            first.answer(Err(error));
            return None;
        }
        let (mut done, mut left, mut next) = (Vec::new(), None, Some(first));
        while let Some(pending) = next.take() {
            let result = self.change(&pending.change);
            done.push((pending, result));
            if done.len() == BATCH || self.connection.is_autocommit() {
                break;
            }
            match self.asks.try_recv() {
                Ok(Ask::Commit(change, reply)) => next = Some(Pending { change, reply }),
                Ok(task) => left = Some(task),
                Err(_) => {}
            }
        }
        // After a full disk or an I/O error SQLite may have rolled back everything by itself; then nothing of
        // the batch is on disk, whatever the single changes were told, and each gets one more try alone.
        if !self.connection.is_autocommit() && self.commit().is_ok() {
            self.wake_checkpointer(done.len());
            done.into_iter().for_each(|(pending, result)| pending.answer(result));
        } else {
            tracing::warn!(changes = done.len(), "batch aborted, trying each change alone");
            for (pending, _) in done {
                let result = self.alone(&pending.change);
                pending.answer(result);
            }
        }
        left
    }

    fn alone(&self, change: &Change) -> Result<Answer, CommitError> {
        self.plain("BEGIN IMMEDIATE")?;
        let result = self.change(change);
        if self.connection.is_autocommit() {
            return result.and(Err(StoreError::Database("事务被数据库撤销".into()).into()));
        }
        self.commit()?;
        result
    }

    fn commit(&self) -> Result<(), CommitError> {
        let committed = self.plain("COMMIT");
        if committed.is_err() {
            self.roll_back();
        }
        committed
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.plain("ROLLBACK")
        {
            tracing::error!(error = %error, "rollback failed");
        }
    }

    /// One change inside the running transaction: all of it, or nothing but its refusal.
    fn change(&self, change: &Change) -> Result<Answer, CommitError> {
        self.plain("SAVEPOINT change")?;
        let result = self.attempt(change).and_then(|outcome| {
            if let Outcome::Refused(refusal) = &outcome {
                self.plain("ROLLBACK TO change")?;
                self.write(&crate::refusals::insert(&change.act, change.key, refusal))?;
            }
            self.plain("RELEASE change")?;
            Ok(outcome)
        });
        match result {
            Ok(outcome) => outcome.into(),
            Err(error) => {
                let undone = self.plain("ROLLBACK TO change").and_then(|()| self.plain("RELEASE change"));
                if undone.is_err() {
                    self.roll_back(); // a half-undone change must never meet a COMMIT
                }
                Err(error)
            }
        }
    }

    fn attempt(&self, change: &Change) -> Result<Outcome, CommitError> {
        if let Some(found) = self.read(&crate::acts::lookup(&change.act.id))?.pop() {
            return repeated(&change.act, found).map(Outcome::Done);
        }
        let rows = change.locks.iter().map(|lock| self.lock(lock)).collect::<Result<Vec<_>, _>>()?;
        let rows = Rows(rows);
        let plan = match guarded(|| (change.then)(&rows)) {
            Err(CommitError::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
            other => other?,
        };
        let mut numbers = vec![0; plan.counters.len()];
        for place in counter_order(&plan.counters) {
            let drawn = self.read(&crate::series::draw(&plan.counters[place]))?.pop();
            numbers[place] = crate::series::number(drawn)?;
        }
        let effects = match guarded(|| (plan.finish)(&numbers)) {
            Err(CommitError::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
            other => other?,
        };
        let (stmts, answer) = with_act(&change.act, effects);
        for stmt in &stmts {
            if self.write(stmt)? != 1 && stmt.one_row {
                return Err(missed(stmt));
            }
        }
        Ok(Outcome::Done(answer))
    }

    /// SQLite has one writer, so reading inside its transaction is the lock.
    fn lock(&self, lock: &Lock) -> Result<Vec<Value>, CommitError> {
        let mut rows = self.read(&lock.read)?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            _ => Err(CommitError::LockMissed { name: lock.name }),
        }
    }

    fn read(&self, stmt: &Stmt) -> Result<Vec<Vec<Value>>, CommitError> {
        select(&self.connection, stmt).map_err(|e| engine_error(e).into())
    }

    fn write(&self, stmt: &Stmt) -> Result<usize, CommitError> {
        execute(&self.connection, stmt).map_err(|e| engine_error(e).into())
    }

    fn plain(&self, sql: &'static str) -> Result<(), CommitError> {
        let run = || self.connection.prepare_cached(sql)?.execute([]);
        run().map(|_| ()).map_err(|e| engine_error(e).into())
    }

    fn wake_checkpointer(&mut self, changes: usize) {
        self.since += changes;
        if self.since >= CHECKPOINT_AFTER {
            self.since = 0;
            // Full: it is awake already.
            let _ = self.wake.try_send(());
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

fn execute(connection: &Connection, stmt: &Stmt) -> rusqlite::Result<usize> {
    connection.prepare_cached(stmt.sql)?.execute(params_from_iter(&stmt.args))
}

fn select(connection: &Connection, stmt: &Stmt) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut prepared = connection.prepare_cached(stmt.sql)?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(params_from_iter(&stmt.args))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|i| match row.get_ref(i)? {
            ValueRef::Integer(value) => Ok(Value::Int(value)),
            other => Ok(Value::Text(other.as_str()?.into())),
        });
        all.push(cells.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(all)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Integer(value) => value.to_string(),
            other => other.as_str()?.into(),
        })
    })
}

fn engine_error(error: rusqlite::Error) -> StoreError {
    use rusqlite::ffi;
    let extended = error.sqlite_error().map(|e| e.extended_code);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::damaged(error.to_string()),
        Some(ErrorCode::ConstraintViolation)
            if matches!(
                extended,
                Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
            ) =>
        {
            StoreError::Duplicate(error.to_string())
        }
        _ => StoreError::Database(error.to_string()),
    }
}

fn open_error(error: rusqlite::Error) -> StoreError {
    match engine_error(error) {
        StoreError::Database(text) => StoreError::Unavailable(text),
        other => other,
    }
}
