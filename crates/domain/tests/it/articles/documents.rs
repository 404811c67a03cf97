//! 文书作废重出: by whom, and what becomes of the case.

use super::*;

fn number_of(world: &World, kind: NoticeKind) -> String {
    let documents = &world.case.as_ref().expect("a case").documents;
    documents.iter().find(|d| d.kind == kind && !d.void).expect("issued").number.clone()
}

fn reissue(number: &str, authority: &str) -> Command {
    let reason = text("申请人名称有误");
    let (number, authority) = (number.to_owned(), authority.to_owned());
    Command::ReissueDocument { number, wording: None, applicant: None, reason, authority }
}

fn delivered_world() -> World {
    let mut world = World::new(RECEIVED);
    for (actor, command) in delivered() {
        world.act(&actor, command).expect("goes through");
    }
    world
}

#[test]
fn a_wrong_document_is_voided_and_drawn_up_anew_by_who_issued_it() {
    let world = delivered_world;
    let number = number_of(&world(), NoticeKind::AcceptanceNotice);
    let refused = |actor, command, code| check_in(&mut world(), vec![], (actor, command), Some(code));
    refused(examiner(OWN), reissue(&number, "1号"), WrongPost);
    refused(chief(OTHER), reissue(&number, "1号"), NotIssuer);
    refused(chief(OWN), reissue("渝江北市监受〔2026〕999号", "1号"), UnknownDocument);
    refused(chief(OWN), reissue(&number, " "), AuthorityMissing);
    let mut unauthorized = world();
    unauthorized.authorized = false;
    check_in(&mut unauthorized, vec![], (chief(OWN), reissue(&number, "1号")), Some(AuthorizationMissing));
    let mut mended = world();
    check_in(&mut mended, vec![], (head(OWN), reissue(&number, "1号")), None);
    let case = mended.case.as_ref().expect("a case");
    let acceptances: Vec<_> =
        case.documents.iter().filter(|d| d.kind == NoticeKind::AcceptanceNotice).collect();
    assert_eq!(acceptances.iter().map(|d| d.void).collect::<Vec<_>>(), [true, false]);
    assert_eq!(acceptances[0].entry, acceptances[1].entry, "both tell of the same step");
    assert_eq!(case.stage.name(), "delivered", "no decision, so nothing goes out anew");
    check_in(&mut mended, vec![], (head(OWN), reissue(&number, "1号")), Some(UnknownDocument));
}

#[test]
fn only_what_a_document_prints_is_put_right_and_nothing_after_the_end() {
    let mut world = delivered_world();
    let number = number_of(&world, NoticeKind::AcceptanceNotice);
    let (wording, reason, authority) = (text("更正"), text("文字有误"), "1号".to_owned());
    let reworded =
        Command::ReissueDocument { number: number.clone(), wording, applicant: None, reason, authority };
    check_in(&mut world, vec![], (head(OWN), reworded), Some(WordingNotPrinted));
    let rate = Command::RateCase { level: RatingLevel::Satisfied, indicators: [406].into() };
    check_in(
        &mut world,
        vec![(applicant(), rate)],
        (head(OWN), reissue(&number, "1号")),
        Some(EndedNotReissued),
    );
}

#[test]
fn a_decision_drawn_up_anew_goes_out_again() {
    let mut world = delivered_world();
    let number = number_of(&world, NoticeKind::ApprovalDecision);
    let other = yichuang_domain::id::PartyId(77);
    let applicant = Some(yichuang_domain::applicant::PartyRef { id: other, ..neighbour() });
    let (reason, authority) = (text("姓名有误"), "1号".to_owned());
    let anew = Command::ReissueDocument { number, wording: None, applicant, reason, authority };
    check_in(&mut world, vec![], (chief(OWN), anew), None);
    let case = world.case.as_ref().expect("a case");
    assert!(matches!(case.stage, Stage::Decided(_)), "{:?}", case.stage);
    assert_eq!(case.applicant.id, other);
    let steps = vec![
        (examiner(OWN), hand_over()),
        (clerk(), Command::CheckResult { matches: true, reason: None }),
        (clerk(), collected(Receiver::Applicant, true)),
    ];
    let due = clock(case, ClockKind::Delivery).expect("runs again").term.start;
    assert_eq!(due, RECEIVED, "from the day it was drawn up anew");
    let rate = Command::RateCase { level: RatingLevel::Satisfied, indicators: [406].into() };
    check_in(&mut world, steps, (Actor::Applicant(other), rate), None);
}
