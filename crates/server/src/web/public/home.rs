//! 首页: search, what is asked for most, the way to everything else. Whoever is signed in goes on to the own desk.

use super::{Shell, Visitor, encoded, page};
use crate::Server;
use crate::error::PageError;
use crate::guard::session;
use crate::web::frame::home as home_of;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;
use yichuang_app::access::session::Session;
use yichuang_app::search::{guide, shipped};

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    shell: Shell,
    hot: Vec<(String, String)>,
    agencies: Vec<(String, String, usize)>,
    sectors: Vec<(String, String, usize)>,
    items: usize,
    sites: Vec<(&'static str, String)>,
}

/// `GET /`
pub async fn show(
    State(server): State<Server>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, PageError> {
    match session(&server, &headers).await? {
        Session::Open(viewer) => return Ok(Redirect::to(home_of(viewer.post)).into_response()),
        Session::Ended(_) => return Ok(Redirect::to("/sign-in").into_response()),
        Session::None => {}
    }
    let guide = guide(&server.app, server.clock.now().date()).await?;
    let organisation = server.app.organisation();
    let mut by_agency: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_sector: BTreeMap<&str, usize> = BTreeMap::new();
    for version in guide.versions() {
        *by_agency.entry(&version.item.agency).or_default() += 1;
        *by_sector.entry(version.item.sector.as_deref().unwrap_or("general")).or_default() += 1;
    }
    let named = |(key, count): (&str, usize)| {
        organisation.agencies.get(key).map(|agency| (key.to_owned(), agency.name.clone(), count))
    };
    let mut agencies: Vec<_> = by_agency.into_iter().filter_map(named).collect();
    agencies.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let sector = |(key, count): (&str, usize)| {
        let name = guide.sectors().get(key).map_or("其他（无差别窗口）", String::as_str);
        (key.to_owned(), name.to_owned(), count)
    };
    let mut sites: Vec<_> = organisation.sites.values().map(|site| (site.kind, site.name.clone())).collect();
    sites.sort();
    let hot = shipped().map(|everyday| everyday.hot.as_slice()).unwrap_or_default();
    let template = HomePage {
        shell: visitor.shell(&server),
        hot: hot.iter().map(|words| (words.clone(), encoded(words))).collect(),
        agencies,
        sectors: by_sector.into_iter().map(sector).collect(),
        items: guide.versions().len(),
        sites: sites.into_iter().map(|(kind, name)| (kind.name(), name)).collect(),
    };
    page(StatusCode::OK, &template)
}
