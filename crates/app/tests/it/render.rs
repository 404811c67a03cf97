//! What goes on paper: frozen data, the journal up to it, names and words held against their SM3; nothing else.

use crate::centre::{Centre, applicant};
use crate::stories::{approve_all, issue_and_deliver};
use futures_util::future::join_all;
use serde_json::Value;
use std::sync::Arc;
use tempfile::TempDir;
use yichuang_app::files::{self, FilesPlace};
use yichuang_app::render::{Made, MakeError, Paper, Press, Render, Unprintable, make, make_waiting};
use yichuang_app::{approve, intake, marks};
use yichuang_domain::case::{RefusalGround, Verdict};
use yichuang_domain::id::{CaseId, DocumentId};
use yichuang_domain::permission::Post;
use yichuang_domain::time::Instant;
use yichuang_storage::documents::{self, DocumentRow};
use yichuang_storage::{Act, Change, Effects, Plan, Rows, Stmt, texts};
use yichuang_testkit::db_test;

const AT: Instant = Instant(1_790_000_000_000);

/// Writes down what it was given to print.
struct Typewriter;

impl Render for Typewriter {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        match paper.data["item"].as_str() {
            Some(_) => Ok(format!("{paper:?}\n{}", paper.data).into_bytes()),
            None => Err(Unprintable::Incomplete("缺少 item".into())),
        }
    }
}

/// A press whose files go when it goes.
struct Shop {
    press: Press,
    _folder: TempDir,
}

async fn shop(centre: &Centre) -> Shop {
    let folder = tempfile::tempdir().expect("a folder");
    let place = FilesPlace::Folder(folder.path().join("files"));
    let files = files::open(&centre.app, &place, AT).await.expect("opens");
    let press = Press { render: Arc::new(Typewriter), files, progress: "http://127.0.0.1/progress/".into() };
    Shop { press, _folder: folder }
}

/// Makes the latest paper of this kind.
async fn made(centre: &Centre, shop: &Shop, case: CaseId, kind: &str) -> Result<Made, MakeError> {
    make(&centre.app, &shop.press, DocumentId(row(centre, case, kind).await.id), AT).await
}

async fn row(centre: &Centre, case: CaseId, kind: &str) -> DocumentRow {
    let rows = centre.app.store().all(documents::of_case(case.0)).await.expect("read");
    rows.into_iter().rfind(|row| row.kind == kind).unwrap_or_else(|| panic!("no {kind}"))
}

/// What the paper of this kind was told, with the head of the paper itself.
async fn told(centre: &Centre, shop: &Shop, case: CaseId, kind: &str) -> (String, Value) {
    let made = made(centre, shop, case, kind).await.unwrap_or_else(|fault| panic!("{kind}: {fault}"));
    assert_eq!(made.number, row(centre, case, kind).await.number);
    let text = String::from_utf8(made.bytes).expect("text");
    let (paper, data) = text.split_once('\n').expect("two lines");
    (paper.to_owned(), serde_json::from_str(data).expect("JSON"))
}

db_test!(a_paper_bears_the_name_and_no_other_personal_data, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let (paper, data) = told(&centre, &shop, received.case, "receipt_notice").await;
    assert_eq!(data["applicant"], serde_json::json!({"name": "演示餐饮有限公司", "kind": "enterprise"}));
    assert_eq!(data["event"]["applicant"], data["applicant"], "a reference becomes the same");
    for personal in [applicant().number, applicant().phone] {
        assert!(!paper.contains(&personal) && !data.to_string().contains(&personal));
    }
    assert!(paper.contains(&format!("http://127.0.0.1/progress/{}", received.case_no)), "{paper}");
    assert!(
        paper.contains("ByHand") && paper.contains("demo: false"),
        "no seal is drawn in service: {paper}"
    );
    marks::mark_made_by(&centre.app, marks::DEMO).await.expect("marked");
    let received = centre.receive(&clerk, &[]).await;
    let (paper, _) = told(&centre, &shop, received.case, "receipt_notice").await;
    assert!(paper.contains("Drawn(行政审批专用章)") && paper.contains("demo: true"), "{paper}");
});

db_test!(a_refusal_bears_the_reasons_of_the_proposal, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let ground = RefusalGround::NotThisAgency { redirect: "演示机关".into() };
    let (ctx, seen) = (centre.ctx(clerk.clone()), centre.seen(received.case).await);
    intake::propose_refusal(&centre.app, &ctx, seen, ground, "演示理由").await.expect("proposed");
    let (ctx, seen) =
        (centre.ctx(centre.at("scjgj", Post::ChiefRepresentative)), centre.seen(received.case).await);
    intake::confirm_refusal(&centre.app, &ctx, seen).await.expect("confirmed");
    let (_, data) = told(&centre, &shop, received.case, "non_acceptance_notice").await;
    assert_eq!((data["reason"].as_str(), data["accepted_on"].as_str()), (Some("演示理由"), None));
});

db_test!(a_denial_bears_the_reasons_of_each_department_and_a_receipt_what_was_delivered, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let ctx = centre.ctx(clerk.clone());
    intake::accept_case(&centre.app, &ctx, centre.seen(received.case).await).await.expect("accepted");
    let by = |post| centre.ctx(centre.at("scjgj", post));
    let seen = centre.seen(received.case).await;
    approve::examine(&centre.app, &by(Post::Examiner), seen, "").await.expect("examined");
    let seen = centre.seen(received.case).await;
    approve::review(&centre.app, &by(Post::Reviewer), seen, "").await.expect("reviewed");
    let (ctx, seen) = (by(Post::ChiefRepresentative), centre.seen(received.case).await);
    approve::decide_branch(&centre.app, &ctx, seen, Verdict::Denied, "演示不符合条件").await.expect("denied");
    let (_, data) = told(&centre, &shop, received.case, "denial_decision").await;
    let reason = serde_json::json!([{"agency": "重庆市江北区市场监督管理局", "text": "演示不符合条件"}]);
    assert_eq!(data["reasons"], reason);
    assert!(data["accepted_on"].is_string());

    let received = centre.receive(&clerk, &[]).await;
    let ctx = centre.ctx(clerk.clone());
    intake::accept_case(&centre.app, &ctx, centre.seen(received.case).await).await.expect("accepted");
    approve_all(&centre, received.case).await;
    issue_and_deliver(&centre, received.case, &clerk).await;
    let (_, data) = told(&centre, &shop, received.case, "delivery_receipt").await;
    let decision = row(&centre, received.case, "approval_decision").await;
    assert_eq!(data["delivered"][0]["number"], decision.number.as_str());
    assert_eq!(data["delivered"][0]["title"], "准予许可决定书");
});

db_test!(a_document_is_made_once_and_kept, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let first = made(&centre, &shop, received.case, "receipt_notice").await.expect("made");
    assert_eq!(row(&centre, received.case, "receipt_notice").await.state, documents::ISSUED);
    let file =
        files::read(&centre.app, &shop.press.files, &first.sm3).await.expect("read").expect("on record");
    assert_eq!((file.0.media.as_str(), &file.1), ("application/pdf", &first.bytes));
    // Another address, another mark: it stays as it was made.
    let moved = Press { progress: "http://elsewhere/".into(), ..shop.press.clone() };
    marks::mark_made_by(&centre.app, marks::DEMO).await.expect("marked");
    let again = make(&centre.app, &moved, first.document, AT).await.expect("read");
    assert_eq!(again, first);
    // A wrong one is voided; the original is still there to be looked at.
    write(&centre, documents::set_state(first.document.0, documents::VOIDED)).await;
    assert_eq!(made(&centre, &shop, received.case, "receipt_notice").await.expect("kept"), first);
    assert_eq!(row(&centre, received.case, "receipt_notice").await.state, documents::VOIDED);
});

db_test!(two_who_wait_for_one_document_get_the_same, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let id = DocumentId(row(&centre, received.case, "receipt_notice").await.id);
    // Two nodes with different fonts: the address stands for what differs.
    let presses: Vec<Press> =
        (0..6).map(|node| Press { progress: format!("http://node{node}/"), ..shop.press.clone() }).collect();
    let all = join_all(presses.iter().map(|press| make(&centre.app, press, id, AT))).await;
    let all: Vec<Made> = all.into_iter().map(|made| made.expect("made")).collect();
    assert!(all.iter().all(|made| *made == all[0]), "{all:?}");
});

db_test!(what_nobody_waited_for_is_made_by_the_job, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    for _ in 0..3 {
        let received = centre.receive(&clerk, &[]).await;
        let ctx = centre.ctx(clerk.clone());
        intake::accept_case(&centre.app, &ctx, centre.seen(received.case).await).await.expect("accepted");
    }
    let nowhere = Press { progress: String::new(), ..shop.press.clone() };
    let backlog = make_waiting(&centre.app, &nowhere, AT).await.expect("looked");
    assert_eq!((backlog.made, backlog.waiting.len()), (0, 6), "none holds up another");
    let backlog = make_waiting(&centre.app, &shop.press, AT).await.expect("made");
    assert_eq!((backlog.made, backlog.waiting.len()), (6, 0));
    assert_eq!(make_waiting(&centre.app, &shop.press, AT).await.expect("nothing left").made, 0);
});

db_test!(what_is_voided_unknown_or_cannot_be_printed_is_told, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let receipt = row(&centre, received.case, "receipt_notice").await;
    let id = DocumentId(receipt.id);
    let nowhere = Press { progress: String::new(), ..shop.press.clone() };
    let fault = make(&centre.app, &nowhere, id, AT).await.expect_err("no address");
    assert!(matches!(fault, MakeError::Unprintable(Unprintable::Incomplete(_))), "{fault}");
    let fault = make(&centre.app, &shop.press, DocumentId(1), AT).await.expect_err("unknown");
    assert!(fault.to_string().starts_with("没有找到文书 1"), "{fault}");
    write(&centre, documents::set_state(receipt.id, documents::VOIDED)).await;
    let fault = make(&centre.app, &shop.press, id, AT).await.expect_err("voided");
    assert!(matches!(&fault, MakeError::Voided(number) if *number == receipt.number), "{fault}");
    db.tamper("UPDATE documents SET state = 'numbered', data = '{}'").await;
    let fault = make(&centre.app, &shop.press, id, AT).await.expect_err("changed");
    assert!(fault.to_string().contains("摘要不符"), "{fault}");
});

db_test!(words_that_were_erased_are_not_left_blank, async |db| {
    let centre = Centre::open(db.store()).await;
    let shop = shop(&centre).await;
    let clerk = centre.food_clerk().await;
    let mut cases = Vec::new();
    for _ in 0..2 {
        let received = centre.receive(&clerk, &[]).await;
        let (ctx, seen) = (centre.ctx(clerk.clone()), centre.seen(received.case).await);
        intake::withdraw_case(&centre.app, &ctx, seen, "演示申请").await.expect("withdrawn");
        cases.push(received.case);
    }
    let (_, data) = told(&centre, &shop, cases[0], "termination_notice").await;
    assert_eq!(data["event"]["request"], "演示申请");
    let texts = centre.app.store().all(texts::of_case(cases[1].0)).await.expect("read");
    write(&centre, texts::erase(texts[0].id)).await;
    let fault = made(&centre, &shop, cases[1], "termination_notice").await.expect_err("erased");
    assert!(matches!(fault, MakeError::Unprintable(Unprintable::Incomplete(_))), "{fault}");
});

/// One statement, as an act of its own.
async fn write(centre: &Centre, stmt: Stmt) {
    let act = Act { id: "write".into(), actor: 0, kind: "write", body_hash: String::new(), at: 0 };
    let effects = move || Effects { stmts: vec![stmt.clone()], answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &Rows| Ok(Plan::effects(effects())));
    centre.app.store().commit(Change { act, key: 0, locks: vec![], then }).await.expect("written");
}
