//! 此前记录: what a notice tells of earlier entries of the same journal, which no change of it can alter: the
//! day of acceptance, the reasons given by the departments, the decision that is delivered.

use super::MakeError;
use crate::app::App;
use crate::case::timeline;
use serde_json::{Value, json};
use yichuang_domain::applicant::TextRef;
use yichuang_domain::case::{Event, Verdict};
use yichuang_domain::id::{CaseId, StaffId};
use yichuang_domain::notice::NoticeKind;
use yichuang_storage::documents::{self as rows, DocumentRow};

/// What the entries up to that of the notice tell.
#[derive(Default)]
struct Told {
    accepted_on: Option<String>,
    /// Why it is proposed not to accept it.
    refusal: Option<TextRef>,
    /// Department and reasons of each denial.
    denials: Vec<(String, Option<TextRef>)>,
    certificate: Option<TextRef>,
}

impl Told {
    fn hear(mut self, event: Event) -> Told {
        match event {
            Event::CaseAccepted { accepted_on, .. } | Event::CaseAcceptedWithDeferral { accepted_on, .. } => {
                self.accepted_on = Some(accepted_on.to_string());
            }
            Event::RefusalProposed { reason, .. } => self.refusal = Some(reason),
            Event::BranchDecided { agency, verdict: Verdict::Denied, reason } => {
                self.denials.push((agency, reason));
            }
            Event::ResultHandedOver { certificate } => self.certificate = certificate,
            _ => {}
        }
        self
    }
}

/// Adds it to the data of the notice, as references where it is words.
pub(super) async fn put_in(app: &App, document: &DocumentRow, mut data: Value) -> Result<Value, MakeError> {
    let upto = data["seq"].as_u64().unwrap_or_default() as usize;
    let entries = timeline(app, CaseId(document.case_id)).await?;
    let told = entries.into_iter().take(upto).map(|entry| entry.event).fold(Told::default(), Told::hear);
    data["accepted_on"] = json!(told.accepted_on);
    if document.kind == NoticeKind::NonAcceptanceNotice.word() {
        data["reason"] = json!(told.refusal);
    }
    if document.kind == NoticeKind::DenialDecision.word() {
        let organisation = app.organisation();
        let reasons = told.denials.iter().map(|(key, text)| {
            let agency = organisation.agencies.get(key).map(|agency| &agency.full_name);
            json!({"agency": agency, "text": text})
        });
        data["reasons"] = reasons.collect();
    }
    if document.kind == NoticeKind::HearingNotice.word() {
        let presider = data["event"]["hearing"]["presider"].as_str().and_then(|id| id.parse().ok());
        let staff = presider.and_then(|id| app.organisation().staff.get(&StaffId(id)).cloned());
        data["presider"] = json!(staff.map(|staff| staff.name));
    }
    if document.kind == NoticeKind::DeliveryReceipt.word() {
        data["delivered"] = delivered(app, document, &data, told.certificate).await?;
    }
    Ok(data)
}

/// The decision, and the certificate where there is one.
async fn delivered(
    app: &App,
    document: &DocumentRow,
    data: &Value,
    certificate: Option<TextRef>,
) -> Result<Value, MakeError> {
    let of_case = app.store().all(rows::of_case(document.case_id)).await?;
    let decisions = [NoticeKind::ApprovalDecision.word(), NoticeKind::DenialDecision.word()];
    let delivered = |row: &DocumentRow| {
        row.at <= document.at && row.state != rows::VOIDED && decisions.contains(&row.kind.as_str())
    };
    let decision = of_case.into_iter().rfind(delivered);
    let title = |row: &DocumentRow| serde_json::from_str(&row.data).map(|data: Value| data["title"].clone());
    let decision =
        decision.map(|row| json!({"title": title(&row).unwrap_or_default(), "number": row.number}));
    let certificate = certificate.map(|number| json!({"title": data["result"], "number": number}));
    Ok(decision.into_iter().chain(certificate).collect())
}
