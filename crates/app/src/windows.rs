//! 窗口上岗: one open session per window and per person (ORG-2, 顶岗补位).

use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use yichuang_domain::digest::sm3;
use yichuang_domain::organisation::StaffMember;
use yichuang_domain::permission::{Actor, StaffActor};
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::{Act, Change, CommitError, Effects, Plan, StoreError, organisation, sessions};

/// 上岗: opens the window for the clerk; gives the clerk at that window.
pub async fn open_window(app: &App, ctx: &Ctx, code: &str) -> Result<Actor, AppError> {
    let staff = ctx.actor.staff().ok_or(Refusal::from(RefusalCode::WrongPost))?.clone();
    let site = staff.site.clone().ok_or(Refusal::from(RefusalCode::OtherSite))?;
    let windows = app.store().all(organisation::windows(&site)).await?;
    let window = windows.into_iter().find(|window| window.code == code);
    let window = window.ok_or_else(|| AppError::NotFound(format!("{code} 窗口")))?;
    let row = sessions::SessionRow {
        id: app.next_id(ctx.at),
        site: site.clone(),
        code: code.to_owned(),
        staff: staff.id.0,
        opened_at: ctx.at.0,
        closed_at: 0,
    };
    let (today, reform_on) = (ctx.at.date(), app.organisation().reform_on);
    let then = move |rows: &yichuang_storage::Rows| {
        let member: organisation::StaffRow = rows.get(1)?;
        crate::organisation::read::<StaffMember>(&member.body)?.may_open_window(today, reform_on)?;
        Ok(Plan::effects(Effects { stmts: vec![sessions::open(&row)], answer: "{}".into(), witness: None }))
    };
    let locks = vec![organisation::lock_window(window.id), organisation::lock_staff(staff.id.0)];
    let change = Change { act: act(ctx, "open_window", code), key: 0, locks, then: Box::new(then) };
    match app.store().commit(change).await {
        Ok(_) => Ok(Actor::Staff(StaffActor { window: Some(code.to_owned()), ..staff })),
        Err(CommitError::Store(StoreError::Duplicate(_))) => {
            Err(AppError::Form(vec![format!("{code} 窗口或者本人已经上岗，先退出原来的岗位再上岗")]))
        }
        Err(error) => Err(error.into()),
    }
}

/// 离岗: closes the clerk's session.
pub async fn close_window(app: &App, ctx: &Ctx) -> Result<(), AppError> {
    let staff = ctx.actor.staff().ok_or(Refusal::from(RefusalCode::WrongPost))?;
    let at = ctx.at.0;
    let then = move |rows: &yichuang_storage::Rows| {
        let session: sessions::SessionRow = rows.get(0)?;
        let stmts = vec![sessions::close(session.id, at)];
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    let locks = vec![sessions::lock(staff.id.0)];
    let change = Change { act: act(ctx, "close_window", ""), key: 0, locks, then: Box::new(then) };
    app.store().commit(change).await?;
    Ok(())
}

fn act(ctx: &Ctx, kind: &'static str, body: &str) -> Act {
    let body_hash = sm3(&[kind.as_bytes(), body.as_bytes()]).0;
    Act { id: ctx.act.clone(), actor: ctx.actor.number(), kind, body_hash, at: ctx.at.0 }
}
