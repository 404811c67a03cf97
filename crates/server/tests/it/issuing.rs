//! The issuing desk: sign, check, tell, hand out, mail and what comes back; the ledger; documents.

use crate::house::{Answer, House};
use axum::http::StatusCode;
use yichuang_testkit::db_test;

/// A case decided and handed over, and somebody at the issuing window.
async fn handed_over(house: &House) -> (String, String) {
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let steps = [("2011", "examine"), ("2013", "review"), ("2014", "decide"), ("2011", "hand-over")];
    for (account, kind) in steps {
        let who = house.sign_in(account).await;
        let shown = house.get(&who, &page).await;
        let more = [("words", "同意"), ("verdict", "approved"), ("certificate", "JY15001050000001")];
        let done = house.act(&who, &shown, &page, kind, &more).await;
        assert_eq!(done.to(), format!("{page}?done={kind}"), "{}", done.body);
    }
    let window = house.sign_in("1051").await;
    let desk = house.get(&window, "/issuing").await;
    assert!(desk.body.contains("尚未上岗") && desk.body.contains("当前没有开放的窗口岗位"), "{}", desk.body);
    let act = desk.field("/window/open", "act");
    let sat = house.post(&window, "/window/open", &[("act", &act), ("window", "A04")]).await;
    assert_eq!(sat.to(), "/issuing?done=window-open", "{}", sat.body);
    (case.case_no, window)
}

/// Every line of the check.
fn lines(says: &str) -> Vec<(&'static str, String)> {
    ["row-0", "row-1", "row-2", "row-3", "row-4", "row-5", "row-6", "row-7"]
        .into_iter()
        .map(|row| (row, says.to_owned()))
        .collect()
}

async fn check(
    house: &House,
    who: &str,
    page: &str,
    verdict: &str,
    says: &[(&str, String)],
    words: &str,
) -> Answer {
    let shown = house.get(who, page).await;
    let mut more: Vec<(&str, &str)> = says.iter().map(|(row, says)| (*row, says.as_str())).collect();
    more.extend([("verdict", verdict), ("words", words), ("back", "issuing")]);
    house.act(who, &shown, page, "check", &more).await
}

db_test!(a_result_is_signed_for_checked_told_and_handed_out, async |db| {
    let house = House::open(&db).await;
    let (case_no, who) = handed_over(&house).await;
    let page = format!("/cases/{case_no}");
    let desk = house.get(&who, "/issuing").await;
    insta::assert_snapshot!("issuing", desk.page());
    let act = desk.field("/issuing/take", "act");
    let none = house.post(&who, "/issuing/take", &[("act", &act)]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("勾选要签收的结果"));
    let taken = house.post(&who, "/issuing/take", &[("act", &act), ("case", &case_no)]).await;
    assert_eq!(taken.to(), "/issuing?done=take", "{}", taken.body);
    let half = check(&house, &who, &page, "matches", &lines("same")[..2], "").await;
    assert_eq!(half.status, StatusCode::SEE_OTHER, "the lines sent are the lines there are");
    let shown = house.get(&who, "/issuing?list=hand-out").await;
    assert!(shown.body.contains("待通知") && shown.body.contains("通知内容：您尾号"));
    assert!(!shown.body.contains("演示人0001") && !shown.body.contains("110101199003070310"));
    let told = house.act(&who, &shown, &page, "tell", &[("way", "phone"), ("back", "issuing")]).await;
    assert_eq!(told.to(), format!("/issuing?case={case_no}&done=tell"), "{}", told.body);
    let shown = house.get(&who, &page).await;
    let visit = shown.field("name=\"way\" value=\"window\"", "visit");
    let window = [("way", "window"), ("collector", "applicant"), ("visit", visit.as_str())];
    let unverified = house.act(&who, &shown, &page, "deliver", &window).await;
    assert_eq!(unverified.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unverified.body.contains("尚未核验领取人身份"));
    let other = [
        ("way", "window"),
        ("collector", "other"),
        ("visit", visit.as_str()),
        ("name", "演示人0003"),
        ("document", "resident_id"),
        ("number", "110101199003070310"),
        ("phone", "13800138002"),
        ("verified", "yes"),
    ];
    let unsent = house.act(&who, &shown, &page, "deliver", &other).await;
    assert_eq!(unsent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsent.body.contains("填写领取的授权委托书") && unsent.body.contains("value=\"演示人0003\""));
    let verified = [window.as_slice(), &[("verified", "yes")]].concat();
    let done = house.act(&who, &shown, &page, "deliver", &verified).await;
    assert_eq!(done.to(), format!("{page}?done=deliver"), "{}", done.body);
    assert_eq!(house.act(&who, &shown, &page, "deliver", &verified).await.to(), done.to(), "one act");
    let ledger = house.get(&who, "/ledger").await;
    insta::assert_snapshot!("ledger", ledger.page());
    let file = house.get(&who, "/ledger/export").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.body.starts_with('\u{feff}') && file.body.contains(&case_no) && file.body.contains("申请人本人")
    );
    let away = house.sign_in(&house.account(yichuang_domain::permission::Post::Supervisor)).await;
    assert!(house.get(&away, "/ledger").await.body.contains(&case_no), "all sites");
});

db_test!(what_does_not_agree_goes_back_to_the_department_and_nowhere_else, async |db| {
    let house = House::open(&db).await;
    let (case_no, who) = handed_over(&house).await;
    let page = format!("/cases/{case_no}");
    let mut says = lines("same");
    says[1].1 = "differs".into();
    let matches = check(&house, &who, &page, "matches", &says, "证件号码末位不同").await;
    assert_eq!(matches.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        matches.body.contains("有核对项不一致") && matches.body.contains("证件号码末位不同"),
        "{}",
        matches.body
    );
    let silent = check(&house, &who, &page, "differs", &says, "").await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("没有填写事由"));
    let back = check(&house, &who, &page, "differs", &says, "证件号码末位不同").await;
    assert_eq!(back.to(), format!("/issuing?case={case_no}&done=check"), "{}", back.body);
    let shown = house.get(&who, &page).await;
    for kind in ["tell", "deliver", "check"] {
        assert!(!shown.body.contains(&format!("{page}/{kind}#")), "{kind}");
        let forced = [("act", kind), ("version", "99"), ("way", "electronic"), ("verdict", "differs")];
        let forced = house.post(&who, &format!("{page}/{kind}"), &forced).await;
        assert!(forced.status.is_client_error(), "{kind}");
    }
    let examiner = house.sign_in("2011").await;
    let theirs = house.get(&examiner, &page).await;
    assert!(theirs.body.contains(&format!("{page}/hand-over")) && theirs.body.contains("证件号码末位不同"));
    assert!(house.get(&who, "/issuing?list=department").await.body.contains(&case_no));
});

db_test!(mail_has_a_number_and_comes_back_as_a_line_of_its_own, async |db| {
    let house = House::open(&db).await;
    let (case_no, who) = handed_over(&house).await;
    let page = format!("/cases/{case_no}");
    check(&house, &who, &page, "matches", &lines("same"), "").await;
    let shown = house.get(&who, &page).await;
    let mail = |tracking: &'static str| [("way", "mail"), ("tracking", tracking)];
    let nothing = house.act(&who, &shown, &page, "deliver", &mail(" ")).await;
    assert!(
        nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.body.contains("邮寄送达缺少运单号")
    );
    let sent = house.act(&who, &shown, &page, "deliver", &mail("=1+1")).await;
    assert_eq!(sent.to(), format!("{page}?done=deliver"), "{}", sent.body);
    let shown = house.get(&who, &page).await;
    let back = house.act(&who, &shown, &page, "return-delivery", &[("words", "地址不详")]).await;
    assert_eq!(back.to(), format!("{page}?done=return-delivery"), "{}", back.body);
    let ledger = house.get(&who, "/ledger").await;
    assert!(ledger.body.contains("邮寄退回 1") && ledger.body.contains("邮寄送达 1"), "{}", ledger.body);
    let only = house.get(&who, "/ledger?way=returned").await;
    assert!(!only.body.contains("运单 ") && only.body.contains(&case_no));
    let file = house.get(&who, "/ledger/export").await;
    assert!(file.body.contains(",运单 =1+1,"), "the number stands behind a word: {}", file.body);
    assert_eq!(house.get(&who, "/ledger?way=other").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get(&who, "/ledger?from=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(house.get(&who, "/ledger?from=2020-01-01&to=2020-01-02").await.body.contains("没有出件记录"));
});

db_test!(a_document_is_read_within_scope_and_as_part_of_its_case_only, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/cases/{}", case.case_no);
    let who = house.sign_in("2011").await;
    let shown = house.get(&who, &page).await;
    let mark = format!("href=\"{page}/documents/");
    let id = shown.body.split_once(&mark).expect("a link").1.split_once('"').expect("its end").0.to_owned();
    let path = format!("{page}/documents/{id}");
    let paper = house.get(&who, &path).await;
    assert_eq!((paper.status, paper.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert_eq!(paper.header("cache-control"), "no-store");
    assert!(paper.body.starts_with("%PDF-1.7"));
    assert_eq!(house.get(&who, &path).await.body, paper.body, "always the same");
    for missing in ["0", "x", "%00"] {
        let answer = house.get(&who, &format!("{page}/documents/{missing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let stranger = house.sign_in("2031").await;
    assert_eq!(house.get(&stranger, &path).await.status, StatusCode::NOT_FOUND);
});
