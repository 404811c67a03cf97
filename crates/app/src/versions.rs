//! 实施清单版本, read once: their content never changes. When they are in force is read anew each time.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::day;
use std::sync::{Arc, PoisonError};
use yichuang_domain::id::VersionId;
use yichuang_domain::item::{ItemVersion, Validity, VersionStatus};
use yichuang_domain::time::Date;
use yichuang_storage::{StoreError, items};

/// 实施清单版本 with its id.
#[derive(Clone, Debug)]
pub struct Version {
    /// Id.
    pub id: VersionId,
    /// Content.
    pub item: ItemVersion,
}

impl App {
    /// The version with this id.
    pub async fn version(&self, id: VersionId) -> Result<Arc<Version>, AppError> {
        let known = self.inner.versions.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(version) = known {
            return Ok(version);
        }
        let row = self.store().one(items::version(id.0)).await?;
        let row = row.ok_or_else(|| AppError::NotFound("事项版本".into()))?;
        let version = Arc::new(Version { id, item: read(&row)? });
        self.inner.versions.lock().unwrap_or_else(PoisonError::into_inner).insert(id, version.clone());
        Ok(version)
    }

    /// The version of the item with this key that is in force on this day.
    pub async fn version_in_force(&self, key: &str, on: Date) -> Result<Arc<Version>, AppError> {
        let row = self.store().one(items::in_force(key, &on.to_string())).await?;
        let row = row.ok_or_else(|| AppError::NotFound(format!("当前有效的事项“{key}”")))?;
        self.version(VersionId(row.id)).await
    }

    /// 版本号 and first day in force of the version with this id.
    pub async fn version_mark(&self, id: VersionId) -> Result<(i64, Option<Date>), AppError> {
        let row = self.store().one(items::version(id.0)).await?;
        let row = row.ok_or_else(|| AppError::NotFound("事项版本".into()))?;
        let from = if row.valid_from.is_empty() { None } else { Some(day(&row.valid_from)?) };
        Ok((row.version, from))
    }

    /// Every version in force on this day, by key.
    pub async fn versions_in_force(&self, on: Date) -> Result<Vec<Arc<Version>>, AppError> {
        const PAGE: i64 = 500;
        let (mut after, mut all) = (String::new(), Vec::new());
        loop {
            let page = self.store().all(items::all_in_force(&after, &on.to_string(), PAGE)).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.key.clone();
            for row in page {
                all.push(Arc::new(Version { id: VersionId(row.version.id), item: read(&row.version)? }));
            }
        }
    }
}

fn read(row: &items::VersionRow) -> Result<ItemVersion, AppError> {
    serde_json::from_str(&row.body)
        .map_err(|error| StoreError::Damaged(format!("事项版本 {}：{error}", row.id)).into())
}

/// When the version of this row is in force. A draft has no days yet.
pub(crate) fn validity(row: &items::VersionRow) -> Result<Validity, StoreError> {
    let status = match row.status.as_str() {
        "published" => VersionStatus::Published,
        "cancelled" => VersionStatus::Cancelled,
        _ => VersionStatus::Draft,
    };
    let given = |text: &str| (!text.is_empty()).then(|| day(text)).transpose();
    Ok(Validity { status, from: given(&row.valid_from)?.unwrap_or(Date::MAX), to: given(&row.valid_to)? })
}
