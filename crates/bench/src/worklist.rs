//! The work list of a department at 10,000 and at 1,000,000 cases: one page of twenty by deadline with the menu's
//! counts, through the use case, warm.
//!
//! The databases are filled by direct SQL (`crowd`); a department is asked for as often as it has work.

use crate::crowd::{self, Crowd};
use crate::figures::{Row, Run, Spread};
use anyhow::{Result, ensure};
use clap::Args;
use std::path::Path;
use std::time::{Duration, Instant};
use yichuang_app::worklist::{List, desk};
use yichuang_app::{App, Ctx, Place};
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post, StaffActor};

/// Lines of a page.
const LINES: i64 = 20;

/// `work-list`.
#[derive(Clone, Debug, Args)]
pub struct WorkListArgs {
    /// Cases of the small and of the large database.
    #[arg(long, num_args = 2, default_values_t = [10_000, 1_000_000])]
    sizes: Vec<usize>,
    /// Queries of a run.
    #[arg(long, default_value_t = 1000)]
    queries: usize,
    /// Cases received on a working day in the large database.
    #[arg(long, default_value_t = 2000)]
    per_day: usize,
    /// Cases received on a working day in the small one [default: the same].
    #[arg(long)]
    small_per_day: Option<usize>,
    /// Measure PostgreSQL on this server, in databases of the bench's own, instead of SQLite.
    #[arg(long)]
    server: Option<String>,
    /// Keep the databases and use those that are there.
    #[arg(long)]
    pub keep: bool,
}

/// Median of five repetitions, small and large by turns.
pub fn measure(args: &WorkListArgs, folder: &Path, repetitions: u8) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let rows = runtime.block_on(async {
        let per_day = [args.small_per_day.unwrap_or(args.per_day), args.per_day];
        let mut places = Vec::new();
        for (cases, per_day) in args.sizes.iter().zip(per_day) {
            let crowd = Crowd { cases: *cases, per_day };
            places.push((crowd, crowd::place(args.server.as_deref(), folder, &crowd, args.keep).await?));
        }
        for (crowd, place) in &places {
            crowd::fill(crowd, place).await?;
        }
        let rows = compare(args, &places, repetitions).await;
        for (_, place) in &places {
            crowd::remove(args.server.as_deref(), place, args.keep).await?;
        }
        rows
    })?;
    Ok(rows)
}

async fn compare(args: &WorkListArgs, places: &[(Crowd, Place)], repetitions: u8) -> Result<Vec<Row>> {
    let engine = if args.server.is_some() { "PostgreSQL" } else { "SQLite" };
    let mut apps = Vec::new();
    for (_, place) in places {
        apps.push(App::open_to_read(place).await?);
    }
    let mut rows = Vec::new();
    for (what, lists) in [
        ("all that is open", [List::Open; 3]),
        ("by stage", [List::ToExamine, List::ToReview, List::ToDecide]),
        ("of a site", [List::ToAccept, List::ToSupplement, List::ToDeliver]),
    ] {
        let mut runs: Vec<Vec<Run>> = places.iter().map(|_| Vec::new()).collect();
        for repetition in 0..=repetitions {
            for ((app, (crowd, _)), runs) in apps.iter().zip(places).zip(&mut runs) {
                let run = queries(app, crowd, lists, args.queries).await?;
                // The first is for the caches.
                if repetition > 0 {
                    runs.push(run);
                }
            }
        }
        let [small, large] = [0, 1].map(|n| runs[n].iter().map(|run| run.percentile(0.5)));
        let ratio = Spread::of(small.clone().zip(large.clone()).map(|(small, large)| large / small));
        let about = format!(
            "{engine}, {what}, {} to {} cases, {} a day to {}",
            places[0].0.cases, places[1].0.cases, places[0].0.per_day, places[1].0.per_day
        );
        let mut own = vec![
            Row::new("work list with counts, p50, large ÷ small", "ratio", ratio).goal("≤ 1.3"),
            Row::new("the same, small", "ms", Spread::of(small)),
            Row::new("the same, large", "ms", Spread::of(large)),
        ];
        own.iter_mut().for_each(|row| row.about.clone_from(&about));
        rows.extend(own);
    }
    Ok(rows)
}

/// One after the other, as one window's page would ask.
async fn queries(app: &App, crowd: &Crowd, lists: [List; 3], count: usize) -> Result<Run> {
    let (mut latencies, mut lines) = (Vec::with_capacity(count), 0);
    let started = Instant::now();
    for number in 0..count {
        let list = lists[number % lists.len()];
        let staff = StaffActor {
            id: StaffId(1),
            post: if list < List::ToAccept { Post::Examiner } else { Post::Intake },
            agency: Some(crowd::agency(number)),
            site: Some(crowd::site(number).to_owned()),
            window: None,
        };
        let ctx = Ctx::new(Actor::Staff(staff), crowd::now(), "bench");
        let asked = Instant::now();
        let page = desk(app, &ctx, list, None, LINES).await?;
        latencies.push(asked.elapsed());
        lines += page.lines.len();
    }
    ensure!(lines > 0, "no line on any page of {} cases", crowd.cases);
    let elapsed: Duration = started.elapsed();
    Ok(Run::new(count, elapsed, latencies))
}
