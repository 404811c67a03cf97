//! What the command line says when it is typed wrong: Chinese, with the next step, exit 2.

use std::process::Command;

fn said(words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_yichuang")).args(words).output().expect("the binary runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn wrong_words_are_told_in_chinese() {
    let cases: [(&[&str], &str); 9] = [
        (&["foo"], "没有命令“foo”"),
        (&["demo", "--days", "0"], "应在 1 至 120 之间"),
        (&["demo", "--visitors", "x"], "应为整数"),
        (&["demo", "--from", "abc"], "请写成 2026-09-01 这样"),
        (&["demo", "--nope"], "没有参数 --nope"),
        (&["demo", "--seed", "1", "--seed", "2"], "只能给出一次"),
        (&["explain", "due", "--days", "3"], "缺少参数 --from"),
        (&["journal", "verify", "--data", "a", "--database", "b"], "不能与"),
        (&["export", "items", "--format", "xml"], "可以是 json、csv"),
    ];
    for (words, expected) in cases {
        let (code, text) = said(words);
        assert_eq!(code, Some(2), "{words:?}");
        assert!(text.contains(expected) && text.contains("下一步"), "{words:?}: {text}");
        assert!(!text.contains("error") && !text.contains("Usage"), "{words:?}: {text}");
    }
}

#[test]
fn every_command_explains_itself_in_chinese() {
    for words in [
        vec![],
        vec!["demo"],
        vec!["import", "items"],
        vec!["explain", "due"],
        vec!["journal", "verify"],
        vec!["doctor"],
        vec!["migrate"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
        let output = command.args(&words).arg("--help").output().expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("用法："), "{words:?}: {text}");
        for english in ["Usage", "Options", "OPTIONS", "Commands", "default", "Print", "possible"] {
            assert!(!text.contains(english), "{words:?} says {english}: {text}");
        }
    }
}
