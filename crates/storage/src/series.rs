//! 编号序列: numbers without a gap, drawn after the decision, in the same transaction as what bears them.

use crate::change::Counter;
use crate::error::StoreError;
use crate::value::{Cells, Query, Record, Stmt, Value, query, record, stmt};

/// Series of case numbers begin so; `journal verify` looks for gaps in them.
pub(crate) const CASE_NO: &str = "case_no/";

record! {
    /// A series and the last number drawn from it.
    SeriesRow {
        /// Name of the series.
        name: text,
        /// The last number drawn; the first is 1.
        last: int,
    }
}

/// The next number of the series `name`, from 1.
pub fn next(name: impl Into<String>) -> Counter {
    Counter { name: name.into() }
}

/// The next serial of the case numbers that begin with `prefix` (site letters and date, `JB20261123`).
pub fn case_no(prefix: &str) -> Counter {
    next(format!("{CASE_NO}{prefix}"))
}

/// The last number drawn from the series.
pub fn last(name: &str) -> Query<i64> {
    query!("series/last", name)
}

/// At most `limit` series with `after < name < before`, by name.
pub fn page(after: &str, before: &str, limit: i64) -> Query<SeriesRow> {
    query!("series/page", after, before, limit)
}

/// Draws so many numbers at once; gives the last of them.
pub(crate) fn draw(name: &str, count: usize) -> Stmt {
    stmt!("series/draw", name, count as i64)
}

pub(crate) fn number(row: Option<Vec<Value>>) -> Result<i64, StoreError> {
    i64::read(&mut Cells::new(row.unwrap_or_default()))
}
