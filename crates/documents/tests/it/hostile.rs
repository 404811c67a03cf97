//! What people type never becomes markup, never leaves the page, and is never printed as an empty box.

use crate::{printed, refused, sample};
use serde_json::json;
use yichuang_app::render::Unprintable;

/// Typst markup and code, HTML, formulas, quotes: all of it is a name like any other.
const NAMES: [&str; 20] = [
    "#panic(\"x\")",
    "#import \"/layout.typ\": *",
    "*粗* _斜_ `码`",
    "$x^2 sum$",
    "= 标题",
    "- 项 + 项 / 项: 值",
    "<script>alert(1)</script>",
    "<标签> @引用",
    "=HYPERLINK(\"http://a\",\"b\")",
    "+1-1@SUM(A1)",
    "\\u{41} \\ \\#",
    "// 注释 /* 注释 */",
    "[内容] {代码}",
    "‘单’ “双” 'a' \"b\"",
    "a--b---c...d~e",
    "http://127.0.0.1/a?b=c",
    "%s {0} ${x}",
    "甲\u{a0}乙\u{3000}丙",
    "#let applicant = 1",
    "^_-.?'",
];

#[test]
fn markup_in_a_name_is_printed_as_it_is() {
    for name in NAMES {
        let mut paper = sample("denial_decision");
        paper.data["applicant"]["name"] = json!(name);
        paper.data["item"] = json!(name);
        paper.data["reasons"][0]["text"] = json!(format!("{name}\n{name}"));
        let text = printed(&paper);
        assert!(text.has(&format!("{name}：")), "{name}: {}", text.text);
        assert!(text.has(&format!("“{name}”申请")), "{name}: {}", text.text);
        assert!(text.text.matches(&crate::pdf::without_space(name)).count() >= 4, "{name}: {}", text.text);
        assert!(!text.declares("/URI"), "no link comes of it: {name}");
    }
}

#[test]
fn markup_is_literal_in_tables_and_metadata_too() {
    let mut paper = sample("receipt_notice");
    paper.data["lists"]["held"][0]["name"] = json!("#panic() *a* $b$ <c>");
    paper.data["number"] = json!("<rdf:li>&#1;〔2026〕]]>1号");
    let text = printed(&paper);
    assert!(text.has("#panic() *a* $b$ <c>") && text.has("<rdf:li>&#1;〔2026〕]]>1号"));
}

#[test]
fn rare_characters_have_their_glyph() {
    for name in ["龚𬭎", "演示𫖮㑇䶮𬬻𬱖", "龘靐齉爩", "欧阳·买买提"] {
        let mut paper = sample("acceptance_notice");
        paper.data["applicant"]["name"] = json!(name);
        assert!(printed(&paper).has(name), "{name}");
    }
}

#[test]
fn a_character_no_font_has_is_named() {
    let mut paper = sample("acceptance_notice");
    paper.data["applicant"]["name"] = json!("演示\u{20100}\u{30EDD}");
    let fault = refused(&paper);
    assert!(matches!(&fault, Unprintable::NoGlyph(_)), "{fault}");
    assert!(fault.to_string().contains("U+20100") && fault.to_string().contains("U+30EDD"), "{fault}");
}

#[test]
fn long_words_and_lists_stay_on_the_page() {
    let long = ["演".repeat(200), "A".repeat(200), "7".repeat(200), "https://a.b/".repeat(16)];
    for name in long {
        let mut paper = sample("receipt_notice");
        for place in ["/applicant/name", "/item", "/agency/phone", "/place/handler", "/lists/held/0/name"] {
            *paper.data.pointer_mut(place).expect(place) = json!(name);
        }
        let text = printed(&paper);
        assert_eq!(text.outside, 0, "{name}");
        assert!(text.has(&name));
    }
    let mut paper = sample("receipt_notice");
    let held =
        (0..60).map(|n| json!({"name": format!("演示材料{n}"), "way": "纸质", "originals": 1, "copies": n}));
    paper.data["lists"]["held"] = held.collect();
    let text = printed(&paper);
    assert!(text.pages > 1 && text.has("演示材料59") && text.outside == 0);
}

#[test]
fn words_of_ten_thousand_characters_are_printed_whole() {
    let mut paper = sample("extension_notice");
    paper.data["event"]["reason"] = json!(format!("{}终", "长文。\n".repeat(2_500)));
    let text = printed(&paper);
    assert!(text.pages > 10 && text.has("终。") && text.outside == 0, "{} pages", text.pages);
}
