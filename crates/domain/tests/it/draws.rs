//! What the property test draws: numbers, a count of what was met, and small choices.

use crate::world::*;
use std::collections::BTreeMap;
use yichuang_domain::applicant::TextRef;
use yichuang_domain::case::Command;
use yichuang_domain::case::command::{DeliveryWay, Receiver};
use yichuang_domain::id::{StaffId, VisitId};
use yichuang_domain::permission::{Actor, Post};
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

/// Claims, hand-overs, questions; by the holder and by colleagues.
pub fn at_desk(agency: &str, reason: Option<TextRef>, draws: &mut Draws) -> (Actor, Command) {
    use Command::*;
    let colleague =
        staff(13, draws.pick(&[Post::Examiner, Post::Reviewer, Post::ChiefRepresentative]), agency);
    let by = draws.pick(&[examiner(agency), reviewer(agency), chief(agency), colleague]);
    let asked = draws.pick(&["hbj", "hbj", OTHER]);
    let ask = AskOpinion { to: asked.into(), days: draws.pick(&[3, 3, 0]), question: reason.clone() };
    let commands = [
        ClaimBranch,
        ReleaseBranch,
        DelegateBranch { to: StaffId(draws.pick(&[1, 13, 13, 13])), reason: reason.clone() },
        ask.clone(),
        ask.clone(),
        ask,
    ];
    match draws.below(8) {
        0..2 => (examiner("hbj"), GiveOpinion { opinion: reason }),
        _ => (by, draws.pick(&commands)),
    }
}
