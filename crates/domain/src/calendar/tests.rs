//! 工作日历 checked: test vectors by the published years, the day before and after, and properties.

use super::*;
use crate::item::{DayUnit, Limit};
use jiff::civil::date;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn workdays(days: u32) -> Limit {
    Limit { days, unit: DayUnit::Workday }
}

fn calendar_days(days: u32) -> Limit {
    Limit { days, unit: DayUnit::Calendar }
}

fn span(start: &str, end: &str) -> Span {
    Span { start: day(start), end: Some(day(end)) }
}

fn due(start: &str, limit: Limit, spans: &[Span]) -> Due {
    WorkCalendar::shipped().due(day(start), limit, spans).expect("years loaded").expect("not paused")
}

fn check(start: &str, days: u32, spans: &[Span], expected: &str) {
    assert_eq!(due(start, workdays(days), spans).on, day(expected), "{days} working days from {start}");
}

#[test]
fn working_days_end_where_the_vectors_say() {
    check("2026-09-18", 5, &[], "2026-09-24");
    check("2026-09-18", 20, &[], "2026-10-22");
    check("2026-09-19", 1, &[], "2026-09-20");
    check("2026-09-24", 1, &[], "2026-09-28");
    check("2026-02-14", 1, &[], "2026-02-24");
    check("2026-02-10", 20, &[], "2026-03-16");
    check("2025-12-31", 3, &[], "2026-01-06");
    check("2025-09-26", 5, &[], "2025-10-10");
    check("2024-02-08", 5, &[], "2024-02-21");
    check("2023-06-21", 1, &[], "2023-06-25");
    check("2022-07-25", 45, &[], "2022-09-27");
    check("2026-11-23", 20, &[], "2026-12-21");
    check("2026-09-01", 20, &[], "2026-09-29");
}

#[test]
fn the_day_before_and_the_day_after_start_elsewhere() {
    check("2026-09-17", 5, &[], "2026-09-23");
    check("2026-09-19", 5, &[], "2026-09-24");
    check("2026-09-20", 5, &[], "2026-09-28");
    check("2024-02-07", 5, &[], "2024-02-20");
    check("2024-02-09", 5, &[], "2024-02-22");
}

#[test]
fn the_years_have_as_many_working_days_as_published() {
    let calendar = WorkCalendar::shipped();
    let counted: Vec<_> = (2022..=2026).map(|year| calendar.workdays_of(year)).collect();
    assert_eq!(counted, [249, 249, 251, 248, 248]);
}

#[test]
fn a_sunday_may_be_a_working_day_and_a_friday_may_not() {
    let works = |text| WorkCalendar::shipped().is_workday(day(text)).expect("loaded");
    assert!(works("2026-09-20"));
    assert!(!works("2026-09-25"));
    assert!(works("2024-02-09"));
    assert!(!works("2022-12-31"));
    assert!(works("2023-01-03"));
}

#[test]
fn a_suspension_does_not_count_and_overlaps_count_once() {
    let from = "2026-09-01";
    check(from, 20, &[span("2026-09-10", "2026-09-17")], "2026-10-12");
    check(from, 20, &[span("2026-09-10", "2026-09-16")], "2026-10-10");
    check(from, 20, &[span("2026-09-10", "2026-09-14"), span("2026-09-11", "2026-09-17")], "2026-10-12");
    check(from, 20, &[span("2026-09-11", "2026-09-17"), span("2026-09-10", "2026-09-17")], "2026-10-12");
    check(from, 20, &[span("2026-09-10", "2026-09-17"), span("2026-09-11", "2026-09-14")], "2026-10-12");
    check(from, 20, &[span("2026-09-10", "2026-09-10")], "2026-09-29");
    // Begins on the last day: nothing is left, so the limit ends with the suspension.
    check(from, 20, &[span("2026-09-29", "2026-10-08")], "2026-10-08");
    // Begins after the last day: the limit has already run out.
    check(from, 20, &[span("2026-09-30", "2026-10-08")], "2026-09-29");
    // Possible only because the first suspension moved the last day.
    check(from, 20, &[span("2026-09-10", "2026-09-17"), span("2026-10-08", "2026-10-09")], "2026-10-13");
    // Began before the clock did: counts from the clock's start.
    check("2026-09-10", 5, &[span("2026-09-07", "2026-09-14")], "2026-09-20");
}

#[test]
fn an_open_suspension_has_no_due_day_unless_the_limit_had_run_out() {
    let calendar = WorkCalendar::shipped();
    let open = |start| [Span { start: day(start), end: None }];
    assert_eq!(calendar.due(day("2026-09-01"), workdays(20), &open("2026-09-29")), Ok(None));
    let late = calendar.due(day("2026-09-01"), workdays(20), &open("2026-09-30"));
    assert_eq!(late.expect("loaded").expect("run out").on, day("2026-09-29"));
}

#[test]
fn zero_days_end_the_same_day_and_a_rest_day_has_no_number() {
    assert_eq!(due("2026-09-18", workdays(0), &[]).on, day("2026-09-18"));
    let sunday = due("2026-09-13", workdays(0), &[]);
    assert_eq!((sunday.on, sunday.ordinal), (day("2026-09-13"), None));
}

#[test]
fn calendar_days_move_off_a_rest_day() {
    let due_on = |start, days| due(start, calendar_days(days), &[]).on;
    assert_eq!(due_on("2026-09-01", 7), day("2026-09-08"));
    assert_eq!(due_on("2026-09-01", 24), day("2026-09-28"));
    assert_eq!(due_on("2026-09-01", 30), day("2026-10-08"));
    assert_eq!(due_on("2026-09-01", 29), day("2026-09-30"));
    let stopped = due("2026-09-01", calendar_days(7), &[span("2026-09-03", "2026-09-06")]);
    assert_eq!((stopped.on, stopped.ordinal), (day("2026-09-11"), None));
}

#[test]
fn a_year_without_calendar_is_an_error() {
    let calendar = WorkCalendar::shipped();
    let missing = |year| Err(CalendarError::Missing { year });
    assert_eq!(calendar.due(day("2027-12-20"), workdays(20), &[]), missing(2028));
    assert_eq!(calendar.due(day("2027-12-20"), calendar_days(20), &[]), missing(2028));
    assert_eq!(calendar.due(day("2021-12-31"), workdays(1), &[]), missing(2021));
    assert_eq!(calendar.is_workday(day("2028-01-04")).map(|_| None), missing(2028));
    assert_eq!(calendar.workday(0).map(|_| None), missing(2021));
    assert_eq!(calendar.status(2028), YearStatus::Missing);
}

#[test]
fn a_limit_that_reaches_a_provisional_year_is_provisional() {
    let reaches = |start, days| due(start, workdays(days), &[]).provisional;
    assert!(!reaches("2026-11-23", 20));
    assert!(!reaches("2026-12-30", 1));
    assert!(reaches("2026-12-31", 1));
    assert!(reaches("2026-12-01", 30));
    assert_eq!(WorkCalendar::shipped().status(2027), YearStatus::Provisional);
}

const SPRING: &str = r#"
    year = 2027
    status = "official"
    notice = "测试用"
    off = [{ from = "2027-01-01", to = "2027-01-03", name = "元旦" },
           { from = "2027-02-05", to = "2027-02-11", name = "春节" }]
    workdays = ["2027-02-13"]
"#;

#[test]
fn a_newly_loaded_year_moves_days_but_keeps_numbers() {
    let before = WorkCalendar::shipped();
    let after = before.with_year(CalendarYear::parse(SPRING).expect("readable")).expect("in place");
    assert_eq!(before.first_difference(&after), Some(date(2027, 2, 9)));
    let old = before.due(day("2027-02-01"), workdays(10), &[]).expect("loaded").expect("due");
    let new = after.due(day("2027-02-01"), workdays(10), &[]).expect("loaded").expect("due");
    assert_eq!((old.on, old.provisional), (day("2027-02-17"), true));
    assert_eq!((new.on, new.provisional), (day("2027-02-19"), false));
    assert_eq!(old.ordinal, new.ordinal);
    assert_eq!(after.workday(old.ordinal.expect("number")), Ok(new.on));
}

#[test]
fn a_year_is_refused_when_it_leaves_a_gap_or_contradicts_itself() {
    let year = |text: &str| CalendarYear::parse(text);
    let far = SPRING.replace("2027", "2029");
    let refused =
        WorkCalendar::shipped().with_year(year(&far.replace("\"2029-02-13\"", "")).expect("readable"));
    assert_eq!(refused, Err(CalendarError::NotAdjacent { year: 2029, first: 2022, last: 2027 }));
    for broken in [
        SPRING.replace("2027-02-13", "2027-02-06"),
        SPRING.replace("2027-02-13", "2027-02-16"),
        SPRING.replace("2027-02-11", "2027-02-01"),
        SPRING.replace("2027-01-03", "2027-02-05"),
        SPRING.replace("2027-01-01", "2007-01-01"),
        SPRING.replace("official", "missing"),
        "year = 2027".to_owned(),
    ] {
        assert!(matches!(year(&broken), Err(CalendarError::Unreadable(_))), "{broken}");
    }
}

#[test]
fn a_closure_takes_a_day_out() {
    let closed = WorkCalendar::shipped().with_closure(day("2026-09-22"), "停电检修").expect("loaded");
    let due = closed.due(day("2026-09-18"), workdays(5), &[]).expect("loaded").expect("due");
    assert_eq!(due.on, day("2026-09-28"));
    assert_eq!(closed.rest_reason(day("2026-09-22")), Some(RestReason::Closure("停电检修")));
}

#[test]
fn the_explanation_names_each_day_that_does_not_count() {
    let explain = |start, limit, spans: &[Span]| {
        let found = WorkCalendar::shipped().explain_due(day(start), limit, spans);
        let excluded = found.expect("loaded").expect("due").excluded;
        excluded.into_iter().map(|day| format!("{} {}", day.date, day.reason)).collect::<Vec<_>>()
    };
    assert_eq!(
        explain("2026-09-18", workdays(6), &[span("2026-09-21", "2026-09-22")]),
        [
            "2026-09-18 开始当日不计入",
            "2026-09-19 休息日",
            "2026-09-22 特别程序停计",
            "2026-09-25 中秋节放假",
            "2026-09-26 中秋节放假",
            "2026-09-27 中秋节放假",
        ]
    );
    assert_eq!(
        explain("2026-09-01", calendar_days(24), &[]),
        [
            "2026-09-01 开始当日不计入",
            "2026-09-25 末日逢中秋节放假，顺延",
            "2026-09-26 末日逢中秋节放假，顺延",
            "2026-09-27 末日逢中秋节放假，顺延"
        ]
    );
    assert_eq!(explain("2026-09-18", workdays(0), &[]), Vec::<String>::new());
}

#[test]
fn a_suspension_outside_the_limit_is_refused_with_its_reason() {
    let calendar = WorkCalendar::shipped();
    let check = |spans: &[Span]| check_spans(calendar, day("2026-09-01"), workdays(20), spans);
    assert_eq!(check(&[span("2026-09-01", "2026-09-02"), span("2026-09-29", "2026-10-08")]), Ok(()));
    let (start, from) = (day("2026-08-31"), day("2026-09-01"));
    assert_eq!(check(&[span("2026-08-31", "2026-09-02")]), Err(SpanFault::BeforeStart { start, from }));
    let (start, due) = (day("2026-09-30"), day("2026-09-29"));
    assert_eq!(check(&[span("2026-09-30", "2026-10-08")]), Err(SpanFault::AfterDue { start, due }));
    let open = Span { start: day("2026-09-10"), end: None };
    assert_eq!(check(&[open]), Err(SpanFault::Open { start: open.start }));
    let (start, end) = (day("2026-09-17"), day("2026-09-10"));
    assert_eq!(check(&[span("2026-09-17", "2026-09-10")]), Err(SpanFault::Reversed { start, end }));
}

/// Any day from 2022 to mid 2026, so that limits stay within the years loaded.
fn any_start() -> impl Strategy<Value = Date> {
    (0..1600_i32).prop_map(|days| date(2022, 1, 1) + jiff::Span::new().days(days))
}

fn any_spans() -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec((-5..40_i32, 0..15_i32), 0..5)
}

fn spans_from(start: Date, spans: &[(i32, i32)]) -> Vec<Span> {
    let at = |days: i32| start + jiff::Span::new().days(days);
    spans.iter().map(|&(begin, length)| Span { start: at(begin), end: Some(at(begin + length)) }).collect()
}

proptest! {
    #[test]
    fn the_due_day_is_a_working_day(start in any_start(), days in 1..60_u32, calendar in any::<bool>()) {
        let limit = if calendar { calendar_days(days) } else { workdays(days) };
        let due = WorkCalendar::shipped().due(start, limit, &[]).expect("loaded").expect("due");
        prop_assert!(WorkCalendar::shipped().is_workday(due.on).expect("loaded"));
        prop_assert!(due.on > start);
    }

    #[test]
    fn one_day_more_is_the_next_working_day(start in any_start(), days in 0..60_u32) {
        let at = |days| WorkCalendar::shipped().due(start, workdays(days), &[]).expect("loaded").expect("due");
        let (short, long) = (at(days), at(days + 1));
        prop_assert!(short.on < long.on);
        prop_assert_eq!(WorkCalendar::shipped().days_between(short.on, long.on), Ok(1));
    }

    #[test]
    fn number_and_day_go_both_ways(ordinal in 1..1400_i64) {
        let day = WorkCalendar::shipped().workday(ordinal).expect("loaded");
        prop_assert_eq!(WorkCalendar::shipped().ordinal(day), Ok(ordinal));
    }

    #[test]
    fn a_suspension_never_shortens(start in any_start(), days in 1..30_u32, raw in any_spans(), calendar in any::<bool>()) {
        let limit = if calendar { calendar_days(days) } else { workdays(days) };
        let spans = spans_from(start, &raw);
        let due = |spans: &[Span]| WorkCalendar::shipped().due(start, limit, spans).expect("loaded").expect("due");
        prop_assert!(due(&spans).on >= due(&[]).on);
        // Doubling every suspension changes nothing: they are united, not summed.
        let doubled: Vec<Span> = spans.iter().chain(&spans).copied().collect();
        prop_assert_eq!(due(&doubled), due(&spans));
    }

    /// The array answer against counting on the fingers.
    #[test]
    fn counting_day_by_day_agrees(start in any_start(), days in 1..30_u32, raw in any_spans()) {
        let calendar = WorkCalendar::shipped();
        let spans = spans_from(start, &raw);
        let stopped = |on: Date| spans.iter().any(|s| s.start < on && Some(on) <= s.end);
        let mut left = days;
        let mut on = start;
        while left > 0 {
            on = on.tomorrow().expect("a date");
            if calendar.rest_reason(on).is_none() && !stopped(on) {
                left -= 1;
            }
        }
        let due = calendar.due(start, workdays(days), &spans).expect("loaded").expect("due");
        // A suspension that begins on the last day itself still moves it, to its own end.
        let begins_on_last = spans.iter().any(|s| s.start == on && s.end > Some(on));
        prop_assert!(due.on == on || begins_on_last && due.on > on);
    }
}
