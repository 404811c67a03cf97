//! 利害关系人: told, heard, and given the time to ask for a hearing before anything is decided
//! (行政许可法 art. 36, 47 and 48).

use super::super::{Branch, Case, Event, Voice};
use super::approval::{APPROVERS, branch_of, undecided};
use super::*;
use crate::applicant::PartyRef;
use crate::calendar::Span;
use crate::id::PartyId;
use crate::item::{DayUnit, Limit};

/// 告知: by a department that decides. Nobody told means: it was looked into, and nobody is touched.
pub(super) fn tell(
    case: &Case,
    parties: Vec<PartyRef>,
    matter: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    let Terms { hearing_request_days: request_days, hearing_hold_days: hold_days, .. } = facts.terms;
    let (agency, matter) = (branch.agency.clone(), grounds_given(matter)?);
    Ok(vec![Event::InterestedPartiesTold { agency, parties, matter, request_days, hold_days }])
}

/// 听取意见: what the applicant or somebody told has to say, on record before the decision.
pub(super) fn hear(
    case: &Case,
    party: PartyId,
    voice: Voice,
    words: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    let told = case.interested.as_ref().filter(|told| told.parties.contains(&party));
    if told.is_none() && party != case.applicant.id {
        return no(RefusalCode::NotInterested);
    }
    let (agency, words) = (branch.agency.clone(), grounds_given(words)?);
    Ok(vec![Event::PartyHeard { agency, party, voice, words }])
}

/// Nothing is decided before those touched were told, their time to ask for a hearing is over or they did
/// without it, and a hearing asked for was held.
pub(super) fn settled(case: &Case, branch: &Branch, facts: &Facts<'_>) -> Result<(), Refusal> {
    match &case.interested {
        None if facts.item.touches_others && branch.agency == case.agency => {
            no(RefusalCode::InterestedUntold)
        }
        None => Ok(()),
        Some(told) if told.requested_on.is_some() && !told.held => no(RefusalCode::HearingNotHeld),
        Some(told) if told.requested_on.is_some() || told.silent.is_empty() => Ok(()),
        Some(_) if over(case, ClockKind::HearingRequest, facts)? => Ok(()),
        Some(_) => no(RefusalCode::HearingTimeLeft),
    }
}

/// The parties are told of the day early enough (art. 48).
pub(super) fn notified(held_on: Option<Date>, facts: &Facts<'_>) -> Result<Option<Date>, Refusal> {
    let notice = Limit { days: facts.terms.hearing_notice_days, unit: DayUnit::Workday };
    let none: &[Span] = &[];
    let earliest = facts.calendar.due(facts.at.date(), notice, none)?;
    match (held_on, earliest) {
        (Some(on), Some(earliest)) if on >= earliest.on => Ok(held_on),
        _ => no(RefusalCode::HearingDayTooSoon),
    }
}

/// A hearing somebody asked for, and not yet held.
pub(super) fn hearing_asked_for(case: &Case) -> bool {
    case.interested.as_ref().is_some_and(|told| told.requested_on.is_some() && !told.held)
}
