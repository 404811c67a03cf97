//! `cargo xtask tidy`: the checks that keep documents, citations and absences true.
//!
//! Reads the tree, never writes to it. Each check is one module of `tidy` and a pure function of the
//! tree, so its tests give it small bad trees and expect the finding.

mod rust;
mod tidy;
mod tree;

use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("tidy"), None) => tidy(),
        _ => bail!("usage: cargo xtask tidy"),
    }
}

fn tidy() -> anyhow::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask stands in the workspace")?;
    let tree = tree::Tree::read(root)?;
    let findings = tidy::run(&tree);
    for finding in &findings {
        println!("{finding}\n");
    }
    let errors = findings.iter().filter(|f| f.severity == tree::Severity::Error).count();
    println!("tidy: {} files, {errors} errors, {} warnings", tree.files.len(), findings.len() - errors);
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
