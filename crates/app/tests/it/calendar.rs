//! A calendar year loaded while cases run: dates move, cases do not.

use crate::centre::Centre;
use yichuang_app::case::Seen;
use yichuang_app::{App, AppError, calendar, intake};
use yichuang_domain::id::CaseId;
use yichuang_domain::permission::Post;
use yichuang_domain::time::Date;
use yichuang_storage::clocks;
use yichuang_testkit::db_test;

const OFFICIAL: &str = r#"
year = 2027
status = "official"
notice = "测试用放假安排"
off = [{ from = "2027-01-01", to = "2027-01-03", name = "元旦" }, { from = "2027-02-05", to = "2027-02-11", name = "春节" }]
workdays = ["2027-01-09"]
"#;

async fn promised(app: &App, case: CaseId) -> (String, bool) {
    let rows = app.store().all(clocks::of_case(case.0)).await.expect("read");
    let row = rows.into_iter().find(|row| row.kind == "promised").expect("a promised clock");
    (row.due_on, row.provisional)
}

async fn accepted(centre: &mut Centre, clerk: &yichuang_domain::permission::Actor, on: Date) -> CaseId {
    centre.today = on;
    let received = centre.receive(clerk, &[]).await;
    let ctx = centre.ctx(clerk.clone());
    intake::accept_case(&centre.app, &ctx, Seen::from(&received)).await.expect("accepted").case
}

db_test!(loading_a_year_moves_due_dates_and_no_case, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    // Seven workdays: before the year, across its turn, and begun inside it across the spring festival.
    let before = accepted(&mut centre, &clerk, Date::constant(2026, 12, 21)).await;
    let across = accepted(&mut centre, &clerk, Date::constant(2026, 12, 28)).await;
    let inside = accepted(&mut centre, &clerk, Date::constant(2027, 2, 2)).await;
    assert_eq!(promised(&centre.app, before).await, ("2026-12-30".into(), false));
    assert_eq!(promised(&centre.app, across).await, ("2027-01-07".into(), true));
    assert_eq!(promised(&centre.app, inside).await, ("2027-02-15".into(), true));
    let versions = [centre.case(before).await.version, centre.case(across).await.version];

    centre.today = Date::constant(2026, 12, 29);
    let ctx = centre.ctx(centre.at("zwb", Post::OfficeAdministrator));
    let loaded = calendar::load_year(&centre.app, &ctx, OFFICIAL).await.expect("loads");
    assert_eq!((loaded.year, loaded.first_changed), (2027, Some(Date::constant(2027, 1, 1))));
    assert_eq!(promised(&centre.app, before).await, ("2026-12-30".into(), false));
    assert_eq!(promised(&centre.app, across).await, ("2027-01-07".into(), false), "no longer provisional");
    assert_eq!(promised(&centre.app, inside).await, ("2027-02-18".into(), false), "three more days off");
    let make_up = (Date::constant(2027, 1, 11), Date::constant(2027, 1, 9));
    assert!(loaded.moved.contains(&make_up), "{loaded:?}");
    let after = [centre.case(before).await.version, centre.case(across).await.version];
    assert_eq!(versions, after, "no case version moves");
    for id in [before, across, inside] {
        centre.assert_replays(id).await;
    }
    let repeated = centre.ctx(centre.at("zwb", Post::OfficeAdministrator));
    let repeated = calendar::load_year(&centre.app, &repeated, OFFICIAL).await.expect("loads again");
    assert_eq!((repeated.first_changed, repeated.moved.len()), (None, 0));
    let again = App::on(db.store()).await.expect("opens");
    assert_eq!(again.calendar(), centre.app.calendar(), "the year is there after a restart");
});

db_test!(a_year_that_cannot_be_used_changes_nothing, async |db| {
    let centre = Centre::open(db.store()).await;
    let ctx = centre.ctx(centre.at("zwb", Post::OfficeAdministrator));
    for text in ["year = 2027", &OFFICIAL.replace("2027", "2030")] {
        let refused = calendar::load_year(&centre.app, &ctx, text).await;
        assert!(matches!(refused, Err(AppError::Form(_))), "{refused:?}");
    }
    assert_eq!(centre.app.calendar().status(2027), yichuang_domain::calendar::YearStatus::Provisional);
});
