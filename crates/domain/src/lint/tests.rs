//! Table: one thing wrong with a sound item, and the one finding it gives.

use super::*;
use crate::law::acts;
use serde_json::{Value, json};

const CODE: &str = "11500105MB1A0001XT4000131001000";

fn sound() -> Value {
    json!({
        "key": "k", "name": "食品经营许可", "kind": "permit", "mode": "within_limit", "agency": "scjgj",
        "code": CODE, "handling_code": format!("{CODE}01"),
        "statutory": {"days": 20, "unit": "workday", "start": "acceptance", "basis": "行政许可法第四十二条"},
        "promised": {"days": 7, "unit": "workday"}, "tolerance_days": 5,
        "questions": [
            {"id": "q1", "text": "业态？", "choices": [{"id": "xs", "name": "销售"}, {"id": "cy", "name": "餐饮"}]},
            {"id": "q2", "text": "自动设备？", "only_if": ["xs"],
             "choices": [{"id": "zd", "name": "利用"}, {"id": "fzd", "name": "不利用"}]}
        ],
        "materials": [
            {"id": "m1", "name": "申请书", "form": "original", "copies": 1, "source": "申请人自备"},
            {"id": "m2", "name": "营业执照", "form": "copy", "copies": 1, "source": "政府部门核发", "shared": true},
            {"id": "m3", "name": "制度目录", "form": "original", "copies": 1, "source": "申请人自备", "deferrable": true,
             "required_if": ["cy"]}
        ],
        "review_points": [{"id": "p1", "text": "签字", "material": "m1"}],
        "basis": [{"act": "食品安全法", "article": "第三十五条"}],
        "fee": {"text": "不收费"}
    })
}

fn codes_of(item: Value) -> Vec<FindingCode> {
    let item: ItemVersion = serde_json::from_value(item).expect("an item");
    lint(&item).iter().map(|finding| finding.code).collect()
}

/// Sets one place of the sound item.
fn with(pointer: &str, value: Value) -> Value {
    let mut item = sound();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = item.pointer_mut(parent).expect("the parent is there");
    match parent {
        Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value,
        _ => parent[key] = value,
    }
    item
}

/// The statutory limit of the sound item with some members changed.
fn statutory(changed: Value) -> Value {
    let mut statutory = sound()["statutory"].clone();
    for (member, value) in changed.as_object().expect("members") {
        statutory[member] = value.clone();
    }
    statutory
}

fn part(agency: &str, days: u32) -> Value {
    json!({"agency": agency, "matter": "意见", "promised": {"days": days, "unit": "workday"}})
}

fn concerned(agency: &str, days: u32) -> Value {
    json!([part(agency, days)])
}

#[test]
fn a_sound_item_has_no_finding() {
    assert_eq!(codes_of(sound()), vec![]);
}

#[test]
fn each_fault_gives_its_finding() {
    use FindingCode::*;
    let table: Vec<(&str, Value, Vec<FindingCode>)> = vec![
        ("/agency", json!(""), vec![AgencyMissing]),
        ("/promised", Value::Null, vec![LimitMissing]),
        ("/statutory", Value::Null, vec![LimitMissing]),
        ("/basis", json!([]), vec![BasisMissing]),
        ("/basis/0/act", json!(""), vec![BasisMissing]),
        ("/code", Value::Null, vec![CodeMissing]),
        ("/code", json!("11500105MB1A0001XX4000131001000"), vec![CodeWrong, CodeWrong]),
        ("/kind", json!("payment"), vec![CodeWrong]),
        ("/handling_code", json!("11500105MB1A0001XT4000131002"), vec![CodeWrong]),
        ("/handling_code", json!("11500105MB1A0001XT400013100200001"), vec![CodeWrong]),
        ("/materials/0/name", json!("法律、行政法规规定的其他材料"), vec![CatchAll]),
        ("/materials/0/name", json!("放射诊疗许可相关材料"), vec![CatchAll]),
        ("/materials/1/shared", json!(false), vec![SharedOnPaper]),
        ("/materials/0/name", json!("营业执照补领申请书"), vec![]),
        ("/materials/0/source", json!("政府部门核发（可共享）"), vec![SharedOnPaper]),
        ("/promised/days", json!(21), vec![PromiseTooLong]),
        ("/promised/days", json!(20), vec![]),
        ("/promised", json!({"days": 30, "unit": "calendar"}), vec![]),
        ("/statutory", statutory(json!({"days": 6, "unit": "calendar"})), vec![PromiseTooLong]),
        ("/statutory", statutory(json!({"days": 7, "unit": "calendar"})), vec![]),
        ("/concerned", concerned("xfjy", 20), vec![]),
        ("/concerned", concerned("xfjy", 21), vec![PromiseTooLong]),
        ("/concerned", concerned("scjgj", 5), vec![AgencyTwice]),
        ("/concerned", json!([part("xfjy", 5), part("gaj", 5), part("xfjy", 3)]), vec![AgencyTwice]),
        (
            "/statutory",
            statutory(json!({"basis": "社会保险法第七十四条（未定天数，按当日办理）"})),
            vec![LimitNotSet],
        ),
        ("/statutory", statutory(json!({"extension": {"days": 3, "basis": "某条例第十九条"}})), vec![]),
        (
            "/statutory",
            statutory(json!({"extension": {"days": 3, "basis": " "}})),
            vec![ExtensionWithoutBasis],
        ),
        ("/procedures", json!([{"kind": "public_notice"}]), vec![]),
        ("/procedures", json!([{"kind": "public_notice", "suspends_by": "某法第一条"}]), vec![]),
        (
            "/procedures",
            json!([{"kind": "public_notice", "suspends_by": "\u{3000}"}]),
            vec![SuspensionWithoutBasis],
        ),
        ("/touches_others", json!(true), vec![HearingMissing]),
        ("/joint", json!("江北府办〔2026〕8号"), vec![JointUnfounded]),
        ("/correction_days", json!(3), vec![]),
        ("/correction_days", json!(5), vec![]),
        ("/correction_days", json!(6), vec![CorrectionTooLong]),
        ("/mode", json!("on_the_spot"), vec![OnTheSpotPromise]),
        ("/tolerance_days", json!(8), vec![ToleranceTooLong]),
        ("/tolerance_days", json!(7), vec![]),
        ("/promised", json!({"days": 4, "unit": "calendar"}), vec![ToleranceTooLong]),
        // The fifth working day after 2026-09-24, with two holidays between, is 2026-10-09: 15 days on.
        ("/promised", json!({"days": 14, "unit": "calendar"}), vec![ToleranceIncomparable]),
        ("/promised", json!({"days": 15, "unit": "calendar"}), vec![]),
        ("/promised", json!({"days": 4000000, "unit": "calendar"}), vec![ToleranceIncomparable]),
        ("/tolerance_days", Value::Null, vec![ToleranceMissing]),
        ("/materials/1/id", json!("m1"), vec![DuplicateId]),
        ("/questions/1/id", json!("q1"), vec![DuplicateId]),
        ("/questions/1/choices/0/id", json!("cy"), vec![DuplicateId]),
        ("/questions/1/choices", json!([]), vec![QuestionEmpty]),
        ("/questions/1/only_if", json!(["zz"]), vec![SituationUnknown]),
        ("/materials/2/required_if", json!(["zz"]), vec![SituationUnknown]),
        ("/review_points/0/material", json!("m9"), vec![PointWithoutMaterial]),
        ("/fee", json!({"text": "每件100元"}), vec![FeeWithoutBasis]),
        ("/fee", json!({"text": "每件100元", "basis": "某法第一条"}), vec![]),
    ];
    for (pointer, value, expected) in table {
        assert_eq!(codes_of(with(pointer, value.clone())), expected, "{pointer} = {value}");
    }
}

#[test]
fn an_identity_document_shown_and_given_back_is_not_demanded_on_paper() {
    let mut item = with("/materials/0/name", json!("居民身份证"));
    assert_eq!(codes_of(item.clone()), vec![FindingCode::SharedOnPaper]);
    item["materials"][0]["form"] = json!("original_shown");
    assert_eq!(codes_of(item), vec![]);
}

/// The sound item handled jointly, with some members changed.
fn joint(changed: Value) -> Value {
    let mut item = with("/joint", json!("江北府办〔2026〕8号"));
    item["statutory"]["days"] = json!(45);
    item["concerned"] = concerned("xfjy", 5);
    for (member, value) in changed.as_object().expect("members") {
        item[member] = value.clone();
    }
    item
}

#[test]
fn joint_handling_is_for_permits_and_within_the_days_of_its_article() {
    use FindingCode::*;
    let limit = |days: u32, start: &str| json!({"statutory": {"days": days, "unit": "workday", "start": start, "basis": "行政许可法第四十二条第二款"}});
    let promised = |days: u32| json!({"promised": {"days": days, "unit": "workday"}});
    let table: Vec<(Value, Vec<FindingCode>)> = vec![
        (json!({}), vec![]),
        (limit(44, "acceptance"), vec![JointLimit]),
        (limit(46, "acceptance"), vec![JointLimit]),
        (limit(45, "receipt"), vec![JointLimit]),
        (
            json!({"statutory": {"days": 45, "unit": "calendar", "start": "acceptance", "basis": "某法"}}),
            vec![JointLimit],
        ),
        (promised(45), vec![]),
        (promised(46), vec![PromiseTooLong]),
        (json!({"concerned": concerned("xfjy", 45)}), vec![]),
        (json!({"concerned": concerned("xfjy", 46)}), vec![PromiseTooLong]),
        (json!({"kind": "payment"}), vec![CodeWrong, JointUnfounded]),
        (json!({"concerned": []}), vec![JointUnfounded]),
        (json!({"touches_others": true, "procedures": [{"kind": "hearing"}]}), vec![]),
    ];
    for (changed, expected) in table {
        assert_eq!(codes_of(joint(changed.clone())), expected, "{changed}");
    }
    // The limit of the article, not the longer one of a special act, is what a promise is held against.
    let mut special = joint(limit(60, "acceptance"));
    special["promised"]["days"] = json!(50);
    let item: ItemVersion = serde_json::from_value(special).expect("an item");
    let said: Vec<String> = blocking(&item).into_iter().map(|finding| finding.text).collect();
    let expected = [
        "承诺时限 50 个工作日超过联合办理期限 45 个工作日。",
        "按江北府办〔2026〕8号联合办理的期限是自受理之日起 45 个工作日，法定时限填写的是自受理之日起 60 个工作日。",
    ];
    assert_eq!(said, expected);
}

#[test]
fn kinds_not_by_application_are_blocked_with_why_and_what() {
    for kind in ["penalty", "coercion", "levy", "inspection"] {
        let item: ItemVersion = serde_json::from_value(with("/kind", json!(kind))).expect("an item");
        let first = lint(&item).into_iter().next().expect("a finding");
        assert_eq!(
            (first.code, first.severity()),
            (FindingCode::NotByApplication, Severity::Blocks),
            "{kind}"
        );
    }
    let levy: ItemVersion = serde_json::from_value(with("/kind", json!("levy"))).expect("an item");
    let said = blocking(&levy)[0].to_string();
    assert!(
        said.contains("行政征收（代码 04）不是依申请事项") && said.contains("修改：从窗口受理清单中移出"),
        "{said}"
    );
}

#[test]
fn a_draft_with_nothing_in_it_says_all_that_is_missing() {
    let empty = json!({"key": "k", "name": "n", "kind": "permit", "mode": "within_limit"});
    use FindingCode::*;
    let expected =
        vec![AgencyMissing, LimitMissing, LimitMissing, MaterialsMissing, BasisMissing, CodeMissing];
    assert_eq!(codes_of(empty.clone()), expected);
    let mut service = empty;
    service["kind"] = json!("public_service");
    assert_eq!(
        codes_of(service),
        vec![AgencyMissing, LimitMissing, MaterialsMissing, BasisMissing, CodeMissing]
    );
}

#[test]
fn without_a_statutory_limit_go_only_public_services_and_what_is_no_permit_and_done_on_the_spot() {
    let table = [
        ("permit", "on_the_spot", 1),
        ("permit", "within_limit", 1),
        ("confirmation", "within_limit", 1),
        ("confirmation", "on_the_spot", 0),
        ("public_service", "within_limit", 0),
    ];
    for (kind, mode, expected) in table {
        let mut item = with("/statutory", Value::Null);
        item["kind"] = json!(kind);
        item["mode"] = json!(mode);
        let missing = codes_of(item).into_iter().filter(|code| *code == FindingCode::LimitMissing).count();
        assert_eq!(missing, expected, "{kind} {mode}");
    }
}

#[test]
fn limits_that_cannot_be_compared_are_told_with_their_units() {
    let item = serde_json::from_value(with("/promised", json!({"days": 7, "unit": "calendar"})));
    let said = blocking(&item.expect("an item"))[0].to_string();
    let expected = "容缺补正期限 5 个工作日与承诺时限 7 个自然日单位不同，不能比较：遇节假日会超过。";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn a_situation_without_materials_is_found_through_the_tree() {
    // Every material hangs on a situation: (m1, m2, m3 required if, names of the bare answer).
    let table: [([&str; 3], Option<&str>); 4] = [
        (["cy", "cy", "cy"], Some("销售")),
        (["cy", "zd", "fzd"], None),
        (["cy", "cy", "zd"], Some("销售")),
        (["xs", "xs", "xs"], Some("餐饮")),
    ];
    for (required, bare) in table {
        let mut item = sound();
        for (i, situation) in required.into_iter().enumerate() {
            item["materials"][i]["required_if"] = json!([situation]);
        }
        let item: ItemVersion = serde_json::from_value(item).expect("an item");
        let texts: Vec<String> = lint(&item).into_iter().map(|finding| finding.text).collect();
        let expected: Vec<String> =
            bare.map(|name| format!("选择“{name}”时没有任何材料。")).into_iter().collect();
        assert_eq!(texts, expected, "{required:?}");
    }
}

#[test]
fn every_finding_rests_on_an_article_and_says_what_to_do() {
    for code in FindingCode::ALL {
        assert!(acts::article(code.citation()).is_some(), "{code:?} cites nothing");
        let same = FindingCode::ALL.iter().filter(|other| other.fix() == code.fix()).count();
        assert_eq!(same, 1, "{code:?} has a next step of its own");
    }
}
