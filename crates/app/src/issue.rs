//! 统一出件: the issuing window checks the result, delivers it, and invites the rating.

use crate::app::App;
use crate::boundary;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::version_of;
use crate::scene::{Draft, Given};
use yichuang_domain::applicant::TextRef;
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
    at_window(app, ctx, seen, "check_result", difference, |reason| Command::CheckResult { matches, reason })
        .await
}

/// 送达.
pub async fn deliver_result(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    way: DeliveryWay,
) -> Result<CaseAnswer, AppError> {
    let way = match way {
        DeliveryWay::Mail { tracking_no } => {
            DeliveryWay::Mail { tracking_no: boundary::line("运单号", &tracking_no)? }
        }
        other => other,
    };
    at_window(app, ctx, seen, "deliver_result", "", |_| Command::DeliverResult { way }).await
}

/// 邀请评价.
pub async fn invite_rating(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    at_window(app, ctx, seen, "invite_rating", "", |_| Command::InviteRating).await
}

/// A command at a window that must hand out results of the item.
async fn at_window(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: &'static str,
    words: &str,
    command: impl FnOnce(Option<TextRef>) -> Command,
) -> Result<CaseAnswer, AppError> {
    let version = version_of(app, seen).await?;
    let issues_here = issues_here(app, ctx, &version.item.key);
    let mut draft = Draft::new(app, ctx, seen.case);
    let text = draft.text(kind, words)?;
    let given = Given { seen: seen.version, issues_here, ..Given::default() };
    draft.act(kind, version, command(text), given).await
}

/// The actor's window carries the duty of issuing, and the site hands out results of this item.
fn issues_here(app: &App, ctx: &Ctx, item: &str) -> bool {
    let organisation = app.organisation();
    let Some(staff) = ctx.actor.staff() else { return false };
    let Some(site) = staff.site.as_ref().and_then(|key| organisation.sites.get(key)) else { return false };
    let window = staff.window.as_deref().and_then(|code| site.window(code));
    let entry = organisation.entries.get(&(site.key.clone(), item.to_owned()));
    window.is_some_and(|window| window.issues_results)
        && entry.is_some_and(|entry| entry.issues(ctx.at.date()))
}
