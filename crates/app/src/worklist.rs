//! 待办: the work list of whoever is signed in, by due date, and its menu with counts.
//!
//! The scope is the actor's own: approvers see the cases of their agency, window staff those of their site; there
//! is no way to ask for another. Reads only.

use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::day;
use futures_util::future::try_join;
use yichuang_domain::case::BranchStage;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::id::{CaseId, StaffId, VersionId};
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, days_after};
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::clocks::{PAUSED, RUNNING};
use yichuang_storage::worklist::{COUNTED, Span, WorkRow};
use yichuang_storage::{Area, StoreError, worklist as rows};

/// 菜单: the lists there are. The first eleven are an agency's, the others a site's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// 待审查
    ToExamine,
    /// 待审核
    ToReview,
    /// 待审批
    ToDecide,
    /// 全部在办, those paused at the end.
    Open,
    /// 已超承诺时限
    Overdue,
    /// 今日到期
    DueToday,
    /// 特别程序
    Paused,
    /// 待认领: of the own post's step.
    Unclaimed,
    /// 我承办
    Mine,
    /// 代岗: held by those the actor stands in for today.
    Covered,
    /// 待答复的征询
    Asked,
    /// 待受理
    ToAccept,
    /// 待补正
    ToSupplement,
    /// 容缺待补
    Deferred,
    /// 待送达
    ToDeliver,
    /// 待签收、待核对
    ToCheck,
    /// 待领取: checked, to be handed out.
    ToHandOut,
    /// 待部门移交: decided, or sent back to be put right.
    AtDepartment,
    /// 已送达待评价
    ToRate,
}

/// 待办数量, as far as it is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(i64);

impl Count {
    /// So many, counted up to [`COUNTED`].
    pub(crate) fn of(count: i64) -> Count {
        Count(count)
    }

    /// Nothing to do.
    pub fn is_nothing(self) -> bool {
        self.0 == 0
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            COUNTED.. => write!(out, "{}+", COUNTED - 1),
            count => count.fmt(out),
        }
    }
}

/// 待办的一行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The case.
    pub case: CaseId,
    /// 受理编号
    pub case_no: String,
    /// Stage word of the own agency's branch; of the case, in the list of a site.
    pub stage: String,
    /// Due date the list goes by: promised, for an agency. `None`: paused.
    pub due_on: Option<Date>,
    /// 法定到期日; `None`: none, paused, or a list of a site.
    pub statutory_on: Option<Date>,
    /// The date rests on a calendar not yet published.
    pub provisional: bool,
    /// What is applied for.
    pub item: VersionId,
    /// Key of the site that took it in.
    pub site: String,
    /// 收件日期
    pub received_on: Date,
}

/// Where a list goes on. Made by [`desk`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    paused: bool,
    due_on: String,
    case: i64,
}

/// As an address carries it. It only says where in the own list to go on, so it need not be signed.
impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}_{}_{}", if self.paused { "p" } else { "r" }, self.due_on, self.case)
    }
}

impl std::str::FromStr for Cursor {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Cursor, AppError> {
        let unknown = || AppError::Form(vec!["翻页地址不完整，从待办工作台重新进入".into()]);
        let mut parts = text.splitn(3, '_');
        let (Some(clock), Some(due_on), Some(case)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(unknown());
        };
        if !due_on.is_empty() {
            day(due_on).map_err(|_| unknown())?;
        }
        let case = case.parse().map_err(|_| unknown())?;
        Ok(Cursor { paused: clock == "p", due_on: due_on.to_owned(), case })
    }
}

/// 待办工作台: one page of a list, and the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// At most as many as were asked for, by due date and case.
    pub lines: Vec<Line>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<Cursor>,
    /// Every list of the actor's scope with its count.
    pub menu: Vec<(List, Count)>,
}

/// Whose cases.
enum Scope<'a> {
    Agency(&'a str),
    Site(&'a str),
}

/// One page of a list and the menu. Refused with `WrongPost` for whoever has no such list.
pub async fn desk(
    app: &App,
    ctx: &Ctx,
    list: List,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Desk, AppError> {
    let scope = scope(&ctx.actor)?;
    let today = ctx.at.date();
    let page = async {
        match scope {
            Scope::Agency(agency) => match list {
                List::Unclaimed | List::Mine | List::Covered | List::Asked => {
                    desk_page(app, ctx, agency, list, after, limit).await
                }
                _ => agency_page(app, agency, list, today, after, limit).await,
            },
            Scope::Site(site) => site_page(app, site, list, after, limit).await,
        }
    };
    let ((lines, next), menu) = try_join(page, menu(app, &ctx.actor, &scope, today)).await?;
    Ok(Desk { lines, next, menu })
}

/// 菜单: every list of the actor's scope with its count, without any of them.
pub async fn counts(app: &App, ctx: &Ctx) -> Result<Vec<(List, Count)>, AppError> {
    menu(app, &ctx.actor, &scope(&ctx.actor)?, ctx.at.date()).await
}

fn scope(actor: &Actor) -> Result<Scope<'_>, AppError> {
    let wrong = || Refusal::from(RefusalCode::WrongPost);
    let staff = actor.staff().ok_or_else(wrong)?;
    let scope = match staff.post {
        Post::Examiner | Post::Reviewer | Post::ChiefRepresentative | Post::AgencyHead => {
            staff.agency.as_deref().map(Scope::Agency)
        }
        Post::Intake | Post::Issuance | Post::DutyManager => staff.site.as_deref().map(Scope::Site),
        _ => None,
    };
    Ok(scope.ok_or_else(wrong)?)
}

async fn menu(
    app: &App,
    actor: &Actor,
    scope: &Scope<'_>,
    today: Date,
) -> Result<Vec<(List, Count)>, AppError> {
    let missing = || StoreError::Damaged("待办数量读不出".into());
    let counts = match scope {
        Scope::Agency(agency) => {
            let counts = app.store().one(rows::agency_counts(agency, &today.to_string())).await?;
            let counts = counts.ok_or_else(missing)?;
            let mut menu = vec![
                (List::ToExamine, counts.pending),
                (List::ToReview, counts.examined),
                (List::ToDecide, counts.reviewed),
                (List::Overdue, counts.overdue),
                (List::DueToday, counts.due_today),
                (List::Paused, counts.paused),
            ];
            if app.store().schema().await?.has(Area::Desks) {
                let counts =
                    rows::desk_counts(agency, actor.number(), step_of(actor).map_or("", |step| step.name()));
                let counts = app.store().one(counts).await?.ok_or_else(missing)?;
                menu.push((List::Unclaimed, counts.unclaimed));
                menu.push((List::Mine, counts.held));
                menu.push((List::Asked, counts.asked));
            }
            menu
        }
        Scope::Site(site) => {
            let counts = app.store().one(rows::site_counts(site)).await?.ok_or_else(missing)?;
            let issuing = app.store().one(rows::issuing_counts(site)).await?.ok_or_else(missing)?;
            vec![
                (List::ToAccept, counts.correction),
                (List::ToSupplement, counts.supplement),
                (List::Deferred, counts.deferral),
                (List::ToDeliver, counts.delivery),
                (List::ToCheck, issuing.handed_over),
                (List::ToHandOut, issuing.checked),
                (List::AtDepartment, issuing.decided),
                (List::ToRate, issuing.delivered),
            ]
        }
    };
    Ok(counts.into_iter().map(|(list, count)| (list, Count(count))).collect())
}

type Page = (Vec<Line>, Option<Cursor>);

async fn agency_page(
    app: &App,
    agency: &str,
    list: List,
    today: Date,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Page, AppError> {
    let stage = match list {
        List::ToExamine => Some(BranchStage::Pending.name()),
        List::ToReview => Some(BranchStage::Examined.name()),
        List::ToDecide => Some(BranchStage::Reviewed.name()),
        List::Open | List::Overdue | List::DueToday | List::Paused => None,
        _ => return Err(Refusal::from(RefusalCode::WrongPost).into()),
    };
    let from = if list == List::DueToday { today.to_string() } else { String::new() };
    let until = match list {
        List::Overdue => today.to_string(),
        List::DueToday => days_after(today, 1).to_string(),
        _ => Span::EVER.to_owned(),
    };
    let clocks: &[&str] = match list {
        List::Overdue | List::DueToday => &[RUNNING],
        List::Paused => &[PAUSED],
        _ => &[RUNNING, PAUSED],
    };
    let begun_at = usize::from(clocks.len() > 1 && after.is_some_and(|cursor| cursor.paused));
    let mut cursor = after.map_or((from.as_str(), i64::MIN), |cursor| (cursor.due_on.as_str(), cursor.case));
    let mut found: Vec<WorkRow> = Vec::new();
    // One more than asked for tells whether there is another page.
    for clock in &clocks[begun_at..] {
        let span = Span { after: cursor, until: &until, limit: limit + 1 - found.len() as i64 };
        found.extend(app.store().all(rows::of_agency(agency, clock, stage, span)).await?);
        if found.len() as i64 > limit {
            break;
        }
        cursor = ("", i64::MIN);
    }
    page(found, limit)
}

/// The step of the actor's post.
fn step_of(actor: &Actor) -> Option<BranchStage> {
    let post = actor.staff().map(|staff| staff.post);
    [BranchStage::Pending, BranchStage::Examined, BranchStage::Reviewed]
        .into_iter()
        .find(|step| step.post() == post)
}

/// The lists that follow who has what in hand, and who was asked.
async fn desk_page(
    app: &App,
    ctx: &Ctx,
    agency: &str,
    list: List,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Page, AppError> {
    if !app.store().schema().await?.has(Area::Desks) {
        return Ok((Vec::new(), None));
    }
    let own = StaffId(ctx.actor.number());
    let organisation = app.organisation();
    let covered = organisation.covers.iter().map(|cover| cover.staff);
    let hands: Vec<StaffId> = match list {
        List::Mine => vec![own],
        List::Covered => covered.filter(|staff| organisation.stands_in(own, *staff, ctx.at.date())).collect(),
        _ => Vec::new(),
    };
    let step = step_of(&ctx.actor);
    let clocks: &[&str] = if list == List::Asked { &[RUNNING] } else { &[RUNNING, PAUSED] };
    let begun_at = usize::from(clocks.len() > 1 && after.is_some_and(|cursor| cursor.paused));
    let mut cursor = after.map_or(("", i64::MIN), |cursor| (cursor.due_on.as_str(), cursor.case));
    let mut found: Vec<WorkRow> = Vec::new();
    for clock in &clocks[begun_at..] {
        let span = Span { after: cursor, until: Span::EVER, limit: limit + 1 - found.len() as i64 };
        let mut part = Vec::new();
        match (list, &step) {
            (List::Asked, _) => part.extend(app.store().all(rows::asked_of(agency, span)).await?),
            (List::Unclaimed, Some(step)) => {
                part.extend(app.store().all(rows::unclaimed(agency, clock, step.name(), span)).await?);
            }
            _ => {
                for staff in &hands {
                    part.extend(app.store().all(rows::of_staff(agency, clock, staff.0, span)).await?);
                }
                part.sort_by(|a, b| (&a.due_on, a.case_id).cmp(&(&b.due_on, b.case_id)));
            }
        }
        found.extend(part);
        if found.len() as i64 > limit {
            break;
        }
        cursor = ("", i64::MIN);
    }
    page(found, limit)
}

async fn site_page(
    app: &App,
    site: &str,
    list: List,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Page, AppError> {
    let kind = match list {
        List::ToAccept => ClockKind::Correction,
        List::ToSupplement => ClockKind::Supplement,
        List::Deferred => ClockKind::Deferral,
        List::ToDeliver | List::ToCheck | List::ToHandOut | List::AtDepartment => ClockKind::Delivery,
        List::ToRate => ClockKind::Rating,
        _ => return Err(Refusal::from(RefusalCode::WrongPost).into()),
    };
    let after = after.map_or(("", i64::MIN), |cursor| (cursor.due_on.as_str(), cursor.case));
    let span = Span { after, until: Span::EVER, limit: limit + 1 };
    let stage = match list {
        List::ToCheck => Some("handed_over"),
        List::ToHandOut => Some("checked"),
        List::AtDepartment => Some("decided"),
        _ => None,
    };
    let found = match stage {
        Some(stage) => rows::of_site_stage(site, kind.name(), stage, span),
        None => rows::of_site(site, kind.name(), span),
    };
    page(app.store().all(found).await?, limit)
}

fn page(mut found: Vec<WorkRow>, limit: i64) -> Result<Page, AppError> {
    let more = found.len() as i64 > limit;
    found.truncate(limit.max(0) as usize);
    let cursor = |last: &WorkRow| Cursor {
        paused: last.clock == PAUSED,
        due_on: last.due_on.clone(),
        case: last.case_id,
    };
    let next = found.last().filter(|_| more).map(cursor);
    Ok((found.into_iter().map(line).collect::<Result<_, _>>()?, next))
}

fn line(row: WorkRow) -> Result<Line, StoreError> {
    let date = |text: &str| if text.is_empty() { Ok(None) } else { day(text).map(Some) };
    Ok(Line {
        case: CaseId(row.case_id),
        due_on: date(&row.due_on)?,
        statutory_on: date(&row.statutory_on)?,
        received_on: day(&row.received_on)?,
        case_no: row.case_no,
        stage: row.stage,
        provisional: row.provisional,
        item: VersionId(row.item_version),
        site: row.site,
    })
}
