//! Whole tables: one snapshot of a database to read from, one transaction on an empty one to write into.
//!
//! Beside the lanes, on connections of its own: what is read here sees nothing of what is written meanwhile, and
//! what is written here is there as a whole or not at all.

use super::{postgres, sqlite};
use crate::error::StoreError;
use crate::migrate::{Found, MIGRATIONS, Migration, Schema};
use crate::store::Place;
use crate::value::Value;
use std::path::Path;

/// 数据表: as the migrations of this release make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Places of the primary key among the columns, in the order of the key.
    pub(crate) key: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
}

impl Kind {
    pub(crate) fn holds(self, value: &Value) -> bool {
        matches!((self, value), (Kind::Int, Value::Int(_)) | (Kind::Text, Value::Text(_)))
    }
}

/// Every table these migrations make, in an order in which references point backwards: asked of a database they
/// have just made, so that none can be forgotten.
pub(crate) fn tables(migrations: &'static [Migration]) -> Result<Vec<Table>, StoreError> {
    sqlite::bulk::tables(migrations)
}

/// The migrations a database has.
fn applied(found: Found) -> Result<&'static [Migration], StoreError> {
    match found {
        Found::Nothing => Err(StoreError::NoDatabase(String::new())),
        Found::Foreign => Err(StoreError::damaged("没有结构登记表 migrations")),
        Found::Applied(rows) => Ok(&MIGRATIONS[..Schema::read(rows)?.applied().count()]),
    }
}

/// Copies an embedded database as it stands now into a file that is not there yet.
pub(crate) async fn copy_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    sqlite::bulk::vacuum_into(from, to).await
}

/// A database read as it stood at one moment, or filled in one transaction. Dropped unfinished, it leaves nothing.
pub(crate) enum Bulk {
    Sqlite(sqlite::bulk::Bulk),
    Postgres(postgres::bulk::Bulk),
}

impl Bulk {
    /// The database at this place as it stands now, and the migrations it has. No newer than this release.
    pub(crate) async fn snapshot(place: &Place) -> Result<(Bulk, &'static [Migration]), StoreError> {
        let (bulk, found) = match place {
            Place::Folder(folder) => return Bulk::file(&folder.join(Place::FILE)).await,
            Place::Postgres(url) => postgres::bulk::Bulk::snapshot(url).await?,
        };
        Ok((Bulk::Postgres(bulk), applied(found)?))
    }

    /// The same of an embedded database in this file.
    pub(crate) async fn file(file: &Path) -> Result<(Bulk, &'static [Migration]), StoreError> {
        let (bulk, found) = sqlite::bulk::Bulk::snapshot(file).await?;
        Ok((Bulk::Sqlite(bulk), applied(found)?))
    }

    /// A new embedded database in this file, with these migrations. Not durable yet when it is finished.
    pub(crate) async fn new_file(file: &Path, make: &'static [Migration]) -> Result<Bulk, StoreError> {
        sqlite::bulk::Bulk::make(file, make).await.map(Bulk::Sqlite)
    }

    /// The empty database of this URL, with these migrations; `None`: it is not empty.
    pub(crate) async fn new_postgres(
        url: &str,
        make: &'static [Migration],
    ) -> Result<Option<Bulk>, StoreError> {
        Ok(postgres::bulk::Bulk::make(url, make).await?.map(Bulk::Postgres))
    }

    pub(crate) async fn rows(
        &mut self,
        sql: String,
        args: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        match self {
            Bulk::Sqlite(bulk) => bulk.rows(sql, args).await,
            Bulk::Postgres(bulk) => bulk.rows(&sql, &args).await,
        }
    }

    /// Inserts whole rows; their values are of the kinds of the columns.
    pub(crate) async fn insert(&mut self, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        match self {
            Bulk::Sqlite(bulk) => bulk.insert(table, rows).await,
            Bulk::Postgres(bulk) => bulk.insert(table, &rows).await,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Bulk::Sqlite(bulk) => bulk.commit().await,
            Bulk::Postgres(bulk) => bulk.commit().await,
        }
    }
}

impl Table {
    /// Names of the columns, separated by commas.
    pub(crate) fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    }
}
