//! A full disk: a message, nothing half-written, and work goes on once there is room.

use futures_util::future::join_all;
use std::io::Write as _;
use yichuang_domain::digest::sm3;
use yichuang_storage::{
    Change, CommitError, Effects, Place, Plan, Rows, Store, StoreError, acts, journal, series, texts,
};
use yichuang_testkit::database::{connect, create_database, on_sqlite, runtime};
use yichuang_testkit::sample::{act, receive, step};
use yichuang_testkit::server::{Server, SmallDisk};

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

/// A text that takes room, and a number without a gap. The act is `t<id>`.
fn text(id: i64) -> Change {
    let body: String = (0..1000).map(|n| sm3(&[&i64::to_be_bytes(id * 10_000 + n)]).0).collect();
    let then = move |_: &Rows| {
        let [kind, sm3] = ["test", ""].map(String::from);
        let row = texts::TextRow { id, case_id: 1, kind, body: body.clone(), sm3 };
        let effects = Effects { stmts: vec![texts::insert(&row)], ..Effects::default() };
        Ok(Plan::numbered(vec![series::next("texts")], move |_| Ok(effects)))
    };
    Change { act: act(&format!("t{id}"), "test"), key: id, locks: vec![], then: Box::new(then) }
}

/// Sends texts, sixteen at once, until so many have failed; which went through, and which did not and why.
async fn fill(db: &Store, first: i64, enough: usize) -> (Vec<i64>, Vec<(i64, StoreError)>) {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for round in 0..1000 {
        let ids: Vec<i64> = (0..16).map(|n| first + round * 16 + n).collect();
        for (id, result) in ids.iter().zip(join_all(ids.iter().map(|id| db.commit(text(*id)))).await) {
            match result {
                Ok(_) => done.push(*id),
                Err(CommitError::Store(error)) => failed.push((*id, error)),
                Err(error) => panic!("{id}: {error:?}"),
            }
        }
        if failed.len() >= enough {
            break;
        }
    }
    assert!(failed.len() >= enough, "{} done, {} failed", done.len(), failed.len());
    (done, failed)
}

/// Acts and texts of these and no others, and numbers without a gap.
async fn texts_on_record(db: &Store, done: &[i64], undone: &[i64]) {
    for (ids, expected) in [(done, true), (undone, false)] {
        for id in ids {
            let act = db.one(acts::by_id(&format!("t{id}"))).await.unwrap();
            assert_eq!(act.is_some(), expected, "act t{id}");
            assert_eq!(db.one(texts::by_id(*id)).await.unwrap().is_some(), expected, "text {id}");
        }
    }
    let drawn = db.one(series::last("texts")).await.unwrap();
    assert_eq!(drawn, Some(done.len() as i64));
}

#[test]
fn a_server_without_room_for_its_tables_writes_nothing_half() {
    const NAME: &str = "a_server_without_room_for_its_tables";
    let Some(disk) = SmallDisk::mount(NAME, 24) else { return };
    let Some(server) = Server::start(NAME, "") else { return };
    server.give(disk.path());
    runtime().block_on(async {
        let small = format!("CREATE TABLESPACE small LOCATION '{}'", disk.path().display());
        connect(&server.url("postgres")).await.batch_execute(&small).await.unwrap();
        let locale = "LC_COLLATE 'C' LC_CTYPE 'C' TABLESPACE small";
        let (_, url) = create_database(&server.url("postgres"), locale).await;
        let db = Store::open(&Place::Postgres(url)).await.unwrap();
        let (mut done, failed) = fill(&db, 1, 40).await;
        assert!(!done.is_empty());
        assert!(failed.iter().all(|(_, error)| error.to_string() == MESSAGE), "{failed:?}");
        assert_eq!(db.health().await.unwrap_err().to_string(), MESSAGE);
        let full: Vec<i64> = failed.into_iter().map(|(id, _)| id).collect();
        texts_on_record(&db, &done, &full).await;

        disk.grow(128);
        for id in &full {
            assert!(!db.commit(text(*id)).await.unwrap().repeated);
        }
        db.health().await.unwrap();
        done.extend(full);
        texts_on_record(&db, &done, &[]).await;
    });
}

#[test]
fn a_server_without_room_for_its_log_loses_nothing() {
    const NAME: &str = "a_server_without_room_for_its_log";
    let Some(disk) = SmallDisk::mount(NAME, 120) else { return };
    let Some(mut server) = Server::start_on(NAME, &disk, "-c max_wal_size=64MB") else { return };
    runtime().block_on(async {
        let (_, url) = create_database(&server.url("postgres"), "LC_COLLATE 'C' LC_CTYPE 'C'").await;
        let db = Store::open(&Place::Postgres(url)).await.unwrap();
        let mut done =
            join_all((1..=20).map(async |id| db.commit(text(id)).await.map(|_| id).unwrap())).await;
        // Somebody else's file takes what is left.
        let filler = disk.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        while file.write_all(&[1; 1 << 16]).is_ok() {}
        drop(file);
        let (more, failed) = fill(&db, 100, 40).await;
        done.extend(more);
        let said = db.health().await.unwrap_err().to_string();
        assert!(said.contains("磁盘") && said.ends_with('。'), "{said}");
        std::fs::remove_file(&filler).unwrap();
        if !server.runs() {
            server.restart();
        }
        for (id, error) in &failed {
            // Only where it is not known may it have been done.
            let answer = db.commit(text(*id)).await.unwrap();
            assert!(!answer.repeated || matches!(error, StoreError::Lost), "{id}: {error:?}");
        }
        done.extend(failed.into_iter().map(|(id, _)| id));
        texts_on_record(&db, &done, &[]).await;
    });
}
