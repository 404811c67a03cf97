//! 专业性咨询: what windows ask of departments about an item, and what they are answered.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 专业性咨询
    QuestionRow {
        /// Id.
        id: int,
        /// The draft it was asked from.
        draft_id: int,
        /// Key of the item.
        item_key: text,
        /// Its name when it was asked.
        item_name: text,
        /// Key of the agency that answers.
        agency: text,
        /// Key of the site that asks.
        site: text,
        /// The clerk.
        asked_by: int,
        /// When, milliseconds UTC.
        asked_at: int,
        /// To be answered by the end of this day.
        due_on: text,
        /// The question, sealed.
        question: text,
        /// The answer, sealed; empty until there is one.
        answer: text,
        /// Who answered; 0 until then.
        answered_by: int,
        /// When; 0 until then.
        answered_at: int,
        /// The question as every window may read it; empty: nothing is shown.
        entry_question: text,
        /// The answer as every window may read it.
        entry_answer: text,
    }
}

/// A new question.
pub fn insert(row: &QuestionRow) -> Stmt {
    stmt!(
        "questions/insert",
        row.id,
        row.draft_id,
        &row.item_key,
        &row.item_name,
        &row.agency,
        &row.site,
        row.asked_by,
        row.asked_at,
        &row.due_on,
        &row.question,
        &row.answer,
        row.answered_by,
        row.answered_at,
        &row.entry_question,
        &row.entry_answer,
    )
}

/// The question with its answer; needs its [`lock`].
pub fn answer(row: &QuestionRow) -> Stmt {
    let QuestionRow { id, answer, answered_by, answered_at, entry_question, entry_answer, .. } = row;
    stmt!("questions/answer", answer, *answered_by, *answered_at, entry_question, entry_answer, *id)
}

/// What every window may read of it from now on; needs its [`lock`].
pub fn publish(id: i64, question: &str, answer: &str) -> Stmt {
    stmt!("questions/publish", question, answer, id)
}

/// Locks a question; read it in `then` as [`QuestionRow`].
pub fn lock(id: i64) -> Lock {
    by_id(id).exclusive("咨询")
}

/// The question with this id.
pub fn by_id(id: i64) -> Query<QuestionRow> {
    query!("questions/by_id", id)
}

/// At most `limit` questions asked from this draft, the last first.
pub fn of_draft(draft: i64, limit: i64) -> Query<QuestionRow> {
    query!("questions/of_draft", draft, limit)
}

/// At most `limit` questions this agency has not answered yet, the most urgent first.
pub fn of_agency(agency: &str, limit: i64) -> Query<QuestionRow> {
    query!("questions/of_agency", agency, limit)
}

/// How many this agency has not answered yet, counted up to `limit`.
pub fn count(agency: &str, limit: i64) -> Query<i64> {
    query!("questions/count", agency, limit)
}

/// At most `limit` questions this agency has answered, the last first.
pub fn answered_by_agency(agency: &str, limit: i64) -> Query<QuestionRow> {
    query!("questions/answered_by_agency", agency, limit)
}

/// At most `limit` answers every window may read, before `(at, id)`, the last first; of one item, or of all.
pub fn entries(item: Option<&str>, before: (i64, i64), limit: i64) -> Query<QuestionRow> {
    match item {
        Some(item) => query!("questions/entries_of_item", item, before.0, before.1, limit),
        None => query!("questions/entries", before.0, before.1, limit),
    }
}
