//! `keys`: the keys personal data is sealed with: which there are, a new one, rotation, one that is needed no more.

use crate::copy::Bar;
use crate::place::{DataArgs, KeysArgs};
use crate::say::say;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yichuang_app::copy;
use yichuang_app::keys::{self, KeyList, Standing};
use yichuang_app::{App, AppError};
use yichuang_domain::time::Instant;

/// `keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// 列出密钥：状态、加密了多少处、密钥文件是否在
    List(KeyArgs),
    /// 生成备用密钥：多台机器时先分发到每一台，再运行 rotate
    New(KeyArgs),
    /// 轮换：换用备用的或者新生成的密钥，并把已有的个人信息重新加密；中断后再次运行即接着做
    Rotate(KeyArgs),
    /// 停用不再使用的密钥
    Remove(RemoveArgs),
}

/// Whose keys.
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    keys: KeysArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// `keys remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// 密钥号
    #[arg(value_name = "密钥号")]
    id: String,
    #[command(flatten)]
    of: KeyArgs,
}

/// Runs it.
pub async fn run(command: KeysCommand) -> Result<ExitCode> {
    match command {
        KeysCommand::List(args) => list(args).await,
        KeysCommand::New(args) => new(args).await,
        KeysCommand::Rotate(args) => rotate(args).await,
        KeysCommand::Remove(args) => remove(args).await,
    }
}

/// The application with its keys.
async fn unlocked(args: &KeyArgs) -> Result<App> {
    let place = args.data.place();
    let app = App::open_existing(&place).await?;
    app.unlock(args.keys.of(&place)).await?;
    Ok(app)
}

async fn list(args: KeyArgs) -> Result<ExitCode> {
    let place = args.data.place();
    let source = args.keys.of(&place);
    let app = App::open_to_read(&place).await?;
    let missing = match app.unlock(source.clone()).await {
        Ok(()) => None,
        Err(AppError::Keys(why)) => Some(why),
        Err(other) => return Err(other.into()),
    };
    let list = keys::list(&app).await?;
    if args.json {
        say!("{}", serde_json::to_string(&list)?);
    } else {
        say!("{source}：");
        told(&list)?;
        if let Some(why) = &missing {
            say!("{why}");
        }
    }
    Ok(if missing.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(list: &KeyList) -> Result<()> {
    if list.keys.is_empty() {
        say!("还没有密钥。运行 serve 时自动生成。");
    }
    for key in &list.keys {
        let standing = match key.standing {
            Standing::Ready => "备用",
            Standing::Sealing => "在用",
            Standing::Replaced => "已替换",
            Standing::Removed => "已停用",
        };
        let here = match key.here {
            Some(false) if key.standing == Standing::Removed => "文件不在（已停用，不影响办理）",
            Some(false) => "文件缺失",
            _ => "文件在",
        };
        say!("{}  {standing}  {} 生成  加密 {} 处  {here}", key.id, Instant(key.made_at), key.cells);
    }
    if list.plain > 0 {
        say!("尚未加密 {} 处。下一步：运行 keys rotate。", list.plain);
    }
    if list.unknown > 0 {
        say!(
            "有 {} 处用没有登记或者已停用的密钥加密，读不出。下一步：从密钥的备份中找回，联系系统管理员。",
            list.unknown
        );
    }
    if !list.strange.is_empty() {
        say!("另有 {} 个密钥文件不属于本数据库：{}。", list.strange.len(), list.strange.join("、"));
    }
    Ok(())
}

async fn new(args: KeyArgs) -> Result<ExitCode> {
    let app = unlocked(&args).await?;
    let id = keys::prepare(&app).await;
    app.close().await;
    let id = id?;
    if args.json {
        say!("{}", serde_json::json!({ "key": id }));
    } else {
        say!(
            "已生成备用密钥 {id}。下一步：把 {id}.key 放到每台机器的密钥目录，并另存一份备份，再运行 keys rotate。"
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate(args: KeyArgs) -> Result<ExitCode> {
    let app = unlocked(&args).await?;
    let bar = Bar::new();
    let watch = |progress: keys::Progress| {
        let (done, total) = (progress.done.unsigned_abs(), progress.total.unsigned_abs());
        bar.show(&copy::Progress { doing: "重新加密", what: "个人信息", done, total });
    };
    let rotated = keys::rotate(&app, &watch).await;
    bar.end();
    app.close().await;
    let rotated = rotated?;
    if args.json {
        say!("{}", serde_json::to_string(&rotated)?);
        return Ok(ExitCode::SUCCESS);
    }
    match rotated.resumed {
        true => say!("上次没有做完的加密已经做完，密钥仍是 {}，重新加密 {} 处。", rotated.key, rotated.cells),
        false => say!("已换用密钥 {}，重新加密 {} 处。", rotated.key, rotated.cells),
    }
    if rotated.indexed > 0 {
        say!("补建检索 {} 条。", rotated.indexed);
    }
    say!("下一步：备份新的密钥文件；旧密钥留到用它加密的备份都已过期。");
    Ok(ExitCode::SUCCESS)
}

async fn remove(args: RemoveArgs) -> Result<ExitCode> {
    let app = unlocked(&args.of).await?;
    let removed = keys::remove(&app, &args.id).await;
    app.close().await;
    removed?;
    if args.of.json {
        say!("{}", serde_json::json!({ "removed": args.id }));
    } else {
        let id = &args.id;
        say!("密钥 {id} 已停用，数据库不再需要它。{id}.key 没有删除：用它加密的备份都已过期之后，再行销毁。");
    }
    Ok(ExitCode::SUCCESS)
}
