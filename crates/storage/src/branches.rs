//! 审批分支: one row for each department that decides its part of a case; the departments' work lists.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 审批分支: where one department stands with a case.
    BranchRow {
        /// The case.
        case_id: int,
        /// Key of the department.
        agency: text,
        /// Stage word of the branch.
        stage: text,
        /// When it last changed, milliseconds UTC.
        updated_at: int,
    }
}

record! {
    /// One line of a work list.
    WorkRow {
        /// The case.
        case_id: int,
        /// 受理编号
        case_no: text,
        /// Stage word of the branch.
        stage: text,
        /// Due date of the clock asked for.
        due_on: text,
        /// Running number of that working day.
        ordinal: int,
        /// The date rests on a calendar not yet published.
        provisional: flag,
        /// `running` or `paused`.
        clock: text,
        /// Id of the item version.
        item_version: int,
        /// Key of the site that took it in.
        site: text,
        /// 收件日期
        received_on: text,
    }
}

/// Writes the branch, new or not.
pub fn put(branch: &BranchRow) -> Stmt {
    stmt!("branches/put", branch.case_id, &branch.agency, &branch.stage, branch.updated_at)
}

/// The branches of a case, by agency.
pub fn of_case(case_id: i64) -> Query<BranchRow> {
    query!("branches/of_case", case_id)
}

/// 待办: at most `limit` branches of a department whose clock of this kind is not stopped, by due date and case,
/// after the cursor `(due_on, case_id)`; begin with `("", 0)`.
pub fn work_list(agency: &str, clock: &str, after: (&str, i64), limit: i64) -> Query<WorkRow> {
    query!("branches/work_list", agency, clock, after.0, after.1, limit)
}
