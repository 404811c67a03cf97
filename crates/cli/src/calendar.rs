//! `calendar load`: puts a published year in place of the one the program came with.

use crate::place::DataArgs;
use crate::say::say;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yichuang_app::{App, Ctx, calendar};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;

/// What `calendar` can do.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// 装入一个年度的放假安排（格式同 law/calendar 中的文件），并重新计算受影响的到期日
    Load(LoadArgs),
}

/// `calendar load`.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// 年度工作日历文件
    #[arg(value_name = "文件")]
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub async fn run(command: CalendarCommand, at: Instant) -> Result<ExitCode> {
    let CalendarCommand::Load(args) = command;
    let read = std::fs::read_to_string(&args.file);
    let text = read.with_context(|| format!("文件“{}”无法读取，请核对路径", args.file.display()))?;
    let app = App::open_existing(&args.data.place()).await?;
    let ctx = Ctx::new(Actor::System, at, format!("calendar-load/{}", at.0));
    let loaded = calendar::load_year(&app, &ctx, &text).await;
    app.close().await;
    let loaded = loaded?;
    if args.json {
        say!("{}", serde_json::to_string(&loaded)?);
        return Ok(ExitCode::SUCCESS);
    }
    match loaded.first_changed {
        None => say!("{} 年工作日历与现用的相同，到期日不变。", loaded.year),
        Some(first) => say!(
            "已装入 {} 年工作日历：自 {first} 起有变化，{} 个工作日的到期日顺延或者提前，另逐件重算 {} 件；办件版本不变。",
            loaded.year,
            loaded.moved.len(),
            loaded.computed_anew
        ),
    }
    Ok(ExitCode::SUCCESS)
}
