//! 窗口受理: where a clerk begins: a new receipt, his drafts and cases, what waits at the site; and his window.

use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use crate::web::frame::Frame;
use crate::web::{page, short, tone};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::desk::{DeskLine, described};
use yichuang_app::lamp::Lamp;
use yichuang_app::questions::{ProfessionalQuestion, asked};
use yichuang_app::workbench::{self, Sheet};
use yichuang_app::worklist::{self, Cursor, List};
use yichuang_app::{AppError, windows};
use yichuang_domain::Refusal;
use yichuang_domain::case::Stage;
use yichuang_domain::id::VisitId;
use yichuang_domain::identity::mask;

/// Lines of a list.
const LINES: i64 = 20;
/// Lists of the window: word in the address, title, what to do with a line.
pub const LISTS: [(List, &str, &str); 3] = [
    (List::ToAccept, "accept", "待受理"),
    (List::ToSupplement, "supplement", "补正跟踪"),
    (List::Deferred, "deferred", "容缺待补"),
];

#[derive(Template)]
#[template(path = "intake_home.html")]
struct HomePage {
    frame: Frame,
    act: String,
    window: Option<String>,
    windows: Vec<(String, String)>,
    told: Option<String>,
    done: Option<&'static str>,
    drafts: Vec<DraftLine>,
    cases: Vec<CaseLine>,
    counts: Vec<(&'static str, String, String)>,
}

struct DraftLine {
    id: i64,
    who: String,
    item: String,
    at: String,
    /// 咨询: class and words.
    asked: Option<(&'static str, &'static str)>,
}

struct CaseLine {
    case_no: String,
    item: String,
    stage: &'static str,
    follow: bool,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /intake`
pub async fn home(
    State(server): State<Server>,
    guest: Guest,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let done = done.done.and_then(|word| match word.as_str() {
        "discard" => Some("草稿已删除。"),
        "hand-over" => Some("草稿已转交，由接手人继续办理。"),
        "open" => Some("已上岗，可以收件。"),
        "close" => Some("已离岗。"),
        _ => None,
    });
    shown(&server, &guest, StatusCode::OK, done, None).await
}

async fn shown(
    server: &Server,
    guest: &Guest,
    status: StatusCode,
    done: Option<&'static str>,
    told: Option<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let mut drafts = Vec::new();
    for draft in workbench::mine(&server.app, &ctx).await? {
        let item = match draft.sheet.item {
            Some(id) => server.app.version(id).await?.item.name.clone(),
            None => "尚未选择事项".into(),
        };
        let name = mask::name(&draft.sheet.applicant.name);
        let who = if name.is_empty() { "申请人待填".to_owned() } else { name };
        let at = draft.updated_at.civil().strftime("%m-%d %H:%M").to_string();
        let asked = question_tag(&asked(&server.app, &ctx, &draft).await?);
        drafts.push(DraftLine { id: draft.id, who, item, at, asked });
    }
    let own = workbench::own_cases(&server.app, &ctx).await?;
    let cases = own.into_iter().take(LINES as usize).map(|(case, version)| CaseLine {
        case_no: case.case_no.clone(),
        item: version.item.name.clone(),
        stage: stage(&case.stage),
        follow: matches!(case.stage, Stage::Received | Stage::CorrectionRequested { .. })
            || case.deferral.as_ref().is_some_and(|d| !d.outstanding.is_empty()) && case.ended().is_none(),
    });
    let cases = cases.collect();
    let desk = worklist::desk(&server.app, &ctx, List::ToAccept, None, 0).await?;
    let count =
        |list| desk.menu.iter().find(|(counted, _)| *counted == list).map(|(_, count)| count.to_string());
    let counts = LISTS.into_iter();
    let counts = counts.map(|(list, word, title)| {
        (title, count(list).unwrap_or_default(), format!("/intake/cases?list={word}"))
    });
    let counts = counts.collect();
    let staff = ctx.actor.staff();
    let organisation = server.app.organisation();
    let site = staff.and_then(|staff| organisation.sites.get(staff.site.as_ref()?));
    let windows = site
        .map(|site| site.windows.iter().map(|w| (w.code.clone(), kind(&organisation, &w.kind))).collect());
    let template = HomePage {
        frame: Frame::of(server, guest, "综合窗口工作台", "/intake").await?,
        act: act_id()?,
        window: staff.and_then(|staff| staff.window.clone()),
        windows: windows.unwrap_or_default(),
        told,
        done,
        drafts,
        cases,
        counts,
    };
    page(status, &template)
}

/// Where the questions asked from a draft stand.
fn question_tag(asked: &[ProfessionalQuestion]) -> Option<(&'static str, &'static str)> {
    match asked.iter().any(|question| question.answer.is_none()) {
        true => Some(("a", "咨询待答复")),
        false => (!asked.is_empty()).then_some(("g", "咨询已答复")),
    }
}

fn kind(
    organisation: &yichuang_app::organisation::Organisation,
    kind: &yichuang_domain::organisation::WindowKind,
) -> String {
    use yichuang_domain::organisation::WindowKind;
    match kind {
        WindowKind::General => "无差别综合窗口".into(),
        WindowKind::Consultation => "咨询窗口".into(),
        WindowKind::Sector(key) => {
            let agency = organisation.agencies.values().find(|agency| agency.key.starts_with(key.as_str()));
            agency.map_or_else(
                || "分领域综合窗口".to_owned(),
                |agency| format!("分领域综合窗口（{}）", agency.name),
            )
        }
    }
}

/// Where a case stands, for who took it in.
pub fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Received => "待受理",
        Stage::RefusalProposed { .. } => "待部门确认不予受理",
        Stage::CorrectionRequested { .. } => "待补正",
        Stage::InApproval { .. } => "部门审批中",
        Stage::Decided(_) => "已决定，待移交",
        Stage::HandedOver(_) => "已移交，待核对",
        Stage::Checked(_) => "待领取",
        Stage::Delivered { .. } => "已送达",
        Stage::Ended { ending, .. } => ending.title(),
    }
}

/// What a new receipt begins with.
#[derive(Deserialize)]
pub struct Begun {
    act: String,
    /// A draft or a case of the same visit.
    #[serde(default)]
    draft: String,
}

/// `POST /intake`: a new receipt; with `draft`, one more of its visit.
pub async fn begin(
    State(server): State<Server>,
    guest: Guest,
    Form(begun): Form<Begun>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &begun.act);
    let beside: Option<(VisitId, Sheet)> = match begun.draft.as_str() {
        "" => None,
        draft => {
            let draft = workbench::get(&server.app, &ctx, super::number(draft)?).await?;
            Some((draft.visit, draft.sheet))
        }
    };
    let draft = workbench::open(&server.app, &ctx, beside).await?;
    Ok(Redirect::to(&format!("/intake/{draft}")).into_response())
}

/// A window to sit down at; none: to leave.
#[derive(Deserialize)]
pub struct Window {
    act: String,
    #[serde(default)]
    window: String,
}

/// `POST /window`: 上岗 and 离岗.
pub async fn window(
    State(server): State<Server>,
    guest: Guest,
    Form(chosen): Form<Window>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &chosen.act);
    let done = match chosen.window.as_str() {
        "" => windows::close_window(&server.app, &ctx).await.map(|()| "close"),
        code => windows::open_window(&server.app, &ctx, code).await.map(|_| "open"),
    };
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/intake?done={done}")).into_response()),
        Err(error) => {
            let error = PageError::from(error);
            shown(&server, &guest, error.status(), None, Some(error.words())).await
        }
    }
}

/// Which part of which list.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    list: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "intake_cases.html")]
struct ListPage {
    frame: Frame,
    title: &'static str,
    tabs: Vec<(String, &'static str, String, bool)>,
    lines: Vec<Waiting>,
    next: Option<String>,
}

struct Waiting {
    lamp: String,
    tone: &'static str,
    case_no: String,
    item: String,
    applicant: String,
    due: String,
    received: String,
}

/// `GET /intake/cases`
pub async fn list(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let known = LISTS.into_iter().find(|(_, word, _)| *word == asked.list || asked.list.is_empty());
    let (list, word, title) = known.ok_or(PageError::NoPage)?;
    let after = asked.after.as_deref().map(str::parse::<Cursor>).transpose()?;
    let ctx = guest.reading(&server)?;
    let desk = worklist::desk(&server.app, &ctx, list, after.as_ref(), LINES).await?;
    let next = desk.next.as_ref().map(|cursor| format!("/intake/cases?list={word}&after={cursor}"));
    let count = |of| desk.menu.iter().find(|(counted, _)| *counted == of).map(|(_, count)| count.to_string());
    let tab = |(of, word, title): (List, &str, &'static str)| {
        (format!("/intake/cases?list={word}"), title, count(of).unwrap_or_default(), of == list)
    };
    let tabs = LISTS.into_iter().map(tab).collect();
    let lines = described(&server.app, desk.lines).await?;
    let waiting = |line: &DeskLine| -> Result<Waiting, AppError> {
        let today = ctx.at.date();
        let lamp =
            Lamp::of(&server.app.calendar(), today, 0, line.line.due_on, None).map_err(Refusal::from)?;
        Ok(Waiting {
            lamp: lamp.words(),
            tone: tone(lamp),
            case_no: line.line.case_no.clone(),
            item: line.version.item.name.clone(),
            applicant: line.applicant.name.clone(),
            due: line.line.due_on.map(|on| short(on, today)).unwrap_or_default(),
            received: short(line.line.received_on, today),
        })
    };
    let lines = lines.iter().map(waiting).collect::<Result<_, _>>()?;
    let here = format!("/intake/cases?list={word}");
    let frame = Frame::of(&server, &guest, "综合窗口工作台", &here).await?;
    page(StatusCode::OK, &ListPage { frame, title, tabs, lines, next })
}
