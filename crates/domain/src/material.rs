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
    /// 填报须知: how to fill it in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// 空白表格 and 示例样表 to be downloaded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl MaterialRequirement {
    /// The attached file of this kind.
    pub fn attachment(&self, kind: AttachmentKind) -> Option<&Attachment> {
        self.attachments.iter().find(|attached| attached.kind == kind)
    }
}

/// 附件种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// 空白表格
    Blank,
    /// 示例样表
    Sample,
}

impl AttachmentKind {
    /// Every kind with its word in addresses and its Chinese name.
    pub const TABLE: [(AttachmentKind, &'static str, &'static str); 2] =
        [(AttachmentKind::Blank, "blank", "空白表格"), (AttachmentKind::Sample, "sample", "示例样表")];

    fn row(self) -> (AttachmentKind, &'static str, &'static str) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// Word in addresses, e.g. `blank`.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// Chinese name.
    pub fn name(self) -> &'static str {
        self.row().2
    }
}

/// 附件: a file that goes with a material; at most one of each kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Kind.
    pub kind: AttachmentKind,
    /// SM3 of the file, hexadecimal; its name in the store.
    pub file: String,
    /// Media type, told by its content.
    pub media: String,
    /// Bytes.
    pub size: u64,
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
