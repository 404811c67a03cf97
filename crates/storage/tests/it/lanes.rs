//! Lanes that commit many changes at once: whoever comes second sees what came first, and several nodes on one
//! database never stand in each other's way for good.

use futures_util::future::join_all;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use yichuang_storage::{
    Change, CommitError, Effects, Place, Plan, Rows, Stop, Store, StoreError, cases, documents, journal,
    organisation, series, sessions,
};
use yichuang_testkit::database::connect;
use yichuang_testkit::sample::{act, receive, step};
use yichuang_testkit::{TestDb, db_test};

const PREFIX: &str = "JB20261123";
/// How long the nodes work against each other; the variable makes it longer.
const SECONDS: u64 = 3;
const SOAK: &str = "YICHUANG_SOAK_SECONDS";
const NODES: usize = 4;
/// Callers of each kind at each node.
const CALLERS: usize = 4;

fn queue(floor: i64) -> organisation::WindowRow {
    let [site, code, kind, sector, body] = ["jb", "A01", "general", "", "{}"].map(String::from);
    organisation::WindowRow { id: 1, site, code, kind, sector, floor, body }
}

fn plain(id: &str, locks: Vec<yichuang_storage::Lock>, stmts: Vec<yichuang_storage::Stmt>) -> Change {
    let effects = move || Effects { stmts: stmts.clone(), ..Effects::default() };
    Change { act: act(id, "test"), key: 0, locks, then: Box::new(move |_| Ok(Plan::effects(effects()))) }
}

/// One more on the row that everybody locks; the answer is how many there were.
fn count(act_id: &str, beside: Vec<yichuang_storage::Lock>) -> Change {
    let then = |rows: &Rows| {
        let row: organisation::WindowRow = rows.get(0)?;
        let stmts = vec![organisation::put_window(&queue(row.floor + 1))];
        Ok(Plan::effects(Effects { stmts, answer: (row.floor + 1).to_string(), witness: None }))
    };
    let locks = std::iter::once(organisation::lock_window(1)).chain(beside).collect();
    Change { act: act(act_id, "test"), key: 0, locks, then: Box::new(then) }
}

async fn counted(db: &Store) -> i64 {
    db.one(organisation::window(1)).await.unwrap().unwrap().floor
}

async fn prepare(db: &TestDb) {
    let session = sessions::SessionRow {
        id: 1,
        site: "jb".into(),
        code: "A01".into(),
        staff: 7,
        opened_at: 1,
        closed_at: 0,
    };
    let stmts = vec![organisation::put_window(&queue(0)), sessions::open(&session)];
    db.commit(plain("prepare", vec![], stmts)).await.unwrap();
    for id in 1..=3 {
        db.commit(receive(&format!("r{id}"), id, "JB20261122")).await.unwrap();
    }
}

db_test!(who_comes_second_in_a_batch_sees_what_came_first, async |db| {
    prepare(&db).await;
    let acts: Vec<String> = (0..300).map(|n| format!("a{n}")).collect();
    let answers = join_all(acts.iter().map(|act| db.commit(count(act, vec![])))).await;
    let mut seen: Vec<i64> = answers.into_iter().map(|a| a.unwrap().body.parse().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=300).collect::<Vec<_>>());
    assert_eq!(counted(&db).await, 300);
});

db_test!(a_change_that_fails_takes_nobody_with_it, async |db| {
    prepare(&db).await;
    // Of five in a row one goes on, one is refused, one refused after it drew a number, one meets a number that
    // exists, and one a document that does not.
    let change = |n: i64| {
        let act = format!("a{n}");
        match n % 5 {
            0 => receive(&act, 100 + n, PREFIX),
            1 => step(&act, 1, 99),
            2 => yichuang_testkit::sample::refused_late(&act, 100 + n, PREFIX),
            3 => receive(&act, 1, PREFIX),
            _ => plain(&act, vec![], vec![documents::set_state(1, "issued")]),
        }
    };
    let results = join_all((0..200).map(|n| db.commit(change(n)))).await;
    for (n, result) in results.iter().enumerate() {
        let as_expected = match n % 5 {
            0 => result.is_ok(),
            1 | 2 => matches!(result, Err(CommitError::Refused(_))),
            3 => matches!(result, Err(CommitError::Store(StoreError::Duplicate(_)))),
            _ => matches!(result, Err(CommitError::EffectMissed { .. })),
        };
        assert!(as_expected, "{n}: {result:?}");
    }
    assert_eq!(db.one(series::last(&format!("case_no/{PREFIX}"))).await.unwrap(), Some(40));
    let refused = db.all(yichuang_storage::refusals::page((0, ""), 1000)).await.unwrap();
    assert_eq!(refused.len(), 80);
    let report = journal::verify(&db).await.unwrap();
    assert_eq!((report.fault, report.cases), (None, 43));
});

/// Voids the document by the lock of its case alone, as a case act does.
fn void(case: i64) -> Change {
    plain(&format!("void{case}"), vec![cases::lock(case)], vec![documents::void(&format!("号{case}"))])
}

/// Issues the document under its own lock, unless it is void by then.
fn issue(case: i64) -> Change {
    let then = move |rows: &Rows| {
        let row: documents::DocumentRow = rows.get(0)?;
        match row.state == documents::VOIDED {
            true => Err(Stop::from(yichuang_domain::RefusalCode::StaleVersion)),
            false => {
                let stmts = vec![documents::set_state(case, "issued")];
                Ok(Plan::effects(Effects { stmts, ..Effects::default() }))
            }
        }
    };
    let act = act(&format!("issue{case}"), "test");
    Change { act, key: 0, locks: vec![documents::lock(case)], then: Box::new(then) }
}

db_test!(what_one_change_writes_over_another_does_not_decide_on, async |db| {
    const CASES: i64 = 150;
    for id in 1..=CASES {
        let document = documents::DocumentRow {
            id,
            case_id: id,
            number: format!("号{id}"),
            kind: "decision".into(),
            template: "决定书@2026-01-01".into(),
            data: "{}".into(),
            data_sm3: String::new(),
            state: documents::NUMBERED.into(),
            at: 1,
        };
        db.commit(receive(&format!("r{id}"), id, PREFIX)).await.unwrap();
        db.commit(plain(&format!("d{id}"), vec![], vec![documents::insert(&document)])).await.unwrap();
    }
    let both = (1..=CASES).flat_map(|id| [void(id), issue(id)]);
    for result in join_all(both.map(|change| db.commit(change))).await {
        assert!(matches!(result, Ok(_) | Err(CommitError::Refused(_))), "{result:?}");
    }
    for id in 1..=CASES {
        // Issued before or refused after: in either case it is void at the end.
        assert_eq!(db.one(documents::by_id(id)).await.unwrap().unwrap().state, documents::VOIDED);
    }
});

db_test!(four_nodes_on_one_case_one_series_and_one_queue_never_stand_still, async |db| {
    prepare(&db).await;
    let nodes: Vec<Store> = match db.place() {
        Place::Folder(_) => (0..NODES).map(|_| db.store()).collect(), // one process has it for itself
        place @ Place::Postgres(_) => join_all((0..NODES).map(|_| Store::open_existing(place)))
            .await
            .into_iter()
            .collect::<Result<_, _>>()
            .unwrap(),
    };
    let seconds = std::env::var(SOAK).map_or(SECONDS, |text| text.parse().expect("seconds"));
    let (end, next) = (Instant::now() + Duration::from_secs(seconds), AtomicI64::new(1000));
    let callers = (0..NODES * CALLERS * KINDS).map(|caller| {
        let (node, next) = (&nodes[caller % NODES], &next);
        async move {
            let mut done = 0_u64;
            while Instant::now() < end {
                let id = next.fetch_add(1, Ordering::Relaxed);
                node.commit(contended(caller / NODES % KINDS, id)).await.unwrap();
                done += 1;
            }
            done
        }
    });
    let done = join_all(callers).await;
    println!(
        "{} changes in {seconds} s; the fewest of one caller {}",
        done.iter().sum::<u64>(),
        done.iter().min().unwrap()
    );
    assert!(done.iter().all(|done| *done > 0), "somebody never came to his turn: {done:?}");
    let of_kind = |kind: usize| {
        let own = done.iter().enumerate().filter(|(caller, _)| caller / NODES % KINDS == kind);
        own.map(|(_, done)| *done as i64).sum::<i64>()
    };
    assert_eq!(db.one(cases::by_id(1)).await.unwrap().unwrap().version, 1 + of_kind(0));
    assert_eq!(db.one(series::last(&format!("case_no/{PREFIX}"))).await.unwrap(), Some(of_kind(1)));
    assert_eq!(counted(&db).await, of_kind(2) + of_kind(3));
    assert_eq!(journal::verify(&db).await.unwrap().fault, None);
    drop(nodes);
    assert_eq!(deadlocks(&db).await, 0);
});

/// How often the server had to end a deadlock. Every connection but this one is closed first: a connection reports
/// what it has counted at the latest when it ends.
async fn deadlocks(db: &TestDb) -> i64 {
    let Place::Postgres(url) = db.place() else { return 0 }; // the embedded engine has no row locks
    let client = connect(url).await;
    let others = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    client.batch_execute(others).await.unwrap();
    let asked = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    client.query_one(asked, &[]).await.unwrap().get(0)
}

/// Kinds of what the nodes do against each other.
const KINDS: usize = 5;

/// One case all move, one series all draw from, one row all lock (some with a case before or after it), and a
/// session that most share and some want for themselves.
fn contended(kind: usize, id: i64) -> Change {
    let act = format!("c{id}");
    match kind {
        0 => Change { locks: vec![cases::lock(1), sessions::share(7)], ..step(&act, 1, 0) },
        1 => Change { locks: vec![sessions::share(7)], ..receive(&act, id, PREFIX) },
        2 => count(&act, vec![]),
        3 => count(&act, vec![cases::lock(2 + id % 2), sessions::share(7)]),
        _ => plain(&act, vec![cases::lock(2 + id % 2), sessions::lock(7)], vec![]),
    }
}
