//! What the platform does for itself beside changes: rows that are no record (leases, node numbers), the clock,
//! and what the server says of itself.

use super::Postgres;
use super::rows::{args, engine_error, is_lost, pool_error};
use crate::error::StoreError;
use crate::facts::{Facts, Kind, Server, Slot, Standby};
use crate::value::{Cells, Record as _, Stmt};
use deadpool_postgres::Object;
use std::time::{Duration, Instant};

/// The server's clock, the same for all nodes. Milliseconds UTC.
const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// Transactions of any node's that began before this moment, write (whoever holds a row does), and still run.
const OLDER: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = 'yichuang' AND backend_xid IS NOT NULL \
    AND xact_start < to_timestamp($1::bigint / 1000.0)";
/// No transaction of ours lives longer: the server ends one that idles, and nobody waits long for a lock.
const LONGEST: Duration = Duration::from_secs(30);

/// Version and size; connections in use and at most; our transactions that wait for a lock, and how long the oldest
/// of ours that writes has been running. A backup only reads, and may.
const FACTS: &str = "SELECT current_setting('server_version'), pg_database_size(current_database()), \
    COUNT(*), current_setting('max_connections')::bigint, \
    COUNT(*) FILTER (WHERE ours AND wait_event_type = 'Lock'), \
    COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - xact_start) * 1000) \
        FILTER (WHERE ours AND backend_xid IS NOT NULL), 0)::bigint \
    FROM (SELECT *, application_name = 'yichuang' AND datname = current_database() \
        AND pid <> pg_backend_pid() AND state <> 'idle' AS ours FROM pg_stat_activity \
        WHERE backend_type = 'client backend') AS sessions";
/// The standbys and how far each is behind, where this role may see it.
const STANDBYS: &str = "SELECT COALESCE(application_name, ''), COALESCE(state, ''), \
    COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint, \
    COALESCE(EXTRACT(EPOCH FROM replay_lag) * 1000, 0)::bigint FROM pg_stat_replication ORDER BY 1";
/// Replication slots, and how much of the write-ahead log each keeps from being removed.
const SLOTS: &str = "SELECT slot_name::text, CASE WHEN active THEN 1 ELSE 0 END::bigint, \
    COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint FROM pg_replication_slots ORDER BY 1";

impl Postgres {
    pub(crate) async fn facts(&self) -> Result<Facts, StoreError> {
        let rows = self.rows(Stmt::new(FACTS, vec![]), Ok).await?;
        let row = rows.into_iter().next().ok_or_else(|| StoreError::damaged("数据库没有说明自身情况"))?;
        let mut cells = Cells::new(row);
        let version = cells.text()?;
        let server = Server {
            data_bytes: cells.int()?,
            connections: cells.int()?,
            max_connections: cells.int()?,
            waiting: cells.int()?,
            oldest_ms: cells.int()?,
            standbys: self
                .rows(Stmt::new(STANDBYS, vec![]), |row| Standby::read(&mut Cells::new(row)))
                .await?,
            slots: self.rows(Stmt::new(SLOTS, vec![]), |row| Slot::read(&mut Cells::new(row))).await?,
        };
        Ok(Facts { engine: format!("PostgreSQL {version}"), kind: Kind::Server(server) })
    }

    /// Waits until every transaction that has begun by now, on any node, has ended.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        let asked = Instant::now();
        // The moments are cut down to whole milliseconds.
        let by = self.now().await? + 1;
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while asked.elapsed() < LONGEST {
            tick.tick().await;
            let older = self.rows(Stmt::new(OLDER, vec![by.into()]), |cells| Cells::new(cells).int()).await?;
            if older == [0] {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// One statement, once. Whoever does not hear of it looks at the row again.
    pub(crate) async fn write(&self, stmt: Stmt) -> Result<usize, StoreError> {
        let client = self.pool.get().await.map_err(pool_error)?;
        let touched =
            async { client.execute(&client.prepare_cached(stmt.sql).await?, &args(&stmt)).await }.await;
        if touched.as_ref().is_err_and(is_lost) {
            drop(Object::take(client)); // never back into the pool
        }
        touched.map(|rows| rows as usize).map_err(engine_error)
    }

    pub(crate) async fn now(&self) -> Result<i64, StoreError> {
        let rows = self.rows(Stmt::new(NOW, vec![]), |cells| Cells::new(cells).int()).await?;
        rows.into_iter().next().ok_or_else(|| StoreError::damaged("数据库没有答出时间"))
    }
}
