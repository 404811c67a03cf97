//! Races of an act with itself, callers who walk away, and a server that hangs up.

use futures_util::future::join_all;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use yichuang_storage::{
    Change, CommitError, Effects, Place, Plan, Rows, Store, StoreError, acts, cases, journal, meta,
};
use yichuang_testkit::database::connect;
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{act, receive, step};

const PREFIX: &str = "JB20261123";

db_test!(one_act_sent_many_times_at_once_is_one_act, async |db| {
    for round in 1..=8 {
        let name = format!("r{round}");
        let answers = join_all((0..32).map(|_| db.commit(receive(&name, round, PREFIX)))).await;
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.unwrap()).collect();
        assert!(answers.iter().all(|answer| answer.body == format!("JB20261123{round:06}")));
        assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
        let answers = join_all((0..32).map(|_| db.commit(step(&format!("s{round}"), round, 1)))).await;
        assert_eq!(answers.into_iter().filter(|answer| !answer.as_ref().unwrap().repeated).count(), 1);
        assert_eq!(db.one(cases::by_id(round)).await.unwrap().unwrap().version, 2);
    }
});

db_test!(locks_in_opposite_order_never_stand_still, async |db| {
    db.commit(receive("1", 1, PREFIX)).await.unwrap();
    db.commit(receive("2", 2, PREFIX)).await.unwrap();
    let both = |n: i64| {
        let locks = if n % 2 == 0 { [1, 2] } else { [2, 1] }.map(cases::lock).into();
        let then = move |_: &Rows| {
            let stmts = vec![meta::put(&format!("k{n}"), "v")];
            Ok(Plan::effects(Effects { stmts, ..Effects::default() }))
        };
        db.commit(Change { act: act(&format!("b{n}"), "test"), key: 0, locks, then: Box::new(then) })
    };
    for result in join_all((0..64).map(both)).await {
        result.unwrap();
    }
});

db_test!(a_caller_who_walks_away_leaves_no_transaction_open, async |db| {
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    for n in 0..40 {
        let store = db.store();
        let caller = tokio::spawn(async move { store.commit(step(&format!("s{n}"), 1, 0)).await });
        tokio::task::yield_now().await;
        caller.abort();
    }
    // The case's row is free, and whatever was begun was either done or not.
    db.commit(step("last", 1, 0)).await.unwrap();
    let report = journal::verify(&db).await.unwrap();
    assert_eq!(report.fault, None, "{report}");
});

/// Tells when it is dropped, and whether a panic did it.
struct Tell(std::sync::mpsc::Sender<bool>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.send(std::thread::panicking()).unwrap();
    }
}

/// A change that says when it runs and then waits; it holds `held`.
fn slow<T: Send + Sync + 'static>(held: T, runs: SyncSender<()>, go_on: Receiver<()>) -> Change {
    let go_on = Mutex::new(go_on);
    let then = move |_: &Rows| {
        let _ = &held;
        runs.send(()).unwrap();
        go_on.lock().unwrap().recv().unwrap();
        Ok(Plan::effects(Effects { stmts: vec![meta::put("k", "v")], ..Effects::default() }))
    };
    Change { act: act("slow", "test"), key: 0, locks: vec![], then: Box::new(then) }
}

db_test!(a_change_is_gone_before_its_answer_comes, async |db| {
    let held = Arc::new(());
    for n in 0..100 {
        let held_too = held.clone();
        let then = move |_: &Rows| {
            let _ = &held_too;
            Ok(Plan::effects(Effects::default()))
        };
        let act = act(&format!("a{n}"), "test");
        db.commit(Change { act, key: 0, locks: vec![], then: Box::new(then) }).await.unwrap();
        assert_eq!(Arc::strong_count(&held), 1, "the change is still held after its answer");
    }
});

db_test!(a_change_that_holds_the_last_handle_closes_the_store, async |db| {
    let (told, dropped) = channel();
    let ((runs, running), (go, go_on)) = (sync_channel(1), sync_channel(1));
    let store = Store::open(db.place()).await.unwrap();
    // The handle goes first, then the witness of how that went.
    let change = slow((store.clone(), Mutex::new(Tell(told))), runs, go_on);
    let caller = tokio::spawn(async move { store.commit(change).await });
    tokio::task::spawn_blocking(move || running.recv().unwrap()).await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    let wait = move || dropped.recv_timeout(std::time::Duration::from_secs(30));
    let panicking = tokio::task::spawn_blocking(wait).await.unwrap().expect("the store closes");
    assert!(!panicking, "closing the store panicked");
    assert_eq!(db.one(meta::get("k")).await.unwrap().as_deref(), Some("v"));
});

db_test!(a_server_that_hangs_up_is_asked_again, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // the embedded engine has no connection to lose
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    let hang_up = async || {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'yichuang'";
        connect(&url).await.batch_execute(all).await.unwrap();
    };
    // Between two changes.
    hang_up().await;
    db.commit(step("idle", 1, 1)).await.unwrap();
    // In the middle of them: every answer is true, and no act is done twice.
    let (acts, done) = (200, Arc::new(AtomicU32::new(0)));
    let work = (0..acts).map(|n| {
        let (db, done) = (&db, done.clone());
        async move {
            db.commit(step(&format!("s{n}"), 1, 0)).await.unwrap();
            done.fetch_add(1, Ordering::Relaxed);
        }
    });
    let trouble = async {
        for part in 1..4 {
            while done.load(Ordering::Relaxed) < acts * part / 5 {
                tokio::task::yield_now().await;
            }
            hang_up().await;
        }
    };
    futures_util::future::join(join_all(work), trouble).await;
    assert_eq!(db.one(cases::by_id(1)).await.unwrap().unwrap().version, i64::from(acts) + 2);
    assert!(db.one(acts::by_id("s0")).await.unwrap().is_some());
    assert_eq!(journal::verify(&db).await.unwrap().fault, None);
});

db_test!(who_holds_a_row_too_long_stops_neither_reads_nor_the_others_for_good, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // the embedded engine has no row locks
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    let holder = connect(&url).await;
    holder.batch_execute("BEGIN; SELECT * FROM cases FOR UPDATE").await.unwrap();
    // More changes than there are connections; whatever else is to be done goes on beside them.
    let began = std::time::Instant::now();
    let store = db.store();
    let writers = tokio::spawn(async move {
        let acts: Vec<String> = (0..20).map(|n| format!("s{n}")).collect();
        join_all(acts.iter().map(|act| store.commit(step(act, 1, 0)))).await
    });
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND wait_event_type = 'Lock'";
    let watcher = connect(&url).await;
    while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(db.one(cases::by_id(1)).await.unwrap().unwrap().version, 1);
    let others = (2..40).map(|id| db.commit(receive(&format!("o{id}"), id, PREFIX)));
    for result in join_all(others).await {
        result.unwrap();
    }
    assert!(!writers.is_finished(), "reads and other changes were answered while these wait");
    for result in writers.await.unwrap() {
        assert!(matches!(result, Err(CommitError::Store(StoreError::Busy))), "{result:?}");
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    holder.batch_execute("ROLLBACK").await.unwrap();
    db.commit(step("s0", 1, 1)).await.unwrap();
});

db_test!(a_read_whose_connection_is_lost_is_asked_again, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // the embedded engine has no connection to lose
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    let hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'yichuang'";
    let killer = connect(&url).await;
    for _ in 0..20 {
        // A read that is under way when the server hangs up: it waits for the table.
        killer.batch_execute("BEGIN; LOCK TABLE cases").await.unwrap();
        let read = async { db.one(cases::by_id(1)).await.unwrap().unwrap() };
        let trouble = async {
            let waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'cases'::regclass";
            while killer.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
                tokio::task::yield_now().await;
            }
            killer.batch_execute(hang_up).await.unwrap();
            killer.batch_execute("COMMIT").await.unwrap();
        };
        assert_eq!(futures_util::future::join(read, trouble).await.0.version, 1);
    }
});
