//! 登录与权限: accounts, sessions, the second factor, lock-out, and the one question pages ask of the permission
//! table.
//!
//! Every sign-in, failure, lock and end of a session leaves an audit row in the same change. A password or a token
//! never leaves this module but as a hash; nothing here says which part of a sign-in was wrong.

pub mod accounts;
pub mod demo;
mod factor;
pub mod kept_form;
mod password;
pub(crate) mod random;
pub mod session;
mod sign_in;

pub use factor::Enrolment;
pub use sign_in::{Opened, SignIn, sign_in, sign_in_to_demo};

use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::marks;
use serde_json::json;
use yichuang_domain::digest::sm3;
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::permission::{Action, Actor, Scope};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::accounts::{self as rows, AccountRow};
use yichuang_storage::audit::{self, AuditRow};
use yichuang_storage::{Act, Answer, Area, Change, Effects, Plan, Rows, Stmt, Stop, StoreError};

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// Characters of an account's name.
const NAME: usize = 64;

/// 登录规则 of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Failures that lock an account.
    pub failures: u32,
    /// Minutes within which they count.
    pub window: u32,
    /// Minutes an account stays locked.
    pub lock: u32,
    /// Minutes without any use after which a session ends.
    pub idle: u32,
    /// Minutes after which it ends in any case.
    pub longest: u32,
    /// Characters of a password, at least.
    pub length: u32,
    /// Classes of characters in it, at least.
    pub classes: u32,
    /// Days a password may be used.
    pub days: u32,
    /// Passwords that may not come back.
    pub history: u32,
}

impl Policy {
    /// The rules in force on this day; before the first day the parameters know, the first that are known.
    pub fn on(date: Date) -> Policy {
        let of = |name| {
            let first = yichuang_domain::law::parameters::describe(name).values.first();
            parameter(name, date).or(first.map(|dated| dated.value)).unwrap_or_default()
        };
        Policy {
            failures: of(ParameterName::SignInFailures),
            window: of(ParameterName::SignInWindow),
            lock: of(ParameterName::LockMinutes),
            idle: of(ParameterName::IdleMinutes),
            longest: of(ParameterName::SignInMinutes),
            length: of(ParameterName::PasswordLength),
            classes: of(ParameterName::PasswordClasses),
            days: of(ParameterName::PasswordDays),
            history: of(ParameterName::PasswordHistory),
        }
    }
}

fn minutes(count: u32) -> i64 {
    i64::from(count) * MINUTE
}

/// 核对权限: how far this action reaches for this actor.
///
/// # Errors
/// [`AppError::Forbidden`] when the post may not do it at all.
pub fn permit(actor: &Actor, action: Action) -> Result<Scope, AppError> {
    let scope = actor.staff().and_then(|staff| action.scope(staff.post));
    scope.ok_or(AppError::Forbidden(action.title()))
}

/// The database was made by `demo`: roles can be picked, and every page says so.
pub async fn is_demo(app: &App) -> Result<bool, AppError> {
    Ok(marks::made_by(app).await?.as_deref() == Some(marks::DEMO))
}

/// 操作号 for a form or a request: nobody else's.
pub fn act_id() -> Result<String, AppError> {
    random::token()
}

/// An act of access, done by `actor` (0: nobody known yet).
struct Deed {
    kind: &'static str,
    actor: i64,
    at: Instant,
}

impl Deed {
    fn act(&self, id: String, account: &str) -> Act {
        let body_hash = sm3(&[self.kind.as_bytes(), account.as_bytes()]).0;
        Act { id, actor: self.actor, kind: self.kind, body_hash, at: self.at.0 }
    }
}

/// What a decision on a locked account leaves behind: statements, the audit's kind and details, the answer.
struct Verdict {
    stmts: Vec<Stmt>,
    kind: &'static str,
    body: serde_json::Value,
    answer: &'static str,
}

/// Decides on an account under lock; writes the audit row with whatever comes of it.
async fn on_account(
    app: &App,
    deed: Deed,
    act: String,
    account: &str,
    decide: impl Fn(AccountRow) -> Result<Verdict, Stop> + Send + Sync + 'static,
) -> Result<Answer, AppError> {
    app.store().schema().await?.needs(Area::Access)?;
    let (id, actor, at) = (app.next_id(deed.at), deed.actor, deed.at);
    let then = move |rows: &Rows| {
        let account: AccountRow = rows.get(0)?;
        let subject = subject(&account.name);
        let actor = if actor == 0 { account.staff } else { actor };
        let Verdict { mut stmts, kind, body, answer } = decide(account)?;
        stmts.push(noted(id, at, actor, kind, &subject, &body));
        Ok(Plan::effects(Effects { stmts, answer: json!({ "answer": answer }).to_string(), witness: None }))
    };
    let act = deed.act(act, account);
    let change = Change { act, key: 0, locks: vec![rows::lock(account)], then: Box::new(then) };
    Ok(app.store().commit(change).await?)
}

fn subject(account: &str) -> String {
    format!("account/{account}")
}

fn noted(id: i64, at: Instant, actor: i64, kind: &str, subject: &str, body: &serde_json::Value) -> Stmt {
    let (kind, subject, body) = (kind.to_owned(), subject.to_owned(), body.to_string());
    audit::insert(&AuditRow { id, at: at.0, actor, kind, subject, body })
}

/// The account with this name.
async fn account(app: &App, name: &str) -> Result<Option<AccountRow>, AppError> {
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Ok(None);
    }
    Ok(app.store().one(rows::by_name(name)).await?)
}

fn damaged(what: impl std::fmt::Display) -> AppError {
    StoreError::Damaged(what.to_string()).into()
}

/// 操作留痕: at most `limit` audit rows after `(at, id)`, oldest first.
pub async fn trail(app: &App, ctx: &Ctx, after: (i64, i64), limit: i64) -> Result<Vec<AuditRow>, AppError> {
    permit(&ctx.actor, Action::AuditTrail)?;
    Ok(app.store().all(audit::page(after, limit)).await?)
}
