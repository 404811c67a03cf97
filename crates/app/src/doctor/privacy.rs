//! Checks of what lies beside the database: the keys personal data is sealed with, and the files.

use super::Finding;
use crate::app::App;
use crate::error::AppError;
use crate::files;
use crate::keys::{self, Standing};
use yichuang_storage::facts::Disk;
use yichuang_storage::files::FilesPlace;
use yichuang_storage::{Area, Schema};

/// Whether personal data can be read and written, by whom the keys can be read, and what is not sealed yet. Nothing
/// where it was not said where the keys are.
pub(super) async fn keys(app: &App, schema: &Schema) -> Result<Vec<Finding>, AppError> {
    let Some(source) = app.vault().keys().filter(|_| schema.has(Area::Vault)) else { return Ok(vec![]) };
    let list = keys::list(app).await?;
    let Some(sealing) = list.keys.iter().find(|key| key.standing == Standing::Sealing) else {
        return Ok(vec![Finding::fine("keys", "还没有密钥，启动服务时自动生成。")]);
    };
    let mut found = Vec::new();
    if let Err(why) = app.vault().check() {
        let next = "找回密钥文件，放入密钥目录；密钥不在默认位置的，用 --keys 指明。";
        found.push(Finding::fault("keys", why.to_string(), "涉及个人信息的业务都不能办理。", next));
    }
    let exposed = source.exposed();
    if !exposed.is_empty() {
        let names: Vec<_> = exposed.iter().map(|path| format!("“{}”", path.display())).collect();
        let what = format!("其他账户可以读取{}。", names.join("、"));
        let next = "用 chmod 700 收紧密钥目录、chmod 600 收紧密钥文件；可能已经泄露的，运行 keys rotate 换用新密钥。";
        found.push(Finding::fault("keys", what, "拿到密钥和数据库的人可以读出全部个人信息。", next));
    }
    if list.unknown > 0 {
        let what = format!("有 {} 处内容用没有登记或者已停用的密钥加密。", list.unknown);
        let next = "从密钥的备份中找回，并联系系统管理员查明来由。";
        found.push(Finding::fault("keys", what, "这些个人信息读不出。", next));
    }
    if list.plain > 0 {
        let what = format!("有 {} 处个人信息尚未加密。", list.plain);
        let why = "是加密启用之前写入的，拿到数据库文件的人可以直接读出。";
        found.push(Finding::note("keys", what, why, "运行 yichuang keys rotate。"));
    }
    let left: i64 =
        list.keys.iter().filter(|key| key.standing == Standing::Replaced).map(|key| key.cells).sum();
    if left > 0 {
        let what = format!("密钥轮换没有做完，还有 {left} 处用旧密钥加密。");
        found.push(Finding::note("keys", what, "旧密钥还不能停用。", "再次运行 yichuang keys rotate。"));
    }
    if found.is_empty() {
        found.push(Finding::fine("keys", format!("密钥 {} 在用，加密 {} 处。", sealing.id, sealing.cells)));
    }
    Ok(found)
}

/// Whether the files are this database's, can be written, and are all there.
pub(super) async fn files(app: &App, place: &FilesPlace) -> Vec<Finding> {
    let unusable = |what: String| {
        let next = "检查 --files 指明的位置、挂载和权限；确实丢失的，从备份恢复。";
        vec![Finding::fault("files", what, "材料和文书的文件读不出，也不能保存。", next)]
    };
    let opened = match files::open_to_read(app, place).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return vec![Finding::fine("files", "还没有文件存储，启动服务时自动建立。")],
        Err(error) => return unusable(error.to_string()),
    };
    if let FilesPlace::Folder(folder) = place
        && let Err(error) = Disk::takes_files(folder)
    {
        return unusable(format!("文件目录“{}”不能写入（{error}）。", folder.display()));
    }
    let report = match files::check(app, &opened, false).await {
        Ok(report) => report,
        Err(error) => return unusable(error.to_string()),
    };
    if report.missing > 0 {
        let first = report.named.first().map(String::as_str).unwrap_or_default();
        let what = format!("登记 {} 个文件，缺失 {} 个，例如 {first}。", report.files, report.missing);
        let next = "运行 yichuang files check 查看清单，从备份恢复缺失的文件。";
        return vec![Finding::fault("files", what, "这些材料或者文书打不开。", next)];
    }
    let what = format!("登记 {} 个文件，都在；未登记的内容 {} 个。", report.files, report.orphans);
    match report.orphans {
        0 => vec![Finding::fine("files", what)],
        _ => {
            let why = "多为上传中断留下的，一天之内的可能正在办理。";
            vec![Finding::note("files", what, why, "运行 yichuang files sweep 清理一天以前的。")]
        }
    }
}
