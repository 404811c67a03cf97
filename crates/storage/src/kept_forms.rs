//! 留存表单: what came after its session had ended, one per person. The body is sealed before it comes here.
//!
//! Decides nothing and is no act: it is gone when the person has sent or dropped it.

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 留存表单
    KeptFormRow {
        /// Whose.
        staff: int,
        /// When it came, milliseconds UTC.
        at: int,
        /// Address it was sent to.
        path: text,
        /// `Content-Type` of the body.
        media: text,
        /// The body, sealed.
        body: text,
    }
}

/// The form kept for this person.
pub fn of_staff(staff: i64) -> Query<KeptFormRow> {
    query!("kept_forms/of_staff", staff)
}

/// Keeps a form in place of the one before.
pub async fn put(store: &Store, row: &KeptFormRow) -> Result<(), StoreError> {
    let KeptFormRow { staff, at, path, media, body } = row;
    write(store, stmt!("kept_forms/put", *staff, *at, path, media, body)).await
}

/// Drops the form of this person.
pub async fn drop_of(store: &Store, staff: i64) -> Result<(), StoreError> {
    write(store, stmt!("kept_forms/drop", staff).any_rows()).await
}

/// Drops what was kept before this moment.
pub async fn drop_before(store: &Store, at: i64) -> Result<(), StoreError> {
    write(store, stmt!("kept_forms/drop_before", at).any_rows()).await
}

async fn write(store: &Store, stmt: Stmt) -> Result<(), StoreError> {
    store.engine.write(stmt).await.map(|_| ())
}
