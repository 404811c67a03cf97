//! 出件台账: what was handed out, by whom and how; what came back. Rows are made in the change that delivers.
//!
//! Shows no name of a receiver: whether it was the applicant, the agent or somebody else authorized.

use crate::access::permit;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::{day, read};
use crate::versions::Version;
use futures_util::future::try_join_all;
use std::sync::Arc;
use yichuang_domain::case::command::{DeliveryWay, Receiver};
use yichuang_domain::case::{Case, Entry, Event, Verdict};
use yichuang_domain::id::{StaffId, VersionId};
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::rating::RatingLevel;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::ledger::{self, LedgerLine, LedgerRow, LedgerSpan};
use yichuang_storage::{Area, Stmt, cases};

/// Lines read at once when more are filtered than shown.
const BLOCK: i64 = 200;

/// 送达方式, as a ledger tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// 窗口领取
    Window,
    /// 邮寄送达
    Mail,
    /// 电子送达
    Electronic,
    /// 邮寄退回
    Returned,
}

impl Way {
    /// Every way with its word and its Chinese name.
    pub const TABLE: [(Way, &'static str, &'static str); 4] = [
        (Way::Window, "window", "窗口领取"),
        (Way::Mail, "mail", "邮寄送达"),
        (Way::Electronic, "electronic", "电子送达"),
        (Way::Returned, "returned", "邮寄退回"),
    ];

    /// Chinese name.
    pub fn name(self) -> &'static str {
        Self::TABLE.into_iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    fn of(word: &str) -> Option<Way> {
        Self::TABLE.into_iter().find(|row| row.1 == word).map(|row| row.0)
    }
}

/// 台账的一行.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// 受理编号
    pub case_no: String,
    /// Key of the site.
    pub site: String,
    /// When.
    pub at: Instant,
    /// How.
    pub way: Way,
    /// 领取人: 本人, 代理人 or 另行委托; empty where nobody collected it.
    pub receiver: &'static str,
    /// 运单号
    pub tracking: String,
    /// What was decided.
    pub verdict: Option<Verdict>,
    /// What was applied for.
    pub version: Arc<Version>,
    /// Code of the window.
    pub window: String,
    /// Who handed it out.
    pub staff: StaffId,
    /// The rating given since.
    pub rating: Option<RatingLevel>,
}

/// Which part of the ledger.
#[derive(Clone, Debug)]
pub struct Asked {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Only this way.
    pub way: Option<Way>,
}

/// 台账 of the days asked for, within the actor's scope, at most `limit` lines; and whether there are more.
pub async fn page(
    app: &App,
    ctx: &Ctx,
    asked: &Asked,
    limit: usize,
) -> Result<(Vec<Delivered>, bool), AppError> {
    let scope = permit(&ctx.actor, Action::Ledger)?;
    let own = ctx.actor.staff().and_then(|staff| staff.site.clone());
    let site = match scope {
        Scope::All => None,
        _ => Some(own.ok_or(AppError::Forbidden(Action::Ledger.title()))?),
    };
    if !app.store().schema().await?.has(Area::Desks) {
        return Ok((Vec::new(), false));
    }
    let (from, to) = (asked.from.to_string(), asked.to.to_string());
    let (mut after, mut found) = ((from, i64::MIN, i64::MIN), Vec::new());
    loop {
        let span = LedgerSpan { after: (&after.0, after.1, after.2), to: &to, limit: BLOCK };
        let lines = app.store().all(ledger::page(site.as_deref(), span)).await?;
        let Some(last) = lines.last() else { break };
        after = (last.on_date.clone(), last.case_id, last.seq);
        found.extend(lines.into_iter().filter(|line| asked.way.is_none() || asked.way == Way::of(&line.way)));
        if found.len() > limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    found.sort_by_key(|line| (line.at, line.case_id, line.seq));
    let described = try_join_all(found.into_iter().map(|line| delivered(app, line))).await?;
    Ok((described, more))
}

async fn delivered(app: &App, line: LedgerLine) -> Result<Delivered, AppError> {
    let version = app.version(VersionId(line.item_version)).await?;
    let row = app.store().one(cases::by_id(line.case_id)).await?;
    let rating = row.map(|row| read::<Case>(&row.state)).transpose()?.and_then(|case| case.rating);
    day(&line.on_date)?;
    Ok(Delivered {
        case_no: line.case_no,
        site: line.site,
        at: Instant(line.at),
        way: Way::of(&line.way).unwrap_or(Way::Window),
        receiver: match line.receiver.as_str() {
            "applicant" => "申请人本人",
            "agent" => "代理人",
            "other" => "另行委托的人",
            _ => "",
        },
        tracking: line.tracking,
        verdict: match line.verdict.as_str() {
            "approved" => Some(Verdict::Approved),
            "denied" => Some(Verdict::Denied),
            _ => None,
        },
        version,
        window: line.window_code,
        staff: StaffId(line.staff),
        rating,
    })
}

/// The lines these entries of a case add; `before` records were there already.
pub(crate) fn rows(case: &Case, before: i64, entries: &[Entry]) -> Vec<Stmt> {
    let line = |(seq, entry): (i64, &Entry)| {
        let (kind, way, receiver, tracking) = match &entry.event {
            Event::ResultDelivered { way: DeliveryWay::Window { receiver, .. }, .. } => {
                let who = match receiver {
                    Receiver::Applicant => "applicant",
                    Receiver::Agent => "agent",
                    Receiver::Other { .. } => "other",
                };
                (ledger::DELIVERED, "window", who, "")
            }
            Event::ResultDelivered { way: DeliveryWay::Mail { tracking_no }, .. } => {
                (ledger::DELIVERED, "mail", "", tracking_no.as_str())
            }
            Event::ResultDelivered { way: DeliveryWay::Electronic, .. } => {
                (ledger::DELIVERED, "electronic", "", "")
            }
            Event::DeliveryReturned { .. } => (ledger::RETURNED, "returned", "", ""),
            _ => return None,
        };
        let staff = entry.by.staff();
        let verdict = match case.decision().map(|decision| decision.verdict) {
            Some(Verdict::Approved) => "approved",
            Some(Verdict::Denied) => "denied",
            None => "",
        };
        Some(ledger::insert(&LedgerRow {
            case_id: case.id.0,
            seq,
            kind: kind.into(),
            site: staff.and_then(|staff| staff.site.clone()).unwrap_or_else(|| case.site.clone()),
            on_date: entry.at.date().to_string(),
            at: entry.at.0,
            way: way.into(),
            receiver: receiver.into(),
            tracking: tracking.into(),
            verdict: verdict.into(),
            window_code: staff.and_then(|staff| staff.window.clone()).unwrap_or_default(),
            staff: entry.by.number(),
        }))
    };
    (before + 1..).zip(entries).filter_map(line).collect()
}
