//! 清单: what of the published list is held, lacking or outside it (行政许可法 art. 31 and 32), and the names by which
//! a refusal tells it.

use super::super::{Case, Demand, SubmittedMaterial};
use super::*;
use crate::item::SituationFault;
use std::collections::BTreeSet;

/// Materials of this situation not held, and points not passed. What data sharing can fetch is fetched, not
/// waited for (国务院令第716号 art. 7); neither it nor its points count here while it is not held.
pub(super) fn lacking(case: &Case, facts: &Facts<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    let fetched = |id: &String| {
        !case.materials.contains_key(id) && facts.item.material(id).is_some_and(|material| material.shared)
    };
    let missing = facts.item.required_materials(&case.situations).filter(|m| !m.shared).map(|m| m.id.clone());
    let unpassed = facts.item.review_points(&case.situations);
    let unpassed = unpassed.filter(|p| !p.material.as_ref().is_some_and(fetched)).map(|p| p.id.clone());
    (
        missing.filter(|id| !case.materials.contains_key(id)).collect(),
        unpassed.filter(|id| !case.points.contains(id)).collect(),
    )
}

pub(super) fn points_passed(facts: &Facts<'_>, unpassed: &BTreeSet<String>) -> Result<(), Refusal> {
    let texts = facts.item.review_points.iter().filter(|p| unpassed.contains(&p.id)).map(|p| p.text.as_str());
    match unpassed.is_empty() {
        true => Ok(()),
        false => Err(Refusal::with(RefusalCode::PointsNotPassed, texts.collect::<Vec<_>>().join("、"))),
    }
}

/// Art. 31: nothing outside the list of this situation is taken in or asked for.
pub(super) fn within_list(
    facts: &Facts<'_>,
    situations: &BTreeSet<String>,
    materials: &[SubmittedMaterial],
    points: &BTreeSet<String>,
) -> Result<(), Refusal> {
    let materials = materials.iter().map(|m| m.material.clone()).collect();
    demanded_within_list(facts, situations, &materials, points)
}

pub(super) fn demanded_within_list(
    facts: &Facts<'_>,
    situations: &BTreeSet<String>,
    materials: &BTreeSet<String>,
    points: &BTreeSet<String>,
) -> Result<(), Refusal> {
    if let Some(id) =
        materials.iter().find(|id| !facts.item.required_materials(situations).any(|m| &m.id == *id))
    {
        return Err(Refusal::with(RefusalCode::OutsideList, name_of(facts, &Demand::Material(id.clone()))));
    }
    match points.iter().find(|id| !facts.item.review_points(situations).any(|p| &p.id == *id)) {
        Some(id) => Err(Refusal::with(RefusalCode::UnknownReviewPoint, id.clone())),
        None => Ok(()),
    }
}

pub(super) fn split(demands: &BTreeSet<Demand>) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut halves = (BTreeSet::new(), BTreeSet::new());
    for demand in demands {
        match demand {
            Demand::Material(id) => halves.0.insert(id.clone()),
            Demand::Point(id) => halves.1.insert(id.clone()),
        };
    }
    halves
}

pub(super) fn name_of(facts: &Facts<'_>, demand: &Demand) -> String {
    let (Demand::Material(id) | Demand::Point(id)) = demand;
    let material = facts.item.material(id).map(|m| m.name.clone());
    let point = facts.item.review_points.iter().find(|p| &p.id == id).map(|p| p.text.clone());
    material.or(point).unwrap_or_else(|| id.clone())
}

pub(super) fn names(facts: &Facts<'_>, materials: &BTreeSet<String>) -> String {
    let name = |id: &String| name_of(facts, &Demand::Material(id.clone()));
    materials.iter().map(name).collect::<Vec<_>>().join("、")
}

pub(super) fn situation_refused(fault: SituationFault) -> Refusal {
    match fault {
        SituationFault::Unknown(id) => Refusal::with(RefusalCode::UnknownSituation, id),
        SituationFault::Unanswered(text) => {
            Refusal::with(RefusalCode::SituationIncomplete, format!("未选：{text}"))
        }
        SituationFault::TooMany(text) => {
            Refusal::with(RefusalCode::SituationIncomplete, format!("只能选一项：{text}"))
        }
        SituationFault::NotAsked(id) => {
            Refusal::with(RefusalCode::SituationIncomplete, format!("不适用：{id}"))
        }
    }
}
