//! 好差评: by link and at the evaluator of a window: once, of one's own free will, with the indicators of the level.

use crate::house::{Answer, House};
use axum::http::StatusCode;
use yichuang_app::case::{CaseAnswer, Seen, get};
use yichuang_app::issue::{self, Collector, Delivery};
use yichuang_app::{Ctx, approve, portal, windows};
use yichuang_domain::case::{Case, Ending, Stage, Verdict};
use yichuang_domain::id::{StaffId, VisitId};
use yichuang_domain::organisation::{ServiceWindow, WindowKind};
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::rating::RatingLevel;
use yichuang_testkit::db_test;

/// A case whose result is delivered at the issuing window of the site; the window's clerk.
async fn delivered(house: &House, act: &str) -> (CaseAnswer, Actor) {
    let app = &house.server.app;
    let organisation = app.organisation();
    let issuing =
        |window: &&ServiceWindow| window.issues_results && window.kind == WindowKind::Sector("scjg".into());
    let window = organisation.sites["jb"].windows.iter().find(issuing).expect("a window");
    let clerk =
        Ctx::new(organisation.actor(StaffId(1001)).expect("a clerk"), house.server.clock.now(), "open");
    let clerk = windows::open_window(app, &clerk, &window.code).await.expect("open");
    let mut case = house.accepted(&clerk, act).await;
    let at = |post: Post| {
        let member =
            organisation.staff.values().find(|s| s.agency == "scjgj" && s.post == post).expect("staffed");
        organisation.actor(member.id).expect("in office")
    };
    let mut step = 0;
    let mut ctx = |actor: &Actor| {
        step += 1;
        Ctx::new(actor.clone(), house.server.clock.now(), format!("{act}/{step}"))
    };
    case = approve::examine(app, &ctx(&at(Post::Examiner)), Seen::from(&case), "").await.expect("examined");
    case = approve::review(app, &ctx(&at(Post::Reviewer)), Seen::from(&case), "").await.expect("reviewed");
    let chief = at(Post::ChiefRepresentative);
    case = approve::decide_branch(app, &ctx(&chief), Seen::from(&case), Verdict::Approved, "")
        .await
        .expect("decided");
    case = approve::hand_over_result(app, &ctx(&chief), Seen::from(&case), "").await.expect("handed over");
    case = issue::check_result(app, &ctx(&clerk), Seen::from(&case), true, "").await.expect("checked");
    let window = Delivery::Window { visit: VisitId(2), collector: Collector::Applicant, verified: true };
    case = issue::deliver_result(app, &ctx(&clerk), Seen::from(&case), window).await.expect("delivered");
    (case, clerk)
}

async fn now(house: &House, case: &CaseAnswer) -> Case {
    get(&house.server.app, case.case).await.expect("the case")
}

async fn rate(house: &House, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let (act, case_no) = (page.field("<form", "act"), page.field("<form", "case_no"));
    let mut all = vec![("act", act.as_str()), ("case_no", &case_no)];
    all.extend(fields);
    house.post("", path, &all).await
}

db_test!(a_link_rates_once_with_the_indicators_of_its_level, async |db| {
    let house = House::open(&db).await;
    let (case, _) = delivered(&house, "case").await;
    let token = portal::rating(&house.server.app, &case.case_no).await.unwrap();
    let path = format!("/rating/{}/{token}", case.case_no);
    let page = house.get("", &path).await;
    assert!(!page.body.contains("checked"), "nothing is chosen beforehand");
    insta::assert_snapshot!("rating", page.page().replace(&token, "[token]"));
    let empty = rate(&house, &page, &path, &[("indicator", "207")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("先选一项满意程度") && empty.body.contains("value=\"207\" checked"));
    assert!(matches!(now(&house, &case).await.stage, Stage::Delivered { .. }), "silence is no rating");
    let fields = [("level", "dissatisfied"), ("indicator", "207"), ("indicator", "517"), ("indicator", "x")];
    let done = rate(&house, &page, &path, &fields).await;
    assert_eq!(done.to(), path, "{}", done.body);
    let rated = now(&house, &case).await;
    assert_eq!(rated.rating, Some(RatingLevel::Dissatisfied));
    assert!(matches!(rated.stage, Stage::Ended { ending: Ending::Concluded, .. }));
    let thanks = house.get("", &path).await;
    assert!(thanks.body.contains("谢谢您的评价") && !thanks.body.contains("<form"));
    let again = rate(&house, &page, &path, &[("level", "very_satisfied")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same act with another content");
    assert_eq!(now(&house, &case).await.rating, Some(RatingLevel::Dissatisfied));
    for wrong in [format!("/rating/{}/{}", case.case_no, "0".repeat(48)), format!("/rating/JB1/{token}")] {
        assert_eq!(house.get("", &wrong).await.status, StatusCode::NOT_FOUND);
    }
});

db_test!(a_result_that_is_not_delivered_is_not_rated, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let token = portal::rating(&house.server.app, &case.case_no).await.unwrap();
    let page = house.get("", &format!("/rating/{}/{token}", case.case_no)).await;
    assert!(page.body.contains("结果还没有送达") && !page.body.contains("<form"));
});

db_test!(the_evaluator_asks_for_the_case_its_window_has_invited, async |db| {
    let house = House::open(&db).await;
    let (case, clerk) = delivered(&house, "case").await;
    let app = &house.server.app;
    let window = clerk.staff().unwrap().window.clone().unwrap();
    let token = portal::evaluator(app, "jb", &window).await.unwrap();
    let path = format!("/evaluator/jb/{window}/{token}");
    let idle = house.get("", &path).await;
    insta::assert_snapshot!("evaluator_idle", idle.page().replace(&token, "[token]"));
    let ctx = Ctx::new(clerk, house.server.clock.now(), "invite");
    issue::invite_rating(app, &ctx, Seen::from(&case)).await.expect("invited");
    let asks = house.get("", &path).await;
    assert!(asks.body.contains(&case.case_no) && asks.body.contains("data-again="));
    let other =
        app.organisation().sites["jb"].windows.iter().find(|w| w.code != window).unwrap().code.clone();
    let beside = portal::evaluator(app, "jb", &other).await.unwrap();
    let beside = house.get("", &format!("/evaluator/jb/{other}/{beside}")).await;
    assert!(beside.body.contains("欢迎办事"), "another window asks for nothing");
    assert_eq!(house.get("", &format!("/evaluator/jb/{other}/{token}")).await.status, StatusCode::NOT_FOUND);
    house.at(house.today, 10, 4);
    assert!(
        house.get("", &path).await.body.contains("欢迎办事"),
        "nobody rated, somebody else may sit there"
    );
    let late = rate(&house, &asks, &path, &[("level", "very_satisfied")]).await;
    assert!(late.body.contains("欢迎办事"));
    assert_eq!(now(&house, &case).await.rating, None);
    house.at(house.today, 10, 1);
    let thanks = rate(&house, &asks, &path, &[("level", "very_satisfied"), ("indicator", "510")]).await;
    assert!(thanks.body.contains("谢谢您的评价"), "{}", thanks.body);
    assert_eq!(now(&house, &case).await.rating, Some(RatingLevel::VerySatisfied));
    assert!(house.get("", &path).await.body.contains("欢迎办事"));
});

db_test!(the_duty_manager_sets_up_the_evaluators_of_the_own_site, async |db| {
    let house = House::open(&db).await;
    let who = house.sign_in(&house.account(Post::DutyManager)).await;
    let page = house.get(&who, "/evaluators").await;
    let address = page.body.split_once("href=\"/evaluator/").expect("a device").1.split_once('"').unwrap().0;
    assert_eq!(house.get("", &format!("/evaluator/{address}")).await.status, StatusCode::OK);
});
