//! A full disk: a message, nothing half-written, and work goes on once there is room.

use futures_util::future::join_all;
use yichuang_storage::{CommitError, Store, StoreError, acts, journal};
use yichuang_testkit::database::on_sqlite;
use yichuang_testkit::sample::{receive, step};

const MESSAGE: &str = "磁盘或者数据库空间已满，本次没有写入任何内容。请清理磁盘或者扩大空间后重新提交。";

async fn pages(db: &Store) -> u32 {
    let settings = db.settings().await.unwrap();
    settings.iter().find(|(name, _)| *name == "page_count").unwrap().1.parse().unwrap()
}

#[test]
fn a_full_disk_loses_nothing_and_leaves_nothing_half_written() {
    on_sqlite(async |db| {
        let used = pages(&db).await;
        assert_eq!(db.limit_pages(used + 12).await.unwrap(), i64::from(used) + 12);
        // 16 callers at once, so that batches run full in the middle.
        let (mut done, mut full) = (Vec::new(), Vec::new());
        for round in 0..200 {
            let ids: Vec<i64> = (0..16).map(|n| round * 16 + n + 1).collect();
            let sent = ids.iter().map(|id| db.commit(receive(&format!("r{id}"), *id, "JB20261123")));
            for (id, result) in ids.iter().zip(join_all(sent).await) {
                match result {
                    Ok(_) => done.push(*id),
                    Err(error) => {
                        assert!(matches!(error, CommitError::Store(StoreError::Full)), "{error:?}");
                        assert_eq!(error.to_string(), MESSAGE);
                        full.push(*id);
                    }
                }
            }
            if full.len() > 40 {
                break;
            }
        }
        assert!(!done.is_empty() && full.len() > 40, "{} done, {} met a full disk", done.len(), full.len());
        on_record(&db, &done, &full).await;

        // Room again: the very same acts go through, the numbers without a gap.
        db.limit_pages(used + 100_000).await.unwrap();
        for id in &full {
            assert!(!db.commit(receive(&format!("r{id}"), *id, "JB20261123")).await.unwrap().repeated);
        }
        done.extend(full);
        on_record(&db, &done, &[]).await;
        db.commit(step("s", done[0], 1)).await.unwrap();
    });
}

async fn on_record(db: &Store, done: &[i64], undone: &[i64]) {
    for (ids, expected) in [(done, true), (undone, false)] {
        for id in ids {
            let act = db.one(acts::by_id(&format!("r{id}"))).await.unwrap();
            assert_eq!(act.is_some(), expected, "act r{id}");
        }
    }
    let report = journal::verify(db).await.unwrap();
    assert_eq!((report.fault, report.cases), (None, done.len() as u64));
}
