//! 岗位、身份与权限: who acts, at which post, for which unit and place; which pages and acts a post may ask for.
//!
//! The table at the end opens doors and bounds what is seen behind them; menus, routes and lists ask it and nothing
//! else. Whether an act goes through is decided in `case::decide`. The cells expected are kept by hand in
//! `docs/permissions.tsv`.

use crate::case::Case;
use crate::id::{PartyId, StaffId};
use serde::{Deserialize, Serialize};

/// 岗位: the posts of the regulation and of the platform's administration.
#[doc(alias = "岗位")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 综合受理岗
    Intake,
    /// 出件岗
    Issuance,
    /// 后台审批岗（审查）
    Examiner,
    /// 后台审批岗（审核）
    Reviewer,
    /// 首席代表
    ChiefRepresentative,
    /// 行政机关负责人
    AgencyHead,
    /// 本级人民政府负责人
    GovernmentHead,
    /// 部门管理员
    AgencyAdministrator,
    /// 政务服务办管理员
    OfficeAdministrator,
    /// 值班长
    DutyManager,
    /// 督查岗
    Supervisor,
    /// 纪检监察岗
    Inspector,
    /// 帮办代办岗
    Assistant,
    /// 系统管理员
    SystemAdministrator,
    /// 安全管理员
    SecurityAdministrator,
    /// 审计管理员
    AuditAdministrator,
}

impl Post {
    /// Every post, in the order of the columns of `docs/permissions.tsv`.
    pub const ALL: [Post; 16] = [
        Post::Intake,
        Post::Issuance,
        Post::Examiner,
        Post::Reviewer,
        Post::ChiefRepresentative,
        Post::AgencyHead,
        Post::GovernmentHead,
        Post::AgencyAdministrator,
        Post::OfficeAdministrator,
        Post::DutyManager,
        Post::Supervisor,
        Post::Inspector,
        Post::Assistant,
        Post::SystemAdministrator,
        Post::SecurityAdministrator,
        Post::AuditAdministrator,
    ];

    /// Chinese name.
    pub fn name(self) -> &'static str {
        match self {
            Post::Intake => "综合受理岗",
            Post::Issuance => "出件岗",
            Post::Examiner => "审查岗",
            Post::Reviewer => "审核岗",
            Post::ChiefRepresentative => "首席代表",
            Post::AgencyHead => "机关负责人",
            Post::GovernmentHead => "本级人民政府负责人",
            Post::AgencyAdministrator => "部门管理员",
            Post::OfficeAdministrator => "政务服务办管理员",
            Post::DutyManager => "值班长",
            Post::Supervisor => "督查岗",
            Post::Inspector => "纪检监察岗",
            Post::Assistant => "帮办代办岗",
            Post::SystemAdministrator => "系统管理员",
            Post::SecurityAdministrator => "安全管理员",
            Post::AuditAdministrator => "审计管理员",
        }
    }
}

/// 工作人员身份: one person at one post, as signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffActor {
    /// Who.
    pub id: StaffId,
    /// At which post.
    pub post: Post,
    /// Key of the agency the person acts for; `None` for window staff and the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Key of the site the person works at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Window of the open session, e.g. `B07`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

/// 行为人: who does an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// 工作人员
    Staff(StaffActor),
    /// 申请人本人（凭办件编号和查询码，或者登录后）
    Applicant(PartyId),
    /// 系统按期限自动办理
    System,
}

impl Actor {
    /// The number that stands for the actor in `acts` and `refusals`: the staff id, the party id, or 0.
    pub fn number(&self) -> i64 {
        match self {
            Actor::Staff(staff) => staff.id.0,
            Actor::Applicant(party) => party.0,
            Actor::System => 0,
        }
    }

    /// The member of staff who acts, if it is one.
    pub fn staff(&self) -> Option<&StaffActor> {
        match self {
            Actor::Staff(staff) => Some(staff),
            _ => None,
        }
    }
}

/// 权限范围: whose cases and people an action reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// 本部门
    Agency,
    /// 本场所
    Site,
    /// 全部
    All,
}

impl Scope {
    /// The word in `docs/permissions.tsv`.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Agency => "agency",
            Scope::Site => "site",
            Scope::All => "all",
        }
    }

    /// This case is within the actor's scope: own agency leads it, decides a branch or was asked
    /// for its opinion; own site took it in.
    pub fn holds(self, staff: &StaffActor, case: &Case) -> bool {
        let asked = |key: &String| case.consultations.iter().any(|asked| asked.to == *key);
        let of_agency = |key: &String| case.agency == *key || case.branch(key).is_some() || asked(key);
        match self {
            Scope::Agency => staff.agency.as_ref().is_some_and(of_agency),
            Scope::Site => staff.site.as_ref() == Some(&case.site),
            Scope::All => true,
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $word:literal, $title:literal: $($scope:ident [$($post:ident),+]),+;)*) => {
        /// 权限项: what a page or a form of the platform does.
        #[doc(alias = "权限")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* #[doc = $title] $action,)* }

        impl Action {
            /// Every action, in the order of the rows of `docs/permissions.tsv`.
            pub const ALL: &'static [Action] = &[$(Action::$action),*];

            /// The word in `docs/permissions.tsv`.
            pub fn word(self) -> &'static str {
                match self { $(Action::$action => $word,)* }
            }

            /// As shown to whoever may not.
            pub fn title(self) -> &'static str {
                match self { $(Action::$action => $title,)* }
            }

            /// How far it reaches at this post; `None`: not at all.
            pub fn scope(self, post: Post) -> Option<Scope> {
                match (self, post) {
                    $($((Action::$action, $(Post::$post)|+) => Some(Scope::$scope),)+)*
                    _ => None,
                }
            }
        }
    };
}

actions! {
    WorkList = "work_list", "审批待办":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyHead];
    ReadCase = "read_case", "查看办件":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyHead, AgencyAdministrator],
        Site [Intake, Issuance, DutyManager, Assistant],
        All [GovernmentHead, Supervisor, Inspector];
    TakeIn = "take_in", "窗口收件":
        Site [Intake];
    AskQuestion = "ask_question", "专业性咨询":
        Site [Intake];
    AnswerQuestion = "answer_question", "答复专业性咨询":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    ReadAnswers = "read_answers", "事项问答":
        All [Intake, Examiner, Reviewer, ChiefRepresentative, AgencyHead, DutyManager, Assistant];
    Examine = "examine", "审查":
        Agency [Examiner];
    Review = "review", "审核":
        Agency [Reviewer];
    Decide = "decide", "审批":
        Agency [ChiefRepresentative];
    StartProcedure = "start_procedure", "启动特别程序":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    EndProcedure = "end_procedure", "登记特别程序结果":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    Extend = "extend", "延长办理期限":
        Agency [AgencyHead], All [GovernmentHead];
    Evaluators = "evaluators", "评价器":
        Site [DutyManager];
    Reveal = "reveal", "查看完整证件号码和电话":
        Agency [Examiner, ChiefRepresentative], Site [Intake, Issuance], All [Inspector];
    Claim = "claim", "认领、转交审批环节":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyHead];
    Cover = "cover", "登记代岗":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyHead, AgencyAdministrator];
    Consult = "consult", "征询、答复其他部门":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    Inform = "inform", "向申请人说明、转为承诺件":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    HearParties = "hear_parties", "告知、听取利害关系人":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    DecideRefusal = "decide_refusal", "确认、退回不予受理意见":
        Agency [ChiefRepresentative];
    HandOver = "hand_over", "移交结果":
        Agency [Examiner, Reviewer, ChiefRepresentative];
    Reissue = "reissue", "作废并重新出具文书":
        Agency [ChiefRepresentative, AgencyHead];
    Annul = "annul", "作废办件":
        Agency [AgencyHead];
    TransferUpward = "transfer_upward", "转报上级机关":
        Agency [ChiefRepresentative];
    Issue = "issue", "核对、送达结果":
        Site [Intake, Issuance];
    Ledger = "ledger", "出件台账":
        Site [Intake, Issuance, DutyManager], All [Supervisor, Inspector];
    ReadItems = "read_items", "查看事项清单":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyHead, AgencyAdministrator],
        All [Intake, Issuance, GovernmentHead, OfficeAdministrator, DutyManager, Supervisor, Inspector, Assistant];
    DraftItem = "draft_item", "修订事项":
        Agency [Examiner, Reviewer, ChiefRepresentative, AgencyAdministrator];
    PublishItem = "publish_item", "审查、发布事项":
        All [OfficeAdministrator];
    SystemState = "system_state", "系统状态":
        All [SystemAdministrator];
    Accounts = "accounts", "账号管理":
        All [SecurityAdministrator];
    AuditTrail = "audit_trail", "操作留痕":
        All [AuditAdministrator];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_administrator_does_the_work_of_another_or_sees_a_case() {
        let administrators =
            [Post::SystemAdministrator, Post::SecurityAdministrator, Post::AuditAdministrator];
        for action in Action::ALL {
            let may: Vec<Post> = Post::ALL.into_iter().filter(|post| action.scope(*post).is_some()).collect();
            let of_them = may.iter().filter(|post| administrators.contains(post)).count();
            assert!(of_them == 0 || may.len() == 1, "{} is shared: {may:?}", action.word());
        }
    }
}
