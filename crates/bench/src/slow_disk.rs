//! A disk that takes 2 ms longer for every flush: how much of its rate the store keeps at 64 callers, because what
//! queues up during a flush shares the next one.
//!
//! The program starts itself again with a library preloaded that makes `fsync` and `fdatasync` wait while a file
//! exists, so that fast and slow runs go by turns on one database. Linux only, and needs `cc`.

use crate::bare;
use crate::centre::{CALLERS, Centre};
use crate::figures::{Row, Run, Spread};
use crate::transition;
use anyhow::{Context, Result, ensure};
use clap::Args;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use yichuang_app::Place;

const WHEN: &str = "SLOW_FSYNC_WHEN";
const MICROSECONDS: &str = "SLOW_FSYNC_US";
const TALLY: &str = "SLOW_FSYNC_TALLY";

/// `slow-disk`.
#[derive(Clone, Debug, Args)]
pub struct SlowDiskArgs {
    /// Microseconds every flush takes longer.
    #[arg(long, default_value_t = 2000)]
    microseconds: u32,
    /// Cases in the database before anything is measured.
    #[arg(long, default_value_t = 20_000)]
    cases: usize,
    /// Transitions in each run.
    #[arg(long, default_value_t = 10_000)]
    transitions: usize,
}

/// One run: its rate and the flushes it took.
struct Turn {
    run: Run,
    flushes: u64,
}

/// Median of the repetitions, fast and slow by turns. `None`: this was the program that started the other one, which
/// has printed everything.
pub fn measure(args: &SlowDiskArgs, folder: &Path, repetitions: u8) -> Result<Option<Vec<Row>>> {
    let Some(when) = std::env::var_os(WHEN).map(PathBuf::from) else {
        start_again(args, folder)?;
        return Ok(None);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let data = folder.join("slow-disk");
    let file = data.join(Place::FILE);
    let centre = Arc::new(runtime.block_on(Centre::open(&Place::Folder(data)))?);
    let bar = ProgressBar::hidden();
    let mut cases = runtime.block_on(centre.fill(args.cases, &bar))?;
    let sample = cases.pop().context("no case")?;
    let template = Arc::new(runtime.block_on(transition::sample(&centre, sample))?);
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for repetition in 0..repetitions {
        let mut order = [false, true];
        if repetition % 2 == 1 {
            order.reverse();
        }
        for slower in order {
            bare::settle(&file)?;
            let acts = transition::prepare(&centre, &format!("slow {slower}/{repetition}"), args.transitions);
            let turn: Vec<_> = cases.iter().cycle().take(args.transitions).copied().collect();
            if slower {
                std::fs::write(&when, "")?;
            }
            let before = flushes()?;
            let run = runtime.block_on(transition::by_store(centre.app.store(), &template, &turn, acts))?;
            let made = Turn { run, flushes: flushes()? - before };
            if slower {
                std::fs::remove_file(&when)?;
            }
            eprintln!("slower: {slower}, {:.0}/s, {} flushes", made.run.per_second(), made.flushes);
            if slower { slow.push(made) } else { fast.push(made) }
        }
    }
    drop(centre);
    Ok(Some(rows(args, &fast, &slow)))
}

fn rows(args: &SlowDiskArgs, fast: &[Turn], slow: &[Turn]) -> Vec<Row> {
    let rate = |turns: &[Turn]| Spread::of(turns.iter().map(|turn| turn.run.per_second()));
    let each = |turns: &[Turn]| {
        Spread::of(turns.iter().map(|turn| args.transitions as f64 / turn.flushes.max(1) as f64))
    };
    let late = |turns: &[Turn]| Spread::of(turns.iter().map(|turn| turn.run.percentile(0.99)));
    let ratio = slow.iter().zip(fast).map(|(slow, fast)| slow.run.per_second() / fast.run.per_second());
    let ms = f64::from(args.microseconds) / 1000.0;
    let mut rows = vec![
        Row::new(&format!("`Store::commit` with {ms} ms more a flush ÷ without"), "ratio", Spread::of(ratio))
            .goal("≥ 0.6"),
        Row::new("without", "transitions/s", rate(fast)),
        Row::new("without", "transitions a flush", each(fast)),
        Row::new("with", "transitions/s", rate(slow)),
        Row::new("with", "transitions a flush", each(slow)),
        Row::new("with, latency p99", "ms", late(slow)),
    ];
    let about = format!("{CALLERS} callers, {} cases, {} transitions a run", args.cases, args.transitions);
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    rows
}

/// Flushes of this process so far.
fn flushes() -> Result<u64> {
    let path = std::env::var(TALLY).context("no tally")?;
    Ok(std::fs::read_to_string(path)?.trim().parse().unwrap_or_default())
}

fn start_again(args: &SlowDiskArgs, folder: &Path) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "flushes are made slower by a preloaded library, on Linux only");
    let (source, library) = (folder.join("slow_fsync.c"), folder.join("slow_fsync.so"));
    std::fs::write(&source, include_str!("slow_fsync.c"))?;
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-O1"]).arg(&source).arg("-o").arg(&library).status();
    ensure!(built.context("cc does not start")?.success(), "the library is not built");
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).env("LD_PRELOAD", &library);
    again.env(WHEN, folder.join("slow")).env(TALLY, folder.join("tally"));
    again.env(MICROSECONDS, args.microseconds.to_string());
    ensure!(again.status()?.success(), "the measuring program failed");
    Ok(())
}
