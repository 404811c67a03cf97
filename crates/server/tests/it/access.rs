//! Signing in, signing out, and what becomes of a session.

use crate::house::House;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::Notify;
use yichuang_domain::permission::Post;
use yichuang_domain::time::Instant;
use yichuang_testkit::db_test;

db_test!(a_wrong_password_and_a_missing_account_are_answered_alike, async |db| {
    let house = House::open(&db).await;
    let shown = house.get("", "/sign-in").await;
    insta::assert_snapshot!("sign_in", shown.page());
    let submit = async |account, password| {
        house.post("", "/sign-in", &[("account", account), ("password", password), ("code", "")]).await
    };
    let wrong = submit("2011", "wrong").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.header("set-cookie").is_empty());
    let nobody = submit("9999", "wrong").await;
    assert_eq!(nobody.status, wrong.status);
    assert_eq!(nobody.page().replace("9999", "2011"), wrong.page(), "but for what was typed");
    assert!(!wrong.body.contains("value=\"wrong\""), "a password is never sent back");
    let hostile = submit("\"><script>alert(1)</script>", "x").await;
    assert!(!hostile.body.contains("<script>alert"), "typed text is text");
    let right = submit("2011", "Yichuang@2026").await;
    assert_eq!((right.status, right.to()), (StatusCode::SEE_OTHER, "/kept"));
    let cookie = right.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
});

db_test!(a_session_is_for_one_place_and_ends, async |db| {
    let house = House::open(&db).await;
    let first = house.sign_in("2011").await;
    assert_eq!(house.get(&first, "/").await.to(), "/desk");
    let second = house.sign_in("2011").await;
    assert_eq!(house.get(&first, "/desk").await.to(), "/sign-in");
    assert!(house.get(&first, "/sign-in").await.body.contains("该账号已在另一处登录"));
    assert_eq!(house.get(&second, "/desk").await.status, StatusCode::OK);
    house.at(house.today, 10, 16);
    assert_eq!(house.get(&second, "/desk").await.to(), "/sign-in");
    assert!(house.get(&second, "/sign-in").await.body.contains("15 分钟没有操作"));
    let posted = house.post(&second, "/sign-out", &[]).await;
    assert_eq!(posted.status, StatusCode::UNAUTHORIZED, "what was sent is not done");
    let third = house.sign_in("2011").await;
    let left = house.post(&third, "/sign-out", &[]).await;
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(house.get(&third, "/desk").await.to(), "/sign-in");
    assert_eq!(house.get("yichuang=made-up", "/desk").await.to(), "/sign-in");
});

db_test!(administrators_see_their_own_page_and_end_a_session, async |db| {
    let house = House::open(&db).await;
    let examiner = house.sign_in("2011").await;
    let security = house.sign_in(&house.account(Post::SecurityAdministrator)).await;
    assert_eq!(house.get(&security, "/").await.to(), "/accounts");
    let listed = house.get(&security, "/accounts?after=2010").await;
    let act = listed.field("/accounts/revoke", "act");
    house.at(house.today, 10, 5);
    let done = house.post(&security, "/accounts/revoke", &[("act", &act), ("account", "2011")]).await;
    assert_eq!(done.to(), "/accounts?done=revoke");
    assert!(house.get(&examiner, "/sign-in").await.body.contains("安全管理员已结束本次登录"));
    let auditor = house.sign_in(&house.account(Post::AuditAdministrator)).await;
    let since = Instant::at(house.today, 10, 5).0;
    let trail = house.get(&auditor, &format!("/audit?on=2026-09-01&at={since}")).await;
    assert!(trail.body.contains("结束登录") && trail.body.contains("account/2011"), "{}", trail.body);
    let system = house.sign_in(&house.account(Post::SystemAdministrator)).await;
    insta::assert_snapshot!("system", house.get(&system, "/system").await.page());
});

db_test!(a_password_is_changed_once_it_is_good_enough, async |db| {
    let house = House::open(&db).await;
    let who = house.sign_in("2011").await;
    let page = house.get(&who, "/password").await;
    let act = page.field("<form", "act");
    let change = async |old, new, again| {
        house.post(&who, "/password", &[("act", &act), ("old", old), ("new", new), ("again", again)]).await
    };
    let weak = change("Yichuang@2026", "short", "short").await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    insta::assert_snapshot!("password_refused", weak.page());
    let differs = change("Yichuang@2026", "Better-2026!", "Better-2027!").await;
    assert!(differs.body.contains("两次填写的新密码不同"));
    assert_eq!(change("Yichuang@2026", "Better-2026!", "Better-2026!").await.to(), "/sign-in");
    assert!(house.get(&who, "/sign-in").await.body.contains("密码已更换"));
});

db_test!(only_a_demo_has_a_tour_and_a_way_back_and_the_way_back_asks_first, async |db| {
    let mut house = House::open(&db).await;
    let tour = house.get("", "/tour").await;
    assert_eq!(tour.status, StatusCode::OK);
    assert!(tour.body.contains("以综合受理岗") && !tour.body.contains("/demo/reset"), "{}", tour.body);
    assert_eq!(house.post("", "/demo/reset", &[]).await.status, StatusCode::NOT_FOUND);
    let told = Arc::new(Notify::new());
    house.serve(|server| server.reset = Some(told.clone()));
    let asked = house.get("", "/demo/reset").await;
    assert!(asked.body.contains("删除并重建"), "{}", asked.body);
    let begun = house.post("", "/demo/reset", &[]).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    told.notified().await;
    house.serve(|server| (server.demo, server.reset) = (false, None));
    for path in ["/tour", "/demo/reset"] {
        assert_eq!(house.get("", path).await.status, StatusCode::NOT_FOUND);
    }
});
