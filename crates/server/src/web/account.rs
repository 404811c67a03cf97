//! 本人账号: the own password and the own authenticator.

use super::page;
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;
use serde::Deserialize;
use yichuang_app::access::session::First;
use yichuang_app::access::{Policy, accounts, act_id};
use yichuang_app::{AppError, Fault};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    act: String,
    due: bool,
    faults: Vec<String>,
    days: u32,
    length: u32,
    classes: u32,
    history: u32,
}

fn password_page(server: &Server, guest: &Guest, faults: Vec<String>) -> Result<Response, PageError> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let Policy { days, length, classes, history, .. } = Policy::on(server.clock.now().date());
    let due = guest.0.first == Some(First::Password);
    page(status, &PasswordPage { act: act_id()?, due, faults, days, length, classes, history })
}

/// `GET /password`
pub async fn password(State(server): State<Server>, guest: Guest) -> Result<Response, PageError> {
    password_page(&server, &guest, Vec::new())
}

/// A new password, typed twice.
#[derive(Deserialize)]
pub struct NewPassword {
    act: String,
    old: String,
    new: String,
    again: String,
}

/// `POST /password`
pub async fn change_password(
    State(server): State<Server>,
    guest: Guest,
    Form(typed): Form<NewPassword>,
) -> Result<Response, PageError> {
    if typed.new != typed.again {
        return password_page(&server, &guest, vec!["两次填写的新密码不同，重新填写".into()]);
    }
    let ctx = guest.ctx(&server, &typed.act);
    match accounts::change_password(&server.app, &ctx, &guest.0, &typed.old, &typed.new).await {
        Ok(()) => Ok(Redirect::to("/sign-in").into_response()),
        Err(AppError::Form(faults)) => password_page(&server, &guest, faults),
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "factor.html")]
struct FactorPage {
    act: String,
    secret: String,
    picture: String,
    faults: Vec<String>,
}

fn factor_page(guest: &Guest, shown: Option<&str>, faults: Vec<String>) -> Result<Response, PageError> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let enrolment = accounts::enrol(&guest.0, shown)?;
    let code = QRBuilder::new(enrolment.address).build().map_err(|_| PageError::Unreadable)?;
    let picture = SvgBuilder::default().to_str(&code);
    page(status, &FactorPage { act: act_id()?, secret: enrolment.secret, picture, faults })
}

/// `GET /second-factor`
pub async fn factor(guest: Guest) -> Result<Response, PageError> {
    if guest.0.first != Some(First::Factor) {
        return Ok(Redirect::to("/").into_response());
    }
    factor_page(&guest, None, Vec::new())
}

/// The secret that was shown and a code made with it.
#[derive(Deserialize)]
pub struct NewFactor {
    act: String,
    secret: String,
    code: String,
}

/// `POST /second-factor`
pub async fn set_factor(
    State(server): State<Server>,
    guest: Guest,
    Form(typed): Form<NewFactor>,
) -> Result<Response, PageError> {
    if guest.0.first != Some(First::Factor) {
        return Ok(Redirect::to("/").into_response());
    }
    let ctx = guest.ctx(&server, &typed.act);
    match accounts::set_factor(&server.app, &ctx, &guest.0, &typed.secret, &typed.code).await {
        Ok(()) => Ok(Redirect::to("/").into_response()),
        Err(AppError::Form(faults)) => factor_page(&guest, Some(&typed.secret), faults),
        Err(error) if error.fault() == Fault::Busy => Ok(Redirect::to("/").into_response()),
        Err(error) => Err(error.into()),
    }
}
