//! One case: its records against each other, the case row, the acts and the anchors. Pure.

use super::report::{Fault, FaultKind};
use crate::acts::WitnessRow;
use crate::anchors::LeafRow;
use crate::cases::HeadRow;
use crate::journal::{self, JournalRow};
use std::cmp::Ordering;

/// Everything known of one case.
#[derive(Default)]
pub(super) struct Known {
    pub case: Option<HeadRow>,
    pub records: Vec<JournalRow>,
    pub acts: Vec<WitnessRow>,
    /// Where anchors have seen it, in the order of its records.
    pub leaves: Vec<LeafRow>,
}

impl Known {
    /// It has moved since it was last anchored.
    pub fn moved(&self) -> bool {
        self.leaves.last().map(|leaf| leaf.seq) != self.case.as_ref().map(|case| case.version)
    }
}

/// The first fault of one case.
pub(super) fn check(case_id: i64, known: &Known) -> Option<Fault> {
    let case_no = known.case.as_ref().map_or("", |c| &c.case_no);
    let fault = |seq: i64, kind| Some(Fault { case_no: case_no.into(), case_id, seq, kind });
    let Some(case) = &known.case else { return fault(0, FaultKind::CaseMissing) };
    let witnessed = known.acts.last().map_or(0, |act| act.seq);
    let mut at = journal::start(case_id);
    let mut acts = known.acts.iter().peekable();
    let mut leaves = known.leaves.iter().peekable();
    for record in &known.records {
        at.seq += 1;
        if record.seq < at.seq {
            return fault(record.seq, FaultKind::Inserted); // numbers begin at 1
        }
        if record.seq != at.seq {
            return fault(at.seq, FaultKind::Missing);
        }
        at.head = journal::link(&at.head, case_id, at.seq, &record.body);
        if record.hash != at.head {
            return fault(at.seq, FaultKind::Edited);
        }
        if at.seq > witnessed {
            return fault(at.seq, FaultKind::Inserted);
        }
        while let Some(act) = acts.next_if(|act| act.seq <= at.seq) {
            if act.seq == at.seq && act.head != at.head {
                return fault(at.seq, FaultKind::Rechained);
            }
        }
        while let Some(leaf) = leaves.next_if(|leaf| leaf.seq <= at.seq) {
            match leaf.seq == at.seq {
                false => return fault(0, FaultKind::LeavesDiffer(leaf.anchor)), // numbers begin at 1
                true if leaf.head != at.head => return fault(at.seq, FaultKind::Rewritten(leaf.anchor)),
                true => {}
            }
        }
    }
    if let (Some(leaf), true) = (leaves.next(), at.seq >= witnessed) {
        return fault(at.seq + 1, FaultKind::CutOff(leaf.anchor));
    }
    match at.seq.cmp(&witnessed) {
        Ordering::Less => fault(at.seq + 1, FaultKind::Missing),
        _ if at.seq == 0 => fault(1, FaultKind::Missing), // a case begins with a record
        _ if (case.version, &case.head_hash) != (at.seq, &at.head) => fault(at.seq, FaultKind::HeadDiffers),
        _ => None,
    }
}
