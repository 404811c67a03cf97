//! 公众端: what people without an account see and do: the progress of their case by number and code, their rating.
//!
//! Holds no rule: a rating is `rate`, an item is `search`. Gives nothing away: a wrong number and a wrong code are the
//! same answer, and whoever guesses waits.

mod guesses;
pub mod progress;
mod secret;
mod tokens;

pub use guesses::{Guesses, Patience};
pub use progress::{Paper, Progress, Step, Todo, progress};
pub(crate) use secret::Secret;
pub use tokens::{evaluator, is_evaluator, is_rating, is_view, query_code, rating, view};

use crate::app::App;
use crate::case;
use crate::error::{AppError, Fault};
use std::net::IpAddr;
use yichuang_domain::case::{Case, Stage};
use yichuang_domain::id::CaseId;
use yichuang_domain::law::parameters::ParameterName;
use yichuang_domain::time::Instant;
use yichuang_storage::{Area, evaluators};

/// Characters of a case number, at most.
const LONGEST: usize = 32;

/// 凭编号和查询码打开办件: the case, if both are right and nobody at this address has guessed too often; `None` for
/// whatever is wrong.
///
/// # Errors
/// The database only.
pub async fn open(
    app: &App,
    from: IpAddr,
    (case_no, code): (&str, &str),
    now: Instant,
) -> Result<Option<Case>, AppError> {
    let guesses = &app.inner.guesses;
    if !guesses.may_try(from, case_no, now) {
        return Ok(None);
    }
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    // Both are done whatever comes out, so that the time it takes tells nothing.
    let right = tokens::same(&query_code(app, case_no).await?, &code);
    let found = by_number(app, case_no).await?.filter(|_| right);
    match found {
        Some(_) => guesses.right(from, case_no),
        None => guesses.wrong(from, case_no, now),
    }
    Ok(found)
}

/// The case with this number, as typed by anybody.
pub async fn by_number(app: &App, case_no: &str) -> Result<Option<Case>, AppError> {
    if case_no.chars().count() > LONGEST || !case_no.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    match case::by_number(app, case_no).await {
        Ok(case) => Ok(Some(case)),
        Err(error) if error.fault() == Fault::Missing => Ok(None),
        Err(error) => Err(error),
    }
}

/// 评价器: the case whose applicant is asked for a rating at this window now. `None`: nobody is, the rating is given,
/// or it was asked for too long ago, and somebody else sits there by now.
pub async fn at_evaluator(
    app: &App,
    site: &str,
    window: &str,
    now: Instant,
) -> Result<Option<Case>, AppError> {
    if !app.store().schema().await?.has(Area::Portal) {
        return Ok(None);
    }
    let Some(row) = app.store().one(evaluators::at_window(site, window)).await? else { return Ok(None) };
    if now.0 - row.invited_at > guesses::minutes(now, ParameterName::EvaluatorMinutes) {
        return Ok(None);
    }
    let case = case::get(app, CaseId(row.case_id)).await?;
    Ok(Some(case).filter(|case| matches!(case.stage, Stage::Delivered { .. })))
}

/// Seconds an invitation stays on the evaluator of a window.
pub fn evaluator_seconds(now: Instant) -> u32 {
    u32::try_from(guesses::minutes(now, ParameterName::EvaluatorMinutes) / SECOND).unwrap_or_default()
}

/// Milliseconds of a second.
const SECOND: i64 = 1000;
