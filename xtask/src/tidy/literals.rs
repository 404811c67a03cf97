//! No statutory number stands in rule code: numbers come from `law/parameters`, so that a change of the
//! law is a change of data. Outside tables and tests no rule module holds a number other than 0 and 1.

use crate::rust::{Token, TokenKind};
use crate::tree::{Finding, Tree};
use syn::visit::{self, Visit};

/// Where the rules stand.
const RULES: &str = "domain";

/// Files of the rule crate that hold numbers of another kind than days, shares and amounts of a law.
const EXCLUDED: [(&str, &str); 2] = [
    ("identity", "positions, lengths and moduli of the numbers in GB 11643, GB 32100 and GB/T 39554"),
    ("money.rs", "100 fen to the yuan, digits in groups of 3"),
];

/// Checks every rule module.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let prefix = format!("crates/{RULES}/src/");
    let mut findings = Vec::new();
    for (file, rust) in tree.rust().filter(|(file, _)| file.in_src(RULES)) {
        let inner = file.path.strip_prefix(&prefix).unwrap_or(&file.path);
        if EXCLUDED.iter().any(|(name, _)| {
            inner == *name || inner.starts_with(&format!("{name}/")) || inner == format!("{name}.rs")
        }) {
            continue;
        }
        let mut literals = Literals(Vec::new());
        rust.shipped().into_iter().for_each(|item| literals.visit_item(item));
        findings.extend(literals.0.into_iter().map(|(line, number)| {
            Finding::new(
                &file.path,
                line,
                format!("the number {number} in rule code"),
                "day counts, amounts and limits of the law are dated data with a reference",
                "read it from law/parameters; a code table is a `const` array with its source",
            )
        }));
    }
    findings
}

struct Literals(Vec<(usize, String)>);

impl Literals {
    fn number(&mut self, literal: &syn::Lit) {
        match literal {
            syn::Lit::Int(int) if matches!(int.base10_digits(), "0" | "1") => {}
            syn::Lit::Int(int) => self.0.push((int.span().start().line, int.to_string())),
            syn::Lit::Float(float) => self.0.push((float.span().start().line, float.to_string())),
            _ => {}
        }
    }
}

/// A constant that is a table: an array, a slice or a tuple of values, not a single number.
fn is_table(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Array(_) | syn::Type::Slice(_) | syn::Type::Tuple(_) => true,
        syn::Type::Reference(reference) => is_table(&reference.elem),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Literals {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        if !is_table(&item.ty) {
            visit::visit_item_const(self, item);
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        if !is_table(&item.ty) {
            visit::visit_impl_item_const(self, item);
        }
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        if !is_table(&item.ty) {
            visit::visit_item_static(self, item);
        }
    }

    fn visit_expr_index(&mut self, index: &'ast syn::ExprIndex) {
        self.visit_expr(&index.expr);
        if !matches!(*index.index, syn::Expr::Lit(_)) {
            self.visit_expr(&index.index);
        }
    }

    fn visit_lit(&mut self, literal: &'ast syn::Lit) {
        self.number(literal);
    }

    fn visit_lit_int(&mut self, _: &'ast syn::LitInt) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        for (line, text) in macro_numbers(&call.tokens) {
            if let Ok(literal) = syn::parse_str::<syn::Lit>(&text) {
                let before = self.0.len();
                self.number(&literal);
                self.0[before..].iter_mut().for_each(|found| found.0 = line);
            }
        }
    }
}

/// Literals in a macro's tokens, the `2` of `row.2` left out.
fn macro_numbers(stream: &proc_macro2::TokenStream) -> Vec<(usize, String)> {
    let tokens = crate::rust::tokens(stream.clone());
    let field = |at: usize| at > 0 && tokens[at - 1].text == "." && (at < 2 || tokens[at - 2].text != ".");
    let is_number = |(at, token): &(usize, &Token)| token.kind == TokenKind::Literal && !field(*at);
    tokens.iter().enumerate().filter(is_number).map(|(_, token)| (token.line, token.text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::told;

    fn lines(path: &str, source: &str) -> Vec<String> {
        told(&check(&Tree::of(&[(path, source)])))
    }

    #[test]
    fn numbers_in_rules_are_found() {
        let source = "//! X.\nconst DAYS: u32 = 20;\nfn f(d: u32) -> bool {\n    d > 5 || matches!(d, 2..=3)\n}\nfn g() -> f64 { 0.8 }\n";
        let told = lines("crates/domain/src/case/limit.rs", source);
        let expected =
            ["2 the number 20", "4 the number 5", "4 the number 2", "4 the number 3", "6 the number 0.8"];
        assert_eq!(told, expected.map(|e| format!("crates/domain/src/case/limit.rs:{e} in rule code")));
    }

    #[test]
    fn tables_tests_indexes_fields_and_small_numbers_are_not() {
        let source = "//! X.\nconst T: [(u8, &str); 2] = [(7, \"a\"), (9, \"b\")];\nconst S: &[u32] = &[20];\n#[cfg(test)]\nmod tests { fn x() { f(20) } }\n#[test]\nfn t() { f(20) }\n#[serde(rename = \"x\", n = 5)]\nstruct A(u8, u8, u8);\nfn g(a: A) { T[2]; a.2; h!(a.2, 1, \"{:>9}\"); let b = 0; }\n";
        assert_eq!(lines("crates/domain/src/case/decide.rs", source), [""; 0]);
    }

    #[test]
    fn only_rule_modules_are_looked_at() {
        let source = "//! X.\nfn f() -> u32 { 20 }\n";
        for path in [
            "crates/app/src/a.rs",
            "crates/domain/src/identity.rs",
            "crates/domain/src/identity/code.rs",
            "crates/domain/tests/a.rs",
        ] {
            assert_eq!(lines(path, source), [""; 0], "{path}");
        }
        assert_eq!(lines("crates/domain/src/staff/pay.rs", source).len(), 1);
    }
}
