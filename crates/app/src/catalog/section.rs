//! 修订的各节: the parts a department revises, each saved by itself. What may be stored as words is checked here; whether
//! it is good law is the lint's to say.

use crate::boundary::{line, words};
use crate::error::AppError;
use serde::Serialize;
use std::collections::BTreeSet;
use yichuang_domain::digest::sm3;
use yichuang_domain::item::{
    Fee, HandlingMode, ItemResult, ItemVersion, LegalBasis, Limit, Question, StatutoryLimit,
};
use yichuang_domain::material::{Attachment, MaterialRequirement, ReviewPoint};

/// Lines of a list.
const LINES: usize = 60;
/// 份数 at most.
const COPIES: u32 = 99;

/// 节.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// 基本要素
    Basics,
    /// 办理时限
    Limits,
    /// 办理情形
    Questions,
    /// 材料清单
    Materials,
    /// 审查要点
    Points,
    /// 条件依据流程
    Guide,
    /// 表格样本
    Files,
}

impl SectionKind {
    /// Every section with its word in addresses and its title, in the order of the tabs.
    pub const TABLE: [(SectionKind, &'static str, &'static str); 7] = [
        (SectionKind::Basics, "basics", "基本要素"),
        (SectionKind::Limits, "limits", "办理时限"),
        (SectionKind::Questions, "questions", "办理情形"),
        (SectionKind::Materials, "materials", "材料清单"),
        (SectionKind::Points, "points", "审查要点"),
        (SectionKind::Guide, "guide", "条件、依据和流程"),
        (SectionKind::Files, "files", "表格样本"),
    ];

    /// The section of this word.
    pub fn from_word(word: &str) -> Option<SectionKind> {
        Self::TABLE.into_iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Word in addresses, e.g. `materials`.
    pub fn word(self) -> &'static str {
        Self::TABLE.into_iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

/// 基本要素.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Basics {
    /// 事项名称
    pub name: String,
    /// 日常说法
    pub phrases: Vec<String>,
    /// 办件类型
    pub mode: HandlingMode,
    /// 审批结果
    pub result: ItemResult,
    /// 收费
    pub fee: Fee,
    /// 注意事项
    pub notes: String,
}

/// 办理时限.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// 法定办结时限
    pub statutory: Option<StatutoryLimit>,
    /// 承诺办结时限
    pub promised: Option<Limit>,
    /// 补正告知期限, workdays
    pub correction_days: Option<u32>,
    /// 容缺补正期限, workdays
    pub tolerance_days: Option<u32>,
}

/// 条件、依据和流程.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guide {
    /// 受理条件
    pub conditions: Vec<String>,
    /// 办理流程
    pub steps: Vec<String>,
    /// 设定依据
    pub basis: Vec<LegalBasis>,
}

/// 一节的内容. New entries have an empty id and are given one when they are saved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Section {
    /// 基本要素
    Basics(Basics),
    /// 办理时限
    Limits(Limits),
    /// 办理情形
    Questions(Vec<Question>),
    /// 材料清单, without the attached files
    Materials(Vec<MaterialRequirement>),
    /// 审查要点
    Points(Vec<ReviewPoint>),
    /// 条件、依据和流程
    Guide(Guide),
    /// 表格样本: id of the material, and its files
    Files(Vec<(String, Vec<Attachment>)>),
}

impl Section {
    /// This section as it stands in a version.
    pub fn of(kind: SectionKind, item: &ItemVersion) -> Section {
        match kind {
            SectionKind::Basics => Section::Basics(Basics {
                name: item.name.clone(),
                phrases: item.phrases.clone(),
                mode: item.mode,
                result: item.result.clone(),
                fee: item.fee.clone(),
                notes: item.notes.clone(),
            }),
            SectionKind::Limits => Section::Limits(Limits {
                statutory: item.statutory.clone(),
                promised: item.promised,
                correction_days: item.correction_days,
                tolerance_days: item.tolerance_days,
            }),
            SectionKind::Questions => Section::Questions(item.questions.clone()),
            SectionKind::Materials => {
                let bare = |m: &MaterialRequirement| MaterialRequirement { attachments: vec![], ..m.clone() };
                Section::Materials(item.materials.iter().map(bare).collect())
            }
            SectionKind::Points => Section::Points(item.review_points.clone()),
            SectionKind::Guide => Section::Guide(Guide {
                conditions: item.conditions.clone(),
                steps: item.steps.clone(),
                basis: item.basis.clone(),
            }),
            SectionKind::Files => {
                Section::Files(item.materials.iter().map(|m| (m.id.clone(), m.attachments.clone())).collect())
            }
        }
    }

    /// Which one it is.
    pub fn kind(&self) -> SectionKind {
        match self {
            Section::Basics(_) => SectionKind::Basics,
            Section::Limits(_) => SectionKind::Limits,
            Section::Questions(_) => SectionKind::Questions,
            Section::Materials(_) => SectionKind::Materials,
            Section::Points(_) => SectionKind::Points,
            Section::Guide(_) => SectionKind::Guide,
            Section::Files(_) => SectionKind::Files,
        }
    }

    /// Digest of the section: what a page was made of, so that a save sees whether somebody was faster.
    pub fn digest(&self) -> Result<String, AppError> {
        let body = serde_json::to_string(self).map_err(|error| AppError::Form(vec![error.to_string()]))?;
        Ok(sm3(&[body.as_bytes()]).0)
    }

    /// Puts the section in its place; new entries get an id that none of the version has, files stay with their material.
    pub(super) fn apply(self, item: &mut ItemVersion) {
        match self {
            Section::Basics(Basics { name, phrases, mode, result, fee, notes }) => {
                (item.name, item.phrases, item.mode) = (name, phrases, mode);
                (item.result, item.fee, item.notes) = (result, fee, notes);
            }
            Section::Limits(Limits { statutory, promised, correction_days, tolerance_days }) => {
                (item.statutory, item.promised) = (statutory, promised);
                (item.correction_days, item.tolerance_days) = (correction_days, tolerance_days);
            }
            Section::Questions(mut questions) => {
                let choices = |questions: &[Question]| -> Vec<String> {
                    questions.iter().flat_map(|q| &q.choices).map(|choice| choice.id.clone()).collect()
                };
                let taken = |of: Vec<String>, new: Vec<String>| of.into_iter().chain(new).collect();
                let asked = |questions: &[Question]| questions.iter().map(|q| q.id.clone()).collect();
                let mut ids: BTreeSet<String> = taken(choices(&item.questions), choices(&questions));
                let mut asked: BTreeSet<String> = taken(asked(&item.questions), asked(&questions));
                for question in &mut questions {
                    name_new(&mut question.id, "q", &mut asked);
                    question.choices.iter_mut().for_each(|choice| name_new(&mut choice.id, "s", &mut ids));
                }
                item.questions = questions;
            }
            Section::Materials(mut materials) => {
                let ids = item.materials.iter().chain(&materials).map(|m| m.id.clone());
                let mut ids: BTreeSet<String> = ids.collect();
                for material in &mut materials {
                    name_new(&mut material.id, "m", &mut ids);
                    material.attachments =
                        item.material(&material.id).map(|m| m.attachments.clone()).unwrap_or_default();
                }
                item.materials = materials;
            }
            Section::Points(mut points) => {
                let ids = item.review_points.iter().chain(&points).map(|point| point.id.clone());
                let mut ids: BTreeSet<String> = ids.collect();
                points.iter_mut().for_each(|point| name_new(&mut point.id, "p", &mut ids));
                item.review_points = points;
            }
            Section::Guide(Guide { conditions, steps, basis }) => {
                (item.conditions, item.steps, item.basis) = (conditions, steps, basis);
            }
            Section::Files(files) => {
                for (id, attachments) in files {
                    if let Some(material) = item.materials.iter_mut().find(|material| material.id == id) {
                        material.attachments = attachments;
                    }
                }
            }
        }
    }

    /// As it may be stored.
    ///
    /// # Errors
    /// `Form` with every fault and its remedy.
    pub fn checked(self) -> Result<Section, AppError> {
        let mut check = Check::default();
        let checked = match self {
            Section::Basics(basics) => Section::Basics(check.basics(basics)),
            Section::Limits(limits) => Section::Limits(check.limits(limits)),
            Section::Questions(questions) => Section::Questions(check.questions(questions)),
            Section::Materials(materials) => Section::Materials(check.materials(materials)),
            Section::Points(points) => Section::Points(check.points(points)),
            Section::Guide(guide) => Section::Guide(check.guide(guide)),
            files @ Section::Files(_) => files,
        };
        match check.faults.is_empty() {
            true => Ok(checked),
            false => Err(AppError::Form(check.faults)),
        }
    }
}

/// A new entry gets the next number behind its letter.
fn name_new(id: &mut String, letter: &str, taken: &mut BTreeSet<String>) {
    if id.is_empty() {
        let free = (1..).map(|number: u32| format!("{letter}{number}")).find(|one| !taken.contains(one));
        *id = free.unwrap_or_default();
        taken.insert(id.clone());
    }
}

#[derive(Default)]
struct Check {
    faults: Vec<String>,
}

impl Check {
    fn keep(&mut self, checked: Result<String, AppError>) -> String {
        checked.unwrap_or_else(|fault| {
            self.faults.push(fault.to_string());
            String::new()
        })
    }

    /// One line, which may be empty.
    fn line(&mut self, what: &str, text: &str) -> String {
        self.keep(line(what, text))
    }

    /// One line that says something.
    fn needed(&mut self, what: &str, text: &str) -> String {
        if text.trim().is_empty() {
            self.faults.push(format!("填写{what}；不要这一项的，勾选删去"));
        }
        self.line(what, text)
    }

    fn words(&mut self, what: &str, text: &str) -> String {
        self.keep(words(what, text))
    }

    fn lines(&mut self, what: &str, lines: Vec<String>) -> Vec<String> {
        self.few(what, lines.len());
        let lines: Vec<String> = lines.iter().map(|text| self.words(what, text)).collect();
        lines.into_iter().filter(|text| !text.is_empty()).collect()
    }

    fn few(&mut self, what: &str, count: usize) {
        if count > LINES {
            self.faults.push(format!("{what}超过 {LINES} 项，合并或者删减后保存"));
        }
    }

    fn basics(&mut self, basics: Basics) -> Basics {
        let Basics { name, phrases, mode, result, fee, notes } = basics;
        if name.trim().is_empty() {
            self.faults.push("填写事项名称".into());
        }
        let fee_basis = fee.basis.map(|basis| self.line("收费依据", &basis));
        Basics {
            name: self.line("事项名称", &name),
            phrases: self.lines("日常说法", phrases),
            mode,
            result: ItemResult {
                name: self.line("审批结果", &result.name),
                validity: self.line("有效期", &result.validity),
            },
            fee: Fee {
                text: self.line("收费", &fee.text),
                basis: fee_basis.filter(|basis| !basis.is_empty()),
            },
            notes: self.words("注意事项", &notes),
        }
    }

    fn limits(&mut self, mut limits: Limits) -> Limits {
        if let Some(statutory) = &mut limits.statutory {
            statutory.basis = self.line("法定时限的依据", &statutory.basis);
        }
        limits
    }

    fn questions(&mut self, mut questions: Vec<Question>) -> Vec<Question> {
        self.few("问题", questions.len());
        for (nth, question) in (1..).zip(&mut questions) {
            question.text = self.needed(&format!("问题 {nth}"), &question.text);
            self.few(&format!("问题 {nth} 的情形"), question.choices.len());
            for choice in &mut question.choices {
                choice.name = self.needed(&format!("问题 {nth} 的情形名称"), &choice.name);
            }
        }
        questions
    }

    fn materials(&mut self, mut materials: Vec<MaterialRequirement>) -> Vec<MaterialRequirement> {
        self.few("材料", materials.len());
        for (nth, material) in (1..).zip(&mut materials) {
            material.name = self.needed(&format!("材料 {nth} 的名称"), &material.name);
            material.source = self.line(&format!("材料 {nth} 的来源渠道"), &material.source);
            material.standard = self.words(&format!("材料 {nth} 的受理标准"), &material.standard);
            material.instructions = self.words(&format!("材料 {nth} 的填报须知"), &material.instructions);
            if !(1..=COPIES).contains(&material.copies) {
                self.faults.push(format!("材料 {nth} 的份数填写 1 至 {COPIES} 的整数"));
            }
        }
        materials
    }

    fn points(&mut self, mut points: Vec<ReviewPoint>) -> Vec<ReviewPoint> {
        self.few("审查要点", points.len());
        for (nth, point) in (1..).zip(&mut points) {
            point.text = self.needed(&format!("审查要点 {nth}"), &point.text);
        }
        points
    }

    fn guide(&mut self, guide: Guide) -> Guide {
        let Guide { conditions, steps, mut basis } = guide;
        self.few("设定依据", basis.len());
        for (nth, one) in (1..).zip(&mut basis) {
            one.act = self.needed(&format!("依据 {nth} 的名称"), &one.act);
            one.article = self.line(&format!("依据 {nth} 的条文"), &one.article);
        }
        Guide {
            conditions: self.lines("受理条件", conditions), steps: self.lines("办理流程", steps), basis
        }
    }
}
