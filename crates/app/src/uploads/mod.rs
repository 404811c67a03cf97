//! 上传: what is handed in as a file. What it is is told by its first bytes, never by its name; it is scanned before it
//! is kept; a picture is drawn anew, so that nothing of camera, place or hidden bytes comes along.

mod picture;
mod scan;

pub use scan::{Heard, Scanner, ScannerState};

use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::files::{self, Files};
use scan::Scanned;
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::time::Date;
use yichuang_storage::files::FileRow;

/// Bytes of a mebibyte.
const MEBIBYTE: usize = 1 << 20;

/// 文件种类 that may be handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pdf,
    Jpeg,
    Png,
    /// A text document without macros.
    Document,
    /// A workbook without macros.
    Workbook,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Kind> {
        let first: [(&[u8], Kind); 3] =
            [(b"%PDF-", Kind::Pdf), (b"\xff\xd8\xff", Kind::Jpeg), (b"\x89PNG\r\n\x1a\n", Kind::Png)];
        let told = first.into_iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, kind)| kind);
        told.or_else(|| packed(bytes))
    }

    fn media(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Document => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A document or workbook by the parts in its package; one with macros is neither.
fn packed(bytes: &[u8]) -> Option<Kind> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let names = package.file_names().map(|name| name.map(|name| name.to_ascii_lowercase()));
    let names: Vec<String> = names.collect::<Result<_, _>>().ok()?;
    if names.iter().any(|name| name.ends_with("vbaproject.bin")) {
        return None;
    }
    let parts = [("word/document.xml", Kind::Document), ("xl/workbook.xml", Kind::Workbook)];
    let found = parts.into_iter().find(|(part, _)| names.iter().any(|name| name == part));
    found.map(|(_, kind)| kind)
}

/// 单个文件的大小上限 on this day, in MiB.
pub fn limit(on: Date) -> u32 {
    parameter(ParameterName::UploadMebibytes, on).unwrap_or_default()
}

/// 收取上传的文件: checked, scanned, drawn anew where it is a picture, and kept. `draft`: held by this draft, until it is
/// thrown away.
///
/// # Errors
/// [`AppError::Form`] for what cannot be taken: too large, of another kind, damaged, infected; also while the scanner
/// this installation asks for does not answer. Nothing is kept then.
pub async fn take(
    app: &App,
    files: &Files,
    scanner: Option<&Scanner>,
    ctx: &Ctx,
    draft: Option<i64>,
    bytes: Vec<u8>,
) -> Result<FileRow, AppError> {
    match Kind::of(&bytes) {
        Some(kind @ (Kind::Pdf | Kind::Jpeg | Kind::Png)) => {
            kept(app, files, scanner, ctx, (draft, bytes, kind)).await
        }
        _ => refused("只收 PDF、JPG、PNG 文件，按文件内容识别，没有保存。另存为这些格式后重新上传"),
    }
}

/// 收取表格样本: as [`take`], and documents and workbooks, too.
pub async fn take_form(
    app: &App,
    files: &Files,
    scanner: Option<&Scanner>,
    ctx: &Ctx,
    bytes: Vec<u8>,
) -> Result<FileRow, AppError> {
    match Kind::of(&bytes) {
        Some(kind) => kept(app, files, scanner, ctx, (None, bytes, kind)).await,
        None => refused(
            "只收 PDF、JPG、PNG 文件和不含宏的文字文档、电子表格，按文件内容识别，没有保存。另存为这些格式后重新上传",
        ),
    }
}

async fn kept(
    app: &App,
    files: &Files,
    scanner: Option<&Scanner>,
    ctx: &Ctx,
    (draft, bytes, kind): (Option<i64>, Vec<u8>, Kind),
) -> Result<FileRow, AppError> {
    let most = limit(ctx.at.date());
    if bytes.len() > most as usize * MEBIBYTE {
        return refused(&format!("文件超过 {most} MB，没有保存。压缩或者分页扫描后重新上传"));
    }
    if let Some(scanner) = scanner {
        match scanner.scan(&bytes, ctx.at).await {
            Ok(Scanned::Clean) => {}
            Ok(Scanned::Infected) => {
                return refused("文件含有病毒，没有保存。请申请人更换文件或者提交纸质材料");
            }
            Err(error) => {
                tracing::warn!(%error, "the virus scanner does not answer");
                return refused("病毒扫描暂不可用，文件没有保存。先收纸质材料，稍后再上传");
            }
        }
    }
    let bytes = match kind {
        Kind::Pdf | Kind::Document | Kind::Workbook => bytes,
        Kind::Jpeg | Kind::Png => match tokio::task::spawn_blocking(move || picture::anew(&bytes)).await {
            Ok(Some(drawn)) => drawn,
            _ => return refused("图片损坏或者过大，没有保存。重新拍摄或者扫描后上传"),
        },
    };
    Ok(files::keep_for(app, files, ctx, draft, &bytes, kind.media()).await?)
}

fn refused<T>(words: &str) -> Result<T, AppError> {
    Err(AppError::Form(vec![words.to_owned()]))
}
