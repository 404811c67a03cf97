//! What the platform does for itself beside changes: rows that are no record (leases, node numbers), the clock.

use super::Sqlite;
use super::rows::execute;
use crate::error::StoreError;
use crate::value::{Cells, Stmt};

/// The embedded database has the machine's clock. Milliseconds UTC.
const NOW: &str = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";

impl Sqlite {
    pub(crate) async fn write(&self, stmt: Stmt) -> Result<usize, StoreError> {
        self.on_writer(move |connection| execute(connection, &stmt)).await
    }

    pub(crate) async fn now(&self) -> Result<i64, StoreError> {
        let rows = self.rows(Stmt::new(NOW, vec![]), |cells| Cells::new(cells).int()).await?;
        rows.into_iter().next().ok_or_else(|| StoreError::damaged("数据库没有答出时间"))
    }
}
