//! 文书: numbered notices and decisions as frozen data; their bytes are made later and never again.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

/// State of a document that has its number and data, and not yet its bytes.
pub const NUMBERED: &str = "numbered";

/// State of a document whose bytes are made and kept.
pub const ISSUED: &str = "issued";

/// State of a document that holds no more: kept, never delivered.
pub const VOIDED: &str = "voided";

record! {
    /// 文书
    DocumentRow {
        /// Id.
        id: int,
        /// The case.
        case_id: int,
        /// 文书号, unique.
        number: text,
        /// Kind, e.g. `acceptance_notice`.
        kind: text,
        /// Template and its date.
        template: text,
        /// Frozen data as JSON.
        data: text,
        /// SM3 of the data.
        data_sm3: text,
        /// `numbered`, `issued`, `void`.
        state: text,
        /// When it was numbered, milliseconds UTC.
        at: int,
    }
}

/// A new document.
pub fn insert(document: &DocumentRow) -> Stmt {
    let DocumentRow { id, case_id, number, kind, template, data, data_sm3, state, at } = document;
    stmt!("documents/insert", *id, *case_id, number, kind, template, data, data_sm3, state, *at)
}

/// Locks a document; read it in `then` as [`DocumentRow`].
pub fn lock(id: i64) -> Lock {
    by_id(id).exclusive("文书")
}

/// Moves a document on; needs its [`lock`], or the lock of its case.
pub fn set_state(id: i64, state: &str) -> Stmt {
    stmt!("documents/set_state", state, id)
}

/// The document with this id.
pub fn by_id(id: i64) -> Query<DocumentRow> {
    query!("documents/by_id", id)
}

/// The document with this number.
pub fn by_number(number: &str) -> Query<DocumentRow> {
    query!("documents/by_number", number)
}

/// At most `limit` documents without bytes above this id, in order.
pub fn numbered(after: i64, limit: i64) -> Query<i64> {
    query!("documents/numbered", after, limit)
}

/// The documents of a case, by id.
pub fn of_case(case_id: i64) -> Query<DocumentRow> {
    query!("documents/of_case", case_id)
}

/// 作废: the document with this number, which holds; otherwise the whole change is undone.
pub fn void(number: &str) -> Stmt {
    stmt!("documents/void", VOIDED, number)
}
