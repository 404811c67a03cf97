//! Style sheets and scripts, compiled in. A name with the hash of its content is good for ever, any other is unknown.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

struct Asset {
    name: &'static str,
    path: &'static str,
    media: &'static str,
    bytes: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an asset, for templates.
pub fn path(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| asset.path)
}

/// `GET /assets/{name}`
pub async fn get(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let asked = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(name.as_str());
    let Some(asset) = ASSETS.iter().find(asked) else {
        return (StatusCode::NOT_FOUND, "没有这个文件。").into_response();
    };
    let common =
        [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes_gzip = accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && weight.trim() != "q=0"
    });
    let vary = [(header::VARY, "accept-encoding")];
    match takes_gzip {
        true => (common, vary, [(header::CONTENT_ENCODING, "gzip")], asset.gzip).into_response(),
        false => (common, vary, asset.bytes).into_response(),
    }
}
