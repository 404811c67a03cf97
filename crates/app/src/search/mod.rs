//! 事项搜索: the items in force as people ask for them, by name, everyday phrase, pinyin, initials, department, sector
//! (CAT-7). The index is kept in memory and made anew when the catalogue has moved or a day has begun.
//!
//! Knows no ranking: that is `index`, which is pure. Finds what is published, and nothing else.

mod everyday;
mod grams;
mod index;

pub use everyday::{Everyday, shipped};
pub use index::{Entry, Field, Found, Index};

use crate::app::App;
use crate::error::AppError;
use crate::organisation::Organisation;
use crate::versions::Version;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use yichuang_domain::id::VersionId;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::time::Date;
use yichuang_storage::{Area, StoreError, epochs};

/// 搜索结果: an item version in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The version.
    pub version: VersionId,
    /// Key of the item.
    pub key: String,
    /// 实施编码; empty while it has none.
    pub code: String,
    /// 事项名称
    pub name: String,
    /// Name of the deciding agency.
    pub agency: String,
    /// Why it was found, where its name does not say so: an everyday phrase, a situation.
    pub why: Option<String>,
}

/// What is kept between searches.
#[derive(Default)]
pub(crate) struct Guide {
    made: RwLock<Option<Arc<Made>>>,
    making: tokio::sync::Mutex<()>,
}

/// The index of a day, and what it is of.
pub struct Made {
    at: (Option<i64>, Date),
    index: Index,
    versions: Vec<Arc<Version>>,
    agencies: Vec<String>,
    sectors: BTreeMap<String, String>,
}

impl Made {
    /// The versions in force, in the order of their keys.
    pub fn versions(&self) -> &[Arc<Version>] {
        &self.versions
    }

    /// The version in force of the item with this key.
    pub fn version(&self, key: &str) -> Option<&Arc<Version>> {
        let at = self.versions.binary_search_by(|version| version.item.key.as_str().cmp(key)).ok()?;
        Some(&self.versions[at])
    }

    /// Sectors by key.
    pub fn sectors(&self) -> &BTreeMap<String, String> {
        &self.sectors
    }

    /// Name of a sector.
    pub(crate) fn sector(&self, key: &str) -> &str {
        self.sectors.get(key).map_or("", String::as_str)
    }

    /// At most `limit` of them, the likeliest first, each with why it was found where its name does not say so.
    pub(crate) fn hits(&self, query: &str, limit: usize) -> Vec<(&Arc<Version>, Option<String>)> {
        let why = |found: &Found| found.why.clone().filter(|(field, _)| *field != Field::Name);
        let found = self.index.find(query, limit).into_iter();
        found.map(|found| (&self.versions[found.entry], why(&found).map(|(_, words)| words))).collect()
    }

    /// At most `limit` of them, the likeliest first.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.index.find(query, limit).into_iter().map(|found| self.hit(found)).collect()
    }

    fn hit(&self, found: Found) -> Hit {
        let version = &self.versions[found.entry];
        let why = found.why.filter(|(field, _)| *field != Field::Name).map(|(_, words)| words);
        Hit {
            version: version.id,
            key: version.item.key.clone(),
            code: version.item.code.clone().unwrap_or_default(),
            name: version.item.name.clone(),
            agency: self.agencies[found.entry].clone(),
            why,
        }
    }
}

/// 搜索事项: at most `limit` items in force on this day, the likeliest first.
pub async fn search(app: &App, query: &str, on: Date, limit: usize) -> Result<Vec<Hit>, AppError> {
    Ok(guide(app, on).await?.search(query, limit))
}

/// 当日的办事指南: the items in force on this day and their index. While another request makes it anew, what was made
/// before is used.
pub async fn guide(app: &App, on: Date) -> Result<Arc<Made>, AppError> {
    let moved = if app.store().schema().await?.has(Area::Portal) {
        app.store().one(epochs::counter(epochs::CATALOGUE)).await?
    } else {
        None
    };
    let at = (moved, on);
    let guide = &app.inner.guide;
    let kept = || guide.made.read().unwrap_or_else(PoisonError::into_inner).clone();
    let before = kept();
    if let Some(made) = before.clone().filter(|made| made.at == at) {
        return Ok(made);
    }
    let _turn = match (guide.making.try_lock(), before) {
        (Ok(turn), _) => turn,
        (Err(_), Some(before)) if before.at.1 == on => return Ok(before),
        (Err(_), _) => guide.making.lock().await,
    };
    if let Some(made) = kept().filter(|made| made.at == at) {
        return Ok(made);
    }
    let made = Arc::new(make(app, at).await?);
    *guide.made.write().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
    Ok(made)
}

async fn make(app: &App, at: (Option<i64>, Date)) -> Result<Made, AppError> {
    let everyday =
        shipped().map_err(|error| StoreError::Damaged(format!("catalog/phrases.toml：{error}")))?;
    let organisation = app.organisation();
    let sectors =
        crate::catalog::default_sectors().map_err(|error| StoreError::Damaged(error.to_string()))?;
    let sectors: BTreeMap<String, String> =
        sectors.into_iter().map(|sector| (sector.key, sector.name)).collect();
    let versions = latest(app.versions_in_force(at.1).await?);
    let made = tokio::task::spawn_blocking(move || {
        let entries = versions
            .iter()
            .map(|version| entry(&version.item, (&organisation, &sectors), everyday))
            .collect();
        let agency = |version: &Arc<Version>| {
            organisation
                .agencies
                .get(&version.item.agency)
                .map(|agency| agency.name.clone())
                .unwrap_or_default()
        };
        let agencies = versions.iter().map(agency).collect();
        Made { at, index: Index::new(entries, &everyday.filler), versions, agencies, sectors }
    });
    made.await.map_err(|error| StoreError::Damaged(error.to_string()).into())
}

/// Of two versions of an item in force the later holds, which comes last.
fn latest(versions: Vec<Arc<Version>>) -> Vec<Arc<Version>> {
    let mut kept: Vec<Arc<Version>> = Vec::with_capacity(versions.len());
    for version in versions {
        match kept.last_mut().filter(|last| last.item.key == version.item.key) {
            Some(last) => *last = version,
            None => kept.push(version),
        }
    }
    kept
}

/// What an item is found by.
fn entry(
    item: &ItemVersion,
    (organisation, sectors): (&Organisation, &BTreeMap<String, String>),
    everyday: &Everyday,
) -> Entry {
    let mut texts = vec![(Field::Name, item.name.clone())];
    texts.extend(everyday.of(item).map(|phrase| (Field::Phrase, phrase.to_owned())));
    texts.extend(item.phrases.iter().map(|phrase| (Field::Phrase, phrase.clone())));
    let situations = item.questions.iter().flat_map(|question| &question.choices);
    texts.extend(situations.map(|situation| (Field::Situation, situation.name.clone())));
    texts.push((Field::Result, item.result.name.clone()));
    if let Some(agency) = organisation.agencies.get(&item.agency) {
        texts.extend(
            [&agency.name].into_iter().chain(&agency.aliases).map(|name| (Field::Unit, name.clone())),
        );
    }
    let sector = item.sector.as_ref().and_then(|key| sectors.get(key));
    texts.extend(sector.map(|name| (Field::Unit, format!("{name}领域"))));
    let codes = [&item.code, &item.handling_code].into_iter().flatten().cloned().collect();
    Entry { texts, codes }
}
