//! What a window knows already: materials the applicant gave before, people found by their last four; and files that
//! nobody needs any more.

use crate::house::{Answer, House};
use crate::intake::{PERSON, Window, filled, with_files};
use axum::http::StatusCode;
use yichuang_app::{files, privacy};
use yichuang_domain::permission::Post;
use yichuang_domain::time::{Instant, days_after};
use yichuang_testkit::db_test;

/// Takes a receipt to the check with these files for its first material, and accepts it; gives the number of the case.
async fn accepted_with(window: &Window<'_>, files: &[(&str, &[u8])]) -> String {
    window.up_to_check().await;
    with_files(window, files).await;
    window.send("check", &[("do", "all")]).await;
    let form = filled(&window.page().await);
    let fields = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("do", "accept")]);
    let done = window.send("check", &fields.collect::<Vec<_>>()).await;
    done.to().split('/').nth(2).expect("a number").to_owned()
}

/// The button that uses a file again, on the page of a draft.
fn again(answer: &Answer) -> Option<String> {
    let (_, rest) = answer.body.split_once("name=\"do\" value=\"again-")?;
    Some(format!("again-{}", rest.split_once('"')?.0))
}

db_test!(what_the_applicant_gave_before_is_used_again, async |db| {
    let house = House::open(&db).await;
    let first = Window::begin(&house).await;
    let before = accepted_with(&first, &[("file-m1", b"%PDF-1.7 form"), ("file-m3", b"%PDF-1.7 plan")]).await;
    house.at(days_after(house.today, 3), 10, 0);
    let window = Window::again(&house).await;
    assert!(again(&window.page().await).is_none(), "nobody is known yet");
    window.up_to_check().await;
    let offered = window.page().await;
    let words = format!("{before} {} 提交，3 日前", house.today);
    assert_eq!(offered.body.matches(&format!("aria-label=\"第 1 项沿用 {words}\"")).count(), 1);
    assert_eq!(offered.body.matches(&format!("{words}</a>")).count(), 2, "the form and the plan");
    let button = again(&offered).expect("a button");
    let used = window.send("check", &[("do", &button)]).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER, "{}", used.body);
    let page = window.page().await;
    assert!(page.body.contains("PDF 1（沿用）") && page.body.contains("value=\"electronic\" selected"));
    assert!(!page.body.contains("name=\"finding-m1\" value=\"good\" checked"), "the clerk still looks at it");
    let twice = window.send("check", &[("do", &button)]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.body.contains("已经沿用"));
    window.send("check", &[("do", "all")]).await;
    let form = filled(&window.page().await);
    let fields = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("do", "accept")]);
    let done = window.send("check", &fields.collect::<Vec<_>>()).await;
    let case_no = done.to().split('/').nth(2).expect("a number").to_owned();
    let case = house.get(&house.sign_in("2011").await, &format!("/cases/{case_no}")).await;
    assert!(case.body.contains("<dt>到场　</dt><dd>1 次</dd>"), "visits are counted");
    assert!(case.body.contains(&format!("PDF 1（沿用 {before}）")), "the source is on record: {}", case.body);
    house.server.app.write_reads().await.expect("written");
    let auditor = house.account(Post::AuditAdministrator);
    let reads = house.get(&house.sign_in(&auditor).await, &format!("/audit/reads?no={before}")).await;
    assert!(reads.body.contains("查历史材料") && reads.body.contains("沿用历史材料"), "{}", reads.body);
});

db_test!(nothing_of_another_applicant_or_another_site_is_offered, async |db| {
    let house = House::open(&db).await;
    let first = Window::begin(&house).await;
    accepted_with(&first, &[("file-m1", b"%PDF-1.7 form")]).await;
    let window = Window::again(&house).await;
    window.up_to_check().await;
    let button = again(&window.page().await).expect("his own is offered");
    let mut other = PERSON;
    other[2].1 = "110101199003070329";
    window.send("person", &other).await;
    assert!(again(&window.page().await).is_none(), "another applicant");
    let refused = window.send("check", &[("do", &button)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a forged button");
    let organisation = house.server.app.organisation();
    let away = organisation
        .staff
        .values()
        .find(|m| m.post == Post::Intake && m.site.as_deref().is_some_and(|s| s != "jb"));
    let away = organisation.actor(away.expect("elsewhere").id).expect("an actor");
    let ctx = house.ctx(away, "away");
    let found = privacy::cases_of(&house.server.app, &ctx, "110101199003070310").await;
    assert_eq!(found.expect("asked").len(), 0, "another site sees none of its cases");
});

db_test!(files_of_a_discarded_draft_go_and_those_of_a_case_stay, async |db| {
    let house = House::open(&db).await;
    let (app, store) = (&house.server.app, &house.server.press.files);
    let first = Window::begin(&house).await;
    accepted_with(&first, &[("file-m1", b"%PDF-1.7 form")]).await;
    let window = Window::again(&house).await;
    window.up_to_check().await;
    let all: [(&str, &[u8]); 3] =
        [("file-m1", b"%PDF-1.7 form"), ("file-m3", b"%PDF-1.7 plan"), ("file-m4", b"%PDF-1.7 list")];
    with_files(&window, &all).await;
    let other = Window::again(&house).await;
    other.up_to_check().await;
    with_files(&other, &[("file-m4", b"%PDF-1.7 list")]).await;
    house.post(&other.who, &format!("{}/discard", window.draft), &[]).await;
    let later = Instant(house.server.clock.now().0 + 3 * 86_400_000);
    let report = async || files::check(app, store, true).await.expect("checked");
    let before = report().await;
    files::sweep(app, store, house.server.clock.now()).await.expect("swept");
    assert_eq!(report().await.files, before.files, "not within a day");
    files::sweep(app, store, later).await.expect("swept");
    let after = report().await;
    assert_eq!((after.files + 1, after.missing), (before.files, 0), "the plan alone is nobody's");
    other.send("discard", &[]).await;
    let later = Instant(later.0 + 3 * 86_400_000);
    files::sweep(app, store, later).await.expect("swept");
    let last = report().await;
    assert_eq!((last.files + 2, last.missing), (before.files, 0), "now the list is; the form is a case's");
});

db_test!(a_person_is_found_from_the_workbench_by_the_last_four, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let who = house.sign_in("1001").await;
    let home = house.get(&who, "/intake").await;
    assert!(home.body.contains("action=\"/cases/find\"") && home.body.contains("后四位 F3"));
    for typed in ["0310", "8000"] {
        assert!(house.post(&who, "/cases/find", &[("person", typed)]).await.body.contains(&case.case_no));
    }
});
