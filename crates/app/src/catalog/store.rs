//! 事项入库: imports drafts, each change with its audit row.
//!
//! A published version is never changed: an import that differs makes a new draft beside it.

use super::diff::{Counts, Edit, ImportPlan, diff};
use super::read::{Batch, Rejection};
use super::revise::{imported, joined};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::read;
use serde_json::json;
use std::collections::BTreeMap;
use yichuang_domain::digest::sm3;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::item_drafts::{self, ItemDraftRow};
use yichuang_storage::items::{self, ItemRow, KeyedVersion, VersionRow};
use yichuang_storage::{
    Act, Area, Change, CommitError, Effects, Lock, Plan, Rows, Stmt, Stop, StoreError, audit,
};

/// Rows read at a time.
const PAGE: i64 = 500;

/// 导入没有成功.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Some rows are in error; nothing was imported.
    #[error("有 {} 行有误，没有导入任何内容。请按行号改正后重新导入。", .0.rejected)]
    Rejected(Rejection),
    /// Somebody changed one of the items, or made one of the new ones, since they were compared.
    #[error("核对之后事项清单又被他人修改，没有导入任何内容。请重新导入同一文件。")]
    Overtaken,
    /// Anything else; nothing was imported.
    #[error(transparent)]
    App(#[from] AppError),
}

/// 导入事项: creates drafts and rewrites drafts, the whole file or nothing; with `dry_run` only says what it
/// would do.
pub async fn import_items(app: &App, ctx: &Ctx, batch: &Batch, dry_run: bool) -> Result<Counts, ImportError> {
    let import = compare(app, batch).await?;
    if dry_run {
        return Ok(import.plan.counts);
    }
    may_maintain(ctx)?;
    write(app, ctx, import).await
}

/// 已核对的导入: what is to be written, and the versions it was compared with.
pub(super) struct Import {
    plan: ImportPlan,
    stored: BTreeMap<String, Held>,
}

/// Compares a batch with what is stored now.
pub(super) async fn compare(app: &App, batch: &Batch) -> Result<Import, ImportError> {
    let stored = latest(app).await?;
    let bodies = stored.iter().map(|(key, held)| (key.clone(), held.item.clone())).collect();
    let mut plan = diff(batch, &bodies).map_err(ImportError::Rejected)?;
    // Two imports that insert the same keys in the same order wait for each other, but never in a ring.
    plan.edits.sort_by(|a, b| a.item.key.cmp(&b.item.key));
    Ok(Import { plan, stored })
}

/// Writes all of it in one change, unless what it was compared with has changed since.
pub(super) async fn write(app: &App, ctx: &Ctx, import: Import) -> Result<Counts, ImportError> {
    let Import { plan: ImportPlan { counts, edits }, stored } = import;
    if edits.is_empty() {
        return Ok(counts);
    }
    let staged = app.store().schema().await.map_err(AppError::from)?.has(Area::Catalogue);
    let change = import_change(app, ctx, &edits, &stored, staged)?;
    match app.store().commit(change).await {
        Ok(_) => Ok(counts),
        Err(CommitError::Store(StoreError::Duplicate(_))) => Err(ImportError::Overtaken),
        Err(CommitError::Refused(refusal)) if refusal.code == RefusalCode::StaleVersion => {
            Err(ImportError::Overtaken)
        }
        Err(error) => Err(AppError::from(error).into()),
    }
}

/// The latest version of every item, drafts included, by key. For export.
pub async fn stored_items(app: &App) -> Result<Vec<ItemVersion>, AppError> {
    Ok(latest(app).await?.into_values().map(|held| held.item).collect())
}

/// Latest version of one item.
struct Held {
    row: VersionRow,
    item: ItemVersion,
}

async fn latest(app: &App) -> Result<BTreeMap<String, Held>, AppError> {
    let mut all = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = app.store().all(items::latest(&after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.key.clone();
        for KeyedVersion { key, version } in page {
            all.insert(key, Held { item: read(&version.body)?, row: version });
        }
    }
}

/// 维护事项清单: departments draft, the office publishes; window staff do neither.
fn may_maintain(ctx: &Ctx) -> Result<(), AppError> {
    match &ctx.actor {
        Actor::System => Ok(()),
        Actor::Staff(staff)
            if matches!(staff.post, Post::OfficeAdministrator | Post::AgencyAdministrator) =>
        {
            Ok(())
        }
        _ => Err(Refusal::from(RefusalCode::WrongPost).into()),
    }
}

fn import_change(
    app: &App,
    ctx: &Ctx,
    edits: &[Edit],
    stored: &BTreeMap<String, Held>,
    staged: bool,
) -> Result<Change, AppError> {
    let mut locks: Vec<Lock> = Vec::new();
    let mut writes = Vec::new();
    let mut bodies: Vec<String> = Vec::new();
    for edit in edits {
        let held = stored.get(&edit.item.key).map(|held| &held.row);
        let row = version_row(app.next_id(ctx.at), &edit.item)?;
        bodies.push(row.body_sm3.clone());
        locks
            .extend(held.iter().flat_map(|held| [items::lock(&edit.item.key), items::lock_version(held.id)]));
        let replaced = held.filter(|held| staged && held.status == "draft");
        locks.extend(replaced.map(|held| item_drafts::lock(held.id)));
        writes.push(Write {
            key: edit.item.key.clone(),
            item_id: app.next_id(ctx.at),
            stand: if staged { Some(imported(app, ctx, &edit.item, &row)?) } else { None },
            row,
            seen: held.cloned(),
        });
    }
    let parts: Vec<&[u8]> = bodies.iter().map(String::as_bytes).collect();
    let act = Act {
        id: ctx.act.clone(),
        actor: ctx.actor.number(),
        kind: "import_items",
        body_hash: sm3(&parts).0,
        at: ctx.at.0,
    };
    let keys = |created: bool| -> Vec<&str> {
        edits.iter().filter(|e| e.created == created).map(|e| e.item.key.as_str()).collect()
    };
    let record = audit::AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: "items_imported".into(),
        subject: "catalogue".into(),
        body: json!({"created": keys(true), "changed": keys(false)}).to_string(),
    };
    let then = move |rows: &Rows| {
        let mut stmts = vec![audit::insert(&record)];
        let mut at = 0;
        for write in &writes {
            stmts.extend(write.stmts(rows, &mut at)?);
        }
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    Ok(Change { act, key: 0, locks, then: Box::new(then) })
}

/// One item to be written, the version it was compared with, and where the draft will stand.
struct Write {
    key: String,
    item_id: i64,
    row: VersionRow,
    seen: Option<VersionRow>,
    /// `None`: the database has no place for it yet.
    stand: Option<ItemDraftRow>,
}

impl Write {
    /// New item, rewritten draft, or new draft beside a published version; `at` counts the locked rows used.
    fn stmts(&self, rows: &Rows, at: &mut usize) -> Result<Vec<Stmt>, Stop> {
        let Some(seen) = &self.seen else {
            let item = ItemRow { id: self.item_id, key: self.key.clone(), version: 1 };
            let row = VersionRow { item_id: item.id, version: 1, ..self.row.clone() };
            return Ok(self.and_stand(vec![items::insert(&item), items::insert_version(&row)]));
        };
        let (item, version): (ItemRow, VersionRow) = (rows.get(*at)?, rows.get(*at + 1)?);
        *at += 2;
        if item.version != seen.version || version.body_sm3 != seen.body_sm3 {
            return Err(Refusal::with(RefusalCode::StaleVersion, self.key.clone()).into());
        }
        if version.status == "draft" {
            let mut stmts = vec![items::replace_draft(&VersionRow { id: version.id, ..self.row.clone() })];
            if let Some(stand) = &self.stand {
                let before: ItemDraftRow = rows.get(*at)?;
                *at += 1;
                stmts.push(item_drafts::put(&joined(stand, &before)?));
            }
            return Ok(stmts);
        }
        let next = item.version + 1;
        let row = VersionRow { item_id: item.id, version: next, ..self.row.clone() };
        Ok(self.and_stand(vec![items::insert_version(&row), items::set_version(item.id, next)]))
    }

    fn and_stand(&self, mut stmts: Vec<Stmt>) -> Vec<Stmt> {
        stmts.extend(self.stand.as_ref().map(item_drafts::put));
        stmts
    }
}

/// A draft row of this item; ids and number of its item are set where they are known.
pub(super) fn version_row(id: i64, item: &ItemVersion) -> Result<VersionRow, AppError> {
    let unreadable = |error: serde_json::Error| AppError::Form(vec![format!("事项 {}：{error}", item.key)]);
    let body = serde_json::to_string(item).map_err(unreadable)?;
    Ok(VersionRow {
        id,
        item_id: 0,
        version: 0,
        status: "draft".into(),
        valid_from: String::new(),
        valid_to: String::new(),
        name: item.name.clone(),
        kind: word(&item.kind).map_err(unreadable)?,
        agency: item.agency.clone(),
        sector: item.sector.clone().unwrap_or_default(),
        source_id: item.source.as_ref().map(|source| source.id.clone()).unwrap_or_default(),
        body_sm3: sm3(&[body.as_bytes()]).0,
        body,
    })
}

/// The word serde writes for a plain enum.
pub(super) fn word(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}
