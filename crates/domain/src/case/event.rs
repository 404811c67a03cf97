//! 事件: what has happened to a case. Past tense; never changed once released.
//!
//! An event is recorded as an [`Entry`]: who, when, and which numbers were issued with it. A change of an
//! event's shape is a new variant or a field with a default, so that every journal ever written replays.

use super::command::{DeliveryWay, ReceiveCase, Telling};
use super::{
    Branch, CreditCheck, Demand, Ending, Hearing, RefusalGround, SubmittedMaterial, Supply, Verdict, Voice,
};
use crate::applicant::{AuthorizedAgent, PartyRef, TextRef};
use crate::id::{PartyId, StaffId};
use crate::item::{HandlingMode, Limit, ProcedureKind};
use crate::law::Citation;
use crate::notice::{Issued, NoticeKind, NumberNeed};
use crate::permission::Actor;
use crate::rating::RatingLevel;
use crate::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 事件.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// 已收件
    CaseReceived(Box<CaseReceived>),
    /// 已当场更正
    CorrectedOnTheSpot {
        /// Materials added.
        materials: Vec<SubmittedMaterial>,
        /// Points now passed.
        points: BTreeSet<String>,
        /// 容错: the signed note of correction, if there is one.
        note: Option<TextRef>,
    },
    /// 已更正收件登记
    ReceiptAmended {
        /// Situations, all of them.
        situations: BTreeSet<String>,
        /// Agent.
        agent: Option<AuthorizedAgent>,
        /// Materials and points held that the right situation does not ask for.
        dropped: BTreeSet<Demand>,
        /// What was wrong.
        reason: TextRef,
    },
    /// 已共享取得材料
    SharedFetched {
        /// Materials fetched.
        materials: Vec<SubmittedMaterial>,
        /// Points of these materials now passed.
        points: BTreeSet<String>,
    },
    /// 已告知补正
    CorrectionRequested {
        /// Everything to be supplied.
        demands: BTreeSet<Demand>,
        /// Workdays the applicant has.
        supplement_days: u32,
        /// Repeats what an earlier notice named and was not supplied.
        repeated: bool,
    },
    /// 已提交补正
    SupplementSubmitted(Supply),
    /// 已受理
    CaseAccepted {
        /// Day of acceptance; of a deemed one, the day of receipt.
        accepted_on: Date,
        /// 视为受理
        deemed: bool,
        /// Departments that decide from now on.
        branches: Vec<Branch>,
    },
    /// 已容缺受理
    CaseAcceptedWithDeferral {
        /// Day of acceptance.
        accepted_on: Date,
        /// Departments that decide from now on.
        branches: Vec<Branch>,
        /// Materials to come.
        missing: BTreeSet<String>,
        /// Workdays for them.
        days: u32,
        /// The commitment.
        commitment: TextRef,
        /// The credit look-up made before.
        credit: CreditCheck,
    },
    /// 已补交容缺材料
    DeferredMaterialsSubmitted(Supply),
    /// 已提出不予受理意见
    RefusalProposed {
        /// Ground.
        ground: RefusalGround,
        /// Reasons.
        reason: TextRef,
    },
    /// 已退回不予受理意见
    RefusalRejected {
        /// Reasons.
        reason: TextRef,
    },
    /// 已不予受理
    CaseRefused {
        /// Ground.
        ground: RefusalGround,
    },
    /// 已转为承诺件
    ConvertedToWithinLimit {
        /// Reasons.
        reason: TextRef,
        /// The promised limit from now on, where it was the same day; `None`: as promised before.
        limit: Option<Limit>,
    },
    /// 已审查
    BranchExamined {
        /// Agency of the branch.
        agency: String,
        /// Opinion.
        opinion: Option<TextRef>,
    },
    /// 已审核
    BranchReviewed {
        /// Agency of the branch.
        agency: String,
        /// Opinion.
        opinion: Option<TextRef>,
    },
    /// 已审批
    BranchDecided {
        /// Agency of the branch.
        agency: String,
        /// Result.
        verdict: Verdict,
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 已决定（各部门均已审批）
    CaseDecided {
        /// Joint outcome.
        verdict: Verdict,
        /// Workdays for its delivery.
        delivery_days: u32,
    },
    /// 已认领
    BranchClaimed {
        /// Agency of the branch.
        agency: String,
    },
    /// 已放弃认领
    BranchReleased {
        /// Agency of the branch.
        agency: String,
    },
    /// 已转交
    BranchDelegated {
        /// Agency of the branch.
        agency: String,
        /// To whom.
        to: StaffId,
        /// Why.
        reason: TextRef,
    },
    /// 已征询意见
    OpinionAsked {
        /// Agency that asks.
        agency: String,
        /// Agency asked.
        to: String,
        /// Workdays to answer in.
        days: u32,
        /// The question.
        question: TextRef,
    },
    /// 已答复征询
    OpinionGiven {
        /// Agency that answers.
        agency: String,
        /// The answer.
        opinion: TextRef,
    },
    /// 特别程序已启动
    SpecialProcedureStarted {
        /// Agency of the branch.
        agency: String,
        /// Kind.
        kind: ProcedureKind,
        /// Days the applicant was told.
        expected_days: u32,
        /// 听证安排
        hearing: Option<Hearing>,
        /// Who is notified of the hearing.
        to: Vec<PartyId>,
        /// Stops the statutory clock too.
        statutory: bool,
        /// Reasons.
        reason: TextRef,
    },
    /// 特别程序已结束
    SpecialProcedureEnded {
        /// Agency of the branch.
        agency: String,
        /// Kind.
        kind: ProcedureKind,
        /// A hearing was held.
        held: bool,
        /// Officers.
        officers: BTreeSet<StaffId>,
        /// Result.
        result: TextRef,
    },
    /// 期限已延长
    LimitExtended {
        /// Agency of the branch; the deciding agency for 联合办理, where every open branch gets the days.
        agency: String,
        /// Days added.
        days: u32,
        /// 联合办理: by the head of the government, for all branches (行政许可法 art. 42 para. 2).
        joint: bool,
        /// Agencies whose promise moves, too: those that have not broken it.
        promised: BTreeSet<String>,
        /// Reasons.
        reason: TextRef,
    },
    /// 已说明超期原因
    OverdueExplained {
        /// Agency of the branch.
        agency: String,
        /// Reasons.
        reason: TextRef,
    },
    /// 已告知利害关系人
    InterestedPartiesTold {
        /// Agency of the branch.
        agency: String,
        /// Who.
        parties: Vec<PartyRef>,
        /// What touches them, or why nobody is touched.
        matter: TextRef,
        /// Workdays to ask for a hearing.
        request_days: u32,
        /// Workdays within which it is held.
        hold_days: u32,
    },
    /// 告知书已送达
    PartyServed {
        /// Agency that recorded it.
        agency: String,
        /// Who.
        party: PartyId,
        /// When.
        on: Date,
    },
    /// 已听取意见
    PartyHeard {
        /// Agency that heard.
        agency: String,
        /// Whom.
        party: PartyId,
        /// What kind of word it is.
        voice: Voice,
        /// The words.
        words: TextRef,
    },
    /// 文书已作废并重新出具
    DocumentReissued {
        /// Number of the wrong one.
        number: String,
        /// The wording that takes the place of the wrong one's.
        wording: Option<TextRef>,
        /// The applicant registered anew.
        applicant: Option<PartyRef>,
        /// Kind of both.
        kind: NoticeKind,
        /// Agency in whose name both are.
        agency: String,
        /// Number of the journal entry both tell of.
        entry: u32,
        /// What is wrong and how it is put right.
        reason: TextRef,
        /// Number of the approving document.
        authority: String,
    },
    /// 结果已移交出件窗口
    ResultHandedOver {
        /// 证照编号, where the result has one.
        certificate: Option<TextRef>,
    },
    /// 结果已签收
    ResultTaken,
    /// 已通知领取
    ApplicantTold {
        /// How.
        way: Telling,
    },
    /// 结果已核对
    ResultChecked,
    /// 结果已退回部门（核对不符）
    ResultSentBack {
        /// What does not agree.
        reason: TextRef,
    },
    /// 结果已送达
    ResultDelivered {
        /// How.
        way: DeliveryWay,
        /// Workdays for the rating.
        rating_days: u32,
    },
    /// 邮寄已退回
    DeliveryReturned {
        /// Why.
        reason: TextRef,
    },
    /// 已邀请评价
    RatingInvited,
    /// 已评价
    CaseRated {
        /// Level.
        level: RatingLevel,
        /// Indicators.
        indicators: BTreeSet<u16>,
    },
    /// 已办结
    CaseConcluded {
        /// A rating was given.
        rated: bool,
    },
    /// 已撤回
    CaseWithdrawn {
        /// 视为撤回: deferred materials did not come in time.
        deemed: bool,
        /// The applicant's written request, where the window did it.
        request: Option<TextRef>,
    },
    /// 已退件
    CaseReturned {
        /// Reasons.
        reason: TextRef,
    },
    /// 已作废
    CaseAnnulled {
        /// Reasons.
        reason: TextRef,
        /// Number of the approving document.
        authority: String,
    },
    /// 已转报
    CaseTransferredUpward {
        /// The higher organ.
        organ: String,
        /// Reasons.
        reason: TextRef,
    },
}

/// 已收件: the command and what was fixed from the item at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseReceived {
    /// What was handed in.
    #[serde(flatten)]
    pub receipt: ReceiveCase,
    /// Key of the site.
    pub site: String,
    /// Key of the deciding agency.
    pub agency: String,
    /// 即办件 or 承诺件.
    pub mode: HandlingMode,
    /// Workdays for the one correction notice.
    pub correction_days: u32,
}

/// 办件记录: one line of the journal.
#[doc(alias = "办件日志")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the shape of this entry.
    pub v: u32,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Actor,
    /// Id of the act it came with.
    pub act: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
    /// Numbers issued with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issued: Vec<Issued>,
}

impl Event {
    /// 案头记录: who does a step and who is asked, nothing a decision rests on; pages open meanwhile still hold.
    pub fn of_the_desk(&self) -> bool {
        use Event::*;
        matches!(
            self,
            BranchClaimed { .. } | BranchReleased { .. } | BranchDelegated { .. } | OpinionAsked { .. }
        )
    }

    /// The numbers this event takes, in the order in which they are put on its entry.
    pub fn numbers_needed(&self) -> Vec<NumberNeed> {
        let by = |kind, agency: &String| NumberNeed::Notice { kind, agency: Some(agency.clone()) };
        match self {
            Event::CaseReceived(_) => {
                vec![NumberNeed::CaseNo, NumberNeed::ExchangeNo, NoticeKind::ReceiptNotice.into()]
            }
            Event::ReceiptAmended { .. } => vec![NoticeKind::ReceiptNotice.into()],
            Event::CorrectionRequested { .. } => vec![NoticeKind::CorrectionNotice.into()],
            Event::CaseAccepted { .. } => vec![NoticeKind::AcceptanceNotice.into()],
            Event::CaseAcceptedWithDeferral { .. } => {
                vec![NoticeKind::AcceptanceNotice.into(), NoticeKind::DeferralNotice.into()]
            }
            Event::CaseRefused { .. } => vec![NoticeKind::NonAcceptanceNotice.into()],
            Event::SpecialProcedureStarted { agency, to, .. } => {
                let hearing = to.iter().map(|_| by(NoticeKind::HearingNotice, agency));
                std::iter::once(by(NoticeKind::SpecialProcedureNotice, agency)).chain(hearing).collect()
            }
            Event::LimitExtended { agency, .. } => vec![by(NoticeKind::ExtensionNotice, agency)],
            Event::OverdueExplained { agency, .. } => vec![by(NoticeKind::OverdueExplanation, agency)],
            // One for each, and one for the applicant: nobody reads who else was told.
            Event::InterestedPartiesTold { agency, parties, .. } => {
                let to = if parties.is_empty() { 0 } else { parties.len() + 1 };
                vec![by(NoticeKind::InterestedPartyNotice, agency); to]
            }
            Event::DocumentReissued { kind, agency, .. } => vec![by(*kind, agency)],
            Event::CaseDecided { verdict: Verdict::Approved, .. } => {
                vec![NoticeKind::ApprovalDecision.into()]
            }
            Event::CaseDecided { verdict: Verdict::Denied, .. } => vec![NoticeKind::DenialDecision.into()],
            Event::ResultDelivered { .. } => vec![NoticeKind::DeliveryReceipt.into()],
            Event::CaseWithdrawn { .. }
            | Event::CaseReturned { .. }
            | Event::CaseAnnulled { .. }
            | Event::CaseTransferredUpward { .. } => vec![NoticeKind::TerminationNotice.into()],
            _ => vec![],
        }
    }

    /// 收件人: whom notice number `nth` of this kind is for, where it is not for the applicant.
    pub fn addressee(&self, notice: NoticeKind, nth: usize) -> Option<PartyId> {
        match (self, notice) {
            (Event::InterestedPartiesTold { parties, .. }, NoticeKind::InterestedPartyNotice) => {
                parties.get(nth).map(|party| party.id)
            }
            (Event::SpecialProcedureStarted { to, .. }, NoticeKind::HearingNotice) => to.get(nth).copied(),
            _ => None,
        }
    }

    /// The article a notice issued with this event cites: that of its kind, or the event's own.
    pub fn citation(&self, notice: NoticeKind) -> Citation {
        match self {
            Event::CaseRefused { ground: RefusalGround::NotRequired } => Citation::new("xkf", "32-1-1"),
            Event::CaseRefused { ground: RefusalGround::NotThisAgency { .. } } => {
                Citation::new("xkf", "32-1-2")
            }
            Event::CaseReturned { .. } => Citation::new("yichuang", "supplement"),
            Event::CaseWithdrawn { deemed: true, .. } => Citation::new("yichuang", "deferral"),
            Event::CaseTransferredUpward { .. } => Citation::new("xkf", "35"),
            Event::LimitExtended { joint: true, .. } => Citation::new("xkf", "42-2"),
            _ => notice.citation(),
        }
    }

    /// The ending this event brings, if it ends the case.
    pub fn ending(&self) -> Option<Ending> {
        match self {
            Event::CaseConcluded { .. } => Some(Ending::Concluded),
            Event::CaseRefused { .. } => Some(Ending::Refused),
            Event::CaseWithdrawn { deemed: false, .. } => Some(Ending::Withdrawn),
            Event::CaseWithdrawn { deemed: true, .. } => Some(Ending::DeemedWithdrawn),
            Event::CaseReturned { .. } => Some(Ending::Returned),
            Event::CaseAnnulled { .. } => Some(Ending::Annulled),
            Event::CaseTransferredUpward { .. } => Some(Ending::TransferredUpward),
            _ => None,
        }
    }
}
