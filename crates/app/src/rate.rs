//! 好差评: the applicant rates, once per service event.

use crate::app::App;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::plain;
use std::collections::BTreeSet;
use yichuang_domain::case::Command;
use yichuang_domain::rating::RatingLevel;

/// 评价.
pub async fn rate_case(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    level: RatingLevel,
    indicators: BTreeSet<u16>,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "rate_case", Command::RateCase { level, indicators }).await
}
