//! The summary of a demo: what a manager of the centre would want to read.

use super::run::Plan;
use anyhow::Result;
use std::fmt::Write as _;
use yichuang_app::App;
use yichuang_app::access::demo::DemoAccount;
use yichuang_app::stats::{Punctuality, Stats, Summary, summary};
use yichuang_domain::case::Ending;
use yichuang_domain::rating::RatingLevel;

/// The accounts one may sign in with, one for each post.
pub fn accounts(roles: &[DemoAccount]) -> String {
    let mut out = String::from("演示账号（密码均为 ");
    out.push_str(roles.first().map_or("", |account| account.password));
    out.push_str("，全部账号见 --json）\n");
    for role in roles {
        out.push_str(&format!("  {}  {}\n", role.account, role.title));
    }
    out
}

/// The summary as text.
pub async fn text(app: &App, counted: &Stats, plan: &Plan) -> Result<String> {
    let summary = summary(app).await?;
    let mut out = String::new();
    let s = &summary.stats;
    writeln!(out, "江北区政务服务中心 一窗综办 演示情况（演示数据，人员、企业均属虚构）")?;
    writeln!(out, "时段：{} 起 {} 个工作日到场，办到全部终结", plan.from, plan.days)?;
    writeln!(out)?;
    writeln!(
        out,
        "到场 {} 人，收件 {} 件，平均每人 {} 件",
        s.visitors,
        s.cases_received,
        tenths(s.cases_received, s.visitors)
    )?;
    writeln!(
        out,
        "受理 {} 件：其中容缺受理 {} 件，逾期未告知视为受理 {} 件",
        s.accepted, s.deferred, summary.deemed
    )?;
    writeln!(out, "一次性告知补正 {} 件，不予受理 {} 件", s.corrections_requested, s.refused)?;
    writeln!(
        out,
        "作出决定 {} 件：准予 {} 件，不予许可 {} 件，平均用时 {} 个工作日",
        s.decided,
        s.approved,
        s.denied,
        tenths(summary.days_to_decision.unsigned_abs(), s.decided)
    )?;
    writeln!(out, "移交出件 {} 件，送达 {} 件，评价 {} 件", s.issued, s.delivered, s.rated)?;
    let ended = summary.endings.values().sum::<u64>();
    writeln!(
        out,
        "已终结办件平均到场 {} 次，其中到场不超过一次的 {} 件",
        tenths(summary.visits, ended),
        summary.one_visit
    )?;
    endings(&mut out, &summary)?;
    agencies(&mut out, app, &summary)?;
    ratings(&mut out, &summary)?;
    if !summary.overdue.is_empty() {
        let organisation = app.organisation();
        let name =
            |key: &str| organisation.agencies.get(key).map_or_else(|| key.to_owned(), |a| a.name.clone());
        let cases: Vec<String> = summary
            .overdue
            .iter()
            .map(|(case_no, agency)| format!("{case_no}（{}）", name(agency)))
            .collect();
        writeln!(out, "\n超过承诺时限（最多列 20 件）：{}", cases.join("、"))?;
    }
    let seconds = counted.elapsed_ms.max(1) as f64 / 1000.0;
    let rate = s.journal_events as f64 / seconds;
    writeln!(out, "\n办件日志 {} 条，用时 {seconds:.1} 秒（每秒 {rate:.0} 条）", s.journal_events)?;
    Ok(out)
}

fn endings(out: &mut String, summary: &Summary) -> Result<()> {
    let parts = Ending::ALL.map(|ending| {
        let count = summary.endings.get(&ending).copied().unwrap_or_default();
        format!("{} {count}", ending.title())
    });
    writeln!(out, "终结方式：{}", parts.join("，"))?;
    Ok(())
}

fn agencies(out: &mut String, app: &App, summary: &Summary) -> Result<()> {
    let organisation = app.organisation();
    writeln!(out, "\n部门按期情况（按承诺时限；违法超期按法定时限）")?;
    writeln!(out, "  审批  按时率  提前率  违法超期  部门")?;
    let mut total = Punctuality::default();
    for (key, row) in &summary.agencies {
        let name = organisation.agencies.get(key).map_or(key.as_str(), |agency| agency.name.as_str());
        line(out, row, name)?;
        total = Punctuality {
            decided: total.decided + row.decided,
            on_time: total.on_time + row.on_time,
            early: total.early + row.early,
            unlawful: total.unlawful + row.unlawful,
        };
    }
    line(out, &total, "合计")
}

fn line(out: &mut String, row: &Punctuality, name: &str) -> Result<()> {
    let (on_time, early) = (percent(row.on_time, row.decided), percent(row.early, row.decided));
    writeln!(out, "{:>6}{on_time:>8}{early:>8}{:>8}    {name}", row.decided, row.unlawful)?;
    Ok(())
}

fn ratings(out: &mut String, summary: &Summary) -> Result<()> {
    let given: u64 = summary.ratings.values().sum();
    let good: u64 = summary.ratings.iter().filter(|(level, _)| !level.bad()).map(|(_, n)| n).sum();
    let parts = RatingLevel::TABLE.map(|(level, name, ..)| {
        format!("{name} {}", summary.ratings.get(&level).copied().unwrap_or_default())
    });
    let (rate, share) = (percent(given, summary.stats.delivered), percent(good, given));
    writeln!(out, "\n好差评：主动评价率 {rate}，好评率 {share}（{}）；未评价的不计为好评", parts.join("，"))?;
    Ok(())
}

/// A share in percent; 「—」 of nothing.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "—".into() } else { format!("{:.1}%", part as f64 * 100.0 / whole as f64) }
}

/// A mean with one decimal; 「—」 of nothing.
fn tenths(sum: u64, count: u64) -> String {
    if count == 0 { "—".into() } else { format!("{:.1}", sum as f64 / count as f64) }
}
