//! 库信息: what this database is (`database_id`, `made_by` = `demo`, …), one text a key.

use crate::value::{Query, Stmt, query, stmt};

/// The value of a key.
pub fn get(key: &str) -> Query<String> {
    query!("meta/get", key)
}

/// Sets a key.
pub fn put(key: &str, value: &str) -> Stmt {
    stmt!("meta/put", key, value)
}
