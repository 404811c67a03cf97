//! Every refusal and every lint finding rests on an article that exists, says what to do next in words of
//! its own, and is raised.

use crate::tree::{File, Finding, Tree};
use std::collections::BTreeMap;
use yichuang_domain::RefusalCode;
use yichuang_domain::law::acts;
use yichuang_domain::lint::FindingCode;

const REFUSALS: &str = "crates/domain/src/refusal.rs";
const LINT: &str = "crates/domain/src/lint.rs";

/// One row of a table; `what` is empty where the words depend on what was met.
struct Row {
    code: String,
    citation: String,
    resolves: bool,
    what: String,
    next: String,
}

/// Checks the tables the program was built with.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let refusals: Vec<Row> = RefusalCode::ALL
        .iter()
        .map(|code| Row {
            code: format!("{code:?}"),
            citation: format!("{} {}", code.citation().act, code.citation().article),
            resolves: acts::article(code.citation()).is_some(),
            what: code.what().into(),
            next: code.next().into(),
        })
        .collect();
    let lint: Vec<Row> = FindingCode::ALL
        .iter()
        .map(|code| Row {
            code: format!("{code:?}"),
            citation: format!("{} {}", code.citation().act, code.citation().article),
            resolves: acts::article(code.citation()).is_some(),
            what: String::new(),
            next: code.fix().into(),
        })
        .collect();
    [check_rows(tree, REFUSALS, &refusals), check_rows(tree, LINT, &lint)].concat()
}

fn check_rows(tree: &Tree, table: &str, rows: &[Row]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for row in rows {
        let line = tree.file(table).map_or(1, |file| file.line_of(&format!("{} = (", row.code)));
        let mut tell = |what: String, why, mend| findings.push(Finding::new(table, line, what, why, mend));
        if !row.resolves {
            tell(
                format!("`{}` cites `{}`, which is not in law/acts", row.code, row.citation),
                "a refusal without an article is arbitrary",
                "add the article to law/acts, or cite the right one",
            );
        }
        for (name, text) in [("what", &row.what), ("next step", &row.next)] {
            if name == "what" && text.is_empty() && table == LINT {
                continue;
            }
            if !text.ends_with('。') || text.chars().count() < 5 {
                tell(
                    format!("`{}`: its {name} is no sentence", row.code),
                    "a refusal says what happened and what to do next",
                    "write a full sentence that ends with 。",
                );
            }
            if let Some(other) = seen.insert(text, &row.code) {
                tell(
                    format!("`{}` and `{other}` share a {name}", row.code),
                    "two refusals that send people the same way are one refusal, or one of them does not help",
                    "say what to do in this very case",
                );
            }
        }
        if !is_raised(tree, table, &row.code) {
            tell(
                format!("`{}` is never raised", row.code),
                "a rule nobody applies misleads whoever reads the table",
                "raise it where the rule is, or remove the row",
            );
        }
    }
    findings
}

fn is_raised(tree: &Tree, table: &str, code: &str) -> bool {
    // In the file of the table the name stands once, in its row.
    let times = |file: &File| if file.path == table { 2 } else { 1 };
    let is_source =
        |file: &File| file.path.starts_with("crates/") && file.path.contains("/src/") && !file.is_test_file();
    tree.rust().any(|(file, rust)| {
        is_source(file) && rust.idents().filter(|token| token.text == code).count() >= times(file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn row(code: &str, next: &str) -> Row {
        let what = format!("发生了{code}的情况。");
        Row { code: code.into(), citation: "xkf 31".into(), resolves: true, what, next: next.into() }
    }

    #[test]
    fn bad_rows_are_found() {
        let table = (REFUSALS, "//! T.\nA = (1);\nB = (2);\nC = (3);\nD = (4);");
        let code = ("crates/domain/src/case/decide.rs", "//! D.\nfn f() { [A, B, C] }");
        let tree = Tree::of(&[table, code]);
        let rows = [
            row("A", "先登记收件再办理。"),
            row("B", "先登记收件再办理。"),
            Row { resolves: false, ..row("C", "") },
            row("D", "联系审批部门移交。"),
        ];
        let told = told(&check_rows(&tree, REFUSALS, &rows));
        let expected = [
            "3 `B` and `A` share a next step",
            "4 `C` cites `xkf 31`, which is not in law/acts",
            "4 `C`: its next step is no sentence",
            "5 `D` is never raised",
        ];
        assert_eq!(told, expected.map(|e| format!("{REFUSALS}:{e}")));
    }

    #[test]
    fn good_rows_pass() {
        let tree = Tree::of(&[("crates/app/src/a.rs", "//! D.\nfn f() { [A, B] }")]);
        assert_eq!(
            told(&check_rows(
                &tree,
                REFUSALS,
                &[row("A", "先登记收件再办理。"), row("B", "联系审批部门移交。")]
            )),
            [""; 0]
        );
    }
}
