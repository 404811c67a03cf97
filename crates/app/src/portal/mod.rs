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
use yichuang_domain::case::Case;
use yichuang_domain::time::Instant;

/// Characters of a case number, at most.
const LONGEST: usize = 32;

/// 凭编号和查询码打开办件: the case, if both are right; `None` for whatever is wrong.
///
/// # Errors
/// The database only.
pub async fn open(app: &App, case_no: &str, code: &str) -> Result<Option<Case>, AppError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    // The code is compared first, and for a number that is not there too: both take the same time.
    let right = tokens::same(&query_code(app, case_no).await?, &code);
    let found = by_number(app, case_no).await?;
    Ok(found.filter(|_| right))
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
pub async fn at_evaluator(app: &App, site: &str, window: &str, now: Instant) -> Result<Option<Case>, AppError> {
    use yichuang_domain::case::Stage;
    let row = app.store().one(yichuang_storage::evaluators::at_window(site, window)).await?;
    let Some(row) = row else { return Ok(None) };
    let shown = guesses::minutes(now, yichuang_domain::law::parameters::ParameterName::EvaluatorMinutes);
    if now.0 - row.invited_at > shown {
        return Ok(None);
    }
    let case = case::get(app, yichuang_domain::id::CaseId(row.case_id)).await?;
    Ok(Some(case).filter(|case| matches!(case.stage, Stage::Delivered { .. })))
}
