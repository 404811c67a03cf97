//! 好差评: by link and at the evaluator of a window. Preselects nothing; drops indicators that do not belong to the level;
//! a service event is rated once, and never by silence.

use super::{Shell, Visitor, page};
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::Guest;
use crate::web::frame::Frame;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeSet;
use yichuang_app::access::act_id;
use yichuang_app::case::Seen;
use yichuang_app::rate::rate_case;
use yichuang_app::{AppError, Ctx, Fault, portal};
use yichuang_domain::case::{Case, Ending, Stage};
use yichuang_domain::permission::Actor;
use yichuang_domain::rating::RatingLevel;

/// Seconds after which an evaluator looks again, and for which it says thanks.
const LOOK: u32 = 3;
const THANKS: u32 = 6;

/// 一个等级 as shown: number of stars, level, indicators.
struct LevelView {
    stars: usize,
    picture: String,
    level: RatingLevel,
    legend: &'static str,
    indicators: Vec<(u16, &'static str)>,
}

fn levels() -> Vec<LevelView> {
    let stars = (1..=RatingLevel::TABLE.len()).rev();
    let legend = |level: RatingLevel| match level {
        level if level.bad() => "哪里不满意？可以多选",
        RatingLevel::BasicallySatisfied => "哪些符合？可以多选",
        _ => "满意在哪里？可以多选",
    };
    RatingLevel::TABLE
        .into_iter()
        .zip(stars)
        .map(|((level, ..), stars)| LevelView {
            stars,
            picture: "★".repeat(stars) + &"☆".repeat(RatingLevel::TABLE.len() - stars),
            level,
            legend: legend(level),
            indicators: level.indicators().collect(),
        })
        .collect()
}

/// What is shown instead of the form.
enum Shown {
    Form,
    Thanks,
    Told(&'static str),
}

fn shown(case: &Case) -> Shown {
    match &case.stage {
        Stage::Delivered { .. } => Shown::Form,
        _ if case.rating.is_some() => Shown::Thanks,
        Stage::Ended { ending: Ending::Concluded, .. } => {
            Shown::Told("评价期限已过，这次服务按未评价统计，不算好评。")
        }
        Stage::Ended { .. } => Shown::Told("这一办件没有送达的办理结果，不需要评价。"),
        _ => Shown::Told("办理结果还没有送达，送达以后再来评价。"),
    }
}

#[derive(Template)]
#[template(path = "public/rating.html")]
struct RatingPage {
    shell: Shell,
    window: Option<String>,
    refresh: Option<u32>,
    item: String,
    case_no: String,
    act: String,
    levels: Vec<LevelView>,
    shown: Shown,
    fault: Option<String>,
    ticked: BTreeSet<u16>,
}

async fn form(
    server: &Server,
    shell: Shell,
    case: &Case,
    fault: Option<(StatusCode, String)>,
    ticked: BTreeSet<u16>,
) -> Result<RatingPage, PageError> {
    Ok(RatingPage {
        shell,
        window: None,
        refresh: None,
        item: server.app.version(case.item).await?.item.name.clone(),
        case_no: case.case_no.clone(),
        act: act_id()?,
        levels: levels(),
        shown: shown(case),
        fault: fault.map(|(_, words)| words),
        ticked,
    })
}

/// The case of a link.
async fn linked(server: &Server, case_no: &str, token: &str) -> Result<Case, PageError> {
    let missing = || AppError::NotFound("这次服务，评价链接不完整或者不正确".into());
    let right = portal::is_rating(&server.app, case_no, token).await?;
    let case = portal::by_number(&server.app, case_no).await?.filter(|_| right);
    Ok(case.ok_or_else(missing)?)
}

/// `GET /rating/{case_no}/{token}`
pub async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Path((case_no, token)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let case = linked(&server, &case_no, &token).await?;
    page(StatusCode::OK, &form(&server, visitor.shell(&server), &case, None, BTreeSet::new()).await?)
}

/// What is ticked.
struct Ticked {
    act: String,
    case_no: String,
    level: Option<RatingLevel>,
    indicators: BTreeSet<u16>,
}

impl Ticked {
    fn read(fields: &[(String, String)]) -> Ticked {
        let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let level = one("level").and_then(|word| {
            RatingLevel::TABLE.into_iter().map(|row| row.0).find(|level| level.word() == word)
        });
        let numbers = fields.iter().filter(|(key, _)| key == "indicator");
        let indicators = numbers.filter_map(|(_, value)| value.parse().ok()).collect();
        Ticked {
            act: one("act").unwrap_or_default(),
            case_no: one("case_no").unwrap_or_default(),
            level,
            indicators,
        }
    }
}

/// Gives the rating, as the applicant; the words and status where it is not given.
async fn give(
    server: &Server,
    case: &Case,
    ticked: &Ticked,
) -> Result<Option<(StatusCode, String)>, PageError> {
    let Some(level) = ticked.level else {
        return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, "先选一项满意程度，再提交".into())));
    };
    // Those of other levels were ticked before the level was changed.
    let own = ticked.indicators.iter().copied().filter(|number| level.has_indicator(*number)).collect();
    let ctx = Ctx::new(Actor::Applicant(case.applicant.id), server.clock.now(), ticked.act.as_str());
    match rate_case(&server.app, &ctx, Seen { case: case.id, version: None }, level, own).await {
        Ok(_) => Ok(None),
        Err(error) if matches!(error.fault(), Fault::Mend | Fault::Stale) => {
            Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /rating/{case_no}/{token}`
pub async fn submit(
    State(server): State<Server>,
    visitor: Visitor,
    Path((case_no, token)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let case = linked(&server, &case_no, &token).await?;
    let ticked = Ticked::read(&fields);
    match give(&server, &case, &ticked).await? {
        None => Ok(Redirect::to(&format!("/rating/{case_no}/{token}")).into_response()),
        Some(fault) => {
            let (status, shell) = (fault.0, visitor.shell(&server));
            page(status, &form(&server, shell, &case, Some(fault), ticked.indicators).await?)
        }
    }
}

/// The window of an evaluator's address: site and code.
async fn window(server: &Server, site: &str, code: &str, token: &str) -> Result<(), PageError> {
    let missing = || AppError::NotFound("这台评价器的窗口，地址不完整或者不正确。请值班长重新设置".into());
    let there = server.app.organisation().sites.get(site).is_some_and(|site| site.window(code).is_some());
    let right = portal::is_evaluator(&server.app, site, code, token).await?;
    if there && right { Ok(()) } else { Err(missing().into()) }
}

#[derive(Template)]
#[template(path = "public/evaluator.html")]
struct IdlePage {
    shell: Shell,
    window: String,
    refresh: u32,
    thanks: bool,
    back: String,
}

/// `GET /evaluator/{site}/{window}/{token}`: what the device at a window keeps open.
pub async fn evaluator(
    State(server): State<Server>,
    visitor: Visitor,
    Path((site, code, token)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    window(&server, &site, &code, &token).await?;
    let shell = visitor.shell(&server);
    match portal::at_evaluator(&server.app, &site, &code, server.clock.now()).await? {
        Some(case) => asked(&server, shell, &code, &case, None, BTreeSet::new()).await,
        None => {
            let back = shell.here.clone();
            page(StatusCode::OK, &IdlePage { shell, window: code, refresh: LOOK, thanks: false, back })
        }
    }
}

/// The form on the device of a window.
async fn asked(
    server: &Server,
    shell: Shell,
    code: &str,
    case: &Case,
    fault: Option<(StatusCode, String)>,
    ticked: BTreeSet<u16>,
) -> Result<Response, PageError> {
    let status = fault.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let form = form(server, shell, case, fault, ticked).await?;
    // Goes away by itself when the applicant has left without a rating.
    let shown = portal::evaluator_seconds(server.clock.now());
    page(status, &RatingPage { window: Some(code.to_owned()), refresh: Some(shown), ..form })
}

/// `POST /evaluator/{site}/{window}/{token}`
pub async fn submit_at_window(
    State(server): State<Server>,
    visitor: Visitor,
    Path((site, code, token)): Path<(String, String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    window(&server, &site, &code, &token).await?;
    let (ticked, shell) = (Ticked::read(&fields), visitor.shell(&server));
    let back = shell.here.clone();
    let idle = |shell, thanks| IdlePage { shell, window: code.clone(), refresh: THANKS, thanks, back };
    let now = server.clock.now();
    let pending = portal::at_evaluator(&server.app, &site, &code, now).await?;
    // Only the case the window asks for now: what was shown before may be another person's.
    let Some(case) = pending.filter(|case| case.case_no == ticked.case_no) else {
        return page(StatusCode::OK, &idle(shell, false));
    };
    match give(&server, &case, &ticked).await? {
        None => page(StatusCode::OK, &idle(shell, true)),
        fault => asked(&server, shell, &code, &case, fault, ticked.indicators).await,
    }
}

#[derive(Template)]
#[template(path = "public/evaluators.html")]
struct DevicesPage {
    frame: Frame,
    windows: Vec<(String, u8, String)>,
}

/// `GET /evaluators`: the addresses of the devices of the own site.
pub async fn devices(State(server): State<Server>, guest: Guest) -> Result<Response, PageError> {
    let organisation = server.app.organisation();
    let site = guest.0.actor.staff().and_then(|staff| organisation.sites.get(staff.site.as_ref()?));
    let mut windows = Vec::new();
    for window in site.iter().flat_map(|site| &site.windows).filter(|window| window.issues_results) {
        let key = site.map_or("", |site| &site.key);
        let token = portal::evaluator(&server.app, key, &window.code).await?;
        windows.push((
            window.code.clone(),
            window.floor,
            format!("/evaluator/{key}/{}/{token}", window.code),
        ));
    }
    let frame = Frame::of(&server, &guest, "评价器", "/evaluators").await?;
    page(StatusCode::OK, &DevicesPage { frame, windows })
}
