//! `journal`: proves the journal whole, and recounts the figures from it.

use crate::place::DataArgs;
use crate::say::say;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use std::time::Instant;
use yichuang_app::{App, journal, stats};

/// What `journal` can do.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// 核验办件日志：完整则返回 0，否则指出第一条有问题的记录并返回 1
    Verify(VerifyArgs),
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
        JournalCommand::Stats(args) => recount(args).await,
    }
}

async fn verify(VerifyArgs { journal: args, replay }: VerifyArgs) -> Result<ExitCode> {
    let app = App::open_to_read(&args.data.place()).await?;
    let report = journal::verify(&app).await?;
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
    if args.json {
        let report = serde_json::json!({"whole": whole, "cases": report.cases, "records": report.records, "fault": fault});
        say!("{report}");
    } else {
        say!("{text}");
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
