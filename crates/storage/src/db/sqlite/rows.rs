//! Statements on a connection: rows as values, and the engine's errors in our words.

use crate::error::StoreError;
use crate::value::{Stmt, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, params_from_iter};

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

pub(super) fn execute(connection: &Connection, stmt: &Stmt) -> rusqlite::Result<usize> {
    connection.prepare_cached(stmt.sql)?.execute(params_from_iter(&stmt.args))
}

pub(super) fn select(connection: &Connection, stmt: &Stmt) -> rusqlite::Result<Vec<Vec<Value>>> {
    read_rows(connection, stmt.sql, &stmt.args)
}

pub(super) fn read_rows(
    connection: &Connection,
    sql: &str,
    args: &[Value],
) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut prepared = connection.prepare_cached(sql)?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(params_from_iter(args))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|i| match row.get_ref(i)? {
            ValueRef::Integer(value) => Ok(Value::Int(value)),
            other => Ok(Value::Text(other.as_str().map_err(|e| unreadable(i, e))?.into())),
        });
        all.push(cells.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(all)
}

pub(super) fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Integer(value) => value.to_string(),
            other => other.as_str()?.into(),
        })
    })
}

pub(super) fn engine_error(error: rusqlite::Error) -> StoreError {
    use rusqlite::{Error, ffi};
    if matches!(
        error,
        Error::InvalidColumnType(..) | Error::Utf8Error(..) | Error::FromSqlConversionFailure(..)
    ) {
        return StoreError::damaged("有读不出的内容（空值、类型不符或者编码有误）");
    }
    let extended = error.sqlite_error().map(|e| e.extended_code);
    let text = describe(&error);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly) => StoreError::Unavailable("数据库文件或者所在磁盘是只读的".into()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::damaged(format!("数据库文件读不出（{text}）"))
        }
        Some(ErrorCode::ConstraintViolation)
            if matches!(
                extended,
                Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
            ) =>
        {
            StoreError::Duplicate(text)
        }
        _ => match text.strip_prefix("no such table: ").or(text.strip_prefix("no such column: ")) {
            Some(name) => StoreError::damaged(format!("缺少表或者列 {name}")),
            None => StoreError::Database(text),
        },
    }
}

/// What the engine said, without the statement.
fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

pub(super) fn open_error(error: rusqlite::Error) -> StoreError {
    match engine_error(error) {
        StoreError::Database(text) => StoreError::Unavailable(text),
        other => other,
    }
}

fn unreadable(column: usize, error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}
