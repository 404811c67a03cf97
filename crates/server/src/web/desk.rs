//! 待办工作台: the approver's work list by promised date.

use super::frame::{Frame, LISTS};
use super::{page, short, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::desk::{DeskLine, described};
use yichuang_app::lamp::Lamp;
use yichuang_app::worklist::{self, Cursor, List};
use yichuang_app::{AppError, Ctx};
use yichuang_domain::Refusal;
use yichuang_domain::case::{Branch, BranchStage};
use yichuang_domain::item::ItemVersion;

/// Lines of a page.
const LINES: i64 = 20;

/// Which part of which list.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    list: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    frame: Frame,
    title: &'static str,
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
}

/// `GET /desk`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let known = LISTS.into_iter().find(|(_, word, _)| *word == asked.list);
    let (list, word, title) = match asked.list.as_str() {
        "" => LISTS[0],
        _ => known.ok_or(PageError::NoPage)?,
    };
    let after = asked.after.as_deref().map(str::parse::<Cursor>).transpose()?;
    let ctx = guest.reading(&server)?;
    let desk = worklist::desk(&server.app, &ctx, list, after.as_ref(), LINES).await?;
    let lines = described(&server.app, desk.lines).await?;
    let lines = lines.iter().map(|line| shown(&server, &ctx, line)).collect::<Result<_, _>>()?;
    let tab = |(of, word, title): (List, &'static str, &'static str)| Tab {
        href: if of == List::Open { "/desk".into() } else { format!("/desk?list={word}") },
        title,
        count: desk.menu.iter().find(|(counted, _)| *counted == of).map(|(_, count)| count.to_string()),
        current: of == list,
    };
    let tabs: Vec<Tab> = LISTS.into_iter().map(tab).collect();
    let here = tabs.iter().find(|tab| tab.current).map_or("/desk", |tab| &tab.href).to_owned();
    let next = desk.next.map(|cursor| format!("/desk?list={word}&after={cursor}"));
    let first = after.map(|_| here.clone());
    let frame = Frame::of(&server, &guest, "后台审批工作台", &here).await?;
    page(StatusCode::OK, &DeskPage { frame, title, tabs, lines, first, next })
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
    Ok(Shown {
        lamp: lamp.words(),
        tone: tone(lamp),
        late: matches!(lamp, Lamp::Black | Lamp::Red(_)),
        case_no: line.line.case_no.clone(),
        item: line.version.item.name.clone(),
        situations: situations(&line.version.item, &line.case.situations),
        applicant: line.applicant.name.clone(),
        stage: branch.map_or("", |branch| stage(&branch.stage)),
        promised: date(line.line.due_on),
        statutory: date(line.line.statutory_on),
        received: short(line.line.received_on, today),
        site: site.map(|site| site.name.clone()).unwrap_or_default(),
    })
}

/// Days promised, with those added.
pub fn promised_days(branch: &Branch) -> u32 {
    branch.promised.limit.days + branch.promise_extended.unwrap_or_default()
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
