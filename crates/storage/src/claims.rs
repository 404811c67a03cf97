//! 承办、代岗、在看: who has which step in hand, who stands in for whom, and who looks at a case.
//!
//! Claims repeat what the journal says, for work lists alone; whoever looked when decides nothing and is no act.

use crate::change::Lock;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 代岗: a deputy stands in for somebody, both days included.
    CoverRow {
        /// Id.
        id: int,
        /// Key of the agency of both.
        agency: text,
        /// A 岗: who is away.
        staff: int,
        /// B 岗: who stands in.
        deputy: int,
        /// First day.
        from_on: text,
        /// Last day.
        to_on: text,
        /// Ended before, milliseconds UTC; 0: not.
        ended_at: int,
    }
}

record! {
    /// 在看: who looked at a case, and when last.
    PresenceRow {
        /// Who.
        staff: int,
        /// When, milliseconds UTC, to the minute.
        seen_at: int,
    }
}

/// This step of this department is in these hands.
pub fn put(case_id: i64, agency: &str, staff: i64) -> Stmt {
    stmt!("claims/put", case_id, agency, staff)
}

/// It is in nobody's hands, whether it was or not.
pub fn remove(case_id: i64, agency: &str) -> Stmt {
    stmt!("claims/remove", case_id, agency).any_rows()
}

/// A new deputy.
pub fn insert_cover(row: &CoverRow) -> Stmt {
    stmt!("covers/insert", row.id, &row.agency, row.staff, row.deputy, &row.from_on, &row.to_on)
}

/// All that have not been ended, past ones too.
pub fn covers() -> Query<CoverRow> {
    query!("covers/standing")
}

/// One of them, held by who ends it.
pub fn lock_cover(id: i64) -> Lock {
    let cover: Query<CoverRow> = query!("covers/by_id", id);
    cover.exclusive("代岗登记")
}

/// Ends it.
pub fn end_cover(id: i64, at: i64) -> Stmt {
    stmt!("covers/stop", at, id)
}

/// Notes that somebody looks at a case. Decides nothing, so it is no act.
pub async fn looked(store: &Store, case_id: i64, staff: i64, at: i64) -> Result<(), StoreError> {
    store.engine.write(stmt!("presence/put", case_id, staff, at)).await.map(|_| ())
}

/// Who has looked at a case since this moment.
pub fn looking(case_id: i64, since: i64) -> Query<PresenceRow> {
    query!("presence/since", case_id, since)
}
