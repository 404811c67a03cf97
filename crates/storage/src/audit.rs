//! 变更留痕: who changed which plain row (catalogue, organisation, calendar). Append-only.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 变更留痕
    AuditRow {
        /// Id.
        id: int,
        /// When, milliseconds UTC.
        at: int,
        /// Staff id, 0 for the platform.
        actor: int,
        /// What was done, e.g. `item_published`.
        kind: text,
        /// What it was done to, e.g. `item/scjg-spjy-xb`.
        subject: text,
        /// Details as JSON; never personal data.
        body: text,
    }
}

/// A new audit row.
pub fn insert(row: &AuditRow) -> Stmt {
    let AuditRow { id, at, actor, kind, subject, body } = row;
    stmt!("audit/insert", *id, *at, *actor, kind, subject, body)
}

/// What was done to a subject, by id.
pub fn of_subject(subject: &str) -> Query<AuditRow> {
    query!("audit/of_subject", subject)
}

/// At most `limit` rows after `(at, id)`, oldest first.
pub fn page(after: (i64, i64), limit: i64) -> Query<AuditRow> {
    query!("audit/page", after.0, after.1, limit)
}
