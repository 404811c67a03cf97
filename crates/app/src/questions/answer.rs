//! 答复咨询: by the department, once; and what every window may read of it, which may be changed or withdrawn later.

use super::{act, has_number, noted, of_own_agency};
use crate::app::App;
use crate::boundary;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::vault::Cell;
use serde_json::json;
use yichuang_storage::questions::{self as rows, QuestionRow};
use yichuang_storage::{Change, Effects, Plan, Rows};

/// What a change says when another answer was there before.
const TAKEN: &str = "taken";

/// 事项问答 as every window may read it, without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// 问
    pub question: String,
    /// 答
    pub answer: String,
}

impl Shown {
    /// Trimmed; an answer left empty is the one given.
    fn checked(self, answer: &str) -> Result<Shown, AppError> {
        let question = boundary::words("问答的问题", &self.question)?;
        let own = boundary::words("问答的答复", &self.answer)?;
        let answer = if own.is_empty() { answer.to_owned() } else { own };
        if question.is_empty() || answer.is_empty() {
            return form("公开为事项问答的，问题和答复都要填写");
        }
        if has_number(&question) || has_number(&answer) {
            return form("事项问答供各窗口查阅，不写证件号码、电话和办件编号，删去后重新提交");
        }
        Ok(Shown { question, answer })
    }
}

/// 答复: `shown`: what every window may read of it; `None`: nothing.
///
/// # Errors
/// [`AppError::Form`]: nothing is said, somebody else has answered, or what is to be shown holds a number.
pub async fn answer(
    app: &App,
    ctx: &Ctx,
    id: i64,
    words: &str,
    shown: Option<Shown>,
) -> Result<(), AppError> {
    boundary::act(&ctx.act)?;
    of_own_agency(app, ctx, id).await?;
    let words = boundary::words("答复", words)?;
    if words.is_empty() {
        return form("填写答复内容，窗口据此办理");
    }
    let shown = shown.map(|shown| shown.checked(&words)).transpose()?;
    let stored = app.vault().seal_words(Cell::answer(id), &words)?;
    let body = json!({ "shown": shown.is_some() });
    let audit = noted(app, ctx, "question_answered", id, body);
    let (by, at) = (ctx.actor.number(), ctx.at.0);
    let Shown { question, answer } =
        shown.unwrap_or(Shown { question: String::new(), answer: String::new() });
    let then = move |locked: &Rows| {
        let row: QuestionRow = locked.get(0)?;
        let mut effects = Effects { stmts: vec![], answer: TAKEN.into(), witness: None };
        if row.answered_at == 0 {
            let (entry_question, entry_answer) = (question.clone(), answer.clone());
            let (answer, answered_by, answered_at) = (stored.clone(), by, at);
            let row = QuestionRow { answer, answered_by, answered_at, entry_question, entry_answer, ..row };
            effects =
                Effects { stmts: vec![rows::answer(&row), audit.clone()], answer: "{}".into(), ..effects };
        }
        Ok(Plan::effects(effects))
    };
    let act = act(ctx, "answer_question", id);
    let change = Change { act, key: 0, locks: vec![rows::lock(id)], then: Box::new(then) };
    match app.store().commit(change).await?.body.as_str() {
        TAKEN => form("这条咨询刚刚已由本部门其他人员答复，没有再次答复。在“已答复”中查看"),
        _ => Ok(()),
    }
}

/// 更改、撤下事项问答: what every window may read of an answered question from now on; `None`: nothing.
pub async fn publish(app: &App, ctx: &Ctx, id: i64, shown: Option<Shown>) -> Result<(), AppError> {
    boundary::act(&ctx.act)?;
    let row = of_own_agency(app, ctx, id).await?;
    if row.answered_at == 0 {
        return form("这条咨询还没有答复，先答复");
    }
    let shown = shown.map(|shown| shown.checked("")).transpose()?;
    let audit = noted(app, ctx, "answer_shown", id, json!({ "shown": shown.is_some() }));
    let Shown { question, answer } =
        shown.unwrap_or(Shown { question: String::new(), answer: String::new() });
    let stmts = vec![rows::publish(id, &question, &answer), audit];
    let effects = Effects { stmts, answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &Rows| Ok(Plan::effects(effects.clone())));
    let act = act(ctx, "publish_answer", id);
    app.store().commit(Change { act, key: 0, locks: vec![rows::lock(id)], then }).await?;
    Ok(())
}

fn form<T>(words: &str) -> Result<T, AppError> {
    Err(AppError::Form(vec![words.to_owned()]))
}
