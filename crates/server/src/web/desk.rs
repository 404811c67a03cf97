//! 待办工作台: the approver's work list by promised date.

use super::frame::{Frame, LISTS};
use super::several::several;
use super::{page, short, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use std::sync::Arc;
use yichuang_app::access::session::Viewer;
use yichuang_app::access::{act_id, permit};
use yichuang_app::desk::{DeskLine, described};
use yichuang_app::lamp::{Lamp, promised_days};
use yichuang_app::worklist::{self, Cursor, List};
use yichuang_app::{AppError, Ctx, assign, questions};
use yichuang_domain::Refusal;
use yichuang_domain::case::BranchStage;
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::mask;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::permission::Action;

/// Lines of a page.
const LINES: i64 = 20;

/// Which part of which list.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    list: String,
    after: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    act: String,
    done: Option<&'static str>,
    told: Vec<String>,
    claimable: bool,
    title: &'static str,
    word: &'static str,
    tabs: Vec<Tab>,
    lines: Vec<Shown>,
    first: Option<String>,
    next: Option<String>,
}

struct Tab {
    href: String,
    title: &'static str,
    count: Option<String>,
    current: bool,
}

struct Shown {
    lamp: String,
    tone: &'static str,
    late: bool,
    case_no: String,
    item: String,
    situations: String,
    applicant: String,
    stage: &'static str,
    promised: String,
    statutory: String,
    received: String,
    site: String,
    holder: String,
    mine: bool,
    claimable: bool,
    recused: bool,
}

/// `GET /desk`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let done = (asked.done.as_deref() == Some("claim")).then_some("已认领，由您承办。");
    listed(&server, &guest, &asked, StatusCode::OK, done, Vec::new()).await
}

/// A list with this status; `told`: what was not done, and why.
async fn listed(
    server: &Server,
    guest: &Guest,
    asked: &Asked,
    status: StatusCode,
    done: Option<&'static str>,
    told: Vec<String>,
) -> Result<Response, PageError> {
    page(status, &gathered(server, guest, asked, done, told).await?)
}

/// 静止的待办页: the list this viewer sees now, set anew from memory for every request. What the page costs without
/// whatever it is read from; for the bench alone.
pub(crate) async fn still(server: &Server, viewer: Viewer) -> Result<Router, AppError> {
    let asked = Asked { list: String::new(), after: None, done: None };
    let gathered = gathered(server, &Guest(viewer), &asked, None, Vec::new()).await;
    let template = Arc::new(gathered.map_err(|error| AppError::Form(vec![error.words()]))?);
    Ok(Router::new().route("/desk", get(async move || page(StatusCode::OK, &*template))))
}

async fn gathered(
    server: &Server,
    guest: &Guest,
    asked: &Asked,
    done: Option<&'static str>,
    told: Vec<String>,
) -> Result<DeskPage, PageError> {
    let known = LISTS.into_iter().find(|(_, word, _)| *word == asked.list);
    let (list, word, title) = match asked.list.as_str() {
        "" => LISTS[0],
        _ => known.ok_or(PageError::NoPage)?,
    };
    let after = asked.after.as_deref().map(str::parse::<Cursor>).transpose()?;
    let ctx = guest.reading(server)?;
    let desk = worklist::desk(&server.app, &ctx, list, after.as_ref(), LINES).await?;
    let lines = described(&server.app, desk.lines).await?;
    let lines = lines.iter().map(|line| shown(server, &ctx, line)).collect::<Result<Vec<_>, _>>()?;
    let claimable = lines.iter().any(|line| line.claimable);
    let tab = |(of, word, title): (List, &'static str, &'static str)| Tab {
        href: if of == List::Open { "/desk".into() } else { format!("/desk?list={word}") },
        title,
        count: desk.menu.iter().find(|(counted, _)| *counted == of).map(|(_, count)| count.to_string()),
        current: of == list,
    };
    let mut tabs: Vec<Tab> = LISTS.into_iter().map(tab).collect();
    let here = tabs.iter().find(|tab| tab.current).map_or("/desk", |tab| &tab.href).to_owned();
    if permit(&ctx.actor, Action::AnswerQuestion).is_ok() {
        let count = Some(questions::waiting(&server.app, &ctx).await?.to_string());
        tabs.push(Tab { href: "/questions".into(), title: "窗口咨询", count, current: false });
    }
    let next = desk.next.map(|cursor| format!("/desk?list={word}&after={cursor}"));
    let first = after.map(|_| here.clone());
    let frame = Frame::counted(server, guest, "后台审批工作台", &here, Some(&desk.menu)).await?;
    let act = act_id()?;
    Ok(DeskPage { frame, act, done, told, claimable, title, word, tabs, lines, first, next })
}

/// `POST /desk/claim`: claims the steps ticked; each is an act of its own.
pub async fn claim(
    State(server): State<Server>,
    guest: Guest,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let wanted = (Action::Claim, "勾选要认领的办件后再认领。");
    let app = &server.app;
    let act = |ctx: Ctx, seen| async move { assign::claim(app, &ctx, seen).await };
    let several = several(&server, &guest, &pairs, wanted, act).await?;
    if several.told.is_empty() {
        return Ok(Redirect::to("/desk?list=mine&done=claim").into_response());
    }
    let done = (several.done > 0).then_some("其余办件已认领。");
    let list = pairs.into_iter().find(|(name, _)| name == "list").map(|(_, value)| value).unwrap_or_default();
    let asked = Asked { list, after: None, done: None };
    listed(&server, &guest, &asked, StatusCode::UNPROCESSABLE_ENTITY, done, several.told).await
}

fn shown(server: &Server, ctx: &Ctx, line: &DeskLine) -> Result<Shown, AppError> {
    let (today, calendar) = (ctx.at.date(), server.app.calendar());
    let organisation = server.app.organisation();
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref()).unwrap_or_default();
    let branch = line.case.branch(own);
    let days = branch.map(promised_days).unwrap_or_default();
    let lamp = Lamp::of(&calendar, today, days, line.line.due_on, line.line.statutory_on);
    let lamp = lamp.map_err(Refusal::from)?;
    let date = |on| match on {
        Some(on) => short(on, today),
        None if line.line.due_on.is_none() => "待恢复".to_owned(),
        None => "—".to_owned(),
    };
    let site = organisation.sites.get(&line.line.site);
    let (me, post) = (ctx.actor.number(), ctx.actor.staff().map(|staff| staff.post));
    let next = branch.and_then(|branch| branch.stage.post());
    let holder = branch.and_then(|branch| branch.claim);
    let recused = line.case.intake_hands.contains(&StaffId(me));
    let name = |id| organisation.staff.get(&id).map(|member| mask::name(&member.name)).unwrap_or_default();
    Ok(Shown {
        lamp: lamp.words(),
        tone: tone(lamp),
        late: matches!(lamp, Lamp::Black | Lamp::Red(_)),
        case_no: line.line.case_no.clone(),
        item: line.version.item.name.clone(),
        situations: situations(&line.version.item, &line.case.situations),
        applicant: line.applicant.name.clone(),
        stage: branch.map_or("答复征询", |branch| stage(&branch.stage)),
        promised: date(line.line.due_on),
        statutory: date(line.line.statutory_on),
        received: short(line.line.received_on, today),
        site: site.map(|site| site.name.clone()).unwrap_or_default(),
        holder: holder.map(name).unwrap_or_default(),
        mine: holder == Some(StaffId(me)),
        claimable: holder.is_none() && next.is_some() && next == post && !recused,
        recused,
    })
}

/// The situations chosen, by name.
pub fn situations(item: &ItemVersion, chosen: &std::collections::BTreeSet<String>) -> String {
    let choices = item.questions.iter().flat_map(|question| &question.choices);
    let names: Vec<&str> =
        choices.filter(|choice| chosen.contains(&choice.id)).map(|choice| choice.name.as_str()).collect();
    names.join("、")
}

/// What is to be done next in a branch.
pub fn stage(stage: &BranchStage) -> &'static str {
    match stage {
        BranchStage::Pending => "审查",
        BranchStage::Examined => "审核",
        BranchStage::Reviewed => "审批",
        BranchStage::Decided { .. } => "已审批",
    }
}
