//! What the platform does for itself beside changes: rows that are no record (leases, node numbers), the clock.

use super::Postgres;
use super::rows::{args, engine_error, is_lost, pool_error};
use crate::error::StoreError;
use crate::value::{Cells, Stmt};
use deadpool_postgres::Object;

/// The server's clock, the same for all nodes. Milliseconds UTC.
const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

impl Postgres {
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
