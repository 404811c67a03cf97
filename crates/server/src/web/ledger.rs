//! 出件台账: what was handed out, by day and way; printable, and as a file for a spreadsheet.

use super::frame::Frame;
use super::{page, short};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use yichuang_app::ledger::{self, Asked, Delivered, Way};
use yichuang_app::{AppError, Ctx, sheet};
use yichuang_domain::case::Verdict;
use yichuang_domain::identity::mask;
use yichuang_domain::time::{Date, days_after};

/// Lines of a page.
const LINES: usize = 200;
/// Lines of a file.
const EXPORTED: usize = 20_000;

/// Which days, which way.
#[derive(Deserialize)]
pub struct Sought {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    way: String,
    #[serde(default)]
    kind: String,
}

/// 台账的一行, as shown.
pub struct Line {
    pub nth: usize,
    pub at: String,
    pub case_no: String,
    pub item: String,
    pub verdict: &'static str,
    pub way: &'static str,
    pub receiver: String,
    pub place: String,
    pub by: String,
    pub rating: &'static str,
    pub back: bool,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    frame: Frame,
    from: String,
    to: String,
    way: String,
    ways: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    more: bool,
    counts: String,
    export: String,
}

fn asked(sought: &Sought, today: Date) -> Result<Asked, PageError> {
    let day = |text: &str, default: Date| match text {
        "" => Ok(default),
        text => text
            .parse::<Date>()
            .map_err(|_| PageError::from(AppError::Form(vec!["日期按年-月-日填写，如 2026-09-01".into()]))),
    };
    let way = Way::TABLE.into_iter().find(|row| row.1 == sought.way).map(|row| row.0);
    if way.is_none() && !sought.way.is_empty() {
        return Err(PageError::NoPage);
    }
    let to = day(&sought.to, today)?;
    Ok(Asked { from: day(&sought.from, days_after(to, -6))?, to, way })
}

/// `GET /ledger`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let asked = asked(&sought, ctx.at.date())?;
    let (found, more) = ledger::page(&server.app, &ctx, &asked, LINES).await?;
    let counts = Way::TABLE
        .map(|(way, _, name)| format!("{name} {}", found.iter().filter(|line| line.way == way).count()));
    let lines = lines(&server, found, ctx.at.date());
    let (from, to) = (asked.from.to_string(), asked.to.to_string());
    let template = LedgerPage {
        frame: Frame::of(&server, &guest, "出件台账", "/ledger").await?,
        export: format!("/ledger/export?from={from}&to={to}&way={}", sought.way),
        from,
        to,
        way: sought.way,
        ways: Way::TABLE.iter().map(|row| (row.1, row.2)).collect(),
        lines,
        more,
        counts: counts.join("、"),
    };
    page(StatusCode::OK, &template)
}

/// The last lines of these days, the newest first.
pub async fn latest(server: &Server, ctx: &Ctx, asked: &Asked, most: usize) -> Result<Vec<Line>, PageError> {
    let (found, _) = ledger::page(&server.app, ctx, asked, LINES).await?;
    Ok(lines(server, found, ctx.at.date()).into_iter().rev().take(most).collect())
}

fn lines(server: &Server, found: Vec<Delivered>, today: Date) -> Vec<Line> {
    let organisation = server.app.organisation();
    let line = |(nth, line): (usize, Delivered)| {
        let civil = line.at.civil();
        let site = organisation.sites.get(&line.site).map_or("", |site| site.name.as_str());
        let name = organisation.staff.get(&line.staff).map(|member| mask::name(&member.name));
        Line {
            nth: nth + 1,
            at: format!("{} {}", short(civil.date(), today), civil.strftime("%H:%M")),
            item: line.version.item.name.clone(),
            verdict: match line.verdict {
                Some(Verdict::Approved) => "准予",
                Some(Verdict::Denied) => "不予许可",
                None => "",
            },
            way: line.way.name(),
            receiver: match line.tracking.is_empty() {
                true => line.receiver.to_owned(),
                false => format!("运单 {}", line.tracking),
            },
            place: format!("{site} {}", line.window),
            by: format!("{}（{}）", name.unwrap_or_default(), line.staff),
            rating: line.rating.map_or("未评", |rating| rating.name()),
            back: line.way == Way::Returned,
            case_no: line.case_no,
        }
    };
    found.into_iter().enumerate().map(line).collect()
}

/// `GET /ledger/export`
pub async fn export(
    State(server): State<Server>,
    guest: Guest,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let asked = asked(&sought, ctx.at.date())?;
    let (found, more) = ledger::page(&server.app, &ctx, &asked, EXPORTED).await?;
    if more {
        let told = format!("所选日期超过 {EXPORTED} 条，缩短起止日期后分次导出");
        return Err(AppError::Form(vec![told]).into());
    }
    let rows = lines(&server, found, ctx.at.date()).into_iter().map(|line| {
        let cells = [line.verdict, line.way, line.rating].map(str::to_owned);
        let [verdict, way, rating] = cells;
        let nth = line.nth.to_string();
        vec![nth, line.at, line.case_no, line.item, verdict, way, line.receiver, line.place, line.by, rating]
    });
    let name = format!("ledger-{}-{}", asked.from, asked.to);
    file(&sought.kind, &name, "出件台账", &HEAD, rows)
}

/// Heads of the columns.
const HEAD: [&str; 10] =
    ["序号", "时间", "办件编号", "事项", "决定", "方式", "领取人、运单", "场所、窗口", "经办人", "评价"];

/// A list as the file asked for: a workbook, or else CSV.
pub fn file(
    kind: &str,
    name: &str,
    title: &str,
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Response, PageError> {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (bytes, media, ending) = match kind {
        "xlsx" => (sheet::xlsx(title, head, rows)?, WORKBOOK, "xlsx"),
        _ => (sheet::csv(head, rows)?, "text/csv; charset=utf-8", "csv"),
    };
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}
