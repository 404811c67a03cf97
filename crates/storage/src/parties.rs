//! 申请人和代理人: personal data, kept apart from case and journal, which hold only the row's id and SM3.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 申请人或代理人
    PartyRow {
        /// Id.
        id: int,
        /// `applicant` or `agent`, or a kind of its own.
        kind: text,
        /// Data as JSON, sealed.
        body: text,
        /// The digest it is referred to by.
        sm3: text,
    }
}

/// A new party.
pub fn insert(party: &PartyRow) -> Stmt {
    stmt!("parties/insert", party.id, &party.kind, &party.body, &party.sm3)
}

/// The party with this id.
pub fn by_id(id: i64) -> Query<PartyRow> {
    query!("parties/by_id", id)
}
