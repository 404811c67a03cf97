//! The server engine: a pool of connections, one transaction per change.
//!
//! Locks are taken in one order everywhere; serialization failures, deadlocks and a race of an act with itself
//! run the same change again. After a lost connection the change is run again, too: it begins by looking its
//! act up, so nothing is said before it is known what happened.

mod rows;
mod upkeep;

use super::{Outcome, QUEUE, missed, repeated, with_act};
use crate::change::{Answer, Change, Counter, Lock, Plan, Rows, Strength, counter_order, guarded};
use crate::error::{CommitError, StoreError};
use crate::migrate::{self, Found, Migration, Mode};
use crate::value::{Stmt, Value};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::future::{join_all, join3};
use rows::{args, cells, describe, engine_error, is_lost, is_undone, may_retry, pool_error};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_postgres::{Error, NoTls, Row, Statement};

/// Connections of one node.
const CONNECTIONS: usize = 16;
/// Of these, for changes; the others are kept for reads, which must not wait for somebody's locks.
const WRITING: usize = 12;
/// Times a change is tried when the server asks for it or the connection is lost.
const TRIES: u32 = 6;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// One number for "somebody is migrating this database".
const MIGRATION_LOCK: i64 = 0x7963;
/// Sorts by code point and holds every character, or the server was set up otherwise.
const LOCALE: &str = "SELECT current_setting('server_encoding'), \
    (SELECT string_agg(x, '' ORDER BY x) FROM (VALUES ('a'), ('B'), ('_'), ('~'), ('一')) v (x))";
/// Is the table of migrations there, and is any table?
const FOUND: &str = "SELECT to_regclass('migrations') IS NOT NULL, EXISTS (SELECT 1 FROM pg_class \
    WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema()::text))";
/// A role or database that turned this off must not make acknowledged acts lossy; and nobody waits for a lock,
/// or holds one while doing nothing, longer than a person at a window would.
const SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false) \
    WHERE current_setting('synchronous_commit') = 'off'; \
    SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '10s'";

pub(crate) struct Postgres {
    pool: Pool,
    /// One for every change that waits or runs.
    permits: Arc<Semaphore>,
    /// One for every connection that writes.
    writing: Arc<Semaphore>,
    /// What opening applied.
    pub(super) migrated: &'static [Migration],
}

impl Postgres {
    pub(crate) async fn open(url: &str, mode: Mode) -> Result<Postgres, StoreError> {
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|e: Error| StoreError::Unavailable(describe(&e)))?;
        config.connect_timeout(PATIENCE).application_name("yichuang");
        let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let settings = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { client.batch_execute(SETTINGS).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycle))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .post_create(settings)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let client = pool.get().await.map_err(pool_error)?;
        check_locale(&client).await?;
        // Whoever opens what is there waits for nobody's migration.
        let migrated = match found(&client).await?.to_apply(mode)? {
            [] => &[],
            _ => migrate_postgres(&client, mode).await?,
        };
        drop(client);
        let [permits, writing] = [QUEUE, WRITING].map(|many| Arc::new(Semaphore::new(many)));
        Ok(Postgres { pool, permits, writing, migrated })
    }

    pub(crate) async fn commit(&self, change: Change) -> Result<Answer, CommitError> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| StoreError::Busy)?;
        let (pool, writing) = (self.pool.clone(), self.writing.clone());
        // A task of its own: a caller that goes away must not leave a transaction open.
        let task = tokio::spawn(async move {
            let answer = run(&pool, &writing, &change).await;
            drop((permit, change));
            answer
        });
        task.await.unwrap_or_else(|error| match error.is_panic() {
            true => Err(CommitError::Panicked(error.to_string())),
            false => Err(StoreError::Closed.into()),
        })
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        stmt: Stmt,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = self.select(&stmt).await;
        if matches!(rows, Err(StoreError::Unavailable(_))) {
            back_off(1).await;
            rows = self.select(&stmt).await; // a read may be done twice
        }
        rows?.iter().map(|row| read(cells(row)?)).collect()
    }

    async fn select(&self, stmt: &Stmt) -> Result<Vec<Row>, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        let rows = async { client.query(&client.prepare_cached(stmt.sql).await?, &args(stmt)).await }.await;
        if rows.as_ref().is_err_and(is_lost) {
            drop(Object::take(client)); // never back into the pool
        }
        rows.map_err(engine_error)
    }

    pub(crate) async fn settings(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        let mut all = Vec::new();
        for name in [
            "server_version",
            "server_encoding",
            "synchronous_commit",
            "fsync",
            "full_page_writes",
            "lock_timeout",
        ] {
            let row = client.query_one("SELECT current_setting($1)", &[&name]).await.map_err(engine_error)?;
            all.push((name, row.try_get(0).map_err(engine_error)?));
        }
        Ok(all)
    }
}

/// Why an attempt ended without an outcome.
enum Failure {
    /// Nobody need try again.
    Final(CommitError),
    /// The server or the connection; perhaps worth another try.
    Server(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Server(error)
    }
}

impl<T: Into<CommitError>> From<T> for Failure {
    fn from(error: T) -> Failure {
        Failure::Final(error.into())
    }
}

async fn run(pool: &Pool, writing: &Semaphore, change: &Change) -> Result<Answer, CommitError> {
    let mut in_doubt = false;
    let mut last = StoreError::Unavailable("没有连接".into());
    for attempt_no in 0..TRIES {
        if attempt_no > 0 {
            back_off(attempt_no).await;
        }
        let Ok(turn) = tokio::time::timeout(PATIENCE, writing.acquire()).await else {
            last = StoreError::Busy;
            break;
        };
        let client = match pool.get().await {
            Ok(client) => client,
            Err(error) => {
                last = pool_error(error);
                continue;
            }
        };
        let error = match attempt(&client, change, &mut in_doubt).await {
            Ok(outcome) => return outcome.into(),
            Err(failure) => failure,
        };
        let lost = client.is_closed() || matches!(&error, Failure::Server(e) if is_lost(e));
        if lost || client.batch_execute("ROLLBACK").await.is_err() {
            drop(Object::take(client)); // never back into the pool
        }
        drop(turn);
        match error {
            Failure::Final(error) => return Err(error),
            Failure::Server(error) if lost || may_retry(&error) => last = engine_error(error),
            Failure::Server(error) => return Err(engine_error(error).into()),
        }
    }
    Err(if in_doubt { StoreError::Lost.into() } else { last.into() })
}

/// 20 ms, 80 ms, … 1.3 s: time for a restarting server, and for the other side of a deadlock.
#[expect(
    clippy::disallowed_methods,
    reason = "another server's recovery cannot be waited for in any other way"
)]
async fn back_off(attempt_no: u32) {
    tokio::time::sleep(Duration::from_millis(5 << (2 * attempt_no.min(4)))).await;
}

/// The change, once, from BEGIN to COMMIT. Leaves a transaction open on failure.
async fn attempt(client: &Object, change: &Change, in_doubt: &mut bool) -> Result<Outcome, Failure> {
    let rows = match begin(client, change).await? {
        Begun::Repeated(answer) => return Ok(Outcome::Done(answer)),
        Begun::Locked(rows) => rows,
    };
    let Plan { counters, finish } = match guarded(|| (change.then)(&rows)) {
        Err(CommitError::Refused(refusal)) => return refuse(client, change, refusal).await,
        other => other?,
    };
    let numbers = draw(client, &counters).await?;
    let effects = match guarded(|| finish(&numbers)) {
        Err(CommitError::Refused(refusal)) => return refuse(client, change, refusal).await,
        other => other?,
    };
    let (stmts, answer) = with_act(&change.act, effects)?;
    let mut prepared = Vec::with_capacity(stmts.len());
    for stmt in &stmts {
        prepared.push(client.prepare_cached(stmt.sql).await?);
    }
    // One after the other on the server, but without waiting for each answer.
    let sent =
        stmts.iter().zip(&prepared).map(|(stmt, p)| async move { client.execute(p, &args(stmt)).await });
    for (stmt, touched) in stmts.iter().zip(join_all(sent).await) {
        if touched? != 1 && stmt.one_row {
            return Err(missed(stmt).into());
        }
    }
    // Silence after this leaves a doubt, an answer does not.
    let doubted = std::mem::replace(in_doubt, true);
    let committed = client.batch_execute("COMMIT").await;
    if committed.as_ref().map_or_else(|error| !is_lost(error), |()| true) {
        *in_doubt = doubted;
    }
    match committed {
        Ok(()) => Ok(Outcome::Done(answer)),
        // The server answers, but of a disk or a defect of its own: nobody knows what is on disk.
        Err(error) if !is_lost(&error) && !is_undone(&error) => {
            tracing::error!(error = %describe(&error), "COMMIT failed");
            Err(StoreError::Lost.into())
        }
        Err(error) => Err(error.into()),
    }
}

enum Begun {
    Repeated(Answer),
    Locked(Rows),
}

/// BEGIN, all locks, and only then the look-up of the act, in one round trip: whoever waited for a lock sees
/// the act of whoever held it.
async fn begin(client: &Object, change: &Change) -> Result<Begun, Failure> {
    let lookup = crate::acts::lookup(&change.act.id);
    let find = client.prepare_cached(lookup.sql).await?;
    let mut prepared = Vec::with_capacity(change.locks.len());
    for lock in &change.locks {
        let text = match lock.strength {
            Strength::Update => format!("{} FOR UPDATE", lock.read.sql.trim_end()),
            Strength::Share => format!("{} FOR SHARE", lock.read.sql.trim_end()),
            Strength::Read => lock.read.sql.to_owned(),
        };
        prepared.push(client.prepare_cached(&text).await?);
    }
    let order = lock_order(&change.locks);
    let take = |place: &usize| {
        let (lock, statement): (&Lock, &Statement) = (&change.locks[*place], &prepared[*place]);
        async move { client.query(statement, &args(&lock.read)).await }
    };
    let begin = client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
    let found = async { client.query(&find, &args(&lookup)).await };
    let (begun, locked, found) = join3(begin, join_all(order.iter().map(take)), found).await;
    begun?;
    let locked = locked.into_iter().collect::<Result<Vec<_>, _>>()?;
    if let Some(row) = found?.first() {
        let answer = repeated(&change.act, cells(row)?)?;
        client.batch_execute("ROLLBACK").await?;
        return Ok(Begun::Repeated(answer));
    }
    let mut rows = vec![Vec::new(); change.locks.len()];
    for (place, found) in order.into_iter().zip(locked) {
        match found.as_slice() {
            [row] => {
                let stmt = &change.locks[place].read;
                rows[place] = cells(row).map_err(|error| error.in_table(stmt))?;
            }
            _ => return Err(CommitError::LockMissed { name: change.locks[place].name }.into()),
        }
    }
    Ok(Begun::Locked(Rows(rows)))
}

/// Every node takes its locks in this order, so two changes never wait for each other; what is only read comes
/// after them.
fn lock_order(locks: &[Lock]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..locks.len()).collect();
    order.sort_by_key(|place| {
        let Lock { strength, read, .. } = &locks[*place];
        (*strength == Strength::Read, read.sql, &read.args)
    });
    order
}

async fn draw(client: &Object, counters: &[Counter]) -> Result<Vec<i64>, Failure> {
    let mut numbers = vec![0; counters.len()];
    for place in counter_order(counters) {
        let stmt = crate::series::draw(&counters[place]);
        stmt.storable()?;
        let prepared = client.prepare_cached(stmt.sql).await?;
        let row = client.query_one(&prepared, &args(&stmt)).await?;
        numbers[place] = crate::series::number(Some(cells(&row)?))?;
    }
    Ok(numbers)
}

/// Undoes what the change did, and leaves its refusal on record.
async fn refuse(
    client: &Object,
    change: &Change,
    refusal: yichuang_domain::Refusal,
) -> Result<Outcome, Failure> {
    client.batch_execute("ROLLBACK").await?;
    let stmt = crate::refusals::insert(&change.act, change.key, &refusal);
    stmt.storable()?;
    let prepared = client.prepare_cached(stmt.sql).await?;
    client.execute(&prepared, &args(&stmt)).await?;
    Ok(Outcome::Refused(refusal))
}

async fn check_locale(client: &Object) -> Result<(), StoreError> {
    let row = client.query_one(LOCALE, &[]).await.map_err(engine_error)?;
    let encoding: String = row.try_get(0).map_err(engine_error)?;
    let sorted: String = row.try_get(1).map_err(engine_error)?;
    if encoding != "UTF8" {
        return Err(StoreError::Locale(format!("编码是 {encoding}，应为 UTF8")));
    }
    if sorted != "B_a~一" {
        return Err(StoreError::Locale("排序规则不是 C".into()));
    }
    Ok(())
}

async fn found(client: &Object) -> Result<Found, StoreError> {
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
