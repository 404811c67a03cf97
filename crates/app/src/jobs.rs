//! 到期事项: what the clock does by itself. Safe to run twice, on several nodes, and after a pause.

use crate::app::App;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{plain, with_text};
use yichuang_domain::case::Command;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::id::CaseId;
use yichuang_domain::permission::Actor;
use yichuang_domain::time::{Instant, days_after};
use yichuang_storage::clocks;

/// The clocks whose end the platform itself acts upon.
const ACTED_UPON: [ClockKind; 4] =
    [ClockKind::Correction, ClockKind::Supplement, ClockKind::Deferral, ClockKind::Rating];
const PAGE: i64 = 500;

/// 到期: a clock that ran out before today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The case.
    pub case: CaseId,
    /// Which clock.
    pub kind: ClockKind,
    /// Its due date.
    pub due_on: String,
}

/// The clocks that ran out before today and call for an act of the platform, by kind and due date.
pub async fn overdue(app: &App, now: Instant) -> Result<Vec<Overdue>, AppError> {
    let yesterday = days_after(now.date(), -1).to_string();
    let mut found = Vec::new();
    for kind in ACTED_UPON {
        let mut after = (String::new(), i64::MIN, String::new());
        loop {
            let key = (after.0.as_str(), after.1, after.2.as_str());
            let page = app.store().all(clocks::due(kind.name(), &yesterday, key, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = (last.due_on.clone(), last.case_id, last.branch.clone());
            found.extend(page.into_iter().map(|row| Overdue {
                case: CaseId(row.case_id),
                kind,
                due_on: row.due_on,
            }));
        }
    }
    Ok(found)
}

/// 一轮办理: what came of it.
#[derive(Debug, Default)]
pub struct Round {
    /// What was done.
    pub done: Vec<CaseAnswer>,
    /// What could not be done, and why. The next round tries again.
    pub failed: Vec<(Overdue, AppError)>,
}

/// 办理到期事项: does all that is overdue, one after the other; `None`: another node is at it.
///
/// # Errors
/// Only when nothing can be read or written at all; what fails for one case is told in the answer.
pub async fn round(app: &App, now: Instant) -> Result<Option<Round>, AppError> {
    let Some(mut turn) = app.turn("jobs/overdue").await? else { return Ok(None) };
    let mut round = Round::default();
    for overdue in overdue(app, now).await? {
        if !turn.goes_on().await? {
            break; // another has taken over, and does the rest
        }
        match run(app, now, &overdue).await {
            Ok(answer) => round.done.push(answer),
            Err(error) => round.failed.push((overdue, error)),
        }
    }
    turn.end().await?;
    Ok(Some(round))
}

/// Does what this clock's end calls for: 视为受理, 退件, 视为撤回 or 办结. Its act id names clock and due date,
/// so it happens once.
pub async fn run(app: &App, now: Instant, overdue: &Overdue) -> Result<CaseAnswer, AppError> {
    let act = format!("clock/{}/{}/{}", overdue.case, overdue.kind.name(), overdue.due_on);
    let ctx = Ctx::new(Actor::System, now, act);
    let seen = Seen { case: overdue.case, version: None };
    match overdue.kind {
        ClockKind::Correction => plain(app, &ctx, seen, "deem_accepted", Command::DeemAccepted).await,
        ClockKind::Supplement => {
            let reason = "申请人未在补正期限内补齐材料";
            with_text(app, &ctx, seen, "return_case", reason, |reason| Command::ReturnCase { reason }).await
        }
        ClockKind::Deferral => plain(app, &ctx, seen, "expire_deferral", Command::ExpireDeferral).await,
        _ => plain(app, &ctx, seen, "conclude_case", Command::ConcludeCase).await,
    }
}
