//! One SQL text for both engines: every file prepares on both, and keeps the rules that make that last.

use std::path::{Path, PathBuf};
use yichuang_testkit::db_test;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn sql_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let name = |path: &Path| {
        path.strip_prefix(&root).unwrap().with_extension("").to_str().unwrap().replace('\\', "/")
    };
    files(&root).iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

db_test!(every_statement_prepares, async |db| {
    let all = sql_files();
    assert!(all.len() > 80, "only {} statements found", all.len());
    for (name, sql) in all {
        if let Err(error) = db.prepare(&sql).await {
            panic!("{name}: {error}");
        }
    }
});

#[test]
fn parameters_are_numbered_in_order_of_first_use() {
    for (name, sql) in sql_files() {
        let mut highest = 0;
        for text in sql.split('$').skip(1) {
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            let number: u32 = digits.parse().unwrap_or_else(|_| panic!("{name}: a $ without a number"));
            assert!(number <= highest + 1, "{name}: ${number} comes before ${}", highest + 1);
            highest = highest.max(number);
        }
    }
}

#[test]
fn no_statement_uses_what_the_engines_do_differently() {
    let banned =
        [" LIKE ", "NULL OR", "->", "::", "NOW()", "CURRENT_", "date(", "||", " RANDOM", "OFFSET", ";", "?"];
    for (name, sql) in sql_files() {
        let upper = sql.to_uppercase();
        for word in banned {
            assert!(!upper.contains(&word.to_uppercase()), "{name}: {word}");
        }
        assert!(!upper.contains("UPDATE JOURNAL") && !upper.contains("DELETE FROM JOURNAL"), "{name}");
    }
}

#[test]
fn every_statement_is_used() {
    let source: String = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for (name, _) in sql_files() {
        assert!(source.contains(&format!("\"{name}\"")), "{name} is used nowhere");
    }
}
