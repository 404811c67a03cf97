//! 清单导出: the list as shown, whole, for a spreadsheet.

use super::guide::Asked;
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yichuang_app::catalog::{ExportError, Listed, listed, listing_csv, listing_xlsx};
use yichuang_app::search::guide;

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /guide/list.csv`
pub async fn csv(State(server): State<Server>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    file(&server, &asked, ("csv", CSV), listing_csv).await
}

/// `GET /guide/list.xlsx`
pub async fn xlsx(State(server): State<Server>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    file(&server, &asked, ("xlsx", XLSX), listing_xlsx).await
}

async fn file(
    server: &Server,
    asked: &Asked,
    (ending, media): (&str, &'static str),
    write: fn(&[Listed]) -> Result<Vec<u8>, ExportError>,
) -> Result<Response, PageError> {
    let on = server.clock.now().date();
    let guide = guide(&server.app, on).await?;
    let bytes = write(&listed(&guide, &server.app.organisation(), &asked.wanted()))?;
    // 一窗受理清单, as an address spells it.
    let name = super::encoded("一窗受理清单");
    let named = format!("attachment; filename=\"list-{on}.{ending}\"; filename*=UTF-8''{name}-{on}.{ending}");
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, named)], bytes)
        .into_response())
}
