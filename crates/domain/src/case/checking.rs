//! 收件审查: what the clerk finds of each material and each point, and what that comes to. The outcome follows from the
//! findings (行政许可法 art. 32 para. 1); nobody picks one that they do not carry.
//!
//! Only says what may be tried: the rules proper are in `decide`.

use super::{Demand, MaterialWay, SubmittedMaterial};
use crate::item::ItemVersion;
use crate::material::{MaterialForm, MaterialRequirement};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// 审查结论 of one material or point.
#[doc(alias = "审查结论")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// 合格
    Good,
    /// 当场更正: it was not, and was put right on the spot (art. 32 para. 1 item 3).
    Corrected,
    /// 补正: missing, or not in legal form (item 4).
    Lacking,
    /// 容缺: missing, and may come later.
    Deferred,
}

impl Finding {
    /// Every finding, in the order a page offers them.
    pub const ALL: [Finding; 4] = [Finding::Good, Finding::Corrected, Finding::Lacking, Finding::Deferred];

    /// The word in a form.
    pub fn word(self) -> &'static str {
        match self {
            Finding::Good => "good",
            Finding::Corrected => "corrected",
            Finding::Lacking => "lacking",
            Finding::Deferred => "deferred",
        }
    }

    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Finding::Good => "合格",
            Finding::Corrected => "更正",
            Finding::Lacking => "补正",
            Finding::Deferred => "容缺",
        }
    }

    /// The finding with this word.
    pub fn from_word(word: &str) -> Option<Finding> {
        Finding::ALL.into_iter().find(|finding| finding.word() == word)
    }
}

/// 材料审查: one line of the clerk's table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialCheck {
    /// The finding; `None`: not looked at yet.
    pub finding: Option<Finding>,
    /// How it came; `None`: it was not handed in.
    pub way: Option<MaterialWay>,
    /// Ids of the points that it fails, where it is lacking; empty: it is missing, or is to come anew.
    #[serde(default)]
    pub failed: BTreeSet<String>,
}

/// 审查表: every finding of one receipt.
#[doc(alias = "审查表")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// By id of the material.
    pub materials: BTreeMap<String, MaterialCheck>,
    /// Points of the application as a whole, by id.
    pub points: BTreeMap<String, Finding>,
}

/// 处理意见: what the findings come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 收件待审: not everything was looked at.
    Undecided,
    /// 受理: complete and in legal form (item 5).
    Accept,
    /// 容缺受理: only what may come later is missing.
    Defer,
    /// 一次性告知补正 (item 4).
    Correct,
}

impl Outcome {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Undecided => "收件待审",
            Outcome::Accept => "受理",
            Outcome::Defer => "容缺受理",
            Outcome::Correct => "一次性告知补正",
        }
    }
}

/// 审查结果: the findings as the commands take them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Materials held as they were handed in.
    pub materials: Vec<SubmittedMaterial>,
    /// Points passed as they were handed in.
    pub points: BTreeSet<String>,
    /// Materials put right on the spot.
    pub corrected_materials: Vec<SubmittedMaterial>,
    /// Points passed by it.
    pub corrected_points: BTreeSet<String>,
    /// Everything a correction notice names.
    pub demands: BTreeSet<Demand>,
    /// Materials that may come later.
    pub deferred: BTreeSet<String>,
    /// Materials that data sharing has not given yet: fetched, never asked for (国务院令第716号 art. 7).
    pub awaited: BTreeSet<String>,
    /// Materials and points not looked at yet.
    pub open: Vec<Demand>,
    /// What it comes to.
    pub outcome: Outcome,
}

impl Checks {
    /// 汇总: what these findings come to for this item in these situations. What was found of materials the situations
    /// do not ask for counts for nothing (art. 31).
    pub fn judge(&self, item: &ItemVersion, situations: &BTreeSet<String>) -> Judgement {
        let mut judged = Judgement {
            materials: Vec::new(),
            points: BTreeSet::new(),
            corrected_materials: Vec::new(),
            corrected_points: BTreeSet::new(),
            demands: BTreeSet::new(),
            deferred: BTreeSet::new(),
            awaited: BTreeSet::new(),
            open: Vec::new(),
            outcome: Outcome::Undecided,
        };
        for material in item.required_materials(situations) {
            let points = item.review_points(situations).filter(|p| p.material.as_ref() == Some(&material.id));
            let points = points.map(|point| point.id.clone()).collect();
            match self.materials.get(&material.id) {
                Some(check) => judged.material(material, check, points),
                None => judged.open.push(Demand::Material(material.id.clone())),
            }
        }
        for point in item.review_points(situations).filter(|point| point.material.is_none()) {
            let (id, demand) = (point.id.clone(), Demand::Point(point.id.clone()));
            match self.points.get(&point.id) {
                None => judged.open.push(demand),
                Some(Finding::Good) => drop(judged.points.insert(id)),
                Some(Finding::Corrected) => drop(judged.corrected_points.insert(id)),
                Some(Finding::Lacking | Finding::Deferred) => drop(judged.demands.insert(demand)),
            }
        }
        judged.outcome = judged.outcome(item);
        judged
    }
}

impl Judgement {
    fn material(&mut self, required: &MaterialRequirement, check: &MaterialCheck, points: BTreeSet<String>) {
        let id = || required.id.clone();
        let held = check.way.map(|way| as_required(required, way));
        match (check.finding, held) {
            (None, _) => self.open.push(Demand::Material(id())),
            (Some(Finding::Good), Some(held)) => {
                self.materials.push(held);
                self.points.extend(points);
            }
            (Some(Finding::Corrected), Some(held)) if points.is_empty() => {
                self.corrected_materials.push(held)
            }
            (Some(Finding::Corrected), Some(held)) => {
                self.materials.push(held);
                self.corrected_points.extend(points);
            }
            (Some(Finding::Deferred), _) if required.deferrable => drop(self.deferred.insert(id())),
            // Handed in, and some points are to be put right; where none is named, all of it is to come.
            (Some(_), Some(held)) if points.iter().any(|id| check.failed.contains(id)) => {
                let failed: BTreeSet<String> = points.intersection(&check.failed).cloned().collect();
                self.materials.push(held);
                self.points.extend(points.difference(&failed).cloned());
                self.demands.extend(failed.into_iter().map(Demand::Point));
            }
            (Some(_), _) if required.shared => drop(self.awaited.insert(id())),
            (Some(_), _) => drop(self.demands.insert(Demand::Material(id()))),
        }
    }

    fn outcome(&mut self, item: &ItemVersion) -> Outcome {
        let deferrable = item.tolerance_days.is_some();
        match () {
            () if !self.open.is_empty() => return Outcome::Undecided,
            () if self.demands.is_empty() && self.deferred.is_empty() => return Outcome::Accept,
            () if self.demands.is_empty() && deferrable => return Outcome::Defer,
            () => {}
        }
        // The one notice names everything, what might have come later too.
        self.demands.extend(std::mem::take(&mut self.deferred).into_iter().map(Demand::Material));
        Outcome::Correct
    }
}

/// As many originals and copies as the list asks for; a file and a shared record have none.
pub fn as_required(required: &MaterialRequirement, way: MaterialWay) -> SubmittedMaterial {
    let (originals, copies) = match (way, required.form) {
        (MaterialWay::Electronic | MaterialWay::Shared, _) => (0, 0),
        (MaterialWay::Paper, MaterialForm::Copy) => (0, required.copies),
        (MaterialWay::Paper, MaterialForm::OriginalAndCopy) => (required.copies, required.copies),
        (MaterialWay::Paper, _) => (required.copies, 0),
    };
    SubmittedMaterial { material: required.id.clone(), way, originals, copies }
}
