//! What the platform does for itself beside changes: rows that are no record (leases, node numbers), the clock.

use super::Postgres;
use super::rows::{args, engine_error, is_lost, pool_error};
use crate::error::StoreError;
use crate::value::{Cells, Stmt};
use deadpool_postgres::Object;
use std::time::{Duration, Instant};

/// The server's clock, the same for all nodes. Milliseconds UTC.
const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// Transactions of any node's that began before this moment and still run.
const OLDER: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = 'yichuang' AND pid <> pg_backend_pid() AND state <> 'idle' \
    AND xact_start < to_timestamp($1::bigint / 1000.0)";
/// No transaction of ours lives longer: the server ends one that idles, and nobody waits long for a lock.
const LONGEST: Duration = Duration::from_secs(30);

impl Postgres {
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
