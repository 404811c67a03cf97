//! How long the demo takes, and how many acts it puts on record in a second. Runs the release binary.

use crate::figures::{Row, Spread};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use yichuang_app::Place;

const VISITORS: &str = "3000";
const DAYS: &str = "20";

/// Seconds and acts per second of `demo --visitors 3000 --days 20`.
pub fn measure(binary: Option<PathBuf>, folder: &Path, repetitions: u8) -> Result<Vec<Row>> {
    let binary = binary.map_or_else(build, Ok)?;
    let (mut seconds, mut rates, mut cases) = (Vec::new(), Vec::new(), 0);
    for repetition in 1..=repetitions {
        let data = folder.join("demo");
        let started = Instant::now();
        cases = demo(&binary, &data)?;
        let elapsed = started.elapsed().as_secs_f64();
        let acts = acts(&data)?;
        std::fs::remove_dir_all(&data)?;
        eprintln!("demo {repetition}: {elapsed:.2} s, {acts} acts");
        seconds.push(elapsed);
        rates.push(acts as f64 / elapsed);
    }
    let command = format!("`demo --visitors {VISITORS} --days {DAYS}`");
    let mut rows = vec![
        Row::new(&command, "s", Spread::of(seconds.into_iter())),
        Row::new(&command, "acts/s", Spread::of(rates.into_iter())),
    ];
    let about = format!("from an empty folder, {cases} cases to their end");
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    Ok(rows)
}

/// The binary beside this one, brought up to date.
pub fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--release", "-p", "yichuang-cli"]).status();
    ensure!(built.context("cargo does not start")?.success(), "yichuang is not built");
    let name = format!("yichuang{}", std::env::consts::EXE_SUFFIX);
    let binary = std::env::current_exe()?.with_file_name(name);
    ensure!(binary.is_file(), "{} is not there: name it by --binary", binary.display());
    Ok(binary)
}

/// One demo; gives the number of cases.
fn demo(binary: &Path, data: &Path) -> Result<u64> {
    let figures = lived(binary, data, &["--visitors", VISITORS, "--days", DAYS])?;
    figures["cases_received"].as_u64().context("no cases_received")
}

/// A demo in this folder; what it tells.
pub fn lived(binary: &Path, data: &Path, more: &[&str]) -> Result<serde_json::Value> {
    let mut command = Command::new(binary);
    command.args(["demo", "--no-serve", "--json", "--data"]).arg(data).args(more);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("{} does not start", binary.display()))?;
    ensure!(output.status.success(), "demo ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Acts on record.
fn acts(data: &Path) -> Result<i64> {
    let connection = rusqlite::Connection::open(data.join(Place::FILE))?;
    Ok(connection.query_row("SELECT COUNT(*) FROM acts", [], |row| row.get(0))?)
}
