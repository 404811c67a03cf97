//! 存活与就绪: for whoever watches the server. Says nothing of what is inside.

use crate::Server;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yichuang_app::SystemClock;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: it should be given work; otherwise what is not ready. By the machine's clock, also where a
/// demo's acts are done by another.
pub async fn ready(State(server): State<Server>) -> Response {
    let readiness = server.app.readiness(&SystemClock).await;
    let status = if readiness.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let body = serde_json::json!({
        "ready": readiness.is_ready(),
        "unready": readiness.unready.iter().map(|one| one.what).collect::<Vec<_>>(),
    });
    (status, kind, body.to_string()).into_response()
}
