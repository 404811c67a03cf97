//! `import items`, `export items` and `report changes`, on the real binary: what is refused whole, what a file
//! outlives, and what it changes.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};
use yichuang_app::{App, Place, catalog};

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

const LIST: &str = "\
seq,name,type_inferred,by_application,department_inferred,dept_source,row_guid,url
1,甲,公共服务,1,区水利局,,g-1,u
";

#[test]
fn an_export_takes_the_place_of_the_old_file_only_when_it_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (list, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    std::fs::write(&list, LIST).expect("a file");
    let imported = run(&["import", "items", path(&list), "--data", path(&data)]);
    assert!(imported.status.success(), "{imported:?}");
    let out = folder.path().join("out");
    std::fs::create_dir(&out).expect("a folder");
    let (file, old) = (out.join("items.json"), folder.path().join("old"));
    std::fs::write(&file, "the old one").expect("a file");
    // A second name of the old file: written in place, it would show the new content.
    std::fs::hard_link(&file, &old).expect("a link");
    let export = |to: &Path| run(&["export", "items", "--out", path(to), "--data", path(&data)]);
    let done = export(&file);
    assert_eq!(said(&done), format!("已导出 1 项到“{}”。\n", file.display()));
    assert!(std::fs::read_to_string(&file).expect("the file").contains("zwykb-g-1"));
    assert_eq!(std::fs::read_to_string(&old).expect("the old file"), "the old one");
    let left: Vec<_> = std::fs::read_dir(&out).expect("the folder").collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let refused = export(&folder.path().join("none").join("items.json"));
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("写不进去，请检查目录和权限"), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn an_export_keeps_links_permissions_and_devices() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("items.json"), folder.path().join("link"));
    let (list, data) = (folder.path().join("list.csv"), folder.path().join("data"));
    std::fs::write(&list, LIST).expect("a file");
    assert!(run(&["import", "items", path(&list), "--data", path(&data)]).status.success());
    std::fs::write(&file, "the old one").expect("a file");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("permissions");
    symlink(&file, &link).expect("a link");
    assert!(run(&["export", "items", "--out", path(&link), "--data", path(&data)]).status.success());
    assert!(link.is_symlink());
    assert!(std::fs::read_to_string(&file).expect("the file").contains("zwykb-g-1"));
    assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let piped = run(&["export", "items", "--out", "/dev/stdout", "--data", path(&data)]);
    assert!(piped.status.success() && said(&piped).contains("zwykb-g-1"), "{piped:?}");
}

/// A database with the default data in this folder.
fn centre(data: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let app = App::open(&Place::Folder(data.to_owned())).await.expect("a database");
        catalog::load_default_catalogue(&app).await.expect("the default data");
        app.close().await;
    });
}

#[test]
fn what_an_import_changes_is_shown_beside_the_version_in_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("items.json"));
    centre(&data);
    let changes = |words: &[&str]| {
        run(&[&["report", "changes", "scjg-spjy-xb", "--data", path(&data)], words].concat())
    };
    let alone = changes(&[]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(said(&alone).contains("在第 1 版之前没有版本，导入修改后的内容形成新版本"), "{alone:?}");
    let exported = run(&["export", "items", "--data", path(&data)]);
    let items: Vec<serde_json::Value> = serde_json::from_slice(&exported.stdout).expect("items");
    let mut item = items.into_iter().find(|item| item["key"] == "scjg-spjy-xb").expect("the item");
    item["promised"]["days"] = 5.into();
    item["joint"] = "江北府办〔2026〕8号".into();
    item["materials"].as_array_mut().expect("materials").remove(1);
    std::fs::write(&file, serde_json::json!([item]).to_string()).expect("a file");
    assert!(run(&["import", "items", path(&file), "--data", path(&data)]).status.success());
    let shown = said(&changes(&[]));
    let expected = "《食品经营许可（新办）》（scjg-spjy-xb）修改对照
修改前：第 1 版（已发布，2026-01-01 起施行）
修改后：第 2 版（草稿）

共 3 处修改

【基本信息】
  1. 增加　联合办理决定
     修改后：江北府办〔2026〕8号

【办理时限】
  2. 修改　承诺时限
     修改前：7 个工作日
     修改后：5 个工作日

【材料清单】
  3. 删去　营业执照";
    assert!(shown.starts_with(expected), "{shown}");
    assert_eq!(said(&changes(&["--draft"])), shown);
    assert_eq!(said(&changes(&["--from", "1", "--to", "2"])), shown);
    let json: serde_json::Value = serde_json::from_slice(&changes(&["--json"]).stdout).expect("JSON");
    assert_eq!((&json["old"]["version"], &json["new"]["status"]), (&1.into(), &"draft".into()));
    assert_eq!(json["changes"][1]["field"], "promised");
    assert_eq!(
        (&json["changes"][1]["before"], &json["changes"][1]["kind"]),
        (&"7 个工作日".into(), &"changed".into())
    );
    for (words, code, text) in [
        (&["--to", "9"][..], 2, "没有找到事项“scjg-spjy-xb”的第 9 版"),
        (&["--from", "2"], 2, "要对照的都是第 2 版"),
        (&["--draft", "--to", "2"], 2, "不能与"),
        (&["--from", "x"], 2, "应为整数"),
    ] {
        let refused = changes(words);
        assert_eq!(refused.status.code(), Some(code), "{words:?}");
        assert!(said(&refused).contains(text), "{words:?}: {refused:?}");
    }
}

#[test]
fn a_mapping_that_cannot_be_read_is_told_in_chinese() {
    let folder = tempfile::tempdir().expect("a folder");
    let (list, mapping) = (folder.path().join("list.csv"), folder.path().join("own.toml"));
    std::fs::write(&list, LIST).expect("a file");
    let table: [(&[u8], &str); 2] = [
        (
            b"name = \"x\"\n[columns\n",
            "列对照文件无法识别：第 2 行 TOML 写法有误。格式见 import/zwykb.toml。\n",
        ),
        (b"name = \"\xb1\xed\"\n", "应为 UTF-8 编码，另存为 UTF-8 后再导入\n"),
    ];
    for (bytes, expected) in table {
        std::fs::write(&mapping, bytes).expect("a file");
        let refused = run(&["import", "items", path(&list), "--dry-run", "--mapping", path(&mapping)]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).ends_with(expected), "{refused:?}");
    }
}
