//! A whole database copied from one engine to the other and back: every table and every row, or nothing.

use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio_postgres::SimpleQueryMessage;
use yichuang_storage::copy::{CopyError, TableSum, copy};
use yichuang_storage::{Place, Store, StoreError, journal};
use yichuang_testkit::TestDb;
use yichuang_testkit::database::{connect, connection, create_database, server, tamper_file};
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{receive, step};

/// More rows than are read at a time.
const MANY: i64 = 1100;

/// An empty place of each engine, and what drops them.
pub(crate) struct Elsewhere {
    pub(crate) folder: tempfile::TempDir,
    database: Option<(String, String, String)>,
}

impl Elsewhere {
    pub(crate) async fn made(test: &str) -> Elsewhere {
        let database = match server(test) {
            None => None,
            Some(server) => {
                let (name, url) = create_database(&server, "LC_COLLATE 'C' LC_CTYPE 'C'").await;
                Some((server, name, url))
            }
        };
        Elsewhere { folder: tempfile::tempdir().unwrap(), database }
    }

    pub(crate) fn places(&self) -> Vec<Place> {
        let folder = Place::Folder(self.folder.path().join("new"));
        let url = self.database.iter().map(|(_, _, url)| Place::Postgres(url.clone()));
        std::iter::once(folder).chain(url).collect()
    }

    pub(crate) async fn removed(self) {
        if let Some((server, name, _)) = &self.database {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            connect(server).await.batch_execute(&drop).await.unwrap();
        }
    }
}

/// What an engine itself says it holds: every table with its columns, every row as text.
async fn dump(place: &Place) -> BTreeMap<String, Vec<Vec<String>>> {
    match place {
        Place::Folder(folder) => dump_file(folder),
        Place::Postgres(url) => {
            let client = connect(url).await;
            let rows = async |sql: &str| {
                let answer = client.simple_query(sql).await.unwrap();
                let rows = answer.into_iter().filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => {
                        Some((0..row.len()).map(|n| row.get(n).unwrap().to_owned()).collect())
                    }
                    _ => None,
                });
                rows.collect::<Vec<Vec<String>>>()
            };
            let mut all = BTreeMap::new();
            for table in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").await {
                let sql = format!(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = '{}' ORDER BY ordinal_position",
                    table[0]
                );
                let mut whole = vec![rows(&sql).await.concat()];
                let mut content = rows(&format!("SELECT * FROM {}", table[0])).await;
                content.sort();
                whole.append(&mut content);
                all.insert(table[0].clone(), whole);
            }
            all
        }
    }
}

fn dump_file(folder: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let db = connection(folder);
    let mut names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let table = |name: String| {
        let mut select = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
        let cell = |row: &rusqlite::Row, n| match row.get_ref(n).unwrap() {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str().unwrap().to_owned(),
        };
        let width = columns.len();
        let rows = select.query_map([], |row| Ok((0..width).map(|n| cell(row, n)).collect()));
        let mut rows: Vec<Vec<String>> = rows.unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows.insert(0, columns);
        (name, rows)
    };
    names.into_iter().map(table).collect()
}

/// Rows in every table, by what the engine itself says its columns are: a table nobody thought of is filled, too.
async fn fill(db: &TestDb) {
    let numbers = number_columns().await;
    for (table, rows) in dump(db.place()).await.iter().filter(|(table, _)| *table != "migrations") {
        let columns = &rows[0];
        let value = |n: i64, column: &String| match numbers.contains(&(table.clone(), column.clone())) {
            true => n.to_string(),
            false => format!("'一行\t{n}\\n\n''𠮷\"'"),
        };
        let row = |n| {
            let values: Vec<String> = columns.iter().map(|column| value(n, column)).collect();
            format!("({})", values.join(", "))
        };
        let rows: Vec<String> = (1..=MANY).map(row).collect();
        db.tamper(&format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), rows.join(", "))).await;
    }
}

/// The columns declared BIGINT, as a new embedded database has them.
async fn number_columns() -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(&Place::Folder(folder.path().into())).await.unwrap());
    let db = connection(folder.path());
    let sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND c.type = 'BIGINT'";
    let mut select = db.prepare(sql).unwrap();
    let all = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    all.map(Result::unwrap).collect()
}

fn rows_of(sums: &[TableSum], table: &str) -> u64 {
    sums.iter().find(|sum| sum.table == table).unwrap().rows
}

db_test!(every_table_arrives_with_every_row_and_comes_back, async |db| {
    fill(&db).await;
    let source = dump(db.place()).await;
    assert!(source.len() >= 26 && source.values().all(|rows| rows.len() > 1), "{:?}", source.keys());
    let elsewhere = Elsewhere::made("copy").await;
    for to in elsewhere.places() {
        let sums = copy(db.place(), &to, &|_| {}).await.unwrap();
        let there = dump(&to).await;
        for (table, rows) in &source {
            assert_eq!(there.get(table), Some(rows), "{table}");
            assert_eq!(rows_of(&sums, table), rows.len() as u64 - 1);
        }
        assert_eq!((there.len(), sums.len()), (source.len(), source.len()));
        let back = Elsewhere::made("copy").await;
        for place in back.places() {
            assert_eq!(copy(&to, &place, &|_| {}).await.unwrap(), sums);
            assert_eq!(dump(&place).await, source);
        }
        back.removed().await;
    }
    elsewhere.removed().await;
});

db_test!(a_copy_is_of_one_moment_though_work_goes_on, async |db| {
    for id in 1..=50 {
        db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.unwrap();
    }
    let elsewhere = Elsewhere::made("copy").await;
    for to in elsewhere.places() {
        let (stop, next) = (AtomicBool::new(false), AtomicI64::new(1));
        let writer = async || {
            while !stop.load(Ordering::Relaxed) {
                let n = next.fetch_add(1, Ordering::Relaxed);
                db.commit(step(&format!("{to:?}/{n}"), n % 50 + 1, 0)).await.unwrap();
            }
        };
        let copying = async {
            let sums = copy(db.place(), &to, &|_| {}).await;
            stop.store(true, Ordering::Relaxed);
            sums.unwrap()
        };
        let (sums, _) = futures_util::future::join(copying, join_all((0..8).map(|_| writer()))).await;
        let copied = Store::open_existing(&to).await.unwrap();
        let report = journal::verify(&copied).await.unwrap();
        assert_eq!((report.fault, report.cases), (None, 50));
        assert_eq!(report.records, rows_of(&sums, "journal"));
        assert_eq!(rows_of(&sums, "acts"), rows_of(&sums, "journal"));
    }
    elsewhere.removed().await;
});

db_test!(a_place_that_is_not_empty_stays_as_it_is, async |db| {
    db.commit(receive("r1", 1, "JB20261123")).await.unwrap();
    let elsewhere = Elsewhere::made("copy").await;
    for to in elsewhere.places() {
        copy(db.place(), &to, &|_| {}).await.unwrap();
        db.commit(step(&format!("{to:?}"), 1, 0)).await.unwrap();
        let before = dump(&to).await;
        let error = copy(db.place(), &to, &|_| {}).await.unwrap_err();
        assert!(matches!(error, CopyError::NotEmpty(_)), "{error:?}");
        assert!(error.to_string().contains("已有数据，没有写入任何内容。请"), "{error}");
        assert_eq!(dump(&to).await, before);
        let error = copy(&to, &to, &|_| {}).await.unwrap_err();
        assert!(matches!(error, CopyError::NotEmpty(_)), "{error:?}");
    }
    elsewhere.removed().await;
});

db_test!(a_copy_that_fails_leaves_the_place_empty, async |db| {
    db.commit(receive("r1", 1, "JB20261123")).await.unwrap();
    let elsewhere = Elsewhere::made("copy").await;
    for to in elsewhere.places() {
        // Another program opens it as what it is: nothing, in which anything may be made.
        db.tamper("INSERT INTO journal (case_id, seq, body, hash) VALUES (77, 1, 'x', 'y')").await;
        let error = copy(db.place(), &to, &|_| {}).await.unwrap_err();
        assert!(
            matches!(&error, CopyError::Store(StoreError::Database(text)) if text.to_lowercase().contains("foreign key")),
            "{error:?}"
        );
        if let Place::Folder(folder) = &to {
            assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
        }
        db.tamper("DELETE FROM journal WHERE case_id = 77").await;
        copy(db.place(), &to, &|_| {}).await.unwrap();
    }
    elsewhere.removed().await;
});

db_test!(there_must_be_something_to_copy, async |db| {
    let elsewhere = Elsewhere::made("copy").await;
    let to = elsewhere.folder.path().join("to");
    for from in elsewhere.places() {
        let error = copy(&from, &Place::Folder(to.clone()), &|_| {}).await.unwrap_err();
        assert!(matches!(error, CopyError::Store(StoreError::NoDatabase(_))), "{error:?}");
        assert!(!to.exists(), "nothing is made for what is not there");
    }
    db.tamper("INSERT INTO migrations (name, sm3) VALUES ('9999_future', 'x')").await;
    let error = copy(db.place(), &Place::Folder(to.clone()), &|_| {}).await.unwrap_err();
    assert!(
        matches!(&error, CopyError::Store(StoreError::Newer(name)) if name == "9999_future"),
        "{error:?}"
    );
    assert!(!to.exists());
    elsewhere.removed().await;
});

db_test!(what_is_of_the_wrong_kind_is_named, async |db| {
    let Place::Folder(folder) = db.place().clone() else { return }; // the server knows its kinds
    tamper_file(&folder, "INSERT INTO series (name, last) VALUES ('受理', 'viele')");
    let to = Place::Folder(folder.join("to"));
    let error = copy(db.place(), &to, &|_| {}).await.unwrap_err();
    let told = error.to_string();
    assert!(told.contains("数据表 series 的 last 中有类型不符的内容"), "{told}");
    assert!(!to.holds_database());
});
