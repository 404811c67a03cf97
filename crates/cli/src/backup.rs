//! `backup` and `restore`: a running database into a folder of its own, and back into an empty place.

use crate::copy::{Bar, place, proved, proved_json};
use crate::place::{DataArgs, KeysArgs};
use crate::say::say;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use yichuang_app::Place;
use yichuang_app::backup::{Manifest, Restored};
use yichuang_domain::time::Instant;

/// `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// 存放备份的目录；每次备份在其中新建一个以时间命名的目录
    #[arg(long, value_name = "目录")]
    to: PathBuf,
    #[command(flatten)]
    keys: KeysArgs,
    /// 把密钥也放进备份（默认不放）：这样的备份须像密钥一样保管
    #[arg(long)]
    with_keys: bool,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// 一份备份的目录，如 /backup/yichuang-20261123-093000
    #[arg(long, value_name = "目录")]
    from: PathBuf,
    /// 目标：没有数据库的目录，或者空的 PostgreSQL 数据库的地址
    #[arg(long, value_name = "目录或者地址", value_parser = place)]
    to: Place,
    #[command(flatten)]
    keys: KeysArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs `backup`.
pub async fn backup(args: BackupArgs, at: Instant) -> Result<ExitCode> {
    let bar = Bar::new();
    let watch = |progress: yichuang_app::copy::Progress<'_>| bar.show(&progress);
    let place = args.data.place();
    let keys = args.with_keys.then(|| args.keys.of(&place));
    let made = yichuang_app::backup::backup(&place, &args.to, at, keys.as_ref(), &watch).await;
    bar.end();
    let (path, manifest) = made?;
    if args.json {
        say!("{}", serde_json::json!({"path": path, "manifest": manifest}));
        return Ok(ExitCode::SUCCESS);
    }
    say!("已备份到 {}：{}。", path.display(), held(&manifest));
    let ids = manifest.keys.join("、");
    match (args.with_keys, manifest.keys.is_empty()) {
        (true, _) => say!("备份含有密钥 {ids}，须像密钥一样保管。"),
        (false, true) => say!("备份不含密钥。"),
        (false, false) => say!("备份不含密钥。恢复后读取个人信息需要密钥 {ids}，请另行保管。"),
    }
    say!("下一步：把备份拷贝到另一台机器，并定期用 restore 演练恢复。");
    Ok(ExitCode::SUCCESS)
}

/// Runs `restore`.
pub async fn restore(args: RestoreArgs) -> Result<ExitCode> {
    let bar = Bar::new();
    let watch = |progress: yichuang_app::copy::Progress<'_>| bar.show(&progress);
    let source = args.keys.of(&args.to);
    let restored = yichuang_app::backup::restore(&args.from, &args.to, &source, &watch).await;
    bar.end();
    let Restored { manifest, proof, keys, missing } = restored?;
    if args.json {
        let told = serde_json::json!({
            "manifest": manifest, "journal": proved_json(&proof), "keys": keys, "missing_keys": missing,
        });
        say!("{told}");
    } else {
        say!("已恢复 {} 的备份：{}，与备份清单逐表一致。", Instant(manifest.made_at), held(&manifest));
        proved(&proof)?;
        if !keys.is_empty() {
            say!("备份中的密钥 {} 已放入{source}。", keys.join("、"));
        }
        if !missing.is_empty() {
            say!("读取个人信息还需要密钥 {}：请从密钥的备份中找出，放入{source}。", missing.join("、"));
        }
        say!("该时刻之后办理的内容不在其中。下一步：启用前核对各序列的最后编号，避免与已发出的文书重号。");
    }
    Ok(if proof.whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a backup holds, in a few words.
fn held(manifest: &Manifest) -> String {
    let rows = |table| manifest.rows(table);
    let megabytes = manifest.database.bytes.div_ceil(1 << 20);
    format!("办件 {} 件，日志 {} 条，数据库 {megabytes} MB", rows("cases"), rows("journal"))
}
