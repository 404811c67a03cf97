//! `yichuang`: the one binary. Parses the command line and hands over; no rule stands here.

mod explain;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use yichuang_app::{Clock, SystemClock};

/// 一窗综合受理平台
#[derive(Debug, Parser)]
#[command(name = "yichuang", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 说明期限和号码，不需要数据库
    #[command(subcommand)]
    Explain(explain::ExplainCommand),
}

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Explain(command) => explain::run(command, SystemClock.now().date()),
    }
}
