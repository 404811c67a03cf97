//! One SQL text for both engines, every file in use, migrations without gaps, and records that only grow.

use super::purity::looks_like_sql;
use crate::tree::{File, Finding, Tree};

/// Words only one engine knows, or both read differently. Looked for as whole words, in upper case.
const ONE_ENGINE: [&str; 36] = [
    "LIKE",
    "ILIKE",
    "GLOB",
    "REGEXP",
    "NOW",
    "DATE",
    "TIME",
    "DATETIME",
    "JULIANDAY",
    "STRFTIME",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "INTERVAL",
    "EXTRACT",
    "AUTOINCREMENT",
    "SERIAL",
    "BIGSERIAL",
    "ROWID",
    "PRAGMA",
    "JSON",
    "JSONB",
    "JSON_EXTRACT",
    "IFNULL",
    "NVL",
    "RANDOM",
    "VARCHAR",
    "INTEGER",
    "INT",
    "REAL",
    "BOOLEAN",
    "TRUE",
    "FALSE",
    "REPLACE",
    "UPDATE OF",
    "TIMESTAMP",
];

/// Signs that are not portable, with what they mean.
const ONE_ENGINE_SIGNS: [&str; 6] = ["->", "::", "?", "IS NULL OR", "FOR UPDATE", "INSERT OR"];

/// Records that only grow: no statement changes or removes a row of these tables.
const APPEND_ONLY: [&str; 5] = ["journal", "acts", "refusals", "audit", "reads"];

/// Checks SQL files, SQL in storage's Rust files and migrations.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".sql") {
        let statement = strip(&file.text);
        if file.path.starts_with("crates/storage/sql/") {
            findings.extend(unused(tree, file));
            findings.extend(parameters(file, 1, &statement));
        }
        findings.extend(portable(file, 1, &statement));
        findings.extend(append_only(file, 1, &statement));
    }
    for (file, rust) in tree.rust().filter(|(file, _)| file.in_src("storage")) {
        for (line, text) in rust.strings().filter(|(_, text)| looks_like_sql(text)) {
            let statement = strip(&text);
            findings.extend(append_only(file, line, &statement));
            if !file.path.starts_with("crates/storage/src/db/") {
                findings.extend(portable(file, line, &statement));
            }
        }
    }
    findings.extend(numbered(tree));
    findings
}

/// Comments removed, line breaks kept.
fn strip(text: &str) -> String {
    text.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The statement in upper case without its quoted strings, with single spaces.
fn words(statement: &str) -> String {
    let outside: String = statement.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    outside.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn portable(file: &File, line: usize, statement: &str) -> Vec<Finding> {
    let text = words(statement);
    let mut found: Vec<String> = Vec::new();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    found.extend(ONE_ENGINE.iter().filter(|word| parts.contains(word)).map(|word| word.to_string()));
    found.extend(ONE_ENGINE_SIGNS.iter().filter(|sign| text.contains(*sign)).map(|sign| sign.to_string()));
    for (at, _) in text.match_indices("SUM(") {
        if !text[..at].ends_with("CAST(") {
            found.push("SUM without CAST(SUM(…) AS BIGINT)".into());
        }
    }
    let tell = |what: String| {
        let first = what.split(' ').next().unwrap_or("").to_lowercase();
        let inner = statement.lines().position(|l| l.to_lowercase().contains(&first)).unwrap_or(0);
        let at = if file.path.ends_with(".sql") { inner + 1 } else { line };
        Finding::new(
            &file.path,
            at,
            format!("not portable: {what}"),
            "one SQL text runs on SQLite and on PostgreSQL and must mean the same",
            "TEXT and BIGINT columns, dates and instants made in Rust, filters assembled in Rust",
        )
    };
    found.into_iter().map(tell).collect()
}

/// `$1..$n` in the order of their first use, without gaps.
fn parameters(file: &File, line: usize, statement: &str) -> Option<Finding> {
    let mut next = 1;
    for part in statement.split('$').skip(1) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<usize>() {
            Ok(number) if number < next => {}
            Ok(number) if number == next => next += 1,
            _ => {
                return Some(Finding::new(
                    &file.path,
                    line,
                    format!("parameter ${digits} is used before ${next}"),
                    "SQLite numbers parameters by first use, PostgreSQL by name; in this order both agree",
                    "number the parameters in the order in which they first appear",
                ));
            }
        }
    }
    None
}

fn append_only(file: &File, line: usize, statement: &str) -> Vec<Finding> {
    let text = words(statement);
    let mut found = Vec::new();
    for table in APPEND_ONLY.map(str::to_uppercase) {
        for verb in ["UPDATE", "DELETE FROM", "DROP TABLE", "TRUNCATE"] {
            let hit = text.match_indices(&format!("{verb} {table}")).any(|(at, hit)| {
                !text[at + hit.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            });
            if hit {
                found.push(format!("{verb} {}", table.to_lowercase()));
            }
        }
        if text.contains(&format!("INSERT INTO {table} ")) && text.contains("DO UPDATE") {
            found.push(format!("ON CONFLICT DO UPDATE on {}", table.to_lowercase()));
        }
    }
    let changed = text
        .split_once("UPDATE DOCUMENTS SET ")
        .map(|(_, rest)| rest.split(" WHERE ").next().unwrap_or(rest));
    let only_state = |set: &str| set.starts_with("STATE =") && !set.contains(',') && text.contains(" WHERE ");
    if changed.is_some_and(|set| !only_state(set)) || text.contains("DELETE FROM DOCUMENTS") {
        found.push("a change of documents other than the step of its state".into());
    }
    let tell = |what| {
        Finding::new(
            &file.path,
            line,
            what,
            "no event and no issued notice is ever changed: the record is what people rely on",
            "record a new event; void the notice and issue a new one",
        )
    };
    found.into_iter().map(tell).collect()
}

fn unused(tree: &Tree, file: &File) -> Option<Finding> {
    let name = file.path.strip_prefix("crates/storage/sql/")?;
    let short = name.strip_suffix(".sql")?;
    let named = |text: &str| text == short || text.ends_with(name);
    let mut sources = tree.rust().filter(|(source, _)| source.path.starts_with("crates/storage/src/"));
    let used = sources.any(|(_, rust)| rust.strings().any(|(_, text)| named(&text)));
    (!used).then(|| {
        Finding::new(
            &file.path,
            1,
            "this statement is not used",
            "a test prepares every statement; one that nobody runs is only read by mistake",
            "remove the file",
        )
    })
}

/// Migrations are `NNNN_<what>.sql`, from 0001, each number once.
fn numbered(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| file.path.starts_with("migrations/"));
    let mut findings = Vec::new();
    for (index, file) in files.enumerate() {
        let expected = format!("migrations/{:04}_", index + 1);
        if !file.path.starts_with(&expected) || !file.path.ends_with(".sql") {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("expected a name that begins with {expected}"),
                "migrations run in the order of their numbers, without gaps or doubles",
                "number it after the last one; a released migration is never renamed or changed",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn sql(text: &str) -> Vec<String> {
        let user = ("crates/storage/src/a.rs", "//! A.\nconst A: &str = include_str!(\"../sql/a/b.sql\");");
        told(&check(&Tree::of(&[("crates/storage/sql/a/b.sql", text), user])))
            .into_iter()
            .map(|t| t.replace("crates/storage/sql/a/b.sql:", ""))
            .collect()
    }

    #[test]
    fn good_statements_pass() {
        let text = "-- like now() and ? in a comment\nSELECT id, CAST(SUM(fen) AS BIGINT) FROM updates\nWHERE a = $1 AND b >= $2 AND c <> 'now()?' AND d = $1 LIMIT $3\n";
        assert_eq!(sql(text), [""; 0]);
        assert_eq!(sql("INSERT INTO journal (case_id, seq) VALUES ($1, $2)"), [""; 0]);
        assert_eq!(
            sql("UPDATE documents SET state = 'written' WHERE id = $1 AND state = 'numbered'"),
            [""; 0]
        );
    }

    #[test]
    fn words_of_one_engine_are_found() {
        for (text, what) in [
            ("SELECT a FROM b\nWHERE c LIKE $1", "2 not portable: LIKE"),
            ("SELECT now()", "1 not portable: NOW"),
            ("SELECT a -> 'x' FROM b", "1 not portable: ->"),
            ("SELECT a FROM b WHERE $1 is null or a = $1", "1 not portable: IS NULL OR"),
            ("SELECT SUM(a) FROM b", "1 not portable: SUM without CAST(SUM(…) AS BIGINT)"),
            ("SELECT a FROM b WHERE c = ?", "1 not portable: ?"),
            ("SELECT a FROM b FOR UPDATE", "1 not portable: FOR UPDATE"),
        ] {
            assert_eq!(sql(text), [what], "{text}");
        }
    }

    #[test]
    fn parameters_come_in_order() {
        assert_eq!(sql("SELECT a FROM b WHERE c = $2 AND d = $1"), ["1 parameter $2 is used before $1"]);
        assert_eq!(sql("SELECT a FROM b WHERE c = $1 AND d = $3"), ["1 parameter $3 is used before $2"]);
    }

    #[test]
    fn records_only_grow() {
        assert_eq!(sql("UPDATE journal SET body = $1"), ["1 UPDATE journal"]);
        assert_eq!(sql("delete\nfrom journal"), ["1 DELETE FROM journal"]);
        assert_eq!(sql("UPDATE acts SET answer = $1"), ["1 UPDATE acts"]);
        let documents = ["1 a change of documents other than the step of its state"];
        assert_eq!(sql("UPDATE documents SET data = $1 WHERE id = $2"), documents);
        assert_eq!(sql("UPDATE documents SET state = $1, data = $2 WHERE id = $3"), documents);
        assert_eq!(sql("UPDATE documents SET state = $1"), documents);
        assert_eq!(sql("UPDATE journal_heads SET seq = $1"), [""; 0]);
        let rust = ("crates/storage/src/a.rs", "//! A.\nfn f() { g(\"DELETE FROM journal\") }");
        assert_eq!(told(&check(&Tree::of(&[rust]))), ["crates/storage/src/a.rs:2 DELETE FROM journal"]);
    }

    #[test]
    fn unused_statements_are_found() {
        let told = told(&check(&Tree::of(&[("crates/storage/sql/a/b.sql", "SELECT a FROM b")])));
        assert_eq!(told, ["crates/storage/sql/a/b.sql:1 this statement is not used"]);
    }

    #[test]
    fn migrations_have_no_gaps() {
        let tree = Tree::of(&[("migrations/0001_a.sql", ""), ("migrations/0003_b.sql", "")]);
        assert_eq!(
            told(&check(&tree)),
            ["migrations/0003_b.sql:1 expected a name that begins with migrations/0002_"]
        );
    }
}
