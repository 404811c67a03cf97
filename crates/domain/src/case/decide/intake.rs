//! 收件、补正、受理、不予受理: 行政许可法 art. 29–32 in their order, then 容缺受理.

use super::super::event::CaseReceived;
use super::super::evolve::still_outstanding;
use super::super::limit::ClockKind;
use super::super::{
    Branch, BranchStage, Case, CreditCheck, Demand, Event, MaterialWay, RefusalGround, Stage,
    SubmittedMaterial, Supply, Term,
};
use super::list::{
    demanded_within_list, lacking, name_of, names, points_passed, situation_refused, split, within_list,
};
use super::*;
use crate::applicant::AuthorizedAgent;
use crate::case::command::ReceiveCase;
use crate::item::{DayUnit, Limit, StartEvent};
use std::collections::BTreeSet;

const WINDOW: &[Post] = &[Post::Intake];

/// 收件: never refused for what is missing, only for what cannot be an application here (条例 art. 41).
pub(super) fn receive(receipt: ReceiveCase, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let item = facts.item;
    let staff = at_window(None, WINDOW, facts)?;
    if !item.kind.by_application() {
        return no(RefusalCode::NotByApplication);
    }
    if !facts.validity.in_force(facts.at.date()) {
        return no(RefusalCode::NotInForce);
    }
    if !facts.routed_here {
        return no(RefusalCode::ItemNotAtSite);
    }
    item.check_situations(&receipt.situations).map_err(situation_refused)?;
    within_list(facts, &receipt.situations, &receipt.materials, &receipt.points)?;
    shared_as_listed(facts, &receipt.materials)?;
    let received = CaseReceived {
        site: staff.site.clone().unwrap_or_default(),
        agency: item.agency.clone(),
        mode: item.mode,
        correction_days: item.correction_days.unwrap_or(facts.terms.correction_days),
        receipt,
    };
    Ok(vec![Event::CaseReceived(Box::new(received))])
}

/// Art. 32 para. 1 item 3: what can be put right on the spot may be; a formal error also by a signed note
/// (容错, 暂行管理办法 art. 8), never by a correction notice.
pub(super) fn correct_on_the_spot(
    case: &Case,
    materials: Vec<SubmittedMaterial>,
    points: BTreeSet<String>,
    note: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    if case.stage != Stage::Received {
        return no(RefusalCode::NotOpenToCorrection);
    }
    not_yet_deemed(case, facts)?;
    within_list(facts, &case.situations, &materials, &points)?;
    shared_as_listed(facts, &materials)?;
    let (_, mut unpassed) = lacking(case, facts);
    // What data sharing can fetch may be handed in on paper where it does not come.
    let needed = materials.iter().all(|m| !case.materials.contains_key(&m.material));
    let of_these = facts
        .item
        .review_points(&case.situations)
        .filter(|p| p.material.as_ref().is_some_and(|id| materials.iter().any(|m| &m.material == id)));
    unpassed.extend(of_these.map(|p| p.id.clone()).filter(|id| !case.points.contains(id)));
    if !needed || !points.iter().all(|p| unpassed.contains(p)) {
        return no(RefusalCode::AlreadySatisfied);
    }
    if materials.is_empty() && points.is_empty() {
        return no(RefusalCode::NothingToCorrect);
    }
    Ok(vec![Event::CorrectedOnTheSpot { materials, points, note }])
}

/// 更正收件登记: before anything was told to the applicant, a wrong situation or agent is put right, and the receipt
/// written anew. What the right situation does not ask for is given back (art. 31).
pub(super) fn amend_receipt(
    case: &Case,
    situations: BTreeSet<String>,
    agent: Option<AuthorizedAgent>,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    if case.stage != Stage::Received || case.notice.is_some() {
        return no(RefusalCode::NotOpenToCorrection);
    }
    not_yet_deemed(case, facts)?;
    facts.item.check_situations(&situations).map_err(situation_refused)?;
    if situations == case.situations && agent == case.agent {
        return no(RefusalCode::NothingToCorrect);
    }
    let asked = |id: &&String| !facts.item.required_materials(&situations).any(|m| m.id == **id);
    let materials = case.materials.keys().filter(asked).cloned().map(Demand::Material);
    let checked = |id: &&String| !facts.item.review_points(&situations).any(|p| p.id == **id);
    let points = case.points.iter().filter(checked).cloned().map(Demand::Point);
    let dropped = materials.chain(points).collect();
    Ok(vec![Event::ReceiptAmended { situations, agent, dropped, reason: grounds_given(reason)? }])
}

/// 共享取得: what data sharing has fetched since, by the window or a department that decides
/// (国务院令第716号 art. 7).
pub(super) fn fetch_shared(
    case: &Case,
    materials: Vec<SubmittedMaterial>,
    points: BTreeSet<String>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    if stage_is_open(case) {
        at_window(Some(case), WINDOW, facts)?;
    } else {
        let branch = approval::branch_of(case, approval::APPROVERS, facts)?;
        approval::undecided(branch)?;
    }
    within_list(facts, &case.situations, &materials, &points)?;
    shared_as_listed(facts, &materials)?;
    let fetched =
        |m: &SubmittedMaterial| m.way == MaterialWay::Shared && !case.materials.contains_key(&m.material);
    if materials.is_empty() || !materials.iter().all(fetched) {
        return no(RefusalCode::NothingFetched);
    }
    Ok(vec![Event::SharedFetched { materials, points }])
}

/// Art. 32 para. 1 item 4: one notice, everything in it; a second may not add a point (art. 31: nor may
/// any ask for what is not on the list).
pub(super) fn request_correction(
    case: &Case,
    demands: BTreeSet<Demand>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    if !stage_is_open(case) {
        return no(RefusalCode::NotOpenToCorrection);
    }
    if let Stage::RefusalProposed { .. } = case.stage {
        return no(RefusalCode::RefusalPending);
    }
    not_yet_deemed(case, facts)?;
    if demands.is_empty() {
        return no(RefusalCode::NothingToCorrect);
    }
    let (materials, points) = split(&demands);
    demanded_within_list(facts, &case.situations, &materials, &points)?;
    if let Some(shared) = materials.iter().find(|id| facts.item.material(id).is_some_and(|m| m.shared)) {
        let name = name_of(facts, &Demand::Material(shared.clone()));
        return Err(Refusal::with(RefusalCode::SharedNotDemanded, name));
    }
    if let Some(notice) = &case.notice
        && let Some(new) = demands.iter().find(|demand| !notice.demands.contains(demand))
    {
        return Err(Refusal::with(RefusalCode::SecondNoticeNewPoint, name_of(facts, new)));
    }
    if still_outstanding(case, &demands) != demands {
        return no(RefusalCode::AlreadySatisfied);
    }
    let supplement_days = facts.terms.supplement_days;
    if let Some(notice) = &case.notice {
        let supplement_days = notice.supplement_days;
        return Ok(vec![Event::CorrectionRequested { demands, supplement_days, repeated: true }]);
    }
    let demands = everything_lacking(case, demands, facts)?;
    Ok(vec![Event::CorrectionRequested { demands, supplement_days, repeated: false }])
}

/// The one notice names everything: each missing material and each point not passed. A named material
/// brings its own points along; whatever else is lacking and not named stops the notice.
fn everything_lacking(
    case: &Case,
    mut demands: BTreeSet<Demand>,
    facts: &Facts<'_>,
) -> Result<BTreeSet<Demand>, Refusal> {
    let (missing, unpassed) = lacking(case, facts);
    let of_material = |id: &String| facts.item.review_points.iter().find(|p| &p.id == id)?.material.clone();
    let implied = unpassed.iter().filter(|id| of_material(id).is_some_and(|m| missing.contains(&m)));
    demands.extend(implied.map(|id| Demand::Point(id.clone())));
    let all = missing.into_iter().map(Demand::Material).chain(unpassed.into_iter().map(Demand::Point));
    let omitted: Vec<String> = all.filter(|d| !demands.contains(d)).map(|d| name_of(facts, &d)).collect();
    if omitted.is_empty() {
        Ok(demands)
    } else {
        Err(Refusal::with(RefusalCode::NoticeIncomplete, omitted.join("、")))
    }
}

/// Supplements; when all are in, the case is accepted at that moment (art. 32 para. 1 item 5).
pub(super) fn submit_supplement(
    case: &Case,
    supply: Supply,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Supply { materials, points, .. } = &supply;
    at_window(Some(case), WINDOW, facts)?;
    let Stage::CorrectionRequested { outstanding } = &case.stage else {
        return no(RefusalCode::CorrectionNotAskedFor);
    };
    not_yet_deemed(case, facts)?;
    // A named point lets its material be handed in anew.
    let renewed = |id: &String| {
        let point = |p: &&crate::material::ReviewPoint| p.material.as_ref() == Some(id);
        facts
            .item
            .review_points
            .iter()
            .filter(point)
            .any(|p| outstanding.contains(&Demand::Point(p.id.clone())))
    };
    let asked = |m: &SubmittedMaterial| {
        outstanding.contains(&Demand::Material(m.material.clone())) || renewed(&m.material)
    };
    let named = points.iter().all(|p| outstanding.contains(&Demand::Point(p.clone())));
    if (materials.is_empty() && points.is_empty()) || !named || !materials.iter().all(asked) {
        return no(RefusalCode::CorrectionNotAskedFor);
    }
    shared_as_listed(facts, materials)?;
    let supplied: BTreeSet<Demand> = materials
        .iter()
        .map(|m| Demand::Material(m.material.clone()))
        .chain(points.iter().map(|p| Demand::Point(p.clone())))
        .collect();
    let complete = outstanding.is_subset(&supplied);
    let mut events = vec![Event::SupplementSubmitted(supply)];
    if complete {
        let accepted_on = facts.at.date();
        events.push(Event::CaseAccepted {
            accepted_on,
            deemed: false,
            branches: plan(case, accepted_on, facts)?,
        });
    }
    Ok(events)
}

/// Art. 32 para. 1 item 5: complete and in form, so it must be accepted.
pub(super) fn accept(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    ready_to_accept(case)?;
    not_yet_deemed(case, facts)?;
    let (missing, unpassed) = lacking(case, facts);
    if !missing.is_empty() {
        return Err(Refusal::with(RefusalCode::MaterialsIncomplete, names(facts, &missing)));
    }
    points_passed(facts, &unpassed)?;
    let accepted_on = facts.at.date();
    Ok(vec![Event::CaseAccepted { accepted_on, deemed: false, branches: plan(case, accepted_on, facts)? }])
}

/// 容缺受理: the main materials are there, only deferrable ones are missing, the applicant commits in
/// writing and has no unrepaired bad-credit record.
pub(super) fn accept_with_deferred_materials(
    case: &Case,
    deferred: BTreeSet<String>,
    commitment: Option<TextRef>,
    credit: Option<CreditCheck>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    ready_to_accept(case)?;
    not_yet_deemed(case, facts)?;
    let (missing, unpassed) = lacking(case, facts);
    if deferred.is_empty() || !deferred.is_subset(&missing) {
        return no(RefusalCode::NothingDeferred);
    }
    if missing != deferred {
        let rest: BTreeSet<String> = missing.difference(&deferred).cloned().collect();
        return Err(Refusal::with(RefusalCode::MaterialsIncomplete, names(facts, &rest)));
    }
    let deferrable = |id: &String| facts.item.material(id).is_some_and(|m| m.deferrable);
    let Some(days) = facts.item.tolerance_days.filter(|_| deferred.iter().all(deferrable)) else {
        return no(RefusalCode::NotDeferrable);
    };
    // A point that looks at a deferred material is checked when the material comes.
    let waits = |id: &String| {
        let point = facts.item.review_points.iter().find(|p| &p.id == id);
        point.and_then(|p| p.material.as_ref()).is_some_and(|m| deferred.contains(m))
    };
    points_passed(facts, &unpassed.into_iter().filter(|id| !waits(id)).collect())?;
    // Asked for this case: not before it was handed in, and not after now.
    let asked = |credit: &CreditCheck| {
        !credit.source.trim().is_empty() && case.received_on() <= credit.at.date() && credit.at <= facts.at
    };
    let Some(credit) = credit.filter(asked) else {
        return no(RefusalCode::CreditUnchecked);
    };
    if credit.excluded {
        return no(RefusalCode::CreditExcluded);
    }
    let Some(commitment) = commitment else { return no(RefusalCode::CommitmentMissing) };
    let accepted_on = facts.at.date();
    let branches = plan(case, accepted_on, facts)?;
    let missing = deferred;
    Ok(vec![Event::CaseAcceptedWithDeferral { accepted_on, branches, missing, days, commitment, credit }])
}

/// 补交容缺材料.
pub(super) fn submit_deferred_materials(
    case: &Case,
    supply: Supply,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Supply { materials, points, .. } = &supply;
    let staff = at_window(Some(case), WINDOW, facts)?;
    // 受审分离 from the other side: whoever has examined takes nothing in.
    if case.branches.iter().any(|branch| branch.hands.contains(&staff.id)) {
        return no(RefusalCode::SeparationOfDuties);
    }
    if over(case, ClockKind::Deferral, facts)? {
        return no(RefusalCode::DeferralOver);
    }
    let outstanding = case.deferral.as_ref().map(|deferral| &deferral.outstanding);
    let expected = |m: &SubmittedMaterial| outstanding.is_some_and(|ids| ids.contains(&m.material));
    if materials.is_empty() || !materials.iter().all(expected) {
        return no(RefusalCode::NotDeferredMaterial);
    }
    within_list(facts, &case.situations, materials, points)?;
    shared_as_listed(facts, materials)?;
    // The points that waited for these materials are checked now.
    let of_these = |p: &&crate::material::ReviewPoint| {
        p.material.as_ref().is_some_and(|id| materials.iter().any(|m| &m.material == id))
    };
    let checked = facts.item.review_points(&case.situations).filter(of_these).map(|p| p.id.clone());
    let passed = |id: &String| points.contains(id) || case.points.contains(id);
    points_passed(facts, &checked.filter(|id| !passed(id)).collect())?;
    Ok(vec![Event::DeferredMaterialsSubmitted(supply)])
}

/// The window proposes, the department decides (art. 32 para. 2; domain reading A21).
pub(super) fn propose_refusal(
    case: &Case,
    ground: RefusalGround,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    at_window(Some(case), WINDOW, facts)?;
    ready_to_accept(case)?;
    not_yet_deemed(case, facts)?;
    if matches!(&ground, RefusalGround::NotThisAgency { redirect } if redirect.trim().is_empty()) {
        return no(RefusalCode::RedirectMissing);
    }
    Ok(vec![Event::RefusalProposed { ground, reason: reason_given(reason)? }])
}

/// 不予受理, in the department's name.
pub(super) fn confirm_refusal(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    chief_of_case(case, facts)?;
    let Stage::RefusalProposed { ground } = &case.stage else { return no(RefusalCode::RefusalNotProposed) };
    not_yet_deemed(case, facts)?;
    Ok(vec![Event::CaseRefused { ground: ground.clone() }])
}

/// The department sends the proposal back.
pub(super) fn reject_refusal(
    case: &Case,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    chief_of_case(case, facts)?;
    let Stage::RefusalProposed { .. } = &case.stage else { return no(RefusalCode::RefusalNotProposed) };
    Ok(vec![Event::RefusalRejected { reason: grounds_given(reason)? }])
}

/// 逾期不告知的，自收到申请材料之日起即为受理: back-dated to the day of receipt (art. 32 para. 1 item 4).
pub(super) fn deem_accepted(case: &Case, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    by_system(facts)?;
    if !over(case, ClockKind::Correction, facts)? {
        return no(RefusalCode::NotYetDeemed);
    }
    // After a notice: from the day all it named was there (art. 32 para. 1 item 5).
    let supplied = case.notice.as_ref().and_then(|notice| notice.supplied_on);
    let accepted_on = supplied.unwrap_or(case.received_on());
    Ok(vec![Event::CaseAccepted { accepted_on, deemed: true, branches: plan(case, accepted_on, facts)? }])
}

/// 退件: the applicant's time to supplement is over.
pub(super) fn return_case(
    case: &Case,
    reason: Option<TextRef>,
    facts: &Facts<'_>,
) -> Result<Vec<Event>, Refusal> {
    if *facts.actor != Actor::System {
        at_window(Some(case), WINDOW, facts)?;
    }
    if !over(case, ClockKind::Supplement, facts)? {
        return no(RefusalCode::SupplementTimeLeft);
    }
    Ok(vec![Event::CaseReturned { reason: grounds_given(reason)? }])
}

/// Once the term of art. 32 para. 1 item 4 is over the case is accepted by law, whenever the platform gets
/// round to recording it: the window can undo that no more.
fn not_yet_deemed(case: &Case, facts: &Facts<'_>) -> Result<(), Refusal> {
    if over(case, ClockKind::Correction, facts)? { no(RefusalCode::DeemedAlready) } else { Ok(()) }
}

/// Only what data sharing can fetch is held as fetched (国务院令第716号 art. 7).
fn shared_as_listed(facts: &Facts<'_>, materials: &[SubmittedMaterial]) -> Result<(), Refusal> {
    let not_shared = |m: &&SubmittedMaterial| {
        m.way == MaterialWay::Shared && !facts.item.material(&m.material).is_some_and(|known| known.shared)
    };
    match materials.iter().find(not_shared) {
        Some(m) => {
            let name = name_of(facts, &Demand::Material(m.material.clone()));
            Err(Refusal::with(RefusalCode::NotShared, name))
        }
        None => Ok(()),
    }
}

fn ready_to_accept(case: &Case) -> Result<(), Refusal> {
    match case.stage {
        Stage::Received => Ok(()),
        Stage::CorrectionRequested { .. } => no(RefusalCode::CorrectionPending),
        Stage::RefusalProposed { .. } => no(RefusalCode::RefusalPending),
        _ => no(RefusalCode::NotOpenToCorrection),
    }
}

/// The departments that decide from now on, each with its limits: the deciding agency by the item's own,
/// those concerned by theirs.
fn plan(case: &Case, accepted_on: Date, facts: &Facts<'_>) -> Result<Vec<Branch>, Refusal> {
    let item = facts.item;
    let joint = Limit { days: facts.terms.joint_days, unit: DayUnit::Workday };
    let joint = item.is_joint().then_some(Term { start: accepted_on, limit: joint });
    let own = item.statutory.as_ref().map(|s| {
        // The applicant's own time to supplement never runs against the department.
        let from_receipt = s.start == StartEvent::Receipt && case.notice.is_none();
        let start = if from_receipt { case.received_on() } else { accepted_on };
        Term { start, limit: s.limit }
    });
    let statutory = joint.or(own);
    let own = item.promised.or(item.statutory.as_ref().map(|s| s.limit));
    let Some(own) = own else { return no(RefusalCode::NotInForce) };
    let promised = std::iter::once((item.agency.clone(), own))
        .chain(item.concerned.iter().map(|c| (c.agency.clone(), c.promised)));
    let branch = |(agency, limit)| Branch {
        agency,
        statutory,
        promised: Term { start: accepted_on, limit },
        extended: None,
        promise_extended: None,
        procedures: vec![],
        explained_on: None,
        hands: BTreeSet::new(),
        claim: None,
        stage: BranchStage::Pending,
    };
    let branches: Vec<Branch> = promised.map(branch).collect();
    for term in branches.iter().flat_map(|b| b.statutory.iter().chain([&b.promised])) {
        facts.calendar.due(term.start, term.limit, &[])?;
    }
    Ok(branches)
}
