//! 办件检索: the cases within scope by item, stage and day of receipt, the latest first. A department finds what it
//! decides, a site what it took in.

use crate::access::permit;
use crate::app::App;
use crate::case;
use crate::ctx::Ctx;
use crate::desk::{Masked, masked};
use crate::error::AppError;
use crate::organisation::day;
use crate::versions::Version;
use futures_util::future::try_join_all;
use std::sync::Arc;
use yichuang_domain::case::Case;
use yichuang_domain::id::{CaseId, VersionId};
use yichuang_domain::permission::{Action, Scope};
use yichuang_domain::time::Date;
use yichuang_storage::cases::{self, FoundRow, Wanted};

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
    let wanted = Wanted {
        before: before.map_or(i64::MAX, |case| case.0),
        from: &from,
        to: &to,
        stage: &sought.stage,
        item: &sought.item,
        limit: limit + 1,
    };
    let query = match scope {
        Scope::Agency => cases::of_agency(staff.agency.as_deref().ok_or_else(nobody)?, wanted),
        Scope::Site => cases::of_site(staff.site.as_deref().ok_or_else(nobody)?, wanted),
        Scope::All => cases::of_all(wanted),
    };
    let mut rows = app.store().all(query).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit.max(0) as usize);
    let next = rows.last().filter(|_| more).map(|row| CaseId(row.id));
    Ok((try_join_all(rows.into_iter().map(|row| described(app, row))).await?, next))
}

async fn described(app: &App, row: FoundRow) -> Result<Found, AppError> {
    let version = app.version(VersionId(row.item_version)).await?;
    let case = case::get(app, CaseId(row.id)).await?;
    let applicant = masked(app, &case.applicant).await?;
    Ok(Found { received_on: day(&row.received_on)?, case, version, applicant })
}
