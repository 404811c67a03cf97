//! Stories from receipt to the end. Each closes with the replay of its journal.

use crate::centre::{Centre, FOOD, credit, first_choices, paper};
use std::collections::BTreeSet;
use yichuang_app::case::Seen;
use yichuang_app::issue::{Collector, Delivery};
use yichuang_app::{App, approve, intake, issue, jobs, rate, stats};
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::case::{Demand, Ending, Stage, Supply, Verdict};
use yichuang_domain::id::{CaseId, VisitId};
use yichuang_domain::item::ItemKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::rating::RatingLevel;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::{clocks, documents};
use yichuang_testkit::db_test;

pub async fn approve_all(centre: &Centre, id: CaseId) {
    for branch in centre.case(id).await.branches {
        let by = |post| centre.ctx(centre.at(&branch.agency, post));
        let seen = centre.seen(id).await;
        approve::examine(&centre.app, &by(Post::Examiner), seen, "材料齐全").await.expect("examined");
        let seen = centre.seen(id).await;
        approve::review(&centre.app, &by(Post::Reviewer), seen, "").await.expect("reviewed");
        explain_if_late(centre, id, &branch.agency).await;
        let seen = centre.seen(id).await;
        let chief = by(Post::ChiefRepresentative);
        approve::decide_branch(&centre.app, &chief, seen, Verdict::Approved, "").await.expect("decided");
    }
}

pub async fn issue_and_deliver(centre: &Centre, id: CaseId, clerk: &Actor) {
    let app = &centre.app;
    let examiner = centre.ctx(centre.at("scjgj", Post::Examiner));
    let seen = centre.seen(id).await;
    approve::hand_over_result(app, &examiner, seen, "JY15001050000001").await.expect("handed over");
    issue::check_result(app, &centre.ctx(clerk.clone()), centre.seen(id).await, true, "")
        .await
        .expect("checked");
    let way = Delivery::Window { visit: VisitId(1), collector: Collector::Applicant, verified: true };
    issue::deliver_result(app, &centre.ctx(clerk.clone()), centre.seen(id).await, way)
        .await
        .expect("delivered");
    issue::invite_rating(app, &centre.ctx(clerk.clone()), centre.seen(id).await).await.expect("invited");
}

/// A broken promise is explained before the decision; an unbroken one need not be.
pub async fn explain_if_late(centre: &Centre, id: CaseId, agency: &str) {
    let ctx = centre.ctx(centre.at(agency, Post::Examiner));
    let seen = centre.seen(id).await;
    match approve::explain_overdue(&centre.app, &ctx, seen, "须向外省核实").await {
        Ok(_) => {}
        Err(error) => {
            let code = error.refusal().map(|refusal| refusal.code);
            assert_eq!(code, Some(yichuang_domain::RefusalCode::NotOverdue), "{error}");
        }
    }
}

async fn run_clocks(centre: &Centre) -> usize {
    let now = Instant::at(centre.today, 0, 30);
    let overdue = jobs::overdue(&centre.app, now).await.expect("asked");
    for clock in &overdue {
        jobs::run(&centre.app, now, clock).await.expect("runs");
    }
    overdue.len()
}

async fn due(app: &App, id: CaseId, kind: ClockKind) -> (String, String) {
    let rows = app.store().all(clocks::of_case(id.0)).await.expect("read");
    let row = rows.into_iter().find(|row| row.kind == kind.name()).expect("such a clock");
    (row.due_on, row.state)
}

db_test!(a_case_from_receipt_to_rating, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let id = received.case;
    assert_eq!(received.case_no, "JB20260901000001");
    assert_eq!(centre.case(id).await.exchange_no, "11500105MB1A00036M4000131001000202609010001");
    assert_eq!(due(&centre.app, id, ClockKind::Correction).await, ("2026-09-08".into(), "running".into()));
    intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received))
        .await
        .expect("accepted");
    assert_eq!(due(&centre.app, id, ClockKind::Correction).await.1, "stopped");
    assert_eq!(due(&centre.app, id, ClockKind::Statutory).await.0, "2026-09-15");
    assert_eq!(due(&centre.app, id, ClockKind::Promised).await.0, "2026-09-10");
    approve_all(&centre, id).await;
    issue_and_deliver(&centre, id, &clerk).await;
    let applicant = Actor::Applicant(centre.case(id).await.applicant.id);
    let indicators = BTreeSet::from([510]);
    let ctx = centre.ctx(applicant);
    let seen = centre.seen(id).await;
    let rated = rate::rate_case(&centre.app, &ctx, seen, RatingLevel::VerySatisfied, indicators)
        .await
        .expect("rated");
    assert!(rated.ended);
    let numbers: Vec<String> = centre
        .app
        .store()
        .all(documents::of_case(id.0))
        .await
        .expect("read")
        .into_iter()
        .map(|d| d.number)
        .collect();
    assert_eq!(
        numbers,
        [
            "渝江北市监收〔2026〕1号",
            "渝江北市监受〔2026〕1号",
            "渝江北市监准〔2026〕1号",
            "渝江北市监达〔2026〕1号"
        ]
    );
    let counted = stats::from_journal(&centre.app).await.expect("counted");
    assert_eq!((counted.visitors, counted.cases_received, counted.approved, counted.rated), (1, 1, 1, 1));
    centre.assert_replays(id).await;
});

db_test!(correction_and_resubmission, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &["m1", "m3"]).await;
    let demands = ["m1", "m3"].map(|id| Demand::Material(id.into())).into();
    let told =
        intake::request_correction(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received), demands)
            .await
            .expect("told once");
    centre.today = Date::constant(2026, 9, 3);
    let first = vec![paper("m1")];
    let answer = intake::submit_supplement(
        &centre.app,
        &centre.ctx(clerk.clone()),
        Seen::from(&told),
        Supply { visit: Some(VisitId(2)), materials: first, points: centre.points(&["m1"]).await },
    )
    .await
    .expect("a part came");
    assert_eq!(answer.stage, "correction_requested");
    let second = vec![paper("m3")];
    let answer = intake::submit_supplement(
        &centre.app,
        &centre.ctx(clerk),
        Seen::from(&answer),
        Supply { visit: None, materials: second, points: centre.points(&["m3"]).await },
    )
    .await
    .expect("the rest came");
    assert_eq!(answer.events, ["supplement_submitted", "case_accepted"]);
    assert_eq!(
        due(&centre.app, received.case, ClockKind::Promised).await.0,
        "2026-09-14",
        "counted in full from acceptance"
    );
    centre.assert_replays(received.case).await;
});

db_test!(nobody_told_in_time_is_deemed_accepted_once, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &["m1"]).await;
    centre.today = Date::constant(2026, 9, 8);
    assert_eq!(run_clocks(&centre).await, 0, "the last day is not over");
    centre.today = Date::constant(2026, 9, 9);
    let now = Instant::at(centre.today, 0, 30);
    let overdue = jobs::overdue(&centre.app, now).await.expect("asked");
    let twice =
        [jobs::run(&centre.app, now, &overdue[0]).await, jobs::run(&centre.app, now, &overdue[0]).await];
    assert_eq!(twice.map(|answer| answer.expect("runs").repeated), [false, true]);
    let case = centre.case(received.case).await;
    assert_eq!(case.stage, Stage::InApproval { accepted_on: Date::constant(2026, 9, 1), deemed: true });
    centre.assert_replays(received.case).await;
});

db_test!(deferred_materials_come_or_the_case_is_deemed_withdrawn, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (kept, broken) = (centre.receive(&clerk, &["m4"]).await, centre.receive(&clerk, &["m4"]).await);
    for received in [&kept, &broken] {
        let missing = BTreeSet::from(["m4".to_owned()]);
        let ctx = centre.ctx(clerk.clone());
        let accepted = intake::accept_with_deferred_materials(
            &centre.app,
            &ctx,
            Seen::from(received),
            missing,
            "承诺补交",
            credit(),
        )
        .await
        .expect("accepted with deferral");
        assert_eq!(accepted.notices.len(), 2, "受理通知书 and 容缺受理通知书");
    }
    let seen = centre.seen(kept.case).await;
    let supplied = vec![paper("m4")];
    intake::submit_deferred_materials(
        &centre.app,
        &centre.ctx(clerk.clone()),
        seen,
        Supply { visit: None, materials: supplied, points: centre.points(&["m4"]).await },
    )
    .await
    .expect("supplied");
    centre.today = Date::constant(2026, 9, 9);
    run_clocks(&centre).await;
    assert_eq!(centre.case(broken.case).await.ended(), Some(Ending::DeemedWithdrawn));
    approve_all(&centre, kept.case).await;
    issue_and_deliver(&centre, kept.case, &clerk).await;
    centre.today = Date::constant(2026, 9, 20);
    run_clocks(&centre).await;
    assert_eq!(centre.case(kept.case).await.ended(), Some(Ending::Concluded));
    centre.assert_replays(kept.case).await;
    centre.assert_replays(broken.case).await;
});

db_test!(an_approval_nobody_may_collect_any_more_is_void, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &["m4"]).await;
    let missing = BTreeSet::from(["m4".to_owned()]);
    let ctx = centre.ctx(clerk.clone());
    let seen = Seen::from(&received);
    intake::accept_with_deferred_materials(&centre.app, &ctx, seen, missing, "承诺补交", credit())
        .await
        .expect("accepted with deferral");
    approve_all(&centre, received.case).await;
    let state = async |centre: &Centre| {
        let rows = centre.app.store().all(documents::of_case(received.case.0)).await.expect("read");
        rows.into_iter().find(|row| row.kind == "approval_decision").expect("decided").state
    };
    assert_eq!(state(&centre).await, "numbered");
    let clocks = centre.app.store().all(clocks::of_case(received.case.0)).await.expect("read");
    assert!(clocks.iter().all(|clock| clock.kind != "delivery"), "no delivery is due while it is forbidden");
    centre.today = Date::constant(2026, 9, 9);
    assert_eq!(run_clocks(&centre).await, 1);
    assert_eq!(centre.case(received.case).await.ended(), Some(Ending::DeemedWithdrawn));
    assert_eq!(state(&centre).await, "voided");
    centre.assert_replays(received.case).await;
});

db_test!(departments_decide_in_parallel, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.clerk(4, yichuang_domain::organisation::WindowKind::General).await;
    let versions = centre.app.versions_in_force(centre.today).await.expect("read");
    let parallel = versions.iter().find(|v| v.item.concerned.len() > 1 && v.item.sector.is_none());
    let item = &parallel.expect("the default data has an item of several departments").item;
    let chosen = first_choices(item);
    let situations: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let form = centre.form(&item.key, &situations, &[]).await;
    let received =
        intake::receive_case(&centre.app, &centre.ctx(clerk.clone()), form).await.expect("received");
    intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    // All examine at once on the version they saw; those who come second see a refusal, not a lost branch.
    let case = centre.case(received.case).await;
    assert_eq!(case.branches.len(), 1 + item.concerned.len());
    let acts: Vec<_> =
        case.branches.iter().map(|b| centre.ctx(centre.at(&b.agency, Post::Examiner))).collect();
    let whatever = Seen { case: received.case, version: None };
    let examined = acts.iter().map(|ctx| approve::examine(&centre.app, ctx, whatever, "同意"));
    for answer in futures_util::future::join_all(examined).await {
        answer.expect("no branch stands in another's way");
    }
    let case = centre.case(received.case).await;
    assert!(case.branches.iter().all(|b| b.stage == yichuang_domain::case::BranchStage::Examined));
    centre.assert_replays(received.case).await;
});

db_test!(receipts_at_many_windows_are_numbered_without_a_gap, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let mut receipts = Vec::new();
    for n in 0..60 {
        // Every third asks for what is not on the list and leaves no number behind.
        let situations: &[&str] = if n % 3 == 0 { &["cy"] } else { &["cy", "fzd", "br"] };
        receipts.push((centre.ctx(clerk.clone()), centre.form(FOOD, situations, &[]).await));
    }
    let received = receipts.into_iter().map(|(ctx, form)| {
        let app = centre.app.clone();
        async move { intake::receive_case(&app, &ctx, form).await }
    });
    let received = futures_util::future::join_all(received).await;
    let mut numbers: Vec<String> = received.into_iter().flatten().map(|answer| answer.case_no).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=40).map(|n| format!("JB20260901{n:06}")).collect();
    assert_eq!(numbers, expected);
});

db_test!(a_denial_of_what_is_no_permit_does_not_call_itself_one, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.clerk(6, yichuang_domain::organisation::WindowKind::General).await;
    let versions = centre.app.versions_in_force(centre.today).await.expect("read");
    let payment = versions.iter().find(|v| v.item.kind == ItemKind::Payment && v.item.sector.is_none());
    let item = &payment.expect("the default data has a payment").item;
    let chosen = first_choices(item);
    let situations: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let form = centre.form(&item.key, &situations, &[]).await;
    let received =
        intake::receive_case(&centre.app, &centre.ctx(clerk.clone()), form).await.expect("received");
    let id = received.case;
    intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let by = |post| centre.ctx(centre.at(&item.agency, post));
    approve::examine(&centre.app, &by(Post::Examiner), centre.seen(id).await, "").await.expect("examined");
    approve::review(&centre.app, &by(Post::Reviewer), centre.seen(id).await, "").await.expect("reviewed");
    let (chief, seen) = (by(Post::ChiefRepresentative), centre.seen(id).await);
    approve::decide_branch(&centre.app, &chief, seen, Verdict::Denied, "收入超过标准").await.expect("denied");
    let rows = centre.app.store().all(documents::of_case(id.0)).await.expect("read");
    let data: serde_json::Value = serde_json::from_str(&rows.last().expect("a decision").data).expect("JSON");
    assert_eq!(data["title"], "不予办理决定书");
    assert!(!data["citation"].as_str().expect("a citation").contains("行政许可法"), "{data}");
    assert_eq!(data["remedies"], serde_json::json!({"review_days": 60, "litigation_months": 6}));
    assert_eq!((&data["seq"], &data["event"]["verdict"]), (&6.into(), &"denied".into()));
    assert!(
        data["dues"].as_array().is_some_and(|dues| dues.iter().any(|due| due["kind"] == "delivery")),
        "{data}"
    );
    centre.assert_replays(id).await;
});
