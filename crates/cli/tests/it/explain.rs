//! `explain due` and `explain id`, in two time zones.

use serde_json::{Value, json};
use std::process::{Command, Output};

const ZONES: [&str; 2] = ["UTC", "America/New_York"];

fn run(zone: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yichuang"));
    command.arg("explain").args(args).env("TZ", zone).output().expect("the binary runs")
}

fn json_of(zone: &str, args: &[&str]) -> Value {
    let output = run(zone, &[args, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON value on standard output")
}

fn text_of(args: &[&str]) -> String {
    let output = run("UTC", args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Exits with 2, says nothing on standard output and why on standard error.
fn refused(args: &[&str]) -> String {
    let output = run("UTC", args);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).expect("UTF-8")
}

const DUE: [&str; 5] = ["due", "--from", "2026-09-01", "--days", "20"];

fn due(more: &[&'static str]) -> Vec<&'static str> {
    DUE.iter().chain(more).copied().collect()
}

#[test]
fn a_suspended_limit_ends_on_the_same_day_in_every_zone() {
    for zone in ZONES {
        let answer = json_of(zone, &due(&["--suspend", "2026-09-10..2026-09-17"]));
        assert_eq!((&answer["due_on"], &answer["provisional"]), (&json!("2026-10-12"), &json!(false)));
        let excluded = answer["excluded"].as_array().expect("a list");
        assert_eq!(excluded[0], json!({"date": "2026-09-01", "reason": "开始当日不计入"}));
        assert!(excluded.contains(&json!({"date": "2026-09-17", "reason": "特别程序停计"})));
        assert!(excluded.contains(&json!({"date": "2026-09-12", "reason": "休息日"})));
        assert!(excluded.contains(&json!({"date": "2026-10-01", "reason": "国庆节放假"})));
        assert!(!excluded.iter().any(|day| day["date"] == "2026-09-10" || day["date"] == "2026-09-20"));
        // From the day after the start to the due day, the days that count are exactly twenty.
        assert_eq!(42 - excluded.len(), 20);
    }
}

#[test]
fn overlapping_suspensions_are_united() {
    let twice = due(&["--suspend", "2026-09-10..2026-09-15", "--suspend", "2026-09-14..2026-09-17"]);
    assert_eq!(json_of("UTC", &twice)["due_on"], "2026-10-12");
    assert_eq!(json_of("UTC", &DUE)["due_on"], "2026-09-29");
}

#[test]
fn calendar_days_move_off_a_holiday() {
    let answer = json_of("UTC", &["due", "--from", "2026-09-01", "--days", "24", "--unit", "calendar"]);
    assert_eq!(answer["due_on"], "2026-09-28");
    assert_eq!(answer["excluded"][1], json!({"date": "2026-09-25", "reason": "末日逢中秋节放假，顺延"}));
}

#[test]
fn a_limit_into_a_year_not_yet_published_is_provisional() {
    let args = ["due", "--from", "2026-12-21", "--days", "20"];
    assert_eq!(json_of("UTC", &args)["provisional"], true);
    assert!(text_of(&args).contains("此日期为暂定：2027年放假安排尚未公布"));
}

#[test]
fn a_suspension_outside_the_limit_is_refused_with_the_next_step() {
    let early = refused(&due(&["--suspend", "2026-08-31..2026-09-02"]));
    assert!(early.contains("早于起算日2026-09-01") && early.contains("下一步"), "{early}");
    let late = refused(&due(&["--suspend", "2026-09-30..2026-10-08", "--json"]));
    assert!(late.contains("晚于到期日2026-09-29") && late.contains("下一步"), "{late}");
    let reversed = refused(&due(&["--suspend", "2026-09-17..2026-09-10"]));
    assert!(reversed.contains("颠倒"), "{reversed}");
    assert!(refused(&due(&["--suspend", "2026-09-17"])).contains("2026-09-10..2026-09-17"));
    assert!(refused(&["due", "--from", "2026-02-30", "--days", "1"]).contains("没有这一天"));
    assert!(refused(&["due", "--from", "2027-12-20", "--days", "20"]).contains("没有2028年的工作日历"));
}

#[test]
fn the_answer_reads_like_one_to_a_colleague() {
    let text =
        text_of(&["due", "--from", "2026-09-18", "--days", "6", "--suspend", "2026-09-21..2026-09-22"]);
    assert_eq!(
        text,
        "2026年9月29日（星期二）下班前到期。\n\
         \n\
         自2026年9月18日（星期五）起算6个工作日，以下日期不计入：\n  \
         9月18日　开始当日不计入\n  \
         9月19日　休息日\n  \
         9月22日　特别程序停计\n  \
         9月25日至9月27日　中秋节放假\n\
         \n\
         依据：《民法典》第二百零一条，《行政许可法》第八十二条，《行政许可法》第四十五条。\n"
    );
    assert_eq!(
        text_of(&["due", "--from", "2026-09-18", "--days", "0"]),
        "2026年9月18日（星期五）下班前到期。\n即办件，应当在当次办结。\n"
    );
}

#[test]
fn numbers_are_judged_and_wrong_ones_are_an_answer_too() {
    for zone in ZONES {
        for (number, kind, valid) in [
            ("500105199003071231", "resident-id", true),
            ("11010519491231002x", "resident-id", true),
            ("810000198804120014", "resident-id", true),
            ("500105199003071232", "resident-id", false),
            ("91500105MA5TEXT11D", "credit-code", true),
            ("91500105MA5TEXT12D", "credit-code", false),
            ("11500105MB1A0001XT4000131001000", "item-code", true),
            ("11500105MB1A0001XT400013100100001", "item-code", true),
            ("11500105MB1A0002XT4000131001000", "item-code", false),
            ("11500105MB1A0001XT4000131001000202609180001", "exchange-no", true),
            ("11500105MB1A0001XT4000131001000202613180001", "exchange-no", false),
        ] {
            let answer = json_of(zone, &["id", number]);
            assert_eq!((&answer["kind"], &answer["valid"]), (&json!(kind), &json!(valid)), "{number}");
            let reason = answer["reason"].as_str().expect("a reason");
            assert!(!reason.is_empty() && !reason.contains(number), "{reason}");
        }
    }
}

#[test]
fn the_kind_may_be_given_and_decides() {
    let answer = json_of("UTC", &["id", "500105199003071231", "--kind", "credit-code"]);
    assert_eq!((&answer["kind"], &answer["valid"]), (&json!("credit-code"), &json!(false)));
    assert_eq!(json_of("UTC", &["id", "12345"])["kind"], Value::Null);
    assert!(refused(&["id", "12345", "--kind", "passport"]).contains("resident-id、credit-code"));
}

#[test]
fn a_wrong_number_is_told_with_what_to_do() {
    assert_eq!(
        text_of(&["id", "500105199003071232"]),
        "这不是有效的公民身份号码。校验码不符，号码中至少有一位有误。对照原件逐位重新录入。\n"
    );
    assert_eq!(
        text_of(&["id", "500105199003071231"]),
        "这是有效的公民身份号码。格式、出生日期和校验码均相符。\n"
    );
}
