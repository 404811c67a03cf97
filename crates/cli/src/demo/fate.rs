//! What becomes of a demo case at intake, and what it has and lacks for that.

use super::draw::Draws;
use std::collections::BTreeSet;
use yichuang_domain::case::{Case, MaterialWay, SubmittedMaterial};
use yichuang_domain::item::ItemVersion;

/// What becomes of it at intake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Accepted at once.
    Complete,
    /// Something is put right on the spot.
    OnTheSpot,
    /// Told what to correct.
    Correction { supplied: bool, in_two_parts: bool },
    /// Accepted with deferred materials.
    Deferral { supplied: bool },
    /// A refusal is proposed.
    Refusal { confirmed: bool },
    /// Nobody tells the applicant anything in time.
    Forgotten,
    /// Withdrawn at the window.
    Withdrawn,
}

/// One material on paper.
pub fn paper(id: &str) -> SubmittedMaterial {
    SubmittedMaterial::new(id, MaterialWay::Paper)
}

/// Answers every question asked.
pub fn choose(item: &ItemVersion, draws: &mut Draws) -> BTreeSet<String> {
    let mut chosen = BTreeSet::new();
    for question in &item.questions {
        let asked = item.questions_asked(&chosen).any(|q| q.id == question.id);
        let choice = question.choices.get(draws.below(question.choices.len()));
        chosen.extend(choice.filter(|_| asked).map(|choice| choice.id.clone()));
    }
    chosen
}

/// Draws what becomes of it at intake.
pub fn fate(item: &ItemVersion, situations: &BTreeSet<String>, draws: &mut Draws) -> Fate {
    let deferrable = item.tolerance_days.is_some()
        && item.required_materials(situations).any(|m| m.deferrable && !m.shared);
    let own = item.required_materials(situations).any(|m| !m.shared);
    match draws.below(100) {
        0..8 if own => Fate::OnTheSpot,
        8..20 if own => Fate::Correction { supplied: !draws.chance(12), in_two_parts: draws.chance(20) },
        20..34 if deferrable => Fate::Deferral { supplied: draws.chance(80) },
        34..39 => Fate::Refusal { confirmed: draws.chance(80) },
        39..42 => Fate::Forgotten,
        42..44 => Fate::Withdrawn,
        _ => Fate::Complete,
    }
}

/// Materials not held and points not passed.
pub fn wanting(item: &ItemVersion, case: &Case) -> (BTreeSet<String>, BTreeSet<String>) {
    let to_fetch = |id: &String| {
        !case.materials.contains_key(id) && item.material(id).is_some_and(|material| material.shared)
    };
    let materials = item.required_materials(&case.situations).filter(|m| !m.shared).map(|m| m.id.clone());
    let points = item.review_points(&case.situations).filter(|p| !p.material.as_ref().is_some_and(to_fetch));
    let points = points.map(|p| p.id.clone());
    (
        materials.filter(|id| !case.materials.contains_key(id)).collect(),
        points.filter(|id| !case.points.contains(id)).collect(),
    )
}
