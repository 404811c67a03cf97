//! 出件工作台: results handed over by departments, signed for, checked, told, handed out; one case at a time beside the
//! list it comes from.

use super::case::View;
use super::desk::situations;
use super::forms::{self, ActForm, Blocked};
use super::frame::{Frame, ISSUING};
use super::several::several;
use super::{ledger, page, short};
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::desk::{DeskLine, case_page, described};
use yichuang_app::ledger as handed_out;
use yichuang_app::offer::offers;
use yichuang_app::worklist::{self, Cursor, List};
use yichuang_app::{AppError, Ctx, issue};
use yichuang_domain::case::Stage;
use yichuang_domain::permission::Action;
use yichuang_domain::time::Date;

/// Lines of a page.
const LINES: i64 = 20;
/// Lines of the ledger below.
const LATEST: usize = 5;

/// Which part of which list, and which case of it.
#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    list: String,
    after: Option<String>,
    #[serde(default)]
    case: String,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "issuing.html")]
struct IssuingPage {
    frame: Frame,
    act: String,
    title: &'static str,
    tabs: Vec<Tab>,
    lines: Vec<Shown>,
    takes: bool,
    next: Option<String>,
    done: Option<String>,
    told: Vec<String>,
    place: Option<String>,
    windows: Vec<String>,
    chosen: Option<Chosen>,
    latest: Vec<ledger::Line>,
}

struct Tab {
    href: String,
    title: &'static str,
    count: Option<String>,
    current: bool,
}

struct Shown {
    case_no: String,
    item: String,
    applicant: String,
    state: &'static str,
    tone: &'static str,
    due: String,
    late: bool,
    takeable: bool,
    chosen: bool,
    href: String,
}

/// The case that is worked on.
struct Chosen {
    case_no: String,
    version: u32,
    item: String,
    applicant: String,
    steps: Vec<(&'static str, bool, bool)>,
    facts: Vec<(&'static str, String)>,
    forms: Vec<ActForm>,
    blocked: Vec<Blocked>,
    fault: Option<String>,
}

/// `GET /issuing`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let done = asked.done.clone();
    let done = done.and_then(|kind| match kind.as_str() {
        "window-open" => Some("已上岗。".to_owned()),
        "window-close" => Some("已离岗。".to_owned()),
        kind => forms::done(kind).map(str::to_owned),
    });
    shown(&server, &guest, &asked, StatusCode::OK, done, Vec::new()).await
}

/// The desk with this status; `told`: what was not done, and why.
pub async fn shown(
    server: &Server,
    guest: &Guest,
    asked: &Asked,
    status: StatusCode,
    done: Option<String>,
    told: Vec<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let known = ISSUING.into_iter().find(|(_, word, _)| *word == asked.list);
    let (list, word, title) =
        if asked.list.is_empty() { ISSUING[0] } else { known.ok_or(PageError::NoPage)? };
    let after = asked.after.as_deref().map(str::parse::<Cursor>).transpose()?;
    let desk = worklist::desk(&server.app, &ctx, list, after.as_ref(), LINES).await?;
    let tab = |(of, word, title): (List, &'static str, &'static str)| Tab {
        href: format!("/issuing?list={word}"),
        title,
        count: desk.menu.iter().find(|(counted, _)| *counted == of).map(|(_, count)| count.to_string()),
        current: of == list,
    };
    let tabs = ISSUING.into_iter().map(tab).collect();
    let next = desk.next.map(|cursor| format!("/issuing?list={word}&after={cursor}"));
    let lines = described(&server.app, desk.lines).await?;
    let first = lines.first().map(|line| line.line.case_no.clone()).unwrap_or_default();
    let chosen = if asked.case.is_empty() { first } else { asked.case.clone() };
    let lines: Vec<Shown> = lines.iter().map(|line| line_of(line, word, &chosen, ctx.at.date())).collect();
    let takes = lines.iter().any(|line| line.takeable);
    let chosen = if chosen.is_empty() { None } else { Some(chosen_case(server, &ctx, &chosen).await?) };
    let staff = ctx.actor.staff();
    let today = handed_out::Asked { from: ctx.at.date(), to: ctx.at.date(), way: None };
    let latest = ledger::latest(server, &ctx, &today, LATEST).await?;
    let organisation = server.app.organisation();
    let site = staff.and_then(|staff| organisation.sites.get(staff.site.as_ref()?));
    let windows = site.into_iter().flat_map(|site| &site.windows).filter(|window| window.issues_results);
    let here = format!("/issuing?list={word}");
    let frame = Frame::counted(server, guest, "统一出件工作台", &here, Some(&desk.menu)).await?;
    let template = IssuingPage {
        frame,
        act: act_id()?,
        title,
        tabs,
        lines,
        takes,
        next,
        done,
        told,
        place: staff.and_then(|staff| staff.window.clone()),
        windows: windows.map(|window| window.code.clone()).collect(),
        chosen,
        latest,
    };
    page(status, &template)
}

fn line_of(line: &DeskLine, word: &str, chosen: &str, today: Date) -> Shown {
    let case_no = line.line.case_no.clone();
    let (state, tone) = match &line.case.stage {
        Stage::HandedOver(_) if line.case.taken_on.is_none() => ("待签收", "a"),
        Stage::HandedOver(_) => ("待核对", "b"),
        Stage::Checked(_) if line.case.told_on.is_none() => ("待通知", "a"),
        Stage::Checked(_) => ("待领取", "g"),
        Stage::Delivered { by_mail: true, .. } => ("已交寄", "n"),
        Stage::Delivered { .. } => ("已送达", "n"),
        _ => ("待移交", "n"),
    };
    let due = line.line.due_on.map(|on| format!("{} 前", short(on, today))).unwrap_or_default();
    Shown {
        href: format!("/issuing?list={word}&case={case_no}"),
        chosen: case_no == chosen,
        item: line.version.item.name.clone(),
        applicant: line.applicant.name.clone(),
        late: line.line.due_on.is_some_and(|on| on < today),
        takeable: matches!(line.case.stage, Stage::HandedOver(_)) && line.case.taken_on.is_none(),
        case_no,
        state,
        tone,
        due,
    }
}

async fn chosen_case(server: &Server, ctx: &Ctx, case_no: &str) -> Result<Chosen, PageError> {
    let app = &server.app;
    let found = case_page(app, ctx, case_no).await?;
    let organisation = app.organisation();
    let view =
        View { app, organisation: &organisation, today: ctx.at.date(), page: &found, at_issuing: true };
    let may = offers(app, ctx, &found.case, &found.version);
    let may = may.into_iter().filter(|offer| offer.deed.action() == Action::Issue).collect();
    let offered = forms::offered(&view, ctx, may, None)?;
    let case = &found.case;
    let at = match &case.stage {
        Stage::HandedOver(_) if case.taken_on.is_none() => 0,
        Stage::HandedOver(_) => 1,
        Stage::Checked(_) if case.told_on.is_none() => 2,
        Stage::Checked(_) => 3,
        Stage::Delivered { .. } => 4,
        Stage::Ended { .. } => 5,
        _ => 0,
    };
    let names = ["签收", "核对", "通知", "送达", "评价"];
    let steps = names.into_iter().enumerate().map(|(nth, name)| (name, nth < at, nth == at)).collect();
    let mut facts = vec![("申请人", found.applicant.name.clone()), ("电话", found.applicant.phone.clone())];
    if let Some(agent) = &found.agent {
        facts.push(("代理人", format!("{} {}", agent.name, agent.phone)));
    }
    let chosen = situations(&found.version.item, &case.situations);
    if !chosen.is_empty() {
        facts.push(("情形", chosen));
    }
    if let Some(on) = case.told_on {
        facts.push(("已通知", short(on, view.today)));
    }
    facts.extend(view.clocks()?.into_iter().map(|clock| (clock.title, clock.words)));
    Ok(Chosen {
        case_no: case.case_no.clone(),
        version: case.version,
        item: found.version.item.name.clone(),
        applicant: found.applicant.name.clone(),
        steps,
        facts,
        forms: offered.forms,
        blocked: offered.blocked,
        fault: None,
    })
}

/// `POST /issuing/take`: signs for several results at once; each is an act of its own.
pub async fn take(
    State(server): State<Server>,
    guest: Guest,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let wanted = (Action::Issue, "勾选要签收的结果后再签收。");
    let app = &server.app;
    let act = |ctx: Ctx, seen| async move { issue::take_result(app, &ctx, seen).await };
    let several = several(&server, &guest, &pairs, wanted, act).await?;
    if several.told.is_empty() {
        return Ok(Redirect::to("/issuing?done=take").into_response());
    }
    let done = (several.done > 0).then(|| format!("已签收 {} 件。", several.done));
    shown(&server, &guest, &Asked::default(), StatusCode::UNPROCESSABLE_ENTITY, done, several.told).await
}

/// A window to sit down at.
#[derive(Deserialize)]
pub struct Place {
    act: String,
    window: String,
}

/// `POST /window/open`: 上岗.
pub async fn open_window(
    State(server): State<Server>,
    guest: Guest,
    Form(place): Form<Place>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &place.act);
    match yichuang_app::windows::open_window(&server.app, &ctx, &place.window).await {
        Ok(_) => Ok(Redirect::to("/issuing?done=window-open").into_response()),
        Err(error @ (AppError::Form(_) | AppError::Refused(_))) => {
            let status = PageError::from(error);
            let words = vec![status.words()];
            shown(&server, &guest, &Asked::default(), status.status(), None, words).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Leaving the window.
#[derive(Deserialize)]
pub struct Leave {
    act: String,
    code: String,
}

/// `POST /window/close`: 离岗.
pub async fn close_window(
    State(server): State<Server>,
    guest: Guest,
    Form(leave): Form<Leave>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &leave.act);
    // A page from another window, or another day, closes nothing.
    if ctx.actor.staff().and_then(|staff| staff.window.as_deref()) != Some(leave.code.as_str()) {
        return Err(AppError::Form(vec!["页面已经过时，刷新后按现在的窗口离岗".into()]).into());
    }
    yichuang_app::windows::close_window(&server.app, &ctx).await?;
    Ok(Redirect::to("/issuing?done=window-close").into_response())
}
