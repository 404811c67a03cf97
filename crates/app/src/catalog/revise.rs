//! 事项修订: a department drafts the next version of its item and hands it in for review; the office returns it with a
//! reason or, in `publish`, puts it into force (CAT-3, APPROVE-5). Who may, in which order, and what stays on record.
//!
//! A published version is never touched here.

use super::section::Section;
use super::store::version_row;
use crate::access::permit;
use crate::app::App;
use crate::boundary;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::read;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use yichuang_domain::digest::sm3;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::lint::blocking;
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::item_drafts::{self, ItemDraftRow};
use yichuang_storage::items::{self, ItemRow, VersionRow};
use yichuang_storage::{Act, Area, Change, Effects, Plan, Rows, Stmt, Stop, StoreError, audit};

/// 草稿 of an item, as stored.
pub(super) struct Open {
    pub item: ItemRow,
    pub draft: VersionRow,
    pub stand: ItemDraftRow,
    pub content: ItemVersion,
}

/// The item with this key, its latest version, and where that stands if it is a draft.
pub(super) async fn latest(
    app: &App,
    key: &str,
) -> Result<(ItemRow, VersionRow, Option<ItemDraftRow>), AppError> {
    app.store().schema().await?.needs(Area::Catalogue)?;
    let missing = || AppError::NotFound(format!("事项“{key}”"));
    let item = app.store().one(items::by_key(key)).await?.ok_or_else(missing)?;
    let versions = app.store().all(items::versions(item.id)).await?;
    let latest = versions.into_iter().find(|version| version.version == item.version).ok_or_else(missing)?;
    let stand = app.store().one(item_drafts::by_version(latest.id)).await?;
    Ok((item, latest, stand))
}

/// The draft of the item with this key.
pub(super) async fn open(app: &App, key: &str) -> Result<Open, AppError> {
    let (item, draft, stand) = latest(app, key).await?;
    let none = || AppError::NotFound(format!("事项“{key}”待发布的草稿"));
    if draft.status != "draft" {
        return Err(none());
    }
    let content = read(&draft.body)?;
    Ok(Open { item, draft, stand: stand.ok_or_else(none)?, content })
}

/// The actor's post may do this with items of this agency. An item of another agency is not there.
pub(super) fn may(ctx: &Ctx, action: Action, key: &str, agency: &str) -> Result<(), AppError> {
    let own = || ctx.actor.staff().and_then(|staff| staff.agency.as_deref()) == Some(agency);
    match permit(&ctx.actor, action)? {
        Scope::All => Ok(()),
        Scope::Agency if own() => Ok(()),
        _ => Err(AppError::NotFound(format!("事项“{key}”"))),
    }
}

/// 起草修订: a draft beside the latest version, equal to it. Where one is open already it stays as it is.
pub async fn start_revision(app: &App, ctx: &Ctx, key: &str) -> Result<(), AppError> {
    let (item, base, _) = latest(app, key).await?;
    may(ctx, Action::DraftItem, key, &base.agency)?;
    if base.status == "draft" {
        return Ok(());
    }
    let content: ItemVersion = read(&base.body)?;
    let row = VersionRow {
        item_id: item.id,
        version: item.version + 1,
        ..version_row(app.next_id(ctx.at), &content)?
    };
    let stand = stand_row(ctx, &row, item_drafts::DRAFTING, hands(&[], ctx)?);
    let record = record(app, ctx, "item_revision_begun", key, json!({"version": row.version}));
    let then = move |rows: &Rows| {
        let now: ItemRow = rows.get(0)?;
        if now.version != item.version {
            return Err(Stop::from(RefusalCode::StaleDraft));
        }
        let stmts = vec![
            audit::insert(&record),
            items::insert_version(&row),
            items::set_version(item.id, row.version),
            item_drafts::put(&stand),
        ];
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    let act = act(ctx, "start_revision", &[key]);
    app.store().commit(Change { act, key: 0, locks: vec![items::lock(key)], then: Box::new(then) }).await?;
    Ok(())
}

/// 保存一节: `seen` is the digest of the section the page was made of.
///
/// # Errors
/// `Form` for what cannot be stored; a refusal where the draft is under review, or somebody saved the section first.
pub async fn save_section(
    app: &App,
    ctx: &Ctx,
    key: &str,
    section: Section,
    seen: &str,
) -> Result<(), AppError> {
    let Open { item, draft, stand, mut content } = drafting(app, ctx, key).await?;
    let kind = section.kind();
    let section = section.checked()?;
    if Section::of(kind, &content).digest()? != seen {
        return Err(Refusal::from(RefusalCode::StaleDraft).into());
    }
    section.apply(&mut content);
    let row = VersionRow { id: draft.id, ..version_row(draft.id, &content)? };
    if row.body_sm3 == draft.body_sm3 {
        return Ok(());
    }
    // What was returned stays so, with its reason, until it is handed in again.
    let state =
        if stand.state == item_drafts::RETURNED { item_drafts::RETURNED } else { item_drafts::DRAFTING };
    let hands = hands(&read::<Vec<i64>>(&stand.hands)?, ctx)?;
    let moved = ItemDraftRow { reason: stand.reason.clone(), ..stand_row(ctx, &draft, state, hands) };
    let body = json!({"version": draft.version, "section": kind.word(), "sm3": row.body_sm3});
    let act = act(ctx, "save_section", &[key, kind.word(), &row.body_sm3]);
    let record = record(app, ctx, "item_revised", key, body);
    commit(app, act, Open { item, draft, stand, content }, move || {
        vec![audit::insert(&record), items::replace_draft(&row), item_drafts::put(&moved)]
    })
    .await
}

/// 送审: the draft goes to the office; until it is back nobody changes it.
///
/// # Errors
/// `Form` with every blocking finding of the lint; a refusal where nothing was changed, or it is there already.
pub async fn submit_draft(app: &App, ctx: &Ctx, key: &str) -> Result<(), AppError> {
    let open = drafting(app, ctx, key).await?;
    publishable(app, &open.content)?;
    let versions = app.store().all(items::versions(open.item.id)).await?;
    let before = versions.iter().rev().find(|version| version.version < open.draft.version);
    if before.is_some_and(|before| before.body_sm3 == open.draft.body_sm3) {
        return Err(Refusal::from(RefusalCode::NothingRevised).into());
    }
    pass(app, ctx, open, item_drafts::SUBMITTED, ("item_submitted", "submit_draft"), "").await
}

/// 撤回送审: the department takes its draft back to go on with it.
pub async fn recall_draft(app: &App, ctx: &Ctx, key: &str) -> Result<(), AppError> {
    let open = open(app, key).await?;
    may(ctx, Action::DraftItem, key, &open.draft.agency)?;
    submitted(&open)?;
    pass(app, ctx, open, item_drafts::DRAFTING, ("item_recalled", "recall_draft"), "").await
}

/// 退回修改: with what is to be changed.
pub async fn return_draft(app: &App, ctx: &Ctx, key: &str, reason: &str) -> Result<(), AppError> {
    let open = open(app, key).await?;
    may(ctx, Action::PublishItem, key, &open.draft.agency)?;
    submitted(&open)?;
    let reason = boundary::words("退回意见", reason)?;
    if reason.is_empty() {
        return Err(AppError::Form(vec!["填写退回意见，写明需要修改的内容和依据".into()]));
    }
    pass(app, ctx, open, item_drafts::RETURNED, ("item_returned", "return_draft"), &reason).await
}

/// The draft, for somebody who may go on with it now.
async fn drafting(app: &App, ctx: &Ctx, key: &str) -> Result<Open, AppError> {
    let open = open(app, key).await?;
    may(ctx, Action::DraftItem, key, &open.draft.agency)?;
    match open.stand.state == item_drafts::SUBMITTED {
        true => Err(Refusal::from(RefusalCode::DraftInReview).into()),
        false => Ok(open),
    }
}

/// It was handed in for review.
pub(super) fn submitted(open: &Open) -> Result<(), AppError> {
    match open.stand.state == item_drafts::SUBMITTED {
        true => Ok(()),
        false => Err(Refusal::from(RefusalCode::DraftNotSubmitted).into()),
    }
}

/// Moves a draft from hand to hand.
async fn pass(
    app: &App,
    ctx: &Ctx,
    open: Open,
    state: &str,
    (kind, command): (&str, &'static str),
    reason: &str,
) -> Result<(), AppError> {
    let key = open.item.key.clone();
    let moved = ItemDraftRow {
        reason: reason.to_owned(),
        ..stand_row(ctx, &open.draft, state, open.stand.hands.clone())
    };
    let body = match reason {
        "" => json!({"version": open.draft.version, "sm3": open.draft.body_sm3}),
        reason => json!({"version": open.draft.version, "sm3": open.draft.body_sm3, "reason": reason}),
    };
    let act = act(ctx, command, &[&key, &open.draft.body_sm3, reason]);
    let record = record(app, ctx, kind, &key, body);
    commit(app, act, open, move || vec![audit::insert(&record), item_drafts::put(&moved)]).await
}

/// Writes if item, draft and where it stands are still as they were read.
async fn commit(
    app: &App,
    act: Act,
    open: Open,
    stmts: impl Fn() -> Vec<Stmt> + Send + Sync + 'static,
) -> Result<(), AppError> {
    let Open { item, draft, stand, .. } = open;
    let locks = vec![items::lock(&item.key), items::lock_version(draft.id), item_drafts::lock(draft.id)];
    let then = move |rows: &Rows| {
        let now: (ItemRow, VersionRow, ItemDraftRow) = (rows.get(0)?, rows.get(1)?, rows.get(2)?);
        if now.0.version != item.version || now.1 != draft || now.2 != stand {
            return Err(Stop::from(RefusalCode::StaleDraft));
        }
        Ok(Plan::effects(Effects { stmts: stmts(), answer: "{}".into(), witness: None }))
    };
    app.store().commit(Change { act, key: 0, locks, then: Box::new(then) }).await?;
    Ok(())
}

fn act(ctx: &Ctx, kind: &'static str, parts: &[&str]) -> Act {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    let body_hash = sm3(&parts).0;
    Act { id: ctx.act.clone(), actor: ctx.actor.number(), kind, body_hash, at: ctx.at.0 }
}

fn record(app: &App, ctx: &Ctx, kind: &str, key: &str, body: Value) -> audit::AuditRow {
    audit::AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: kind.into(),
        subject: format!("item/{key}"),
        body: body.to_string(),
    }
}

fn stand_row(ctx: &Ctx, draft: &VersionRow, state: &str, hands: String) -> ItemDraftRow {
    ItemDraftRow {
        version_id: draft.id,
        state: state.into(),
        agency: draft.agency.clone(),
        hands,
        reason: String::new(),
        staff: ctx.actor.number(),
        at: ctx.at.0,
    }
}

/// Those whose work is in the draft, and the actor.
fn hands(before: &[i64], ctx: &Ctx) -> Result<String, AppError> {
    let actor = ctx.actor.staff().map(|staff| staff.id.0);
    let hands: BTreeSet<i64> = before.iter().copied().chain(actor).collect();
    serde_json::to_string(&hands).map_err(|error| AppError::Form(vec![error.to_string()]))
}

/// Where a draft stands that was imported: what may be published waits for the office, the rest for its department.
pub(super) fn imported(
    app: &App,
    ctx: &Ctx,
    content: &ItemVersion,
    draft: &VersionRow,
) -> Result<ItemDraftRow, AppError> {
    let state = match publishable(app, content) {
        Ok(()) => item_drafts::SUBMITTED,
        Err(_) => item_drafts::DRAFTING,
    };
    Ok(stand_row(ctx, draft, state, hands(&[], ctx)?))
}

/// An import over a draft that is there: the work of both is in it.
pub(super) fn joined(stand: &ItemDraftRow, before: &ItemDraftRow) -> Result<ItemDraftRow, StoreError> {
    let mut hands: BTreeSet<i64> = read(&before.hands)?;
    hands.extend(read::<BTreeSet<i64>>(&stand.hands)?);
    let hands = serde_json::to_string(&hands).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(ItemDraftRow { version_id: before.version_id, hands, ..stand.clone() })
}

/// Nothing in the lint blocks it, and its agencies are known.
pub(super) fn publishable(app: &App, item: &ItemVersion) -> Result<(), AppError> {
    let organisation = app.organisation();
    let unknown = item.agencies().filter(|key| !key.is_empty() && !organisation.agencies.contains_key(*key));
    let unknown = unknown.map(|key| format!("部门标识 {key} 不存在，改为已登记的部门"));
    let faults: Vec<String> = blocking(item).iter().map(ToString::to_string).chain(unknown).collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(AppError::Form(faults)),
    }
}
