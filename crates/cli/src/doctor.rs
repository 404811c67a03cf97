//! `doctor` and `migrate`: what is wrong with the database and what to do, and bringing its schema up to date.
//! Prints; what is looked at is `yichuang_app::doctor`.

use crate::place::{DataArgs, FilesArgs, KeysArgs};
use crate::say::say;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
use yichuang_app::doctor::{Report, examine};
use yichuang_app::{App, AppError, SystemClock};

/// `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    place: FilesArgs,
    #[command(flatten)]
    keys: KeysArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs `doctor`. Exit code 1 when something must be done.
pub async fn run(args: DoctorArgs) -> Result<ExitCode> {
    let place = args.place.data.place();
    let report = match App::open_to_read(&place).await {
        Ok(app) => {
            // A key that is missing is one of the findings.
            match app.unlock(args.keys.of(&place)).await {
                Ok(()) | Err(AppError::Keys(_)) => {}
                Err(other) => return Err(other.into()),
            }
            let report = examine(&app, &SystemClock).await;
            match args.place.files()? {
                Some(files) => report.and_files(&app, &files).await,
                None => report,
            }
        }
        Err(error) => Report::unopened(&place, &error),
    };
    if args.json {
        say!("{}", serde_json::to_string(&report)?);
    } else {
        say!("{report}");
    }
    Ok(if report.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs `migrate`.
pub async fn migrate(args: MigrateArgs) -> Result<ExitCode> {
    let applied = App::migrate(&args.data.place()).await?;
    if args.json {
        say!("{}", serde_json::json!({ "applied": applied }));
    } else if applied.is_empty() {
        say!("数据库结构已是本程序的结构，没有改动。");
    } else {
        say!("数据库结构已更新：{}。正在运行的节点会自行发现，不必重新启动。", applied.join("、"));
    }
    Ok(ExitCode::SUCCESS)
}
