//! Whole tables of an embedded database. Blocking, so every step runs on a thread for that.

use super::rows::{engine_error, execute, open_error, read_rows};
use super::{cannot_open, found, open_file};
use crate::db::bulk::{Column, Kind, Table};
use crate::error::StoreError;
use crate::migrate::{self, Found, Migration};
use crate::value::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

/// The file is new and thrown away when anything fails, so it needs no journal, and one sync at the end.
const LOADING: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; \
    PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";

pub(crate) struct Bulk(Option<Connection>);

impl Bulk {
    pub(crate) async fn snapshot(file: &Path) -> Result<(Bulk, Found), StoreError> {
        let file = file.to_owned();
        let open = |file: &Path| {
            let connection = open_file(file)?;
            connection.execute_batch("PRAGMA query_only = ON; BEGIN").map_err(open_error)?;
            let found = found(&connection)?; // the first read: from here on the snapshot stands
            Ok((Bulk(Some(connection)), found))
        };
        blocking(move || {
            open(&file).map_err(|error| cannot_open(file.parent().unwrap_or(Path::new(".")), error))
        })
        .await
    }

    pub(crate) async fn make(file: &Path, make: &'static [Migration]) -> Result<Bulk, StoreError> {
        let file = file.to_owned();
        blocking(move || {
            let connection = Connection::open(&file).map_err(open_error)?;
            connection.execute_batch(LOADING).map_err(open_error)?;
            connection.execute_batch("BEGIN EXCLUSIVE").map_err(open_error)?;
            migrate_all(&connection, make)?;
            Ok(Bulk(Some(connection)))
        })
        .await
    }

    pub(crate) async fn rows(
        &mut self,
        sql: String,
        args: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        self.run(move |connection| read_rows(connection, &sql, &args)).await
    }

    pub(crate) async fn insert(&mut self, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.list(), places.join(", "));
        self.run(move |connection| {
            let mut insert = connection.prepare_cached(&sql)?;
            rows.iter().try_for_each(|row| insert.execute(params_from_iter(row)).map(drop))
        })
        .await
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.run(|connection| connection.execute_batch("COMMIT")).await
    }

    async fn run<T: Send + 'static>(
        &mut self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = self.0.take().ok_or(StoreError::Closed)?;
        let (connection, result) = blocking(move || {
            let result = run(&connection).map_err(engine_error);
            Ok((connection, result))
        })
        .await?;
        self.0 = Some(connection);
        result
    }
}

/// Copies the database as it stands now, without its free pages, into a file that is not there yet.
pub(crate) async fn vacuum_into(from: &Path, to: &Path) -> Result<(), StoreError> {
    let (from, to) = (from.to_owned(), to.to_string_lossy().into_owned());
    blocking(move || {
        let connection = open_file(&from)?;
        connection.execute("VACUUM INTO $1", [to]).map(drop).map_err(engine_error)
    })
    .await
}

pub(crate) fn tables(migrations: &'static [Migration]) -> Result<Vec<Table>, StoreError> {
    let connection = Connection::open_in_memory().map_err(open_error)?;
    migrate_all(&connection, migrations)?;
    let read = || -> rusqlite::Result<Vec<Table>> {
        let mut names =
            connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")?;
        let names: rusqlite::Result<Vec<String>> = names.query_map([], |row| row.get(0))?.collect();
        names?.into_iter().map(|name| table(&connection, name)).collect()
    };
    read().map_err(engine_error)
}

fn table(connection: &Connection, name: String) -> rusqlite::Result<Table> {
    let mut info = connection.prepare("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid")?;
    let columns = info.query_map([&name], |row| {
        let kind = if row.get::<_, String>(1)? == "BIGINT" { Kind::Int } else { Kind::Text };
        Ok((Column { name: row.get(0)?, kind }, row.get::<_, i64>(2)?))
    })?;
    let columns = columns.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut key: Vec<usize> = (0..columns.len()).filter(|place| columns[*place].1 > 0).collect();
    key.sort_by_key(|place| columns[*place].1);
    Ok(Table { name, columns: columns.into_iter().map(|(column, _)| column).collect(), key })
}

fn migrate_all(connection: &Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    connection.execute_batch(migrate::TABLE).map_err(engine_error)?;
    for migration in migrations {
        connection.execute_batch(migration.sql).map_err(engine_error)?;
        execute(connection, &migration.record()).map_err(engine_error)?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(run).await.unwrap_or(Err(StoreError::Closed))
}
