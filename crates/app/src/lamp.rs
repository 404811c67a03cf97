//! 预警灯: how a promised limit stands today. Colours of our own rules (一窗平台规则, 预警); counts days and decides
//! nothing.

use crate::desk::Due;
use yichuang_domain::calendar::{CalendarError, WorkCalendar};
use yichuang_domain::case::Branch;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::time::Date;

/// 预警灯, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lamp {
    /// 黑: past the statutory limit.
    Black,
    /// 红: past the promised limit, by so many working days.
    Red(i64),
    /// 橙: due today.
    Orange,
    /// 黄: few working days left.
    Yellow(i64),
    /// 绿: so many working days left.
    Green(i64),
    /// 暂停: a special procedure runs.
    Paused,
}

impl Lamp {
    /// The lamp today of a promise of so many days. `promised_on`: its due day, `None` while it is paused.
    pub fn of(
        calendar: &WorkCalendar,
        today: Date,
        days: u32,
        promised_on: Option<Date>,
        statutory_on: Option<Date>,
    ) -> Result<Lamp, CalendarError> {
        let Some(due) = promised_on else { return Ok(Lamp::Paused) };
        if statutory_on.is_some_and(|on| on < today) {
            return Ok(Lamp::Black);
        }
        if due < today {
            return Ok(Lamp::Red(calendar.days_between(due, today)?));
        }
        if due == today {
            return Ok(Lamp::Orange);
        }
        let left = calendar.days_between(today, due)?;
        let share = parameter(ParameterName::YellowLampPercent, today).unwrap_or_default();
        let few = i64::from((days * share).div_ceil(100)).max(1);
        Ok(if left <= few { Lamp::Yellow(left) } else { Lamp::Green(left) })
    }

    /// The lamp of an open branch among the clocks of its case; `None`: it has no promised one any more.
    pub fn of_branch(
        calendar: &WorkCalendar,
        today: Date,
        branch: &Branch,
        dues: &[Due],
    ) -> Result<Option<Lamp>, CalendarError> {
        let due =
            |kind: ClockKind| dues.iter().find(|due| due.branch == branch.agency && due.kind == kind.name());
        let Some(promised) = due(ClockKind::Promised) else { return Ok(None) };
        let statutory = due(ClockKind::Statutory).and_then(|due| due.on);
        Lamp::of(calendar, today, promised_days(branch), promised.on, statutory).map(Some)
    }

    /// The most urgent lamp of those branches of a case that are open; `None`: there are none.
    pub fn of_branches<'a>(
        calendar: &WorkCalendar,
        today: Date,
        branches: impl Iterator<Item = &'a Branch>,
        dues: &[Due],
    ) -> Result<Option<Lamp>, CalendarError> {
        let lamps = branches
            .filter(|branch| branch.verdict().is_none())
            .map(|branch| Lamp::of_branch(calendar, today, branch, dues));
        Ok(lamps.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().min())
    }

    /// Colour and days, as an official reads them.
    pub fn words(self) -> String {
        match self {
            Lamp::Black => "黑 · 超法定时限".into(),
            Lamp::Red(days) => format!("红 · 超 {days} 日"),
            Lamp::Orange => "橙 · 今日到期".into(),
            Lamp::Yellow(days) => format!("黄 · 剩 {days} 日"),
            Lamp::Green(days) => format!("绿 · 剩 {days} 日"),
            Lamp::Paused => "暂停".into(),
        }
    }
}

/// 承诺时限: days promised, with those added.
pub fn promised_days(branch: &Branch) -> u32 {
    branch.promised.limit.days + branch.promise_extended.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lamp_turns_on_the_day_and_not_the_day_before() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let lamp = |today: &str, days| {
            let (promised, statutory) = (Some(day("2026-09-15")), Some(day("2026-09-29")));
            Lamp::of(WorkCalendar::shipped(), day(today), days, promised, statutory).unwrap()
        };
        assert_eq!(lamp("2026-09-10", 10), Lamp::Green(3));
        assert_eq!(lamp("2026-09-11", 10), Lamp::Yellow(2), "a fifth of ten");
        assert_eq!(lamp("2026-09-11", 11), Lamp::Yellow(2), "a fifth of eleven, rounded up, is three");
        assert_eq!(lamp("2026-09-10", 11), Lamp::Yellow(3));
        assert_eq!(lamp("2026-09-14", 2), Lamp::Yellow(1), "one day is always few");
        assert_eq!(lamp("2026-09-15", 10), Lamp::Orange);
        assert_eq!(lamp("2026-09-16", 10), Lamp::Red(1));
        assert_eq!(
            lamp("2026-09-29", 10),
            Lamp::Red(10),
            "the 20th is a working day, the 25th to 27th are not"
        );
        assert_eq!(lamp("2026-09-30", 10), Lamp::Black);
        let paused = Lamp::of(WorkCalendar::shipped(), day("2026-09-30"), 10, None, None).unwrap();
        assert_eq!(paused, Lamp::Paused);
        assert!(Lamp::Black < Lamp::Red(1) && Lamp::Red(1) < Lamp::Orange && Lamp::Green(1) < Lamp::Paused);
    }
}
