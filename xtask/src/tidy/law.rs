//! The law as data holds together: acts parse, ids are unique, every citation in data and code resolves.

use crate::rust::Rust;
use crate::tree::{Finding, Tree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

const WHY: &str = "whoever is refused may look the article up; a citation that leads nowhere is no reason";

/// Checks `law/acts`, the citations of `law/parameters`, and `Citation::new("…", "…")` in code.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let (acts, mut findings) = read_acts(tree);
    for file in
        tree.files.iter().filter(|f| f.path.starts_with("law/parameters/") && f.path.ends_with(".toml"))
    {
        if let Err(fault) = file.text.parse::<toml::Table>() {
            findings.push(unreadable(&file.path, fault.message()));
        }
        for (line, text) in file.lines() {
            let Some(value) = text.trim().strip_prefix("citation") else { continue };
            let citation = value.trim_start_matches([' ', '=']).trim().trim_matches('"');
            let resolves = citation.split_once(' ').is_some_and(|(act, article)| knows(&acts, act, article));
            if !resolves {
                findings.push(dangling(&file.path, line, citation));
            }
        }
    }
    for (file, rust) in
        tree.rust().filter(|(file, _)| file.path.starts_with("crates/") && file.path.contains("/src/"))
    {
        let cited = citations(rust).into_iter().filter(|(_, act, article)| !knows(&acts, act, article));
        findings.extend(
            cited.map(|(line, act, article)| dangling(&file.path, line, &format!("{act} {article}"))),
        );
    }
    findings
}

type Acts = BTreeMap<String, BTreeSet<String>>;

fn knows(acts: &Acts, act: &str, article: &str) -> bool {
    acts.get(act).is_some_and(|articles| articles.contains(article))
}

fn unreadable(path: &str, fault: &str) -> Finding {
    Finding::new(path, 1, format!("not TOML: {fault}"), "the file is part of the program", "mend the syntax")
}

fn dangling(path: &str, line: usize, citation: &str) -> Finding {
    Finding::new(
        path,
        line,
        format!("`{citation}` is not in law/acts"),
        WHY,
        "add the article to law/acts/<act>.toml or correct the citation",
    )
}

fn read_acts(tree: &Tree) -> (Acts, Vec<Finding>) {
    let (mut acts, mut findings) = (Acts::new(), Vec::new());
    for file in tree.files.iter().filter(|f| f.path.starts_with("law/acts/") && f.path.ends_with(".toml")) {
        let table = match file.text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(fault) => {
                findings.push(unreadable(&file.path, fault.message()));
                continue;
            }
        };
        let id = table.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_string();
        let mut tell =
            |line, what: String, mend| findings.push(Finding::new(&file.path, line, what, WHY, mend));
        if file.path != format!("law/acts/{id}.toml") {
            tell(1, format!("the id `{id}` is not the file name"), "name the file after the id");
        }
        let mut articles = BTreeSet::new();
        for article in table.get("articles").and_then(toml::Value::as_array).into_iter().flatten() {
            let field = |name| article.get(name).and_then(toml::Value::as_str).unwrap_or_default();
            let line = file.line_of(&format!("id = \"{}\"", field("id")));
            if ["id", "label", "says"].iter().any(|name| field(name).trim().is_empty()) {
                tell(line, format!("article `{}` has no id, label or sentence", field("id")), "fill it in");
            }
            if !articles.insert(field("id").to_string()) {
                tell(line, format!("article `{}` stands twice", field("id")), "keep one");
            }
        }
        acts.insert(id, articles);
    }
    (acts, findings)
}

/// `Citation::new("act", "article")` outside tests, with its line.
fn citations(rust: &Rust) -> Vec<(usize, String, String)> {
    let mut citations = Citations(Vec::new());
    rust.shipped().into_iter().for_each(|item| citations.visit_item(item));
    citations.0
}

struct Citations(Vec<(usize, String, String)>);

impl<'ast> Visit<'ast> for Citations {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let text = |at: usize| match call.args.get(at) {
            Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => Some(text),
            _ => None,
        };
        if let (syn::Expr::Path(function), Some(act), Some(article)) = (&*call.func, text(0), text(1)) {
            let names: Vec<String> =
                function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if names.ends_with(&["Citation".to_string(), "new".to_string()]) {
                self.0.push((act.span().start().line, act.value(), article.value()));
            }
        }
        visit::visit_expr_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    const ACT: (&str, &str) = (
        "law/acts/xkf.toml",
        "id = \"xkf\"\narticles = [{ id = \"31\", label = \"第三十一条\", says = \"一句。\" }]\n",
    );

    #[test]
    fn citations_resolve() {
        let parameters = (
            "law/parameters/a.toml",
            "[[parameters]]\ncitation = \"xkf 31\"\n[[parameters]]\ncitation = \"xkf 99\"\n",
        );
        let code = (
            "crates/domain/src/a.rs",
            "//! A.\nfn f() { Citation::new(\"xkf\", \"31\") }\nfn g() { law::Citation::new(\"abc\", \"1\") }\n#[cfg(test)]\nmod t { fn h() { Citation::new(\"no\", \"1\") } }\n",
        );
        let told = told(&check(&Tree::of(&[ACT, parameters, code])));
        assert_eq!(
            told,
            [
                "law/parameters/a.toml:4 `xkf 99` is not in law/acts",
                "crates/domain/src/a.rs:3 `abc 1` is not in law/acts"
            ]
        );
    }

    #[test]
    fn acts_are_whole() {
        let bad = "id = \"abc\"\narticles = [\n{ id = \"1\", label = \"\", says = \"一句。\" },\n{ id = \"1\", label = \"x\", says = \"y\" }]\n";
        let told = told(&check(&Tree::of(&[("law/acts/x.toml", bad), ("law/acts/y.toml", "id = ")])));
        assert_eq!(
            told[..3],
            [
                "law/acts/x.toml:1 the id `abc` is not the file name",
                "law/acts/x.toml:3 article `1` has no id, label or sentence",
                "law/acts/x.toml:3 article `1` stands twice"
            ]
        );
        assert!(told[3].starts_with("law/acts/y.toml:1 not TOML"), "{told:?}");
    }
}
