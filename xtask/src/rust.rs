//! What checks ask of a Rust file: its tokens with lines, the names it defines, the paths it uses.
//!
//! Macro bodies are only tokens to `syn`, so whatever must also be seen inside macros looks at tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::str::FromStr as _;
use syn::visit::{self, Visit};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Word.
    Ident,
    /// One character of punctuation.
    Punct,
    /// Number, string or character.
    Literal,
    /// String of a doc comment.
    Doc,
    /// Opening or closing bracket.
    Bracket,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// As written.
    pub text: String,
    /// Line, counted from 1.
    pub line: usize,
}

/// A parsed Rust file.
pub struct Rust {
    /// Its items.
    pub file: syn::File,
    /// All tokens, groups opened up.
    pub tokens: Vec<Token>,
}

impl Rust {
    /// Parses, or says at which line it failed.
    pub fn parse(text: &str) -> Result<Rust, (usize, String)> {
        let stream = TokenStream::from_str(text).map_err(|e| (e.span().start().line, e.to_string()))?;
        let tokens = tokens(stream);
        let file = syn::parse_file(text).map_err(|e| (e.span().start().line, e.to_string()))?;
        Ok(Rust { file, tokens })
    }

    /// What is part of a release: the items without tests, those inside modules included.
    pub fn shipped(&self) -> Vec<&syn::Item> {
        shipped(&self.file.items)
    }

    /// Words of the file, macro bodies included.
    pub fn idents(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| token.kind == TokenKind::Ident)
    }

    /// String literals, doc comments left out, with their lines.
    pub fn strings(&self) -> impl Iterator<Item = (usize, String)> {
        let literals = self.tokens.iter().filter(|token| token.kind == TokenKind::Literal);
        literals.filter_map(|token| match syn::parse_str::<syn::Lit>(&token.text) {
            Ok(syn::Lit::Str(string)) => Some((token.line, string.value())),
            _ => None,
        })
    }

    /// Names of functions defined here.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.tokens
            .windows(2)
            .filter(|pair| pair[0].text == "fn" && pair[1].kind == TokenKind::Ident)
            .map(|pair| pair[1].text.as_str())
    }

    /// Every name defined here: types, traits, functions, modules, constants, variants, ids.
    pub fn definitions(&self) -> Vec<String> {
        const KEYWORDS: [&str; 8] = ["struct", "enum", "trait", "fn", "type", "mod", "const", "static"];
        let pairs = self.tokens.windows(2);
        let defined =
            pairs.filter(|p| KEYWORDS.contains(&p[0].text.as_str()) && p[1].kind == TokenKind::Ident);
        let mut names: Vec<String> = defined.map(|pair| pair[1].text.clone()).collect();
        names.extend(self.documented_types().into_iter().map(|(name, ..)| name));
        let mut variants = Variants::default();
        variants.visit_file(&self.file);
        names.extend(variants.0);
        names
    }

    /// Public types with their line and doc comment, those made by macros included: `pub struct Name`,
    /// `pub enum Name`, and `/// doc` + `Name;` in a macro that makes id types.
    pub fn documented_types(&self) -> Vec<(String, usize, String)> {
        let mut found = Vec::new();
        let mut doc = String::new();
        let mut in_attribute = 0_usize;
        for (at, token) in self.tokens.iter().enumerate() {
            let text = |ahead: usize| self.tokens.get(at + ahead).map_or("", |t| t.text.as_str());
            let is_name =
                |ahead: usize| self.tokens.get(at + ahead).is_some_and(|t| t.kind == TokenKind::Ident);
            match token.kind {
                TokenKind::Doc => {
                    doc.push_str(&token.text);
                    doc.push('\n');
                }
                TokenKind::Ident
                    if token.text == "pub" && matches!(text(1), "struct" | "enum") && is_name(2) =>
                {
                    found.push((text(2).to_string(), token.line, std::mem::take(&mut doc)));
                }
                TokenKind::Ident
                    if text(1) == ";" && at > 0 && self.tokens[at - 1].text == "]" && !doc.is_empty() =>
                {
                    found.push((token.text.clone(), token.line, std::mem::take(&mut doc)));
                }
                TokenKind::Bracket if token.text == "[" => in_attribute += 1,
                TokenKind::Bracket if token.text == "]" => in_attribute -= 1,
                TokenKind::Bracket if matches!(token.text.as_str(), "{" | "}") => doc.clear(),
                TokenKind::Punct if in_attribute == 0 && matches!(token.text.as_str(), ";" | ",") => {
                    doc.clear()
                }
                _ => {}
            }
        }
        found
    }

    /// Paths used outside tests, `use` trees opened up, each with its line.
    pub fn paths(&self) -> Vec<(Vec<String>, usize)> {
        let mut paths = Paths::default();
        self.shipped().into_iter().for_each(|item| paths.visit_item(item));
        paths.0
    }
}

/// The tokens of a stream, groups opened up.
pub fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(ident) => {
                out.push(Token { kind: TokenKind::Ident, text: ident.to_string(), line })
            }
            TokenTree::Punct(punct) => {
                out.push(Token { kind: TokenKind::Punct, text: punct.to_string(), line })
            }
            TokenTree::Literal(literal) => out.push(literal_token(literal.to_string(), line, out)),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                out.push(Token { kind: TokenKind::Bracket, text: open.into(), line });
                flatten(group.stream(), out);
                let line = group.span_close().start().line;
                out.push(Token { kind: TokenKind::Bracket, text: close.into(), line });
            }
        }
    }
}

/// A literal; the string of `#[doc = "…"]` is unquoted and marked as doc.
fn literal_token(text: String, line: usize, before: &[Token]) -> Token {
    let mut last = before.iter().rev().map(|token| token.text.as_str());
    if last.next() == Some("=") && last.next() == Some("doc") {
        let text = syn::parse_str::<syn::LitStr>(&text).map_or(text, |string| string.value());
        return Token { kind: TokenKind::Doc, text, line };
    }
    Token { kind: TokenKind::Literal, text, line }
}

/// Marked as a test or compiled for tests only.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::Path(path) => path.segments.last().is_some_and(|last| last.ident == "test"),
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        syn::Meta::List(list) => list.path.segments.last().is_some_and(|last| last.ident == "test"),
        syn::Meta::NameValue(_) => false,
    })
}

/// Items inside modules, too, but no tests.
fn shipped(items: &[syn::Item]) -> Vec<&syn::Item> {
    let mut all = Vec::new();
    for item in items {
        match item {
            syn::Item::Fn(function) if is_test(&function.attrs) => {}
            syn::Item::Mod(module) if is_test(&module.attrs) => {}
            syn::Item::Mod(module) => {
                all.extend(module.content.iter().flat_map(|(_, items)| shipped(items)));
            }
            _ => all.push(item),
        }
    }
    all
}

#[derive(Default)]
struct Variants(Vec<String>);

impl<'ast> Visit<'ast> for Variants {
    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.0.push(variant.ident.to_string());
    }
}

#[derive(Default)]
struct Paths(Vec<(Vec<String>, usize)>);

impl Paths {
    fn open_use(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| [prefix, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.open_use(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.0.push((with(&name.ident), name.ident.span().start().line)),
            syn::UseTree::Rename(name) => self.0.push((with(&name.ident), name.ident.span().start().line)),
            syn::UseTree::Glob(glob) => self.0.push((prefix.to_vec(), glob.star_token.spans[0].start().line)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.open_use(prefix, item)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.open_use(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(1, |segment| segment.ident.span().start().line);
        self.0.push((names, line));
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Rust {
        Rust::parse(text).expect("parses")
    }

    #[test]
    fn types_are_found_with_their_docs_also_in_macros() {
        let rust = parse(
            "/// 办件\n#[derive(Clone, Debug)]\npub struct Case { /// 字段\n pub field: u8 }\nids! { /// 文书 id.\n DocumentId; }\nmacro_rules! m { () => { /// 种类\n pub enum Kind { A } } }",
        );
        let names: Vec<_> =
            rust.documented_types().into_iter().map(|(n, _, d)| (n, d.trim().to_string())).collect();
        let expected = [("Case", "办件"), ("DocumentId", "文书 id."), ("Kind", "种类")];
        assert_eq!(names, expected.map(|(n, d)| (n.to_string(), d.to_string())));
    }

    #[test]
    fn paths_open_use_trees_and_leave_tests_out() {
        let rust = parse(
            "use std::{fs, net::{self}};\n#[cfg(test)] mod t { use std::env; }\nmod m { #[test]\nfn g() { c::d(); } }\nfn f() { a::b(); }",
        );
        let paths: Vec<String> = rust.paths().into_iter().map(|(p, _)| p.join("::")).collect();
        assert_eq!(paths, ["std::fs", "std::net::self", "a::b"]);
    }

    #[test]
    fn strings_leave_doc_comments_out() {
        let rust = parse("/// doc\nfn f() { g!(\"one\"); h(r#\"two\"#); }");
        assert_eq!(rust.strings().collect::<Vec<_>>(), [(2, "one".to_string()), (2, "two".to_string())]);
    }
}
