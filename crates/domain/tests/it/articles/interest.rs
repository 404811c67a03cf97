//! 利害关系人与听证: nothing is decided before they were told and had their time (art. 36, 47, 48).

use super::*;
use yichuang_domain::id::PartyId;

const TOLD: Date = Date::constant(2026, 9, 2);

/// Both branches reviewed, the item one that touches others.
fn reviewed() -> World {
    let mut world = World::new(RECEIVED);
    world.item.touches_others = true;
    let mut steps = decided(Verdict::Approved);
    steps.pop();
    for (actor, command) in steps {
        world.act(&actor, command).expect("goes through");
    }
    world.today = TOLD;
    world
}

fn decide() -> Step {
    (chief(OWN), Command::DecideBranch { verdict: Verdict::Approved, reason: text("理由") })
}

fn tell(parties: Vec<yichuang_domain::applicant::PartyRef>) -> Step {
    (examiner(OWN), Command::TellInterestedParties { parties, matter: text("相邻通行") })
}

fn says(party: i64, voice: Voice) -> Step {
    (examiner(OWN), Command::HearParty { party: PartyId(party), voice, words: text("意见") })
}

fn hearing(held_on: Option<Date>) -> Step {
    let (kind, reason) = (ProcedureKind::Hearing, text("利害关系人要求听证"));
    (examiner(OWN), Command::StartSpecialProcedure { kind, expected_days: 20, held_on, reason })
}

#[test]
fn whoever_is_touched_is_told_before_the_decision_or_it_is_found_that_nobody_is() {
    check_in(&mut reviewed(), vec![], decide(), Some(InterestedUntold));
    let mut nobody = reviewed();
    check_in(&mut nobody, vec![tell(vec![])], decide(), None);
    let told = nobody.journal.iter().find(|e| matches!(e.event, Event::InterestedPartiesTold { .. }));
    assert!(told.is_some_and(|entry| entry.issued.is_empty()), "nobody to write to");
}

#[test]
fn the_time_to_ask_for_a_hearing_is_left_to_them() {
    // Five workdays from 09-02: 09-09.
    for (day, then) in [(9, Some(HearingTimeLeft)), (10, None)] {
        let mut world = reviewed();
        check_in(&mut world, vec![], tell(vec![neighbour()]), None);
        world.today = Date::constant(2026, 9, day);
        check_in(&mut world, vec![], decide(), then);
    }
    let mut waived = reviewed();
    let both = vec![tell(vec![neighbour()]), says(7, Voice::HearingWaived), says(71, Voice::HearingWaived)];
    check_in(&mut waived, both, decide(), None);
    let mut one = reviewed();
    let only = vec![tell(vec![neighbour()]), says(71, Voice::HearingWaived), says(7, Voice::Statement)];
    check_in(&mut one, only, decide(), Some(HearingTimeLeft));
    check_in(&mut reviewed(), vec![tell(vec![neighbour()])], says(72, Voice::Statement), Some(NotInterested));
    check_in(&mut reviewed(), vec![], says(7, Voice::Statement), None);
}

#[test]
fn a_hearing_asked_for_is_held_after_seven_days_notice() {
    let asked = || {
        let mut world = reviewed();
        let asked = vec![tell(vec![neighbour()])];
        check_in(&mut world, asked, says(71, Voice::HearingRequested), None);
        world
    };
    let mut world = asked();
    check_in(&mut world, vec![], decide(), Some(HearingNotHeld));
    let hold = clock(world.case.as_ref().expect("a case"), ClockKind::HearingHold, 10, 5).expect("runs");
    let due = hold.due(world.calendar).expect("known").map(|due| due.on);
    assert_eq!(due, Some(Date::constant(2026, 9, 30)), "twenty workdays, 09-20 is one");
    // Seven workdays from 09-02: 09-11.
    check_in(&mut world, vec![], hearing(None), Some(HearingDayTooSoon));
    check_in(&mut world, vec![], hearing(Some(Date::constant(2026, 9, 10))), Some(HearingDayTooSoon));
    check_in(&mut world, vec![], hearing(Some(Date::constant(2026, 9, 11))), None);
    let end = || {
        let officers = [StaffId(11)].into();
        (examiner(OWN), Command::EndSpecialProcedure { officers, result: text("听证笔录") })
    };
    world.today = Date::constant(2026, 9, 10);
    check_in(&mut world, vec![], end(), Some(HearingDayAhead));
    world.today = Date::constant(2026, 9, 11);
    check_in(&mut world, vec![end()], decide(), None);
}
