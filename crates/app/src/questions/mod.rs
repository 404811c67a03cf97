//! 专业性咨询: what a window asks a department while it takes something in, what it is answered, and the answers that
//! every window may read as entries of the item (事项问答).
//!
//! Questions and answers are sealed, and name nobody the receipt knows; an entry is plain, and the department confirms
//! what is in it. No case is moved by any of it.

mod answer;
mod ask;
mod entries;

pub use answer::{Shown, answer, publish};
pub use ask::{ask, asked, asked_of_case, concerned};
pub use entries::{AnswerEntry, search};

use crate::access::permit;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::day;
use crate::vault::Cell;
use crate::worklist::Count;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::normalise;
use yichuang_domain::permission::Action;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::audit::{self, AuditRow};
use yichuang_storage::questions::{self as rows, QuestionRow};
use yichuang_storage::worklist::COUNTED;
use yichuang_storage::{Act, Area, Stmt};

/// Questions of a list.
const LISTED: i64 = 50;
/// Digits in a row that are a telephone, a document or a case.
const NUMBER: usize = 11;

/// 专业性咨询.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfessionalQuestion {
    /// Id.
    pub id: i64,
    /// Key of the item.
    pub item: String,
    /// Its name when it was asked.
    pub item_name: String,
    /// Key of the agency that answers.
    pub agency: String,
    /// Key of the site that asks.
    pub site: String,
    /// The clerk.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Instant,
    /// 答复期限: by the end of this day.
    pub due_on: Date,
    /// The question.
    pub words: String,
    /// The answer.
    pub answer: Option<Answer>,
    /// What every window may read of it.
    pub shown: Option<Shown>,
}

/// 答复.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer.
    pub words: String,
    /// Who answered.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// 待答复: how many questions the actor's department has not answered.
pub async fn waiting(app: &App, ctx: &Ctx) -> Result<Count, AppError> {
    let agency = own_agency(ctx)?;
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(Count::default());
    }
    Ok(Count::of(app.store().one(rows::count(&agency, COUNTED)).await?.unwrap_or_default()))
}

/// 本部门的咨询: those to be answered, the most urgent first; or those answered, the last first.
pub async fn desk(app: &App, ctx: &Ctx, answered: bool) -> Result<Vec<ProfessionalQuestion>, AppError> {
    let agency = own_agency(ctx)?;
    app.store().schema().await?.needs(Area::Intake)?;
    let listed = match answered {
        true => rows::answered_by_agency(&agency, LISTED),
        false => rows::of_agency(&agency, LISTED),
    };
    app.store().all(listed).await?.into_iter().map(|row| read(app, row)).collect()
}

/// One of the department's questions.
pub async fn get(app: &App, ctx: &Ctx, id: i64) -> Result<ProfessionalQuestion, AppError> {
    read(app, of_own_agency(app, ctx, id).await?)
}

async fn of_own_agency(app: &App, ctx: &Ctx, id: i64) -> Result<QuestionRow, AppError> {
    let agency = own_agency(ctx)?;
    app.store().schema().await?.needs(Area::Intake)?;
    let row = app.store().one(rows::by_id(id)).await?.filter(|row| row.agency == agency);
    row.ok_or_else(|| AppError::NotFound("这一条咨询，或者它由其他部门答复".into()))
}

fn own_agency(ctx: &Ctx) -> Result<String, AppError> {
    permit(&ctx.actor, Action::AnswerQuestion)?;
    Ok(ctx.actor.staff().and_then(|staff| staff.agency.clone()).unwrap_or_default())
}

fn read(app: &App, row: QuestionRow) -> Result<ProfessionalQuestion, AppError> {
    let answer = match row.answered_at {
        0 => None,
        at => Some(Answer {
            words: app.vault().open_words(Cell::answer(row.id), &row.answer)?.to_string(),
            by: StaffId(row.answered_by),
            at: Instant(at),
        }),
    };
    Ok(ProfessionalQuestion {
        id: row.id,
        due_on: day(&row.due_on)?,
        words: app.vault().open_words(Cell::question(row.id), &row.question)?.to_string(),
        answer,
        shown: (!row.entry_answer.is_empty())
            .then_some(Shown { question: row.entry_question, answer: row.entry_answer }),
        item: row.item_key,
        item_name: row.item_name,
        agency: row.agency,
        site: row.site,
        asked_by: StaffId(row.asked_by),
        asked_at: Instant(row.asked_at),
    })
}

/// There is something in it that is a number of a person, a telephone or a case.
fn has_number(words: &str) -> bool {
    let plain = normalise(words);
    let mut run = 0;
    plain.chars().filter(|c| *c != '-').any(|c| {
        run = if c.is_ascii_digit() { run + 1 } else { 0 };
        run == NUMBER
    })
}

/// An act on a question. What it says is nobody's to find in the acts.
fn act(ctx: &Ctx, kind: &'static str, about: i64) -> Act {
    let body_hash = sm3(&[kind.as_bytes(), &about.to_be_bytes()]).0;
    Act { id: ctx.act.clone(), actor: ctx.actor.number(), kind, body_hash, at: ctx.at.0 }
}

/// The audit row of an act on a question.
fn noted(app: &App, ctx: &Ctx, kind: &str, id: i64, body: serde_json::Value) -> Stmt {
    audit::insert(&AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: kind.to_owned(),
        subject: format!("question/{id}"),
        body: body.to_string(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_number_is_told_from_other_figures() {
        for number in ["电话138 0013 8000。", "１１０１０１１９９００３０７０３１０", "023-6782-13456 转"]
        {
            assert!(super::has_number(number), "{number}");
        }
        for other in ["面积 60 平方米，2026-09-01 起", "许可法第三十二条", "1200 元、1,300 元"]
        {
            assert!(!super::has_number(other), "{other}");
        }
    }
}
