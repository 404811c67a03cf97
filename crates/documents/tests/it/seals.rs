//! 印章 and the marks of a demo.

use crate::{printed, refused, sample};
use yichuang_app::render::{Paper, Seal, Unprintable};

/// A picture of one red dot.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
    0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0xc9, 0xfe, 0x92, 0xef, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

fn with(seal: Seal, demo: bool) -> Paper {
    Paper { seal, demo, ..sample("approval_decision") }
}

#[test]
fn a_demo_is_marked_and_nothing_else_is() {
    let drawn = || Seal::Drawn { words: "行政审批专用章".into() };
    let (demo, real) = (printed(&with(drawn(), true)), printed(&with(drawn(), false)));
    assert!(demo.has("演示 样张 无效"));
    assert!(!real.has("样张") && !real.has("无效"));
    assert!(demo.bytes.len() > real.bytes.len(), "the mark across the page is drawn");
}

#[test]
fn a_seal_is_drawn_uploaded_or_put_by_hand() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="red"/></svg>"#;
    let by_hand = printed(&with(Seal::ByHand, false));
    assert!(by_hand.has("（盖章）"));
    for seal in [Seal::Image(PNG.to_vec()), Seal::Image(svg.to_vec())] {
        let sealed = printed(&with(seal, false));
        assert!(!sealed.has("（盖章）") && sealed.bytes != by_hand.bytes);
    }
}

#[test]
fn what_is_no_picture_is_no_seal() {
    for bytes in [&b""[..], b"GIF89a", b"%PDF-1.7", &PNG[..20], b"<svg", b"<html></html>"] {
        let fault = refused(&with(Seal::Image(bytes.to_vec()), false));
        assert!(matches!(fault, Unprintable::Seal(_)), "{fault}");
    }
}

#[test]
fn a_seal_reaches_for_nothing_outside_itself() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"><image xlink:href="/etc/hostname" width="9" height="9"/><script>alert(1)</script></svg>"#;
    let fault = refused(&with(Seal::Image(svg.to_vec()), false));
    assert!(matches!(fault, Unprintable::Seal(_)), "{fault}");
}

#[test]
fn every_length_of_name_fits_into_the_ring() {
    for name in [
        "局",
        "演示局",
        "重庆市江北区市场监督管理局",
        "演示示范区很长很长名称的行政审批和政务服务以及大数据管理局",
    ] {
        let mut paper = with(Seal::Drawn { words: "政务服务专用章".into() }, true);
        paper.data["agency"]["full_name"] = name.into();
        assert!(printed(&paper).has(name), "{name}");
    }
    let mut paper = with(Seal::Drawn { words: "章".into() }, true);
    paper.data["agency"]["full_name"] = "演示\u{20100}局".into();
    assert!(matches!(refused(&paper), Unprintable::NoGlyph(_)));
}

#[test]
fn without_an_address_there_is_no_code() {
    let paper = Paper { progress: String::new(), ..sample("approval_decision") };
    assert!(matches!(refused(&paper), Unprintable::Incomplete(_)));
    let paper = Paper { progress: "a".repeat(5_000), ..sample("approval_decision") };
    assert!(matches!(refused(&paper), Unprintable::Incomplete(_)));
}
