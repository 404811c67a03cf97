//! 演进: applies one journal entry to a case. Total and without judgement: whatever was decided is
//! applied; reads every version of an entry ever released.

use super::event::{CaseReceived, Entry, Event};
use super::{
    Branch, BranchStage, Case, CorrectionNotice, Decision, Deferral, Demand, MaterialWay, Procedure,
};
use super::{Stage, SubmittedMaterial};
use crate::id::CaseId;
use crate::item::HandlingMode;
use crate::notice::Issued;
use std::collections::BTreeSet;

/// The case after this entry. `None` before its first entry, which must be a receipt; an entry that
/// does not fit (a journal not written by this program) leaves the case as it is, version aside.
pub fn evolve(id: CaseId, case: Option<Case>, entry: &Entry) -> Option<Case> {
    let mut case = match (case, &entry.event) {
        (None, Event::CaseReceived(receipt)) => return Some(receive(id, receipt, entry)),
        (case, _) => case?,
    };
    case.version += 1;
    case.last_on = entry.at.date();
    apply(&mut case, entry);
    Some(case)
}

fn receive(id: CaseId, received: &CaseReceived, entry: &Entry) -> Case {
    let CaseReceived { receipt, site, agency, mode, correction_days } = received.clone();
    let mut case = Case {
        id,
        version: 1,
        case_no: String::new(),
        exchange_no: String::new(),
        visit: receipt.visit,
        site,
        item: receipt.item,
        agency,
        channel: receipt.channel,
        mode,
        applicant: receipt.applicant,
        agent: receipt.agent,
        situations: receipt.situations,
        materials: Default::default(),
        points: receipt.points,
        received_at: entry.at,
        intake_hands: Default::default(),
        correction_days,
        notice: None,
        deferral: None,
        deferral_met_on: None,
        branches: vec![],
        last_on: entry.at.date(),
        rating: None,
        stage: Stage::Received,
    };
    for number in &entry.issued {
        match number {
            Issued::CaseNo(number) => case.case_no = number.clone(),
            Issued::ExchangeNo(number) => case.exchange_no = number.clone(),
            Issued::Notice { .. } => {}
        }
    }
    hold(&mut case, &receipt.materials);
    intake_hand(&mut case, entry);
    case
}

fn apply(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    if let Some(ending) = entry.event.ending() {
        case.stage = Stage::Ended { ending, on: today };
        return;
    }
    match &entry.event {
        Event::CorrectedOnTheSpot { materials, points, .. } => {
            hold(case, materials);
            case.points.extend(points.iter().cloned());
            intake_hand(case, entry);
        }
        Event::CorrectionRequested { demands, supplement_days, repeated } => {
            if !repeated {
                let notice = (today, demands.clone(), *supplement_days);
                case.notice =
                    Some(CorrectionNotice { on: notice.0, demands: notice.1, supplement_days: notice.2 });
                case.stage = Stage::CorrectionRequested { outstanding: demands.clone() };
            }
            intake_hand(case, entry);
        }
        Event::SupplementSubmitted { materials, points } => {
            hold(case, materials);
            case.points.extend(points.iter().cloned());
            if let Stage::CorrectionRequested { outstanding } = &case.stage {
                let outstanding = still_outstanding(case, outstanding);
                case.stage = Stage::CorrectionRequested { outstanding };
            }
            intake_hand(case, entry);
        }
        Event::CaseAccepted { accepted_on, deemed, branches } => {
            case.branches = branches.clone();
            case.stage = Stage::InApproval { accepted_on: *accepted_on, deemed: *deemed };
            intake_hand(case, entry);
        }
        Event::CaseAcceptedWithDeferral { accepted_on, branches, missing, days, .. } => {
            case.branches = branches.clone();
            case.deferral = Some(Deferral { from: *accepted_on, days: *days, outstanding: missing.clone() });
            case.stage = Stage::InApproval { accepted_on: *accepted_on, deemed: false };
            intake_hand(case, entry);
        }
        Event::DeferredMaterialsSubmitted { materials, points } => {
            hold(case, materials);
            case.points.extend(points.iter().cloned());
            if let Some(deferral) = &mut case.deferral {
                deferral.outstanding.retain(|id| !case.materials.contains_key(id));
            }
            if case.deferral.take_if(|deferral| deferral.outstanding.is_empty()).is_some() {
                case.deferral_met_on = Some(today);
            }
            intake_hand(case, entry);
        }
        Event::RefusalProposed { ground, .. } => {
            case.stage = Stage::RefusalProposed { ground: ground.clone() };
            intake_hand(case, entry);
        }
        Event::RefusalRejected { .. } => case.stage = Stage::Received,
        Event::ConvertedToWithinLimit { limit, .. } => {
            case.mode = HandlingMode::WithinLimit;
            for branch in case.branches.iter_mut().filter(|b| b.promised.limit.days == 0) {
                branch.promised.limit = limit.unwrap_or(branch.promised.limit);
            }
        }
        _ => apply_approval(case, entry),
    }
}

fn apply_approval(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    match &entry.event {
        Event::BranchExamined { agency, .. } => {
            step(case, agency, entry, |b| b.stage = BranchStage::Examined)
        }
        Event::BranchReviewed { agency, .. } => {
            step(case, agency, entry, |b| b.stage = BranchStage::Reviewed)
        }
        Event::BranchDecided { agency, verdict, .. } => {
            step(case, agency, entry, |b| b.stage = BranchStage::Decided { verdict: *verdict, on: today })
        }
        Event::SpecialProcedureStarted { agency, kind, statutory, .. } => {
            let procedure = Procedure { kind: *kind, from: today, until: None, statutory: *statutory };
            step(case, agency, entry, |b| b.procedures.push(procedure))
        }
        Event::SpecialProcedureEnded { agency, officers, .. } => step(case, agency, entry, |b| {
            for procedure in b.procedures.iter_mut().filter(|p| p.until.is_none()) {
                procedure.until = Some(today);
            }
            b.hands.extend(officers);
        }),
        Event::LimitExtended { agency, days, .. } => step(case, agency, entry, |b| b.extended = Some(*days)),
        Event::CaseDecided { verdict } => {
            if *verdict == super::Verdict::Denied {
                case.deferral = None; // nothing is withheld from somebody who is denied
            }
            case.stage = Stage::Decided(Decision { verdict: *verdict, on: today });
        }
        _ => apply_issuing(case, entry),
    }
}

fn apply_issuing(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    if let Event::CaseRated { level, .. } = &entry.event {
        case.rating = Some(*level);
    }
    case.stage = match (case.stage.clone(), &entry.event) {
        (Stage::Decided(decision), Event::ResultHandedOver) => Stage::HandedOver(decision),
        (Stage::HandedOver(decision), Event::ResultChecked) => Stage::Checked(decision),
        (Stage::HandedOver(decision), Event::ResultSentBack { .. }) => Stage::Decided(decision),
        (Stage::Checked(decision), Event::ResultDelivered { .. }) => {
            Stage::Delivered { decision, on: today, invited: None }
        }
        (Stage::Delivered { decision, on, .. }, Event::RatingInvited) => {
            Stage::Delivered { decision, on, invited: Some(today) }
        }
        (stage, _) => stage,
    };
}

/// What of these demands the case does not hold or has not passed.
pub(super) fn still_outstanding(case: &Case, demands: &BTreeSet<Demand>) -> BTreeSet<Demand> {
    let open = |demand: &&Demand| match demand {
        Demand::Material(id) => !case.materials.contains_key(id),
        Demand::Point(id) => !case.points.contains(id),
    };
    demands.iter().filter(open).cloned().collect()
}

fn hold(case: &mut Case, materials: &[SubmittedMaterial]) {
    let held = materials.iter().map(|m| -> (String, MaterialWay) { (m.material.clone(), m.way) });
    case.materials.extend(held);
}

fn intake_hand(case: &mut Case, entry: &Entry) {
    case.intake_hands.extend(entry.by.staff().map(|staff| staff.id));
}

fn step(case: &mut Case, agency: &str, entry: &Entry, change: impl FnOnce(&mut Branch)) {
    if let Some(branch) = case.branches.iter_mut().find(|b| b.agency == agency) {
        branch.hands.extend(entry.by.staff().map(|staff| staff.id));
        change(branch);
    }
}
