//! 后续办理: a case back at the window: its documents to print, and what is still to be done with it.

use super::ask::AskView;
use super::check::{Carried, Words, take};
use super::home::stage;
use super::table::{Offer, Table, advice, ticked};
use crate::Server;
use crate::error::PageError;
use crate::form::{Query, Sent};
use crate::guard::Guest;
use crate::web::frame::Frame;
use crate::web::page;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::desk::{DocumentLine, case_page};
use yichuang_app::questions::asked_of_case;
use yichuang_app::workbench::{self, Due, Wish, proceed as go_on};
use yichuang_app::{AppError, Fault};
use yichuang_domain::case::checking::Checks;

#[derive(Template)]
#[template(path = "intake_case.html")]
struct FollowPage {
    frame: Frame,
    case_no: String,
    version: u32,
    act: String,
    title: String,
    stage: &'static str,
    people: Vec<(&'static str, String)>,
    documents: Vec<DocumentLine>,
    told: Option<String>,
    done: Option<&'static str>,
    asked: Option<AskView>,
    due: Due,
    table: Table,
    class: &'static str,
    advice: String,
    outcome: Carried,
    words: Words,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// What was sent and not done.
struct Tried {
    checks: Checks,
    words: Words,
    act: Option<String>,
    told: String,
}

/// `GET /cases/{case_no}/intake`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(case_no): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    shown(&server, &guest, &case_no, StatusCode::OK, done.done.as_deref(), None).await
}

async fn shown(
    server: &Server,
    guest: &Guest,
    case_no: &str,
    status: StatusCode,
    done: Option<&str>,
    tried: Option<Tried>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let desk = workbench::desk(&server.app, &ctx, case_no).await?;
    let read = case_page(&server.app, &ctx, case_no).await?;
    let asked = asked_of_case(&server.app, &ctx, &desk).await?;
    let (item, case) = (&desk.version.item, &desk.case);
    let (checks, words, act, told) = match tried {
        Some(tried) => (tried.checks, tried.words, tried.act, Some(tried.told)),
        None => (
            match desk.due {
                Due::Outcome => desk.checks.clone(),
                _ => Checks::default(),
            },
            Words::default(),
            None,
            None,
        ),
    };
    let materials: Vec<_> = desk.materials.iter().filter_map(|id| item.material(id)).collect();
    let offer = if desk.due == Due::Outcome { Offer::All } else { Offer::Brought };
    let table = Table::of(item, (&materials, &desk.points), &case.situations, &checks, offer);
    let files = workbench::files_of_case(&server.app, case.id).await?;
    let table = table.with_kept(&files, &format!("/cases/{}/files", case.case_no));
    let judged = checks.judge(item, &case.situations);
    let (class, advice) = advice(&judged, item);
    let mut people = vec![
        ("申请人", read.applicant.name.clone()),
        ("证件号码", read.applicant.number.clone()),
        ("电话", read.applicant.phone.clone()),
    ];
    if let Some(agent) = &read.agent {
        people.push(("代理人", format!("{} {}", agent.name, agent.phone)));
    }
    let done = match done {
        Some("done") => Some("已办理。请打印下列文书，交申请人签收。"),
        Some("stopped") => Some("已收件，后续一步没有办成。请在下面继续办理。"),
        _ => None,
    };
    let template = FollowPage {
        frame: Frame::of(server, guest, "综合窗口工作台", "/intake/cases").await?,
        case_no: case.case_no.clone(),
        version: case.version,
        act: match act {
            Some(act) => act,
            None => act_id()?,
        },
        title: item.name.clone(),
        stage: stage(&case.stage),
        people,
        documents: read.documents,
        told,
        done,
        asked: (!asked.is_empty()).then_some(AskView::answers(server, &ctx, 0, &asked)?),
        due: desk.due,
        table,
        class,
        advice,
        outcome: judged.outcome.into(),
        words,
    };
    page(status, &template)
}

/// `POST /cases/{case_no}/intake`
pub async fn proceed(
    State(server): State<Server>,
    guest: Guest,
    Path(case_no): Path<String>,
    mut sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, sent.get("act"));
    let version: u32 = sent.get("version").parse().map_err(|_| PageError::Unreadable)?;
    let desk = workbench::desk(&server.app, &ctx, &case_no).await?;
    let (checks, words) = (ticked(&sent, &desk.version.item), Words::sent(&sent));
    let (taken, wrong) = take(&server, &guest, None, &desk.version.item, &mut sent).await?;
    let button = sent.get("do");
    let asked = match (desk.due, words.wish(button)) {
        (Due::Outcome, Ok(None)) => Err(AppError::Form(vec!["已汇总，核对处理意见后选择办理".into()])),
        (Due::Outcome, asked) => asked.map(|asked| asked.unwrap_or(Wish::Receive)),
        _ => Ok(Wish::Receive),
    };
    let asked = if wrong.is_empty() { asked } else { Err(AppError::Form(wrong)) };
    let done = match asked {
        Ok(wish) => go_on(&server.app, &ctx, &desk, version, (&checks, &taken), wish, &words.note).await,
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/cases/{case_no}/intake?done=done")).into_response()),
        Err(error) if matches!(error.fault(), Fault::Mend | Fault::Stale | Fault::Busy) => error,
        Err(error) => return Err(error.into()),
    };
    // Not known whether it was done: the same act again must stay the same act.
    let act = (error.fault() == Fault::Busy).then(|| ctx.act.clone());
    let error = PageError::from(error);
    let tried = Tried { checks, words, act, told: error.words() };
    shown(&server, &guest, &case_no, error.status(), None, Some(tried)).await
}
