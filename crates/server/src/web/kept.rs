//! 留存表单: after an interrupted sign-in the same person finds what was typed, and sends or drops it. What is sent
//! goes through the same door as the first time.

use super::frame::home;
use super::page;
use crate::error::PageError;
use crate::guard::Guest;
use crate::{Server, router};
use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest as _, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tower::ServiceExt as _;
use yichuang_app::access::kept_form::{self, KeptForm};

#[derive(Template)]
#[template(path = "kept.html")]
struct KeptPage {
    at: String,
    what: &'static str,
    fields: Vec<(&'static str, String)>,
    bytes: Option<usize>,
}

/// `GET /kept`
pub async fn show(State(server): State<Server>, Guest(viewer): Guest) -> Result<Response, PageError> {
    let Some(form) = kept_form::of(&server.app, &viewer, server.clock.now()).await? else {
        return Ok(Redirect::to(home(viewer.post)).into_response());
    };
    let typed = form.media.starts_with(URLENCODED);
    let fields = if typed { fields(&form).await } else { Vec::new() };
    let bytes = (!typed).then_some(form.body.len());
    page(StatusCode::OK, &KeptPage { at: form.at.to_string(), what: what(&form.path), fields, bytes })
}

/// `POST /kept/send`: once more, as it was; only a fault of ours keeps it for another try.
pub async fn send(
    State(server): State<Server>,
    Guest(viewer): Guest,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(form) = kept_form::of(&server.app, &viewer, server.clock.now()).await? else {
        return Ok(Redirect::to(home(viewer.post)).into_response());
    };
    let mut request = Request::post(&form.path).header(header::CONTENT_TYPE, &form.media);
    for name in [header::HOST, header::ORIGIN, header::COOKIE] {
        if let Some(value) = headers.get(&name) {
            request = request.header(name, value);
        }
    }
    let request = request.body(Body::from(form.body)).map_err(|_| PageError::Unreadable)?;
    let answer = router(server.clone()).oneshot(request).await.into_response();
    if !answer.status().is_server_error() {
        kept_form::drop(&server.app, &viewer).await?;
    }
    Ok(answer)
}

/// `POST /kept/drop`
pub async fn drop(State(server): State<Server>, Guest(viewer): Guest) -> Result<Redirect, PageError> {
    kept_form::drop(&server.app, &viewer).await?;
    Ok(Redirect::to(home(viewer.post)))
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What people typed, by the names they know; the rest is the platform's own.
async fn fields(form: &KeptForm) -> Vec<(&'static str, String)> {
    const LABELS: [(&str, &str); 8] = [
        ("words", "意见"),
        ("reason", "理由"),
        ("days", "天数"),
        ("officers", "实施人员"),
        ("name", "名称"),
        ("number", "号码"),
        ("phone", "电话"),
        ("address", "地址"),
    ];
    let request =
        Request::post("/").header(header::CONTENT_TYPE, URLENCODED).body(Body::from(form.body.clone()));
    let Ok(request) = request else { return Vec::new() };
    let Ok(axum::Form(pairs)) = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await else {
        return Vec::new();
    };
    let own = |name: &str| matches!(name, "act" | "version" | "visit" | "draft");
    let typed = pairs.into_iter().filter(|(name, value)| !own(name) && !value.trim().is_empty());
    let label =
        |name: &str| LABELS.iter().find(|(known, _)| *known == name).map_or("填写内容", |found| found.1);
    typed.map(|(name, value)| (label(&name), value)).collect()
}

/// What was being done.
fn what(path: &str) -> &'static str {
    match path {
        _ if path.contains("/intake") => "综合受理",
        _ if path.starts_with("/cases/") => "办件办理",
        _ if path.starts_with("/issuing") => "出件办理",
        _ => "办理",
    }
}
