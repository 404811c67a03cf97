//! 利害关系人与听证: nothing is decided before they were told and had their time (art. 36, 47, 48).

use super::*;
use yichuang_domain::applicant::PartyRef;
use yichuang_domain::id::PartyId;

const TOLD: Date = Date::constant(2026, 9, 2);

fn on(day: i8) -> Date {
    Date::constant(2026, 9, day)
}

/// Both branches reviewed, the item one that touches others.
fn reviewed() -> World {
    let mut world = World::new(RECEIVED);
    world.item.touches_others = true;
    world.item.promised.iter_mut().for_each(|limit| limit.days = 20);
    world.item.concerned.iter_mut().for_each(|concerned| concerned.promised.days = 20);
    let mut steps = accepted();
    for agency in [OTHER, OWN] {
        steps.push((examiner(agency), Command::ExamineBranch { opinion: None }));
        steps.push((reviewer(agency), Command::ReviewBranch { opinion: None }));
    }
    for (actor, command) in steps {
        world.act(&actor, command).expect("goes through");
    }
    world.today = TOLD;
    world
}

fn decide() -> Step {
    (chief(OWN), Command::DecideBranch { verdict: Verdict::Approved, reason: text("理由") })
}

fn tell(parties: Vec<PartyRef>) -> Step {
    (examiner(OWN), Command::TellInterestedParties { parties, matter: text("相邻通行") })
}

fn served(party: i64, day: i8) -> Step {
    (examiner(OWN), Command::RecordService { party: PartyId(party), on: on(day) })
}

fn says(party: i64, voice: Voice) -> Step {
    (examiner(OWN), Command::HearParty { party: PartyId(party), voice, words: text("意见") })
}

/// The neighbour and the applicant are told and served on 09-02.
fn told() -> World {
    let mut world = reviewed();
    check_in(&mut world, vec![tell(vec![neighbour()]), served(7, 2)], served(71, 2), None);
    world
}

fn call(hearing: Option<Hearing>) -> Step {
    let (kind, reason) = (ProcedureKind::Hearing, text("利害关系人要求听证"));
    (examiner(OWN), Command::StartSpecialProcedure { kind, expected_days: 20, hearing, reason })
}

fn end(held: bool) -> Step {
    let officers = [StaffId(13)].into();
    (examiner(OWN), Command::EndSpecialProcedure { officers, held, result: text("听证笔录") })
}

#[test]
fn whoever_is_touched_is_told_before_the_decision_or_it_is_found_that_nobody_is() {
    check_in(&mut reviewed(), vec![], decide(), Some(InterestedUntold));
    let other = Command::TellInterestedParties { parties: vec![], matter: text("查明") };
    check_in(&mut reviewed(), vec![], (examiner(OTHER), other), Some(NotLeadAgency));
    let mut nobody = reviewed();
    check_in(&mut nobody, vec![tell(vec![])], decide(), None);
    let event = nobody.journal.iter().find(|e| matches!(e.event, Event::InterestedPartiesTold { .. }));
    assert!(event.is_some_and(|entry| entry.issued.is_empty()), "nobody to write to");
    let mut some = reviewed();
    let events = some.act(&examiner(OWN), tell(vec![neighbour()]).1).expect("told");
    assert_eq!(events[0].numbers_needed().len(), 2, "one for the neighbour, one for the applicant");
    assert_eq!(events[0].addressee(NoticeKind::InterestedPartyNotice, 0), Some(PartyId(71)));
    assert_eq!(events[0].addressee(NoticeKind::InterestedPartyNotice, 1), None, "the applicant");
}

#[test]
fn the_time_to_ask_runs_from_the_day_the_last_of_them_was_served() {
    let mut unserved = reviewed();
    check_in(&mut unserved, vec![tell(vec![neighbour()]), served(7, 2)], decide(), Some(NotServed));
    check_in(&mut unserved, vec![], served(7, 2), Some(AlreadyServed));
    check_in(&mut unserved, vec![], served(71, 1), Some(ServiceDayWrong));
    check_in(&mut unserved, vec![], served(71, 3), Some(ServiceDayWrong));
    // Five workdays from 09-02: 09-09.
    for (day, then) in [(9, Some(HearingTimeLeft)), (10, None)] {
        let mut world = told();
        world.today = on(day);
        check_in(&mut world, vec![], decide(), then);
    }
    let waived = vec![says(7, Voice::HearingWaived), says(71, Voice::HearingWaived)];
    check_in(&mut told(), waived, decide(), None);
    let one = vec![says(71, Voice::HearingWaived), says(7, Voice::Statement)];
    check_in(&mut told(), one, decide(), Some(HearingTimeLeft));
}

#[test]
fn who_was_told_may_ask_within_the_time_and_take_it_back() {
    check_in(&mut told(), vec![], says(72, Voice::Statement), Some(NotInterested));
    check_in(&mut reviewed(), vec![], says(7, Voice::Statement), None);
    check_in(&mut reviewed(), vec![], says(7, Voice::HearingRequested), Some(NotInterested));
    for (day, then) in [(9, None), (10, Some(HearingRequestLate))] {
        let mut world = told();
        world.today = on(day);
        check_in(&mut world, vec![], says(71, Voice::HearingRequested), then);
    }
    let mut back = told();
    let asked = vec![says(7, Voice::HearingWaived), says(71, Voice::HearingRequested)];
    check_in(&mut back, asked, decide(), Some(HearingNotHeld));
    check_in(&mut back, vec![says(71, Voice::HearingWaived)], decide(), None);
}

#[test]
fn a_hearing_asked_for_is_held_in_time_after_seven_days_notice_by_somebody_else() {
    let mut world = told();
    check_in(&mut world, vec![], says(71, Voice::HearingRequested), None);
    let hold = clock(world.case.as_ref().expect("a case"), ClockKind::HearingHold).expect("runs");
    let due = hold.due(world.calendar).expect("known").map(|due| due.on);
    assert_eq!(due, Some(on(30)), "twenty workdays: 09-20 is one, 09-25 to 27 are not");
    check_in(&mut world, vec![], call(None), Some(HearingUnplanned));
    // Seven workdays from 09-02: 09-11. 09-12 is a Saturday.
    let october = Date::constant(2026, 10, 8);
    for (day, then) in
        [(on(10), HearingDayTooSoon), (on(12), HearingDayTooSoon), (october, HearingDayTooLate)]
    {
        check_in(&mut world, vec![], call(hearing(day, 90)), Some(then));
    }
    for involved in [11, 21, 1] {
        check_in(&mut world, vec![], call(hearing(on(11), involved)), Some(PresiderInvolved));
    }
    let events = world.act(&examiner(OWN), call(hearing(on(11), 90)).1).expect("called");
    assert_eq!(events[0].numbers_needed().len(), 3, "the procedure, the applicant, the neighbour");
    for (agency, decider) in [(OWN, chief(OWN)), (OTHER, chief(OTHER))] {
        let command = Command::DecideBranch { verdict: Verdict::Approved, reason: None };
        check_in(&mut world, vec![], (decider, command), Some(BranchSuspended));
        let case = world.case.as_ref().expect("a case");
        let clocks = limit::clocks(case).into_iter().filter(|clock| clock.branch == agency);
        let statutory = clocks.filter(|clock| clock.kind == ClockKind::Statutory);
        assert!(
            statutory.flat_map(|clock| clock.due(world.calendar)).all(|due| due.is_none()),
            "{agency} waits"
        );
    }
    world.today = on(10);
    check_in(&mut world, vec![], end(true), Some(HearingDayAhead));
    world.today = on(11);
    check_in(&mut world, vec![end(true), says(7, Voice::HearingWaived)], decide(), None);
}

#[test]
fn a_hearing_that_did_not_take_place_is_called_anew_and_one_held_without_somebody_was_not_his() {
    let called = || {
        let mut world = told();
        check_in(&mut world, vec![says(71, Voice::HearingRequested)], call(hearing(on(11), 90)), None);
        world
    };
    let mut put_off = called();
    check_in(&mut put_off, vec![end(false)], decide(), Some(HearingNotHeld));
    check_in(&mut put_off, vec![], call(hearing(on(14), 90)), None);
    let mut late = called();
    late.today = on(11);
    let third = PartyRef { id: PartyId(72), ..neighbour() };
    let after = vec![end(true), says(7, Voice::HearingWaived), tell(vec![third]), served(72, 11)];
    check_in(&mut late, after, decide(), Some(HearingTimeLeft));
    check_in(&mut late, vec![], says(72, Voice::HearingRequested), None);
    check_in(&mut late, vec![], decide(), Some(HearingNotHeld));
}
