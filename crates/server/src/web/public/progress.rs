//! 进度查询: by case number and query code. What the applicant must do comes first, then the steps, then the papers.
//! A wrong number, a wrong code and too many guesses are one answer.

use super::{Shell, Visitor, cookie, page};
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::convert::Infallible;
use yichuang_app::portal::{self, Patience, Progress};
use yichuang_app::render::{MakeError, make};
use yichuang_app::{App, AppError};
use yichuang_domain::case::Case;
use yichuang_domain::time::{Date, Instant};

/// Name of the cookie of the case that was opened.
const VIEW: &str = "yichuang_view";

/// What the browser holds of the case it opened.
pub struct Opened(String);

impl FromRequestParts<Server> for Opened {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Opened, Infallible> {
        Ok(Opened(cookie(parts, VIEW).unwrap_or_default().to_owned()))
    }
}

#[derive(Template)]
#[template(path = "public/progress_query.html")]
struct QueryPage {
    shell: Shell,
    case_no: String,
    failed: bool,
    tries: u32,
    wait: i64,
}

fn query(server: &Server, visitor: &Visitor, case_no: &str, failed: bool) -> Result<Response, PageError> {
    let patience = Patience::on(server.clock.now().date());
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let case_no = case_no.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let mut shell = visitor.shell(server);
    // What is typed stays off the addresses.
    shell.here = "/progress".into();
    page(status, &QueryPage { shell, case_no, failed, tries: patience.tries, wait: patience.wait })
}

/// `GET /progress`
pub async fn ask(State(server): State<Server>, visitor: Visitor) -> Result<Response, PageError> {
    query(&server, &visitor, "", false)
}

/// Number and code.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    case_no: String,
    #[serde(default)]
    code: String,
}

/// `POST /progress`
pub async fn open(
    State(server): State<Server>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (case_no, now) = (typed.case_no.trim().to_ascii_uppercase(), server.clock.now());
    let opened = portal::open(&server.app, visitor.address, (&case_no, &typed.code), now).await?;
    let Some(case) = opened else { return query(&server, &visitor, &case_no, true) };
    let token = portal::view(&server.app, &case.case_no, now).await?;
    let tls = if server.tls { "; Secure" } else { "" };
    let cookie = format!("{VIEW}={token}; Path=/progress; HttpOnly; SameSite=Lax{tls}");
    let mut response = Redirect::to(&format!("/progress/{}", case.case_no)).into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| PageError::Unreadable)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Template)]
#[template(path = "public/progress.html")]
struct ProgressPage {
    shell: Shell,
    progress: Progress,
    today: Date,
    rating: Option<String>,
}

impl ProgressPage {
    fn when(&self, at: &Instant) -> String {
        let civil = at.civil();
        let year = if civil.year() == self.today.year() { "" } else { "%Y 年 " };
        civil.strftime(&format!("{year}%-m 月 %-d 日 %H:%M")).to_string()
    }

    fn day(&self, on: &Date) -> String {
        on.strftime("%-m 月 %-d 日").to_string()
    }

    fn iso(&self, at: &Instant) -> String {
        at.civil().strftime("%Y-%m-%dT%H:%M+08:00").to_string()
    }
}

/// `GET /progress/{case_no}`: where the QR code of a notice leads. Asks for the code first.
pub async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    opened: Opened,
    Path(case_no): Path<String>,
) -> Result<Response, PageError> {
    let now = server.clock.now();
    let Some(case) = seen(&server.app, &case_no, &opened, now).await? else {
        return query(&server, &visitor, &case_no, false);
    };
    let progress = portal::progress(&server.app, &case).await?;
    let rating = match progress.may_rate {
        true => {
            Some(format!("/rating/{}/{}", case.case_no, portal::rating(&server.app, &case.case_no).await?))
        }
        false => None,
    };
    page(StatusCode::OK, &ProgressPage { shell: visitor.shell(&server), progress, today: now.date(), rating })
}

/// The case, if this browser has opened it.
async fn seen(app: &App, case_no: &str, opened: &Opened, now: Instant) -> Result<Option<Case>, AppError> {
    match portal::is_view(app, case_no, &opened.0, now).await? {
        true => portal::by_number(app, case_no).await,
        false => Ok(None),
    }
}

/// `GET /progress/{case_no}/papers/{nth}`: a paper as PDF.
pub async fn paper(
    State(server): State<Server>,
    opened: Opened,
    Path((case_no, nth)): Path<(String, usize)>,
) -> Result<Response, PageError> {
    let now = server.clock.now();
    let Some(case) = seen(&server.app, &case_no, &opened, now).await? else {
        return Ok(Redirect::to("/progress").into_response());
    };
    let progress = portal::progress(&server.app, &case).await?;
    let missing = || AppError::NotFound("这份文书，文书可能已经作废。回到进度页查看现有文书".into());
    let paper = progress.papers.iter().find(|paper| paper.nth == nth).ok_or_else(missing)?;
    let made = make(&server.app, &server.press, paper.id, now).await.map_err(|error| match error {
        MakeError::App(error) => PageError::App(error),
        MakeError::Voided(_) => PageError::App(missing()),
        other => PageError::Paper(other.to_string()),
    })?;
    let named =
        format!("inline; filename=\"{nth}.pdf\"; filename*=UTF-8''{}.pdf", super::encoded(&paper.title));
    let head = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((head, made.bytes).into_response())
}
