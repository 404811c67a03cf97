//! 办件检索: the cases within scope by item, stage and day of receipt, the latest first. A department finds what it
//! decides, a site what it took in.

use crate::access::permit;
use crate::app::App;
use crate::case;
use crate::ctx::Ctx;
use crate::desk::{Masked, dues, masked};
use crate::error::AppError;
use crate::lamp::Lamp;
use crate::organisation::day;
use crate::versions::Version;
use futures_util::future::try_join_all;
use std::sync::Arc;
use yichuang_domain::Refusal;
use yichuang_domain::case::Case;
use yichuang_domain::id::{CaseId, VersionId};
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::time::{Date, days_after};
use yichuang_storage::cases::{self, FoundRow, Wanted};
use yichuang_storage::clocks::{PAUSED, RUNNING};
use yichuang_storage::worklist::Span;

/// 检索条件.
#[derive(Clone, Debug)]
pub struct Sought {
    /// First day of receipt.
    pub from: Date,
    /// Last day of receipt.
    pub to: Date,
    /// Stage word; empty: every stage.
    pub stage: String,
    /// Key of the item; empty: every item.
    pub item: String,
    /// How a promise stands; `None`: of any, and those without one.
    pub standing: Option<Standing>,
}

/// 时限情况: how the promise of a department stands that has not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 超期: the lamp is black or red.
    Overdue,
    /// 今日到期: orange.
    DueToday,
    /// 未到期: yellow or green.
    InTime,
    /// 特别程序: paused.
    Paused,
}

impl Standing {
    /// Each with its word and title.
    pub const TABLE: [(Standing, &'static str, &'static str); 4] = [
        (Standing::Overdue, "overdue", "已超承诺时限"),
        (Standing::DueToday, "today", "今日到期"),
        (Standing::InTime, "in_time", "未到期"),
        (Standing::Paused, "paused", "特别程序"),
    ];

    /// State of the clock, and the first and last day it may be due on.
    fn clock(self, today: Date) -> (&'static str, String, String) {
        let (yesterday, tomorrow) = (days_after(today, -1), days_after(today, 1));
        match self {
            Standing::Overdue => (RUNNING, String::new(), yesterday.to_string()),
            Standing::DueToday => (RUNNING, today.to_string(), today.to_string()),
            Standing::InTime => (RUNNING, tomorrow.to_string(), Span::EVER.to_owned()),
            Standing::Paused => (PAUSED, String::new(), Span::EVER.to_owned()),
        }
    }
}

/// 检索到的一件.
#[derive(Clone, Debug)]
pub struct Found {
    /// The case.
    pub case: Case,
    /// What is applied for.
    pub version: Arc<Version>,
    /// 申请人
    pub applicant: Masked,
    /// 收件日期
    pub received_on: Date,
    /// 预警灯 of the own department, or of the most urgent one; `None`: decided, or not accepted yet.
    pub lamp: Option<Lamp>,
}

/// At most `limit` cases received before the one with the id `before`, the latest first; and where to go on.
pub async fn search(
    app: &App,
    ctx: &Ctx,
    sought: &Sought,
    before: Option<CaseId>,
    limit: i64,
) -> Result<(Vec<Found>, Option<CaseId>), AppError> {
    let scope = permit(&ctx.actor, Action::ReadCase)?;
    let staff = ctx.actor.staff().ok_or(AppError::Forbidden(Action::ReadCase.title()))?;
    let nobody = || AppError::Forbidden(Action::ReadCase.title());
    let (from, to) = (sought.from.to_string(), sought.to.to_string());
    let today = ctx.at.date();
    let clock = sought.standing.map(|standing| standing.clock(today));
    let wanted = Wanted {
        before: before.map_or(i64::MAX, |case| case.0),
        from: &from,
        to: &to,
        stage: &sought.stage,
        item: &sought.item,
        promised: clock.as_ref().map(|(state, from, to)| (*state, from.as_str(), to.as_str())),
        limit: limit + 1,
    };
    let own = (scope == Scope::Agency).then_some(staff.agency.as_deref()).flatten();
    let query = match scope {
        Scope::Agency => cases::of_agency(staff.agency.as_deref().ok_or_else(nobody)?, wanted),
        Scope::Site => cases::of_site(staff.site.as_deref().ok_or_else(nobody)?, wanted),
        Scope::All => cases::of_all(wanted),
    };
    let mut rows = app.store().all(query).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit.max(0) as usize);
    let next = rows.last().filter(|_| more).map(|row| CaseId(row.id));
    Ok((try_join_all(rows.into_iter().map(|row| described(app, row, own, today))).await?, next))
}

async fn described(app: &App, row: FoundRow, own: Option<&str>, today: Date) -> Result<Found, AppError> {
    let version = app.version(VersionId(row.item_version)).await?;
    let case = case::get(app, CaseId(row.id)).await?;
    let applicant = masked(app, &case.applicant).await?;
    let dues = dues(app, case.id).await?;
    let branches = case.branches.iter().filter(|branch| own.is_none_or(|own| branch.agency == own));
    let lamp = Lamp::of_branches(&app.calendar(), today, branches, &dues).map_err(Refusal::from)?;
    Ok(Found { received_on: day(&row.received_on)?, case, version, applicant, lamp })
}
