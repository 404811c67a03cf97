//! Receipt to acceptance or refusal: the case each article describes, the day before and the day after.

use super::*;

#[test]
fn what_is_not_by_application_or_not_in_force_is_not_received() {
    let mut levy = World::new(RECEIVED);
    levy.item.kind = ItemKind::Levy;
    check_in(&mut levy, vec![], complete(), Some(NotByApplication));
    let mut draft = World::new(RECEIVED);
    draft.validity.status = VersionStatus::Draft;
    check_in(&mut draft, vec![], complete(), Some(NotInForce));
    for (to, then) in [(RECEIVED, None), (Date::constant(2026, 8, 31), Some(NotInForce))] {
        let mut world = World::new(RECEIVED);
        world.validity.to = Some(to);
        check_in(&mut world, vec![], complete(), then);
    }
}

#[test]
fn article_31_nothing_outside_the_list_of_the_situation() {
    check(vec![], (clerk(), receive(&["xs", "br"], &["m1", "m2"], &[])), Some(OutsideList));
    check(vec![], (clerk(), receive(&["cy", "br"], &["m1", "m2"], &[])), None);
    check(vec![complete()], (clerk(), demands(&["m4"])), Some(OutsideList));
    check(vec![], (clerk(), receive(&["xs", "zz"], &[], &[])), Some(UnknownSituation));
    check(vec![], (clerk(), receive(&["xs"], &[], &[])), Some(SituationIncomplete));
    check(vec![], (clerk(), receive(&["xs", "br", "zr"], &[], &[])), Some(SituationIncomplete));
}

#[test]
fn article_32_1_3_what_can_be_put_right_on_the_spot_may_be() {
    let correct = |held: &[&str], points: &[&str]| Command::CorrectOnTheSpot {
        materials: materials(held),
        points: set(points),
        note: None,
    };
    let world =
        check(vec![lacking_m3(), (clerk(), correct(&["m3"], &["p3"]))], (clerk(), Command::AcceptCase), None);
    assert_eq!(world.journal.len(), 3);
    check(vec![complete()], (clerk(), correct(&["m3"], &[])), Some(AlreadySatisfied));
    check(accepted(), (clerk(), correct(&["m3"], &[])), Some(NotOpenToCorrection));
    // 容错: a formal error is put right by a signed note, on record, and needs no notice.
    let slip = (clerk(), receive(&["xs", "br"], &["m1", "m3", "m5"], &["p1"]));
    let note =
        Command::CorrectOnTheSpot { materials: vec![], points: set(&["p3"]), note: text("更正说明") };
    let world = check(vec![slip, (clerk(), note)], (clerk(), Command::AcceptCase), None);
    let event = &world.journal[1].event;
    assert!(
        matches!(event, Event::CorrectedOnTheSpot { note: Some(_), .. }) && event.numbers_needed().is_empty()
    );
}

#[test]
fn article_32_1_4_one_notice_names_everything_and_a_second_may_not_add_a_point() {
    let lacking = (clerk(), receive(&["cy", "br"], &["m1", "m5"], &["p1"]));
    check(vec![lacking.clone()], (clerk(), demands(&["m2"])), Some(NoticeIncomplete));
    let told = vec![lacking, (clerk(), demands(&["m2", "m3"]))];
    let point = |id: &str| Command::RequestCorrection { demands: [Demand::Point(id.into())].into() };
    check(told.clone(), (clerk(), point("p1")), Some(SecondNoticeNewPoint));
    check(told.clone(), (clerk(), demands(&["m2"])), None);
    check(told.clone(), (clerk(), point("p2")), None);
    check(told.clone(), (clerk(), Command::AcceptCase), Some(CorrectionPending));
    check(told.clone(), (clerk(), supplement(&["m1"], &[])), Some(CorrectionNotAskedFor));
    let world = check(told.clone(), (clerk(), supplement(&["m2", "m3"], &["p2"])), None);
    let outstanding = [Demand::Point("p3".into())].into();
    let case = world.case.expect("a case");
    assert_eq!(case.stage, Stage::CorrectionRequested { outstanding }, "a material comes with its points");
    let mut half = told.clone();
    half.push((clerk(), supplement(&["m2", "m3"], &["p2"])));
    check(half, (clerk(), supplement(&["m3"], &["p3"])), None);
    let world = check(told, (clerk(), supplement(&["m2", "m3"], &["p2", "p3"])), None);
    let case = world.case.expect("a case");
    assert!(
        matches!(case.stage, Stage::InApproval { deemed: false, .. }),
        "all that was told is in: accepted"
    );
    check(vec![complete()], (clerk(), demands(&["m1"])), Some(AlreadySatisfied));
    check(vec![complete()], (clerk(), demands(&[])), Some(NothingToCorrect));
}

#[test]
fn what_data_sharing_can_fetch_is_neither_demanded_nor_waited_for() {
    let without_m5 = (clerk(), receive(&["xs", "br"], &["m1", "m3"], &["p1", "p3"]));
    check(vec![without_m5.clone()], (clerk(), demands(&["m5"])), Some(SharedNotDemanded));
    check(vec![without_m5], (clerk(), Command::AcceptCase), None);
    let Command::ReceiveCase(mut receipt) = receive(&["xs", "br"], &["m1"], &[]) else { panic!("a receipt") };
    receipt.materials[0].way = MaterialWay::Shared;
    check(vec![], (clerk(), Command::ReceiveCase(receipt)), Some(NotShared));
}

#[test]
fn once_deemed_by_law_the_window_undoes_it_no_more() {
    let refuse = Command::ProposeRefusal { ground: RefusalGround::NotRequired, reason: text("理由") };
    let commands = [Command::AcceptCase, demands(&["m3"]), defer(true), refuse, supplement_on_the_spot()];
    for (today, then) in
        [(Date::constant(2026, 9, 8), None), (Date::constant(2026, 9, 9), Some(DeemedAlready))]
    {
        for command in commands.clone() {
            let held: &[&str] =
                if matches!(command, Command::AcceptCase) { &["m1", "m3", "m5"] } else { &["m1", "m5"] };
            let points: &[&str] = if held.len() == 3 { &["p1", "p3"] } else { &["p1"] };
            let mut world = World::new(RECEIVED);
            world.act(&clerk(), receive(&["xs", "br"], held, points)).expect("received");
            world.today = today;
            check_in(&mut world, vec![], (clerk(), command), then);
        }
    }
}

#[test]
fn the_applicants_own_time_never_runs_against_a_limit_from_receipt() {
    let statutory = |told: bool| {
        let mut world = World::new(RECEIVED);
        world.item.statutory.as_mut().expect("a limit").start = StartEvent::Receipt;
        if told {
            world.act(&lacking_m3().0, lacking_m3().1).expect("received");
            world.act(&clerk(), demands(&["m3"])).expect("told");
            world.today = Date::constant(2026, 10, 12);
            world.act(&clerk(), supplement(&["m3"], &["p3"])).expect("accepted");
        } else {
            world.act(&complete().0, complete().1).expect("received");
            world.today = Date::constant(2026, 9, 3);
            world.act(&clerk(), Command::AcceptCase).expect("accepted");
        }
        world.case.expect("a case").branches[0].statutory.expect("a limit").start
    };
    assert_eq!(statutory(false), RECEIVED);
    assert_eq!(statutory(true), Date::constant(2026, 10, 12));
}

#[test]
fn article_32_1_4_no_notice_in_five_days_is_deemed_accepted_from_the_day_of_receipt() {
    for (today, then) in
        [(Date::constant(2026, 9, 8), Some(NotYetDeemed)), (Date::constant(2026, 9, 9), None)]
    {
        let mut world = World::new(RECEIVED);
        world.act(&lacking_m3().0, lacking_m3().1).expect("received");
        world.today = today;
        check_in(&mut world, vec![], (Actor::System, Command::DeemAccepted), then);
    }
    let mut world = World::new(RECEIVED);
    world.act(&lacking_m3().0, lacking_m3().1).expect("received");
    world.today = Date::constant(2026, 9, 9);
    world.act(&Actor::System, Command::DeemAccepted).expect("deemed");
    let case = world.case.as_ref().expect("a case");
    assert_eq!(case.stage, Stage::InApproval { accepted_on: RECEIVED, deemed: true });
    let due = clock(case, ClockKind::Statutory).expect("runs").due(world.calendar).expect("in the calendar");
    assert_eq!(
        due.map(|d| d.on),
        Some(Date::constant(2026, 9, 29)),
        "20 workdays from receipt, not from today"
    );
}

#[test]
fn a_special_act_may_give_three_days_for_the_notice() {
    let mut world = World::new(RECEIVED);
    world.item.correction_days = Some(3);
    world.act(&lacking_m3().0, lacking_m3().1).expect("received");
    world.today = Date::constant(2026, 9, 7);
    check_in(&mut world, vec![], (Actor::System, Command::DeemAccepted), None);
}

#[test]
fn article_32_1_5_complete_and_in_form_must_be_accepted() {
    check(vec![lacking_m3()], (clerk(), Command::AcceptCase), Some(MaterialsIncomplete));
    let unpassed = (clerk(), receive(&["xs", "br"], &["m1", "m3", "m5"], &["p1"]));
    check(vec![unpassed], (clerk(), Command::AcceptCase), Some(PointsNotPassed));
    let world = check(vec![complete()], (clerk(), Command::AcceptCase), None);
    let event = &world.journal.last().expect("recorded").event;
    assert_eq!(event.numbers_needed(), [NumberNeed::from(NoticeKind::AcceptanceNotice)]);
    assert_eq!(world.case.expect("a case").branches.len(), 2);
}

#[test]
fn article_32_2_the_window_proposes_and_the_department_refuses() {
    let other = |redirect: &str| RefusalGround::NotThisAgency { redirect: redirect.into() };
    let propose =
        |redirect: &str| (clerk(), Command::ProposeRefusal { ground: other(redirect), reason: text("理由") });
    check(vec![complete()], propose(""), Some(RedirectMissing));
    check(vec![complete(), propose("区交通局")], (clerk(), Command::ConfirmRefusal), Some(WrongPost));
    check(
        vec![complete(), propose("区交通局")],
        (chief(OTHER), Command::ConfirmRefusal),
        Some(NotLeadAgency),
    );
    check(vec![complete(), propose("区交通局")], (clerk(), Command::AcceptCase), Some(RefusalPending));
    let world = check(vec![complete(), propose("区交通局")], (chief(OWN), Command::ConfirmRefusal), None);
    assert_eq!(world.case.expect("a case").ended(), Some(Ending::Refused));
    let back = (chief(OWN), Command::RejectRefusal { reason: text("属本局职权") });
    let world = check(vec![complete(), propose("区交通局")], back, None);
    assert_eq!(world.case.expect("a case").stage, Stage::Received);
    let mut world = World::new(RECEIVED);
    world.authorized = false;
    check_in(
        &mut world,
        vec![complete(), propose("区交通局")],
        (chief(OWN), Command::ConfirmRefusal),
        Some(AuthorizationMissing),
    );
}

#[test]
fn deferred_materials_are_committed_to_withheld_for_and_expire_as_withdrawn() {
    check(vec![lacking_m3()], (clerk(), defer(false)), Some(CommitmentMissing));
    check(vec![complete()], (clerk(), defer(true)), Some(NothingDeferred));
    let lacks_m1 = (clerk(), receive(&["xs", "br"], &["m5"], &[]));
    let with = |missing: &[&str], credit| Command::AcceptWithDeferredMaterials {
        missing: set(missing),
        commitment: text("承诺"),
        credit,
    };
    let all = with(&["m1", "m3"], credit(RECEIVED, false));
    check(vec![lacks_m1], (clerk(), all), Some(NotDeferrable));
    let day = |day| Date::constant(2026, 8, day);
    for stale in [None, credit(day(31), false), credit(Date::constant(2026, 9, 2), false)] {
        check(vec![lacking_m3()], (clerk(), with(&["m3"], stale)), Some(CreditUnchecked));
    }
    check(vec![lacking_m3()], (clerk(), with(&["m3"], credit(RECEIVED, true))), Some(CreditExcluded));

    let mut steps = decided(Verdict::Approved);
    steps[0] = lacking_m3();
    steps[1] = (clerk(), defer(true));
    steps.push((examiner(OWN), hand_over()));
    steps.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    let deliver = || (clerk(), Command::DeliverResult { way: DeliveryWay::Electronic });
    check(steps.clone(), deliver(), Some(DeferredOutstanding));
    let unchecked = Command::SubmitDeferredMaterials(supply(&["m3"], &[]));
    check(steps.clone(), (clerk(), unchecked), Some(PointsNotPassed));
    for (day, then) in [(8, None), (9, Some(DeferralOver))] {
        let mut world = World::new(RECEIVED);
        for (actor, command) in steps.clone() {
            world.act(&actor, command).expect("goes through");
        }
        world.today = Date::constant(2026, 9, day);
        let late = Command::SubmitDeferredMaterials(supply(&["m3"], &["p3"]));
        check_in(&mut world, vec![], (clerk(), late), then);
    }
    let mut supplied = steps.clone();
    supplied.push((clerk(), Command::SubmitDeferredMaterials(supply(&["m3"], &["p3"]))));
    check(supplied, deliver(), None);
    for (today, then) in
        [(Date::constant(2026, 9, 8), Some(DeferralTimeLeft)), (Date::constant(2026, 9, 9), None)]
    {
        let mut world = World::new(RECEIVED);
        for (actor, command) in steps.clone() {
            world.act(&actor, command).expect("goes through");
        }
        world.today = today;
        check_in(&mut world, vec![], (Actor::System, Command::ExpireDeferral), then);
        let withdrawn = world.case.and_then(|case| case.ended()) == Some(Ending::DeemedWithdrawn);
        assert_eq!(withdrawn, then.is_none());
    }
}

#[test]
fn whoever_examined_takes_nothing_in_any_more() {
    let mut steps = accepted();
    steps[0] = lacking_m3();
    steps[1] = (clerk(), defer(true));
    steps.push((examiner(OWN), Command::ExamineBranch { opinion: None }));
    let supply = Command::SubmitDeferredMaterials(supply(&["m3"], &["p3"]));
    check(steps.clone(), (staff(11, Post::Intake, ""), supply.clone()), Some(SeparationOfDuties));
    let world = check(steps, (clerk(), supply), None);
    assert!(world.case.expect("a case").points.contains("p3"));
}

#[test]
fn nothing_is_dated_before_what_went_before() {
    let mut world = World::new(RECEIVED);
    world.act(&complete().0, complete().1).expect("received");
    world.today = Date::constant(2026, 8, 31);
    check_in(&mut world, vec![], (clerk(), Command::AcceptCase), Some(TimeBackwards));
}

#[test]
fn a_stale_page_changes_nothing() {
    let mut world = World::new(RECEIVED);
    world.seen = Some(1);
    check_in(&mut world, vec![complete()], (clerk(), Command::AcceptCase), None);
    check_in(
        &mut world,
        vec![],
        (examiner(OWN), Command::ExamineBranch { opinion: None }),
        Some(StaleVersion),
    );
}

#[test]
fn what_the_applicant_handed_in_is_not_returned_for_the_windows_silence() {
    let given = || {
        let mut world = World::new(RECEIVED);
        check_in(&mut world, vec![lacking_m3()], (clerk(), demands(&["m3"])), None);
        world.today = Date::constant(2026, 9, 3);
        check_in(&mut world, vec![], (clerk(), supplement(&["m3"], &[])), None);
        world
    };
    let mut silent = given();
    silent.today = Date::constant(2026, 10, 30);
    let returned = Command::ReturnCase { reason: text("逾期未补正") };
    check_in(&mut silent, vec![], (Actor::System, returned), Some(SupplementTimeLeft));
    // Five workdays from 09-03: 09-10.
    for (day, then) in [(10, Some(NotYetDeemed)), (11, None)] {
        let mut world = given();
        world.today = Date::constant(2026, 9, day);
        check_in(&mut world, vec![], (Actor::System, Command::DeemAccepted), then);
        if then.is_none() {
            let Stage::InApproval { accepted_on, .. } = world.case.expect("a case").stage else { panic!() };
            assert_eq!(accepted_on, Date::constant(2026, 9, 3), "the day all of it was there");
        }
    }
    let mut again = given();
    let points = Command::RequestCorrection { demands: [Demand::Point("p3".into())].into() };
    check_in(&mut again, vec![], (clerk(), points), None);
    let clock = clock(again.case.as_ref().expect("a case"), ClockKind::Supplement).expect("runs anew");
    assert_eq!(clock.term.start, Date::constant(2026, 9, 3));
}

#[test]
fn a_receipt_taken_down_wrongly_is_amended_before_anything_is_told() {
    let amend = |chosen: &[&str]| {
        let (situations, agent) = (set(chosen), None);
        Command::AmendReceipt { situations, agent, reason: text("选错情形") }
    };
    let mut world = World::new(RECEIVED);
    let wrong = (clerk(), receive(&["cy", "br"], &["m1", "m2", "m3", "m5"], &["p1", "p2", "p3"]));
    check_in(&mut world, vec![wrong], (clerk(), amend(&["cy", "br"])), Some(NothingToCorrect));
    check_in(&mut world, vec![], (clerk(), amend(&["xs"])), Some(SituationIncomplete));
    check_in(&mut world, vec![], (clerk(), amend(&["xs", "br"])), None);
    let case = world.case.as_ref().expect("a case");
    assert!(!case.materials.contains_key("m2") && !case.points.contains("p2"), "the plan is given back");
    let receipts: Vec<bool> = case.documents.iter().map(|document| document.void).collect();
    assert_eq!(receipts, [true, false], "a receipt that says what is true");
    check_in(
        &mut world,
        vec![(clerk(), Command::AcceptCase)],
        (clerk(), amend(&["cy", "br"])),
        Some(NotOpenToCorrection),
    );
}

#[test]
fn what_data_sharing_fetches_later_is_recorded_and_paper_may_take_its_place() {
    let fetched = |way| {
        let materials = vec![SubmittedMaterial::new("m5", way)];
        Command::FetchShared { materials, points: set(&[]) }
    };
    let without = || (clerk(), receive(&["xs", "br"], &["m1", "m3"], &["p1", "p3"]));
    check(vec![without()], (clerk(), fetched(MaterialWay::Paper)), Some(NothingFetched));
    let window = check(vec![without()], (clerk(), fetched(MaterialWay::Shared)), None);
    assert!(window.case.expect("a case").materials.contains_key("m5"));
    let accepted = vec![without(), (clerk(), Command::AcceptCase)];
    check(accepted.clone(), (examiner(OWN), fetched(MaterialWay::Shared)), None);
    check(accepted, (clerk(), fetched(MaterialWay::Shared)), Some(WrongPost));
    let paper = Command::CorrectOnTheSpot { materials: materials(&["m5"]), points: set(&[]), note: None };
    check(vec![without()], (clerk(), paper), None);
}
