//! Every act of a department through its form: parties told and heard, a hearing, refusal, extension, annulment,
//! transfer, a document drawn up anew.

use crate::house::{Answer, House};
use axum::http::StatusCode;
use yichuang_app::case::Seen;
use yichuang_app::intake;
use yichuang_domain::case::RefusalGround;
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Date;
use yichuang_domain::time::days_after;
use yichuang_testkit::db_test;

/// Fills in the form of this kind on the page of the case, as this account.
async fn fill(house: &House, account: &str, page: &str, kind: &str, more: &[(&str, &str)]) -> Answer {
    let who = house.sign_in(account).await;
    let shown = house.get(&who, page).await;
    let mark = format!("{page}/{kind}#");
    assert!(shown.body.contains(&mark), "{kind} is offered: {}", shown.body);
    let (act, version) = (shown.field(&mark, "act"), shown.field(&mark, "version"));
    let mut fields = vec![("act", act.as_str()), ("version", version.as_str())];
    fields.extend(more);
    house.post(&who, &format!("{page}/{kind}"), &fields).await
}

/// The same, and it goes through.
async fn done(house: &House, account: &str, page: &str, kind: &str, more: &[(&str, &str)]) {
    let answer = fill(house, account, page, kind, more).await;
    assert_eq!(answer.to(), format!("{page}?done={kind}"), "{}", answer.body);
}

async fn accepted(house: &House) -> (Actor, String) {
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    (clerk, format!("/cases/{}", case.case_no))
}

db_test!(those_touched_are_told_served_heard_and_get_their_hearing, async |db| {
    let house = House::open(&db).await;
    let (_, page) = accepted(&house).await;
    let neighbour = [
        ("touched", "yes"),
        ("name", "演示人0002"),
        ("document", "resident_id"),
        ("number", "110101199003070310"),
        ("phone", "13800138001"),
        ("words", "排烟口正对居室"),
    ];
    let mut wrong = neighbour;
    wrong[3].1 = "110101199003070311";
    let refused = fill(&house, "2011", &page, "tell-parties", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("排烟口正对居室") && refused.body.contains("value=\"演示人0002\""), "kept");
    done(&house, "2011", &page, "tell-parties", &neighbour).await;
    for _ in 0..2 {
        let shown = house.get(&house.sign_in("2011").await, &page).await;
        let select = shown.body.split_once("id=\"record-service-party\"").expect("a choice").1;
        let party =
            select.split_once("option value=\"").expect("a party").1.split_once('"').expect("its end").0;
        done(&house, "2011", &page, "record-service", &[("party", party), ("on", "2026-09-01")]).await;
    }
    let shown = house.get(&house.sign_in("2011").await, &page).await;
    assert!(
        !shown.body.contains("/record-service#") && !shown.body.contains("演示人0002"),
        "all served, masked"
    );
    let select = shown.body.split_once("id=\"hear-party-party\"").expect("a choice").1;
    let party = select.split("option value=\"").nth(2).expect("a party").split_once('"').expect("its end").0;
    let asks = [("party", party), ("voice", "hearing_requested"), ("words", "要求听证")];
    done(&house, "2011", &page, "hear-party", &asks).await;
    let hearing = |on: &'static str| {
        [
            ("on", on),
            ("time", "上午9时30分"),
            ("place", "三楼听证室"),
            ("presider", "2015"),
            ("days", "15"),
            ("words", "应申请组织听证"),
        ]
    };
    let soon = fill(&house, "2011", &page, "call-hearing", &hearing("2026-09-02")).await;
    assert!(
        soon.status == StatusCode::UNPROCESSABLE_ENTITY && soon.body.contains("三楼听证室"),
        "{}",
        soon.body
    );
    done(&house, "2011", &page, "call-hearing", &hearing("2026-09-14")).await;
    let held = [("held", "yes"), ("officers", ""), ("words", "听证笔录附卷")];
    let early = fill(&house, "2011", &page, "end-procedure", &held).await;
    assert!(early.body.contains("通知的听证日期还没有到"), "{}", early.body);
    house.at(Date::constant(2026, 9, 14), 15, 0);
    done(&house, "2011", &page, "end-procedure", &held).await;
    let shown = house.get(&house.sign_in("2012").await, &page).await;
    assert!(shown.body.contains("停计") && shown.body.contains("》第四十五条"), "the clock explains itself");
});

db_test!(a_refusal_proposed_is_confirmed_or_goes_back_to_the_window, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    for (act, kind, stage) in [("one", "reject-refusal", "收件受理"), ("two", "confirm-refusal", "不予受理")]
    {
        let received = house.received(&clerk, act).await;
        let ctx = house.ctx(clerk.clone(), &format!("{act}/refuse"));
        let ground = RefusalGround::NotThisAgency { redirect: "区交通局".into() };
        let seen = Seen::from(&received);
        intake::propose_refusal(&house.server.app, &ctx, seen, ground, "属交通部门职权")
            .await
            .expect("proposed");
        let page = format!("/cases/{}", received.case_no);
        let examiner = house.sign_in("2011").await;
        assert!(
            !house.get(&examiner, &page).await.body.contains(&format!("{page}/{kind}")),
            "the chief's alone"
        );
        done(&house, "2014", &page, kind, &[("words", "属于本机关职权，应当受理")]).await;
        assert!(house.get(&examiner, &page).await.body.contains(stage));
    }
});

db_test!(what_ends_a_case_or_draws_a_paper_anew_takes_its_authority, async |db| {
    let house = House::open(&db).await;
    let (clerk, page) = accepted(&house).await;
    done(&house, "2015", &page, "extend", &[("days", "3"), ("words", "须向外省核实")]).await;
    let again = house.get(&house.sign_in("2015").await, &page).await;
    assert!(again.body.contains("办理期限只能延长一次") && !again.body.contains(&format!("{page}/extend#")));
    let number = again.body.split_once("id=\"reissue-number\"").expect("a choice").1;
    let number = number.split_once("option value=\"").expect("one").1.split_once('"').expect("its end").0;
    let paper = [("number", number), ("wording", ""), ("authority", ""), ("words", "名称有误")];
    let silent = fill(&house, "2015", &page, "reissue", &paper).await;
    assert!(silent.body.contains("没有写明批准文件的文号"), "{}", silent.body);
    let paper =
        [("number", number), ("wording", ""), ("authority", "江北市监〔2026〕1号"), ("words", "名称有误")];
    done(&house, "2015", &page, "reissue", &paper).await;
    assert!(house.get(&house.sign_in("2011").await, &page).await.body.contains("已作废"));
    let annul = [("authority", "江北市监〔2026〕2号"), ("words", "重复登记")];
    done(&house, "2015", &page, "annul", &annul).await;
    let ended = house.get(&house.sign_in("2015").await, &page).await;
    assert!(ended.body.contains("作废") && !ended.body.contains(&format!("{page}/annul#")));
    let case = house.accepted(&clerk, "upward").await;
    let page = format!("/cases/{}", case.case_no);
    let upward = [("organ", "市市场监管局"), ("words", "属市级权限")];
    done(&house, "2014", &page, "transfer-upward", &upward).await;
});

db_test!(cases_are_found_within_scope_by_item_stage_and_day, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let cases = [house.accepted(&clerk, "one").await, house.received(&clerk, "two").await];
    let found = async |who: &str, filter: &str| {
        let answer = house.get(who, &format!("/cases?{filter}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{filter}");
        let file = house.get(who, &format!("/cases/export?{filter}")).await;
        let both =
            cases.each_ref().map(|case| answer.body.contains(&format!("href=\"/cases/{}\"", case.case_no)));
        let filed = cases.each_ref().map(|case| file.body.contains(&case.case_no));
        assert_eq!(both, filed, "the file holds what the page shows: {filter}");
        assert!(!file.body.contains("演示人0001"), "masked");
        both
    };
    let manager = house.sign_in("1071").await;
    assert_eq!(found(&manager, "").await, [true, true]);
    assert_eq!(found(&manager, "stage=in_approval").await, [true, false]);
    assert_eq!(found(&manager, "stage=received&item=scjg-spjy-xb").await, [false, true]);
    assert_eq!(found(&manager, "item=scjg-gtgs-sl").await, [false, false]);
    assert_eq!(found(&manager, "from=2026-09-02&to=2026-09-03").await, [false, false]);
    let supervisor = house.sign_in(&house.account(yichuang_domain::permission::Post::Supervisor)).await;
    assert_eq!(found(&supervisor, "").await, [true, true]);
    assert_eq!(
        found(&house.sign_in("2011").await, "").await,
        [true, false],
        "not yet accepted: not theirs yet"
    );
    assert_eq!(found(&house.sign_in("2031").await, "").await, [false, false], "another department");
    for wrong in ["from=x", "stage=other", "item=%27", "standing=late"] {
        let answer = house.get(&manager, &format!("/cases?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
});

db_test!(cases_are_found_by_how_their_promise_stands, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "one").await;
    house.received(&clerk, "two").await; // promised nothing yet
    let mut seen = String::new();
    for after in 0..40 {
        let today = days_after(house.today, after);
        house.at(today, 10, 0);
        let who = [house.sign_in("1071").await, house.sign_in("2011").await];
        let mut standing = None;
        for word in ["overdue", "today", "in_time", "paused"] {
            let path = format!("/cases?from={}&standing={word}", house.today);
            let both = [house.get(&who[0], &path).await.body, house.get(&who[1], &path).await.body];
            let found = both.each_ref().map(|body| body.matches("href=\"/cases/JB").count());
            assert_eq!(found[0], found[1], "the site finds what the department finds: {today} {word}");
            if found[0] == 1 {
                assert!(both.iter().all(|body| body.contains(&case.case_no)));
                let lamp = both[0].split_once("<span class=\"lamp ").expect("a lamp").1.chars().next();
                standing = lamp;
                let lamps = match word {
                    "overdue" => "rk",
                    "today" => "o",
                    _ => "yg",
                };
                assert!(lamp.is_some_and(|lamp| lamps.contains(lamp)), "{today} {word} {lamp:?}");
            }
        }
        let lamp = standing.expect("found under one of them");
        if !seen.ends_with(lamp) {
            seen.push(lamp);
        }
    }
    assert_eq!(seen, "gyork", "each lamp in its turn");
    let file =
        house.get(&house.sign_in("1071").await, "/cases/export?from=2026-09-01&standing=overdue").await;
    assert!(file.body.contains(&case.case_no) && file.body.contains("黑 · 超法定时限"), "{}", file.body);
});
