//! 文书: which notice a step issues, in whose name, on which article, and how its number reads.
//!
//! The text of a notice is a dated template in `notices/`; here is only what the law fixes.

use crate::item::{ItemKind, ItemVersion};
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
    /// 超期说明
    OverdueExplanation,
    /// 利害关系人告知书
    InterestedPartyNotice,
    /// 听证通知书
    HearingNotice,
}

impl NoticeKind {
    /// Every kind with its title, the character of its number and the article it cites.
    pub const TABLE: [(NoticeKind, &'static str, &'static str, Citation); 14] = [
        (NoticeKind::ReceiptNotice, "收件凭证", "收", Citation::new("cqys", "41")),
        (NoticeKind::CorrectionNotice, "补正告知书", "补", Citation::new("xkf", "32-1-4")),
        (NoticeKind::AcceptanceNotice, "受理通知书", "受", Citation::new("xkf", "32-1-5")),
        (NoticeKind::DeferralNotice, "容缺受理通知书", "容", Citation::new("jb-clerks", "8-2")),
        (NoticeKind::NonAcceptanceNotice, "不予受理通知书", "不受", Citation::new("xkf", "32-2")),
        (NoticeKind::SpecialProcedureNotice, "特别程序告知书", "特", Citation::new("xkf", "45")),
        (NoticeKind::ExtensionNotice, "延期告知书", "延", Citation::new("xkf", "42-1")),
        (NoticeKind::ApprovalDecision, "准予许可决定书", "准", Citation::new("xkf", "38-1")),
        (NoticeKind::DenialDecision, "不予许可决定书", "不准", Citation::new("xkf", "38-2")),
        (NoticeKind::DeliveryReceipt, "送达回证", "达", Citation::new("xkf", "44")),
        (NoticeKind::TerminationNotice, "终止办理通知书", "终", Citation::new("yichuang", "annul")),
        (NoticeKind::OverdueExplanation, "超期说明", "超", Citation::new("yshj", "36")),
        (NoticeKind::InterestedPartyNotice, "利害关系人告知书", "告", Citation::new("xkf", "47")),
        (NoticeKind::HearingNotice, "听证通知书", "听", Citation::new("xkf", "48")),
    ];

    fn row(self) -> (NoticeKind, &'static str, &'static str, Citation) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// The word used in the database and in series, e.g. `acceptance_notice`.
    pub fn word(self) -> &'static str {
        match self {
            NoticeKind::ReceiptNotice => "receipt_notice",
            NoticeKind::CorrectionNotice => "correction_notice",
            NoticeKind::AcceptanceNotice => "acceptance_notice",
            NoticeKind::DeferralNotice => "deferral_notice",
            NoticeKind::NonAcceptanceNotice => "non_acceptance_notice",
            NoticeKind::SpecialProcedureNotice => "special_procedure_notice",
            NoticeKind::ExtensionNotice => "extension_notice",
            NoticeKind::ApprovalDecision => "approval_decision",
            NoticeKind::DenialDecision => "denial_decision",
            NoticeKind::DeliveryReceipt => "delivery_receipt",
            NoticeKind::TerminationNotice => "termination_notice",
            NoticeKind::OverdueExplanation => "overdue_explanation",
            NoticeKind::InterestedPartyNotice => "interested_party_notice",
            NoticeKind::HearingNotice => "hearing_notice",
        }
    }

    /// Title as printed: decisions on what is no permit do not call themselves permits.
    pub fn title(self, item: ItemKind) -> &'static str {
        match self {
            NoticeKind::ApprovalDecision if item != ItemKind::Permit => "准予办理决定书",
            NoticeKind::DenialDecision if item != ItemKind::Permit => "不予办理决定书",
            kind => kind.row().1,
        }
    }

    /// Article it cites in general; where the event says more, [`Event::citation`](crate::case::Event::citation).
    pub fn citation(self) -> Citation {
        self.row().3
    }

    /// What it rests on, as printed: the article, or for what is no permit the item's own basis, which
    /// 行政许可法 does not govern.
    pub fn basis(self, citation: Citation, item: &ItemVersion) -> String {
        let own = item.basis.first().map(|basis| format!("《{}》{}", basis.act, basis.article));
        match own {
            Some(own) if item.kind != ItemKind::Permit && citation.act == PERMIT_LAW => own,
            _ => citation.to_string(),
        }
    }

    /// 决定书: the result itself, which is handed over, checked and delivered.
    pub fn is_decision(self) -> bool {
        matches!(self, NoticeKind::ApprovalDecision | NoticeKind::DenialDecision)
    }

    /// Prints a free text of the case's: the reasons, the matter.
    pub fn carries_reasons(self) -> bool {
        use NoticeKind::*;
        matches!(
            self,
            NonAcceptanceNotice
                | SpecialProcedureNotice
                | ExtensionNotice
                | DenialDecision
                | TerminationNotice
                | OverdueExplanation
                | InterestedPartyNotice
        )
    }

    /// Reasons and the right of 行政复议 and 行政诉讼 must stand in it (行政许可法 art. 38).
    pub fn carries_remedies(self) -> bool {
        matches!(
            self,
            NoticeKind::NonAcceptanceNotice | NoticeKind::DenialDecision | NoticeKind::TerminationNotice
        )
    }

    /// The number as printed, e.g. 渝江北市监受〔2026〕12号: one series per agency, kind and year, no leading
    /// zeros (GB/T 9704). `agency_mark` is the agency's whole 发文机关代字.
    pub fn number(self, agency_mark: &str, year: i16, serial: i64) -> String {
        format!("{agency_mark}{}〔{year}〕{serial}号", self.row().2)
    }
}

/// Id of 行政许可法 in `law/acts`.
const PERMIT_LAW: &str = "xkf";

/// 编号需要: a number that a step takes, known only when the change goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberNeed {
    /// 办件编号 for people, one series per site and day.
    CaseNo,
    /// 办件编号 for exchange, one series per item and day.
    ExchangeNo,
    /// 文书号, one series per agency, kind and year.
    Notice {
        /// Kind.
        kind: NoticeKind,
        /// Key of the agency in whose name it is issued; `None`: the deciding agency of the case.
        agency: Option<String>,
    },
}

impl From<NoticeKind> for NumberNeed {
    fn from(kind: NoticeKind) -> NumberNeed {
        NumberNeed::Notice { kind, agency: None }
    }
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
        /// Key of the agency in whose name it is issued.
        agency: String,
        /// Number as printed.
        number: String,
    },
}
