//! 事项清单 for staff: every item within scope with its latest version, one item with all of its versions, and what differs
//! between two of them. Only reads; a draft is shown to those who revise or review it.

use super::history::{VersionChanges, VersionMark, Versions, mark, version_changes};
use super::revise::may;
use crate::access::permit;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::files::{self, Files};
use crate::organisation::read;
use crate::search::{guide, shipped};
use crate::versions::validity;
use crate::worklist::Count;
use std::collections::BTreeSet;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::lint::{Severity, lint};
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::item_drafts::{self, ItemDraftRow, RegisterRow};
use yichuang_storage::items::{self, VersionRow};
use yichuang_storage::{Area, audit};

/// Rows read at a time.
const PAGE: i64 = 500;
/// Of what the search finds, so many are taken for meant.
const LIKELY: usize = 30;

/// 草稿状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 起草中
    Drafting,
    /// 待审查
    Submitted,
    /// 已退回
    Returned,
}

impl Standing {
    fn of(state: &str) -> Option<Standing> {
        match state {
            item_drafts::DRAFTING => Some(Standing::Drafting),
            item_drafts::SUBMITTED => Some(Standing::Submitted),
            item_drafts::RETURNED => Some(Standing::Returned),
            _ => None,
        }
    }

    /// Chinese name.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Drafting => "起草中",
            Standing::Submitted => "待审查",
            Standing::Returned => "已退回",
        }
    }
}

/// 按状态筛选.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// 施行中
    InForce,
    /// 修订中: being drafted, or returned
    Revising,
    /// 待审查
    Submitted,
    /// 待施行
    Coming,
    /// 未施行: none in force
    NotInForce,
    /// 体检不通过: with findings that keep it from being published
    Blocked,
    /// 体检有提示
    Warned,
}

impl Filter {
    /// Every filter with its word in addresses and its name.
    pub const TABLE: [(Filter, &'static str, &'static str); 7] = [
        (Filter::InForce, "in-force", "施行中"),
        (Filter::Revising, "revising", "修订中"),
        (Filter::Submitted, "submitted", "待审查"),
        (Filter::Coming, "coming", "待施行"),
        (Filter::NotInForce, "not-in-force", "未施行"),
        (Filter::Blocked, "blocked", "体检不通过"),
        (Filter::Warned, "warned", "体检有提示"),
    ];

    fn fits(self, line: &Line) -> bool {
        match self {
            Filter::InForce => line.in_force,
            Filter::Revising => {
                matches!(line.standing, Some(Standing::Drafting | Standing::Returned))
            }
            Filter::Submitted => line.standing == Some(Standing::Submitted),
            Filter::Coming => line.coming.is_some(),
            Filter::NotInForce => !line.in_force,
            Filter::Blocked => line.blocks > 0,
            Filter::Warned => line.warns > 0,
        }
    }
}

/// 筛选条件; empty: all within scope.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Words of the name, an everyday phrase, a code.
    pub words: String,
    /// Key of the deciding agency.
    pub agency: String,
    /// Status.
    pub filter: Option<Filter>,
}

/// 清单的一行.
#[derive(Clone, Debug)]
pub struct Line {
    /// The latest version the actor may see.
    pub item: ItemVersion,
    /// Its number.
    pub version: i64,
    /// Where it stands, if it is a draft.
    pub standing: Option<Standing>,
    /// A version is in force today.
    pub in_force: bool,
    /// First day of a version that is not in force yet.
    pub coming: Option<Date>,
    /// Findings of the lint that keep it from being published.
    pub blocks: usize,
    /// Other findings.
    pub warns: usize,
}

/// 事项清单: at most `limit` items with a key above `after`, by key; and the key to go on after.
pub async fn register(
    app: &App,
    ctx: &Ctx,
    sought: &Sought,
    after: &str,
    limit: usize,
) -> Result<(Vec<Line>, Option<String>), AppError> {
    let scope = permit(&ctx.actor, Action::ReadItems)?;
    app.store().schema().await?.needs(Area::Catalogue)?;
    let own = ctx.actor.staff().and_then(|staff| staff.agency.clone());
    let guide = guide(app, ctx.at.date()).await?;
    let everyday = shipped().map_err(|error| AppError::Form(vec![error.to_string()]))?;
    let words = sought.words.trim().to_lowercase();
    let likely: BTreeSet<String> = guide.search(&words, LIKELY).into_iter().map(|hit| hit.key).collect();
    let fits = |line: &Line| {
        let item = &line.item;
        let said = [&item.name, &item.key].into_iter().chain(&item.code).chain(&item.phrases);
        let worded = || {
            said.into_iter().any(|text| text.to_lowercase().contains(&words))
                || everyday.of(item).any(|phrase| phrase.contains(&words))
                || likely.contains(&item.key)
        };
        let within = match scope {
            Scope::All => true,
            _ => own.as_deref().is_some_and(|own| item.agencies().any(|agency| agency == own)),
        };
        within
            && (sought.agency.is_empty() || sought.agency == item.agency)
            && sought.filter.is_none_or(|filter| filter.fits(line))
            && (words.is_empty() || worded())
    };
    let state = (sought.filter == Some(Filter::Submitted)).then_some(item_drafts::SUBMITTED);
    let (mut found, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = app.store().all(item_drafts::register(state, &after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok((found, None)) };
        let end = last.key.clone();
        for row in page {
            let key = row.key.clone();
            let published = guide.version(&key).map(|version| &version.item);
            if let Some(line) = line(ctx, row, published)?.filter(|line| fits(line)) {
                if found.len() == limit {
                    return Ok((found, Some(after)));
                }
                found.push(line);
            }
            after = key;
        }
        after = end;
    }
}

/// The line of an item; `None`: there is nothing of it for this actor to see.
fn line(ctx: &Ctx, row: RegisterRow, published: Option<&ItemVersion>) -> Result<Option<Line>, AppError> {
    let item: ItemVersion = read(&row.body)?;
    let standing = Standing::of(&row.state);
    let (item, version, standing) = match (row.status == "draft" && !sees_draft(ctx, &item), published) {
        (true, Some(published)) => (published.clone(), row.version - 1, None),
        (true, None) => return Ok(None),
        (false, _) => (item, row.version, standing),
    };
    let from = (row.status == "published").then(|| crate::organisation::day(&row.valid_from)).transpose()?;
    let findings = lint(&item);
    let blocks = findings.iter().filter(|finding| finding.severity() == Severity::Blocks).count();
    Ok(Some(Line {
        version,
        standing,
        in_force: published.is_some(),
        coming: from.filter(|from| *from > ctx.at.date()),
        blocks,
        warns: findings.len() - blocks,
        item,
    }))
}

/// Those who revise or review it see a draft.
fn sees_draft(ctx: &Ctx, item: &ItemVersion) -> bool {
    let may = |action| may(ctx, action, &item.key, &item.agency).is_ok();
    may(Action::DraftItem) || may(Action::PublishItem)
}

/// How many drafts wait for the actor: to be reviewed by the office, to be finished by a department; up to 1000.
pub async fn waiting(app: &App, ctx: &Ctx) -> Result<Option<Count>, AppError> {
    if !app.store().schema().await?.has(Area::Catalogue) {
        return Ok(None);
    }
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    let query = match (permit(&ctx.actor, Action::PublishItem), permit(&ctx.actor, Action::DraftItem), own) {
        (Ok(_), _, _) => item_drafts::waiting(),
        (_, Ok(_), Some(own)) => item_drafts::open_of(own),
        _ => return Ok(None),
    };
    Ok(app.store().one(query).await?.map(Count::of))
}

/// 修订记录的一行.
#[derive(Clone, Debug)]
pub struct Logged {
    /// When.
    pub at: Instant,
    /// Staff id; 0: the platform.
    pub staff: i64,
    /// What was done, e.g. `item_submitted`.
    pub kind: String,
    /// Why it was returned; empty otherwise.
    pub reason: String,
    /// Number of the version; 0 where it is not on record.
    pub version: i64,
}

/// 事项档案: one version in full, and all there is about the item.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The version shown.
    pub item: ItemVersion,
    /// Its number and days.
    pub mark: VersionMark,
    /// SM3 of its content.
    pub sm3: String,
    /// Every version the actor may see, the latest first.
    pub versions: Vec<VersionMark>,
    /// Number of the version in force today.
    pub in_force: Option<i64>,
    /// The open draft: its number and where it stands.
    pub draft: Option<(i64, Standing)>,
    /// Why the draft was returned; empty otherwise.
    pub reason: String,
    /// The actor may draft or go on with a draft.
    pub may_draft: bool,
    /// The actor may publish or return a draft.
    pub may_publish: bool,
    /// The actor has worked on the draft.
    pub own_work: bool,
    /// What was done, the latest first; for those who see the draft.
    pub log: Vec<Logged>,
}

/// 事项档案 of the item with this key: the version with this number, or the one in force, or the latest.
///
/// # Errors
/// `NotFound` for an item or version that is not there, or not for this actor to see.
pub async fn dossier(app: &App, ctx: &Ctx, key: &str, version: Option<i64>) -> Result<Dossier, AppError> {
    let (rows, stand) = versions(app, ctx, key).await?;
    let today = ctx.at.date();
    let mut in_force = None;
    for row in &rows {
        if validity(row)?.in_force(today) {
            in_force = Some(row.version);
        }
    }
    let missing = || AppError::NotFound(format!("事项“{key}”"));
    let latest = rows.last().ok_or_else(missing)?;
    let number = version.or(in_force).unwrap_or(latest.version);
    let shown = rows.iter().find(|row| row.version == number);
    let shown = shown.ok_or_else(|| AppError::NotFound(format!("事项“{key}”的第 {number} 版")))?;
    let of_draft: ItemVersion = read(&latest.body)?;
    let hands: BTreeSet<i64> = stand.as_ref().map(|row| read(&row.hands)).transpose()?.unwrap_or_default();
    let draft = stand.as_ref().and_then(|row| Some((latest.version, Standing::of(&row.state)?)));
    let may = |action| may(ctx, action, key, &of_draft.agency).is_ok();
    Ok(Dossier {
        item: read(&shown.body)?,
        mark: mark(shown)?,
        sm3: shown.body_sm3.clone(),
        versions: rows.iter().rev().map(mark).collect::<Result<_, _>>()?,
        in_force,
        draft,
        reason: stand.map(|row| row.reason).unwrap_or_default(),
        may_draft: may(Action::DraftItem),
        may_publish: may(Action::PublishItem),
        own_work: hands.contains(&ctx.actor.number()),
        log: if sees_draft(ctx, &of_draft) { log(app, key).await? } else { Vec::new() },
    })
}

/// The versions of an item that the actor may see, oldest first, and where the draft among them stands.
async fn versions(
    app: &App,
    ctx: &Ctx,
    key: &str,
) -> Result<(Vec<VersionRow>, Option<ItemDraftRow>), AppError> {
    let scope = permit(&ctx.actor, Action::ReadItems)?;
    app.store().schema().await?.needs(Area::Catalogue)?;
    let missing = || AppError::NotFound(format!("事项“{key}”"));
    let item = app.store().one(items::by_key(key)).await?.ok_or_else(missing)?;
    let mut rows = app.store().all(items::versions(item.id)).await?;
    let latest = rows.last().ok_or_else(missing)?;
    let content: ItemVersion = read(&latest.body)?;
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    if scope != Scope::All && !content.agencies().any(|agency| Some(agency) == own) {
        return Err(missing());
    }
    if !sees_draft(ctx, &content) {
        rows.retain(|row| row.status != "draft");
    }
    let stand = match rows.last().filter(|row| row.status == "draft") {
        Some(draft) => app.store().one(item_drafts::by_version(draft.id)).await?,
        None => None,
    };
    if rows.is_empty() { Err(missing()) } else { Ok((rows, stand)) }
}

/// What was done to an item, the latest first.
async fn log(app: &App, key: &str) -> Result<Vec<Logged>, AppError> {
    let rows = app.store().all(audit::of_subject(&format!("item/{key}"))).await?;
    let logged = rows.into_iter().rev().map(|row| {
        let body: serde_json::Value = read(&row.body)?;
        Ok(Logged {
            at: Instant(row.at),
            staff: row.actor,
            kind: row.kind,
            reason: body["reason"].as_str().unwrap_or_default().to_owned(),
            version: body["version"].as_i64().unwrap_or_default(),
        })
    });
    logged.collect()
}

/// 版本修改对照 between two versions the actor may see; by default the latest against the one before it.
pub async fn changes_of(
    app: &App,
    ctx: &Ctx,
    key: &str,
    old: Option<i64>,
    new: Option<i64>,
) -> Result<VersionChanges, AppError> {
    let (rows, _) = versions(app, ctx, key).await?;
    let latest = rows.last().map(|row| row.version);
    for number in [old, new].into_iter().flatten() {
        if rows.iter().all(|row| row.version != number) {
            return Err(AppError::NotFound(format!("事项“{key}”的第 {number} 版")));
        }
    }
    version_changes(app, key, Versions::Numbered { from: old, to: new.or(latest) }).await
}

/// 表格样本: a file that goes with a material of a version; without `ctx`, of the version in force on this day.
pub async fn file_of(
    app: &App,
    kept: &Files,
    (ctx, on): (Option<&Ctx>, Date),
    key: &str,
    file: &str,
) -> Result<(String, Vec<u8>), AppError> {
    let missing = || AppError::NotFound("这份表格样本".into());
    let holds = |item: &ItemVersion| {
        item.materials.iter().flat_map(|material| &material.attachments).any(|one| one.file == file)
    };
    let known = match ctx {
        None => guide(app, on).await?.version(key).is_some_and(|version| holds(&version.item)),
        Some(ctx) => {
            let (rows, _) = versions(app, ctx, key).await?;
            let items = rows.iter().map(|row| read::<ItemVersion>(&row.body));
            items.collect::<Result<Vec<_>, _>>()?.iter().any(holds)
        }
    };
    let found = if known { files::read(app, kept, file).await? } else { None };
    found.map(|(row, bytes)| (row.media, bytes)).ok_or_else(missing)
}
