//! 办件: one application from receipt to conclusion.
//!
//! A decider: [`decide`] turns a command into events or a [`Refusal`](crate::Refusal), [`evolve`] applies
//! them. The row holds budgets, starts and suspensions, never a calendar date to come; due dates follow
//! from it and a calendar in `limit`.

pub mod branch;
pub mod checking;
pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod limit;
pub mod opinion;
pub mod submission;

pub use branch::{
    Branch, BranchStage, Hearing, InterestedParties, Procedure, Standing, Term, Verdict, Voice,
};
pub use command::Command;
pub use decide::{Facts, Terms, decide};
pub use event::{Entry, Event};
pub use evolve::evolve;
pub use opinion::OpinionRequest;
pub use submission::{
    Channel, CorrectionNotice, CreditCheck, Deferral, Demand, MaterialWay, SubmittedMaterial, Supply,
};

use crate::applicant::{AuthorizedAgent, PartyRef};
use crate::id::{CaseId, StaffId, VersionId, VisitId};
use crate::item::HandlingMode;
use crate::notice::NoticeKind;
use crate::rating::RatingLevel;
use crate::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// 办件: the state row, rebuilt by replaying its journal.
#[doc(alias = "办件")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Number of journal entries applied: the version a command must know.
    pub version: u32,
    /// 办件编号 for people, e.g. `JB20261123000187`.
    pub case_no: String,
    /// 办件编号 for exchange, 43 characters; empty while the item has no code.
    pub exchange_no: String,
    /// The coming to the centre in which it was handed in.
    pub visit: VisitId,
    /// Every coming to the centre for it, the first included (最多跑一次: one is the goal).
    pub visits: BTreeSet<VisitId>,
    /// Key of the site that received it.
    pub site: String,
    /// Version of the item it began with and keeps.
    pub item: VersionId,
    /// Key of the deciding agency.
    pub agency: String,
    /// How it came in.
    pub channel: Channel,
    /// 即办件 or 承诺件.
    pub mode: HandlingMode,
    /// Applicant.
    pub applicant: PartyRef,
    /// Agent, if one acts.
    pub agent: Option<AuthorizedAgent>,
    /// Situations chosen.
    pub situations: BTreeSet<String>,
    /// Materials held, by id of the requirement.
    pub materials: BTreeMap<String, SubmittedMaterial>,
    /// Review points passed.
    pub points: BTreeSet<String>,
    /// When it was received.
    pub received_at: Instant,
    /// 受审分离: everybody who took part in intake.
    pub intake_hands: BTreeSet<StaffId>,
    /// Workdays for the one correction notice.
    pub correction_days: u32,
    /// The one correction notice, once given.
    pub notice: Option<CorrectionNotice>,
    /// 容缺: what is still to come, from when and in how many workdays.
    pub deferral: Option<Deferral>,
    /// Day the last deferred material came.
    pub deferral_met_on: Option<Date>,
    /// 利害关系人, once told (行政许可法 art. 36 and 47).
    pub interested: Option<InterestedParties>,
    /// Day the decision was last drawn up anew; its delivery counts from then.
    pub redrawn_on: Option<Date>,
    /// Departments that decide in parallel; empty before acceptance, never loses a member afterwards.
    pub branches: Vec<Branch>,
    /// 征询意见: departments asked beside those that decide, in the order of asking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<OpinionRequest>,
    /// 签收: day the issuing window signed for the result it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_on: Option<Date>,
    /// 领取通知: day the applicant was last told that the result is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_on: Option<Date>,
    /// 案头记录: entries since the last that changed what an open page rests on. So many versions back a page may be.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub desk_entries: u32,
    /// Documents issued so far, void ones included, in the order of their numbering.
    pub documents: Vec<IssuedDocument>,
    /// Day of the last entry: nothing is ever dated before it.
    pub last_on: Date,
    /// The rating given, if any.
    pub rating: Option<RatingLevel>,
    /// Where it stands.
    pub stage: Stage,
}

/// 已出具的文书, by its number; its text is a row of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedDocument {
    /// Number as printed.
    pub number: String,
    /// Kind.
    pub kind: NoticeKind,
    /// Key of the agency in whose name it is.
    pub agency: String,
    /// Number of the journal entry it tells of.
    pub entry: u32,
    /// 已作废
    pub void: bool,
}

/// 办件阶段: one place at a time, each with what only it knows.
#[doc(alias = "办件阶段")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at")]
pub enum Stage {
    /// 已收件
    Received,
    /// 拟不予受理，待部门确认
    RefusalProposed {
        /// Ground proposed by the window.
        ground: RefusalGround,
    },
    /// 待补正
    CorrectionRequested {
        /// What is still to come of the notice.
        outstanding: BTreeSet<Demand>,
    },
    /// 审批中
    InApproval {
        /// Day of acceptance; of a deemed one, the day of receipt.
        accepted_on: Date,
        /// 视为受理
        deemed: bool,
    },
    /// 已决定，待移交出件
    Decided(Decision),
    /// 已移交出件窗口，待核对
    HandedOver(Decision),
    /// 已核对，待领取
    Checked(Decision),
    /// 已送达
    Delivered {
        /// The decision delivered.
        decision: Decision,
        /// Day of delivery.
        on: Date,
        /// Day the rating was invited.
        invited: Option<Date>,
        /// Workdays for the rating.
        rating_days: u32,
        /// Sent by mail: it may come back.
        by_mail: bool,
    },
    /// 已终结
    Ended {
        /// How.
        ending: Ending,
        /// When.
        on: Date,
    },
}

impl Stage {
    /// Short name: the word in the database and in counts.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Received => "received",
            Stage::RefusalProposed { .. } => "refusal_proposed",
            Stage::CorrectionRequested { .. } => "correction_requested",
            Stage::InApproval { .. } => "in_approval",
            Stage::Decided(_) => "decided",
            Stage::HandedOver(_) => "handed_over",
            Stage::Checked(_) => "checked",
            Stage::Delivered { .. } => "delivered",
            Stage::Ended { ending, .. } => ending.name(),
        }
    }
}

/// 决定: the joint outcome of all branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Denied if one branch denied.
    pub verdict: Verdict,
    /// Day of the last branch's decision.
    pub on: Date,
    /// Workdays for its delivery.
    pub delivery_days: u32,
}

/// 终结方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 办结
    Concluded,
    /// 不予受理
    Refused,
    /// 撤回申请
    Withdrawn,
    /// 视为撤回（容缺材料逾期未补）
    DeemedWithdrawn,
    /// 退件（补正逾期）
    Returned,
    /// 作废
    Annulled,
    /// 转报上级机关
    TransferredUpward,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Ending; 7] = [
        Ending::Concluded,
        Ending::Refused,
        Ending::Withdrawn,
        Ending::DeemedWithdrawn,
        Ending::Returned,
        Ending::Annulled,
        Ending::TransferredUpward,
    ];

    /// Short name, as in the database.
    pub fn name(self) -> &'static str {
        match self {
            Ending::Concluded => "concluded",
            Ending::Refused => "refused",
            Ending::Withdrawn => "withdrawn",
            Ending::DeemedWithdrawn => "deemed_withdrawn",
            Ending::Returned => "returned",
            Ending::Annulled => "annulled",
            Ending::TransferredUpward => "transferred_upward",
        }
    }

    /// As shown.
    pub fn title(self) -> &'static str {
        match self {
            Ending::Concluded => "办结",
            Ending::Refused => "不予受理",
            Ending::Withdrawn => "撤回",
            Ending::DeemedWithdrawn => "视为撤回",
            Ending::Returned => "退件",
            Ending::Annulled => "作废",
            Ending::TransferredUpward => "转报",
        }
    }
}

/// 不予受理的情形 (行政许可法 art. 32 para. 1 items 1 and 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalGround {
    /// 依法不需要取得行政许可
    NotRequired,
    /// 依法不属于本机关职权
    NotThisAgency {
        /// Name of the organ to apply to.
        redirect: String,
    },
}

impl Case {
    /// Day of receipt, Asia/Shanghai.
    pub fn received_on(&self) -> Date {
        self.received_at.date()
    }

    /// The branch of this agency.
    pub fn branch(&self, agency: &str) -> Option<&Branch> {
        self.branches.iter().find(|b| b.agency == agency)
    }

    /// 待答复的征询: the open question to this department.
    pub fn question_to(&self, agency: &str) -> Option<&OpinionRequest> {
        self.consultations.iter().find(|asked| asked.to == agency && asked.answer.is_none())
    }

    /// A page that shows this version still shows what an act rests on.
    pub fn is_current(&self, seen: u32) -> bool {
        (self.version.saturating_sub(self.desk_entries)..=self.version).contains(&seen)
    }

    /// The decision, from the last branch's to the delivery; `None` before it and after the end.
    pub fn decision(&self) -> Option<Decision> {
        match self.stage {
            Stage::Decided(decision) | Stage::HandedOver(decision) | Stage::Checked(decision) => {
                Some(decision)
            }
            Stage::Delivered { decision, .. } => Some(decision),
            _ => None,
        }
    }

    /// The document in force with this number.
    pub fn document(&self, number: &str) -> Option<&IssuedDocument> {
        self.documents.iter().find(|document| document.number == number && !document.void)
    }

    /// Ended, whatever the way.
    pub fn ended(&self) -> Option<Ending> {
        match self.stage {
            Stage::Ended { ending, .. } => Some(ending),
            _ => None,
        }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
