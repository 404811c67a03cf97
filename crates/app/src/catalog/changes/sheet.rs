//! 版面: a version as lines and lists with the titles of the guide.
//!
//! Every struct is taken apart field by field: a new field does not compile until it has its line here.

use crate::catalog::cell::{FORMS, MODES, STARTS, UNITS};
use std::collections::BTreeMap;
use std::fmt::Debug;
use yichuang_domain::item::{
    ConcernedAgency, Extension, Fee, ItemResult, ItemVersion, LegalBasis, Limit, ProcedureRule, Question,
    Situation, Source, StatutoryLimit,
};
use yichuang_domain::material::{Attachment, MaterialRequirement, ReviewPoint};

/// 名称: of agencies and sectors by key. What is not here is shown by its key.
#[derive(Clone, Debug, Default)]
pub(in crate::catalog) struct Names {
    pub agencies: BTreeMap<String, String>,
    pub sectors: BTreeMap<String, String>,
}

/// One thing that is said.
pub(super) struct Line {
    /// As in the JSON, e.g. `statutory/basis`.
    pub name: &'static str,
    /// 栏目, where the list it stands in does not give it.
    pub section: Option<&'static str>,
    /// 标题
    pub title: &'static str,
    /// What is compared.
    pub raw: String,
    /// As read; empty: says nothing.
    pub shown: String,
    /// Stands in the subject of its entry, too.
    pub in_subject: bool,
}

impl Line {
    fn in_subject(self) -> Line {
        Line { in_subject: true, ..self }
    }
}

/// An entry of a list, or the whole item.
#[derive(Default)]
pub(super) struct Entry {
    /// What makes it the same entry in another version.
    pub id: String,
    /// What lets two entries without a partner pass for one that was changed.
    pub near: Option<String>,
    /// How it stands in a path.
    pub segment: String,
    /// 对象
    pub subject: String,
    pub lines: Vec<Line>,
    pub lists: Vec<List>,
}

/// A list of entries.
pub(super) struct List {
    pub name: &'static str,
    /// 栏目
    pub section: &'static str,
    /// The guide shows its order.
    pub ordered: bool,
    pub entries: Vec<Entry>,
}

impl Entry {
    fn of(id: &str, subject: impl Into<String>, lines: Vec<Line>) -> Entry {
        let subject = subject.into();
        Entry { id: id.to_owned(), segment: id.to_owned(), subject, lines, ..Entry::default() }
    }

    /// What it is called when its place has changed: a plain line by its words.
    pub(super) fn name(&self) -> String {
        let plain = self.lines.first().filter(|line| line.title.is_empty());
        plain.map_or_else(|| self.subject.clone(), |line| line.shown.clone())
    }

    /// All of it on one line, for an entry that is new or gone.
    pub(super) fn text(&self) -> String {
        let says = |line: &&Line| !line.in_subject && !matches!(line.shown.as_str(), "" | NO);
        let lines = self.lines.iter().filter(says).map(|line| match line.title {
            "" => line.shown.clone(),
            title => format!("{title}：{}", line.shown),
        });
        let lists = self.lists.iter().filter(|list| !list.entries.is_empty()).map(|list| {
            let subjects: Vec<&str> = list.entries.iter().map(|entry| entry.subject.as_str()).collect();
            format!("{}：{}", list.section, subjects.join("、"))
        });
        let said: Vec<String> = lines.chain(lists).collect();
        if said.is_empty() { self.subject.clone() } else { said.join("；") }
    }
}

fn line(name: &'static str, title: &'static str, raw: &impl Debug, shown: impl Into<String>) -> Line {
    let (raw, shown) = (format!("{raw:?}"), shown.into());
    Line { name, section: None, title, raw, shown, in_subject: false }
}

fn text(name: &'static str, title: &'static str, text: &str) -> Line {
    line(name, title, &text, text)
}

fn optional(name: &'static str, title: &'static str, text: Option<&String>) -> Line {
    line(name, title, &text, text.cloned().unwrap_or_default())
}

fn yes(name: &'static str, title: &'static str, yes: bool) -> Line {
    line(name, title, &yes, if yes { "是" } else { NO })
}

const NO: &str = "否";

/// All of a version.
pub(super) fn item(item: &ItemVersion, names: &Names) -> Entry {
    let ItemVersion {
        key,
        name,
        phrases,
        kind,
        code,
        handling_code,
        agency,
        concerned,
        sector,
        joint,
        touches_others,
        mode,
        service_objects,
        statutory,
        promised,
        correction_days,
        tolerance_days,
        conditions,
        questions,
        materials,
        review_points,
        procedures,
        steps,
        basis,
        fee,
        result,
        notes,
        moved_from,
        source,
    } = item;
    let sector_name = sector.as_ref().map(|key| named(&names.sectors, key));
    let mut lines = vec![
        text("key", "事项标识", key),
        text("name", "事项名称", name),
        line("phrases", "日常说法", &sorted(phrases), phrases.join("、")),
        line("kind", "事项类型", kind, kind.name()),
        optional("code", "实施编码", code.as_ref()),
        optional("handling_code", "业务办理项编码", handling_code.as_ref()),
        line("agency", "所属部门", agency, named(&names.agencies, agency)),
        line("sector", "受理领域", sector, sector_name.unwrap_or_else(|| "无差别".to_owned())),
        line("mode", "办件类型", mode, word(&MODES, *mode)),
        line("service_objects", "服务对象", &sorted(service_objects), service_objects.join("、")),
        optional("joint", "联合办理决定", joint.as_ref()),
        yes("touches_others", "直接关系他人重大利益", *touches_others),
    ];
    lines.extend(money_and_result(fee, result));
    lines.push(text("notes", "注意事项", notes));
    lines.push(optional("moved_from", "原受理窗口", moved_from.as_ref()));
    lines.extend(origin(source.as_ref()));
    lines.iter_mut().for_each(|line| line.section = Some("基本信息"));
    let mut limits = statutory_lines(statutory.as_ref());
    limits.push(line("promised", "承诺时限", promised, promised.map(limit).unwrap_or_default()));
    limits.push(workdays("correction_days", "补正告知期限", *correction_days));
    limits.push(workdays("tolerance_days", "容缺补正期限", *tolerance_days));
    limits.iter_mut().for_each(|line| line.section = Some("办理时限"));
    lines.extend(limits);
    let lists = vec![
        list("basis", "设定依据", false, basis.iter().map(legal_basis)),
        list("conditions", "受理条件", true, plain(conditions)),
        list("questions", "办理情形", true, questions.iter().map(|q| question(q, item))),
        list("materials", "材料清单", true, materials.iter().map(|m| material(m, item))),
        list("review_points", "审查要点", true, review_points.iter().map(|p| point(p, item))),
        list("concerned", "并联审批部门", false, concerned.iter().map(|c| concerned_agency(c, names))),
        list("procedures", "特别程序", false, procedures.iter().map(procedure)),
        list("steps", "办理流程", true, plain(steps)),
    ];
    Entry { lines, lists, ..Entry::default() }
}

fn list(
    name: &'static str,
    section: &'static str,
    ordered: bool,
    entries: impl Iterator<Item = Entry>,
) -> List {
    List { name, section, ordered, entries: entries.collect() }
}

fn money_and_result(fee: &Fee, result: &ItemResult) -> [Line; 4] {
    let (Fee { text: said, basis }, ItemResult { name, validity }) = (fee, result);
    [
        text("fee/text", "收费", said),
        optional("fee/basis", "收费依据", basis.as_ref()),
        text("result/name", "审批结果", name),
        text("result/validity", "有效期", validity),
    ]
}

fn origin(source: Option<&Source>) -> [Line; 2] {
    let (id, url) = source.map(|Source { id, url }| (id, url)).unzip();
    [optional("source/id", "来源标识", id), text("source/url", "来源地址", url.map_or("", String::as_str))]
}

fn statutory_lines(statutory: Option<&StatutoryLimit>) -> Vec<Line> {
    let (own, start, basis, extension) = match statutory {
        Some(StatutoryLimit { limit, start, basis, extension }) => {
            (Some(*limit), Some(*start), basis.as_str(), extension.as_ref())
        }
        None => (None, None, "", None),
    };
    let (days, clause) = extension.map(|Extension { days, basis }| (*days, basis.as_str())).unzip();
    let extended = own.zip(days).map(|(own, days)| Limit { days, ..own });
    vec![
        line("statutory/limit", "法定时限", &own, own.map(limit).unwrap_or_default()),
        line(
            "statutory/start",
            "起算点",
            &start,
            start.map(|start| word(&STARTS, start)).unwrap_or_default(),
        ),
        text("statutory/basis", "法定时限依据", basis),
        line("statutory/extension/days", "可以延长", &days, extended.map(limit).unwrap_or_default()),
        text("statutory/extension/basis", "延长依据", clause.unwrap_or_default()),
    ]
}

fn legal_basis(basis: &LegalBasis) -> Entry {
    let LegalBasis { act, article, verified } = basis;
    let subject = format!("《{act}》{article}");
    let lines = vec![
        text("act", "名称", act).in_subject(),
        text("article", "条文", article).in_subject(),
        yes("verified", "已核对", *verified),
    ];
    Entry { near: Some(act.clone()), ..Entry::of(&subject, subject.as_str(), lines) }
}

/// Lines of text: the same words are the same line, and another text in the same place is that line changed.
fn plain(texts: &[String]) -> impl Iterator<Item = Entry> {
    texts.iter().enumerate().map(|(at, said)| {
        let number = (at + 1).to_string();
        let lines = vec![text("", "", said)];
        let entry = Entry::of(said, format!("第 {number} 项"), lines);
        Entry { near: Some(number.clone()), segment: number, ..entry }
    })
}

fn question(question: &Question, item: &ItemVersion) -> Entry {
    let Question { id, text: asked, multiple, only_if, choices } = question;
    let lines = vec![
        text("text", "问题", asked).in_subject(),
        yes("multiple", "可以多选", *multiple),
        line("only_if", "提问条件", &sorted(only_if), situations(only_if, "始终提问", item)),
    ];
    let choice = |Situation { id, name }: &Situation| {
        Entry::of(id, name, vec![text("name", "情形名称", name).in_subject()])
    };
    let choices = list("choices", "办理情形", true, choices.iter().map(choice));
    Entry { lists: vec![choices], ..Entry::of(id, asked, lines) }
}

fn material(material: &MaterialRequirement, item: &ItemVersion) -> Entry {
    let MaterialRequirement {
        id,
        name,
        form,
        copies,
        source,
        required_if,
        deferrable,
        shared,
        standard,
        instructions,
        attachments,
    } = material;
    let lines = vec![
        text("name", "材料名称", name).in_subject(),
        line("form", "材料类型", form, word(&FORMS, *form)),
        line("copies", "份数", copies, format!("{copies} 份")),
        text("source", "来源渠道", source),
        line("required_if", "适用情形", &sorted(required_if), situations(required_if, "全部情形", item)),
        yes("deferrable", "可容缺", *deferrable),
        yes("shared", "可共享免提交", *shared),
        text("standard", "受理标准", standard),
        text("instructions", "填报须知", instructions),
    ];
    let attached = |Attachment { kind, file, media, size }: &Attachment| {
        let lines = vec![
            text("file", "文件摘要", file),
            text("media", "文件格式", media),
            line("size", "文件大小", size, format!("{size} 字节")),
        ];
        Entry::of(kind.word(), kind.name(), lines)
    };
    let attachments = list("attachments", "表格样本", false, attachments.iter().map(attached));
    Entry { lists: vec![attachments], ..Entry::of(id, name, lines) }
}

fn point(point: &ReviewPoint, item: &ItemVersion) -> Entry {
    let ReviewPoint { id, text: checked, material, required_if } = point;
    let looks_at = match material.as_ref() {
        Some(id) => item.material(id).map_or(id.clone(), |material| material.name.clone()),
        None => "整个申请".to_owned(),
    };
    let lines = vec![
        text("text", "要点内容", checked).in_subject(),
        line("material", "核对材料", material, looks_at),
        line("required_if", "适用情形", &sorted(required_if), situations(required_if, "全部情形", item)),
    ];
    Entry::of(id, checked, lines)
}

fn concerned_agency(concerned: &ConcernedAgency, names: &Names) -> Entry {
    let ConcernedAgency { agency, matter, promised } = concerned;
    let lines =
        vec![text("matter", "审批内容", matter), line("promised", "承诺时限", promised, limit(*promised))];
    Entry::of(agency, named(&names.agencies, agency), lines)
}

fn procedure(rule: &ProcedureRule) -> Entry {
    let ProcedureRule { kind, suspends_by } = rule;
    Entry::of(kind.name(), kind.name(), vec![optional("suspends_by", "停止计时的依据", suspends_by.as_ref())])
}

/// A set of ids: the order in which they are written says nothing.
fn sorted(ids: &[String]) -> Vec<&String> {
    let mut ids: Vec<&String> = ids.iter().collect();
    ids.sort();
    ids
}

/// Names of situations, or what it means that there are none.
fn situations(ids: &[String], none: &str, item: &ItemVersion) -> String {
    let choices = || item.questions.iter().flat_map(|question| &question.choices);
    let name = |id: &String| choices().find(|choice| choice.id == *id).map_or(id.clone(), |c| c.name.clone());
    match ids.is_empty() {
        true => none.to_owned(),
        false => ids.iter().map(name).collect::<Vec<_>>().join("、"),
    }
}

fn named(names: &BTreeMap<String, String>, key: &str) -> String {
    names.get(key).map_or(key, String::as_str).to_owned()
}

fn workdays(name: &'static str, title: &'static str, days: Option<u32>) -> Line {
    line(name, title, &days, days.map(|days| format!("{days} 个工作日")).unwrap_or_default())
}

fn limit(limit: Limit) -> String {
    format!("{} 个{}", limit.days, word(&UNITS, limit.unit))
}

fn word<T: PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|row| row.0 == value).map_or("", |row| row.1)
}
