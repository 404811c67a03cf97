//! 事项问答: what departments have answered and let every window read, by item and words.

use super::find::items;
use super::frame::Frame;
use super::page;
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
use yichuang_app::questions::{AnswerEntry, search};

/// Entries of a page.
const SHOWN: usize = 50;

/// What is looked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    item: String,
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "answers.html")]
struct AnswersPage {
    frame: Frame,
    items: Vec<(String, String)>,
    item: String,
    q: String,
    told: Option<String>,
    entries: Vec<EntryView>,
    full: bool,
}

/// 问答的一条.
pub struct EntryView {
    pub item: String,
    pub agency: String,
    pub on: String,
    pub question: String,
    pub answer: String,
}

impl EntryView {
    /// As every page shows it.
    pub fn of(server: &Server, entry: AnswerEntry) -> EntryView {
        let organisation = server.app.organisation();
        let agency = organisation.agencies.get(&entry.agency);
        EntryView {
            item: entry.item_name,
            agency: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            on: entry.at.date().to_string(),
            question: entry.question,
            answer: entry.answer,
        }
    }
}

/// `GET /answers`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let item = (!asked.item.is_empty()).then_some(asked.item.as_str());
    let (status, told, found) = match search(&server.app, &ctx, item, &asked.q, SHOWN).await {
        Ok(found) => (StatusCode::OK, None, found),
        Err(error @ AppError::Form(_)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Some(error.to_string()), Vec::new())
        }
        Err(error) => return Err(error.into()),
    };
    let template = AnswersPage {
        frame: Frame::of(&server, &guest, "事项问答", "/answers").await?,
        items: items(&server, ctx.at.date()).await?,
        full: found.len() == SHOWN,
        entries: found.into_iter().map(|entry| EntryView::of(&server, entry)).collect(),
        item: asked.item,
        q: asked.q,
        told,
    };
    page(status, &template)
}
