//! 统一出件: the issuing window checks the result, delivers it, and invites the rating.

use crate::app::App;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{plain, with_text};
use yichuang_domain::case::Command;
use yichuang_domain::case::command::DeliveryWay;

/// 核对: the result agrees with the case, or goes back to the department with the difference.
pub async fn check_result(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    matches: bool,
    difference: &str,
) -> Result<CaseAnswer, AppError> {
    let command = |reason| Command::CheckResult { matches, reason };
    with_text(app, ctx, seen, "check_result", difference, command).await
}

/// 送达.
pub async fn deliver_result(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    way: DeliveryWay,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "deliver_result", Command::DeliverResult { way }).await
}

/// 邀请评价.
pub async fn invite_rating(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "invite_rating", Command::InviteRating).await
}
