//! 审批分支: one row for each department that decides its part of a case.

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

/// Writes the branch, new or not.
pub fn put(branch: &BranchRow) -> Stmt {
    stmt!("branches/put", branch.case_id, &branch.agency, &branch.stage, branch.updated_at)
}

/// The branches of a case, by agency.
pub fn of_case(case_id: i64) -> Query<BranchRow> {
    query!("branches/of_case", case_id)
}
