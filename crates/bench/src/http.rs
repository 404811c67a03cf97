//! The pages: a case accepted over HTTP against the store's own rate, and the work-list page against the same page
//! set from memory by bare axum and askama.
//!
//! Server and browsers share the machine; the browsers keep their connections, one request at a time on each. No
//! notice is put on paper.

use crate::browser::{Browser, sign_in};
use crate::centre::{CALLERS, Centre, FOOD};
use crate::figures::{Row, Run, Spread};
use crate::{bar, transition};
use anyhow::{Context, Result, ensure};
use axum::http::{Method, StatusCode};
use clap::Args;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use yichuang_app::access::demo;
use yichuang_app::case::CaseAnswer;
use yichuang_app::files::{self, FilesPlace};
use yichuang_app::render::{Paper, Press, Render, Unprintable};
use yichuang_app::{Clock, Place, marks};
use yichuang_domain::id::CaseId;
use yichuang_domain::time;
use yichuang_server::{Listening, Server, Settings, still_desk};

/// `pages`.
#[derive(Clone, Debug, Args)]
pub struct PageArgs {
    /// Cases present.
    #[arg(long, default_value_t = 200_000)]
    cases: usize,
    /// Cases accepted in a run.
    #[arg(long, default_value_t = 5_000)]
    accepts: usize,
    /// Pages asked for in a run.
    #[arg(long, default_value_t = 5_000)]
    pages: usize,
    /// Browsers that ask for pages, each without a pause.
    #[arg(long, default_value_t = 8)]
    browsers: usize,
}

/// The clock stands where the cases leave it.
struct Still(time::Instant);

impl Clock for Still {
    fn now(&self) -> time::Instant {
        self.0
    }
}

/// Puts nothing on paper.
struct NoPaper;

impl Render for NoPaper {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        Err(Unprintable::Template(paper.kind.clone()))
    }
}

/// The server, and who has signed in to it.
struct House {
    centre: Arc<Centre>,
    at: SocketAddr,
    bare: SocketAddr,
    clerk: String,
    examiner: String,
}

/// Median of the repetitions, both sides by turns.
pub fn measure(args: &PageArgs, folder: &Path, repetitions: u8) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let centre = Arc::new(Centre::open(&Place::Folder(folder.join("data"))).await?);
        let present = bar(args.cases as u64);
        let own = centre.fill(args.cases, &present).await?;
        present.finish_and_clear();
        let house = open(centre.clone(), folder).await?;
        let mut rows = accepting(args, &house, &own, repetitions).await?;
        rows.extend(reading(args, &house, repetitions).await?);
        Ok(rows)
    })
}

async fn open(centre: Arc<Centre>, folder: &Path) -> Result<House> {
    let app = centre.app.clone();
    let clock = Arc::new(Still(centre.later()));
    marks::mark_made_by(&app, marks::DEMO).await?;
    demo::open_accounts(&app, clock.now()).await?;
    let files = files::open(&app, &FilesPlace::Folder(folder.join("files")), clock.now()).await?;
    let press = Press { render: Arc::new(NoPaper), files, progress: "http://127.0.0.1/progress/".into() };
    let server = Server { app, clock, press, scanner: None, demo: true, reset: None, tls: false };
    let listening = Listening::on(Settings { listen: ([127, 0, 0, 1], 0).into() }, server.clone()).await?;
    let at = listening.address()?;
    tokio::spawn(listening.serve(std::future::pending()));
    let clerk = sign_in(at, &centre.clerk.number().to_string()).await?;
    let examiner = sign_in(at, &centre.examiner.number().to_string()).await?;
    let token = examiner.split_once('=').context("a cookie")?.1;
    let still = still_desk(&server, token).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let bare = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, still).await });
    Ok(House { centre, at, bare, clerk, examiner })
}

/// 受理 by the form of the window against `Store::commit` of a change that is ready-made.
async fn accepting(args: &PageArgs, house: &House, own: &[CaseId], repetitions: u8) -> Result<Vec<Row>> {
    let (centre, count) = (&house.centre, args.accepts);
    ensure!(own.len() > count, "--cases must exceed --accepts");
    let received = bar((count * usize::from(repetitions)) as u64);
    let received_cases = centre.taken_in(count * usize::from(repetitions), &received, false).await?;
    received.finish_and_clear();
    let (sample, own) = own.split_last().context("no case")?;
    let template = Arc::new(transition::sample(centre, *sample).await?);
    let form = form(centre).await?;
    let (mut pages, mut store) = (Vec::new(), Vec::new());
    for (turn, cases) in received_cases.chunks(count).enumerate() {
        let acts = transition::prepare(centre, &format!("pages/{turn}"), count);
        pages.push(accept(house, cases, &form, turn).await?);
        store.push(transition::by_store(centre.app.store(), &template, &own[..count], acts).await?);
    }
    let about =
        format!("SQLite, {CALLERS} connections, {} cases present, {count} accepted a run", args.cases);
    let speed = |runs: &[Run]| Spread::of(runs.iter().map(Run::per_second));
    let ratio = pages.iter().zip(&store).map(|(page, store)| page.per_second() / store.per_second());
    let late = Spread::of(pages.iter().map(|run| run.percentile(0.99)));
    Ok(told(
        about,
        vec![
            Row::new("accept over HTTP ÷ `Store::commit`", "ratio", Spread::of(ratio)).goal("≥ 0.5"),
            Row::new("accept over HTTP", "cases/s", speed(&pages)),
            Row::new("`Store::commit`, 审查", "transitions/s", speed(&store)),
            Row::new("accept over HTTP, latency p99", "ms", late),
        ],
    ))
}

/// What the window ticks: everything is there and good.
async fn form(centre: &Centre) -> Result<String> {
    let version = centre.app.version_in_force(FOOD, centre.later().date()).await?;
    let item = &version.item;
    let chosen = centre.situations();
    let materials = item.required_materials(chosen).map(|m| format!("&way-{0}=paper&finding-{0}=good", m.id));
    let whole = item.review_points(chosen).filter(|point| point.material.is_none());
    let points = whole.map(|point| format!("&finding-{}=good", point.id));
    Ok(materials.chain(points).collect())
}

async fn accept(house: &House, cases: &[CaseAnswer], form: &str, turn: usize) -> Result<Run> {
    let mut browsers = JoinSet::new();
    let started = Instant::now();
    for share in 0..CALLERS {
        let mut browser = Browser::to(house.at, house.clerk.clone()).await?;
        let own: Vec<_> = cases.iter().skip(share).step_by(CALLERS).cloned().collect();
        let form = form.to_owned();
        browsers.spawn(async move {
            let mut latencies = Vec::with_capacity(own.len());
            for case in own {
                let path = format!("/cases/{}/intake", case.case_no);
                let body = format!("act=pages-{turn}-{}&version={}&do=accept{form}", case.case, case.version);
                let asked = Instant::now();
                let answer = browser.ask(Method::POST, &path, body).await?;
                latencies.push(asked.elapsed());
                let status = answer.status;
                ensure!(status == StatusCode::SEE_OTHER, "{} is not accepted: {status}", case.case_no);
            }
            Ok(latencies)
        });
    }
    ended(browsers, started).await
}

/// The work-list page of an examiner against the same page from memory.
async fn reading(args: &PageArgs, house: &House, repetitions: u8) -> Result<Vec<Row>> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..=repetitions {
        ours.push(read(args, house.at, &house.examiner).await?);
        bare.push(read(args, house.bare, &house.examiner).await?);
    }
    // The first are for the caches.
    let (ours, bare) = (&ours[1..], &bare[1..]);
    let ratio = ours.iter().zip(bare).map(|(ours, bare)| ours.per_second() / bare.per_second());
    let speed = |runs: &[Run]| Spread::of(runs.iter().map(Run::per_second));
    let late = |share| Spread::of(ours.iter().map(|run| run.percentile(share)));
    let about = format!("SQLite, {} browsers, {} cases present", args.browsers, args.cases);
    Ok(told(
        about,
        vec![
            Row::new("work-list page ÷ the same by bare axum + askama", "ratio", Spread::of(ratio))
                .goal("≥ 0.33"),
            Row::new("work-list page", "pages/s", speed(ours)),
            Row::new("the same from memory", "pages/s", speed(bare)),
            Row::new("work-list page, latency p50", "ms", late(0.5)),
            Row::new("work-list page, latency p99", "ms", late(0.99)).goal("≤ 30"),
        ],
    ))
}

async fn read(args: &PageArgs, at: SocketAddr, cookie: &str) -> Result<Run> {
    let mut browsers = JoinSet::new();
    let started = Instant::now();
    for _ in 0..args.browsers {
        let mut browser = Browser::to(at, cookie.to_owned()).await?;
        let count = args.pages / args.browsers;
        browsers.spawn(async move {
            let mut latencies = Vec::with_capacity(count);
            for _ in 0..count {
                let asked = Instant::now();
                let answer = browser.ask(Method::GET, "/desk", String::new()).await?;
                latencies.push(asked.elapsed());
                let (status, length) = (answer.status, answer.body.len());
                ensure!(status == StatusCode::OK && length > 10_000, "no list: {status}, {length} bytes");
            }
            Ok(latencies)
        });
    }
    ended(browsers, started).await
}

async fn ended(mut browsers: JoinSet<Result<Vec<std::time::Duration>>>, started: Instant) -> Result<Run> {
    let mut latencies = Vec::new();
    while let Some(own) = browsers.join_next().await {
        latencies.extend(own??);
    }
    Ok(Run::new(latencies.len(), started.elapsed(), latencies))
}

fn told(about: String, mut rows: Vec<Row>) -> Vec<Row> {
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    rows
}
