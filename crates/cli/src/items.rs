//! `import items`, `export items`, `report routing`, `report changes`: files in and out, and what is asked of
//! the items.
//!
//! Prints and exits; what is read, compared and written is `yichuang_app::catalog`.

use crate::place::DataArgs;
use crate::say::say;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yichuang_app::catalog::{self, Batch, Counts, ImportError, Mapping, Rejection};
use yichuang_app::{App, Ctx};
use yichuang_domain::item::ItemVersion;
use yichuang_domain::lint::lint;
use yichuang_domain::organisation::routing::{Compared, RoutingReport, routing_report};
use yichuang_domain::organisation::{NotMovedIn, WindowKind};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;

mod changes;

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// 导入事项（JSON 或者 CSV），全部作为草稿；再次导入只改有变化的
    Items(ImportArgs),
}

/// `import items`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 文件：JSON，或者 UTF-8、GB18030 编码的 CSV
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 只核对，不写入
    #[arg(long)]
    dry_run: bool,
    /// 列对照文件（格式见 import/*.toml）；不写时按表头识别
    #[arg(long, value_name = "文件")]
    mapping: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// What can be exported.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// 导出全部事项的最新版本（含草稿）
    Items(ExportArgs),
}

/// `export items`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// json 全部内容，csv 平面表
    #[arg(long, value_name = "格式", default_value = "json")]
    format: Format,
    /// 写入文件；不写时输出到标准输出
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

/// The words of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

/// What can be reported.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// 事项归口报告：各类窗口的事项数，未归口事项，与实施方案所定数的差
    Routing(ReportArgs),
    /// 修改对照：一个事项两个版本之间逐项的变化；不指定时为最新版本与前一版本
    Changes(changes::ChangesArgs),
}

/// `report routing`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    data: DataArgs,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Runs `import`. Exit code 1 when rows are in error.
pub async fn import(command: ImportCommand, at: Instant) -> Result<ExitCode> {
    let ImportCommand::Items(args) = command;
    let batch = match read_batch(&args)? {
        Ok(batch) => batch,
        Err(rejection) => return reject(&args, &rejection),
    };
    let place = args.data.place();
    if args.dry_run && !place.holds_database() {
        return match catalog::diff(&batch, &BTreeMap::new()) {
            Ok(plan) => report_import(&args, &plan.counts, &[]),
            Err(rejection) => reject(&args, &rejection),
        };
    }
    let app = App::open(&place).await?;
    let ctx = Ctx::new(Actor::System, at, format!("import-items-{}", at.0));
    let imported = catalog::import_items(&app, &ctx, &batch, args.dry_run).await;
    app.close().await;
    match imported {
        Ok(counts) => report_import(&args, &counts, &catalog::stored_items(&app).await?),
        Err(ImportError::Rejected(rejection)) => reject(&args, &rejection),
        Err(error) => Err(error.into()),
    }
}

/// Reads the file, but no more of it than may be imported, and lets go of its bytes.
fn read_batch(args: &ImportArgs) -> Result<Result<Batch, Rejection>> {
    let mapping = args.mapping.as_deref().map(own_mapping).transpose()?;
    let unreadable = || unreadable(&args.file);
    let file = File::open(&args.file).with_context(unreadable)?;
    if let Err(rejection) = catalog::check_size(file.metadata().with_context(unreadable)?.len()) {
        return Ok(Err(rejection));
    }
    // A pipe has no length, and a file may grow.
    let mut bytes = Vec::new();
    file.take(catalog::MAX_FILE_BYTES + 1).read_to_end(&mut bytes).with_context(unreadable)?;
    Ok(catalog::read_items(&bytes, mapping))
}

fn unreadable(file: &Path) -> String {
    format!("文件“{}”读不出来，请检查文件名和权限", file.display())
}

fn own_mapping(file: &Path) -> Result<Mapping> {
    let bytes = std::fs::read(file).with_context(|| unreadable(file))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Mapping::parse(text)?),
        Err(_) => bail!("列对照文件“{}”应为 UTF-8 编码，另存为 UTF-8 后再导入", file.display()),
    }
}

fn reject(args: &ImportArgs, rejection: &Rejection) -> Result<ExitCode> {
    for error in &rejection.errors {
        eprintln!("{error}");
    }
    let counts = Counts::from(rejection);
    if args.json {
        say!("{}", serde_json::to_string(&counts)?);
    } else {
        say!("有 {} 行有误，没有导入任何内容。请按上列行号改正后重新导入。", counts.rejected);
    }
    Ok(ExitCode::FAILURE)
}

fn report_import(args: &ImportArgs, counts: &Counts, stored: &[ItemVersion]) -> Result<ExitCode> {
    if args.json {
        say!("{}", serde_json::to_string(counts)?);
        return Ok(ExitCode::SUCCESS);
    }
    let Counts { read, created, changed, unchanged, skipped, .. } = counts;
    say!(
        "读入 {read} 行：新增 {created} 项，变更 {changed} 项，未变 {unchanged} 项，按对照表跳过 {skipped} 行。"
    );
    if args.dry_run {
        say!("这是核对，没有写入。去掉 --dry-run 即正式导入。");
    }
    let mut found: BTreeMap<_, usize> = BTreeMap::new();
    for item in stored {
        let codes: std::collections::BTreeSet<_> =
            lint(item).into_iter().map(|finding| finding.code).collect();
        codes.into_iter().for_each(|code| *found.entry(code).or_default() += 1);
    }
    if !found.is_empty() {
        say!("库内事项体检：");
    }
    for (code, count) in found {
        say!("  {count} 项：{}（依据：{}）", code.fix(), code.citation());
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `export`.
pub async fn export(command: ExportCommand) -> Result<ExitCode> {
    let ExportCommand::Items(args) = command;
    let app = App::open_to_read(&args.data.place()).await?;
    let items = catalog::stored_items(&app).await?;
    let bytes = match args.format {
        Format::Json => catalog::items_to_json(&items)?.into_bytes(),
        Format::Csv => catalog::items_to_csv(&items)?,
    };
    match args.out {
        Some(file) => {
            replace_file(&file, &bytes)
                .with_context(|| format!("文件“{}”写不进去，请检查目录和权限", file.display()))?;
            say!("已导出 {} 项到“{}”。", items.len(), file.display());
        }
        None => io::stdout().lock().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes beside the file, syncs, and only then takes its place: whatever fails, the file is the old one or the
/// new one, whole.
fn replace_file(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let held = match std::fs::metadata(file) {
        Ok(held) if !held.is_file() => return std::fs::write(file, bytes), // a device or a pipe stays one
        Ok(held) if held.permissions().readonly() => return Err(io::ErrorKind::PermissionDenied.into()),
        Ok(held) => Some(held),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A link stays a link.
    let file = if held.is_some() { file.canonicalize()? } else { file.to_owned() };
    let name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let mut out = File::create_new(&beside)?;
    let mut fill = || {
        if let Some(held) = &held {
            out.set_permissions(held.permissions())?;
        }
        out.write_all(bytes)?;
        out.sync_all()?;
        std::fs::rename(&beside, &file)
    };
    if let Err(error) = fill() {
        if std::fs::remove_file(&beside).is_err() {
            eprintln!("临时文件“{}”没有删除，可以手工删除。", beside.display());
        }
        return Err(error);
    }
    sync_folder(&file)
}

/// The new name is on disk once the folder is; elsewhere than on Unix a folder cannot be opened.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) => {
            let here = folder.as_os_str().is_empty();
            File::open(if here { Path::new(".") } else { folder })?.sync_all()
        }
        _ => Ok(()),
    }
}

/// Runs `report`.
pub async fn report(command: ReportCommand, at: Instant) -> Result<ExitCode> {
    match command {
        ReportCommand::Routing(args) => routing(args, at).await,
        ReportCommand::Changes(args) => changes::run(args, at).await,
    }
}

/// The items in force on this day at the site the plan speaks of. Exit code 1 when an item is unrouted.
async fn routing(args: ReportArgs, at: Instant) -> Result<ExitCode> {
    let data = catalog::default_catalogue()?;
    let app = App::open_to_read(&args.data.place()).await?;
    let organisation = app.organisation();
    let Some(site) = organisation.sites.get(&data.plan.site) else {
        bail!("数据库中没有场所“{}”，先运行 demo 装入默认数据，或者用 --data 指明目录。", data.plan.site);
    };
    let versions = app.versions_in_force(at.date()).await?;
    let items: Vec<ItemVersion> = versions.iter().map(|version| version.item.clone()).collect();
    let report = routing_report(&items, site, &data.plan);
    let away: Vec<&NotMovedIn> = data.not_moved_in.iter().filter(|away| away.site == site.key).collect();
    if args.json {
        let mut value = serde_json::to_value(&report)?;
        value["not_moved_in"] = serde_json::to_value(&away)?;
        say!("{value}");
    } else {
        let sector = |key: &str| data.sectors.iter().find(|s| s.key == key).map(|s| s.name.clone());
        say!("{}", text(&report, &site.name, sector).trim_end());
        say!("\n未入驻事项：{} 项", away.len());
        for NotMovedIn { name, reason, owner, on, .. } in away {
            let owner =
                organisation.agencies.get(owner).map_or(owner.as_str(), |agency| agency.name.as_str());
            say!("  {name}：{reason}（责任部门 {owner}，{on}）");
        }
    }
    Ok(if report.unrouted.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(report: &RoutingReport, site: &str, sector: impl Fn(&str) -> Option<String>) -> String {
    let kind = |kind: &WindowKind| match kind {
        WindowKind::General => "无差别综合窗口".to_owned(),
        WindowKind::Sector(key) => format!("{}领域综合窗口", sector(key).unwrap_or_else(|| key.clone())),
        WindowKind::Consultation => "咨询窗口".to_owned(),
    };
    let mut lines = vec![format!("{site} 事项归口报告：有效事项 {} 项", report.items), String::new()];
    for row in &report.by_kind {
        lines.push(format!("{}：窗口 {} 个，事项 {} 项", kind(&row.kind), row.windows, row.items));
    }
    lines.push(format!("未归口事项：{} 项", report.unrouted.len()));
    lines.extend(report.unrouted.iter().map(|item| format!("  {} {}：{}", item.key, item.name, item.reason)));
    lines.push(String::new());
    lines.push("与实施方案对照（方案数、实际数、差）".to_owned());
    lines.push(compared("无差别窗口受理事项", &report.general_items));
    lines.push(compared("由原部门窗口并入的事项", &report.moved_items));
    lines.extend(report.moved_from.iter().map(|row| format!("  原{}窗口：{} 项", row.counter, row.items)));
    lines.push(compared("综合窗口", &report.windows));
    lines.push(compared("无差别综合窗口", &report.general_windows));
    lines.push(compared("分领域综合窗口", &report.sector_windows));
    for row in &report.floors {
        lines.push(compared(&format!("  {} 楼 {}", row.floor, kind(&row.kind)), &row.windows));
    }
    lines.push(format!(
        "改革前受理窗口：{} 个（{}）",
        report.windows_before.value, report.windows_before.source
    ));
    lines.join("\n") + "\n"
}

fn compared(name: &str, figures: &Compared) -> String {
    let Compared { plan, actual, gap, source } = figures;
    let gap = if *gap == 0 { "相符".to_owned() } else { format!("差 {gap:+}") };
    format!("{name}：方案 {plan}，实际 {actual}，{gap}（{source}）")
}
