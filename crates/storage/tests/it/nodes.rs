//! Node numbers, leases and counters: each held by one, taken over from who fell silent, given back.

use futures_util::future::{join, join_all};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use yichuang_storage::leases::{self, Lease};
use yichuang_storage::nodes::{self, LAST, LENGTH, MAX_SKEW, Node};
use yichuang_storage::{Change, CommitError, Effects, Place, Plan, Store, StoreError, cases, epochs};
use yichuang_testkit::database::connect;
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{act, receive};

/// So long that no renewal comes by itself.
const LONG: Duration = Duration::from_secs(3600);

async fn enter(store: &Store) -> Node {
    Node::join(store, LAST + 1, LONG).await.expect("a number")
}

db_test!(every_node_has_a_number_of_its_own, async |db| {
    let nodes = join_all((0..24).map(|_| enter(&db))).await;
    let numbers: BTreeSet<i64> = nodes.iter().map(|node| node.held().number).collect();
    assert_eq!(numbers, (1..=24).collect());
    assert!(nodes.iter().all(|node| node.check().is_ok()));
});

db_test!(a_number_given_back_is_used_again_above_what_was_made_with_it, async |db| {
    let first = enter(&db).await;
    first.drew(1 << 50);
    first.leave().await;
    let second = enter(&db).await;
    assert_eq!((second.held().number, second.held().above), (1, 1 << 50));
    assert_eq!(second.held().not_before, 0, "its last holder told all");
    // What is on record counts, whoever made it.
    second.leave().await;
    db.tamper(&format!("INSERT INTO parties VALUES ({}, '', '', '')", 1_i64 << 51)).await;
    assert_eq!(enter(&db).await.held().above, 1 << 51);
});

db_test!(a_number_of_who_fell_silent_is_taken_over, async |db| {
    let silent = enter(&db).await;
    silent.drew(1 << 50);
    silent.renew().await.unwrap();
    db.tamper("UPDATE nodes SET until_at = 1").await; // a minute has passed
    let before = db.now().await.unwrap();
    let next = enter(&db).await;
    let now = db.now().await.unwrap();
    assert_eq!((next.held().number, next.held().above), (1, 1 << 50), "also what it made by a clock ahead");
    assert!((before + MAX_SKEW..=now + MAX_SKEW).contains(&next.held().not_before), "{:?}", next.held());
    // The silent one does not know yet; the database does.
    let standing = db.one(epochs::standing(1)).await.unwrap().unwrap();
    assert_eq!(standing.holder, next.holder());
    silent.renew().await.unwrap();
    assert_eq!(silent.held().number, 2, "it goes on with another number");
    assert_eq!(next.held().number, 1);
});

db_test!(nobody_without_a_number_writes, async |db| {
    let node = enter(&db).await;
    let store = db.store().of_node(&node);
    store.commit(receive("a", 1, "JB20261123")).await.unwrap();
    node.leave().await;
    let refused = store.commit(receive("b", 2, "JB20261123")).await.expect_err("given back");
    assert!(matches!(&refused, CommitError::Store(StoreError::NoNumber(why)) if why.contains("正在关闭")));
    let reading = db.store().read_only();
    let refused = reading.commit(receive("b", 2, "JB20261123")).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::ReadOnly))));
    assert!(reading.one(cases::by_id(1)).await.unwrap().is_some());
    assert_eq!(db.one(cases::by_id(2)).await.unwrap(), None);
});

db_test!(the_next_change_takes_a_number_again_once_there_is_one, async |db| {
    let late = Node::join(&db, LAST + 1, Duration::ZERO).await.unwrap(); // over as soon as it is taken
    let error = late.check().unwrap_err().to_string();
    assert!(error.starts_with("本节点没有有效的节点号（与数据库失去联系过久），本次没有办理。"), "{error}");
    late.leave().await; // it would go on asking for a number

    let node = enter(&db).await;
    let store = db.store().of_node(&node);
    let until = db.now().await.unwrap() + 1_000_000;
    let row = |number| format!("INSERT INTO nodes VALUES ({number}, 'x', {until}, 0);");
    let rows: String = (1..=LAST).map(row).collect();
    db.tamper(&format!("BEGIN; DELETE FROM nodes; {rows} COMMIT")).await; // at once: somebody may be asking
    assert!(matches!(node.renew().await, Err(StoreError::NumbersTaken(LAST))), "its own is another's");
    let refused = store.commit(receive("a", 1, "JB20261123")).await.expect_err("no number");
    assert!(refused.to_string().contains("没有有效的节点号（节点号已全部占用"), "{refused}");
    assert_eq!(node.held().number, 0);

    db.tamper("UPDATE nodes SET until_at = 0 WHERE number >= 300").await;
    let acts: Vec<String> = (1..=16).map(|n| format!("b{n}")).collect();
    let all = acts.iter().zip(1..).map(|(act, id)| store.commit(receive(act, id, "JB20261123")));
    join_all(all).await.into_iter().for_each(|done| assert!(done.is_ok(), "{done:?}"));
    let rows = db.all(nodes::all()).await.unwrap();
    let taken: Vec<i64> = rows.iter().filter(|r| r.holder == node.holder()).map(|r| r.number).collect();
    assert_eq!(taken, [300], "one, whoever asked first");
});

db_test!(when_all_numbers_are_taken_it_is_said, async |db| {
    let until = db.now().await.unwrap() + 1_000_000;
    let row = |number| format!("INSERT INTO nodes VALUES ({number}, 'x', {until}, 0);");
    db.tamper(&(1..=LAST).map(row).collect::<String>()).await;
    let error = Node::join(&db, LAST + 1, LENGTH).await.expect_err("none is left");
    assert_eq!(error.to_string(), "节点号已全部占用（511 个）。停用不再需要的节点，一分钟后重试。");
    db.tamper("UPDATE nodes SET until_at = 0 WHERE number = 300").await;
    assert_eq!(enter(&db).await.held().number, 300);
});

db_test!(a_lease_is_held_by_one, async |db| {
    let takers: Vec<String> = (0..16).map(|n| format!("node {n}")).collect();
    let taken = join_all(takers.iter().map(|who| Lease::take(&db, "jobs/test", who, LENGTH))).await;
    let mut won: Vec<Lease> = taken.into_iter().filter_map(|taken| taken.unwrap()).collect();
    assert_eq!(won.len(), 1);
    let first = won.remove(0);
    assert!(first.renew().await.unwrap());
    assert!(Lease::take(&db, "jobs/other", "node 1", LENGTH).await.unwrap().is_some(), "other work");

    db.tamper("UPDATE leases SET until_at = 1").await; // it ran out
    assert!(first.renew().await.unwrap(), "nobody wanted it");
    db.tamper("UPDATE leases SET until_at = 1").await;
    let second = Lease::take(&db, "jobs/test", "a later node", LENGTH).await.unwrap().expect("free");
    assert!(!first.renew().await.unwrap());
    first.give_back().await.unwrap();
    let row = db.all(leases::all()).await.unwrap().pop().unwrap();
    assert_eq!((row.name.as_str(), row.holder.as_str()), ("jobs/test", "a later node"));
    assert!(row.until_at > db.now().await.unwrap(), "what is another's is not given back");
    second.give_back().await.unwrap();
    assert!(Lease::take(&db, "jobs/test", "node 1", LENGTH).await.unwrap().is_some());
});

db_test!(counters_move_in_the_change_and_an_act_sees_them, async |db| {
    let moves = |id: &str, kind: &'static str| Change {
        act: act(id, "test"),
        key: 0,
        locks: vec![epochs::read_lock(0), epochs::lock(kind)],
        then: Box::new(move |rows| {
            let seen = epochs::under_lock(rows, 0)?.expect("there is such a lock");
            assert!(epochs::under_lock(rows, 2)?.is_none(), "there is none");
            let answer = format!("{} {} {}", seen.calendar, seen.organisation, rows.get::<i64>(1)?);
            let stmts = vec![epochs::move_on(kind)];
            Ok(Plan::effects(Effects { stmts, answer, witness: None }))
        }),
    };
    let mut seen = Vec::new();
    for (id, kind) in [("a", epochs::CALENDAR), ("b", epochs::ORGANISATION), ("c", epochs::CALENDAR)] {
        seen.push(db.commit(moves(id, kind)).await.unwrap().body);
    }
    assert_eq!(seen, ["1 1 1", "2 1 1", "2 2 2"]);
    // At once: one after the other, none lost.
    let ids: Vec<String> = (0..16).map(|n| format!("d{n}")).collect();
    join_all(ids.iter().map(|id| db.commit(moves(id, epochs::ORGANISATION)))).await.into_iter().for_each(
        |done| {
            done.unwrap();
        },
    );
    let now = db.one(epochs::standing(0)).await.unwrap().unwrap();
    assert_eq!((now.calendar, now.organisation, now.holder.as_str()), (3, 18, ""));
    assert!(matches!(db.commit(moves("e", "weather")).await, Err(CommitError::LockMissed { .. })));
});

db_test!(the_table_of_nodes_names_machine_and_process, async |db| {
    let node = enter(&db).await;
    let row = db.all(nodes::all()).await.unwrap().pop().unwrap();
    assert_eq!(row.holder, node.holder());
    assert!(row.holder.contains(&format!("/{}/", std::process::id())), "{}", row.holder);
});

db_test!(settling_waits_for_what_has_begun_to_write, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return db.settle().await.unwrap() };
    let ours = "SET application_name = 'yichuang'; BEGIN ISOLATION LEVEL REPEATABLE READ;";
    let (writes, reads) = (connect(&url).await, connect(&url).await);
    writes.batch_execute(&format!("{ours} INSERT INTO meta VALUES ('a', 'b')")).await.unwrap();
    reads.batch_execute(&format!("{ours} SELECT key FROM meta")).await.unwrap();
    let ended = AtomicBool::new(false);
    let settles = async {
        db.settle().await.unwrap();
        assert!(ended.load(Ordering::SeqCst), "it did not wait");
    };
    let ends = async {
        for _ in 0..10 {
            db.now().await.unwrap();
        }
        ended.store(true, Ordering::SeqCst);
        writes.batch_execute("COMMIT").await.unwrap();
    };
    join(settles, ends).await;
    reads.batch_execute("COMMIT").await.unwrap();
});
