//! `import items` and `export items`, on the real binary: what is refused whole, and what a file outlives.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yichuang")).args(words).output().expect("the binary runs")
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_file_of_more_than_20_mb_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, data) = (folder.path().join("items.json"), folder.path().join("data"));
    File::create(&file).expect("a file").set_len((20 << 20) + 1).expect("a length");
    let refused = run(&["import", "items", path(&file), "--dry-run", "--data", path(&data)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("文件超过 20 MB，请拆分成几个文件，分别导入"), "{refused:?}");
    assert!(!data.exists());
}
