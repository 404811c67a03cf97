//! 工作日历: which day is a working day, from the official years in `law/calendar`, and its running number.
//!
//! A day in a year without a calendar is an error, never a plain weekday. Deadlines are `due`'s; the
//! answer to "why this day" is `explain`'s.

mod due;
mod explain;
#[cfg(test)]
mod tests;
mod year;

pub use due::{Due, Span, SpanFault, check_spans};
pub use explain::{Excluded, Exclusion, Explanation};
pub use year::{CalendarYear, RestPeriod, YearStatus};

use crate::time::Date;
use jiff::ToSpan;
use jiff::civil::Weekday;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// 日历错误: what keeps a date from being looked up, or a calendar year from being loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No calendar is loaded for this year.
    #[error("没有{year}年的工作日历。请管理员导入该年度工作日历后再算期限。")]
    Missing {
        /// The year.
        year: i16,
    },
    /// Loading this year would leave a gap.
    #[error(
        "工作日历须逐年连续：现有{first}年至{last}年，不能直接导入{year}年。请先导入{last}年的下一年度。"
    )]
    NotAdjacent {
        /// The year refused.
        year: i16,
        /// First year loaded.
        first: i16,
        /// Last year loaded.
        last: i16,
    },
    /// The text of a calendar year cannot be used.
    #[error("工作日历不能读取：{0}")]
    Unreadable(String),
}

/// 工作日历 of consecutive years, with the closure days of a place on top.
///
/// Every question is answered from arrays made once; loading a year or a closure makes a new calendar.
#[doc(alias = "工作日历")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<i16, CalendarYear>,
    closures: BTreeMap<Date, String>,
    first: Date,
    /// For each day from `first`: how many working days up to and including it.
    counts: Vec<u32>,
    /// The working days in order; the one with running number `n` stands at `n - 1`.
    workdays: Vec<Date>,
}

const SHIPPED: [&str; 6] = [
    include_str!("../../../../law/calendar/2022.toml"),
    include_str!("../../../../law/calendar/2023.toml"),
    include_str!("../../../../law/calendar/2024.toml"),
    include_str!("../../../../law/calendar/2025.toml"),
    include_str!("../../../../law/calendar/2026.toml"),
    include_str!("../../../../law/calendar/2027.toml"),
];

impl WorkCalendar {
    /// The calendar that comes with the program: 2022 to 2026 official, 2027 provisional.
    pub fn shipped() -> &'static WorkCalendar {
        static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| {
            let read = |text: &&str| match CalendarYear::parse(text) {
                Ok(year) => year,
                Err(error) => panic!("law/calendar is part of the program: {error}"),
            };
            let years = SHIPPED.iter().map(read).map(|year| (year.year, year)).collect();
            WorkCalendar::build(years, BTreeMap::new())
        });
        &CALENDAR
    }

    /// This calendar with one year put in place of the one loaded, or added after the last.
    ///
    /// # Errors
    /// [`CalendarError::NotAdjacent`] when years would be missing in between, or the year lies before the
    /// first: running numbers must stay what they are.
    pub fn with_year(&self, year: CalendarYear) -> Result<WorkCalendar, CalendarError> {
        let (first, last) = (self.first_year(), self.last_year());
        if year.year < first || year.year > last + 1 {
            return Err(CalendarError::NotAdjacent { year: year.year, first, last });
        }
        let mut years = self.years.clone();
        years.insert(year.year, year);
        Ok(WorkCalendar::build(years, self.closures.clone()))
    }

    /// This calendar with a day on which the place is closed although the country works.
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when the day's year is not loaded.
    pub fn with_closure(&self, on: Date, reason: &str) -> Result<WorkCalendar, CalendarError> {
        self.position(on)?;
        let mut closures = self.closures.clone();
        closures.insert(on, reason.to_owned());
        Ok(WorkCalendar::build(self.years.clone(), closures))
    }

    fn build(years: BTreeMap<i16, CalendarYear>, closures: BTreeMap<Date, String>) -> WorkCalendar {
        let first_year = years.keys().next().copied().unwrap_or_default();
        let last_year = years.keys().next_back().copied().unwrap_or_default();
        let first = jiff::civil::date(first_year, 1, 1);
        let mut calendar = WorkCalendar { years, closures, first, counts: Vec::new(), workdays: Vec::new() };
        for day in first.series(1.day()).take_while(|day| day.year() <= last_year) {
            if calendar.rest_reason(day).is_none() {
                calendar.workdays.push(day);
            }
            calendar.counts.push(calendar.workdays.len() as u32);
        }
        calendar
    }

    /// Why nobody works on this day; `None`: a working day, or a day outside the calendar.
    pub fn rest_reason(&self, on: Date) -> Option<RestReason<'_>> {
        if let Some(reason) = self.closures.get(&on) {
            return Some(RestReason::Closure(reason));
        }
        // A notice may reach into the neighbouring year (2022-12-31 belongs to the New Year of 2023).
        let mut notices = [0, 1, -1].into_iter().filter_map(|step| self.years.get(&(on.year() + step)));
        if notices.clone().any(|year| year.workdays.contains(&on)) {
            return None;
        }
        if let Some(period) = notices.find_map(|year| year.off.iter().find(|p| p.contains(on))) {
            return Some(RestReason::Holiday(&period.name));
        }
        matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday).then_some(RestReason::Weekend)
    }

    /// 依据: the notice that says what this day is; `None`: a closure of our own, or a year that is not loaded.
    pub fn notice_of(&self, on: Date) -> Option<&str> {
        if self.closures.contains_key(&on) {
            return None;
        }
        let near = [0, 1, -1].into_iter().filter_map(|step| self.years.get(&(on.year() + step)));
        let named = near.clone().find(|year| year.off.iter().any(|period| period.contains(on)));
        named.or(near.clone().next()).map(|year| year.notice.as_str())
    }

    /// 工作日: does the place work on this day?
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when the year is not loaded.
    pub fn is_workday(&self, on: Date) -> Result<bool, CalendarError> {
        let at = self.position(on)?;
        let before = at.checked_sub(1).map_or(0, |at| self.counts[at]);
        Ok(self.counts[at] > before)
    }

    /// 工作日序号: how many working days lie between the first day of the calendar and this day, inclusive.
    /// A rest day has the number of the working day before it.
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when the year is not loaded.
    pub fn ordinal(&self, on: Date) -> Result<i64, CalendarError> {
        Ok(i64::from(self.counts[self.position(on)?]))
    }

    /// The working day with this running number.
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when the number lies before the first or after the last year loaded.
    pub fn workday(&self, ordinal: i64) -> Result<Date, CalendarError> {
        let Ok(at) = usize::try_from(ordinal - 1) else {
            return Err(CalendarError::Missing { year: self.first_year() - 1 });
        };
        self.workdays.get(at).copied().ok_or(CalendarError::Missing { year: self.last_year() + 1 })
    }

    /// Working days in (`after`, `until`]; negative when `until` lies before `after`.
    ///
    /// # Errors
    /// [`CalendarError::Missing`] when one of the years is not loaded.
    pub fn days_between(&self, after: Date, until: Date) -> Result<i64, CalendarError> {
        Ok(self.ordinal(until)? - self.ordinal(after)?)
    }

    /// Whether a year is official, provisional or missing.
    pub fn status(&self, year: i16) -> YearStatus {
        self.years.get(&year).map_or(YearStatus::Missing, |year| year.status)
    }

    /// Working days of one year.
    pub fn workdays_of(&self, year: i16) -> usize {
        self.workdays.iter().filter(|day| day.year() == year).count()
    }

    /// The first day that is a working day in one calendar and not in the other (or is in one only):
    /// deadlines that end before it stay as they are.
    pub fn first_difference(&self, other: &WorkCalendar) -> Option<Date> {
        let last = self.last_year().max(other.last_year());
        let days = self.first.min(other.first).series(1.day()).take_while(|day| day.year() <= last);
        days.into_iter().find(|&day| self.is_workday(day).ok() != other.is_workday(day).ok())
    }

    /// Years loaded, in order.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    fn first_year(&self) -> i16 {
        self.first.year()
    }

    fn last_year(&self) -> i16 {
        self.years.keys().next_back().copied().unwrap_or_default()
    }

    fn position(&self, on: Date) -> Result<usize, CalendarError> {
        let days = (on - self.first).get_days();
        usize::try_from(days)
            .ok()
            .filter(|&at| at < self.counts.len())
            .ok_or(CalendarError::Missing { year: on.year() })
    }
}

/// 休息原因: why nobody works on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestReason<'a> {
    /// 休息日
    Weekend,
    /// 节假日, with its name
    Holiday(&'a str),
    /// 本场所停办, with its reason
    Closure(&'a str),
}

impl std::fmt::Display for RestReason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RestReason::Weekend => write!(f, "休息日"),
            RestReason::Holiday(name) => write!(f, "{name}放假"),
            RestReason::Closure(reason) => write!(f, "停止办公（{reason}）"),
        }
    }
}
