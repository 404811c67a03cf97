//! `journal verify` at scale against reading the same rows and computing SM3 over the same bytes.
//!
//! Each run is a process of its own, so that its greatest memory is its own too. Asserts nothing.

use crate::bare;
use crate::centre::Centre;
use crate::figures::{Row, Spread};
use anyhow::{Context, Result, ensure};
use futures_util::TryStreamExt as _;
use indicatif::ProgressBar;
use rusqlite::{Connection, params};
use sm3::{Digest as _, Sm3};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::{Client, NoTls};
use yichuang_app::anchors::{self, Keeping};
use yichuang_app::case::Seen;
use yichuang_app::{App, Ctx, Place, approve, journal};
use yichuang_domain::identity::case_no_of;
use yichuang_domain::permission::Actor;
use yichuang_storage::journal::{link, start};

/// Case numbers of the copies begin so, and a day.
const PREFIX: &str = "BC2026";
/// Copies that share a day's series.
const A_DAY: usize = 2_000;
/// Copies in one transaction.
const BATCH: usize = 5_000;

/// `bench verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Records of the journal
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// A PostgreSQL server to verify a copy on, too; the bench makes a database of its own there and removes it
    #[arg(long)]
    server: Option<String>,
    /// One run on the database `--at`: what the bench calls itself for
    #[arg(long, hide = true, requires = "at")]
    pub side: Option<Side>,
    /// See `--side`
    #[arg(long, hide = true)]
    pub at: Option<String>,
}

/// Who reads the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// The platform's verification.
    Verify,
    /// The same rows read with the engine's own library, and SM3 over the bytes.
    Read,
}

/// Seconds, greatest resident memory in MB and records of one run.
type Told = (f64, f64, u64);

/// The ratio, and what each side takes, at so many records.
pub fn measure(args: &VerifyArgs, folder: &Path, repetitions: u8) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = folder.join("verify");
    let place = Place::Folder(folder.clone());
    let centre = Arc::new(runtime.block_on(Centre::open(&place))?);
    let cases = runtime.block_on(centre.fill(1, &ProgressBar::hidden()))?;
    let case = *cases.first().context("no case")?;
    let ctx = Ctx::new(centre.examiner.clone(), centre.later(), "bench/examine");
    runtime.block_on(approve::examine(&centre.app, &ctx, Seen { case, version: None }, "同意"))?;
    let file = folder.join(Place::FILE);
    let copies = copy(&file, case.0, args.records)?;
    let ctx = Ctx::new(Actor::System, centre.later(), "bench/anchor");
    let made = runtime.block_on(anchors::make(&centre.app, &ctx, &Keeping::default()))?;
    drop(centre);
    bare::settle(&file)?;
    let mut about = format!("{copies} cases, {} anchors, SQLite", made.anchors.len());
    let mut rows = compare(&folder.to_string_lossy(), repetitions, &about)?;
    if let Some(server) = &args.server {
        let (name, url) = runtime.block_on(create(server))?;
        let target = Place::Postgres(url.clone());
        runtime.block_on(yichuang_storage::copy::copy(&place, &target, &|_| {}))?;
        about = about.replace("SQLite", "PostgreSQL");
        rows.extend(compare(&url, repetitions, &about)?);
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        runtime.block_on(async { anyhow::Ok(connect(server).await?.batch_execute(&drop).await?) })?;
    }
    Ok(rows)
}

/// Both sides in turn.
fn compare(at: &str, repetitions: u8, about: &str) -> Result<Vec<Row>> {
    let (mut verify, mut read) = (Vec::new(), Vec::new());
    for repetition in 0..repetitions {
        let mut order = [Side::Verify, Side::Read];
        if repetition % 2 == 1 {
            order.reverse();
        }
        for which in order {
            let told = run(which, at)?;
            eprintln!("{which:?}: {:.2} s, {:.0} MB, {} records", told.0, told.1, told.2);
            if which == Side::Verify { verify.push(told) } else { read.push(told) }
        }
    }
    ensure!(verify.iter().chain(&read).all(|told| told.2 == verify[0].2), "not the same records");
    let mut rows = rows(&verify, &read);
    let about = format!("{} records of {about}", verify[0].2);
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    Ok(rows)
}

/// A new database on the server: its name and its URL.
async fn create(server: &str) -> Result<(String, String)> {
    let name = format!("yichuang_bench_verify_{}", std::process::id());
    let locale = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
    connect(server).await?.batch_execute(&format!("CREATE DATABASE {name} {locale}")).await?;
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    let url = format!("{base}/{name}");
    Ok((name, url))
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

fn rows(verify: &[Told], read: &[Told]) -> Vec<Row> {
    let ratio = Spread::of(verify.iter().zip(read).map(|(a, b)| a.0 / b.0));
    let seconds = |told: &[Told]| Spread::of(told.iter().map(|told| told.0));
    let memory = Spread::of(verify.iter().map(|told| told.1));
    let what = "`journal verify`";
    vec![
        Row::new("`journal verify` ÷ reading the same rows + SM3", "ratio", ratio).goal("≤ 3"),
        Row::new(what, "s", seconds(verify)),
        Row::new("reading the same rows + SM3 over the same bytes", "s", seconds(read)),
        Row::new("`journal verify`, greatest memory", "MB", memory).goal("≤ 64"),
    ]
}

/// Runs one side in a process of its own.
fn run(which: Side, at: &str) -> Result<Told> {
    let mut command = Command::new(std::env::current_exe()?);
    let word = if which == Side::Verify { "verify" } else { "read" };
    command.args(["verify", "--side", word, "--at", at]).stderr(Stdio::inherit());
    let output = command.output().context("the bench does not start itself")?;
    ensure!(output.status.success(), "{which:?} ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What the process of [`run`] does: prints seconds, megabytes and records.
pub fn child(which: Side, at: &str) -> Result<()> {
    let place = match at.starts_with("postgres:") {
        true => Place::Postgres(at.into()),
        false => Place::Folder(at.into()),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let started = Instant::now();
    let records = match (which, &place) {
        (Side::Verify, place) => runtime.block_on(async {
            let report = journal::verify(&App::open_to_read(place).await?).await?;
            ensure!(report.fault.is_none(), "{report}");
            Ok(report.records)
        })?,
        (Side::Read, Place::Folder(folder)) => read_file(&folder.join(Place::FILE))?,
        (Side::Read, Place::Postgres(url)) => runtime.block_on(read_server(url))?,
    };
    let seconds = started.elapsed().as_secs_f64();
    println!("{}", serde_json::json!([seconds, greatest_memory()?, records]));
    Ok(())
}

/// The greatest resident memory of this process in MB.
fn greatest_memory() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory is read from /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}

/// The statements of the other rows, by a range of case ids (for the first: an id and how many).
const OTHERS: [&str; 3] =
    [bare::sql!("cases/heads"), bare::sql!("acts/witnesses"), bare::sql!("anchors/leaves")];

/// What [`read_file`] and [`read_server`] make of a record.
#[derive(Default)]
struct Mixed {
    records: u64,
    bytes: usize,
    digests: u8,
}

impl Mixed {
    fn record(&mut self, case: i64, seq: i64, body: &str, hash: &str) {
        let mut hasher = Sm3::new();
        for part in [hash.as_bytes(), &case.to_be_bytes(), &seq.to_be_bytes(), body.as_bytes()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        self.digests ^= hasher.finalize()[0];
        self.records += 1;
    }

    /// The compiler must not leave anything out.
    fn told(self) -> u64 {
        std::hint::black_box((self.bytes, self.digests));
        self.records
    }
}

/// All rows by one statement each, and the digest of every record. Gives the records.
fn read_file(file: &Path) -> Result<u64> {
    let (connection, mut mixed) = (Connection::open(file)?, Mixed::default());
    for statement in OTHERS {
        let mut statement = connection.prepare(statement)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params![i64::MIN, i64::MAX])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                mixed.bytes += row.get_ref(column)?.as_str().map_or(8, str::len);
            }
        }
    }
    let mut statement = connection.prepare(bare::sql!("journal/range"))?;
    let mut rows = statement.query(params![i64::MIN, i64::MAX])?;
    while let Some(row) = rows.next()? {
        mixed.record(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
    }
    Ok(mixed.told())
}

/// The same on a server.
async fn read_server(url: &str) -> Result<u64> {
    let (client, mut mixed) = (connect(url).await?, Mixed::default());
    let everything = [i64::MIN, i64::MAX];
    for statement in OTHERS {
        let mut rows = std::pin::pin!(client.query_raw(statement, everything).await?);
        while let Some(row) = rows.try_next().await? {
            for column in 0..row.len() {
                mixed.bytes += row.try_get::<_, &str>(column).map_or(8, str::len);
            }
        }
    }
    let mut rows = std::pin::pin!(client.query_raw(bare::sql!("journal/range"), everything).await?);
    while let Some(row) = rows.try_next().await? {
        mixed.record(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    }
    Ok(mixed.told())
}

/// Copies the case with its records and acts until there are so many records. Gives the number of cases.
fn copy(file: &Path, case: i64, records: usize) -> Result<usize> {
    let connection = Connection::open(file)?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    let mut all = connection.prepare(bare::sql!("journal/of_case"))?;
    let bodies: Vec<String> =
        all.query_map([case], |row| row.get("body"))?.collect::<rusqlite::Result<_>>()?;
    let mut all = connection.prepare("SELECT id, seq FROM acts WHERE case_id = $1 ORDER BY seq")?;
    let acts: Vec<(String, i64)> =
        all.query_map([case], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let copies = records.div_ceil(bodies.len());
    let mut one = Copy::prepare(&connection)?;
    for first in (0..copies).step_by(BATCH) {
        let transaction = connection.unchecked_transaction()?;
        for number in first..copies.min(first + BATCH) {
            one.case(case, number, &bodies, &acts)?;
        }
        transaction.commit()?;
    }
    Ok(copies)
}

struct Copy<'a> {
    case: rusqlite::Statement<'a>,
    record: rusqlite::Statement<'a>,
    act: rusqlite::Statement<'a>,
    series: rusqlite::Statement<'a>,
}

impl<'a> Copy<'a> {
    fn prepare(connection: &'a Connection) -> Result<Copy<'a>> {
        let case = "INSERT INTO cases SELECT $1, $2, '', version, stage, site, item_version, agency, state, \
            $3, received_at, received_on, updated_at FROM cases WHERE id = $4";
        let act = "INSERT INTO acts SELECT $1, actor, kind, body_hash, answer, at, $2, seq, $3 FROM acts \
            WHERE id = $4";
        Ok(Copy {
            case: connection.prepare(case)?,
            record: connection.prepare(bare::sql!("journal/append"))?,
            act: connection.prepare(act)?,
            series: connection.prepare(bare::sql!("series/draw"))?,
        })
    }

    fn case(&mut self, case: i64, number: usize, bodies: &[String], acts: &[(String, i64)]) -> Result<()> {
        let id = case + ((number as i64 + 1) << 22);
        let prefix = format!("{PREFIX}{:04}", 101 + number / A_DAY);
        let serial: i64 = self.series.query_row(params![format!("case_no/{prefix}"), 1], |row| row.get(0))?;
        let mut head = start(id).head;
        let mut heads = Vec::with_capacity(bodies.len());
        for (seq, body) in (1..).zip(bodies) {
            head = link(&head, id, seq, body);
            heads.push(head.clone());
        }
        self.case.execute(params![id, case_no_of(&prefix, serial), head, case])?;
        for ((seq, body), head) in (1_i64..).zip(bodies).zip(&heads) {
            self.record.execute(params![id, seq, body, head])?;
        }
        for (act, seq) in acts {
            let head = heads.get(*seq as usize - 1).context("an act without a record")?;
            self.act.execute(params![format!("{act}/{number}"), id, head, act])?;
        }
        Ok(())
    }
}
