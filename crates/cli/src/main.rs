//! `yichuang`: the one binary. Parses the command line and hands over; no rule stands here.

mod backup;
mod calendar;
mod copy;
mod demo;
mod doctor;
mod explain;
mod files;
mod items;
mod journal;
mod keys;
mod place;
mod press;
mod say;
mod serve;
mod usage;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
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
    /// 建立演示数据库，按业务规则运行若干工作日，输出情况和演示账号，然后启动网页服务
    Demo(demo::DemoArgs),
    /// 启动网页服务
    Serve(serve::ServeArgs),
    /// 导入事项
    #[command(subcommand)]
    Import(items::ImportCommand),
    /// 导出事项
    #[command(subcommand)]
    Export(items::ExportCommand),
    /// 报告
    #[command(subcommand)]
    Report(items::ReportCommand),
    /// 工作日历
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// 核验办件日志，或者根据日志重新统计
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// 核对、清理文件存储
    #[command(subcommand)]
    Files(files::FilesCommand),
    /// 管理加密个人信息的密钥
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// 检查数据库及其运行环境：没有问题返回 0，有问题返回 1 并说明原因和下一步
    Doctor(doctor::DoctorArgs),
    /// 更新数据库结构（各节点都换用新版程序之后，先备份再运行）
    Migrate(doctor::MigrateArgs),
    /// 把整个数据库复制到另一处的空库（SQLite 与 PostgreSQL 之间，或者同种之间），逐表核对并核验日志
    Copy(copy::CopyArgs),
    /// 备份：不停止办理，把数据库和文件备份到指定目录下的新目录
    Backup(backup::BackupArgs),
    /// 恢复：把备份恢复到空目录或者空的 PostgreSQL 数据库，并核验日志
    Restore(backup::RestoreArgs),
    /// 说明期限和号码，不需要数据库
    #[command(subcommand)]
    Explain(explain::ExplainCommand),
}

/// What the machinery has to say goes to standard error; answers alone go to standard output.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[tokio::main]
async fn main() -> ExitCode {
    log();
    let cli: Cli = match usage::read() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let done = match cli.command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Import(command) => items::import(command, SystemClock.now()).await,
        Command::Export(command) => items::export(command).await,
        Command::Report(command) => items::report(command, SystemClock.now()).await,
        Command::Calendar(command) => calendar::run(command, SystemClock.now()).await,
        Command::Journal(command) => journal::run(command).await,
        Command::Files(command) => files::run(command, SystemClock.now()).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Migrate(args) => doctor::migrate(args).await,
        Command::Copy(args) => copy::run(args).await,
        Command::Backup(args) => backup::backup(args, SystemClock.now()).await,
        Command::Restore(args) => backup::restore(args).await,
        Command::Explain(command) => explain::run(command, SystemClock.now().date()),
    };
    done.unwrap_or_else(|error| {
        if say::reader_gone(&error) {
            return ExitCode::SUCCESS;
        }
        eprintln!("{error:#}");
        ExitCode::from(2)
    })
}
