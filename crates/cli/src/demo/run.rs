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
}

/// Lives through the days until every case has ended; the figures are counted from the answers given.
pub async fn run(app: &App, plan: &Plan) -> Result<Stats> {
    let calendar = app.calendar();
    let people = People::at_work(app, plan.seed, Instant::at(plan.from, 8, 30)).await?;
    let mut files = files(app, plan).await?;
    let mut agenda = BTreeMap::<Date, BTreeSet<usize>>::new();
    for (index, file) in files.iter().enumerate() {
        agenda.entry(workday_after(&calendar, plan.from, file.arrival)?).or_default().insert(index);
    }
    let bar = bar(files.len() as u64);
    let (mut count, mut by_case) = (Count::default(), BTreeMap::<CaseId, usize>::new());
    let mut day = plan.from;
    for _ in 0..LAST_DAY {
        for index in clocks_ran_out(app, day, &by_case, &mut count).await? {
            agenda.entry(workday_after(&calendar, day, 0)?).or_default().insert(index);
        }
        let today = agenda.remove(&day).unwrap_or_default();
        let picked = files.iter_mut().enumerate().filter(|(index, _)| today.contains(index));
        let lived = stream::iter(picked.map(|(index, file)| live(app, &people, day, index, file)));
        let lived: Vec<_> = lived.buffer_unordered(IN_FLIGHT).try_collect().await?;
        for (index, answers, next) in lived {
            answers.iter().for_each(|answer| count.answer(answer));
            by_case.extend(files[index].case.map(|case| (case, index)));
            if let Next::In(days) = next {
                agenda
                    .entry(workday_after(&calendar, days_after(day, 1), days - 1)?)
                    .or_default()
                    .insert(index);
            }
        }
        bar.set_message(day.to_string());
        bar.set_position(count.ended);
        if count.ended == files.len() as u64 {
            bar.finish_and_clear();
            return Ok(Stats { visitors: u64::from(plan.visitors), ..count.stats });
        }
        day = days_after(day, 1);
    }
    bail!("演示运行到 {day} 仍有 {} 个办件没有终结，这是程序缺陷", files.len() as u64 - count.ended)
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

async fn files(app: &App, plan: &Plan) -> Result<Vec<File>> {
    let organisation = app.organisation();
    let mut versions = app.versions_in_force(plan.from).await?;
    let entered = |key: &String| organisation.entries.contains_key(&(SITE.to_owned(), key.clone()));
    versions.retain(|version| entered(&version.item.key));
    if versions.is_empty() {
        bail!("{} 没有生效的事项。默认事项自 2026-01-01 起生效，请用 --from 另选一天。", plan.from);
    }
    let mut files = Vec::new();
    for visitor in 0..u64::from(plan.visitors) {
        let mut draws = super::draw::Draws::new(plan.seed, u64::MAX - visitor);
        let arrival = draws.below(plan.days as usize) as i64;
        let cases = if draws.chance(12) { 2 } else { 1 };
        files.extend((0..cases).filter_map(|nth| File::new(plan.seed, visitor, nth, arrival, &versions)));
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
