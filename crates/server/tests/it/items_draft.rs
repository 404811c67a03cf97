//! Revising an item section by section: what was typed stays, what somebody saved first is not overwritten unseen, files
//! go with a material.

use crate::house::{Answer, HOST, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use yichuang_domain::permission::Post;
use yichuang_testkit::db_test;

/// 食品经营许可（新办）.
const ITEM: &str = "/items/scjg-spjy-xb";

/// Every field of the section's form as the page has it, as a browser would send it.
fn form(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("<form class=\"mt-2 revise\"").expect("the form").1;
    let form = form.split_once("</form>").expect("its end").0;
    let value = |tag: &str, name: &str| {
        let mark = format!(" {name}=\"");
        tag.split_once(&mark).map(|(_, rest)| rest.split('"').next().unwrap_or_default().to_owned())
    };
    let mut fields = Vec::new();
    for (nth, tag) in form.split('<').enumerate().skip(1) {
        let Some(name) = value(tag, "name") else { continue };
        let typed = if tag.starts_with("textarea") {
            tag.split_once('>').map(|(_, text)| text.to_owned())
        } else if tag.starts_with("select") {
            let options = form.split('<').skip(nth).take_while(|tag| !tag.starts_with("/select"));
            let chosen = options.into_iter().find(|tag| tag.contains(" selected"));
            chosen.map(|tag| {
                value(tag, "value").unwrap_or_else(|| tag.split_once('>').expect("text").1.to_owned())
            })
        } else if tag.contains("type=\"checkbox\"") {
            if tag.contains(" checked") { value(tag, "value") } else { None }
        } else if tag.starts_with("input") && !tag.contains("type=\"file\"") {
            value(tag, "value")
        } else {
            None
        };
        fields.extend(typed.map(|typed| (name, typed)));
    }
    fields
}

/// Opens a section, changes some fields, and sends it.
async fn sent(house: &House, who: &str, section: &str, changed: &[(&str, &str)]) -> Answer {
    let path = format!("{ITEM}/draft/{section}");
    let page = house.get(who, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    resent(house, who, section, form(&page.body), changed).await
}

async fn resent(
    house: &House,
    who: &str,
    section: &str,
    mut fields: Vec<(String, String)>,
    changed: &[(&str, &str)],
) -> Answer {
    for (name, value) in changed {
        match fields.iter_mut().find(|field| field.0 == *name) {
            Some(field) => field.1 = (*value).to_owned(),
            None => fields.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    house.post(who, &format!("{ITEM}/draft/{section}"), &fields).await
}

/// Gives the draft another name.
pub async fn rename(house: &House, who: &str, name: &str) {
    let answer = sent(house, who, "basics", &[("name", name)]).await;
    assert_eq!(answer.to(), format!("{ITEM}/draft/basics?done=saved"), "{}", answer.body);
}

async fn begun(house: &House) -> String {
    let who = house.sign_in(&house.account(Post::Examiner)).await;
    house.post(&who, &format!("{ITEM}/draft"), &[("act", "begin")]).await;
    who
}

db_test!(every_section_is_saved_as_it_stands_and_changes_where_it_was_changed, async |db| {
    let house = House::open(&db).await;
    let who = begun(&house).await;
    for section in ["basics", "limits", "questions", "materials", "points", "guide", "files"] {
        let same = sent(&house, &who, section, &[]).await;
        assert_eq!(same.status, StatusCode::SEE_OTHER, "{section}: {}", same.body);
    }
    let changes = house.get(&who, &format!("{ITEM}/changes?old=1&new=2")).await;
    assert!(changes.body.contains("两个版本内容相同"), "{}", changes.body);
    let limits = sent(&house, &who, "limits", &[("promised", "7")]).await;
    assert!(limits.to().ends_with("done=saved"));
    sent(
        &house,
        &who,
        "materials",
        &[("0-instructions", "用黑色签字笔填写"), ("1-drop", "yes"), ("2-place", "1")],
    )
    .await;
    sent(&house, &who, "points", &[("0-text", "签字或者盖章齐全")]).await;
    sent(&house, &who, "questions", &[("0-text", "经营者是哪一类？")]).await;
    sent(&house, &who, "guide", &[("conditions", "条件一\r\n\r\n条件二")]).await;
    let page = house.get(&who, &format!("{ITEM}?version=2")).await;
    for words in [
        "填报须知：用黑色签字笔填写",
        "签字或者盖章齐全",
        "经营者是哪一类？",
        "<li>条件二</li>",
        "7 个工作日",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let more = sent(&house, &who, "materials", &[("do", "add"), ("0-name", "没有保存的名称")]).await;
    assert!(
        more.status == StatusCode::OK
            && more.body.contains("（新增）")
            && more.body.contains("没有保存的名称")
    );
    let named =
        resent(&house, &who, "materials", form(&more.body), &[("do", "save"), ("5-name", "补充说明")]).await;
    assert!(named.to().ends_with("done=saved"), "{}", named.body);
    insta::assert_snapshot!("materials", house.get(&who, &format!("{ITEM}/draft/materials")).await.page());
    let none = house.get(&who, &format!("{ITEM}/draft/else")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let other = house.get(&who, "/items/scjg-yyzz-sl/draft/basics").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "no draft was begun there");
});

db_test!(what_was_typed_stays_whatever_is_wrong_with_it, async |db| {
    let house = House::open(&db).await;
    let who = begun(&house).await;
    let words = "七天<script>";
    let wrong = sent(&house, &who, "limits", &[("promised", words), ("basis", "某法第一条")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("承诺办结时限填写天数") && wrong.body.contains("value=\"某法第一条\""));
    assert!(!wrong.body.contains(words) && wrong.body.contains("七天&#60;script&#62;"));
    let nameless =
        sent(&house, &who, "materials", &[("0-name", " "), ("0-standard", "留着的标准"), ("1-copies", "0")])
            .await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["填写材料 1 的名称", "材料 2 的份数填写 1 至 99", "留着的标准"] {
        assert!(nameless.body.contains(words), "{words}: {}", nameless.body);
    }
    let blocked = sent(&house, &who, "limits", &[("promised", "60")]).await;
    assert_eq!(blocked.status, StatusCode::SEE_OTHER, "a draft may be wrong");
    let page = house.get(&who, &format!("{ITEM}/draft/limits?done=saved")).await;
    assert!(page.body.contains("不通过</span>") && page.body.contains("把承诺时限改到法定时限以内"));
    let submit = house.post(&who, &format!("{ITEM}/submit"), &[("act", "s"), ("version", "2")]).await;
    assert_eq!(submit.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(submit.body.contains("把承诺时限改到法定时限以内"));
});

db_test!(of_two_who_save_one_section_the_second_is_told_and_may_then_decide, async |db| {
    let house = House::open(&db).await;
    let first = begun(&house).await;
    let second = house.sign_in(&house.account(Post::Reviewer)).await;
    let opened = form(&house.get(&second, &format!("{ITEM}/draft/basics")).await.body);
    rename(&house, &first, "先保存的名称").await;
    let stale = resent(&house, &second, "basics", opened, &[("notes", "后填写的注意事项")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("这一节已由他人保存") && stale.body.contains("后填写的注意事项"));
    assert!(house.get(&first, &format!("{ITEM}?version=2")).await.body.contains("先保存的名称"));
    let decided = resent(&house, &second, "basics", form(&stale.body), &[("name", "并入后的名称")]).await;
    assert!(decided.to().ends_with("done=saved"));
    let page = house.get(&first, &format!("{ITEM}?version=2")).await;
    assert!(page.body.contains("并入后的名称") && page.body.contains("后填写的注意事项"));
    let stranger = house.server.app.organisation();
    let stranger =
        stranger.staff.values().find(|member| member.post == Post::Examiner && member.agency == "wjw");
    let stranger = house.sign_in(&stranger.expect("staffed").id.to_string()).await;
    for path in [format!("{ITEM}/draft/basics"), format!("{ITEM}?version=2")] {
        assert_eq!(house.get(&stranger, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
});

/// Sends a file in a field of the section of files.
async fn attached(house: &House, who: &str, field: &str, bytes: &[u8]) -> Answer {
    let page = house.get(who, &format!("{ITEM}/draft/files")).await;
    let mut body = Vec::new();
    for (name, value) in form(&page.body) {
        body.extend_from_slice(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    let head = format!("--b\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"x.pdf\"\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = Request::post(format!("{ITEM}/draft/files"))
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header(header::COOKIE, who)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    house.send(request.body(Body::from(body)).expect("a request")).await
}

db_test!(a_blank_form_is_downloaded_by_everybody_once_it_is_published, async |db| {
    let house = House::open(&db).await;
    let who = begun(&house).await;
    let files = house.get(&who, &format!("{ITEM}/draft/files")).await.body;
    let field = files.split("type=\"file\" name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(field.ends_with("-blank"), "{field}");
    let text = attached(&house, &who, &field, b"plain text").await;
    assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.body.contains("只收 PDF、JPG、PNG 文件和不含宏的文字文档"), "{}", text.body);
    let bytes = b"%PDF-1.7 blank form of a test";
    let saved = attached(&house, &who, &field, bytes).await;
    assert!(saved.to().ends_with("done=saved"), "{}", saved.body);
    let page = house.get(&who, &format!("{ITEM}?version=2")).await;
    let link = page
        .body
        .split(&format!("href=\"{ITEM}/files/"))
        .nth(1)
        .expect("a link")
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let own = house.get(&who, &format!("{ITEM}/files/{link}")).await;
    assert_eq!((own.status, own.body.as_bytes()), (StatusCode::OK, bytes.as_slice()));
    let public = format!("/guide{ITEM}/files/{link}");
    assert_eq!(house.get("", &public).await.status, StatusCode::NOT_FOUND, "not published yet");
    house.post(&who, &format!("{ITEM}/submit"), &[("act", "s"), ("version", "2")]).await;
    let office = house.sign_in(&house.account(Post::OfficeAdministrator)).await;
    let review = house.get(&office, &format!("{ITEM}?version=2")).await;
    let seen = review.field("/publish\"", "seen");
    let day = house.today.to_string();
    let fields = [("act", "p"), ("version", "2"), ("seen", seen.as_str()), ("from", day.as_str())];
    let published = house.post(&office, &format!("{ITEM}/publish"), &fields).await;
    assert!(published.to().ends_with("done=publish"), "{}", published.body);
    let list = house.get("", &format!("/guide{ITEM}/list?all=1")).await;
    assert!(list.body.contains(&public) && list.body.contains("空白表格"), "{}", list.body);
    let downloaded = house.get("", &public).await;
    assert_eq!((downloaded.status, downloaded.body.as_bytes()), (StatusCode::OK, bytes.as_slice()));
    assert_eq!(downloaded.header("content-type"), "application/pdf");
    let forged = house.get("", &format!("/guide{ITEM}/files/{}", "0".repeat(64))).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
});
