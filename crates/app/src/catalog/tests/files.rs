//! Tables: a file as it comes, and the batch or the line-precise errors it gives.

use crate::catalog::{
    Batch, Counts, MAX_FILE_BYTES, Mapping, Rejection, default_catalogue, diff, items_to_csv, items_to_json,
    read_items,
};
use std::collections::BTreeMap;
use yichuang_domain::item::{ItemKind, ItemVersion, StartEvent};
use yichuang_domain::lint::{FindingCode, blocking};

/// A made-up list in the shape of the portal's.
const LIST: &str = "\
seq,name,type_inferred,by_application,department_inferred,dept_source,row_guid,url
1,食品经营许可,行政许可,1,区市场监管局,keyword,guid-1,https://example.invalid/1
2,\"一次性补助金（含\n丧葬补助）\",行政给付,1,区林业局,keyword,guid-2,https://example.invalid/2
3,罚款,行政处罚,0,区公安分局,keyword,guid-3,https://example.invalid/3
4,水资源费征收,行政征收,1,,,guid-4,https://example.invalid/4
";

fn read(bytes: &[u8]) -> Batch {
    read_items(bytes, None).expect("a batch")
}

fn errors(bytes: &[u8]) -> Vec<String> {
    let rejection = read_items(bytes, None).expect_err("errors");
    rejection.errors.iter().map(ToString::to_string).collect()
}

/// What a store would hold after this batch.
fn stored(batch: &Batch, mut before: BTreeMap<String, ItemVersion>) -> BTreeMap<String, ItemVersion> {
    for edit in diff(batch, &before).expect("a plan").edits {
        before.insert(edit.item.key.clone(), edit.item);
    }
    before
}

#[test]
fn the_portal_list_is_recognised_counted_and_imported_once() {
    let batch = read(LIST.as_bytes());
    let first = diff(&batch, &BTreeMap::new()).expect("a plan");
    let expected = Counts { read: 4, created: 3, skipped: 1, ..Counts::default() };
    assert_eq!(first.counts, expected);
    let store = stored(&batch, BTreeMap::new());
    let again = diff(&batch, &store).expect("a plan");
    assert_eq!(again.counts, Counts { read: 4, unchanged: 3, skipped: 1, ..Counts::default() });
    assert_eq!(again.edits, vec![]);
    let item = &store["zwykb-guid-1"];
    assert_eq!((item.kind, item.agency.as_str()), (ItemKind::Permit, "scjgj"));
    assert_eq!(store["zwykb-guid-2"].name, "一次性补助金（含\n丧葬补助）");
    assert_eq!(store["zwykb-guid-2"].agency, "", "an agency nobody knows stays open");
    let levy = blocking(&store["zwykb-guid-4"]);
    assert_eq!(levy[0].code, FindingCode::NotByApplication, "{levy:?}");
}

#[test]
fn what_a_person_corrected_outside_the_list_stays() {
    let batch = read(LIST.as_bytes());
    let mut store = stored(&batch, BTreeMap::new());
    let item = store.get_mut("zwykb-guid-1").expect("imported");
    item.notes = "部门已确认。".into();
    item.conditions = vec!["有固定场所".into()];
    let renamed = LIST.replace("食品经营许可", "食品经营许可（新办）");
    let plan = diff(&read(renamed.as_bytes()), &store).expect("a plan");
    assert_eq!((plan.counts.changed, plan.counts.unchanged), (1, 2));
    let item = &plan.edits[0].item;
    assert_eq!((item.name.as_str(), item.notes.as_str()), ("食品经营许可（新办）", "部门已确认。"));
    assert_eq!(item.conditions, vec!["有固定场所"]);
}

#[test]
fn every_encoding_of_an_office_gives_the_same_batch() {
    let expected = read(LIST.as_bytes());
    let with_bom = [b"\xef\xbb\xbf".as_slice(), LIST.as_bytes()].concat();
    let (gb18030, _, lossy) = encoding_rs::GB18030.encode(LIST);
    assert!(!lossy);
    let utf16: Vec<u8> =
        [0xFFu8, 0xFE].into_iter().chain(LIST.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let dos = LIST.replace('\n', "\r\n");
    for (name, bytes) in
        [("bom", with_bom.as_slice()), ("gb18030", &gb18030), ("utf-16", &utf16), ("dos", dos.as_bytes())]
    {
        assert_eq!(read(bytes), expected, "{name}");
    }
}

#[test]
fn row_errors_name_the_line_in_the_file_and_are_all_told() {
    let table = [
        ("1,", "食品经营许可", "", vec!["第 2 行 “name”列没有填写"]),
        ("kind", "行政许可", "行政许司", vec!["第 2 行 “type_inferred”列的“行政许司”不认识"]),
        ("key", "guid-4", "guid-1", vec!["第 6 行 事项标识 zwykb-guid-1 与第 2 行重复"]),
        ("no key", "guid-4", "", vec!["第 6 行 “row_guid”列没有填写"]),
        ("columns", "guid-4,", "guid-4,,", vec!["第 6 行 有 9 列，表头有 8 列"]),
        ("control", "水资源费", "水\u{0}资源费", vec!["第 6 行 “name”列含有控制字符"]),
        (
            "header",
            "row_guid",
            "guid",
            vec!["第 1 行 表头不是已知的格式，用 --mapping 指定列对照文件（格式见 import/zwykb.toml）"],
        ),
    ];
    for (name, from, to, expected) in table {
        assert_eq!(errors(LIST.replace(from, to).as_bytes()), expected, "{name}");
    }
    let two = LIST.replace("行政许可", "许可").replace("行政征收", "征收");
    let rejection = read_items(two.as_bytes(), None).expect_err("two errors");
    assert_eq!(rejection.errors.iter().map(|e| e.line).collect::<Vec<_>>(), vec![2, 6]);
    let expected = Counts { read: 4, skipped: 1, rejected: 2, ..Counts::default() };
    assert_eq!(Counts::from(&rejection), expected);
    let blank = LIST.replace("\n3,", "\n\n\n3,").replace("行政征收", "征收");
    assert_eq!(
        errors(blank.as_bytes()),
        vec!["第 8 行 “type_inferred”列的“征收”不认识"],
        "empty lines count"
    );
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_what_to_do() {
    let open = LIST.replace("丧葬补助）\"", "丧葬补助）");
    let half = [LIST.as_bytes(), b"5,\xff\xff,"].concat();
    let table: Vec<(&[u8], &str)> = vec![
        (b"", "第 1 行 文件是空的"),
        (b"  \n ", "第 1 行 文件是空的"),
        (b"PK\x03\x04", "第 1 行 这是 Excel 工作簿，请另存为“CSV UTF-8（逗号分隔）”后再导入"),
        (&half, "第 7 行 有无法识别的字符，文件编码应为 UTF-8 或者 GB18030"),
        (b"[{\"key\": \"a\"", "第 1 行 内容没有结束，缺少括号或者引号；其后的内容没有检查"),
        (b"{}", "第 1 行 应为事项的数组，以 [ 开头；其后的内容没有检查"),
    ];
    for (bytes, expected) in table {
        assert_eq!(errors(bytes), vec![expected], "{expected}");
    }
    let open = errors(open.as_bytes());
    assert!(open.contains(&"第 3 行 引号没有成对，其后的内容无法分行".to_owned()), "{open:?}");
}

#[test]
fn a_key_of_other_characters_is_an_error_of_its_line() {
    let said = |line| vec![format!("第 {line} 行 事项标识只能用英文字母、数字和“.”“_”“-”，不超过 64 个字符")];
    let json = |key: &str| {
        format!(
            "[\n {{\"key\": \"{key}\", \"name\": \"甲\", \"mode\": \"within_limit\", \"kind\": \"permit\"}}\n]"
        )
    };
    let csv = |key: &str| LIST.replace("guid-4", key);
    // With the prefix `zwykb-`, 58 characters are the most.
    for good in ["A.b_c-9", &"k".repeat(58)] {
        assert_eq!(read(json(good).as_bytes()).rows[0].key, good);
        assert_eq!(read(csv(good).as_bytes()).rows[2].key, format!("zwykb-{good}"));
    }
    assert_eq!(read(json(&"k".repeat(64)).as_bytes()).rows.len(), 1);
    for bad in ["a b", "甲", "../x", "a/b", "a\tb", "<b>", "ａ", &"k".repeat(65)] {
        assert_eq!(errors(json(&bad.replace('\t', "\\t")).as_bytes()), said(2), "{bad}");
        assert_eq!(errors(csv(bad).as_bytes()), said(6), "{bad}");
    }
    assert_eq!(errors(csv(&"k".repeat(59)).as_bytes()), said(6));
}

#[test]
fn a_file_of_more_than_20_mb_is_to_be_split() {
    let most = MAX_FILE_BYTES as usize;
    assert_eq!(errors(&vec![b' '; most]), vec!["第 1 行 文件是空的"]);
    assert_eq!(errors(&vec![b' '; most + 1]), vec!["第 1 行 文件超过 20 MB，请拆分成几个文件，分别导入"]);
}

#[test]
fn json_errors_name_the_line_of_the_fault() {
    let table = [
        ("\"name\": \"乙\",", "", vec!["第 6 行 缺少字段 name（该事项自第 4 行起）"]),
        (
            "\"kind\": \"permit\"}\n]",
            "\"kind\": \"permitt\"}\n]",
            vec!["第 6 行 取值 permitt 不在允许的范围内（该事项自第 4 行起）"],
        ),
        (
            "\"mode\"",
            "\"key\": 7, \"mode\"",
            vec!["第 3 行 字段的内容类型不对，对照示例文件核对（该事项自第 2 行起）"],
        ),
        ("\"key\": \"b\"", "\"key\": \"a\"", vec!["第 4 行 事项标识 a 与第 2 行重复"]),
        ("\"key\": \"b\"", "\"key\": \"b\", \"materiels\": [1]", vec!["第 4 行 有不认识的字段 materiels"]),
        ("\"乙\"", "\" \"", vec!["第 4 行 事项标识（key）和事项名称（name）都要填写"]),
        ("\"乙\"", "\"乙\\u0007\"", vec!["第 4 行 含有控制字符"]),
        ("permit\"}\n]", "permit\"}\n] x", vec!["第 7 行 数组之后还有内容；其后的内容没有检查"]),
    ];
    let file = "[\n {\"key\": \"a\", \"name\": \"甲\",\n  \"mode\": \"within_limit\", \"kind\": \"permit\"},\n {\"key\": \"b\", \"name\": \"乙\",\n  \"mode\": \"on_the_spot\",\n  \"kind\": \"permit\"}\n]\n";
    assert_eq!(read(file.as_bytes()).rows.len(), 2);
    for (from, to, expected) in table {
        let broken = file.replacen(from, to, 1);
        assert_ne!(broken, file);
        let said = errors(broken.as_bytes());
        assert_eq!(said, expected, "{to}");
    }
}

#[test]
fn export_and_import_give_the_same_back() {
    let mut items = default_catalogue().expect("the default data").items;
    let list = read(LIST.as_bytes());
    items.extend(stored(&list, BTreeMap::new()).into_values());
    let mut odd = items[0].clone();
    odd.key = "odd".into();
    odd.name = "含“引号\"、逗号,和\n换行".into();
    odd.statutory = None;
    odd.fee.basis = Some("某法".into());
    items.push(odd);
    let store: BTreeMap<String, ItemVersion> =
        items.iter().map(|item| (item.key.clone(), item.clone())).collect();
    let json = items_to_json(&items).expect("json");
    let csv = items_to_csv(&items).expect("csv");
    for (name, bytes) in [("json", json.as_bytes()), ("csv", &csv)] {
        let plan = diff(&read(bytes), &store).expect("a plan");
        let expected = Counts { read: items.len(), unchanged: items.len(), ..Counts::default() };
        assert_eq!(plan.counts, expected, "{name}: {:?}", plan.edits.first());
    }
    let whole = stored(&read(json.as_bytes()), BTreeMap::new());
    assert_eq!(whole, store, "JSON holds all of each item");
}

#[test]
fn no_cell_of_a_flat_file_is_a_formula_and_each_comes_back() {
    let template = default_catalogue().expect("the default data").items.remove(0);
    let texts = [
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "+1",
        "-1",
        "\t=1",
        "'=1",
        "''=1",
        "'''-1",
        "'甲",
        "'",
        "甲'=1",
        "5-1",
    ];
    let mut store = BTreeMap::new();
    for (number, text) in texts.iter().enumerate() {
        let mut item = template.clone();
        item.key = format!("-{number}");
        item.name = (*text).to_owned();
        item.fee.basis = Some((*text).to_owned());
        item.service_objects = vec![(*text).to_owned(), "法人".to_owned()];
        store.insert(item.key.clone(), item);
    }
    let items: Vec<ItemVersion> = store.values().cloned().collect();
    let csv = items_to_csv(&items).expect("csv");
    let mut cells = 0;
    for record in csv::Reader::from_reader(csv.as_slice()).records() {
        for cell in record.expect("a record").iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            cells += 1;
        }
    }
    assert!(cells > texts.len());
    let plan = diff(&read(&csv), &store).expect("a plan");
    assert_eq!(plan.edits, vec![]);
    assert_eq!(plan.counts, Counts { read: texts.len(), unchanged: texts.len(), ..Counts::default() });
    let text = String::from_utf8(csv).expect("UTF-8");
    for expected in ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'+1", "'-1", "'\t=1", "''=1", "'''=1"] {
        assert!(text.contains(&format!(",{expected},")), "{expected}: {text}");
    }
    let foreign = LIST.replace("食品经营许可", "'=1");
    assert_eq!(stored(&read(foreign.as_bytes()), BTreeMap::new())["zwykb-guid-1"].name, "'=1");
}

#[test]
fn a_flat_file_holds_every_start_event_and_leaves_the_extension_as_it_is() {
    let extended = |item: &&ItemVersion| item.statutory.as_ref().is_some_and(|s| s.extension.is_some());
    let items = default_catalogue().expect("the default data").items;
    let mut item = items.iter().find(extended).expect("an item that may be extended").clone();
    let store = BTreeMap::from([(item.key.clone(), item.clone())]);
    for (start, word) in [
        (StartEvent::Acceptance, "受理之日"),
        (StartEvent::Receipt, "收到申请之日"),
        (StartEvent::AllMaterials, "收到全部有效材料之日"),
    ] {
        let statutory = item.statutory.as_mut().expect("a statutory limit");
        (statutory.start, statutory.limit.days) = (start, 5);
        let csv = items_to_csv(std::slice::from_ref(&item)).expect("csv");
        assert!(String::from_utf8_lossy(&csv).contains(word), "{word}");
        let plan = diff(&read(&csv), &store).expect("a plan");
        assert_eq!(plan.edits[0].item, item, "{word}");
    }
}

#[test]
fn joint_handling_and_the_interests_of_others_go_through_both_formats() {
    let mut item = default_catalogue().expect("the default data").items.remove(0);
    let plain = item.clone();
    (item.joint, item.touches_others) = (Some("江北府办〔2026〕8号".into()), true);
    let store = BTreeMap::from([(plain.key.clone(), plain.clone())]);
    let json = items_to_json(std::slice::from_ref(&item)).expect("json");
    let csv = items_to_csv(std::slice::from_ref(&item)).expect("csv");
    for file in [json.as_bytes(), &csv] {
        assert_eq!(diff(&read(file), &store).expect("a plan").edits[0].item, item);
    }
    let empty = json
        .replace("江北府办〔2026〕8号", " ")
        .replace("\"touches_others\": true", "\"touches_others\": false");
    assert_eq!(diff(&read(empty.as_bytes()), &store).expect("a plan").counts.unchanged, 1, "empty is none");
    let emptied = String::from_utf8(csv.clone()).expect("UTF-8").replace("江北府办〔2026〕8号,是", ",否");
    assert_eq!(diff(&read(emptied.as_bytes()), &store).expect("a plan").counts.unchanged, 1, "empty is none");
    assert_eq!(
        errors(String::from_utf8(csv).expect("UTF-8").replace(",是,", ",有,").as_bytes()),
        ["第 2 行 “直接关系他人重大利益”列的“有”不认识"]
    );
}

#[test]
fn a_flat_file_without_the_newer_columns_leaves_them_as_they_are() {
    let mut item = default_catalogue().expect("the default data").items.remove(0);
    (item.joint, item.touches_others) = (Some("江北府办〔2026〕8号".into()), true);
    let csv = String::from_utf8(items_to_csv(std::slice::from_ref(&item)).expect("csv")).expect("UTF-8");
    let older = csv.replace("联合办理决定,直接关系他人重大利益,", "").replace("江北府办〔2026〕8号,是,", "");
    assert!(older.len() < csv.len());
    let store = BTreeMap::from([(item.key.clone(), item)]);
    let plan = diff(&read(older.as_bytes()), &store).expect("a plan");
    assert_eq!(plan.counts, Counts { read: 1, unchanged: 1, ..Counts::default() });
    let shorter = older.replace("办件类型,", "");
    assert!(errors(shorter.as_bytes())[0].contains("表头不是已知的格式"));
}

#[test]
fn a_mapping_of_ones_own_says_what_it_lacks() {
    let own = "name = \"自有表\"\n[columns]\nkey = \"编号\"\nname = \"名称\"\nkind = \"类型\"\npromised_days = \"承诺\"\n\
        [values.kind]\n\"许可\" = \"行政许可\"\n";
    let mapping = || Mapping::parse(own).expect("a mapping");
    let batch =
        read_items("编号,名称,类型,承诺\na,甲,许可,5\n".as_bytes(), Some(mapping())).expect("a batch");
    let item = &stored(&batch, BTreeMap::new())["a"];
    assert_eq!((item.kind, item.promised.map(|limit| limit.days)), (ItemKind::Permit, Some(5)));
    let said = |file: &str| match read_items(file.as_bytes(), Some(mapping())) {
        Err(Rejection { errors, .. }) => errors[0].to_string(),
        Ok(batch) => format!("{batch:?}"),
    };
    assert_eq!(said("编号,名称\n"), "第 1 行 表头缺少“自有表”所需的列：承诺、类型");
    assert_eq!(said("编号,名称,类型,承诺\na,甲,处罚,5\n"), "第 2 行 “类型”列的“处罚”不在对照表内");
    assert_eq!(said("编号,名称,类型,承诺\na,甲,许可,五\n"), "第 2 行 “承诺”列的“五”不是天数，填写阿拉伯数字");
    let lacking = Mapping::parse("name = \"x\"\n[columns]\nkey = \"a\"\nname = \"b\"\n");
    assert!(lacking.is_err_and(|error| error.to_string().contains("事项类型（kind）")));
}

#[test]
fn a_mapping_that_cannot_be_read_names_the_line_in_chinese() {
    let whole = "name = \"自有表\"\n[columns]\nkey = \"编号\"\nname = \"名称\"\nkind = \"类型\"\n[skip]\n\
        column = \"状态\"\nvalues = [\"0\"]\n";
    Mapping::parse(whole).expect("a mapping");
    let table = [
        ("key = ", "clef = ", "第 3 行 clef 不是事项的字段"),
        ("[skip]", "[skipp]", "第 6 行 有不认识的内容 skipp"),
        ("\"编号\"", "编号", "第 3 行 TOML 写法有误"),
        ("\"类型\"", "7", "第 5 行 内容的类型不对，文字须加引号"),
        ("kind = ", "name = ", "第 5 行 同一内容写了两次"),
        ("column = \"状态\"\n", "", "第 6 行 缺少 column"),
        ("values = [\"0\"]", "values = [\"0\"", "第 8 行 TOML 写法有误"),
    ];
    for (from, to, expected) in table {
        let said = Mapping::parse(&whole.replacen(from, to, 1)).expect_err(expected).to_string();
        assert_eq!(said, format!("列对照文件无法识别：{expected}。格式见 import/zwykb.toml。"));
    }
    let nameless = Mapping::parse("[columns]\n").expect_err("no name").to_string();
    assert!(nameless.contains("缺少 name"), "{nameless}");
}
