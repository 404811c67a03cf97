//! 账号: opened, their passwords changed, their second factor set up, unlocked and closed.

use super::{Deed, Enrolment, Policy, Verdict, account, damaged, factor, on_account, password, session};
use super::{noted, permit, random, subject};
use crate::app::App;
use crate::boundary;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::vault::Cell;
use serde_json::json;
use session::Viewer;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::Action;
use yichuang_domain::time::Instant;
use yichuang_storage::accounts::{self as rows, AccountRow};
use yichuang_storage::{Area, Change, CommitError, Effects, Plan, Stmt, Stop, StoreError};

/// 账号一览的一行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Name of the account.
    pub account: String,
    /// 姓名
    pub name: String,
    /// 岗位
    pub post: &'static str,
    /// 部门
    pub agency: String,
    /// Locked until then.
    pub locked_until: Option<Instant>,
    /// Since when it is signed in.
    pub signed_in_at: Option<Instant>,
    /// The second factor is set up.
    pub factor: bool,
    /// 演示账号
    pub demo: bool,
    /// 停用
    pub closed: bool,
}

/// 账号一览: at most `limit` after this name.
pub async fn list(app: &App, ctx: &Ctx, after: &str, limit: i64) -> Result<Vec<Listed>, AppError> {
    permit(&ctx.actor, Action::Accounts)?;
    let organisation = app.organisation();
    let mut listed = Vec::new();
    for row in app.store().all(rows::page(after, limit)).await? {
        let member = organisation.staff.get(&StaffId(row.staff));
        let agency = member.and_then(|member| organisation.agencies.get(&member.agency));
        let open = app.store().one(rows::open_of(&row.name)).await?;
        listed.push(Listed {
            name: member.map(|member| member.name.clone()).unwrap_or_default(),
            post: member.map(|member| member.post.name()).unwrap_or_default(),
            agency: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            locked_until: (row.locked_until > ctx.at.0).then_some(Instant(row.locked_until)),
            signed_in_at: open.filter(|open| open.until_at > ctx.at.0).map(|open| Instant(open.opened_at)),
            factor: !row.factor.is_empty(),
            demo: row.demo,
            closed: row.closed_at > 0,
            account: row.name,
        });
    }
    Ok(listed)
}

/// 开立账号 for a member of staff, with a first password that is given out once and must be changed.
pub async fn open(app: &App, ctx: &Ctx, name: &str, staff: StaffId) -> Result<String, AppError> {
    app.store().schema().await?.needs(Area::Access)?;
    let name = boundary::line("账号", name)?;
    if name.is_empty() || name.chars().count() > super::NAME {
        return Err(AppError::Form(vec![format!("账号须为 1 至 {} 个字", super::NAME)]));
    }
    if !app.organisation().staff.contains_key(&staff) {
        return Err(AppError::NotFound(format!("工作人员 {staff}")));
    }
    let word = format!("Yc-{}", &random::token()?[..16]);
    let row = fresh(&name, staff, password::hash(&word).await?, false);
    commit_new(app, ctx.actor.number(), ctx.at, ctx.act.clone(), vec![row]).await?;
    Ok(word)
}

/// A new account. `password_at` 0: the password is to be changed first.
pub(super) fn fresh(name: &str, staff: StaffId, password: String, demo: bool) -> AccountRow {
    AccountRow {
        name: name.to_owned(),
        staff: staff.0,
        demo,
        password,
        password_at: 0,
        former: "[]".into(),
        factor: String::new(),
        factor_step: 0,
        failures: 0,
        failing_at: 0,
        locked_until: 0,
        closed_at: 0,
    }
}

/// Writes new accounts, each with its audit row.
pub(super) async fn commit_new(
    app: &App,
    by: i64,
    at: Instant,
    act: String,
    accounts: Vec<AccountRow>,
) -> Result<(), AppError> {
    let both = |row: &AccountRow| {
        let body = json!({"staff": row.staff.to_string(), "demo": row.demo});
        [rows::insert(row), noted(app.next_id(at), at, by, "account_opened", &subject(&row.name), &body)]
    };
    let stmts: Vec<Stmt> = accounts.iter().flat_map(both).collect();
    let names: Vec<&str> = accounts.iter().map(|row| row.name.as_str()).collect();
    let act = Deed { kind: "open_accounts", actor: by, at }.act(act, &names.join(" "));
    let then = Box::new(move |_: &yichuang_storage::Rows| {
        Ok(Plan::effects(Effects { stmts: stmts.clone(), answer: "{}".into(), witness: None }))
    });
    match app.store().commit(Change { act, key: 0, locks: vec![], then }).await {
        Ok(_) => Ok(()),
        Err(CommitError::Store(StoreError::Duplicate(_))) => {
            Err(AppError::Form(vec!["账号已被使用，或者该工作人员已有账号，核对后换一个账号".into()]))
        }
        Err(error) => Err(error.into()),
    }
}

/// 解除锁定.
pub async fn unlock(app: &App, ctx: &Ctx, name: &str) -> Result<(), AppError> {
    permit(&ctx.actor, Action::Accounts)?;
    let decide = |row: AccountRow| {
        let row = AccountRow { failures: 0, failing_at: 0, locked_until: 0, ..row };
        Ok(Verdict {
            stmts: vec![rows::update(&row)],
            kind: "account_unlocked",
            body: json!({}),
            answer: "done",
        })
    };
    let deed = Deed { kind: "unlock_account", actor: ctx.actor.number(), at: ctx.at };
    on_account(app, deed, ctx.act.clone(), name, decide).await?;
    Ok(())
}

/// 结束登录: ends the open session of another's account.
pub async fn revoke(app: &App, ctx: &Ctx, name: &str) -> Result<(), AppError> {
    permit(&ctx.actor, Action::Accounts)?;
    session::end(app, ctx.at, ctx.actor.number(), ctx.act.clone(), name, session::REVOKED).await
}

/// 更换密码; every session of the account ends with it.
pub async fn change_password(
    app: &App,
    ctx: &Ctx,
    viewer: &Viewer,
    old: &str,
    new: &str,
) -> Result<(), AppError> {
    let policy = Policy::on(ctx.at.date());
    let row = account(app, &viewer.account).await?.ok_or_else(|| AppError::NotFound("账号".into()))?;
    if !password::fits(old, vec![row.password.clone()]).await? {
        return Err(AppError::Form(vec!["原密码不正确，重新填写".into()]));
    }
    let mut faults = password::faults(new, &row.name, &policy);
    let former: Vec<String> = serde_json::from_str(&row.former).map_err(damaged)?;
    let kept: Vec<String> =
        std::iter::once(row.password.clone()).chain(former).take(policy.history as usize).collect();
    if faults.is_empty() && password::fits(new, kept.clone()).await? {
        faults.push(format!("新密码与最近 {} 次用过的密码相同，换一个没有用过的密码", policy.history));
    }
    if !faults.is_empty() {
        return Err(AppError::Form(faults));
    }
    let hash = password::hash(new).await?;
    let former = serde_json::to_string(&kept).map_err(damaged)?;
    let (at, before) = (ctx.at, row.password);
    let decide = move |row: AccountRow| {
        if row.password != before {
            return Err(Stop::Failed(StoreError::Moved));
        }
        let (password, former) = (hash.clone(), former.clone());
        let row = AccountRow { password, former, password_at: at.0, ..row };
        let stmts = vec![rows::update(&row), rows::end_all(&row.name, at.0, session::PASSWORD)];
        Ok(Verdict { stmts, kind: "password_changed", body: json!({}), answer: "done" })
    };
    let deed = Deed { kind: "change_password", actor: ctx.actor.number(), at };
    on_account(app, deed, ctx.act.clone(), &viewer.account, decide).await?;
    Ok(())
}

/// A secret for the authenticator of this account: a new one, or the one already shown.
pub fn enrol(viewer: &Viewer, shown: Option<&str>) -> Result<Enrolment, AppError> {
    match shown {
        Some(secret) => factor::again(&viewer.account, secret),
        None => factor::enrolment(&viewer.account),
    }
}

/// 登记动态口令: the secret, once a code made with it has shown that the authenticator has it.
pub async fn set_factor(
    app: &App,
    ctx: &Ctx,
    viewer: &Viewer,
    secret: &str,
    code: &str,
) -> Result<(), AppError> {
    let wrong = || AppError::Form(vec!["动态口令不正确，填写认证器上当前显示的 6 位数字".into()]);
    let step = factor::step(secret, code, ctx.at).map_err(|_| wrong())?.ok_or_else(wrong)?;
    let row = account(app, &viewer.account).await?;
    let staff = row.ok_or_else(|| AppError::NotFound("该账号".into()))?.staff;
    let secret = app.vault().seal_words(Cell::factor(staff), secret)?;
    let decide = move |row: AccountRow| {
        if !row.factor.is_empty() {
            return Err(Stop::Failed(StoreError::Moved));
        }
        let row = AccountRow { factor: secret.clone(), factor_step: step, ..row };
        Ok(Verdict { stmts: vec![rows::update(&row)], kind: "factor_set", body: json!({}), answer: "done" })
    };
    let deed = Deed { kind: "set_factor", actor: ctx.actor.number(), at: ctx.at };
    on_account(app, deed, ctx.act.clone(), &viewer.account, decide).await?;
    Ok(())
}

/// The code of this moment: what an authenticator shows. For tests and the demo.
pub fn code_of(secret: &str, at: Instant) -> Result<String, AppError> {
    factor::code(secret, at)
}
