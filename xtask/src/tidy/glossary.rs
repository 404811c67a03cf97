//! One term, one word: every public type of `domain` has its Chinese term, in its doc comment and in
//! `docs/GLOSSARY.md`, and the glossary names nothing that does not exist.

use crate::tree::{File, Finding, Tree};
use std::collections::BTreeMap;

const GLOSSARY: &str = "docs/GLOSSARY.md";
const PLANNED: &str = "## Planned";

/// One row: its line, the Chinese terms, the identifiers, and whether it is planned only.
struct Row {
    line: usize,
    terms: Vec<String>,
    names: Vec<String>,
    planned: bool,
}

struct Type<'a> {
    name: String,
    file: &'a File,
    line: usize,
    doc: String,
}

/// Checks types against glossary and glossary against code.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let types = public_types(tree);
    let mut findings: Vec<Finding> = types.iter().filter_map(without_term).collect();
    let Some(glossary) = tree.file(GLOSSARY) else {
        findings.push(Finding::new(
            GLOSSARY,
            1,
            "there is no glossary",
            "one term, one word, everywhere",
            "write it",
        ));
        return findings;
    };
    let rows = rows(glossary);
    let mut defined: BTreeMap<String, ()> = BTreeMap::new();
    for (_, rust) in tree.rust().filter(|(file, _)| file.path.starts_with("crates/")) {
        defined.extend(rust.definitions().into_iter().map(|name| (name, ())));
    }
    for row in &rows {
        findings.extend(wrong_row(row, &defined));
    }
    for ty in &types {
        findings.extend(missing_or_other_term(ty, &rows));
    }
    findings
}

fn public_types(tree: &Tree) -> Vec<Type<'_>> {
    let sources = tree.rust().filter(|(file, _)| file.in_src("domain"));
    sources
        .flat_map(|(file, rust)| {
            let types = rust.documented_types().into_iter();
            types.map(move |(name, line, doc)| Type { name, file, line, doc: doc.trim().to_string() })
        })
        .collect()
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

fn without_term(ty: &Type) -> Option<Finding> {
    let begins = ty.doc.chars().take(8).any(is_chinese);
    (!begins).then(|| {
        Finding::new(
            &ty.file.path,
            ty.line,
            format!("the doc comment of `{}` does not begin with its Chinese term", ty.name),
            "who knows the building finds the type by the word used in the building",
            "begin with the term: `/// 受理通知书: …`",
        )
    })
}

/// Table rows `| 中文 | identifiers | … |`; identifiers stand in backticks.
fn rows(glossary: &File) -> Vec<Row> {
    let mut planned = false;
    let mut rows = Vec::new();
    for (line, text) in glossary.lines() {
        if text.starts_with("## ") {
            planned = text.starts_with(PLANNED);
        }
        let cells: Vec<&str> = text.trim().trim_matches('|').split('|').map(str::trim).collect();
        if !text.starts_with('|') || cells.len() < 2 || !cells[1].contains('`') {
            continue;
        }
        let terms = cells[0]
            .split(['/', '、'])
            .map(|term| term.trim().to_string())
            .filter(|t| !t.is_empty())
            .collect();
        let quoted = cells[1].split('`').skip(1).step_by(2);
        let split = |names: &str| {
            names.split(|c: char| !c.is_alphanumeric() && c != '_').map(String::from).collect::<Vec<_>>()
        };
        let names = quoted.flat_map(split).filter(|name| !name.is_empty()).collect();
        rows.push(Row { line, terms, names, planned });
    }
    rows
}

fn wrong_row(row: &Row, defined: &BTreeMap<String, ()>) -> Vec<Finding> {
    let tell = |what: String, why, mend| Finding::new(GLOSSARY, row.line, what, why, mend);
    let exists = |name: &String| defined.contains_key(name);
    if row.planned {
        let all = row.names.iter().all(exists);
        return all
            .then(|| {
                tell(
                    format!("`{}` exists by now", row.names.join("`, `")),
                    "the planned part lists what is not there yet",
                    "move the row up",
                )
            })
            .into_iter()
            .collect();
    }
    let missing = row.names.iter().filter(|name| !exists(name));
    missing
        .map(|name| {
            tell(
                format!("`{name}` is defined nowhere in crates/"),
                "the glossary names what exists",
                "correct the name, or move the row to the planned part",
            )
        })
        .collect()
}

fn missing_or_other_term(ty: &Type, rows: &[Row]) -> Option<Finding> {
    let mut own = rows.iter().filter(|row| !row.planned && row.names.contains(&ty.name)).peekable();
    let Some(first) = own.peek() else {
        return Some(Finding::new(
            &ty.file.path,
            ty.line,
            format!("`{}` is not in docs/GLOSSARY.md", ty.name),
            "one term, one word, everywhere (type, table, page, log, template)",
            "add a row with its Chinese term",
        ));
    };
    let line = first.line;
    let agrees = own.any(|row| row.terms.iter().any(|term| ty.doc.contains(term.as_str())));
    (!agrees).then(|| {
        Finding::new(
            GLOSSARY,
            line,
            format!("the doc comment of `{}` uses none of the terms of this row", ty.name),
            "one term, one word, everywhere",
            "make row and doc comment agree",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    const CODE: &str =
        "//! C.\n/// 办件: a case.\npub struct Case;\n/// How it is handled.\npub enum Mode { OnTheSpot }\n";

    fn findings(glossary: &str) -> Vec<String> {
        told(&check(&Tree::of(&[("crates/domain/src/case.rs", CODE), (GLOSSARY, glossary)])))
    }

    #[test]
    fn types_without_term_or_row_are_found() {
        let told = findings("# Words\n| 中文 | identifier |\n|---|---|\n| 办件 | `Case` |\n");
        let expected = [
            "the doc comment of `Mode` does not begin with its Chinese term",
            "`Mode` is not in docs/GLOSSARY.md",
        ];
        assert_eq!(told, expected.map(|e| format!("crates/domain/src/case.rs:5 {e}")));
    }

    #[test]
    fn rows_name_what_exists_by_the_same_term() {
        let told = findings(
            "| 事件 | `Case` |\n| 方式 | `Mode::{OnTheSpot, Later}` |\n## Planned\n| 工单 | `Order` |\n| 即办 | `OnTheSpot` |\n",
        );
        let expected = [
            "2 `Later` is defined nowhere in crates/",
            "5 `OnTheSpot` exists by now",
            "1 the doc comment of `Case` uses none of the terms of this row",
            "2 the doc comment of `Mode` uses none of the terms of this row",
        ];
        assert_eq!(told[1..], expected.map(|e| format!("{GLOSSARY}:{e}")));
    }
}
