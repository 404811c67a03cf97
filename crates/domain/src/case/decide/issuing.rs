//! 出件、送达、评价、办结, and a document drawn up anew: 行政许可法 art. 44; 实施方案 四（四）4 and 5;
//! 国办发〔2019〕51号.

use super::super::command::{DeliveryWay, Receiver, Telling};
use super::super::limit::ClockKind;
use super::super::{Case, Event, Stage, Verdict};
use super::*;
use crate::rating::RatingLevel;
use std::collections::BTreeSet;

const ISSUING: &[Post] = &[Post::Intake, Post::Issuance];
const DEPARTMENT: &[Post] = &[Post::Examiner, Post::Reviewer, Post::ChiefRepresentative];

/// The department hands the result to the issuing window.
pub(super) fn hand_over(
    case: &Case,
    certificate: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let staff = at_post(DEPARTMENT, facts)?;
    if staff.agency.as_deref() != Some(&case.agency) {
        return no(RefusalCode::NotLeadAgency);
    }
    separate(case, staff)?;
    match case.stage {
        Stage::Decided(_) => Ok(vec![Event::ResultHandedOver { certificate }]),
        _ => no(RefusalCode::NotDecided),
    }
}

/// 签收: the window signs that it holds the result.
pub(super) fn take(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    match case.stage {
        Stage::HandedOver(_) if case.taken_on.is_some() => no(RefusalCode::AlreadyTaken),
        Stage::HandedOver(_) => Ok(vec![Event::ResultTaken]),
        _ => no(RefusalCode::NotHandedOver),
    }
}

/// 通知领取: nobody is told of a result that was not found to agree with the case; as often as it takes.
pub(super) fn tell(case: &Case, way: Telling, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    match case.stage {
        Stage::Checked(_) => Ok(vec![Event::ApplicantTold { way }]),
        _ => no(RefusalCode::NotChecked),
    }
}

/// The window checks the result against the case; what does not agree goes back.
pub(super) fn check(
    case: &Case,
    matches: bool,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    let Stage::HandedOver(_) = case.stage else { return no(RefusalCode::NotHandedOver) };
    if matches {
        return Ok(vec![Event::ResultChecked]);
    }
    Ok(vec![Event::ResultSentBack { reason: grounds_given(reason)? }])
}

/// Delivery (art. 44): to a verified receiver, by mail with a tracking number, or electronically. An
/// approval is withheld until the deferred materials are in.
pub(super) fn deliver(case: &Case, way: DeliveryWay, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    let Stage::Checked(decision) = case.stage else { return no(RefusalCode::NotChecked) };
    if decision.verdict == Verdict::Approved && case.deferral.is_some() {
        return no(RefusalCode::DeferredOutstanding);
    }
    match &way {
        DeliveryWay::Window { verified: false, .. } => no(RefusalCode::ReceiverUnverified),
        DeliveryWay::Window { receiver: Receiver::Agent, .. } if case.agent.is_none() => {
            Err(Refusal::with(RefusalCode::ReceiverUnverified, "本办件没有登记代理人"))
        }
        DeliveryWay::Mail { tracking_no } if tracking_no.trim().is_empty() => {
            no(RefusalCode::TrackingMissing)
        }
        _ => Ok(vec![Event::ResultDelivered { way, rating_days: facts.terms.rating_days }]),
    }
}

/// 邮寄退回: what came back has reached nobody; it waits at the window again.
pub(super) fn return_delivery(
    case: &Case,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    match case.stage {
        Stage::Delivered { by_mail: true, .. } => {
            Ok(vec![Event::DeliveryReturned { reason: grounds_given(reason)? }])
        }
        Stage::Delivered { .. } => no(RefusalCode::NotMailed),
        _ => no(RefusalCode::NotDelivered),
    }
}

/// The applicant is invited to rate, once per service event; never urged.
pub(super) fn invite_rating(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    at_issuing_window(case, facts)?;
    match case.stage {
        Stage::Delivered { invited: None, .. } => Ok(vec![Event::RatingInvited]),
        Stage::Delivered { .. } => no(RefusalCode::AlreadyInvited),
        _ => no(RefusalCode::NotDelivered),
    }
}

/// A rating by the applicant, invited or not (nobody may keep it from being given); it concludes the case.
pub(super) fn rate(
    case: &Case,
    level: RatingLevel,
    indicators: BTreeSet<u16>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let agent = case.agent.as_ref().map(|agent| agent.agent.id);
    match facts.actor {
        Actor::Applicant(party) if *party == case.applicant.id || Some(*party) == agent => {}
        _ => return no(RefusalCode::WrongPost),
    }
    let Stage::Delivered { .. } = case.stage else { return no(RefusalCode::NotDelivered) };
    if !indicators.iter().all(|indicator| level.has_indicator(*indicator)) {
        return no(RefusalCode::IndicatorMismatch);
    }
    Ok(vec![Event::CaseRated { level, indicators }, Event::CaseConcluded { rated: true }])
}

/// Nobody rated in time: concluded, and counted as unrated, never as good.
pub(super) fn conclude(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    by_system(facts)?;
    let Stage::Delivered { .. } = case.stage else { return no(RefusalCode::NotDelivered) };
    if !over(case, ClockKind::Rating, facts)? {
        return no(RefusalCode::RatingTimeLeft);
    }
    Ok(vec![Event::CaseConcluded { rated: false }])
}

/// 更正: what is put right in a document drawn up anew; nothing where only its form was wrong.
pub(super) struct Correction {
    pub wording: Option<TextRef>,
    pub applicant: Option<crate::applicant::PartyRef>,
}

/// 作废重出: in the name of the same agency, by its chief representative or head, with the approving document.
/// The wrong one is kept; a decision goes the whole way to the applicant again.
pub(super) fn reissue(
    case: &Case,
    number: String,
    correction: Correction,
    reason: Option<TextRef>,
    authority: String,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let staff = at_post(&[Post::ChiefRepresentative, Post::AgencyHead], facts)?;
    let Some(document) = case.document(&number) else { return no(RefusalCode::UnknownDocument) };
    if staff.agency.as_deref() != Some(&document.agency) {
        return no(RefusalCode::NotIssuer);
    }
    separate(case, staff)?;
    if staff.post == Post::ChiefRepresentative && !facts.authorized {
        return no(RefusalCode::AuthorizationMissing);
    }
    if authority.trim().is_empty() {
        return no(RefusalCode::AuthorityMissing);
    }
    if correction.wording.is_some() && !document.kind.carries_reasons() {
        return no(RefusalCode::WordingNotPrinted);
    }
    let (kind, agency, entry) = (document.kind, document.agency.clone(), document.entry);
    let Correction { wording, applicant } = correction;
    let reason = grounds_given(reason)?;
    Ok(vec![Event::DocumentReissued { number, wording, applicant, kind, agency, entry, reason, authority }])
}

/// A window that hands out results of this item (实施方案 四（一）1): of the case's own site, or, where that one
/// only takes in, of any other.
fn at_issuing_window(case: &Case, facts: &Facts<'_>) -> Result<(), Refusal> {
    let home = Some(case).filter(|_| facts.issued_at_home);
    at_window(home, ISSUING, facts)?;
    if facts.issues_here { Ok(()) } else { no(RefusalCode::NotIssuingWindow) }
}
