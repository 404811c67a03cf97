//! What puts right: a wrong document, a promise not kept, those whose interests are touched.

use crate::centre::{Centre, applicant};
use crate::stories::{approve_all, issue_and_deliver};
use serde_json::Value;
use yichuang_app::case::Seen;
use yichuang_app::issue::{self, Correction};
use yichuang_app::{approve, intake};
use yichuang_domain::RefusalCode;
use yichuang_domain::applicant::Applicant;
use yichuang_domain::case::{Hearing, Stage, Verdict, Voice};
use yichuang_domain::id::CaseId;
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::rating::RatingLevel;
use yichuang_domain::time::Date;
use yichuang_storage::documents::{self, DocumentRow};
use yichuang_testkit::db_test;

async fn accepted(centre: &Centre) -> (Actor, CaseId) {
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let ctx = centre.ctx(clerk.clone());
    intake::accept_case(&centre.app, &ctx, Seen::from(&received)).await.expect("accepted");
    (clerk, received.case)
}

async fn papers(centre: &Centre, id: CaseId, kind: &str) -> Vec<DocumentRow> {
    let rows = centre.app.store().all(documents::of_case(id.0)).await.expect("read");
    rows.into_iter().filter(|row| row.kind == kind).collect()
}

db_test!(a_decision_with_a_wrong_name_is_drawn_up_anew_and_goes_out_again, async |db| {
    let centre = Centre::open(db.store()).await;
    let (clerk, id) = accepted(&centre).await;
    approve_all(&centre, id).await;
    issue_and_deliver(&centre, id, &clerk).await;
    let wrong = papers(&centre, id, "approval_decision").await.remove(0);
    let stranger =
        Applicant { name: "演示另一公司".into(), number: "91500105MA60AB125Y".into(), ..applicant() };
    let exchanged = Correction { applicant: Some(stranger), ..Correction::default() };
    let chief = centre.ctx(centre.at("scjgj", Post::ChiefRepresentative));
    let number = &wrong.number;
    let refused =
        issue::reissue_document(&centre.app, &chief, centre.seen(id).await, number, exchanged, "错", "1号")
            .await;
    assert!(matches!(refused, Err(yichuang_app::AppError::Form(_))), "the applicant is not exchanged");
    let named = Applicant { name: "演示餐饮管理有限公司".into(), ..applicant() };
    let correction = Correction { applicant: Some(named), ..Correction::default() };
    let chief = centre.ctx(centre.at("scjgj", Post::ChiefRepresentative));
    let (seen, app) = (centre.seen(id).await, &centre.app);
    let unknown = issue::reissue_document(app, &chief, seen, "无此文号", Correction::default(), "错", "1号");
    let refused = unknown.await.expect_err("no such document");
    assert_eq!(refused.refusal().map(|refusal| refusal.code), Some(RefusalCode::UnknownDocument));
    let chief = centre.ctx(centre.at("scjgj", Post::ChiefRepresentative));
    let (number, reason) = (&wrong.number, "申请人名称漏字");
    let answer =
        issue::reissue_document(app, &chief, seen, number, correction, reason, "江北市监〔2026〕1号")
            .await
            .expect("drawn up anew");
    assert_eq!(answer.notices[0].number, "渝江北市监准〔2026〕2号");
    let both = papers(&centre, id, "approval_decision").await;
    assert_eq!(both.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["voided", "numbered"]);
    assert_eq!(both[0].data, wrong.data, "the wrong one is kept as it was");
    let data: Value = serde_json::from_str(&both[1].data).expect("frozen data");
    let case = centre.case(id).await;
    assert_eq!(data["replaces"], wrong.number.as_str());
    assert_eq!(data["applicant"], serde_json::json!(case.applicant.id));
    assert!(matches!(case.stage, Stage::Decided(_)), "{:?}", case.stage);
    issue_and_deliver(&centre, id, &clerk).await;
    let applicant = centre.ctx(Actor::Applicant(case.applicant.id));
    let seen = centre.seen(id).await;
    let rated = yichuang_app::rate::rate_case(app, &applicant, seen, RatingLevel::Satisfied, [406].into());
    rated.await.expect("rated by the applicant as registered anew");
    centre.assert_replays(id).await;
});

db_test!(those_touched_are_told_heard_and_get_their_hearing, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let (_, id) = accepted(&centre).await;
    let by = |centre: &Centre, post| centre.ctx(centre.at("scjgj", post));
    for (post, step) in [(Post::Examiner, 1), (Post::Reviewer, 2)] {
        let (ctx, seen) = (by(&centre, post), centre.seen(id).await);
        match step {
            1 => approve::examine(&centre.app, &ctx, seen, "").await.expect("examined"),
            _ => approve::review(&centre.app, &ctx, seen, "").await.expect("reviewed"),
        };
    }
    let neighbour = Applicant { name: "演示邻居".into(), ..applicant() };
    let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
    let told =
        approve::tell_interested_parties(&centre.app, &ctx, seen, vec![neighbour], "油烟排放影响相邻方");
    assert_eq!(told.await.expect("told").notices[0].number, "渝江北市监告〔2026〕1号");
    let case = centre.case(id).await;
    let own = case.applicant.id;
    let other = *case.interested.expect("told").parties.keys().find(|id| **id != own).expect("the neighbour");
    for party in [own, other] {
        let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
        approve::record_service(&centre.app, &ctx, seen, party, centre.today).await.expect("served");
    }
    for (party, voice) in [(own, Voice::HearingWaived), (other, Voice::HearingRequested)] {
        let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
        approve::hear_party(&centre.app, &ctx, seen, party, voice, "意见").await.expect("heard");
    }
    let (ctx, seen) = (by(&centre, Post::ChiefRepresentative), centre.seen(id).await);
    let early = approve::decide_branch(&centre.app, &ctx, seen, Verdict::Approved, "").await;
    let code = early.expect_err("not before the hearing").refusal().map(|refusal| refusal.code);
    assert_eq!(code, Some(RefusalCode::HearingNotHeld));
    let id_of = |agency, post| match centre.at(agency, post) {
        Actor::Staff(staff) => staff.id,
        _ => panic!("staff"),
    };
    let (officer, stranger) = (id_of("scjgj", Post::Reviewer), id_of("gzj", Post::Examiner));
    let on = Date::constant(2026, 9, 14);
    let hearing = |presider| {
        let (time, place) = ("上午9时30分".into(), "三楼听证室".into());
        Some(Hearing { on, time, place, presider })
    };
    for (presider, code) in
        [(stranger, RefusalCode::OfficersNotOwn), (officer, RefusalCode::PresiderInvolved)]
    {
        let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
        let (kind, plan) = (ProcedureKind::Hearing, hearing(presider));
        let refused = approve::start_procedure(&centre.app, &ctx, seen, kind, 10, plan, "依申请听证").await;
        assert_eq!(refused.expect_err("not this presider").refusal().map(|r| r.code), Some(code));
    }
    let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
    let (kind, plan) = (ProcedureKind::Hearing, hearing(id_of("scjgj", Post::AgencyHead)));
    let called = approve::start_procedure(&centre.app, &ctx, seen, kind, 10, plan, "依申请听证").await;
    assert_eq!(called.expect("the parties are notified").notices.len(), 3, "procedure, applicant, neighbour");
    let notices = papers(&centre, id, "hearing_notice").await;
    let to = |row: &DocumentRow| serde_json::from_str::<Value>(&row.data).expect("frozen data")["to"].clone();
    assert_eq!(
        notices.iter().map(to).collect::<Vec<_>>(),
        [serde_json::json!(own), serde_json::json!(other)]
    );
    centre.today = on;
    let (ctx, seen) = (by(&centre, Post::Examiner), centre.seen(id).await);
    let foreign = approve::end_procedure(&centre.app, &ctx, seen, [stranger].into(), true, "听证笔录").await;
    let code = foreign.expect_err("another department's").refusal().map(|refusal| refusal.code);
    assert_eq!(code, Some(RefusalCode::OfficersNotOwn));
    let ctx = by(&centre, Post::Examiner);
    approve::end_procedure(&centre.app, &ctx, seen, [officer].into(), true, "听证笔录").await.expect("held");
    let (ctx, seen) = (by(&centre, Post::ChiefRepresentative), centre.seen(id).await);
    approve::decide_branch(&centre.app, &ctx, seen, Verdict::Approved, "").await.expect("decided");
    centre.assert_replays(id).await;
});

db_test!(a_promise_not_kept_is_explained_in_writing, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let (_, id) = accepted(&centre).await;
    centre.today = Date::constant(2026, 9, 11);
    let ctx = centre.ctx(centre.at("scjgj", Post::Examiner));
    let told = approve::explain_overdue(&centre.app, &ctx, centre.seen(id).await, "须向外省核实").await;
    assert_eq!(told.expect("told").notices[0].number, "渝江北市监超〔2026〕1号");
    let data: Value =
        serde_json::from_str(&papers(&centre, id, "overdue_explanation").await[0].data).expect("frozen data");
    assert!(data["citation"].as_str().is_some_and(|cited| cited.contains("优化营商环境条例")), "{data}");
    centre.assert_replays(id).await;
});
