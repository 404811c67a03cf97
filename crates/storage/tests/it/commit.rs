//! One change: done once, refused without a trace but its refusal, or undone.

use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::{
    Change, CommitError, Effects, Plan, Rows, StoreError, Value, acts, branches, cases, clocks, documents,
    items, journal, meta, refusals, series,
};
use yichuang_testkit::sample::{act, receive, refused_late, step};
use yichuang_testkit::{TestDb, db_test};

const PREFIX: &str = "JB20261123";

/// Everything a refused or undone change must leave as it was.
async fn trace(
    db: &TestDb,
) -> (Option<i64>, Vec<cases::CaseRow>, Vec<journal::JournalRow>, Vec<clocks::ClockRow>) {
    (
        db.one(series::last(&format!("case_no/{PREFIX}"))).await.unwrap(),
        db.all(cases::page(0, 100)).await.unwrap(),
        db.all(journal::page((0, 0), 100)).await.unwrap(),
        db.all(clocks::of_case(1)).await.unwrap(),
    )
}

fn plain(id: &str, effects: impl Fn() -> Effects + Send + Sync + 'static) -> Change {
    Change {
        act: act(id, "test"),
        key: 0,
        locks: vec![],
        then: Box::new(move |_| Ok(Plan::effects(effects()))),
    }
}

db_test!(a_repeated_act_gets_the_first_answer, async |db| {
    let first = db.commit(receive("a", 1, PREFIX)).await.unwrap();
    assert_eq!((first.body.as_str(), first.repeated), ("JB20261123000001", false));
    let before = trace(&db).await;
    let again = db.commit(receive("a", 1, PREFIX)).await.unwrap();
    assert_eq!((again.body.as_str(), again.repeated), ("JB20261123000001", true));
    assert_eq!(trace(&db).await, before);
});

db_test!(a_repeated_act_is_answered_even_when_its_rows_are_gone, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let mut again = receive("a", 1, PREFIX);
    again.locks = vec![cases::lock(99)];
    assert!(db.commit(again).await.unwrap().repeated);
});

db_test!(the_same_act_with_another_body_actor_or_kind_is_refused, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let before = trace(&db).await;
    let change = |alter: fn(&mut Change)| {
        let mut change = receive("a", 1, PREFIX);
        alter(&mut change);
        change
    };
    for other in [
        change(|c| c.act.body_hash = "other".into()),
        change(|c| c.act.actor = 8),
        change(|c| c.act.kind = "accept_case"),
    ] {
        let error = db.commit(other).await.unwrap_err();
        assert!(matches!(error, CommitError::ActDiffers), "{error:?}");
        assert_eq!(
            error.to_string(),
            "同一操作号已经提交过不同的内容，本次没有办理。请刷新页面后重新填写提交。"
        );
    }
    assert_eq!(trace(&db).await, before);
});

db_test!(a_refusal_leaves_nothing_but_its_record, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let before = trace(&db).await;
    let error = db.commit(step("b", 1, 9)).await.unwrap_err();
    assert!(matches!(error, CommitError::Refused(Refusal { code: RefusalCode::StaleVersion, .. })));
    let error = db.commit(refused_late("c", 1, PREFIX)).await.unwrap_err();
    assert!(matches!(error, CommitError::Refused(Refusal { code: RefusalCode::ReasonMissing, .. })));
    assert_eq!(trace(&db).await, before);
    assert_eq!(db.one(acts::by_id("b")).await.unwrap(), None);

    let refused = db.all(refusals::of_case(1)).await.unwrap();
    let said: Vec<_> = refused.iter().map(|r| (r.act_id.as_str(), r.code.as_str(), r.actor)).collect();
    assert_eq!(said, [("b", "stale_version", 7), ("c", "reason_missing", 7)]);
    let citation = RefusalCode::ReasonMissing.citation();
    assert_eq!((refused[1].law.as_str(), refused[1].article.as_str()), (citation.act, citation.article));
    assert_eq!(db.all(refusals::page((0, ""), 10)).await.unwrap(), refused);

    // Refused now, done later under the same id.
    assert_eq!(db.commit(step("b", 1, 1)).await.unwrap().body, "2");
});

db_test!(a_lock_that_misses_is_named, async |db| {
    let error = db.commit(step("a", 1, 0)).await.unwrap_err();
    assert!(matches!(error, CommitError::LockMissed { name: "办件" }));
    assert_eq!(error.to_string(), "没有找到所办理的办件，本次没有办理。请返回列表核对后再试。");
    assert_eq!(db.one(acts::by_id("a")).await.unwrap(), None);
});

db_test!(locked_rows_come_in_the_order_asked_for, async |db| {
    for id in [1, 2, 3] {
        db.commit(receive(&id.to_string(), id, PREFIX)).await.unwrap();
    }
    let then = |rows: &Rows| {
        let ids: Result<Vec<i64>, _> =
            (0..3).map(|i| rows.get::<cases::CaseRow>(i).map(|case| case.id)).collect();
        Ok(Plan::effects(Effects { answer: format!("{:?}", ids?), ..Effects::default() }))
    };
    let locks = vec![cases::lock(2), cases::lock(3), cases::lock(1)];
    let change = Change { act: act("x", "test"), key: 0, locks, then: Box::new(then) };
    assert_eq!(db.commit(change).await.unwrap().body, "[2, 3, 1]");
});

db_test!(an_effect_that_misses_undoes_the_change, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let before = trace(&db).await;
    let effects = || Effects {
        stmts: vec![meta::put("made_by", "demo"), clocks::remove(1, "scjg", "no such clock")],
        ..Effects::default()
    };
    let error = db.commit(plain("b", effects)).await.unwrap_err();
    assert!(
        matches!(&error, CommitError::EffectMissed { sql } if sql.starts_with("DELETE FROM clocks")),
        "{error:?}"
    );
    assert_eq!(db.one(meta::get("made_by")).await.unwrap(), None);
    assert_eq!(trace(&db).await, before);
    assert_eq!(db.one(acts::by_id("b")).await.unwrap(), None);
});

db_test!(a_number_that_exists_undoes_the_change_and_says_so, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let before = trace(&db).await;
    let error = db.commit(receive("b", 1, PREFIX)).await.unwrap_err(); // another act, the same case id
    assert!(matches!(error, CommitError::Store(StoreError::Duplicate(_))), "{error:?}");
    assert_eq!(trace(&db).await, before);
});

db_test!(a_reference_to_nothing_undoes_the_change, async |db| {
    let branch =
        branches::BranchRow { case_id: 5, agency: "scjg".into(), stage: "waiting".into(), updated_at: 1 };
    let effects = move || Effects { stmts: vec![branches::put(&branch)], ..Effects::default() };
    let error = db.commit(plain("a", effects)).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::NotWritten(_))), "{error:?}");
    assert_eq!(db.all(branches::of_case(5)).await.unwrap(), []);
});

db_test!(a_panic_in_the_decision_spares_the_lane, async |db| {
    let change =
        Change { act: act("a", "test"), key: 0, locks: vec![], then: Box::new(|_| panic!("no such stage")) };
    let error = db.commit(change).await.unwrap_err();
    assert!(matches!(&error, CommitError::Panicked(what) if what == "no such stage"), "{error:?}");
    db.commit(receive("b", 1, PREFIX)).await.unwrap();
});

db_test!(a_locked_row_that_cannot_be_read_is_damage_not_a_refusal, async |db| {
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let then = |rows: &Rows| {
        rows.get::<items::ItemRow>(0)?; // a case is no item
        Ok(Plan::effects(Effects::default()))
    };
    let change = Change { act: act("b", "test"), key: 1, locks: vec![cases::lock(1)], then: Box::new(then) };
    let error = db.commit(change).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Damaged(_))), "{error:?}");
    assert_eq!(db.all(refusals::of_case(1)).await.unwrap(), []);
});

db_test!(texts_come_back_as_they_went_in, async |db| {
    let odd = "𠮷野家 “引号” '; DROP TABLE cases; -- \n\t$1 %_\\";
    let row = documents::DocumentRow {
        id: i64::MAX,
        case_id: 1,
        number: odd.into(),
        kind: String::new(),
        template: "受理通知书@2026-01-01".into(),
        data: odd.into(),
        data_sm3: "0".into(),
        state: "numbered".into(),
        at: i64::MIN,
    };
    db.commit(receive("a", 1, PREFIX)).await.unwrap();
    let written = row.clone();
    let effects = move || Effects { stmts: vec![documents::insert(&written)], ..Effects::default() };
    db.commit(plain("b", effects)).await.unwrap();
    assert_eq!(db.one(documents::by_number(odd)).await.unwrap(), Some(row));
    assert_ne!(Value::from(1), Value::from("1"));
});

db_test!(a_nul_is_refused_wherever_it_stands, async |db| {
    let change = |act_id: &str, key: &'static str, answer: &'static str, series_of: &'static str| {
        let then = move |_: &Rows| {
            let stmts = vec![meta::put(key, "v")];
            let effects = Effects { stmts, answer: answer.into(), ..Effects::default() };
            Ok(Plan::numbered(vec![series::next(series_of)], move |_| Ok(effects)))
        };
        Change { act: act(act_id, "test"), key: 0, locks: vec![], then: Box::new(then) }
    };
    let locked = Change { locks: vec![items::lock("k\0")], ..change("a", "k", "", "s") };
    let all = [
        change("a\0", "k", "", "s"),
        change("a", "k\0", "", "s"),
        change("a", "k", "\0", "s"),
        change("a", "k", "", "s\0"),
        locked,
    ];
    for (place, change) in all.into_iter().enumerate() {
        let error = db.commit(change).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::Nul)), "{place}: {error:?}");
        assert_eq!(error.to_string(), "内容中有不能使用的空字符（U+0000），本次没有办理。请删去后重新提交。");
    }
    assert!(matches!(db.one(meta::get("\0")).await, Err(StoreError::Nul)));
    assert_eq!(db.one(series::last("s")).await.unwrap(), None);
    db.commit(change("a", "k", "", "s")).await.unwrap();
});

db_test!(a_commit_that_fails_of_the_disk_is_in_doubt, async |db| {
    // On the embedded engine the disk fails in testkit's `fsync`.
    if db.is_sqlite() {
        return;
    }
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    db.tamper(
        "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION 'could not fsync' USING ERRCODE = '58030'; END $$; \
         CREATE CONSTRAINT TRIGGER fails AFTER UPDATE ON cases DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION fails()",
    )
    .await;
    let error = db.commit(step("s", 1, 1)).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Lost)), "{error:?}");
    db.tamper("DROP TRIGGER fails ON cases").await;
    assert!(!db.commit(step("s", 1, 1)).await.unwrap().repeated);
});
