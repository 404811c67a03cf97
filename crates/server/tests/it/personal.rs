//! Personal data on pages: masked, found without an address that names anybody, shown whole once and on record.

use crate::house::House;
use axum::http::StatusCode;
use yichuang_domain::permission::Post;
use yichuang_domain::time::Instant;
use yichuang_testkit::db_test;

/// As the applicant of the tests is taken in.
const NUMBER: &str = "110101199003070310";
const PHONE: &str = "13800138000";

db_test!(a_whole_number_is_shown_once_for_a_purpose_and_on_record, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let mark = format!("{page}/reveal");
    let examiner = house.sign_in("2011").await;
    house.at(house.today, 10, 5);
    let form = house.get(&examiner, &page).await;
    assert!(!form.body.contains(PHONE) && !form.body.contains(NUMBER));
    let act = form.field(&mark, "act");
    let mut fields = vec![("act", act.as_str()), ("whose", "applicant"), ("purpose", "")];
    let refused = house.post(&examiner, &mark, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("选择查看用途") && !refused.body.contains(PHONE));
    fields[2] = ("purpose", "contact");
    let shown = house.post(&examiner, &mark, &fields).await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(shown.body.contains(PHONE) && shown.body.contains("用途：联系当事人"), "{}", shown.body);
    let again = house.post(&examiner, &mark, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!again.body.contains(PHONE), "every look is on record");
    let reviewer = house.sign_in("2013").await;
    assert!(!house.get(&reviewer, &page).await.body.contains(&mark), "not every post that reads may see it");

    house.server.app.write_reads().await.expect("written");
    let auditor = house.sign_in(&house.account(Post::AuditAdministrator)).await;
    let since = Instant::at(house.today, 10, 5).0;
    let trail = house.get(&auditor, &format!("/audit?on={}&at={since}", house.today)).await.body;
    assert_eq!(trail.matches("查看完整个人信息").count(), 1, "{trail}");
    let reads = house.get(&auditor, &format!("/audit/reads?no={}", case.case_no)).await;
    assert!(reads.body.contains("打开办件页") && reads.body.contains("2011"), "{}", reads.body);
    assert_eq!(house.get(&auditor, "/audit/reads?no=JB1").await.status, StatusCode::NOT_FOUND);
});

db_test!(a_person_is_found_by_a_form_and_only_within_scope, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let examiner = house.sign_in("2011").await;
    assert!(house.get(&examiner, "/cases").await.body.contains("action=\"/cases/find\""));
    for typed in [PHONE, "8000"] {
        let found = house.post(&examiner, "/cases/find", &[("person", typed)]).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(found.body.contains(&case.case_no) && !found.body.contains(PHONE), "{}", found.body);
    }
    for (typed, status) in [("9999", StatusCode::NOT_FOUND), ("12", StatusCode::UNPROCESSABLE_ENTITY)] {
        let nothing = house.post(&examiner, "/cases/find", &[("person", typed)]).await;
        assert_eq!(nothing.status, status);
        assert!(!nothing.body.contains(&case.case_no));
    }
    let organisation = house.server.app.organisation();
    let stranger =
        organisation.staff.values().find(|member| member.post == Post::Examiner && member.agency != "scjgj");
    let stranger = house.sign_in(&stranger.expect("another agency").id.to_string()).await;
    let nothing = house.post(&stranger, "/cases/find", &[("person", PHONE)]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    assert!(!nothing.body.contains(&case.case_no));
});
