//! 材料文件: what was handed in as a file, for a draft and for a case. Seen by whoever may see the draft or the case.

use super::drafts;
use super::sheet::DraftFile;
use crate::app::App;
use crate::ctx::Ctx;
use crate::desk::in_scope;
use crate::error::AppError;
use crate::files::{self, Files};
use yichuang_domain::id::CaseId;
use yichuang_domain::permission::Action;
use yichuang_domain::time::Instant;
use yichuang_storage::case_files::{self as rows, CaseFileRow};
use yichuang_storage::files::FileRow;
use yichuang_storage::{Area, Stmt};

/// 办件的材料文件.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// Id.
    pub id: i64,
    /// Id of the material.
    pub material: String,
    /// Media type.
    pub media: String,
    /// Bytes.
    pub size: i64,
    /// When it was handed in.
    pub at: Instant,
    /// 免提交: number of the case whose material it was before.
    pub from: Option<String>,
}

/// A kept file as one of a draft's.
pub fn attach(app: &App, ctx: &Ctx, material: &str, kept: FileRow) -> DraftFile {
    let FileRow { sm3, size, media, .. } = kept;
    DraftFile { id: app.next_id(ctx.at), material: material.to_owned(), sm3, media, size, from: None }
}

/// The rows that make files of a draft files of a case.
pub(super) fn of_case(ctx: &Ctx, case: CaseId, files: &[DraftFile]) -> Vec<Stmt> {
    let row = |file: &DraftFile| CaseFileRow {
        id: file.id,
        case_id: case.0,
        material: file.material.clone(),
        sm3: file.sm3.clone(),
        media: file.media.clone(),
        size: file.size,
        at: ctx.at.0,
        from_case: file.from.map_or(0, |case| case.0),
    };
    files.iter().map(|file| rows::insert(&row(file))).collect()
}

/// The files of a case that may be seen, oldest first.
pub async fn files_of_case(app: &App, case: CaseId) -> Result<Vec<CaseFile>, AppError> {
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(Vec::new());
    }
    let listed = app.store().all(rows::of_case(case.0)).await?;
    let mut files = Vec::new();
    for CaseFileRow { id, material, media, size, at, from_case, .. } in listed {
        let from = match from_case {
            0 => None,
            case => Some(crate::case::get(app, CaseId(case)).await?.case_no),
        };
        files.push(CaseFile { id, material, media, size, at: Instant(at), from });
    }
    Ok(files)
}

/// 查看材料 of a case within scope: media type and bytes.
pub async fn file_of_case(
    app: &App,
    store: &Files,
    ctx: &Ctx,
    case_no: &str,
    id: i64,
) -> Result<(String, Vec<u8>), AppError> {
    let case = in_scope(app, ctx, Action::ReadCase, case_no).await?;
    app.store().schema().await?.needs(Area::Intake)?;
    let row = app.store().one(rows::by_id(id)).await?.filter(|row| row.case_id == case.id.0);
    app.note_read(ctx, case.id, "file");
    bytes(app, store, row.map(|row| row.sm3)).await
}

/// 查看材料 of an own draft: media type and bytes.
pub async fn file_of_draft(
    app: &App,
    store: &Files,
    ctx: &Ctx,
    draft: i64,
    id: i64,
) -> Result<(String, Vec<u8>), AppError> {
    let draft = drafts::get(app, ctx, draft).await?;
    let file = draft.sheet.files.into_iter().find(|file| file.id == id);
    bytes(app, store, file.map(|file| file.sm3)).await
}

async fn bytes(app: &App, store: &Files, sm3: Option<String>) -> Result<(String, Vec<u8>), AppError> {
    let missing = || AppError::NotFound("这一材料文件".into());
    let (row, bytes) = files::read(app, store, &sm3.ok_or_else(missing)?).await?.ok_or_else(missing)?;
    Ok((row.media, bytes))
}
