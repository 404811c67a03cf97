//! 利害关系人: told, heard, and given the time to ask for a hearing before anything is decided
//! (行政许可法 art. 36, 47 and 48).

use super::super::limit::Clock;
use super::super::{Branch, Case, Event, Hearing, Standing, Term, Voice};
use super::approval::{APPROVERS, branch_of, undecided};
use super::*;
use crate::applicant::PartyRef;
use crate::id::PartyId;
use crate::item::{DayUnit, Limit};

/// 告知: by a department that decides; that nobody is touched, after looking into it, by the lead alone.
pub(super) fn tell(
    case: &Case,
    parties: Vec<PartyRef>,
    matter: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    if parties.is_empty() && branch.agency != case.agency {
        return no(RefusalCode::NotLeadAgency);
    }
    let Terms { hearing_request_days: request_days, hearing_hold_days: hold_days, .. } = facts.terms;
    let (agency, matter) = (branch.agency.clone(), grounds_given(matter)?);
    Ok(vec![Event::InterestedPartiesTold { agency, parties, matter, request_days, hold_days }])
}

/// 送达登记: from that day the five days run (art. 47).
pub(super) fn record_service(
    case: &Case,
    party: PartyId,
    on: Date,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    let (told_on, standing) = told(case, party)?;
    if standing.served_on.is_some() {
        return no(RefusalCode::AlreadyServed);
    }
    if on < told_on || facts.at.date() < on {
        return no(RefusalCode::ServiceDayWrong);
    }
    Ok(vec![Event::PartyServed { agency: branch.agency.clone(), party, on }])
}

/// 听取意见: what the applicant or somebody told has to say, on record before the decision. A hearing may be
/// asked for by who was told, until five workdays after the notice was served.
pub(super) fn hear(
    case: &Case,
    party: PartyId,
    voice: Voice,
    words: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    match (voice, told(case, party)) {
        (Voice::Statement, Err(_)) if party == case.applicant.id => {}
        (_, Err(refusal)) => return Err(refusal),
        (Voice::HearingRequested, Ok((_, Standing { served_on: Some(served), .. }))) => {
            let days = case.interested.as_ref().map_or(0, |told| told.request_days);
            let term = Term { start: served, limit: Limit { days, unit: DayUnit::Workday } };
            let (branch, kind) = (String::new(), ClockKind::HearingRequest);
            let clock = Clock { branch, kind, term, suspensions: vec![], cap: None };
            if clock.over(facts.calendar, facts.at.date())? {
                return no(RefusalCode::HearingRequestLate);
            }
        }
        _ => {}
    }
    let (agency, words) = (branch.agency.clone(), grounds_given(words)?);
    Ok(vec![Event::PartyHeard { agency, party, voice, words }])
}

/// Day of the telling, and where this party stands.
fn told(case: &Case, party: PartyId) -> Result<(Date, Standing), Refusal> {
    let told = case.interested.as_ref();
    let found = told.and_then(|told| told.parties.get(&party).map(|standing| (told.told_on, *standing)));
    found.ok_or_else(|| RefusalCode::NotInterested.into())
}

/// Nothing is decided before those touched were told, their time to ask for a hearing is over or they did
/// without it, and a hearing asked for was held.
pub(super) fn settled(case: &Case, facts: &Facts<'_>) -> Result<(), Refusal> {
    match &case.interested {
        None if facts.item.touches_others => no(RefusalCode::InterestedUntold),
        None => Ok(()),
        Some(told) if told.hearing_due_from().is_some() => no(RefusalCode::HearingNotHeld),
        Some(told) if told.unserved() => no(RefusalCode::NotServed),
        Some(told) if told.silent_since().is_none() => Ok(()),
        Some(_) if over(case, ClockKind::HearingRequest, facts)? => Ok(()),
        Some(_) => no(RefusalCode::HearingTimeLeft),
    }
}

/// 听证安排: the parties are told of day, time and place seven days before (art. 48); where one asked for it, it is
/// held within twenty days (art. 47); who presides does not examine the application.
pub(super) fn called(
    case: &Case,
    hearing: Option<Hearing>,
    facts: &Facts<'_>,
) -> Result<(Hearing, Vec<PartyId>), Refusal> {
    let Some(hearing) = hearing else { return no(RefusalCode::HearingUnplanned) };
    if hearing.time.trim().is_empty() || hearing.place.trim().is_empty() {
        return no(RefusalCode::HearingUnplanned);
    }
    let notice = Limit { days: facts.terms.hearing_notice_days, unit: DayUnit::Workday };
    let earliest = facts.calendar.due(facts.at.date(), notice, &[])?;
    if earliest.is_none_or(|earliest| hearing.on < earliest.on) || !facts.calendar.is_workday(hearing.on)? {
        return no(RefusalCode::HearingDayTooSoon);
    }
    let latest =
        limit::clock(case, ClockKind::HearingHold).map(|clock| clock.due(facts.calendar)).transpose()?;
    if latest.flatten().is_some_and(|latest| latest.on < hearing.on) {
        return no(RefusalCode::HearingDayTooLate);
    }
    if !facts.own_officers {
        return no(RefusalCode::OfficersNotOwn);
    }
    let own = |branch: &Branch| branch.hands.contains(&hearing.presider);
    if case.branches.iter().any(own) || case.intake_hands.contains(&hearing.presider) {
        return no(RefusalCode::PresiderInvolved);
    }
    if facts.actor.staff().is_some_and(|staff| staff.id == hearing.presider) {
        return no(RefusalCode::PresiderInvolved);
    }
    let told = case.interested.iter().flat_map(|told| told.parties.keys().copied());
    let others = told.filter(|party| *party != case.applicant.id);
    let to = std::iter::once(case.applicant.id).chain(others).collect();
    Ok((hearing, to))
}
