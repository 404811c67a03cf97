//! 列对照: which column of a foreign CSV is which field of an item, as data in `import/*.toml`.
//!
//! Says nothing about a file's rows; they are read in `read`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// 平面字段: the fields of an item that fit in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 事项标识
    Key,
    /// 事项名称
    Name,
    /// 事项类型, by its Chinese name
    Kind,
    /// 实施编码
    Code,
    /// 业务办理项编码
    HandlingCode,
    /// Key of the agency
    Agency,
    /// Key of the sector; empty: 无差别
    Sector,
    /// 联合办理决定的文号; empty: none
    Joint,
    /// 直接关系他人重大利益: 是 or 否
    TouchesOthers,
    /// 办件类型: 即办件 or 承诺件
    Mode,
    /// 服务对象, separated by 、
    ServiceObjects,
    /// Days of the statutory limit
    StatutoryDays,
    /// 工作日 or 自然日
    StatutoryUnit,
    /// 受理之日, 收到申请之日 or 收到全部有效材料之日
    StatutoryStart,
    /// Clause of the statutory limit
    StatutoryBasis,
    /// Days of the promised limit
    PromisedDays,
    /// 工作日 or 自然日
    PromisedUnit,
    /// 补正告知期限 in workdays
    CorrectionDays,
    /// 容缺补正期限 in workdays
    ToleranceDays,
    /// 收费
    FeeText,
    /// 收费依据
    FeeBasis,
    /// 审批结果
    ResultName,
    /// 有效期
    ResultValidity,
    /// 注意事项
    Notes,
    /// 原受理窗口
    MovedFrom,
    /// Id in the source
    SourceId,
    /// Address in the source
    SourceUrl,
}

/// 跳过条件: rows whose column holds one of the values are not imported.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// Column.
    pub column: String,
    /// Values.
    pub values: Vec<String>,
}

/// 列对照表.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// As shown in messages.
    pub name: String,
    /// Put before the key column.
    #[serde(default)]
    pub key_prefix: String,
    /// Field → column.
    pub columns: BTreeMap<Field, String>,
    /// Fields whose column a file may lack; they stay as they are stored.
    #[serde(default)]
    pub optional: Vec<Field>,
    /// Rows to leave out.
    pub skip: Option<Skip>,
    /// Field → word in the file → word or key here.
    #[serde(default)]
    pub values: BTreeMap<Field, BTreeMap<String, String>>,
    /// Fields whose unknown words count as empty instead of an error.
    #[serde(default)]
    pub unknown_as_empty: Vec<Field>,
    /// Values of fields that are set only when an item is created.
    #[serde(default)]
    pub defaults: BTreeMap<Field, String>,
}

/// Why a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file is not a mapping.
    #[error("列对照文件无法识别：{0}。格式见 import/zwykb.toml。")]
    Unreadable(String),
    /// The three columns no item can do without.
    #[error("列对照文件没有指明{0}所在的列。在 [columns] 中补上。")]
    Missing(&'static str),
}

impl Mapping {
    /// Reads a mapping file. Key, name and kind must each have a column.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        let mapping: Mapping =
            toml::from_str(text).map_err(|error| MappingError::Unreadable(explain(text, &error)))?;
        for (field, name) in [
            (Field::Key, "事项标识（key）"),
            (Field::Name, "事项名称（name）"),
            (Field::Kind, "事项类型（kind）"),
        ] {
            if !mapping.columns.contains_key(&field) {
                return Err(MappingError::Missing(name));
            }
        }
        Ok(mapping)
    }

    /// The mappings that come with the platform.
    pub fn embedded() -> Result<Vec<Mapping>, MappingError> {
        let texts =
            [include_str!("../../../../import/yichuang.toml"), include_str!("../../../../import/zwykb.toml")];
        texts.into_iter().map(Mapping::parse).collect()
    }

    /// The mapping of `export items --format csv`.
    pub fn flat() -> Result<Mapping, MappingError> {
        Mapping::parse(include_str!("../../../../import/yichuang.toml"))
    }

    /// Columns this mapping needs and the header does not have.
    pub fn absent<'a>(&'a self, header: &[&str]) -> Vec<&'a str> {
        let skip = self.skip.iter().map(|skip| &skip.column);
        let columns = self.columns.iter().filter(|(field, _)| !self.optional.contains(field));
        let needed = columns.map(|(_, column)| column).chain(skip).map(String::as_str);
        let mut absent: Vec<&str> = needed.filter(|column| !header.contains(column)).collect();
        absent.sort_unstable();
        absent.dedup();
        absent
    }

    /// The mapping whose columns are all in this header; of several, the one with most columns.
    pub fn recognise(mappings: Vec<Mapping>, header: &[&str]) -> Option<Mapping> {
        let fitting = mappings.into_iter().filter(|mapping| mapping.absent(header).is_empty());
        fitting.max_by_key(|mapping| mapping.columns.len())
    }
}

/// A message of the TOML reader in Chinese, with the line.
fn explain(text: &str, error: &toml::de::Error) -> String {
    let said = error.message();
    let quoted = |after: &str| said.split_once(after).and_then(|(_, rest)| rest.split('`').next());
    let what = if let Some(name) = quoted("missing field `") {
        format!("缺少 {name}")
    } else if let Some(name) = quoted("unknown field `") {
        format!("有不认识的内容 {name}")
    } else if let Some(name) = quoted("unknown variant `") {
        format!("{name} 不是事项的字段")
    } else if said.contains("duplicate key") {
        "同一内容写了两次".to_owned()
    } else if said.contains("invalid type") {
        "内容的类型不对，文字须加引号".to_owned()
    } else {
        "TOML 写法有误".to_owned()
    };
    let before = error.span().and_then(|span| text.as_bytes().get(..span.start));
    match before {
        Some(before) => {
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            format!("第 {line} 行 {what}")
        }
        None => what,
    }
}
