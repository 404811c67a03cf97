//! `serve`: the pages over HTTP, on data that is there. Opens, wires, waits for the end; no rule stands here.

use crate::place::{FilesArgs, KeysArgs};
use crate::press;
use crate::say::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::Timestamp;
use std::cell::Cell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use yichuang_app::access::demo::open_accounts;
use yichuang_app::anchors::{AnchorFile, Keeping};
use yichuang_app::files::{self, FilesPlace};
use yichuang_app::render::Press;
use yichuang_app::uploads::Scanner;
use yichuang_app::{App, Clock, SystemClock, marks};
use yichuang_domain::time::{Instant, days_after};
use yichuang_server::{Listening, Server, Settings, Upkeep, keep_up, waiting};

/// `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    place: FilesArgs,
    #[command(flatten)]
    keys: KeysArgs,
    #[command(flatten)]
    at: ListenArgs,
    /// 每日锚定抄送的锚文件，宜放在另一台设备上
    #[arg(long, value_name = "文件")]
    anchor_file: Option<PathBuf>,
    /// 锚定签名用的 SM2 私钥文件（PEM 或者十六进制）
    #[arg(long, value_name = "文件")]
    anchor_key: Option<PathBuf>,
}

/// 监听和时钟.
#[derive(Clone, Debug, Args)]
pub struct ListenArgs {
    /// 监听地址和端口
    #[arg(long, value_name = "地址", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// 办事人访问的网址，用于文书上的二维码，如 https://zwfw.example.cn；没有给出时用监听地址
    #[arg(long, value_name = "网址")]
    public_url: Option<String>,
    /// 病毒扫描程序 clamd 的地址，如 127.0.0.1:3310；没有给出时上传的文件不扫描
    #[arg(long, value_name = "地址")]
    clamd: Option<String>,
    /// 演示数据专用：以这个时刻为现在，如 2026-11-23T10:00:00+08:00
    #[arg(long, value_name = "时刻")]
    clock: Option<Timestamp>,
}

/// Serves until it is told to end.
pub async fn run(args: ServeArgs) -> Result<ExitCode> {
    let keeping = Keeping {
        key: args.anchor_key.map(|path| crate::journal::signing_key(&path)).transpose()?,
        file: args.anchor_file.map(AnchorFile::new),
    };
    let place = args.place.data.place();
    let app = App::open_existing(&place).await?;
    app.unlock(args.keys.of(&place)).await?;
    let files =
        args.place.files()?.context("没有指明文件存储。用 --files 指明目录，或者 s3://存储桶/前缀")?;
    serve(app, &files, &args.at, keeping, None).await?;
    Ok(ExitCode::SUCCESS)
}

/// Why serving has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Told to end.
    Stopped,
    /// The demo is to begin again.
    Reset,
}

/// Serves what is open until it is told to end, or `reset` is notified by the page of a demo.
pub async fn serve(
    app: App,
    place: &FilesPlace,
    at: &ListenArgs,
    keeping: Keeping,
    reset: Option<Arc<Notify>>,
) -> Result<Ended> {
    let demo = marks::made_by(&app).await?.as_deref() == Some(marks::DEMO);
    let clock = clock(&app, demo, at.clock).await?;
    let files = files::open(&app, place, SystemClock.now()).await?;
    if demo {
        open_accounts(&app, clock.now()).await?;
    }
    let url = at.public_url.clone().unwrap_or_else(|| format!("http://{}", at.listen));
    let tls = url.starts_with("https://");
    let progress = format!("{}/progress/", url.trim_end_matches('/'));
    let press = Press { render: Arc::new(press::Lazy::default()), files, progress };
    let scanner = at.clamd.clone().map(Scanner::new);
    let server = Server { app: app.clone(), clock, press, scanner, demo, reset: reset.clone(), tls };
    let listening = Listening::on(Settings { listen: at.listen }, server.clone())
        .await
        .with_context(|| format!("地址 {} 不能监听，可能已被占用。请用 --listen 另指一个", at.listen))?;
    say!("一窗综办平台已启动：http://{}", listening.address()?);
    if demo {
        say!("演示数据：打开网页，在登录页点选岗位即可进入；现在是 {}。按 Ctrl+C 结束。", server.clock.now());
    }
    let (tell, told) = watch::channel(false);
    let upkeep = tokio::spawn(keep_up(server, Upkeep { keeping }, told));
    let ended = Cell::new(Ended::Stopped);
    let until = async {
        let reset = async {
            match &reset {
                Some(reset) => reset.notified().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = end() => {}
            () = reset => ended.set(Ended::Reset),
        }
    };
    listening.serve(until).await;
    let closing = async {
        tell.send_replace(true);
        upkeep.await?;
        app.close().await;
        Ok(())
    };
    match ended.get() {
        Ended::Reset => meanwhile(at, closing).await?,
        Ended::Stopped => closing.await?,
    }
    Ok(ended.get())
}

/// Answers whoever comes while `work` goes on that it takes a moment: for a demo that is made anew.
pub async fn meanwhile<T>(at: &ListenArgs, work: impl Future<Output = Result<T>>) -> Result<T> {
    let listener = TcpListener::bind(at.listen).await?;
    tokio::select! {
        done = work => done,
        ended = waiting(listener) => { ended?; bail!("演示重建时停止了监听，请重新运行 demo。") }
    }
}

/// Ctrl+C, or the system's wish that it ends.
async fn end() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "the end cannot be waited for");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(error) => {
                tracing::warn!(%error, "only Ctrl+C ends it");
                interrupted.await;
            }
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}

/// A clock that goes on from a moment of its own.
struct From {
    ahead: i64,
}

impl Clock for From {
    fn now(&self) -> Instant {
        Instant(SystemClock.now().0 + self.ahead)
    }
}

/// The machine's clock; a demo's goes on where its last act was done, with the hall open.
async fn clock(app: &App, demo: bool, given: Option<Timestamp>) -> Result<Arc<dyn Clock>> {
    let now = SystemClock.now();
    if !demo {
        if given.is_some() {
            bail!("--clock 只用于演示数据。正式数据一律以本机时钟为准。");
        }
        return Ok(Arc::new(SystemClock));
    }
    let last = marks::last_moment(app).await?;
    let from = match given {
        Some(given) => Instant(given.as_millisecond()),
        None => open_hall(app, last.max(now))?,
    };
    if from < last {
        bail!("--clock 不能早于演示数据中最后一次办理的时刻 {last}。");
    }
    Ok(Arc::new(From { ahead: from.0 - now.0 }))
}

/// This moment while the hall of the demo is open; else ten o'clock of the next working day.
fn open_hall(app: &App, moment: Instant) -> Result<Instant> {
    let calendar = app.calendar();
    let mut day = moment.date();
    let open = |day| (Instant::at(day, 9, 0), Instant::at(day, 16, 30));
    let (from, until) = open(day);
    if calendar.is_workday(day)? {
        if moment < from {
            return Ok(Instant::at(day, 10, 0));
        }
        if moment < until {
            return Ok(moment);
        }
    }
    loop {
        day = days_after(day, 1);
        if calendar.is_workday(day)? {
            return Ok(Instant::at(day, 10, 0));
        }
    }
}
