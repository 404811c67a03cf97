//! 版本对照: two versions of an item side by side (CAT-3). Only reads.

use super::changes::{FieldChange, Names, between};
use super::embedded::default_sectors;
use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use crate::versions::validity;
use serde::Serialize;
use yichuang_domain::item::{ItemVersion, Validity, VersionStatus};
use yichuang_domain::time::Date;
use yichuang_storage::items::{self, VersionRow};

/// 对照哪两个版本.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// By number: `to` (or the newest) against `from` (or the one before it).
    Numbered {
        /// The version that is taken as the old one.
        from: Option<i64>,
        /// The version that is taken as the new one.
        to: Option<i64>,
    },
    /// The draft against the version in force on this day.
    InForceAndDraft(Date),
}

/// 版本.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VersionMark {
    /// Number, from 1.
    pub version: i64,
    /// Status.
    pub status: VersionStatus,
    /// First day in force; `None` in drafts.
    pub from: Option<Date>,
    /// Last day in force; `None`: until replaced.
    pub to: Option<Date>,
}

/// 版本修改对照.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionChanges {
    /// Key of the item.
    pub key: String,
    /// Name in the newer version.
    pub name: String,
    /// 修改前
    pub old: VersionMark,
    /// 修改后
    pub new: VersionMark,
    /// What differs; empty when nothing does.
    pub changes: Vec<FieldChange>,
}

/// 版本修改对照 of an item, agencies and sectors by their names.
///
/// # Errors
/// `NotFound` when there is no such item or version; `Form` when there are no two versions to compare.
pub async fn version_changes(app: &App, key: &str, versions: Versions) -> Result<VersionChanges, AppError> {
    let item = app.store().one(items::by_key(key)).await?;
    let item = item.ok_or_else(|| AppError::NotFound(format!("事项“{key}”")))?;
    let rows = app.store().all(items::versions(item.id)).await?;
    let (old, new) = match versions {
        Versions::Numbered { from, to } => numbered(key, &rows, from, to)?,
        Versions::InForceAndDraft(on) => (in_force(key, &rows, on)?, draft(key, &rows)?),
    };
    let (before, after): (ItemVersion, ItemVersion) = (read(&old.body)?, read(&new.body)?);
    let sectors = default_sectors().map_err(|error| AppError::Form(vec![error.to_string()]))?;
    let agencies =
        app.organisation().agencies.iter().map(|(key, agency)| (key.clone(), agency.name.clone())).collect();
    let names =
        Names { agencies, sectors: sectors.into_iter().map(|sector| (sector.key, sector.name)).collect() };
    Ok(VersionChanges {
        key: key.to_owned(),
        name: after.name.clone(),
        changes: between(&before, &after, &names),
        old: mark(old)?,
        new: mark(new)?,
    })
}

type Pair<'a> = (&'a VersionRow, &'a VersionRow);

fn numbered<'a>(
    key: &str,
    rows: &'a [VersionRow],
    from: Option<i64>,
    to: Option<i64>,
) -> Result<Pair<'a>, AppError> {
    let by_number = |number: i64| {
        let found = rows.iter().find(|row| row.version == number);
        found.ok_or_else(|| AppError::NotFound(format!("事项“{key}”的第 {number} 版")))
    };
    let new = match to {
        Some(number) => by_number(number)?,
        None => rows.last().ok_or_else(|| AppError::NotFound(format!("事项“{key}”的版本")))?,
    };
    let old = match from {
        Some(number) => by_number(number)?,
        None => rows.iter().rev().find(|row| row.version < new.version).ok_or_else(|| {
            form(format!(
                "事项“{key}”在第 {} 版之前没有版本，导入修改后的内容形成新版本，再作对照",
                new.version
            ))
        })?,
    };
    match old.version == new.version {
        true => Err(form(format!("要对照的都是第 {} 版，请另选一个版本", new.version))),
        false => Ok((old, new)),
    }
}

fn in_force<'a>(key: &str, rows: &'a [VersionRow], on: Date) -> Result<&'a VersionRow, AppError> {
    for row in rows.iter().rev() {
        if validity(row)?.in_force(on) {
            return Ok(row);
        }
    }
    Err(form(format!("事项“{key}”在 {on} 没有有效的版本，改为按版本号对照")))
}

fn draft<'a>(key: &str, rows: &'a [VersionRow]) -> Result<&'a VersionRow, AppError> {
    for row in rows.iter().rev() {
        if validity(row)?.status == VersionStatus::Draft {
            return Ok(row);
        }
    }
    Err(form(format!("事项“{key}”没有草稿，导入修改后的内容形成草稿，再作对照")))
}

fn form(text: String) -> AppError {
    AppError::Form(vec![text])
}

pub(super) fn mark(row: &VersionRow) -> Result<VersionMark, AppError> {
    let Validity { status, from, to } = validity(row)?;
    let from = (status != VersionStatus::Draft).then_some(from);
    Ok(VersionMark { version: row.version, status, from, to })
}
