//! `journal`: proves the journal whole, anchors it, and recounts the figures from it.

use crate::place::DataArgs;
use crate::say::say;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use yichuang_app::anchors::{self, AnchorFile, Keeping, Made, PublicKey, SigningKey};
use yichuang_app::journal::Outside;
use yichuang_app::{App, Clock, Ctx, SystemClock, journal, stats};
use yichuang_domain::permission::Actor;
use yichuang_domain::time;

/// What `journal` can do.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// 核验办件日志：完整则返回 0，否则指出第一条有问题的记录并返回 1
    Verify(VerifyArgs),
    /// 锚定：把各办件日志现在的摘要归为一个，签名，并抄送数据库之外的锚文件；宜每日运行一次
    Anchor(AnchorArgs),
    /// 只根据办件日志重新统计
    Stats(JournalArgs),
}

/// `journal verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    journal: JournalArgs,
    /// 并且逐件重放日志，与办件状态行比对
    #[arg(long)]
    replay: bool,
    /// 与数据库之外的锚文件核对
    #[arg(long, value_name = "文件")]
    anchor_file: Option<PathBuf>,
    /// 锚定应当用的密钥：SM2 公钥或者私钥文件（PEM 或者十六进制）
    #[arg(long, value_name = "文件")]
    key: Option<PathBuf>,
}

/// `journal anchor`.
#[derive(Debug, Args)]
pub struct AnchorArgs {
    #[command(flatten)]
    journal: JournalArgs,
    /// 抄送的锚文件，宜放在另一台设备上；没有时新建
    #[arg(long, value_name = "文件")]
    anchor_file: Option<PathBuf>,
    /// 签名用的 SM2 私钥文件（PEM 或者十六进制）
    #[arg(long, value_name = "文件")]
    key: Option<PathBuf>,
}

/// Where the journal is and how to answer.
#[derive(Debug, Args)]
pub struct JournalArgs {
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub async fn run(command: JournalCommand) -> Result<ExitCode> {
    match command {
        JournalCommand::Verify(args) => verify(args).await,
        JournalCommand::Anchor(args) => anchor(args).await,
        JournalCommand::Stats(args) => recount(args).await,
    }
}

async fn verify(args: VerifyArgs) -> Result<ExitCode> {
    let VerifyArgs { journal: args, replay, anchor_file, key } = args;
    let outside = Outside {
        key: key.map(|path| PublicKey::read(&key_file(&path)?).with_context(|| named(&path))).transpose()?,
        file: anchor_file.map(|path| AnchorFile::new(path).read()).transpose()?,
    };
    let app = App::open_to_read(&args.data.place()).await?;
    let report = journal::verify_against(&app, &outside).await?;
    let mut fault = report.fault.as_ref().map(ToString::to_string);
    let mut text = report.to_string();
    if replay && fault.is_none() {
        let (agree, differs) = journal::replay(&app).await?;
        text += &format!("\n逐件重放：{agree} 件与状态行一致。");
        if let Some(case_no) = differs {
            let what = format!("办件 {case_no} 的状态行与日志重放结果不一致。");
            text += &format!("\n{what}下一步：停止办理该办件，保全数据库文件，以日志为准核对。");
            fault = Some(what);
        }
    }
    let whole = fault.is_none();
    let not_proved = if whole { report.anchored.not_proved() } else { Vec::new() };
    if args.json {
        let anchored = &report.anchored;
        let report = serde_json::json!({
            "whole": whole, "cases": report.cases, "records": report.records, "fault": fault,
            "anchors": anchored.last, "moved_since_last_anchor": anchored.since, "not_proved": not_proved,
        });
        say!("{report}");
    } else {
        not_proved.iter().for_each(|what| text += &format!("\n未能证明：{what}"));
        say!("{text}");
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn anchor(args: AnchorArgs) -> Result<ExitCode> {
    let AnchorArgs { journal: args, anchor_file, key } = args;
    let keeping = Keeping {
        key: key.map(|path| signing_key(&path)).transpose()?,
        file: anchor_file.map(AnchorFile::new),
    };
    let app = App::open_existing(&args.data.place()).await?;
    let at = SystemClock.now();
    let ctx = Ctx::new(Actor::System, at, format!("journal-anchor/{}", at.0));
    let made = anchors::make(&app, &ctx, &keeping).await;
    app.close().await;
    let made = made?;
    if args.json {
        let last = made.last.as_ref();
        let told = serde_json::json!({
            "made": made.anchors.len(), "cases": cases(&made), "written_to_file": made.written,
            "last": last.map(|anchor| anchor.number), "hash": last.map(|anchor| &anchor.hash),
        });
        say!("{told}");
        return Ok(ExitCode::SUCCESS);
    }
    match &made.last {
        None => say!("还没有办件，没有作锚定。"),
        Some(last) if made.anchors.is_empty() => {
            let at = time::Instant(last.at);
            say!("第 {} 号锚定（{at}）以后没有变动，没有作新的锚定。摘要 {}。", last.number, last.hash);
        }
        Some(last) => {
            say!("已作第 {} 号锚定，新增 {} 件办件的变动。摘要 {}。", last.number, cases(&made), last.hash);
        }
    }
    match &keeping {
        Keeping { file: Some(file), .. } if made.written > 0 => {
            say!("已写入锚文件 {}（{} 条）。", file.path().display(), made.written);
        }
        Keeping { file: Some(_), .. } => {}
        Keeping { file: None, key: Some(_) } => {
            say!(
                "没有抄送锚文件：整个数据库被换成较早的副本时无法发现。下一步：用 --anchor-file 指明锚文件。"
            );
        }
        Keeping { file: None, key: None } => say!(
            "没有签名，也没有抄送锚文件：能改写整个数据库的人也能改写锚定。下一步：用 --anchor-file 指明锚文件，用 --key 指明密钥。"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// Cases covered by what was made.
fn cases(made: &Made) -> i64 {
    made.anchors.iter().map(|anchor| anchor.leaves).sum()
}

/// The key in this file that anchors are signed with.
pub fn signing_key(path: &Path) -> Result<SigningKey> {
    SigningKey::read(&key_file(path)?).with_context(|| named(path))
}

fn key_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("密钥文件 {} 无法读取，请核对路径和权限", path.display()))
}

fn named(path: &Path) -> String {
    format!("密钥文件 {}", path.display())
}

async fn recount(args: JournalArgs) -> Result<ExitCode> {
    let started = Instant::now();
    let app = App::open_to_read(&args.data.place()).await?;
    let mut stats = stats::from_journal(&app).await?;
    stats.elapsed_ms = started.elapsed().as_millis() as u64;
    let value = serde_json::to_value(&stats)?;
    if args.json {
        say!("{value}");
        return Ok(ExitCode::SUCCESS);
    }
    let titles = [
        ("visitors", "到场人数"),
        ("cases_received", "收件"),
        ("accepted", "受理"),
        ("corrections_requested", "告知补正"),
        ("deferred", "容缺受理"),
        ("refused", "不予受理"),
        ("decided", "作出决定"),
        ("approved", "准予"),
        ("denied", "不予许可"),
        ("issued", "移交出件"),
        ("delivered", "送达"),
        ("rated", "评价"),
        ("journal_events", "日志条数"),
    ];
    for (key, title) in titles {
        say!("{title}：{}", value[key]);
    }
    Ok(ExitCode::SUCCESS)
}
