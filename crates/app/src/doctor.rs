//! 体检: says what is wrong with the database and what stands around it, why it matters, and what to do. Reads only,
//! but for one lease it takes and gives back to see that the database takes writes.
//!
//! Every check is a function of its own (`checks`): it looks at one thing and answers with findings.

mod checks;
mod privacy;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::ctx::Clock;
use crate::error::AppError;
use serde::Serialize;
use std::fmt;
use yichuang_storage::Place;
use yichuang_storage::files::FilesPlace;

/// 程序版本.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// 结论 of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 正常
    Fine,
    /// 提醒: nothing is wrong yet.
    Note,
    /// 问题: something must be done.
    Fault,
}

/// 一项检查结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check, for machines.
    pub check: &'static str,
    /// 结论
    pub level: Level,
    /// What was found.
    pub what: String,
    /// Why it matters; empty where all is well.
    pub why: String,
    /// What to do; empty where there is nothing to do.
    pub next: String,
}

impl Finding {
    fn fine(check: &'static str, what: impl Into<String>) -> Finding {
        Finding { check, level: Level::Fine, what: what.into(), why: String::new(), next: String::new() }
    }

    fn note(check: &'static str, what: impl Into<String>, why: &str, next: &str) -> Finding {
        Finding { level: Level::Note, why: why.into(), next: next.into(), ..Finding::fine(check, what) }
    }

    fn fault(check: &'static str, what: impl Into<String>, why: &str, next: &str) -> Finding {
        Finding { level: Level::Fault, ..Finding::note(check, what, why, next) }
    }

    /// The check itself did not get through.
    fn unseen(check: &'static str, error: &AppError) -> Finding {
        let what = format!("没有查成：{error}");
        Finding::fault(check, what, "这一项的情况不明。", "排除上述错误后重新运行 doctor。")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Fine => "正常",
            Level::Note => "提醒",
            Level::Fault => "问题",
        };
        write!(f, "【{level}】{}", self.what)?;
        if !self.why.is_empty() {
            write!(f, "\n        原因：{}", self.why)?;
        }
        if !self.next.is_empty() {
            write!(f, "\n        下一步：{}", self.next)?;
        }
        Ok(())
    }
}

/// 体检报告.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Nothing must be done.
    pub well: bool,
    /// Version of this program.
    pub version: &'static str,
    /// Engine and its version; empty where the database could not be opened.
    pub engine: String,
    /// What was found, check after check.
    pub findings: Vec<Finding>,
}

impl Report {
    fn of(engine: String, findings: Vec<Finding>) -> Report {
        let well = findings.iter().all(|finding| finding.level < Level::Fault);
        Report { well, version: VERSION, engine, findings }
    }

    /// The report on a database that could not even be opened; what stands around it often tells why.
    pub fn unopened(place: &Place, error: &AppError) -> Report {
        let why = "数据库打不开，什么都不能办理，其他各项也无从查起。";
        let next = "按上面所说处理后重新运行 doctor。";
        let mut findings = vec![Finding::fault("database", error.to_string(), why, next)];
        if let Place::Folder(folder) = place
            && folder.is_dir()
        {
            findings.extend(checks::folder(folder));
        }
        Report::of(String::new(), findings)
    }
}

impl Report {
    /// With what was found of the files at this place.
    pub async fn and_files(self, app: &App, place: &FilesPlace) -> Report {
        let found = privacy::files(app, place).await;
        Report::of(self.engine, self.findings.into_iter().chain(found).collect())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = if self.engine.is_empty() { "数据库没有打开" } else { &self.engine };
        writeln!(f, "一窗 {}　{engine}", self.version)?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        match self.findings.iter().filter(|finding| finding.level == Level::Fault).count() {
            0 => write!(f, "没有发现问题。"),
            faults => write!(f, "发现 {faults} 个问题。"),
        }
    }
}

/// 体检: every check that can be made from here, the ones of the engine first.
pub async fn examine(app: &App, clock: &dyn Clock) -> Report {
    let (mut engine, mut findings) = (String::new(), Vec::new());
    match app.store().facts().await {
        Ok(facts) => {
            findings.extend(checks::of_engine(&facts));
            engine = facts.engine;
        }
        Err(error) => findings.push(Finding::unseen("engine", &error.into())),
    }
    let schema = match app.store().schema_on_record().await {
        Ok(schema) => schema,
        Err(error) => {
            findings.push(Finding::unseen("schema", &error.into()));
            return Report::of(engine, findings);
        }
    };
    findings.push(checks::schema(&schema));
    findings.push(seen("clock", checks::clock(app, clock).await));
    findings.push(checks::writing(app, &schema).await);
    findings.push(seen("jobs", checks::jobs(app, clock.now()).await));
    findings.extend(all_seen("calendar", checks::calendar(app, clock.now().date()).await));
    findings.extend(all_seen("nodes", checks::nodes(app, &schema).await));
    findings.extend(all_seen("keys", privacy::keys(app, &schema).await));
    Report::of(engine, findings)
}

fn seen(check: &'static str, found: Result<Finding, AppError>) -> Finding {
    found.unwrap_or_else(|error| Finding::unseen(check, &error))
}

fn all_seen(check: &'static str, found: Result<Vec<Finding>, AppError>) -> Vec<Finding> {
    found.unwrap_or_else(|error| vec![Finding::unseen(check, &error)])
}
