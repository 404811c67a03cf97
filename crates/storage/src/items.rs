//! 事项和实施清单版本: the catalogue. A published version is never changed but for its last day.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 事项: what its versions are versions of.
    ItemRow {
        /// Id.
        id: int,
        /// Stable key.
        key: text,
        /// Number of the latest version, from 1.
        version: int,
    }
}

record! {
    /// 实施清单版本
    VersionRow {
        /// Id.
        id: int,
        /// The item.
        item_id: int,
        /// Number, from 1.
        version: int,
        /// `draft`, `published`, `cancelled`.
        status: text,
        /// First day in force; empty in drafts.
        valid_from: text,
        /// Last day in force; empty: until replaced.
        valid_to: text,
        /// 事项名称
        name: text,
        /// Kind word, e.g. `permit`.
        kind: text,
        /// Key of the deciding agency; empty when not yet known.
        agency: text,
        /// Key of the sector; empty: general windows.
        sector: text,
        /// Id in the source it was imported from; empty if none.
        source_id: text,
        /// The whole version as JSON.
        body: text,
        /// SM3 of the body.
        body_sm3: text,
    }
}

record! {
    /// What an import compares with: the latest version of an item, without its body.
    ItemHead {
        /// Key of the item.
        key: text,
        /// Id of the item.
        item_id: int,
        /// Id of the version.
        version_id: int,
        /// Its number.
        version: int,
        /// Its status.
        status: text,
        /// Id in the source.
        source_id: text,
        /// SM3 of its body.
        body_sm3: text,
    }
}

/// 事项标识和其一个版本.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedVersion {
    /// Key of the item.
    pub key: String,
    /// The version.
    pub version: VersionRow,
}

impl crate::value::Record for KeyedVersion {
    fn read(cells: &mut crate::value::Cells) -> Result<KeyedVersion, crate::StoreError> {
        Ok(KeyedVersion { key: cells.text()?, version: VersionRow::read(cells)? })
    }
}

/// Locks an item by key; read it in `then` as [`ItemRow`].
pub fn lock(key: &str) -> Lock {
    by_key(key).exclusive("事项")
}

/// Locks a version by id; read it in `then` as [`VersionRow`].
pub fn lock_version(id: i64) -> Lock {
    version(id).exclusive("事项版本")
}

/// Holds a version as it is while others may do so, too: intake reads it, publishing waits.
pub fn share_version(id: i64) -> Lock {
    version(id).shared("事项版本")
}

/// A new item.
pub fn insert(item: &ItemRow) -> Stmt {
    stmt!("items/insert", item.id, &item.key, item.version)
}

/// Sets the number of the latest version; needs [`lock`].
pub fn set_version(item_id: i64, version: i64) -> Stmt {
    stmt!("items/set_version", version, item_id)
}

/// A new version.
pub fn insert_version(row: &VersionRow) -> Stmt {
    let VersionRow { id, item_id, version, status, valid_from, valid_to, name, kind, agency, .. } = row;
    stmt!(
        "items/insert_version",
        *id,
        *item_id,
        *version,
        status,
        valid_from,
        valid_to,
        name,
        kind,
        agency,
        &row.sector,
        &row.source_id,
        &row.body,
        &row.body_sm3,
    )
}

/// Rewrites a draft; a version that is no draft undoes the whole change.
pub fn replace_draft(row: &VersionRow) -> Stmt {
    stmt!(
        "items/replace_draft",
        &row.name,
        &row.kind,
        &row.agency,
        &row.sector,
        &row.source_id,
        &row.body,
        &row.body_sm3,
        row.id,
    )
}

/// Publishes a version, sets its last day, or cancels it; needs [`lock`] or [`lock_version`].
pub fn set_validity(version_id: i64, status: &str, valid_from: &str, valid_to: &str) -> Stmt {
    stmt!("items/set_validity", status, valid_from, valid_to, version_id)
}

/// The item with this key.
pub fn by_key(key: &str) -> Query<ItemRow> {
    query!("items/by_key", key)
}

/// The version with this id.
pub fn version(id: i64) -> Query<VersionRow> {
    query!("items/version", id)
}

/// All versions of an item, oldest first.
pub fn versions(item_id: i64) -> Query<VersionRow> {
    query!("items/versions", item_id)
}

/// The version of an item in force on a date; the latest if several are.
pub fn in_force(key: &str, on: &str) -> Query<VersionRow> {
    query!("items/in_force", key, on)
}

/// At most `limit` versions in force on a date, by key, with a key above `after`. An item with two versions in
/// force gives both, the later last.
pub fn all_in_force(after: &str, on: &str, limit: i64) -> Query<KeyedVersion> {
    query!("items/all_in_force", after, on, limit)
}

/// At most `limit` latest versions with a key above `after`, by key. For export.
pub fn latest(after: &str, limit: i64) -> Query<KeyedVersion> {
    query!("items/latest", after, limit)
}

/// At most `limit` heads with a key above `after`, by key. For import.
pub fn heads(after: &str, limit: i64) -> Query<ItemHead> {
    query!("items/heads", after, limit)
}
