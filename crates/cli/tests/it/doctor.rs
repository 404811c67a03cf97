//! `doctor` and `migrate` on the real binary: what it prints, how it exits, and two migrations at once.

use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use yichuang_app::Place;
use yichuang_testkit::database::{on_sqlite, tamper_file};

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
    command.args(words).arg("--data").arg(folder);
    command
}

fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = command(folder, words).output().expect("the binary runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("one JSON object: {text}"))
}

/// The folder of a database as the release before made it, closed again.
fn of_the_release_before(check: impl FnOnce(&Path)) {
    on_sqlite(async |mut db| {
        db.back_to("0001_foundation").await;
        db.close();
        let Place::Folder(folder) = db.place() else { panic!("a folder") };
        check(folder);
    });
}

#[test]
fn what_is_missing_is_told_and_migrate_mends_it() {
    of_the_release_before(|folder| {
        let (code, text) = run(folder, &["doctor"]);
        assert_eq!(code, Some(1), "{text}");
        for told in [
            "【问题】数据库结构尚缺 0002_nodes",
            "原因：",
            "下一步：各节点都换用本程序后，先备份，再运行 yichuang migrate",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        let (code, text) = run(folder, &["doctor", "--json"]);
        let report = json(&text);
        let schema = report["findings"].as_array().expect("findings").iter().find(|f| f["check"] == "schema");
        assert_eq!((code, &report["well"]), (Some(1), &Value::Bool(false)));
        assert_eq!(schema.expect("the check")["level"], "fault");

        let (code, text) = run(folder, &["migrate"]);
        assert_eq!(code, Some(0));
        assert!(text.starts_with("数据库结构已更新：0002_nodes、0003_files、0004_anchors"), "{text}");
        assert_eq!(run(folder, &["migrate"]).1, "数据库结构已是本程序的结构，没有改动。\n");
        let (_, text) = run(folder, &["doctor"]);
        assert!(text.contains("【正常】数据库结构 00"), "{text}");
        assert!(text.contains("【正常】现在没有节点在运行。"), "doctor takes no node number: {text}");
    });
}

#[test]
fn two_processes_migrate_at_once_and_one_does_it() {
    of_the_release_before(|folder| {
        let start = || {
            command(folder, &["migrate", "--json"]).stdout(Stdio::piped()).spawn().expect("the binary runs")
        };
        let both: [Child; 2] = [start(), start()];
        let ended = both.map(|child| child.wait_with_output().expect("it ends"));
        let applied = |output: &Output| {
            assert!(output.status.success(), "{output:?}");
            json(&String::from_utf8_lossy(&output.stdout))["applied"].as_array().expect("names").len()
        };
        let mut applied = ended.each_ref().map(applied);
        applied.sort();
        let all = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations"))
            .expect("read")
            .count();
        assert_eq!(applied, [0, all - 1], "all but the first");
    });
}

#[test]
fn a_database_that_is_not_there_or_is_newer_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, text) = run(folder.path(), &["doctor"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("【问题】目录“") && text.contains("中没有一窗数据库"), "{text}");
    let output = command(folder.path(), &["migrate"]).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("中没有一窗数据库"));
    assert!(std::fs::read_dir(folder.path()).expect("read").next().is_none(), "nothing is made");

    of_the_release_before(|folder| {
        tamper_file(folder, "INSERT INTO migrations (name, sm3) VALUES ('9999_future', '')");
        for words in [["migrate"], ["doctor"]] {
            let output = command(folder, &words).output().expect("the binary runs");
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(!output.status.success() && text.contains("请改用新版程序打开"), "{text}");
        }
    });
}
