//! kill -9 passes without any fsync, so the fsyncs are counted, too. Linux only: the counter is preloaded.
#![cfg(target_os = "linux")]

use crate::writer;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use yichuang_storage::{Place, Store, StoreError, acts, journal};
use yichuang_testkit::database::runtime;

const COMMITS: u32 = 200;

#[test]
fn every_commit_is_followed_by_an_fsync() {
    let folder = tempfile::tempdir().unwrap();
    let counter = preload(folder.path());

    let fsyncs = |commits: u32| count(folder.path(), &counter, commits);
    let opening = fsyncs(0);
    let working = fsyncs(COMMITS);
    // One caller, so every acknowledged change was a commit of its own.
    assert!(
        working >= opening + COMMITS,
        "{working} fsyncs, {opening} of them for opening, {COMMITS} commits"
    );
}

#[test]
fn a_disk_that_fails_at_commit_leaves_a_doubt_and_ends_the_writing() {
    let folder = tempfile::tempdir().unwrap();
    let (database, fail) = (folder.path().join("db"), folder.path().join("fail"));
    let mut command = writer(&database, "e1", 10_000, 1);
    command.env("LD_PRELOAD", preload(folder.path())).env("FSYNC_FAIL", &fail).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut acks = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut acknowledged = vec![acks.next().expect("a first acknowledgement")];
    std::fs::write(&fail, "").unwrap();
    let stderr = child.stderr.take().unwrap();
    let errors =
        std::thread::spawn(move || BufReader::new(stderr).lines().map(Result::unwrap).collect::<Vec<_>>());
    acknowledged.extend(acks);
    let errors = errors.join().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(acknowledged.len() + errors.len(), 10_000, "every act was answered");
    let said = |error: &String| error.split_once(' ').unwrap().1.to_string();
    assert_eq!(said(&errors[0]), StoreError::Lost.to_string());
    assert!(errors[1..].iter().all(|error| said(error) == StoreError::Stopped.to_string()), "{errors:?}");

    // Whatever was acknowledged is on record; the doubtful act is or is not; no other is.
    std::fs::remove_file(&fail).unwrap();
    runtime().block_on(async {
        let store = Store::open(&Place::Folder(database)).await.unwrap();
        let on_record = async |act: &str| store.one(acts::by_id(act)).await.unwrap().is_some();
        for act in &acknowledged {
            assert!(on_record(act).await, "{act} was acknowledged and is not on record");
        }
        for error in &errors[1..] {
            assert!(!on_record(error.split_once(' ').unwrap().0).await, "{error}");
        }
        assert_eq!(journal::verify(&store).await.unwrap().fault, None);
    });
}

/// Builds the library that counts fsyncs and lets them fail.
fn preload(folder: &Path) -> PathBuf {
    let library = folder.join("count_fsync.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/count_fsync.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", source, "-o"]).arg(&library).status();
    assert!(built.expect("a C compiler, as for building SQLite").success());
    library
}

fn count(folder: &Path, counter: &Path, commits: u32) -> u32 {
    let (database, tally) = (folder.join(format!("db{commits}")), folder.join("tally"));
    let mut command = writer(&database, "f1", commits, 1);
    let output = command.env("LD_PRELOAD", counter).env("FSYNC_TALLY", &tally).output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout.iter().filter(|b| **b == b'\n').count(), commits as usize);
    std::fs::read_to_string(tally).unwrap().trim().parse().unwrap()
}
