//! Absences in code: `domain` has no I/O, clock, randomness or floating point; SQL and databases are
//! known to `storage` alone.

use crate::rust::Rust;
use crate::tree::{File, Finding, Tree};

/// Paths `domain` must not use: files, network, environment, processes, threads, clocks.
const IMPURE: [[&str; 2]; 9] = [
    ["std", "fs"],
    ["std", "net"],
    ["std", "io"],
    ["std", "env"],
    ["std", "process"],
    ["std", "thread"],
    ["std", "time"],
    ["Timestamp", "now"],
    ["Zoned", "now"],
];

/// Words `domain` must not use. Hash maps iterate in random order; floats round twice.
const IMPURE_WORDS: [&str; 11] = [
    "SystemTime",
    "HashMap",
    "HashSet",
    "RandomState",
    "f32",
    "f64",
    "async",
    "await",
    "println",
    "eprintln",
    "tracing",
];

/// Words only `storage` and the crates that measure or damage databases may use.
const DATABASE_WORDS: [&str; 3] = ["rusqlite", "tokio_postgres", "deadpool_postgres"];

/// Crates that may know SQL. `bench` and `testkit` compare with bare engines and damage journals;
/// `xtask` names what it looks for.
const KNOW_SQL: [&str; 4] = ["crates/storage/", "crates/bench/", "crates/testkit/", "xtask/"];

/// Checks the absences.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        tree.files.iter().filter(|f| f.in_src("domain")).flat_map(impure).collect();
    for file in tree.files.iter().filter(|file| !KNOW_SQL.iter().any(|known| file.path.starts_with(known))) {
        findings.extend(knows_sql(file));
    }
    findings
}

fn impure(file: &File) -> Vec<Finding> {
    let Some(rust) = &file.rust else { return Vec::new() };
    let mut findings = Vec::new();
    let mut tell = |line, what: String| {
        findings.push(Finding::new(
            &file.path,
            line,
            format!("`domain` uses `{what}`"),
            "domain is the law in code: no I/O, clock, randomness, async or floating point; the same facts always give the same answer",
            "take it as a parameter, use BTreeMap or whole numbers, or move the code to app",
        ));
    };
    for (path, line) in rust.paths() {
        let hit = IMPURE.iter().any(|bad| path.windows(2).any(|pair| pair == bad));
        let word = path.iter().any(|name| IMPURE_WORDS.contains(&name.as_str()));
        if hit || word {
            tell(line, path.join("::"));
        }
    }
    for token in rust.idents().filter(|t| matches!(t.text.as_str(), "async" | "await")) {
        tell(token.line, token.text.clone());
    }
    findings
}

fn knows_sql(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |line, what: String| {
        findings.push(Finding::new(
            &file.path,
            line,
            what,
            "nothing outside storage knows SQL or an engine",
            "give storage a function for it",
        ));
    };
    if file.path.ends_with(".sql") && !file.path.starts_with("migrations/") {
        tell(1, "an SQL file outside crates/storage/sql and migrations".into());
    }
    let Some(rust) = &file.rust else { return findings };
    for token in rust.idents().filter(|token| DATABASE_WORDS.contains(&token.text.as_str())) {
        tell(token.line, format!("`{}` is named", token.text));
    }
    for (line, text) in rust.strings().filter(|(_, text)| looks_like_sql(text)) {
        if !(forges(file, rust) && changes(&text)) {
            tell(line, format!("SQL: {:.40}", text.trim()));
        }
    }
    findings
}

/// A test that plays the forger, past the platform: a test file that calls something named `tamper…`.
fn forges(file: &File, rust: &Rust) -> bool {
    file.is_test_file() && rust.idents().any(|token| token.text.starts_with("tamper"))
}

/// A forger changes rows; a test that reads them asks storage.
fn changes(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("").to_uppercase();
    matches!(first.as_str(), "UPDATE" | "INSERT" | "DELETE")
}

/// Whether a string is a statement: by its first words in one case, not by words that prose uses too.
pub fn looks_like_sql(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    if first != first.to_uppercase() && first != first.to_lowercase() {
        return false;
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    let starts = [
        "INSERT INTO ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "CREATE UNIQUE ",
        "ALTER TABLE ",
        "DROP TABLE ",
        "PRAGMA ",
        "WITH RECURSIVE ",
    ];
    starts.iter().any(|start| text.starts_with(start))
        || text.starts_with("SELECT ")
            && (text.contains(" FROM ") || text[7..].starts_with(|c: char| c.is_ascii_digit()))
        || text.starts_with("UPDATE ") && text.contains(" SET ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn domain_stays_pure() {
        let bad = "//! X.\nuse std::{collections::HashMap, fs};\nfn now() -> std::time::SystemTime { x }\nasync fn f(x: f64) {}\n";
        let tree = Tree::of(&[("crates/domain/src/a.rs", bad)]);
        let told = told(&check(&tree));
        let expected = [
            "2 `domain` uses `std::collections::HashMap`",
            "2 `domain` uses `std::fs`",
            "3 `domain` uses `std::time::SystemTime`",
            "4 `domain` uses `f64`",
            "4 `domain` uses `async`",
        ];
        assert_eq!(told, expected.map(|e| format!("crates/domain/src/a.rs:{e}")));
    }

    #[test]
    fn tests_of_domain_and_other_crates_may() {
        let tree = Tree::of(&[
            ("crates/domain/src/a.rs", "//! X.\n#[cfg(test)] mod tests { use std::fs; }"),
            ("crates/domain/src/case/tests.rs", "use std::fs;"),
            ("crates/app/src/lib.rs", "use std::fs;"),
        ]);
        assert_eq!(told(&check(&tree)), [""; 0]);
    }

    #[test]
    fn sql_stays_in_storage() {
        let source = "//! X.\nuse rusqlite::Connection;\nconst Q: &str = \"SELECT a\n FROM b\";\nfn f() { g!(\"update t set x = 1\"); h(\"Select a file from the list\") }";
        let told = told(&check(&Tree::of(&[
            ("crates/app/src/a.rs", source),
            ("crates/storage/src/a.rs", source),
            ("crates/app/q.sql", ""),
        ])));
        let expected = [
            "q.sql:1 an SQL file outside crates/storage/sql and migrations",
            "src/a.rs:2 `rusqlite` is named",
        ];
        assert!(expected.iter().all(|e| told.contains(&format!("crates/app/{e}"))), "{told:?}");
        assert!(told.iter().any(|t| t.starts_with("crates/app/src/a.rs:3 SQL: SELECT a")), "{told:?}");
        assert!(told.iter().any(|t| t.starts_with("crates/app/src/a.rs:5 SQL: update t set")), "{told:?}");
        assert_eq!(told.len(), 4, "prose and storage may: {told:?}");
    }

    #[test]
    fn a_forger_writes_and_does_not_read() {
        let forger = "//! T.\nfn f() { db.tamper(\"UPDATE a SET b = 1\"); }\n";
        let reader = "//! T.\nfn f() { db.tamper(x); db.ask(\"SELECT a FROM b\"); }\n";
        let honest = "//! T.\nfn f() { db.run(\"UPDATE a SET b = 1\"); }\n";
        let tree = |path: &str, text: &str| told(&check(&Tree::of(&[(path, text)]))).len();
        let test = "crates/cli/tests/it/a.rs";
        assert_eq!([forger, reader, honest].map(|text| tree(test, text)), [0, 1, 1]);
        assert_eq!(tree("crates/cli/src/a.rs", forger), 1, "not in the program");
    }
}
