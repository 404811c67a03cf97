//! An upgrade node by node: the new program on the database of the release before, then the migration.

use futures_util::future::join_all;
use yichuang_storage::leases::Lease;
use yichuang_storage::nodes::{LAST, LENGTH, Node};
use yichuang_storage::{Area, Store, StoreError};
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{receive, step};

const BEFORE: &str = "0001_foundation";

db_test!(a_database_of_the_release_before_is_used_as_it_is, async |mut db| {
    db.back_to(BEFORE).await;
    for store in [Store::open(db.place()).await.unwrap(), Store::open_existing(db.place()).await.unwrap()] {
        let schema = store.schema().await.unwrap();
        assert_eq!(schema.applied().collect::<Vec<_>>(), [BEFORE], "opening migrates nothing");
        assert!([Area::Nodes, Area::Files, Area::Anchors].iter().all(|area| !schema.has(*area)));
    }
    db.commit(receive("a", 1, "JB20261123")).await.unwrap();
    let lease = Lease::take(&db, "jobs/test", "me", LENGTH).await;
    let Err(error @ StoreError::Older(_)) = lease else { panic!("no leases yet") };
    assert!(error.to_string().contains("yichuang migrate"), "{error}");
    let node = Node::join(&db, 700, LENGTH).await.unwrap();
    assert_eq!(node.held().number, 700, "not leased");

    // The database is migrated while this program runs on it.
    let applied = Store::migrate(db.place()).await.unwrap();
    assert_eq!(applied.first(), Some(&"0002_nodes"));
    assert_eq!(db.schema().await.unwrap().missing().count(), 0);
    db.commit(step("b", 1, 1)).await.unwrap();
    node.renew().await.unwrap();
    assert!((1..=LAST).contains(&node.held().number), "leased from now on");
    assert_eq!(Store::migrate(db.place()).await.unwrap(), [""; 0]);
});

db_test!(many_migrate_at_once_and_one_does_it, async |mut db| {
    db.back_to(BEFORE).await;
    let place = db.place().clone();
    let all = join_all((0..4).map(|_| Store::migrate(&place))).await;
    let applied: Vec<_> = all.into_iter().map(|applied| applied.expect("nobody fails")).collect();
    let by_whom: Vec<_> = applied.iter().filter(|names| !names.is_empty()).collect();
    assert_eq!(by_whom.len(), 1, "{applied:?}");
    let schema = db.schema().await.unwrap();
    assert_eq!(schema.applied().skip(1).collect::<Vec<_>>(), **by_whom[0]);
});

db_test!(a_migration_that_fails_leaves_nothing_behind, async |mut db| {
    db.back_to(BEFORE).await;
    // Somebody made a table of that name by hand.
    db.tamper("CREATE TABLE leases (a TEXT)").await;
    let error = Store::migrate(db.place()).await.expect_err("it fails");
    assert!(error.to_string().contains("leases"), "{error}");
    assert_eq!(db.schema().await.unwrap().applied().collect::<Vec<_>>(), [BEFORE]);
    assert!(db.prepare("SELECT number FROM nodes").await.is_err(), "the tables before it are gone, too");
    db.tamper("DROP TABLE leases").await;
    assert!(!Store::migrate(db.place()).await.unwrap().is_empty());
});

db_test!(a_program_that_runs_notices_a_newer_schema, async |db| {
    db.tamper("INSERT INTO migrations (name, sm3) VALUES ('9999_future', '')").await;
    assert!(matches!(db.schema().await, Err(StoreError::Newer(name)) if name == "9999_future"));
    assert!(matches!(Store::migrate(db.place()).await, Err(StoreError::Newer(_))));
});
