//! 登录、退出: one message for whatever was wrong.

use super::frame::{centre, home as home_of};
use super::page;
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::{COOKIE, Guest, session};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::demo::{self, DemoAccount};
use yichuang_app::access::session::{Session, sign_out};
use yichuang_app::access::{Opened, Policy, SignIn, sign_in, sign_in_to_demo};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    site: String,
    demo: bool,
    roles: Vec<DemoAccount>,
    password: &'static str,
    policy: Policy,
    account: String,
    failed: bool,
    told: Option<String>,
}

/// `GET /sign-in`
pub async fn show(State(server): State<Server>, headers: HeaderMap) -> Result<Response, PageError> {
    match session(&server, &headers).await? {
        Session::Open(viewer) => Ok(Redirect::to(home_of(viewer.post)).into_response()),
        Session::Ended(why) => form(&server, StatusCode::OK, String::new(), false, Some(why)).await,
        Session::None => form(&server, StatusCode::OK, String::new(), false, None).await,
    }
}

/// What is typed to sign in.
#[derive(Deserialize)]
pub struct Typed {
    account: String,
    password: String,
    #[serde(default)]
    code: String,
}

/// `POST /sign-in`
pub async fn submit(State(server): State<Server>, Form(typed): Form<Typed>) -> Result<Response, PageError> {
    let Typed { account, password, code } = typed;
    let given = SignIn { account, password, code };
    match sign_in(&server.app, server.clock.now(), &given).await? {
        Some(opened) => entered(&server, &opened),
        None => form(&server, StatusCode::UNAUTHORIZED, given.account, true, None).await,
    }
}

/// The account picked.
#[derive(Deserialize)]
pub struct Picked {
    account: String,
}

/// `POST /sign-in/demo`: one click, in a demo database only.
pub async fn pick(State(server): State<Server>, Form(picked): Form<Picked>) -> Result<Response, PageError> {
    match sign_in_to_demo(&server.app, server.clock.now(), &picked.account).await? {
        Some(opened) => entered(&server, &opened),
        None => form(&server, StatusCode::UNAUTHORIZED, picked.account, true, None).await,
    }
}

/// `POST /sign-out`
pub async fn leave(State(server): State<Server>, Guest(viewer): Guest) -> Result<Response, PageError> {
    sign_out(&server.app, server.clock.now(), &viewer).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&server, "", "; Max-Age=0")?);
    Ok(response)
}

/// To what was kept of an interrupted form, if something was; else to the page the post begins with.
fn entered(server: &Server, opened: &Opened) -> Result<Response, PageError> {
    let mut response = Redirect::to("/kept").into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(server, &opened.token, "")?);
    Ok(response)
}

fn cookie(server: &Server, token: &str, more: &str) -> Result<HeaderValue, PageError> {
    let tls = if server.tls { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{tls}{more}");
    HeaderValue::from_str(&cookie).map_err(|_| PageError::Unreadable)
}

async fn form(
    server: &Server,
    status: StatusCode,
    account: String,
    failed: bool,
    told: Option<String>,
) -> Result<Response, PageError> {
    let roles = if server.demo { demo::roles(&server.app).await? } else { Vec::new() };
    let policy = Policy::on(server.clock.now().date());
    let (site, demo, password) = (centre(server), server.demo, demo::PASSWORD);
    page(status, &SignInPage { site, demo, roles, password, policy, account, failed, told })
}
