//! Endless load on the embedded database: does the write-ahead log stay bounded, and the memory?
//!
//! Writers as fast as they can, readers that overlap all the time, and every so often one that reads for longer than
//! anybody should. Log, memory and rate are sampled each second and drawn (`plot`).

use crate::centre::{CALLERS, Centre};
use crate::figures::{Row, Spread};
use crate::plot::{Line, Plot};
use crate::transition;
use anyhow::{Context, Result};
use clap::Args;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use yichuang_app::Place;
use yichuang_domain::id::CaseId;
use yichuang_storage::{cases, clocks};

/// How long the reader reads that nobody should be, and how long it rests in between.
const LONG_READ: Duration = Duration::from_secs(20);
const REST: Duration = Duration::from_secs(40);
/// Readers that overlap.
const READERS: usize = 4;
/// Transitions prepared together.
const ROUND: usize = 20_000;

/// `soak`.
#[derive(Clone, Debug, Args)]
pub struct SoakArgs {
    /// How long.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Cases in the database before it begins.
    #[arg(long, default_value_t = 20_000)]
    cases: usize,
    /// Where the drawing goes.
    #[arg(long, default_value = "soak.svg")]
    svg: PathBuf,
}

/// What was seen in one second.
struct Sample {
    second: f64,
    log_mb: f64,
    memory_mb: f64,
    rate: f64,
    long_read: bool,
}

/// Runs it, draws it, and gives the extremes.
pub fn measure(args: &SoakArgs, folder: &Path) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let data = folder.join("soak");
    let centre = Arc::new(runtime.block_on(Centre::open(&Place::Folder(data.clone())))?);
    let all = Arc::new(runtime.block_on(centre.fill(args.cases, &ProgressBar::hidden()))?);
    let stop = Arc::new(AtomicBool::new(false));
    let (done, reads) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let reading_long = Arc::new(AtomicBool::new(false));
    let samples = std::thread::scope(|scope| -> Result<Vec<Sample>> {
        let sampler = {
            let (data, stop, done, reading_long) = (&data, &stop, &done, &reading_long);
            scope
                .spawn(move || sample(data, Duration::from_secs(60 * args.minutes), stop, done, reading_long))
        };
        let long = {
            let (file, stop, reading_long) = (data.join(Place::FILE), &stop, &reading_long);
            scope.spawn(move || read_for_long(&file, stop, reading_long))
        };
        let load = runtime.block_on(load(&centre, &all, &stop, &done, &reads));
        stop.store(true, Ordering::Relaxed);
        let samples = sampler.join().map_err(|_| anyhow::anyhow!("the sampler panicked"))?;
        long.join().map_err(|_| anyhow::anyhow!("the long reader panicked"))??;
        load.and(samples)
    })?;
    eprintln!("{} transitions, {} reads", done.load(Ordering::Relaxed), reads.load(Ordering::Relaxed));
    std::fs::write(&args.svg, draw(args, &samples))
        .with_context(|| format!("{} is not written", args.svg.display()))?;
    Ok(rows(args, &samples))
}

/// 64 callers and a few readers until they are told to stop.
async fn load(
    centre: &Arc<Centre>,
    all: &Arc<Vec<CaseId>>,
    stop: &Arc<AtomicBool>,
    done: &Arc<AtomicU64>,
    reads: &Arc<AtomicU64>,
) -> Result<()> {
    let sample = *all.last().context("no case")?;
    let template = Arc::new(transition::sample(centre, sample).await?);
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..READERS {
        let (store, all, stop, reads) =
            (centre.app.store().clone(), all.clone(), stop.clone(), reads.clone());
        readers.spawn(async move {
            for case in all.iter().cycle().skip(reader * 1000) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                store.one(cases::by_id(case.0)).await?;
                store.all(clocks::of_case(case.0)).await?;
                store.all(cases::page(case.0, 50)).await?;
                reads.fetch_add(3, Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
    }
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let acts = transition::prepare(centre, &format!("soak/{round}"), ROUND);
        let turn: Vec<CaseId> = all.iter().cycle().skip(round * ROUND).take(ROUND).copied().collect();
        let (store, template, stop, done) =
            (centre.app.store().clone(), template.clone(), stop.clone(), done.clone());
        let act = move |case: CaseId, prepared| {
            let (store, stop, done) = (store.clone(), stop.clone(), done.clone());
            let change = transition::change(&template, case.0, prepared);
            async move {
                if !stop.load(Ordering::Relaxed) {
                    store.commit(change).await?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            }
        };
        transition::concurrently(&turn, acts, act).await?;
    }
    while let Some(reader) = readers.join_next().await {
        reader??;
    }
    Ok(())
}

/// One transaction that reads for too long, a rest, and again: what holds the log.
fn read_for_long(file: &Path, stop: &AtomicBool, reading: &AtomicBool) -> Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    let wait = |time: Duration| {
        let until = Instant::now() + time;
        while Instant::now() < until && !stop.load(Ordering::Relaxed) {
            pause(Duration::from_millis(100));
        }
    };
    while !stop.load(Ordering::Relaxed) {
        wait(REST);
        connection.execute_batch("BEGIN")?;
        connection.query_row("SELECT COUNT(*) FROM cases", [], |row| row.get::<_, i64>(0))?;
        reading.store(true, Ordering::Relaxed);
        wait(LONG_READ);
        connection.execute_batch("COMMIT")?;
        reading.store(false, Ordering::Relaxed);
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a sample each second is what is wanted here")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn sample(
    data: &Path,
    time: Duration,
    stop: &AtomicBool,
    done: &AtomicU64,
    reading_long: &AtomicBool,
) -> Result<Vec<Sample>> {
    let log = data.join(format!("{}-wal", Place::FILE));
    let (started, mut samples, mut before) = (Instant::now(), Vec::new(), (Instant::now(), 0));
    while started.elapsed() < time && !stop.load(Ordering::Relaxed) {
        pause(Duration::from_secs(1));
        let now = (Instant::now(), done.load(Ordering::Relaxed));
        samples.push(Sample {
            second: started.elapsed().as_secs_f64(),
            log_mb: log.metadata().map_or(0, |file| file.len()) as f64 / f64::from(1 << 20),
            memory_mb: resident()? / 1024.0,
            rate: (now.1 - before.1) as f64 / (now.0 - before.0).as_secs_f64(),
            long_read: reading_long.load(Ordering::Relaxed),
        });
        before = now;
    }
    stop.store(true, Ordering::Relaxed);
    Ok(samples)
}

/// Resident memory of this process, KiB.
fn resident() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory is sampled on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(number.parse()?)
}

fn draw(args: &SoakArgs, samples: &[Sample]) -> String {
    let line = |name, color, value: fn(&Sample) -> f64| Line {
        name,
        color,
        points: samples.iter().map(|sample| (sample.second / 60.0, value(sample))).collect(),
    };
    let spans = samples.chunk_by(|a, b| a.long_read == b.long_read).filter(|span| span[0].long_read);
    let shaded = spans.map(|span| (span[0].second / 60.0, span[span.len() - 1].second / 60.0)).collect();
    Plot {
        title: format!(
            "{CALLERS} callers, {READERS} readers, one that reads too long (shaded), {} minutes",
            args.minutes
        ),
        unit: "minutes",
        panels: vec![
            vec![line("write-ahead log, MiB", "#b45309", |sample| sample.log_mb)],
            vec![line("resident memory, MiB", "#1d4ed8", |sample| sample.memory_mb)],
            vec![line("transitions a second", "#15803d", |sample| sample.rate)],
        ],
        shaded,
    }
    .svg()
}

fn rows(args: &SoakArgs, samples: &[Sample]) -> Vec<Row> {
    let of = |value: fn(&Sample) -> f64| Spread::of(samples.iter().map(value));
    let mut rows = vec![
        Row::new("write-ahead log, each second", "MiB", of(|sample| sample.log_mb)),
        Row::new("resident memory, each second", "MiB", of(|sample| sample.memory_mb)),
        Row::new("transitions, each second", "1/s", of(|sample| sample.rate)),
    ];
    let about = format!(
        "{} minutes, {CALLERS} callers, {READERS} readers, a read of {} s every {} s",
        args.minutes,
        LONG_READ.as_secs(),
        (LONG_READ + REST).as_secs()
    );
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    rows
}
