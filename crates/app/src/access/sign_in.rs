//! 登录: account, password and code in; a session out, or one answer for whatever was wrong.

use super::{Deed, Policy, Verdict, account, factor, minutes, noted, on_account, password, random};
use crate::app::App;
use crate::error::AppError;
use crate::vault::Cell;
use serde_json::json;
use yichuang_domain::digest::sm3;
use yichuang_domain::time::Instant;
use yichuang_storage::accounts::{self as rows, AccountRow, SignInRow};
use yichuang_storage::{Area, Change, Effects, Plan};

/// 登录信息, as typed.
#[derive(Clone)]
pub struct SignIn {
    /// Name of the account.
    pub account: String,
    /// Password.
    pub password: String,
    /// 动态口令; empty where none is set up.
    pub code: String,
}

/// 已登录: what the browser is to keep.
#[derive(Clone)]
pub struct Opened {
    /// The token; only its hash is on record.
    pub token: String,
    /// Another session of the account was ended by it.
    pub elsewhere: bool,
}

/// 登录; `None`: not signed in, for a reason nobody is told. Account unknown, password or code wrong, locked and
/// closed take the same time and leave an audit row each.
pub async fn sign_in(app: &App, at: Instant, given: &SignIn) -> Result<Option<Opened>, AppError> {
    app.store().schema().await?.needs(Area::Access)?;
    let name = given.account.trim();
    let row = account(app, name).await?;
    let hashes = row.iter().map(|row| row.password.clone()).collect();
    let fits = password::fits(&given.password, hashes).await?;
    let Some(row) = row else {
        nobody(app, at).await?;
        return Ok(None);
    };
    let step = match row.factor.is_empty() {
        true => Some(0),
        false => {
            let secret = app.vault().open_words(Cell::factor(row.staff), &row.factor)?;
            factor::step(&secret, &given.code, at)?
        }
    };
    open(app, at, row, fits, step).await
}

/// 演示身份: signs in to an account of a demo database by one click; `None` for any other account.
pub async fn sign_in_to_demo(app: &App, at: Instant, name: &str) -> Result<Option<Opened>, AppError> {
    match account(app, name).await?.filter(|row| row.demo) {
        Some(row) if super::is_demo(app).await? => open(app, at, row, true, Some(0)).await,
        _ => Ok(None),
    }
}

/// An attempt on an account that is not there. What was typed is not kept: it may be a password.
async fn nobody(app: &App, at: Instant) -> Result<(), AppError> {
    let deed = Deed { kind: "sign_in", actor: 0, at };
    let stmt = noted(app.next_id(at), at, 0, "sign_in_failed", &super::subject("?"), &json!({}));
    let then = Box::new(move |_: &yichuang_storage::Rows| {
        Ok(Plan::effects(Effects { stmts: vec![stmt.clone()], answer: "{}".into(), witness: None }))
    });
    let act = deed.act(random::token()?, "?");
    app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    Ok(())
}

async fn open(
    app: &App,
    at: Instant,
    seen: AccountRow,
    fits: bool,
    step: Option<i64>,
) -> Result<Option<Opened>, AppError> {
    let policy = Policy::on(at.date());
    let token = random::token()?;
    let session = SignInRow {
        token: sm3(&[token.as_bytes()]).0,
        account: seen.name.clone(),
        opened_at: at.0,
        seen_at: at.0,
        until_at: at.0 + minutes(policy.longest),
        ended_at: 0,
        ended_by: String::new(),
    };
    let before = app.store().one(rows::open_of(&seen.name)).await?;
    let name = seen.name.clone();
    let decide = move |row: AccountRow| {
        // Password and secret as they were when they were compared; a code is good for one sign-in.
        let same = row.password == seen.password && row.factor == seen.factor;
        let fresh = row.factor.is_empty() || row.demo || step.is_some_and(|step| step > row.factor_step);
        let free = row.closed_at == 0 && row.locked_until <= at.0;
        Ok(match fits && same && free && step.is_some() && fresh {
            true => opened(row, step.unwrap_or_default(), &session),
            false => failed(row, at, free, &policy),
        })
    };
    let deed = Deed { kind: "sign_in", actor: 0, at };
    let answer = on_account(app, deed, random::token()?, &name, decide).await?;
    let elsewhere = before.is_some_and(|session| session.until_at > at.0);
    Ok(answer.body.contains(OPENED).then_some(Opened { token, elsewhere }))
}

const OPENED: &str = "opened";

fn opened(row: AccountRow, step: i64, session: &SignInRow) -> Verdict {
    let at = session.opened_at;
    let ended = rows::end_all(&row.name, at, super::session::ELSEWHERE);
    let row = AccountRow {
        failures: 0,
        failing_at: 0,
        locked_until: 0,
        factor_step: step.max(row.factor_step),
        ..row
    };
    let stmts = vec![rows::update(&row), ended, rows::open(session)];
    Verdict { stmts, kind: "signed_in", body: json!({}), answer: OPENED }
}

fn failed(row: AccountRow, at: Instant, free: bool, policy: &Policy) -> Verdict {
    if !free {
        // Locked or closed: it counts no further, so that nobody keeps an account locked by knocking.
        return Verdict {
            stmts: vec![],
            kind: "sign_in_failed",
            body: json!({"barred": true}),
            answer: "failed",
        };
    }
    let counting = row.failures > 0 && at.0 - row.failing_at < minutes(policy.window);
    let failures = if counting { row.failures + 1 } else { 1 };
    let failing_at = if counting { row.failing_at } else { at.0 };
    let locks = failures >= i64::from(policy.failures);
    let locked_until = if locks { at.0 + minutes(policy.lock) } else { 0 };
    let row = AccountRow { failures: if locks { 0 } else { failures }, failing_at, locked_until, ..row };
    let kind = if locks { "account_locked" } else { "sign_in_failed" };
    Verdict { stmts: vec![rows::update(&row)], kind, body: json!({"failures": failures}), answer: "failed" }
}
