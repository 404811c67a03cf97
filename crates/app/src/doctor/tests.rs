//! The checks of what cannot be brought about here: found at the limit, not before it, told with what to do.
//! Those of the database are among the tests of the application.

use super::checks::{connections, disk, lanes, log, slot, standbys};
use super::{Finding, Level, Report};
use yichuang_storage::Place;
use yichuang_storage::facts::{Disk, Server, Slot, Standby};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Every fault and note says why and what to do; what is fine says neither.
fn is(finding: &Finding, level: Level, told: &str) {
    assert_eq!(finding.level, level, "{finding}");
    assert!(finding.what.contains(told), "{finding}");
    let explained = !finding.why.is_empty() && !finding.next.is_empty();
    assert_eq!(explained, level != Level::Fine, "{finding}");
}

#[test]
fn a_disk_or_a_log_at_its_limit_is_told() {
    for (free, data, level) in [
        (GIB, MIB, Level::Fine),
        (GIB - 1, MIB, Level::Fault),
        (5 * GIB, 5 * GIB, Level::Fine),
        (5 * GIB, 6 * GIB, Level::Note),
    ] {
        is(&disk(&Disk { free, data }), level, "磁盘可用");
    }
    is(&log(128 * MIB), Level::Fine, "预写日志 128 MB");
    is(&log(128 * MIB + 1), Level::Fault, "预写日志 128 MB");
}

fn server() -> Server {
    Server {
        data_bytes: 0,
        connections: 90,
        max_connections: 100,
        waiting: 0,
        oldest_ms: 60_000,
        standbys: vec![],
        slots: vec![],
    }
}

#[test]
fn a_server_in_trouble_is_told() {
    let well = server();
    is(&lanes(&well), Level::Fine, "最久的事务已运行 60 秒");
    is(&connections(&well), Level::Fine, "已用 90 个");
    let ill = Server { connections: 91, waiting: 4, oldest_ms: 61_000, ..well };
    is(&lanes(&ill), Level::Fault, "已经运行 61 秒，4 个事务在等待");
    is(&connections(&ill), Level::Fault, "已用 91 个，上限 100 个");
}

#[test]
fn a_standby_that_lags_and_a_slot_nobody_reads_are_told() {
    is(&standbys(&[])[0], Level::Note, "没有备库");
    let standby = |state: &str, lag: u64, lag_ms| {
        let (name, state) = ("备一".into(), state.into());
        standbys(&[Standby { name, state, lag_bytes: lag as i64, lag_ms }]).remove(0)
    };
    is(&standby("streaming", 64 * MIB, 30_000), Level::Fine, "备一（streaming）落后 64 MB、30 秒");
    is(&standby("streaming", 64 * MIB + 1, 0), Level::Fault, "落后 64 MB");
    is(&standby("streaming", 0, 30_001), Level::Fault, "30 秒");
    is(&standby("catchup", 0, 0), Level::Fault, "catchup");
    is(&standby("", 0, 0), Level::Note, "看不到");
    let slot = |kept: u64| slot(&Slot { name: "old".into(), active: false, kept_bytes: kept as i64 });
    assert_eq!(slot(8 * GIB), None);
    is(&slot(8 * GIB + 1).expect("told"), Level::Fault, "复制槽 old（无人使用）留住了 8.0 GB");
}

#[test]
fn a_database_that_cannot_be_opened_is_a_finding_beside_its_disk() {
    let error = crate::AppError::from(yichuang_storage::StoreError::NoDatabase("目录“data”".into()));
    let report = |place: &Place| {
        let report = Report::unopened(place, &error);
        assert!(!report.well);
        is(&report.findings[0], Level::Fault, "目录“data”中没有一窗数据库");
        report.findings
    };
    let folder = tempfile::tempdir().expect("a folder");
    let found = report(&Place::Folder(folder.path().into()));
    assert_eq!((found.len(), found[1].check), (2, "disk"));
    assert_eq!(std::fs::read_dir(folder.path()).expect("read").count(), 0, "nothing is left behind");
    assert_eq!(report(&Place::Folder(folder.path().join("none"))).len(), 1);
    assert_eq!(report(&Place::Postgres("postgres://127.0.0.1:1/x".into())).len(), 1);
    // What is no folder takes no files.
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    is(&super::checks::folder(&file)[1], Level::Fault, "不能写入");
}
