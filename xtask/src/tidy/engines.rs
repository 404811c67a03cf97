//! Every test that opens a database runs on both engines: it goes through `db_test!`.
//!
//! A test of storage or app counts as opening one when it calls what opens, or a function of the tests that
//! does, however many steps away. Names are compared, not types, so two test functions of one name count
//! as one.

use crate::rust::{Token, TokenKind};
use crate::tree::{File, Finding, Tree};
use std::collections::BTreeSet;

/// Crates whose tests must run on both engines.
const BOTH_ENGINES: [&str; 2] = ["crates/storage/", "crates/app/"];

/// The macro that runs a test on both.
const MACRO: &str = "db_test";

/// Types whose functions open a database, and how the names of those begin.
const OPENS: [(&str, &str); 4] =
    [("Store", "open"), ("App", "open"), ("Connection", "open"), ("Client", "connect")];

/// Functions that open one or make one for a single engine.
const MAKES: [&str; 3] = ["on_sqlite", "on_postgres", "create_database"];

/// Files of tests about the files or processes of one engine, each with its reason.
const ONE_ENGINE: [(&str, &str); 2] = [
    (
        "crates/storage/tests/it/full.rs",
        "each engine's disk fills in its own way, so each has tests of its own",
    ),
    ("crates/storage/tests/it/failover.rs", "the embedded engine has no server to kill and no standby"),
];

/// A function in test code.
struct Function<'a> {
    file: &'a File,
    name: String,
    is_test: bool,
    body: &'a [Token],
}

/// Checks tests of storage and app, in files of their own and beside the code.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut excused = BTreeSet::new();
    for folder in BOTH_ENGINES {
        let files = tree.rust().filter(|(file, _)| file.path.starts_with(folder));
        let functions: Vec<Function> = files.flat_map(|(file, rust)| functions(file, &rust.tokens)).collect();
        let opening = opening(&functions);
        for test in functions.iter().filter(|function| function.is_test && opens(function.body, &opening)) {
            match ONE_ENGINE.iter().find(|(path, _)| test.file.path == *path) {
                Some((path, _)) => drop(excused.insert(*path)),
                None => findings.push(around(test)),
            }
        }
    }
    let stale = ONE_ENGINE.iter().filter(|(path, _)| tree.file(path).is_some() && !excused.contains(path));
    findings.extend(stale.map(|(path, _)| {
        Finding::new(
            path,
            1,
            format!("excused from {MACRO}! without need"),
            "an excuse nobody needs lets the next test through",
            "remove the row from ONE_ENGINE in xtask/src/tidy/engines.rs",
        )
    }));
    findings
}

fn around(test: &Function) -> Finding {
    Finding::new(
        &test.file.path,
        test.body.first().map_or(1, |token| token.line),
        format!("the test `{}` opens a database without {MACRO}!", test.name),
        "a test that runs on one engine lets the other drift",
        "write it as db_test!, which gives the test a database of each engine",
    )
}

/// Names of the test functions that open a database, by themselves or through each other.
fn opening(functions: &[Function]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    loop {
        let more = functions.iter().filter(|function| !found.contains(&function.name));
        let more: Vec<String> = more
            .filter(|function| opens(function.body, &found))
            .map(|function| function.name.clone())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// The body calls what opens a database, or one of these functions.
fn opens(body: &[Token], known: &BTreeSet<String>) -> bool {
    let calls = |at: usize| body.get(at + 1).is_some_and(|next| next.text == "(");
    let of_type = |at: usize| {
        let text = |back: usize| at.checked_sub(back).map_or("", |at| body[at].text.as_str());
        let is = |(ty, function): &(&str, &str)| text(3) == *ty && body[at].text.starts_with(function);
        text(1) == ":" && text(2) == ":" && OPENS.iter().any(is)
    };
    let words = body.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Ident);
    words.into_iter().any(|(at, token)| {
        calls(at) && (of_type(at) || MAKES.contains(&token.text.as_str()) || known.contains(&token.text))
    })
}

/// The functions of a file that belong to tests: all of a test file, elsewhere those in `mod tests`, and
/// every one marked as a test. What stands in the macro is no function here.
fn functions<'a>(file: &'a File, tokens: &'a [Token]) -> Vec<Function<'a>> {
    let mut found = Vec::new();
    let mut in_tests = file.is_test_file();
    let mut is_test = false;
    for at in 0..tokens.len() {
        let text = |ahead: usize| tokens.get(at + ahead).map_or("", |token| token.text.as_str());
        in_tests |= text(0) == "mod" && text(1) == "tests" && text(2) == "{";
        is_test |= text(0) == "test"
            && matches!(text(1), "]" | "(")
            && at > 0
            && matches!(tokens[at - 1].text.as_str(), "[" | ":");
        if text(0) != "fn" || tokens.get(at + 1).is_none_or(|name| name.kind != TokenKind::Ident) {
            continue;
        }
        let test = std::mem::take(&mut is_test);
        if let Some(body) = body(&tokens[at..]).filter(|_| test || in_tests) {
            found.push(Function { file, name: text(1).into(), is_test: test, body });
        }
    }
    found
}

/// From the first brace to the one that closes it.
fn body(tokens: &[Token]) -> Option<&[Token]> {
    let open = tokens.iter().position(|token| matches!(token.text.as_str(), "{" | ";"))?;
    let mut depth = 0_usize;
    let close = tokens[open..].iter().position(|token| {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(&tokens[open..open + close])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let told = told(&check(&Tree::of(&[(path, &format!("//! T.\n{text}"))])));
        told.into_iter().map(|t| t.replace(&format!("{path}:"), "")).collect()
    }

    const IT: &str = "crates/storage/tests/it/a.rs";

    #[test]
    fn tests_around_the_macro_are_found() {
        let bad = "#[tokio::test]\nasync fn a() {\n    let s = Store::open(x).await;\n}\n#[test]\nfn b() { plain(); }\nfn c() { Store::open(x); }\n";
        assert_eq!(findings(IT, bad), ["3 the test `a` opens a database without db_test!"]);
        assert_eq!(findings("crates/cli/tests/it/a.rs", bad), [""; 0], "other crates may");
        for body in ["App::open_existing(p)", "on_sqlite(async |db| {})", "create_database(s, l)"] {
            assert_eq!(findings(IT, &format!("#[test]\nfn a() {{ {body}; }}\n")).len(), 1, "{body}");
        }
    }

    #[test]
    fn helpers_are_looked_through() {
        let bad = "fn near() { far(); }\nasync fn far() { Store::open(x).await; }\n#[test]\nfn a() { near(); }\n#[test]\nfn b() { nearly(); }\n";
        assert_eq!(findings(IT, bad), ["5 the test `a` opens a database without db_test!"]);
        let other = ("crates/storage/tests/it/b.rs", "//! T.\npub fn far() { Store::open(x); }\n");
        let test = (IT, "//! T.\n#[test]\nfn a() { b::far(); }\n");
        assert_eq!(check(&Tree::of(&[other, test])).len(), 1, "in another file of the crate");
    }

    #[test]
    fn tests_beside_the_code_count_and_the_code_does_not() {
        let text = "fn far() { Store::open(x); }\n#[cfg(test)]\nmod tests {\n#[test]\nfn a() { far(); }\nfn near() { Store::open(x); }\n#[test]\nfn b() { near(); }\n}\n";
        assert_eq!(
            findings("crates/app/src/a.rs", text),
            ["9 the test `b` opens a database without db_test!"]
        );
    }

    #[test]
    fn the_macro_is_the_way() {
        let good = "db_test!(a, async |db| { four(&db).await; Store::open(db.place()).await; });\nasync fn four(db: &TestDb) { db.commit(x).await; }\n";
        assert_eq!(findings(IT, good), [""; 0]);
    }

    #[test]
    fn an_excuse_must_be_needed() {
        let (path, _) = ONE_ENGINE[0];
        let needed = "#[test]\nfn a() { on_sqlite(async |db| {}); }\n";
        assert_eq!(findings(path, needed), [""; 0]);
        assert_eq!(findings(path, ""), ["1 excused from db_test! without need"]);
    }
}
