//! 审批分支: one department's part of a case, and the parties it must hear.

use crate::id::{PartyId, StaffId};
use crate::item::{Limit, ProcedureKind};
use crate::permission::Post;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// 审批分支: one department's part, with its own clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Key of the agency.
    pub agency: String,
    /// 法定时限; `None` where the law sets none (e.g. 公共服务).
    pub statutory: Option<Term>,
    /// 承诺时限
    pub promised: Term,
    /// 延期: days added once to the statutory limit, by the head of the agency, or of the government for 联合办理.
    pub extended: Option<u32>,
    /// Of these, the days added to the promise; none where it was broken already.
    pub promise_extended: Option<u32>,
    /// 特别程序, past and running.
    pub procedures: Vec<Procedure>,
    /// 超期说明: day the applicant was told why the promise was not kept.
    #[serde(default)]
    pub explained_on: Option<Date>,
    /// Everybody who examined, reviewed or decided.
    pub hands: BTreeSet<StaffId>,
    /// 承办人: who has claimed the step that is next, or was given it; nobody's again once the step is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<StaffId>,
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
    /// Days the applicant was told it takes.
    pub expected_days: u32,
    /// 听证安排, on the branch that holds it; the others only wait for it.
    pub hearing: Option<Hearing>,
    /// Day of the result; does not count. `None` while it runs.
    pub until: Option<Date>,
    /// Stops the statutory clock too, not only the promised one.
    pub statutory: bool,
}

/// 听证安排: what the parties are told seven days before (行政许可法 art. 48).
#[doc(alias = "听证")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// Day.
    pub on: Date,
    /// Time of day, as told, e.g. 上午9时30分.
    pub time: String,
    /// Place, as told.
    pub place: String,
    /// 主持人: nobody who examines the application.
    pub presider: StaffId,
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
    /// The post whose step is next; `None` once decided.
    pub fn post(&self) -> Option<Post> {
        match self {
            BranchStage::Pending => Some(Post::Examiner),
            BranchStage::Examined => Some(Post::Reviewer),
            BranchStage::Reviewed => Some(Post::ChiefRepresentative),
            BranchStage::Decided { .. } => None,
        }
    }

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

impl Branch {
    /// Comes to this stage; what was claimed is done.
    pub(super) fn proceed(&mut self, stage: BranchStage) {
        (self.stage, self.claim) = (stage, None);
    }

    /// The result of this department, once decided.
    pub fn verdict(&self) -> Option<Verdict> {
        match self.stage {
            BranchStage::Decided { verdict, .. } => Some(verdict),
            _ => None,
        }
    }

    /// A procedure that runs now.
    pub fn running(&self) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.until.is_none())
    }

    /// The procedure that runs now and is this branch's own to end.
    pub fn own_running(&self) -> Option<&Procedure> {
        let own = |p: &&Procedure| p.kind != ProcedureKind::Hearing || p.hearing.is_some();
        self.procedures.iter().filter(own).find(|p| p.until.is_none())
    }
}

/// 利害关系人: those whose major interests the decision touches. They and the applicant may ask for a hearing
/// (行政许可法 art. 47).
#[doc(alias = "利害关系人")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestedParties {
    /// Day the first were told.
    pub told_on: Date,
    /// Everybody who may ask, the applicant among them; nobody where no interest is touched.
    pub parties: BTreeMap<PartyId, Standing>,
    /// Workdays they have to ask, from the day they were served.
    pub request_days: u32,
    /// Workdays within which a hearing asked for is held.
    pub hold_days: u32,
    /// It was held, and nobody has come in since who was not told then.
    pub held: bool,
}

/// 当事人状况: whether somebody was served the notice, and what he wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// 送达日期
    pub served_on: Option<Date>,
    /// Day a hearing was asked for, while the request stands.
    pub requested_on: Option<Date>,
    /// 放弃听证
    pub waived: bool,
}

impl Standing {
    /// Has neither asked for a hearing nor done without it.
    pub fn silent(&self) -> bool {
        self.requested_on.is_none() && !self.waived
    }
}

impl InterestedParties {
    /// Day a hearing was first asked for, where it is still to be held.
    pub fn hearing_due_from(&self) -> Option<Date> {
        let asked = self.parties.values().filter_map(|party| party.requested_on).min();
        asked.filter(|_| !self.held)
    }

    /// Somebody still silent has not been served.
    pub fn unserved(&self) -> bool {
        self.parties.values().any(|party| party.silent() && party.served_on.is_none())
    }

    /// Day from which the last of those still silent has the time to ask; `None` while one is not served, or
    /// where nobody is silent.
    pub fn silent_since(&self) -> Option<Date> {
        let silent = self.parties.values().filter(|party| party.silent());
        if self.unserved() { None } else { silent.filter_map(|party| party.served_on).max() }
    }
}

/// 意见种类 of an applicant or interested party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// 陈述、申辩
    Statement,
    /// 要求听证
    HearingRequested,
    /// 放弃听证
    HearingWaived,
}
