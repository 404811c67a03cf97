//! The workbench: a receipt from the first word of the visitor to the document in his hand, and what is kept of it.

use crate::house::{Answer, House};
use axum::http::StatusCode;
use yichuang_testkit::db_test;

/// Fields of the applicant as a clerk types them.
pub const PERSON: [(&str, &str); 7] = [
    ("kind", "person"),
    ("document", "resident_id"),
    ("number", "11010119900307031０ "),
    ("name", "演示人<b>0001</b>"),
    ("phone", "138 0013 8000"),
    ("agent_document", "resident_id"),
    ("do", "next"),
];

/// A clerk at work on one draft.
pub struct Window<'a> {
    pub house: &'a House,
    pub who: String,
    pub draft: String,
}

impl<'a> Window<'a> {
    /// Signs the clerk of 市场监管 in and begins a receipt.
    pub async fn begin(house: &'a House) -> Window<'a> {
        house.clerk().await;
        Window::again(house).await
    }

    /// Another receipt of the clerk at the open window.
    pub async fn again(house: &'a House) -> Window<'a> {
        let who = house.sign_in("1001").await;
        let home = house.get(&who, "/intake").await;
        let act = home.field("action=\"/intake\"", "act");
        let begun = house.post(&who, "/intake", &[("act", &act)]).await;
        let again = house.post(&who, "/intake", &[("act", &act)]).await;
        assert_eq!(again.to(), begun.to(), "a double click is one draft");
        Window { house, who, draft: begun.to().to_owned() }
    }

    pub async fn page(&self) -> Answer {
        self.house.get(&self.who, &self.draft).await
    }

    /// Sends a step with the version of the page as it is now.
    pub async fn send(&self, step: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.page().await.field(&format!("action=\"{}/", self.draft), "version");
        let mut all = vec![("version", version.as_str())];
        all.extend(fields);
        self.house.post(&self.who, &format!("{}/{step}", self.draft), &all).await
    }

    /// Applicant, 食品经营许可（新办）, catering, without machines, in person.
    pub async fn up_to_check(&self) {
        assert_eq!(self.send("person", &PERSON).await.to(), self.draft);
        self.chosen().await;
    }

    pub async fn chosen(&self) {
        let found = self.house.get(&self.who, &format!("{}?step=item&q=食品经营", self.draft)).await;
        let (name, _) = found
            .body
            .split_once("<td data-th=\"事项\">食品经营许可（新办）")
            .map(|(_, rest)| rest.split_once("</tr>").expect("a line"))
            .expect("found");
        let item = name
            .split_once("name=\"item\" value=\"")
            .expect("a button")
            .1
            .split_once('"')
            .expect("a value")
            .0
            .to_owned();
        assert_eq!(self.send("item", &[("item", &item)]).await.to(), self.draft);
        assert_eq!(self.send("situations", &[("q1", "cy"), ("q3", "br")]).await.to(), self.draft);
        assert_eq!(
            self.send("situations", &[("q1", "cy"), ("q2", "fzd"), ("q3", "br")]).await.to(),
            self.draft
        );
    }
}

db_test!(a_routine_case_is_taken_in_and_its_notice_printed, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    insta::assert_snapshot!("person", window.page().await.page().replace(&window.draft, "/intake/[draft]"));
    window.up_to_check().await;
    let check = window.page().await;
    insta::assert_snapshot!("check", stable(&check, &window.draft));
    let ticked = window.send("check", &[("do", "all")]).await;
    assert_eq!(ticked.to(), format!("{}?step=check#table", window.draft));
    let all = window.page().await;
    assert!(all.body.contains("应当受理"), "{}", all.body);
    let form = filled(&all);
    let fields: Vec<(&str, &str)> =
        form.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("do", "accept")]).collect();
    let done = window.send("check", &fields).await;
    assert!(done.to().ends_with("/intake?done=done"), "{} {}", done.status, done.body);
    let again = window.house.post(&window.who, &format!("{}/check", window.draft), &fields).await;
    assert_eq!(again.to(), done.to().trim_end_matches("?done=done"), "a double submit is one case");
    let case = house.get(&window.who, done.to()).await;
    assert!(
        case.body.contains("受理通知书")
            && case.body.contains("收件凭证")
            && case.body.contains("部门审批中")
    );
    assert!(case.body.contains("演**") && !case.body.contains("110101199003070310"), "masked");
    let paper = case.body.split("href=\"").filter_map(|part| part.split_once('"')).map(|(href, _)| href);
    let paper = paper.filter(|href| href.contains("/documents/")).last().expect("a document");
    let pdf = house.get(&window.who, paper).await;
    assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert!(pdf.body.contains("受理通知书") && pdf.body.contains("演示人<b>0001</b>"), "as typed, as text");
    let home = house.get(&window.who, "/intake").await;
    assert!(home.body.contains("没有未提交的草稿") && home.body.contains("部门审批中"));
});

/// The page with what differs from run to run taken out.
pub fn stable(answer: &Answer, draft: &str) -> String {
    answer.page().replace(draft, "/intake/[draft]").replace(draft.trim_start_matches("/intake/"), "[draft]")
}

/// What a browser would send of the ticked table.
pub fn filled(answer: &Answer) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut select = None;
    for tag in answer.body.split('<') {
        let attribute =
            |name: &str| Some(tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned());
        let ticked = tag.split('>').next().is_some_and(|tag| tag.ends_with(" checked"));
        let chosen = tag.starts_with("option") && tag.contains(" selected");
        match (attribute("name"), attribute("value")) {
            (Some(name), _) if tag.starts_with("select") => select = Some(name),
            (Some(name), Some(value)) if ticked => fields.push((name, value)),
            (_, Some(value)) if chosen => fields.extend(select.take().map(|name| (name, value))),
            _ => {}
        }
    }
    fields
}

db_test!(mistakes_are_said_beside_their_field_and_what_was_typed_stays, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    // A card reader types one line and Enter.
    let line = "演示人|男|汉|19900307|110101199003070310|";
    let read = window
        .send(
            "person",
            &[("kind", "person"), ("document", "passport"), ("agent_document", "passport"), ("number", line)],
        )
        .await;
    assert_eq!(read.status, StatusCode::OK);
    assert!(read.body.contains("value=\"110101199003070310\"") && read.body.contains("value=\"演示人\""));
    assert!(!read.body.contains("class=\"ferr\""), "the clerk has not come to the phone yet");
    let mut wrong = PERSON;
    (wrong[2].1, wrong[4].1) = ("110101199003070311", "138");
    let answer = window
        .send(
            "person",
            &[&wrong[..], &[("agent_name", "演示代理"), ("agent_number", "110101199003070310")]].concat(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    insta::assert_snapshot!("person_wrong", stable(&answer, &window.draft));
    // It is kept, wrong as it is, over the end of the session.
    house.at(house.today, 10, 30);
    let again = house.sign_in("1001").await;
    let kept = house.get(&again, &window.draft).await;
    assert!(kept.body.contains("value=\"110101199003070311\"") && kept.body.contains("演示代理"));
    let home = house.get(&again, "/intake").await;
    assert!(home.body.contains(&window.draft) && !home.body.contains("110101199003070311"));
});

db_test!(a_draft_is_its_clerks_alone_until_it_is_handed_over, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    let colleague = house.sign_in("1002").await;
    assert_eq!(house.get(&colleague, &window.draft).await.status, StatusCode::NOT_FOUND);
    for step in ["person", "item", "situations", "check", "discard", "hand-over"] {
        let fields = [("version", "1"), ("to", "1003"), ("kind", "person")];
        let answer = house.post(&colleague, &format!("{}/{step}", window.draft), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{step}");
    }
    assert_eq!(window.send("hand-over", &[("to", "2011")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(window.send("hand-over", &[("to", "1002")]).await.to(), "/intake?done=hand-over");
    assert_eq!(window.page().await.status, StatusCode::NOT_FOUND, "it is another's now");
    let taken = house.get(&colleague, &window.draft).await;
    assert!(taken.status == StatusCode::OK && taken.body.contains("演**"));
    let gone = house.post(&colleague, &format!("{}/discard", window.draft), &[]).await;
    assert_eq!(gone.to(), "/intake?done=discard");
    assert_eq!(house.get(&colleague, &window.draft).await.status, StatusCode::NOT_FOUND);
});

db_test!(a_stale_page_overwrites_nothing_and_loses_nothing, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    let version = window.page().await.field("/person", "version");
    let post = async |name: &str| {
        let mut fields = PERSON.to_vec();
        fields[3].1 = name;
        fields.push(("version", &version));
        house.post(&window.who, &format!("{}/person", window.draft), &fields).await
    };
    assert_eq!(post("演示甲").await.to(), window.draft);
    assert_eq!(post("演示甲").await.to(), window.draft, "the same twice is kept once");
    let stale = post("演示乙").await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("value=\"演示乙\"") && stale.body.contains("尚未保存"));
    let kept = house.get(&window.who, &format!("{}?step=person", window.draft)).await;
    assert!(kept.body.contains("value=\"演示甲\""));
});

db_test!(what_is_lacking_is_told_once_and_comes_in_later, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    window.send("check", &[("do", "all")]).await;
    let mut form = filled(&window.page().await);
    for (name, value) in &mut form {
        if name == "finding-m3" {
            *value = "lacking".into();
        }
    }
    form.push(("failed".into(), "p4".into()));
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = window.send("check", &[&fields[..], &[("do", "accept")]].concat()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("按审查结论应办理“一次性告知补正”"), "{}", refused.body);
    fields.push(("do", "correct"));
    let done = window.send("check", &fields).await;
    let case = house.get(&window.who, done.to()).await;
    assert!(case.body.contains("补正告知书") && case.body.contains("收取补正材料"), "{}", case.body);
    insta::assert_snapshot!("supplement", masked(&case));
    let page = done.to().trim_end_matches("?done=done").to_owned();
    let (act, version) = (case.field("/intake#follow", "act"), case.field("/intake#follow", "version"));
    let nothing =
        house.post(&window.who, &page, &[("act", &act), ("version", &version), ("do", "supply")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let supply = [
        ("act", act.as_str()),
        ("version", &version),
        ("do", "supply"),
        ("finding-m3", "good"),
        ("way-m3", "paper"),
    ];
    let supplied = house.post(&window.who, &page, &supply).await;
    assert_eq!(supplied.to(), format!("{page}?done=done"), "{}", supplied.body);
    assert!(house.get(&window.who, &page).await.body.contains("受理通知书"));
});

/// A case page without its numbers.
fn masked(answer: &Answer) -> String {
    let mut shown = String::new();
    for (nth, part) in answer.page().split("/documents/").enumerate() {
        let rest = if nth == 0 { part } else { part.split_once('"').expect("an address").1 };
        shown.push_str(if nth == 0 { "" } else { "/documents/[id]\"" });
        shown.push_str(rest);
    }
    shown
}

/// A form with files, as a browser writes it.
pub async fn with_files(window: &Window<'_>, files: &[(&str, &[u8])]) -> Answer {
    let version = window.page().await.field(&format!("action=\"{}/", window.draft), "version");
    let mut body = Vec::new();
    for (name, value) in [("version", version.as_str()), ("do", "save")] {
        let part = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, bytes) in files {
        let head =
            format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--line--\r\n");
    let request = axum::http::Request::post(format!("{}/check", window.draft))
        .header("host", crate::house::HOST)
        .header("origin", format!("http://{}", crate::house::HOST))
        .header("cookie", &window.who)
        .header("content-type", "multipart/form-data; boundary=line");
    window.house.send(request.body(axum::body::Body::from(body)).expect("a request")).await
}

/// The addresses of the files on a page.
pub fn handed(answer: &Answer) -> Vec<String> {
    let links = answer.body.split("<li><a href=\"").skip(1).filter_map(|part| part.split_once('"'));
    links.map(|(href, _)| href.to_owned()).filter(|href| href.contains("/files/")).collect()
}

db_test!(files_are_told_by_their_bytes_and_seen_in_scope_only, async |db| {
    let house = House::open(&db).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    let large = [b"%PDF-1.7".as_slice(), &vec![b'x'; 11 << 20]].concat();
    let bad: [(&[u8], &str); 3] = [
        (b"<html><script>alert(1)</script>", "只收 PDF、JPG、PNG"),
        (b"\xff\xd8\xff\xe0 cut off", "图片损坏"),
        (&large, "文件超过 10 MB"),
    ];
    for (bytes, words) in bad {
        let answer = with_files(&window, &[("file-m1", bytes)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(words) && handed(&answer).is_empty(), "{words}");
    }
    assert_eq!(with_files(&window, &[("file-m9", b"%PDF-")]).await.status, StatusCode::BAD_REQUEST);
    let kept = with_files(&window, &[("file-m1", b"%PDF-1.7 scan"), ("file-m3", b"%PDF-1.7 plan")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let shown = window.page().await;
    let files = handed(&shown);
    assert_eq!(files.len(), 2);
    let file = house.get(&window.who, &files[0]).await;
    assert_eq!((file.header("content-type"), file.body.as_str()), ("application/pdf", "%PDF-1.7 scan"));
    assert_eq!(
        (file.header("content-disposition"), file.header("x-content-type-options")),
        ("inline", "nosniff")
    );
    let other = house.sign_in("1002").await;
    assert_eq!(house.get(&other, &files[0]).await.status, StatusCode::NOT_FOUND, "another clerk's draft");
    window.send("check", &[("do", "all")]).await;
    let form = filled(&window.page().await);
    let form = form.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let fields: Vec<(&str, &str)> = form.chain([("do", "accept")]).collect();
    let done = window.send("check", &fields).await;
    let case = house.get(&window.who, done.to()).await;
    let case_no = done.to().split('/').nth(2).expect("a number").to_owned();
    assert!(case.body.contains(&case_no));
    let kept = yichuang_app::workbench::files_of_case(
        &house.server.app,
        yichuang_app::case::by_number(&house.server.app, &case_no).await.expect("there").id,
    );
    let kept = kept.await.expect("listed");
    assert_eq!(kept.iter().map(|file| file.material.as_str()).collect::<Vec<_>>(), ["m1", "m3"]);
    let path = format!("/cases/{case_no}/files/{}", kept[0].id);
    assert_eq!(house.get(&house.sign_in("2011").await, &path).await.body, "%PDF-1.7 scan");
    let stranger = house.sign_in(&house.account(yichuang_domain::permission::Post::Supervisor)).await;
    assert_eq!(house.get(&stranger, &path).await.status, StatusCode::OK);
    let away = house.server.app.organisation();
    let away = away
        .staff
        .values()
        .find(|m| m.post == yichuang_domain::permission::Post::Intake && m.site.as_deref() != Some("jb"));
    let away = house.sign_in(&away.expect("elsewhere").id.to_string()).await;
    assert_eq!(house.get(&away, &path).await.status, StatusCode::NOT_FOUND);
});

/// Answers like clamd: the test file of the industry is infected, everything else is not.
async fn clamd() -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let mut got = Vec::new();
            let mut command = [0; 10];
            line.read_exact(&mut command).await.expect("a command");
            assert_eq!(&command, b"zINSTREAM\0");
            loop {
                let length = line.read_u32().await.expect("a length") as usize;
                if length == 0 {
                    break;
                }
                let at = got.len();
                got.resize(at + length, 0);
                line.read_exact(&mut got[at..]).await.expect("a piece");
            }
            let infected = got.windows(5).any(|part| part == b"EICAR");
            let answer: &[u8] =
                if infected { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" };
            line.write_all(answer).await.expect("answered");
        }
    });
    address
}

db_test!(an_infected_file_is_refused, async |db| {
    use yichuang_app::uploads::Scanner;
    let house = House::with(&db, Some(Scanner::new(clamd().await.to_string()))).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    let infected =
        with_files(&window, &[("file-m1", b"%PDF-1.7 X5O!P%@AP EICAR-STANDARD-ANTIVIRUS-TEST-FILE")]).await;
    assert_eq!(infected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(infected.body.contains("文件含有病毒") && handed(&infected).is_empty(), "{}", infected.body);
    let clean = with_files(&window, &[("file-m1", b"%PDF-1.7 clean")]).await;
    assert_eq!(clean.status, StatusCode::SEE_OTHER, "{}", clean.body);
});

db_test!(nothing_is_kept_unscanned_where_a_scanner_is_asked_for, async |db| {
    use yichuang_app::uploads::Scanner;
    // A port that was free a moment ago: nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let scanner = Scanner::new(listener.local_addr().expect("an address").to_string());
    drop(listener);
    let house = House::with(&db, Some(scanner)).await;
    let window = Window::begin(&house).await;
    window.up_to_check().await;
    let answer = with_files(&window, &[("file-m1", b"%PDF-1.7 x")]).await;
    assert!(answer.body.contains("病毒扫描暂不可用") && handed(&answer).is_empty(), "{}", answer.body);
    let system = house.sign_in(&house.account(yichuang_domain::permission::Post::SystemAdministrator)).await;
    let page = house.get(&system, "/system").await.body;
    assert!(page.contains("病毒扫描不可用") && page.contains("10:00 起，启动以来没有应答"), "{page}");
});
