//! 工作人员与首席代表授权: who holds which post, and what a chief representative may decide.
//!
//! Pay, rank and appraisal are not here.

use crate::id::StaffId;
use crate::permission::Post;
use crate::time::Date;
use crate::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};

/// 工作人员: a person at a post of an agency and, where the post is at a site, of that site.
#[doc(alias = "工作人员")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    /// Id.
    pub id: StaffId,
    /// Name.
    pub name: String,
    /// Post.
    pub post: Post,
    /// Key of the agency the person belongs to.
    pub agency: String,
    /// Key of the site; `None` for posts of the agency alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// 在编: on the establishment of the agency.
    #[serde(default)]
    pub established: bool,
}

impl StaffMember {
    /// 在编人员退出前台 (附件1四(二)): a person on the establishment holds no intake or issuance post from
    /// the reform date on.
    pub fn must_leave_the_front(&self, on: Date, reform: Date) -> bool {
        self.established && reform <= on && matches!(self.post, Post::Intake | Post::Issuance)
    }

    /// May sit down at a window on this day: at a post of the front, and not one who had to leave it.
    pub fn may_open_window(&self, on: Date, reform: Option<Date>) -> Result<(), Refusal> {
        if !matches!(self.post, Post::Intake | Post::Issuance) {
            return Err(RefusalCode::WrongPost.into());
        }
        match reform.is_some_and(|reform| self.must_leave_the_front(on, reform)) {
            true => Err(RefusalCode::EstablishedAtFront.into()),
            false => Ok(()),
        }
    }
}

/// 授权事项: all of the agency's, or those listed by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorizedItems {
    /// 全部事项
    All,
    /// 所列事项
    List(Vec<String>),
}

/// 授权权限: what the chief representative may do in the agency's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChiefPower {
    /// 受理决定: confirm acceptance and non-acceptance.
    Acceptance,
    /// 审批决定: grant or deny.
    Decision,
    /// 用印: use the agency's seal for approvals.
    Seal,
}

/// 首席代表授权书: which items, which powers, from when to when, by which document (ORG-1).
#[doc(alias = "首席代表授权")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChiefAuthorization {
    /// Key of the agency that authorizes.
    pub agency: String,
    /// The chief representative.
    pub staff: StaffId,
    /// Items.
    pub items: AuthorizedItems,
    /// Powers.
    pub powers: Vec<ChiefPower>,
    /// First day in force.
    pub from: Date,
    /// Last day in force.
    pub to: Date,
    /// 授权文号.
    pub document_no: String,
}

impl ChiefAuthorization {
    /// In force on this day; both ends count.
    pub fn in_force(&self, on: Date) -> bool {
        self.from <= on && on <= self.to
    }

    /// Lets the chief representative use this power on this item on this day.
    pub fn covers(&self, item: &str, power: ChiefPower, on: Date) -> bool {
        let listed = match &self.items {
            AuthorizedItems::All => true,
            AuthorizedItems::List(keys) => keys.iter().any(|key| key == item),
        };
        listed && self.powers.contains(&power) && self.in_force(on)
    }
}
