//! Every address, with its door. An address without a door cannot be written down here; the doors are held against
//! `docs/permissions.tsv` by a test.

use crate::error::PageError;
use crate::web::public::{self, export, guide, home, item, progress, rating};
use crate::web::{
    account, acts, administration, answers, case, covers, demo, desk, find, intake, issuing, items, kept,
    ledger, personal, questions, sign_in, state,
};
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
/// Bytes of a form with files.
const FILES: usize = 48 * 1024 * 1024;
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
    let table = Table { server: server.clone(), router: Router::new(), routes: Vec::new() };
    administration(catalogue(acts(desks(own(everybody(table))))))
}

/// Pages for everybody.
fn everybody(table: Table) -> Table {
    use Door::Open;
    table
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
        .get("/guide/items/{key}/files/{file}", Open, item::file)
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
        .get("/tour", Open, demo::tour)
        .get("/demo/reset", Open, demo::ask)
        .post("/demo/reset", Open, demo::reset)
}

/// Pages of whoever is signed in.
fn own(table: Table) -> Table {
    use Door::SignedIn;
    table
        .post("/sign-out", SignedIn, sign_in::leave)
        .get("/password", SignedIn, account::password)
        .post("/password", SignedIn, account::change_password)
        .get("/second-factor", SignedIn, account::factor)
        .post("/second-factor", SignedIn, account::set_factor)
        .get("/kept", SignedIn, kept::show)
        .post("/kept/send", SignedIn, kept::send)
        .post("/kept/drop", SignedIn, kept::drop)
}

/// The desks and the lists.
fn desks(table: Table) -> Table {
    use Action::*;
    use Door::For;
    table
        .get("/desk", For(WorkList), desk::show)
        .get("/intake", For(TakeIn), intake::home)
        .post("/intake", For(TakeIn), intake::begin)
        .post("/window", For(TakeIn), intake::window)
        .get("/intake/cases", For(TakeIn), intake::list)
        .get("/intake/{draft}", For(TakeIn), intake::show)
        .post("/intake/{draft}/person", For(TakeIn), intake::person)
        .post("/intake/{draft}/item", For(TakeIn), intake::item)
        .post("/intake/{draft}/situations", For(TakeIn), intake::situations)
        .upload("/intake/{draft}/check", For(TakeIn), intake::check)
        .upload("/intake/{draft}/ask", For(AskQuestion), intake::ask)
        .get("/intake/{draft}/questions", For(AskQuestion), intake::asked)
        .post("/intake/{draft}/discard", For(TakeIn), intake::discard)
        .post("/intake/{draft}/hand-over", For(TakeIn), intake::hand_over)
        .get("/intake/{draft}/files/{file}", For(TakeIn), intake::draft_file)
        .post("/cases/find", For(ReadCase), personal::find)
        .get("/cases/{case_no}/intake", For(TakeIn), intake::follow_up)
        .upload("/cases/{case_no}/intake", For(TakeIn), intake::proceed)
        .get("/cases/{case_no}/documents/{document}", For(ReadCase), intake::document)
        .get("/cases/{case_no}/files/{file}", For(ReadCase), intake::case_file)
        .post("/desk/claim", For(Claim), desk::claim)
        .get("/questions", For(AnswerQuestion), questions::show)
        .post("/questions/{question}/answer", For(AnswerQuestion), questions::answer)
        .post("/questions/{question}/entry", For(AnswerQuestion), questions::publish)
        .get("/answers", For(ReadAnswers), answers::show)
        .get("/covers", For(Cover), covers::show)
        .post("/covers", For(Cover), covers::set)
        .post("/covers/end", For(Cover), covers::end)
        .get("/issuing", For(Issue), issuing::show)
        .post("/issuing/take", For(Issue), issuing::take)
        .post("/window/open", For(Issue), issuing::open_window)
        .post("/window/close", For(Issue), issuing::close_window)
        .get("/ledger", For(Ledger), ledger::show)
        .get("/ledger/export", For(Ledger), ledger::export)
        .get("/cases", For(ReadCase), find::find)
        .get("/cases/export", For(ReadCase), find::export)
        .get("/cases/{case_no}", For(ReadCase), case::show)
}

/// Acts on a case.
fn acts(table: Table) -> Table {
    use Action::*;
    use Door::For;
    table
        .post("/cases/{case_no}/claim", For(Claim), acts::claim)
        .post("/cases/{case_no}/release", For(Claim), acts::release)
        .post("/cases/{case_no}/delegate", For(Claim), acts::delegate)
        .post("/cases/{case_no}/ask", For(Consult), acts::ask)
        .post("/cases/{case_no}/answer", For(Consult), acts::answer)
        .post("/cases/{case_no}/examine", For(Examine), acts::examine)
        .post("/cases/{case_no}/review", For(Review), acts::review)
        .post("/cases/{case_no}/decide", For(Decide), acts::decide)
        .post("/cases/{case_no}/start-procedure", For(StartProcedure), acts::start_procedure)
        .post("/cases/{case_no}/end-procedure", For(EndProcedure), acts::end_procedure)
        .post("/cases/{case_no}/call-hearing", For(StartProcedure), acts::call_hearing)
        .post("/cases/{case_no}/extend", For(Extend), acts::extend)
        .post("/cases/{case_no}/reveal", For(Reveal), personal::reveal)
        .post("/cases/{case_no}/explain-overdue", For(Inform), acts::explain_overdue)
        .post("/cases/{case_no}/convert", For(Inform), acts::convert)
        .post("/cases/{case_no}/tell-parties", For(HearParties), acts::tell_parties)
        .post("/cases/{case_no}/record-service", For(HearParties), acts::record_service)
        .post("/cases/{case_no}/hear-party", For(HearParties), acts::hear_party)
        .post("/cases/{case_no}/confirm-refusal", For(DecideRefusal), acts::confirm_refusal)
        .post("/cases/{case_no}/reject-refusal", For(DecideRefusal), acts::reject_refusal)
        .post("/cases/{case_no}/transfer-upward", For(TransferUpward), acts::transfer_upward)
        .post("/cases/{case_no}/reissue", For(Reissue), acts::reissue)
        .post("/cases/{case_no}/annul", For(Annul), acts::annul)
        .post("/cases/{case_no}/hand-over", For(HandOver), acts::hand_over)
        .post("/cases/{case_no}/take", For(Issue), acts::take)
        .post("/cases/{case_no}/check", For(Issue), acts::check)
        .post("/cases/{case_no}/tell", For(Issue), acts::tell)
        .post("/cases/{case_no}/deliver", For(Issue), acts::deliver)
        .post("/cases/{case_no}/return-delivery", For(Issue), acts::return_delivery)
        .post("/cases/{case_no}/invite-rating", For(Issue), acts::invite_rating)
}

/// The catalogue of items.
fn catalogue(table: Table) -> Table {
    use Action::*;
    use Door::For;
    table
        .get("/items", For(ReadItems), items::list)
        .get("/items/export", For(ReadItems), items::export)
        .get("/items/{key}", For(ReadItems), items::item::show)
        .get("/items/{key}/changes", For(ReadItems), items::changes::show)
        .get("/items/{key}/files/{file}", For(ReadItems), items::item::file)
        .post("/items/{key}/draft", For(DraftItem), items::acts::start)
        .get("/items/{key}/draft/{section}", For(DraftItem), items::draft::show)
        .upload("/items/{key}/draft/{section}", For(DraftItem), items::draft::save)
        .post("/items/{key}/submit", For(DraftItem), items::acts::submit)
        .post("/items/{key}/recall", For(DraftItem), items::acts::recall)
        .post("/items/{key}/return", For(PublishItem), items::acts::send_back)
        .post("/items/{key}/publish", For(PublishItem), items::acts::publish)
}

/// The pages of those who look after people and machines.
fn administration(table: Table) -> Table {
    use Action::*;
    use Door::For;
    table
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

    /// A form that takes files.
    fn upload<H: Handler<T, Server>, T: 'static>(self, path: &'static str, door: Door, handler: H) -> Table {
        let large = DefaultBodyLimit::max(FILES);
        self.add("POST", path, door, on(MethodFilter::POST, handler).layer(large))
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
