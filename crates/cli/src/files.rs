//! `files`: whether every file on record is there, and the end of what came to nothing.

use crate::place::FilesArgs;
use crate::say::say;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yichuang_app::{App, files};
use yichuang_domain::time::Instant;

/// What `files` can do.
#[derive(Debug, Subcommand)]
pub enum FilesCommand {
    /// 核对登记的文件是否都在：都在则返回 0，否则列出缺失和损坏的并返回 1
    Check(CheckArgs),
    /// 清理写入一天以上仍未登记的内容
    Sweep(SweepArgs),
}

/// `files check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    place: FilesArgs,
    /// 并且逐个读出，核对摘要
    #[arg(long)]
    deep: bool,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// `files sweep`.
#[derive(Debug, Args)]
pub struct SweepArgs {
    #[command(flatten)]
    place: FilesArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub async fn run(command: FilesCommand, at: Instant) -> Result<ExitCode> {
    match command {
        FilesCommand::Check(args) => check(args).await,
        FilesCommand::Sweep(args) => sweep(args, at).await,
    }
}

/// The files of this data; `None` where it has none yet.
async fn opened(app: &App, place: &FilesArgs) -> Result<Option<files::Files>> {
    let place = place.files()?.context("没有指明文件存储。用 --files 指明目录，或者 s3://存储桶/前缀")?;
    Ok(files::open_to_read(app, &place).await?)
}

async fn check(args: CheckArgs) -> Result<ExitCode> {
    let app = App::open_to_read(&args.place.data.place()).await?;
    let report = match opened(&app, &args.place).await? {
        Some(files) => files::check(&app, &files, args.deep).await?,
        None => files::FilesReport::default(),
    };
    let whole = report.missing + report.damaged == 0;
    if args.json {
        let told = serde_json::json!({
            "whole": whole, "files": report.files, "bytes": report.bytes, "missing": report.missing,
            "damaged": report.damaged, "named": report.named, "orphans": report.orphans,
        });
        say!("{told}");
    } else {
        let (files, bytes, orphans) = (report.files, report.bytes, report.orphans);
        say!("登记 {files} 个文件，{bytes} 字节；未登记的内容 {orphans} 个。");
        if whole {
            say!("{}", if args.deep { "内容都在，摘要都相符。" } else { "内容都在。" });
        } else {
            say!("缺失 {} 个，损坏 {} 个：", report.missing, report.damaged);
            report.named.iter().try_for_each(|name| crate::say::line(format_args!("  {name}")))?;
            say!("下一步：停止使用这些文件，从备份恢复文件存储。");
        }
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn sweep(args: SweepArgs, at: Instant) -> Result<ExitCode> {
    let app = App::open_to_read(&args.place.data.place()).await?;
    let swept = match opened(&app, &args.place).await? {
        Some(files) => files::sweep(&app, &files, at).await?,
        None => files::Swept::default(),
    };
    match args.json {
        true => say!("{}", serde_json::json!({ "objects": swept.objects, "bytes": swept.bytes })),
        false => say!("清理了 {} 个，{} 字节。", swept.objects, swept.bytes),
    }
    Ok(ExitCode::SUCCESS)
}
