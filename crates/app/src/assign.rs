//! 认领、转交、代岗、征询: who does the next step of a case, and other departments asked for their opinion.
//!
//! Claims and questions are entries of the case's journal (`docs/adr/0026-desk-work.md`); who stands in for whom is a
//! plain row with an audit row; who looks at a case is neither.

use crate::access::permit;
use crate::app::App;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{plain, with_text};
use crate::organisation::Cover;
use yichuang_domain::case::Command;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::{CaseId, StaffId};
use yichuang_domain::permission::Action;
use yichuang_domain::time::Date;
use yichuang_storage::audit::{self, AuditRow};
use yichuang_storage::claims::{self as rows, CoverRow};
use yichuang_storage::{Act, Area, Change, Effects, Plan, Rows, epochs};

/// How long after a look somebody still counts as looking: milliseconds.
const LOOKING: i64 = 5 * 60_000;

async fn there(app: &App) -> Result<(), AppError> {
    Ok(app.store().schema().await?.needs(Area::Desks)?)
}

/// 认领.
pub async fn claim(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    there(app).await?;
    plain(app, ctx, seen, "claim_branch", Command::ClaimBranch).await
}

/// 放弃认领.
pub async fn release(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "release_branch", Command::ReleaseBranch).await
}

/// 转交.
pub async fn delegate(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    to: StaffId,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    there(app).await?;
    with_text(app, ctx, seen, "delegate_branch", reason, |reason| Command::DelegateBranch { to, reason })
        .await
}

/// 征询意见.
pub async fn ask_opinion(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    to: &str,
    days: u32,
    question: &str,
) -> Result<CaseAnswer, AppError> {
    let to = to.to_owned();
    let command = |question| Command::AskOpinion { to, days, question };
    with_text(app, ctx, seen, "ask_opinion", question, command).await
}

/// 答复征询.
pub async fn give_opinion(app: &App, ctx: &Ctx, seen: Seen, opinion: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "give_opinion", opinion, |opinion| Command::GiveOpinion { opinion }).await
}

/// 代岗登记 of the own department, those over left out, by last day.
pub fn covers(app: &App, ctx: &Ctx) -> Result<Vec<Cover>, AppError> {
    permit(&ctx.actor, Action::Cover)?;
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    let organisation = app.organisation();
    let held = |cover: &&Cover| Some(cover.agency.as_str()) == own && ctx.at.date() <= cover.to;
    Ok(organisation.covers.iter().filter(held).cloned().collect())
}

/// 登记代岗: two people of the own department and the same post; the deputy may then do what the other has claimed.
pub async fn set_cover(
    app: &App,
    ctx: &Ctx,
    (staff, deputy): (StaffId, StaffId),
    (from, to): (Date, Date),
) -> Result<(), AppError> {
    there(app).await?;
    permit(&ctx.actor, Action::Cover)?;
    let agency = ctx.actor.staff().and_then(|staff| staff.agency.clone()).unwrap_or_default();
    app.refresh().await?;
    let organisation = app.organisation();
    let of_own = |id| organisation.staff.get(&id).filter(|member| member.agency == agency);
    let mut faults = Vec::new();
    match (of_own(staff), of_own(deputy)) {
        (Some(one), Some(other)) if staff != deputy && one.post == other.post => {}
        _ => faults.push("A 岗、B 岗须是本部门同一岗位的两名人员，重新选择".to_owned()),
    }
    if to < from || to < ctx.at.date() {
        faults.push("代岗止日早于起日或者已经过去，重新填写起止日期".to_owned());
    }
    if !faults.is_empty() {
        return Err(AppError::Form(faults));
    }
    let (from_on, to_on) = (from.to_string(), to.to_string());
    let content = format!("{staff} {deputy} {from_on} {to_on}");
    let row = CoverRow {
        id: app.next_id(ctx.at),
        agency,
        staff: staff.0,
        deputy: deputy.0,
        from_on,
        to_on,
        ended_at: 0,
    };
    let body = serde_json::json!({
        "deputy": deputy, "from": row.from_on, "to": row.to_on,
    });
    let noted = noted(app, ctx, "cover_set", staff.0, body);
    let stmts = [rows::insert_cover(&row), audit::insert(&noted)];
    commit(app, ctx, "set_cover", &content, None, move || stmts.to_vec()).await
}

/// 结束代岗 before its last day.
pub async fn end_cover(app: &App, ctx: &Ctx, id: i64) -> Result<(), AppError> {
    there(app).await?;
    let own = covers(app, ctx)?.into_iter().find(|cover| cover.id == id);
    let cover = own.ok_or_else(|| AppError::NotFound("这一条代岗登记".into()))?;
    let noted = noted(app, ctx, "cover_ended", cover.staff.0, serde_json::json!({ "deputy": cover.deputy }));
    let stmts = [rows::end_cover(id, ctx.at.0), audit::insert(&noted)];
    commit(app, ctx, "end_cover", &id.to_string(), Some(rows::lock_cover(id)), move || stmts.to_vec()).await
}

fn noted(app: &App, ctx: &Ctx, kind: &str, staff: i64, body: serde_json::Value) -> AuditRow {
    AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: kind.to_owned(),
        subject: format!("staff/{staff}"),
        body: body.to_string(),
    }
}

/// One change of who stands in for whom, seen by all processes.
async fn commit(
    app: &App,
    ctx: &Ctx,
    kind: &'static str,
    content: &str,
    lock: Option<yichuang_storage::Lock>,
    stmts: impl Fn() -> Vec<yichuang_storage::Stmt> + Send + Sync + 'static,
) -> Result<(), AppError> {
    let body_hash = sm3(&[kind.as_bytes(), content.as_bytes()]).0;
    let act = Act { id: ctx.act.clone(), actor: ctx.actor.number(), kind, body_hash, at: ctx.at.0 };
    let moved = app.moved(epochs::ORGANISATION);
    let locks = lock.into_iter().chain(app.changing(epochs::ORGANISATION)).collect();
    let then = move |_: &Rows| {
        let stmts = stmts().into_iter().chain(moved.clone()).collect();
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    app.store().commit(Change { act, key: 0, locks, then: Box::new(then) }).await?;
    app.refresh().await
}

/// 在看: notes that the actor looks at this case, and gives who else does.
pub async fn look(app: &App, ctx: &Ctx, case: CaseId) -> Result<Vec<StaffId>, AppError> {
    let Some(staff) = ctx.actor.staff() else { return Ok(Vec::new()) };
    if !app.store().schema().await?.has(Area::Desks) {
        return Ok(Vec::new());
    }
    let found = app.store().all(rows::looking(case.0, ctx.at.0 - LOOKING)).await?;
    let minute = LOOKING / 5;
    if !found.iter().any(|row| row.staff == staff.id.0 && ctx.at.0 - row.seen_at < minute) {
        rows::looked(app.store(), case.0, staff.id.0, ctx.at.0).await?;
    }
    Ok(found.into_iter().map(|row| StaffId(row.staff)).filter(|id| *id != staff.id).collect())
}
