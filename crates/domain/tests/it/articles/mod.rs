//! The case each article describes: given a case, when somebody does this, then that happens.

mod approval;
mod checking;
mod desk;
mod documents;
mod intake;
mod interest;
mod issuing;

use crate::world::*;
use yichuang_domain::RefusalCode::{self, *};
use yichuang_domain::case::command::{DeliveryWay, Receiver};
use yichuang_domain::case::limit::{ClockKind, clock};
use yichuang_domain::case::*;
use yichuang_domain::id::StaffId;
use yichuang_domain::item::{
    DayUnit, Extension, HandlingMode, ItemKind, ProcedureKind, StartEvent, VersionStatus,
};
use yichuang_domain::notice::{Issued, NoticeKind, NumberNeed};
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::rating::RatingLevel;
use yichuang_domain::time::Date;

const RECEIVED: Date = Date::constant(2026, 9, 1);

type Step = (Actor, Command);

/// Given these steps all went through, when this is done, then it is refused for this reason, or (None)
/// goes through.
#[track_caller]
fn check(given: Vec<Step>, when: Step, then: Option<RefusalCode>) -> World {
    let mut world = World::new(RECEIVED);
    check_in(&mut world, given, when, then);
    world
}

#[track_caller]
fn check_in(world: &mut World, given: Vec<Step>, when: Step, then: Option<RefusalCode>) {
    for (actor, command) in given {
        world.act(&actor, command).expect("the given steps go through");
    }
    assert_eq!(world.act(&when.0, when.1).err(), then);
}

fn complete() -> Step {
    (clerk(), receive(&["xs", "br"], &["m1", "m3", "m5"], &["p1", "p3"]))
}

fn lacking_m3() -> Step {
    (clerk(), receive(&["xs", "br"], &["m1", "m5"], &["p1"]))
}

fn accepted() -> Vec<Step> {
    vec![complete(), (clerk(), Command::AcceptCase)]
}

fn decided(verdict: Verdict) -> Vec<Step> {
    let mut steps = accepted();
    for agency in [OTHER, OWN] {
        steps.push((examiner(agency), Command::ExamineBranch { opinion: None }));
        steps.push((reviewer(agency), Command::ReviewBranch { opinion: None }));
        let verdict = if agency == OWN { verdict } else { Verdict::Approved };
        steps.push((chief(agency), Command::DecideBranch { verdict, reason: text("理由") }));
    }
    steps
}

fn delivered() -> Vec<Step> {
    let mut steps = decided(Verdict::Approved);
    steps.push((examiner(OWN), hand_over()));
    steps.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    steps.push((clerk(), collected(Receiver::Applicant, true)));
    steps.push((clerk(), Command::InviteRating));
    steps
}

fn demands(ids: &[&str]) -> Command {
    Command::RequestCorrection { demands: ids.iter().map(|id| Demand::Material((*id).into())).collect() }
}

fn supplement(ids: &[&str], points: &[&str]) -> Command {
    Command::SubmitSupplement(supply(ids, points))
}

fn defer(commitment: bool) -> Command {
    let commitment = commitment.then(|| text("承诺")).flatten();
    Command::AcceptWithDeferredMaterials {
        missing: set(&["m3"]),
        commitment,
        credit: credit(RECEIVED, false),
    }
}

fn supplement_on_the_spot() -> Command {
    Command::CorrectOnTheSpot { materials: materials(&["m3"]), points: set(&["p3"]), note: None }
}

fn limit(days: u32) -> yichuang_domain::item::Limit {
    yichuang_domain::item::Limit { days, unit: DayUnit::Workday }
}

fn span(start: Date, end_day: i8) -> yichuang_domain::calendar::Span {
    yichuang_domain::calendar::Span { start, end: Some(Date::constant(2026, 9, end_day)) }
}
