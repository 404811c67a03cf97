//! Every test that opens a database runs on both engines: it goes through `db_test!`.

use crate::rust::{Token, TokenKind};
use crate::tree::{File, Finding, Tree};

/// Crates whose tests must run on both engines.
const BOTH_ENGINES: [&str; 2] = ["crates/storage/", "crates/app/"];

/// The macro that runs a test on both.
const MACRO: &str = "db_test";

/// Types whose functions open a database, and how the names of those begin.
const OPENS: [(&str, &str); 2] = [("Store", "open"), ("Connection", "open")];

/// Tests about one engine's files or processes, each with its reason.
const ONE_ENGINE: [(&str, &str); 0] = [];

/// Checks tests of storage and app, in files of their own and beside the code.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        let both = BOTH_ENGINES.iter().any(|folder| file.path.starts_with(folder));
        if both && !ONE_ENGINE.iter().any(|(path, _)| file.path == *path) {
            findings.extend(check_file(file, &rust.tokens));
        }
    }
    findings
}

fn check_file(file: &File, tokens: &[Token]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (from, to) in tests(tokens) {
        let body = &tokens[from..to];
        let opens = body.windows(4).find(|w| {
            let call = |(ty, function): &(&str, &str)| {
                w[0].text == *ty && w[1].text == ":" && w[3].text == *function
            };
            OPENS.iter().any(call)
        });
        if let Some(open) = opens {
            findings.push(Finding::new(
                &file.path,
                open[0].line,
                format!("a test opens a database without {MACRO}!"),
                "a test that runs on one engine lets the other drift",
                "write it as db_test!, which gives the test a database of each engine",
            ));
        }
    }
    findings
}

/// Ranges of tokens that are tests of their own: from `#[test]` or `#[tokio::test]` to the end of the
/// function's body. Tests inside the macro are not marked so.
fn tests(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    for at in 1..tokens.len().saturating_sub(1) {
        let marked = tokens[at].text == "test"
            && tokens[at].kind == TokenKind::Ident
            && matches!(tokens[at - 1].text.as_str(), "[" | ":");
        if !marked || !matches!(tokens[at + 1].text.as_str(), "]" | "(") {
            continue;
        }
        let Some(open) = tokens[at..].iter().position(|t| t.text == "{").map(|n| at + n) else { continue };
        let mut depth = 0_usize;
        let close = tokens[open..].iter().position(|token| {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        ranges.push((open, close.map_or(tokens.len(), |n| open + n)));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn tests_around_the_macro_are_found() {
        let bad = "//! T.\n#[tokio::test]\nasync fn a() {\n    let s = Store::open(x).await;\n}\n#[test]\nfn b() { plain(); }\nfn c() { Store::open(x); }\ndb_test! { async fn d(db: Db) { Store::open(db); } }\n";
        let tree = Tree::of(&[("crates/storage/tests/all/a.rs", bad), ("crates/cli/tests/a.rs", bad)]);
        assert_eq!(
            told(&check(&tree)),
            ["crates/storage/tests/all/a.rs:4 a test opens a database without db_test!"]
        );
    }
}
