//! Whole tables of a PostgreSQL database, on a connection of its own.

use super::open::{MIGRATION_LOCK, check_locale, config, found, pool};
use super::rows::{cells, engine_error, pool_error};
use crate::db::bulk::{Kind, Table};
use crate::error::StoreError;
use crate::migrate::{self, Found, Migration};
use crate::value::Value;
use deadpool_postgres::Object;
use std::pin::pin;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

/// A long transaction of ours is meant to be long, whatever a role or database has set.
const LONG: &str =
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0";

pub(crate) struct Bulk(Object);

impl Bulk {
    pub(crate) async fn snapshot(url: &str) -> Result<(Bulk, Found), StoreError> {
        let client = connect(url).await?;
        run(&client, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        let found = found(&client).await?; // the first statement: from here on the snapshot stands
        Ok((Bulk(client), found))
    }

    pub(crate) async fn make(url: &str, make: &'static [Migration]) -> Result<Option<Bulk>, StoreError> {
        let client = connect(url).await?;
        check_locale(&client).await?;
        run(&client, "BEGIN").await?;
        client.query("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await.map_err(engine_error)?;
        if !matches!(found(&client).await?, Found::Nothing) {
            return Ok(None);
        }
        run(&client, migrate::TABLE).await?;
        for migration in make {
            run(&client, migration.sql).await?;
            let record = migration.record();
            client.execute(record.sql, &super::rows::args(&record)).await.map_err(engine_error)?;
        }
        Ok(Some(Bulk(client)))
    }

    pub(crate) async fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Vec<Value>>, StoreError> {
        let read = async {
            let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|value| value as _).collect();
            self.0.query(&self.0.prepare_cached(sql).await?, &args).await
        };
        read.await.map_err(engine_error)?.iter().map(cells).collect()
    }

    pub(crate) async fn insert(&self, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        let kinds = table.columns.iter().map(|column| match column.kind {
            Kind::Int => Type::INT8,
            Kind::Text => Type::TEXT,
        });
        let kinds: Vec<Type> = kinds.collect();
        let write = async {
            let sql = format!("COPY {} ({}) FROM STDIN BINARY", table.name, table.list());
            let mut writer = pin!(BinaryCopyInWriter::new(self.0.copy_in(&sql).await?, &kinds));
            for row in rows {
                writer.as_mut().write_raw(row).await?;
            }
            writer.finish().await
        };
        write.await.map(drop).map_err(engine_error)
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        run(&self.0, "COMMIT").await
    }
}

async fn connect(url: &str) -> Result<Object, StoreError> {
    let client = pool(&config(url)?, 1)?.get().await.map_err(pool_error)?;
    run(&client, LONG).await?;
    Ok(client)
}

async fn run(client: &Object, sql: &str) -> Result<(), StoreError> {
    client.batch_execute(sql).await.map_err(engine_error)
}
