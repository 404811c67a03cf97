//! What goes on paper: frozen data, the journal up to it, names and words held against their SM3; nothing else.

use crate::centre::{Centre, applicant};
use crate::stories::{approve_all, issue_and_deliver};
use serde_json::Value;
use std::sync::Arc;
use yichuang_app::render::{MakeError, Paper, Press, Render, Unprintable, make};
use yichuang_app::{approve, intake, marks};
use yichuang_domain::case::{RefusalGround, Verdict};
use yichuang_domain::id::{CaseId, DocumentId};
use yichuang_domain::permission::Post;
use yichuang_storage::documents::{self, DocumentRow};
use yichuang_storage::{Act, Change, Effects, Plan, Rows, Stmt, texts};
use yichuang_testkit::db_test;

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

fn press() -> Press {
    Press { render: Arc::new(Typewriter), progress: "http://127.0.0.1/progress/".into() }
}

async fn row(centre: &Centre, case: CaseId, kind: &str) -> DocumentRow {
    let rows = centre.app.store().all(documents::of_case(case.0)).await.expect("read");
    rows.into_iter().rfind(|row| row.kind == kind).unwrap_or_else(|| panic!("no {kind}"))
}

/// What the paper of this kind was told, with the head of the paper itself.
async fn told(centre: &Centre, case: CaseId, kind: &str) -> (String, Value) {
    let row = row(centre, case, kind).await;
    let made = make(&centre.app, &press(), DocumentId(row.id))
        .await
        .unwrap_or_else(|fault| panic!("{kind}: {fault}"));
    assert_eq!((made.number, made.sm3.len()), (row.number, 64));
    let text = String::from_utf8(made.bytes).expect("text");
    let (paper, data) = text.split_once('\n').expect("two lines");
    (paper.to_owned(), serde_json::from_str(data).expect("JSON"))
}

db_test!(a_paper_bears_the_name_and_no_other_personal_data, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let (paper, data) = told(&centre, received.case, "receipt_notice").await;
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
    let (paper, _) = told(&centre, received.case, "receipt_notice").await;
    assert!(paper.contains("Drawn(行政审批专用章)") && paper.contains("demo: true"), "{paper}");
});

db_test!(a_refusal_bears_the_reasons_of_the_proposal, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let ground = RefusalGround::NotThisAgency { redirect: "演示机关".into() };
    let (ctx, seen) = (centre.ctx(clerk.clone()), centre.seen(received.case).await);
    intake::propose_refusal(&centre.app, &ctx, seen, ground, "演示理由").await.expect("proposed");
    let (ctx, seen) =
        (centre.ctx(centre.at("scjgj", Post::ChiefRepresentative)), centre.seen(received.case).await);
    intake::confirm_refusal(&centre.app, &ctx, seen).await.expect("confirmed");
    let (_, data) = told(&centre, received.case, "non_acceptance_notice").await;
    assert_eq!((data["reason"].as_str(), data["accepted_on"].as_str()), (Some("演示理由"), None));
});

db_test!(a_denial_bears_the_reasons_of_each_department_and_a_receipt_what_was_delivered, async |db| {
    let centre = Centre::open(db.store()).await;
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
    let (_, data) = told(&centre, received.case, "denial_decision").await;
    let reason = serde_json::json!([{"agency": "重庆市江北区市场监督管理局", "text": "演示不符合条件"}]);
    assert_eq!(data["reasons"], reason);
    assert!(data["accepted_on"].is_string());

    let received = centre.receive(&clerk, &[]).await;
    let ctx = centre.ctx(clerk.clone());
    intake::accept_case(&centre.app, &ctx, centre.seen(received.case).await).await.expect("accepted");
    approve_all(&centre, received.case).await;
    issue_and_deliver(&centre, received.case, &clerk).await;
    let (_, data) = told(&centre, received.case, "delivery_receipt").await;
    let decision = row(&centre, received.case, "approval_decision").await;
    assert_eq!(data["delivered"][0]["number"], decision.number.as_str());
    assert_eq!(data["delivered"][0]["title"], "准予许可决定书");
});

db_test!(what_is_voided_unknown_or_cannot_be_printed_is_told, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let receipt = row(&centre, received.case, "receipt_notice").await;
    let nowhere = Press { progress: String::new(), ..press() };
    let fault = make(&centre.app, &nowhere, DocumentId(receipt.id)).await.expect_err("no address");
    assert!(matches!(fault, MakeError::Unprintable(Unprintable::Incomplete(_))), "{fault}");
    let fault = make(&centre.app, &press(), DocumentId(1)).await.expect_err("unknown");
    assert!(fault.to_string().starts_with("没有找到文书 1"), "{fault}");
    write(&centre, documents::set_state(receipt.id, documents::VOIDED)).await;
    let fault = make(&centre.app, &press(), DocumentId(receipt.id)).await.expect_err("voided");
    assert!(matches!(&fault, MakeError::Voided(number) if *number == receipt.number), "{fault}");
    db.tamper("UPDATE documents SET state = 'numbered', data = '{}'").await;
    let fault = make(&centre.app, &press(), DocumentId(receipt.id)).await.expect_err("changed");
    assert!(fault.to_string().contains("摘要不符"), "{fault}");
});

db_test!(words_that_were_erased_are_not_left_blank, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let (ctx, seen) = (centre.ctx(clerk.clone()), centre.seen(received.case).await);
    intake::withdraw_case(&centre.app, &ctx, seen, "演示申请").await.expect("withdrawn");
    let (_, data) = told(&centre, received.case, "termination_notice").await;
    assert_eq!(data["event"]["request"], "演示申请");
    let texts = centre.app.store().all(texts::of_case(received.case.0)).await.expect("read");
    write(&centre, texts::erase(texts[0].id)).await;
    let notice = row(&centre, received.case, "termination_notice").await;
    let fault = make(&centre.app, &press(), DocumentId(notice.id)).await.expect_err("erased");
    assert!(matches!(fault, MakeError::Unprintable(Unprintable::Incomplete(_))), "{fault}");
});

/// One statement, as an act of its own.
async fn write(centre: &Centre, stmt: Stmt) {
    let act = Act { id: "write".into(), actor: 0, kind: "write", body_hash: String::new(), at: 0 };
    let effects = move || Effects { stmts: vec![stmt.clone()], answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &Rows| Ok(Plan::effects(effects())));
    centre.app.store().commit(Change { act, key: 0, locks: vec![], then }).await.expect("written");
}
