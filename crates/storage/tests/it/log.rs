//! The write-ahead log stays bounded though readers overlap all the time.

use futures_util::future::join_all;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use yichuang_storage::{Change, Effects, Place, Plan, Rows, meta};
use yichuang_testkit::database::connection;
use yichuang_testkit::db_test;
use yichuang_testkit::sample::act;

/// Bytes that are written in all, and bytes the log may take: what starts a new log, and once more.
const WRITTEN: u64 = 320 << 20;
const BOUND: u64 = 2 * (64 << 20);

/// At every moment a transaction is reading: each ends only some time after the next has begun.
fn read_without_a_pause(folder: &std::path::Path, stop: &Receiver<()>) -> u32 {
    let mut readers = [connection(folder), connection(folder)];
    let begin = |reader: &rusqlite::Connection| {
        reader.execute_batch("BEGIN").unwrap();
        reader.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get::<_, i64>(0)).unwrap();
    };
    begin(&readers[0]);
    let mut reads = 1;
    while stop.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
        begin(&readers[1]);
        readers[0].execute_batch("COMMIT").unwrap();
        readers.swap(0, 1);
        reads += 1;
    }
    reads
}

db_test!(overlapping_readers_do_not_let_the_log_grow_without_bound, async |db| {
    let Place::Folder(folder) = db.place().clone() else { return }; // the server keeps its own log
    let ((stop, stopped), in_folder) = (channel(), folder.clone());
    let reader = std::thread::spawn(move || read_without_a_pause(&in_folder, &stopped));

    let (mut written, mut longest, mut round) = (0, 0, 0);
    while written < WRITTEN {
        let puts = (0..64).map(|n| {
            // Another text each time: SQLite does not write what has not changed.
            let text = format!("{round:08}").repeat(8 << 10);
            written += text.len() as u64;
            let then = move |_: &Rows| {
                let stmts = vec![meta::put(&format!("k{n}"), &text)];
                Ok(Plan::effects(Effects { stmts, ..Effects::default() }))
            };
            let act = act(&format!("a{round}-{n}"), "test");
            db.commit(Change { act, key: 0, locks: vec![], then: Box::new(then) })
        });
        for result in join_all(puts).await {
            result.unwrap();
        }
        round += 1;
        longest = longest.max(folder.join("yichuang.db-wal").metadata().unwrap().len());
    }
    stop.send(()).unwrap();
    assert!(reader.join().unwrap() > 10);
    assert!(longest < BOUND, "the log grew to {} MiB", longest >> 20);
});
