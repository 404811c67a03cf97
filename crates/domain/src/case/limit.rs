//! 时限: which clocks run in a case, and when each is due by a calendar.
//!
//! The case holds starts, budgets and suspensions; here they become clocks. Due dates are kept beside the
//! case, never in it, so that loading a calendar year changes no case.

use super::{Branch, BranchStage, Case, CorrectionNotice, OpinionRequest, Procedure, Stage, Term};
use crate::calendar::{CalendarError, Due, Span, WorkCalendar};
use crate::item::{DayUnit, Limit};
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// 时限种类.
#[doc(alias = "时限")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// 补正告知期限: from receipt; on expiry deemed accepted (行政许可法 art. 32 para. 1 item 4).
    Correction,
    /// 申请人补正期限: from the correction notice.
    Supplement,
    /// 法定时限 of one branch (art. 42).
    Statutory,
    /// 承诺时限 of one branch.
    Promised,
    /// 容缺补交期限: from acceptance.
    Deferral,
    /// 送达期限: from the decision (art. 44).
    Delivery,
    /// 评价期限: from delivery.
    Rating,
    /// 特别程序所需时间, as the applicant was told (art. 45).
    Procedure,
    /// 听证申请期限: from the day the last of them was served (art. 47).
    HearingRequest,
    /// 听证举行期限: from the day it was asked for (art. 47).
    HearingHold,
    /// 征询答复期限 of the department asked; the deciding one's clocks run on.
    Consultation,
}

impl ClockKind {
    /// Every kind with the word used in the database and its Chinese name.
    pub const TABLE: [(ClockKind, &'static str, &'static str); 11] = [
        (ClockKind::Correction, "correction", "补正告知期限"),
        (ClockKind::Supplement, "supplement", "申请人补正期限"),
        (ClockKind::Statutory, "statutory", "法定时限"),
        (ClockKind::Promised, "promised", "承诺时限"),
        (ClockKind::Deferral, "deferral", "容缺补交期限"),
        (ClockKind::Delivery, "delivery", "送达期限"),
        (ClockKind::Rating, "rating", "评价期限"),
        (ClockKind::Procedure, "procedure", "特别程序所需时间"),
        (ClockKind::HearingRequest, "hearing_request", "听证申请期限"),
        (ClockKind::HearingHold, "hearing_hold", "听证举行期限"),
        (ClockKind::Consultation, "consultation", "征询答复期限"),
    ];

    /// The word used in the database.
    pub fn name(self) -> &'static str {
        Self::TABLE.into_iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

/// 计时: one clock of a case, before any calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Agency of the branch; empty for clocks of the whole case.
    pub branch: String,
    /// Kind.
    pub kind: ClockKind,
    /// Start and days, extension included.
    pub term: Term,
    /// Suspensions; an open one pauses the clock.
    pub suspensions: Vec<Span>,
    /// The statutory clock of the same branch, for a promised one: no promise reaches beyond the law.
    pub cap: Option<Box<Clock>>,
}

impl Clock {
    /// The due date; `None` while a suspension runs. Fails when a year has no calendar.
    pub fn due(&self, calendar: &WorkCalendar) -> Result<Option<Due>, CalendarError> {
        let own = calendar.due(self.term.start, self.term.limit, &self.suspensions)?;
        let (Some(due), Some(cap)) = (own, &self.cap) else { return Ok(own) };
        let legal = cap.due(calendar)?.filter(|legal| legal.on < due.on);
        Ok(Some(legal.unwrap_or(due)))
    }

    /// The day it began to run for the last time: its start, or the end of its last suspension. What a
    /// calendar says of days before it no longer matters.
    pub fn began_on(&self) -> Date {
        let ends = self.suspensions.iter().filter_map(|span| span.end);
        let capped = self.cap.iter().map(|cap| cap.began_on());
        ends.chain(capped).chain([self.term.start]).max().unwrap_or(self.term.start)
    }

    /// The term is over: today is after the due date. A paused clock is never over.
    pub fn over(&self, calendar: &WorkCalendar, today: Date) -> Result<bool, CalendarError> {
        Ok(self.due(calendar)?.is_some_and(|due| today > due.on))
    }
}

/// The clocks that run (or are paused) in this case, at most one for each branch and kind.
pub fn clocks(case: &Case) -> Vec<Clock> {
    let mut clocks = Vec::new();
    let mut whole = |kind, start, days| {
        let term = Term { start, limit: Limit { days, unit: DayUnit::Workday } };
        clocks.push(Clock { branch: String::new(), kind, term, suspensions: vec![], cap: None });
    };
    match &case.stage {
        Stage::Received | Stage::RefusalProposed { .. } => {
            whole(ClockKind::Correction, case.received_on(), case.correction_days)
        }
        Stage::CorrectionRequested { .. } => match &case.notice {
            // All materials named are there: the window looks at them in the time it has for any others.
            Some(CorrectionNotice { supplied_on: Some(on), .. }) => {
                whole(ClockKind::Correction, *on, case.correction_days)
            }
            Some(notice) => whole(ClockKind::Supplement, notice.from, notice.supplement_days),
            None => {}
        },
        Stage::Decided(decision) | Stage::HandedOver(decision) | Stage::Checked(decision) => {
            // An approval may not be delivered before the deferred materials are in (容缺受理).
            if case.deferral.is_none() {
                let later = case.deferral_met_on.max(case.redrawn_on);
                let start = later.map_or(decision.on, |later| later.max(decision.on));
                whole(ClockKind::Delivery, start, decision.delivery_days);
            }
        }
        Stage::Delivered { on, rating_days, .. } => whole(ClockKind::Rating, *on, *rating_days),
        Stage::InApproval { .. } => {
            if let Some(told) = &case.interested {
                if let Some(asked) = told.hearing_due_from() {
                    whole(ClockKind::HearingHold, asked, told.hold_days);
                }
                if let Some(served) = told.silent_since() {
                    whole(ClockKind::HearingRequest, served, told.request_days);
                }
            }
        }
        Stage::Ended { .. } => {}
    }
    if case.ended().is_none()
        && let Some(deferral) = &case.deferral
    {
        whole(ClockKind::Deferral, deferral.from, deferral.days);
    }
    if let Stage::InApproval { .. } = case.stage {
        clocks.extend(case.branches.iter().flat_map(branch_clocks));
        clocks.extend(case.consultations.iter().filter(|asked| asked.answer.is_none()).map(answer_clock));
    }
    clocks
}

/// The clock of this kind, for the whole case.
pub fn clock(case: &Case, kind: ClockKind) -> Option<Clock> {
    clocks(case).into_iter().find(|clock| clock.kind == kind)
}

/// The time a department asked has to answer in.
fn answer_clock(asked: &OpinionRequest) -> Clock {
    let limit = Limit { days: asked.days, unit: DayUnit::Workday };
    let (branch, term) = (asked.to.clone(), Term { start: asked.on, limit });
    Clock { branch, kind: ClockKind::Consultation, term, suspensions: vec![], cap: None }
}

/// Both clocks of a branch still undecided.
fn branch_clocks(branch: &Branch) -> Vec<Clock> {
    if let BranchStage::Decided { .. } = branch.stage {
        return vec![];
    }
    let clock = |kind, term: Term, added: Option<u32>, counts: fn(&Procedure) -> bool, cap| {
        let limit = Limit { days: term.limit.days + added.unwrap_or_default(), ..term.limit };
        let suspensions = branch.procedures.iter().filter(|p| counts(p));
        Clock {
            branch: branch.agency.clone(),
            kind,
            term: Term { limit, ..term },
            suspensions: suspensions.map(|p| Span { start: p.from, end: p.until }).collect(),
            cap,
        }
    };
    let statutory = branch
        .statutory
        .map(|term| clock(ClockKind::Statutory, term, branch.extended, |p| p.statutory, None));
    let cap = statutory.clone().map(Box::new);
    let promised = clock(ClockKind::Promised, branch.promised, branch.promise_extended, |_| true, cap);
    let told = branch.own_running().map(|procedure| {
        let limit = Limit { days: procedure.expected_days, unit: DayUnit::Workday };
        let term = Term { start: procedure.from, limit };
        Clock {
            branch: branch.agency.clone(),
            kind: ClockKind::Procedure,
            term,
            suspensions: vec![],
            cap: None,
        }
    });
    statutory.into_iter().chain([promised]).chain(told).collect()
}
