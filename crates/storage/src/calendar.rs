//! 工作日历: one row a year, as loaded.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 工作日历年度
    YearRow {
        /// Year.
        year: int,
        /// Days off and make-up days as JSON.
        body: text,
        /// When it was loaded, milliseconds UTC.
        loaded_at: int,
    }
}

/// Writes a year.
pub fn put(row: &YearRow) -> Stmt {
    stmt!("calendar/put", row.year, &row.body, row.loaded_at)
}

/// Locks a year; read it in `then` as [`YearRow`].
pub fn lock(year: i64) -> Lock {
    self::year(year).exclusive("工作日历")
}

/// The year, if loaded.
pub fn year(year: i64) -> Query<YearRow> {
    query!("calendar/year", year)
}

/// All years.
pub fn years() -> Query<YearRow> {
    query!("calendar/years")
}
