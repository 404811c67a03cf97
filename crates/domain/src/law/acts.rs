//! 法规条文库: the acts cited, one file each in `law/acts`, read once from the binary.
//!
//! Holds references and one sentence of our own about each article, never the text of the law.

use super::Citation;
use crate::time::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// 法律文件种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// 法律
    Law,
    /// 行政法规
    Regulation,
    /// 地方性法规
    LocalRegulation,
    /// 规范性文件
    Document,
    /// 标准
    Standard,
    /// 本区改革文件
    Plan,
    /// 平台自定规则
    House,
}

/// 法律、法规、标准: one act and the articles of it that are cited somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Short ASCII key, the file name in `law/acts`, e.g. `xkf`.
    pub id: String,
    /// 全称
    pub title: String,
    /// 简称, as it stands between 《》 in a citation.
    pub short: String,
    /// Kind.
    pub kind: ActKind,
    /// 施行日期; `None` where it has not been read in the act itself.
    pub since: Option<Date>,
    /// Articles, in order.
    pub articles: Vec<Article>,
}

/// 条款.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Key within the act, e.g. `32-1-4`.
    pub id: String,
    /// As an official writes it, e.g. 第三十二条第一款第（四）项.
    pub label: String,
    /// What it says, in one sentence of our own.
    pub says: String,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// File name and text of every act.
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../law/acts/", $name, ".toml")))),*];
    };
}

files! {
    "xkf", "mfd", "fyf", "ssf", "gwl716", "yshj", "cqys", "jb-plan", "jb-clerks", "rating",
    "gb39046", "gbt39554", "gb11643", "gb32100", "gbt36904", "yichuang",
}

static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| match toml::from_str::<Act>(text) {
        Ok(act) => act,
        Err(error) => panic!("law/acts/{name}.toml is part of the program and cannot be read: {error}"),
    };
    FILES.iter().map(read).collect()
});

type Key = (&'static str, &'static str);

static INDEX: LazyLock<BTreeMap<Key, (&'static Act, &'static Article)>> = LazyLock::new(|| {
    let all = acts().iter().flat_map(|act| act.articles.iter().map(move |article| (act, article)));
    all.map(|(act, article)| ((act.id.as_str(), article.id.as_str()), (act, article))).collect()
});

/// Every act, laws first.
pub fn acts() -> &'static [Act] {
    &ACTS
}

/// The act and article a citation names; `None` when it names nothing in `law/acts`.
pub fn article(citation: Citation) -> Option<(&'static Act, &'static Article)> {
    INDEX.get(&(citation.act, citation.article)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::RefusalCode;
    use std::collections::HashSet;

    #[test]
    fn every_refusal_cites_an_article_that_stands_here() {
        for code in RefusalCode::ALL {
            let citation = code.citation();
            assert!(article(citation).is_some(), "{code:?} cites {} {}", citation.act, citation.article);
        }
    }

    #[test]
    fn files_are_named_after_their_act_and_ids_are_unique() {
        for ((name, _), act) in FILES.iter().zip(acts()) {
            assert_eq!(*name, act.id);
            let mut seen = HashSet::new();
            for article in &act.articles {
                assert!(seen.insert(&article.id), "{} {} twice", act.id, article.id);
                assert!(article.says.ends_with('。'), "{} {} is no sentence", act.id, article.id);
            }
        }
    }

    #[test]
    fn every_file_in_the_folder_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../law/acts");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .expect("law/acts")
            .map(|entry| entry.expect("entry").file_name().to_string_lossy().replace(".toml", ""))
            .collect();
        let mut embedded: Vec<String> = FILES.iter().map(|(name, _)| name.to_string()).collect();
        found.sort();
        embedded.sort();
        assert_eq!(found, embedded);
    }

    #[test]
    fn a_citation_prints_as_an_official_writes_it() {
        assert_eq!(Citation::new("xkf", "32-1-4").to_string(), "《行政许可法》第三十二条第一款第（四）项");
        assert_eq!(
            Citation::new("jb-plan", "4-4-2").to_string(),
            "《江北区“一窗综办”改革实施方案》四（四）2"
        );
        assert_eq!(article(Citation::new("xkf", "999")), None);
    }
}
