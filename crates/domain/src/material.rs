//! 申请材料 and 审查要点: what the applicant hands in and what intake looks at.

use serde::{Deserialize, Serialize};

/// 材料类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialForm {
    /// 原件
    Original,
    /// 复印件
    Copy,
    /// 原件和复印件
    OriginalAndCopy,
    /// 原件或者复印件
    OriginalOrCopy,
    /// 原件（核验）: shown and given back
    OriginalShown,
}

/// 材料要求: one line of the published list.
#[doc(alias = "材料要求")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialRequirement {
    /// Short id, unique in the item, e.g. `m1`.
    pub id: String,
    /// 材料名称
    pub name: String,
    /// 材料类型
    pub form: MaterialForm,
    /// 份数
    pub copies: u32,
    /// 来源渠道
    pub source: String,
    /// Situations that require it; empty: always required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_if: Vec<String>,
    /// 可容缺: may be handed in later on a written commitment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deferrable: bool,
    /// 可共享免提交: data sharing can fetch it (国务院令第716号 art. 7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// 受理标准
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub standard: String,
}

/// 审查要点: one thing intake checks.
#[doc(alias = "审查要点")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPoint {
    /// Short id, unique in the item, e.g. `p1`.
    pub id: String,
    /// What is checked.
    pub text: String,
    /// Id of the material it looks at; `None`: the application as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Situations in which it is checked, for points without a material; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_if: Vec<String>,
}
