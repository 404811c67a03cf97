//! Opening: what is there stays, what is strange is refused with a message that says what to do.

use std::collections::BTreeMap;
use yichuang_domain::digest::sm3;
use yichuang_storage::{Place, Store, StoreError, cases};
use yichuang_testkit::database::{connect, create_database, server, tamper_file};
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

db_test!(the_writing_connection_is_durable, async |mut db| {
    if db.is_sqlite() {
        let settings = settings(&db).await;
        let asked = ["synchronous", "journal_mode", "foreign_keys"].map(|name| settings[name].as_str());
        assert_eq!(asked, ["2", "wal", "1"]);
    } else {
        assert_eq!(settings(&db).await["synchronous_commit"], "on");
        // A server that was told not to wait for the disk is told otherwise.
        let off = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', \
            current_database()); END $$";
        db.tamper(off).await;
        db.reopen().await;
        assert_eq!(settings(&db).await["synchronous_commit"], "on");
    }
});

async fn settings(store: &Store) -> BTreeMap<&'static str, String> {
    store.settings().await.unwrap().into_iter().collect()
}

db_test!(a_place_that_cannot_be_reached_is_said_to_be_so, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let places = if db.is_sqlite() {
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        vec![Place::Folder(file.join("data"))]
    } else {
        let urls = ["postgres://x@127.0.0.1:1/x", "postgres://x@:no port/x"];
        urls.map(|url| Place::Postgres(url.into())).into()
    };
    for place in places {
        let error = Store::open(&place).await.err().unwrap();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
});

db_test!(a_database_that_is_not_as_it_must_be_is_refused, async |db| {
    if db.is_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Place::FILE), "这不是数据库".repeat(1000)).unwrap();
        let error = Store::open(&Place::Folder(folder.path().into())).await.err().unwrap();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    } else {
        let server = server("a_database_that_is_not_as_it_must_be").unwrap();
        let locale = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LC_COLLATE 'C' LC_CTYPE 'C'";
        let (name, url) = create_database(&server, locale).await;
        let error = Store::open(&Place::Postgres(url.clone())).await.err().unwrap();
        assert!(matches!(&error, StoreError::Locale(what) if what == "排序规则不是 C"), "{error:?}");
        assert!(error.to_string().contains("LC_COLLATE 'C'"));
        let admin = connect(&server).await;
        admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        let latin = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        );
        admin.batch_execute(&latin).await.unwrap();
        let error = Store::open(&Place::Postgres(url)).await.err().unwrap();
        assert!(
            matches!(&error, StoreError::Locale(what) if what == "编码是 LATIN1，应为 UTF8"),
            "{error:?}"
        );
        admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    }
});

db_test!(a_place_without_a_database_stays_without_one, async |db| {
    assert!(db.place().holds_database());
    Store::open_existing(db.place()).await.unwrap();
    if db.is_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        let error = Store::open_existing(&place).await.err().unwrap();
        assert!(
            matches!(&error, StoreError::NoDatabase(_)) && error.to_string().contains("--data"),
            "{error}"
        );
        assert!(!place.holds_database() && !folder.path().join("data").exists());
        drop(Store::open(&place).await.unwrap());
        assert!(place.holds_database());
    }
});

/// Every table and index there is, by its definition or name: what opening must not change.
async fn anything(place: &Place) -> Vec<String> {
    match place {
        Place::Folder(folder) => {
            let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
            files.sort();
            let told = |path: &std::path::PathBuf| {
                format!("{} {}", path.display(), sm3(&[&std::fs::read(path).unwrap()]).0)
            };
            files.iter().map(told).collect()
        }
        Place::Postgres(url) => {
            let all = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace";
            connect(url).await.query(all, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
        }
    }
}

/// Opening what must be there fails, changes nothing, and says so in Chinese; the message.
async fn not_opened(place: &Place) -> StoreError {
    let before = anything(place).await;
    let error = Store::open_existing(place).await.err().expect("it does not open");
    assert_eq!(anything(place).await, before, "opening has changed something");
    assert!(!error.to_string().contains("SELECT"), "{error}");
    error
}

db_test!(an_empty_place_is_no_database_and_stays_empty, async |db| {
    if db.is_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Place::FILE), "").unwrap();
        let place = Place::Folder(folder.path().into());
        let error = not_opened(&place).await;
        assert!(matches!(&error, StoreError::NoDatabase(at) if at.starts_with("目录")), "{error:?}");
        drop(Store::open(&place).await.unwrap());
        Store::open_existing(&place).await.unwrap();
        // A database without a table in it.
        let folder = tempfile::tempdir().unwrap();
        tamper_file(folder.path(), "PRAGMA user_version = 1");
        let error = not_opened(&Place::Folder(folder.path().into())).await;
        assert!(matches!(error, StoreError::NoDatabase(_)), "{error:?}");
    } else {
        let server = server("an_empty_place_is_no_database").unwrap();
        let (name, url) = create_database(&server, "LC_COLLATE 'C' LC_CTYPE 'C'").await;
        let place = Place::Postgres(url);
        let error = not_opened(&place).await;
        let told = format!("PostgreSQL 数据库“{name}”中没有一窗数据库。先运行 demo");
        assert!(matches!(error, StoreError::NoDatabase(_)), "{error:?}");
        assert!(error.to_string().starts_with(&told), "{error}");
        drop(Store::open(&place).await.unwrap());
        drop(Store::open_existing(&place).await.unwrap());
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        connect(&server).await.batch_execute(&drop).await.unwrap();
    }
});

db_test!(a_database_whose_register_is_gone_is_damaged, async |mut db| {
    let place = db.place().clone();
    db.close();
    db.tamper("DELETE FROM migrations").await;
    let error = not_opened(&place).await;
    assert!(error.to_string().starts_with("数据库内容损坏：结构登记表 migrations 是空的。"), "{error}");
    assert!(matches!(Store::open(&place).await, Err(StoreError::Damaged(_))));
    db.tamper("DROP TABLE migrations").await;
    let error = not_opened(&place).await;
    assert!(error.to_string().starts_with("数据库内容损坏：没有结构登记表 migrations。"), "{error}");
    assert!(matches!(Store::open(&place).await, Err(StoreError::Damaged(_))));
});

#[cfg(unix)]
db_test!(the_embedded_database_is_for_its_owner_only, async |db| {
    use std::os::unix::fs::PermissionsExt as _;
    if !db.is_sqlite() {
        return; // the server keeps its own files
    }
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("data");
    let store = Store::open(&Place::Folder(folder.clone())).await.unwrap();
    store.commit(receive("a", 1, "JB20261123")).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = Place::files(&folder);
    assert_eq!(files.len(), 3, "the database, its log and index: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
});
