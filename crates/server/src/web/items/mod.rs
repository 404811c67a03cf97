//! 事项维护: the list of items, one item, its revision and review, and what differs between versions. Everybody on the
//! staff reads what is published; drafts are for those who revise or review them.

pub mod acts;
pub mod changes;
pub mod draft;
pub mod item;
mod marks;
mod typed;

use super::frame::Frame;
use super::{ledger, page};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::AppError;
use yichuang_app::access::permit;
use yichuang_app::catalog::{Filter, Line, MODES, Sought, Standing, register};
use yichuang_domain::item::ItemVersion;
use yichuang_domain::material::MaterialRequirement;
use yichuang_domain::permission::{Action, Scope};

use super::public::encoded;

/// Lines of a page.
const LINES: usize = 30;
/// Lines of a file.
const EXPORTED: usize = 10_000;

#[derive(Template)]
#[template(path = "items.html")]
struct ItemsPage {
    frame: Frame,
    scope: &'static str,
    words: String,
    agency: String,
    agencies: Vec<(String, String)>,
    status: String,
    statuses: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    next: Option<String>,
    export: String,
}

struct Row {
    key: String,
    href: String,
    name: String,
    kind: &'static str,
    agency: String,
    mode: &'static str,
    promised: String,
    version: i64,
    state: (&'static str, String),
    findings: (&'static str, String),
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    kind: String,
}

impl Asked {
    fn sought(&self) -> Result<Sought, AppError> {
        let filter = Filter::TABLE.into_iter().find(|row| row.1 == self.status).map(|row| row.0);
        if filter.is_none() && !self.status.is_empty() {
            return Err(AppError::Form(vec!["从列出的状态中选择".into()]));
        }
        Ok(Sought { words: self.q.clone(), agency: self.agency.clone(), filter })
    }

    fn filters(&self) -> String {
        format!("q={}&agency={}&status={}", encoded(&self.q), encoded(&self.agency), self.status)
    }
}

/// `GET /items`
pub async fn list(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let (found, next) = register(&server.app, &ctx, &asked.sought()?, &asked.after, LINES).await?;
    let drafts = |action| permit(&ctx.actor, action).is_ok();
    let drafts = drafts(Action::DraftItem) || drafts(Action::PublishItem);
    let all = permit(&ctx.actor, Action::ReadItems)? == Scope::All;
    let organisation = server.app.organisation();
    let agencies = organisation.agencies.iter().map(|(key, agency)| (key.clone(), agency.name.clone()));
    let needs_draft =
        |filter: &Filter| matches!(filter, Filter::Revising | Filter::Submitted | Filter::NotInForce);
    let current = match asked.status.as_str() {
        "" => "/items".to_owned(),
        status => format!("/items?status={status}"),
    };
    let filters = asked.filters();
    let template = ItemsPage {
        frame: Frame::of(&server, &guest, "事项维护", &current).await?,
        scope: if all { "全部部门" } else { "本部门主办、并联的事项" },
        agencies: if all { agencies.collect() } else { Vec::new() },
        statuses: Filter::TABLE
            .iter()
            .filter(|row| drafts || !needs_draft(&row.0))
            .map(|row| (row.1, row.2))
            .collect(),
        rows: found.into_iter().map(|line| row(&server, line)).collect(),
        next: next.map(|after| format!("/items?{filters}&after={}", encoded(&after))),
        export: format!("/items/export?{filters}"),
        words: asked.q,
        agency: asked.agency,
        status: asked.status,
    };
    page(StatusCode::OK, &template)
}

fn row(server: &Server, line: Line) -> Row {
    let organisation = server.app.organisation();
    let Line { item, version, standing, in_force, coming, blocks, warns } = line;
    let base = if in_force { "施行中" } else { "未施行" };
    let state = match (standing, coming) {
        (Some(standing), _) if in_force => (tone(standing), format!("施行中，新版{}", standing.name())),
        (Some(standing), _) => (tone(standing), standing.name().to_owned()),
        (None, Some(from)) if in_force => ("b", format!("施行中，新版 {from} 起")),
        (None, Some(from)) => ("b", format!("{from} 起施行")),
        (None, None) => (if in_force { "g" } else { "n" }, base.to_owned()),
    };
    let findings = match (blocks, warns) {
        (0, 0) => ("g", "通过".to_owned()),
        (0, warns) => ("a", format!("提示 {warns} 项")),
        (blocks, _) => ("r", format!("不通过 {blocks} 项")),
    };
    let draft = if standing.is_some() { format!("?version={version}") } else { String::new() };
    Row {
        href: format!("/items/{}{draft}", encoded(&item.key)),
        kind: item.kind.name(),
        agency: organisation.agencies.get(&item.agency).map(|a| a.name.clone()).unwrap_or_default(),
        mode: named(&MODES, item.mode),
        promised: item.promised.map(item::days).unwrap_or_default(),
        name: item.name,
        key: item.key,
        version,
        state,
        findings,
    }
}

/// 表格样本 of a material: title and address; `within` is where the file is asked for, `/items` or `/guide/items`.
pub fn attached(
    within: &str,
    item: &ItemVersion,
    material: &MaterialRequirement,
) -> Vec<(&'static str, String)> {
    let address = |file: &str| format!("{within}/{}/files/{file}", encoded(&item.key));
    material.attachments.iter().map(|one| (one.kind.name(), address(&one.file))).collect()
}

/// The tag of a draft.
fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Drafting => "b",
        Standing::Submitted => "a",
        Standing::Returned => "r",
    }
}

/// The word of a value in one of the catalogue's tables.
fn named<T: PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|row| row.0 == value).map_or("", |row| row.1)
}

/// `GET /items/export`: what the list shows, whole.
pub async fn export(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let (found, more) = register(&server.app, &ctx, &asked.sought()?, "", EXPORTED).await?;
    if more.is_some() {
        let told = format!("符合条件的超过 {EXPORTED} 项，缩小条件后分次导出");
        return Err(AppError::Form(vec![told]).into());
    }
    let rows = (1..).zip(found).map(|(nth, line): (usize, Line)| {
        let code = line.item.code.clone().unwrap_or_default();
        let row = row(&server, line);
        let texts = [row.kind, row.mode].map(str::to_owned);
        let [kind, mode] = texts;
        let version = format!("V{}", row.version);
        let (nth, state, findings) = (nth.to_string(), row.state.1, row.findings.1);
        vec![nth, row.key, row.name, kind, row.agency, mode, row.promised, code, version, state, findings]
    });
    let head = [
        "序号",
        "事项标识",
        "事项名称",
        "事项类型",
        "实施部门",
        "办件类型",
        "承诺时限",
        "实施编码",
        "版本",
        "状态",
        "体检",
    ];
    let name = format!("items-{}", server.clock.now().date());
    ledger::file(&asked.kind, &name, "事项清单", &head, rows)
}
