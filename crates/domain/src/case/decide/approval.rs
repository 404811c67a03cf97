//! 审查、审核、审批: each department's branch, its special procedures and its one extension
//! (行政许可法 art. 34, 38, 42, 45; 实施方案 四（四）2).

use super::super::{Branch, BranchStage, Case, Event, Hearing, Stage, Verdict};
use super::*;
use crate::id::StaffId;
use crate::item::{HandlingMode, ProcedureKind};
use std::collections::BTreeSet;

pub(super) const APPROVERS: &[Post] = &[Post::Examiner, Post::Reviewer, Post::ChiefRepresentative];

/// 即办件转承诺件: it could not be decided within the visit (art. 34 para. 2). Where the same day was
/// promised, the statutory limit is the promise from now on.
pub(super) fn convert_to_within_limit(
    case: &Case,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    branch_of(case, APPROVERS, facts)?;
    if case.mode != HandlingMode::OnTheSpot {
        return no(RefusalCode::NotOnTheSpot);
    }
    if over(case, ClockKind::Promised, facts)? {
        return no(RefusalCode::LimitOver);
    }
    let limit = facts.item.statutory.as_ref().map(|statutory| statutory.limit);
    if limit.is_none() && case.branches.iter().any(|b| b.promised.limit.days == 0) {
        return no(RefusalCode::NoLimitToConvert);
    }
    Ok(vec![Event::ConvertedToWithinLimit { reason: grounds_given(reason)?, limit }])
}

/// 审查.
pub(super) fn examine(
    case: &Case,
    opinion: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = step(case, Post::Examiner, facts)?;
    in_order(branch, BranchStage::Pending)?;
    Ok(vec![Event::BranchExamined { agency: branch.agency.clone(), opinion }])
}

/// 审核.
pub(super) fn review(
    case: &Case,
    opinion: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = step(case, Post::Reviewer, facts)?;
    in_order(branch, BranchStage::Examined)?;
    Ok(vec![Event::BranchReviewed { agency: branch.agency.clone(), opinion }])
}

/// 审批: written, with reasons when denied (art. 38); a broken promise is explained before (优化营商环境条例 art. 36). The last branch brings the joint decision: denied
/// if one denied.
pub(super) fn decide_branch(
    case: &Case,
    verdict: Verdict,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = step(case, Post::ChiefRepresentative, facts)?;
    in_order(branch, BranchStage::Reviewed)?;
    if !facts.authorized {
        return no(RefusalCode::AuthorizationMissing);
    }
    if verdict == Verdict::Denied && reason.is_none() {
        return no(RefusalCode::ReasonMissing);
    }
    interest::settled(case, facts)?;
    if branch.explained_on.is_none() && promise_broken(case, &branch.agency, facts)? {
        return no(RefusalCode::ExplainFirst);
    }
    let agency = branch.agency.clone();
    let others = case.branches.iter().filter(|other| !std::ptr::eq(*other, branch));
    let verdicts: Option<Vec<Verdict>> = others.map(|b| b.verdict()).chain([Some(verdict)]).collect();
    let mut events = vec![Event::BranchDecided { agency, verdict, reason }];
    if let Some(verdicts) = verdicts {
        let denied = verdicts.contains(&Verdict::Denied);
        let (verdict, delivery_days) = (joint_verdict(denied), facts.terms.delivery_days);
        events.push(Event::CaseDecided { verdict, delivery_days });
    }
    Ok(events)
}

fn joint_verdict(denied: bool) -> Verdict {
    if denied { Verdict::Denied } else { Verdict::Approved }
}

/// 特别程序: the applicant is told in writing how long it takes; the promised clock stops, the statutory
/// one only for the kinds of art. 45 or by another law named in the item.
pub(super) fn start_procedure(
    case: &Case,
    kind: ProcedureKind,
    expected_days: u32,
    hearing: Option<Hearing>,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    let rule = facts.item.procedures.iter().find(|rule| rule.kind == kind);
    // A hearing somebody has a right to needs no listing.
    let asked = case.interested.as_ref().is_some_and(|told| told.hearing_due_from().is_some());
    if rule.is_none() && !(kind == ProcedureKind::Hearing && asked) {
        return no(RefusalCode::ProcedureNotListed);
    }
    if branch.running().is_some() {
        return no(RefusalCode::ProcedureRunning);
    }
    if expected_days == 0 {
        return no(RefusalCode::ExpectedDaysMissing);
    }
    let (hearing, to) = match kind {
        ProcedureKind::Hearing => {
            interest::called(case, hearing, facts).map(|(hearing, to)| (Some(hearing), to))?
        }
        _ => (None, vec![]),
    };
    let statutory = kind.named_by_article_45() || rule.is_some_and(|rule| rule.suspends_by.is_some());
    let agency = branch.agency.clone();
    let reason = grounds_given(reason)?;
    let started =
        Event::SpecialProcedureStarted { agency, kind, expected_days, hearing, to, statutory, reason };
    Ok(vec![started])
}

/// The result is in; the clocks run on from the next day. A site inspection takes two officers (art. 34).
pub(super) fn end_procedure(
    case: &Case,
    officers: BTreeSet<StaffId>,
    held: bool,
    result: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    let Some(procedure) = branch.own_running() else { return no(RefusalCode::ProcedureNotRunning) };
    // A hearing that did not take place may be recorded at any time; it is called anew.
    if held && procedure.hearing.as_ref().is_some_and(|hearing| facts.at.date() < hearing.on) {
        return no(RefusalCode::HearingDayAhead);
    }
    let inspected = procedure.kind == ProcedureKind::SiteInspection;
    if inspected && officers.len() < facts.terms.site_inspection_officers {
        return no(RefusalCode::TwoOfficersNeeded);
    }
    if !facts.own_officers {
        return no(RefusalCode::OfficersNotOwn);
    }
    if !officers.is_disjoint(&case.intake_hands) {
        return no(RefusalCode::SeparationOfDuties);
    }
    let (agency, kind, held) = (branch.agency.clone(), procedure.kind, held && procedure.hearing.is_some());
    let result = grounds_given(result)?;
    Ok(vec![Event::SpecialProcedureEnded { agency, kind, held, officers, result }])
}

/// 延期: once, by the head of the agency, up to the days of art. 42, with the reason told. Of 联合办理, by the head
/// of the government, for every branch (para. 2).
pub(super) fn extend(
    case: &Case,
    days: u32,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Some(staff) = facts.actor.staff() else { return no(RefusalCode::HeadNeeded) };
    let joint = facts.item.is_joint();
    match (staff.post, joint) {
        (Post::AgencyHead, false) | (Post::GovernmentHead, true) => {}
        (Post::AgencyHead, true) => return no(RefusalCode::GovernmentHeadNeeded),
        (Post::GovernmentHead, false) => return no(RefusalCode::NotJoint),
        _ => return no(RefusalCode::HeadNeeded),
    }
    let branch = if joint { first_open(case)? } else { own_branch(case, staff)? };
    separate(case, staff)?;
    undecided(branch)?;
    if branch.extended.is_some() {
        return no(RefusalCode::AlreadyExtended);
    }
    let by_article = if joint {
        Some(facts.terms.joint_extension_days)
    } else {
        facts.item.extension_days(facts.terms.extension_days)
    };
    let Some(most) = by_article else { return no(RefusalCode::NotExtendable) };
    if days == 0 || days > most {
        return no(RefusalCode::ExtensionTooLong);
    }
    let mut promised = BTreeSet::new();
    for clock in limit::clocks(case).iter().filter(|clock| joint || clock.branch == branch.agency) {
        let over = clock.over(facts.calendar, facts.at.date())?;
        match clock.kind {
            ClockKind::Statutory if over => return no(RefusalCode::LimitOver),
            // A promise broken stays broken.
            ClockKind::Promised if !over => drop(promised.insert(clock.branch.clone())),
            _ => {}
        }
    }
    let agency = if joint { case.agency.clone() } else { branch.agency.clone() };
    let reason = grounds_given(reason)?;
    Ok(vec![Event::LimitExtended { agency, days, joint, promised, reason }])
}

/// 超期说明: the promise was not kept; the applicant is told why, once (优化营商环境条例 art. 36).
pub(super) fn explain_overdue(
    case: &Case,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    if branch.explained_on.is_some() {
        return no(RefusalCode::AlreadyExplained);
    }
    if !promise_broken(case, &branch.agency, facts)? {
        return no(RefusalCode::NotOverdue);
    }
    Ok(vec![Event::OverdueExplained { agency: branch.agency.clone(), reason: grounds_given(reason)? }])
}

/// The promised limit of this branch is over today.
fn promise_broken(case: &Case, agency: &str, facts: &Facts<'_>) -> Result<bool, Refusal> {
    let clocks = limit::clocks(case);
    let promised = clocks.iter().find(|c| c.branch == agency && c.kind == ClockKind::Promised);
    let over = promised.map(|clock| clock.over(facts.calendar, facts.at.date())).transpose()?;
    Ok(over.unwrap_or_default())
}

/// One of the three steps: at the right post, not an intake hand, no procedure running.
fn step<'a>(case: &'a Case, post: Post, facts: &Facts<'_>) -> Result<&'a Branch, Refusal> {
    let branch = branch_of(case, &[post], facts)?;
    undecided(branch)?;
    if branch.running().is_some() {
        return no(RefusalCode::BranchSuspended);
    }
    desk::unclaimed(branch, facts)?;
    Ok(branch)
}

/// The branch of the actor's agency, in approval, the actor not an intake hand.
pub(super) fn branch_of<'a>(
    case: &'a Case,
    posts: &[Post],
    facts: &Facts<'_>,
) -> Result<&'a Branch, Refusal> {
    let staff = at_post(posts, facts)?;
    let branch = own_branch(case, staff)?;
    separate(case, staff)?;
    Ok(branch)
}

fn own_branch<'a>(case: &'a Case, staff: &StaffActor) -> Result<&'a Branch, Refusal> {
    in_approval(case)?;
    let agency = staff.agency.as_deref().unwrap_or_default();
    case.branch(agency).ok_or_else(|| RefusalCode::NotYourBranch.into())
}

pub(super) fn in_approval(case: &Case) -> Result<(), Refusal> {
    match case.stage {
        Stage::InApproval { .. } => Ok(()),
        _ if stage_is_open(case) => no(RefusalCode::NotAccepted),
        _ => no(RefusalCode::BranchDecided),
    }
}

/// A branch still undecided, for an act that concerns all of them.
fn first_open(case: &Case) -> Result<&Branch, Refusal> {
    in_approval(case)?;
    let open = case.branches.iter().find(|branch| branch.verdict().is_none());
    open.ok_or_else(|| RefusalCode::BranchDecided.into())
}

pub(super) fn undecided(branch: &Branch) -> Result<(), Refusal> {
    if branch.verdict().is_some() { no(RefusalCode::BranchDecided) } else { Ok(()) }
}

fn in_order(branch: &Branch, expected: BranchStage) -> Result<(), Refusal> {
    if branch.stage == expected { Ok(()) } else { no(RefusalCode::OutOfOrder) }
}
