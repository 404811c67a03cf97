//! Branches, procedures, extension: the case each article describes, the day before and the day after.

use super::*;

#[test]
fn no_promise_reaches_beyond_the_law() {
    let mut world = World::new(RECEIVED);
    let statutory = world.item.statutory.as_mut().expect("a limit");
    (statutory.start, statutory.limit.days) = (StartEvent::Receipt, 7);
    world.act(&complete().0, complete().1).expect("received");
    world.today = Date::constant(2026, 9, 7);
    world.act(&clerk(), Command::AcceptCase).expect("accepted");
    let case = world.case.as_ref().expect("a case");
    for kind in [ClockKind::Statutory, ClockKind::Promised] {
        let due = clock(case, kind).expect("runs").due(world.calendar).expect("known");
        assert_eq!(due.map(|due| due.on), Some(Date::constant(2026, 9, 10)), "{kind:?}");
    }
}

#[test]
fn whoever_took_a_case_in_never_decides_it() {
    for post in [Post::Examiner, Post::Reviewer, Post::ChiefRepresentative] {
        let command = match post {
            Post::Examiner => Command::ExamineBranch { opinion: None },
            Post::Reviewer => Command::ReviewBranch { opinion: None },
            _ => Command::DecideBranch { verdict: Verdict::Approved, reason: None },
        };
        check(accepted(), (staff(1, post, OWN), command), Some(SeparationOfDuties));
    }
}

#[test]
fn branches_decide_in_order_and_together() {
    check(
        accepted(),
        (chief(OWN), Command::DecideBranch { verdict: Verdict::Approved, reason: None }),
        Some(OutOfOrder),
    );
    check(accepted(), (examiner("nobody"), Command::ExamineBranch { opinion: None }), Some(NotYourBranch));
    check(vec![complete()], (examiner(OWN), Command::ExamineBranch { opinion: None }), Some(NotAccepted));
    let mut one_in = decided(Verdict::Denied);
    let last = one_in.pop().expect("the last decision");
    let world = check(one_in, last, None);
    let case = world.case.expect("a case");
    assert_eq!(
        case.stage,
        Stage::Decided(Decision { verdict: Verdict::Denied, on: RECEIVED, delivery_days: 10 }),
        "one refusal denies"
    );
    let mut unreasoned = decided(Verdict::Approved);
    unreasoned.pop();
    let deny = Command::DecideBranch { verdict: Verdict::Denied, reason: None };
    check(unreasoned, (chief(OWN), deny), Some(ReasonMissing));
}

#[test]
fn article_45_stops_the_statutory_clock_and_a_site_inspection_only_the_promised_one() {
    for (kind, statutory) in [(ProcedureKind::ExpertReview, true), (ProcedureKind::SiteInspection, false)] {
        let mut world = World::new(RECEIVED);
        for (actor, command) in accepted() {
            world.act(&actor, command).expect("goes through");
        }
        world.today = Date::constant(2026, 9, 10);
        let (expected_days, hearing, reason) = (5, None, text("需评审"));
        let start = Command::StartSpecialProcedure { kind, expected_days, hearing, reason };
        world.act(&examiner(OWN), start).expect("starts");
        check_in(
            &mut world,
            vec![],
            (examiner(OWN), Command::ExamineBranch { opinion: None }),
            Some(BranchSuspended),
        );
        let officers = [11, 13].map(StaffId).into();
        let one =
            Command::EndSpecialProcedure {
                officers: [StaffId(11)].into(), held: true, result: text("通过")
            };
        let refused = (kind == ProcedureKind::SiteInspection).then_some(TwoOfficersNeeded);
        world.today = Date::constant(2026, 9, 17);
        if refused.is_some() {
            check_in(&mut world, vec![], (examiner(OWN), one), refused);
        }
        world
            .act(&examiner(OWN), Command::EndSpecialProcedure { officers, held: true, result: text("通过") })
            .expect("ends");
        let case = world.case.as_ref().expect("a case");
        let due = |kind| clock(case, kind).and_then(|c| c.due(world.calendar).ok()).flatten().map(|d| d.on);
        let (legal, _) = (due(ClockKind::Statutory), due(ClockKind::Promised));
        let expected = if statutory { Date::constant(2026, 10, 12) } else { Date::constant(2026, 9, 29) };
        assert_eq!(legal, Some(expected));
        let before = Date::constant(2026, 9, 10);
        assert_eq!(
            due(ClockKind::Promised),
            world.calendar.due(RECEIVED, limit(7), &[span(before, 17)]).expect("known").map(|d| d.on)
        );
    }
    let hearing = Command::StartSpecialProcedure {
        kind: ProcedureKind::Hearing,
        expected_days: 5,
        hearing: None,
        reason: text("听证"),
    };
    check(accepted(), (examiner(OWN), hearing), Some(ProcedureNotListed));
}

#[test]
fn article_42_one_extension_by_the_head_up_to_ten_days_moves_both_clocks() {
    let extend = |days| Command::ExtendLimit { days, reason: text("情况复杂") };
    check(accepted(), (chief(OWN), extend(5)), Some(HeadNeeded));
    check(accepted(), (head(OWN), extend(11)), Some(ExtensionTooLong));
    let mut once = accepted();
    once.push((head(OWN), extend(10)));
    check(once.clone(), (head(OWN), extend(1)), Some(AlreadyExtended));
    let world = check(accepted(), (head(OWN), extend(10)), None);
    let clocks = limit::clocks(world.case.as_ref().expect("a case"));
    let days: Vec<u32> = clocks.iter().filter(|c| c.branch == OWN).map(|c| c.term.limit.days).collect();
    assert_eq!(days, [30, 17]);
}

#[test]
fn a_limit_is_extended_only_where_its_own_law_says_so_and_before_it_is_over() {
    let extend = |days| Command::ExtendLimit { days, reason: text("情况复杂") };
    let registration = |extension: Option<Extension>| {
        let mut world = World::new(RECEIVED);
        let statutory = world.item.statutory.as_mut().expect("a limit");
        (statutory.basis, statutory.extension) = ("市场主体登记管理条例第十九条".into(), extension);
        world
    };
    check_in(&mut registration(None), accepted(), (head(OWN), extend(1)), Some(NotExtendable));
    let three = || Some(Extension { days: 3, basis: "市场主体登记管理条例第十九条".into() });
    check_in(&mut registration(three()), accepted(), (head(OWN), extend(4)), Some(ExtensionTooLong));
    check_in(&mut registration(three()), accepted(), (head(OWN), extend(3)), None);
    for (today, then) in [(Date::constant(2026, 9, 29), None), (Date::constant(2026, 9, 30), Some(LimitOver))]
    {
        let mut world = World::new(RECEIVED);
        for (actor, command) in accepted() {
            world.act(&actor, command).expect("goes through");
        }
        world.today = today;
        check_in(&mut world, vec![], (head(OWN), extend(10)), then);
    }
    check(accepted(), (staff(1, Post::AgencyHead, OWN), extend(5)), Some(SeparationOfDuties));
}

#[test]
fn joint_handling_has_45_days_and_15_more_by_the_head_of_the_government_for_every_branch() {
    let joint = || {
        let mut world = World::new(RECEIVED);
        world.item.joint = Some("江北府办〔2022〕30号".into());
        world
    };
    let mayor = || staff(61, Post::GovernmentHead, "");
    let extend = |days| Command::ExtendLimit { days, reason: text("涉及多个部门") };
    let mut world = joint();
    check_in(&mut world, accepted(), (head(OWN), extend(5)), Some(GovernmentHeadNeeded));
    let statutory = |world: &World| -> Vec<u32> {
        let clocks = limit::clocks(world.case.as_ref().expect("a case"));
        clocks.iter().filter(|c| c.kind == ClockKind::Statutory).map(|c| c.term.limit.days).collect()
    };
    assert_eq!(statutory(&world), [45, 45]);
    check_in(&mut world, vec![], (mayor(), extend(16)), Some(ExtensionTooLong));
    check_in(&mut world, vec![], (mayor(), extend(15)), None);
    assert_eq!(statutory(&world), [60, 60]);
    check_in(&mut world, vec![], (mayor(), extend(1)), Some(AlreadyExtended));
    check(accepted(), (mayor(), extend(5)), Some(NotJoint));
}

#[test]
fn an_unkept_promise_is_explained_once_and_not_before_it_is_broken() {
    let explain = || (examiner(OWN), Command::ExplainOverdue { reason: text("系统升级") });
    // The promise of seven workdays from 09-01 is due on 09-10.
    for (day, then) in [(10, Some(NotOverdue)), (11, None)] {
        let mut world = World::new(RECEIVED);
        for (actor, command) in accepted() {
            world.act(&actor, command).expect("goes through");
        }
        world.today = Date::constant(2026, 9, day);
        check_in(&mut world, vec![], explain(), then);
        if then.is_none() {
            check_in(&mut world, vec![], explain(), Some(AlreadyExplained));
        }
    }
    let mut late = World::new(RECEIVED);
    let mut steps = decided(Verdict::Approved);
    let decide = steps.pop().expect("the last decision");
    for (actor, command) in steps {
        late.act(&actor, command).expect("goes through");
    }
    late.today = Date::constant(2026, 9, 11);
    check_in(&mut late, vec![], decide.clone(), Some(ExplainFirst));
    // An extension does not mend a promise that is broken already.
    let extend = (head(OWN), Command::ExtendLimit { days: 10, reason: text("复杂") });
    check_in(&mut late, vec![extend], decide.clone(), Some(ExplainFirst));
    check_in(&mut late, vec![explain()], decide, None);
}

#[test]
fn each_department_issues_its_own_notices() {
    let mut extended =
        check(accepted(), (head(OTHER), Command::ExtendLimit { days: 5, reason: text("复杂") }), None);
    let Some(Entry { issued, .. }) = extended.journal.pop() else { panic!("recorded") };
    assert!(matches!(&issued[..], [Issued::Notice { agency, .. }] if agency == OTHER), "{issued:?}");
}

#[test]
fn the_applicant_is_told_how_long_a_procedure_takes() {
    let start = |expected_days| Command::StartSpecialProcedure {
        kind: ProcedureKind::ExpertReview,
        expected_days,
        hearing: None,
        reason: text("需评审"),
    };
    check(accepted(), (examiner(OWN), start(0)), Some(ExpectedDaysMissing));
    check(accepted(), (examiner(OWN), start(1)), None);
}

#[test]
fn on_the_spot_is_due_the_same_day_or_converted_with_a_reason() {
    let convert = |reason| (examiner(OWN), Command::ConvertToWithinLimit { reason });
    check(accepted(), convert(text("需核实")), Some(NotOnTheSpot));
    let mut world = World::new(RECEIVED);
    world.item.mode = HandlingMode::OnTheSpot;
    check_in(&mut world, accepted(), convert(None), Some(GroundsMissing));
    check_in(&mut world, vec![], convert(text("需核实")), None);
    let mut same_day = World::new(RECEIVED);
    same_day.item.mode = HandlingMode::OnTheSpot;
    same_day.item.promised = Some(limit(0));
    check_in(&mut same_day, accepted(), convert(text("需核实")), None);
    let days: Vec<u32> =
        same_day.case.expect("a case").branches.iter().map(|b| b.promised.limit.days).collect();
    assert_eq!(days, [20, 5], "the statutory limit where the same day was promised");
}
