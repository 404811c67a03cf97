//! The case each article describes: given a case, when somebody does this, then that happens.

use crate::world::*;
use yichuang_domain::RefusalCode::{self, *};
use yichuang_domain::case::command::DeliveryWay;
use yichuang_domain::case::limit::{ClockKind, clock};
use yichuang_domain::case::*;
use yichuang_domain::id::StaffId;
use yichuang_domain::item::{DayUnit, HandlingMode, ItemKind, ProcedureKind, VersionStatus};
use yichuang_domain::notice::{NoticeKind, NumberNeed};
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
    steps.push((examiner(OWN), Command::HandOverResult));
    steps.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    steps.push((clerk(), Command::DeliverResult { way: DeliveryWay::Window { verified: true } }));
    steps.push((clerk(), Command::InviteRating));
    steps
}

fn demands(ids: &[&str]) -> Command {
    Command::RequestCorrection { demands: ids.iter().map(|id| Demand::Material((*id).into())).collect() }
}

fn supplement(ids: &[&str]) -> Command {
    Command::SubmitSupplement { materials: materials(ids), points: set(&[]) }
}

fn defer(commitment: bool) -> Command {
    let commitment = commitment.then(|| text("承诺")).flatten();
    Command::AcceptWithDeferredMaterials { missing: set(&["m3"]), commitment }
}

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
    };
    let world =
        check(vec![lacking_m3(), (clerk(), correct(&["m3"], &["p3"]))], (clerk(), Command::AcceptCase), None);
    assert_eq!(world.journal.len(), 3);
    check(vec![complete()], (clerk(), correct(&["m3"], &[])), Some(AlreadySatisfied));
    check(accepted(), (clerk(), correct(&["m3"], &[])), Some(NotOpenToCorrection));
}

#[test]
fn article_32_1_4_one_notice_and_a_second_may_not_add_a_point() {
    let both = (clerk(), receive(&["cy", "br"], &["m1", "m5"], &["p1"]));
    let told = vec![both, (clerk(), demands(&["m2"]))];
    check(told.clone(), (clerk(), demands(&["m3"])), Some(SecondNoticeNewPoint));
    check(told.clone(), (clerk(), demands(&["m2"])), None);
    check(told.clone(), (clerk(), Command::AcceptCase), Some(CorrectionPending));
    check(told.clone(), (clerk(), supplement(&["m3"])), Some(CorrectionNotAskedFor));
    let world = check(told, (clerk(), supplement(&["m2"])), None);
    let case = world.case.expect("received");
    assert!(
        matches!(case.stage, Stage::InApproval { deemed: false, .. }),
        "all that was told is in: accepted"
    );
    check(vec![complete()], (clerk(), demands(&["m1"])), Some(AlreadySatisfied));
    check(vec![complete()], (clerk(), demands(&[])), Some(NothingToCorrect));
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
    let due =
        clock(case, ClockKind::Statutory, 10, 5).expect("runs").due(world.calendar).expect("in the calendar");
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
    assert_eq!(event.numbers_needed(None), [NumberNeed::Notice(NoticeKind::AcceptanceNotice)]);
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
        Some(NotYourBranch),
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
    let all =
        Command::AcceptWithDeferredMaterials { missing: set(&["m1", "m3"]), commitment: text("承诺") };
    check(vec![lacks_m1], (clerk(), all), Some(NotDeferrable));
    let mut world = World::new(RECEIVED);
    world.credit_excluded = true;
    check_in(&mut world, vec![lacking_m3()], (clerk(), defer(true)), Some(CreditExcluded));

    let mut steps = decided(Verdict::Approved);
    steps[0] = lacking_m3();
    steps[1] = (clerk(), defer(true));
    steps.push((examiner(OWN), Command::HandOverResult));
    steps.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    let deliver = || (clerk(), Command::DeliverResult { way: DeliveryWay::Electronic });
    check(steps.clone(), deliver(), Some(DeferredOutstanding));
    let mut supplied = steps.clone();
    supplied.push((clerk(), Command::SubmitDeferredMaterials { materials: materials(&["m3"]) }));
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
        Stage::Decided(Decision { verdict: Verdict::Denied, on: RECEIVED }),
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
        let start = Command::StartSpecialProcedure { kind, expected_days: 5, reason: text("需评审") };
        world.act(&examiner(OWN), start).expect("starts");
        check_in(
            &mut world,
            vec![],
            (examiner(OWN), Command::ExamineBranch { opinion: None }),
            Some(BranchSuspended),
        );
        let officers = [11, 13].map(StaffId).into();
        let one = Command::EndSpecialProcedure { officers: [StaffId(11)].into(), result: text("通过") };
        let refused = (kind == ProcedureKind::SiteInspection).then_some(TwoOfficersNeeded);
        world.today = Date::constant(2026, 9, 17);
        if refused.is_some() {
            check_in(&mut world, vec![], (examiner(OWN), one), refused);
        }
        world
            .act(&examiner(OWN), Command::EndSpecialProcedure { officers, result: text("通过") })
            .expect("ends");
        let case = world.case.as_ref().expect("a case");
        let due =
            |kind| clock(case, kind, 10, 5).and_then(|c| c.due(world.calendar).ok()).flatten().map(|d| d.on);
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
        reason: text("听证"),
    };
    check(accepted(), (examiner(OWN), hearing), Some(ProcedureNotListed));
}

fn limit(days: u32) -> yichuang_domain::item::Limit {
    yichuang_domain::item::Limit { days, unit: DayUnit::Workday }
}

fn span(start: Date, end_day: i8) -> yichuang_domain::calendar::Span {
    yichuang_domain::calendar::Span { start, end: Some(Date::constant(2026, 9, end_day)) }
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
    let clocks = limit::clocks(world.case.as_ref().expect("a case"), 10, 5);
    let days: Vec<u32> = clocks.iter().filter(|c| c.branch == OWN).map(|c| c.term.limit.days).collect();
    assert_eq!(days, [30, 17]);
}

#[test]
fn on_the_spot_is_due_the_same_day_or_converted_with_a_reason() {
    let convert = |reason| (examiner(OWN), Command::ConvertToWithinLimit { reason });
    check(accepted(), convert(text("需核实")), Some(NotOnTheSpot));
    let mut world = World::new(RECEIVED);
    world.item.mode = HandlingMode::OnTheSpot;
    check_in(&mut world, accepted(), convert(None), Some(ReasonMissing));
    check_in(&mut world, vec![], convert(text("需核实")), None);
    let mut same_day = World::new(RECEIVED);
    same_day.item.mode = HandlingMode::OnTheSpot;
    same_day.item.promised = Some(limit(0));
    check_in(&mut same_day, accepted(), convert(text("需核实")), None);
    let days: Vec<u32> =
        same_day.case.expect("a case").branches.iter().map(|b| b.promised.limit.days).collect();
    assert_eq!(days, [20, 5], "the statutory limit where the same day was promised");
}

#[test]
fn the_result_goes_out_checked_to_the_right_person_and_a_mismatch_goes_back() {
    let mut handed = decided(Verdict::Approved);
    check(
        handed.clone(),
        (clerk(), Command::CheckResult { matches: true, reason: None }),
        Some(NotHandedOver),
    );
    handed.push((examiner(OWN), Command::HandOverResult));
    let wrong = (clerk(), Command::CheckResult { matches: false, reason: text("名称不符") });
    let world = check(handed.clone(), wrong, None);
    assert!(matches!(world.case.expect("a case").stage, Stage::Decided(_)));
    check(
        handed.clone(),
        (clerk(), Command::DeliverResult { way: DeliveryWay::Electronic }),
        Some(NotChecked),
    );
    handed.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    let window = |verified| (clerk(), Command::DeliverResult { way: DeliveryWay::Window { verified } });
    check(handed.clone(), window(false), Some(ReceiverUnverified));
    let mail = Command::DeliverResult { way: DeliveryWay::Mail { tracking_no: String::new() } };
    check(handed.clone(), (clerk(), mail), Some(TrackingMissing));
    check(handed, window(true), None);
}

#[test]
fn a_rating_is_given_once_by_the_applicant_and_silence_is_no_rating() {
    let rate = |level, indicator| Command::RateCase { level, indicators: [indicator].into() };
    check(delivered(), (clerk(), rate(RatingLevel::VerySatisfied, 510)), Some(WrongPost));
    check(delivered(), (applicant(), rate(RatingLevel::Satisfied, 510)), Some(IndicatorMismatch));
    check(delivered(), (clerk(), Command::InviteRating), Some(AlreadyInvited));
    let mut rated = delivered();
    rated.push((applicant(), rate(RatingLevel::Dissatisfied, 209)));
    check(rated, (applicant(), rate(RatingLevel::Dissatisfied, 209)), Some(AlreadyRated));
    let mut world = World::new(RECEIVED);
    check_in(&mut world, delivered(), (Actor::System, Command::ConcludeCase), Some(RatingTimeLeft));
    world.today = Date::constant(2026, 9, 9);
    check_in(&mut world, vec![], (Actor::System, Command::ConcludeCase), None);
    let case = world.case.expect("a case");
    assert_eq!((case.ended(), case.rating), (Some(Ending::Concluded), None));
}

#[test]
fn a_case_ends_early_only_by_the_right_hand() {
    check(accepted(), (applicant(), Command::WithdrawCase), None);
    check(decided(Verdict::Approved), (applicant(), Command::WithdrawCase), Some(AlreadyDecided));
    let annul =
        |authority: &str| Command::AnnulCase { reason: text("依据错误"), authority: authority.into() };
    check(accepted(), (chief(OWN), annul("1号")), Some(HeadNeeded));
    check(accepted(), (head(OWN), annul("")), Some(AuthorityMissing));
    check(accepted(), (head(OWN), annul("1号")), None);
    let upward = |organ: &str| Command::TransferUpward { organ: organ.into(), reason: text("市级权限") };
    check(accepted(), (chief(OWN), upward("")), Some(RedirectMissing));
    let world = check(accepted(), (chief(OWN), upward("市市场监管局")), None);
    assert_eq!(world.case.and_then(|case| case.ended()), Some(Ending::TransferredUpward));
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
