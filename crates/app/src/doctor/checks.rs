//! The checks, one function each. Limits are ours; each says why it lies where it does.

use super::Finding;
use crate::app::App;
use crate::ctx::Clock;
use crate::error::AppError;
use crate::readiness;
use std::path::Path;
use std::time::Duration;
use yichuang_domain::calendar::YearStatus;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::facts::{Disk, Facts, Kind, Server, Slot, Standby};
use yichuang_storage::leases::{self, Lease};
use yichuang_storage::nodes::{self, LAST, MAX_SKEW};
use yichuang_storage::{Area, Schema, clocks};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// Below this a disk is taken to be full: the log may take 64 MiB twice over, and a busy day some 100 MiB.
const FREE_AT_LEAST: u64 = GIB;
/// The writing lane begins the log anew above 64 MiB; a log twice as long means that it cannot.
const LOG_AT_MOST: u64 = 128 * MIB;
/// A standby that far behind would lose that much when it takes over, or its network cannot keep up.
const LAG_AT_MOST: (u64, i64) = (64 * MIB, 30_000);
/// A slot that keeps that much fills the server's disk within days; then nothing can be written at all.
const KEPT_AT_MOST: u64 = 8 * GIB;
/// No change and no read of ours takes that long; the server ends one that idles after ten seconds.
const LONGEST_MS: i64 = 60_000;
/// Of the server's connections, percent in use.
const CONNECTIONS_PERCENT: i64 = 90;

/// What the engine and its disk say.
pub(super) fn of_engine(facts: &Facts) -> Vec<Finding> {
    match &facts.kind {
        Kind::Embedded(embedded) => vec![disk(&embedded.disk), log(embedded.log_bytes)],
        Kind::Server(server) => {
            let mut all = vec![size(server), lanes(server), connections(server)];
            all.extend(standbys(&server.standbys));
            all.extend(server.slots.iter().filter_map(slot));
            all
        }
    }
}

/// The disk under a database that does not open, and whether it takes files.
pub(super) fn folder(folder: &Path) -> Vec<Finding> {
    let unseen =
        |error: std::io::Error| Finding::fault("disk", format!("磁盘余量查不到（{error}）。"), WHY, NEXT);
    const WHY: &str = "目录或者磁盘有故障。";
    const NEXT: &str = "检查目录权限和磁盘。";
    let mut found = vec![Disk::under(folder).map_or_else(unseen, |under| disk(&under))];
    if let Err(error) = Disk::takes_files(folder) {
        let what = format!("目录“{}”不能写入（{error}）。", folder.display());
        let why = "数据库及其预写日志要写在这个目录中。";
        found.push(Finding::fault("disk", what, why, "检查目录权限、磁盘是否写满或者以只读方式挂载。"));
    }
    found
}

pub(super) fn disk(disk: &Disk) -> Finding {
    let what = format!("磁盘可用 {}，数据库占 {}。", bytes(disk.free), bytes(disk.data));
    if disk.free < FREE_AT_LEAST {
        let why = "磁盘写满后不能再办理任何业务。";
        return Finding::fault("disk", what, why, "清理磁盘，或者把数据目录迁到更大的磁盘。");
    }
    if disk.free < disk.data {
        let why = "同一磁盘上放不下一份完整的备份。";
        return Finding::note("disk", what, why, "把备份放到另一磁盘，或者扩大磁盘。");
    }
    Finding::fine("disk", what)
}

pub(super) fn log(size: u64) -> Finding {
    let what = format!("预写日志 {}。", bytes(size));
    if size > LOG_AT_MOST {
        let why = "预写日志没有及时写回数据库文件，多半有程序长时间读取而不结束；日志还会继续增大。";
        return Finding::fault("log", what, why, "结束长时间打开数据库文件的其他程序，再重新启动本系统。");
    }
    Finding::fine("log", what)
}

pub(super) fn size(server: &Server) -> Finding {
    let what =
        format!("数据库占 {}。服务器磁盘的余量由数据库管理员查看。", bytes(unsigned(server.data_bytes)));
    Finding::fine("disk", what)
}

pub(super) fn lanes(server: &Server) -> Finding {
    let seconds = server.oldest_ms / 1000;
    if server.oldest_ms > LONGEST_MS {
        let what = format!("有一个事务已经运行 {seconds} 秒，{} 个事务在等待。", server.waiting);
        let why = "它占着的记录别人办不了，旧数据也不能清理。";
        let next = "请数据库管理员用 pg_stat_activity 查明是哪个连接，必要时 pg_terminate_backend；已提交的业务不受影响。";
        return Finding::fault("lanes", what, why, next);
    }
    Finding::fine("lanes", format!("{} 个事务在等待，最久的事务已运行 {seconds} 秒。", server.waiting))
}

pub(super) fn connections(server: &Server) -> Finding {
    let what = format!("服务器连接已用 {} 个，上限 {} 个。", server.connections, server.max_connections);
    if server.connections * 100 > server.max_connections * CONNECTIONS_PERCENT {
        let why = "连接用完后新的节点和命令连不上数据库。";
        return Finding::fault(
            "connections",
            what,
            why,
            "减少其他程序占用的连接，或者由数据库管理员增大 max_connections。",
        );
    }
    Finding::fine("connections", what)
}

pub(super) fn standbys(all: &[Standby]) -> Vec<Finding> {
    if all.is_empty() {
        let why = "主库损坏时只能从备份恢复，备份之后办理的业务会丢失。";
        let next = "需要不间断运行的，由数据库管理员建立流复制备库。";
        return vec![Finding::note("replication", "没有备库。", why, next)];
    }
    all.iter().map(standby).collect()
}

fn standby(standby: &Standby) -> Finding {
    let name = &standby.name;
    if standby.state.is_empty() {
        let why = "当前数据库用户没有查看复制状态的权限。";
        let next = "由数据库管理员执行 GRANT pg_monitor TO 该用户。";
        return Finding::note("replication", format!("备库 {name} 的情况看不到。"), why, next);
    }
    let (lag, seconds) = (unsigned(standby.lag_bytes), standby.lag_ms / 1000);
    let what = format!("备库 {name}（{}）落后 {}、{seconds} 秒。", standby.state, bytes(lag));
    if lag > LAG_AT_MOST.0 || standby.lag_ms > LAG_AT_MOST.1 || standby.state != "streaming" {
        let why = "此时切换到备库，落后部分的业务会丢失。";
        return Finding::fault("replication", what, why, "检查备库是否在运行、网络和磁盘是否跟得上。");
    }
    Finding::fine("replication", what)
}

pub(super) fn slot(slot: &Slot) -> Option<Finding> {
    let kept = unsigned(slot.kept_bytes);
    (kept > KEPT_AT_MOST).then(|| {
        let user = if slot.active { "正在使用" } else { "无人使用" };
        let what = format!("复制槽 {}（{user}）留住了 {} 预写日志。", slot.name, bytes(kept));
        let why = "预写日志不能清理，服务器磁盘会被写满，届时不能再办理任何业务。";
        let next = "恢复使用它的备库；备库已经停用的，由数据库管理员用 pg_drop_replication_slot 删除。";
        Finding::fault("replication", what, why, next)
    })
}

pub(super) fn schema(schema: &Schema) -> Finding {
    let missing: Vec<_> = schema.missing().collect();
    if missing.is_empty() {
        return Finding::fine(
            "schema",
            format!("数据库结构 {}。", schema.applied().last().unwrap_or_default()),
        );
    }
    let what = format!("数据库结构尚缺 {}。", missing.join("、"));
    let why = "本程序可以照常办理，但依靠新结构的功能（节点号租约、文件、锚定）还不能使用。";
    Finding::fault("schema", what, why, "各节点都换用本程序后，先备份，再运行 yichuang migrate。")
}

pub(super) async fn clock(app: &App, clock: &dyn Clock) -> Result<Finding, AppError> {
    if app.store().shares_clock() {
        return Ok(Finding::fine("clock", "数据库使用本机时钟。"));
    }
    let skew = readiness::skew(app.store(), clock).await?;
    if skew.abs() > MAX_SKEW {
        let why = "编号的先后、收件和到期的时刻会出错；本节点不会接受办理。";
        return Ok(Finding::fault("clock", readiness::off(skew), why, "启用时间同步（NTP）并校准时钟。"));
    }
    Ok(Finding::fine("clock", "本机时钟与数据库服务器一致。"))
}

/// Takes a lease and gives it back, as a change would be written; until the leases are there only asks.
pub(super) async fn writing(app: &App, schema: &Schema) -> Finding {
    let tried = async {
        app.store().health().await?;
        if schema.has(Area::Nodes) {
            let name = format!("doctor/{}", std::process::id());
            if let Some(lease) = Lease::take(app.store(), "doctor", &name, Duration::from_secs(1)).await? {
                lease.give_back().await?;
            }
        }
        Ok::<_, yichuang_storage::StoreError>(())
    };
    match tried.await {
        Ok(()) => Finding::fine("writing", "数据库可以写入。"),
        Err(error) => {
            let what = format!("数据库不能写入：{error}");
            Finding::fault("writing", what, "现在不能办理任何业务。", "按上面所说处理后重新运行 doctor。")
        }
    }
}

pub(super) async fn jobs(app: &App, now: Instant) -> Result<Finding, AppError> {
    let overdue = crate::jobs::overdue(app, now).await?;
    let Some(oldest) = overdue.iter().map(|overdue| &overdue.due_on).min() else {
        return Ok(Finding::fine("jobs", "没有应由系统办理而未办理的到期事项。"));
    };
    let what = format!("有 {} 项到期事项应由系统办理而没有办理，最早的于 {oldest} 到期。", overdue.len());
    let why = "视为受理、退件、视为撤回和办结都有法定或者约定的期限，定时办理没有运行或者没有成功。";
    Ok(Finding::fault(
        "jobs",
        what,
        why,
        "检查各节点的定时办理是否在运行，查看日志中失败的原因；恢复后会自动补办。",
    ))
}

pub(super) async fn calendar(app: &App, today: Date) -> Result<Vec<Finding>, AppError> {
    const LOAD: &str = "放假安排公布后，照 law/calendar 中文件的格式写成文件，运行 yichuang calendar load。";
    let calendar = crate::calendar::loaded(app.store()).await?;
    let mut found = Vec::new();
    for year in calendar.years().filter(|year| year.status == YearStatus::Provisional) {
        let number = year.year;
        if number == today.year() {
            let what = format!("今年（{number} 年）的工作日历仍是暂定的。");
            let why = "今年的到期日可能与国务院办公厅公布的放假安排不符。";
            found.push(Finding::fault("calendar", what, why, LOAD));
            continue;
        }
        let due = due_in(app, number).await?;
        if due > 0 {
            let what = format!("{number} 年的工作日历是暂定的，已有 {due} 个办理期限落在该年。");
            found.push(Finding::note("calendar", what, "正式安排公布后，这些到期日可能变动。", LOAD));
        }
    }
    let next = today.year() + 1;
    if !calendar.years().any(|year| year.year == next) {
        let what = format!("没有 {next} 年的工作日历。");
        let why = "期限算到该年的办件不能受理，也不能继续办理。";
        let next = format!("先装入暂定的日历（只写周末和法定节日）；{LOAD}");
        found.push(Finding::fault("calendar", what, why, &next));
    }
    if found.is_empty() {
        let last = calendar.years().map(|year| year.year).max().unwrap_or_default();
        found.push(Finding::fine("calendar", format!("工作日历装至 {last} 年。")));
    }
    Ok(found)
}

/// Running clocks due in this year.
async fn due_in(app: &App, year: i16) -> Result<i64, AppError> {
    let mut due = 0;
    for (_, kind, _) in ClockKind::TABLE {
        let within = clocks::due_within(kind, &format!("{year}-01-01"), &format!("{year}-12-31"));
        due += app.store().one(within).await?.unwrap_or_default();
    }
    Ok(due)
}

/// Who holds the node numbers and the leases, and who ended without a word.
pub(super) async fn nodes(app: &App, schema: &Schema) -> Result<Vec<Finding>, AppError> {
    if !schema.has(Area::Nodes) {
        return Ok(vec![]);
    }
    let now = app.store().now().await?;
    let (numbers, leases) = (app.store().all(nodes::all()).await?, app.store().all(leases::all()).await?);
    let held: Vec<_> = numbers.iter().filter(|row| row.until_at > now).collect();
    let mut found = Vec::new();
    let who: Vec<_> = held.iter().map(|row| format!("{} 号 {}", row.number, machine(&row.holder))).collect();
    let what = match who.as_slice() {
        [] => "现在没有节点在运行。".to_owned(),
        who => format!("现在有 {} 个节点：{}。", who.len(), who.join("，")),
    };
    if held.len() as i64 * 100 > LAST * CONNECTIONS_PERCENT {
        let what = format!("节点号共 {LAST} 个，已占用 {} 个。", held.len());
        let why = "用完后新的节点和命令不能办理。";
        found.push(Finding::fault(
            "nodes",
            what,
            why,
            "查明哪些机器上反复启动而不正常退出，停止它们，一分钟后自动释放。",
        ));
    } else {
        found.push(Finding::fine("nodes", what));
    }
    for silent in numbers.iter().filter(|row| row.until_at != 0 && row.until_at <= now) {
        let end = Instant(silent.until_at);
        let what = format!(
            "{} 号节点（{}）没有正常退出，租约于 {end} 到期。",
            silent.number,
            machine(&silent.holder)
        );
        let why = "程序可能中断，机器可能断电或者断网。已经答复办理成功的业务都在。";
        found.push(Finding::note("nodes", what, why, "应当在运行的，检查那台机器；不再使用的，无需处理。"));
    }
    for lease in leases.iter().filter(|row| row.until_at > now && row.name != "doctor") {
        found.push(Finding::fine("leases", format!("{} 由 {} 办理中。", lease.name, machine(&lease.holder))));
    }
    Ok(found)
}

/// Machine and process of a holder, without what only tells it from others.
fn machine(holder: &str) -> String {
    let mut parts = holder.split('/');
    match (parts.next(), parts.next()) {
        (Some(machine), Some(process)) => format!("{machine} 进程 {process}"),
        _ => holder.to_owned(),
    }
}

fn unsigned(bytes: i64) -> u64 {
    bytes.max(0) as u64
}

/// A size as people say it.
fn bytes(size: u64) -> String {
    match size {
        _ if size >= GIB => format!("{}.{} GB", size / GIB, size % GIB * 10 / GIB),
        _ if size >= MIB => format!("{} MB", size / MIB),
        _ => format!("{} KB", size >> 10),
    }
}
