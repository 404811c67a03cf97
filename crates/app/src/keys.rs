//! 密钥管理: which keys there are and what they seal, a new one in the place of an old one, old rows sealed anew, a key
//! that nothing needs any more. Work goes on meanwhile; what was cut short is taken up where it stood.
//!
//! Never deletes a key's file: an older backup may need it.

use crate::access::random;
use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use crate::vault::{Cell, KeysError, Ring, all_sealed, sealed, sealed_range, to_be_sealed};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use yichuang_domain::applicant::Applicant;
use yichuang_domain::case::Case;
use yichuang_domain::id::PartyId;
use yichuang_storage::audit::{self, AuditRow};
use yichuang_storage::keys::{self as rows, KeyRow};
use yichuang_storage::sealed::{Sealed, SealedRow};
use yichuang_storage::{
    Act, Area, Change, Effects, Lock, Plan, Rows, Stmt, Stop, StoreError, cases, party_index,
};
use zeroize::Zeroizing;

/// Rows read, and sealed anew in one change.
const PAGE: i64 = 200;
/// A node follows within seconds; a change that was prepared before is long over after this. Milliseconds.
const SETTLED: i64 = 600_000;

/// 密钥状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 备用: made, and not used yet.
    Ready,
    /// 在用: what is new is sealed with it.
    Sealing,
    /// 已替换: rows may still be sealed with it.
    Replaced,
    /// 已停用: nothing in the database needs it.
    Removed,
}

impl Standing {
    fn of(row: &KeyRow) -> Standing {
        match row {
            KeyRow { removed_at: 1.., .. } => Standing::Removed,
            KeyRow { sealing: true, .. } => Standing::Sealing,
            KeyRow { replaced_at: 1.., .. } => Standing::Replaced,
            _ => Standing::Ready,
        }
    }
}

/// 密钥清单的一行.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyLine {
    /// 密钥号
    pub id: String,
    /// Where it stands.
    pub standing: Standing,
    /// When it was put on record, milliseconds UTC.
    pub made_at: i64,
    /// Cells sealed with it.
    pub cells: i64,
    /// It is where the keys are looked for; `None`: it was not said where.
    pub here: Option<bool>,
}

/// 密钥清单.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyList {
    /// Every key on record, the oldest first.
    pub keys: Vec<KeyLine>,
    /// Cells with personal data that are not sealed.
    pub plain: i64,
    /// Cells sealed with a key that is on no record, or was removed.
    pub unknown: i64,
    /// Keys that lie there and are none of this database.
    pub strange: Vec<String>,
}

/// 轮换进度.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows looked at.
    pub done: i64,
    /// Of so many.
    pub total: i64,
}

/// 轮换结果.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The key that seals from now on.
    pub key: String,
    /// A rotation that was cut short was taken up again; no new key took its place.
    pub resumed: bool,
    /// Cells sealed anew.
    pub cells: i64,
    /// Parties that can be found again since.
    pub indexed: i64,
}

/// Every key on record with what is sealed with it.
pub async fn list(app: &App) -> Result<KeyList, AppError> {
    app.store().schema().await?.needs(Area::Vault)?;
    let files = app.vault().keys().map(|keys| keys.ids()).transpose()?;
    let known = app.store().all(rows::all()).await?;
    let (mut keys, mut known_cells) = (Vec::new(), 0);
    for row in &known {
        let cells = cells(app, &row.id).await?;
        known_cells += if row.removed_at == 0 { cells } else { 0 };
        let here = files.as_ref().map(|files| files.contains(&row.id));
        keys.push(KeyLine {
            id: row.id.clone(),
            standing: Standing::of(row),
            made_at: row.made_at,
            cells,
            here,
        });
    }
    let on_record = |id: &&String| known.iter().any(|row| row.id == **id);
    let strange = files.iter().flatten().filter(|id| !on_record(id)).cloned().collect();
    let (from, to) = all_sealed();
    let sealed = count(app, &from, &to).await?;
    Ok(KeyList { keys, plain: filled(app).await? - sealed, unknown: sealed - known_cells, strange })
}

/// Cells sealed with this key.
async fn cells(app: &App, id: &str) -> Result<i64, AppError> {
    let (from, to) = sealed_range(id);
    count(app, &from, &to).await
}

/// Cells that hold anything: whatever begins with a character above the lowest.
async fn filled(app: &App) -> Result<i64, AppError> {
    count(app, "\u{1}", "\u{10FFFF}").await
}

/// Cells that hold at least `from` and less than `to`.
async fn count(app: &App, from: &str, to: &str) -> Result<i64, AppError> {
    let mut cells = 0;
    for column in Sealed::of(&app.store().schema().await?) {
        cells += app.store().one(column.between(from, to)).await?.unwrap_or_default();
    }
    Ok(cells)
}

/// 备用密钥: a key is made and put on record, and nothing sealed with it yet: so that it can be brought to every node
/// first. Gives its id.
pub async fn prepare(app: &App) -> Result<String, AppError> {
    let known = app.store().all(rows::all()).await?;
    let keys = app.vault().keys().ok_or(KeysError::NotGiven)?;
    let ids: Vec<String> = known.iter().map(|row| row.id.clone()).collect();
    let key = keys.make(&ids)?;
    let at = app.store().now().await?;
    let stmts = vec![rows::insert(key.id(), at, false)];
    change(app, "key_made", key.id(), vec![], move |_| Ok(stmts.clone())).await?;
    Ok(key.id().to_owned())
}

/// 密钥轮换: another key seals from now on, and everything sealed before is sealed with it. Where an earlier rotation
/// was cut short, or rows are not sealed at all, that is finished first, and no other key takes its place.
pub async fn rotate(app: &App, watch: &(dyn Fn(Progress) + Sync)) -> Result<Rotated, AppError> {
    app.refresh().await?;
    let ring = app.vault().ring()?.ok_or_else(|| StoreError::Older("0006_vault".into()))?;
    let resumed = filled(app).await? > cells(app, ring.sealing.id()).await?;
    let ring = if resumed { ring } else { replace(app, &ring).await? };
    let mut done = Rotated { key: ring.sealing.id().to_owned(), resumed, ..Rotated::default() };
    let mut progress = Progress { done: 0, total: filled(app).await? };
    watch(progress);
    for column in Sealed::of(&app.store().schema().await?) {
        let mut after = i64::MIN;
        loop {
            let page = app.store().all(column.page(after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            done.cells += anew(app, &ring, column, &page).await?;
            progress.done += page.iter().filter(|row| !row.stored.is_empty()).count() as i64;
            progress.total = progress.total.max(progress.done);
            watch(progress);
        }
    }
    done.indexed = index(app, &ring).await?;
    Ok(done)
}

/// The key that was made ready, or a new one, seals from now on.
async fn replace(app: &App, ring: &Ring) -> Result<Arc<Ring>, AppError> {
    let known = app.store().all(rows::all()).await?;
    let ready = known.iter().rfind(|row| Standing::of(row) == Standing::Ready).map(|row| row.id.clone());
    let next = match ready {
        Some(id) => id,
        None => prepare(app).await?,
    };
    let (old, at) = (ring.sealing.id().to_owned(), app.store().now().await?);
    let locks = vec![rows::lock(&old), rows::lock(&next)];
    let id = next.clone();
    change(app, "key_rotated", &next, locks, move |locked| {
        let (before, after): (KeyRow, KeyRow) = (locked.get(0)?, locked.get(1)?);
        if !before.sealing || Standing::of(&after) != Standing::Ready {
            return Err(StoreError::Moved.into()); // somebody else has just rotated
        }
        Ok(vec![rows::retire(&before.id, at), rows::begin(&id)])
    })
    .await?;
    app.refresh().await?;
    app.vault().ring()?.ok_or_else(|| KeysError::NotGiven.into())
}

/// Seals these cells anew where another key, or none, sealed them; gives how many. A cell that was changed or erased
/// meanwhile stays as it is now.
async fn anew(app: &App, ring: &Ring, column: Sealed, page: &[SealedRow]) -> Result<i64, AppError> {
    let (table, name) = column.name();
    let mut stmts = Vec::new();
    for row in page.iter().filter(|row| !row.stored.is_empty()) {
        let cell = Cell { table, column: name, row: row.id };
        let plain = match sealed(&row.stored) {
            Some((id, _)) if id == ring.sealing.id() => continue,
            Some(_) => ring.open(cell, &row.stored)?,
            None => to_be_sealed(cell, &row.stored),
        };
        let plain = Zeroizing::new(plain);
        stmts.push(column.put(row, &ring.seal(cell, &plain)?));
    }
    let sealed = stmts.len() as i64;
    if column == Sealed::Parties && sealed > 0 {
        stmts.extend(tokens_anew(app, ring, page).await?);
    }
    if sealed > 0 {
        let act = Act { kind: "seal_anew", ..act(app, "").await? };
        commit(app, act, vec![], move |_| Ok(stmts.clone())).await?;
    }
    Ok(sealed)
}

/// Tokens by the key that seals now, for the parties that are in the index.
async fn tokens_anew(app: &App, ring: &Ring, page: &[SealedRow]) -> Result<Vec<Stmt>, AppError> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(vec![]) };
    let present = app.store().all(party_index::present(first.id, last.id)).await?;
    let mut stmts = Vec::new();
    for indexed in present {
        let Some(row) = page.iter().find(|row| row.id == indexed.party_id) else { continue };
        let party: Applicant = read(&app.vault().open_referred(Cell::party(row.id), &row.stored)?.words)?;
        stmts.push(party_index::put(indexed.party_id, indexed.case_id, &ring.tokens(&party)));
    }
    Ok(stmts)
}

/// Puts the applicants and agents into the index that were taken in before there was one; gives how many.
async fn index(app: &App, ring: &Ring) -> Result<i64, AppError> {
    let parties = app.store().one(Sealed::Parties.between("\u{1}", "\u{10FFFF}")).await?.unwrap_or_default();
    if app.store().one(party_index::count()).await?.unwrap_or_default() >= parties {
        return Ok(0);
    }
    let (mut after, mut indexed) = (i64::MIN, 0);
    loop {
        let page = app.store().all(cases::page(after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(indexed) };
        after = last.id;
        let mut stmts = Vec::new();
        for row in &page {
            let case: Case = read(&row.state)?;
            let agent = case.agent.as_ref().map(|agent| agent.agent.id);
            for id in [Some(case.applicant.id), agent].into_iter().flatten() {
                stmts.extend(missing(app, ring, row.id, id).await?);
            }
        }
        if !stmts.is_empty() {
            indexed += stmts.len() as i64;
            let act = Act { kind: "index_parties", ..act(app, "").await? };
            commit(app, act, vec![], move |_| Ok(stmts.clone())).await?;
        }
    }
}

async fn missing(app: &App, ring: &Ring, case: i64, id: PartyId) -> Result<Option<Stmt>, AppError> {
    if app.store().one(party_index::present(id.0, id.0)).await?.is_some() {
        return Ok(None);
    }
    let party = crate::privacy::party(app, id, None).await?;
    Ok(Some(party_index::put(id.0, case, &ring.tokens(&party))))
}

/// 停用密钥: nothing in the database needs it any more. Its file stays: an older backup may need it.
///
/// # Errors
/// [`AppError::Form`]: it is in use, was in use until a moment ago, or is on no record.
pub async fn remove(app: &App, id: &str) -> Result<(), AppError> {
    let known = app.store().all(rows::all()).await?;
    let row = known.iter().find(|row| row.id == id);
    let row = row.ok_or_else(|| AppError::NotFound(format!("密钥 {id}")))?;
    let at = app.store().now().await?;
    let no = |why: &str| Err(AppError::Form(vec![why.to_owned()]));
    match Standing::of(row) {
        Standing::Removed => return Ok(()),
        Standing::Sealing => return no("该密钥正在使用，不能停用。先运行 keys rotate 换用新密钥"),
        Standing::Replaced if at - row.replaced_at < SETTLED => {
            let minutes = SETTLED / 60_000;
            return no(&format!("该密钥替换不满 {minutes} 分钟，其他节点可能还在使用。请稍后再停用"));
        }
        Standing::Ready | Standing::Replaced => {}
    }
    let cells = cells(app, id).await?;
    if cells > 0 {
        return no(&format!("还有 {cells} 处内容用该密钥加密，不能停用。先运行 keys rotate 重新加密"));
    }
    let owned = id.to_owned();
    change(app, "key_removed", id, vec![rows::lock(id)], move |locked| {
        let row: KeyRow = locked.get(0)?;
        if row.sealing {
            return Err(StoreError::Moved.into());
        }
        Ok(vec![rows::remove(&owned, at)])
    })
    .await?;
    app.refresh().await
}

/// An act of the platform that nobody repeats.
async fn act(app: &App, body: &str) -> Result<Act, AppError> {
    let at = app.store().now().await?;
    Ok(Act { id: random::token()?, actor: 0, kind: "keys", body_hash: body.to_owned(), at })
}

/// A change of the keys on record, with its audit row.
async fn change(
    app: &App,
    kind: &'static str,
    key: &str,
    locks: Vec<Lock>,
    decide: impl Fn(&Rows) -> Result<Vec<Stmt>, Stop> + Send + Sync + 'static,
) -> Result<(), AppError> {
    let act = Act { kind, ..act(app, key).await? };
    let id = app.next_id(yichuang_domain::time::Instant(act.at));
    let (kind, subject, body) = (kind.to_owned(), format!("key/{key}"), json!({}).to_string());
    let noted = audit::insert(&AuditRow { id, at: act.at, actor: 0, kind, subject, body });
    commit(app, act, locks, move |locked| {
        let mut stmts = decide(locked)?;
        stmts.push(noted.clone());
        Ok(stmts)
    })
    .await
}

async fn commit(
    app: &App,
    act: Act,
    locks: Vec<Lock>,
    decide: impl Fn(&Rows) -> Result<Vec<Stmt>, Stop> + Send + Sync + 'static,
) -> Result<(), AppError> {
    let then = move |locked: &Rows| {
        let effects = Effects { stmts: decide(locked)?, answer: "{}".into(), witness: None };
        Ok(Plan::effects(effects))
    };
    app.store().commit(Change { act, key: 0, locks, then: Box::new(then) }).await?;
    Ok(())
}

/// Ids of the keys that rows of this database may need.
pub async fn needed(app: &App) -> Result<Vec<String>, AppError> {
    if !app.store().schema().await?.has(Area::Vault) {
        return Ok(vec![]);
    }
    let known = app.store().all(rows::all()).await?;
    Ok(known.into_iter().filter(|row| row.removed_at == 0).map(|row| row.id).collect())
}
