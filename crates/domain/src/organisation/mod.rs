//! 政务服务场所、窗口、部门、人员 (ORG-1..5): plain types and the questions asked of them.
//!
//! Holds no rows and reads no files: the default data is parsed by `app::catalog`, stored by `storage`.

pub mod routing;
mod site;
mod staff;

pub use site::{EntryDuty, NotMovedIn, ServiceWindow, Site, SiteFault, SiteItem, SiteKind, WindowKind};
pub use staff::{AuthorizedItems, ChiefAuthorization, ChiefPower, StaffMember};

use crate::id::StaffId;
use serde::{Deserialize, Serialize};

/// 领域: a field of work with windows of its own (分领域综合窗口).
#[doc(alias = "分领域")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sector {
    /// Stable key, e.g. `scjg`.
    pub key: String,
    /// As shown, e.g. 市场监管.
    pub name: String,
}

/// 责任链: 第一责任人 → 分管领导 → 责任科室 → 具体责任人, by post, not by name (ORG-1).
#[doc(alias = "责任链")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responsibility {
    /// 第一责任人, e.g. 局长.
    pub first: String,
    /// 分管领导, e.g. 分管副局长.
    pub leader: String,
    /// 责任科室, e.g. 行政审批科.
    pub office: String,
    /// 具体责任人, e.g. 行政审批科科长.
    pub officer: String,
}

/// 部门 (行政机关): a body that examines, reviews and decides, or hosts a site.
#[doc(alias = "部门")]
#[doc(alias = "行政机关")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Stable key, e.g. `scjgj`.
    pub key: String,
    /// Short official name, e.g. 区市场监管局.
    pub name: String,
    /// 全称, as on its seal and its notices, e.g. 重庆市江北区市场监督管理局.
    pub full_name: String,
    /// 发文机关代字 in the numbers of its notices, whole, e.g. 渝江北市监.
    #[serde(default)]
    pub mark: String,
    /// Other names it is known by, long and short.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// 统一社会信用代码 (18 characters).
    pub credit_code: String,
    /// 部门代码: the two digits of the 基本编码 (GB/T 39554.1).
    #[serde(default)]
    pub department_no: String,
    /// 咨询电话 told to an applicant who is sent there; empty when unknown.
    #[serde(default)]
    pub phone: String,
    /// Responsibility chain.
    pub responsibility: Responsibility,
    /// 首席代表; `None` for bodies that decide nothing at the centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chief: Option<StaffId>,
}

impl Agency {
    /// Known by this name: the short name or an alias.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.full_name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

#[cfg(test)]
mod tests;
