//! 文件: what is handed in or made is kept by its content: bytes first, then the row, then the answer.
//!
//! Says where files are and keeps them in step with the database. What a file is for stands in rows of its own.

use crate::app::App;
use crate::ctx::Ctx;
use yichuang_domain::digest::sm3;
use yichuang_domain::time::Instant;
use yichuang_storage::{Act, Area, Change, Effects, Plan, StoreError, drafts, files};

pub use yichuang_storage::files::{FileRow, Files, FilesError, FilesPlace, FilesReport, Swept};

/// How long bytes may wait for their row before they count as come to nothing: a day.
const GRACE: i64 = 86_400_000;
/// Files taken off the record together.
const PAGE: i64 = 100;

/// Opens the place for this database; the first time marks it as the database's own. A node that sees another
/// folder gets an error and must not start.
pub async fn open(app: &App, place: &FilesPlace, at: Instant) -> Result<Files, FilesError> {
    let fresh = sm3(&[&app.next_id(at).to_be_bytes(), place.to_string().as_bytes()]).0;
    Files::open(place, app.store(), &fresh[..32]).await
}

/// Opens the place this database has its files in, for reading only; `None`: it has none yet.
pub async fn open_to_read(app: &App, place: &FilesPlace) -> Result<Option<Files>, FilesError> {
    match Files::open_existing(place, app.store()).await {
        Err(FilesError::None(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// Keeps a file. When it answers, bytes and row are on disk. The same content twice is one file, with the media
/// type it was given first.
pub async fn keep(
    app: &App,
    files: &Files,
    ctx: &Ctx,
    bytes: &[u8],
    media: &str,
) -> Result<FileRow, FilesError> {
    keep_for(app, files, ctx, None, bytes, media).await
}

/// Keeps a file that a draft holds.
pub(crate) async fn keep_for(
    app: &App,
    files: &Files,
    ctx: &Ctx,
    draft: Option<i64>,
    bytes: &[u8],
    media: &str,
) -> Result<FileRow, FilesError> {
    let well_formed = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
    if !media.split_once('/').is_some_and(|(kind, rest)| well_formed(kind) && well_formed(rest)) {
        return Err(FilesError::Media(media.to_owned()));
    }
    let name = files.put(app.store(), bytes).await?;
    let row = FileRow { sm3: name.clone(), size: bytes.len() as i64, media: media.to_owned(), at: ctx.at.0 };
    let act = Act {
        id: ctx.act.clone(),
        actor: ctx.actor.number(),
        kind: "keep_file",
        body_hash: sm3(&[name.as_bytes(), media.as_bytes()]).0,
        at: ctx.at.0,
    };
    // What was there before is not the draft's own, and outlives it.
    let known = app.store().one(files::by_sm3(&name)).await?.is_some();
    let held = draft.map(|draft| drafts::hold(draft, &name, !known));
    let stmts = std::iter::once(files::insert(&row)).chain(held).collect();
    let effects = Effects { stmts, answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    files.confirm(&name, bytes).await?;
    let kept = app.store().one(files::by_sm3(&name)).await?;
    kept.ok_or_else(|| StoreError::Damaged("数据表 files 中没有刚登记的文件".into()).into())
}

/// A file with its bytes, which are those that were kept; `None`: there is none of this name on record.
pub async fn read(app: &App, files: &Files, sm3: &str) -> Result<Option<(FileRow, Vec<u8>)>, FilesError> {
    match app.store().one(files::by_sm3(sm3)).await? {
        Some(row) => {
            let bytes = files.get(&row.sm3).await?;
            Ok(Some((row, bytes)))
        }
        None => Ok(None),
    }
}

/// Holds every row against the bytes: that they are there, and with `deep` that they are the same.
pub async fn check(app: &App, files: &Files, deep: bool) -> Result<FilesReport, FilesError> {
    files.check(app.store(), deep).await
}

/// Removes what came to nothing more than a day ago: files of drafts that were thrown away, unless a case or another
/// draft has them, and bytes that never came on record.
pub async fn sweep(app: &App, files: &Files, at: Instant) -> Result<Swept, FilesError> {
    let before = at.0 - GRACE;
    if app.store().schema().await?.has(Area::Intake) {
        take_off(app, before, at).await?;
    }
    files.sweep(app.store(), before).await
}

/// Takes the files that drafts dropped before this moment off the record.
async fn take_off(app: &App, before: i64, at: Instant) -> Result<(), FilesError> {
    let mut after = String::new();
    loop {
        let page = app.store().all(drafts::dropped_files(before, &after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.clone();
        let stmts: Vec<_> = page.iter().flat_map(|sm3| drafts::remove_dropped(sm3, before)).collect();
        // Done twice it does the same: the act's name only tells one moment from another.
        let id = format!("sweep_drafts/{}", app.next_id(at));
        let act = Act { id, actor: 0, kind: "sweep_drafts", body_hash: String::new(), at: at.0 };
        let effects = Effects { stmts, answer: "{}".into(), witness: None };
        let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
        app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    }
}
