//! A backup made while work goes on is restored onto either engine; one that is cut, changed or newer is told.

use crate::copy::Elsewhere;
use futures_util::future::{join, join_all};
use sm3::{Digest as _, Sm3};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use yichuang_storage::backup::{Manifest, backup, restore};
use yichuang_storage::copy::CopyError;
use yichuang_storage::{Place, Store, StoreError, journal};
use yichuang_testkit::TestDb;
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{receive, step};

const NAME: &str = "yichuang-20261123-093000";
const AT: i64 = 1_795_397_400_000;
const CASES: i64 = 50;

async fn with_cases(db: &TestDb) {
    for id in 1..=CASES {
        db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.unwrap();
    }
}

async fn back_up(db: &TestDb, to: &Path) -> (PathBuf, Manifest) {
    backup(db.place(), to, (NAME, AT), None, &|_| {}).await.unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

db_test!(a_backup_made_under_load_is_restored_whole_on_either_engine, async |db| {
    with_cases(&db).await;
    let (stop, next) = (AtomicBool::new(false), AtomicI64::new(1));
    let writer = async || {
        while !stop.load(Ordering::Relaxed) {
            let n = next.fetch_add(1, Ordering::Relaxed);
            db.commit(step(&format!("s{n}"), n % CASES + 1, 0)).await.unwrap();
        }
    };
    let elsewhere = Elsewhere::made("backup").await;
    let to = elsewhere.folder.path().join("backups");
    let backing = async {
        let made = back_up(&db, &to).await;
        stop.store(true, Ordering::Relaxed);
        made
    };
    let ((path, manifest), _) = join(backing, join_all((0..8).map(|_| writer()))).await;
    assert_eq!(path, to.join(NAME));
    assert_eq!(names(&to), [NAME], "nothing unfinished remains");
    assert_eq!(names(&path), ["manifest.json", "manifest.json.sm3", "yichuang.db"]);
    assert_eq!(Manifest::read(&path).unwrap(), manifest);
    assert_eq!((manifest.made_at, manifest.rows("cases")), (AT, CASES as u64));
    assert_eq!(manifest.engine, if db.is_sqlite() { "sqlite" } else { "postgresql" });
    assert!(next.load(Ordering::Relaxed) > 1, "nothing was written meanwhile");

    for place in elsewhere.places() {
        assert_eq!(restore(&path, &place, &|_| {}).await.unwrap(), manifest);
        let restored = Store::open_existing(&place).await.unwrap();
        let report = journal::verify(&restored).await.unwrap();
        assert_eq!((report.fault, report.cases), (None, CASES as u64));
        assert_eq!(report.records, manifest.rows("journal"));
        restored.commit(step("after", 1, 0)).await.unwrap();
    }
    elsewhere.removed().await;
});

/// Restoring it fails with this, onto both engines, and leaves both empty.
async fn refused(backup: &Path, elsewhere: &Elsewhere, told: &str) {
    for to in elsewhere.places() {
        let error = restore(backup, &to, &|_| {}).await.unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
        assert!(error.contains("。请") && error.ends_with("没有恢复任何内容。"), "{error}");
        match &to {
            Place::Folder(folder) => assert!(!folder.exists(), "nothing is made"),
            Place::Postgres(_) => {
                let open = Store::open_existing(&to).await.err();
                assert!(matches!(open, Some(StoreError::NoDatabase(_))), "{open:?}");
            }
        }
    }
}

db_test!(a_backup_that_is_not_what_it_was_is_told, async |db| {
    with_cases(&db).await;
    let elsewhere = Elsewhere::made("backup").await;
    let (path, manifest) = back_up(&db, &elsewhere.folder.path().join("backups")).await;
    let file = |name: &str| path.join(name);
    let whole = |name: &str| std::fs::read(file(name)).unwrap();
    let originals = ["yichuang.db", "manifest.json", "manifest.json.sm3"].map(|name| (name, whole(name)));
    let put_back = || originals.iter().for_each(|(name, bytes)| std::fs::write(file(name), bytes).unwrap());

    let bytes = manifest.database.bytes;
    for left in [0, 1, bytes / 2, bytes - 1] {
        std::fs::write(file("yichuang.db"), &originals[0].1[..left as usize]).unwrap();
        refused(&path, &elsewhere, &format!("数据库文件应为 {bytes} 字节，只有 {left} 字节")).await;
    }
    std::fs::remove_file(file("yichuang.db")).unwrap();
    refused(&path, &elsewhere, "缺少数据库文件 yichuang.db").await;
    put_back();
    for place in [0, 100, bytes / 3, bytes - 1] {
        let mut flipped = originals[0].1.clone();
        flipped[place as usize] ^= 1;
        std::fs::write(file("yichuang.db"), flipped).unwrap();
        refused(&path, &elsewhere, "数据库文件 yichuang.db 的内容与清单不符").await;
    }
    put_back();
    for (name, told) in [("manifest.json", "清单内容与摘要不符"), ("manifest.json.sm3", "清单内容与摘要不符")]
    {
        let mut flipped = whole(name);
        flipped[20] ^= 1;
        std::fs::write(file(name), flipped).unwrap();
        refused(&path, &elsewhere, told).await;
        std::fs::remove_file(file(name)).unwrap();
        refused(&path, &elsewhere, "不是一份完整的备份（缺少清单）").await;
        put_back();
    }
    // A row more, and a manifest made to agree with the file: what a careful forger does who forgets the tables.
    yichuang_testkit::database::tamper_file(&path, "INSERT INTO meta (key, value) VALUES ('x', 'y')");
    let forged = whole("yichuang.db");
    rewrite(&path, |manifest| {
        manifest["database"]["bytes"] = forged.len().into();
        manifest["database"]["sm3"] = sm3(&forged).into();
    });
    for to in elsewhere.places() {
        let error = restore(&path, &to, &|_| {}).await.unwrap_err();
        assert!(matches!(&error, CopyError::Differs(table) if table == "meta"), "{error:?}");
        assert!(Store::open_existing(&to).await.is_err(), "nothing is half-done");
    }
    put_back();
    for place in elsewhere.places() {
        restore(&path, &place, &|_| {}).await.unwrap();
    }
    elsewhere.removed().await;
});

fn sm3(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Changes the manifest and its digest.
fn rewrite(backup: &Path, change: impl Fn(&mut serde_json::Value)) {
    let path = backup.join("manifest.json");
    let mut manifest = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    let text = manifest.to_string();
    std::fs::write(&path, &text).unwrap();
    std::fs::write(backup.join("manifest.json.sm3"), sm3(text.as_bytes())).unwrap();
}

db_test!(a_backup_of_a_newer_release_is_told, async |db| {
    let elsewhere = Elsewhere::made("backup").await;
    let (path, _) = back_up(&db, &elsewhere.folder.path().join("backups")).await;
    rewrite(&path, |manifest| {
        manifest["program"] = "9.1.0".into();
        manifest["new"] = "what this release knows nothing of".into();
    });
    Manifest::read(&path).expect("a field more is no other format");
    let schema = |manifest: &mut serde_json::Value| {
        let all = manifest["schema"].as_array_mut().unwrap();
        all.push(serde_json::json!({"name": "9999_future", "sm3": "x"}));
    };
    rewrite(&path, schema);
    refused(&path, &elsewhere, "备份由新版程序（9.1.0）制作，本程序不能恢复").await;
    rewrite(&path, |manifest| *manifest = serde_json::json!({"format": 2, "program": "9.1.0"}));
    refused(&path, &elsewhere, "备份由新版程序（9.1.0）制作，本程序不能恢复").await;
    elsewhere.removed().await;
});

db_test!(a_database_that_was_not_migrated_yet_is_backed_up_as_it_is, async |mut db| {
    db.back_to("0001_foundation").await;
    with_cases(&db).await;
    let elsewhere = Elsewhere::made("backup").await;
    let (path, manifest) = back_up(&db, &elsewhere.folder.path().join("backups")).await;
    assert_eq!(manifest.schema.len(), 1);
    for place in elsewhere.places() {
        restore(&path, &place, &|_| {}).await.unwrap();
        let restored = Store::open_existing(&place).await.unwrap();
        assert_eq!(restored.schema().await.unwrap().applied().collect::<Vec<_>>(), ["0001_foundation"]);
        assert_eq!(journal::verify(&restored).await.unwrap().cases, CASES as u64);
        assert!(!Store::migrate(&place).await.unwrap().is_empty());
    }
    elsewhere.removed().await;
});

db_test!(what_is_there_is_never_overwritten, async |db| {
    with_cases(&db).await;
    let elsewhere = Elsewhere::made("backup").await;
    let to = elsewhere.folder.path().join("backups");
    let (path, manifest) = back_up(&db, &to).await;
    let error = backup(db.place(), &to, (NAME, AT), None, &|_| {}).await.unwrap_err();
    assert!(matches!(error, CopyError::Io { .. }), "{error:?}");
    assert_eq!((names(&to), Manifest::read(&path).unwrap()), (vec![NAME.to_owned()], manifest));
    for place in elsewhere.places() {
        restore(&path, &place, &|_| {}).await.unwrap();
        let error = restore(&path, &place, &|_| {}).await.unwrap_err();
        assert!(matches!(error, CopyError::NotEmpty(_)), "{error:?}");
        assert_eq!(journal::verify(&Store::open_existing(&place).await.unwrap()).await.unwrap().fault, None);
    }
    let nothing = Place::Folder(elsewhere.folder.path().join("nothing"));
    let error = backup(&nothing, &to, ("other", AT), None, &|_| {}).await.unwrap_err();
    assert!(matches!(error, CopyError::Store(StoreError::NoDatabase(_))), "{error:?}");
    assert_eq!(names(&to), [NAME]);
    elsewhere.removed().await;
});
