//! 发布事项: the draft that was reviewed comes into force from a day on; the version before it ends the day before. A
//! published version is never changed but for its last day.

use super::revise::{Open, open, publishable, submitted};
use crate::access::permit;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::read;
use crate::versions::validity;
use serde_json::json;
use yichuang_domain::digest::sm3;
use yichuang_domain::item::VersionStatus;
use yichuang_domain::permission::{Action, Actor};
use yichuang_domain::time::Date;
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::item_drafts::{self, ItemDraftRow};
use yichuang_storage::items::{self, ItemRow, VersionRow};
use yichuang_storage::{Act, Change, Effects, Plan, Rows, Stop, audit, epochs};

/// 发布事项: puts the latest draft into force from this day; the version before it ends the day before. `seen` is the SM3
/// of the content that was read before, where a person did.
///
/// # Errors
/// `Form` with every blocking finding of the lint, or for a day that does not go; a refusal for a draft that was not
/// handed in for review, that is another one by now, or that the actor has worked on.
pub async fn publish_item(
    app: &App,
    ctx: &Ctx,
    key: &str,
    from: Date,
    seen: Option<&str>,
) -> Result<(), AppError> {
    if ctx.actor != Actor::System {
        permit(&ctx.actor, Action::PublishItem)?;
    }
    let open = open(app, key).await?;
    publishable(app, &open.content)?;
    if ctx.actor != Actor::System {
        reviewed(ctx, &open, from)?;
    }
    if seen.is_some_and(|seen| seen != open.draft.body_sm3) {
        return Err(Refusal::from(RefusalCode::StaleDraft).into());
    }
    let Open { item, draft, stand, .. } = open;
    let versions = app.store().all(items::versions(item.id)).await?;
    let mut before: Vec<VersionRow> = Vec::new();
    for version in versions {
        if runs_into(&version, from)? {
            before.push(version);
        }
    }
    let ends = from.yesterday().map(|day| day.to_string()).unwrap_or_default();
    if let Some(later) = before.iter().find(|v| v.valid_from >= from.to_string()) {
        let text = format!("已有自 {} 起生效的版本，把生效日期改到其后再发布", later.valid_from);
        return Err(AppError::Form(vec![text]));
    }
    let mut locks = vec![items::lock(key), items::lock_version(draft.id), item_drafts::lock(draft.id)];
    locks.extend(before.iter().map(|version| items::lock_version(version.id)));
    locks.extend(app.changing(epochs::CATALOGUE));
    let moved = app.moved(epochs::CATALOGUE);
    let act = Act {
        id: ctx.act.clone(),
        actor: ctx.actor.number(),
        kind: "publish_item",
        body_hash: sm3(&[key.as_bytes(), from.to_string().as_bytes(), draft.body_sm3.as_bytes()]).0,
        at: ctx.at.0,
    };
    let record = audit::AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: "item_published".into(),
        subject: format!("item/{key}"),
        body: json!({"version": draft.version, "from": from, "sm3": draft.body_sm3}).to_string(),
    };
    let then = move |rows: &Rows| {
        let now: (ItemRow, VersionRow, ItemDraftRow) = (rows.get(0)?, rows.get(1)?, rows.get(2)?);
        if now.0.version != draft.version || now.1 != draft || now.2 != stand {
            return Err(Stop::from(RefusalCode::StaleDraft));
        }
        let mut stmts = vec![audit::insert(&record)];
        for (index, seen) in before.iter().enumerate() {
            let now: VersionRow = rows.get(index + 3)?;
            if now != *seen {
                return Err(Stop::from(RefusalCode::StaleDraft));
            }
            stmts.push(items::set_validity(now.id, "published", &now.valid_from, &ends));
        }
        stmts.push(items::set_validity(draft.id, "published", &from.to_string(), ""));
        stmts.push(item_drafts::remove(draft.id));
        stmts.extend(moved.clone());
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    app.store().commit(Change { act, key: 0, locks, then: Box::new(then) }).await?;
    Ok(())
}

/// A published version that would still be in force on this day.
fn runs_into(version: &VersionRow, from: Date) -> Result<bool, AppError> {
    let validity = validity(version)?;
    Ok(validity.status == VersionStatus::Published && validity.to.is_none_or(|to| to >= from))
}

/// It was handed in, nobody publishes what is his own work, and nothing that is over is changed afterwards.
fn reviewed(ctx: &Ctx, open: &Open, from: Date) -> Result<(), AppError> {
    submitted(open)?;
    let hands: Vec<i64> = read(&open.stand.hands)?;
    if hands.contains(&ctx.actor.number()) {
        return Err(Refusal::from(RefusalCode::OwnDraft).into());
    }
    match from < ctx.at.date() {
        true => Err(AppError::Form(vec!["施行日期不能早于今天，改为今天或者以后的日期".into()])),
        false => Ok(()),
    }
}
