//! A database of many cases, filled by direct SQL: a centre that receives so many cases a day, as it stands this
//! evening. Only what the work lists read: cases, branches, clocks.
//!
//! Every case is invented from its number, the same in every run and on both engines: departments as unequal as
//! harmonic numbers, three sites, limits of 5 to 20 days of which a part is used, some corrected, paused, overdue.

use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::pin::pin;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls};
use yichuang_app::Place;
use yichuang_domain::time::{Date, Instant, days_after};
use yichuang_storage::Store;

/// This evening.
const TODAY: Date = Date::constant(2026, 11, 23);
const AGENCIES: usize = 21;
/// A state row is as long as those of the demo.
const STATE: usize = 1800;
/// Rows written together.
const CHUNK: usize = 20_000;

/// How many cases, and how they came.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Cases in all.
    pub cases: usize,
    /// Cases received on a day.
    pub per_day: usize,
}

/// The moment everything is seen from.
pub fn now() -> Instant {
    Instant::at(TODAY, 17, 0)
}

/// A department, the larger the more often.
pub fn agency(number: usize) -> String {
    let total: f64 = (1..=AGENCIES).map(|rank| 1.0 / rank as f64).sum();
    let mut left = share(number, 1) * total;
    for rank in 1..=AGENCIES {
        left -= 1.0 / rank as f64;
        if left < 0.0 {
            return format!("agency{rank:02}");
        }
    }
    format!("agency{AGENCIES:02}")
}

/// A site, the larger the more often.
pub fn site(number: usize) -> &'static str {
    match share(number, 2) {
        share if share < 0.7 => "jb",
        share if share < 0.9 => "jb-yuzui",
        _ => "jb-guojiatuo",
    }
}

/// Between 0 and 1, the same for the same number and purpose.
fn share(number: usize, purpose: u64) -> f64 {
    let mut mixed =
        (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    for shift in [30, 27, 31] {
        mixed = (mixed ^ (mixed >> shift)).wrapping_mul(0x94D0_49BB_1331_11EB);
    }
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

/// One cell.
enum Cell {
    Int(i64),
    Text(String),
}

fn int(value: i64) -> Cell {
    Cell::Int(value)
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// The tables with their columns, and the kinds of these: `i`nteger or `t`ext.
const TABLES: [(&str, &str, &str); 3] = [
    (
        "cases",
        "id, case_no, exchange_no, version, stage, site, item_version, agency, state, head_hash, received_at, \
         received_on, updated_at",
        "ittittitttiti",
    ),
    ("branches", "case_id, agency, stage, updated_at", "itti"),
    ("clocks", "case_id, branch, kind, began_on, ordinal, due_on, provisional, state, site", "itttititt"),
];

/// Rows for each of the tables.
type Rows = [Vec<Vec<Cell>>; 3];

/// Where a case stands.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Received,
    Correction,
    Approval,
    Decided,
    Delivered,
    Concluded,
}

impl At {
    fn stage(self) -> &'static str {
        match self {
            At::Received => "received",
            At::Correction => "correction_requested",
            At::Approval => "in_approval",
            At::Decided => "checked",
            At::Delivered => "delivered",
            At::Concluded => "concluded",
        }
    }
}

/// How many days a case may take, how many it takes, and where it stands therefore.
fn course(number: usize, days_ago: usize) -> (i32, f64, At) {
    let limit = match share(number, 3) {
        share if share < 0.3 => 5,
        share if share < 0.7 => 10,
        share if share < 0.9 => 15,
        _ => 20,
    };
    // Most take a part of their limit, a few more than all of it, some nothing: 即办件.
    let used = match share(number, 4) {
        share if share < 0.15 => 0.0,
        share if share > 0.97 => f64::from(limit) * 1.3,
        share => f64::from(limit) * (0.1 + 0.9 * share),
    };
    let age = days_ago as f64;
    let at = match () {
        () if days_ago == 0 && share(number, 5) < 0.3 => At::Received,
        () if days_ago < 6 && share(number, 6) < 0.08 => At::Correction,
        () if age < used => At::Approval,
        () if age < used + 3.0 => At::Decided,
        () if age < used + 13.0 => At::Delivered,
        () => At::Concluded,
    };
    (limit, used, at)
}

/// The rows of one case.
fn case(crowd: &Crowd, number: usize, rows: &mut Rows) {
    let [cases, branches, clocks] = rows;
    let days_ago = (crowd.cases - 1 - number) / crowd.per_day;
    let (limit, used, at) = course(number, days_ago);
    let received = days_after(TODAY, -(days_ago as i64));
    let (id, age) = (880_000_000_000_000_000 + 4096 * number as i64, days_ago as f64);
    let (site, at_ms) = (site(number), Instant::at(received, 10, 0).0);
    let (case_no, own) =
        (format!("JB{}{:06}", received.strftime("%Y%m%d"), number % 1_000_000), agency(number));
    let state = format!("{{\"case_no\":\"{case_no}\",\"filler\":\"{:x<1$}\"}}", "", STATE);
    let item = int((share(number, 7) * 52.0) as i64 + 1);
    cases.push(vec![
        int(id),
        text(case_no),
        text(""),
        int(8),
        text(at.stage()),
        text(site),
        item,
        text(own.clone()),
        text(state),
        text("0".repeat(64)),
        int(at_ms),
        text(received.to_string()),
        int(at_ms),
    ]);
    let other = (share(number, 8) < 0.1).then(|| agency(number + 1)).filter(|other| *other != own);
    let mut clock = |branch: &str, kind: &str, days: i32, state: &str| {
        let due = days_after(received, i64::from(days));
        let due = if state == "paused" { String::new() } else { due.to_string() };
        clocks.push(vec![
            int(id),
            text(branch),
            text(kind),
            text(received.to_string()),
            int(1000 + i64::from(days) - days_ago as i64),
            text(due),
            int(0),
            text(state),
            text(site),
        ]);
    };
    let running = |when: At| if at == when { "running" } else { "stopped" };
    clock("", "correction", 5, running(At::Received));
    if at == At::Correction {
        clock("", "supplement", 15, "running");
    }
    if matches!(at, At::Received | At::Correction) {
        return;
    }
    let paused = at == At::Approval && share(number, 9) < 0.04;
    for branch in std::iter::once(&own).chain(&other) {
        let state = if paused { "paused" } else { running(At::Approval) };
        clock(branch, "promised", limit, state);
        clock(branch, "statutory", 20, state);
        let stage = match at {
            At::Approval if age < used * 0.6 => "pending",
            At::Approval if age < used * 0.85 => "examined",
            At::Approval => "reviewed",
            At::Concluded => "ended",
            _ => "approved",
        };
        branches.push(vec![int(id), text(branch.clone()), text(stage), int(at_ms)]);
    }
    if at != At::Approval {
        clock("", "delivery", used as i32 + 10, running(At::Decided));
    }
    if matches!(at, At::Delivered | At::Concluded) {
        clock("", "rating", used as i32 + 13, running(At::Delivered));
    }
}

/// The place of a database of so many cases; a new one, unless what is there is kept.
pub async fn place(server: Option<&str>, folder: &Path, crowd: &Crowd, keep: bool) -> Result<Place> {
    let name = format!("yichuang_bench_{}_{}", crowd.cases, crowd.per_day);
    let Some(server) = server else { return Ok(Place::Folder(folder.join(name))) };
    let admin = connect(server).await?;
    let there = !admin.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?.is_empty();
    if there && !keep {
        admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    }
    if !(there && keep) {
        let locale = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
        admin.batch_execute(&format!("CREATE DATABASE {name} {locale}")).await?;
    }
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    Ok(Place::Postgres(format!("{base}/{name}")))
}

/// Takes it away again, unless it is kept.
pub async fn remove(server: Option<&str>, place: &Place, keep: bool) -> Result<()> {
    if let (Some(server), Place::Postgres(url), false) = (server, place, keep) {
        let name = url.rsplit('/').next().context("a name")?;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        connect(server).await?.batch_execute(&drop).await?;
    }
    Ok(())
}

/// Fills it, unless it is full.
pub async fn fill(crowd: &Crowd, place: &Place) -> Result<()> {
    drop(Store::open(place).await?);
    let bar = ProgressBar::with_draw_target(Some(crowd.cases as u64), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("filling {pos}/{len} cases [{bar:40}] {elapsed}")?);
    match place {
        Place::Folder(folder) => fill_file(crowd, &folder.join(Place::FILE), &bar)?,
        Place::Postgres(url) => fill_server(crowd, &connect(url).await?, &bar).await?,
    }
    bar.finish_and_clear();
    Ok(())
}

/// Cases by the thousand.
fn chunks(crowd: &Crowd, bar: &ProgressBar) -> impl Iterator<Item = Rows> {
    let (crowd, bar) = (*crowd, bar.clone());
    (0..crowd.cases).step_by(CHUNK).map(move |first| {
        let mut rows = Rows::default();
        let last = (first + CHUNK).min(crowd.cases);
        (first..last).for_each(|number| case(&crowd, number, &mut rows));
        bar.set_position(last as u64);
        rows
    })
}

fn full(found: i64, crowd: &Crowd) -> Result<bool> {
    ensure!(found == 0 || found == crowd.cases as i64, "{found} cases are there, not {}", crowd.cases);
    Ok(found > 0)
}

fn fill_file(crowd: &Crowd, file: &Path, bar: &ProgressBar) -> Result<()> {
    let connection = Connection::open(file)?;
    if full(connection.query_row("SELECT COUNT(*) FROM cases", [], |row| row.get(0))?, crowd)? {
        return Ok(());
    }
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN")?;
    for rows in chunks(crowd, bar) {
        for ((table, columns, kinds), rows) in TABLES.iter().zip(rows) {
            let places: Vec<String> = (1..=kinds.len()).map(|n| format!("${n}")).collect();
            let sql = format!("INSERT INTO {table} ({columns}) VALUES ({})", places.join(", "));
            let mut insert = connection.prepare_cached(&sql)?;
            for row in rows {
                insert.execute(params_from_iter(row.iter().map(|cell| match cell {
                    Cell::Int(value) => rusqlite::types::Value::Integer(*value),
                    Cell::Text(value) => rusqlite::types::Value::Text(value.clone()),
                })))?;
            }
        }
    }
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

async fn fill_server(crowd: &Crowd, client: &Client, bar: &ProgressBar) -> Result<()> {
    if full(client.query_one("SELECT COUNT(*) FROM cases", &[]).await?.get(0), crowd)? {
        return Ok(());
    }
    client.batch_execute("BEGIN").await?;
    for rows in chunks(crowd, bar) {
        for ((table, columns, kinds), rows) in TABLES.iter().zip(rows) {
            let kinds: Vec<Type> =
                kinds.chars().map(|kind| if kind == 'i' { Type::INT8 } else { Type::TEXT }).collect();
            let sink = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY")).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &kinds));
            for row in rows {
                let cells: Vec<&(dyn ToSql + Sync)> = row
                    .iter()
                    .map(|cell| match cell {
                        Cell::Int(value) => value as &(dyn ToSql + Sync),
                        Cell::Text(value) => value as _,
                    })
                    .collect();
                writer.as_mut().write(&cells).await?;
            }
            writer.finish().await?;
        }
    }
    client.batch_execute("COMMIT").await?;
    // What the server does by itself before long.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    Ok(())
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
