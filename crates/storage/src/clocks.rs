//! 时限: the due dates of a case and of its branches, outside the journal, so that a new calendar moves them
//! without touching a case.

use crate::value::{Query, Stmt, query, record, stmt};

/// The clock runs.
pub const RUNNING: &str = "running";
/// The clock is paused by a special procedure.
pub const PAUSED: &str = "paused";
/// The clock has ended; it is in no list any more.
pub const STOPPED: &str = "stopped";

record! {
    /// 时限: one clock.
    ClockRow {
        /// The case.
        case_id: int,
        /// Key of the branch's agency; empty: a clock of the whole case.
        branch: text,
        /// Which limit, e.g. `promised`.
        kind: text,
        /// Day it began to run for the last time: its start, or the end of its last suspension.
        began_on: text,
        /// Running number of the working day it is due on; 0: due on a calendar day.
        ordinal: int,
        /// Due date.
        due_on: text,
        /// The date rests on a calendar not yet published.
        provisional: flag,
        /// [`RUNNING`], [`PAUSED`] or [`STOPPED`].
        state: text,
    }
}

/// Writes the clock, new or not: one row either way. A clock that ends is put as [`STOPPED`].
pub fn put(clock: &ClockRow) -> Stmt {
    stmt!(
        "clocks/put",
        clock.case_id,
        &clock.branch,
        &clock.kind,
        &clock.began_on,
        clock.ordinal,
        &clock.due_on,
        clock.provisional,
        &clock.state,
    )
}

/// Removes a clock that is there; removing one that is not undoes the whole change.
pub fn remove(case_id: i64, branch: &str, kind: &str) -> Stmt {
    stmt!("clocks/remove", case_id, branch, kind)
}

/// The clocks of a case.
pub fn of_case(case_id: i64) -> Query<ClockRow> {
    query!("clocks/of_case", case_id)
}

/// At most `limit` running clocks of a kind due on or before `on`, by due date, after the cursor
/// `(due_on, case_id, branch)`; begin with `("", 0, "")`.
pub fn due(kind: &str, on: &str, after: (&str, i64, &str), limit: i64) -> Query<ClockRow> {
    query!("clocks/due", kind, on, after.0, after.1, after.2, limit)
}

/// How many running clocks of a kind are due from this day to that.
pub fn due_within(kind: &str, from: &str, to: &str) -> Query<i64> {
    query!("clocks/due_within", kind, from, to)
}

/// Moves the running clocks of a kind that are due on the working day `ordinal`, `from`, and began before
/// `before` to `to`: a newly loaded calendar moves the day and not the number. Touches any number of rows.
pub fn move_due(kind: &str, ordinal: i64, (from, to): (&str, &str), provisional: bool, before: &str) -> Stmt {
    stmt!("clocks/move", to, provisional, kind, from, ordinal, before).any_rows()
}

/// At most `limit` running clocks of a kind due on `first` or later that no number moves (they began on
/// `first` or later, or are due on a calendar day), of cases with an id above `after`, by case.
pub fn begun_later(kind: &str, first: &str, after: i64, limit: i64) -> Query<ClockRow> {
    query!("clocks/begun_later", kind, first, first, after, limit)
}

/// The highest number of a working day any running clock of a kind is due on; 0: none.
pub fn last_ordinal(kind: &str) -> Query<i64> {
    query!("clocks/last_ordinal", kind)
}
