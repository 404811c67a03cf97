//! 事项修订草稿: where the open draft of an item stands between its department and the office, and the register of
//! all items with it. What may be done with a draft is `app`'s to say; its content is the row of its version.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

/// 起草中
pub const DRAFTING: &str = "drafting";
/// 已送审
pub const SUBMITTED: &str = "submitted";
/// 已退回
pub const RETURNED: &str = "returned";

record! {
    /// 修订草稿
    ItemDraftRow {
        /// The draft version.
        version_id: int,
        /// [`DRAFTING`], [`SUBMITTED`] or [`RETURNED`].
        state: text,
        /// Key of the deciding agency; empty when not yet known.
        agency: text,
        /// Ids of the staff whose work is in it, a JSON list.
        hands: text,
        /// Why it was returned; empty otherwise.
        reason: text,
        /// Who moved or saved it last; 0: the platform.
        staff: int,
        /// When, milliseconds UTC.
        at: int,
    }
}

record! {
    /// 事项清单的一行: an item with its latest version.
    RegisterRow {
        /// Key of the item.
        key: text,
        /// Id of the latest version.
        version_id: int,
        /// Its number.
        version: int,
        /// Its status.
        status: text,
        /// First day in force; empty in drafts.
        valid_from: text,
        /// Last day in force; empty: until replaced.
        valid_to: text,
        /// The whole version as JSON.
        body: text,
        /// Where the draft stands; empty: it is no draft.
        state: text,
    }
}

/// Locks the draft of a version; read it in `then` as [`ItemDraftRow`].
pub fn lock(version_id: i64) -> Lock {
    by_version(version_id).exclusive("事项修订草稿")
}

/// A new row, or the row as it is now; needs the lock of the version or of the row.
pub fn put(row: &ItemDraftRow) -> Stmt {
    let ItemDraftRow { version_id, state, agency, hands, reason, staff, at } = row;
    stmt!("item_drafts/put", *version_id, state, agency, hands, reason, *staff, *at)
}

/// The draft is one no more.
pub fn remove(version_id: i64) -> Stmt {
    stmt!("item_drafts/remove", version_id).any_rows()
}

/// The row of this version.
pub fn by_version(version_id: i64) -> Query<ItemDraftRow> {
    query!("item_drafts/by_version", version_id)
}

/// How many drafts wait for review, up to 1000.
pub fn waiting() -> Query<i64> {
    query!("item_drafts/waiting")
}

/// How many drafts of a department are with it, up to 1000.
pub fn open_of(agency: &str) -> Query<i64> {
    query!("item_drafts/open_of", agency)
}

/// At most `limit` items with a key above `after`, by key; with `state`, those whose draft stands there.
pub fn register(state: Option<&str>, after: &str, limit: i64) -> Query<RegisterRow> {
    match state {
        None => query!("items/register", after, limit),
        Some(state) => query!("items/register_state", state, after, limit),
    }
}
