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

/// The greatest id of anything on record, 0 in an empty database: new ids begin above it, also after the
/// server's clock was set back.
pub fn greatest_id() -> Query<i64> {
    query!("meta/greatest_id")
}
