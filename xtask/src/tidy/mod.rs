//! The checks, one module each. A check is a function of the tree that returns what it found.

mod architecture;
mod crates;
mod engines;
mod files;
mod glossary;
mod law;
mod literals;
mod purity;
mod refusals;
mod sql;
mod words;

use crate::tree::{Finding, Tree};

/// All checks, in the order in which their findings are printed.
const CHECKS: [fn(&Tree) -> Vec<Finding>; 11] = [
    files::check,
    crates::check,
    purity::check,
    literals::check,
    sql::check,
    engines::check,
    law::check,
    refusals::check,
    glossary::check,
    architecture::check,
    words::check,
];

/// Runs every check.
pub fn run(tree: &Tree) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check(tree)).collect()
}

/// What the tests of checks compare: `path:line` and what was found.
#[cfg(test)]
fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{}:{} {}", f.path, f.line, f.what)).collect()
}
