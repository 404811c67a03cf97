//! The proxy cuts where it says, and the server's side of it is as it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use yichuang_testkit::database::{connect, create_database, runtime, server};
use yichuang_testkit::proxy::{Cut, Proxy};

#[test]
fn what_was_cut_after_commit_is_committed_and_what_was_cut_before_is_not() {
    let Some(server) = server("what_was_cut_after_commit_is_committed") else { return };
    runtime().block_on(async {
        let (name, url) = create_database(&server, "LC_COLLATE 'C' LC_CTYPE 'C'").await;
        let direct = connect(&url).await;
        direct.batch_execute("CREATE TABLE t (n BIGINT)").await.unwrap();
        for (cut, rows) in [(Cut::Not, 1), (Cut::Before, 0), (Cut::After, 1), (Cut::Answered, 1)] {
            let at = Arc::new(move |is_commit| if is_commit { cut } else { Cut::Not });
            let proxy = Proxy::start(&url, at).await;
            let client = connect(&proxy.url(&url)).await;
            client.batch_execute("BEGIN").await.unwrap();
            client.execute("INSERT INTO t (n) VALUES ($1)", &[&1_i64]).await.unwrap();
            let committed = client.batch_execute("COMMIT").await;
            assert_eq!(committed.is_ok(), cut == Cut::Not, "{cut:?}: {committed:?}");
            // The lock waits for a transaction that is still at it.
            direct.batch_execute("BEGIN; LOCK TABLE t IN EXCLUSIVE MODE").await.unwrap();
            let count = direct.query_one("SELECT COUNT(*) FROM t", &[]).await.unwrap();
            assert_eq!(count.get::<_, i64>(0), rows, "{cut:?}");
            direct.batch_execute("DELETE FROM t; COMMIT").await.unwrap();
        }
        drop(direct);
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        connect(&server).await.batch_execute(&drop).await.unwrap();
    });
}

#[test]
fn a_connection_may_be_cut_anywhere_and_the_next_one_works() {
    let Some(server) = server("a_connection_may_be_cut_anywhere") else { return };
    runtime().block_on(async {
        let cut = Arc::new(AtomicBool::new(true));
        let once = cut.clone();
        let plan = move |_| if once.swap(false, Ordering::SeqCst) { Cut::Before } else { Cut::Not };
        let proxy = Proxy::start(&server, Arc::new(plan)).await;
        let client = connect(&proxy.url(&server)).await;
        assert!(client.query_one("SELECT 1", &[]).await.is_err());
        let client = connect(&proxy.url(&server)).await;
        assert!(client.query_one("SELECT 1", &[]).await.is_ok());
        assert!(!cut.load(Ordering::SeqCst));
    });
}
