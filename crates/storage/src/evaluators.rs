//! 评价器: whose applicant is asked for a rating at which window. One case a window: the next one takes its place.
//! Says nothing of whether the rating was given; the case does.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 评价器 of one window.
    EvaluatorRow {
        /// Key of the site.
        site: text,
        /// Code of the window, e.g. `B07`.
        code: text,
        /// The case whose applicant is asked.
        case_id: int,
        /// When, milliseconds UTC.
        invited_at: int,
    }
}

/// Shows this case at its window.
pub fn put(row: &EvaluatorRow) -> Stmt {
    stmt!("evaluators/put", &row.site, &row.code, row.case_id, row.invited_at)
}

/// What was last shown at a window.
pub fn at_window(site: &str, code: &str) -> Query<EvaluatorRow> {
    query!("evaluators/at_window", site, code)
}
