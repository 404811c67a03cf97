//! 特别程序: the procedures whose time does not count, and whose law says so (行政许可法 art. 45).

use serde::{Deserialize, Serialize};

/// 特别程序 an item knows, and whether a law lets it stop the statutory clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureRule {
    /// Kind.
    pub kind: ProcedureKind,
    /// Stops the statutory clock although 行政许可法 art. 45 does not name the kind: the clause that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspends_by: Option<String>,
}

/// 特别程序种类: those of 行政许可法 art. 45 and the local 特殊环节.
#[doc(alias = "特别程序")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureKind {
    /// 听证
    Hearing,
    /// 招标
    Bidding,
    /// 拍卖
    Auction,
    /// 检验
    Inspection,
    /// 检测
    Testing,
    /// 检疫
    Quarantine,
    /// 鉴定
    Appraisal,
    /// 专家评审
    ExpertReview,
    /// 现场核查 (现场踏勘)
    SiteInspection,
    /// 技术审查
    TechnicalReview,
    /// 公告公示
    PublicNotice,
}

impl ProcedureKind {
    /// Every kind with its Chinese name and whether 行政许可法 art. 45 names it.
    pub const TABLE: [(ProcedureKind, &'static str, bool); 11] = [
        (ProcedureKind::Hearing, "听证", true),
        (ProcedureKind::Bidding, "招标", true),
        (ProcedureKind::Auction, "拍卖", true),
        (ProcedureKind::Inspection, "检验", true),
        (ProcedureKind::Testing, "检测", true),
        (ProcedureKind::Quarantine, "检疫", true),
        (ProcedureKind::Appraisal, "鉴定", true),
        (ProcedureKind::ExpertReview, "专家评审", true),
        (ProcedureKind::SiteInspection, "现场核查", false),
        (ProcedureKind::TechnicalReview, "技术审查", false),
        (ProcedureKind::PublicNotice, "公告公示", false),
    ];

    fn row(self) -> (ProcedureKind, &'static str, bool) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// Chinese name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Named by 行政许可法 art. 45: its time does not count towards the statutory limit.
    pub fn named_by_article_45(self) -> bool {
        self.row().2
    }
}
