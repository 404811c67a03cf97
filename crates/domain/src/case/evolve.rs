//! 演进: applies one journal entry to a case. Total and without judgement: whatever was decided is
//! applied; reads every version of an entry ever released.

use super::command::DeliveryWay;
use super::event::{CaseReceived, Entry, Event};
use super::{
    Branch, BranchStage, Case, CorrectionNotice, Decision, Deferral, Demand, Ending, InterestedParties,
    IssuedDocument, OpinionRequest, Procedure, Stage, Standing, SubmittedMaterial, Supply, Verdict, Voice,
};
use crate::applicant::PartyRef;
use crate::id::{CaseId, StaffId};
use crate::item::{HandlingMode, ProcedureKind};
use crate::notice::{Issued, NoticeKind};
use crate::time::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The case after this entry. `None` before its first entry, which must be a receipt; an entry that
/// does not fit (a journal not written by this program) leaves the case as it is, version aside.
pub fn evolve(id: CaseId, case: Option<Case>, entry: &Entry) -> Option<Case> {
    let mut case = match (case, &entry.event) {
        (None, Event::CaseReceived(receipt)) => return Some(receive(id, receipt, entry)),
        (case, _) => case?,
    };
    case.version += 1;
    case.last_on = entry.at.date();
    case.desk_entries = if entry.event.of_the_desk() { case.desk_entries + 1 } else { 0 };
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
        redrawn_on: None,
        interested: None,
        branches: vec![],
        consultations: vec![],
        taken_on: None,
        told_on: None,
        desk_entries: 0,
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
        Event::ReceiptAmended { situations, agent, dropped, .. } => {
            (case.situations, case.agent) = (situations.clone(), agent.clone());
            for demand in dropped {
                match demand {
                    Demand::Material(id) => drop(case.materials.remove(id)),
                    Demand::Point(id) => drop(case.points.remove(id)),
                }
            }
            let receipts = case.documents.iter_mut().filter(|d| d.kind == NoticeKind::ReceiptNotice);
            receipts.for_each(|receipt| receipt.void = true);
            intake_hand(case, entry);
        }
        Event::CorrectionRequested { demands, supplement_days, repeated } => {
            match &mut case.notice {
                Some(notice) if *repeated => (notice.from, notice.supplied_on) = (today, None),
                _ => {
                    let (demands, supplement_days) = (demands.clone(), *supplement_days);
                    let (on, from, supplied_on) = (today, today, None);
                    case.stage = Stage::CorrectionRequested { outstanding: demands.clone() };
                    case.notice = Some(CorrectionNotice { on, demands, supplement_days, from, supplied_on });
                }
            }
            intake_hand(case, entry);
        }
        Event::SupplementSubmitted(supply) => {
            supplied(case, supply);
            if let Stage::CorrectionRequested { outstanding } = &case.stage {
                let outstanding = still_outstanding(case, outstanding);
                let only_points = outstanding.iter().all(|demand| matches!(demand, Demand::Point(_)));
                if let Some(notice) =
                    case.notice.as_mut().filter(|_| only_points && !supply.materials.is_empty())
                {
                    notice.supplied_on = Some(today);
                }
                case.stage = Stage::CorrectionRequested { outstanding };
            }
            intake_hand(case, entry);
        }
        _ => apply_acceptance(case, entry),
    }
}

fn apply_acceptance(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    match &entry.event {
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
        Event::SharedFetched { materials, points } => {
            hold(case, materials);
            case.points.extend(points.iter().cloned());
        }
        _ => apply_approval(case, entry),
    }
}

fn apply_approval(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    match &entry.event {
        Event::BranchExamined { agency, .. } => {
            step(case, agency, entry, |b| b.proceed(BranchStage::Examined))
        }
        Event::BranchReviewed { agency, .. } => {
            step(case, agency, entry, |b| b.proceed(BranchStage::Reviewed))
        }
        Event::BranchDecided { agency, verdict, .. } => {
            step(case, agency, entry, |b| b.proceed(BranchStage::Decided { verdict: *verdict, on: today }))
        }
        Event::SpecialProcedureStarted { agency, kind, statutory, hearing, expected_days, .. } => {
            let (kind, statutory, expected_days) = (*kind, *statutory, *expected_days);
            // Nobody decides while a hearing is called, so it stops the clocks of all.
            let touched = |b: &&mut Branch| {
                b.agency == *agency || (kind == ProcedureKind::Hearing && b.verdict().is_none())
            };
            for branch in case.branches.iter_mut().filter(touched) {
                let hearing = hearing.clone().filter(|_| branch.agency == *agency);
                let (from, until) = (today, None);
                branch.procedures.push(Procedure { kind, from, expected_days, hearing, until, statutory });
            }
            step(case, agency, entry, |_| {})
        }
        Event::SpecialProcedureEnded { agency, kind, held, officers, .. } => {
            let hearing = *kind == ProcedureKind::Hearing;
            if let Some(told) = case.interested.as_mut().filter(|_| hearing) {
                told.held |= *held;
            }
            for branch in case.branches.iter_mut().filter(|b| b.agency == *agency || hearing) {
                for procedure in branch.procedures.iter_mut().filter(|p| p.until.is_none() && p.kind == *kind)
                {
                    procedure.until = Some(today);
                }
            }
            step(case, agency, entry, |b| b.hands.extend(officers))
        }
        Event::LimitExtended { agency, days, joint, promised, .. } => {
            for branch in case.branches.iter_mut().filter(|b| b.verdict().is_none()) {
                if *joint || branch.agency == *agency {
                    branch.extended = Some(*days);
                    branch.promise_extended = promised.contains(&branch.agency).then_some(*days);
                }
            }
            if !joint {
                step(case, agency, entry, |_| {})
            }
        }
        Event::OverdueExplained { agency, .. } => step(case, agency, entry, |b| b.explained_on = Some(today)),
        Event::InterestedPartiesTold { agency, parties, request_days, hold_days, .. } => {
            told(case, today, parties, (*request_days, *hold_days));
            step(case, agency, entry, |_| {})
        }
        Event::PartyServed { agency, party, on } => {
            let told = case.interested.as_mut().and_then(|told| told.parties.get_mut(party));
            if let Some(party) = told {
                party.served_on = Some(*on);
            }
            step(case, agency, entry, |_| {})
        }
        Event::PartyHeard { agency, party, voice, .. } => {
            let told = case.interested.as_mut().and_then(|told| told.parties.get_mut(party));
            match (told, voice) {
                (Some(party), Voice::HearingRequested) => {
                    (party.requested_on, party.waived) = (Some(today), false)
                }
                (Some(party), Voice::HearingWaived) => (party.requested_on, party.waived) = (None, true),
                _ => {}
            }
            step(case, agency, entry, |_| {})
        }
        Event::CaseDecided { verdict, delivery_days } => {
            if *verdict == Verdict::Denied {
                case.deferral = None; // nothing is withheld from somebody who is denied
            }
            case.stage =
                Stage::Decided(Decision { verdict: *verdict, on: today, delivery_days: *delivery_days });
        }
        _ => apply_desk(case, entry),
    }
}

/// Who does the next step, and whom a department asks. No hand in the decision.
fn apply_desk(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    let claim = |case: &mut Case, agency: &str, by: Option<StaffId>| {
        if let Some(branch) = case.branches.iter_mut().find(|branch| branch.agency == agency) {
            branch.claim = by;
        }
    };
    match &entry.event {
        Event::BranchClaimed { agency } => claim(case, agency, entry.by.staff().map(|staff| staff.id)),
        Event::BranchReleased { agency } => claim(case, agency, None),
        Event::BranchDelegated { agency, to, .. } => claim(case, agency, Some(*to)),
        Event::OpinionAsked { agency, to, days, question } => {
            let (agency, to, days, question) = (agency.clone(), to.clone(), *days, question.clone());
            case.consultations.push(OpinionRequest { agency, to, on: today, days, question, answer: None });
        }
        Event::OpinionGiven { agency, opinion } => {
            let open =
                case.consultations.iter_mut().find(|asked| asked.to == *agency && asked.answer.is_none());
            if let Some(asked) = open {
                asked.answer = Some((today, opinion.clone()));
            }
        }
        _ => apply_issuing(case, entry),
    }
}

fn apply_issuing(case: &mut Case, entry: &Entry) {
    let today = entry.at.date();
    match &entry.event {
        Event::CaseRated { level, .. } => case.rating = Some(*level),
        Event::ResultTaken => case.taken_on = Some(today),
        Event::ApplicantTold { .. } => case.told_on = Some(today),
        // Nothing the window holds any more.
        Event::ResultSentBack { .. } => case.taken_on = None,
        Event::ResultDelivered { way: DeliveryWay::Window { visit, .. }, .. } => {
            case.visits.insert(*visit);
        }
        Event::DocumentReissued { number, applicant, .. } => replace(case, number, applicant.as_ref()),
        _ => {}
    }
    case.stage = match (case.stage.clone(), &entry.event) {
        (Stage::Decided(decision), Event::ResultHandedOver { .. }) => Stage::HandedOver(decision),
        (Stage::HandedOver(decision), Event::ResultChecked) => Stage::Checked(decision),
        (Stage::HandedOver(decision), Event::ResultSentBack { .. }) => Stage::Decided(decision),
        (Stage::Checked(decision), Event::ResultDelivered { way, rating_days }) => {
            let by_mail = matches!(way, DeliveryWay::Mail { .. });
            Stage::Delivered { decision, on: today, invited: None, rating_days: *rating_days, by_mail }
        }
        (Stage::Delivered { decision, .. }, Event::DeliveryReturned { .. }) => Stage::Checked(decision),
        (Stage::Delivered { decision, on, rating_days, by_mail, .. }, Event::RatingInvited) => {
            Stage::Delivered { decision, on, invited: Some(today), rating_days, by_mail }
        }
        // A decision drawn up anew goes the whole way to the applicant again.
        (stage, Event::DocumentReissued { kind, .. }) if kind.is_decision() => {
            case.redrawn_on = Some(today);
            (case.taken_on, case.told_on) = (None, None);
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

/// Whoever is told later joins those told before. A hearing held without him was not his: then everything is
/// open to him, and to nobody else.
fn told(case: &mut Case, today: Date, parties: &[PartyRef], (request_days, hold_days): (u32, u32)) {
    let (parties_before, held) = (BTreeMap::new(), false);
    let new = InterestedParties { told_on: today, parties: parties_before, request_days, hold_days, held };
    let told = case.interested.get_or_insert(new);
    let others = (!parties.is_empty()).then_some(case.applicant.id);
    for id in parties.iter().map(|party| party.id).chain(others) {
        if told.parties.contains_key(&id) {
            continue;
        }
        if std::mem::take(&mut told.held) {
            let heard = told.parties.values_mut().filter(|party| party.requested_on.is_some());
            heard.for_each(|party| (party.requested_on, party.waived) = (None, true));
        }
        told.parties.insert(id, Standing::default());
    }
}

/// The wrong document holds no more; the applicant registered anew takes the place of the one before.
fn replace(case: &mut Case, number: &str, applicant: Option<&PartyRef>) {
    for document in case.documents.iter_mut().filter(|document| document.number == number) {
        document.void = true;
    }
    let Some(applicant) = applicant else { return };
    let before = std::mem::replace(&mut case.applicant, applicant.clone());
    if let Some(told) = &mut case.interested
        && let Some(standing) = told.parties.remove(&before.id)
    {
        told.parties.insert(applicant.id, standing);
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
