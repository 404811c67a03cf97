//! The start on a database that is there: from the command to the first page, what that page weighs, and how much
//! memory the server holds ten seconds later, with one search and one notice done.

use crate::browser::{Browser, sign_in};
use crate::demo::{build, lived};
use crate::figures::{Row, Spread};
use anyhow::{Context, Result, ensure};
use axum::http::{Method, StatusCode};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::{interval, sleep_until};

/// An examiner of 市场监管 in the demo.
const EXAMINER: &str = "2011";
/// 开火锅店
const SEARCH: &str = "/guide?q=%E5%BC%80%E7%81%AB%E9%94%85%E5%BA%97";

/// `start`.
#[derive(Clone, Debug, Args)]
pub struct StartArgs {
    /// Seconds between the start and the look at the memory.
    #[arg(long, default_value_t = 10)]
    after: u64,
}

/// Median of the repetitions, each in a process of its own.
pub fn measure(
    args: &StartArgs,
    binary: Option<PathBuf>,
    folder: &Path,
    repetitions: u8,
) -> Result<Vec<Row>> {
    let binary = binary.map_or_else(build, Ok)?;
    let data = folder.join("demo");
    lived(&binary, &data, &["--visitors", "600", "--days", "10", "--open", "200"])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut starts, mut pages, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..repetitions {
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let started = Instant::now();
        let mut server = Command::new(&binary)
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(&data)
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let seen = runtime.block_on(used(args, address, started, &server));
        ended(&mut server)?;
        let (first, page, memory) = seen?;
        starts.push(first.as_secs_f64() * 1000.0);
        pages.push(page);
        resident.push(memory);
    }
    let about = "600 visitors and 200 cases under way, SQLite".to_owned();
    let mut rows = vec![
        Row::new("start to first page", "ms", Spread::of(starts.into_iter())).goal("≤ 300"),
        Row::new("first page, gzip, beside kept assets", "KB", Spread::of(pages.into_iter())).goal("≤ 60"),
        Row::new("resident memory after one search and one notice", "MB", Spread::of(resident.into_iter()))
            .goal("≤ 150"),
    ];
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    Ok(rows)
}

/// How long the first page took, its kilobytes when packed, and the megabytes held at the end.
async fn used(
    args: &StartArgs,
    address: SocketAddr,
    started: Instant,
    server: &Child,
) -> Result<(Duration, f64, f64)> {
    let mut again = interval(Duration::from_millis(2));
    let mut visitor = loop {
        again.tick().await;
        match Browser::to(address, String::new()).await {
            Ok(browser) => break browser,
            Err(error) => ensure!(started.elapsed() < Duration::from_secs(60), "no server: {error}"),
        }
    };
    let page = visitor.page("/").await?;
    let first = started.elapsed();
    visitor.page(SEARCH).await?;
    let mut examiner = Browser::to(address, sign_in(address, EXAMINER).await?).await?;
    let list = examiner.page("/cases").await?;
    let case = linked(&list, "href=\"/cases/JB").context("no case in the list")?;
    let paper = linked(&examiner.page(&case).await?, "href=\"/cases/JB")
        .filter(|paper| paper.contains("/documents/"))
        .context("no notice on the case page")?;
    let notice = examiner.ask(Method::GET, &paper, String::new()).await?;
    ensure!(
        notice.status == StatusCode::OK && notice.body.starts_with(b"%PDF"),
        "no notice: {}",
        notice.status
    );
    sleep_until((started + Duration::from_secs(args.after)).into()).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = resident.trim().trim_end_matches(" kB").parse()?;
    Ok((first, packed(&page)?, kilobytes * 1024.0 / 1e6))
}

/// The first address that begins so, notices first.
fn linked(page: &str, mark: &str) -> Option<String> {
    let addresses =
        || page.split(mark).skip(1).filter_map(|rest| Some(format!("/cases/JB{}", rest.split_once('"')?.0)));
    addresses().find(|address| address.contains("/documents/")).or_else(|| addresses().next())
}

fn packed(page: &str) -> Result<f64> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(page.as_bytes())?;
    Ok(packer.finish()?.len() as f64 / 1e3)
}

fn ended(server: &mut Child) -> Result<()> {
    server.kill()?;
    server.wait()?;
    Ok(())
}
