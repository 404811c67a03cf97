//! 提出咨询: from an open receipt, to a department that decides on the item.

use super::{ProfessionalQuestion, act, noted, read};
use crate::access::permit;
use crate::app::App;
use crate::boundary;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::vault::Cell;
use crate::workbench::{self, Desk, Draft, Sheet};
use serde_json::json;
use yichuang_domain::Refusal;
use yichuang_domain::identity::normalise;
use yichuang_domain::item::{DayUnit, ItemVersion, Limit};
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::permission::Action;
use yichuang_storage::questions::{self as rows, QuestionRow};
use yichuang_storage::{Area, Change, Effects, Plan, drafts};

/// Questions of a draft.
const LISTED: i64 = 20;

/// 可以咨询的部门: keys of those that decide on the item, the leading one first.
pub fn concerned(item: &ItemVersion) -> Vec<&str> {
    let others = item.concerned.iter().map(|concerned| concerned.agency.as_str());
    std::iter::once(item.agency.as_str()).chain(others).filter(|key| !key.is_empty()).collect()
}

/// 提出咨询: to be answered within the days the platform gives. Gives its id; the same act twice is one question.
///
/// # Errors
/// [`AppError::Form`]: nothing is asked, or it names the applicant, or the department has nothing to do with the item.
pub async fn ask(app: &App, ctx: &Ctx, draft: &Draft, agency: &str, words: &str) -> Result<i64, AppError> {
    permit(&ctx.actor, Action::AskQuestion)?;
    boundary::act(&ctx.act)?;
    // The clerk's own, as it is now: what was read before is no proof.
    let draft = workbench::get(app, ctx, draft.id).await?;
    let Some(item) = draft.sheet.item else {
        return form("先选择办理的事项，再向其审批部门咨询");
    };
    let version = app.version(item).await?;
    if !concerned(&version.item).contains(&agency) {
        return form("选择该事项的审批部门");
    }
    let words = boundary::words("咨询内容", words)?;
    if words.is_empty() {
        return form("填写咨询内容：什么情形、哪项材料，要部门明确什么");
    }
    if names(&draft.sheet, &words) {
        return form("咨询内容不写申请人、代理人的姓名名称、证件号码和电话，写明情形和材料即可");
    }
    let days = parameter(ParameterName::QuestionDays, ctx.at.date()).unwrap_or_default();
    let limit = Limit { days, unit: DayUnit::Workday };
    let due = app.calendar().due(ctx.at.date(), limit, &[]).map_err(Refusal::from)?;
    let due_on = due.map_or(ctx.at.date(), |due| due.on);
    let id = app.next_id(ctx.at);
    let row = QuestionRow {
        id,
        draft_id: draft.id,
        item_key: version.item.key.clone(),
        item_name: version.item.name.clone(),
        agency: agency.to_owned(),
        site: ctx.actor.staff().and_then(|staff| staff.site.clone()).unwrap_or_default(),
        asked_by: ctx.actor.number(),
        asked_at: ctx.at.0,
        due_on: due_on.to_string(),
        question: app.vault().seal_words(Cell::question(id), &words)?,
        answer: String::new(),
        answered_by: 0,
        answered_at: 0,
        entry_question: String::new(),
        entry_answer: String::new(),
    };
    let audit = noted(app, ctx, "question_asked", id, json!({ "item": row.item_key, "agency": agency }));
    let effects = Effects { stmts: vec![rows::insert(&row), audit], answer: id.to_string(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    let act = act(ctx, "ask_question", draft.id);
    let answer = app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    answer.body.parse().map_err(|_| yichuang_storage::StoreError::Damaged("咨询号读不出".into()).into())
}

/// 本件的咨询: what was asked from this draft, the last first.
pub async fn asked(app: &App, ctx: &Ctx, draft: &Draft) -> Result<Vec<ProfessionalQuestion>, AppError> {
    permit(&ctx.actor, Action::AskQuestion)?;
    listed(app, draft.id).await
}

/// The same for a case at the window, of the draft it came of.
pub async fn asked_of_case(app: &App, ctx: &Ctx, desk: &Desk) -> Result<Vec<ProfessionalQuestion>, AppError> {
    permit(&ctx.actor, Action::AskQuestion)?;
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(Vec::new());
    }
    match app.store().one(drafts::of_case(desk.case.id.0, drafts::RECEIVED)).await? {
        Some(draft) => listed(app, draft.id).await,
        None => Ok(Vec::new()),
    }
}

async fn listed(app: &App, draft: i64) -> Result<Vec<ProfessionalQuestion>, AppError> {
    let rows = app.store().all(rows::of_draft(draft, LISTED)).await?;
    rows.into_iter().map(|row| read(app, row)).collect()
}

/// The words name a party of the receipt.
fn names(sheet: &Sheet, words: &str) -> bool {
    let plain = normalise(words);
    let parties = std::iter::once(&sheet.applicant).chain(sheet.agent.as_ref().map(|agent| &agent.person));
    let known = parties.flat_map(|party| [&party.name, &party.number, &party.phone]);
    known.map(|known| normalise(known)).any(|known| !known.is_empty() && plain.contains(&known))
}

fn form<T>(words: &str) -> Result<T, AppError> {
    Err(AppError::Form(vec![words.to_owned()]))
}
