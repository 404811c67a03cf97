//! `docs/ARCHITECTURE.md` cannot go stale: its map names every crate and module, every path it (or any
//! other document) names exists, every step of its walk-throughs names a function that exists.

use crate::rust::Rust;
use crate::tree::{File, Finding, Tree};

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
const WALKS: &str = "## Walk-throughs";

/// Checks the document, then the paths named in all documents.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = match tree.file(ARCHITECTURE) {
        Some(file) => [unnamed(tree, file), steps(file)].concat(),
        None => vec![Finding::new(
            ARCHITECTURE,
            1,
            "there is no ARCHITECTURE.md",
            "newcomers need a map",
            "write it",
        )],
    };
    for file in tree.ending(".md") {
        findings.extend(dead_paths(tree, file));
    }
    findings
}

/// Crates and top-level modules the map leaves out. The part of a crate begins at the heading with its
/// path and ends at the next heading; modules stand there in backticks.
fn unnamed(tree: &Tree, file: &File) -> Vec<Finding> {
    let tell = |what| {
        Finding::new(
            ARCHITECTURE,
            1,
            what,
            "a map that leaves places out is not trusted",
            "name it, with what it is for, in one line",
        )
    };
    let mut findings = Vec::new();
    let crates = tree.crates().map(|name| format!("crates/{name}")).chain(["xtask".to_string()]);
    for folder in crates.filter(|folder| tree.paths.contains(&format!("{folder}/Cargo.toml"))) {
        let Some(part) = part_of(file, &folder) else {
            findings.push(tell(format!("the map has no heading with `{folder}`")));
            continue;
        };
        for module in modules(tree, &folder).filter(|module| !part.contains(&format!("`{module}`"))) {
            findings.push(tell(format!("the map of `{folder}` does not name `{module}`")));
        }
    }
    findings
}

fn part_of(file: &File, folder: &str) -> Option<String> {
    let heading = |line: &str| line.starts_with('#') && line.contains(&format!("`{folder}`"));
    let mut lines = file.text.lines().skip_while(|line| !heading(line));
    lines.next()?;
    Some(lines.take_while(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n"))
}

fn modules(tree: &Tree, folder: &str) -> impl Iterator<Item = String> {
    let prefix = format!("{folder}/src/");
    let inner = tree.paths.iter().filter_map(move |path| path.strip_prefix(&prefix).map(String::from));
    inner.filter_map(|name| {
        let module = name.strip_suffix(".rs").unwrap_or(&name).to_string();
        let outer = !name.contains('/') && (name.ends_with(".rs") || !name.contains('.'));
        (outer && !matches!(module.as_str(), "lib" | "main" | "tests" | "bin")).then_some(module)
    })
}

/// Numbered steps of walk-throughs that name no `file.rs#function`.
fn steps(file: &File) -> Vec<Finding> {
    let walks = file.lines().skip_while(|(_, line)| !line.starts_with(WALKS));
    let mut steps: Vec<(usize, String)> = Vec::new();
    for (number, line) in walks {
        match line.split_once(". ") {
            Some((digits, text)) if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) => {
                steps.push((number, text.to_string()));
            }
            _ if line.starts_with("   ") => {
                if let Some(last) = steps.last_mut() {
                    last.1.push_str(line);
                }
            }
            _ => {}
        }
    }
    let mut findings = Vec::new();
    if steps.is_empty() {
        findings.push(Finding::new(
            ARCHITECTURE,
            1,
            "there is no walk-through",
            "a newcomer follows one request end to end",
            "write numbered steps under `## Walk-throughs`",
        ));
    }
    let vague = steps.into_iter().filter(|(_, text)| !text.contains(".rs#"));
    findings.extend(vague.map(|(line, _)| {
        Finding::new(
            ARCHITECTURE,
            line,
            "the step names no function",
            "a walk-through that cannot be checked goes stale",
            "name one as `path/file.rs#function`",
        )
    }));
    findings
}

/// Paths in backticks that begin with a folder of the tree and lead nowhere. `*`, `<…>` and `NNNN` stand
/// for anything, `#name` is a function defined in the file.
fn dead_paths(tree: &Tree, file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in file.lines() {
        for quoted in text.split('`').skip(1).step_by(2) {
            let (path, function) =
                quoted.split_once('#').map_or((quoted, None), |(path, function)| (path, Some(function)));
            let Some((top, _)) = path.split_once('/') else { continue };
            if top.is_empty()
                || top.starts_with('.') && top != ".ci"
                || !tree.paths.contains(top)
                || path.contains(' ')
            {
                continue;
            }
            let mut tell = |what: String, mend| {
                findings.push(Finding::new(
                    &file.path,
                    line,
                    what,
                    "a document that names what is not there misleads",
                    mend,
                ));
            };
            let known = match path.find(['*', '<', '{', '…']).or_else(|| path.find("NNNN")) {
                Some(at) => path[..at].rsplit_once('/').is_none_or(|(folder, _)| tree.paths.contains(folder)),
                None => tree.paths.contains(path.trim_end_matches('/')),
            };
            if !known {
                tell(format!("`{path}` does not exist"), "correct the path");
            } else if let Some(function) = function
                && !defines(tree.file(path).and_then(|file| file.rust.as_ref()), function)
            {
                tell(format!("`{path}` has no function `{function}`"), "correct the name");
            }
        }
    }
    findings
}

fn defines(rust: Option<&Rust>, function: &str) -> bool {
    rust.is_some_and(|rust| rust.functions().any(|name| name == function))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    const TREE: [(&str, &str); 4] = [
        ("crates/app/Cargo.toml", ""),
        ("crates/app/src/lib.rs", "//! L."),
        ("crates/app/src/intake.rs", "//! I.\npub fn accept() {}"),
        ("crates/app/src/catalog/mod.rs", "//! C."),
    ];

    fn findings(text: &str) -> Vec<String> {
        let files: Vec<_> = TREE.into_iter().chain([(ARCHITECTURE, text)]).collect();
        told(&check(&Tree::of(&files))).into_iter().map(|t| t.replace("docs/ARCHITECTURE.md:", "")).collect()
    }

    #[test]
    fn a_true_document_passes() {
        let text = "### `crates/app`\n`intake`, `catalog`\n## Walk-throughs\n1. Accept: `crates/app/src/intake.rs#accept`.\n2. Wrapped\n   `crates/app/src/intake.rs#accept`. See `crates/*/src` and `other/thing`.\n";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn what_is_left_out_or_gone_is_found() {
        assert_eq!(
            findings("## Walk-throughs\n1. `crates/app/src/intake.rs#accept`\n"),
            ["1 the map has no heading with `crates/app`"]
        );
        let told = findings(
            "### `crates/app`\n`intake` `crates/app/src/gone.rs`\n## Walk-throughs\n1. It happens.\n2. `crates/app/src/intake.rs#refuse`\n",
        );
        let expected = [
            "1 the map of `crates/app` does not name `catalog`",
            "4 the step names no function",
            "2 `crates/app/src/gone.rs` does not exist",
            "5 `crates/app/src/intake.rs` has no function `refuse`",
        ];
        assert_eq!(told, expected);
        assert_eq!(findings("### `crates/app`\n`intake` `catalog`\n"), ["1 there is no walk-through"]);
    }
}
