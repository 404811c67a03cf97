//! 演进: applies one journal entry to a case. Total and without judgement: whatever was decided is
//! applied; reads every version of an entry ever released.

use super::command::DeliveryWay;
use super::event::{CaseReceived, Entry, Event};
use super::{
    Branch, BranchStage, Case, CorrectionNotice, Decision, Deferral, Demand, Ending, InterestedParties,
    IssuedDocument, Procedure, Stage, SubmittedMaterial, Supply, Verdict, Voice,
};
use crate::applicant::PartyRef;
use crate::id::CaseId;
use crate::item::{HandlingMode, ProcedureKind};
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
    documents(&mut case, entry);
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
        visits: [receipt.visit].into(),
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
        interested: None,
        branches: vec![],
        documents: vec![],
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
    documents(&mut case, entry);
    case
}

fn apply(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    if let Some(ending) = entry.event.ending() {
        case.stage = Stage::Ended { ending, on: today };
        // A decision that will not be delivered any more holds no more.
        if matches!(ending, Ending::DeemedWithdrawn | Ending::Annulled) {
            let decisions = case.documents.iter_mut().filter(|document| document.kind.is_decision());
            decisions.for_each(|document| document.void = true);
        }
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
        Event::SupplementSubmitted(supply) => {
            supplied(case, supply);
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
        Event::DeferredMaterialsSubmitted(supply) => {
            supplied(case, supply);
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
        Event::SpecialProcedureStarted { agency, kind, statutory, held_on, .. } => {
            let (kind, held_on, statutory) = (*kind, *held_on, *statutory);
            let procedure = Procedure { kind, from: today, held_on, until: None, statutory };
            step(case, agency, entry, |b| b.procedures.push(procedure))
        }
        Event::SpecialProcedureEnded { agency, officers, .. } => {
            let hearing = case.branch(agency).and_then(Branch::running).map(|p| p.kind);
            if let (Some(ProcedureKind::Hearing), Some(told)) = (hearing, &mut case.interested) {
                told.held = told.requested_on.is_some();
            }
            step(case, agency, entry, |b| {
                for procedure in b.procedures.iter_mut().filter(|p| p.until.is_none()) {
                    procedure.until = Some(today);
                }
                b.hands.extend(officers);
            })
        }
        Event::LimitExtended { days, joint: true, .. } => {
            for branch in case.branches.iter_mut().filter(|b| b.verdict().is_none()) {
                branch.extended = Some(*days);
            }
        }
        Event::LimitExtended { agency, days, .. } => step(case, agency, entry, |b| b.extended = Some(*days)),
        Event::OverdueExplained { agency, .. } => step(case, agency, entry, |b| b.explained_on = Some(today)),
        Event::InterestedPartiesTold { parties, request_days, hold_days, .. } => {
            told(case, entry, parties, (*request_days, *hold_days))
        }
        Event::PartyHeard { party, voice, .. } => {
            if let (Some(told), Voice::HearingRequested | Voice::HearingWaived) =
                (&mut case.interested, voice)
            {
                told.silent.remove(party);
                if *voice == Voice::HearingRequested {
                    told.requested_on.get_or_insert(today);
                }
            }
        }
        Event::CaseDecided { verdict } => {
            if *verdict == Verdict::Denied {
                case.deferral = None; // nothing is withheld from somebody who is denied
            }
            case.stage = Stage::Decided(Decision { verdict: *verdict, on: today });
        }
        _ => apply_issuing(case, entry),
    }
}

fn apply_issuing(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    match &entry.event {
        Event::CaseRated { level, .. } => case.rating = Some(*level),
        Event::ResultDelivered { way: DeliveryWay::Window { visit, .. } } => {
            case.visits.insert(*visit);
        }
        Event::DocumentReissued { number, applicant, .. } => replace(case, number, applicant.as_ref()),
        _ => {}
    }
    case.stage = match (case.stage.clone(), &entry.event) {
        (Stage::Decided(decision), Event::ResultHandedOver { .. }) => Stage::HandedOver(decision),
        (Stage::HandedOver(decision), Event::ResultChecked) => Stage::Checked(decision),
        (Stage::HandedOver(decision), Event::ResultSentBack { .. }) => Stage::Decided(decision),
        (Stage::Checked(decision), Event::ResultDelivered { .. }) => {
            Stage::Delivered { decision, on: today, invited: None }
        }
        (Stage::Delivered { decision, on, .. }, Event::RatingInvited) => {
            Stage::Delivered { decision, on, invited: Some(today) }
        }
        // A decision drawn up anew goes the whole way to the applicant again.
        (stage, Event::DocumentReissued { kind, .. }) if kind.is_decision() => {
            case.decision().map_or(stage, Stage::Decided)
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
    case.materials.extend(materials.iter().map(|m| (m.material.clone(), m.clone())));
}

fn supplied(case: &mut Case, supply: &Supply) {
    hold(case, &supply.materials);
    case.points.extend(supply.points.iter().cloned());
    case.visits.extend(supply.visit);
}

/// Whoever is told later joins those told before; a hearing asked for stays asked for.
fn told(case: &mut Case, entry: &Entry, parties: &[PartyRef], (request_days, hold_days): (u32, u32)) {
    let mut told = case.interested.take().unwrap_or(InterestedParties {
        told_on: entry.at.date(),
        parties: BTreeSet::new(),
        silent: BTreeSet::new(),
        request_days,
        requested_on: None,
        hold_days,
        held: false,
    });
    let others = (!parties.is_empty()).then_some(case.applicant.id);
    let newly = parties.iter().map(|party| party.id).chain(others).filter(|id| !told.parties.contains(id));
    let newly: BTreeSet<_> = newly.collect();
    if !newly.is_empty() {
        told.told_on = entry.at.date();
    }
    told.silent.extend(&newly);
    told.parties.extend(newly);
    case.interested = Some(told);
}

/// The wrong document holds no more; the applicant registered anew takes the place of the one before.
fn replace(case: &mut Case, number: &str, applicant: Option<&PartyRef>) {
    for document in case.documents.iter_mut().filter(|document| document.number == number) {
        document.void = true;
    }
    let Some(applicant) = applicant else { return };
    let before = std::mem::replace(&mut case.applicant, applicant.clone());
    if let Some(told) = &mut case.interested {
        for parties in [&mut told.parties, &mut told.silent] {
            if parties.remove(&before.id) {
                parties.insert(applicant.id);
            }
        }
    }
}

/// The documents numbered with this entry.
fn documents(case: &mut Case, entry: &Entry) {
    let of = match &entry.event {
        Event::DocumentReissued { entry, .. } => *entry,
        _ => case.version,
    };
    let issued = entry.issued.iter().filter_map(|issued| match issued {
        Issued::Notice { kind, agency, number } => {
            let (kind, agency, number) = (*kind, agency.clone(), number.clone());
            Some(IssuedDocument { number, kind, agency, entry: of, void: false })
        }
        _ => None,
    });
    case.documents.extend(issued);
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
