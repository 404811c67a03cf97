//! 收件草稿: receipts being filled in at the windows. What is in one is sealed and nothing to this crate but text.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

/// State of a draft that is being filled in.
pub const OPEN: &str = "open";
/// State of a draft that became a case.
pub const RECEIVED: &str = "received";
/// State of a draft that was thrown away.
pub const DISCARDED: &str = "discarded";

record! {
    /// 收件草稿
    DraftRow {
        /// Id.
        id: int,
        /// The visit it is filled in at.
        visit: int,
        /// The clerk who fills it in.
        clerk: int,
        /// Key of the clerk's site.
        site: text,
        /// How often it was saved.
        version: int,
        /// `open`, `received`, `discarded`.
        state: text,
        /// The case it became; 0 until then.
        case_id: int,
        /// What was filled in, sealed; empty once it is no longer open.
        body: text,
        /// When it was saved last, milliseconds UTC.
        updated_at: int,
    }
}

/// A new draft.
pub fn insert(row: &DraftRow) -> Stmt {
    let DraftRow { id, visit, clerk, site, version, state, case_id, body, updated_at } = row;
    stmt!("drafts/insert", *id, *visit, *clerk, site, *version, state, *case_id, body, *updated_at)
}

/// The draft as it is now; needs its [`lock`]. Visit and site never change.
pub fn update(row: &DraftRow) -> Stmt {
    let DraftRow { id, clerk, version, state, case_id, body, updated_at, .. } = row;
    stmt!("drafts/update", *clerk, *version, state, *case_id, body, *updated_at, *id)
}

/// The draft, as it was when it had this version, became a case; otherwise the whole change is undone.
pub fn receive(id: i64, version: i64, case_id: i64, at: i64) -> Stmt {
    stmt!("drafts/receive", case_id, at, id, version)
}

/// What a message calls the row that [`lock`] looks for.
pub const NAME: &str = "草稿";

/// Locks a draft; read it in `then` as [`DraftRow`].
pub fn lock(id: i64) -> Lock {
    by_id(id).exclusive(NAME)
}

/// The draft with this id.
pub fn by_id(id: i64) -> Query<DraftRow> {
    query!("drafts/by_id", id)
}

/// At most `limit` drafts of this clerk in this state, the last saved first.
pub fn of_clerk(clerk: i64, state: &str, limit: i64) -> Query<DraftRow> {
    query!("drafts/of_clerk", clerk, state, limit)
}

/// The draft in this state that belongs to a case.
pub fn of_case(case_id: i64, state: &str) -> Query<DraftRow> {
    query!("drafts/of_case", case_id, state)
}

/// The draft holds this file from now on. `own`: its content was on no record before.
pub fn hold(draft: i64, sm3: &str, own: bool) -> Stmt {
    stmt!("draft_files/hold", draft, sm3, own)
}

/// The draft holds no file any more.
pub fn drop_files(draft: i64, at: i64) -> Stmt {
    stmt!("draft_files/drop", at, draft).any_rows()
}

/// At most `limit` files above `after` that came by drafts alone and were dropped before this moment, in order.
pub fn dropped_files(before: i64, after: &str, limit: i64) -> Query<String> {
    query!("draft_files/dropped", before, after, limit)
}

/// Takes a file dropped before this moment off the record where no case and no draft needs it, and forgets that
/// drafts held it.
pub fn remove_dropped(sm3: &str, before: i64) -> [Stmt; 2] {
    [stmt!("draft_files/remove", sm3, before).any_rows(), stmt!("draft_files/forget", sm3, before).any_rows()]
}
