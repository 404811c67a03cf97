//! A session that ends under a form: the same person finds what was typed, nobody else does.

use crate::house::House;
use axum::http::StatusCode;
use std::sync::Arc;
use yichuang_app::keys;
use yichuang_app::vault::{Key, Keys};
use yichuang_domain::permission::Post;
use yichuang_testkit::db_test;

const WORDS: &str = "材料齐全，拟同意（登录中断前填写）";

db_test!(what_came_too_late_waits_for_the_same_person_alone, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let examiner = house.account(Post::Examiner);
    let first = house.sign_in(&examiner).await;
    let page = house.get(&first, &format!("/cases/{}", case.case_no)).await;
    let act = page.field("/examine", "act");
    let version = page.field("/examine", "version");
    house.sign_in(&examiner).await; // elsewhere: ends the first

    let path = format!("/cases/{}/examine", case.case_no);
    let late = house.post(&first, &path, &[("act", &act), ("version", &version), ("words", WORDS)]).await;
    assert_eq!((late.status, late.to()), (StatusCode::SEE_OTHER, "/sign-in"));
    let nobody = house.post("yichuang=made-up", &path, &[("words", WORDS)]).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);

    let other = house.sign_in(&house.account(Post::Reviewer)).await;
    assert_eq!(house.get(&other, "/kept").await.to(), "/desk");
    assert_eq!(house.post(&other, "/kept/send", &[]).await.to(), "/desk");

    let again = house.sign_in(&examiner).await;
    let kept = house.get(&again, "/kept").await;
    assert!(kept.body.contains(WORDS) && !kept.body.contains(&act), "{}", kept.body);
    let sent = house.post(&again, "/kept/send", &[]).await;
    assert_eq!(sent.to(), format!("/cases/{}?done=examine", case.case_no), "{}", sent.body);
    assert!(house.get(&again, sent.to()).await.body.contains(WORDS));
    assert_eq!(house.get(&again, "/kept").await.to(), "/desk", "it is gone");
});

db_test!(what_is_kept_is_dropped_by_its_owner_and_with_the_day, async |db| {
    let house = House::open(&db).await;
    let examiner = house.account(Post::Examiner);
    let late = async || {
        let first = house.sign_in(&examiner).await;
        house.sign_in(&examiner).await;
        house.post(&first, "/cases/none/examine", &[("act", "a"), ("version", "1"), ("words", WORDS)]).await;
        house.sign_in(&examiner).await
    };
    let who = late().await;
    assert!(house.get(&who, "/kept").await.body.contains(WORDS));
    house.post(&who, "/kept/drop", &[]).await;
    assert_eq!(house.get(&who, "/kept").await.to(), "/desk");
    late().await;
    house.at(house.today.tomorrow().expect("a day"), 10, 0);
    let next = house.sign_in(&examiner).await;
    assert_eq!(house.get(&next, "/kept").await.to(), "/desk");
});

db_test!(what_is_kept_is_sealed_anew_with_the_next_key, async |db| {
    let house = House::open(&db).await;
    let app = &house.server.app;
    let examiner = house.account(Post::Examiner);
    let first = house.sign_in(&examiner).await;
    house.sign_in(&examiner).await;
    house.post(&first, "/cases/none/examine", &[("act", "a"), ("version", "1"), ("words", WORDS)]).await;

    let given = [[7; 32], [8; 32], [9; 32]].map(|secret| Arc::new(Key::from_secret(secret)));
    app.unlock(Keys::Given(given.to_vec())).await.expect("unlocked");
    let with = keys::rotate(app, &|_| {}).await.expect("rotated");
    let again = house.sign_in(&examiner).await;
    assert!(house.get(&again, "/kept").await.body.contains(WORDS));
    house.post(&again, "/kept/drop", &[]).await;
    let without = keys::rotate(app, &|_| {}).await.expect("rotated once more");
    assert_eq!(with.cells, without.cells + 1);
});
