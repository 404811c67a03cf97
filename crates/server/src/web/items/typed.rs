//! 修订表单: the fields of a section as typed, and the section they stand for. What is typed is kept as it is until it is
//! good; new rows have no id.

use super::named;
use crate::form::Sent;
use yichuang_app::catalog::{Basics, FORMS, Guide, Limits, MODES, STARTS, Section, SectionKind, UNITS};
use yichuang_domain::item::{
    Fee, HandlingMode, ItemResult, ItemVersion, LegalBasis, Limit, Question, Situation, StatutoryLimit,
};
use yichuang_domain::material::{AttachmentKind, MaterialRequirement, ReviewPoint};

/// Rows of a form at most; a form with more is not one of ours.
const ROWS: usize = 100;

/// 一节的表单.
pub enum Typed {
    Basics(BasicsTyped),
    Limits(LimitsTyped),
    Questions(Vec<QuestionRow>),
    Materials(Vec<MaterialRow>),
    Points(Vec<PointRow>),
    Guide(GuideTyped),
    Files(Vec<FileRow>),
}

/// 基本要素.
pub struct BasicsTyped {
    pub name: String,
    pub phrases: String,
    pub mode: String,
    pub result: String,
    pub validity: String,
    pub fee: String,
    pub fee_basis: String,
    pub notes: String,
}

/// 办理时限.
pub struct LimitsTyped {
    pub statutory: String,
    pub statutory_unit: String,
    pub start: String,
    pub basis: String,
    pub promised: String,
    pub promised_unit: String,
    pub correction: String,
    pub tolerance: String,
}

/// 问题.
pub struct QuestionRow {
    pub id: String,
    pub drop: bool,
    pub text: String,
    pub multiple: bool,
    pub only_if: Vec<String>,
    pub choices: Vec<(String, String)>,
}

/// 材料.
pub struct MaterialRow {
    pub id: String,
    pub drop: bool,
    pub place: String,
    pub name: String,
    pub form: String,
    pub copies: String,
    pub source: String,
    pub standard: String,
    pub instructions: String,
    pub deferrable: bool,
    pub shared: bool,
    pub required_if: Vec<String>,
}

/// 审查要点.
pub struct PointRow {
    pub id: String,
    pub drop: bool,
    pub text: String,
    pub material: String,
    pub required_if: Vec<String>,
}

/// 条件、依据和流程.
pub struct GuideTyped {
    pub conditions: String,
    pub steps: String,
    pub basis: Vec<(String, String)>,
}

/// 材料的附件.
pub struct FileRow {
    pub id: String,
    pub name: String,
    pub kinds: Vec<Place>,
}

/// 附件位置: word, title, and the file kept there: its name and its size.
pub type Place = (&'static str, &'static str, Option<(String, String)>);

/// One row of a form: fields `<n>-<name>`.
struct Row<'a> {
    sent: &'a Sent,
    nth: usize,
}

impl Row<'_> {
    fn get(&self, name: &str) -> String {
        self.sent.get(&format!("{}-{name}", self.nth)).to_owned()
    }

    fn yes(&self, name: &str) -> bool {
        self.sent.get(&format!("{}-{name}", self.nth)) == "yes"
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.sent.all(&format!("{}-{name}", self.nth)).map(str::to_owned).collect()
    }
}

fn rows(sent: &Sent) -> impl Iterator<Item = Row<'_>> {
    (0..ROWS).take_while(|nth| sent.has(&format!("{nth}-id"))).map(|nth| Row { sent, nth })
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn number(days: Option<u32>) -> String {
    days.map(|days| days.to_string()).unwrap_or_default()
}

impl Typed {
    /// The form of a section as it stands.
    pub fn of(kind: SectionKind, item: &ItemVersion) -> Typed {
        match Section::of(kind, item) {
            Section::Basics(basics) => Typed::Basics(BasicsTyped {
                name: basics.name,
                phrases: basics.phrases.join("\n"),
                mode: named(&MODES, basics.mode).into(),
                result: basics.result.name,
                validity: basics.result.validity,
                fee: basics.fee.text,
                fee_basis: basics.fee.basis.unwrap_or_default(),
                notes: basics.notes,
            }),
            Section::Limits(limits) => Typed::Limits(LimitsTyped::of(limits)),
            Section::Questions(questions) => {
                Typed::Questions(questions.into_iter().map(QuestionRow::of).collect())
            }
            Section::Materials(materials) => {
                let rows = (1..).zip(materials).map(|(nth, material)| MaterialRow::of(nth, material));
                Typed::Materials(rows.collect())
            }
            Section::Points(points) => Typed::Points(points.into_iter().map(PointRow::of).collect()),
            Section::Guide(guide) => Typed::Guide(GuideTyped {
                conditions: guide.conditions.join("\n"),
                steps: guide.steps.join("\n"),
                basis: guide.basis.into_iter().map(|basis| (basis.act, basis.article)).collect(),
            }),
            Section::Files(_) => Typed::Files(item.materials.iter().map(FileRow::of).collect()),
        }
    }

    /// The form as it came.
    pub fn sent(kind: SectionKind, sent: &Sent, item: &ItemVersion) -> Typed {
        let get = |name: &str| sent.get(name).to_owned();
        match kind {
            SectionKind::Basics => Typed::Basics(BasicsTyped {
                name: get("name"),
                phrases: get("phrases"),
                mode: get("mode"),
                result: get("result"),
                validity: get("validity"),
                fee: get("fee"),
                fee_basis: get("fee_basis"),
                notes: get("notes"),
            }),
            SectionKind::Limits => Typed::Limits(LimitsTyped {
                statutory: get("statutory"),
                statutory_unit: get("statutory_unit"),
                start: get("start"),
                basis: get("basis"),
                promised: get("promised"),
                promised_unit: get("promised_unit"),
                correction: get("correction"),
                tolerance: get("tolerance"),
            }),
            SectionKind::Questions => {
                Typed::Questions(rows(sent).map(|row| QuestionRow::sent(&row)).collect())
            }
            SectionKind::Materials => {
                Typed::Materials(rows(sent).map(|row| MaterialRow::sent(&row)).collect())
            }
            SectionKind::Points => Typed::Points(rows(sent).map(|row| PointRow::sent(&row)).collect()),
            SectionKind::Guide => Typed::Guide(GuideTyped {
                conditions: get("conditions"),
                steps: get("steps"),
                basis: rows(sent).map(|row| (row.get("act"), row.get("article"))).collect(),
            }),
            SectionKind::Files => Typed::of(kind, item),
        }
    }

    /// One row more to be filled in.
    pub fn add(&mut self) {
        match self {
            Typed::Questions(rows) => rows.push(QuestionRow::of(Question {
                id: String::new(),
                text: String::new(),
                multiple: false,
                only_if: Vec::new(),
                choices: Vec::new(),
            })),
            Typed::Materials(rows) => rows.push(MaterialRow::empty(rows.len() + 1)),
            Typed::Points(rows) => rows.push(PointRow {
                id: String::new(),
                drop: false,
                text: String::new(),
                material: String::new(),
                required_if: Vec::new(),
            }),
            Typed::Guide(guide) => guide.basis.push((String::new(), String::new())),
            Typed::Basics(_) | Typed::Limits(_) | Typed::Files(_) => {}
        }
    }

    /// The section it stands for; or what cannot be read, and how to write it.
    pub fn section(&self, item: &ItemVersion) -> Result<Section, Vec<String>> {
        let mut faults = Vec::new();
        let section = match self {
            Typed::Basics(typed) => Section::Basics(typed.basics(&mut faults)),
            Typed::Limits(typed) => Section::Limits(typed.limits(item, &mut faults)),
            Typed::Questions(rows) => Section::Questions(
                rows.iter().filter(|row| !row.drop).map(|row| row.question(item)).collect(),
            ),
            Typed::Materials(rows) => Section::Materials(materials(rows, item, &mut faults)),
            Typed::Points(rows) => {
                let left = |row: &&PointRow| !(row.drop || row.id.is_empty() && row.text.trim().is_empty());
                Section::Points(rows.iter().filter(left).map(|row| row.point(item)).collect())
            }
            Typed::Guide(typed) => Section::Guide(typed.guide(item)),
            Typed::Files(_) => Section::of(SectionKind::Files, item),
        };
        if faults.is_empty() { Ok(section) } else { Err(faults) }
    }
}

/// The value of a word in one of the catalogue's tables.
fn chosen<T: Copy>(table: &[(T, &str)], word: &str, what: &str, faults: &mut Vec<String>) -> T {
    let found = table.iter().find(|row| row.1 == word);
    if found.is_none() {
        faults.push(format!("从列出的{what}中选择"));
    }
    found.map_or(table[0].0, |row| row.0)
}

/// A number of days; `None`: nothing was typed.
fn days(text: &str, what: &str, faults: &mut Vec<String>) -> Option<u32> {
    let text = text.trim();
    let read = text.parse::<u32>().ok().filter(|_| text.len() <= 4);
    if read.is_none() && !text.is_empty() {
        faults.push(format!("{what}填写天数，只用阿拉伯数字，如 5"));
    }
    read
}

impl BasicsTyped {
    fn basics(&self, faults: &mut Vec<String>) -> Basics {
        let basis = Some(self.fee_basis.clone()).filter(|basis| !basis.trim().is_empty());
        let mode: HandlingMode = chosen(&MODES, &self.mode, "办件类型", faults);
        Basics {
            name: self.name.clone(),
            phrases: lines(&self.phrases.replace('、', "\n")),
            mode,
            result: ItemResult { name: self.result.clone(), validity: self.validity.clone() },
            fee: Fee { text: self.fee.clone(), basis },
            notes: self.notes.clone(),
        }
    }
}

impl LimitsTyped {
    fn of(limits: Limits) -> LimitsTyped {
        let own = limits.statutory.as_ref();
        let unit = |limit: Option<Limit>| limit.map_or(UNITS[0].1, |limit| named(&UNITS, limit.unit)).into();
        LimitsTyped {
            statutory: number(own.map(|own| own.limit.days)),
            statutory_unit: unit(own.map(|own| own.limit)),
            start: own.map_or(STARTS[0].1, |own| named(&STARTS, own.start)).into(),
            basis: own.map(|own| own.basis.clone()).unwrap_or_default(),
            promised: number(limits.promised.map(|promised| promised.days)),
            promised_unit: unit(limits.promised),
            correction: number(limits.correction_days),
            tolerance: number(limits.tolerance_days),
        }
    }

    fn limits(&self, item: &ItemVersion, faults: &mut Vec<String>) -> Limits {
        let unit = |text: &str, faults: &mut Vec<String>| chosen(&UNITS, text, "时限单位", faults);
        let statutory = days(&self.statutory, "法定办结时限", faults).map(|days| StatutoryLimit {
            limit: Limit { days, unit: unit(&self.statutory_unit, faults) },
            start: chosen(&STARTS, &self.start, "起算点", faults),
            basis: self.basis.clone(),
            // What the same law lets the head of the agency add is no promise; it is imported with its clause.
            extension: item.statutory.as_ref().and_then(|statutory| statutory.extension.clone()),
        });
        let promised = days(&self.promised, "承诺办结时限", faults);
        Limits {
            statutory,
            promised: promised.map(|days| Limit { days, unit: unit(&self.promised_unit, faults) }),
            correction_days: days(&self.correction, "补正告知期限", faults),
            tolerance_days: days(&self.tolerance, "容缺补正期限", faults),
        }
    }
}

impl QuestionRow {
    fn of(question: Question) -> QuestionRow {
        let Question { id, text, multiple, only_if, choices } = question;
        let mut choices: Vec<(String, String)> = choices.into_iter().map(|c| (c.id, c.name)).collect();
        choices.push((String::new(), String::new()));
        QuestionRow { id, drop: false, text, multiple, only_if, choices }
    }

    fn sent(row: &Row<'_>) -> QuestionRow {
        let choices = row.all("choice-id").into_iter().zip(row.all("choice-name")).take(ROWS);
        QuestionRow {
            id: row.get("id"),
            drop: row.yes("drop"),
            text: row.get("text"),
            multiple: row.yes("multiple"),
            only_if: row.all("if"),
            choices: choices.collect(),
        }
    }

    /// A choice whose name was taken away goes.
    fn question(&self, item: &ItemVersion) -> Question {
        let known = item.questions.iter().find(|question| question.id == self.id);
        let all = || item.questions.iter().flat_map(|question| &question.choices);
        let named = self.choices.iter().filter(|(_, name)| !name.trim().is_empty());
        let choices = named.map(|(id, name)| {
            let id = if all().any(|choice| choice.id == *id) { id.clone() } else { String::new() };
            Situation { id, name: name.clone() }
        });
        Question {
            id: known.map(|question| question.id.clone()).unwrap_or_default(),
            text: self.text.clone(),
            multiple: self.multiple,
            only_if: self.only_if.clone(),
            choices: choices.collect(),
        }
    }
}

impl MaterialRow {
    fn of(nth: usize, material: MaterialRequirement) -> MaterialRow {
        MaterialRow {
            id: material.id,
            drop: false,
            place: nth.to_string(),
            name: material.name,
            form: named(&FORMS, material.form).into(),
            copies: material.copies.to_string(),
            source: material.source,
            standard: material.standard,
            instructions: material.instructions,
            deferrable: material.deferrable,
            shared: material.shared,
            required_if: material.required_if,
        }
    }

    fn empty(nth: usize) -> MaterialRow {
        MaterialRow {
            id: String::new(),
            drop: false,
            place: nth.to_string(),
            name: String::new(),
            form: FORMS[0].1.into(),
            copies: "1".into(),
            source: "申请人自备".into(),
            standard: String::new(),
            instructions: String::new(),
            deferrable: false,
            shared: false,
            required_if: Vec::new(),
        }
    }

    fn sent(row: &Row<'_>) -> MaterialRow {
        MaterialRow {
            id: row.get("id"),
            drop: row.yes("drop"),
            place: row.get("place"),
            name: row.get("name"),
            form: row.get("form"),
            copies: row.get("copies"),
            source: row.get("source"),
            standard: row.get("standard"),
            instructions: row.get("instructions"),
            deferrable: row.yes("deferrable"),
            shared: row.yes("shared"),
            required_if: row.all("if"),
        }
    }
}

/// The materials left, in the order of their places.
fn materials(rows: &[MaterialRow], item: &ItemVersion, faults: &mut Vec<String>) -> Vec<MaterialRequirement> {
    let mut placed: Vec<(u32, MaterialRequirement)> = Vec::new();
    for (nth, row) in (1..).zip(rows) {
        if row.drop || (row.id.is_empty() && row.name.trim().is_empty()) {
            continue;
        }
        let place = days(&row.place, &format!("材料 {nth} 的次序"), faults).unwrap_or(nth);
        let copies = days(&row.copies, &format!("材料 {nth} 的份数"), faults).unwrap_or(1);
        let material = MaterialRequirement {
            id: item.material(&row.id).map(|material| material.id.clone()).unwrap_or_default(),
            name: row.name.clone(),
            form: chosen(&FORMS, &row.form, "材料类型", faults),
            copies,
            source: row.source.clone(),
            required_if: row.required_if.clone(),
            deferrable: row.deferrable,
            shared: row.shared,
            standard: row.standard.clone(),
            instructions: row.instructions.clone(),
            attachments: Vec::new(),
        };
        placed.push((place, material));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, material)| material).collect()
}

impl PointRow {
    fn of(point: ReviewPoint) -> PointRow {
        let ReviewPoint { id, text, material, required_if } = point;
        PointRow { id, drop: false, text, material: material.unwrap_or_default(), required_if }
    }

    fn sent(row: &Row<'_>) -> PointRow {
        PointRow {
            id: row.get("id"),
            drop: row.yes("drop"),
            text: row.get("text"),
            material: row.get("material"),
            required_if: row.all("if"),
        }
    }

    fn point(&self, item: &ItemVersion) -> ReviewPoint {
        let known = item.review_points.iter().any(|point| point.id == self.id);
        ReviewPoint {
            id: if known { self.id.clone() } else { String::new() },
            text: self.text.clone(),
            material: Some(self.material.clone()).filter(|material| !material.is_empty()),
            required_if: self.required_if.clone(),
        }
    }
}

impl GuideTyped {
    /// A clause that stays as it was stays verified.
    fn guide(&self, item: &ItemVersion) -> Guide {
        let left =
            self.basis.iter().filter(|(act, article)| !(act.trim().is_empty() && article.trim().is_empty()));
        let basis = left.map(|(act, article)| LegalBasis {
            act: act.clone(),
            article: article.clone(),
            verified: item.basis.iter().any(|b| b.verified && b.act == *act && b.article == *article),
        });
        Guide { conditions: lines(&self.conditions), steps: lines(&self.steps), basis: basis.collect() }
    }
}

impl FileRow {
    fn of(material: &MaterialRequirement) -> FileRow {
        let kept = |kind: AttachmentKind| {
            let attached = material.attachment(kind)?;
            Some((attached.file.clone(), format!("{} KB", attached.size.div_ceil(1024))))
        };
        let kinds = AttachmentKind::TABLE.map(|(kind, word, title)| (word, title, kept(kind)));
        FileRow { id: material.id.clone(), name: material.name.clone(), kinds: kinds.into() }
    }
}
