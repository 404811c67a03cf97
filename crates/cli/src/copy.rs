//! `copy`: a whole database from one place to another, with a bar on standard error and every table on standard
//! output.

use crate::say::say;
use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::process::ExitCode;
use yichuang_app::Place;
use yichuang_app::copy::{Progress, Proof, TableSum};

/// `copy`.
#[derive(Debug, Args)]
pub struct CopyArgs {
    /// 来源：数据目录，或者 PostgreSQL 数据库地址
    #[arg(long, value_name = "目录或者地址", value_parser = place)]
    from: Place,
    /// 目标：没有数据库的目录，或者空的 PostgreSQL 数据库的地址
    #[arg(long, value_name = "目录或者地址", value_parser = place)]
    to: Place,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// A folder, or what begins like the URL of a server.
pub fn place(text: &str) -> Result<Place, std::convert::Infallible> {
    let url = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    Ok(if url { Place::Postgres(text.into()) } else { Place::Folder(text.into()) })
}

/// Runs it.
pub async fn run(args: CopyArgs) -> Result<ExitCode> {
    let bar = Bar::new();
    let copied = yichuang_app::copy::copy(&args.from, &args.to, &|progress| bar.show(&progress)).await;
    bar.end();
    let (tables, proof) = copied?;
    if args.json {
        say!("{}", serde_json::json!({"tables": tables, "journal": proved_json(&proof), "keys": proof.keys}));
    } else {
        table(&tables)?;
        say!("两边逐表的行数和 SM3 摘要一致。");
        proved(&proof)?;
        if !proof.keys.is_empty() {
            say!(
                "个人信息仍以原来的密钥加密。下一步：把密钥 {} 放到新数据库的密钥目录。",
                proof.keys.join("、")
            );
        }
    }
    Ok(if proof.whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every table with its rows and its digest.
pub fn table(tables: &[TableSum]) -> Result<()> {
    for TableSum { table, rows, sm3 } in tables {
        say!("{table:<20} {rows:>10} 行  SM3 {sm3}");
    }
    Ok(())
}

/// What the verification says.
pub fn proved(proof: &Proof) -> Result<()> {
    say!("{}", proof.report);
    match &proof.differs {
        _ if proof.report.fault.is_some() => say!("来源中已是如此：请对来源运行 journal verify 核对。"),
        None => say!("逐件重放：{} 件与状态行一致。", proof.replayed),
        Some(case_no) => say!(
            "逐件重放：办件 {case_no} 的状态行与日志重放结果不一致，来源中已是如此。下一步：停止办理该办件，以日志为准核对。"
        ),
    }
    Ok(())
}

/// The same for programs.
pub fn proved_json(proof: &Proof) -> serde_json::Value {
    let fault = proof.report.fault.as_ref().map(ToString::to_string);
    serde_json::json!({
        "whole": proof.whole(), "cases": proof.report.cases, "records": proof.report.records,
        "replayed": proof.replayed, "fault": fault, "differs": proof.differs,
    })
}

/// 进度条 on standard error; nothing where that is no terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// An empty one.
    pub fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} 用时 {elapsed}");
        Bar(style.map_or(bar.clone(), |style| bar.with_style(style)))
    }

    /// Shows how far it is.
    pub fn show(&self, Progress { doing, what, done, total }: &Progress<'_>) {
        self.0.set_message(format!("{doing} {what}"));
        self.0.set_length(*total);
        self.0.set_position(*done);
    }

    /// Takes it away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
