//! Opening a PostgreSQL database: connections, what the server must be, migrations.

use super::PATIENCE;
use super::rows::{args, cells, describe, engine_error};
use crate::error::StoreError;
use crate::migrate::{self, Found, Migration, Mode};
use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::{Config, Error, NoTls};

/// How long one server of the URL may take to answer a connection before the next one is asked.
const ANSWERS: Duration = Duration::from_secs(3);
/// How long a server that has fallen silent is taken to be there.
const SILENCE: Duration = Duration::from_secs(10);
/// One number for "somebody is migrating this database".
pub(super) const MIGRATION_LOCK: i64 = 0x7963;
/// How it stores texts.
const ENCODING: &str = "SELECT current_setting('server_encoding')";
/// Whether it sorts by code point.
const SORTED: &str =
    "SELECT string_agg(x, '' ORDER BY x) FROM (VALUES ('a'), ('B'), ('_'), ('~'), ('一')) v (x)";
/// Is the table of migrations there, and is any table?
const FOUND: &str = "SELECT to_regclass('migrations') IS NOT NULL, EXISTS (SELECT 1 FROM pg_class \
    WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema()::text))";
/// A role or database that turned this off must not make acknowledged acts lossy; and nobody waits for a lock,
/// or holds one while doing nothing, longer than a person at a window would.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'; \
    SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '10s'";

/// The first eight digits of the name of the log that is being written.
const TIMELINE: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE CAST(CAST('x' || \
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS BIT(32)) AS BIGINT) END";
/// What is said of such a server.
pub(super) const REPLACED: &str = "连到的是已被接替的旧主库，请停用它，或者改为新主库的备库";

/// The URL, with what it leaves open. Of several servers only the one that takes writes will do, unless the URL says
/// otherwise, for who only reads.
pub(super) fn config(url: &str) -> Result<Config, StoreError> {
    let mut config: Config = url.parse().map_err(|e: Error| StoreError::Unavailable(describe(&e)))?;
    config.application_name("yichuang");
    if !url.contains("target_session_attrs") {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(ANSWERS);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    config.keepalives_idle(SILENCE / 2).keepalives_interval(SILENCE / 10).keepalives_retries(5);
    Ok(config)
}

/// The line of descent of the servers this node has worked with: it grows by one when a standby takes over.
#[derive(Clone, Default)]
pub(super) struct Timeline(Arc<AtomicI64>);

impl Timeline {
    /// A server that was replaced and came back as it was would take writes that nobody ever sees again.
    async fn check(&self, client: &ClientWrapper) -> Result<(), HookError> {
        let row = client.query_one(TIMELINE, &[]).await.map_err(HookError::Backend)?;
        let own: i64 = row.try_get(0).map_err(HookError::Backend)?;
        match self.0.fetch_max(own, Ordering::SeqCst) > own {
            true => Err(HookError::message(REPLACED)),
            false => Ok(()),
        }
    }
}

/// A pool of so many connections; none is made before it is asked for.
pub(super) fn pool(config: &Config, connections: usize) -> Result<Pool, StoreError> {
    pool_on(config, connections, &Timeline::default())
}

/// The same; pools with the same line of descent know of each other's servers.
pub(super) fn pool_on(config: &Config, connections: usize, timeline: &Timeline) -> Result<Pool, StoreError> {
    let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let timeline = timeline.clone();
    let settings = Hook::async_fn(move |client: &mut ClientWrapper, _| {
        let timeline = timeline.clone();
        Box::pin(async move {
            client.batch_execute(SETTINGS).await.map_err(HookError::Backend)?;
            timeline.check(client).await
        })
    });
    Pool::builder(Manager::from_config(config.clone(), NoTls, recycle))
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .post_create(settings)
        .build()
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

/// The server is as it must be, and the database as this release needs it; what was applied to make it so.
pub(super) async fn ready(client: &Object, mode: Mode) -> Result<&'static [Migration], StoreError> {
    check_locale(client).await?;
    // Whoever opens what is there waits for nobody's migration.
    match found(client).await?.to_apply(mode)? {
        [] => Ok(&[]),
        _ => migrate_postgres(client, mode).await,
    }
}

pub(super) async fn check_locale(client: &Object) -> Result<(), StoreError> {
    let ask = async |sql: &str| -> Result<String, StoreError> {
        client.query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(engine_error)
    };
    // First the encoding: another one cannot even be asked how it sorts.
    let encoding = ask(ENCODING).await?;
    if encoding != "UTF8" {
        return Err(StoreError::Locale(format!("编码是 {encoding}，应为 UTF8")));
    }
    let sorted = ask(SORTED).await?;
    if sorted != "B_a~一" {
        return Err(StoreError::Locale("排序规则不是 C".into()));
    }
    Ok(())
}

pub(super) async fn found(client: &Object) -> Result<Found, StoreError> {
    let row = client.query_one(FOUND, &[]).await.map_err(engine_error)?;
    let (registered, any): (bool, bool) =
        (row.try_get(0).map_err(engine_error)?, row.try_get(1).map_err(engine_error)?);
    if !registered {
        return Ok(if any { Found::Foreign } else { Found::Nothing });
    }
    let applied = client.query(migrate::applied().sql, &[]).await.map_err(engine_error)?;
    Ok(Found::Applied(applied.iter().map(cells).collect::<Result<_, _>>()?))
}

/// Applies what is missing, under a lock of the server's: it ends with the session, so nobody waits for a node
/// that died, and no lease can run out under a long migration.
async fn migrate_postgres(client: &Object, mode: Mode) -> Result<&'static [Migration], StoreError> {
    let all = async {
        client.batch_execute("BEGIN").await.map_err(engine_error)?;
        // Another node's migration may take long.
        client.batch_execute("SET LOCAL lock_timeout = 0").await.map_err(engine_error)?;
        client.query("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await.map_err(engine_error)?;
        let pending = found(client).await?.to_apply(mode)?;
        client.batch_execute(migrate::TABLE).await.map_err(engine_error)?;
        for migration in pending {
            client.batch_execute(migration.sql).await.map_err(engine_error)?;
            let record = migration.record();
            client.execute(record.sql, &args(&record)).await.map_err(engine_error)?;
        }
        client.batch_execute("COMMIT").await.map_err(engine_error)?;
        Ok(pending)
    };
    let done = all.await;
    if done.is_err()
        && let Err(error) = client.batch_execute("ROLLBACK").await
    {
        tracing::error!(error = %describe(&error), "rollback failed");
    }
    done
}
