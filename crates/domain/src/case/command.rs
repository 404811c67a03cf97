//! 命令: what somebody wants done to a case. Imperative; may be refused.

use super::{
    Channel, CreditCheck, Demand, Hearing, RefusalGround, SubmittedMaterial, Supply, Verdict, Voice,
};
use crate::applicant::{AuthorizedAgent, PartyRef, TextRef};
use crate::id::{PartyId, StaffId, VersionId, VisitId};
use crate::item::ProcedureKind;
use crate::rating::RatingLevel;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 收件登记: the first command of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiveCase {
    /// The visit in which it is handed in.
    pub visit: VisitId,
    /// Version of the item applied for.
    pub item: VersionId,
    /// How it comes in.
    pub channel: Channel,
    /// Applicant.
    pub applicant: PartyRef,
    /// Agent, if one acts.
    #[serde(default)]
    pub agent: Option<AuthorizedAgent>,
    /// Situations chosen.
    pub situations: BTreeSet<String>,
    /// Materials handed in.
    pub materials: Vec<SubmittedMaterial>,
    /// Review points passed.
    pub points: BTreeSet<String>,
}

/// 领取人: who collects the result at the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// 申请人本人
    Applicant,
    /// 办件的代理人
    Agent,
    /// 另行委托的人
    Other {
        /// Who.
        party: PartyRef,
        /// The authorization to collect.
        authority: TextRef,
    },
}

/// 送达方式.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryWay {
    /// 窗口领取: the receiver's identity was checked.
    Window {
        /// The visit in which it is collected.
        visit: VisitId,
        /// 领取人
        receiver: Receiver,
        /// Identity (and authorization) of the receiver checked against the case.
        verified: bool,
    },
    /// 邮寄
    Mail {
        /// 运单号
        tracking_no: String,
    },
    /// 电子送达
    Electronic,
}

/// 告知领取的方式.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Telling {
    /// 电话
    Phone,
    /// 短信
    Message,
    /// 当面
    InPerson,
}

impl Telling {
    /// Every way with the word in a form and its Chinese name.
    pub const TABLE: [(Telling, &'static str, &'static str); 3] = [
        (Telling::Phone, "phone", "电话"),
        (Telling::Message, "message", "短信"),
        (Telling::InPerson, "in_person", "当面"),
    ];

    /// Chinese name.
    pub fn name(self) -> &'static str {
        Self::TABLE.into_iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }
}

/// 命令.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "command")]
pub enum Command {
    /// 收件
    ReceiveCase(Box<ReceiveCase>),
    /// 当场更正
    CorrectOnTheSpot {
        /// Materials added.
        materials: Vec<SubmittedMaterial>,
        /// Points now passed.
        points: BTreeSet<String>,
        /// 容错: the applicant's signed note of correction, where a formal error that touches no fact decided
        /// was put right by it.
        note: Option<TextRef>,
    },
    /// 更正收件登记: the situation or the agent was taken down wrongly.
    AmendReceipt {
        /// Situations, all of them.
        situations: BTreeSet<String>,
        /// Agent.
        agent: Option<AuthorizedAgent>,
        /// What was wrong.
        reason: Option<TextRef>,
    },
    /// 登记共享取得的材料
    FetchShared {
        /// Materials fetched by data sharing.
        materials: Vec<SubmittedMaterial>,
        /// Points of these materials now passed.
        points: BTreeSet<String>,
    },
    /// 一次性告知补正
    RequestCorrection {
        /// Everything to be supplied.
        demands: BTreeSet<Demand>,
    },
    /// 提交补正
    SubmitSupplement(Supply),
    /// 受理
    AcceptCase,
    /// 容缺受理
    AcceptWithDeferredMaterials {
        /// Materials to come later.
        missing: BTreeSet<String>,
        /// The applicant's written commitment.
        commitment: Option<TextRef>,
        /// The credit look-up made before.
        credit: Option<CreditCheck>,
    },
    /// 补交容缺材料
    SubmitDeferredMaterials(Supply),
    /// 提出不予受理意见
    ProposeRefusal {
        /// Ground.
        ground: RefusalGround,
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 确认不予受理
    ConfirmRefusal,
    /// 退回不予受理意见
    RejectRefusal {
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 视为受理（系统）
    DeemAccepted,
    /// 即办件转承诺件
    ConvertToWithinLimit {
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 审查
    ExamineBranch {
        /// Opinion.
        opinion: Option<TextRef>,
    },
    /// 审核
    ReviewBranch {
        /// Opinion.
        opinion: Option<TextRef>,
    },
    /// 审批
    DecideBranch {
        /// Result.
        verdict: Verdict,
        /// Reasons; required for a denial (行政许可法 art. 38).
        reason: Option<TextRef>,
    },
    /// 认领: the step that is next, by somebody of its post.
    ClaimBranch,
    /// 放弃认领
    ReleaseBranch,
    /// 转交: the step that is next goes to somebody else of its post.
    DelegateBranch {
        /// To whom.
        to: StaffId,
        /// Why.
        reason: Option<TextRef>,
    },
    /// 征询意见
    AskOpinion {
        /// Key of the department asked.
        to: String,
        /// Workdays to answer in.
        days: u32,
        /// The question.
        question: Option<TextRef>,
    },
    /// 答复征询
    GiveOpinion {
        /// The answer.
        opinion: Option<TextRef>,
    },
    /// 启动特别程序
    StartSpecialProcedure {
        /// Kind.
        kind: ProcedureKind,
        /// Days the applicant is told it will take.
        expected_days: u32,
        /// 听证安排, for 听证 only.
        hearing: Option<Hearing>,
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 登记特别程序结果
    EndSpecialProcedure {
        /// Officers who carried it out; a site inspection needs two (art. 34).
        officers: BTreeSet<StaffId>,
        /// A hearing was held; `false` where it was not, and is to be called anew.
        held: bool,
        /// Result.
        result: Option<TextRef>,
    },
    /// 延长办理期限
    ExtendLimit {
        /// Agency whose limit is extended is the actor's; days added.
        days: u32,
        /// Reasons, told to the applicant.
        reason: Option<TextRef>,
    },
    /// 说明超期原因
    ExplainOverdue {
        /// Reasons, told to the applicant.
        reason: Option<TextRef>,
    },
    /// 告知利害关系人
    TellInterestedParties {
        /// Who; empty after it was found that nobody's major interests are touched.
        parties: Vec<PartyRef>,
        /// What touches them, or why nobody is touched.
        matter: Option<TextRef>,
    },
    /// 登记告知书送达
    RecordService {
        /// Who was served.
        party: PartyId,
        /// When.
        on: Date,
    },
    /// 听取意见
    HearParty {
        /// The applicant or somebody told.
        party: PartyId,
        /// What kind of word it is.
        voice: Voice,
        /// The words, as recorded.
        words: Option<TextRef>,
    },
    /// 作废并重新出具文书
    ReissueDocument {
        /// Number of the wrong one.
        number: String,
        /// The wording that takes the place of the wrong one's, if that is what was wrong.
        wording: Option<TextRef>,
        /// The applicant registered anew, if name or number was wrong.
        applicant: Option<PartyRef>,
        /// What is wrong and how it is put right.
        reason: Option<TextRef>,
        /// Number of the document that approves it.
        authority: String,
    },
    /// 移交出件窗口: signed by who hands over; the window signs when it takes or checks it.
    HandOverResult {
        /// 证照编号 of the result, where it has one; a text of its own, for some are identity numbers.
        certificate: Option<TextRef>,
    },
    /// 签收结果: signed by the window that takes it.
    TakeResult,
    /// 通知领取: the applicant is told that the result is there.
    TellApplicant {
        /// How.
        way: Telling,
    },
    /// 核对结果
    CheckResult {
        /// The result agrees with the case; otherwise it goes back to the department.
        matches: bool,
        /// What does not agree.
        reason: Option<TextRef>,
    },
    /// 送达
    DeliverResult {
        /// How.
        way: DeliveryWay,
    },
    /// 登记邮寄退回
    ReturnDelivery {
        /// Why it came back.
        reason: Option<TextRef>,
    },
    /// 邀请评价
    InviteRating,
    /// 评价
    RateCase {
        /// Level.
        level: RatingLevel,
        /// Indicators of the national list chosen under that level.
        indicators: BTreeSet<u16>,
    },
    /// 办结（评价期满，系统）
    ConcludeCase,
    /// 撤回申请
    WithdrawCase {
        /// The applicant's written request; required where the window does it.
        request: Option<TextRef>,
    },
    /// 退件（补正逾期）
    ReturnCase {
        /// Reasons.
        reason: Option<TextRef>,
    },
    /// 视为撤回（容缺逾期，系统）
    ExpireDeferral,
    /// 作废
    AnnulCase {
        /// Reasons.
        reason: Option<TextRef>,
        /// Number of the document that approves it.
        authority: String,
    },
    /// 转报上级机关
    TransferUpward {
        /// Name of the higher organ.
        organ: String,
        /// Reasons.
        reason: Option<TextRef>,
    },
}
