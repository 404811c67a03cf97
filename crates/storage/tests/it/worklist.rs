//! Work lists: by deadline, of one scope, page by page, and counts that stop.

use yichuang_storage::branches::BranchRow;
use yichuang_storage::clocks::{ClockRow, PAUSED, RUNNING, STOPPED};
use yichuang_storage::worklist::{self, AgencyCounts, COUNTED, SiteCounts, Span, WorkRow};
use yichuang_storage::{Change, Effects, Plan, Rows, Stmt, Store, branches, cases, clocks};
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{act, case_row};

/// A case of this site.
fn case(id: i64, site: &str) -> Stmt {
    let row = case_row(id, format!("JB20261123{id:06}"));
    cases::insert(&cases::CaseRow { site: site.into(), ..row })
}

fn branch(case_id: i64, agency: &str, stage: &str) -> Stmt {
    branches::put(&BranchRow { case_id, agency: agency.into(), stage: stage.into(), updated_at: 1 })
}

fn clock(case_id: i64, branch: &str, kind: &str, due_on: &str, state: &str) -> Stmt {
    clocks::put(&ClockRow {
        case_id,
        branch: branch.into(),
        kind: kind.into(),
        began_on: "2026-11-01".into(),
        ordinal: 10,
        due_on: due_on.into(),
        provisional: case_id == 2,
        state: state.into(),
    })
}

async fn write(db: &Store, id: &str, stmts: Vec<Stmt>) {
    let then = move |_: &Rows| {
        Ok(Plan::effects(Effects { stmts: stmts.clone(), answer: "{}".into(), witness: None }))
    };
    db.commit(Change { act: act(id, "test"), key: 0, locks: vec![], then: Box::new(then) }).await.unwrap();
}

/// Part of a list from a key on.
fn from(after: (&str, i64), limit: i64) -> Span<'_> {
    Span { after, until: Span::EVER, limit }
}

fn ids(rows: Vec<WorkRow>) -> Vec<i64> {
    rows.into_iter().map(|row| row.case_id).collect()
}

/// A case whose part of this agency stands there, promised for that day.
fn open(id: i64, site: &str, agency: &str, stage: &str, due_on: &str, state: &str) -> Vec<Stmt> {
    vec![
        case(id, site),
        branch(id, agency, stage),
        clock(id, agency, "promised", due_on, state),
        clock(id, agency, "statutory", "2026-12-30", RUNNING),
        clock(id, "", "correction", "2026-11-08", STOPPED),
    ]
}

async fn agency_at_work(db: &Store) {
    let mut stmts = vec![];
    stmts.extend(open(1, "jb", "scjg", "pending", "2026-11-25", RUNNING));
    stmts.extend(open(2, "jb", "scjg", "examined", "2026-11-23", RUNNING));
    stmts.extend(open(3, "yz", "scjg", "pending", "2026-11-20", RUNNING));
    stmts.extend(open(4, "jb", "scjg", "reviewed", "2026-11-25", RUNNING));
    stmts.extend(open(5, "jb", "scjg", "pending", "", PAUSED));
    stmts.extend(open(6, "jb", "scjg", "approved", "2026-11-22", STOPPED));
    stmts.extend(open(7, "jb", "gaj", "pending", "2026-11-01", RUNNING));
    // Two departments on one case.
    stmts.extend([branch(7, "scjg", "pending"), clock(7, "scjg", "promised", "2026-12-01", RUNNING)]);
    write(db, "work", stmts).await;
}

db_test!(a_department_sees_its_own_by_deadline_page_by_page, async |db| {
    agency_at_work(&db).await;
    let list =
        async |stage, span| ids(db.all(worklist::of_agency("scjg", RUNNING, stage, span)).await.unwrap());
    assert_eq!(list(None, from(("", 0), 10)).await, [3, 2, 1, 4, 7]);
    assert_eq!(list(None, from(("", 0), 2)).await, [3, 2]);
    assert_eq!(list(None, from(("2026-11-23", 2), 2)).await, [1, 4]);
    assert_eq!(list(None, from(("2026-11-25", 1), 2)).await, [4, 7], "two of one day");
    assert!(list(None, from(("2026-12-01", 7), 2)).await.is_empty());
    assert_eq!(list(Some("pending"), from(("", 0), 2)).await, [3, 1]);
    assert_eq!(list(Some("pending"), from(("2026-11-25", 1), 2)).await, [7]);
    assert_eq!(list(Some("reviewed"), from(("", 0), 2)).await, [4]);
    let overdue = Span { after: ("", 0), until: "2026-11-23", limit: 10 };
    assert_eq!(list(None, overdue).await, [3]);
    let today = Span { after: ("2026-11-23", i64::MIN), until: "2026-11-24", limit: 10 };
    assert_eq!(list(None, today).await, [2]);
    let paused = db.all(worklist::of_agency("scjg", PAUSED, None, from(("", 0), 10))).await.unwrap();
    assert_eq!(ids(paused), [5]);

    let rows = db.all(worklist::of_agency("scjg", RUNNING, None, from(("", 0), 10))).await.unwrap();
    let expected = WorkRow {
        case_id: 2,
        case_no: "JB20261123000002".into(),
        stage: "examined".into(),
        due_on: "2026-11-23".into(),
        ordinal: 10,
        provisional: true,
        clock: RUNNING.into(),
        statutory_on: "2026-12-30".into(),
        item_version: 1,
        site: "jb".into(),
        received_on: "2026-09-21".into(),
    };
    assert_eq!(rows[1], expected);
    assert_eq!(
        (rows[4].case_id, rows[4].statutory_on.as_str()),
        (7, ""),
        "the other department's limit is its own"
    );
    let other = db.all(worklist::of_agency("gaj", RUNNING, None, from(("", 0), 10))).await.unwrap();
    assert_eq!(ids(other), [7]);
    assert!(db.all(worklist::of_agency("", RUNNING, None, from(("", 0), 10))).await.unwrap().is_empty());
});

db_test!(a_department_counts_what_it_lists, async |db| {
    agency_at_work(&db).await;
    let counts = db.one(worklist::agency_counts("scjg", "2026-11-23")).await.unwrap();
    let expected = AgencyCounts { pending: 4, examined: 1, reviewed: 1, overdue: 1, due_today: 1, paused: 1 };
    assert_eq!(counts, Some(expected));
    let nobody = AgencyCounts { pending: 0, examined: 0, reviewed: 0, overdue: 0, due_today: 0, paused: 0 };
    assert_eq!(db.one(worklist::agency_counts("nobody", "2026-11-23")).await.unwrap(), Some(nobody));
});

db_test!(a_site_sees_its_own_by_deadline_page_by_page, async |db| {
    let mut stmts = vec![];
    for (id, site, kind, due_on) in [
        (1, "jb", "correction", "2026-11-25"),
        (2, "jb", "correction", "2026-11-24"),
        (3, "yz", "correction", "2026-11-20"),
        (4, "jb", "delivery", "2026-11-22"),
        (5, "jb", "supplement", "2026-11-21"),
    ] {
        stmts.extend([case(id, site), clock(id, "", kind, due_on, RUNNING)]);
    }
    // A clock of a department and one that has stopped are nobody's business at the site.
    stmts.extend([case(6, "jb"), clock(6, "scjg", "correction", "2026-11-01", RUNNING)]);
    stmts.extend([case(7, "jb"), clock(7, "", "correction", "2026-11-01", STOPPED)]);
    write(&db, "work", stmts).await;
    let list = async |site, kind, span| ids(db.all(worklist::of_site(site, kind, span)).await.unwrap());
    assert_eq!(list("jb", "correction", from(("", 0), 10)).await, [2, 1]);
    assert_eq!(list("jb", "correction", from(("", 0), 1)).await, [2]);
    assert_eq!(list("jb", "correction", from(("2026-11-24", 2), 1)).await, [1]);
    assert_eq!(list("yz", "correction", from(("", 0), 10)).await, [3]);
    assert_eq!(list("jb", "delivery", from(("", 0), 10)).await, [4]);
    let row = db.all(worklist::of_site("yz", "correction", from(("", 0), 1))).await.unwrap().remove(0);
    assert_eq!((row.stage.as_str(), row.site.as_str(), row.provisional), ("received", "yz", false));
    let counts = db.one(worklist::site_counts("jb")).await.unwrap();
    assert_eq!(counts, Some(SiteCounts { correction: 2, supplement: 1, deferral: 0, delivery: 1 }));
    // It stops, and is gone from the list.
    write(&db, "stop", vec![clock(2, "", "correction", "2026-11-24", STOPPED)]).await;
    assert_eq!(list("jb", "correction", from(("", 0), 10)).await, [1]);
});

db_test!(counts_stop_at_a_thousand, async |db| {
    for (act, ids) in
        [("some", 1..COUNTED), ("one more", COUNTED..COUNTED + 1), ("more", COUNTED + 1..COUNTED + 9)]
    {
        let before = ids.start - 1;
        let counts = db.one(worklist::agency_counts("scjg", "2026-11-23")).await.unwrap().unwrap();
        assert_eq!((counts.pending, counts.overdue, counts.due_today), (before, before, 0));
        let open = |id| {
            let mut stmts = open(id, "jb", "scjg", "pending", "2026-11-20", RUNNING);
            stmts.push(clock(id, "", "delivery", "2026-11-30", RUNNING));
            stmts
        };
        write(&db, act, ids.flat_map(open).collect()).await;
    }
    let counts = db.one(worklist::agency_counts("scjg", "2026-11-23")).await.unwrap().unwrap();
    assert_eq!((counts.pending, counts.overdue, counts.examined), (COUNTED, COUNTED, 0));
    assert_eq!(db.one(worklist::site_counts("jb")).await.unwrap().unwrap().delivery, COUNTED);
});
