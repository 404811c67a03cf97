//! 密钥登记: which keys seal personal data, by their ids. The keys themselves never come here.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 密钥登记
    KeyRow {
        /// Id, made from the key.
        id: text,
        /// When it was put on record, milliseconds UTC.
        made_at: int,
        /// What is new is sealed with it; one at a time.
        sealing: flag,
        /// Since when another one seals; 0: none does.
        replaced_at: int,
        /// Since when no row needs it; 0: rows may.
        removed_at: int,
    }
}

/// Every key there ever was, in the order they were made.
pub fn all() -> Query<KeyRow> {
    query!("keys/all")
}

/// A new key.
pub fn insert(id: &str, made_at: i64, sealing: bool) -> Stmt {
    stmt!("keys/insert", id, made_at, sealing)
}

/// Locks a key on record; read it in `then` as [`KeyRow`].
pub fn lock(id: &str) -> Lock {
    Query::<KeyRow>::exclusive(query!("keys/by_id", id), "密钥")
}

/// It seals no more from this moment on; needs its [`lock`], and comes before [`begin`].
pub fn retire(id: &str, at: i64) -> Stmt {
    stmt!("keys/retire", at, id)
}

/// It seals what is new; needs its [`lock`].
pub fn begin(id: &str) -> Stmt {
    stmt!("keys/begin", id)
}

/// No row needs it any more; needs its [`lock`].
pub fn remove(id: &str, at: i64) -> Stmt {
    stmt!("keys/remove", at, id)
}
