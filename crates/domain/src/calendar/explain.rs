//! 期限说明: why a limit ends on that day, day by day, for the command line and the page of a case.

use super::{CalendarError, Due, Span, WorkCalendar};
use crate::item::{DayUnit, Limit};
use crate::law::Citation;
use crate::time::Date;
use jiff::ToSpan;

/// 期限说明: the due day and every day that did not count on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The due day.
    pub due: Due,
    /// Days that did not count, in order.
    pub excluded: Vec<Excluded>,
}

/// 不计入的一日.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The day.
    pub date: Date,
    /// Why it does not count.
    pub reason: Exclusion,
}

/// 不计入的原因.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// 开始当日不计入 (民法典第二百零一条)
    FirstDay,
    /// 休息日、节假日: its name as shown (行政许可法第八十二条)
    Rest(String),
    /// 特别程序停计 (行政许可法第四十五条)
    Suspended,
    /// 末日逢休息日顺延 (民法典第二百零三条), with the name of the rest day
    Postponed(String),
}

impl Exclusion {
    /// The article it rests on.
    pub fn citation(&self) -> Citation {
        match self {
            Exclusion::FirstDay => Citation::new("mfd", "201"),
            Exclusion::Rest(_) => Citation::new("xkf", "82"),
            Exclusion::Suspended => Citation::new("xkf", "45"),
            Exclusion::Postponed(_) => Citation::new("mfd", "203"),
        }
    }
}

impl std::fmt::Display for Exclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Exclusion::FirstDay => write!(f, "开始当日不计入"),
            Exclusion::Rest(name) => write!(f, "{name}"),
            Exclusion::Suspended => write!(f, "特别程序停计"),
            Exclusion::Postponed(name) => write!(f, "末日逢{name}，顺延"),
        }
    }
}

impl WorkCalendar {
    /// The due day with its reasons; `None` while a suspension is open.
    ///
    /// # Errors
    /// As [`WorkCalendar::due`].
    pub fn explain_due(
        &self,
        start: Date,
        limit: Limit,
        suspensions: &[Span],
    ) -> Result<Option<Explanation>, CalendarError> {
        let Some(due) = self.due(start, limit, suspensions)? else { return Ok(None) };
        let mut excluded = Vec::new();
        let mut counted = 0;
        for date in start.series(1.day()).take_while(|date| *date < due.on) {
            match self.exclusion(date, start, limit, suspensions, counted) {
                Some(reason) => excluded.push(Excluded { date, reason }),
                None => counted += 1,
            }
        }
        Ok(Some(Explanation { due, excluded }))
    }

    /// Why a day before the due day does not count, when `counted` days have counted before it.
    fn exclusion(
        &self,
        date: Date,
        start: Date,
        limit: Limit,
        suspensions: &[Span],
        counted: u32,
    ) -> Option<Exclusion> {
        if date == start {
            return Some(Exclusion::FirstDay);
        }
        let rest = self.rest_reason(date).map(|reason| reason.to_string());
        let stopped =
            suspensions.iter().any(|span| span.start < date && span.end.is_none_or(|end| date <= end));
        match limit.unit {
            DayUnit::Workday => rest.map(Exclusion::Rest).or(stopped.then_some(Exclusion::Suspended)),
            DayUnit::Calendar if stopped => Some(Exclusion::Suspended),
            DayUnit::Calendar if counted + 1 >= limit.days => rest.map(Exclusion::Postponed),
            DayUnit::Calendar => None,
        }
    }
}
