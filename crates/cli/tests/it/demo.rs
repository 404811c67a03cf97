//! `demo`, `journal` and the item commands, on the real binary.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use yichuang_testkit::database::tamper_file;

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
    if words.first() == Some(&"demo") {
        command.arg(words[0]).arg("--keys").arg(folder.join("keys")).args(&words[1..]);
    } else {
        command.args(words);
    }
    command.arg("--data").arg(folder).output().expect("the binary runs")
}

fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("one JSON object: {text}{error}"))
}

/// The figures without the time they took and without the accounts.
fn figures(output: &Output) -> Value {
    let mut value = json(output);
    assert!(value["elapsed_ms"].is_u64());
    let object = value.as_object_mut().expect("an object");
    object.remove("elapsed_ms");
    object.remove("accounts");
    value
}

fn demo(folder: &Path, seed: &str) -> Output {
    run(folder, &["demo", "--no-serve", "--visitors", "300", "--days", "5", "--seed", seed, "--json"])
}

const KEYS: [&str; 13] = [
    "visitors",
    "cases_received",
    "accepted",
    "corrections_requested",
    "deferred",
    "refused",
    "decided",
    "approved",
    "denied",
    "issued",
    "delivered",
    "rated",
    "journal_events",
];

#[test]
fn a_demo_counts_what_its_journal_holds_and_the_same_seed_gives_the_same_figures() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = figures(&demo(folder.path(), "1"));
    assert_eq!(first.as_object().expect("an object").len(), KEYS.len());
    for key in KEYS {
        assert!(first[key].as_u64().is_some_and(|count| count > 0), "{key}: {first}");
    }
    assert_eq!(first["visitors"], 300);
    let sum = |a: &str, b: &str| first[a].as_u64().unwrap_or(0) + first[b].as_u64().unwrap_or(0);
    assert_eq!(Some(sum("approved", "denied")), first["decided"].as_u64());
    assert_eq!(figures(&run(folder.path(), &["journal", "stats", "--json"])), first);
    let verified = run(folder.path(), &["journal", "verify", "--replay"]);
    let text = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && text.contains("逐件重放"), "{text}");
    assert_eq!(
        figures(&demo(folder.path(), "1")),
        first,
        "again in the same folder, whatever the interleaving"
    );
    assert_ne!(figures(&demo(folder.path(), "2")), first);
}

#[test]
fn verify_names_the_broken_record_and_exits_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["demo", "--no-serve", "--visitors", "8", "--days", "1", "--json"];
    assert!(run(folder.path(), &words).status.success());
    let edit =
        "UPDATE cases SET state = replace(state, '\"mode\":\"within_limit\"', '\"mode\":\"on_the_spot\"')";
    tamper_file(folder.path(), edit);
    let rows = run(folder.path(), &["journal", "verify", "--replay"]);
    let text = String::from_utf8_lossy(&rows.stdout);
    assert_eq!(rows.status.code(), Some(1));
    assert!(text.contains("状态行与日志重放结果不一致"), "{text}");
    tamper_file(
        folder.path(),
        "UPDATE journal SET body = body || ' ' WHERE case_id = (SELECT MIN(id) FROM cases) AND seq = 2",
    );
    let broken = run(folder.path(), &["journal", "verify"]);
    let text = String::from_utf8_lossy(&broken.stdout);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text.contains("JB20260901") && text.contains("条记录"), "{text}");
}

#[test]
fn a_demo_refuses_a_folder_it_did_not_make() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("letter.txt"), "somebody's").expect("a file");
    let refused = demo(folder.path(), "1");
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("不是演示目录"));
    let real = tempfile::tempdir().expect("a folder");
    let items = real.path().join("items.json");
    let item = r#"[{"key":"own-item","name":"本区事项","kind":"public_service","mode":"within_limit"}]"#;
    std::fs::write(&items, item).expect("a file");
    let data = real.path().join("data");
    let imported = run(&data, &["import", "items", items.to_str().expect("a path"), "--json"]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let refused = demo(&data, "1");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("正式数据库"));
}

#[test]
fn a_folder_without_a_database_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for words in [["journal", "verify"], ["journal", "stats"], ["export", "items"], ["report", "routing"]] {
        let output = run(folder.path(), &words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("没有一窗数据库"), "{words:?}");
    }
}

#[test]
fn what_is_exported_comes_back_unchanged_and_a_bad_row_names_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["demo", "--no-serve", "--visitors", "3", "--days", "1", "--json"];
    assert!(run(folder.path(), &words).status.success());
    let file = folder.path().join("items.json");
    let path = file.to_str().expect("a path");
    assert!(run(folder.path(), &["export", "items", "--out", path]).status.success());
    let again = json(&run(folder.path(), &["import", "items", path, "--json"]));
    assert_eq!((&again["created"], &again["changed"], &again["rejected"]), (&0.into(), &0.into(), &0.into()));
    assert!(again["unchanged"].as_u64().is_some_and(|n| n > 40), "{again}");
    let bad = folder.path().join("bad.csv");
    let header = "seq,name,type_inferred,by_application,department_inferred,dept_source,row_guid,url\n";
    let rows = "1,甲,公共服务,1,区税务局,x,g-1,u\n2,乙,没有的类型,1,区税务局,x,g-2,u\n";
    std::fs::write(&bad, format!("{header}{rows}")).expect("a file");
    let refused = run(folder.path(), &["import", "items", bad.to_str().expect("a path"), "--json"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("第 3 行"), "{refused:?}");
    let routing = json(&run(folder.path(), &["report", "routing", "--json"]));
    assert_eq!(routing["unrouted"], serde_json::json!([]), "{routing}");
}

#[test]
fn two_demos_never_share_a_folder_and_verify_runs_beside_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
    command.args(["demo", "--no-serve", "--visitors", "2000", "--json", "--data"]).arg(folder.path());
    command.arg("--keys").arg(folder.path().join("keys"));
    let mut first = command.stdout(std::process::Stdio::null()).spawn().expect("starts");
    while !folder.path().join("yichuang.db").exists() {
        assert!(first.try_wait().expect("asked").is_none(), "the first demo ended before it began");
        std::thread::yield_now();
    }
    let second = demo(folder.path(), "2");
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("正在由另一个 demo 使用"));
    for _ in 0..3 {
        let verified = run(folder.path(), &["journal", "verify", "--replay"]);
        // Before its schema stands there is nothing to verify; a healthy case is never accused.
        let text = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert_ne!(verified.status.code(), Some(1), "{text}");
    }
    first.kill().expect("killed");
    first.wait().expect("gone");
    let verified = run(folder.path(), &["journal", "verify", "--replay"]);
    assert_ne!(verified.status.code(), Some(1), "{verified:?}");
}

#[test]
fn a_demo_before_the_items_are_in_force_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let early =
        run(folder.path(), &["demo", "--no-serve", "--visitors", "3", "--from", "2025-09-01", "--json"]);
    assert_eq!(early.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&early.stderr).contains("没有生效的事项"));
}
