//! 文书: which notice a step issues, in whose name, on which article, and how its number reads.
//!
//! The text of a notice is a dated template in `notices/`; here is only what the law fixes.

use crate::law::Citation;
use serde::{Deserialize, Serialize};

/// 文书种类.
#[doc(alias = "文书")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 收件凭证（收件通知书）
    ReceiptNotice,
    /// 补正告知书
    CorrectionNotice,
    /// 受理通知书
    AcceptanceNotice,
    /// 容缺受理通知书
    DeferralNotice,
    /// 不予受理通知书
    NonAcceptanceNotice,
    /// 特别程序告知书
    SpecialProcedureNotice,
    /// 延期告知书
    ExtensionNotice,
    /// 准予许可决定书
    ApprovalDecision,
    /// 不予许可决定书
    DenialDecision,
    /// 送达回证
    DeliveryReceipt,
    /// 撤回、退件、转报、作废通知书
    TerminationNotice,
}

impl NoticeKind {
    /// Every kind with its title, the character of its number and the article it cites.
    pub const TABLE: [(NoticeKind, &'static str, &'static str, Citation); 11] = [
        (NoticeKind::ReceiptNotice, "收件凭证", "收", Citation::new("cqys", "41")),
        (NoticeKind::CorrectionNotice, "补正告知书", "补", Citation::new("xkf", "32-1-4")),
        (NoticeKind::AcceptanceNotice, "受理通知书", "受", Citation::new("xkf", "32-1-5")),
        (NoticeKind::DeferralNotice, "容缺受理通知书", "容", Citation::new("jb-clerks", "8-2")),
        (NoticeKind::NonAcceptanceNotice, "不予受理通知书", "不受", Citation::new("xkf", "32-2")),
        (NoticeKind::SpecialProcedureNotice, "特别程序告知书", "特", Citation::new("xkf", "45")),
        (NoticeKind::ExtensionNotice, "延期告知书", "延", Citation::new("xkf", "42-1")),
        (NoticeKind::ApprovalDecision, "准予许可决定书", "准", Citation::new("xkf", "38-1")),
        (NoticeKind::DenialDecision, "不予许可决定书", "不许", Citation::new("xkf", "38-2")),
        (NoticeKind::DeliveryReceipt, "送达回证", "达", Citation::new("xkf", "44")),
        (NoticeKind::TerminationNotice, "终止办理通知书", "终", Citation::new("yichuang", "annul")),
    ];

    fn row(self) -> (NoticeKind, &'static str, &'static str, Citation) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// Title as printed.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// Article it cites.
    pub fn citation(self) -> Citation {
        self.row().3
    }

    /// Reasons and the right of 行政复议 and 行政诉讼 must stand in it (行政许可法 art. 38).
    pub fn carries_remedies(self) -> bool {
        matches!(self, NoticeKind::NonAcceptanceNotice | NoticeKind::DenialDecision)
    }

    /// The number as printed, e.g. 渝江北市监受〔2026〕00012号: one series per agency, kind and year.
    pub fn number(self, agency_mark: &str, year: i16, serial: i64) -> String {
        format!("渝江北{agency_mark}{}〔{year}〕{serial:05}号", self.row().2)
    }
}

/// 编号需要: a number that a step takes, known only when the change goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberNeed {
    /// 办件编号 for people, one series per site and day.
    CaseNo,
    /// 办件编号 for exchange, one series per item and day.
    ExchangeNo,
    /// 文书号, one series per agency, kind and year.
    Notice(NoticeKind),
}

/// 已编号: what was numbered, on the journal entry that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issued {
    /// 办件编号, e.g. `JB20261123000187`.
    CaseNo(String),
    /// 办件编号（43 位）.
    ExchangeNo(String),
    /// 文书 with its number.
    Notice {
        /// Kind.
        kind: NoticeKind,
        /// Number as printed.
        number: String,
    },
}
