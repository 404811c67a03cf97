//! 账号与登录: accounts of staff, their failures and locks, and the sessions they have opened. One open session per
//! account, by a unique index.
//!
//! Holds hashes only: neither a password nor what a browser keeps ever comes here.

use crate::change::Lock;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 账号
    AccountRow {
        /// What is typed to sign in.
        name: text,
        /// The member of staff; one account each.
        staff: int,
        /// Of a demo database: may do without a second factor.
        demo: flag,
        /// argon2id in PHC form.
        password: text,
        /// When it was set, milliseconds UTC.
        password_at: int,
        /// Passwords before it, newest first, as a JSON list.
        former: text,
        /// Secret of the second factor; empty until it is set up.
        factor: text,
        /// Time step of the last code used.
        factor_step: int,
        /// Failures since `failing_at`.
        failures: int,
        /// When the first of them was.
        failing_at: int,
        /// Locked until then; 0: not locked.
        locked_until: int,
        /// 停用 since then; 0: in use.
        closed_at: int,
    }
}

record! {
    /// 登录会话
    SignInRow {
        /// SM3 of what the browser holds.
        token: text,
        /// The account.
        account: text,
        /// From when, milliseconds UTC.
        opened_at: int,
        /// When it was last used, to the minute.
        seen_at: int,
        /// Ends then whatever happens.
        until_at: int,
        /// Ended when; 0 while it is open.
        ended_at: int,
        /// Why it ended, e.g. `signed_out`; empty while it is open.
        ended_by: text,
    }
}

/// A new account.
pub fn insert(row: &AccountRow) -> Stmt {
    stmt!(
        "accounts/insert",
        &row.name,
        row.staff,
        row.demo,
        &row.password,
        row.password_at,
        &row.former,
        &row.factor,
        row.factor_step,
        row.failures,
        row.failing_at,
        row.locked_until,
        row.closed_at,
    )
}

/// The account as it is now; needs its [`lock`]. Name, person and mark never change.
pub fn update(row: &AccountRow) -> Stmt {
    stmt!(
        "accounts/update",
        &row.password,
        row.password_at,
        &row.former,
        &row.factor,
        row.factor_step,
        row.failures,
        row.failing_at,
        row.locked_until,
        row.closed_at,
        &row.name,
    )
}

/// Locks an account; read it in `then` as [`AccountRow`]. Its sessions are its own.
pub fn lock(name: &str) -> Lock {
    by_name(name).exclusive("账号")
}

/// The account with this name.
pub fn by_name(name: &str) -> Query<AccountRow> {
    query!("accounts/by_name", name)
}

/// At most `limit` accounts after this name, by name.
pub fn page(after: &str, limit: i64) -> Query<AccountRow> {
    query!("accounts/page", after, limit)
}

/// Opens a session; needs the [`lock`] of its account, and [`end_all`] before it.
pub fn open(row: &SignInRow) -> Stmt {
    let SignInRow { token, account, opened_at, seen_at, until_at, ended_at, ended_by } = row;
    stmt!("accounts/open_sign_in", token, account, *opened_at, *seen_at, *until_at, *ended_at, ended_by)
}

/// Ends the open session of an account, if there is one; needs its [`lock`].
pub fn end_all(account: &str, at: i64, by: &str) -> Stmt {
    stmt!("accounts/end_sign_ins", at, by, account).any_rows()
}

/// The session with this token, open or not.
pub fn sign_in(token: &str) -> Query<SignInRow> {
    query!("accounts/sign_in", token)
}

/// The open session of an account.
pub fn open_of(account: &str) -> Query<SignInRow> {
    query!("accounts/open_of", account)
}

/// Notes that the session is used. Decides nothing, so it is no act.
pub async fn seen(store: &Store, token: &str, at: i64) -> Result<(), StoreError> {
    store.engine.write(stmt!("accounts/seen", at, token)).await.map(|_| ())
}
