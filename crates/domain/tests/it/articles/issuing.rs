//! Issuing, rating and the ways a case ends: the case each rule describes.

use super::*;

#[test]
fn only_a_window_that_issues_checks_and_delivers() {
    let mut handed = decided(Verdict::Approved);
    handed.push((examiner(OWN), hand_over()));
    let mut world = World::new(RECEIVED);
    world.issues_here = false;
    check_in(
        &mut world,
        handed,
        (clerk(), Command::CheckResult { matches: true, reason: None }),
        Some(NotIssuingWindow),
    );
}

#[test]
fn the_result_goes_out_checked_to_the_right_person_and_a_mismatch_goes_back() {
    let mut handed = decided(Verdict::Approved);
    check(
        handed.clone(),
        (clerk(), Command::CheckResult { matches: true, reason: None }),
        Some(NotHandedOver),
    );
    handed.push((examiner(OWN), hand_over()));
    let wrong = (clerk(), Command::CheckResult { matches: false, reason: text("名称不符") });
    let world = check(handed.clone(), wrong, None);
    assert!(matches!(world.case.expect("a case").stage, Stage::Decided(_)));
    check(
        handed.clone(),
        (clerk(), Command::DeliverResult { way: DeliveryWay::Electronic }),
        Some(NotChecked),
    );
    handed.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    let window = |verified| (clerk(), collected(Receiver::Applicant, verified));
    check(handed.clone(), window(false), Some(ReceiverUnverified));
    let mail = Command::DeliverResult { way: DeliveryWay::Mail { tracking_no: String::new() } };
    check(handed.clone(), (clerk(), mail), Some(TrackingMissing));
    let nobody = (clerk(), collected(Receiver::Agent, true));
    check(handed.clone(), nobody, Some(ReceiverUnverified));
    let world = check(handed, window(true), None);
    assert_eq!(
        world.case.expect("a case").visits.len(),
        2,
        "the visit of the receipt and that of the delivery"
    );
}

#[test]
fn a_site_that_only_takes_in_has_its_results_handed_out_elsewhere() {
    let elsewhere = || {
        let Actor::Staff(here) = clerk() else { panic!("staff") };
        Actor::Staff(yichuang_domain::permission::StaffActor { site: Some("zx".into()), ..here })
    };
    let mut handed = decided(Verdict::Approved);
    handed.push((examiner(OWN), hand_over()));
    for (at_home, then) in [(true, Some(OtherSite)), (false, None)] {
        let mut world = World::new(RECEIVED);
        world.issued_at_home = at_home;
        let check = (elsewhere(), Command::CheckResult { matches: true, reason: None });
        check_in(&mut world, handed.clone(), check, then);
    }
}

#[test]
fn what_comes_back_by_mail_waits_at_the_window_again() {
    let mut sent = decided(Verdict::Approved);
    sent.push((examiner(OWN), hand_over()));
    sent.push((clerk(), Command::CheckResult { matches: true, reason: None }));
    let back = || (clerk(), Command::ReturnDelivery { reason: text("地址不详") });
    check(sent.clone(), back(), Some(NotDelivered));
    let mut collected_there = sent.clone();
    collected_there.push((clerk(), collected(Receiver::Applicant, true)));
    check(collected_there, back(), Some(NotMailed));
    let mail = DeliveryWay::Mail { tracking_no: "EMS1234567".into() };
    sent.push((clerk(), Command::DeliverResult { way: mail }));
    let world = check(sent, back(), None);
    assert!(matches!(world.case.expect("a case").stage, Stage::Checked(_)));
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
    world.today = Date::constant(2026, 9, 8);
    check_in(&mut world, vec![], (Actor::System, Command::ConcludeCase), Some(RatingTimeLeft));
    world.today = Date::constant(2026, 9, 9);
    check_in(&mut world, vec![], (Actor::System, Command::ConcludeCase), None);
    let case = world.case.expect("a case");
    assert_eq!((case.ended(), case.rating), (Some(Ending::Concluded), None));
}

#[test]
fn a_case_ends_early_only_by_the_right_hand() {
    check(accepted(), (applicant(), Command::WithdrawCase { request: None }), None);
    check(accepted(), (clerk(), Command::WithdrawCase { request: None }), Some(RequestMissing));
    let world = check(accepted(), (clerk(), Command::WithdrawCase { request: text("书面申请") }), None);
    let event = &world.journal.last().expect("recorded").event;
    assert_eq!(
        event.numbers_needed(),
        [NumberNeed::from(NoticeKind::TerminationNotice)],
        "never without paper"
    );
    check(
        decided(Verdict::Approved),
        (applicant(), Command::WithdrawCase { request: None }),
        Some(AlreadyDecided),
    );
    let annul =
        |authority: &str| Command::AnnulCase { reason: text("依据错误"), authority: authority.into() };
    check(accepted(), (chief(OWN), annul("1号")), Some(AnnulByHead));
    check(vec![complete()], (head(OWN), annul("1号")), None);
    check(accepted(), (head(OWN), annul("  ")), Some(AuthorityMissing));
    check(accepted(), (head(OWN), annul("1号")), None);
    let upward = |organ: &str| Command::TransferUpward { organ: organ.into(), reason: text("市级权限") };
    check(accepted(), (chief(OWN), upward(" ")), Some(OrganMissing));
    check(decided(Verdict::Approved), (chief(OWN), upward("市市场监管局")), Some(NotTransferable));
    let world = check(accepted(), (chief(OWN), upward("市市场监管局")), None);
    assert_eq!(world.case.and_then(|case| case.ended()), Some(Ending::TransferredUpward));
}
