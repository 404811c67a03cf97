//! Who does the next step, other departments asked, and the window's signature and word to the applicant.

use super::*;
use yichuang_domain::case::command::Telling;

const COLLEAGUE: i64 = 13;

fn colleague() -> Actor {
    staff(COLLEAGUE, Post::Examiner, OWN)
}

fn delegate(to: i64) -> Command {
    Command::DelegateBranch { to: StaffId(to), reason: text("出差") }
}

fn ask(days: u32) -> Step {
    (examiner(OWN), Command::AskOpinion { to: "hbj".into(), days, question: text("排放口位置是否可行") })
}

const EXAMINE: Command = Command::ExamineBranch { opinion: None };

#[test]
fn a_step_claimed_is_done_by_its_holder_or_who_stands_in() {
    let claimed = |more: Vec<Step>| [accepted(), vec![(examiner(OWN), Command::ClaimBranch)], more].concat();
    check(accepted(), (colleague(), EXAMINE), None);
    check(claimed(vec![]), (colleague(), EXAMINE), Some(ClaimedByOther));
    check(claimed(vec![]), (colleague(), Command::ClaimBranch), Some(ClaimedByOther));
    check(claimed(vec![]), (examiner(OWN), Command::ClaimBranch), Some(ClaimedByOther));
    check(claimed(vec![]), (examiner(OWN), EXAMINE), None);
    check(accepted(), (reviewer(OWN), Command::ClaimBranch), Some(OutOfOrder));
    check(claimed(vec![]), (colleague(), Command::ReleaseBranch), Some(NotClaimed));
    check(claimed(vec![(examiner(OWN), Command::ReleaseBranch)]), (colleague(), EXAMINE), None);
    for command in [EXAMINE, Command::ClaimBranch, Command::ReleaseBranch, delegate(COLLEAGUE)] {
        let mut world = World::new(RECEIVED);
        world.covers = true;
        check_in(&mut world, claimed(vec![]), (staff(14, Post::Examiner, OWN), command), None);
    }
    let next = claimed(vec![(examiner(OWN), EXAMINE)]);
    check(next, (reviewer(OWN), Command::ReviewBranch { opinion: None }), None);
}

#[test]
fn a_step_is_given_on_by_its_holder_or_the_chief_to_somebody_fit() {
    let claimed = [accepted(), vec![(examiner(OWN), Command::ClaimBranch)]].concat();
    check(claimed.clone(), (colleague(), delegate(COLLEAGUE)), Some(NotClaimed));
    check(accepted(), (examiner(OWN), delegate(COLLEAGUE)), Some(NotClaimed));
    check(claimed.clone(), (examiner(OWN), delegate(11)), Some(SuccessorUnfit));
    check(accepted(), (chief(OWN), delegate(1)), Some(SeparationOfDuties));
    check(accepted(), (head(OWN), delegate(COLLEAGUE)), None);
    check(accepted(), (chief(OTHER), delegate(COLLEAGUE)), None);
    let silent = Command::DelegateBranch { to: StaffId(COLLEAGUE), reason: None };
    check(claimed.clone(), (examiner(OWN), silent), Some(GroundsMissing));
    let mut world = World::new(RECEIVED);
    world.fit = false;
    check_in(&mut world, claimed.clone(), (examiner(OWN), delegate(COLLEAGUE)), Some(SuccessorUnfit));
    let world = check(claimed, (examiner(OWN), delegate(COLLEAGUE)), None);
    let case = world.case.expect("a case");
    let branch = case.branch(OWN).expect("its branch");
    assert_eq!(
        (branch.claim, branch.hands.len()),
        (Some(StaffId(COLLEAGUE)), 0),
        "giving it on is no hand in it"
    );
}

#[test]
fn a_page_stays_good_while_others_claim_and_ask_and_no_longer() {
    let mut world = World::new(RECEIVED);
    check_in(&mut world, accepted(), (examiner(OTHER), Command::ClaimBranch), None);
    check_in(&mut world, vec![], ask(3), None);
    let now = world.case.as_ref().expect("a case").version;
    assert_eq!(now, 4);
    for (seen, then) in [(1, Some(StaleVersion)), (5, Some(StaleVersion)), (2, None)] {
        world.seen = Some(seen);
        check_in(&mut world, vec![], (examiner(OWN), EXAMINE), then);
    }
    world.seen = Some(2);
    check_in(
        &mut world,
        vec![],
        (reviewer(OWN), Command::ReviewBranch { opinion: None }),
        Some(StaleVersion),
    );
}

#[test]
fn a_department_asked_answers_once_and_nobody_waits_for_it() {
    let asked = [accepted(), vec![ask(3)]].concat();
    let answer = |agency| (reviewer(agency), Command::GiveOpinion { opinion: text("可行") });
    check(accepted(), ask(0), Some(ConsultationIncomplete));
    let own = Command::AskOpinion { to: OTHER.into(), days: 3, question: text("?") };
    check(accepted(), (examiner(OWN), own), Some(ConsultationIncomplete));
    check(asked.clone(), ask(5), Some(ConsultationOpen));
    check(accepted(), answer("hbj"), Some(NotConsulted));
    check(asked.clone(), answer(OTHER), Some(NotConsulted));
    check(asked.clone(), (reviewer("hbj"), Command::GiveOpinion { opinion: None }), Some(GroundsMissing));
    check([decided(Verdict::Approved), vec![]].concat(), answer("hbj"), Some(BranchDecided));
    let world = check(asked.clone(), answer("hbj"), None);
    let case = world.case.expect("a case");
    assert!(case.question_to("hbj").is_none() && clock(&case, ClockKind::Consultation).is_none());
    check([asked.clone(), vec![answer("hbj")]].concat(), ask(2), None);
    let world = check(asked, (examiner(OWN), EXAMINE), None);
    let case = world.case.expect("a case");
    let due = clock(&case, ClockKind::Consultation).expect("runs").due(world.calendar).expect("a calendar");
    assert_eq!(due.map(|due| due.on), Some(Date::constant(2026, 9, 4)), "three workdays after the question");
    let promised = clock(&case, ClockKind::Promised).expect("runs").due(world.calendar).expect("a calendar");
    assert_eq!(
        promised.map(|due| due.on),
        Some(Date::constant(2026, 9, 10)),
        "seven days, none of them stopped"
    );
}

#[test]
fn the_window_signs_for_the_result_and_tells_the_applicant_once_it_agrees() {
    let handed = [decided(Verdict::Approved), vec![(examiner(OWN), hand_over())]].concat();
    let tell = || (clerk(), Command::TellApplicant { way: Telling::Phone });
    check(decided(Verdict::Approved), (clerk(), Command::TakeResult), Some(NotHandedOver));
    check(handed.clone(), tell(), Some(NotChecked));
    let taken = [handed.clone(), vec![(clerk(), Command::TakeResult)]].concat();
    check(taken.clone(), (clerk(), Command::TakeResult), Some(AlreadyTaken));
    let back = (clerk(), Command::CheckResult { matches: false, reason: text("名称不符") });
    let world = check(taken.clone(), back, None);
    assert_eq!(world.case.expect("a case").taken_on, None);
    let checked = [handed, vec![(clerk(), Command::CheckResult { matches: true, reason: None })]].concat();
    let world = check([checked, vec![tell()]].concat(), tell(), None);
    let case = world.case.expect("a case");
    assert_eq!(case.told_on, Some(RECEIVED), "told again");
}
