//! 申请人和代理人: typed, or read by a device that types one line and Enter.

use super::draft::shown;
use super::{Kept, Step, keep, number};
use crate::Server;
use crate::error::PageError;
use crate::form::Sent;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;
use yichuang_app::workbench::{self, Agent, Sheet};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::identity::{DocumentKind, reader};
use yichuang_domain::time::Date;

/// 申请人类别 in the order of the form.
pub const KINDS: [(PartyKind, &str, &str); 5] = [
    (PartyKind::Person, "person", "自然人"),
    (PartyKind::Enterprise, "enterprise", "企业"),
    (PartyKind::PublicInstitution, "public_institution", "事业单位"),
    (PartyKind::SocialOrganisation, "social_organisation", "社会组织"),
    (PartyKind::OtherOrganisation, "other_organisation", "个体工商户、其他组织"),
];

/// `POST /intake/{draft}/person`
pub async fn person(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let mut draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = super::draft::done(&server, &draft).await? {
        return Ok(done);
    }
    if sent.get("do") == "retype" {
        draft.sheet =
            Sheet { applicant: Sheet::default().applicant, agent: None, carried: false, ..draft.sheet };
    } else if !draft.sheet.carried {
        typed(&mut draft.sheet, &sent, ctx.at.date())?;
    }
    // A device has typed one line and Enter: the clerk has not come to the rest yet.
    let begun = draft.sheet.applicant.name.is_empty() || draft.sheet.applicant.phone.is_empty();
    let seen = sent.get("version").to_owned();
    let draft = match keep(&server, &guest, draft, &seen).await? {
        Kept::Saved(draft) => *draft,
        Kept::Stale(draft, error) => {
            let told = Some(error.words());
            return shown(&server, &guest, *draft, Step::Person, StatusCode::CONFLICT, told, true).await;
        }
    };
    let faults = workbench::faults(&draft.sheet, ctx.at.date());
    if faults.is_empty() {
        return Ok(Redirect::to(&format!("/intake/{}", draft.id)).into_response());
    }
    let read = begun
        && !draft.sheet.applicant.number.is_empty()
        && faults.iter().all(|f| matches!(f.field, "name" | "phone"));
    match read || sent.get("do") == "retype" {
        true => shown(&server, &guest, draft, Step::Person, StatusCode::OK, None, false).await,
        false => {
            shown(&server, &guest, draft, Step::Person, StatusCode::UNPROCESSABLE_ENTITY, None, true).await
        }
    }
}

fn typed(sheet: &mut Sheet, sent: &Sent, today: Date) -> Result<(), PageError> {
    let mut applicant = Applicant {
        kind: word(sent.get("kind"))?,
        name: sent.get("name").trim().to_owned(),
        document: word(sent.get("document"))?,
        number: sent.get("number").trim().to_owned(),
        phone: sent.get("phone").trim().to_owned(),
    };
    read_in(&mut applicant, today);
    let agent = Applicant {
        kind: PartyKind::Person,
        name: sent.get("agent_name").trim().to_owned(),
        document: word(sent.get("agent_document"))?,
        number: sent.get("agent_number").trim().to_owned(),
        phone: sent.get("agent_phone").trim().to_owned(),
    };
    let scope = sent.get("scope").trim().to_owned();
    let nothing = [&agent.name, &agent.number, &agent.phone, &scope].iter().all(|text| text.is_empty());
    let mut agent = Agent { person: agent, scope };
    read_in(&mut agent.person, today);
    sheet.applicant = applicant;
    sheet.agent = if nothing { None } else { Some(agent) };
    Ok(())
}

/// A line of a card reader or a scanner in the field of the number.
fn read_in(party: &mut Applicant, today: Date) {
    let Some(read) = reader::read(&party.number, today) else { return };
    // The residence permit follows the same rule of numbers: the clerk knows which of the two lies before him.
    if party.document != DocumentKind::ResidencePermit {
        party.document = read.document;
    }
    match read.document {
        DocumentKind::CreditCode if party.kind == PartyKind::Person => party.kind = PartyKind::Enterprise,
        DocumentKind::ResidentId => party.kind = PartyKind::Person,
        _ => {}
    }
    party.number = read.number;
    if let Some(name) = read.name.filter(|_| party.name.is_empty()) {
        party.name = name;
    }
}

fn word<T: DeserializeOwned>(word: &str) -> Result<T, PageError> {
    serde_json::from_value(word.into()).map_err(|_| PageError::Unreadable)
}
