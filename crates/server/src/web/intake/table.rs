//! 收件审查表: the lines a clerk goes through, and what he ticked, read back.

use crate::form::Sent;
use crate::web::items::attached;
use std::collections::BTreeSet;
use yichuang_app::workbench::{CaseFile, DraftFile, Given};
use yichuang_domain::case::MaterialWay;
use yichuang_domain::case::checking::{Checks, Finding, Judgement, MaterialCheck, Outcome};
use yichuang_domain::item::ItemVersion;
use yichuang_domain::material::{MaterialForm, MaterialRequirement};

/// 审查表.
pub struct Table {
    pub lines: Vec<Line>,
}

/// A material, or a point of the whole application.
pub struct Line {
    pub no: usize,
    pub id: String,
    pub name: String,
    pub wanted: String,
    pub standard: String,
    pub tags: Vec<(&'static str, &'static str)>,
    pub points: Vec<Point>,
    pub choices: Vec<Choice>,
    pub ways: Vec<Way>,
    pub files: Vec<Shown>,
    pub given: Vec<Before>,
    /// 表格样本: title and address.
    pub forms: Vec<(&'static str, String)>,
    pub class: &'static str,
    pub material: bool,
}

/// 审查要点 of a material.
pub struct Point {
    pub id: String,
    pub text: String,
    pub failed: bool,
}

/// A finding to choose.
pub struct Choice {
    pub word: &'static str,
    pub name: &'static str,
    pub class: &'static str,
    pub checked: bool,
}

/// A way a material comes.
pub struct Way {
    pub word: &'static str,
    pub name: &'static str,
    pub chosen: bool,
}

/// A file handed in.
pub struct Shown {
    pub id: i64,
    pub href: String,
    pub name: String,
    pub picture: bool,
    pub droppable: bool,
}

/// 已有材料, to be used again.
pub struct Before {
    pub id: i64,
    pub href: String,
    pub words: String,
}

/// Which findings a table offers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Everything the item lets the window find.
    All,
    /// 收到 or 未收到: what was asked for comes in.
    Brought,
}

impl Table {
    /// The lines for these materials and points, with what was ticked.
    pub fn of(
        item: &ItemVersion,
        (materials, points): (&[&MaterialRequirement], &[String]),
        situations: &BTreeSet<String>,
        checks: &Checks,
        offer: Offer,
    ) -> Table {
        let mut lines: Vec<Line> = Vec::new();
        for material in materials {
            let of_it = item.review_points(situations).filter(|p| p.material.as_ref() == Some(&material.id));
            let check = checks.materials.get(&material.id).cloned().unwrap_or_default();
            let point = |point: &yichuang_domain::material::ReviewPoint| Point {
                failed: check.failed.contains(&point.id),
                id: point.id.clone(),
                text: point.text.clone(),
            };
            lines.push(Line {
                no: lines.len() + 1,
                id: material.id.clone(),
                name: material.name.clone(),
                wanted: wanted(material),
                standard: material.standard.clone(),
                tags: tags(material, item),
                points: of_it.map(point).collect(),
                choices: choices(check.finding, material.deferrable && item.tolerance_days.is_some(), offer),
                ways: ways(material, &check),
                files: Vec::new(),
                given: Vec::new(),
                forms: attached("/items", item, material),
                class: class(check.finding),
                material: true,
            });
        }
        for id in points {
            let Some(point) = item.review_points.iter().find(|point| &point.id == id) else { continue };
            let finding = checks.points.get(id).copied();
            lines.push(Line {
                no: lines.len() + 1,
                id: id.clone(),
                name: point.text.clone(),
                wanted: "整体审查".into(),
                standard: String::new(),
                tags: Vec::new(),
                points: Vec::new(),
                choices: choices(finding, false, offer),
                ways: Vec::new(),
                files: Vec::new(),
                given: Vec::new(),
                forms: Vec::new(),
                class: class(finding),
                material: false,
            });
        }
        Table { lines }
    }

    /// Puts the files of a draft beside their materials.
    pub fn with_files(mut self, files: &[DraftFile], at: &str) -> Table {
        for line in &mut self.lines {
            let own = files.iter().filter(|file| file.material == line.id);
            let file = |(nth, file): (usize, &DraftFile)| {
                shown(nth, at, file.id, &file.media, (true, file.from.map(|_| "沿用".to_owned())))
            };
            line.files = own.enumerate().map(file).collect();
        }
        self
    }

    /// Puts what the applicant gave before beside the materials it fits.
    pub fn with_given(mut self, given: &[Given]) -> Table {
        for line in self.lines.iter_mut().filter(|line| line.material) {
            let own = given.iter().filter(|given| given.material == line.id);
            line.given = own.map(before).collect();
        }
        self
    }

    /// Puts the files of a case beside their materials.
    pub fn with_kept(mut self, files: &[CaseFile], at: &str) -> Table {
        for line in &mut self.lines {
            let own = files.iter().filter(|file| file.material == line.id);
            line.files = own.enumerate().map(|(nth, file)| kept_file(nth, at, file)).collect();
        }
        self
    }
}

fn before(given: &Given) -> Before {
    let age = match given.days {
        0 => "今日".to_owned(),
        days => format!("{days} 日前"),
    };
    Before {
        id: given.id,
        href: format!("/cases/{}/files/{}", given.case_no, given.id),
        words: format!("{} {} 提交，{age}", given.case_no, given.on),
    }
}

/// A link to a file of a case.
pub fn kept_file(nth: usize, at: &str, file: &CaseFile) -> Shown {
    let from = file.from.as_ref().map(|case_no| format!("沿用 {case_no}"));
    shown(nth, at, file.id, &file.media, (false, from))
}

/// A link to a file: the how many-th of its material, where, and what it was before.
fn shown(nth: usize, at: &str, id: i64, media: &str, (droppable, from): (bool, Option<String>)) -> Shown {
    let picture = media.starts_with("image/");
    let from = from.map(|from| format!("（{from}）")).unwrap_or_default();
    let name = format!("{} {}{from}", if picture { "图片" } else { "PDF" }, nth + 1);
    Shown { id, href: format!("{at}/{id}"), name, picture, droppable }
}

fn wanted(material: &MaterialRequirement) -> String {
    let form = match material.form {
        MaterialForm::Original => "原件",
        MaterialForm::Copy => "复印件",
        MaterialForm::OriginalAndCopy => "原件和复印件各",
        MaterialForm::OriginalOrCopy => "原件或者复印件",
        MaterialForm::OriginalShown => "原件（核验后退还）",
    };
    format!("{form} {} 份", material.copies)
}

fn tags(material: &MaterialRequirement, item: &ItemVersion) -> Vec<(&'static str, &'static str)> {
    let mut tags = Vec::new();
    if material.shared {
        tags.push(("g", "数据共享，免提交"));
    }
    if material.deferrable && item.tolerance_days.is_some() {
        tags.push(("a", "可容缺"));
    }
    tags
}

fn choices(found: Option<Finding>, deferrable: bool, offer: Offer) -> Vec<Choice> {
    let offered = Finding::ALL.into_iter().filter(|finding| match offer {
        Offer::All => *finding != Finding::Deferred || deferrable,
        Offer::Brought => matches!(finding, Finding::Good | Finding::Lacking),
    });
    let choice = |finding: Finding| Choice {
        word: finding.word(),
        name: if offer == Offer::Brought && finding == Finding::Lacking { "未收" } else { finding.name() },
        class: if finding == Finding::Lacking { "w" } else { "" },
        checked: found == Some(finding),
    };
    offered.map(choice).collect()
}

fn class(finding: Option<Finding>) -> &'static str {
    match finding {
        Some(Finding::Lacking) => "bad",
        Some(Finding::Deferred) => "warn",
        _ => "",
    }
}

fn ways(material: &MaterialRequirement, check: &MaterialCheck) -> Vec<Way> {
    let usual = if material.shared { "shared" } else { "paper" };
    let chosen = match (check.way, check.finding) {
        (Some(way), _) => word(way),
        (None, None) => usual,
        (None, Some(_)) => "none",
    };
    let mut offered = vec![("paper", "纸质"), ("electronic", "电子文件")];
    if material.shared {
        offered.push(("shared", "数据共享"));
    }
    offered.push(("none", "未提交"));
    offered.into_iter().map(|(word, name)| Way { word, name, chosen: word == chosen }).collect()
}

fn word(way: MaterialWay) -> &'static str {
    match way {
        MaterialWay::Paper => "paper",
        MaterialWay::Electronic => "electronic",
        MaterialWay::Shared => "shared",
    }
}

/// What was ticked in the lines that were shown.
pub fn ticked(sent: &Sent, item: &ItemVersion) -> Checks {
    let mut checks = Checks::default();
    let failed: BTreeSet<&str> = sent.all("failed").collect();
    for material in &item.materials {
        let finding = Finding::from_word(sent.get(&format!("finding-{}", material.id)));
        let chosen = sent.get(&format!("way-{}", material.id));
        // What was not handed in is lacking, unless the clerk found something else.
        let finding = finding.or((chosen == "none").then_some(Finding::Lacking));
        let way = match chosen {
            "paper" => Some(MaterialWay::Paper),
            "electronic" => Some(MaterialWay::Electronic),
            "shared" => Some(MaterialWay::Shared),
            _ => None,
        };
        let own = item.review_points.iter().filter(|point| point.material.as_ref() == Some(&material.id));
        let failed = own.filter(|p| failed.contains(p.id.as_str())).map(|p| p.id.clone()).collect();
        if finding.is_some() || way.is_some() {
            checks.materials.insert(material.id.clone(), MaterialCheck { finding, way, failed });
        }
    }
    for point in item.review_points.iter().filter(|point| point.material.is_none()) {
        if let Some(finding) = Finding::from_word(sent.get(&format!("finding-{}", point.id))) {
            checks.points.insert(point.id.clone(), finding);
        }
    }
    checks
}

/// 处理意见 in words, with the class of the bar it stands in.
pub fn advice(judged: &Judgement, item: &ItemVersion) -> (&'static str, String) {
    use yichuang_domain::case::Demand;
    let name = |demand: &Demand| match demand {
        Demand::Material(id) => item.material(id).map(|material| material.name.clone()).unwrap_or_default(),
        Demand::Point(id) => {
            let point = item.review_points.iter().find(|point| &point.id == id);
            point.map(|point| point.text.clone()).unwrap_or_default()
        }
    };
    let awaited = match judged.awaited.len() {
        0 => String::new(),
        count => format!("　{count} 项由数据共享取得，不向申请人索要。"),
    };
    let (class, words) = match judged.outcome {
        Outcome::Undecided => ("i", format!("还有 {} 项没有结论。", judged.open.len())),
        Outcome::Accept => ("g", "材料齐全、符合法定形式，应当受理。".to_owned()),
        Outcome::Defer => {
            let names: Vec<String> =
                judged.deferred.iter().map(|id| name(&Demand::Material(id.clone()))).collect();
            let days = item.tolerance_days.unwrap_or_default();
            ("w", format!("可以容缺受理，{days} 个工作日内补交：{}。", names.join("、")))
        }
        Outcome::Correct => {
            let names: Vec<String> = judged.demands.iter().map(name).collect();
            ("", format!("须补正 {} 项，一次性告知申请人：{}。", names.len(), names.join("、")))
        }
    };
    (class, words + &awaited)
}
