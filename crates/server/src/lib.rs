//! Pages over HTTP: a thin face of the use cases.
//!
//! A request becomes a command of `app`, its answer a page. Nothing here knows a rule or a row: what may be seen and
//! done is asked of `app` and `domain`. No page needs JavaScript for its main path.

mod access_log;
mod assets;
mod error;
mod form;
mod guard;
mod listen;
mod router;
mod security;
mod upkeep;
mod web;

pub use listen::{Listening, Settings};
pub use router::{Door, Route, router, routes};
pub use upkeep::{Upkeep, keep_up};
pub use web::demo::waiting;

use std::sync::Arc;
use tokio::sync::Notify;
use yichuang_app::access::session::{Session, look};
use yichuang_app::render::Press;
use yichuang_app::uploads::Scanner;
use yichuang_app::{App, AppError, Clock};

/// 静止的待办页: the work list of this session, set from memory for every request; for the bench alone.
pub async fn still_desk(server: &Server, token: &str) -> Result<axum::Router, AppError> {
    match look(&server.app, server.clock.now(), token, false).await? {
        Session::Open(viewer) => web::desk::still(server, *viewer).await,
        _ => Err(AppError::NotFound("会话".into())),
    }
}

/// 服务: what every request is given.
#[derive(Clone)]
pub struct Server {
    /// The use cases.
    pub app: App,
    /// The clock acts are done by.
    pub clock: Arc<dyn Clock>,
    /// Puts notices on paper, and keeps files.
    pub press: Press,
    /// Looks through what is uploaded; `None`: not configured.
    pub scanner: Option<Scanner>,
    /// The database was made by `demo`: roles can be picked, and every page says so.
    pub demo: bool,
    /// Told when somebody wants the demo to begin again; `None`: whoever serves it does not do that.
    pub reset: Option<Arc<Notify>>,
    /// Browsers reach it by TLS, which ends before it: cookies are for TLS alone.
    pub tls: bool,
}
