//! `demo`: makes an embedded database with the Jiangbei centre and lives through working days of it, by the
//! same use cases that pages and the interface call. Everybody in it is invented and marked as such.

mod draw;
mod fate;
mod file;
mod people;
mod run;
mod summary;

use crate::explain::parse_date;
use crate::place::{FilesArgs, KeysArgs};
use crate::say::say;
use crate::serve::{self, Ended, ListenArgs};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;
use yichuang_app::access::demo::{self as accounts, DemoAccount};
use yichuang_app::anchors::Keeping;
use yichuang_app::stats::Stats;
use yichuang_app::vault::Keys;
use yichuang_app::{App, Place, catalog, marks};
use yichuang_domain::time::Date;

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// 到场办事人数
    #[arg(long, value_name = "人数", default_value_t = 600, value_parser = clap::value_parser!(u32).range(0..=200_000))]
    visitors: u32,
    /// 工作日数：办事人分散在这些工作日到场
    #[arg(long, value_name = "天数", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=120))]
    days: u32,
    #[command(flatten)]
    place: FilesArgs,
    #[command(flatten)]
    keys: KeysArgs,
    /// 随机种子：种子相同，统计相同
    #[arg(long, value_name = "种子", default_value_t = 1)]
    seed: u64,
    /// 第一个工作日
    #[arg(long, value_name = "日期", default_value = "2026-09-01", value_parser = parse_date)]
    from: Date,
    /// 全部办结之后再到场的人数：演示停在他们的办件办理途中（默认：启动服务的 200，否则 0）
    #[arg(long, value_name = "人数", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    open: Option<u32>,
    #[command(flatten)]
    at: ListenArgs,
    /// 演示结束后不启动服务
    #[arg(long)]
    no_serve: bool,
    /// 标准输出只输出一个 JSON 对象
    #[arg(long)]
    json: bool,
}

/// Runs the demo.
pub async fn run(args: DemoArgs) -> Result<ExitCode> {
    let place = args.place.data.place();
    // Held to the end: two demos never share a folder.
    let _lock = match &place {
        Place::Folder(folder) => {
            let (lock, been_here) = lock(folder)?;
            let cleared = clear(folder, been_here, &args.keys.of(&place)).await;
            if cleared.is_err() && !been_here {
                // A folder that is refused is left as it was found.
                std::fs::remove_file(folder.join(LOCK))?;
            }
            cleared?;
            Some(lock)
        }
        Place::Postgres(_) => {
            empty(&place).await?;
            None
        }
    };
    let app = live(&args, &place).await?;
    if args.no_serve {
        app.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    serve_again(&args, &place, app).await
}

/// Serves the demo, and makes it anew as often as its page is asked to.
async fn serve_again(args: &DemoArgs, place: &Place, mut app: App) -> Result<ExitCode> {
    let files =
        args.place.files()?.context("没有指明文件存储。用 --files 指明目录，或者 s3://存储桶/前缀")?;
    // Nothing in a PostgreSQL database is ever removed.
    let folder = match place {
        Place::Folder(folder) => Some(folder),
        Place::Postgres(_) => None,
    };
    let reset = folder.map(|_| Arc::new(Notify::new()));
    while let (Ended::Reset, Some(folder)) =
        (serve::serve(app, &files, &args.at, Keeping::default(), reset.clone()).await?, folder)
    {
        let again = async {
            clear(folder, true, &args.keys.of(place)).await?;
            live(args, place).await
        };
        app = serve::meanwhile(&args.at, again).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the database, lives through the days and tells of them.
async fn live(args: &DemoArgs, place: &Place) -> Result<App> {
    let started = Instant::now();
    let app = App::open(place).await?;
    app.unlock(args.keys.of(place)).await?;
    marks::mark_made_by(&app, marks::DEMO).await?;
    catalog::load_default_catalogue(&app).await?;
    let open = args.open.unwrap_or(if args.no_serve { 0 } else { OPEN });
    let plan = run::Plan { visitors: args.visitors, days: args.days, seed: args.seed, from: args.from, open };
    let mut stats = run::run(&app, &plan).await?;
    stats.elapsed_ms = started.elapsed().as_millis() as u64;
    accounts::open_accounts(&app, marks::last_moment(&app).await?).await?;
    let accounts = accounts::accounts(&app).await?;
    if args.json {
        say!("{}", serde_json::to_string(&Told { stats: &stats, accounts: &accounts })?);
    } else {
        say!("{}", summary::text(&app, &stats, &plan).await?.trim_end());
        say!("\n{}", summary::accounts(&accounts::roles(&app).await?).trim_end());
    }
    Ok(app)
}

/// Visitors whose cases are under way when a demo is served.
const OPEN: u32 = 200;

/// What `--json` tells.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    stats: &'a Stats,
    accounts: &'a [DemoAccount],
}

/// Name of the file that a running demo holds locked.
const LOCK: &str = "demo.lock";

/// Takes the folder for this demo: a new or empty one, one that a demo was stopped in, or one with a database,
/// which [`clear`] looks at. Gives the lock and whether a demo was here before.
fn lock(folder: &Path) -> Result<(File, bool)> {
    let shown = folder.display();
    let been_here = folder.join(LOCK).exists();
    if !been_here && !Place::Folder(folder.to_owned()).holds_database() {
        if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("目录“{shown}”不是空的，也不是演示目录，demo 不会使用它。请用 --data 另指一个空目录。");
        }
        std::fs::create_dir_all(folder).with_context(|| format!("目录“{shown}”无法建立，请检查权限"))?;
    }
    let file =
        File::create(folder.join(LOCK)).with_context(|| format!("目录“{shown}”不能写入，请检查权限"))?;
    match file.try_lock() {
        Ok(()) => Ok((file, been_here)),
        Err(_) => bail!("目录“{shown}”正在由另一个 demo 使用。等它结束，或者用 --data 另指一个目录。"),
    }
}

/// Removes the database of an earlier demo and its keys; refuses a folder that no demo made. What a demo left that was
/// stopped before its database stood is its own, too.
async fn clear(folder: &Path, been_here: bool, keys: &Keys) -> Result<()> {
    let place = Place::Folder(folder.to_owned());
    let mut sealed_with = Vec::new();
    let ours = match App::open_to_read(&place).await {
        Ok(app) => {
            sealed_with = yichuang_app::keys::needed(&app).await?;
            marks::made_by(&app).await?.as_deref() == Some(marks::DEMO) || marks::is_empty(&app).await?
        }
        Err(_) if been_here || !place.holds_database() => true,
        Err(error) => return Err(error.into()),
    };
    if !ours {
        let folder = folder.display();
        bail!("目录“{folder}”中是正式数据库，不是演示数据，demo 不会改动它。请用 --data 另指一个空目录。");
    }
    for file in Place::files(folder) {
        std::fs::remove_file(&file)
            .with_context(|| format!("旧的演示数据“{}”无法删除，请先停止使用它的程序", file.display()))?;
    }
    for id in sealed_with {
        keys.discard(&id)?;
    }
    let files = folder.join("files");
    if files.is_dir() {
        std::fs::remove_dir_all(&files)
            .with_context(|| format!("旧的演示文件“{}”无法删除，请检查权限", files.display()))?;
    }
    Ok(())
}

/// A PostgreSQL database for a demo must be new: nothing in it is ever removed.
async fn empty(place: &Place) -> Result<()> {
    let app = App::open(place).await?;
    app.close().await;
    if marks::made_by(&app).await?.is_some() || !app.organisation().sites.is_empty() {
        bail!("该 PostgreSQL 数据库已有数据，demo 不会改动它。请新建一个空数据库后再运行。");
    }
    Ok(())
}
