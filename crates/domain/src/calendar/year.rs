//! 年度工作日历: one year as published, read from the text of a file in `law/calendar` or an upload.

use super::CalendarError;
use crate::time::Date;
use jiff::civil::Weekday;
use serde::Deserialize;

/// 年度状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearStatus {
    /// 正式: by a notice of the State Council.
    Official,
    /// 暂定: statutory days and weekends; the notice is not out yet.
    Provisional,
    /// 缺: not loaded.
    #[serde(skip)]
    Missing,
}

/// 放假时段, both days inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestPeriod {
    /// First day off.
    pub from: Date,
    /// Last day off.
    pub to: Date,
    /// Name of the holiday, e.g. 国庆节.
    pub name: String,
}

impl RestPeriod {
    /// Is the day in the period?
    pub fn contains(&self, on: Date) -> bool {
        self.from <= on && on <= self.to
    }
}

/// 一个年度的放假安排. Days of December before and January after may stand in it, as in the notices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    /// Year.
    pub year: i16,
    /// Status.
    pub status: YearStatus,
    /// The notice it is taken from.
    pub notice: String,
    /// 放假
    pub off: Vec<RestPeriod>,
    /// 调休上班: make-up working days on a Saturday or Sunday.
    pub workdays: Vec<Date>,
}

impl CalendarYear {
    /// Reads a year from TOML and checks it against itself.
    ///
    /// # Errors
    /// [`CalendarError::Unreadable`] with the date and what is wrong with it.
    pub fn parse(text: &str) -> Result<CalendarYear, CalendarError> {
        let year: CalendarYear =
            toml::from_str(text).map_err(|error| CalendarError::Unreadable(error.to_string()))?;
        year.check().map_err(CalendarError::Unreadable)?;
        Ok(year)
    }

    fn check(&self) -> Result<(), String> {
        let near = |date: Date| (date.year() - self.year).abs() <= 1;
        for (index, period) in self.off.iter().enumerate() {
            if period.from > period.to {
                return Err(format!("{}至{}的起止日期颠倒", period.from, period.to));
            }
            if !near(period.from) || !near(period.to) {
                return Err(format!("{}不在{}年度前后", period.from, self.year));
            }
            if let Some(twice) = self.off[..index].iter().find(|p| p.from <= period.to && period.from <= p.to)
            {
                return Err(format!("{}与{}的放假时段重叠", twice.from, period.from));
            }
        }
        for &day in &self.workdays {
            if !near(day) {
                return Err(format!("调休上班日{day}不在{}年度前后", self.year));
            }
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                return Err(format!("{day}不是周六、周日，无须列为调休上班日"));
            }
            if self.off.iter().any(|period| period.contains(day)) {
                return Err(format!("{day}既列为放假又列为调休上班"));
            }
        }
        Ok(())
    }
}
