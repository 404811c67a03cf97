//! Every part of an item that differs is named; what is equal is not.

use super::sheet::{self, Entry, Names};
use super::{ChangeKind, FieldChange, changes};
use crate::catalog::default_catalogue;
use serde_json::{Value, json};
use yichuang_domain::item::ItemVersion;

/// An item with something in every place, and at least two of everything that is a list.
fn full() -> Value {
    json!({
        "key": "k", "name": "事项", "kind": "permit", "code": "c31", "handling_code": "c33", "agency": "scjgj",
        "concerned": [
            {"agency": "gaj", "matter": "治安意见", "promised": {"days": 3, "unit": "workday"}},
            {"agency": "xfjy", "matter": "消防意见", "promised": {"days": 5, "unit": "workday"}}
        ],
        "sector": "scjg", "phrases": ["开店", "办证"], "joint": "某府办〔2026〕1号", "touches_others": true, "mode": "within_limit",
        "service_objects": ["自然人", "企业法人"],
        "statutory": {
            "days": 45, "unit": "workday", "start": "acceptance", "basis": "某法第一条",
            "extension": {"days": 15, "basis": "某法第二条"}
        },
        "promised": {"days": 9, "unit": "workday"}, "correction_days": 3, "tolerance_days": 5,
        "conditions": ["条件一", "条件二", "条件三"],
        "questions": [
            {"id": "q1", "text": "由谁办理？", "only_if": ["ls", "fls"],
             "choices": [{"id": "br", "name": "本人"}, {"id": "wt", "name": "委托"}]},
            {"id": "q2", "text": "连锁？", "multiple": true, "only_if": ["br", "wt"],
             "choices": [{"id": "ls", "name": "连锁"}, {"id": "fls", "name": "不是"}]}
        ],
        "materials": [
            {"id": "m1", "name": "申请书", "form": "original", "copies": 1, "source": "自备", "standard": "签字",
             "required_if": ["br", "wt"], "deferrable": true, "shared": true,
             "instructions": "正楷", "attachments": [{"kind": "blank", "file": "aa11", "media": "application/pdf", "size": 9}, {"kind": "sample", "file": "bb22", "media": "image/png", "size": 8}]},
            {"id": "m2", "name": "委托书", "form": "copy", "copies": 2, "source": "自备", "standard": "签字",
             "required_if": ["wt", "ls"], "deferrable": true, "shared": true,
             "instructions": "正楷", "attachments": [{"kind": "blank", "file": "aa11", "media": "application/pdf", "size": 9}, {"kind": "sample", "file": "bb22", "media": "image/png", "size": 8}]},
            {"id": "m3", "name": "证件", "form": "copy", "copies": 2, "source": "自备", "standard": "清晰",
             "required_if": ["wt", "ls"], "deferrable": true, "shared": true,
             "instructions": "正楷", "attachments": [{"kind": "blank", "file": "aa11", "media": "application/pdf", "size": 9}, {"kind": "sample", "file": "bb22", "media": "image/png", "size": 8}]}
        ],
        "review_points": [
            {"id": "p1", "text": "签字齐全", "material": "m1", "required_if": ["br", "wt"]},
            {"id": "p2", "text": "权限明确", "material": "m2", "required_if": ["wt", "ls"]}
        ],
        "procedures": [
            {"kind": "hearing", "suspends_by": "某法第三条"}, {"kind": "public_notice", "suspends_by": "某法第四条"}
        ],
        "steps": ["申请", "受理", "决定"],
        "basis": [
            {"act": "某法", "article": "第一条", "verified": true},
            {"act": "某法", "article": "第二条", "verified": true},
            {"act": "某条例", "article": "第三条", "verified": true}
        ],
        "fee": {"text": "十元", "basis": "某法第五条"},
        "result": {"name": "许可证", "validity": "五年"},
        "notes": "注意", "moved_from": "旧窗口", "source": {"id": "s", "url": "u"}
    })
}

fn item(value: &Value) -> Option<ItemVersion> {
    serde_json::from_value(value.clone()).ok()
}

fn sound(value: &Value) -> ItemVersion {
    item(value).expect("an item")
}

/// The changed item, if it is one and differs.
fn changed(value: &Value) -> Option<ItemVersion> {
    item(value).filter(|new| *new != sound(&full()))
}

#[test]
fn the_full_item_leaves_no_line_of_the_sheet_empty() {
    fn check(entry: &Entry) {
        for line in &entry.lines {
            assert!(!line.shown.is_empty(), "{} {}: nothing to change", entry.id, line.name);
        }
        for list in &entry.lists {
            assert!(list.entries.len() > 1, "{} {}: no order to change", entry.id, list.name);
            list.entries.iter().for_each(check);
        }
    }
    check(&sheet::item(&sound(&full()), &Names::default()));
}

/// Pointers of all scalars, and of all arrays.
fn places(value: &Value, at: &str, scalars: &mut Vec<String>, arrays: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), scalars, arrays));
        }
        Value::Array(list) => {
            arrays.push(at.to_owned());
            let each = list.iter().enumerate();
            each.for_each(|(index, value)| places(value, &format!("{at}/{index}"), scalars, arrays));
        }
        _ => scalars.push(at.to_owned()),
    }
}

/// What might stand there instead; words of enumerations are tried until one fits.
fn others(value: &Value) -> Vec<Value> {
    const WORDS: [&str; 8] =
        ["payment", "on_the_spot", "calendar", "receipt", "original_shown", "auction", "blank", "sample"];
    match value {
        Value::Bool(yes) => vec![json!(!yes)],
        Value::Number(number) => vec![json!(number.as_u64().expect("a count") + 1)],
        Value::String(text) => {
            [json!(format!("{text}改"))].into_iter().chain(WORDS.map(Value::from)).collect()
        }
        other => panic!("{other} is no scalar"),
    }
}

/// Sets, replaces or (with `None`) removes what stands at a pointer.
fn at(pointer: &str, value: Option<Value>) -> Value {
    let mut item = full();
    let (outer, name) = pointer.rsplit_once('/').expect("a pointer");
    match (item.pointer_mut(outer).expect("it is there"), value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Value::Object(members), None) => drop(members.remove(name)),
        (Value::Array(list), value) => {
            let index: usize = name.parse().expect("an index");
            list.splice(index..=index, value);
        }
        (other, _) => panic!("{other} has no places"),
    }
    item
}

/// All changes stand in this field of the item, and there is one.
fn all_in(found: &[FieldChange], pointer: &str) {
    let top = pointer.split('/').nth(1);
    assert!(!found.is_empty(), "{pointer}: nothing is reported");
    for change in found {
        assert_eq!(change.field.split('/').next(), top, "{pointer}: {change:?}");
        assert!(change.before != change.after, "{pointer}: {change:?}");
    }
}

#[test]
fn whatever_is_changed_is_named_and_shown() {
    let (old, mut scalars) = (sound(&full()), Vec::new());
    places(&full(), "", &mut scalars, &mut Vec::new());
    let mut tried = 0;
    for pointer in scalars {
        let there = full().pointer(&pointer).expect("it is there").clone();
        let others: Vec<Value> = others(&there)
            .into_iter()
            .filter(|o| changed(&at(&pointer, Some(o.clone()))).is_some())
            .collect();
        assert!(!others.is_empty(), "{pointer}: nothing else fits");
        for other in others {
            let found = changes(&old, &sound(&at(&pointer, Some(other.clone()))));
            all_in(&found, &pointer);
            let leaf = pointer.rsplit('/').find(|step| step.parse::<usize>().is_err()).expect("a name");
            let named = |leaf: &str| found.iter().any(|c| c.field.split('/').any(|step| step == leaf));
            let kind = |kind| found.iter().any(|c| c.kind == kind);
            let is_limit = matches!(leaf, "days" | "unit") && (named("limit") || named("promised"));
            // What makes an entry the same entry is never changed: one goes, another comes.
            let identity = matches!(leaf, "id" | "agency" | "kind" | "act");
            let replaced = identity && kind(ChangeKind::Removed) && kind(ChangeKind::Added);
            assert!(named(leaf) || is_limit || replaced, "{pointer} = {other}: {found:?}");
            if other.as_str().is_some_and(|text| text.ends_with('改')) {
                assert!(format!("{found:?}").contains('改'), "{pointer}: {found:?}");
            }
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn whatever_is_removed_added_or_moved_is_named() {
    let (full, mut scalars, mut arrays) = (full(), Vec::new(), Vec::new());
    places(&full, "", &mut scalars, &mut arrays);
    let old = sound(&full);
    // Optional members.
    let members = scalars.iter().map(String::as_str).chain([
        "/statutory",
        "/statutory/extension",
        "/promised",
        "/source",
    ]);
    let mut optional = 0;
    for pointer in members
        .filter(|pointer| pointer.rsplit('/').next().is_some_and(|step| step.parse::<usize>().is_err()))
    {
        if let Some(new) = changed(&at(pointer, None)) {
            all_in(&changes(&old, &new), pointer);
            all_in(&changes(&new, &old), pointer);
            optional += 1;
        }
    }
    assert!(optional > 20, "{optional}");
    let moved = |found: &[FieldChange]| found.iter().filter(|c| c.kind == ChangeKind::Moved).count();
    for pointer in arrays {
        let list = full.pointer(&pointer).and_then(Value::as_array).expect("a list");
        let set = ["required_if", "only_if", "service_objects", "phrases"]
            .iter()
            .any(|name| pointer.ends_with(name));
        for index in 0..list.len() {
            let new = changed(&at(&format!("{pointer}/{index}"), None)).expect("an entry less");
            let (gone, come) = (changes(&old, &new), changes(&new, &old));
            all_in(&gone, &pointer);
            let one = |found: &[FieldChange], kind| found.len() == 1 && found[0].kind == kind;
            assert!(set || one(&gone, ChangeKind::Removed), "{pointer}/{index}: {gone:?}");
            assert!(set || one(&come, ChangeKind::Added), "{pointer}/{index}: {come:?}");
        }
        let mut turned = list.clone();
        turned.rotate_left(1);
        let found = changes(&old, &sound(&at(&pointer, Some(json!(turned)))));
        let unordered = set
            || ["concerned", "procedures", "basis", "attachments"].iter().any(|name| pointer.ends_with(name));
        assert_eq!(
            (found.len(), moved(&found)),
            if unordered { (0, 0) } else { (1, 1) },
            "{pointer}: {found:?}"
        );
    }
}

#[test]
fn of_any_two_items_what_one_way_adds_the_other_way_removes() {
    let items = default_catalogue().expect("the default data").items;
    let mirrored = |kind| match kind {
        ChangeKind::Added => ChangeKind::Removed,
        ChangeKind::Removed => ChangeKind::Added,
        other => other,
    };
    for old in &items {
        assert_eq!(changes(old, old), vec![], "{}", old.key);
        for new in items.iter().filter(|new| new.key != old.key) {
            let said = |found: Vec<FieldChange>, back: bool| {
                let mut said: Vec<_> = found
                    .into_iter()
                    .filter(|c| c.kind != ChangeKind::Moved)
                    .map(|c| match back {
                        true => (c.section, c.part, format!("{:?}", mirrored(c.kind)), c.after, c.before),
                        false => (c.section, c.part, format!("{:?}", c.kind), c.before, c.after),
                    })
                    .collect();
                said.sort();
                said
            };
            let (there, back) = (changes(old, new), changes(new, old));
            assert!(there.iter().any(|c| c.field == "key"), "{} {}", old.key, new.key);
            assert_eq!(said(there, false), said(back, true), "{} {}", old.key, new.key);
        }
    }
}

#[test]
fn changes_read_as_in_the_guide() {
    let (old, mut new) = (full(), full());
    new["promised"]["days"] = json!(7);
    new["joint"] = Value::Null;
    new["statutory"]["unit"] = json!("calendar");
    new["materials"][1]["required_if"] = json!(["wt"]);
    new["materials"][2] =
        json!({"id": "m4", "name": "健康证明", "form": "original_shown", "copies": 1, "source": "自备"});
    new["questions"][0]["choices"][1]["name"] = json!("由他人代办");
    new["steps"] = json!(["受理", "申请", "决定"]);
    new["conditions"][1] = json!("条件二（修订）");
    new["basis"][2]["article"] = json!("第四条");
    let found = changes(&sound(&old), &sound(&new));
    let said: Vec<String> = found
        .iter()
        .map(|c| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".into());
            format!("{} {} {}：{} → {}", c.section, c.kind.name(), c.title(), text(&c.before), text(&c.after))
        })
        .collect();
    let expected = [
        "基本信息 删去 联合办理决定：某府办〔2026〕1号 → —",
        "办理时限 修改 法定时限：45 个工作日 → 45 个自然日",
        "办理时限 修改 承诺时限：9 个工作日 → 7 个工作日",
        "设定依据 修改 《某条例》第四条·条文：第三条 → 第四条",
        "受理条件 修改 第 2 项：条件二 → 条件二（修订）",
        "办理情形 修改 由谁办理？——由他人代办·情形名称：委托 → 由他人代办",
        "材料清单 删去 证件：材料类型：复印件；份数：2 份；来源渠道：自备；适用情形：委托、连锁；可容缺：是；可共享免提交：是；受理标准：清晰；填报须知：正楷；表格样本：空白表格、示例样表 → —",
        "材料清单 增加 健康证明：— → 材料类型：原件（核验）；份数：1 份；来源渠道：自备；适用情形：全部情形",
        "材料清单 修改 委托书·适用情形：委托、连锁 → 由他人代办",
        "办理流程 移动 受理：第 2 项 → 第 1 项",
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_reads_the_same_and_is_not_the_same_is_shown_as_stored() {
    let mut new = full();
    new["questions"][0]["choices"][1]["id"] = json!("dl");
    new["materials"][2]["required_if"] = json!(["dl", "ls"]);
    let found = changes(&sound(&full()), &sound(&new));
    let change = found.iter().find(|c| c.field == "materials/m3/required_if").expect("it is named");
    assert_eq!(change.before.as_deref(), Some("[\"ls\", \"wt\"]"));
    assert_eq!(change.after.as_deref(), Some("[\"dl\", \"ls\"]"));
}

#[test]
fn entries_with_one_id_are_told_apart_by_their_order() {
    let mut doubled = full();
    doubled["materials"][1]["id"] = json!("m1");
    let mut new = doubled.clone();
    new["materials"][1]["copies"] = json!(7);
    let found = changes(&sound(&doubled), &sound(&new));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].title(), "委托书·份数");
}
