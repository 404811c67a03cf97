//! Several nodes on one database: what one changes the other sees, what one does the other does not do again, and
//! an upgrade while cases run.

use crate::centre::{Centre, node};
use crate::stories::{approve_all, issue_and_deliver};
use std::collections::BTreeSet;
use yichuang_app::case::Seen;
use yichuang_app::{App, AppError, Clock, Ids, SystemClock, calendar, intake, jobs, windows};
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::Post;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::leases::Lease;
use yichuang_storage::nodes::{LAST, LENGTH, Node};
use yichuang_storage::{CommitError, Store, StoreError, leases, nodes};
use yichuang_testkit::db_test;

/// A year, published for the test.
fn year(year: i16, off: &str) -> String {
    format!(
        "year = {year}\nstatus = \"official\"\nnotice = \"测试用放假安排\"\noff = [{off}]\nworkdays = []\n"
    )
}

const NEW_YEAR: &str = r#"{ from = "2027-01-01", to = "2027-01-03", name = "元旦" }"#;

db_test!(a_case_lives_across_an_upgrade, async |mut db| {
    db.back_to("0001_foundation").await;
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let [whole, begun] = [centre.receive(&clerk, &[]).await, centre.receive(&clerk, &["m1"]).await];
    intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&whole)).await.expect("accepted");
    approve_all(&centre, whole.case).await;
    issue_and_deliver(&centre, whole.case, &clerk).await;
    let office = centre.at("zwb", Post::OfficeAdministrator);
    let loaded = calendar::load_year(&centre.app, &centre.ctx(office.clone()), &year(2027, NEW_YEAR)).await;
    loaded.expect("loads on the schema of the release before");
    assert!(jobs::round(&centre.app, Instant::at(centre.today, 1, 0)).await.expect("runs").is_some());
    let readiness = centre.app.readiness(&SystemClock).await;
    assert!(readiness.is_ready(), "{readiness}");

    // One node is migrated under the feet of the other, which goes on before it has noticed.
    App::migrate(db.place()).await.expect("migrates");
    let before = centre.receive(&clerk, &[]).await;
    centre.app.refresh().await.expect("notices");
    let numbers = db.all(nodes::all()).await.expect("read");
    assert_eq!(numbers.len(), 1, "a number is leased from now on");

    centre.today = Date::constant(2026, 9, 15);
    let done =
        jobs::round(&centre.app, Instant::at(centre.today, 1, 0)).await.expect("runs").expect("its turn");
    assert_eq!((done.done.len(), done.failed.len()), (3, 0), "视为受理 twice, and a rating that never came");
    for id in [begun.case, before.case] {
        approve_all(&centre, id).await;
        centre.assert_replays(id).await;
    }
    issue_and_deliver(&centre, before.case, &clerk).await;
    centre.assert_replays(whole.case).await;
    let other = App::on(db.store()).await.expect("a node that was replaced");
    assert!(other.calendar() == centre.app.calendar());
});

db_test!(what_one_node_changes_the_other_decides_by, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let other = node(db.store()).await;
    centre.today = Date::constant(2026, 12, 28);
    let office = centre.at("zwb", Post::OfficeAdministrator);
    let loads = |text: String| {
        let (other, ctx) = (other.clone(), centre.ctx(office.clone()));
        async move { calendar::load_year(&other, &ctx, &text).await.expect("loads") }
    };
    loads(year(2027, NEW_YEAR)).await;
    let received = centre.receive(&clerk, &[]).await;
    assert!(other.calendar() == centre.app.calendar(), "the first node has noticed when it acts");

    // Both load a year at the same time; neither puts the other's out.
    let spring = r#"{ from = "2027-02-05", to = "2027-02-11", name = "春节" }"#;
    let year_2027 = year(2027, &format!("{NEW_YEAR}, {spring}"));
    let year_2028 = year(2028, r#"{ from = "2028-01-01", to = "2028-01-03", name = "元旦" }"#);
    let ctx = centre.ctx(office.clone());
    let (mine, ()) = futures_util::future::join(calendar::load_year(&centre.app, &ctx, &year_2028), async {
        drop(loads(year_2027).await)
    })
    .await;
    mine.expect("loads");
    centre.app.refresh().await.expect("read");
    other.refresh().await.expect("read");
    assert!(other.calendar() == centre.app.calendar());
    let fresh = App::on(db.store()).await.expect("a third node");
    assert!(fresh.calendar() == other.calendar());
    assert!(other.calendar().years().any(|year| year.year == 2028));
    assert!(!other.calendar().is_workday(Date::constant(2027, 2, 8)).expect("known"));
    centre.assert_replays(received.case).await;
});

db_test!(a_node_that_lost_its_number_goes_on_with_another, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    // It fell silent for a minute, and somebody took over: this node does not know.
    db.tamper("UPDATE nodes SET until_at = 1").await;
    let heir = Node::join(&db, LAST + 1, LENGTH).await.expect("a number");
    assert_eq!(heir.held().number, 1);
    intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let holders: Vec<(i64, String)> =
        db.all(nodes::all()).await.expect("read").into_iter().map(|row| (row.number, row.holder)).collect();
    assert_eq!(holders[0], (1, heir.holder().to_owned()));
    assert_eq!(holders.len(), 2, "it has a number of its own again");
    let texts = db.all(yichuang_storage::documents::of_case(received.case.0)).await.expect("read");
    let number = |id: i64| id >> 12 & 1023;
    let numbers: BTreeSet<i64> = texts.iter().map(|document| number(document.id)).collect();
    assert_eq!(numbers, BTreeSet::from([1, 2]), "nothing made after the loss bears the old number");
});

db_test!(a_node_that_left_makes_nothing, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.app.organisation().actor(StaffId(1001)).expect("a clerk");
    centre.app.close().await;
    let code = centre.app.organisation().sites["jb"].windows[0].code.clone();
    let refused = windows::open_window(&centre.app, &centre.ctx(clerk), &code).await;
    assert!(
        matches!(&refused, Err(AppError::Commit(CommitError::Store(StoreError::NoNumber(_))))),
        "{refused:?}"
    );
    let readiness = centre.app.readiness(&SystemClock).await;
    assert!(readiness.to_string().starts_with("未就绪。节点号："), "{readiness}");
    let reading = App::open_to_read(db.place()).await.expect("opens");
    assert_eq!(reading.organisation().sites.len(), centre.app.organisation().sites.len());
    assert!(reading.readiness(&SystemClock).await.is_ready());
    assert_eq!(db.all(nodes::all()).await.expect("read").len(), 1, "reading takes no number");
});

db_test!(ids_begin_above_what_the_number_was_used_for, async |db| {
    let ahead = Instant(SystemClock.now().0 + 86_400_000);
    let first = Node::join(&db, LAST + 1, LENGTH).await.expect("a number");
    let ids = Ids::of(first.clone());
    let greatest = ids.next(ahead); // its clock ran a day ahead
    first.leave().await;
    assert_eq!(ids.next(ahead) >> 12 & 1023, 0, "nobody's number");
    let second = Node::join(&db, LAST + 1, LENGTH).await.expect("a number");
    let inherited = Ids::of(second.clone());
    let next = inherited.next(SystemClock.now());
    assert_eq!((second.held().number, next >> 12 & 1023), (1, 1));
    assert!(next > greatest, "{next} after {greatest}");
    // Its clock goes back; then it falls silent and its number is taken over.
    assert!(inherited.next(Instant(0)) > next);
    db.tamper("UPDATE nodes SET until_at = 1, greatest = 0").await;
    let third = Ids::of(Node::join(&db, LAST + 1, LENGTH).await.expect("a number"));
    let after = third.next(Instant(0));
    let silent = Ids::new(1, 0).next(SystemClock.now());
    assert!(after > silent, "{after}: above whatever its last holder made until just now");
});

/// The machine's clock, wrong by so many milliseconds.
struct Wrong(i64);

impl Clock for Wrong {
    fn now(&self) -> Instant {
        Instant(SystemClock.now().0 + self.0)
    }
}

db_test!(a_node_says_whether_it_is_ready_and_why_not, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    assert_eq!(app.readiness(&Wrong(1_500)).await.to_string(), "就绪");
    for (off, told) in [(600_000, "快约 600 秒"), (-3_600_000, "慢约 3600 秒")] {
        let readiness = app.readiness(&Wrong(off)).await;
        // An embedded database has the machine's clock, whatever that says.
        assert_eq!(readiness.is_ready(), db.is_sqlite(), "{readiness}");
        if !db.is_sqlite() {
            let text = readiness.to_string();
            assert!(text.contains("时钟：本机时钟比数据库服务器") && text.contains(told), "{text}");
        }
    }
    db.tamper("INSERT INTO migrations (name, sm3) VALUES ('9999_future', '')").await;
    let readiness = app.readiness(&SystemClock).await.to_string();
    assert!(
        readiness.starts_with("未就绪。数据库结构：") && readiness.contains("9999_future"),
        "{readiness}"
    );
});

db_test!(what_is_overdue_is_done_by_one_node, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    for _ in 0..3 {
        centre.receive(&clerk, &[]).await;
    }
    centre.today = Date::constant(2026, 9, 15);
    let now = Instant::at(centre.today, 0, 30);
    let other = node(db.store()).await;
    let lease = Lease::take(&db, "jobs/overdue", "a third node", LENGTH).await.expect("asked").expect("free");
    assert!(jobs::round(&other, now).await.expect("asked").is_none(), "another node is at it");
    lease.give_back().await.expect("given back");
    let (mine, others) =
        futures_util::future::join(jobs::round(&centre.app, now), jobs::round(&other, now)).await;
    let rounds = [mine.expect("runs"), others.expect("runs")];
    let done = rounds.iter().flatten().flat_map(|round| &round.done).filter(|answer| !answer.repeated);
    assert_eq!(done.count(), 3, "each once");
    assert!(rounds.iter().flatten().all(|round| round.failed.is_empty()));
    assert!(jobs::overdue(&centre.app, now).await.expect("asked").is_empty());
    let lease = db.all(leases::all()).await.expect("read").pop().expect("a lease");
    assert_eq!((lease.name.as_str(), lease.until_at), ("jobs/overdue", 0), "given back");
});

db_test!(many_openings_make_ids_of_their_own, async |db| {
    let store: Store = db.store();
    let apps = (0..8).map(|_| App::on(store.clone()));
    let apps: Vec<App> =
        futures_util::future::join_all(apps).await.into_iter().map(|app| app.expect("opens")).collect();
    let numbers: BTreeSet<i64> =
        db.all(nodes::all()).await.expect("read").into_iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=8).collect());
    for app in &apps {
        app.close().await;
    }
    assert!(db.all(nodes::all()).await.expect("read").iter().all(|row| row.until_at == 0));
});
