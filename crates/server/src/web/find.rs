//! 办件查询: a case by its number, or the cases within scope by item, stage and day of receipt.

use super::frame::Frame;
use super::{ledger, page, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::permit;
use yichuang_app::find::{self, Found, Sought, Standing};
use yichuang_app::{AppError, Fault};
use yichuang_domain::id::CaseId;
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::time::{Date, days_after};

/// Lines of a page.
const LINES: i64 = 20;
/// Lines of a file.
const EXPORTED: i64 = 5_000;

/// Stages a case is searched by: word and name.
const STAGES: [(&str, &str); 15] = [
    ("received", "已收件"),
    ("refusal_proposed", "拟不予受理"),
    ("correction_requested", "待补正"),
    ("in_approval", "审批中"),
    ("decided", "已决定"),
    ("handed_over", "已移交出件"),
    ("checked", "待领取"),
    ("delivered", "已送达"),
    ("concluded", "办结"),
    ("refused", "不予受理"),
    ("withdrawn", "撤回"),
    ("deemed_withdrawn", "视为撤回"),
    ("returned", "退件"),
    ("annulled", "作废"),
    ("transferred_upward", "转报"),
];

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    frame: Frame,
    scope: &'static str,
    no: String,
    told: Option<String>,
    from: String,
    to: String,
    stage: String,
    item: String,
    standing: String,
    standings: Vec<(&'static str, &'static str)>,
    stages: Vec<(&'static str, &'static str)>,
    items: Vec<(String, String)>,
    lines: Vec<Line>,
    next: Option<String>,
    export: String,
}

struct Line {
    case_no: String,
    item: String,
    applicant: String,
    stage: &'static str,
    lamp: Option<(&'static str, String)>,
    received: String,
    site: String,
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    no: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    item: String,
    #[serde(default)]
    standing: String,
    before: Option<i64>,
    #[serde(default)]
    kind: String,
}

impl Asked {
    fn sought(&self, today: Date) -> Result<Sought, AppError> {
        let day = |text: &str, default: Date| match text {
            "" => Ok(default),
            text => {
                text.parse().map_err(|_| AppError::Form(vec!["日期按年-月-日填写，如 2026-09-01".into()]))
            }
        };
        if !self.stage.is_empty() && !STAGES.iter().any(|(word, _)| *word == self.stage) {
            return Err(AppError::Form(vec!["从列出的环节中选择".into()]));
        }
        let known = self.item.len() <= 64 && self.item.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !known {
            return Err(AppError::Form(vec!["从列出的事项中选择".into()]));
        }
        let standing = Standing::TABLE.iter().find(|row| row.1 == self.standing).map(|row| row.0);
        if standing.is_none() && !self.standing.is_empty() {
            return Err(AppError::Form(vec!["从列出的时限情况中选择".into()]));
        }
        let to = day(&self.to, today)?;
        let from = day(&self.from, days_after(to, -30))?;
        Ok(Sought { from, to, stage: self.stage.clone(), item: self.item.clone(), standing })
    }
}

/// Items in force on this day, to choose from: key and name.
pub async fn items(server: &Server, on: Date) -> Result<Vec<(String, String)>, AppError> {
    let versions = server.app.versions_in_force(on).await?;
    let mut items: Vec<(String, String)> =
        versions.iter().map(|version| (version.item.key.clone(), version.item.name.clone())).collect();
    items.sort();
    Ok(items)
}

/// `GET /cases`
pub async fn find(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let no = asked.no.trim().to_uppercase();
    let (mut told, mut status) = (None, StatusCode::OK);
    if !no.is_empty() {
        match yichuang_app::desk::in_scope(&server.app, &ctx, Action::ReadCase, &no).await {
            Ok(case) => return Ok(Redirect::to(&format!("/cases/{}", case.case_no)).into_response()),
            Err(error) if error.fault() == Fault::Missing => {
                (told, status) = (Some(error.to_string()), StatusCode::NOT_FOUND);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let scope = match permit(&ctx.actor, Action::ReadCase)? {
        Scope::Agency => "本部门办理",
        Scope::Site => "本场所收件",
        Scope::All => "全部场所",
    };
    let sought = asked.sought(ctx.at.date())?;
    let (found, next) = find::search(&server.app, &ctx, &sought, asked.before.map(CaseId), LINES).await?;
    let (from, to) = (sought.from.to_string(), sought.to.to_string());
    let Sought { stage, item, .. } = &sought;
    let filters = format!("from={from}&to={to}&stage={stage}&item={item}&standing={}", asked.standing);
    let template = FindPage {
        frame: Frame::of(&server, &guest, "办件查询", "/cases").await?,
        scope,
        no,
        told,
        stage: sought.stage,
        item: sought.item,
        standing: asked.standing,
        standings: Standing::TABLE.map(|(_, word, title)| (word, title)).into(),
        stages: STAGES.into(),
        items: items(&server, ctx.at.date()).await?,
        lines: found.into_iter().map(|found| line(&server, found)).collect(),
        next: next.map(|before| format!("/cases?{filters}&before={before}")),
        export: format!("/cases/export?{filters}"),
        from,
        to,
    };
    page(status, &template)
}

fn line(server: &Server, found: Found) -> Line {
    let organisation = server.app.organisation();
    let site = organisation.sites.get(&found.case.site).map(|site| site.name.clone());
    let word = found.case.stage.name();
    Line {
        case_no: found.case.case_no,
        item: found.version.item.name.clone(),
        applicant: found.applicant.name,
        stage: STAGES.iter().find(|(stage, _)| *stage == word).map_or("", |(_, name)| name),
        lamp: found.lamp.map(|lamp| (tone(lamp), lamp.words())),
        received: found.received_on.to_string(),
        site: site.unwrap_or_default(),
    }
}

/// `GET /cases/export`: what the search finds, as a file; names masked as on the page.
pub async fn export(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let sought = asked.sought(ctx.at.date())?;
    let (found, more) = find::search(&server.app, &ctx, &sought, None, EXPORTED).await?;
    if more.is_some() {
        let told = format!("符合条件的超过 {EXPORTED} 件，缩小条件后分次导出");
        return Err(AppError::Form(vec![told]).into());
    }
    let rows = found.into_iter().map(|found| {
        let line = line(&server, found);
        let lamp = line.lamp.map(|(_, words)| words).unwrap_or_default();
        vec![line.case_no, line.item, line.applicant, line.stage.to_owned(), lamp, line.received, line.site]
    });
    let head = ["办件编号", "事项", "申请人", "环节", "承诺时限", "收件日期", "收件场所"];
    let name = format!("cases-{}-{}", sought.from, sought.to);
    ledger::file(&asked.kind, &name, "办件", &head, rows)
}
