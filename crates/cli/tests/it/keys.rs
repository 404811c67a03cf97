//! `keys` on the real binary: sealed from the first start, rotated and killed anywhere, copied, backed up, restored.
#![cfg(target_os = "linux")]

use crate::backup::{Bed, told};
use std::os::unix::fs::PermissionsExt as _;

/// Ids of the keys in a folder.
fn ids(bed: &Bed, folder: &str) -> Vec<String> {
    let names = bed.names(folder).into_iter();
    names.filter_map(|name| name.strip_suffix(".key").map(str::to_owned)).collect()
}

fn json(bed: &Bed, words: &[&str]) -> serde_json::Value {
    let output = bed.run(words);
    assert!(output.status.success(), "{words:?}: {}", told(&output));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn keys_are_made_beside_the_data_and_what_is_missing_is_told() {
    let bed = Bed::new();
    let made = ids(&bed, "data.keys");
    assert_eq!(made.len(), 1);
    let file = bed.at(&format!("data.keys/{}.key", made[0]));
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&bed.at("data.keys")), mode(&file)), (0o700, 0o600));
    let list = json(&bed, &["keys", "list", "--json", "--data", "data"]);
    assert_eq!(
        (&list["keys"][0]["standing"], &list["plain"], &list["unknown"]),
        (&"sealing".into(), &0.into(), &0.into())
    );
    assert!(list["keys"][0]["cells"].as_i64().is_some_and(|cells| cells > 20), "{list}");

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("opened to others");
    let ill = bed.run(&["doctor", "--data", "data"]);
    assert!(told(&ill).contains("其他账户可以读取"), "{}", told(&ill));
    std::fs::rename(&file, bed.at("away.key")).expect("moved away");
    let ill = told(&bed.run(&["doctor", "--data", "data"]));
    assert!(ill.contains(&format!("没有密钥 {}", made[0])), "{ill}");
    let serve = bed.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(serve.status.code(), Some(2), "{}", told(&serve));
    assert!(told(&serve).contains(&format!("没有密钥 {}", made[0])), "{}", told(&serve));
    assert!(ids(&bed, "data.keys").is_empty(), "no other key is made in its place");
    bed.is_whole("data");
}

#[test]
fn a_rotation_killed_anywhere_goes_on_with_one_new_key() {
    let bed = Bed::new();
    let old = ids(&bed, "data.keys").remove(0);
    let rotate = ["keys", "rotate", "--json", "--data", "data"];
    let (mut killed, mut after) = (0, 0);
    loop {
        let output = bed.with("kill", "yichuang.db", after, &rotate);
        if output.status.success() {
            break;
        }
        assert_eq!(output.status.code(), None, "killed, not failed: {}", told(&output));
        (killed, after) = (killed + 1, after + 1 + after / 2);
        bed.is_whole("data");
    }
    assert!(killed > 5, "{killed}");
    let list = json(&bed, &["keys", "list", "--json", "--data", "data"]);
    let sealing = list["keys"].as_array().expect("a list").iter().find(|key| key["standing"] == "sealing");
    let id = sealing.expect("one seals")["id"].as_str().expect("an id");
    assert_ne!(id, old);
    for key in list["keys"].as_array().expect("a list").iter().filter(|key| key["id"] != id) {
        assert_eq!(key["cells"], 0, "{list}");
    }
    let early = bed.run(&["keys", "remove", &old, "--data", "data"]);
    assert!(told(&early).contains("不满"), "{}", told(&early));
    bed.is_whole("data");
}

#[test]
fn a_backup_has_keys_only_when_it_is_asked_for_and_a_restore_says_which_it_needs() {
    let bed = Bed::new();
    let key = ids(&bed, "data.keys").remove(0);
    let without = json(&bed, &["backup", "--data", "data", "--to", "without", "--json"]);
    assert_eq!(without["manifest"]["keys"][0], key.as_str());
    let path = without["path"].as_str().expect("a path");
    assert!(!bed.at(path).join("keys").exists());
    let restored = bed.run(&["restore", "--from", path, "--to", "again"]);
    assert!(
        restored.status.success() && told(&restored).contains(&format!("还需要密钥 {key}")),
        "{}",
        told(&restored)
    );
    let list = bed.run(&["keys", "list", "--data", "again"]);
    assert!(told(&list).contains("文件缺失"), "{}", told(&list));

    let with = json(&bed, &["backup", "--data", "data", "--to", "with", "--with-keys", "--json"]);
    let path = with["path"].as_str().expect("a path");
    let restored = bed.run(&["restore", "--from", path, "--to", "whole"]);
    assert!(told(&restored).contains(&format!("备份中的密钥 {key} 已放入")), "{}", told(&restored));
    assert_eq!(ids(&bed, "whole.keys"), std::slice::from_ref(&key));
    let well = bed.run(&["keys", "list", "--data", "whole"]);
    assert!(well.status.success() && told(&well).contains("在用"), "{}", told(&well));

    std::fs::remove_file(bed.at(&format!("data.keys/{key}.key"))).expect("lost");
    let refused = bed.run(&["backup", "--data", "data", "--to", "third", "--with-keys"]);
    assert!(!refused.status.success() && told(&refused).contains("没有作备份"), "{}", told(&refused));
    assert_eq!(bed.names("third"), [""; 0], "nothing half done");
    let copied = bed.run(&["copy", "--from", "data", "--to", "copied"]);
    assert!(copied.status.success() && told(&copied).contains(&key), "{}", told(&copied));
}

/// Telephones as the demo invents them: 139 and eight digits, with no digit beside.
fn telephones(bytes: &[u8]) -> usize {
    let digits = bytes.split(|byte| !byte.is_ascii_digit());
    digits.filter(|run| run.len() == 11 && run.starts_with(b"139")).count()
}

#[test]
fn no_telephone_stands_in_the_database_files_or_in_the_log() {
    assert_eq!(telephones("\"13912345678\" 913912345678".as_bytes()), 1);
    let bed = Bed::new();
    let words = ["demo", "--no-serve", "--visitors", "20", "--days", "1", "--data", "logged"];
    let logged = bed.command(&words).env("RUST_LOG", "trace").output().expect("the binary runs");
    assert!(logged.status.success(), "{}", told(&logged));
    assert_eq!((telephones(&logged.stderr), telephones(&logged.stdout)), (0, 0));
    for name in bed.names("logged") {
        let file = bed.at("logged").join(&name);
        if file.is_file() {
            assert_eq!(telephones(&std::fs::read(&file).expect("read")), 0, "{name}");
        }
    }
}
