//! One open session per window and per person.

use crate::centre::Centre;
use yichuang_app::case::Seen;
use yichuang_app::{AppError, intake, windows};
use yichuang_domain::RefusalCode;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post};
use yichuang_storage::{organisation, refusals};
use yichuang_testkit::db_test;

db_test!(a_window_has_one_clerk_and_a_clerk_one_window, async |db| {
    let centre = Centre::open(db.store()).await;
    let organisation = centre.app.organisation();
    let code = |n: usize| organisation.sites["jb"].windows[n].code.clone();
    let clerk = |n: i64| organisation.actor(StaffId(1000 + n)).expect("a clerk");
    windows::open_window(&centre.app, &centre.ctx(clerk(1)), &code(0)).await.expect("opens");
    for (person, window) in [(2, code(0)), (1, code(1))] {
        let refused = windows::open_window(&centre.app, &centre.ctx(clerk(person)), &window).await;
        assert!(matches!(refused, Err(AppError::Form(_))), "{refused:?}");
    }
    windows::close_window(&centre.app, &centre.ctx(clerk(1))).await.expect("closes");
    windows::open_window(&centre.app, &centre.ctx(clerk(2)), &code(0)).await.expect("free again");
});

db_test!(only_the_front_sits_at_windows_and_nobody_on_an_establishment, async |db| {
    let centre = Centre::open(db.store()).await;
    let code = centre.app.organisation().sites["jb"].windows[0].code.clone();
    let refused = |actor| {
        let (app, ctx, code) = (centre.app.clone(), centre.ctx(actor), code.clone());
        async move {
            let refused = windows::open_window(&app, &ctx, &code).await.expect_err("refused");
            refused.refusal().map(|refusal| refusal.code)
        }
    };
    let examiner = centre.at("scjgj", Post::Examiner);
    let Actor::Staff(mut at_site) = examiner else { panic!("staff") };
    at_site.site = Some("jb".into());
    assert_eq!(refused(Actor::Staff(at_site)).await, Some(RefusalCode::WrongPost));
    let mut row = db.one(organisation::staff(1001)).await.expect("read").expect("a clerk");
    row.body = row.body.replace(r#""established":false"#, r#""established":true"#);
    db.tamper(&format!("UPDATE staff SET body = '{}' WHERE id = 1001", row.body)).await;
    let clerk = centre.app.organisation().actor(StaffId(1001)).expect("a clerk");
    assert_eq!(refused(clerk).await, Some(RefusalCode::EstablishedAtFront), "read again under lock");
});

db_test!(nothing_is_done_from_a_window_that_was_closed, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    windows::close_window(&centre.app, &centre.ctx(clerk.clone())).await.expect("closes");
    let refused = intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await;
    let refused = refused.expect_err("the page was opened before");
    assert_eq!(refused.refusal().map(|refusal| refusal.code), Some(RefusalCode::NoWindowSession));
    assert_eq!(centre.case(received.case).await.version, 1);
    let recorded = db.all(refusals::page((0, ""), 10)).await.expect("read");
    assert_eq!(recorded.iter().map(|row| row.case_id).collect::<Vec<_>>(), [received.case.0]);
});
