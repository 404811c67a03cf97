//! 期限说明: both clocks of a branch day by day, with the reason of every day that does not count.

use super::view::View;
use crate::web::short;
use yichuang_app::AppError;
use yichuang_domain::Refusal;
use yichuang_domain::calendar::{Excluded, Exclusion, RestReason, Span};
use yichuang_domain::case::Branch;
use yichuang_domain::case::limit::{Clock, ClockKind, clocks};
use yichuang_domain::item::DayUnit;
use yichuang_domain::law::Citation;
use yichuang_domain::time::{Date, days_after};

/// Days of a page of one clock, at most; a longer one shows the last.
const SHOWN: i64 = 92;

/// 一个分支的期限说明.
pub struct Explained {
    pub agency: String,
    pub own: bool,
    pub clocks: Vec<ClockDays>,
}

/// 一个时限逐日.
pub struct ClockDays {
    pub title: &'static str,
    pub summary: String,
    pub weeks: Vec<Vec<Day>>,
    /// What the days that do not count rest on, with its article.
    pub notes: Vec<(String, String)>,
}

/// 一日.
pub struct Day {
    pub on: String,
    pub class: &'static str,
    pub words: String,
}

impl View<'_> {
    /// Each open branch with both its clocks.
    pub fn explained(&self, own: Option<&str>) -> Result<Vec<Explained>, AppError> {
        let running = clocks(&self.page.case);
        let open = self.page.case.branches.iter().filter(|branch| branch.verdict().is_none());
        let explain = |branch: &Branch| {
            let of_branch = running.iter().filter(|clock| {
                clock.branch == branch.agency
                    && matches!(clock.kind, ClockKind::Promised | ClockKind::Statutory)
            });
            Ok(Explained {
                agency: self.agency(&branch.agency),
                own: own == Some(&branch.agency),
                clocks: of_branch.map(|clock| self.days(clock)).collect::<Result<_, AppError>>()?,
            })
        };
        let mut explained = open.map(explain).collect::<Result<Vec<_>, AppError>>()?;
        explained.sort_by_key(|branch| !branch.own);
        Ok(explained)
    }

    fn days(&self, clock: &Clock) -> Result<ClockDays, AppError> {
        let calendar = self.app.calendar();
        let (start, limit) = (clock.term.start, clock.term.limit);
        let title = if clock.kind == ClockKind::Promised { "承诺时限" } else { "法定时限" };
        // While a procedure runs the end is open: the days so far, as if it ended today.
        let closed = |span: &Span| Span { start: span.start, end: Some(span.end.unwrap_or(self.today)) };
        let paused = clock.suspensions.iter().any(|span| span.end.is_none());
        let spans: Vec<Span> = clock.suspensions.iter().map(closed).collect();
        let explained = calendar.explain_due(start, limit, &spans).map_err(Refusal::from)?;
        let due = clock.due(&calendar).map_err(Refusal::from)?;
        let Some(explained) = explained else {
            return Ok(ClockDays { title, summary: String::new(), weeks: vec![], notes: vec![] });
        };
        let last = if paused { self.today } else { due.map_or(explained.due.on, |due| due.on) };
        let unit = if limit.unit == DayUnit::Workday { "个工作日" } else { "日" };
        let end = match due {
            Some(due) if !paused => {
                let provisional = if due.provisional {
                    "（暂定，该年度放假安排公布后重新计算）"
                } else {
                    ""
                };
                format!("{} 下班前到期{provisional}", due.on)
            }
            _ => "特别程序期间停止计时，结束后恢复".into(),
        };
        let summary = format!("{} {unit}，自 {start} 起，{end}", limit.days);
        let first = start.max(days_after(last, -SHOWN));
        let monday = days_after(first, -i64::from(first.weekday().to_monday_zero_offset()));
        let sunday = days_after(last, 6 - i64::from(last.weekday().to_monday_zero_offset()));
        let mut counted = 0;
        let mut weeks: Vec<Vec<Day>> = Vec::new();
        let first = start.min(monday);
        let dates = (0..).map(|step| days_after(first, step)).take_while(|date| *date <= sunday);
        for date in dates {
            let excluded = explained.excluded.iter().find(|excluded| excluded.date == date);
            let counts = date > start && date <= last && excluded.is_none();
            counted += u32::from(counts);
            if date < monday {
                continue;
            }
            let day = self.day(date, (start, last, paused), excluded, counted.min(limit.days));
            match weeks.last_mut().filter(|week| week.len() < 7) {
                Some(week) => week.push(day),
                None => weeks.push(vec![day]),
            }
        }
        let notes =
            notes(&explained.excluded, self.today, |on| self.app.calendar().notice_of(on).map(str::to_owned));
        Ok(ClockDays { title, summary, weeks, notes })
    }

    fn day(
        &self,
        date: Date,
        (start, last, paused): (Date, Date, bool),
        excluded: Option<&Excluded>,
        counted: u32,
    ) -> Day {
        let (class, words) = match excluded.map(|excluded| &excluded.reason) {
            _ if date < start || date > last => ("out", String::new()),
            Some(Exclusion::FirstDay) => ("start", "不计入".into()),
            Some(Exclusion::Suspended) => ("stop", "停计".into()),
            Some(Exclusion::Rest(name)) => ("rest", name.clone()),
            Some(Exclusion::Postponed(_)) => ("rest", "顺延".into()),
            None if date == last && !paused => ("due", format!("第 {counted} 日 到期")),
            None if date == start => ("due", "当日办结".into()),
            None => ("cnt", format!("第 {counted} 日")),
        };
        let today = if date == self.today { " 今日" } else { "" };
        Day { on: format!("{}{today}", short(date, self.today)), class, words }
    }
}

/// One line for each run of days that do not count for the same reason.
fn notes(
    excluded: &[Excluded],
    today: Date,
    notice: impl Fn(Date) -> Option<String>,
) -> Vec<(String, String)> {
    let mut runs: Vec<(Date, Date, &Exclusion)> = Vec::new();
    for Excluded { date, reason } in excluded {
        match runs.last_mut() {
            Some((_, to, same)) if *same == reason && days_after(*to, 1) == *date => *to = *date,
            _ => runs.push((*date, *date, reason)),
        }
    }
    let cite = |citation: Citation| citation.to_string();
    let weekend = |reason: &Exclusion| *reason == Exclusion::Rest(RestReason::Weekend.to_string());
    let line = |(from, to, reason): (Date, Date, &Exclusion)| {
        let days = match from == to {
            true => short(from, today),
            false => format!("{} 至 {}", short(from, today), short(to, today)),
        };
        // Weekends need no notice; a holiday names the one it was published with.
        let weekend = weekend(reason);
        let source = match reason {
            Exclusion::Rest(_) | Exclusion::Postponed(_) if !weekend => notice(from),
            _ => None,
        };
        let source = source.map(|source| format!("，{source}")).unwrap_or_default();
        (format!("{days} {reason}{source}"), cite(reason.citation()))
    };
    let (weekends, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(_, _, reason)| weekend(reason));
    let mut lines: Vec<(String, String)> = others.into_iter().map(line).collect();
    if let Some((_, _, reason)) = weekends.first() {
        lines.push((format!("双休日 {} 段不计入", weekends.len()), cite(reason.citation())));
    }
    lines
}
