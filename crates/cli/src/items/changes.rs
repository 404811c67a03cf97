//! `report changes`: two versions of an item side by side (CAT-3).
//!
//! Prints; what differs is `yichuang_app::catalog::version_changes`.

use crate::place::DataArgs;
use crate::say::say;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
use yichuang_app::App;
use yichuang_app::catalog::{
    ChangeKind, FieldChange, VersionChanges, VersionMark, Versions, version_changes,
};
use yichuang_domain::item::VersionStatus;
use yichuang_domain::time::{Date, Instant};

/// `report changes`.
#[derive(Debug, Args)]
pub struct ChangesArgs {
    /// 事项标识，如 scjg-spjy-xb
    #[arg(value_name = "事项标识")]
    key: String,
    /// 修改前的版本号；不写时为前一版本
    #[arg(long, value_name = "版本号")]
    from: Option<i64>,
    /// 修改后的版本号；不写时为最新版本
    #[arg(long, value_name = "版本号")]
    to: Option<i64>,
    /// 把今天有效的版本与草稿对照
    #[arg(long, conflicts_with_all = ["from", "to"])]
    draft: bool,
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub async fn run(args: ChangesArgs, at: Instant) -> Result<ExitCode> {
    let versions = match args.draft {
        true => Versions::InForceAndDraft(at.date()),
        false => Versions::Numbered { from: args.from, to: args.to },
    };
    let app = App::open_to_read(&args.data.place()).await?;
    let found = version_changes(&app, &args.key, versions).await?;
    match args.json {
        true => say!("{}", serde_json::to_string(&found)?),
        false => say!("{}", text(&found)),
    }
    Ok(ExitCode::SUCCESS)
}

fn text(found: &VersionChanges) -> String {
    let VersionChanges { key, name, old, new, changes } = found;
    let mut lines = vec![
        format!("《{name}》（{key}）修改对照"),
        format!("修改前：{}", mark(old)),
        format!("修改后：{}", mark(new)),
        String::new(),
    ];
    if changes.is_empty() {
        lines.push("两个版本的内容相同。".to_owned());
        return lines.join("\n");
    }
    lines.push(format!("共 {} 处修改", changes.len()));
    let mut section = "";
    for (number, change) in (1..).zip(changes) {
        if change.section != section {
            section = change.section;
            lines.push(format!("\n【{section}】"));
        }
        lines.extend(row(number, change));
    }
    lines.join("\n")
}

/// A heading line, and what stood and stands there below it.
fn row(number: usize, change: &FieldChange) -> Vec<String> {
    let mut lines = vec![format!("{number:>3}. {}　{}", change.kind.name(), change.title())];
    let words = match change.kind {
        ChangeKind::Moved => ["原位置", "现位置"],
        _ => ["修改前", "修改后"],
    };
    for (word, text) in words.into_iter().zip([&change.before, &change.after]) {
        // A long text keeps its own lines, each under the first.
        let text = text.as_ref().map(|text| text.replace('\n', "\n             "));
        lines.extend(text.map(|text| format!("     {word}：{text}")));
    }
    lines
}

fn mark(mark: &VersionMark) -> String {
    let VersionMark { version, status, from, to } = mark;
    let status = match status {
        VersionStatus::Draft => "草稿",
        VersionStatus::Published => "已发布",
        VersionStatus::Cancelled => "已取消",
    };
    let day = |date: &Option<Date>, word| date.map(|date| format!("，{date} {word}")).unwrap_or_default();
    format!("第 {version} 版（{status}{}{}）", day(from, "起施行"), day(to, "止"))
}
