//! Arguments and rows on the wire, and the server's errors in our words.

use crate::error::StoreError;
use crate::value::{Stmt, Value};
use deadpool_postgres::{HookError, PoolError};
use std::borrow::Borrow;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Row};

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Int(value) => value.to_sql(kind, out),
            Value::Text(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::INT8 || <String as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}

pub(super) fn args(stmt: &Stmt) -> Vec<&(dyn ToSql + Sync)> {
    stmt.args.iter().map(|value| value as _).collect()
}

pub(super) fn cells(row: &Row) -> Result<Vec<Value>, StoreError> {
    let cell = |(place, column): (usize, &tokio_postgres::Column)| match *column.type_() {
        Type::INT8 => row.try_get(place).map(Value::Int),
        _ => row.try_get(place).map(Value::Text),
    };
    let cells: Result<Vec<_>, _> = row.columns().iter().enumerate().map(cell).collect();
    cells.map_err(|_| StoreError::damaged("有读不出的内容（空值或者类型不符）"))
}

/// The server asks for another try.
pub(super) fn may_retry(error: &Error) -> bool {
    let again = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
    error.code().is_some_and(|code| again.contains(code))
}

/// The same act was done by somebody else meanwhile.
pub(super) fn is_race(error: &Error) -> bool {
    let acts = |db: &DbError| *db.code() == SqlState::UNIQUE_VIOLATION && db.table() == Some("acts");
    error.as_db_error().is_some_and(acts)
}

/// Somebody else holds the row for too long.
pub(super) fn is_lock_timeout(error: &Error) -> bool {
    error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
}

/// What COMMIT answers when it has surely undone the transaction: integrity, a retry, no room, no permission.
pub(super) fn is_undone(error: &Error) -> bool {
    let class = error.as_db_error().map(|db| &db.code().code()[..2]);
    matches!(class, Some("23" | "25" | "40" | "42" | "53" | "55"))
}

/// The connection ended, or the server is going down or coming up.
pub(super) fn is_lost(error: &Error) -> bool {
    let going = [
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
        &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        // It became a standby; another server of the URL may be the one that writes now.
        &SqlState::READ_ONLY_SQL_TRANSACTION,
    ];
    match error.as_db_error() {
        Some(db) => going.contains(&db.code()),
        None => {
            let source = std::error::Error::source(error);
            error.is_closed() || source.is_some_and(|e| e.is::<std::io::Error>())
        }
    }
}

/// No server takes work at the moment; nothing was done.
pub(super) fn is_outage(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::NotWritable(_) | StoreError::NoConnections(_))
}

pub(super) fn engine_error(error: impl Borrow<Error>) -> StoreError {
    let error = error.borrow();
    let denied = |e: &std::io::Error| e.kind() == std::io::ErrorKind::PermissionDenied;
    let source = std::error::Error::source(error).and_then(|e| e.downcast_ref());
    match error.as_db_error() {
        // Every server of the URL was asked; the last one that answered is a standby.
        None if source.is_some_and(denied) => StoreError::NotWritable("连到的是备库或者只读的数据库".into()),
        Some(db) if *db.code() == SqlState::TOO_MANY_CONNECTIONS => {
            StoreError::NoConnections(db.message().into())
        }
        Some(db) if *db.code() == SqlState::READ_ONLY_SQL_TRANSACTION => {
            StoreError::NotWritable("连到的是备库或者只读的数据库".into())
        }
        _ if is_lost(error) => StoreError::Unavailable(describe(error)),
        Some(db) if *db.code() == SqlState::DISK_FULL => StoreError::Full,
        Some(db) if *db.code() == SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        Some(db) if *db.code() == SqlState::UNIQUE_VIOLATION => {
            StoreError::Duplicate(db.constraint().unwrap_or_else(|| db.message()).into())
        }
        Some(db) if [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN].contains(db.code()) => {
            // The message quotes the name: relation "cases" does not exist.
            StoreError::damaged(format!(
                "缺少表或者列 {}",
                db.message().split('"').nth(1).unwrap_or_default()
            ))
        }
        Some(db) if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(db.code()) => {
            StoreError::damaged(describe(error))
        }
        _ => StoreError::Database(describe(error)),
    }
}

pub(super) fn pool_error(error: PoolError) -> StoreError {
    match error {
        PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => StoreError::Busy,
        PoolError::PostCreateHook(HookError::Message(refused)) => StoreError::NotWritable(refused.into()),
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            match engine_error(&error) {
                refused @ (StoreError::NoConnections(_) | StoreError::NotWritable(_)) => refused,
                _ => StoreError::Unavailable(describe(&error)),
            }
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// Without the server's `DETAIL`, which quotes values.
pub(super) fn describe(error: &Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} {}", db.code().code(), db.message()),
        None => std::error::Error::source(error).map_or(error.to_string(), |e| format!("{error}: {e}")),
    }
}
