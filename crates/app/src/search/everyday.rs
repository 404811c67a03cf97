//! 日常说法: `catalog/phrases.toml`, what people say for an item. Data for the search only.

use serde::Deserialize;
use std::sync::LazyLock;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::time::Date;

/// 日常说法.
#[derive(Debug, Deserialize)]
pub struct Everyday {
    /// 整理日期
    pub as_of: Date,
    /// Words that ask for nothing.
    pub filler: Vec<String>,
    /// What is asked for most.
    pub hot: Vec<String>,
    phrase: Vec<Said>,
}

/// Items, and what people say for them.
#[derive(Debug, Deserialize)]
struct Said {
    /// Each: the key of an item, or words that all stand in its name.
    #[serde(rename = "for")]
    of: Vec<String>,
    say: Vec<String>,
}

static SHIPPED: LazyLock<Result<Everyday, toml::de::Error>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../catalog/phrases.toml")));

/// The phrases shipped with this release.
///
/// # Errors
/// The file is damaged; a test reads it.
pub fn shipped() -> Result<&'static Everyday, &'static toml::de::Error> {
    SHIPPED.as_ref()
}

impl Everyday {
    /// What people say for this item.
    pub fn of<'a>(&'a self, item: &'a ItemVersion) -> impl Iterator<Item = &'a str> {
        let meant = |of: &str| of == item.key || of.split(' ').all(|word| item.name.contains(word));
        let fitting = self.phrase.iter().filter(move |said| said.of.iter().any(|of| meant(of)));
        fitting.flat_map(|said| said.say.iter().map(String::as_str))
    }

    /// Every phrase, for whom it stands or not.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.phrase.iter().flat_map(|said| said.say.iter().map(String::as_str))
    }
}
