//! 时点: a counter for each thing every process keeps a copy of. It moves in the change that changes the
//! thing; every act reads it in its own transaction and so sees that its copy is still what stands. Holds no
//! copy itself.

use crate::change::{Lock, Rows};
use crate::error::StoreError;
use crate::value::{Query, Stmt, query, record, stmt};

/// 工作日历: moves when a year is loaded.
pub const CALENDAR: &str = "calendar";
/// 机构与场所: moves when sites, windows, agencies, staff, entries or authorizations change.
pub const ORGANISATION: &str = "organisation";

/// 事项目录: moves when a version is published or its days change.
pub const CATALOGUE: &str = "catalogue";

record! {
    /// What stands now.
    Standing {
        /// Counter of [`CALENDAR`].
        calendar: int,
        /// Counter of [`ORGANISATION`].
        organisation: int,
        /// Who holds the node number asked for; empty: nobody ever did.
        holder: text,
    }
}

/// What stands now, and who holds this node number (0: not asked).
pub fn standing(node: i64) -> Query<Standing> {
    query!("epochs/standing", node)
}

/// The same in an act's own transaction, read after all its locks are held. One row, holding nobody up.
pub fn read_lock(node: i64) -> Lock {
    standing(node).read("工作日历")
}

/// The counter of this kind.
pub fn counter(kind: &str) -> Query<i64> {
    query!("epochs/counter", kind)
}

/// The counter itself, held by who is to move it.
pub fn lock(kind: &str) -> Lock {
    counter(kind).exclusive("工作日历")
}

/// What stood under lock number `place`; `None` where the act took no such lock, because its database has not
/// got the counters yet.
pub fn under_lock(rows: &Rows, place: usize) -> Result<Option<Standing>, StoreError> {
    if rows.0.len() <= place { Ok(None) } else { rows.get(place).map(Some) }
}

/// Moves the counter of this kind on. Goes into the change that changes the thing.
pub fn move_on(kind: &str) -> Stmt {
    stmt!("epochs/move_on", kind)
}
