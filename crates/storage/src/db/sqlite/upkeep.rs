//! What the platform does for itself beside changes: rows that are no record (leases, node numbers), the clock,
//! and what the engine says of itself.

use super::Sqlite;
use super::rows::execute;
use crate::error::StoreError;
use crate::facts::{Disk, Embedded, Facts, Kind};
use crate::value::{Cells, Stmt};
use std::path::Path;

/// The embedded database has the machine's clock. Milliseconds UTC.
const NOW: &str = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/// The file, its size, and the version of the engine.
const FACTS: &str = "SELECT file, page_count * page_size, sqlite_version() \
    FROM pragma_database_list, pragma_page_count, pragma_page_size WHERE name = 'main'";

impl Sqlite {
    pub(crate) async fn write(&self, stmt: Stmt) -> Result<usize, StoreError> {
        self.on_writer(move |connection| execute(connection, &stmt)).await
    }

    pub(crate) async fn now(&self) -> Result<i64, StoreError> {
        let rows = self.rows(Stmt::new(NOW, vec![]), |cells| Cells::new(cells).int()).await?;
        rows.into_iter().next().ok_or_else(|| StoreError::damaged("数据库没有答出时间"))
    }

    pub(crate) async fn facts(&self) -> Result<Facts, StoreError> {
        let rows = self.rows(Stmt::new(FACTS, vec![]), Ok).await?;
        let row = rows.into_iter().next().ok_or_else(|| StoreError::damaged("数据库没有说明自身情况"))?;
        let mut cells = Cells::new(row);
        let (file, data_bytes, version) = (cells.text()?, cells.int()?, cells.text()?);
        let unknown = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let log_bytes = match std::fs::metadata(format!("{file}-wal")) {
            Ok(log) => log.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(unknown(error)),
        };
        let folder = Path::new(&file).parent().unwrap_or(Path::new("."));
        let disk = Disk { free: fs4::available_space(folder).map_err(unknown)?, data: data_bytes as u64 };
        let embedded = Embedded { disk, log_bytes };
        Ok(Facts { engine: format!("SQLite {version}"), kind: Kind::Embedded(embedded) })
    }
}
