//! 不予办理记录: what the platform said no to, outside the case's journal. The engines write it with the act
//! that was refused; supervision reads it.

use crate::change::Act;
use crate::value::{Query, Stmt, query, record, stmt};
use yichuang_domain::Refusal;

record! {
    /// 不予办理: who asked for what, and which article said no.
    RefusalRow {
        /// Id of the act; it may be refused several times and go through at last.
        act_id: text,
        /// When, milliseconds UTC.
        at: int,
        /// Staff id, 0 for the platform.
        actor: int,
        /// What was asked for, e.g. `accept_case`.
        kind: text,
        /// [`Change::key`](crate::Change::key): the case, or 0.
        case_id: int,
        /// Code of the refusal in snake case, e.g. `materials_incomplete`.
        code: text,
        /// Id of the act of law, e.g. `xkf`.
        law: text,
        /// Id of the article.
        article: text,
        /// What it met; never personal data.
        detail: text,
    }
}

/// The same act refused twice in the same millisecond is one refusal: no row is touched then.
pub(crate) fn insert(act: &Act, case_id: i64, refusal: &Refusal) -> Stmt {
    let citation = refusal.code.citation();
    // The code's serde name is a plain word, so this never fails; Debug is the name nobody should see.
    let code = serde_json::to_value(refusal.code).ok().and_then(|v| v.as_str().map(String::from));
    let code = code.unwrap_or_else(|| format!("{:?}", refusal.code));
    stmt!(
        "refusals/insert",
        &act.id,
        act.at,
        act.actor,
        act.kind,
        case_id,
        code,
        citation.act,
        citation.article,
        &refusal.detail,
    )
}

/// The refusals about a case, oldest first.
pub fn of_case(case_id: i64) -> Query<RefusalRow> {
    query!("refusals/of_case", case_id)
}

/// At most `limit` refusals after `(at, act_id)`, oldest first.
pub fn page(after: (i64, &str), limit: i64) -> Query<RefusalRow> {
    query!("refusals/page", after.0, after.1, limit)
}
