//! The catalogue's pages: the list, one item, its revision through department and office, and what differs.

use crate::house::{Answer, House};
use axum::http::StatusCode;
use yichuang_domain::permission::Post;
use yichuang_testkit::db_test;

/// 食品经营许可（新办）.
const ITEM: &str = "/items/scjg-spjy-xb";

/// Somebody of 市场监管 who drafts, and somebody of the office who reviews.
async fn pair(house: &House) -> (String, String) {
    let drafter = house.sign_in(&house.account(Post::Examiner)).await;
    (drafter, house.sign_in(&house.account(Post::OfficeAdministrator)).await)
}

/// Begins a revision.
async fn begun(house: &House, who: &str) {
    let page = house.get(who, ITEM).await;
    let act = page.field(&format!("action=\"{ITEM}/draft\""), "act");
    let answer = house.post(who, &format!("{ITEM}/draft"), &[("act", &act)]).await;
    assert_eq!(answer.to(), format!("{ITEM}/draft/basics"));
}

/// Sends one of the forms of the item's page.
async fn done(house: &House, who: &str, version: &str, what: &str, more: &[(&str, &str)]) -> Answer {
    let page = house.get(who, &format!("{ITEM}?version={version}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let form = format!("action=\"{ITEM}/{what}\"");
    let act = page.field(&form, "act");
    let mut fields = vec![("act", act.as_str()), ("version", version)];
    let seen = if what == "publish" { page.field(&form, "seen") } else { String::new() };
    fields.push(("seen", &seen));
    fields.extend(more);
    house.post(who, &format!("{ITEM}/{what}"), &fields).await
}

db_test!(the_list_is_filtered_paged_and_exported_within_scope, async |db| {
    let house = House::open(&db).await;
    let (drafter, office) = pair(&house).await;
    let clerk = house.sign_in("1001").await;
    let all = house.get(&office, "/items").await;
    assert!(
        all.body.contains("aria-current=\"page\">事项清单") && all.body.contains("下一页"),
        "{}",
        all.body
    );
    let own = house.get(&drafter, "/items").await;
    assert!(own.body.contains("scjg-spjy-xb") && !own.body.contains(">wjw-"), "own department only");
    assert!(!own.body.contains("id=\"agency\""));
    let found = house.get(&clerk, "/items?q=%E5%BC%80%E7%81%AB%E9%94%85%E5%BA%97").await;
    assert!(found.body.contains("scjg-spjy-xb"), "found by an everyday phrase");
    let none = house.get(&office, "/items?status=submitted").await;
    assert!(none.body.contains("没有等待审查的修订"));
    assert_eq!(house.get(&office, "/items?status=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let next = all.body.split("href=\"/items?").find(|part| part.contains("after=")).expect("a next page");
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let second = house.get(&office, &format!("/items?{next}")).await;
    let first = all.body.split("<small class=\"mono\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(second.status, StatusCode::OK, "{next}");
    assert!(!second.body.contains(&format!("<small>{first}<")), "{next}: {first}");
    let csv = house.get(&clerk, "/items/export?kind=csv&agency=wjw").await;
    assert!(csv.body.contains("事项标识") && !csv.body.contains("scjg-"));
    assert!(house.get(&drafter, "/items/export?kind=xlsx").await.body.starts_with("PK"));
    assert_eq!(house.get(&drafter, "/items/wjw-none").await.status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!("items", house.get(&drafter, "/items").await.page());
});

db_test!(a_revision_is_submitted_returned_submitted_again_and_published, async |db| {
    let house = House::open(&db).await;
    let (drafter, office) = pair(&house).await;
    let clerk = house.sign_in("1001").await;
    assert_eq!(house.get(&office, "/").await.to(), "/items", "where the office begins");
    begun(&house, &drafter).await;
    let same = done(&house, &drafter, "2", "submit", &[]).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(same.body.contains("草稿与现行版本没有差别"));
    crate::items_draft::rename(&house, &drafter, "食品经营许可（首次申请）").await;
    assert_eq!(house.get(&clerk, &format!("{ITEM}?version=2")).await.status, StatusCode::NOT_FOUND);
    assert!(!house.get(&clerk, ITEM).await.body.contains("首次申请"));
    assert!(done(&house, &drafter, "2", "submit", &[]).await.to().ends_with("done=submit"));
    let queue = house.get(&office, "/items?status=submitted").await;
    assert!(
        queue.body.contains("食品经营许可（首次申请）")
            && queue.body.contains("修订审查<span class=\"tag a\">1</span>")
    );
    let silent = done(&house, &office, "2", "return", &[("reason", " ")]).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("填写退回意见"));
    let back = done(&house, &office, "2", "return", &[("reason", "名称与国家目录不一致<b>")]).await;
    assert!(back.to().ends_with("done=return"));
    let told = house.get(&drafter, &format!("{ITEM}?version=2")).await;
    assert!(told.body.contains("名称与国家目录不一致&#60;b&#62;"), "{}", told.body);
    assert!(done(&house, &drafter, "2", "submit", &[]).await.to().ends_with("done=submit"));
    let review = house.get(&office, &format!("{ITEM}?version=2")).await;
    assert!(review.body.contains("<del>新办</del><ins>首次申请</ins>"), "{}", review.body);
    insta::assert_snapshot!("review", review.page());
    let past = done(&house, &office, "2", "publish", &[("from", "2026-08-31"), ("reason", "留着")]).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(past.body.contains("施行日期不能早于今天") && past.body.contains("value=\"2026-08-31\""));
    assert!(past.body.contains(">留着</textarea>"), "what was typed in the other form stays, too");
    let act = [("act", "stale"), ("version", "2"), ("seen", "another"), ("from", "2026-10-01")];
    let stale = house.post(&office, &format!("{ITEM}/publish"), &act).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let published = done(&house, &office, "2", "publish", &[("from", "2026-10-01")]).await;
    assert!(published.to().ends_with("done=publish"), "{}", published.body);
    assert!(house.get(&office, ITEM).await.body.contains("食品经营许可（新办） · V1 施行中"));
    let changes = house.get(&clerk, &format!("{ITEM}/changes?old=1&new=2")).await;
    assert_eq!(changes.status, StatusCode::OK);
    assert!(changes.body.contains("共 1 处变更"));
    insta::assert_snapshot!("changes", changes.page().replace("2026-09-01 10:00", "[now]"));
    house.at(yichuang_domain::time::Date::constant(2026, 10, 1), 10, 0);
    let office = house.sign_in(&house.account(Post::OfficeAdministrator)).await;
    assert!(house.get(&office, ITEM).await.body.contains("食品经营许可（首次申请） · V2 施行中"));
    assert!(house.get("", "/guide/items/scjg-spjy-xb").await.body.contains("首次申请"));
});
