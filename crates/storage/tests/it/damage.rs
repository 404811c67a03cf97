//! Rows and tables that cannot be read: said so in Chinese, with the table's name, and never as a refused write.

use yichuang_storage::{CommitError, Record, Store, StoreError, cases, journal, meta};
use yichuang_testkit::sample::{receive, step};
use yichuang_testkit::{TestDb, db_test};

async fn said<T: Record>(db: &Store, query: yichuang_storage::Query<T>) -> String {
    let error = db.all(query).await.err().expect("it cannot be read");
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains("没有写入") && !text.contains("journal verify"), "{text}");
    assert!(text.ends_with("请停止办理，保全数据库，从备份恢复。"), "{text}");
    text
}

async fn spoil(db: &TestDb, sqlite: &str, postgres: &str) {
    db.tamper(if db.is_sqlite() { sqlite } else { postgres }).await;
}

db_test!(an_unreadable_row_is_damage_and_names_its_table, async |db| {
    db.commit(receive("r", 1, "JB20261123")).await.unwrap();
    let no_text = "ALTER TABLE journal ALTER COLUMN body DROP NOT NULL; UPDATE journal SET body = NULL";
    spoil(&db, "UPDATE journal SET body = x'ff00'", no_text).await;
    let text = said(&db, journal::of_case(1)).await;
    assert!(text.starts_with("数据库内容损坏：数据表 journal 中有读不出的内容"), "{text}");
    assert!(matches!(journal::verify(&db).await, Err(StoreError::Damaged(_))));

    let no_number = "ALTER TABLE cases ALTER COLUMN version DROP NOT NULL; UPDATE cases SET version = NULL";
    spoil(&db, "UPDATE cases SET version = 'x'", no_number).await;
    let text = said(&db, cases::by_id(1)).await;
    assert!(text.starts_with("数据库内容损坏：数据表 cases 中"), "{text}");
    // Under a lock, too.
    let error = db.commit(step("s", 1, 0)).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Damaged(_))), "{error:?}");
});

db_test!(text_that_is_no_text_is_damage, async |db| {
    db.commit(receive("r", 1, "JB20261123")).await.unwrap();
    let bytes = "ALTER TABLE journal ALTER COLUMN body TYPE BYTEA USING '\\xfffe'::bytea";
    spoil(&db, "UPDATE journal SET body = CAST(x'fffe' AS TEXT)", bytes).await;
    let text = said(&db, journal::of_case(1)).await;
    assert!(text.contains("数据表 journal 中有读不出的内容"), "{text}");
});

db_test!(a_missing_table_or_column_is_damage, async |db| {
    db.tamper("DROP TABLE meta").await;
    assert!(said(&db, meta::get("k")).await.contains("缺少表或者列 meta。"));
    db.tamper("ALTER TABLE parties RENAME COLUMN sm3 TO sm4").await;
    assert!(said(&db, yichuang_storage::parties::by_id(1)).await.contains("缺少表或者列 sm3"));
});

db_test!(a_write_that_fails_is_said_to_have_written_nothing, async |db| {
    let postgres = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE EXCEPTION 'no'; END $$; \
        CREATE TRIGGER no BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION no()";
    let sqlite = "CREATE TRIGGER no BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END";
    spoil(&db, sqlite, postgres).await;
    let error = db.commit(receive("r", 1, "JB20261123")).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::NotWritten(_))), "{error:?}");
    assert!(error.to_string().ends_with("no。没有写入任何内容，请联系系统管理员查看日志。"), "{error}");
    assert_eq!(db.one(cases::by_id(1)).await.unwrap(), None);
});
