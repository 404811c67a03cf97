//! The desk of whoever is signed in: its own cases by deadline, page by page, with counts, and nobody else's.

use crate::centre::Centre;
use yichuang_app::case::Seen;
use yichuang_app::worklist::{Cursor, Desk, List, desk};
use yichuang_app::{approve, intake};
use yichuang_domain::id::{CaseId, PartyId};
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::days_after;
use yichuang_testkit::db_test;

async fn page(centre: &Centre, actor: &Actor, list: List, after: Option<&Cursor>, limit: i64) -> Desk {
    desk(&centre.app, &centre.ctx(actor.clone()), list, after, limit).await.expect("a desk")
}

async fn cases(centre: &Centre, actor: &Actor, list: List) -> Vec<CaseId> {
    page(centre, actor, list, None, 20).await.lines.into_iter().map(|line| line.case).collect()
}

/// The counts that are not zero.
async fn counts(centre: &Centre, actor: &Actor) -> Vec<(List, String)> {
    let list = if actor.staff().is_some_and(|staff| staff.post == Post::Intake) {
        List::ToAccept
    } else {
        List::Open
    };
    let menu = page(centre, actor, list, None, 1).await.menu.into_iter();
    menu.map(|(list, count)| (list, count.to_string())).filter(|(_, count)| count != "0").collect()
}

db_test!(a_case_moves_from_desk_to_desk, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let [examiner, reviewer] = [Post::Examiner, Post::Reviewer].map(|post| centre.at("scjgj", post));
    let stranger = centre.at("gaj", Post::Examiner);
    let received = centre.receive(&clerk, &[]).await;
    let case = received.case;
    assert_eq!(cases(&centre, &clerk, List::ToAccept).await, [case]);
    assert_eq!(counts(&centre, &clerk).await, [(List::ToAccept, "1".into())]);
    assert!(counts(&centre, &examiner).await.is_empty());

    intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received)).await.unwrap();
    assert!(cases(&centre, &clerk, List::ToAccept).await.is_empty());
    assert_eq!(cases(&centre, &examiner, List::ToExamine).await, [case]);
    let one = || "1".to_owned();
    assert_eq!(counts(&centre, &examiner).await, [(List::ToExamine, one()), (List::Unclaimed, one())]);
    let line = page(&centre, &examiner, List::Open, None, 20).await.lines.remove(0);
    let stored = centre.case(case).await;
    assert_eq!((line.case_no, line.stage.as_str()), (stored.case_no.clone(), "pending"));
    assert_eq!(
        (line.item, line.site, line.received_on),
        (stored.item, stored.site.clone(), stored.received_on())
    );
    assert!(line.due_on.is_some_and(|due| due > centre.today) && line.statutory_on >= line.due_on);

    let seen = centre.seen(case).await;
    approve::examine(&centre.app, &centre.ctx(examiner.clone()), seen, "符合规定，建议准予。").await.unwrap();
    assert!(cases(&centre, &examiner, List::ToExamine).await.is_empty());
    assert_eq!(cases(&centre, &reviewer, List::ToReview).await, [case]);
    assert_eq!(cases(&centre, &reviewer, List::Open).await, [case]);
    for list in [List::Open, List::ToExamine, List::ToReview] {
        assert!(cases(&centre, &stranger, list).await.is_empty(), "another department's case");
    }
    assert!(counts(&centre, &stranger).await.is_empty());
});

db_test!(lists_go_by_deadline_and_those_paused_come_last, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let (clerk, examiner) = (centre.food_clerk().await, centre.at("scjgj", Post::Examiner));
    let first_day = centre.today;
    let mut all = Vec::new();
    for day in [0, 1, 1] {
        centre.today = days_after(first_day, day);
        let received = centre.receive(&clerk, &[]).await;
        intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received)).await.unwrap();
        all.push(received.case);
    }
    let seen = centre.seen(all[0]).await;
    let ctx = centre.ctx(examiner.clone());
    let kind = ProcedureKind::SiteInspection;
    approve::start_procedure(&centre.app, &ctx, seen, kind, 10, None, "需要现场核查").await.unwrap();
    let expected = [all[1], all[2], all[0]];
    assert_eq!(cases(&centre, &examiner, List::Open).await, expected);
    assert_eq!(cases(&centre, &examiner, List::ToExamine).await, expected);
    assert_eq!(cases(&centre, &examiner, List::Paused).await, [all[0]]);
    let (mut after, mut seen) = (None, Vec::new());
    for _ in 0..3 {
        let one = page(&centre, &examiner, List::Open, after.as_ref(), 1).await;
        seen.extend(one.lines.iter().map(|line| (line.case, line.due_on.is_some())));
        after = one.next;
    }
    assert_eq!((seen, after), (vec![(all[1], true), (all[2], true), (all[0], false)], None));

    let due = page(&centre, &examiner, List::Open, None, 1).await.lines[0].due_on.unwrap();
    centre.today = due;
    assert_eq!(cases(&centre, &examiner, List::DueToday).await, [all[1], all[2]]);
    assert!(cases(&centre, &examiner, List::Overdue).await.is_empty());
    centre.today = days_after(due, 1);
    assert!(cases(&centre, &examiner, List::DueToday).await.is_empty());
    assert_eq!(cases(&centre, &examiner, List::Overdue).await, [all[1], all[2]]);
    let expected =
        [(List::ToExamine, "3"), (List::Overdue, "2"), (List::Paused, "1"), (List::Unclaimed, "3")];
    assert_eq!(counts(&centre, &examiner).await, expected.map(|(list, count)| (list, count.to_owned())));
});

db_test!(nobody_sees_a_desk_that_is_not_theirs, async |db| {
    let centre = Centre::open(db.store()).await;
    let (clerk, examiner) = (centre.food_clerk().await, centre.at("scjgj", Post::Examiner));
    let refused = async |actor: Actor, list: List| {
        let error = desk(&centre.app, &centre.ctx(actor), list, None, 20).await.unwrap_err();
        assert_eq!(
            error.refusal().map(|refusal| refusal.code),
            Some(yichuang_domain::RefusalCode::WrongPost)
        );
    };
    refused(clerk.clone(), List::Open).await;
    refused(examiner.clone(), List::ToAccept).await;
    refused(Actor::Applicant(PartyId(1)), List::Open).await;
    refused(Actor::System, List::Open).await;
    let Actor::Staff(mut staff) = examiner else { panic!("staff") };
    staff.agency = None;
    refused(Actor::Staff(staff), List::Open).await;
});
