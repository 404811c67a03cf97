//! `backup`, `restore` and `copy` on the real binary: killed at any moment, on a full disk, on a read-only one.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a database, or the folder it is made in, is called in a path.
const UNFINISHED: &str = ".yichuang-unfinished";

/// A folder with a small demo in it.
pub struct Bed {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Bed {
    /// A small demo database in the folder `data`.
    pub fn new() -> Bed {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("fault.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fault.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", source, "-o"]).arg(&library).status();
        assert!(built.expect("a C compiler, as for building SQLite").success());
        let bed = Bed { folder, library };
        let made =
            bed.run(&["demo", "--no-serve", "--visitors", "20", "--days", "1", "--json", "--data", "data"]);
        assert!(made.status.success(), "{}", told(&made));
        bed
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
        command.args(words).current_dir(self.folder.path());
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the binary runs")
    }

    /// With this fault after so many operations on paths that hold `path`.
    pub fn with(&self, fault: &str, path: &str, after: u32, words: &[&str]) -> Output {
        let mut command = self.command(words);
        command.env("LD_PRELOAD", &self.library).env("FAULT", fault).env("FAULT_PATH", path);
        command.env("FAULT_AFTER", after.to_string()).output().expect("the binary runs")
    }

    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.at(folder)) else { return vec![] };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The journal in this folder is whole, and holds every case.
    pub fn is_whole(&self, data: &str) {
        let verified = self.run(&["journal", "verify", "--replay", "--data", data]);
        assert!(verified.status.success(), "{data}: {}", told(&verified));
    }
}

pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs with a kill after ever more operations until it comes to its end; gives how often it was killed.
fn killed_everywhere(bed: &Bed, words: &[&str], after_each: impl Fn()) -> u32 {
    let (mut killed, mut after) = (0, 0);
    loop {
        let output = bed.with("kill", UNFINISHED, after, words);
        if output.status.success() {
            return killed;
        }
        assert_eq!(output.status.code(), None, "killed, not failed: {}", told(&output));
        killed += 1;
        after += 1 + after / 4;
        after_each();
    }
}

#[test]
fn a_backup_killed_at_any_moment_leaves_the_source_whole_and_nothing_like_a_backup() {
    let bed = Bed::new();
    let killed = killed_everywhere(&bed, &["backup", "--data", "data", "--to", "backups"], || {
        // Whatever has a name is a whole backup: killed after the rename, it is one.
        for name in bed.names("backups").iter().filter(|name| *name != UNFINISHED) {
            let (from, to) = (format!("backups/{name}"), format!("from-{name}"));
            if !bed.at(&to).exists() {
                let restored = bed.run(&["restore", "--from", &from, "--to", &to]);
                assert!(restored.status.success(), "{}", told(&restored));
            }
        }
        assert!(bed.names("data").iter().all(|name| !name.contains("unfinished")));
    });
    assert!(killed >= 10, "killed {killed} times");
    bed.is_whole("data");
    let backups = bed.names("backups");
    assert!(!backups.contains(&UNFINISHED.to_owned()), "what was left is cleared away: {backups:?}");
    let last = format!("backups/{}", backups.last().expect("the last one came to its end"));
    let killed = killed_everywhere(&bed, &["restore", "--from", &last, "--to", "restored"], || {
        let there = bed.at("restored").join("yichuang.db").exists();
        assert!(!there || bed.run(&["journal", "verify", "--data", "restored"]).status.success());
        if there {
            std::fs::remove_dir_all(bed.at("restored")).expect("removed");
        }
    });
    assert!(killed >= 3, "killed {killed} times");
    bed.is_whole("restored");
    assert_eq!(bed.names("restored"), ["yichuang.db"]);
}

#[test]
fn a_full_or_read_only_disk_is_told_and_nothing_remains() {
    let bed = Bed::new();
    let backup = bed.run(&["backup", "--data", "data", "--to", "backups", "--json"]);
    assert!(backup.status.success(), "{}", told(&backup));
    let from = format!("backups/{}", bed.names("backups")[0]);
    let commands: [(&str, &[&str]); 3] = [
        ("to", &["backup", "--data", "data", "--to", "to"]),
        ("to", &["restore", "--from", &from, "--to", "to"]),
        ("to", &["copy", "--from", "data", "--to", "to"]),
    ];
    for (to, words) in commands {
        // At once, in the middle, and on the last metres.
        for after in [1, 5, 12] {
            let output = bed.with("full", UNFINISHED, after, words);
            let text = told(&output);
            if output.status.success() {
                assert!(after > 5, "{words:?} wrote nothing");
                std::fs::remove_dir_all(bed.at(to)).expect("removed");
                continue;
            }
            assert_eq!(output.status.code(), Some(2), "{text}");
            assert!(
                text.contains("所在磁盘空间不足，没有完成，已删除写了一半的内容，来源未受影响。请"),
                "{words:?}: {text}"
            );
            assert_eq!(bed.names(to), [""; 0], "{words:?}");
        }
        let output = bed.with("erofs", UNFINISHED, 0, words);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            told(&output).contains("所在磁盘是只读的，或者本账户没有写入权限，没有写入任何内容。请"),
            "{words:?}: {}",
            told(&output)
        );
        assert_eq!(bed.names(to), [""; 0], "{words:?}");
    }
    bed.is_whole("data");
}

#[test]
fn a_database_on_a_read_only_disk_is_told() {
    let bed = Bed::new();
    let commands: [&[&str]; 2] =
        [&["journal", "verify", "--data", "data"], &["backup", "--data", "data", "--to", "to"]];
    for words in commands {
        let output = bed.with("erofs", "data", 0, words);
        assert_eq!(output.status.code(), Some(2));
        let text = told(&output);
        assert!(text.contains("只读的") && text.contains("。检查"), "{words:?}: {text}");
    }
    bed.is_whole("data");
}

#[test]
fn a_copy_is_compared_and_proved_table_by_table() {
    let bed = Bed::new();
    let copied = bed.run(&["copy", "--from", "data", "--to", "new"]);
    let text = told(&copied);
    assert!(copied.status.success(), "{text}");
    for part in ["\ncases ", "\njournal ", "两边逐表的行数和 SM3 摘要一致。", "日志核验通过", "逐件重放"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    bed.is_whole("new");
    let again = bed.run(&["copy", "--from", "data", "--to", "new"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(told(&again).contains("目录“new”已有数据，没有写入任何内容。请"), "{}", told(&again));
    let json = bed.run(&["copy", "--from", "new", "--to", "newer", "--json"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("one JSON object");
    assert_eq!(value["journal"]["whole"], true, "{value}");
    assert!(value["tables"].as_array().is_some_and(|tables| tables.len() > 25), "{value}");
}

#[test]
fn a_broken_journal_is_copied_as_it_is_and_told() {
    let bed = Bed::new();
    let data: &Path = &bed.at("data");
    yichuang_testkit::database::tamper_file(data, "UPDATE journal SET body = 'x' WHERE seq = 2");
    let copied = bed.run(&["copy", "--from", "data", "--to", "new"]);
    let text = told(&copied);
    assert_eq!(copied.status.code(), Some(1), "{text}");
    assert!(text.contains("日志核验未通过") && text.contains("来源中已是如此"), "{text}");
    assert!(bed.at("new").join("yichuang.db").exists());
}
