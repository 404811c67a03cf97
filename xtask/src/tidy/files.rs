//! Every Rust file says what it is for, parses, and stays short enough to read in one go.

use crate::tree::{Finding, Tree};

const LONG: usize = 500;
const TOO_LONG: usize = 600;
const SCREEN: usize = 90;

/// Endings of files people read top to bottom.
const READ_BY_PEOPLE: [&str; 5] = [".rs", ".html", ".ts", ".js", ".css"];

/// Checks module docs, parsing, length of files and functions.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs") {
        if !file.text.starts_with("//!") {
            findings.push(Finding::new(
                &file.path,
                1,
                "the file does not start with `//!`",
                "a newcomer reads first what a file is for and what it must not do",
                "begin with `//!`: what it is for, what it must not do",
            ));
        }
        if let Some((line, fault)) = &file.fault {
            findings.push(Finding::new(
                &file.path,
                *line,
                format!("the file does not parse: {fault}"),
                "no other check can look into it",
                "mend the syntax",
            ));
        }
        findings.extend(long_functions(file));
    }
    for file in &tree.files {
        let lines = file.text.lines().count();
        if READ_BY_PEOPLE.iter().any(|ending| file.path.ends_with(ending)) && lines > LONG {
            let finding = Finding::new(
                &file.path,
                LONG + 1,
                format!("the file has {lines} lines; {LONG} warn, {TOO_LONG} fail"),
                "long files hide their second topic",
                "move the second topic to a module of its own",
            );
            findings.push(if lines > TOO_LONG { finding } else { finding.warning() });
        }
    }
    findings
}

fn long_functions(file: &crate::tree::File) -> Vec<Finding> {
    use syn::visit::Visit;
    struct Functions(Vec<(String, usize, usize)>);
    impl Functions {
        fn add(&mut self, name: &syn::Ident, block: &syn::Block) {
            let span = block.brace_token.span;
            self.0.push((name.to_string(), span.open().start().line, span.close().end().line));
        }
    }
    impl<'ast> Visit<'ast> for Functions {
        fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
            self.add(&f.sig.ident, &f.block);
        }
        fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
            self.add(&f.sig.ident, &f.block);
        }
    }
    let mut functions = Functions(Vec::new());
    if let Some(rust) = &file.rust {
        functions.visit_file(&rust.file);
    }
    let long = functions.0.into_iter().filter(|(_, from, to)| to - from >= SCREEN);
    long.map(|(name, from, to)| {
        Finding::new(
            &file.path,
            from,
            format!("function `{name}` has {} lines", to - from + 1),
            "a function that does not fit on a screen does more than one thing",
            "give its steps names",
        )
        .warning()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;
    use crate::tree::Severity;

    #[test]
    fn missing_docs_and_syntax_are_found() {
        let tree = Tree::of(&[
            ("a.rs", "fn a() {}\n"),
            ("b.rs", "//! B.\n\nfn b( {}\n"),
            ("c.rs", "//! C.\nfn c() {}\n"),
        ]);
        let told = told(&check(&tree));
        assert_eq!(told[0], "a.rs:1 the file does not start with `//!`");
        assert!(told[1].starts_with("b.rs:3 the file does not parse"), "{told:?}");
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn length_warns_then_fails() {
        let lines = |n: usize| format!("//! Long.\n{}", "// x\n".repeat(n - 1));
        for (n, expected) in [
            (500, None),
            (501, Some(Severity::Warning)),
            (600, Some(Severity::Warning)),
            (601, Some(Severity::Error)),
        ] {
            let tree = Tree::of(&[("a.rs", &lines(n)), ("page.html", &"<p>\n".repeat(n))]);
            let severities: Vec<_> = check(&tree).iter().map(|f| f.severity).collect();
            assert_eq!(severities, vec![expected; 2].into_iter().flatten().collect::<Vec<_>>(), "{n} lines");
        }
    }

    #[test]
    fn long_functions_warn() {
        let body = "    x();\n".repeat(SCREEN);
        let tree = Tree::of(&[("a.rs", &format!("//! A.\nfn short() {{}}\nfn long() {{\n{body}}}\n"))]);
        assert_eq!(told(&check(&tree)), ["a.rs:3 function `long` has 92 lines"]);
    }
}
