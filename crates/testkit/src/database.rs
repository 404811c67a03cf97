//! A database for one test, on either engine, and a way past the platform for those who tamper.

use std::io::Write as _;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::{Client, NoTls};
use yichuang_storage::{Place, Store};

/// Names the server, e.g. `postgres://postgres@127.0.0.1:5432/postgres`; `.ci/postgres.sh start` prints one.
pub const POSTGRES: &str = "YICHUANG_TEST_POSTGRES";

/// A store of its own for one test. Use it as a [`Store`].
pub struct TestDb {
    store: Option<Store>,
    place: Place,
}

impl Deref for TestDb {
    type Target = Store;
    fn deref(&self) -> &Store {
        self.store.as_ref().expect("the store is open")
    }
}

impl TestDb {
    async fn open(place: Place) -> TestDb {
        let store = Store::open(&place).await.expect("the test database opens");
        TestDb { store: Some(store), place }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// A clone of the store, for tasks and for `app`.
    pub fn store(&self) -> Store {
        self.deref().clone()
    }

    /// It is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    /// Closes the store and opens it again.
    pub async fn reopen(&mut self) {
        self.store = None;
        *self = TestDb::open(self.place.clone()).await;
    }

    /// Closes the store; only tampering works from then on, until [`TestDb::reopen`].
    pub fn close(&mut self) {
        self.store = None;
    }

    /// Runs SQL past the platform, with references unchecked: what a forger with the file or the password does.
    pub async fn tamper(&self, sql: &str) {
        match &self.place {
            Place::Folder(folder) => tamper_file(folder, sql),
            Place::Postgres(url) => {
                let client = connect(url).await;
                client.batch_execute("SET session_replication_role = replica").await.expect("checks off");
                client.batch_execute(sql).await.expect("tampering works");
            }
        }
    }

    /// Prepares a statement on a connection of the test's own; the error as text.
    pub async fn prepare(&self, sql: &str) -> Result<(), String> {
        match &self.place {
            Place::Folder(_) => self.connection().prepare(sql).map(|_| ()).map_err(|e| e.to_string()),
            Place::Postgres(url) => {
                connect(url).await.prepare(sql).await.map(|_| ()).map_err(|e| format!("{e:?}"))
            }
        }
    }

    fn connection(&self) -> rusqlite::Connection {
        let Place::Folder(folder) = &self.place else { panic!("not an embedded database") };
        connection(folder)
    }
}

/// Runs SQL past the platform on the embedded database in this folder.
pub fn tamper_file(folder: &std::path::Path, sql: &str) {
    let connection = connection(folder);
    connection.execute_batch("PRAGMA foreign_keys = OFF").expect("foreign keys off");
    connection.execute_batch(sql).expect("tampering works");
}

/// A connection of the test's own to the embedded database in this folder.
pub fn connection(folder: &std::path::Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join(Place::FILE)).expect("the file opens")
}

/// Runs a test body on an embedded database in a folder that goes away afterwards.
pub fn on_sqlite(body: impl AsyncFnOnce(TestDb)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    runtime().block_on(async { body(TestDb::open(Place::Folder(folder.path().into())).await).await });
}

/// Runs a test body on a PostgreSQL database that is dropped when it passes.
pub fn on_postgres(test: &str, body: impl AsyncFnOnce(TestDb)) {
    let Some(server) = server(test) else { return };
    runtime().block_on(async {
        let (name, url) = create_database(&server, "LC_COLLATE 'C' LC_CTYPE 'C'").await;
        body(TestDb::open(Place::Postgres(url)).await).await;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        connect(&server).await.batch_execute(&drop).await.expect("the test database is dropped");
    });
}

/// The server's URL; `None` (and a line that says so) where there is none. In CI there must be one.
pub fn server(test: &str) -> Option<String> {
    let url = std::env::var(POSTGRES).ok();
    if url.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{POSTGRES} must be set in CI");
        // Past the test harness, which keeps what a passing test prints to itself.
        let line =
            format!("{test}: PostgreSQL is absent ({POSTGRES} is not set), so this test did nothing\n");
        std::io::stderr().write_all(line.as_bytes()).expect("standard error is open");
    }
    url
}

/// A new database on the server with this locale; its name and URL.
pub async fn create_database(server: &str, locale: &str) -> (String, String) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("yichuang_test_{}_{number}", std::process::id());
    let client = connect(server).await;
    let again = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    client.batch_execute(&again).await.expect("leftovers go away");
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {locale}");
    client.batch_execute(&create).await.expect("a database is created");
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    let url = format!("{base}/{name}");
    (name, url)
}

/// A connection of the test's own.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(async move {
        // The server may end it, e.g. when the database is dropped; whoever asks sees that.
        let _ = connection.await;
    });
    client
}

/// The runtime of a test.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
