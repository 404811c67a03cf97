//! 默认数据: the Jiangbei centre, its agencies, items and demo staff, as shipped in the binary (`catalog/`).
//!
//! Only parses; `store` puts it into a database.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::organisation::routing::PlanFigures;
use yichuang_domain::organisation::{
    Agency, AuthorizedItems, ChiefAuthorization, EntryDuty, NotMovedIn, Sector, Site, SiteItem, StaffMember,
};
use yichuang_domain::time::Date;

macro_rules! item_files {
    ($($name:literal),* $(,)?) => {
        /// The item files, one an agency.
        const ITEM_FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../catalog/items/", $name, ".json")))),*
        ];
    };
}

item_files![
    "cgj", "fgw", "gaj", "gzj", "hbj", "jtj", "mzj", "nyw", "rsj", "scjgj", "slj", "swj", "wjw", "wlw",
    "xfjy", "ycj", "yjj", "zjw",
];

/// 默认数据.
#[derive(Clone, Debug)]
pub struct DefaultCatalogue {
    /// 部门
    pub agencies: Vec<Agency>,
    /// 领域
    pub sectors: Vec<Sector>,
    /// 场所
    pub sites: Vec<Site>,
    /// 实施方案所定数
    pub plan: PlanFigures,
    /// First day in force of every item version.
    pub published_from: Date,
    /// 事项
    pub items: Vec<ItemVersion>,
    /// 入驻清单, one line an item and site
    pub entries: Vec<SiteItem>,
    /// 未入驻清单
    pub not_moved_in: Vec<NotMovedIn>,
    /// 演示人员
    pub staff: Vec<StaffMember>,
    /// 演示授权
    pub authorizations: Vec<ChiefAuthorization>,
}

/// A data file of the binary is damaged; a test reads them all.
#[derive(Debug, thiserror::Error)]
#[error("默认数据 {file} 有误：{text}")]
pub struct CatalogueError {
    /// Which file.
    pub file: String,
    /// What is wrong.
    pub text: String,
}

#[derive(Deserialize)]
struct Agencies {
    agency: Vec<Agency>,
}

#[derive(Deserialize)]
struct Sectors {
    sector: Vec<Sector>,
}

#[derive(Deserialize)]
struct Sites {
    site: Vec<Site>,
}

#[derive(Deserialize)]
struct Staff {
    staff: Vec<StaffMember>,
}

#[derive(Deserialize)]
struct Authorizations {
    authorization: Vec<ChiefAuthorization>,
}

#[derive(Deserialize)]
struct Entries {
    published_from: Date,
    entry: Vec<EntryRule>,
    not_moved_in: Vec<NotMovedIn>,
}

/// One line of `entry.toml`: all items, or those listed, at a site.
#[derive(Deserialize)]
struct EntryRule {
    site: String,
    items: AuthorizedItems,
    duty: EntryDuty,
    document: String,
    from: Date,
}

/// The sectors alone; they stand in no table of the database.
pub(crate) fn default_sectors() -> Result<Vec<Sector>, CatalogueError> {
    Ok(toml_file::<Sectors>("sectors.toml", include_str!("../../../../catalog/sectors.toml"))?.sector)
}

/// Reads the default data out of the binary.
pub fn default_catalogue() -> Result<DefaultCatalogue, CatalogueError> {
    macro_rules! file {
        ($kind:ty, $name:literal) => {
            toml_file::<$kind>($name, include_str!(concat!("../../../../catalog/", $name)))?
        };
    }
    let mut items: Vec<ItemVersion> = Vec::new();
    for (name, text) in ITEM_FILES {
        let read = super::read::read_items(text.as_bytes(), None).map_err(|rejection| CatalogueError {
            file: format!("items/{name}.json"),
            text: rejection.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("；"),
        })?;
        for row in &read.rows {
            items.push(row.item(None).map_err(|error| fault(name, &error))?);
        }
    }
    let entries = file!(Entries, "entry.toml");
    Ok(DefaultCatalogue {
        agencies: file!(Agencies, "agencies.toml").agency,
        sectors: default_sectors()?,
        sites: file!(Sites, "sites.toml").site,
        plan: file!(PlanFigures, "plan.toml"),
        published_from: entries.published_from,
        entries: expand(entries.entry, &items)?,
        not_moved_in: entries.not_moved_in,
        items,
        staff: file!(Staff, "demo/staff.toml").staff,
        authorizations: file!(Authorizations, "demo/authorizations.toml").authorization,
    })
}

fn toml_file<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|error| fault(name, &error))
}

fn fault(file: &str, error: &dyn std::error::Error) -> CatalogueError {
    CatalogueError { file: file.to_owned(), text: error.to_string() }
}

/// Rules to lines; a listed item that does not exist is an error.
fn expand(rules: Vec<EntryRule>, items: &[ItemVersion]) -> Result<Vec<SiteItem>, CatalogueError> {
    let known: BTreeSet<&str> = items.iter().map(|item| item.key.as_str()).collect();
    let mut lines = Vec::new();
    for rule in rules {
        let keys: Vec<&str> = match &rule.items {
            AuthorizedItems::All => items.iter().map(|item| item.key.as_str()).collect(),
            AuthorizedItems::List(keys) => keys.iter().map(String::as_str).collect(),
        };
        for key in keys {
            if !known.contains(key) {
                let text = format!("{} 的入驻清单列有不存在的事项 {key}", rule.site);
                return Err(CatalogueError { file: "entry.toml".to_owned(), text });
            }
            let EntryRule { site, duty, document, from, .. } = &rule;
            let (site, document) = (site.clone(), document.clone());
            lines.push(SiteItem { site, item: key.to_owned(), duty: *duty, document, from: *from });
        }
    }
    Ok(lines)
}
