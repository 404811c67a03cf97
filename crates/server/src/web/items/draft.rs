//! 修改草稿: one section at a time. What was typed stays when it is not good yet, or when somebody saved the section
//! first; the lint of what was saved stands beside it.

use super::item::{Found, findings};
use super::typed::Typed;
use super::{encoded, tone};
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
use yichuang_app::catalog::{
    Dossier, FORMS, MODES, STARTS, Section, SectionKind, Standing, UNITS, dossier, save_section,
};
use yichuang_app::{AppError, Fault, uploads};
use yichuang_domain::item::ItemVersion;
use yichuang_domain::material::{Attachment, AttachmentKind};

#[derive(Template)]
#[template(path = "item_draft.html")]
struct DraftPage {
    frame: Frame,
    act: String,
    key: String,
    name: String,
    number: i64,
    standing: (&'static str, &'static str),
    reason: String,
    done: bool,
    stale: bool,
    faults: Vec<String>,
    section: &'static str,
    title: &'static str,
    sections: Vec<(&'static str, &'static str)>,
    seen: String,
    typed: Typed,
    /// Id, question, name.
    situations: Vec<(String, String, String)>,
    materials: Vec<(String, String)>,
    modes: Vec<&'static str>,
    units: Vec<&'static str>,
    starts: Vec<&'static str>,
    forms: Vec<&'static str>,
    limit: u32,
    findings: Vec<Found>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// Why a form is shown again.
#[derive(Default)]
struct Wrong {
    status: StatusCode,
    stale: bool,
    faults: Vec<String>,
}

/// `GET /items/{key}/draft/{section}`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path((key, section)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let kind = SectionKind::from_word(&section).ok_or(PageError::NoPage)?;
    let found = draft(&server, &guest, &key).await?;
    if found.draft.is_some_and(|(_, standing)| standing == Standing::Submitted) {
        let to = format!("/items/{}?version={}", encoded(&key), found.mark.version);
        return Ok(Redirect::to(&to).into_response());
    }
    let typed = Typed::of(kind, &found.item);
    shown(&server, &guest, found, kind, typed, Wrong::default(), done.done.is_some()).await
}

/// The open draft, for somebody whose department it is.
async fn draft(server: &Server, guest: &Guest, key: &str) -> Result<Dossier, PageError> {
    let ctx = guest.reading(server)?;
    let missing = || AppError::NotFound(format!("事项“{key}”可以修改的草稿"));
    let found = dossier(&server.app, &ctx, key, None).await?;
    let (number, _) = found.draft.filter(|_| found.may_draft).ok_or_else(missing)?;
    Ok(dossier(&server.app, &ctx, key, Some(number)).await?)
}

async fn shown(
    server: &Server,
    guest: &Guest,
    found: Dossier,
    kind: SectionKind,
    typed: Typed,
    wrong: Wrong,
    done: bool,
) -> Result<Response, PageError> {
    let item = &found.item;
    let standing = found.draft.map_or(Standing::Drafting, |(_, standing)| standing);
    let row = SectionKind::TABLE.into_iter().find(|row| row.0 == kind).unwrap_or(SectionKind::TABLE[0]);
    let template = DraftPage {
        frame: Frame::of(server, guest, "事项维护", "/items").await?,
        act: act_id()?,
        key: encoded(&item.key),
        name: item.name.clone(),
        number: found.mark.version,
        standing: (tone(standing), standing.name()),
        reason: found.reason.clone(),
        done,
        stale: wrong.stale,
        faults: wrong.faults,
        section: row.1,
        title: row.2,
        sections: SectionKind::TABLE.iter().map(|row| (row.1, row.2)).collect(),
        seen: Section::of(kind, item).digest()?,
        typed,
        situations: situations(item),
        materials: item.materials.iter().map(|m| (m.id.clone(), m.name.clone())).collect(),
        modes: MODES.iter().map(|row| row.1).collect(),
        units: UNITS.iter().map(|row| row.1).collect(),
        starts: STARTS.iter().map(|row| row.1).collect(),
        forms: FORMS.iter().map(|row| row.1).collect(),
        limit: uploads::limit(server.clock.now().date()),
        findings: findings(item),
    };
    page(wrong.status, &template)
}

fn situations(item: &ItemVersion) -> Vec<(String, String, String)> {
    let of = |question: &yichuang_domain::item::Question| {
        let text = question.text.clone();
        let choices = question.choices.clone().into_iter();
        choices.map(move |choice| (choice.id, text.clone(), choice.name)).collect::<Vec<_>>()
    };
    item.questions.iter().flat_map(of).collect()
}

/// `POST /items/{key}/draft/{section}`
pub async fn save(
    State(server): State<Server>,
    guest: Guest,
    Path((key, section)): Path<(String, String)>,
    mut sent: Sent,
) -> Result<Response, PageError> {
    let kind = SectionKind::from_word(&section).ok_or(PageError::NoPage)?;
    let found = draft(&server, &guest, &key).await?;
    let mut typed = Typed::sent(kind, &sent, &found.item);
    if sent.get("do") == "add" {
        typed.add();
        return shown(&server, &guest, found, kind, typed, Wrong::default(), false).await;
    }
    let read = match kind {
        SectionKind::Files => files(&server, &guest, &found.item, &mut sent).await?,
        _ => typed.section(&found.item),
    };
    let done = match read {
        Ok(section) => {
            let ctx = guest.ctx(&server, sent.get("act"));
            save_section(&server.app, &ctx, &key, section, sent.get("seen")).await
        }
        Err(faults) => Err(AppError::Form(faults)),
    };
    let error = match done {
        Ok(()) => {
            let to = format!("/items/{}/draft/{section}?done=saved", encoded(&key));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(error) => error,
    };
    let wrong = match (error.fault(), error) {
        (Fault::Stale, _) => Wrong { status: StatusCode::CONFLICT, stale: true, faults: Vec::new() },
        (_, AppError::Form(faults)) => {
            Wrong { status: StatusCode::UNPROCESSABLE_ENTITY, stale: false, faults }
        }
        (Fault::Mend, error) => {
            Wrong { status: StatusCode::UNPROCESSABLE_ENTITY, stale: false, faults: vec![error.to_string()] }
        }
        (_, error) => return Err(error.into()),
    };
    // What stands there now, for the next save to go by.
    let found = draft(&server, &guest, &key).await?;
    shown(&server, &guest, found, kind, typed, wrong, false).await
}

/// The attached files: those kept, without those to go, and those that came, each in the place of the one before it.
async fn files(
    server: &Server,
    guest: &Guest,
    item: &ItemVersion,
    sent: &mut Sent,
) -> Result<Result<Section, Vec<String>>, PageError> {
    let dropped: Vec<String> = sent.all("drop").map(str::to_owned).collect();
    let mut came: Vec<(String, AttachmentKind, Attachment)> = Vec::new();
    let mut wrong = Vec::new();
    for (field, bytes) in std::mem::take(&mut sent.files) {
        let place = item.materials.iter().find_map(|material| {
            let kind =
                AttachmentKind::TABLE.iter().find(|row| field == format!("{}-{}", material.id, row.1))?;
            Some((material, kind.0))
        });
        let (material, kind) = place.ok_or(PageError::Unreadable)?;
        let ctx = guest.reading(server)?;
        let scanner = server.scanner.as_ref();
        match uploads::take_form(&server.app, &server.press.files, scanner, &ctx, bytes.to_vec()).await {
            Ok(kept) => {
                let size = u64::try_from(kept.size).unwrap_or_default();
                let attached = Attachment { kind, file: kept.sm3, media: kept.media, size };
                came.push((material.id.clone(), kind, attached));
            }
            Err(AppError::Form(words)) => {
                wrong.push(format!("{}的{}：{}", material.name, kind.name(), words.join("；")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let of = |material: &yichuang_domain::material::MaterialRequirement| {
        let kinds = AttachmentKind::TABLE.iter().filter_map(|(kind, word, _)| {
            let new = came.iter().find(|(id, of, _)| *id == material.id && of == kind);
            let gone = dropped.contains(&format!("{}-{word}", material.id));
            let old = material.attachment(*kind).filter(|_| !gone);
            new.map(|(_, _, attached)| attached).or(old).cloned()
        });
        (material.id.clone(), kinds.collect())
    };
    Ok(Ok(Section::Files(item.materials.iter().map(of).collect())))
}
