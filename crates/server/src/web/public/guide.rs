//! 办事指南的清单: search and 一窗受理清单, filtered, a page at a time.

use super::{Shell, Visitor, encoded, page};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::catalog::{Listed, Wanted, listed};
use yichuang_app::search::guide;
use yichuang_domain::item::ItemKind;

/// Items of a page.
const PAGE: usize = 20;
/// Characters of a query shown back.
const WORDS: usize = 60;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    sector: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    page: String,
}

impl Asked {
    /// The filter.
    pub fn wanted(&self) -> Wanted {
        let words = self.q.chars().filter(|c| !c.is_control()).take(WORDS).collect();
        let [agency, sector, kind, mode, site] =
            [&self.agency, &self.sector, &self.kind, &self.mode, &self.site].map(String::clone);
        Wanted { words, agency, sector, kind, mode, site }
    }
}

/// The filter as part of an address.
fn query(wanted: &Wanted) -> String {
    let parts = [
        ("q", &wanted.words),
        ("agency", &wanted.agency),
        ("sector", &wanted.sector),
        ("kind", &wanted.kind),
        ("mode", &wanted.mode),
        ("site", &wanted.site),
    ];
    let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// A choice of a filter: value, words, chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "public/guide.html")]
struct GuidePage {
    shell: Shell,
    words: String,
    filters: Vec<(&'static str, &'static str, Vec<Choice>)>,
    filtered: bool,
    rows: Vec<Listed>,
    total: usize,
    first: usize,
    query: String,
    before: Option<usize>,
    after: Option<usize>,
}

/// `GET /guide`
pub async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let guide = guide(&server.app, server.clock.now().date()).await?;
    let organisation = server.app.organisation();
    let wanted = asked.wanted();
    let mut rows = listed(&guide, &organisation, &wanted);
    let total = rows.len();
    let pages = total.div_ceil(PAGE).max(1);
    let at = asked.page.parse::<usize>().unwrap_or(1).clamp(1, pages);
    let first = (at - 1) * PAGE;
    rows = rows.into_iter().skip(first).take(PAGE).collect();
    let choice =
        |value: &str, words: &str, chosen: &str| (value.to_owned(), words.to_owned(), value == chosen);
    let used = |key: &str| guide.versions().iter().any(|version| version.item.agency == key);
    let agencies = organisation.agencies.values().filter(|agency| used(&agency.key));
    let agencies = agencies.map(|agency| choice(&agency.key, &agency.name, &wanted.agency)).collect();
    let mut sectors: Vec<Choice> =
        guide.sectors().iter().map(|(key, name)| choice(key, name, &wanted.sector)).collect();
    sectors.push(choice("general", "其他（无差别窗口）", &wanted.sector));
    let kinds = ItemKind::TABLE.iter().filter(|(kind, ..)| kind.by_application());
    let kinds = kinds.map(|(_, code, name)| choice(code, name, &wanted.kind)).collect();
    let modes = vec![
        choice("on_the_spot", "即办件（当场办结）", &wanted.mode),
        choice("within_limit", "承诺件（限时办结）", &wanted.mode),
    ];
    let sites = organisation.sites.values().map(|site| choice(&site.key, &site.name, &wanted.site)).collect();
    let query = query(&wanted);
    let template = GuidePage {
        shell: visitor.shell(&server),
        filtered: !query.is_empty(),
        words: wanted.words,
        filters: vec![
            ("agency", "部门", agencies),
            ("sector", "领域", sectors),
            ("kind", "事项类型", kinds),
            ("mode", "办件类型", modes),
            ("site", "受理场所", sites),
        ],
        rows,
        total,
        first,
        query,
        before: (at > 1).then(|| at - 1),
        after: (at < pages).then_some(at + 1),
    };
    page(StatusCode::OK, &template)
}
