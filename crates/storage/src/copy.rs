//! 数据库复制: a whole database, from one snapshot of it into an empty place, table by table, and compared.
//!
//! The copy is made in one transaction (PostgreSQL) or under another name (a file), so that it is there as a
//! whole or not at all. It has the schema of its source. Never writes into the source.

mod error;
mod staging;
mod sum;

pub use error::CopyError;
pub use sum::TableSum;

use crate::db::bulk::{Bulk, Table, tables};
use crate::error::StoreError;
use crate::migrate::{Migration, NAME};
use crate::store::Place;
use crate::value::Value;
pub(crate) use staging::{Staging, private, sync, write_new};
use std::path::Path;
use sum::Summing;
pub(crate) use sum::hex;

/// Rows read and written together.
const PAGE: usize = 1000;

/// 进度: what is done at the moment. `done` never exceeds `total` by what is written meanwhile: both are of the
/// same snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// In words: 复制, 核对.
    pub doing: &'static str,
    /// Of which table; empty where it is about files.
    pub what: &'a str,
    /// Rows or files done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// Whoever watches.
pub type Watch<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// Copies the database at `from`, as it stands now, into the empty place `to`, and compares. Gives every table
/// with its rows and its digest, which are the same on both sides.
pub async fn copy(from: &Place, to: &Place, watch: Watch<'_>) -> Result<Vec<TableSum>, CopyError> {
    if !from.holds_database() {
        return Err(StoreError::NoDatabase(from.named()).into());
    }
    let source = Source::at(from).await?;
    match to {
        Place::Folder(_) if to.holds_database() => Err(CopyError::NotEmpty(to.named())),
        Place::Folder(folder) => {
            let staging = Staging::begin(folder)?;
            let sums = into_file(source, &staging.path().join(Place::FILE), watch).await?;
            staging.release(&[Place::FILE])?;
            Ok(sums)
        }
        Place::Postgres(url) => into_postgres(source, url, None, watch).await,
    }
}

/// A database as it stood at one moment.
pub(crate) struct Source {
    bulk: Bulk,
    schema: &'static [Migration],
}

impl Source {
    pub(crate) async fn at(place: &Place) -> Result<Source, StoreError> {
        let (bulk, schema) = Bulk::snapshot(place).await.map_err(|error| error.none_at(|| place.named()))?;
        Ok(Source { bulk, schema })
    }

    /// An embedded database in this file.
    pub(crate) async fn file(file: &Path) -> Result<Source, StoreError> {
        let (bulk, schema) = Bulk::file(file).await?;
        Ok(Source { bulk, schema })
    }

    /// Names of the migrations it has.
    pub(crate) fn schema(&self) -> Vec<&'static str> {
        self.schema.iter().map(|migration| migration.name).collect()
    }

    /// Every table with its rows and its digest.
    pub(crate) async fn sums(&mut self, watch: Watch<'_>) -> Result<Vec<TableSum>, CopyError> {
        let mut sums = Vec::new();
        for table in tables(self.schema)? {
            sums.push(walk(&mut self.bulk, &table, None, watch).await?);
        }
        Ok(sums)
    }

    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Value>>, StoreError> {
        self.bulk.rows(sql.to_owned(), vec![]).await
    }
}

/// Fills an empty PostgreSQL database, if the source is what it is expected to be.
pub(crate) async fn into_postgres(
    source: Source,
    url: &str,
    expected: Option<&[TableSum]>,
    watch: Watch<'_>,
) -> Result<Vec<TableSum>, CopyError> {
    let name = Place::Postgres(url.into()).named();
    let bulk = Bulk::new_postgres(url, source.schema).await;
    let bulk = bulk.map_err(|error| CopyError::of_target(error, &name))?;
    let bulk = bulk.ok_or_else(|| CopyError::NotEmpty(name.clone()))?;
    transfer(source, Target { bulk, name }, expected, watch).await
}

/// Makes an embedded database in this file, durably.
pub(crate) async fn into_file(
    source: Source,
    file: &Path,
    watch: Watch<'_>,
) -> Result<Vec<TableSum>, CopyError> {
    let name = format!("“{}”", file.display());
    private(file)?;
    let bulk =
        Bulk::new_file(file, source.schema).await.map_err(|error| CopyError::of_target(error, &name))?;
    let sums = transfer(source, Target { bulk, name }, None, watch).await?;
    sync(file)?;
    Ok(sums)
}

struct Target {
    bulk: Bulk,
    name: String,
}

async fn transfer(
    mut source: Source,
    mut target: Target,
    expected: Option<&[TableSum]>,
    watch: Watch<'_>,
) -> Result<Vec<TableSum>, CopyError> {
    let tables = tables(source.schema)?;
    let mut sums = Vec::with_capacity(tables.len());
    for table in tables.iter().rev().filter(|table| table.name != NAME) {
        // Rows a migration made are the source's to say.
        let emptied = target.bulk.rows(format!("DELETE FROM {}", table.name), vec![]).await;
        emptied.map_err(|error| CopyError::of_target(error, &target.name))?;
    }
    for table in &tables {
        // What was applied is on record in the target since it was migrated.
        let into = (table.name != NAME).then_some(&mut target);
        sums.push(walk(&mut source.bulk, table, into, watch).await?);
    }
    expected.map_or(Ok(()), |expected| same(&sums, expected))?;
    let mut written = Vec::with_capacity(tables.len());
    for table in &tables {
        written.push(walk(&mut target.bulk, table, None, watch).await?);
    }
    same(&written, &sums)?;
    let Target { bulk, name } = target;
    bulk.commit().await.map_err(|error| CopyError::of_target(error, &name))?;
    Ok(sums)
}

/// The same tables with the same rows, or the first that differs.
pub(crate) fn same(found: &[TableSum], expected: &[TableSum]) -> Result<(), CopyError> {
    let differs = found.iter().zip(expected).find(|(found, expected)| found != expected);
    match differs {
        None if found.len() == expected.len() => Ok(()),
        differs => Err(CopyError::Differs(differs.map(|(found, _)| found.table.clone()).unwrap_or_default())),
    }
}

/// Goes through a table in the order of its key, and copies it on the way.
async fn walk(
    from: &mut Bulk,
    table: &Table,
    mut into: Option<&mut Target>,
    watch: Watch<'_>,
) -> Result<TableSum, CopyError> {
    let damaged = |error| match error {
        StoreError::Damaged(what) => StoreError::Damaged(format!("数据表 {} 中{what}", table.name)),
        other => other,
    };
    let total = from.rows(format!("SELECT COUNT(*) FROM {}", table.name), vec![]).await.map_err(damaged)?;
    let total = total.into_iter().flatten().next();
    let total = if let Some(Value::Int(rows)) = total { rows as u64 } else { 0 };
    let doing = if into.is_some() { "复制" } else { "核对" };
    let (mut summing, mut after) = (Summing::default(), Vec::new());
    loop {
        watch(Progress { doing, what: &table.name, done: summing.rows, total });
        let (sql, args) = page(table, after);
        let rows = from.rows(sql, args).await.map_err(damaged)?;
        for row in &rows {
            summing.add(table, row)?;
        }
        let Some(last) = rows.last() else { return Ok(summing.end(table)) };
        after = table.key.iter().map(|place| last[*place].clone()).collect();
        if let Some(target) = &mut into {
            let inserted = target.bulk.insert(table, rows).await;
            inserted.map_err(|error| CopyError::of_target(error, &target.name))?;
        }
    }
}

/// The rows of a table after this key, in the order of the key; from the beginning where there is none.
fn page(table: &Table, after: Vec<Value>) -> (String, Vec<Value>) {
    let key: Vec<&str> = table.key.iter().map(|place| table.columns[*place].name.as_str()).collect();
    let key = key.join(", ");
    let places: Vec<String> = (1..=after.len()).map(|number| format!("${number}")).collect();
    let from =
        if after.is_empty() { String::new() } else { format!(" WHERE ({key}) > ({})", places.join(", ")) };
    let sql = format!("SELECT {} FROM {}{from} ORDER BY {key} LIMIT {PAGE}", table.list(), table.name);
    (sql, after)
}
