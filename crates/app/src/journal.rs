//! 办件日志的核验: proves that the journal is whole, or names the first broken record (WATCH-5).

use crate::app::App;
use crate::error::AppError;

pub use yichuang_storage::journal::{Fault, FaultKind, Report};

/// Recomputes every hash of every case and holds the chain against case rows, acts and number series.
pub async fn verify(app: &App) -> Result<Report, AppError> {
    Ok(yichuang_storage::journal::verify(app.store()).await?)
}
