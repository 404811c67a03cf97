//! What the property test draws: numbers, a count of what was met, and small choices.

use crate::world::*;
use std::collections::BTreeMap;
use yichuang_domain::case::Command;
use yichuang_domain::case::command::{DeliveryWay, Receiver};
use yichuang_domain::id::VisitId;
use yichuang_domain::rating::RatingLevel;

/// Draws: a list of numbers that the driver reads one after the other; proptest shrinks it.
pub struct Draws<'a>(pub std::slice::Iter<'a, u16>);

impl Draws<'_> {
    pub fn below(&mut self, n: usize) -> usize {
        self.0.next().map_or(0, |draw| *draw as usize % n)
    }
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len());
        choices[index].clone()
    }
    pub fn done(&self) -> bool {
        self.0.len() == 0
    }
}

#[derive(Default)]
pub struct Seen(pub BTreeMap<String, usize>);

impl Seen {
    pub fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }
}

pub fn way(draws: &mut Draws) -> DeliveryWay {
    let window = |receiver, verified| DeliveryWay::Window { visit: VisitId(8), receiver, verified };
    draws.pick(&[
        window(Receiver::Applicant, true),
        window(Receiver::Other { party: neighbour(), authority: text("委托书").expect("a text") }, true),
        DeliveryWay::Electronic,
        window(Receiver::Applicant, false),
        window(Receiver::Agent, true),
        DeliveryWay::Mail { tracking_no: "EMS1234567".into() },
        DeliveryWay::Mail { tracking_no: String::new() },
    ])
}

pub fn rating(draws: &mut Draws) -> Command {
    let level = draws.pick(&RatingLevel::TABLE).0;
    Command::RateCase { level, indicators: draws.pick(&[vec![], vec![510], vec![999]]).into_iter().collect() }
}
