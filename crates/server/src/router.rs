//! Every address, with its door. An address without a door cannot be written down here; the doors are held against
//! `docs/permissions.tsv` by a test.

use crate::error::PageError;
use crate::web::public::{self, export, guide, home, item, progress, rating};
use crate::web::{account, acts, administration, case, desk, intake, personal, sign_in, state};
use crate::{Server, access_log, assets, guard, security};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use std::time::Duration;
use yichuang_domain::permission::Action;

/// Bytes of a form.
const BODY: usize = 256 * 1024;
/// How long a request may take, its body included.
const LONGEST: Duration = Duration::from_secs(30);

/// For whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// The posts of this action.
    For(Action),
}

/// An address and its door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Address, with names in braces.
    pub path: &'static str,
    /// For whom.
    pub door: Door,
}

/// Every route.
pub fn routes(server: &Server) -> Vec<Route> {
    table(server).routes
}

/// The whole service.
pub fn router(server: Server) -> Router {
    let table = table(&server);
    table
        .router
        .fallback(async || PageError::NoPage)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn(in_time))
        .layer(from_fn(security::origin))
        .layer(from_fn_with_state(server.clone(), security::headers))
        .layer(from_fn(access_log::write))
        .with_state(server)
}

fn table(server: &Server) -> Table {
    use Action::*;
    use Door::{For, Open, SignedIn};
    Table { server: server.clone(), router: Router::new(), routes: Vec::new() }
        .get("/healthz", Open, state::alive)
        .get("/readyz", Open, state::ready)
        .get("/assets/{name}", Open, assets::get)
        .get("/", Open, home::show)
        .get("/large-type", Open, public::large_type)
        .get("/guide", Open, guide::show)
        .get("/guide/list.csv", Open, export::csv)
        .get("/guide/list.xlsx", Open, export::xlsx)
        .get("/guide/items/{key}", Open, item::show)
        .get("/guide/items/{key}/questions", Open, item::question)
        .get("/guide/items/{key}/list", Open, item::list)
        .get("/progress", Open, progress::ask)
        .post("/progress", Open, progress::open)
        .get("/progress/{case_no}", Open, progress::show)
        .get("/progress/{case_no}/papers/{nth}", Open, progress::paper)
        .get("/rating/{case_no}/{token}", Open, rating::show)
        .post("/rating/{case_no}/{token}", Open, rating::submit)
        .get("/evaluator/{site}/{window}/{token}", Open, rating::evaluator)
        .post("/evaluator/{site}/{window}/{token}", Open, rating::submit_at_window)
        .get("/sign-in", Open, sign_in::show)
        .post("/sign-in", Open, sign_in::submit)
        .post("/sign-in/demo", Open, sign_in::pick)
        .post("/sign-out", SignedIn, sign_in::leave)
        .get("/password", SignedIn, account::password)
        .post("/password", SignedIn, account::change_password)
        .get("/second-factor", SignedIn, account::factor)
        .post("/second-factor", SignedIn, account::set_factor)
        .get("/desk", For(WorkList), desk::show)
        .get("/intake", For(TakeIn), intake::home)
        .post("/intake", For(TakeIn), intake::begin)
        .post("/window", For(TakeIn), intake::window)
        .get("/intake/cases", For(TakeIn), intake::list)
        .get("/intake/{draft}", For(TakeIn), intake::show)
        .post("/intake/{draft}/person", For(TakeIn), intake::person)
        .post("/intake/{draft}/item", For(TakeIn), intake::item)
        .post("/intake/{draft}/situations", For(TakeIn), intake::situations)
        .post("/intake/{draft}/check", For(TakeIn), intake::check)
        .post("/intake/{draft}/discard", For(TakeIn), intake::discard)
        .post("/intake/{draft}/hand-over", For(TakeIn), intake::hand_over)
        .get("/intake/{draft}/files/{file}", For(TakeIn), intake::draft_file)
        .get("/cases", For(ReadCase), case::find)
        .post("/cases/find", For(ReadCase), personal::find)
        .get("/cases/{case_no}", For(ReadCase), case::show)
        .get("/cases/{case_no}/intake", For(TakeIn), intake::follow_up)
        .post("/cases/{case_no}/intake", For(TakeIn), intake::proceed)
        .get("/cases/{case_no}/documents/{document}", For(ReadCase), intake::document)
        .get("/cases/{case_no}/files/{file}", For(ReadCase), intake::case_file)
        .post("/cases/{case_no}/examine", For(Examine), acts::examine)
        .post("/cases/{case_no}/review", For(Review), acts::review)
        .post("/cases/{case_no}/decide", For(Decide), acts::decide)
        .post("/cases/{case_no}/start-procedure", For(StartProcedure), acts::start_procedure)
        .post("/cases/{case_no}/end-procedure", For(EndProcedure), acts::end_procedure)
        .post("/cases/{case_no}/extend", For(Extend), acts::extend)
        .post("/cases/{case_no}/reveal", For(Reveal), personal::reveal)
        .get("/evaluators", For(Evaluators), rating::devices)
        .get("/system", For(SystemState), administration::system)
        .get("/accounts", For(Accounts), administration::accounts)
        .post("/accounts/unlock", For(Accounts), administration::unlock)
        .post("/accounts/revoke", For(Accounts), administration::revoke)
        .get("/audit", For(AuditTrail), administration::audit)
        .get("/audit/reads", For(AuditTrail), personal::reads)
}

struct Table {
    server: Server,
    router: Router<Server>,
    routes: Vec<Route>,
}

impl Table {
    fn get<H: Handler<T, Server>, T: 'static>(self, path: &'static str, door: Door, handler: H) -> Table {
        self.add("GET", path, door, on(MethodFilter::GET, handler))
    }

    fn post<H: Handler<T, Server>, T: 'static>(self, path: &'static str, door: Door, handler: H) -> Table {
        self.add("POST", path, door, on(MethodFilter::POST, handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        door: Door,
        handler: MethodRouter<Server>,
    ) -> Table {
        let watched = handler.route_layer(from_fn_with_state((self.server.clone(), door), guard::watch));
        self.router = self.router.route(path, watched);
        self.routes.push(Route { method, path, door });
        self
    }
}

/// Cuts off what takes too long, a slow sender included.
async fn in_time(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(LONGEST, next.run(request)).await;
    answered.unwrap_or_else(|_| PageError::TooSlow.into_response())
}
