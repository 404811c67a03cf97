//! The embedded engine: one writing lane with group commit, a few readers, a checkpointer.
//!
//! Whatever has queued up while the last commit ran shares the next one; each change has a savepoint of its
//! own. Nobody is told that a change is done before COMMIT has returned.

pub(super) mod bulk;
mod lane;
mod rows;
mod upkeep;

use super::QUEUE;
use super::watch::Watch;
use crate::change::{Answer, Change};
use crate::error::{CommitError, StoreError};
use crate::migrate::{self, Found, Migration, Mode};
use crate::store::Place;
use crate::value::{Stmt, Value};
use lane::Lane;
use rows::{engine_error, execute, open_error, pragma, select};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Reading connections.
const READERS: usize = 3;

/// How long a connection waits for another's lock.
const PATIENCE: Duration = Duration::from_secs(10);
/// Frames (pages) of the write-ahead log above which it is begun anew, by waiting for readers: 64 MiB.
const RESTART_ABOVE: i64 = 16_384;

/// Every connection: durable at COMMIT, references checked. The write-ahead log: the checkpointer moves its bulk
/// into the file in the background, and `wal_autocheckpoint` does when that cannot keep up, often enough that no
/// single COMMIT pays for many pages at once (8192 pages: one COMMIT of 50 ms in a thousand). Both stop short of
/// what a reader still reads, and the log is written from its beginning again only when no reader is in it, so
/// readers who overlap let it grow: above [`RESTART_ABOVE`] the checkpointer asks the lane to wait for them. Beyond
/// that it grows by what is written until the next look, and while a single read outlasts the lane's patience.
/// `journal_size_limit` cuts the file back to 64 MiB when the log is begun anew.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; \
    PRAGMA wal_autocheckpoint = 1024; PRAGMA journal_size_limit = 67108864;";

/// Readers share the operating system's cache; three times the writer's would be most of a small machine's memory,
/// and of what `journal verify` may take.
const READING: &str = "PRAGMA cache_size = -8192";

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
    reading: Vec<JoinHandle<()>>,
    /// The lane and its checkpointer.
    writing: Vec<JoinHandle<()>>,
    watch: Arc<Watch>,
    /// What opening applied.
    pub(super) migrated: &'static [Migration],
}

impl Sqlite {
    pub(crate) fn open(folder: &Path, mode: Mode) -> Result<Sqlite, StoreError> {
        Sqlite::start(folder, mode).map_err(|error| cannot_open(folder, error))
    }

    fn start(folder: &Path, mode: Mode) -> Result<Sqlite, StoreError> {
        let file = folder.join(Place::FILE);
        if mode == Mode::Make {
            make(folder, &file)?;
        }
        // Before anything is set that writes: a file that is no database of ours stays as it is.
        let pending = found(&open_file(&file)?)?.to_apply(mode)?;
        let mut writer = connect(&file)?;
        let migrated = if pending.is_empty() { &[] } else { migrate_sqlite(&mut writer, mode)? };
        let checkpointer = connect(&file)?;
        let reader = |_| {
            let connection = connect(&file)?;
            connection.execute_batch(READING).map_err(open_error)?;
            Ok(connection)
        };
        let readers = (0..READERS).map(reader).collect::<Result<Vec<_>, StoreError>>()?;

        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            let thread = std::thread::Builder::new().name(name.into()).spawn(run);
            thread.map_err(|e| StoreError::Unavailable(e.to_string()))
        };
        let (wake, woken) = sync_channel::<()>(1);
        let too_long = Arc::new(AtomicBool::new(false));
        let told = too_long.clone();
        let checkpointer =
            spawn("db-checkpoint", Box::new(move || checkpoints(&checkpointer, &woken, &told)))?;
        let (lane, asks) = sync_channel(QUEUE);
        let watch = Arc::new(Watch::default());
        let seen = watch.clone();
        let writer =
            spawn("db-writer", Box::new(move || Lane::new(writer, asks, wake, too_long, seen).run()))?;
        let (pool, tasks) = sync_channel::<Task>(QUEUE);
        let tasks = Arc::new(Mutex::new(tasks));
        let read = |reader| {
            let tasks = tasks.clone();
            spawn("db-reader", Box::new(move || read_tasks(&reader, &tasks)))
        };
        let reading = readers.into_iter().map(read).collect::<Result<_, StoreError>>()?;
        let writing = vec![writer, checkpointer];
        Ok(Sqlite { lane: Some(lane), readers: Some(pool), reading, writing, watch, migrated })
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
        Ok(self.rows_of_each(vec![stmt], read).await?.pop().unwrap_or_default())
    }

    pub(crate) async fn rows_of_each<T: Send + 'static>(
        &self,
        stmts: Vec<Stmt>,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<Vec<T>>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let rows_of =
                |stmt: &Stmt| select(connection, stmt).map_err(engine_error)?.into_iter().map(read).collect();
            // The asker may have gone; then nobody needs the rows.
            let _ = reply.send(stmts.iter().map(rows_of).collect());
        });
        send(self.readers.as_ref(), task)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Whether the lane takes changes, or why not.
    pub(crate) async fn health(&self) -> Result<(), StoreError> {
        self.watch.says()?;
        self.on_writer(|connection| connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")).await
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
        // A change may hold the last handle of the store; then this runs on the lane, which cannot wait for
        // itself. All threads end by themselves once their queues are gone.
        let me = std::thread::current().id();
        let ours = self.reading.iter().chain(&self.writing).any(|thread| thread.thread().id() == me);
        let join = |threads: &mut Vec<JoinHandle<()>>| {
            for thread in threads.drain(..).filter(|_| !ours) {
                if thread.join().is_err() {
                    tracing::error!("a database thread panicked");
                }
            }
        };
        // The readers go first, then the lane, and after it the checkpointer it wakes: of connections that close at
        // the same moment each takes another for the last one, and the write-ahead log stays beside the file.
        self.readers = None;
        join(&mut self.reading);
        self.lane = None;
        join(&mut self.writing);
    }
}

fn send<T>(queue: Option<&SyncSender<T>>, task: T) -> Result<(), StoreError> {
    queue.ok_or(StoreError::Closed)?.try_send(task).map_err(|e| match e {
        TrySendError::Full(_) => StoreError::Busy,
        TrySendError::Disconnected(_) => StoreError::Closed,
    })
}

/// Makes folder and file if they are not there, for the eyes of this account only: they hold personal data.
/// The log and its index get the file's rights.
fn make(folder: &Path, file: &Path) -> Result<(), StoreError> {
    let (mut folders, mut files) = (std::fs::DirBuilder::new(), std::fs::OpenOptions::new());
    folders.recursive(true);
    files.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        files.mode(0o600);
    }
    let made = folders.create(folder).and_then(|()| files.open(file).map(|_| ()));
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists || !file.exists() => {
            Err(StoreError::Unavailable(error.to_string()))
        }
        _ => Ok(()),
    }
}

fn found(connection: &Connection) -> Result<Found, StoreError> {
    let tables = select(connection, &migrate::tables()).map_err(open_error)?;
    let tables: Vec<_> = tables.into_iter().flatten().collect();
    if !tables.contains(&Value::from(migrate::NAME)) {
        return Ok(if tables.is_empty() { Found::Nothing } else { Found::Foreign });
    }
    Ok(Found::Applied(select(connection, &migrate::applied()).map_err(open_error)?))
}

/// Why it cannot be opened, in words, where that is because nothing can be written in its folder.
fn cannot_open(folder: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(text) => StoreError::Unavailable(unwritable(folder).unwrap_or(text)),
        other => other,
    }
}

/// Why nothing can be written in this folder: the engine only says that it cannot open the file. Asked by a file of
/// its own, for closing another handle of the database would give up the locks this process holds on it.
fn unwritable(folder: &Path) -> Option<String> {
    let probe = folder.join(".yichuang-writable");
    let made = std::fs::File::create(&probe).and_then(|_| std::fs::remove_file(&probe));
    match made.err()?.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem => Some(format!("目录“{}”所在磁盘是只读的", folder.display())),
        std::io::ErrorKind::PermissionDenied => Some(format!("本账户不能写入目录“{}”", folder.display())),
        std::io::ErrorKind::StorageFull => Some(format!("目录“{}”所在磁盘空间已满", folder.display())),
        _ => None,
    }
}

/// Never makes the file.
fn open_file(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::default() & !OpenFlags::SQLITE_OPEN_CREATE;
    let connection = Connection::open_with_flags(file, flags).map_err(open_error)?;
    connection.busy_timeout(PATIENCE).map_err(open_error)?;
    Ok(connection)
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let connection = open_file(file)?;
    connection.execute_batch(PRAGMAS).map_err(open_error)?;
    let mode = pragma(&connection, "journal_mode").map_err(open_error)?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!("所在磁盘不支持预写日志（journal_mode 为 {mode}）")));
    }
    connection.set_prepared_statement_cache_capacity(512);
    Ok(connection)
}

fn migrate_sqlite(connection: &mut Connection, mode: Mode) -> Result<&'static [Migration], StoreError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(open_error)?;
    let pending = found(&transaction)?.to_apply(mode)?;
    transaction.execute_batch(migrate::TABLE).map_err(engine_error)?;
    for migration in pending {
        transaction.execute_batch(migration.sql).map_err(engine_error)?;
        execute(&transaction, &migration.record()).map_err(engine_error)?;
    }
    transaction.commit().map_err(engine_error)?;
    Ok(pending)
}

fn checkpoints(connection: &Connection, woken: &Receiver<()>, too_long: &AtomicBool) {
    while woken.recv().is_ok() {
        // PASSIVE never makes the lane wait.
        let frames = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(1));
        match frames {
            Ok(frames) => too_long.store(frames > RESTART_ABOVE, Ordering::Relaxed),
            // It costs only a longer log, which the lane and the next look bound.
            Err(error) => tracing::warn!(%error, "background checkpoint failed"),
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
