//! Opening: what is there stays, what is strange is refused with a message that says what to do.

use std::collections::BTreeMap;
use yichuang_storage::{Place, Store, StoreError, cases};
use yichuang_testkit::database::{create_database, on_sqlite, runtime, server};
use yichuang_testkit::db_test;
use yichuang_testkit::sample::receive;

db_test!(what_is_on_record_is_there_after_opening_again, async |mut db| {
    db.commit(receive("a", 1, "JB20261123")).await.unwrap();
    db.reopen().await;
    assert_eq!(db.one(cases::by_id(1)).await.unwrap().unwrap().case_no, "JB20261123000001");
    assert!(db.commit(receive("a", 1, "JB20261123")).await.unwrap().repeated);
});

db_test!(a_database_of_a_newer_release_is_refused, async |db| {
    db.tamper("INSERT INTO migrations (name, sm3) VALUES ('9999_future', '')").await;
    let error = Store::open(db.place()).await.err().unwrap();
    assert!(matches!(&error, StoreError::Newer(name) if name == "9999_future"));
    assert_eq!(
        error.to_string(),
        "数据库结构比本程序新（9999_future）。请改用新版程序打开，数据未作任何改动。"
    );
});

db_test!(a_changed_migration_is_refused, async |db| {
    db.tamper("UPDATE migrations SET sm3 = '0' WHERE name = '0001_foundation'").await;
    let error = Store::open(db.place()).await.err().unwrap();
    assert!(matches!(error, StoreError::MigrationChanged(name) if name == "0001_foundation"));
});

db_test!(the_writing_connection_is_durable, async |db| {
    let settings: BTreeMap<_, _> = db.settings().await.unwrap().into_iter().collect();
    if db.is_sqlite() {
        let asked = ["synchronous", "journal_mode", "foreign_keys"].map(|name| settings[name].as_str());
        assert_eq!(asked, ["2", "wal", "1"]);
    } else {
        assert_eq!(settings["synchronous_commit"], "on");
    }
});

#[test]
fn a_server_that_was_told_not_to_wait_for_the_disk_is_told_otherwise() {
    let Some(server) = server("a_server_that_was_told_not_to_wait_for_the_disk") else { return };
    runtime().block_on(async {
        let (name, url) = create_database(&server, "LC_COLLATE 'C' LC_CTYPE 'C'").await;
        let client = yichuang_testkit::database::connect(&server).await;
        client.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
        let store = Store::open(&Place::Postgres(url)).await.unwrap();
        let settings: BTreeMap<_, _> = store.settings().await.unwrap().into_iter().collect();
        assert_eq!(settings["synchronous_commit"], "on");
        drop(store);
        client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    });
}

#[test]
fn a_postgres_that_sorts_otherwise_is_refused() {
    let Some(server) = server("a_postgres_that_sorts_otherwise_is_refused") else { return };
    runtime().block_on(async {
        let locale = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LC_COLLATE 'C' LC_CTYPE 'C'";
        let (name, url) = create_database(&server, locale).await;
        let error = Store::open(&Place::Postgres(url)).await.err().unwrap();
        assert!(matches!(&error, StoreError::Locale(what) if what == "排序规则不是 C"), "{error:?}");
        assert!(error.to_string().contains("LC_COLLATE 'C'"));
        let client = yichuang_testkit::database::connect(&server).await;
        client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    });
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_so() {
    runtime().block_on(async {
        let error = Store::open(&Place::Postgres("postgres://x@127.0.0.1:1/x".into())).await.err().unwrap();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        let error = Store::open(&Place::Postgres("postgres://x@:no port/x".into())).await.err().unwrap();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    });
}

#[test]
fn a_folder_without_a_database_stays_without_one() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        let error = Store::open_existing(&place).await.err().unwrap();
        assert!(matches!(&error, StoreError::NoDatabase(_)));
        assert!(error.to_string().contains("--data"), "{error}");
        assert!(!place.holds_database() && !folder.path().join("data").exists());
        drop(Store::open(&place).await.unwrap());
        assert!(place.holds_database());
        Store::open_existing(&place).await.unwrap();
    });
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_damaged() {
    on_sqlite(async |db| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Place::FILE), "这不是数据库".repeat(1000)).unwrap();
        let error = Store::open(&Place::Folder(folder.path().into())).await.err().unwrap();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        drop(db);
    });
}

#[test]
fn a_folder_that_cannot_be_made_is_said_to_be_so() {
    runtime().block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Store::open(&Place::Folder(file.join("data"))).await.err().unwrap();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    });
}
