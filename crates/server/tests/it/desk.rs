//! The approver's desk and the case page: what is shown, what is kept on a refusal, what an act leaves.

use crate::house::House;
use axum::http::StatusCode;
use yichuang_domain::time::Date;
use yichuang_testkit::db_test;

db_test!(a_case_goes_from_the_list_through_three_posts_to_its_decision, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let examiner = house.sign_in("2011").await;
    let list = house.get(&examiner, "/desk").await;
    insta::assert_snapshot!("desk", list.page());
    assert_eq!(list.header("cache-control"), "no-store");
    let shown = house.get(&examiner, &page).await;
    insta::assert_snapshot!("case", shown.page());
    for hidden in ["演示人0001", "110101199003070310", "13800138000"] {
        assert!(!shown.body.contains(hidden) && !list.body.contains(hidden), "{hidden} is masked");
    }
    let steps = [("2011", "examine", "examine"), ("2013", "review", "review"), ("2014", "decide", "decide")];
    for (account, kind, list) in steps {
        let who = house.sign_in(account).await;
        assert!(house.get(&who, &format!("/desk?list={list}")).await.body.contains(&case.case_no));
        let form = house.get(&who, &page).await;
        let mark = format!("{page}/{kind}");
        let (act, version) = (form.field(&mark, "act"), form.field(&mark, "version"));
        let fields =
            [("act", act.as_str()), ("version", &version), ("words", "同意<b>。"), ("verdict", "approved")];
        let done = house.post(&who, &mark, &fields).await;
        assert_eq!(done.to(), format!("{page}?done={kind}"), "{}", done.body);
        let again = house.post(&who, &mark, &fields).await;
        assert_eq!(again.to(), done.to(), "a double click is one act");
        let after = house.get(&who, done.to()).await;
        assert!(after.body.contains("role=\"status\"") && !after.body.contains(&format!("action=\"{mark}")));
        assert!(after.body.contains("同意&#60;b&#62;。"), "what was typed is text");
    }
    let head = house.sign_in("2015").await;
    insta::assert_snapshot!("decided", house.get(&head, &page).await.page());
    assert!(house.get(&head, "/desk").await.body.contains("没有这一类待办办件"));
});

db_test!(what_was_typed_stays_when_a_rule_says_no, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let head = house.sign_in("2015").await;
    let form = house.get(&head, &page).await;
    let (act, version) = (form.field("/extend", "act"), form.field("/extend", "version"));
    let extend = async |version: &str, days: &str| {
        let reason = "材料较多，\"需要\"核实";
        let fields = [("act", act.as_str()), ("version", version), ("days", days), ("words", reason)];
        house.post(&head, &format!("{page}/extend"), &fields).await
    };
    let long = extend(&version, "99").await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    insta::assert_snapshot!("extension_refused", long.page());
    let typed = extend(&version, "九").await;
    assert!(typed.status == StatusCode::UNPROCESSABLE_ENTITY && typed.body.contains("填写整数天数"));
    assert!(typed.body.contains("value=\"九\"") && typed.body.contains("材料较多"));
    let stale = extend("1", "3").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("刚刚由他人办理") && stale.body.contains("材料较多"));
    assert_eq!(extend("x", "3").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(extend(&version, "3").await.to(), format!("{page}?done=extend"));
    let differs = extend(&version, "4").await;
    assert_eq!(differs.status, StatusCode::UNPROCESSABLE_ENTITY, "the same act with another content");
});

db_test!(a_special_procedure_stops_the_clock_and_starts_it_again, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let who = house.sign_in("2011").await;
    let form = house.get(&who, &page).await;
    let send = async |kind: &str, form: &crate::house::Answer, more: &[(&str, &str)]| {
        let mark = format!("{page}/{kind}");
        let (act, version) = (form.field(&mark, "act"), form.field(&mark, "version"));
        let mut fields = vec![("act", act.as_str()), ("version", version.as_str())];
        fields.extend(more);
        house.post(&who, &mark, &fields).await
    };
    let start = [("procedure", "site_inspection"), ("days", "5"), ("words", "现场核查经营场所")];
    let started = send("start-procedure", &form, &start).await;
    assert_eq!(started.to(), format!("{page}?done=start-procedure"), "{}", started.body);
    let paused = house.get(&who, "/desk?list=paused").await;
    assert!(paused.body.contains(&case.case_no) && paused.body.contains("待恢复"));
    let form = house.get(&who, &page).await;
    let one = send("end-procedure", &form, &[("officers", "2011"), ("words", "符合要求")]).await;
    assert_eq!(one.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(one.body.contains("value=\"2011\"") && one.body.contains("符合要求"), "{}", one.body);
    house.at(Date::constant(2026, 9, 1), 10, 5);
    let two = send("end-procedure", &form, &[("officers", "2011 2012"), ("words", "符合要求")]).await;
    assert_eq!(two.to(), format!("{page}?done=end-procedure"), "{}", two.body);
});

db_test!(lists_and_addresses_that_are_not_there_are_answered, async |db| {
    let house = House::open(&db).await;
    let who = house.sign_in("2011").await;
    assert_eq!(house.get(&who, "/desk?list=other").await.status, StatusCode::NOT_FOUND);
    for cursor in ["x", "r_2026-13-01_1", "r_2026-09-01_x", "%00"] {
        let answer = house.get(&who, &format!("/desk?after={cursor}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{cursor}");
    }
    assert_eq!(house.get(&who, "/desk?after=r_2026-09-01_5").await.status, StatusCode::OK);
    assert!(house.get(&who, "/desk").await.body.contains("没有这一类待办办件"));
});
