//! 办件页: everything about one case that the post may see, and the acts it may do now.

mod days;
mod materials;
mod view;

pub use view::View;

use super::acts::Typed;
use super::forms::{self, ActForm, Blocked};
use super::frame::{Frame, home};
use super::page;
use super::personal::{RevealForm, reveal_form};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use days::Explained;
use materials::{MaterialView, materials};
use serde::Deserialize;
use view::{BranchView, ClockView, Consulted, DocumentView, EntryView, Step, Tag, steps};
use yichuang_app::assign;
use yichuang_app::desk::case_page;
use yichuang_app::offer::offers;
use yichuang_app::portal::{Progress, progress};
use yichuang_app::workbench::files_of_case;

/// What was tried and not done.
pub struct Tried {
    /// Which form.
    pub kind: &'static str,
    /// What was typed.
    pub typed: Typed,
    /// Why not, and what to do next.
    pub words: String,
    /// The same act is to be sent again.
    pub again: bool,
    /// Somebody else was first: what has happened since is shown.
    pub stale: bool,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /cases/{case_no}`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(case_no): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let done = done.done.and_then(|kind| forms::done(&kind));
    shown(&server, &guest, &case_no, StatusCode::OK, done, None).await
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseTemplate {
    frame: Frame,
    back: &'static str,
    back_title: &'static str,
    done: Option<&'static str>,
    fault: Option<String>,
    /// What happened between the page that was sent and this one.
    since: Vec<EntryView>,
    kept: Option<String>,
    others: Vec<String>,
    case_no: String,
    version: u32,
    post: &'static str,
    item: String,
    tags: Vec<Tag>,
    facts: Vec<(&'static str, String)>,
    clocks: Vec<ClockView>,
    steps: Vec<Step>,
    branches: Vec<BranchView>,
    consulted: Vec<Consulted>,
    explained: Vec<Explained>,
    materials: Vec<MaterialView>,
    documents: Vec<DocumentView>,
    people: Vec<(String, String)>,
    timeline: Vec<EntryView>,
    public: Progress,
    forms: Vec<ActForm>,
    blocked: Vec<Blocked>,
    reveal: Option<RevealForm>,
}

/// The page of a case, with this status; with what was tried, if something was.
pub async fn shown(
    server: &Server,
    guest: &Guest,
    case_no: &str,
    status: StatusCode,
    done: Option<&'static str>,
    tried: Option<Tried>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let app = &server.app;
    let found = case_page(app, &ctx, case_no).await?;
    let files = files_of_case(app, found.case.id).await?;
    let others = assign::look(app, &ctx, found.case.id).await?;
    let organisation = app.organisation();
    let today = ctx.at.date();
    let at_issuing = tried.as_ref().is_some_and(|tried| tried.typed.get("back") == "issuing");
    let view = View { app, organisation: &organisation, today, page: &found, at_issuing };
    let may = offers(app, &ctx, &found.case, &found.version);
    let offered = forms::offered(&view, &ctx, may, tried.as_ref())?;
    let seen = tried.as_ref().filter(|tried| tried.stale).map(|tried| tried.typed.version as usize);
    let since = seen.map_or(&[][..], |seen| found.timeline.get(seen..).unwrap_or_default());
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    let home = home(guest.0.post);
    let template = CaseTemplate {
        frame: Frame::of(server, guest, "办件详情", home).await?,
        back: home,
        back_title: super::frame::title_of(home),
        done,
        since: since.iter().map(|entry| view.entry(entry)).collect(),
        kept: offered.kept,
        others: others.into_iter().map(|id| view.person(id)).collect(),
        fault: tried.map(|tried| tried.words),
        case_no: found.case.case_no.clone(),
        version: found.case.version,
        post: guest.0.post.name(),
        item: found.version.item.name.clone(),
        tags: view.tags(),
        facts: view.facts(),
        clocks: view.clocks()?,
        steps: steps(&found.case.stage),
        branches: view.branches(&ctx.actor)?,
        consulted: view.consultations(),
        explained: view.explained(own)?,
        materials: materials(&found, &files),
        documents: view.documents(),
        people: view.people(),
        timeline: found.timeline.iter().rev().map(|entry| view.entry(entry)).collect(),
        public: progress(app, &found.case).await?,
        forms: offered.forms,
        blocked: offered.blocked,
        reveal: reveal_form(&found, &ctx.actor)?,
    };
    page(status, &template)
}
