//! 事项问答: what departments have let every window read, found by item and words.

use crate::access::permit;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use yichuang_domain::identity::normalise;
use yichuang_domain::permission::Action;
use yichuang_domain::time::Instant;
use yichuang_storage::Area;
use yichuang_storage::questions::{self as rows, QuestionRow};

/// Rows read together.
const PAGE: i64 = 200;
/// Rows looked through for words, at most.
const LOOKED: usize = 5_000;
/// Characters looked for, at most.
const LONGEST: usize = 60;

/// 事项问答 of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerEntry {
    /// Id of the question.
    pub id: i64,
    /// Key of the item.
    pub item: String,
    /// Its name when it was asked.
    pub item_name: String,
    /// Key of the agency that answered.
    pub agency: String,
    /// 问
    pub question: String,
    /// 答
    pub answer: String,
    /// When it was answered.
    pub at: Instant,
}

/// 查事项问答: at most `limit`, the last first, of one item or of all, that hold every one of the words.
pub async fn search(
    app: &App,
    ctx: &Ctx,
    item: Option<&str>,
    words: &str,
    limit: usize,
) -> Result<Vec<AnswerEntry>, AppError> {
    permit(&ctx.actor, Action::ReadAnswers)?;
    if words.chars().count() > LONGEST || words.chars().any(char::is_control) {
        return Err(AppError::Form(vec![format!("查找的词不超过 {LONGEST} 个字，删减后重新查找")]));
    }
    let mut found = Vec::new();
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(found);
    }
    let sought: Vec<String> = words.split_whitespace().map(normalise).collect();
    let (mut before, mut looked) = ((i64::MAX, i64::MAX), 0);
    loop {
        let page = app.store().all(rows::entries(item, before, PAGE)).await?;
        let full = page.len() as i64 == PAGE;
        looked += page.len();
        if let Some(last) = page.last() {
            before = (last.answered_at, last.id);
        }
        found.extend(page.into_iter().filter(|row| holds(row, &sought)).map(entry));
        found.truncate(limit);
        if !full || found.len() == limit || looked >= LOOKED {
            return Ok(found);
        }
    }
}

fn holds(row: &QuestionRow, sought: &[String]) -> bool {
    let text = normalise(&format!("{}\n{}\n{}", row.item_name, row.entry_question, row.entry_answer));
    sought.iter().all(|word| text.contains(word.as_str()))
}

fn entry(row: QuestionRow) -> AnswerEntry {
    AnswerEntry {
        id: row.id,
        item: row.item_key,
        item_name: row.item_name,
        agency: row.agency,
        question: row.entry_question,
        answer: row.entry_answer,
        at: Instant(row.answered_at),
    }
}
