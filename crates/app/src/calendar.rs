//! 工作日历的装入: a year published after the program was, and what it does to the clocks that run.
//!
//! No case changes: clocks that began before the first changed day keep the number of their working day and
//! get its new date, all at once; the rest are computed anew, one case at a time.

use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::read;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_domain::Refusal;
use yichuang_domain::calendar::{CalendarYear, WorkCalendar, YearStatus};
use yichuang_domain::case::Case;
use yichuang_domain::case::limit::{Clock, ClockKind, clocks};
use yichuang_domain::digest::sm3;
use yichuang_domain::id::CaseId;
use yichuang_domain::time::Date;
use yichuang_storage::clocks::{self as rows, ClockRow};
use yichuang_storage::{
    Act, Change, CommitError, Effects, Plan, Rows, Stmt, Stop, Store, StoreError, audit, calendar, cases,
    epochs,
};

/// 装入结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearLoaded {
    /// Year.
    pub year: i16,
    /// First day on which the new calendar differs in any way (a working day, or that it is provisional).
    pub first_changed: Option<Date>,
    /// Dates that moved, old and new: a clock due on the one is now due on the other.
    pub moved: Vec<(Date, Date)>,
    /// Cases computed anew because no number moves their clocks.
    pub computed_anew: u64,
}

/// The calendar that comes with the program, with every year loaded since.
pub(crate) async fn loaded(store: &Store) -> Result<WorkCalendar, AppError> {
    let mut all = WorkCalendar::shipped().clone();
    for row in store.all(calendar::years()).await? {
        all = CalendarYear::parse(&row.body).and_then(|year| all.with_year(year)).map_err(Refusal::from)?;
    }
    Ok(all)
}

/// 装入一个年度的工作日历（格式同 `law/calendar`）: moves every due date it changes.
pub async fn load_year(app: &App, ctx: &Ctx, text: &str) -> Result<YearLoaded, AppError> {
    let year = CalendarYear::parse(text).map_err(unusable)?;
    let (mut loaded, old) = loop {
        app.refresh().await?;
        match replace(app, ctx, text, &year).await {
            // Another year was loaded since the one to be replaced was read.
            Err(AppError::Commit(CommitError::Store(StoreError::Moved))) => {}
            other => break other?,
        }
    };
    app.refresh().await?;
    if let Some(first) = loaded.first_changed {
        // What was decided by the old calendar while the year was being loaded; nothing is any more.
        app.store().settle().await?;
        let stmts = moves(&old, &app.calendar(), first, &mut Vec::new())?;
        let then = move |_: &Rows| {
            Ok(Plan::effects(Effects { stmts: stmts.clone(), answer: "{}".into(), witness: None }))
        };
        let act = act(ctx, format!("{}/again", ctx.act), "load_calendar_year", text);
        app.store().commit(Change { act, key: 0, locks: vec![], then: Box::new(then) }).await?;
    }
    // Also when nothing changed: loading the year again mends what a stop in the middle left over.
    let first = loaded.first_changed.or_else(|| Date::new(year.year, 1, 1).ok()).unwrap_or(Date::MAX);
    loaded.computed_anew = compute_anew(app, ctx, first, year.year).await?;
    Ok(loaded)
}

fn unusable(error: yichuang_domain::calendar::CalendarError) -> AppError {
    AppError::Form(vec![error.to_string()])
}

/// Puts the year in its place and moves every due date that a number moves, in one change; gives what came of
/// it and the calendar there was.
async fn replace(
    app: &App,
    ctx: &Ctx,
    text: &str,
    year: &CalendarYear,
) -> Result<(YearLoaded, Arc<WorkCalendar>), AppError> {
    let (number, kept) = (year.year, app.kept());
    let old = kept.calendar.clone();
    let new = old.with_year(year.clone()).map_err(unusable)?;
    let first_changed = first_changed(&old, &new, number);
    let mut loaded = YearLoaded { year: number, first_changed, moved: vec![], computed_anew: 0 };
    let mut stmts = vec![calendar::put(&calendar::YearRow {
        year: i64::from(number),
        body: text.to_owned(),
        loaded_at: ctx.at.0,
    })];
    if let Some(first) = first_changed {
        long_enough(app, &new).await?;
        stmts.extend(moves(&old, &new, first, &mut loaded.moved)?);
    }
    stmts.push(audit::insert(&audit::AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: "calendar_loaded".into(),
        subject: format!("calendar/{number}"),
        body: serde_json::to_string(&loaded).map_err(|error| StoreError::Damaged(error.to_string()))?,
    }));
    stmts.extend(app.moved(epochs::CALENDAR));
    // One year at a time, and only in place of the calendar the days were counted by.
    let locks: Vec<_> = app.standing_lock().into_iter().chain(app.changing(epochs::CALENDAR)).collect();
    let asking = app.clone();
    let then = move |rows: &Rows| {
        asking.stands_under(&kept, rows, 0)?;
        Ok(Plan::effects(Effects { stmts: stmts.clone(), answer: "{}".into(), witness: None }))
    };
    let act = act(ctx, ctx.act.clone(), "load_calendar_year", text);
    app.store().commit(Change { act, key: 0, locks, then: Box::new(then) }).await?;
    Ok((loaded, old))
}

/// The first day that works differently, or the first of the year when it is no longer (or newly) provisional.
fn first_changed(old: &WorkCalendar, new: &WorkCalendar, year: i16) -> Option<Date> {
    let status = (old.status(year) != new.status(year)).then(|| Date::new(year, 1, 1).ok()).flatten();
    old.first_difference(new).into_iter().chain(status).min()
}

/// The new calendar must reach as far as the last clock that runs.
async fn long_enough(app: &App, new: &WorkCalendar) -> Result<(), AppError> {
    for (_, word, name) in ClockKind::TABLE {
        let last = app.store().one(rows::last_ordinal(word)).await?.unwrap_or_default();
        if last > 0 && new.workday(last).is_err() {
            let next = "先装入下一年度的工作日历（可以是暂定的），再装入本年度";
            return Err(AppError::Form(vec![format!("有办件的{name}将延到工作日历之外。{next}")]));
        }
    }
    Ok(())
}

/// One statement for each kind and each working day from `first` on whose date or standing changes.
fn moves(
    old: &WorkCalendar,
    new: &WorkCalendar,
    first: Date,
    moved: &mut Vec<(Date, Date)>,
) -> Result<Vec<Stmt>, AppError> {
    let mut stmts = Vec::new();
    let mut day = first;
    while let Ok(works) = old.is_workday(day) {
        if works {
            let ordinal = old.ordinal(day).map_err(Refusal::from)?;
            let standing = |calendar: &WorkCalendar, on: Date| {
                (first.year()..=on.year()).any(|year| calendar.status(year) == YearStatus::Provisional)
            };
            if let Ok(to) = new.workday(ordinal)
                && (to != day || standing(old, day) != standing(new, to))
            {
                let dates = (day.to_string(), to.to_string());
                let (before, provisional) = (first.to_string(), standing(new, to));
                let each = |(_, kind, _): (ClockKind, &'static str, &'static str)| {
                    rows::move_due(kind, ordinal, (&dates.0, &dates.1), provisional, &before)
                };
                stmts.extend(ClockKind::TABLE.map(each));
                moved.extend((to != day).then_some((day, to)));
            }
        }
        day = yichuang_domain::time::days_after(day, 1);
    }
    Ok(stmts)
}

/// Computes the clocks of every case that no number moves, under the lock of the case.
async fn compute_anew(app: &App, ctx: &Ctx, first: Date, year: i16) -> Result<u64, AppError> {
    const PAGE: i64 = 500;
    let mut ids = BTreeSet::new();
    for (_, kind, _) in ClockKind::TABLE {
        let mut after = i64::MIN;
        loop {
            let page = app.store().all(rows::begun_later(kind, &first.to_string(), after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = last.case_id;
            ids.extend(page.iter().map(|row| row.case_id));
        }
    }
    for &id in &ids {
        let days = app.calendar();
        let then = move |found: &Rows| {
            let row: cases::CaseRow = found.get(0)?;
            let case: Case = read(&row.state)?;
            let running = clocks(&case);
            let stmts = running.iter().map(|clock| Ok(rows::put(&clock_row(CaseId(id), clock, &days)?)));
            let stmts = stmts.collect::<Result<Vec<_>, Stop>>()?;
            Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
        };
        let act = act(ctx, format!("{}/{id}", ctx.act), "compute_clocks_anew", &year.to_string());
        app.store()
            .commit(Change { act, key: id, locks: vec![cases::lock(id)], then: Box::new(then) })
            .await?;
    }
    Ok(ids.len() as u64)
}

/// The row of a clock by this calendar.
pub(crate) fn clock_row(case: CaseId, clock: &Clock, calendar: &WorkCalendar) -> Result<ClockRow, Stop> {
    let due = clock.due(calendar).map_err(Refusal::from)?;
    let state = if due.is_some() { rows::RUNNING } else { rows::PAUSED };
    Ok(ClockRow {
        case_id: case.0,
        branch: clock.branch.clone(),
        kind: clock.kind.name().to_owned(),
        began_on: clock.began_on().to_string(),
        ordinal: due.and_then(|due| due.ordinal).unwrap_or_default(),
        due_on: due.map(|due| due.on.to_string()).unwrap_or_default(),
        provisional: due.is_some_and(|due| due.provisional),
        state: state.to_owned(),
    })
}

fn act(ctx: &Ctx, id: String, kind: &'static str, body: &str) -> Act {
    let body_hash = sm3(&[kind.as_bytes(), body.as_bytes()]).0;
    Act { id, actor: ctx.actor.number(), kind, body_hash, at: ctx.at.0 }
}
