//! The days of the demo: each morning the clocks that ran out, then everybody's business, up to 64 acts at once.

use super::file::{File, Next};
use super::people::{People, SITE};
use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::{BTreeMap, BTreeSet};
use yichuang_app::case::CaseAnswer;
use yichuang_app::stats::Stats;
use yichuang_app::{App, jobs};
use yichuang_domain::calendar::WorkCalendar;
use yichuang_domain::id::CaseId;
use yichuang_domain::notice::NoticeKind;
use yichuang_domain::time::{Date, Instant, days_after};

/// Acts in flight at most.
const IN_FLIGHT: usize = 64;
/// No demo case outlives this many days; more is a defect.
const LAST_DAY: i64 = 400;
/// Working days at the end that leave cases under way: longer than most promises.
const OPEN_DAYS: u32 = 12;

/// How many visitors, over how many working days, from which day, under which seed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Visitors in all.
    pub visitors: u32,
    /// Working days over which they come.
    pub days: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// First day.
    pub from: Date,
    /// Visitors who come after the last case has ended, and whose cases are under way when the demo stops.
    pub open: u32,
}

/// Lives through the days until every case has ended, then through as many more as leave cases under way; the
/// figures are counted from the answers given.
pub async fn run(app: &App, plan: &Plan) -> Result<Stats> {
    let people = People::at_work(app, plan.seed, Instant::at(plan.from, 8, 30)).await?;
    let mut count = Count::default();
    let all = Crowd { visitors: 0..u64::from(plan.visitors), days: plan.days };
    let last = Days::new(app, &people, plan.seed, plan.from, &all).await?.lived(&mut count, None).await?;
    if plan.open > 0 {
        let first = workday_after(&app.calendar(), days_after(last, 1), 0)?;
        let visitors = all.visitors.end..all.visitors.end + u64::from(plan.open);
        let late = Days::new(app, &people, plan.seed, first, &Crowd { visitors, days: OPEN_DAYS }).await?;
        late.lived(&mut count, Some(OPEN_DAYS)).await?;
    }
    Ok(Stats { visitors: u64::from(plan.visitors) + u64::from(plan.open), ..count.stats })
}

/// Visitors, by number, and over how many working days they come.
struct Crowd {
    visitors: std::ops::Range<u64>,
    days: u32,
}

/// The days of some visitors: what is to be done on which.
struct Days<'a> {
    app: &'a App,
    people: &'a People,
    from: Date,
    files: Vec<File>,
    agenda: BTreeMap<Date, BTreeSet<usize>>,
}

impl<'a> Days<'a> {
    async fn new(app: &'a App, people: &'a People, seed: u64, from: Date, crowd: &Crowd) -> Result<Days<'a>> {
        let files = files(app, seed, from, crowd).await?;
        let mut agenda = BTreeMap::<Date, BTreeSet<usize>>::new();
        for (index, file) in files.iter().enumerate() {
            agenda.entry(workday_after(&app.calendar(), from, file.arrival)?).or_default().insert(index);
        }
        Ok(Days { app, people, from, files, agenda })
    }

    /// Lives them until every case has ended, or through so many working days; gives the last day.
    async fn lived(mut self, count: &mut Count, workdays: Option<u32>) -> Result<Date> {
        let calendar = self.app.calendar();
        let until = workdays.map(|days| workday_after(&calendar, self.from, i64::from(days))).transpose()?;
        let goal = count.ended + self.files.len() as u64;
        let bar = bar(self.files.len() as u64);
        let done = count.ended;
        let mut by_case = BTreeMap::<CaseId, usize>::new();
        let mut day = self.from;
        for _ in 0..LAST_DAY {
            for index in clocks_ran_out(self.app, day, &by_case, count).await? {
                self.agenda.entry(workday_after(&calendar, day, 0)?).or_default().insert(index);
            }
            for (index, days) in self.live(day, count, &mut by_case).await? {
                let next = workday_after(&calendar, days_after(day, 1), days - 1)?;
                self.agenda.entry(next).or_default().insert(index);
            }
            bar.set_message(day.to_string());
            bar.set_position(count.ended - done);
            if until.map_or(count.ended == goal, |until| day >= until) {
                bar.finish_and_clear();
                return Ok(day);
            }
            day = days_after(day, 1);
        }
        bail!("演示运行到 {day} 仍有 {} 个办件没有终结，这是程序缺陷", goal - count.ended)
    }

    /// Lives this day; gives who comes again in how many days.
    async fn live(
        &mut self,
        day: Date,
        count: &mut Count,
        by_case: &mut BTreeMap<CaseId, usize>,
    ) -> Result<Vec<(usize, i64)>> {
        let today = self.agenda.remove(&day).unwrap_or_default();
        let (app, people) = (self.app, self.people);
        let picked = self.files.iter_mut().enumerate().filter(|(index, _)| today.contains(index));
        let lived = stream::iter(picked.map(|(index, file)| live(app, people, day, index, file)));
        let lived: Vec<_> = lived.buffer_unordered(IN_FLIGHT).try_collect().await?;
        let mut again = Vec::new();
        for (index, answers, next) in lived {
            answers.iter().for_each(|answer| count.answer(answer));
            by_case.extend(self.files[index].case.map(|case| (case, index)));
            if let Next::In(days) = next {
                again.push((index, days));
            }
        }
        Ok(again)
    }
}

/// One day of one case: step after step until it waits.
async fn live(
    app: &App,
    people: &People,
    day: Date,
    index: usize,
    file: &mut File,
) -> Result<(usize, Vec<CaseAnswer>, Next)> {
    let mut answers = Vec::new();
    if file.case.is_some() {
        file.morning();
    }
    loop {
        let step = file.step(app, people, day).await;
        let (answer, next) = step.with_context(|| format!("{day} 事项 {}", file.describe()))?;
        answers.extend(answer);
        if !matches!(next, Next::Now | Next::In(0)) {
            return Ok((index, answers, next));
        }
    }
}

/// Runs what the clocks call for; gives the files that go on because of it.
async fn clocks_ran_out(
    app: &App,
    day: Date,
    by_case: &BTreeMap<CaseId, usize>,
    count: &mut Count,
) -> Result<Vec<usize>> {
    let now = Instant::at(day, 0, 30);
    let overdue = jobs::overdue(app, now).await?;
    let act = async |overdue| jobs::run(app, now, overdue).await.with_context(|| format!("{overdue:?}"));
    let acts = stream::iter(overdue.iter().map(act));
    let answers: Vec<CaseAnswer> = acts.buffer_unordered(IN_FLIGHT).try_collect().await?;
    answers.iter().for_each(|answer| count.answer(answer));
    Ok(answers.iter().filter_map(|answer| by_case.get(&answer.case).copied()).collect())
}

async fn files(app: &App, seed: u64, from: Date, crowd: &Crowd) -> Result<Vec<File>> {
    let organisation = app.organisation();
    let mut versions = app.versions_in_force(from).await?;
    let entered = |key: &String| organisation.entries.contains_key(&(SITE.to_owned(), key.clone()));
    versions.retain(|version| entered(&version.item.key));
    if versions.is_empty() {
        bail!("{from} 没有生效的事项。默认事项自 2026-01-01 起生效，请用 --from 另选一天。");
    }
    let mut files = Vec::new();
    for visitor in crowd.visitors.clone() {
        let mut draws = super::draw::Draws::new(seed, u64::MAX - visitor);
        let arrival = draws.below(crowd.days as usize) as i64;
        let cases = if draws.chance(12) { 2 } else { 1 };
        files.extend((0..cases).filter_map(|nth| File::new(seed, visitor, nth, arrival, &versions)));
    }
    Ok(files)
}

/// The n-th working day from this day on; 0: this day, or the next that is one.
fn workday_after(calendar: &WorkCalendar, from: Date, n: i64) -> Result<Date> {
    let mut first = from;
    while !calendar.is_workday(first)? {
        first = days_after(first, 1);
    }
    Ok(calendar.workday(calendar.ordinal(first)? + n.max(0))?)
}

/// Counts what the use cases answered.
#[derive(Default)]
struct Count {
    stats: Stats,
    ended: u64,
    corrected: BTreeSet<CaseId>,
    issued: BTreeSet<CaseId>,
    delivered: BTreeSet<CaseId>,
}

impl Count {
    fn answer(&mut self, answer: &CaseAnswer) {
        let stats = &mut self.stats;
        stats.journal_events += answer.events.len() as u64;
        for event in &answer.events {
            match event.as_str() {
                "case_received" => stats.cases_received += 1,
                "correction_requested" => {
                    stats.corrections_requested += u64::from(self.corrected.insert(answer.case))
                }
                "case_accepted" => stats.accepted += 1,
                "case_accepted_with_deferral" => {
                    stats.accepted += 1;
                    stats.deferred += 1;
                }
                "case_refused" => stats.refused += 1,
                "case_decided" => stats.decided += 1,
                "result_handed_over" => stats.issued += u64::from(self.issued.insert(answer.case)),
                "result_delivered" => stats.delivered += u64::from(self.delivered.insert(answer.case)),
                "case_rated" => stats.rated += 1,
                _ => {}
            }
        }
        // A decision drawn up anew decides nothing again.
        let decided = answer.events.iter().any(|event| event == "case_decided");
        for notice in answer.notices.iter().filter(|_| decided) {
            match notice.kind {
                NoticeKind::ApprovalDecision => stats.approved += 1,
                NoticeKind::DenialDecision => stats.denied += 1,
                _ => {}
            }
        }
        self.ended += u64::from(answer.ended);
    }
}

fn bar(cases: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} 已终结 {pos}/{len} 件 [{bar:40}] {elapsed}");
    let bar = ProgressBar::with_draw_target(Some(cases), ProgressDrawTarget::stderr());
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
