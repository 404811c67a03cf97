//! 岗位与身份: who acts, at which post, for which unit and place. What a post may do to a case is decided
//! in `case::decide`; menus and routes ask the same functions.

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
}

impl Post {
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
