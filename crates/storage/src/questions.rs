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
        /// The question.
        question: text,
        /// The answer; empty until there is one.
        answer: text,
        /// Who answered; 0 until then.
        answered_by: int,
        /// When; 0 until then.
        answered_at: int,
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
    )
}

/// Answers a question; needs its [`lock`].
pub fn answer(id: i64, answer: &str, by: i64, at: i64) -> Stmt {
    stmt!("questions/answer", answer, by, at, id)
}

/// Locks a question; read it in `then` as [`QuestionRow`].
pub fn lock(id: i64) -> Lock {
    by_id(id).exclusive("咨询")
}

/// The question with this id.
pub fn by_id(id: i64) -> Query<QuestionRow> {
    query!("questions/by_id", id)
}

/// At most `limit` questions this agency has not answered yet, the most urgent first.
pub fn of_agency(agency: &str, limit: i64) -> Query<QuestionRow> {
    query!("questions/of_agency", agency, limit)
}

/// At most `limit` questions this agency has answered, the last first.
pub fn answered_by_agency(agency: &str, limit: i64) -> Query<QuestionRow> {
    query!("questions/answered_by_agency", agency, limit)
}

/// At most `limit` answered questions about an item, the last first.
pub fn of_item(key: &str, limit: i64) -> Query<QuestionRow> {
    query!("questions/of_item", key, limit)
}

/// At most `limit` questions of this clerk, the last first.
pub fn asked_by(clerk: i64, limit: i64) -> Query<QuestionRow> {
    query!("questions/asked_by", clerk, limit)
}
