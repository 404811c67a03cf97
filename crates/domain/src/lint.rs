//! 事项清单体检 (CAT-6): what is wrong with an item version, why, and how to put it right.
//!
//! Findings that block keep a version from being published; the others are shown beside it. Looks at one
//! version alone: whether its agencies exist is asked where the agencies are known.

use crate::identity::item_code;
use crate::item::{HandlingMode, ItemKind, ItemVersion, Question};
use crate::law::Citation;
use crate::material::{MaterialForm, MaterialRequirement};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod limits;

/// 严重程度.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 不得发布
    Blocks,
    /// 提示
    Warns,
}

macro_rules! findings {
    ($($(#[$doc:meta])* $code:ident = ($severity:ident, $citation:expr, $fix:literal);)*) => {
        /// 体检项: every kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FindingCode { $($(#[$doc])* $code,)* }

        impl FindingCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$code),*];

            /// Keeps the version from being published, or not.
            pub fn severity(self) -> Severity {
                match self { $(FindingCode::$code => Severity::$severity,)* }
            }

            /// The article it rests on.
            pub fn citation(self) -> Citation {
                match self { $(FindingCode::$code => $citation,)* }
            }

            /// What to do.
            pub fn fix(self) -> &'static str {
                match self { $(FindingCode::$code => $fix,)* }
            }
        }
    };
}

findings! {
    /// 依职权事项
    NotByApplication = (Blocks, Citation::new("gb39046", "a1"), "从窗口受理清单中移出，由主管部门依职权办理；类型判断有误的，由所属部门更正事项类型后再发布。");
    /// 没有所属部门
    AgencyMissing = (Blocks, Citation::new("jb-plan", "3-2"), "由政务服务办会同有关单位确认所属部门后填写。");
    /// 部门重复
    AgencyTwice = (Blocks, Citation::new("xkf", "26"), "把同一部门的几项意见合并为一项；一个部门在一次办理中只有一个审批环节。");
    /// 没有时限
    LimitMissing = (Blocks, Citation::new("xkf", "30"), "填写法定时限及其依据，并填写承诺时限。");
    /// 没有材料
    MaterialsMissing = (Blocks, Citation::new("xkf", "30"), "列明全部申请材料；确实不需要材料的，至少列出申请表或者身份核验。");
    /// 没有设定依据
    BasisMissing = (Blocks, Citation::new("xkf", "30"), "填写设定依据的法律、法规、规章名称和条文。");
    /// 没有实施编码
    CodeMissing = (Blocks, Citation::new("gbt39554", "item-code"), "填写31位实施编码；办件编号由它产生。");
    /// 编码错误
    CodeWrong = (Blocks, Citation::new("gbt39554", "item-code"), "对照事项基本目录和实施主体的统一社会信用代码逐段核对。");
    /// 兜底材料
    CatchAll = (Blocks, Citation::new("xkf", "31"), "删去兜底条目；确需的材料逐一写明名称和依据。");
    /// 承诺超过法定
    PromiseTooLong = (Blocks, Citation::new("yshj", "36"), "把承诺时限改到法定时限以内。");
    /// 法律没有规定天数
    LimitNotSet = (Blocks, Citation::new("yshj", "36"), "删去法定时限，把法律、法规未定天数写入注意事项；行政许可适用行政许可法第四十二条。");
    /// 不适用联合办理
    JointUnfounded = (Blocks, Citation::new("xkf", "26"), "删去联合办理决定，或者补上并联部门；统一、联合、集中办理限于几个部门办理的行政许可。");
    /// 联合办理的法定时限不符
    JointLimit = (Blocks, Citation::new("xkf", "42-2"), "把法定时限改为联合办理的期限，自受理之日起算；单独办理的删去联合办理决定。");
    /// 延长没有依据
    ExtensionWithoutBasis = (Blocks, Citation::new("xkf", "42-1"), "填写准许延长的法律、法规条文；没有规定的删去延长。");
    /// 停止计时没有依据
    SuspensionWithoutBasis = (Blocks, Citation::new("xkf", "45"), "填写准许不计入法定时限的条文；没有规定的删去该项，只停止承诺时限。");
    /// 补正告知期限过长
    CorrectionTooLong = (Blocks, Citation::new("xkf", "32-1-4"), "改到行政许可法规定的天数以内；特别法没有更短规定的不填。");
    /// 即办件有承诺天数
    OnTheSpotPromise = (Blocks, Citation::new("gb39046", "a6"), "把承诺时限改为当日办结；不能当场办结的，改为承诺件。");
    /// 标识重复
    DuplicateId = (Blocks, Citation::new("jb-plan", "4-3"), "改用不重复的标识。");
    /// 问题没有选项
    QuestionEmpty = (Blocks, Citation::new("jb-plan", "4-3"), "补上可以选择的情形，或者删去该问题。");
    /// 情形不存在
    SituationUnknown = (Blocks, Citation::new("jb-plan", "4-3"), "改为问题选项中已有的情形，或者先增加该情形。");
    /// 要点所指材料不存在
    PointWithoutMaterial = (Blocks, Citation::new("jb-plan", "4-3"), "改指清单内的材料，或者改为对整个申请的审查要点。");
    /// 容缺期限过长
    ToleranceTooLong = (Blocks, Citation::new("yichuang", "deferral"), "把容缺补正期限改到承诺时限以内；即办件不设容缺。");
    /// 容缺期限不能比较
    ToleranceIncomparable = (Blocks, Citation::new("yichuang", "deferral"), "把承诺时限改为工作日，或者缩短容缺补正期限，使其遇节假日也不超过承诺时限。");
    /// 可容缺而无期限
    ToleranceMissing = (Blocks, Citation::new("yichuang", "deferral"), "填写容缺补正期限，或者取消该材料的可容缺标记。");
    /// 情形没有材料
    SituationBare = (Warns, Citation::new("jb-plan", "4-3"), "核对材料的适用情形；确实不需要材料的，写入注意事项。");
    /// 可共享仍要纸质
    SharedOnPaper = (Warns, Citation::new("gwl716", "7"), "标为可共享免提交，或者改为出示原件核验。");
    /// 关系他人利益而没有听证
    HearingMissing = (Warns, Citation::new("xkf", "47"), "把听证列入特别程序；不直接关系他人重大利益的，取消该标记。");
    /// 收费没有依据
    FeeWithoutBasis = (Warns, Citation::new("xkf", "58"), "填写收费依据的法律、行政法规；没有依据的改为不收费。");
}

/// 体检结果: one finding, with what exactly it met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check.
    pub code: FindingCode,
    /// What it met, with the names of materials and situations.
    pub text: String,
}

impl Finding {
    fn new(code: FindingCode, text: impl Into<String>) -> Finding {
        Finding { code, text: text.into() }
    }

    /// Keeps the version from being published, or not.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The article it rests on.
    pub fn citation(&self) -> Citation {
        self.code.citation()
    }

    /// What to do.
    pub fn fix(&self) -> &'static str {
        self.code.fix()
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}依据：{}。修改：{}", self.text, self.citation(), self.fix())
    }
}

/// 体检: everything wrong with this version, in the order of the table above.
pub fn lint(item: &ItemVersion) -> Vec<Finding> {
    let mut found = Vec::new();
    kind(item, &mut found);
    presence(item, &mut found);
    codes(item, &mut found);
    limits::check(item, &mut found);
    ids(item, &mut found);
    situations(item, &mut found);
    materials(item, &mut found);
    fee(item, &mut found);
    found.sort_by_key(|finding| finding.code);
    found
}

/// What keeps this version from being published; empty when it may be.
pub fn blocking(item: &ItemVersion) -> Vec<Finding> {
    lint(item).into_iter().filter(|finding| finding.severity() == Severity::Blocks).collect()
}

fn kind(item: &ItemVersion, found: &mut Vec<Finding>) {
    if item.kind.by_application() {
        return;
    }
    let why = match item.kind {
        ItemKind::Levy => "征收由主管部门依职权向当事人作出，不是当事人申请办理的事项",
        ItemKind::Penalty => "处罚由主管部门对违法行为依职权作出",
        ItemKind::Coercion => "强制由主管部门依职权实施",
        _ => "检查由主管部门依职权进行",
    };
    let text = format!(
        "{}（代码 {}）不是依申请事项：{why}，任何窗口都不能受理。",
        item.kind.name(),
        item.kind.code()
    );
    found.push(Finding::new(FindingCode::NotByApplication, text));
}

/// Agency, limits, materials, basis: without them there is nothing to publish.
fn presence(item: &ItemVersion, found: &mut Vec<Finding>) {
    let mut missing = |absent: bool, code, text: &str| {
        if absent {
            found.push(Finding::new(code, text));
        }
    };
    missing(item.agency.is_empty(), FindingCode::AgencyMissing, "没有所属部门。");
    let mut seen = BTreeSet::new();
    for agency in item.agencies().filter(|key| !key.is_empty()) {
        let text = format!("部门 {agency} 在所属部门和并联部门中重复，其中一项意见会丢失。");
        missing(!seen.insert(agency), FindingCode::AgencyTwice, &text);
    }
    missing(item.promised.is_none(), FindingCode::LimitMissing, "没有承诺办结时限。");
    missing(limit_needed(item) && item.statutory.is_none(), FindingCode::LimitMissing, "没有法定办结时限。");
    missing(item.materials.is_empty(), FindingCode::MaterialsMissing, "没有材料清单。");
    let no_basis = item.basis.iter().all(|basis| basis.act.is_empty());
    missing(no_basis, FindingCode::BasisMissing, "没有设定依据。");
}

/// A permit always has a statutory limit (行政许可法 art. 42). Of the rest, public services and what is done
/// on the spot may have none, where no law sets a number of days.
fn limit_needed(item: &ItemVersion) -> bool {
    match item.kind {
        ItemKind::Permit => true,
        ItemKind::PublicService => false,
        _ => item.mode == HandlingMode::WithinLimit,
    }
}

/// 实施编码 and 业务办理项编码: check digits, the kind of the item, and one inside the other.
fn codes(item: &ItemVersion, found: &mut Vec<Finding>) {
    let Some(own) = &item.code else {
        found.push(Finding::new(FindingCode::CodeMissing, "没有实施编码。"));
        return;
    };
    match item_code::check(own) {
        Err(fault) => {
            found.push(Finding::new(
                FindingCode::CodeWrong,
                format!("实施编码 {own} 有误：{}。", fault.what()),
            ));
        }
        Ok(checked) if item_code::kind_code(&checked.number) != Some(item.kind.code()) => {
            let text = format!("实施编码 {own} 的事项类型代码与事项类型（{}）不一致。", item.kind.name());
            found.push(Finding::new(FindingCode::CodeWrong, text));
        }
        Ok(_) => {}
    }
    if let Some(handling) = &item.handling_code {
        if let Err(fault) = item_code::check(handling) {
            found.push(Finding::new(
                FindingCode::CodeWrong,
                format!("业务办理项编码 {handling} 有误：{}。", fault.what()),
            ));
        } else if !handling.starts_with(own.as_str()) {
            found.push(Finding::new(FindingCode::CodeWrong, "业务办理项编码不是在实施编码之后加顺序号。"));
        }
    }
}

fn ids(item: &ItemVersion, found: &mut Vec<Finding>) {
    let situations = item.questions.iter().flat_map(|q| &q.choices).map(|c| c.id.as_str());
    let lists = [
        ("问题", item.questions.iter().map(|q| q.id.as_str()).collect::<Vec<_>>()),
        ("情形", situations.collect()),
        ("材料", item.materials.iter().map(|m| m.id.as_str()).collect()),
        ("审查要点", item.review_points.iter().map(|p| p.id.as_str()).collect()),
    ];
    for (what, list) in lists {
        let mut seen = BTreeSet::new();
        for id in list {
            if !seen.insert(id) {
                found.push(Finding::new(FindingCode::DuplicateId, format!("{what}标识 {id} 重复。")));
            }
        }
    }
}

fn situations(item: &ItemVersion, found: &mut Vec<Finding>) {
    let known: BTreeSet<&str> =
        item.questions.iter().flat_map(|q| &q.choices).map(|c| c.id.as_str()).collect();
    let mut check = |what: String, ids: &[String]| {
        for id in ids.iter().filter(|id| !known.contains(id.as_str())) {
            let text = format!("{what}所指的情形 {id} 不存在。");
            found.push(Finding::new(FindingCode::SituationUnknown, text));
        }
    };
    item.questions.iter().for_each(|q| check(format!("问题“{}”", q.text), &q.only_if));
    item.materials.iter().for_each(|m| check(format!("材料“{}”", m.name), &m.required_if));
    item.review_points.iter().for_each(|p| check(format!("审查要点“{}”", p.text), &p.required_if));
    for question in item.questions.iter().filter(|q| q.choices.is_empty()) {
        let text = format!("问题“{}”没有选项。", question.text);
        found.push(Finding::new(FindingCode::QuestionEmpty, text));
    }
    if let Some(names) = bare_situation(item) {
        let text = format!("选择“{}”时没有任何材料。", names.join("、"));
        found.push(Finding::new(FindingCode::SituationBare, text));
    }
}

/// An answer to all questions under which no material is required, if there is one.
///
/// A choice is bare when no material names it and every question it opens further down has a bare choice;
/// going from the last question to the first, each is looked at once.
fn bare_situation(item: &ItemVersion) -> Option<Vec<String>> {
    if item.materials.is_empty() || item.materials.iter().any(|m| m.required_if.is_empty()) {
        return None;
    }
    let named: BTreeSet<&str> =
        item.materials.iter().flat_map(|m| &m.required_if).map(String::as_str).collect();
    let mut blocked: Vec<&Question> = Vec::new();
    let mut answers = Vec::new();
    for question in item.questions.iter().rev() {
        let bare = question.choices.iter().find(|choice| {
            !named.contains(choice.id.as_str()) && !blocked.iter().any(|q| q.only_if.contains(&choice.id))
        });
        match bare {
            Some(choice) if question.only_if.is_empty() => answers.push(choice.name.clone()),
            Some(_) => {}
            None if question.only_if.is_empty() => return None,
            None => blocked.push(question),
        }
    }
    answers.reverse();
    Some(answers)
}

/// Words that make a list endless. A closed list that happens to end in 等材料 is not meant.
const CATCH_ALL: [&str; 11] = [
    "其他材料",
    "其它材料",
    "其他文件",
    "其他资料",
    "其他证明",
    "其他相关",
    "相关材料",
    "相关证明材料",
    "需要的材料",
    "要求的材料",
    "认为必要的",
];

/// Certificates the platform's data sharing can fetch (电子证照).
const SHAREABLE: [&str; 9] = [
    "营业执照",
    "身份证",
    "身份证明",
    "户口簿",
    "结婚证",
    "不动产权证",
    "统一社会信用代码证明",
    "行驶证",
    "驾驶证",
];

fn materials(item: &ItemVersion, found: &mut Vec<Finding>) {
    for material in &item.materials {
        if CATCH_ALL.iter().any(|words| material.name.contains(words)) {
            let text = format!("材料“{}”是兜底条目，申请人无法知道要交什么。", material.name);
            found.push(Finding::new(FindingCode::CatchAll, text));
        }
        if demands_shareable_paper(material) {
            let text = format!("材料“{}”可以通过数据共享取得，仍要求提交纸质。", material.name);
            found.push(Finding::new(FindingCode::SharedOnPaper, text));
        }
    }
    for point in &item.review_points {
        if let Some(id) = point.material.as_ref().filter(|id| item.material(id).is_none()) {
            let text = format!("审查要点“{}”所指的材料 {id} 不在清单内。", point.text);
            found.push(Finding::new(FindingCode::PointWithoutMaterial, text));
        }
    }
}

/// What applicants write themselves, even about a certificate.
const OWN_WRITING: [&str; 4] = ["申请书", "申请表", "登记表", "委托书"];

fn demands_shareable_paper(material: &MaterialRequirement) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| material.name.contains(word));
    let can_be_fetched = material.source.contains("可共享") || (names(&SHAREABLE) && !names(&OWN_WRITING));
    can_be_fetched && !material.shared && material.form != MaterialForm::OriginalShown
}

fn fee(item: &ItemVersion, found: &mut Vec<Finding>) {
    let free = item.fee.text.is_empty() || item.fee.text.contains("不收费");
    if !free && item.fee.basis.is_none() {
        let text = format!("收费“{}”没有写明依据。", item.fee.text);
        found.push(Finding::new(FindingCode::FeeWithoutBasis, text));
    }
}

#[cfg(test)]
mod tests;
