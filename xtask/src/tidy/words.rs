//! What must not stand in a tracked file: paths of one machine, hosts of package registries, and
//! references to documents that are not in the tree.

use crate::tree::{File, Finding, Tree};

/// Files with addresses made by package managers, and this one, which names what it looks for.
const MADE_BY_TOOLS: [&str; 3] = ["Cargo.lock", "package-lock.json", "xtask/src/tidy/words.rs"];

const MACHINE_PATHS: [&str; 5] = ["/work/", "/home/", "/root/", "/tmp/", "/Users/"];

const HOSTS: [&str; 9] = [
    "//crates.io",
    "index.crates.io",
    "static.crates.io",
    "registry.npmjs.org",
    "registry.npmmirror.com",
    "rsproxy.cn",
    "mirrors.",
    "ghcr.io",
    "pypi.org",
];

/// Checks every text file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| !MADE_BY_TOOLS.iter().any(|made| file.path.ends_with(made)));
    files.flat_map(|file| check_file(tree, file)).collect()
}

fn check_file(tree: &Tree, file: &File) -> Vec<Finding> {
    let scratch = file.is_test_file() || file.path.starts_with(".ci/");
    // Tests beside the code stand at the end of the file.
    let tests = file.lines().find(|(_, text)| *text == "#[cfg(test)]").map_or(usize::MAX, |(line, _)| line);
    let mut findings = Vec::new();
    for (line, text) in file.lines() {
        let lower = text.to_lowercase();
        let mut tell =
            |what: String, why, mend| findings.push(Finding::new(&file.path, line, what, why, mend));
        for path in MACHINE_PATHS.iter().filter(|path| begins_path(text, path)) {
            if !((scratch || line > tests) && *path == "/tmp/") {
                tell(
                    format!("a path of one machine: {path}"),
                    "it exists nowhere else",
                    "take it from a setting or make a temporary folder",
                );
            }
        }
        for host in HOSTS.iter().filter(|host| lower.contains(*host)) {
            tell(
                format!("a registry or mirror: {host}"),
                "where packages come from is the builder's setting",
                "leave it to Cargo's and npm's own configuration",
            );
        }
        for document in documents(text).filter(|document| !exists(tree, document)) {
            tell(
                format!("`{document}` is not in the tree"),
                "a reference must lead somewhere",
                "name the act or a document of this repository",
            );
        }
    }
    findings
}

/// The path stands at the beginning of a word, not inside a longer path or address.
fn begins_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        !text[..at]
            .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')' | '/' | '*'))
    })
}

/// Words that end in `.md`.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '*' | '<' | '>' | '$' | '{' | '}')
    };
    let words = text.split(move |c: char| !inside(c)).map(|word| word.trim_end_matches('.'));
    words.filter(|word| word.len() > 3 && word.ends_with(".md") && !word.contains(['*', '<', '$', '{']))
}

fn exists(tree: &Tree, document: &str) -> bool {
    let inner = document.trim_start_matches("./").trim_start_matches("../");
    let ending = format!("/{inner}");
    tree.paths.iter().any(|path| path == inner || path.ends_with(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    #[test]
    fn what_must_not_stand_is_found() {
        let text = "a \"/home/x\"\nb https://index.crates.io/\nc see plan.md and docs/A.md\n";
        let told = told(&check(&Tree::of(&[("docs/A.md", text)])));
        let expected = [
            "1 a path of one machine: /home/",
            "2 a registry or mirror: index.crates.io",
            "3 `plan.md` is not in the tree",
        ];
        assert_eq!(told, expected.map(|e| format!("docs/A.md:{e}")));
    }

    #[test]
    fn scratch_paths_stand_in_tests_only() {
        let text = "fn a() { f(\"/tmp/x\") }\n#[cfg(test)]\nmod tests { fn b() { f(\"/tmp/x\"); f(\"/home/x\") } }\n";
        let told = told(&check(&Tree::of(&[("a.rs", text)])));
        assert_eq!(told, ["a.rs:1 a path of one machine: /tmp/", "a.rs:3 a path of one machine: /home/"]);
    }

    #[test]
    fn what_may_stand_is_not() {
        let text =
            "./A.md ../docs/A.md docs/*.md adr/<n>.md\nexample.org/home/page $X/tmp/y\n[source.crates-io]\n";
        assert_eq!(
            told(&check(&Tree::of(&[
                ("docs/A.md", text),
                ("Cargo.lock", "index.crates.io"),
                (".ci/run", "mkdir /tmp/x")
            ]))),
            [""; 0]
        );
    }
}
