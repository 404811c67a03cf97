//! 公众端: home, guide, progress and rating, as anybody without an account asks for them.

use crate::house::{Answer, HOST, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use yichuang_app::catalog::{import_items, publish_item, read_items};
use yichuang_app::{Ctx, portal};
use yichuang_domain::permission::Actor;
use yichuang_testkit::db_test;

const FOOD: &str = "/guide/items/scjg-spjy-xb";

/// Nothing of a person on it.
fn public(answer: &Answer) {
    for hidden in ["演示人0001", "110101199003070310", "13800138000", "演**", "138****"] {
        assert!(!answer.body.contains(hidden), "{hidden}");
    }
}

db_test!(the_guide_leads_by_questions_to_exactly_the_list_that_intake_checks, async |db| {
    let house = House::open(&db).await;
    let home = house.get("", "/").await;
    insta::assert_snapshot!("home", home.page());
    assert!(home.length < 60 * 1024, "the first page is small even before it is packed: {}", home.length);
    let found = house.get("", "/guide?q=%E5%BC%80%E7%81%AB%E9%94%85%E5%BA%97").await;
    assert!(
        found.body.find(FOOD).unwrap() < found.body.find("共 ").map_or(0, |_| found.body.len()),
        "{}",
        found.body
    );
    assert!(house.get("", "/guide?q=spjy").await.body.contains(FOOD));
    insta::assert_snapshot!("item", house.get("", FOOD).await.page());
    let first = house.get("", &format!("{FOOD}/questions")).await;
    insta::assert_snapshot!("question", first.page());
    let none = house.get("", &format!("{FOOD}/questions?asked=q1")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("选一项再往下走") && none.body.contains("<title>有一处要改"));
    let second = house.get("", &format!("{FOOD}/questions?s=cy&asked=q1")).await;
    assert!(second.body.contains("第 <b>2</b> 题") && second.body.contains("餐饮服务经营者"));
    let list = house.get("", &format!("{FOOD}/questions?s=cy&s=fzd&s=wt&asked=q3")).await;
    assert_eq!(list.status, StatusCode::SEE_OTHER);
    let list = house.get("", list.to()).await;
    insta::assert_snapshot!("list", list.page());
    let version = house.server.app.version_in_force("scjg-spjy-xb", house.today).await.unwrap();
    let chosen = ["cy", "fzd", "wt"].map(str::to_owned).into();
    for material in &version.item.materials {
        let needed = version.item.required_materials(&chosen).any(|needed| needed.id == material.id);
        assert_eq!(list.body.contains(&format!("<h3>{}", material.name)), needed, "{}", material.name);
    }
    for point in version.item.review_points(&chosen) {
        assert!(list.body.contains(&point.text), "{}", point.text);
    }
    let all = house.get("", &format!("{FOOD}/list?all=1")).await;
    assert!(version.item.materials.iter().all(|material| all.body.contains(&material.name)));
    let broken = house.get("", &format!("{FOOD}/list?s=cy&s=nothing")).await;
    assert_eq!(broken.to(), format!("{FOOD}/questions?s=cy"), "what fits is kept");
});

db_test!(every_item_leads_to_a_list_whatever_is_answered, async |db| {
    let house = House::open(&db).await;
    let app = &house.server.app;
    for version in app.versions_in_force(house.today).await.unwrap() {
        let mut at = format!("/guide/items/{}/questions", version.item.key);
        for _ in 0..=version.item.questions.len() {
            let answer = house.get("", &at).await;
            if answer.status == StatusCode::SEE_OTHER {
                at = answer.to().to_owned();
                continue;
            }
            assert_eq!(answer.status, StatusCode::OK, "{at}");
            if at.contains("/list") {
                break;
            }
            // The last choice, as a browser sends it.
            let (_, rest) = answer.body.rsplit_once("name=\"s\" id=\"c").expect("a choice");
            let value = rest.split_once("value=\"").expect("a value").1.split_once('"').expect("its end").0;
            at = format!("{at}{}s={value}", if at.contains('?') { "&" } else { "?" });
        }
        let list = house.get("", &at).await;
        assert!(list.status == StatusCode::SEE_OTHER || list.body.contains("清单之外"), "{at}");
    }
});

db_test!(the_list_is_filtered_paged_and_written_for_a_spreadsheet, async |db| {
    let house = House::open(&db).await;
    insta::assert_snapshot!("guide", house.get("", "/guide?agency=wjw").await.page());
    let first = house.get("", "/guide").await;
    assert!(first.body.contains("共 52 项，第 1 至 20 项") && first.body.contains("page=2"));
    assert!(house.get("", "/guide?page=3").await.body.contains("第 41 至 52 项"));
    for odd in ["/guide?page=0", "/guide?page=-1", "/guide?page=x", "/guide?page=99999999999999999999"] {
        assert_eq!(house.get("", odd).await.status, StatusCode::OK, "{odd}");
    }
    let nothing = house.get("", "/guide?agency=wjw&mode=none").await;
    assert!(nothing.body.contains("没有找到") && nothing.body.contains("清除条件"));
    let strange = house.get("", "/guide?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!strange.body.contains("<script>alert") && strange.body.contains("没有找到"));
    let csv = house.get("", "/guide/list.csv?agency=wjw").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").starts_with("attachment;"));
    insta::assert_snapshot!("list_csv", csv.body.trim_start_matches('\u{feff}'));
    let xlsx = house.get("", "/guide/list.xlsx").await;
    assert!(xlsx.body.starts_with("PK") && xlsx.length > 4_000);
});

db_test!(names_from_a_catalogue_are_text_whatever_they_are, async |db| {
    let house = House::open(&db).await;
    let app = &house.server.app;
    let version = app.version_in_force("cg-sm", house.today).await.unwrap();
    let mut item = version.item.clone();
    item.name = format!("=1+1<script>alert(1)</script>{}", "很长的事项名称".repeat(20));
    item.questions[0].text = "<img src=x onerror=alert(1)>".into();
    let ctx = |act: &str| Ctx::new(Actor::System, house.server.clock.now(), act);
    let file = serde_json::to_vec(&[&item]).unwrap();
    import_items(app, &ctx("import"), &read_items(&file, None).unwrap(), false).await.unwrap();
    publish_item(app, &ctx("publish"), "cg-sm", house.today, None).await.unwrap();
    for path in
        ["/guide/items/cg-sm", "/guide/items/cg-sm/questions", "/guide/items/cg-sm/list?all=1", "/guide?q=1"]
    {
        let page = house.get("", path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{path}");
    }
    let csv = house.get("", "/guide/list.csv?agency=cgj").await;
    assert!(csv.body.contains(",'=1+1<script>"), "{}", csv.body);
});

db_test!(large_letters_stay_and_lead_back_to_a_page_of_ours_only, async |db| {
    let house = House::open(&db).await;
    let on = house.get("", "/large-type?on=1&to=/guide%3Fq%3Dspjy").await;
    assert_eq!(on.to(), "/guide?q=spjy");
    let cookie = on.header("set-cookie").split(';').next().unwrap().to_owned();
    insta::assert_snapshot!("home_large", house.get(&cookie, "/").await.page());
    assert!(house.get(&cookie, FOOD).await.body.contains("class=\"m care"));
    for elsewhere in
        ["https%3A%2F%2Fexample.invalid%2F", "%2F%2Fexample.invalid", "%2F%5Cexample.invalid", ""]
    {
        let answer = house.get("", &format!("/large-type?on=1&to={elsewhere}")).await;
        let away = answer.to().contains("example");
        assert!(!away, "{elsewhere}: {}", answer.to());
    }
});

/// Number and code typed at this address.
async fn typed(house: &House, case_no: &str, code: &str) -> Answer {
    house.post("", "/progress", &[("case_no", case_no), ("code", code)]).await
}

db_test!(the_applicant_follows_the_case_by_number_and_code, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    insta::assert_snapshot!("progress_query", house.get("", "/progress").await.page());
    let scanned = house.get("", &format!("/progress/{}", case.case_no)).await;
    assert!(
        scanned.body.contains(&format!("value=\"{}\"", case.case_no)) && !scanned.body.contains("食品经营")
    );
    let code = portal::query_code(&house.server.app, &case.case_no).await.unwrap();
    let opened = typed(&house, &case.case_no.to_lowercase(), &format!("{} {}", &code[..4], &code[4..])).await;
    assert_eq!(opened.to(), format!("/progress/{}", case.case_no), "{}", opened.body);
    let cookie = opened.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("Path=/progress"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let shown = house.get(&cookie, opened.to()).await;
    insta::assert_snapshot!("progress", shown.page());
    assert_eq!(shown.header("cache-control"), "no-store");
    public(&shown);
    let paper = shown.body.split_once("/papers/").unwrap().1.split_once('"').unwrap().0;
    let address = format!("{}/papers/{paper}", opened.to());
    let file = house.get(&cookie, &address).await;
    assert_eq!(
        (file.status, file.header("content-type")),
        (StatusCode::OK, "application/pdf"),
        "{}",
        file.body
    );
    assert!(
        file.body.contains(&format!("\"query_code\":\"{code}\"")),
        "the receipt bears the code: {}",
        file.body
    );
    assert_eq!(house.get("", &address).await.to(), "/progress", "without the code there is no paper");
    assert_eq!(house.get(&cookie, &format!("{}/papers/99", opened.to())).await.status, StatusCode::NOT_FOUND);
    let other = house.accepted(&clerk, "other").await;
    let theirs = house.get(&cookie, &format!("/progress/{}", other.case_no)).await;
    assert!(theirs.body.contains("name=\"code\""), "one code opens one case");
    house.at(house.today, 10, 16);
    assert!(
        house.get(&cookie, opened.to()).await.body.contains("name=\"code\""),
        "fifteen minutes have gone"
    );
});

db_test!(whoever_guesses_learns_nothing_and_waits, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let code = portal::query_code(&house.server.app, &case.case_no).await.unwrap();
    let wrong = typed(&house, &case.case_no, "00000000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    insta::assert_snapshot!("progress_wrong", wrong.page());
    let missing = typed(&house, "JB20260901999999", "00000000").await;
    let of = |answer: &Answer, number: &str| answer.page().replace(number, "");
    assert_eq!(of(&missing, "JB20260901999999"), of(&wrong, &case.case_no), "one answer");
    for hostile in ["", "'; DROP", "<b>", "\u{0}", &"9".repeat(5_000), "ＪＢ"] {
        assert_eq!(
            typed(&house, hostile, hostile).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{hostile}"
        );
    }
    for _ in 0..4 {
        typed(&house, &case.case_no, "11111111").await;
    }
    let locked = typed(&house, &case.case_no, &code).await;
    assert_eq!(
        of(&locked, &case.case_no),
        of(&wrong, &case.case_no),
        "the right code, while it waits: the same"
    );
    house.at(house.today, 10, 16);
    assert_eq!(typed(&house, &case.case_no, &code).await.status, StatusCode::SEE_OTHER);
});

db_test!(a_view_cannot_be_forged_and_a_form_from_elsewhere_is_refused, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let page = format!("/progress/{}", case.case_no);
    let late = house.server.clock.now().0 + 1_000_000_000;
    for forged in ["x", "", "9999999999999.0", &format!("{late}.{}", "a".repeat(48))] {
        let answer = house.get(&format!("yichuang_view={forged}"), &page).await;
        assert!(answer.body.contains("name=\"code\""), "{forged}");
    }
    let foreign = Request::post("/progress")
        .header(header::HOST, HOST)
        .header(header::ORIGIN, "https://example.invalid")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("case_no=a&code=b"));
    assert_eq!(house.send(foreign.unwrap()).await.status, StatusCode::FORBIDDEN);
});
