//! 登录会话: whose request it is. Ends after some minutes without use, at its last moment, when the account signs in
//! elsewhere, and when somebody ends it.

use super::{Deed, MINUTE, Policy, Verdict, account, minutes, on_account, random};
use crate::app::App;
use crate::error::AppError;
use serde_json::json;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Instant, days_after};
use yichuang_storage::accounts::{self as rows, AccountRow, SignInRow};
use yichuang_storage::{Area, sessions};

/// Ended because the account signed in elsewhere.
pub(super) const ELSEWHERE: &str = "elsewhere";
/// Ended by whom it belongs to.
const SIGNED_OUT: &str = "signed_out";
/// Ended by the security administrator.
pub(super) const REVOKED: &str = "revoked";
/// Ended because the password was changed.
pub(super) const PASSWORD: &str = "password_changed";

/// 登录人: somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Name of the account.
    pub account: String,
    /// As whom acts are done.
    pub actor: Actor,
    /// Post.
    pub post: Post,
    /// 姓名
    pub name: String,
    /// What must be done before anything else.
    pub first: Option<First>,
}

/// 登录后须先办的事.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// 登记动态口令
    Factor,
    /// 更换到期的密码
    Password,
}

/// 会话状态.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// In use.
    Open(Box<Viewer>),
    /// It has ended; a sentence that says why.
    Ended(String),
    /// There never was one.
    None,
}

/// Whose session this token is, now. Notes at most once a minute that it is used; what a page asks for by itself is no
/// use.
pub async fn look(app: &App, at: Instant, token: &str, used: bool) -> Result<Session, AppError> {
    if !app.store().schema().await?.has(Area::Access) {
        return Ok(Session::None);
    }
    let Some(session) = app.store().one(rows::sign_in(&sm3(&[token.as_bytes()]).0)).await? else {
        return Ok(Session::None);
    };
    let policy = Policy::on(at.date());
    if let Some(why) = ended(&session, at, &policy) {
        return Ok(Session::Ended(why));
    }
    let Some(row) = account(app, &session.account).await?.filter(|row| row.closed_at == 0) else {
        return Ok(Session::Ended("该账号已停用。".into()));
    };
    let Some(viewer) = viewer(app, at, row, &policy).await? else {
        return Ok(Session::Ended("该账号对应的工作人员已不在岗。".into()));
    };
    if used && at.0 - session.seen_at >= MINUTE {
        rows::seen(app.store(), &session.token, at.0).await?;
    }
    Ok(Session::Open(Box::new(viewer)))
}

fn ended(session: &SignInRow, at: Instant, policy: &Policy) -> Option<String> {
    let idle = policy.idle;
    match session.ended_by.as_str() {
        _ if session.ended_at == 0 && at.0 >= session.until_at => {
            Some("登录已满最长时间，已自动退出。".into())
        }
        _ if session.ended_at == 0 && at.0 - session.seen_at >= minutes(idle) => {
            Some(format!("{idle} 分钟没有操作，已自动退出。"))
        }
        "" => None,
        ELSEWHERE => Some("该账号已在另一处登录，此处已退出。不是本人操作的，立即联系安全管理员。".into()),
        REVOKED => Some("安全管理员已结束本次登录。".into()),
        PASSWORD => Some("密码已更换，请用新密码登录。".into()),
        _ => Some("已退出登录。".into()),
    }
}

async fn viewer(
    app: &App,
    at: Instant,
    row: AccountRow,
    policy: &Policy,
) -> Result<Option<Viewer>, AppError> {
    let organisation = app.organisation();
    let id = StaffId(row.staff);
    let (Some(member), Some(mut actor)) = (organisation.staff.get(&id), organisation.actor(id)) else {
        return Ok(None);
    };
    if let (Actor::Staff(staff), Post::Intake | Post::Issuance) = (&mut actor, member.post) {
        staff.window = app.store().one(sessions::by_staff(row.staff)).await?.map(|session| session.code);
    }
    let over = days_after(Instant(row.password_at).date(), i64::from(policy.days)) < at.date();
    let first = match () {
        () if row.demo => None,
        () if row.factor.is_empty() => Some(First::Factor),
        () if over || row.password_at == 0 => Some(First::Password),
        () => None,
    };
    let (post, name) = (member.post, member.name.clone());
    Ok(Some(Viewer { account: row.name, actor, post, name, first }))
}

/// 退出.
pub async fn sign_out(app: &App, at: Instant, viewer: &Viewer) -> Result<(), AppError> {
    end(app, at, viewer.actor.number(), random::token()?, &viewer.account, SIGNED_OUT).await
}

/// Ends the open session of an account.
pub(super) async fn end(
    app: &App,
    at: Instant,
    by: i64,
    act: String,
    account: &str,
    how: &'static str,
) -> Result<(), AppError> {
    let decide = move |row: AccountRow| {
        let stmts = vec![rows::end_all(&row.name, at.0, how)];
        let kind = if how == SIGNED_OUT { "signed_out" } else { "session_revoked" };
        Ok(Verdict { stmts, kind, body: json!({}), answer: "ended" })
    };
    on_account(app, Deed { kind: "end_session", actor: by, at }, act, account, decide).await?;
    Ok(())
}
