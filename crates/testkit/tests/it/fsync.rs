//! kill -9 passes without any fsync, so the fsyncs are counted, too. Linux only: the counter is preloaded.
#![cfg(target_os = "linux")]

use crate::writer;
use std::path::Path;
use std::process::Command;

const COMMITS: u32 = 200;

#[test]
fn every_commit_is_followed_by_an_fsync() {
    let folder = tempfile::tempdir().unwrap();
    let counter = folder.path().join("count_fsync.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/count_fsync.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", source, "-o"]).arg(&counter).status();
    assert!(built.expect("a C compiler, as for building SQLite").success());

    let fsyncs = |commits: u32| count(folder.path(), &counter, commits);
    let opening = fsyncs(0);
    let working = fsyncs(COMMITS);
    // One caller, so every acknowledged change was a commit of its own.
    assert!(
        working >= opening + COMMITS,
        "{working} fsyncs, {opening} of them for opening, {COMMITS} commits"
    );
}

fn count(folder: &Path, counter: &Path, commits: u32) -> u32 {
    let (database, tally) = (folder.join(format!("db{commits}")), folder.join("tally"));
    let mut command = writer(&database, "f1", commits, 1);
    let output = command.env("LD_PRELOAD", counter).env("FSYNC_TALLY", &tally).output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout.iter().filter(|b| **b == b'\n').count(), commits as usize);
    std::fs::read_to_string(tally).unwrap().trim().parse().unwrap()
}
