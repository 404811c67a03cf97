//! 版本对比: what differs between two versions, part by part, words marked; printable.

use super::marks::{Mark, marks};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use crate::web::frame::Frame;
use crate::web::page;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::catalog::{ChangeKind, FieldChange, VersionMark, changes_of, dossier};
use yichuang_domain::item::VersionStatus;

/// Which two.
#[derive(Deserialize)]
pub struct Pair {
    old: Option<i64>,
    new: Option<i64>,
}

#[derive(Template)]
#[template(path = "item_changes.html")]
struct ChangesPage {
    frame: Frame,
    key: String,
    name: String,
    old: Edition,
    new: Edition,
    versions: Vec<Edition>,
    sections: Changed,
    count: usize,
    printed: String,
}

/// 版本, as a list shows it.
pub struct Edition {
    pub number: i64,
    pub state: &'static str,
    pub tone: &'static str,
    pub days: String,
}

impl Edition {
    /// `in_force`: number of the version in force.
    pub fn of(mark: &VersionMark, in_force: Option<i64>) -> Edition {
        let (tone, state) = match mark.status {
            VersionStatus::Draft => ("b", "草稿"),
            VersionStatus::Cancelled => ("n", "已取消"),
            VersionStatus::Published if in_force == Some(mark.version) => ("g", "施行中"),
            VersionStatus::Published
                if in_force.is_none_or(|now| mark.version > now) && mark.to.is_none() =>
            {
                ("b", "待施行")
            }
            VersionStatus::Published => ("n", "已停用"),
        };
        let days = match (mark.from, mark.to) {
            (Some(from), Some(to)) => format!("{from} 至 {to}"),
            (Some(from), None) => format!("{from} 起"),
            _ => String::new(),
        };
        Edition { number: mark.version, state, tone, days }
    }
}

/// 一处修改, as shown.
pub struct Row {
    pub title: String,
    pub kind: &'static str,
    pub tone: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
    pub marks: Vec<Mark>,
}

/// 栏目 with its changes.
pub type Changed = Vec<(&'static str, Vec<Row>)>;

/// What differs, by section in the order of the guide.
pub fn sections(found: Vec<FieldChange>) -> Changed {
    let mut sections = Changed::new();
    for change in found {
        let tone = match change.kind {
            ChangeKind::Added => "g",
            ChangeKind::Removed => "r",
            ChangeKind::Changed => "a",
            ChangeKind::Moved => "n",
        };
        let marks = marks(change.before.as_deref().unwrap_or(""), change.after.as_deref().unwrap_or(""));
        let row = Row {
            title: change.title(),
            kind: change.kind.name(),
            tone,
            marks,
            before: change.before,
            after: change.after,
        };
        match sections.iter_mut().find(|(section, _)| *section == change.section) {
            Some((_, rows)) => rows.push(row),
            None => sections.push((change.section, vec![row])),
        }
    }
    sections
}

/// `GET /items/{key}/changes`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Query(pair): Query<Pair>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let found = changes_of(&server.app, &ctx, &key, pair.old, pair.new).await?;
    let item = dossier(&server.app, &ctx, &key, Some(found.new.version)).await?;
    let edition = |mark: &VersionMark| Edition::of(mark, item.in_force);
    let template = ChangesPage {
        frame: Frame::of(&server, &guest, "事项维护", "/items").await?,
        key,
        name: found.name,
        old: edition(&found.old),
        new: edition(&found.new),
        versions: item.versions.iter().map(edition).collect(),
        count: found.changes.len(),
        sections: sections(found.changes),
        printed: server.clock.now().civil().strftime("%Y-%m-%d %H:%M").to_string(),
    };
    page(StatusCode::OK, &template)
}
