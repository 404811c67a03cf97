//! 撤回、视为撤回、作废、转报: the ways a case ends before its result (行政许可法 art. 35; 一窗平台规则).

use super::super::limit::ClockKind;
use super::super::{Case, Event};
use super::*;

/// 撤回申请: by the applicant, or at the window on a written request, before the decision.
pub(super) fn withdraw(
    case: &Case,
    request: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    match facts.actor {
        Actor::Applicant(party) if *party == case.applicant.id => {}
        Actor::Applicant(_) => return no(RefusalCode::WrongPost),
        _ => {
            at_window(Some(case), &[Post::Intake], facts)?;
            if request.is_none() {
                return no(RefusalCode::RequestMissing);
            }
        }
    }
    match case.decision() {
        Some(_) => no(RefusalCode::AlreadyDecided),
        None => Ok(vec![Event::CaseWithdrawn { deemed: false, request }]),
    }
}

/// 视为撤回: the deferred materials did not come in time; no denial.
pub(super) fn expire_deferral(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    by_system(facts)?;
    if !over(case, ClockKind::Deferral, facts)? {
        return no(RefusalCode::DeferralTimeLeft);
    }
    Ok(vec![Event::CaseWithdrawn { deemed: true, request: None }])
}

/// 作废: by the head of the deciding agency, with reasons and the approving document; before acceptance too, where
/// a case was taken down twice or by mistake.
pub(super) fn annul(
    case: &Case,
    reason: Option<TextRef>,
    authority: String,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    match facts.actor.staff() {
        Some(staff) if staff.post == Post::AgencyHead && staff.agency.as_deref() == Some(&case.agency) => {
            separate(case, staff)?;
        }
        _ => return no(RefusalCode::AnnulByHead),
    }
    if authority.trim().is_empty() {
        return no(RefusalCode::AuthorityMissing);
    }
    Ok(vec![Event::CaseAnnulled { reason: grounds_given(reason)?, authority }])
}

/// 转报: the higher organ decides; it may not ask for the materials again (art. 35).
pub(super) fn transfer_upward(
    case: &Case,
    organ: String,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    chief_of_case(case, facts)?;
    if stage_is_open(case) {
        return no(RefusalCode::NotAccepted);
    }
    if case.decision().is_some() {
        return no(RefusalCode::NotTransferable);
    }
    if organ.trim().is_empty() {
        return no(RefusalCode::OrganMissing);
    }
    Ok(vec![Event::CaseTransferredUpward { organ, reason: grounds_given(reason)? }])
}
