//! 办件统计, from the journal alone.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use yichuang_domain::Refusal;
use yichuang_domain::calendar::WorkCalendar;
use yichuang_domain::case::limit::{ClockKind, clocks};
use yichuang_domain::case::{Case, Ending, Entry, Event, Stage, Verdict, evolve};
use yichuang_domain::id::{CaseId, VisitId};
use yichuang_domain::rating::RatingLevel;
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
    delivered: BTreeSet<CaseId>,
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
            Event::CorrectionRequested { .. } => {
                stats.corrections_requested += u64::from(self.corrected.insert(case))
            }
            Event::CaseAccepted { .. } => stats.accepted += 1,
            Event::CaseAcceptedWithDeferral { .. } => {
                stats.accepted += 1;
                stats.deferred += 1;
            }
            Event::CaseRefused { .. } => stats.refused += 1,
            Event::CaseDecided { verdict, .. } => {
                stats.decided += 1;
                match verdict {
                    Verdict::Approved => stats.approved += 1,
                    Verdict::Denied => stats.denied += 1,
                }
            }
            // A result that was sent back or drawn up anew, and went the same way again, is one case.
            Event::ResultHandedOver { .. } => stats.issued += u64::from(self.issued.insert(case)),
            Event::ResultDelivered { .. } => stats.delivered += u64::from(self.delivered.insert(case)),
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

/// 经办情况: what a manager wants to read, from the journal alone.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The figures.
    pub stats: Stats,
    /// By agency: branches decided, within the promised limit, before it, within the statutory limit.
    pub agencies: BTreeMap<String, Punctuality>,
    /// How cases ended.
    pub endings: BTreeMap<Ending, u64>,
    /// Deemed accepted because nobody told the applicant in time.
    pub deemed: u64,
    /// Ratings by level.
    pub ratings: BTreeMap<RatingLevel, u64>,
    /// Working days from acceptance to decision, summed over the decided cases.
    pub days_to_decision: i64,
    /// 到场次数 of the cases that have ended, summed.
    pub visits: u64,
    /// 最多跑一次: cases that ended with no more than one visit.
    pub one_visit: u64,
    /// Overdue branches, at most the first twenty: case number and agency.
    pub overdue: Vec<(String, String)>,
}

/// 按期情况 of one agency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Punctuality {
    /// Branches decided.
    pub decided: u64,
    /// Not after the promised date (按时).
    pub on_time: u64,
    /// Before the promised date (提前).
    pub early: u64,
    /// After the statutory date (违法超期).
    pub unlawful: u64,
}

/// Replays the whole journal, one case at a time, and sums it up.
pub async fn summary(app: &App) -> Result<Summary, AppError> {
    let calendar = app.calendar();
    let (mut summary, mut tally) = (Summary::default(), Tally::default());
    let (mut case, mut failed): (Option<Case>, Result<(), AppError>) = (None, Ok(()));
    journal::walk(app.store(), |row| {
        let id = CaseId(row.case_id);
        case.take_if(|case| case.id != id);
        let mut step = || -> Result<Option<Case>, AppError> {
            let entry: Entry = read(&row.body)?;
            tally.count(id, &entry.event);
            summary.add(case.as_ref(), &entry, &calendar)?;
            Ok(evolve(id, case.take(), &entry))
        };
        match step() {
            Ok(after) => case = after,
            Err(error) => failed = Err(error),
        }
    })
    .await?;
    failed?;
    Ok(Summary { stats: tally.stats(), ..summary })
}

impl Summary {
    fn add(&mut self, case: Option<&Case>, entry: &Entry, calendar: &WorkCalendar) -> Result<(), AppError> {
        if let Some(ending) = entry.event.ending() {
            *self.endings.entry(ending).or_default() += 1;
            let visits = case.map_or(0, |case| case.visits.len() as u64);
            self.visits += visits;
            self.one_visit += u64::from(visits <= 1);
        }
        match (&entry.event, case) {
            (Event::CaseAccepted { deemed: true, .. }, _) => self.deemed += 1,
            (Event::CaseRated { level, .. }, _) => *self.ratings.entry(*level).or_default() += 1,
            (Event::BranchDecided { agency, .. }, Some(case)) => {
                self.decided(case, agency, entry, calendar)?
            }
            (Event::CaseDecided { .. }, Some(case)) => {
                if let Stage::InApproval { accepted_on, .. } = case.stage {
                    let days = calendar.days_between(accepted_on, entry.at.date());
                    self.days_to_decision += days.map_err(Refusal::from)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn decided(
        &mut self,
        case: &Case,
        agency: &str,
        entry: &Entry,
        calendar: &WorkCalendar,
    ) -> Result<(), AppError> {
        let today = entry.at.date();
        let row = self.agencies.entry(agency.to_owned()).or_default();
        row.decided += 1;
        for clock in clocks(case).iter().filter(|clock| clock.branch == agency) {
            let Some(due) = clock.due(calendar).map_err(Refusal::from)? else { continue };
            match clock.kind {
                ClockKind::Promised => {
                    row.on_time += u64::from(today <= due.on);
                    row.early += u64::from(today < due.on);
                    if today > due.on && self.overdue.len() < OVERDUE_SHOWN {
                        self.overdue.push((case.case_no.clone(), agency.to_owned()));
                    }
                }
                _ => row.unlawful += u64::from(today > due.on),
            }
        }
        Ok(())
    }
}

const OVERDUE_SHOWN: usize = 20;
