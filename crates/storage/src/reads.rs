//! 查阅记录: who has read a case with personal data in it, and when. Append-only.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 查阅记录
    ReadRow {
        /// Id.
        id: int,
        /// When, milliseconds UTC.
        at: int,
        /// Staff id.
        actor: int,
        /// The case.
        case_id: int,
        /// What was read, e.g. `case_page`.
        kind: text,
    }
}

/// A new record.
pub fn insert(row: &ReadRow) -> Stmt {
    let ReadRow { id, at, actor, case_id, kind } = row;
    stmt!("reads/insert", *id, *at, *actor, *case_id, kind)
}

/// At most `limit` records of a case below this id, the newest first.
pub fn of_case(case_id: i64, before: i64, limit: i64) -> Query<ReadRow> {
    query!("reads/of_case", case_id, before, limit)
}

/// At most `limit` records of a member of staff below this id, the newest first.
pub fn by_actor(actor: i64, before: i64, limit: i64) -> Query<ReadRow> {
    query!("reads/by_actor", actor, before, limit)
}
