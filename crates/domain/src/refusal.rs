//! 不予办理的理由: a rule that says no is a value with its article and the next step.
//!
//! One table holds every refusal. `cargo xtask tidy` checks that each citation resolves in `law/acts`
//! and that no two refusals share a next step.

use crate::law::Citation;
use serde::{Deserialize, Serialize};

macro_rules! refusals {
    ($($(#[$doc:meta])* $code:ident = ($act:literal, $article:literal, $what:literal, $next:literal);)*) => {
        /// 不予办理的理由: every way the platform says no.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode { $($(#[$doc])* #[doc = $what] $code,)* }

        impl RefusalCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [RefusalCode] = &[$(RefusalCode::$code),*];

            /// The article the refusal rests on.
            pub fn citation(self) -> Citation {
                match self { $(RefusalCode::$code => Citation::new($act, $article),)* }
            }

            /// What happened, in one sentence.
            pub fn what(self) -> &'static str {
                match self { $(RefusalCode::$code => $what,)* }
            }

            /// What to do next.
            pub fn next(self) -> &'static str {
                match self { $(RefusalCode::$code => $next,)* }
            }
        }
    };
}

refusals! {
    // 收件
    AlreadyReceived = ("xkf", "32-1", "该办件已收件登记，不能重复收件。", "打开该办件继续办理。");
    NotReceived = ("xkf", "32-1", "该办件尚未收件登记。", "先登记收件，出具收件凭证。");
    NotByApplication = ("gb39046", "a1", "该事项不是依申请办理的事项，窗口不能受理。", "告知申请人该事项由主管部门依职权办理，并提供部门咨询电话。");
    NotInForce = ("xkf", "30", "该事项的实施清单版本未发布或者不在有效期内。", "改用当前有效版本；没有有效版本的，联系事项所属部门发布。");
    UnknownSituation = ("jb-plan", "4-3", "所选情形不在该事项的情形清单内。", "按办事情形问题重新选择。");
    SituationIncomplete = ("jb-plan", "4-3", "办事情形没有选全或者选择有冲突。", "逐题选定情形，系统随即列出所需材料。");
    UnknownReviewPoint = ("jb-plan", "4-3", "所填审查要点不在该情形的要点清单内。", "按本情形列出的审查要点逐项填写。");
    // 清单之外
    OutsideList = ("xkf", "31", "要求提交的材料不在该情形的材料清单内。", "从要求中删去清单以外的材料；确需增加的，由部门修订实施清单后施行。");
    // 补正
    AlreadySatisfied = ("xkf", "32-1-4", "所列补正内容已经齐备或者合格。", "从补正内容中删去已经合格的各项。");
    NothingFetched = ("gwl716", "7", "没有可以登记的共享材料，或者所填材料已经取得。", "只登记清单标明可以共享、尚未取得的材料。");
    NothingToCorrect = ("xkf", "32-1-4", "补正告知没有列明需要补正的内容。", "至少选定一项不齐全或者不符合法定形式的材料、要点。");
    SecondNoticeNewPoint = ("xkf", "32-1-4", "补正内容须一次告知，再次告知不得增加新的内容。", "只就首次告知中尚未补齐的内容再次告知，新发现的问题由部门自行核查。");
    CorrectionNotAskedFor = ("xkf", "32-1-4", "所交材料不在补正告知的范围内。", "只登记补正告知书列明的材料。");
    NoticeIncomplete = ("xkf", "32-1-4", "补正告知没有列全，需要补正的全部内容须一次告知。", "把提示的各项一并列入后再出具补正告知书。");
    SharedNotDemanded = ("gwl716", "7", "该材料可以通过数据共享取得，不得要求申请人提交。", "由系统或者部门共享取得；从要求中删去该材料。");
    NotShared = ("gwl716", "7", "该材料不在数据共享范围内，不能登记为共享取得。", "改为登记纸质或者电子材料。");
    NotOpenToCorrection = ("xkf", "32-1-3", "当前环节不能当场更正。", "更正仅限收件后、受理前；已受理的，由经办部门记录说明。");
    CorrectionPending = ("xkf", "32-1-4", "补正材料尚未交齐。", "待申请人按补正告知书交齐后再办理。");
    // 受理
    MaterialsIncomplete = ("xkf", "32-1-4", "本情形所需材料尚未齐全。", "当场补齐，或者出具补正告知书一次告知全部内容；可容缺的办理容缺受理。");
    PointsNotPassed = ("xkf", "32-1-4", "审查要点尚有未通过的项目。", "当场更正，或者列入补正告知书一次告知。");
    NothingDeferred = ("jb-clerks", "8-2", "容缺受理没有列明容缺的材料。", "材料已齐全的，直接受理。");
    NotDeferrable = ("jb-clerks", "8-2", "该材料不属于可容缺的材料。", "请申请人当场补齐，或者出具补正告知书。");
    CreditExcluded = ("yichuang", "deferral", "申请人有未修复的失信记录，不适用容缺受理。", "材料补齐后按一般程序受理，并告知信用修复途径。");
    CommitmentMissing = ("yichuang", "deferral", "容缺受理缺少申请人签署的书面承诺。", "请申请人签署容缺受理承诺书后再办理。");
    CreditUnchecked = ("yichuang", "deferral", "容缺受理前没有查询申请人的信用记录。", "查询信用记录，填写来源、时间和结果后再办理。");
    DeferralOver = ("yichuang", "deferral", "容缺补交期限已经届满，视为撤回申请，不再收取补交材料。", "告知申请人可以备齐材料后重新申请。");
    NotDeferredMaterial = ("jb-clerks", "8-2", "所交材料不在容缺补交的范围内。", "核对容缺受理通知书，只登记其中列明的材料。");
    NotYetDeemed = ("xkf", "32-1-4", "补正告知期限尚未届满，不能视为受理。", "在期限内受理、告知补正或者提出不予受理意见。");
    DeemedAlready = ("xkf", "32-1-4", "告知期限已过，自收到申请材料之日起即为受理，窗口不能再告知补正、受理或者提出不予受理。", "等待系统登记视为受理，再由部门审批。");
    // 不予受理
    ReasonMissing = ("xkf", "38-2", "没有写明不予许可或者不予受理的理由。", "写明事实和依据后再提交。");
    RedirectMissing = ("xkf", "32-1-2", "不属于本机关职权的，须告知申请人向哪个机关申请。", "填写有权机关的名称。");
    GroundsMissing = ("yichuang", "grounds", "没有填写事由。", "写明事由后再提交，事由随办件存档。");
    RefusalNotProposed = ("xkf", "32-2", "窗口尚未提出不予受理意见。", "由窗口提出不予受理意见后，再由部门确认。");
    RefusalPending = ("xkf", "32-2", "不予受理意见正在等待部门确认。", "请部门先确认或者退回不予受理意见。");
    // 审批
    NotAccepted = ("xkf", "32-1-5", "该办件尚未受理，不能办理此项操作。", "受理后再办理；错误登记的，由主办部门负责人作废。");
    NotYourBranch = ("jb-plan", "4-4-2", "本部门不在该办件的审批部门之内。", "由办件所列的审批部门办理；需要意见的可发起征询。");
    NotLeadAgency = ("jb-plan", "4-4-2", "此项由该办件的主办部门办理，本部门不是主办部门。", "请主办部门办理；需要协调的可发起征询。");
    OutOfOrder = ("jb-plan", "4-4-2", "审批须按审查、审核、审批的顺序进行。", "先完成上一环节，再办理本环节。");
    BranchDecided = ("xkf", "38-1", "本部门已经作出决定。", "查看已作出的决定；确有错误的，依法办理作废。");
    BranchSuspended = ("xkf", "45", "特别程序尚未结束，期间停止计时，不能作出决定。", "登记特别程序结果、恢复计时后再办理。");
    SeparationOfDuties = ("jb-plan", "2-2", "受理人员不得办理同一办件的审批（受审分离）。", "转由本部门未参与受理的人员办理。");
    AuthorizationMissing = ("jb-plan", "2-1", "本部门首席代表没有有效的授权。", "由部门负责人签发或者续签首席代表授权书后再作决定。");
    ProcedureNotListed = ("xkf", "45", "该事项的实施清单没有列明此种特别程序。", "在实施清单所列的特别程序中选择；确需增加的，先修订清单。");
    ExpectedDaysMissing = ("xkf", "45", "没有写明特别程序所需的时间。", "填写预计天数，随特别程序告知书告知申请人。");
    ProcedureRunning = ("xkf", "45", "已有特别程序正在进行。", "待进行中的特别程序结束后再启动。");
    ProcedureNotRunning = ("xkf", "45", "没有正在进行的特别程序。", "核对特别程序登记，或者先登记启动。");
    TwoOfficersNeeded = ("xkf", "34-3", "现场核查须由两名以上工作人员进行。", "补填第二名核查人员后提交。");
    OfficersNotOwn = ("xkf", "34-3", "所填核查人员不都是本部门的工作人员。", "核对人员编号后重新填写。");
    AlreadyExtended = ("xkf", "42-1", "办理期限只能延长一次。", "在已延长的期限内作出决定；不能按期办结的，向申请人说明。");
    ExtensionTooLong = ("xkf", "42-1", "延长天数超过法定上限。", "把延长天数改到法定上限以内。");
    HeadNeeded = ("xkf", "42-1", "延长办理期限须经本行政机关负责人批准。", "报请本机关负责人登录办理。");
    GovernmentHeadNeeded = ("xkf", "42-2", "联合、集中办理的期限须经本级人民政府负责人批准延长。", "由主办部门报请本级人民政府负责人登录办理。");
    NotJoint = ("xkf", "42-2", "该办件不是统一、联合、集中办理，本级人民政府负责人无须批准延期。", "由办理部门的负责人批准延期。");
    ExplainFirst = ("yshj", "36", "承诺时限已过，尚未向申请人说明超期原因。", "先出具超期说明，再作出决定。");
    NotOverdue = ("yshj", "36", "承诺时限尚未届满，无须说明超期原因。", "在承诺时限内作出决定。");
    AlreadyExplained = ("yshj", "36", "已经向申请人说明过超期原因。", "尽快作出决定；原说明有误的，作废后重新出具。");
    NotExtendable = ("xkf", "42-1", "该事项的法定时限没有可以延长的依据。", "在原期限内作出决定；依据有变化的，先修订实施清单。");
    LimitOver = ("xkf", "42-1", "办理期限已经届满，不能再延长或者转为承诺件。", "尽快作出决定，并向申请人书面说明超期原因。");
    AnnulByHead = ("yichuang", "annul", "作废须由主办部门的负责人办理。", "报请主办部门负责人凭批准文件登录办理。");
    NoLimitToConvert = ("xkf", "34-2", "该事项没有法定时限，转为承诺件后无时限可依。", "当场作出决定；确需时间的，由部门先在实施清单中明确时限。");
    NotOnTheSpot = ("xkf", "34-2", "该办件不是即办件，无须转为承诺件。", "按承诺件的时限继续办理。");
    // 认领与征询
    ClaimedByOther = ("yichuang", "claim", "该环节已有承办人。", "由承办人办理；承办人不在岗的，由其 B 岗办理，或者由首席代表转交他人。");
    NotClaimed = ("yichuang", "claim", "该环节不是由本人承办，不能放弃或者转交。", "由承办人、其 B 岗、首席代表或者负责人转交。");
    SuccessorUnfit = ("yichuang", "claim", "受交接人不是本部门这一环节岗位的其他人员。", "改选本部门同一岗位的人员后转交。");
    ConsultationIncomplete = ("yichuang", "consultation", "征询没有选定审批部门以外的部门，或者没有写明答复期限。", "选定被征询的部门，填写答复所需的工作日数。");
    ConsultationOpen = ("yichuang", "consultation", "该部门还有一项征询没有答复。", "联系该部门先答复，收到答复后再征询。");
    NotConsulted = ("yichuang", "consultation", "没有等待本部门答复的征询。", "核对办件的征询记录；确需提供意见的，联系主办部门发起征询。");
    // 利害关系人与听证
    InterestedUntold = ("xkf", "36", "该事项直接关系他人重大利益，尚未告知利害关系人。", "查明利害关系人并出具告知书；确无利害关系人的，登记查明的情况。");
    NotInterested = ("xkf", "36", "此人不是申请人，也不在已告知的利害关系人之内。", "先出具利害关系人告知书，再登记其意见。");
    HearingTimeLeft = ("xkf", "47", "申请听证的期限尚未届满，不能作出决定。", "等待期限届满，或者登记各方要求听证、放弃听证的意见。");
    HearingNotHeld = ("xkf", "47", "已有人要求听证，听证尚未举行。", "启动听证程序，听证结束并登记结果后再作决定。");
    AlreadyServed = ("xkf", "47", "该当事人的送达已经登记。", "核对送达记录；登记有误的，由部门在意见中说明。");
    ServiceDayWrong = ("xkf", "47", "送达日期早于告知日期，或者晚于今天。", "按送达回证填写送达日期。");
    NotServed = ("xkf", "47", "利害关系人告知书尚未全部送达，申请听证的期限没有起算。", "逐一送达并登记送达日期。");
    HearingRequestLate = ("xkf", "47", "申请听证的期限已经届满。", "作为陈述意见登记，在审查时一并考虑。");
    HearingUnplanned = ("xkf", "48", "没有写明听证的日期、时间、地点和主持人。", "填写听证安排，随听证通知书告知申请人和利害关系人。");
    HearingDayTooSoon = ("xkf", "48", "听证日期距今不足法定的通知天数，或者不是工作日。", "另定听证日期，留足通知时间。");
    HearingDayTooLate = ("xkf", "47", "听证日期超过了应当组织听证的期限。", "把听证日期改到期限以内。");
    HearingDayAhead = ("xkf", "48", "通知的听证日期还没有到，不能登记已经举行。", "听证举行后再登记结果；不能按期举行的，登记未举行后另行通知。");
    PresiderInvolved = ("xkf", "48", "听证主持人参与过该申请的受理或者审查。", "改由未参与该申请的工作人员主持听证。");
    OrganMissing = ("xkf", "35", "转报没有写明上级机关。", "填写上级机关的名称。");
    NotTransferable = ("xkf", "35", "已经作出决定，不能再转报。", "按已作出的决定移交出件。");
    // 出件
    NotDecided = ("xkf", "38-1", "该办件尚未作出决定。", "待全部审批部门办结后再移交出件。");
    NotHandedOver = ("jb-plan", "4-4-4", "审批部门尚未移交结果。", "联系审批部门移交结果材料并登记交接。");
    AlreadyTaken = ("jb-plan", "4-4-4", "该结果已经签收。", "继续与办件信息逐项核对。");
    NotChecked = ("jb-plan", "4-4-4", "结果尚未核对，不能送达。", "先与办件信息逐项核对。");
    DeferredOutstanding = ("yichuang", "deferral", "容缺材料尚未补齐，结果暂不能送达。", "通知申请人先补交容缺材料。");
    ReceiverUnverified = ("xkf", "44", "尚未核验领取人身份。", "核验领取人身份证件或者授权委托书后发放。");
    TrackingMissing = ("xkf", "44", "邮寄送达缺少运单号。", "填写运单号后登记寄出。");
    NotIssuingWindow = ("jb-plan", "4-1", "当前窗口不负责该事项的出件。", "由负责出件的综合窗口核对、送达。");
    NotMailed = ("xkf", "44", "该办件不是邮寄送达，没有可以登记的退回。", "核对送达方式。");
    NotDelivered = ("xkf", "44", "结果尚未送达。", "先办理送达，登记送达回证。");
    // 评价
    AlreadyRated = ("rating", "one-event", "本次服务已经评价，一次服务只评价一次。", "查看已有评价；误评的按申诉复核办理。");
    AlreadyInvited = ("rating", "one-event", "本次服务已经邀请过评价。", "等待申请人评价，不得催促或者代为评价。");
    IndicatorMismatch = ("rating", "indicators", "评价指标与所选等级不对应。", "只选所评等级下的指标。");
    // 终止
    CaseEnded = ("xkf", "38-1", "该办件已经办结或者终止，不能再办理。", "查看办件记录；需要再次办理的，重新收件。");
    AlreadyDecided = ("xkf", "38-1", "已经作出决定，不能撤回申请。", "领取决定书；不服的可依法申请行政复议或者提起行政诉讼。");
    EndedNotReissued = ("yichuang", "reissue", "该办件已经终结，原文书不再作废重出。", "由出具文书的部门另行收件办理更正，新旧文书一并存档。");
    WordingNotPrinted = ("yichuang", "reissue", "这一种文书不载明事由，更正的文字无处可用。", "只更正申请人登记，或者不填更正文字、按原内容重新出具。");
    UnknownDocument = ("yichuang", "reissue", "该办件没有这一文号的有效文书。", "在该办件的文书清单中核对文号。");
    NotIssuer = ("yichuang", "reissue", "该文书不是以本部门名义出具，或者当前岗位无权作废。", "由出具部门的首席代表或者负责人办理。");
    AuthorityMissing = ("yichuang", "annul", "没有写明批准文件的文号。", "填写批准文件的文号。");
    SupplementTimeLeft = ("yichuang", "supplement", "申请人的补正期限尚未届满，不能退件。", "等待补正期限届满，或者由申请人自行撤回。");
    DeferralTimeLeft = ("yichuang", "deferral", "容缺补交期限尚未届满。", "期限届满仍未补交的，系统按视为撤回处理。");
    RatingTimeLeft = ("yichuang", "rating-window", "评价期限尚未届满，不能办结归档。", "等待申请人评价，或者待评价期限届满。");
    // 权限
    WrongPost = ("jb-plan", "4-2-1", "当前岗位不能办理此项操作。", "由有权岗位的人员登录办理。");
    OtherSite = ("jb-plan", "4-1", "该办件属于其他政务服务场所。", "到收件的政务服务场所办理，或者由其转交。");
    ItemNotAtSite = ("jb-plan", "4-1", "该事项没有入驻本场所的这类窗口。", "引导申请人到入驻窗口取号办理。");
    NoWindowSession = ("jb-plan", "4-2-1", "当前没有开放的窗口岗位。", "先在窗口登录上岗。");
    EstablishedAtFront = ("jb-plan", "a1-4-2", "在编人员已退出前台受理岗位，不能在窗口上岗。", "由综合窗口办事员上岗，本人转到后台审批岗。");
    RequestMissing = ("yichuang", "annul", "窗口代办撤回没有申请人的书面请求。", "请申请人提交书面撤回申请并登记，或者由其本人在网上撤回。");
    // 并发与记录
    TimeBackwards = ("yichuang", "stale", "办理日期早于该办件上一步的日期。", "核对本机时间；时间有误的，由管理员校准后再办理。");
    StaleVersion = ("yichuang", "stale", "该办件刚刚由他人办理，页面内容已经过时。", "刷新页面，核对最新状态后再提交。");
    // 事项维护
    StaleDraft = ("yichuang", "stale", "该事项草稿刚刚由他人修改，页面内容已经过时。", "对照最新草稿核对所填内容，再次保存。");
    DraftInReview = ("yichuang", "catalogue", "该修订草稿已经送审，送审期间不能修改。", "先撤回送审，或者等待政务服务办退回后再修改。");
    DraftNotSubmitted = ("yichuang", "catalogue", "该修订草稿尚未送审，不能发布或者退回。", "由事项所属部门修改完毕并送审后再审查。");
    NothingRevised = ("yichuang", "catalogue", "草稿与现行版本没有差别，不需要送审。", "修改内容并保存后再送审。");
    OwnDraft = ("yichuang", "catalogue", "本人参与起草的版本，不能由本人发布。", "请政务服务办的其他管理员审查发布。");
    CalendarMissing = ("xkf", "82", "期限涉及的年度没有工作日历。", "由管理员导入该年度的工作日历后再试。");
}

/// 不予办理: the code, and what it met in this case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Which rule said no.
    pub code: RefusalCode,
    /// What exactly it met (names of materials, situations), never personal data; may be empty.
    #[serde(default)]
    pub detail: String,
}

impl Refusal {
    /// A refusal that says what it met.
    pub fn with(code: RefusalCode, detail: impl Into<String>) -> Refusal {
        Refusal { code, detail: detail.into() }
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Refusal {
        Refusal { code, detail: String::new() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = self.code.what();
        match self.detail.as_str() {
            "" => write!(f, "{what}")?,
            detail => write!(f, "{}（{detail}）。", what.trim_end_matches('。'))?,
        }
        write!(f, "依据：{}。下一步：{}", self.code.citation(), self.code.next())
    }
}

impl std::error::Error for Refusal {}
