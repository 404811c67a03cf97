//! 起草、送审、撤回、退回、发布: each a form of the item's page; what goes wrong is said there, with what was typed.

use super::encoded;
use super::item::{Typed, shown};
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use yichuang_app::catalog::{publish_item, recall_draft, return_draft, start_revision, submit_draft};
use yichuang_app::{AppError, Fault};

/// `POST /items/{key}/draft`: begins a revision, or goes on with the one that is open.
pub async fn start(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    start_revision(&server.app, &guest.ctx(&server, &typed.act), &key).await?;
    Ok(Redirect::to(&format!("/items/{}/draft/basics", encoded(&key))).into_response())
}

/// `POST /items/{key}/submit`
pub async fn submit(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let done = submit_draft(&server.app, &guest.ctx(&server, &typed.act), &key).await;
    answered(&server, &guest, &key, typed, done, "submit").await
}

/// `POST /items/{key}/recall`
pub async fn recall(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let done = recall_draft(&server.app, &guest.ctx(&server, &typed.act), &key).await;
    answered(&server, &guest, &key, typed, done, "recall").await
}

/// `POST /items/{key}/return`
pub async fn send_back(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let done = return_draft(&server.app, &guest.ctx(&server, &typed.act), &key, &typed.reason).await;
    answered(&server, &guest, &key, typed, done, "return").await
}

/// `POST /items/{key}/publish`
pub async fn publish(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &typed.act);
    let done = match typed.from.trim().parse() {
        Ok(from) => publish_item(&server.app, &ctx, &key, from, Some(&typed.seen)).await,
        Err(_) => Err(AppError::Form(vec!["施行日期按年-月-日填写，如 2026-09-01".into()])),
    };
    answered(&server, &guest, &key, typed, done, "publish").await
}

/// Back to the item; what is to be mended is said on its page, beside what was typed.
async fn answered(
    server: &Server,
    guest: &Guest,
    key: &str,
    typed: Typed,
    done: Result<(), AppError>,
    what: &'static str,
) -> Result<Response, PageError> {
    let error = match done {
        Ok(()) => {
            let version = typed.version.map(|version| format!("version={version}&")).unwrap_or_default();
            let to = format!("/items/{}?{version}done={what}", encoded(key));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(error) => error,
    };
    let status = match error.fault() {
        Fault::Mend => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Stale => StatusCode::CONFLICT,
        _ => return Err(error.into()),
    };
    let faults = match error {
        AppError::Form(faults) => faults,
        error => vec![error.to_string()],
    };
    shown(server, guest, key, typed, (status, faults)).await
}
