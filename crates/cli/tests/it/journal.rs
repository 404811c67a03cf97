//! `journal anchor`, `journal verify` and `files` on the real binary: what they print, how they exit.

use std::path::Path;
use std::process::Command;
use yichuang_app::Place;
use yichuang_testkit::database::{on_sqlite, tamper_file};
use yichuang_testkit::sample::{receive, step};

/// Takes the last record of a case away from all who know of it.
const CUT: &str = "DELETE FROM journal WHERE case_id = 12 AND seq = 2; \
    DELETE FROM acts WHERE case_id = 12 AND seq = 2; UPDATE cases SET version = 1, \
    head_hash = (SELECT hash FROM journal WHERE case_id = 12 AND seq = 1) WHERE id = 12";

/// Exit code, and what was said on both streams.
fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
    let output = command.args(words).arg("--data").arg(folder).output().expect("the binary runs");
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    (output.status.code(), out + &err)
}

/// The folder of a database with two cases, closed again.
fn two_cases(check: impl FnOnce(&Path)) {
    on_sqlite(async |mut db| {
        for id in 11..=12 {
            db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.expect("received");
        }
        db.commit(step("s12", 12, 1)).await.expect("a step");
        db.close();
        let Place::Folder(folder) = db.place() else { panic!("a folder") };
        check(folder);
    });
}

#[test]
fn an_anchored_journal_whose_tail_is_cut_off_is_found_out() {
    two_cases(|folder| {
        let (key, file) = (folder.join("key"), folder.join("anchors.jsonl"));
        std::fs::write(&key, "11".repeat(32)).expect("written");
        let outside =
            ["--key", key.to_str().expect("text"), "--anchor-file", file.to_str().expect("text")].to_vec();
        let with = |words: [&'static str; 2]| [words.to_vec(), outside.clone()].concat();

        let (code, text) = run(folder, &["journal", "verify"]);
        assert!(code == Some(0) && text.contains("未能证明：没有锚定："), "{text}");
        let (code, text) = run(folder, &["journal", "anchor", "--json"]);
        assert!(code == Some(0) && text.contains(r#""made":1"#) && text.contains(r#""cases":2"#), "{text}");
        let (code, text) = run(folder, &with(["journal", "anchor"]));
        assert!(code == Some(0) && text.contains("已作第 2 号锚定"), "the key is new: {text}");
        assert!(text.contains("已写入锚文件") && text.contains("（2 条）"), "{text}");
        let (code, text) = run(folder, &with(["journal", "anchor"]));
        assert!(code == Some(0) && text.contains("以后没有变动，没有作新的锚定"), "{text}");
        let (code, text) = run(folder, &["journal", "anchor"]);
        assert!(code == Some(0) && text.contains("没有变动"), "{text}");
        let (code, text) = run(folder, &with(["journal", "verify"]));
        assert!(
            code == Some(0) && text.starts_with("日志核验通过：2 件办件，3 条记录，2 次锚定。"),
            "{text}"
        );

        tamper_file(folder, CUT);
        let (code, text) = run(folder, &["journal", "verify"]);
        assert!(code == Some(1) && text.contains("第 1 号锚定时已有这条记录"), "{text}");
        let (code, text) = run(folder, &["journal", "verify", "--json"]);
        assert!(code == Some(1) && text.contains(r#""whole":false"#), "{text}");
    });
}

#[test]
fn what_is_given_and_cannot_be_used_is_named() {
    two_cases(|folder| {
        let (nowhere, wrong) = (folder.join("nowhere"), folder.join("wrong"));
        std::fs::write(&wrong, "not a key\n").expect("written");
        let (nowhere, wrong) = (nowhere.to_str().expect("text"), wrong.to_str().expect("text"));
        for (words, told) in [
            (["verify", "--anchor-file", nowhere], "锚文件"),
            (["verify", "--anchor-file", wrong], "第 1 行不是锚定记录"),
            (["anchor", "--anchor-file", wrong], "没有作新的锚定"),
            (["verify", "--key", nowhere], "无法读取，请核对路径和权限"),
            (["anchor", "--key", wrong], "不是可用的 SM2 私钥"),
            (["verify", "--key", wrong], "不是可用的 SM2 公钥"),
        ] {
            let (code, text) = run(folder, &[&["journal"], words.as_slice()].concat());
            assert!(code == Some(2) && text.contains(told), "{words:?}: {text}");
        }
        let (_, text) = run(folder, &["journal", "verify"]);
        assert!(text.contains("没有锚定"), "nothing was made: {text}");
    });
}

#[test]
fn files_are_checked_and_swept_by_name() {
    two_cases(|folder| {
        let (code, text) = run(folder, &["files", "check"]);
        assert!(code == Some(0) && text.contains("登记 0 个文件"), "none yet: {text}");
        tamper_file(folder, "INSERT INTO meta VALUES ('files_folder', 'ours')");
        let (code, text) = run(folder, &["files", "check"]);
        assert!(code == Some(2) && text.contains("没有这个目录"), "{text}");
        std::fs::create_dir(folder.join("files")).expect("made");
        let (code, text) = run(folder, &["files", "sweep"]);
        assert!(code == Some(2) && text.contains("没有标识 folder.id"), "{text}");
        std::fs::write(folder.join("files/folder.id"), "theirs").expect("written");
        let (code, text) = run(folder, &["files", "check"]);
        assert!(code == Some(2) && text.contains("标识 theirs，本数据库的是 ours"), "{text}");
        std::fs::write(folder.join("files/folder.id"), "ours").expect("written");
        let name = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        tamper_file(folder, &format!("INSERT INTO files VALUES ('{name}', 3, 'text/plain', 1)"));
        let (code, text) = run(folder, &["files", "check"]);
        assert!(code == Some(1) && text.contains("缺失 1 个") && text.contains(name), "{text}");
        std::fs::create_dir(folder.join("files/66")).expect("made");
        std::fs::write(folder.join("files/66").join(name), "abc").expect("written");
        let (code, text) = run(folder, &["files", "check", "--deep"]);
        assert!(code == Some(0) && text.contains("摘要都相符"), "{text}");
        let (code, text) = run(folder, &["files", "sweep"]);
        assert!(code == Some(0) && text.contains("清理了 0 个"), "{text}");
        let (code, text) = run(folder, &["files", "check", "--files", "http://x"]);
        assert!(code == Some(2) && text.contains("s3://存储桶/前缀"), "{text}");
    });
}
