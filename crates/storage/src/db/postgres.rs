//! The server engine: lanes that write, a pool of connections that read.
//!
//! A change goes to the lane of what it is about. A lane takes whatever has queued up, locks all of it in one
//! order, and commits it together (`batch`); what is tried again, and what a caller is told, is decided in
//! `lane`. Reads have connections of their own and wait for nobody's locks.

mod batch;
pub(super) mod bulk;
mod lane;
mod link;
mod open;
mod order;
mod rows;
mod upkeep;

use super::QUEUE;
use super::watch::Watch;
use crate::change::{Answer, Change, Strength};
use crate::error::{CommitError, StoreError};
use crate::migrate::{Migration, Mode};
use crate::value::{Stmt, Value};
use deadpool_postgres::{Object, Pool};
use lane::{Lane, Pending};
use rows::{args, cells, engine_error, is_lost, is_outage, pool_error};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio_postgres::Row;
use tokio_postgres::config::TargetSessionAttrs;

/// Lanes of one node, each with a connection. Beside them goes the slow one.
const LANES: usize = 4;
/// Connections of one node that read.
const READING: usize = 10;
/// How long to wait for a connection, and for a server that is starting anew.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a lane waits for a row somebody else holds, and how long the slow one does.
const LOCK_PATIENCE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(4)];
/// How long a caller waits for an answer, whatever happens.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a read whose connection was lost is done again.
const READ_AGAIN: Duration = Duration::from_secs(5);
/// How long the question may take whether the server is there.
const ASKING: Duration = Duration::from_secs(3);

pub(crate) struct Postgres {
    /// For reads.
    pool: Pool,
    lanes: Vec<mpsc::UnboundedSender<Pending>>,
    /// One for every change that waits or runs.
    permits: Arc<Semaphore>,
    watch: Arc<Watch>,
    /// What opening applied.
    pub(super) migrated: &'static [Migration],
}

impl Postgres {
    pub(crate) async fn open(url: &str, mode: Mode) -> Result<Postgres, StoreError> {
        let mut config = open::config(url)?;
        let timeline = open::Timeline::default();
        let pool = open::pool_on(&config, READING, &timeline)?;
        let client = pool.get().await.map_err(pool_error)?;
        let migrated = open::ready(&client, mode).await?;
        drop(client);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        let writing = open::pool_on(&config, LANES + 1, &timeline)?;
        let watch = Arc::new(Watch::default());
        let spawn = |number, patience, slow| {
            let (lane, asks) = mpsc::unbounded_channel();
            let lane_task = Lane::new(number, writing.clone(), asks, patience, slow, watch.clone());
            tokio::spawn(lane_task.run());
            lane
        };
        let slow = spawn(None, LOCK_PATIENCE[1], None);
        let lanes = (0..LANES).map(|n| spawn(Some(n), LOCK_PATIENCE[0], Some(slow.clone()))).collect();
        Ok(Postgres { pool, lanes, permits: Arc::new(Semaphore::new(QUEUE)), watch, migrated })
    }

    pub(crate) async fn commit(&self, change: Change) -> Result<Answer, CommitError> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| StoreError::Busy)?;
        let lane = &self.lanes[lane_of(&change)];
        let (pending, answer) = Pending::new(change, permit);
        if lane.send(pending).is_err() {
            return Err(StoreError::Closed.into());
        }
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(StoreError::Closed.into())),
            // The lane still waits for the server; what becomes of it, the same act will be told.
            Err(_) => Err(StoreError::Lost.into()),
        }
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        stmt: Stmt,
        read: fn(Vec<Value>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let asked = Instant::now();
        let mut rows = self.select(&stmt).await;
        for attempt_no in 1.. {
            if !rows.as_ref().is_err_and(is_outage) || asked.elapsed() > READ_AGAIN {
                break;
            }
            lane::back_off(attempt_no).await;
            rows = self.select(&stmt).await;
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

    /// Whether changes can be written now, or why not.
    pub(crate) async fn health(&self) -> Result<(), StoreError> {
        let asked = async {
            let client = self.pool.get().await.map_err(pool_error)?;
            let answer = client.query_one("SHOW transaction_read_only", &[]).await;
            if answer.as_ref().is_err_and(is_lost) {
                drop(Object::take(client)); // never back into the pool
                return Err(StoreError::Unavailable("连接已中断".into()));
            }
            match answer.and_then(|row| row.try_get::<_, String>(0)).map_err(engine_error)?.as_str() {
                "off" => Ok(()),
                _ => Err(StoreError::NotWritable("服务器只供读取".into())),
            }
        };
        match tokio::time::timeout(ASKING, asked).await {
            Ok(answer) => answer.and_then(|()| self.watch.says()),
            Err(_) => Err(StoreError::Unavailable(format!("服务器 {} 秒内没有答复", ASKING.as_secs()))),
        }
    }
}

/// Changes that depend on the same row go to the same lane: it need not wait for itself.
fn lane_of(change: &Change) -> usize {
    let mut hasher = DefaultHasher::new();
    let aggregate = change.locks.iter().find(|lock| lock.strength == Strength::Update);
    match (aggregate, change.key) {
        (Some(lock), _) => (lock.read.sql, &lock.read.args).hash(&mut hasher),
        (None, 0) => change.act.id.hash(&mut hasher),
        (None, key) => key.hash(&mut hasher),
    }
    (hasher.finish() % LANES as u64) as usize
}
