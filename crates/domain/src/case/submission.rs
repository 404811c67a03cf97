//! 申请材料的提交、补正、容缺: what the applicant hands in, and what is still asked for.

use crate::id::VisitId;
use crate::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

impl MaterialWay {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            MaterialWay::Paper => "纸质",
            MaterialWay::Electronic => "电子",
            MaterialWay::Shared => "数据共享",
        }
    }
}

/// 提交的材料: one material of the list, as handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedMaterial {
    /// Id of the requirement.
    pub material: String,
    /// How it came.
    pub way: MaterialWay,
    /// 原件份数, on paper.
    #[serde(default)]
    pub originals: u32,
    /// 复印件份数, on paper.
    #[serde(default)]
    pub copies: u32,
}

impl SubmittedMaterial {
    /// One original if it is paper; a file or a shared record has no copies.
    pub fn new(material: impl Into<String>, way: MaterialWay) -> SubmittedMaterial {
        let originals = u32::from(way == MaterialWay::Paper);
        SubmittedMaterial { material: material.into(), way, originals, copies: 0 }
    }
}

/// 补交: what the applicant hands in later, and in which visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// The visit; `None` when it came online or by letter.
    #[serde(default)]
    pub visit: Option<VisitId>,
    /// Materials supplied.
    pub materials: Vec<SubmittedMaterial>,
    /// Points now passed.
    pub points: BTreeSet<String>,
}

/// 信用查询: whether the applicant has an unrepaired bad-credit record, asked of whom and when (容缺受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditCheck {
    /// Where it was asked, e.g. 信用中国（重庆）.
    pub source: String,
    /// When.
    pub at: Instant,
    /// There is such a record.
    pub excluded: bool,
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
    /// Day they run from: that of the notice, or of the last one that asked again.
    pub from: Date,
    /// Day the last of the materials named came, while only points are still open: then the window is to act,
    /// not the applicant.
    pub supplied_on: Option<Date>,
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
