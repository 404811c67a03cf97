//! 自由文本: opinions and reasons, outside the journal, so that one can be erased and the chain stays whole.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 自由文本
    TextRow {
        /// Id.
        id: int,
        /// The case it belongs to.
        case_id: int,
        /// What it is, e.g. `reason`.
        kind: text,
        /// The text, sealed; empty once erased.
        body: text,
        /// The digest it is referred to by.
        sm3: text,
    }
}

/// A new text.
pub fn insert(text: &TextRow) -> Stmt {
    stmt!("texts/insert", text.id, text.case_id, &text.kind, &text.body, &text.sm3)
}

/// Erases the text and keeps its SM3.
pub fn erase(id: i64) -> Stmt {
    stmt!("texts/erase", id)
}

/// The text with this id.
pub fn by_id(id: i64) -> Query<TextRow> {
    query!("texts/by_id", id)
}

/// The texts of a case, by id.
pub fn of_case(case_id: i64) -> Query<TextRow> {
    query!("texts/of_case", case_id)
}
