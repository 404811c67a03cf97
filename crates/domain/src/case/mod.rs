//! 办件: one application from receipt to conclusion.
//!
//! A decider: [`decide`] turns a command into events or a [`Refusal`](crate::Refusal), [`evolve`] applies
//! them. The row holds budgets, starts and suspensions, never a calendar date to come; due dates follow
//! from it and a calendar in `limit`.

pub mod command;
pub mod decide;
pub mod event;
pub mod evolve;
pub mod limit;

pub use command::Command;
pub use decide::{Facts, Terms, decide};
pub use event::{Entry, Event};
pub use evolve::evolve;

use crate::applicant::{AuthorizedAgent, PartyRef};
use crate::id::{CaseId, StaffId, VersionId, VisitId};
use crate::item::{HandlingMode, Limit, ProcedureKind};
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
    pub materials: BTreeMap<String, MaterialWay>,
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
    /// Departments that decide in parallel; empty before acceptance, never loses a member afterwards.
    pub branches: Vec<Branch>,
    /// Day of the last entry: nothing is ever dated before it.
    pub last_on: Date,
    /// The rating given, if any.
    pub rating: Option<RatingLevel>,
    /// Where it stands.
    pub stage: Stage,
}

/// 申办方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 窗口
    Window,
    /// 网上
    Online,
    /// 信函
    Letter,
}

/// 材料收取方式.
#[doc(alias = "提交的材料")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialWay {
    /// 纸质
    Paper,
    /// 电子
    Electronic,
    /// 数据共享
    Shared,
}

/// 提交的材料: one material of the list, as handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedMaterial {
    /// Id of the requirement.
    pub material: String,
    /// How it came.
    pub way: MaterialWay,
}

/// 补正内容: a material that is missing, or a review point not passed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Id of the material.
    Material(String),
    /// Id of the review point.
    Point(String),
}

/// 补正告知: given once; what it does not name can never be asked for again.
#[doc(alias = "一次性告知书")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionNotice {
    /// Day it was given.
    pub on: Date,
    /// Everything it names.
    pub demands: BTreeSet<Demand>,
    /// Workdays the applicant has.
    pub supplement_days: u32,
}

/// 容缺: a commitment to hand in the rest.
#[doc(alias = "容缺受理")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Day of acceptance.
    pub from: Date,
    /// Workdays from then.
    pub days: u32,
    /// Ids of the materials still to come.
    pub outstanding: BTreeSet<String>,
}

/// 审批分支: one department's part, with its own clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Key of the agency.
    pub agency: String,
    /// 法定时限; `None` where the law sets none (e.g. 公共服务).
    pub statutory: Option<Term>,
    /// 承诺时限
    pub promised: Term,
    /// 延期: days added once by the head of the agency, to both clocks.
    pub extended: Option<u32>,
    /// 特别程序, past and running.
    pub procedures: Vec<Procedure>,
    /// Everybody who examined, reviewed or decided.
    pub hands: BTreeSet<StaffId>,
    /// How far it is.
    pub stage: BranchStage,
}

/// 期限: a start and a number of days; no date to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The day it starts; that day does not count (民法典 art. 201).
    pub start: Date,
    /// Days and unit.
    #[serde(flatten)]
    pub limit: Limit,
}

/// 特别程序: a written notice that stops the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Kind.
    pub kind: ProcedureKind,
    /// Day of the notice; counts still.
    pub from: Date,
    /// Day of the result; does not count. `None` while it runs.
    pub until: Option<Date>,
    /// Stops the statutory clock too, not only the promised one.
    pub statutory: bool,
}

/// 审查 → 审核 → 审批.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BranchStage {
    /// 待审查
    Pending,
    /// 已审查
    Examined,
    /// 已审核
    Reviewed,
    /// 已审批
    Decided {
        /// Result of this department.
        verdict: Verdict,
        /// Day of the decision.
        on: Date,
    },
}

impl BranchStage {
    /// Short name: the word in the database and in counts. It tells a denial, which every department
    /// concerned sees at once.
    pub fn name(&self) -> &'static str {
        match self {
            BranchStage::Pending => "pending",
            BranchStage::Examined => "examined",
            BranchStage::Reviewed => "reviewed",
            BranchStage::Decided { verdict: Verdict::Approved, .. } => "approved",
            BranchStage::Decided { verdict: Verdict::Denied, .. } => "denied",
        }
    }
}

/// 审批结论.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 准予
    Approved,
    /// 不予许可
    Denied,
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

    /// Ended, whatever the way.
    pub fn ended(&self) -> Option<Ending> {
        match self.stage {
            Stage::Ended { ending, .. } => Some(ending),
            _ => None,
        }
    }
}

impl Branch {
    /// The result of this department, once decided.
    pub fn verdict(&self) -> Option<Verdict> {
        match self.stage {
            BranchStage::Decided { verdict, .. } => Some(verdict),
            _ => None,
        }
    }

    /// The procedure that runs now.
    pub fn running(&self) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.until.is_none())
    }
}
