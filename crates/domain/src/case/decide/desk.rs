//! 认领、转交、征询: who does the next step of a branch, and which other department is asked for its opinion
//! (实施方案 四（四）2; 一窗平台规则). Nothing here moves a clock of the department that decides.

use super::super::{Branch, Case, Event};
use super::approval::{APPROVERS, branch_of, in_approval, undecided};
use super::*;
use crate::id::StaffId;

/// Who may give a step to somebody else without having claimed it.
const ASSIGNERS: &[Post] = &[Post::ChiefRepresentative, Post::AgencyHead];

/// 认领: by somebody of the post whose step it is; a step taken is taken over only by who stands in for its holder.
pub(super) fn claim(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    if facts.actor.staff().map(|staff| staff.post) != branch.stage.post() {
        return no(RefusalCode::OutOfOrder);
    }
    if branch.claim.is_some() && holds(branch, facts) {
        return Err(Refusal::with(RefusalCode::ClaimedByOther, "本人已经认领"));
    }
    unclaimed(branch, facts)?;
    Ok(vec![Event::BranchClaimed { agency: branch.agency.clone() }])
}

/// 放弃认领: by its holder, or who stands in for him.
pub(super) fn release(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    if branch.claim.is_none() || !(holds(branch, facts) || facts.covers) {
        return no(RefusalCode::NotClaimed);
    }
    Ok(vec![Event::BranchReleased { agency: branch.agency.clone() }])
}

/// 转交: to somebody of the same department and post who did not take the case in; by the holder, who stands in for
/// him, the chief representative or the head.
pub(super) fn delegate(
    case: &Case,
    to: StaffId,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, &[APPROVERS, ASSIGNERS].concat(), facts)?;
    undecided(branch)?;
    let assigns = facts.actor.staff().is_some_and(|staff| ASSIGNERS.contains(&staff.post));
    let own = branch.claim.is_some() && (holds(branch, facts) || facts.covers);
    if !own && !assigns {
        return no(RefusalCode::NotClaimed);
    }
    if !facts.fit || branch.claim == Some(to) {
        return no(RefusalCode::SuccessorUnfit);
    }
    if case.intake_hands.contains(&to) {
        return no(RefusalCode::SeparationOfDuties);
    }
    Ok(vec![Event::BranchDelegated { agency: branch.agency.clone(), to, reason: grounds_given(reason)? }])
}

/// 征询意见: of a department that has no branch of its own, one question at a time.
pub(super) fn ask(
    case: &Case,
    to: String,
    days: u32,
    question: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let branch = branch_of(case, APPROVERS, facts)?;
    undecided(branch)?;
    if !facts.fit || days == 0 || case.branch(&to).is_some() {
        return no(RefusalCode::ConsultationIncomplete);
    }
    if case.question_to(&to).is_some() {
        return no(RefusalCode::ConsultationOpen);
    }
    let (agency, question) = (branch.agency.clone(), grounds_given(question)?);
    Ok(vec![Event::OpinionAsked { agency, to, days, question }])
}

/// 答复征询: by the department asked, as long as the case is not decided; late is better than not at all.
pub(super) fn answer(
    case: &Case,
    opinion: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let staff = at_post(APPROVERS, facts)?;
    in_approval(case)?;
    let agency = staff.agency.clone().unwrap_or_default();
    if case.question_to(&agency).is_none() {
        return no(RefusalCode::NotConsulted);
    }
    separate(case, staff)?;
    Ok(vec![Event::OpinionGiven { agency, opinion: grounds_given(opinion)? }])
}

/// The next step is nobody else's: not claimed, the actor's own, or that of somebody the actor stands in for.
pub(super) fn unclaimed(branch: &Branch, facts: &Facts<'_>) -> Result<(), Refusal> {
    match branch.claim {
        Some(_) if !holds(branch, facts) && !facts.covers => no(RefusalCode::ClaimedByOther),
        _ => Ok(()),
    }
}

fn holds(branch: &Branch, facts: &Facts<'_>) -> bool {
    branch.claim == facts.actor.staff().map(|staff| staff.id)
}
