//! 办件统计, from the journal alone.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use yichuang_domain::case::{Entry, Event, Verdict};
use yichuang_domain::id::{CaseId, VisitId};
use yichuang_storage::{StoreError, journal};

/// 办件统计: each figure but the first and the last two counts cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Visits in which at least one case was handed in.
    pub visitors: u64,
    /// Received.
    pub cases_received: u64,
    /// Accepted, deferred and deemed included.
    pub accepted: u64,
    /// Told what to correct.
    pub corrections_requested: u64,
    /// Accepted with deferred materials.
    pub deferred: u64,
    /// Refused, confirmed by the department.
    pub refused: u64,
    /// Decided: approved and denied.
    pub decided: u64,
    /// Approved.
    pub approved: u64,
    /// Denied.
    pub denied: u64,
    /// Results handed to the issuing window.
    pub issued: u64,
    /// Delivered.
    pub delivered: u64,
    /// Rated by the applicant.
    pub rated: u64,
    /// Entries of the journal.
    pub journal_events: u64,
    /// Milliseconds it took.
    pub elapsed_ms: u64,
}

/// 统计员: counts events as they come, each case once for each figure.
#[derive(Debug, Default)]
pub struct Tally {
    stats: Stats,
    visits: BTreeSet<VisitId>,
    corrected: BTreeSet<CaseId>,
    issued: BTreeSet<CaseId>,
}

impl Tally {
    /// Counts one event of a case.
    pub fn count(&mut self, case: CaseId, event: &Event) {
        let stats = &mut self.stats;
        stats.journal_events += 1;
        match event {
            Event::CaseReceived(received) => {
                stats.cases_received += 1;
                self.visits.insert(received.receipt.visit);
            }
            Event::CorrectionRequested { .. } => stats.corrections_requested += u64::from(self.corrected.insert(case)),
            Event::CaseAccepted { .. } => stats.accepted += 1,
            Event::CaseAcceptedWithDeferral { .. } => {
                stats.accepted += 1;
                stats.deferred += 1;
            }
            Event::CaseRefused { .. } => stats.refused += 1,
            Event::CaseDecided { verdict } => {
                stats.decided += 1;
                match verdict {
                    Verdict::Approved => stats.approved += 1,
                    Verdict::Denied => stats.denied += 1,
                }
            }
            // A result that was sent back and handed over again is one case.
            Event::ResultHandedOver => stats.issued += u64::from(self.issued.insert(case)),
            Event::ResultDelivered { .. } => stats.delivered += 1,
            Event::CaseRated { .. } => stats.rated += 1,
            _ => {}
        }
    }

    /// The figures so far.
    pub fn stats(&self) -> Stats {
        Stats { visitors: self.visits.len() as u64, ..self.stats.clone() }
    }
}

/// Recomputes the figures from the journal alone; `elapsed_ms` is left 0.
pub async fn from_journal(app: &App) -> Result<Stats, AppError> {
    let mut tally = Tally::default();
    let mut unreadable = None;
    journal::walk(app.store(), |row| match read::<Entry>(&row.body) {
        Ok(entry) => tally.count(CaseId(row.case_id), &entry.event),
        Err(error) => unreadable = unreadable.take().or(Some((row.case_id, row.seq, error))),
    })
    .await?;
    match unreadable {
        None => Ok(tally.stats()),
        Some((case, seq, error)) => {
            Err(StoreError::Damaged(format!("办件 {case} 第 {seq} 条记录：{error}")).into())
        }
    }
}
