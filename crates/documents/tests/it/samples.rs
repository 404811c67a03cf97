//! Every template with its sample says what the law asks for, and refuses what is not complete.

use crate::{RENDERER, printed, refused, sample};
use serde_json::{Value, json};
use yichuang_app::render::{Render as _, Unprintable};
use yichuang_documents::{Renderer, kinds};
use yichuang_domain::notice::NoticeKind;

/// Pages, and words beside those every notice has.
const SAYS: [(NoticeKind, usize, &[&str]); 14] = [
    (NoticeKind::ReceiptNotice, 1, &["五个工作日内（2026年11月30日前）", "不表示申请已经受理", "2份"]),
    (
        NoticeKind::AcceptanceNotice,
        2,
        &["决定自2026年11月23日起予以受理", "2026年12月21日", "区消防救援支队"],
    ),
    (
        NoticeKind::CorrectionNotice,
        1,
        &["三十个工作日内（2027年1月5日前，日期暂定）", "不再要求补正其他材料"],
    ),
    (NoticeKind::NonAcceptanceNotice, 1, &["请向重庆市江北区农业农村委员会提出申请"]),
    (NoticeKind::DeferralNotice, 2, &["从业人员健康证明", "容缺受理承诺书", "本人承诺在期限内补交"]),
    (
        NoticeKind::SpecialProcedureNotice,
        1,
        &["听证", "预计需要十五个工作日", "法定办结期限和承诺办结期限内"],
    ),
    (NoticeKind::ExtensionNotice, 1, &["经本机关负责人批准", "延长十日", "2027年1月5日（暂定）"]),
    (
        NoticeKind::ApprovalDecision,
        1,
        &["决定准予行政许可", "食品经营许可证", "十个工作日内（2026年12月15日前）"],
    ),
    (NoticeKind::DenialDecision, 1, &["决定不予行政许可", "（二）重庆市江北区消防救援支队：", "龚𬭎"]),
    (NoticeKind::DeliveryReceipt, 1, &["准予许可决定书（渝江北市监准〔2026〕131号）", "窗口领取", "领取人"]),
    (NoticeKind::TerminationNotice, 1, &["作退件处理", "领回"]),
    (NoticeKind::OverdueExplanation, 1, &["承诺于2026年12月2日前办结", "致歉", "2026年12月21日"]),
    (
        NoticeKind::HearingNotice,
        1,
        &["演示物业服务有限公司：", "2026年12月10日上午9时30分在江北区政务服务中心三楼会议室"],
    ),
    (NoticeKind::InterestedPartyNotice, 1, &["演示·赵㑇：", "五个工作日内", "二十个工作日内"]),
];

#[test]
fn every_kind_has_a_template() {
    let mut words = NoticeKind::TABLE.map(|row| row.0.word());
    words.sort_unstable();
    assert_eq!(kinds().collect::<Vec<_>>(), words);
    let mut said = SAYS.map(|row| row.0.word());
    said.sort_unstable();
    assert_eq!(said, words);
}

#[test]
fn every_sample_says_what_it_must() {
    for (kind, pages, words) in SAYS {
        let paper = sample(kind.word());
        let text = printed(&paper);
        assert_eq!(text.pages, pages, "{}", paper.kind);
        assert_eq!(text.outside, 0, "{}: nothing leaves the page", paper.kind);
        assert!(!text.text.contains('\u{fffd}'), "{}: every glyph has its character", paper.kind);
        let of = |key: &str| paper.data[key].as_str().expect(key).to_owned();
        let every = [of("title"), of("number"), of("citation"), of("case_no"), of("exchange_no"), of("item")];
        let agency = paper.data["agency"]["full_name"].as_str().expect("agency").to_owned();
        let date = paper.on.strftime("%Y年%-m月%-d日").to_string();
        let pages = format!("第1页共{pages}页");
        for word in
            every.into_iter().chain([agency, date, pages]).chain(words.iter().map(|w| (*w).to_owned()))
        {
            assert!(text.has(&word), "{} lacks “{word}”: {}", paper.kind, text.text);
        }
        let remedies = text.has("六十日内向重庆市江北区人民政府申请行政复议")
            && text.has("六个月内依法向有管辖权的人民法院");
        assert_eq!(remedies, kind.carries_remedies(), "{}", paper.kind);
    }
}

#[test]
fn what_is_no_permit_does_not_call_itself_one() {
    for kind in [NoticeKind::ApprovalDecision, NoticeKind::DenialDecision, NoticeKind::AcceptanceNotice] {
        let mut paper = sample(kind.word());
        paper.data["title"] = json!(kind.title(yichuang_domain::item::ItemKind::Confirmation));
        paper.data["item_kind"] = json!("行政确认");
        paper.data["item"] = json!("演示登记");
        paper.data["result"] = json!("演示登记证");
        paper.data["citation"] = json!("《演示条例》第一条");
        for list in ["reasons", "lists"] {
            paper.data[list] =
                serde_json::from_str(&paper.data[list].to_string().replace("许可", "登记")).expect("JSON");
        }
        let text = printed(&paper);
        assert!(!text.text.contains("许可"), "{}", text.text);
    }
    let mut paper = sample("denial_decision");
    paper.data["item_kind"] = json!("行政确认");
    assert!(printed(&paper).has("决定不予办理"));
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let other = Renderer::new(None).expect("another renderer");
    for kind in kinds() {
        let paper = sample(kind);
        let first = RENDERER.render(&paper).expect("a PDF");
        assert!(first == other.render(&paper).expect("a PDF"), "{kind}");
        let mut next = paper.clone();
        next.data["number"] = json!("渝江北市监受〔2026〕999号");
        assert!(first != RENDERER.render(&next).expect("a PDF"), "{kind}");
    }
}

#[test]
fn it_is_a_tagged_archive_file() {
    let file = printed(&sample("acceptance_notice"));
    for declared in
        ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "/StructTreeRoot"]
    {
        assert!(file.declares(declared), "{declared}");
    }
    assert!(file.declares("D:20261123"), "the date is that of the notice");
    assert!(!file.declares("/JavaScript") && !file.declares("/URI"));
}

/// What every template asks for; without it nothing is printed.
const NEEDED: [&str; 11] = [
    "number",
    "title",
    "on",
    "agency",
    "applicant",
    "item",
    "item_kind",
    "case_no",
    "event",
    "received_on",
    "citation",
];

#[test]
fn what_is_absent_or_blank_is_named() {
    for kind in kinds() {
        for key in NEEDED {
            for nothing in [None, Some(Value::Null), Some(json!(""))] {
                let mut paper = sample(kind);
                match nothing {
                    Some(nothing) => paper.data[key] = nothing,
                    None => drop(paper.data.as_object_mut().expect("an object").remove(key)),
                }
                let fault = refused(&paper).to_string();
                let named = fault.contains(key) || key == "agency";
                assert!(fault.starts_with("文书数据不完整") && named, "{kind} without {key}: {fault}");
            }
        }
    }
}

#[test]
fn reasons_remedies_and_dates_are_never_left_out() {
    let absent: [(&str, &str); 9] = [
        ("denial_decision", "reasons"),
        ("denial_decision", "remedies"),
        ("non_acceptance_notice", "reason"),
        ("non_acceptance_notice", "remedies"),
        ("termination_notice", "remedies"),
        ("delivery_receipt", "delivered"),
        ("receipt_notice", "dues"),
        ("extension_notice", "dues"),
        ("correction_notice", "lists"),
    ];
    for (kind, key) in absent {
        let mut paper = sample(kind);
        paper.data.as_object_mut().expect("an object").remove(key);
        assert!(matches!(refused(&paper), Unprintable::Incomplete(_)), "{kind} without {key}");
    }
}

#[test]
fn a_notice_drawn_up_anew_says_so() {
    for kind in [
        "denial_decision",
        "non_acceptance_notice",
        "extension_notice",
        "termination_notice",
        "deferral_notice",
    ] {
        let mut paper = sample(kind);
        paper.data["replaces"] = json!("渝江北市监〔2026〕1号");
        paper.data["wording"] = json!("更正后的文字");
        let text = printed(&paper);
        assert!(
            text.has("本文书替代渝江北市监〔2026〕1号") && text.has("更正后的文字。"),
            "{kind}: {}",
            text.text
        );
    }
}

#[test]
fn variants_of_an_event_read_as_an_official_would_write_them() {
    let says = |kind: &str, change: &dyn Fn(&mut Value), words: &str| {
        let mut paper = sample(kind);
        change(&mut paper.data);
        let text = printed(&paper);
        assert!(text.has(words), "{kind}: {words}: {}", text.text);
    };
    says(
        "acceptance_notice",
        &|d| d["event"]["deemed"] = json!(true),
        "自收到申请材料之日（2026年11月23日）起即为受理",
    );
    says(
        "acceptance_notice",
        &|d| d["event"]["event"] = json!("case_accepted_with_deferral"),
        "见《容缺受理通知书》",
    );
    says(
        "non_acceptance_notice",
        &|d| d["event"]["ground"] = json!("not_required"),
        "该事项依法不需要取得行政许可",
    );
    says("extension_notice", &|d| d["event"]["joint"] = json!(true), "经本级人民政府负责人批准");
    says("approval_decision", &|d| d["dues"] = json!([]), "容缺材料补齐后发放办理结果");
    says("delivery_receipt", &|d| d["event"]["way"] = json!({"mail": {"tracking_no": "YZ123"}}), "YZ123");
    says("delivery_receipt", &|d| d["event"]["way"] = json!("electronic"), "电子送达");
    let ending = |event: Value| move |d: &mut Value| d["event"] = event.clone();
    let withdrawn = json!({"event": "case_withdrawn", "deemed": false, "request": null});
    says("termination_notice", &ending(withdrawn), "申请撤回于2026年11月23日提出的");
    let deemed = json!({"event": "case_withdrawn", "deemed": true, "request": null});
    says("termination_notice", &ending(deemed), "视为撤回申请");
    let annulled = json!({"event": "case_annulled", "reason": "甲", "authority": "批〔2026〕1号"});
    says("termination_notice", &ending(annulled), "经批〔2026〕1号批准");
    let upward = json!({"event": "case_transferred_upward", "reason": "甲", "organ": "市级机关"});
    says("termination_notice", &ending(upward), "已将申请材料报送市级机关");
}

#[test]
fn nothing_is_printed_before_its_template_holds() {
    let mut paper = sample("acceptance_notice");
    paper.on = "2023-12-31".parse().expect("a date");
    assert!(matches!(refused(&paper), Unprintable::NoTemplate { .. }));
    paper.kind = "unknown".into();
    assert!(matches!(refused(&paper), Unprintable::NoTemplate { .. }));
}
