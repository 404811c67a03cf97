//! 办件日志的核验: proves that the journal is whole, or names the first broken record (WATCH-5).

use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use yichuang_domain::case::{Entry, evolve};
use yichuang_domain::id::CaseId;
use yichuang_storage::{cases, journal};

pub use yichuang_storage::journal::{Anchored, Fault, FaultKind, Outside, Report};

/// Recomputes every hash of every case and holds the chain against case rows, acts and number series.
pub async fn verify(app: &App) -> Result<Report, AppError> {
    verify_against(app, &Outside::default()).await
}

/// The same, and the anchors against what lies outside the database: a key, the anchor file.
pub async fn verify_against(app: &App, outside: &Outside) -> Result<Report, AppError> {
    Ok(yichuang_storage::journal::verify_against(app.store(), outside).await?)
}

/// 重放: rebuilds every case from its journal and compares it with the stored row. Gives how many agree and
/// the number of the first case that does not.
pub async fn replay(app: &App) -> Result<(u64, Option<String>), AppError> {
    const PAGE: i64 = 500;
    let (mut after, mut agree) = (i64::MIN, 0);
    loop {
        let rows = app.store().all(cases::page(after, PAGE)).await?;
        let Some(last) = rows.last() else { return Ok((agree, None)) };
        after = last.id;
        for row in rows {
            // Entries written since the row was read belong to a later state of it.
            let entries = app.store().all(journal::of_case(row.id)).await?;
            let entries = entries.iter().take_while(|entry| entry.seq <= row.version);
            let replayed = entries.into_iter().try_fold(None, |case, entry| {
                Ok::<_, AppError>(evolve(CaseId(row.id), case, &read::<Entry>(&entry.body)?))
            });
            let expected = match &replayed {
                Ok(Some(case)) => crate::case::row(case, &row.head_hash, row.updated_at).ok(),
                _ => None,
            };
            if expected.as_ref() != Some(&row) {
                return Ok((agree, Some(row.case_no)));
            }
            agree += 1;
        }
    }
}
