//! 政务服务事项: what can be applied for, in one dated, immutable version (GB/T 39554, 39046).
//!
//! Holds the model and the questions asked of it (which materials, which review points, is it in force).
//! How items are read from files is `app::catalog`; what is wrong with an item is `lint`.

use crate::material::{MaterialRequirement, ReviewPoint};
pub use crate::procedure::{ProcedureKind, ProcedureRule};
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 事项类型 (GB/T 39046 A.1).
#[doc(alias = "事项类型")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// 行政许可
    Permit,
    /// 行政处罚
    Penalty,
    /// 行政强制
    Coercion,
    /// 行政征收
    Levy,
    /// 行政给付
    Payment,
    /// 行政检查
    Inspection,
    /// 行政确认
    Confirmation,
    /// 行政奖励
    Reward,
    /// 行政裁决
    Adjudication,
    /// 其他行政权力
    OtherPower,
    /// 公共服务
    PublicService,
}

impl ItemKind {
    /// Every kind with its code and its Chinese name, in the order of the code table.
    pub const TABLE: [(ItemKind, &'static str, &'static str); 11] = [
        (ItemKind::Permit, "01", "行政许可"),
        (ItemKind::Penalty, "02", "行政处罚"),
        (ItemKind::Coercion, "03", "行政强制"),
        (ItemKind::Levy, "04", "行政征收"),
        (ItemKind::Payment, "05", "行政给付"),
        (ItemKind::Inspection, "06", "行政检查"),
        (ItemKind::Confirmation, "07", "行政确认"),
        (ItemKind::Reward, "08", "行政奖励"),
        (ItemKind::Adjudication, "09", "行政裁决"),
        (ItemKind::OtherPower, "10", "其他行政权力"),
        (ItemKind::PublicService, "20", "公共服务"),
    ];

    fn row(self) -> (ItemKind, &'static str, &'static str) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// Two-digit code, e.g. `01`.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// Chinese name, e.g. 行政许可.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The kind with this Chinese name.
    pub fn from_name(name: &str) -> Option<ItemKind> {
        Self::TABLE.into_iter().find(|row| row.2 == name).map(|row| row.0)
    }

    /// 依申请: only these may be taken in at a window (GB/T 39046 A.1; 02, 03, 04 and 06 are 依职权).
    #[doc(alias = "依申请")]
    pub fn by_application(self) -> bool {
        !matches!(self, ItemKind::Penalty | ItemKind::Coercion | ItemKind::Levy | ItemKind::Inspection)
    }
}

/// 办件类型: 即办件 is decided within the visit, 承诺件 within its limit.
#[doc(alias = "办件类型")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandlingMode {
    /// 即办件
    OnTheSpot,
    /// 承诺件
    WithinLimit,
}

/// 时限单位.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    /// 工作日
    Workday,
    /// 自然日
    Calendar,
}

/// 起算点: what starts the statutory limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartEvent {
    /// 受理之日
    Acceptance,
    /// 收到申请之日; after a correction notice, the day the last supplement came
    Receipt,
    /// 收到全部有效材料之日
    AllMaterials,
}

/// 时限: a number of days in a unit. Zero days means the same day (即办件).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Limit {
    /// Days in `unit`.
    pub days: u32,
    /// Workdays or calendar days.
    pub unit: DayUnit,
}

/// 法定时限 with its start event and the clause it comes from.
#[doc(alias = "法定时限")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatutoryLimit {
    /// The limit itself.
    #[serde(flatten)]
    pub limit: Limit,
    /// What starts it.
    pub start: StartEvent,
    /// The clause, as printed, e.g. 行政许可法第四十二条.
    pub basis: String,
    /// 延长: what the same law lets the head of the agency add, once. Absent: a permit under 行政许可法第四十二条
    /// takes that article's days, anything else cannot be extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
}

/// 延长办理期限: days in the unit of the limit, once, by the head of the agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Days at most.
    pub days: u32,
    /// The clause, as printed.
    pub basis: String,
}

/// 设定依据: one act and article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalBasis {
    /// Title of the act.
    pub act: String,
    /// Article as printed; may be empty while it is unverified.
    #[serde(default)]
    pub article: String,
    /// Read in the text of the act.
    #[serde(default)]
    pub verified: bool,
}

/// 情形选择题: one question of the short tree that leads to this applicant's situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Short id, unique in the item.
    pub id: String,
    /// The question as asked, e.g. 由谁来办理？
    pub text: String,
    /// More than one choice may be taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Asked only when one of these situations was chosen before; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<String>,
    /// The choices; each is a situation.
    pub choices: Vec<Situation>,
}

/// 情形: one answer to a question.
#[doc(alias = "情形")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// Short id, unique in the item.
    pub id: String,
    /// As shown, e.g. 委托他人办理.
    pub name: String,
}

/// 并联审批部门: another department that examines, reviews and decides its part at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernedAgency {
    /// Key of the agency, e.g. `xfjy`.
    pub agency: String,
    /// What it decides, e.g. 消防安全意见.
    pub matter: String,
    /// Its own promised limit.
    pub promised: Limit,
}

/// 收费: free unless a law says otherwise (行政许可法 art. 58).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// As shown, e.g. 不收费.
    pub text: String,
    /// Legal basis when something is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// 审批结果: what the applicant gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Name of the certificate or letter.
    pub name: String,
    /// As shown, e.g. 5年.
    #[serde(default)]
    pub validity: String,
}

/// 来源: where an imported item comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Id in the source (e.g. the portal's row id).
    pub id: String,
    /// Address of the source page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// 实施清单版本: all that intake checks and the guide shows, in one dated immutable version.
///
/// A case keeps the version it began with. Empty limits, questions or materials are allowed in a draft;
/// `lint` says what keeps it from being published.
#[doc(alias = "实施清单")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemVersion {
    /// Stable key of the item across versions, e.g. `scjg-spjy-xb`.
    pub key: String,
    /// 事项名称
    pub name: String,
    /// 日常说法: what people say for it, found by the search beside the phrases shipped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phrases: Vec<String>,
    /// 事项类型
    pub kind: ItemKind,
    /// 实施编码, 31 characters; absent in drafts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 业务办理项编码, 33 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling_code: Option<String>,
    /// Key of the deciding agency; empty when not yet known.
    #[serde(default)]
    pub agency: String,
    /// Other departments that decide their part at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerned: Vec<ConcernedAgency>,
    /// Key of the sector whose windows take it in; `None`: general windows (无差别).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// 统一、联合、集中办理 (行政许可法 art. 26 para. 2): the decision of the government that orders it. Then art. 42
    /// para. 2 sets the limit, not the item's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// 直接关系他人重大利益: interested parties are told and heard before the decision (行政许可法 art. 36 and 47).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub touches_others: bool,
    /// 办件类型
    pub mode: HandlingMode,
    /// 服务对象, names of GB/T 39046 A.4.
    #[serde(default)]
    pub service_objects: Vec<String>,
    /// 法定办结时限
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statutory: Option<StatutoryLimit>,
    /// 承诺办结时限
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Limit>,
    /// Workdays within which the one correction notice must be given, where a special act differs from
    /// 行政许可法 art. 32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_days: Option<u32>,
    /// 容缺补正期限 in workdays; never above the promised limit. Absent: nothing may be deferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance_days: Option<u32>,
    /// 受理条件
    #[serde(default)]
    pub conditions: Vec<String>,
    /// 情形: the question tree.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// 材料清单: the union over all situations.
    #[serde(default)]
    pub materials: Vec<MaterialRequirement>,
    /// 审查要点
    #[serde(default)]
    pub review_points: Vec<ReviewPoint>,
    /// 特别程序 this item may need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<ProcedureRule>,
    /// 办理流程
    #[serde(default)]
    pub steps: Vec<String>,
    /// 设定依据
    #[serde(default)]
    pub basis: Vec<LegalBasis>,
    /// 收费
    #[serde(default)]
    pub fee: Fee,
    /// 审批结果
    #[serde(default)]
    pub result: ItemResult,
    /// 注意事项
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Former department counter the item came from (e.g. 生态环境), if the reform moved it (ORG-4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// Source of an imported item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// 事项状态 of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionStatus {
    /// 草稿
    Draft,
    /// 已发布
    Published,
    /// 已取消: withdrawn before its end date.
    Cancelled,
}

/// 有效期: when a version is in force. The dates are civil dates in Asia/Shanghai, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// Status.
    pub status: VersionStatus,
    /// First day in force.
    pub from: Date,
    /// Last day in force; `None`: until replaced.
    pub to: Option<Date>,
}

/// 情形选择有误: a choice of situations that does not fit the question tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SituationFault {
    /// This id is no situation of the item.
    Unknown(String),
    /// This question has no answer.
    Unanswered(String),
    /// This question takes one answer only.
    TooMany(String),
    /// This answer belongs to a question that was not asked.
    NotAsked(String),
}

impl ItemVersion {
    /// The questions asked, given the situations chosen so far.
    pub fn questions_asked<'a>(&'a self, chosen: &'a BTreeSet<String>) -> impl Iterator<Item = &'a Question> {
        self.questions
            .iter()
            .filter(move |q| q.only_if.is_empty() || q.only_if.iter().any(|s| chosen.contains(s)))
    }

    /// Checks that the chosen situations answer exactly the questions asked.
    pub fn check_situations(&self, chosen: &BTreeSet<String>) -> Result<(), SituationFault> {
        for id in chosen {
            let owner = self.questions.iter().find(|q| q.choices.iter().any(|c| &c.id == id));
            let owner = owner.ok_or_else(|| SituationFault::Unknown(id.clone()))?;
            if !self.questions_asked(chosen).any(|q| q.id == owner.id) {
                return Err(SituationFault::NotAsked(id.clone()));
            }
        }
        for question in self.questions_asked(chosen) {
            match question.choices.iter().filter(|c| chosen.contains(&c.id)).count() {
                0 => return Err(SituationFault::Unanswered(question.text.clone())),
                1 => {}
                _ if question.multiple => {}
                _ => return Err(SituationFault::TooMany(question.text.clone())),
            }
        }
        Ok(())
    }

    /// 按情形: exactly the materials this situation requires, in the order of the list.
    pub fn required_materials<'a>(
        &'a self,
        chosen: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a MaterialRequirement> {
        self.materials.iter().filter(move |m| applies(&m.required_if, chosen))
    }

    /// 审查要点 of this situation.
    pub fn review_points<'a>(
        &'a self,
        chosen: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a ReviewPoint> {
        self.review_points.iter().filter(move |p| match &p.material {
            Some(id) => self.required_materials(chosen).any(|m| &m.id == id),
            None => applies(&p.required_if, chosen),
        })
    }

    /// Days the head of the agency may add, once; `None`: nothing lets anybody extend it. `by_article_42` are
    /// the days of 行政许可法 art. 42 para. 1, which hold for permits whose limit is that article's.
    pub fn extension_days(&self, by_article_42: u32) -> Option<u32> {
        let statutory = self.statutory.as_ref()?;
        let article_42 = self.kind == ItemKind::Permit
            && statutory.limit.unit == DayUnit::Workday
            && statutory.basis.starts_with("行政许可法第四十二条");
        match &statutory.extension {
            Some(extension) => Some(extension.days),
            None => article_42.then_some(by_article_42),
        }
    }

    /// 联合办理: a permit that several departments decide, by a decision of the government.
    pub fn is_joint(&self) -> bool {
        let ordered = self.joint.as_ref().is_some_and(|decision| !decision.trim().is_empty());
        ordered && self.kind == ItemKind::Permit && !self.concerned.is_empty()
    }

    /// The material with this id.
    pub fn material(&self, id: &str) -> Option<&MaterialRequirement> {
        self.materials.iter().find(|m| m.id == id)
    }

    /// All departments that decide: the deciding agency first, then those concerned.
    pub fn agencies(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.agency.as_str()).chain(self.concerned.iter().map(|c| c.agency.as_str()))
    }
}

impl Validity {
    /// In force on this date.
    pub fn in_force(&self, on: Date) -> bool {
        self.status == VersionStatus::Published && self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

fn applies(required_if: &[String], chosen: &BTreeSet<String>) -> bool {
    required_if.is_empty() || required_if.iter().any(|s| chosen.contains(s))
}
