//! Who does the next step, other departments asked, two people on one case, deputies, presence.

use crate::house::House;
use axum::http::StatusCode;
use yichuang_testkit::db_test;

db_test!(a_claimed_step_is_its_holders_and_everybody_else_reads_why, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let (one, other) = (house.sign_in("2011").await, house.sign_in("2012").await);
    let list = house.get(&one, "/desk?list=unclaimed").await;
    assert!(list.body.contains(&case.case_no) && list.body.contains("待认领"));
    let act = list.field("/desk/claim", "act");
    let ticked = [("act", act.as_str()), ("list", "unclaimed"), ("case", &case.case_no)];
    let claimed = house.post(&one, "/desk/claim", &ticked).await;
    assert_eq!(claimed.to(), "/desk?list=mine&done=claim", "{}", claimed.body);
    assert_eq!(
        house.post(&one, "/desk/claim", &ticked).await.to(),
        claimed.to(),
        "a double click is one act"
    );
    let mine = house.get(&one, claimed.to()).await;
    assert!(mine.body.contains(&case.case_no) && mine.body.contains("本人"));
    assert!(!house.get(&other, "/desk?list=mine").await.body.contains(&case.case_no));
    let late = [("act", "other"), ("list", "unclaimed"), ("case", &case.case_no)];
    let second = house.post(&other, "/desk/claim", &late).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(second.body.contains("该环节已有承办人"), "{}", second.body);
    let seen = house.get(&other, &page).await;
    assert!(!seen.body.contains(&format!("{page}/examine")) && seen.body.contains("该环节已有承办人"));
    assert!(!seen.body.contains("同时在看"), "nobody has opened it yet");
    let holder = house.get(&one, &page).await;
    assert!(holder.body.contains("同时在看") && holder.body.contains("（2012）"), "who else is in the file");
    let given = house.act(&one, &holder, &page, "delegate", &[("to", "2012"), ("words", "外出核查")]).await;
    assert_eq!(given.to(), format!("{page}?done=delegate"), "{}", given.body);
    let now = house.get(&other, &page).await;
    assert!(now.body.contains(&format!("{page}/examine")) && now.body.contains("转交"));
});

db_test!(a_deputy_does_what_the_absent_one_has_claimed_while_it_lasts, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let (one, other) = (house.sign_in("2011").await, house.sign_in("2012").await);
    let shown = house.get(&one, &page).await;
    assert_eq!(house.act(&one, &shown, &page, "claim", &[]).await.status, StatusCode::SEE_OTHER);
    let form = house.get(&other, "/covers").await;
    insta::assert_snapshot!("covers", form.page());
    let act = form.field("action=\"/covers\"", "act");
    let set = async |act: &str, deputy: &str, to: &str| {
        let fields =
            [("act", act), ("staff", "2011"), ("deputy", deputy), ("from", "2026-09-01"), ("to", to)];
        house.post(&other, "/covers", &fields).await
    };
    for (deputy, to) in
        [("2013", "2026-09-02"), ("2011", "2026-09-02"), ("2012", "2026-08-31"), ("2012", "明天")]
    {
        let refused = set(&act, deputy, to).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{deputy} {to}");
        assert!(refused.body.contains("没有登记"));
    }
    assert_eq!(set(&act, "2012", "2026-09-02").await.to(), "/covers?done=set");
    assert!(house.get(&other, "/covers").await.body.contains("代岗中"));
    assert!(house.get(&other, "/desk?list=covered").await.body.contains(&case.case_no));
    let shown = house.get(&other, &page).await;
    let done = house.act(&other, &shown, &page, "examine", &[("words", "同意")]).await;
    assert_eq!(done.to(), format!("{page}?done=examine"), "{}", done.body);
});

db_test!(a_stale_form_keeps_what_was_typed_and_shows_what_happened, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let (one, other) = (house.sign_in("2011").await, house.sign_in("2012").await);
    let (first, second) = (house.get(&one, &page).await, house.get(&other, &page).await);
    let words = "材料\"齐全\"<script>，同意";
    assert_eq!(
        house.act(&one, &first, &page, "examine", &[("words", "同意")]).await.status,
        StatusCode::SEE_OTHER
    );
    let stale = house.act(&other, &second, &page, "examine", &[("words", words)]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    insta::assert_snapshot!("stale", stale.page());
    assert!(
        stale.body.contains("材料&#34;齐全&#34;&#60;script&#62;，同意"),
        "what was typed is there, as text"
    );
    assert!(stale.body.contains("您打开页面之后") && stale.body.contains("（2011）"), "and who was first");
});

db_test!(another_department_is_asked_answers_and_sees_no_more_than_it_must, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let who = house.sign_in("2011").await;
    let stranger = house.sign_in("2031").await;
    assert_eq!(house.get(&stranger, &page).await.status, StatusCode::NOT_FOUND, "not asked yet");
    let shown = house.get(&who, &page).await;
    let question = [("to", "wjw"), ("days", "3"), ("words", "健康证明是否有效？")];
    let asked = house.act(&who, &shown, &page, "ask", &question).await;
    assert_eq!(asked.to(), format!("{page}?done=ask"), "{}", asked.body);
    let list = house.get(&stranger, "/desk?list=asked").await;
    assert!(list.body.contains(&case.case_no) && list.body.contains("答复征询"));
    let theirs = house.get(&stranger, &page).await;
    assert!(theirs.body.contains("健康证明是否有效？") && !theirs.body.contains(&format!("{page}/examine")));
    let answered = house.act(&stranger, &theirs, &page, "answer", &[("words", "均在有效期内")]).await;
    assert_eq!(answered.to(), format!("{page}?done=answer"), "{}", answered.body);
    assert!(house.get(&who, &page).await.body.contains("均在有效期内"));
    assert!(!house.get(&stranger, "/desk?list=asked").await.body.contains(&case.case_no));
    // Asked and answered meanwhile: the page opened before the question is stale only since the answer.
    let late = house.act(&who, &shown, &page, "examine", &[("words", "同意")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
});
