//! Tables for the rules of sites, staff and authorizations.

use super::routing::{PlanFigure, PlanFigures, PlannedWindows, routing_report};
use super::*;
use crate::item::ItemVersion;
use crate::permission::Post;
use crate::time::Date;

fn item(key: &str, sector: Option<&str>, moved_from: Option<&str>) -> ItemVersion {
    serde_json::from_value(serde_json::json!({
        "key": key, "name": key, "kind": "permit", "mode": "within_limit",
        "sector": sector, "moved_from": moved_from,
    }))
    .expect("an item")
}

fn window(code: &str, floor: u8, kind: WindowKind) -> ServiceWindow {
    ServiceWindow { code: code.into(), floor, kind, issues_results: true }
}

fn site(kind: SiteKind, windows: Vec<ServiceWindow>) -> Site {
    Site { key: "s".into(), name: "场所".into(), kind, letters: "SS".into(), host: "h".into(), windows }
}

fn scjg() -> WindowKind {
    WindowKind::Sector("scjg".into())
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn an_item_goes_to_one_kind_of_window_by_the_kind_of_site() {
    let both = || vec![window("1", 1, WindowKind::General), window("2", 1, scjg())];
    let general = || vec![window("1", 1, WindowKind::General)];
    let table = [
        (SiteKind::District, both(), None, Some(WindowKind::General)),
        (SiteKind::District, both(), Some("scjg"), Some(scjg())),
        (SiteKind::District, both(), Some("jtys"), None),
        (SiteKind::District, vec![window("2", 1, scjg())], None, None),
        (SiteKind::SubCenter, general(), Some("scjg"), Some(WindowKind::General)),
        (SiteKind::Community, both(), Some("scjg"), Some(scjg())),
        (SiteKind::Community, general(), Some("scjg"), Some(WindowKind::General)),
        (SiteKind::Community, vec![window("9", 1, WindowKind::Consultation)], None, None),
    ];
    for (kind, windows, sector, expected) in table {
        assert_eq!(site(kind, windows).route(&item("i", sector, None)), expected, "{kind:?} {sector:?}");
    }
}

#[test]
fn a_sub_center_has_only_general_windows() {
    let windows = || vec![window("1", 1, WindowKind::General), window("2", 1, scjg())];
    assert_eq!(site(SiteKind::SubCenter, windows()).faults(), vec![SiteFault::SectorAtSubCenter("2".into())]);
    assert_eq!(site(SiteKind::District, windows()).faults(), vec![]);
    assert_eq!(site(SiteKind::Community, windows()).faults(), vec![]);
}

#[test]
fn faults_of_a_site_are_all_told() {
    let twice = vec![window("1", 1, WindowKind::General), window("1", 2, WindowKind::General)];
    assert_eq!(site(SiteKind::District, twice).faults(), vec![SiteFault::SameCode("1".into())]);
    assert_eq!(site(SiteKind::District, vec![]).faults(), vec![SiteFault::NoIntake, SiteFault::NoIssuance]);
}

#[test]
fn an_authorization_is_in_force_from_its_first_to_its_last_day() {
    let mut given = ChiefAuthorization {
        agency: "a".into(),
        staff: StaffId(1),
        items: AuthorizedItems::List(vec!["i".into()]),
        powers: vec![ChiefPower::Decision],
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        document_no: "n".into(),
    };
    for (on, expected) in
        [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)]
    {
        assert_eq!(given.in_force(day(on)), expected, "{on}");
        assert_eq!(given.covers("i", ChiefPower::Decision, day(on)), expected, "{on}");
    }
    assert!(!given.covers("j", ChiefPower::Decision, day("2026-06-01")), "an item not listed");
    assert!(!given.covers("i", ChiefPower::Seal, day("2026-06-01")), "a power not given");
    given.items = AuthorizedItems::All;
    assert!(given.covers("j", ChiefPower::Decision, day("2026-06-01")));
}

#[test]
fn people_on_an_establishment_leave_the_front_on_the_reform_date() {
    let reform = day("2022-10-01");
    let table = [
        (Post::Intake, true, "2022-09-30", false),
        (Post::Intake, true, "2022-10-01", true),
        (Post::Issuance, true, "2026-01-01", true),
        (Post::Intake, false, "2026-01-01", false),
        (Post::Examiner, true, "2026-01-01", false),
    ];
    for (post, established, on, expected) in table {
        let person = StaffMember {
            id: StaffId(1),
            name: "甲".into(),
            post,
            agency: "a".into(),
            site: None,
            established,
        };
        assert_eq!(person.must_leave_the_front(day(on), reform), expected, "{post:?} {on}");
    }
}

#[test]
fn an_entry_says_what_the_site_does_from_which_day() {
    let entry = |duty| SiteItem {
        site: "s".into(),
        item: "i".into(),
        duty,
        document: "d".into(),
        from: day("2022-07-25"),
    };
    let table = [
        (EntryDuty::Receive, "2022-07-24", false, false),
        (EntryDuty::Receive, "2022-07-25", true, false),
        (EntryDuty::Issue, "2022-07-25", false, true),
        (EntryDuty::Both, "2022-07-25", true, true),
    ];
    for (duty, on, receives, issues) in table {
        let entry = entry(duty);
        assert_eq!((entry.receives(day(on)), entry.issues(day(on))), (receives, issues), "{duty:?} {on}");
    }
}

#[test]
fn the_report_sets_the_plan_against_what_there_is() {
    let figure = |value| PlanFigure { value, source: "附件1".into() };
    let plan = PlanFigures {
        title: "方案".into(),
        site: "s".into(),
        reform_on: day("2022-10-01"),
        former_counters: vec!["公安".into(), "生态环境".into()],
        windows_before: figure(5),
        windows_after: figure(3),
        general_windows: figure(1),
        sector_windows: figure(2),
        general_items: figure(10),
        moved_items: figure(4),
        windows: vec![PlannedWindows { floor: 1, kind: scjg(), count: 2, source: "一楼".into() }],
    };
    let here = site(SiteKind::District, vec![window("1", 1, WindowKind::General), window("2", 1, scjg())]);
    let items = [item("a", None, Some("公安")), item("b", Some("scjg"), None), item("c", Some("jtys"), None)];
    let report = routing_report(&items, &here, &plan);
    let rows: Vec<_> = report.by_kind.iter().map(|r| (r.kind.clone(), r.windows, r.items)).collect();
    assert_eq!(rows, vec![(WindowKind::General, 1, 1), (scjg(), 1, 1)]);
    assert_eq!(report.unrouted.iter().map(|u| u.key.as_str()).collect::<Vec<_>>(), vec!["c"]);
    assert_eq!((report.moved_items.plan, report.moved_items.actual, report.moved_items.gap), (4, 1, -3));
    assert_eq!((report.general_items.actual, report.general_items.gap), (1, -9));
    assert_eq!((report.sector_windows.gap, report.windows.actual, report.windows.gap), (-1, 2, -1));
    let floors: Vec<_> =
        report.floors.iter().map(|r| (r.kind.clone(), r.windows.plan, r.windows.actual)).collect();
    assert_eq!(floors, vec![(scjg(), 2, 1), (WindowKind::General, 0, 1)]);
    assert_eq!(report.moved_from.iter().map(|r| r.items).collect::<Vec<_>>(), vec![1, 0]);
}
