//! Every area: what is written is read back, in the order promised, and its locks lock.

use yichuang_storage::{
    Change, CommitError, Effects, Lock, Plan, Record, Stmt, StoreError, audit, branches, calendar, cases,
    clocks, documents, items, meta, organisation as org, parties, sessions, texts,
};
use yichuang_testkit::sample::{act, case_row, receive};
use yichuang_testkit::{TestDb, db_test};

async fn write(db: &TestDb, id: &str, stmts: Vec<Stmt>) -> Result<(), CommitError> {
    let then = move |_: &_| Ok(Plan::effects(Effects { stmts: stmts.clone(), ..Effects::default() }));
    let change = Change { act: act(id, "test"), key: 0, locks: vec![], then: Box::new(then) };
    db.commit(change).await.map(|_| ())
}

/// The row as it stands under this lock.
async fn locked<T: Record + std::fmt::Debug>(
    db: &TestDb,
    id: &str,
    lock: Lock,
) -> Result<String, CommitError> {
    let then = |rows: &yichuang_storage::Rows| {
        let answer = format!("{:?}", rows.get::<T>(0)?);
        Ok(Plan::effects(Effects { answer, ..Effects::default() }))
    };
    let change = Change { act: act(id, "test"), key: 0, locks: vec![lock], then: Box::new(then) };
    db.commit(change).await.map(|answer| answer.body)
}

db_test!(cases_are_found_by_number_and_listed_by_site_and_day, async |db| {
    let mut case = case_row(1, "JB20261123000001".into());
    case.exchange_no = "11500105MB1A0001XT4000131001000202609180001".into();
    let second = cases::CaseRow { id: 2, case_no: "JB20261123000002".into(), ..case_row(2, String::new()) };
    let third = cases::CaseRow { id: 3, case_no: "JB20261123000003".into(), ..case_row(3, String::new()) };
    write(&db, "a", vec![cases::insert(&case), cases::insert(&second), cases::insert(&third)]).await.unwrap();
    case.stage = "accepted".into();
    write(&db, "b", vec![cases::update(&case)]).await.unwrap();
    assert_eq!(db.one(cases::by_id(1)).await.unwrap(), Some(case.clone()));
    assert_eq!(db.one(cases::by_case_no(&case.case_no)).await.unwrap(), Some(case.clone()));
    assert_eq!(db.one(cases::by_exchange_no(&case.exchange_no)).await.unwrap(), Some(case.clone()));
    assert_eq!(db.one(cases::by_exchange_no("")).await.unwrap(), None, "no number is nobody's number");
    assert_eq!(db.all(cases::page(1, 1)).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(db.all(cases::received("jb", "2026-09-21", 0, 2)).await.unwrap(), [case.clone(), second]);
    assert_eq!(db.all(cases::received("jb", "2026-09-22", 0, 2)).await.unwrap(), []);
    let twin = cases::CaseRow { id: 4, case_no: "JB20261123000004".into(), ..case };
    let error = write(&db, "c", vec![cases::insert(&twin)]).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Duplicate(_))), "an exchange number is used once");
});

db_test!(clocks_that_are_due_go_on_where_the_cursor_stands, async |db| {
    for id in 1..=5 {
        db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.unwrap();
        let branch = branches::BranchRow {
            case_id: id,
            agency: "scjg".into(),
            stage: "examining".into(),
            updated_at: 1,
        };
        let clock = |kind: &str, due_on: &str, state: &str| clocks::ClockRow {
            case_id: id,
            branch: "scjg".into(),
            kind: kind.into(),
            began_on: "2026-09-01".into(),
            ordinal: 10,
            due_on: due_on.into(),
            provisional: id == 1,
            state: state.into(),
        };
        let state = if id == 5 { clocks::STOPPED } else { clocks::RUNNING };
        let due = if id == 4 { "2026-10-01" } else { "2026-10-08" };
        let stmts = vec![
            branches::put(&branch),
            clocks::put(&clock("promised", due, state)),
            clocks::put(&clock("statutory", "2026-11-01", clocks::PAUSED)),
        ];
        write(&db, &format!("w{id}"), stmts).await.unwrap();
    }
    let due = async |on: &str, after: (&str, i64, &str)| {
        let rows = db.all(clocks::due("promised", on, after, 10)).await.unwrap();
        rows.into_iter().map(|row| row.case_id).collect::<Vec<_>>()
    };
    assert!(due("2026-09-30", ("", 0, "")).await.is_empty());
    assert_eq!(due("2026-10-01", ("", 0, "")).await, [4]);
    assert_eq!(due("2026-10-08", ("2026-10-08", 1, "scjg")).await, [2, 3]);
    write(&db, "x", vec![clocks::remove(1, "scjg", "statutory")]).await.unwrap();
    assert_eq!(db.all(clocks::of_case(1)).await.unwrap().len(), 1);
    assert_eq!(db.all(branches::of_case(1)).await.unwrap()[0].stage, "examining");
});

db_test!(a_text_is_erased_and_its_digest_stays, async |db| {
    let text =
        texts::TextRow { id: 1, case_id: 2, kind: "reason".into(), body: "理由".into(), sm3: "ab".into() };
    let party = parties::PartyRow { id: 3, kind: "applicant".into(), body: "{}".into(), sm3: "cd".into() };
    write(&db, "a", vec![texts::insert(&text), parties::insert(&party)]).await.unwrap();
    assert_eq!(db.all(texts::of_case(2)).await.unwrap(), std::slice::from_ref(&text));
    assert_eq!(db.one(parties::by_id(3)).await.unwrap(), Some(party));
    write(&db, "b", vec![texts::erase(1)]).await.unwrap();
    assert_eq!(db.one(texts::by_id(1)).await.unwrap(), Some(texts::TextRow { body: String::new(), ..text }));
});

db_test!(a_document_has_one_number_and_moves_on, async |db| {
    db.commit(receive("r", 1, "JB20261123")).await.unwrap();
    let row = documents::DocumentRow {
        id: 1,
        case_id: 1,
        number: "江北受〔2026〕1号".into(),
        kind: "acceptance_notice".into(),
        template: "acceptance_notice/2026-01-01".into(),
        data: "{}".into(),
        data_sm3: "ab".into(),
        state: "numbered".into(),
        at: 5,
    };
    write(&db, "a", vec![documents::insert(&row)]).await.unwrap();
    assert_eq!(
        locked::<documents::DocumentRow>(&db, "l", documents::lock(1)).await.unwrap(),
        format!("{row:?}")
    );
    write(&db, "b", vec![documents::set_state(1, "issued")]).await.unwrap();
    let issued = documents::DocumentRow { state: "issued".into(), ..row.clone() };
    assert_eq!(db.all(documents::of_case(1)).await.unwrap(), std::slice::from_ref(&issued));
    assert_eq!(db.one(documents::by_number(&row.number)).await.unwrap(), Some(issued));
    let again = documents::DocumentRow { id: 2, ..row };
    let error = write(&db, "c", vec![documents::insert(&again)]).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Duplicate(_))), "{error:?}");
});

fn version(id: i64, version: i64, status: &str, from: &str, to: &str) -> items::VersionRow {
    items::VersionRow {
        id,
        item_id: 1,
        version,
        status: status.into(),
        valid_from: from.into(),
        valid_to: to.into(),
        name: "食品经营许可新办".into(),
        kind: "permit".into(),
        agency: "scjg".into(),
        sector: "market".into(),
        source_id: "s1".into(),
        body: format!("{{\"version\":{version}}}"),
        body_sm3: format!("{version}"),
    }
}

db_test!(an_item_is_found_in_the_version_of_the_day, async |db| {
    let item = items::ItemRow { id: 1, key: "scjg-spjy-xb".into(), version: 1 };
    let first = version(10, 1, "draft", "", "");
    write(&db, "a", vec![items::insert(&item), items::insert_version(&first)]).await.unwrap();
    assert_eq!(db.one(items::in_force(&item.key, "2026-09-01")).await.unwrap(), None);
    let edited =
        items::VersionRow { name: "食品经营许可（新办）".into(), body_sm3: "x".into(), ..first };
    write(&db, "b", vec![items::replace_draft(&edited)]).await.unwrap();
    write(&db, "c", vec![items::set_validity(10, "published", "2026-01-01", "2026-08-31")]).await.unwrap();
    let error = write(&db, "d", vec![items::replace_draft(&edited)]).await.unwrap_err();
    assert!(matches!(error, CommitError::EffectMissed { .. }), "a published version stays as it is");
    let second = version(11, 2, "published", "2026-09-01", "");
    write(&db, "e", vec![items::insert_version(&second), items::set_version(1, 2)]).await.unwrap();

    let at = async |on: &str| db.one(items::in_force(&item.key, on)).await.unwrap().map(|v| v.id);
    assert_eq!(at("2025-12-31").await, None);
    assert_eq!((at("2026-01-01").await, at("2026-08-31").await), (Some(10), Some(10)));
    assert_eq!(at("2026-09-01").await, Some(11));
    let old = db.one(items::version(10)).await.unwrap().unwrap();
    assert_eq!((old.name.as_str(), old.valid_to.as_str()), ("食品经营许可（新办）", "2026-08-31"));
    assert_eq!(db.all(items::versions(1)).await.unwrap(), [old, second.clone()]);
    let latest = items::KeyedVersion { key: item.key.clone(), version: second };
    assert_eq!(db.all(items::latest("", 10)).await.unwrap(), std::slice::from_ref(&latest));
    assert_eq!(db.all(items::all_in_force("", "2026-10-01", 10)).await.unwrap(), [latest]);
    let head = &db.all(items::heads("", 10)).await.unwrap()[0];
    assert_eq!((head.item_id, head.version_id, head.version, head.body_sm3.as_str()), (1, 11, 2, "2"));
    assert_eq!(db.all(items::heads(&item.key, 10)).await.unwrap(), []);
    let item = items::ItemRow { version: 2, ..item };
    assert_eq!(
        locked::<items::ItemRow>(&db, "l1", items::lock(&item.key)).await.unwrap(),
        format!("{item:?}")
    );
    assert_eq!(db.one(items::by_key(&item.key)).await.unwrap(), Some(item));
    for (act, lock) in [("l2", items::lock_version(11)), ("l3", items::share_version(11))] {
        assert!(locked::<items::VersionRow>(&db, act, lock).await.unwrap().contains("id: 11"));
    }
});

db_test!(the_organisation_is_written_over_and_read_back, async |db| {
    let text = |s: &str| s.to_string();
    let agency = org::AgencyRow { key: text("scjg"), name: text("区市场监管局"), body: text("{}") };
    let site =
        org::SiteRow { key: text("jb"), kind: text("district"), name: text("江北"), body: text("{}") };
    let window = org::WindowRow {
        id: 1,
        site: text("jb"),
        code: text("101"),
        kind: text("general"),
        sector: text(""),
        floor: 1,
        body: text("{}"),
    };
    let staff = org::StaffRow {
        id: 1,
        key: text("JB001"),
        post: text("intake"),
        agency: text(""),
        site: text("jb"),
        body: text("{}"),
    };
    let power = org::AuthorizationRow {
        id: 1,
        agency: text("scjg"),
        staff: 1,
        valid_from: text("2026-01-01"),
        valid_to: text(""),
        body: text("{}"),
    };
    let site_item = org::SiteItemRow {
        site: text("jb"),
        item_key: text("i"),
        duty: text("both"),
        window_kind: text("general"),
        sector: text(""),
        body: text("{}"),
    };
    let year = calendar::YearRow { year: 2026, body: text("{}"), loaded_at: 5 };
    let entry = audit::AuditRow {
        id: 1,
        at: 5,
        actor: 7,
        kind: text("agency_put"),
        subject: text("agency/scjg"),
        body: text("{}"),
    };
    let puts = || {
        vec![
            org::put_agency(&agency),
            org::put_site(&site),
            org::put_window(&window),
            org::put_staff(&staff),
            org::put_authorization(&power),
            org::put_site_item(&site_item),
            calendar::put(&year),
            meta::put("made_by", "demo"),
        ]
    };
    write(&db, "a", puts()).await.unwrap();
    write(&db, "b", puts()).await.unwrap();
    write(&db, "c", vec![audit::insert(&entry)]).await.unwrap();
    assert_eq!(db.all(org::agencies()).await.unwrap(), std::slice::from_ref(&agency));
    assert_eq!(db.one(org::agency("scjg")).await.unwrap(), Some(agency));
    assert_eq!(db.all(org::sites()).await.unwrap(), std::slice::from_ref(&site));
    assert_eq!(db.one(org::site("jb")).await.unwrap(), Some(site));
    assert_eq!(db.all(org::windows("jb")).await.unwrap(), std::slice::from_ref(&window));
    assert_eq!(db.all(org::all_staff()).await.unwrap(), std::slice::from_ref(&staff));
    assert_eq!(db.one(org::staff_by_key("JB001")).await.unwrap(), Some(staff.clone()));
    assert_eq!(db.all(org::staff_of_post("intake", "", "jb")).await.unwrap(), std::slice::from_ref(&staff));
    assert_eq!(db.all(org::authorizations("scjg")).await.unwrap(), std::slice::from_ref(&power));
    assert_eq!(db.all(org::site_items("jb")).await.unwrap(), std::slice::from_ref(&site_item));
    assert_eq!(db.one(org::site_item("jb", "i")).await.unwrap(), Some(site_item));
    assert_eq!(db.one(calendar::year(2026)).await.unwrap(), Some(year.clone()));
    assert_eq!(db.all(calendar::years()).await.unwrap(), std::slice::from_ref(&year));
    assert_eq!(db.all(audit::of_subject("agency/scjg")).await.unwrap(), std::slice::from_ref(&entry));
    assert_eq!(db.all(audit::page((5, 0), 10)).await.unwrap(), [entry]);
    assert_eq!(db.all(audit::page((5, 1), 10)).await.unwrap(), []);
    assert_eq!(db.one(meta::get("made_by")).await.unwrap().as_deref(), Some("demo"));

    let rows = [
        locked::<org::WindowRow>(&db, "l1", org::lock_window(1)).await.unwrap(),
        locked::<org::StaffRow>(&db, "l2", org::lock_staff(1)).await.unwrap(),
        locked::<org::AuthorizationRow>(&db, "l3", org::share_authorization(1)).await.unwrap(),
        locked::<calendar::YearRow>(&db, "l4", calendar::lock(2026)).await.unwrap(),
    ];
    assert_eq!(
        rows,
        [format!("{window:?}"), format!("{staff:?}"), format!("{power:?}"), format!("{year:?}")]
    );
    let missed = locked::<calendar::YearRow>(&db, "l5", calendar::lock(2027)).await.unwrap_err();
    assert!(matches!(missed, CommitError::LockMissed { name: "工作日历" }));
});

db_test!(one_session_is_open_for_a_window_and_for_a_person, async |db| {
    let session = |id, window: i64, staff| sessions::SessionRow {
        id,
        site: "jb".into(),
        code: format!("A{window}"),
        staff,
        opened_at: 5,
        closed_at: 0,
    };
    write(&db, "a", vec![sessions::open(&session(1, 1, 1))]).await.unwrap();
    for (act, second) in [("b", session(2, 1, 2)), ("c", session(2, 2, 1))] {
        let error = write(&db, act, vec![sessions::open(&second)]).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::Duplicate(_))), "{error:?}");
    }
    let held = locked::<sessions::SessionRow>(&db, "l1", sessions::share(1)).await.unwrap();
    assert_eq!(held, format!("{:?}", session(1, 1, 1)));
    assert_eq!(locked::<sessions::SessionRow>(&db, "l2", sessions::lock(1)).await.unwrap(), held);
    assert_eq!(db.one(sessions::by_window("jb", "A1")).await.unwrap(), Some(session(1, 1, 1)));
    assert_eq!(db.all(sessions::open_at("jb")).await.unwrap(), [session(1, 1, 1)]);
    write(&db, "d", vec![sessions::close(1, 6)]).await.unwrap();
    assert_eq!(db.one(sessions::by_staff(1)).await.unwrap(), None);
    let missed = locked::<sessions::SessionRow>(&db, "l3", sessions::share(1)).await.unwrap_err();
    assert!(matches!(missed, CommitError::LockMissed { name: "在岗窗口" }));
    write(&db, "e", vec![sessions::open(&session(2, 1, 2)), sessions::open(&session(3, 2, 1))])
        .await
        .unwrap();
});
