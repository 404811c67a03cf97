//! One line for each request: what was asked for, what came of it, how long it took. The route, not the address: no
//! number of a case, no query string, no body.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

/// Writes the line.
pub async fn write(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    tracing::info!(
        http.method = %method,
        http.route = route.as_deref().unwrap_or("-"),
        http.status = response.status().as_u16(),
        http.micros = began.elapsed().as_micros() as u64,
        "request"
    );
    response
}
