//! Professional questions: asked from the open receipt, answered by the department by a deadline, read again by every
//! window as entries of the item.

use crate::house::{Answer, House};
use crate::intake::{Window, filled, stable};
use axum::http::StatusCode;
use yichuang_app::access::trail;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::Post;
use yichuang_domain::time::days_after;
use yichuang_testkit::db_test;

const QUESTION: &str = "单位食堂不对外经营，\n是否仍须提交<场所使用证明>？";
const ANSWER: &str = "仍须提交。食堂属于食品经营场所。";

/// Asks from the check of a draft, with the table as it is shown.
async fn ask(window: &Window<'_>, words: &str) -> Answer {
    let page = window.page().await;
    let act = page.field("id=\"questions\"", "ask_act");
    let form = filled(&page);
    let fields = form.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let more = [("at", "check"), ("ask_act", &act), ("question_to", "scjgj"), ("question", words)];
    window.send("ask", &fields.chain(more).collect::<Vec<_>>()).await
}

/// The id of the first question on the department's page.
fn first(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("action=\"/questions/").expect("a form");
    rest.split_once('/').expect("an id").0.to_owned()
}

async fn answered(house: &House, who: &str, id: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("/questions/{id}/answer");
    let act = house.get(who, "/questions").await.field(&format!("action=\"{path}\""), "act");
    house.post(who, &path, &[&[("act", act.as_str())], fields].concat()).await
}

db_test!(a_question_goes_from_the_receipt_to_the_department_and_its_answer_to_every_window, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    let asked = ask(&window, QUESTION).await;
    assert_eq!(asked.to(), format!("{}?step=check#questions", window.draft), "{}", asked.body);
    let page = window.page().await;
    assert!(page.body.contains("待答复，09-02 前") && page.body.contains("?poll"), "one working day");
    assert!(page.body.contains("是否仍须提交&#60;场所使用证明&#62;？"), "escaped: {}", page.body);
    assert!(house.get(&window.who, "/intake").await.body.contains("咨询待答复"));

    let examiner = house.sign_in("2011").await;
    let desk = house.get(&examiner, "/desk").await;
    assert!(desk.body.contains("<a href=\"/questions\">窗口咨询 1</a>"), "{}", desk.body);
    let list = house.get(&examiner, "/questions").await;
    let id = first(&list);
    insta::assert_snapshot!("department", list.page().replace(&id, "[question]"));
    let away = house.sign_in("2021").await;
    assert!(!house.get(&away, "/questions").await.body.contains("单位食堂"), "of another department");
    assert_eq!(
        house.post(&away, &format!("/questions/{id}/answer"), &[("act", "x"), ("answer", "y")]).await.status,
        StatusCode::NOT_FOUND
    );

    for (fields, words) in [
        (vec![("answer", " ")], "填写答复内容"),
        (
            vec![("answer", ANSWER), ("shown", "yes"), ("entry_question", "电话 138 0013 8000 的食堂？")],
            "不写证件号码、电话和办件编号",
        ),
    ] {
        let refused = answered(&house, &examiner, &id, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(words), "{}", refused.body);
        assert!(fields.iter().all(|(_, typed)| refused.body.contains(typed.trim())), "what was typed stays");
    }
    let entry = [("answer", ANSWER), ("shown", "yes"), ("entry_question", "单位食堂要不要场所证明")];
    let done = answered(&house, &examiner, &id, &entry).await;
    assert_eq!(done.to(), "/questions?done=answer", "{}", done.body);
    let other = house.sign_in("2012").await;
    let late = house
        .post(&other, &format!("/questions/{id}/answer"), &[("act", "late"), ("answer", "不须提交。")])
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("已由本部门其他人员答复") && late.body.contains("不须提交。"), "kept to copy");

    let poll = house.get(&window.who, &format!("{}/questions?poll", window.draft)).await;
    assert!(poll.body.contains(ANSWER) && !poll.body.contains("hx-get") && !poll.body.contains("<html"));
    insta::assert_snapshot!("receipt", stable(&window.page().await, &window.draft));
    assert!(house.get(&window.who, "/intake").await.body.contains("咨询已答复"));

    // Another clerk, the same item.
    let colleague = house.sign_in("1002").await;
    let found = house.get(&colleague, "/answers?item=scjg-spjy-xb&q=食堂+场所").await;
    assert!(
        found.body.contains(ANSWER) && !found.body.contains("是否仍须提交"),
        "the entry, not the question"
    );
    for nothing in ["/answers?item=scjg-spjy-bg&q=食堂", "/answers?q=食堂+餐车"] {
        assert!(house.get(&colleague, nothing).await.body.contains("没有查到"), "{nothing}");
    }
    let change = format!("/questions/{id}/entry");
    let gone = house.post(&examiner, &change, &[("act", "withdrawn"), ("entry_answer", ANSWER)]).await;
    assert_eq!(gone.to(), "/questions?list=answered&done=entry");
    assert!(!house.get(&colleague, "/answers").await.body.contains(ANSWER), "withdrawn");
    let auditor = house.account(Post::AuditAdministrator).parse().expect("a number");
    let auditor = house.server.app.organisation().actor(StaffId(auditor)).expect("an actor");
    let trail = trail(&house.server.app, &house.ctx(auditor, "trail"), (0, 0), 1000).await.expect("read");
    let noted: Vec<_> = trail.iter().filter(|row| row.subject == format!("question/{id}")).collect();
    let kinds: Vec<&str> = noted.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["question_asked", "question_answered", "answer_shown"]);
    assert!(noted.iter().all(|row| !row.body.contains("食堂")), "nothing of what was said");
});

db_test!(a_question_names_nobody_and_keeps_what_was_ticked, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    window.send("check", &[("do", "all")]).await;
    for (words, why) in [
        ("", "填写咨询内容"),
        ("申请人演示人<b>0001</b>的材料如何认定", "不写申请人"),
        ("１１０１０１１９９００３０７０３１０ 的身份证", "不写申请人"),
        ("电话13800138000", "不写申请人"),
    ] {
        let refused = ask(&window, words).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(refused.body.contains(why) && refused.body.contains("应当受理"), "the ticks stay: {words}");
    }
    assert!(window.page().await.body.contains("电话13800138000"), "what was typed stays with the draft");
    let double = ask(&window, QUESTION);
    assert_eq!(double.await.status, StatusCode::SEE_OTHER);
    let page = window.page().await;
    assert!(!page.body.contains("电话13800138000") && page.body.contains("应当受理"));
    let other = house.sign_in("1002").await;
    let fragment = house.get(&other, &format!("{}/questions?poll", window.draft)).await;
    assert_eq!(fragment.status, StatusCode::NOT_FOUND, "a colleague's draft");
    // Received with the question open: the answer is seen with the case.
    let form = filled(&page);
    let form = form.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let done = window.send("check", &form.chain([("do", "receive")]).collect::<Vec<_>>()).await;
    assert!(house.get(&window.who, done.to()).await.body.contains("单位食堂不对外经营"), "{}", done.body);
});

db_test!(an_unanswered_question_turns_red_and_a_page_that_looks_again_keeps_no_session, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    ask(&window, QUESTION).await;
    let poll = format!("{}/questions?poll", window.draft);
    for minute in [4, 8, 12] {
        house.at(house.today, 10, minute);
        assert_eq!(house.get(&window.who, &poll).await.status, StatusCode::OK, "{minute}");
    }
    house.at(house.today, 10, 40);
    assert_eq!(house.get(&window.who, &poll).await.status, StatusCode::NO_CONTENT, "the page stays as it is");
    assert_eq!(house.get(&window.who, &window.draft).await.to(), "/sign-in");
    let due = days_after(house.today, 1);
    for (day, words) in [(0, "橙 · 今日到期"), (1, "红 · 超 1 日")] {
        house.at(days_after(due, day), 9, 0);
        let examiner = house.sign_in("2011").await;
        assert!(house.get(&examiner, "/questions").await.body.contains(words), "{words}");
    }
    let again = house.sign_in("1001").await;
    assert!(house.get(&again, &window.draft).await.body.contains("逾期未答复"));
});
