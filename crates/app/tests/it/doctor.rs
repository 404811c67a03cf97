//! The checks of `doctor` that look into the database, each with its fault made.

use yichuang_app::doctor::{Finding, Level, examine};
use yichuang_app::{App, Clock, SystemClock};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::facts::Kind;
use yichuang_storage::nodes::{LAST, LENGTH};
use yichuang_storage::{Place, meta};
use yichuang_testkit::db_test;

/// Every fault and note says why and what to do; what is fine says neither.
fn is(finding: &Finding, level: Level, told: &str) {
    assert_eq!(finding.level, level, "{finding}");
    assert!(finding.what.contains(told), "{finding}");
    let explained = !finding.why.is_empty() && !finding.next.is_empty();
    assert_eq!(explained, level != Level::Fine, "{finding}");
}

/// A clock that stands at this moment.
struct At(Instant);

impl Clock for At {
    fn now(&self) -> Instant {
        self.0
    }
}

/// What the check of this name finds on this day.
async fn found(app: &App, day: Date, check: &str) -> Vec<Finding> {
    let report = examine(app, &At(Instant::at(day, 9, 0))).await;
    report.findings.into_iter().filter(|finding| finding.check == check).collect()
}

const DAY: Date = Date::constant(2026, 11, 23);

db_test!(a_new_database_is_well, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    let report = examine(&app, &SystemClock).await;
    let engine = if db.is_sqlite() { "SQLite 3." } else { "PostgreSQL 1" };
    assert!(report.engine.starts_with(engine), "{report}");
    // The machine's own disk and calendar are not the test's.
    let others = report.findings.iter().filter(|finding| !["disk", "calendar"].contains(&finding.check));
    assert!(others.clone().all(|finding| finding.level < Level::Fault), "{report}");
    assert!(others.count() > 5, "{report}");
    let checks = ["schema", "clock", "writing", "jobs", "calendar", "nodes"];
    assert!(checks.iter().all(|check| report.findings.iter().any(|finding| finding.check == *check)));
    is(&found(&app, DAY, "calendar").await[0], Level::Fine, "工作日历装至 2027 年");
    is(&found(&app, DAY, "nodes").await[0], Level::Fine, "现在有 1 个节点：1 号 ");
    app.close().await;
    is(&found(&app, DAY, "nodes").await[0], Level::Fine, "现在没有节点在运行");
});

db_test!(a_schema_of_the_release_before_is_told, async |mut db| {
    db.back_to("0001_foundation").await;
    let app = App::on(db.store()).await.expect("opens");
    let schema = found(&app, DAY, "schema").await.remove(0);
    is(&schema, Level::Fault, "尚缺 0002_nodes、0003_files、0004_anchors");
    assert!(schema.next.contains("yichuang migrate"), "{schema}");
    assert!(found(&app, DAY, "nodes").await.is_empty(), "there is no table yet");
    App::migrate(db.place()).await.expect("migrates");
    is(&found(&app, DAY, "schema").await[0], Level::Fine, "数据库结构 00");
    db.tamper("INSERT INTO migrations (name, sm3) VALUES ('9999_future', '')").await;
    is(&found(&app, DAY, "schema").await[0], Level::Fault, "9999_future");
});

db_test!(a_wrong_clock_is_told, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    let day = Date::constant(2020, 1, 1);
    if db.is_sqlite() {
        is(&found(&app, day, "clock").await[0], Level::Fine, "本机时钟");
    } else {
        is(&found(&app, day, "clock").await[0], Level::Fault, "本机时钟比数据库服务器慢约");
    }
});

db_test!(what_the_system_should_have_done_is_told, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    is(&found(&app, DAY, "jobs").await[0], Level::Fine, "没有");
    let clock = |case, kind, due| {
        format!(
            "INSERT INTO clocks VALUES ({case}, '', '{kind}', '2026-11-01', 0, '{due}', 0, 'running', 'jb');"
        )
    };
    let clocks = [
        clock(1, "correction", "2026-11-22"),
        clock(2, "rating", "2026-11-20"),
        clock(3, "promised", "2026-11-01"),
    ];
    db.tamper(&clocks.concat()).await;
    is(
        &found(&app, DAY, "jobs").await[0],
        Level::Fault,
        "有 2 项到期事项应由系统办理而没有办理，最早的于 2026-11-20 到期",
    );
    is(&found(&app, Date::constant(2026, 11, 20), "jobs").await[0], Level::Fine, "没有");
});

db_test!(a_calendar_that_is_not_enough_is_told, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    db.tamper(
        "INSERT INTO clocks VALUES (1, '', 'promised', '2026-12-01', 0, '2027-01-05', 1, 'running', 'jb')",
    )
    .await;
    db.tamper(
        "INSERT INTO clocks VALUES (2, '', 'promised', '2026-12-01', 0, '2027-01-05', 1, 'stopped', 'jb')",
    )
    .await;
    let found_2026 = found(&app, DAY, "calendar").await;
    is(&found_2026[0], Level::Note, "2027 年的工作日历是暂定的，已有 1 个办理期限落在该年");
    assert_eq!(found_2026.len(), 1);
    let found_2027 = found(&app, Date::constant(2027, 1, 1), "calendar").await;
    is(&found_2027[0], Level::Fault, "今年（2027 年）的工作日历仍是暂定的");
    is(&found_2027[1], Level::Fault, "没有 2028 年的工作日历");
});

db_test!(nodes_that_fell_silent_or_take_all_numbers_are_told, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    let until = db.now().await.expect("read") + LENGTH.as_millis() as i64;
    let row =
        |number, holder: &str, until| format!("INSERT INTO nodes VALUES ({number}, '{holder}', {until}, 0);");
    db.tamper(&row(2, "窗口机二/77/0f", 1_790_000_000_000_i64)).await;
    db.tamper(&format!("INSERT INTO leases VALUES ('jobs/overdue', '窗口机三/8/0e', {until})")).await;
    let nodes = found(&app, DAY, "nodes").await;
    is(&nodes[1], Level::Note, "2 号节点（窗口机二 进程 77）没有正常退出，租约于 2026-09-21 22:13 到期");
    is(&found(&app, DAY, "leases").await[0], Level::Fine, "jobs/overdue 由 窗口机三 进程 8 办理中");
    let rows: String = (3..=LAST * 9 / 10 + 2).map(|number| row(number, "x", until)).collect();
    db.tamper(&rows).await;
    is(&found(&app, DAY, "nodes").await[0], Level::Fault, "节点号共 511 个，已占用 460 个");
});

db_test!(what_cannot_be_looked_at_is_told_beside_the_rest, async |db| {
    let app = App::on(db.store()).await.expect("opens");
    db.tamper("DELETE FROM clocks; DROP TABLE clocks").await;
    db.tamper("DELETE FROM leases; DROP TABLE leases").await;
    is(&found(&app, DAY, "writing").await[0], Level::Fault, "数据库不能写入：数据库内容损坏：");
    is(&found(&app, DAY, "jobs").await[0], Level::Fault, "没有查成：数据库内容损坏：");
    is(&found(&app, DAY, "schema").await[0], Level::Fine, "数据库结构 00");
});

db_test!(a_server_tells_of_transactions_connections_and_slots, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // an embedded database has no sessions
    let facts = async || match db.facts().await.expect("told").kind {
        Kind::Server(server) => server,
        Kind::Embedded(_) => panic!("a server"),
    };
    let other = yichuang_testkit::database::connect(&url).await;
    let slot = "SELECT pg_create_physical_replication_slot(current_database() || '_slot', true, true)";
    other.batch_execute(slot).await.expect("a slot, while this connection lasts");
    other
        .batch_execute(
            "SET application_name = 'yichuang'; BEGIN; SELECT pg_current_xact_id(); LOCK TABLE meta",
        )
        .await
        .expect("locked");
    let waits = async {
        let mut server = facts().await;
        while server.waiting == 0 || server.oldest_ms == 0 {
            server = facts().await;
        }
        other.batch_execute("ROLLBACK").await.expect("let go");
        server
    };
    let (read, server) = futures_util::future::join(db.one(meta::get("made_by")), waits).await;
    assert_eq!((read.expect("read in the end"), server.waiting), (None, 1));
    assert!((2..=server.max_connections).contains(&server.connections), "{server:?}");
    let name = format!("{}_slot", url.rsplit('/').next().expect("a name"));
    assert!(server.slots.iter().any(|slot| slot.name == name && slot.active), "{server:?}");
});
