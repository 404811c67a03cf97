//! The tree under check: every text file with its path, Rust files also parsed; and what a check reports.

use crate::rust::Rust;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::path::Path;

/// Folders that are made by building or running, not part of the tree.
const MADE: [&str; 6] = [".git", "target", "node_modules", "data", "dist", "vendor"];

/// One text file.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Tokens and items, for a Rust file that parses.
    pub rust: Option<Rust>,
    /// Why a Rust file did not parse.
    pub fault: Option<(usize, String)>,
}

/// All files, ordered by path.
pub struct Tree {
    /// Text files.
    pub files: Vec<File>,
    /// Every path, also of folders and of files that are not text.
    pub paths: BTreeSet<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Printed; tidy still passes.
    Warning,
    /// Tidy fails.
    Error,
}

/// What a check reports: where, what, why it matters, how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What stands there.
    pub what: String,
    /// Why it must not.
    pub why: &'static str,
    /// What to do.
    pub mend: &'static str,
    /// Error or warning.
    pub severity: Severity,
}

impl Finding {
    /// An error at this place.
    pub fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        why: &'static str,
        mend: &'static str,
    ) -> Finding {
        Finding {
            path: path.into(),
            line: line.max(1),
            what: what.into(),
            why,
            mend,
            severity: Severity::Error,
        }
    }

    /// The same as a warning.
    pub fn warning(self) -> Finding {
        Finding { severity: Severity::Warning, ..self }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.severity == Severity::Error { "error" } else { "warning" };
        write!(
            f,
            "{}:{}: {word}: {}\n    why:  {}\n    mend: {}",
            self.path, self.line, self.what, self.why, self.mend
        )
    }
}

impl File {
    fn new(path: String, text: String) -> File {
        let parsed = path.ends_with(".rs").then(|| Rust::parse(&text));
        let (rust, fault) = match parsed {
            Some(Ok(rust)) => (Some(rust), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        File { path, text, rust, fault }
    }

    /// Lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The first line that contains `part`, or 1.
    pub fn line_of(&self, part: &str) -> usize {
        self.lines().find(|(_, line)| line.contains(part)).map_or(1, |(number, _)| number)
    }

    /// In the sources of this crate (`crates/<name>/src`), tests in files of their own left out.
    pub fn in_src(&self, name: &str) -> bool {
        self.path.starts_with(&format!("crates/{name}/src/")) && !self.is_test_file()
    }

    /// A file that holds tests only.
    pub fn is_test_file(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.ends_with("_tests.rs")
    }
}

impl Tree {
    /// Reads every file below `root`.
    pub fn read(root: &Path) -> anyhow::Result<Tree> {
        let mut tree = Tree { files: Vec::new(), paths: BTreeSet::new() };
        tree.read_folder(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if MADE.contains(&name.as_str()) {
                continue;
            }
            self.paths.insert(path.clone());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.read_folder(&entry.path(), &format!("{path}/"))?;
            }
            if !kind.is_file() {
                continue;
            }
            let bytes = std::fs::read(entry.path()).with_context(|| format!("reading {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                self.files.push(File::new(path, text));
            }
        }
        Ok(())
    }

    /// A tree made of texts, for tests of checks.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let mut paths = BTreeSet::new();
        for (path, _) in files {
            let mut at = 0;
            while let Some(slash) = path[at..].find('/') {
                at += slash;
                paths.insert(path[..at].to_string());
                at += 1;
            }
            paths.insert(path.to_string());
        }
        let files = files.iter().map(|(path, text)| File::new(path.to_string(), text.to_string())).collect();
        Tree { files, paths }
    }

    /// The file with this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files with this ending.
    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.ends_with(ending))
    }

    /// Rust files that parse, with what was parsed.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Rust)> {
        self.files.iter().filter_map(|file| file.rust.as_ref().map(|rust| (file, rust)))
    }

    /// Names of the folders in `crates/`.
    pub fn crates(&self) -> impl Iterator<Item = &str> {
        let inner = self.paths.iter().filter_map(|path| path.strip_prefix("crates/"));
        inner.filter(|name| !name.contains('/'))
    }
}
