//! 文书和材料文件: bytes handed out to whoever may see the case, so that nothing in them can act on our pages.

use super::number;
use crate::Server;
use crate::error::PageError;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use yichuang_app::desk::document_in_scope;
use yichuang_app::render::{MakeError, make};
use yichuang_app::{AppError, workbench};
use yichuang_domain::id::DocumentId;
use yichuang_domain::permission::Action;

/// What came from outside may do nothing where it is shown.
const CAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// `GET /cases/{case_no}/documents/{document}`: the PDF, made now if it was not yet.
pub async fn document(
    State(server): State<Server>,
    guest: Guest,
    Path((case_no, document)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let document = DocumentId(number(&document)?);
    document_in_scope(&server.app, &ctx, Action::ReadCase, &case_no, document).await?;
    match make(&server.app, &server.press, document, ctx.at).await {
        Ok(made) => shown("application/pdf", made.bytes, false),
        Err(MakeError::App(error)) => Err(error.into()),
        Err(MakeError::Files(error)) => Err(AppError::from(error).into()),
        Err(other) => Err(AppError::Form(vec![other.to_string()]).into()),
    }
}

/// `GET /cases/{case_no}/files/{file}`
pub async fn file(
    State(server): State<Server>,
    guest: Guest,
    Path((case_no, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let found =
        workbench::file_of_case(&server.app, &server.press.files, &ctx, &case_no, number(&file)?).await?;
    handed_out(found)
}

/// A file that somebody handed in.
pub fn handed_out((media, bytes): (String, Vec<u8>)) -> Result<Response, PageError> {
    shown(&media, bytes, true)
}

fn shown(media: &str, bytes: Vec<u8>, caged: bool) -> Result<Response, PageError> {
    let text = |text: &str| HeaderValue::from_str(text).map_err(|_| PageError::Unreadable);
    let mut headers: Vec<(HeaderName, HeaderValue)> =
        vec![(CONTENT_TYPE, text(media)?), (CONTENT_DISPOSITION, text("inline")?)];
    // A sandbox keeps the browser from showing a PDF at all; its viewer is one of its own.
    if caged && media != "application/pdf" {
        headers.push((CONTENT_SECURITY_POLICY, text(CAGE)?));
    }
    let mut response = bytes.into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
