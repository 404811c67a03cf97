//! 收件登记: the page of a draft at each of its steps, and the steps that choose item and situation.

use super::ask::{self, AskView, keep_words};
use super::check::CheckView;
use super::person::KINDS;
use super::{Kept, Place, Step, bar, keep, number, people, reached};
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query, Sent};
use crate::guard::Guest;
use crate::web::frame::Frame;
use crate::web::page;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_app::access::act_id;
use yichuang_app::search::search;
use yichuang_app::versions::Version;
use yichuang_app::workbench::{self, Draft, PartyFault};
use yichuang_app::{AppError, Ctx};
use yichuang_domain::applicant::Applicant;
use yichuang_domain::id::{StaffId, VersionId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::item::{DayUnit, HandlingMode, ItemVersion, Limit};

/// Items of a search.
const FOUND: usize = 9;

#[derive(Template)]
#[template(path = "intake_draft.html")]
pub struct DraftPage {
    frame: Frame,
    id: i64,
    version: i64,
    act: String,
    title: String,
    tags: Vec<(&'static str, String)>,
    bar: Vec<Place>,
    people: Vec<(&'static str, String)>,
    told: Option<String>,
    step: StepView,
    colleagues: Vec<(i64, String)>,
    ask: Option<AskView>,
}

enum StepView {
    Person(Box<PersonView>),
    Item(ItemView),
    Situations(Vec<QuestionView>),
    Check(Box<CheckView>),
}

struct PersonView {
    carried: bool,
    kinds: Vec<(&'static str, &'static str, bool)>,
    applicant: PartyView,
    agent: PartyView,
    acts: bool,
    scope: String,
    faults: Vec<PartyFault>,
}

struct PartyView {
    name: String,
    documents: Vec<(&'static str, &'static str, bool)>,
    number: String,
    phone: String,
}

impl PersonView {
    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.words.as_str())
    }

    /// The field to go on with.
    fn focus(&self) -> &'static str {
        match self.faults.first() {
            Some(fault) => fault.field,
            None if self.applicant.number.is_empty() => "number",
            None if self.applicant.name.is_empty() => "name",
            None => "phone",
        }
    }
}

struct ItemView {
    query: String,
    found: Vec<FoundItem>,
    chosen: Option<String>,
}

struct FoundItem {
    version: i64,
    name: String,
    agency: String,
    why: String,
    here: bool,
}

struct QuestionView {
    id: String,
    text: String,
    multiple: bool,
    choices: Vec<(String, String, bool)>,
}

/// Where in the draft, and what is looked for.
#[derive(Deserialize)]
pub struct At {
    #[serde(default)]
    step: String,
    #[serde(default)]
    q: String,
}

/// A draft that was received already leads to its case.
pub async fn done(server: &Server, draft: &Draft) -> Result<Option<Response>, PageError> {
    let Some(case) = draft.case else { return Ok(None) };
    let case = yichuang_app::case::get(&server.app, case).await?;
    Ok(Some(Redirect::to(&format!("/cases/{}/intake", case.case_no)).into_response()))
}

/// `GET /intake/{draft}`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    Query(at): Query<At>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = done(&server, &draft).await? {
        return Ok(done);
    }
    let reached = reached(&server, &ctx, &draft).await?;
    let step = Step::of(&at.step).filter(|step| *step <= reached).unwrap_or(reached);
    let looked = (step == Step::Item && !at.q.trim().is_empty()).then_some(at.q);
    at_step(&server, &guest, draft, step, StatusCode::OK, (None, false), looked).await
}

/// The page of a draft at this step.
pub async fn shown(
    server: &Server,
    guest: &Guest,
    draft: Draft,
    step: Step,
    status: StatusCode,
    told: Option<String>,
    faults: bool,
) -> Result<Response, PageError> {
    at_step(server, guest, draft, step, status, (told, faults), None).await
}

async fn at_step(
    server: &Server,
    guest: &Guest,
    draft: Draft,
    step: Step,
    status: StatusCode,
    (told, faults): (Option<String>, bool),
    looked: Option<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let version = match draft.sheet.item {
        Some(id) => Some(server.app.version(id).await?),
        None => None,
    };
    let view = match (step, &version) {
        (Step::Person, _) => StepView::Person(Box::new(person_view(&draft, &ctx, faults))),
        (Step::Situations, Some(version)) => {
            StepView::Situations(questions(&version.item, &draft.sheet.situations))
        }
        (Step::Check, Some(version)) => {
            let files = &server.press.files;
            let given = workbench::given_before(&server.app, files, &ctx, &draft, &version.item).await?;
            StepView::Check(Box::new(CheckView::of(&draft, version, &given)))
        }
        _ => StepView::Item(item_view(server, &ctx, looked, version.as_ref()).await?),
    };
    let ask = match &version {
        Some(version) => Some(AskView::of(server, &ctx, &draft, version, step).await?),
        None => None,
    };
    let item = version.as_ref().map(|version| &version.item);
    let template = DraftPage {
        frame: Frame::of(server, guest, "综合窗口工作台", "/intake").await?,
        id: draft.id,
        version: draft.version,
        act: act_id()?,
        title: item.map_or_else(|| "新收件".to_owned(), |item| item.name.clone()),
        tags: item.map(tags).unwrap_or_default(),
        bar: bar(draft.id, reached(server, &ctx, &draft).await?.max(step), step),
        people: people(&draft),
        told,
        step: view,
        colleagues: colleagues(server, &ctx),
        ask,
    };
    page(status, &template)
}

fn person_view(draft: &Draft, ctx: &Ctx, faults: bool) -> PersonView {
    let sheet = &draft.sheet;
    let nobody = workbench::Sheet::default().applicant;
    let agent = sheet.agent.as_ref();
    PersonView {
        carried: sheet.carried,
        kinds: KINDS
            .into_iter()
            .map(|(kind, word, name)| (word, name, kind == sheet.applicant.kind))
            .collect(),
        applicant: party_view(&sheet.applicant, |_| true),
        agent: party_view(agent.map_or(&nobody, |agent| &agent.person), |kind| {
            kind != DocumentKind::CreditCode
        }),
        acts: agent.is_some(),
        scope: agent.map(|agent| agent.scope.clone()).unwrap_or_default(),
        faults: if faults { workbench::faults(sheet, ctx.at.date()) } else { Vec::new() },
    }
}

fn party_view(party: &Applicant, offered: impl Fn(DocumentKind) -> bool) -> PartyView {
    let kinds = DocumentKind::ALL.iter().filter(|kind| offered(**kind));
    PartyView {
        name: party.name.clone(),
        documents: kinds.map(|kind| (kind.word(), kind.name(), *kind == party.document)).collect(),
        number: party.number.clone(),
        phone: party.phone.clone(),
    }
}

async fn item_view(
    server: &Server,
    ctx: &Ctx,
    looked: Option<String>,
    chosen: Option<&Arc<Version>>,
) -> Result<ItemView, AppError> {
    let query = looked.unwrap_or_default();
    let organisation = server.app.organisation();
    let staff = ctx.actor.staff();
    let site = staff.and_then(|staff| organisation.sites.get(staff.site.as_ref()?));
    let window = site.and_then(|site| site.window(staff?.window.as_deref()?));
    let mut found = Vec::new();
    if !query.trim().is_empty() {
        for hit in search(&server.app, &query, ctx.at.date(), FOUND).await? {
            let takes = match site {
                Some(site) => site.route(&server.app.version(hit.version).await?.item),
                None => None,
            };
            let here = takes.is_some() && takes.as_ref() == window.map(|window| &window.kind);
            let (version, name, agency, why) =
                (hit.version.0, hit.name, hit.agency, hit.why.unwrap_or_default());
            found.push(FoundItem { version, name, agency, why, here });
        }
    }
    Ok(ItemView { found, chosen: chosen.map(|version| version.item.name.clone()), query })
}

fn questions(item: &ItemVersion, chosen: &BTreeSet<String>) -> Vec<QuestionView> {
    let view = |question: &yichuang_domain::item::Question| QuestionView {
        id: question.id.clone(),
        text: question.text.clone(),
        multiple: question.multiple,
        choices: question
            .choices
            .iter()
            .map(|c| (c.id.clone(), c.name.clone(), chosen.contains(&c.id)))
            .collect(),
    };
    item.questions_asked(chosen).map(view).collect()
}

/// 办件类型 and limits, as the head of the panel shows them.
pub fn tags(item: &ItemVersion) -> Vec<(&'static str, String)> {
    let mode = match item.mode {
        HandlingMode::OnTheSpot => "即办件",
        HandlingMode::WithinLimit => "承诺件",
    };
    let days = |limit: &Limit| match limit.unit {
        DayUnit::Workday => format!("{} 个工作日", limit.days),
        DayUnit::Calendar => format!("{} 日", limit.days),
    };
    let mut tags = vec![("b", mode.to_owned())];
    match (&item.statutory, &item.promised) {
        (Some(law), Some(promise)) => {
            tags.push(("g", format!("法定 {} → 承诺 {}", days(&law.limit), days(promise))))
        }
        (Some(law), None) => tags.push(("g", format!("法定 {}", days(&law.limit)))),
        (None, Some(promise)) => tags.push(("g", format!("承诺 {}", days(promise)))),
        (None, None) => {}
    }
    tags
}

/// Those who may take a draft over.
fn colleagues(server: &Server, ctx: &Ctx) -> Vec<(i64, String)> {
    let organisation = server.app.organisation();
    let Some(staff) = ctx.actor.staff() else { return Vec::new() };
    let others = organisation
        .staff
        .values()
        .filter(|m| m.post == staff.post && m.site == staff.site && m.id != staff.id);
    others
        .map(|m| (m.id.0, format!("{}（{}）", yichuang_domain::identity::mask::name(&m.name), m.id)))
        .collect()
}

/// `POST /intake/{draft}/item`
pub async fn item(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let mut draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = done(&server, &draft).await? {
        return Ok(done);
    }
    let chosen = sent.get("item").parse().map(VersionId).map_err(|_| PageError::Unreadable)?;
    // Only what is in force today.
    let version = server.app.version(chosen).await?;
    let in_force = server.app.version_in_force(&version.item.key, ctx.at.date()).await?;
    draft.sheet.choose(in_force.id);
    kept(&server, &guest, draft, sent.get("version"), Step::Item).await
}

/// The situations chosen in a form.
pub fn chosen(item: &ItemVersion, sent: &Sent) -> BTreeSet<String> {
    item.questions.iter().flat_map(|question| sent.all(&question.id)).map(str::to_owned).collect()
}

/// `POST /intake/{draft}/situations`
pub async fn situations(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let mut draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = done(&server, &draft).await? {
        return Ok(done);
    }
    let Some(id) = draft.sheet.item else { return Err(PageError::Unreadable) };
    let version = server.app.version(id).await?;
    let chosen = chosen(&version.item, &sent);
    keep_words(&mut draft.sheet, &sent, ask::WORDS);
    let asked: Vec<String> =
        version.item.questions_asked(&draft.sheet.situations).map(|q| q.id.clone()).collect();
    draft.sheet.answer(&version.item, chosen);
    let more =
        version.item.questions_asked(&draft.sheet.situations).any(|question| !asked.contains(&question.id));
    match (version.item.check_situations(&draft.sheet.situations), more) {
        (Err(_), false) => {
            let words = "还有没有选择的情形，逐项选择后继续。情形决定应交的材料，材料以此为限。".to_owned();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            match keep(&server, &guest, draft, sent.get("version")).await? {
                Kept::Saved(draft) => {
                    shown(&server, &guest, *draft, Step::Situations, status, Some(words), false).await
                }
                Kept::Stale(draft, error) => stale(&server, &guest, *draft, Step::Situations, error).await,
            }
        }
        _ => kept(&server, &guest, draft, sent.get("version"), Step::Situations).await,
    }
}

/// Keeps it and goes on.
async fn kept(
    server: &Server,
    guest: &Guest,
    draft: Draft,
    seen: &str,
    step: Step,
) -> Result<Response, PageError> {
    match keep(server, guest, draft, seen).await? {
        Kept::Saved(draft) => Ok(Redirect::to(&format!("/intake/{}", draft.id)).into_response()),
        Kept::Stale(draft, error) => stale(server, guest, *draft, step, error).await,
    }
}

/// Shows what was sent, with why it was not kept.
pub async fn stale(
    server: &Server,
    guest: &Guest,
    draft: Draft,
    step: Step,
    error: PageError,
) -> Result<Response, PageError> {
    shown(server, guest, draft, step, StatusCode::CONFLICT, Some(error.words()), false).await
}

/// `POST /intake/{draft}/discard`
pub async fn discard(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    workbench::discard(&server.app, &ctx, workbench::get(&server.app, &ctx, number(&draft)?).await?.id)
        .await?;
    Ok(Redirect::to("/intake?done=discard").into_response())
}

/// A colleague.
#[derive(Deserialize)]
pub struct Colleague {
    to: String,
}

/// `POST /intake/{draft}/hand-over`
pub async fn hand_over(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    Form(colleague): Form<Colleague>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    let to = colleague.to.trim().parse().map(StaffId).unwrap_or_default();
    match workbench::hand_over(&server.app, &ctx, draft.id, to).await {
        Ok(()) => Ok(Redirect::to("/intake?done=hand-over").into_response()),
        Err(error @ AppError::Form(_)) => {
            let step = reached(&server, &ctx, &draft).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            shown(&server, &guest, draft, step, status, Some(error.to_string()), false).await
        }
        Err(error) => Err(error.into()),
    }
}
