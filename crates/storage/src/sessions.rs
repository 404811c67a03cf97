//! 窗口在岗: who sits at which window. One open session per window and per person, by two unique indexes;
//! a second one is [`StoreError::Duplicate`](crate::StoreError::Duplicate).

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 窗口在岗
    SessionRow {
        /// Id.
        id: int,
        /// Key of the site.
        site: text,
        /// Code of the window, e.g. `B07`.
        code: text,
        /// The member of staff.
        staff: int,
        /// From when, milliseconds UTC.
        opened_at: int,
        /// Until when; 0 while it is open.
        closed_at: int,
    }
}

/// What a message calls the row that [`lock`] and [`share`] look for.
pub const NAME: &str = "在岗窗口";

/// Opens a session.
pub fn open(row: &SessionRow) -> Stmt {
    stmt!("sessions/open", row.id, &row.site, &row.code, row.staff, row.opened_at, row.closed_at)
}

/// Closes a session; needs [`lock`].
pub fn close(id: i64, at: i64) -> Stmt {
    stmt!("sessions/close", at, id)
}

/// Locks the open session of a member of staff, to close it; read it in `then` as [`SessionRow`].
pub fn lock(staff: i64) -> Lock {
    by_staff(staff).exclusive(NAME)
}

/// Holds the open session of a member of staff while acts are done from it.
pub fn share(staff: i64) -> Lock {
    by_staff(staff).shared(NAME)
}

/// The open session of a member of staff.
pub fn by_staff(staff: i64) -> Query<SessionRow> {
    query!("sessions/by_staff", staff)
}

/// The open session of a window.
pub fn by_window(site: &str, code: &str) -> Query<SessionRow> {
    query!("sessions/by_window", site, code)
}

/// The open sessions of a site, by window.
pub fn open_at(site: &str) -> Query<SessionRow> {
    query!("sessions/open_at", site)
}
