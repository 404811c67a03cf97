//! Medians with their range, the machine's name, the table. Measures nothing but a flush of the disk.

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Flushes timed to name the disk.
const FLUSHES: usize = 51;

/// One run: how long it took, and every call in it.
#[derive(Debug)]
pub struct Run {
    count: usize,
    elapsed: Duration,
    /// Sorted; empty where single calls have no meaning.
    latencies: Vec<Duration>,
}

impl Run {
    /// A run of so many transitions.
    pub fn new(count: usize, elapsed: Duration, mut latencies: Vec<Duration>) -> Run {
        latencies.sort_unstable();
        Run { count, elapsed, latencies }
    }

    /// Runs that went on at the same time.
    pub fn together(runs: Vec<Run>, elapsed: Duration) -> Run {
        let count = runs.iter().map(|run| run.count).sum();
        Run::new(count, elapsed, runs.into_iter().flat_map(|run| run.latencies).collect())
    }

    /// Transitions per second.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency in milliseconds that this share of the calls did not exceed.
    pub fn percentile(&self, share: f64) -> f64 {
        let rank = (self.latencies.len() as f64 * share).ceil() as usize;
        self.latencies.get(rank.saturating_sub(1)).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Median, least and greatest of some repetitions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// Of at least one value.
    pub fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let (low, high) = (at(values.len().saturating_sub(1) / 2), at(values.len() / 2));
        Spread { median: (low + high) / 2.0, min: at(0), max: at(values.len().saturating_sub(1)) }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// Under which circumstances.
    pub about: String,
    figure: String,
    unit: &'static str,
    spread: Spread,
    goal: &'static str,
}

impl Row {
    /// A figure without a goal.
    pub fn new(figure: &str, unit: &'static str, spread: Spread) -> Row {
        Row { about: String::new(), figure: figure.to_owned(), unit, spread, goal: "" }
    }

    /// With the goal the project has set itself.
    pub fn goal(self, goal: &'static str) -> Row {
        Row { goal, ..self }
    }
}

/// Everything there is to say, as Markdown.
pub fn report(machine: &str, repetitions: u8, rows: &[Row]) -> String {
    let mut text = format!(
        "{machine}\n\n| figure | circumstances | unit | median of {repetitions} | min | max | goal |\n"
    );
    text.push_str("|---|---|---|---:|---:|---:|---|\n");
    for Row { figure, about, unit, spread: Spread { median, min, max }, goal } in rows {
        let shown = |value: &f64| if *value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        let (median, min, max) = (shown(median), shown(min), shown(max));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {figure} | {about} | {unit} | {median} | {min} | {max} | {goal} |");
    }
    text
}

/// Processor, cores, kernel, file system and what a flush costs there, load, versions.
pub fn machine(folder: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|name| name.trim_matches([':', '\t', ' ']));
    let cpu = cpu.unwrap_or(std::env::consts::ARCH);
    let (kernel, load) = (read("/proc/sys/kernel/osrelease"), read("/proc/loadavg"));
    let load = load.split(' ').next().unwrap_or("unknown");
    Ok(format!(
        "{cpu}, {cores} cores, {} {}, {}, a flush of 4 KiB {:.2} ms (median of {FLUSHES}), load {load} at the start, \
         SQLite {}",
        std::env::consts::OS,
        kernel.trim(),
        file_system(&read("/proc/mounts"), &folder.canonicalize()?),
        flush(folder)?.as_secs_f64() * 1000.0,
        rusqlite::version(),
    ))
}

/// The kind of the file system this folder is on: of the longest mount point above it.
fn file_system(mounts: &str, folder: &Path) -> String {
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let above = mounts.filter(|(point, _)| folder.starts_with(point));
    above.max_by_key(|(point, _)| point.len()).map_or("file system unknown", |(_, kind)| kind).to_owned()
}

/// What it costs to make 4 KiB durable.
fn flush(folder: &Path) -> Result<Duration> {
    let path = folder.join("flush");
    let mut file = fs::File::create(&path).with_context(|| format!("{} is not writable", path.display()))?;
    let mut times = Vec::new();
    for _ in 0..FLUSHES {
        let started = Instant::now();
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort_unstable();
    times.get(FLUSHES / 2).copied().context("no flush")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_between_the_extremes() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0].into_iter()), Spread { median: 2.0, min: 1.0, max: 3.0 });
        assert_eq!(Spread::of([4.0, 1.0].into_iter()), Spread { median: 2.5, min: 1.0, max: 4.0 });
    }

    #[test]
    fn a_percentile_is_a_latency_that_was_measured() {
        let run = Run::new(100, Duration::from_secs(2), (1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!((run.per_second(), run.percentile(0.5), run.percentile(0.99)), (50.0, 50.0, 99.0));
    }

    #[test]
    fn the_nearest_mount_point_names_the_file_system() {
        let mounts = "a / ext4 rw 0 0\nb /tmp tmpfs rw 0 0\nc /tmpest xfs rw 0 0\n";
        assert_eq!(file_system(mounts, Path::new("/tmp/x")), "tmpfs");
        assert_eq!(file_system(mounts, Path::new("/home")), "ext4");
    }
}
