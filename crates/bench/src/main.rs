//! Figures of one run: a transition through use case and store against a bare rusqlite loop, the demo, the pages.
//!
//! Prints one Markdown table. Asserts nothing: a figure belongs to the machine it names.

mod bare;
mod browser;
mod centre;
mod crowd;
mod demo;
mod figures;
mod guide;
mod http;
mod plot;
mod postgres;
mod rendering;
mod slow_disk;
mod soak;
mod start;
mod transition;
mod verify;
mod worklist;

use anyhow::{Context, Result, ensure};
use centre::{CALLERS, Centre};
use clap::{Parser, Subcommand};
use figures::{Row, Run, Spread};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use yichuang_app::Place;

/// Measures Yichuang on this machine.
#[derive(Debug, Parser)]
struct Args {
    /// Cases in the database before anything is measured.
    #[arg(long, default_value_t = 200_000)]
    cases: usize,
    /// Transitions in each run.
    #[arg(long, default_value_t = 20_000)]
    transitions: usize,
    /// Interleaved repetitions.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    repetitions: u8,
    /// Folder for the databases, removed at the end [default: the system's temporary folder].
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The binary `yichuang` [default: built by cargo beside this one].
    #[arg(long)]
    binary: Option<PathBuf>,
    /// A PostgreSQL server, e.g. postgres://postgres@127.0.0.1:5432/postgres; the bench makes a database of its own
    /// there and removes it [default: PostgreSQL is left out].
    #[arg(long)]
    database: Option<String>,
    /// Cases in that database before anything is measured.
    #[arg(long, default_value_t = 50_000)]
    postgres_cases: usize,
    /// Measure PostgreSQL alone.
    #[arg(long, requires = "database", conflicts_with_all = ["demo_only", "no_demo"])]
    postgres_only: bool,
    /// Leave out the transitions.
    #[arg(long)]
    demo_only: bool,
    /// Leave out the demo.
    #[arg(long, conflicts_with = "demo_only")]
    no_demo: bool,
    #[command(subcommand)]
    figure: Option<Figure>,
}

/// Figures that are measured one by one.
#[derive(Debug, Subcommand)]
enum Figure {
    /// The work list at 10,000 and at 1,000,000 cases
    WorkList(worklist::WorkListArgs),
    /// The store on a disk that takes 2 ms longer for every flush
    SlowDisk(slow_disk::SlowDiskArgs),
    /// Endless load: write-ahead log and memory over the minutes
    Soak(soak::SoakArgs),
    /// The verification of a journal against reading the same rows
    Verify(verify::VerifyArgs),
    /// The search over 100,000 items
    GuideSearch(guide::GuideArgs),
    /// Cases accepted over HTTP, and the work-list page against bare axum and askama
    Pages(http::PageArgs),
    /// The start to the first page, and the memory held
    Start(start::StartArgs),
    /// Notices on paper
    Rendering(rendering::RenderingArgs),
}

fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(Figure::Verify(verify::VerifyArgs { side: Some(side), at: Some(at), .. })) = &args.figure {
        return verify::child(*side, at); // one run, in a process of its own
    }
    ensure!(!cfg!(debug_assertions), "measure with cargo run --release -p yichuang-bench");
    let parent = args.dir.clone().unwrap_or_else(std::env::temp_dir);
    let folder =
        tempfile::tempdir_in(&parent).with_context(|| format!("no folder in {}", parent.display()))?;
    let machine = figures::machine(folder.path())?;
    if let Some(figure) = &args.figure {
        let rows = match figure {
            Figure::WorkList(own) => {
                worklist::measure(own, if own.keep { &parent } else { folder.path() }, args.repetitions)?
            }
            Figure::SlowDisk(own) => match slow_disk::measure(own, folder.path(), args.repetitions)? {
                Some(rows) => rows,
                None => return Ok(()),
            },
            Figure::Soak(own) => soak::measure(own, folder.path())?,
            Figure::Verify(own) => verify::measure(own, folder.path(), args.repetitions)?,
            Figure::GuideSearch(own) => guide::measure(own, args.repetitions)?,
            Figure::Pages(own) => http::measure(own, folder.path(), args.repetitions)?,
            Figure::Start(own) => start::measure(own, args.binary.clone(), folder.path(), args.repetitions)?,
            Figure::Rendering(own) => rendering::measure(own, args.repetitions)?,
        };
        print!("{}", figures::report(&machine, args.repetitions, &rows));
        return Ok(());
    }
    let mut rows = Vec::new();
    if let Some(server) = args.database.as_deref().filter(|_| !args.demo_only) {
        rows.extend(on_postgres(&args, server)?);
    }
    if !args.demo_only && !args.postgres_only {
        rows.extend(transitions(&args, folder.path().join("transitions"))?);
    }
    if !args.no_demo && !args.postgres_only {
        rows.extend(demo::measure(args.binary.clone(), folder.path(), args.repetitions)?);
    }
    folder.close().context("the folder is not removed")?;
    print!("{}", figures::report(&machine, args.repetitions, &rows));
    Ok(())
}

fn transitions(args: &Args, folder: PathBuf) -> Result<Vec<Row>> {
    let (repetitions, transitions) = (usize::from(args.repetitions), args.transitions);
    ensure!(
        args.cases > (repetitions + 1) * transitions,
        "--cases must exceed {}: every use case needs a case of its own",
        (repetitions + 1) * transitions
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = Place::Folder(folder.clone());
    let centre = Arc::new(runtime.block_on(Centre::open(&place))?);
    let bar = bar(args.cases as u64);
    let mut cases = runtime.block_on(centre.fill(args.cases, &bar))?;
    bar.finish_and_clear();
    // Spread over the whole file, the same in every run of the program.
    cases.sort_unstable_by_key(|case| (case.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let sample = cases.pop().context("no case")?;
    let template = Arc::new(runtime.block_on(transition::sample(&centre, sample))?);
    eprintln!("one transition: {template}");
    let (own, shared) = cases.split_at(repetitions * transitions);
    let file = folder.join(Place::FILE);
    let (mut use_case, mut store, mut loops) = (Vec::new(), Vec::new(), Vec::new());
    for (repetition, own) in own.chunks(transitions).enumerate() {
        let turn: Vec<_> =
            shared.iter().cycle().skip(repetition * transitions).take(transitions).copied().collect();
        let acts = |run: &str| transition::prepare(&centre, &format!("{run}/{repetition}"), transitions);
        let mut order = [0, 1, 2];
        if repetition % 2 == 1 {
            order.reverse();
        }
        for which in order {
            bare::settle(&file)?;
            match which {
                0 => use_case.push(runtime.block_on(transition::by_use_case(
                    &centre,
                    own,
                    acts("use case"),
                ))?),
                1 => store.push(runtime.block_on(transition::by_store(
                    centre.app.store(),
                    &template,
                    &turn,
                    acts("store"),
                ))?),
                _ => loops.push(bare::run(&file, &template, &turn, &acts("bare"))?),
            }
        }
        let told = |run: &[Run]| run.last().map_or(0.0, Run::per_second);
        let (a, b, c) = (told(&use_case), told(&store), told(&loops));
        eprintln!("repetition {}: use case {a:.0}/s, store {b:.0}/s, bare loop {c:.0}/s", repetition + 1);
    }
    drop(centre);
    drop(runtime);
    Ok(rows(args, &use_case, &store, &loops))
}

fn on_postgres(args: &Args, server: &str) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let bar = bar(args.postgres_cases as u64);
        let bench = postgres::Bench::open(server, args.postgres_cases, &bar).await?;
        bar.finish_and_clear();
        let mut turns = Vec::new();
        let measured = async {
            for repetition in 0..usize::from(args.repetitions) {
                let turn = bench.turn(repetition, args.transitions).await?;
                eprintln!("repetition {}: {turn}", repetition + 1);
                turns.push(turn);
            }
            bench.server().await
        };
        let server = measured.await;
        bench.close().await?;
        Ok(postgres::rows(&turns, args.postgres_cases, args.transitions, &server?))
    })
}

fn rows(args: &Args, use_case: &[Run], store: &[Run], bare: &[Run]) -> Vec<Row> {
    let speed = |runs: &[Run]| Spread::of(runs.iter().map(Run::per_second));
    let ratio =
        |runs: &[Run]| Spread::of(runs.iter().zip(bare).map(|(a, b)| a.per_second() / b.per_second()));
    let late = |runs: &[Run], share| Spread::of(runs.iter().map(|run| run.percentile(share)));
    let goal = "≥ 0.7";
    let rate = "transitions/s";
    let mut rows = vec![
        Row::new("`Store::commit` ÷ bare rusqlite loop", "ratio", ratio(store)).goal(goal),
        Row::new("use case `approve::examine` ÷ bare rusqlite loop", "ratio", ratio(use_case)),
        Row::new("bare rusqlite loop", rate, speed(bare)),
        Row::new("`Store::commit`", rate, speed(store)),
        Row::new("`Store::commit`, latency p50", "ms", late(store, 0.5)),
        Row::new("`Store::commit`, latency p99", "ms", late(store, 0.99)).goal("≤ 50"),
        Row::new("use case `approve::examine`", rate, speed(use_case)),
        Row::new("use case `approve::examine`, latency p50", "ms", late(use_case, 0.5)),
        Row::new("use case `approve::examine`, latency p99", "ms", late(use_case, 0.99)).goal("≤ 50"),
    ];
    let about = format!("{CALLERS} callers, {} cases, {} transitions a run", args.cases, args.transitions);
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    rows
}

fn bar(len: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::stderr());
    let style =
        ProgressStyle::with_template("building {pos}/{len} cases [{bar:40}] {elapsed} of about {duration}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
