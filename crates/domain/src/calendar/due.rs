//! 期限: the day on which a limit ends, given what stopped its clock.
//!
//! 行政许可法第八十二条: working days. 民法典第二百零一条: the first day does not count; 第二百零三条: a
//! last day that is a rest day moves to the next working day. 行政许可法第四十五条: the time of a special
//! procedure does not count.

use super::{CalendarError, WorkCalendar, YearStatus};
use crate::item::{DayUnit, Limit};
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// 停计时段: the days in (`start`, `end`] do not count; `end` is absent while the procedure runs.
#[doc(alias = "停计")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The day the procedure began; it still counts.
    pub start: Date,
    /// The day it ended; the last that does not count.
    pub end: Option<Date>,
}

/// 到期日.
#[doc(alias = "到期日")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last day, until the end of business hours.
    pub on: Date,
    /// 暂定: a day between start and end lies in a provisional year.
    pub provisional: bool,
    /// Running number of the last day, for limits in working days: a newly loaded year moves the day but
    /// not the number. `None` for calendar days, and for a same-day limit that starts on a rest day.
    pub ordinal: Option<i64>,
}

/// 停计有误: what is wrong with a suspension someone typed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanFault {
    /// It ends before it begins.
    #[error("停计时段的起止日期颠倒：{start}晚于{end}。下一步：把较早的日期写在前面。")]
    Reversed {
        /// First date as given.
        start: Date,
        /// Second date as given.
        end: Date,
    },
    /// It begins before the clock does.
    #[error(
        "停计自{start}开始，早于起算日{from}，其时期限尚未起算，不能停计。\
         下一步：核对特别程序的启动日期，应当在起算日当日或者以后。"
    )]
    BeforeStart {
        /// Begin of the suspension.
        start: Date,
        /// Start of the clock.
        from: Date,
    },
    /// It begins when the limit has already run out.
    #[error(
        "停计自{start}开始，晚于到期日{due}，期限届满后不能再停计。\
         下一步：核对特别程序的启动日期；确已逾期的，按超期办理并说明理由。"
    )]
    AfterDue {
        /// Begin of the suspension.
        start: Date,
        /// The day the limit ran out.
        due: Date,
    },
    /// It has not ended: no day can be named yet.
    #[error("停计自{start}开始，尚未结束，到期日还不能确定。下一步：待特别程序结束后再算。")]
    Open {
        /// Begin of the suspension.
        start: Date,
    },
    /// The calendar does not reach that far.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl WorkCalendar {
    /// 到期日: the `limit.days`-th day after `start`; the start never counts, nor do days in (start, end] of
    /// a suspension, each once however many overlap. `None` while a suspension is open.
    ///
    /// Zero days end on the start day itself (即办件). A suspension that begins when the limit has already
    /// run out changes nothing; one that began before the clock counts from the clock's start.
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when the limit reaches into a year that is not loaded.
    pub fn due(&self, start: Date, limit: Limit, suspensions: &[Span]) -> Result<Option<Due>, CalendarError> {
        let mut due = self.plain_due(start, limit, 0)?;
        if suspensions.is_empty() {
            return Ok(Some(due));
        }
        let mut spans = suspensions.to_vec();
        spans.sort();
        let (mut stopped, mut covered) = (0, start);
        for span in spans {
            if span.start > due.on {
                break;
            }
            let Some(end) = span.end else { return Ok(None) };
            let begin = span.start.max(covered);
            if end > begin {
                stopped += self.days_in(limit.unit, begin, end)?;
                covered = end;
                due = self.plain_due(start, limit, stopped)?;
            }
        }
        Ok(Some(due))
    }

    /// The due day when `stopped` days did not count.
    fn plain_due(&self, start: Date, limit: Limit, stopped: i64) -> Result<Due, CalendarError> {
        let days = i64::from(limit.days) + stopped;
        let (on, ordinal) = match limit.unit {
            DayUnit::Workday => {
                let base = self.ordinal(start)?;
                if days == 0 {
                    (start, self.is_workday(start)?.then_some(base))
                } else {
                    (self.workday(base + days)?, Some(base + days))
                }
            }
            DayUnit::Calendar => {
                let last = self.later(start, days)?;
                (if days == 0 { last } else { self.workday_from(last)? }, None)
            }
        };
        Ok(Due { on, provisional: self.reaches_provisional(start, on), ordinal })
    }

    /// The day itself if it is a working day, else the next one (民法典第二百零三条).
    fn workday_from(&self, on: Date) -> Result<Date, CalendarError> {
        if self.is_workday(on)? { Ok(on) } else { self.workday(self.ordinal(on)? + 1) }
    }

    /// Days in (`after`, `until`] in this unit.
    fn days_in(&self, unit: DayUnit, after: Date, until: Date) -> Result<i64, CalendarError> {
        match unit {
            DayUnit::Workday => self.days_between(after, until),
            DayUnit::Calendar => Ok(i64::from((until - after).get_days())),
        }
    }

    /// Last day of a limit in calendar days, before it moves off a rest day.
    pub(super) fn later(&self, start: Date, days: i64) -> Result<Date, CalendarError> {
        let last = jiff::Span::new().try_days(days).and_then(|days| start.checked_add(days));
        last.map_err(|_| CalendarError::Missing { year: self.last_year() + 1 })
    }

    /// A day in (`start`, `on`] lies in a provisional year.
    fn reaches_provisional(&self, start: Date, on: Date) -> bool {
        let first = start.tomorrow().unwrap_or(start).min(on).year();
        (first..=on.year()).any(|year| self.status(year) == YearStatus::Provisional)
    }
}

/// Checks suspensions a person typed in: each begins on or after the start and before the limit, as the
/// earlier ones leave it, has run out, and has ended.
///
/// # Errors
/// [`SpanFault`], with what to do.
pub fn check_spans(
    calendar: &WorkCalendar,
    start: Date,
    limit: Limit,
    suspensions: &[Span],
) -> Result<(), SpanFault> {
    let mut spans = suspensions.to_vec();
    spans.sort();
    for (index, span) in spans.iter().enumerate() {
        let Some(end) = span.end else { return Err(SpanFault::Open { start: span.start }) };
        if end < span.start {
            return Err(SpanFault::Reversed { start: span.start, end });
        }
        if span.start < start {
            return Err(SpanFault::BeforeStart { start: span.start, from: start });
        }
        let due = calendar.due(start, limit, &spans[..index])?;
        if let Some(due) = due.filter(|due| span.start > due.on) {
            return Err(SpanFault::AfterDue { start: span.start, due: due.on });
        }
    }
    Ok(())
}
