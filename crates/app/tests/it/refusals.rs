//! What the rules refuse leaves nothing behind but the record of the refusal.

use crate::centre::{Centre, FOOD};
use yichuang_app::case::Seen;
use yichuang_app::{AppError, approve, catalog, intake};
use yichuang_domain::RefusalCode;
use yichuang_domain::case::Verdict;
use yichuang_domain::id::StaffId;
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::permission::{Actor, Post, StaffActor};
use yichuang_domain::time::Date;
use yichuang_storage::refusals;
use yichuang_testkit::db_test;

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> RefusalCode {
    result.expect_err("refused").refusal().expect("by a rule").code
}

db_test!(a_refusal_is_on_record_with_its_article, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &["m1"]).await;
    let refused = intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await;
    let error = refused.expect_err("m1 is missing");
    let text = error.to_string();
    assert!(
        text.contains("食品经营许可证申请书") && text.contains("第三十二条") && text.contains("下一步"),
        "{text}"
    );
    let rows = centre.app.store().all(refusals::page((0, ""), 10)).await.expect("read");
    let row = rows.first().expect("recorded");
    assert_eq!((row.case_id, row.law.as_str(), row.article.as_str()), (received.case.0, "xkf", "32-1-4"));
    assert_eq!(centre.case(received.case).await.version, 1);
    centre.assert_replays(received.case).await;
});

db_test!(whoever_took_it_in_never_decides_it, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let accepted =
        intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let Actor::Staff(examiner) = centre.at("scjgj", Post::Examiner) else { panic!("staff") };
    let same_person = Actor::Staff(StaffActor { id: StaffId(1001), ..examiner });
    let refused = approve::examine(&centre.app, &centre.ctx(same_person), Seen::from(&accepted), "").await;
    assert_eq!(code(refused), RefusalCode::SeparationOfDuties);
});

db_test!(an_expired_authorization_stops_the_department, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let id = received.case;
    let seen = centre.seen(id).await;
    approve::examine(&centre.app, &centre.ctx(centre.at("scjgj", Post::Examiner)), seen, "")
        .await
        .expect("examined");
    let seen = centre.seen(id).await;
    approve::review(&centre.app, &centre.ctx(centre.at("scjgj", Post::Reviewer)), seen, "")
        .await
        .expect("reviewed");
    centre.today = Date::constant(2027, 12, 9);
    crate::stories::explain_if_late(&centre, id, "scjgj").await;
    let chief = centre.at("scjgj", Post::ChiefRepresentative);
    for (today, refused) in [(Date::constant(2028, 1, 1), true), (Date::constant(2027, 12, 10), false)] {
        centre.today = today;
        let seen = centre.seen(id).await;
        let ctx = centre.ctx(chief.clone());
        let decided = approve::decide_branch(&centre.app, &ctx, seen, Verdict::Approved, "").await;
        match refused {
            true => assert_eq!(code(decided), RefusalCode::AuthorizationMissing),
            false => assert_eq!(decided.expect("in force").stage, "decided"),
        }
    }
});

db_test!(a_wrong_window_a_wrong_number_an_unknown_item_take_nothing_in, async |db| {
    let centre = Centre::open(db.store()).await;
    let general = centre.clerk(5, WindowKind::General).await;
    let form = centre.form(FOOD, &["cy", "fzd", "br"], &[]).await;
    let refused = intake::receive_case(&centre.app, &centre.ctx(general.clone()), form.clone()).await;
    assert_eq!(code(refused), RefusalCode::ItemNotAtSite);
    let mut wrong = form.clone();
    wrong.applicant.number = "91500105MA5TEXT11C".into();
    let refused = intake::receive_case(&centre.app, &centre.ctx(general.clone()), wrong).await;
    let AppError::Form(faults) = refused.expect_err("a wrong check character") else {
        panic!("a field error")
    };
    assert!(!faults[0].contains("91500105"), "the number is not repeated: {faults:?}");
    let unknown = centre.app.version_in_force("no-such-item", centre.today).await;
    assert!(matches!(unknown, Err(AppError::NotFound(_))));
    let before_the_reform = centre.app.version_in_force(FOOD, Date::constant(2025, 12, 31)).await;
    assert!(matches!(before_the_reform, Err(AppError::NotFound(_))));
});

db_test!(the_default_data_loads_once, async |db| {
    let centre = Centre::open(db.store()).await;
    catalog::load_default_catalogue(&centre.app).await.expect("the same data again does nothing");
    let windows: usize = centre.app.organisation().sites["jb"].windows.len();
    assert_eq!(windows, 30);
});
