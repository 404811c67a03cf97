//! 出件台账: what was handed out, and what came back. Rows are only added, in the change that delivers.

use crate::value::{Query, Stmt, query, record, stmt};

/// 已送达
pub const DELIVERED: &str = "delivered";
/// 邮寄退回
pub const RETURNED: &str = "returned";

record! {
    /// 台账的一行.
    LedgerRow {
        /// The case.
        case_id: int,
        /// Number of its journal record.
        seq: int,
        /// [`DELIVERED`] or [`RETURNED`].
        kind: text,
        /// Key of the site whose window did it.
        site: text,
        /// Day.
        on_date: text,
        /// When, milliseconds UTC.
        at: int,
        /// Word of the way.
        way: text,
        /// Word of who collected it; empty where nobody did.
        receiver: text,
        /// 运单号; empty where it was not mailed.
        tracking: text,
        /// Word of the decision.
        verdict: text,
        /// Code of the window.
        window_code: text,
        /// Staff id.
        staff: int,
    }
}

record! {
    /// 台账的一行 with what a list shows of its case.
    LedgerLine {
        /// The case.
        case_id: int,
        /// Number of its journal record.
        seq: int,
        /// [`DELIVERED`] or [`RETURNED`].
        kind: text,
        /// Key of the site.
        site: text,
        /// Day.
        on_date: text,
        /// When, milliseconds UTC.
        at: int,
        /// Word of the way.
        way: text,
        /// Word of who collected it.
        receiver: text,
        /// 运单号
        tracking: text,
        /// Word of the decision.
        verdict: text,
        /// Code of the window.
        window_code: text,
        /// Staff id.
        staff: int,
        /// 受理编号
        case_no: text,
        /// Id of the item version.
        item_version: int,
        /// Stage word of the case now.
        stage: text,
    }
}

/// Which part of the ledger: after the key `after` (day, case, record), up to a day, at most so many.
#[derive(Clone, Copy, Debug)]
pub struct LedgerSpan<'a> {
    /// Key of the last line seen.
    pub after: (&'a str, i64, i64),
    /// Last day.
    pub to: &'a str,
    /// Lines.
    pub limit: i64,
}

/// A new line.
pub fn insert(row: &LedgerRow) -> Stmt {
    let LedgerRow {
        case_id,
        seq,
        kind,
        site,
        on_date,
        at,
        way,
        receiver,
        tracking,
        verdict,
        window_code,
        staff,
    } = row;
    stmt!(
        "ledger/insert",
        *case_id,
        *seq,
        kind,
        site,
        on_date,
        *at,
        way,
        receiver,
        tracking,
        verdict,
        window_code,
        *staff
    )
}

/// The ledger of one site; of all of them (`None`).
pub fn page(site: Option<&str>, span: LedgerSpan<'_>) -> Query<LedgerLine> {
    let LedgerSpan { after: (on, case, seq), to, limit } = span;
    match site {
        Some(site) => query!("ledger/site", site, on, case, seq, to, limit),
        None => query!("ledger/all", on, case, seq, to, limit),
    }
}
