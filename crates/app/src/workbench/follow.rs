//! 后续办理 at the window: a receipt that waits for its outcome, a correction that comes in, deferred materials. What may
//! be done follows from the stage of the case.

use super::sheet::{DraftFile, found};
use super::submit::{Wish, conclude};
use super::{clerk, drafts, materials};
use crate::app::App;
use crate::case::{self, Seen};
use crate::ctx::Ctx;
use crate::desk::in_scope;
use crate::error::AppError;
use crate::intake;
use crate::versions::Version;
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_domain::case::checking::{Checks, Finding, as_required};
use yichuang_domain::case::{Case, Command, Demand, MaterialWay, Stage, SubmittedMaterial, Supply};
use yichuang_domain::id::VisitId;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::permission::Action;

/// 窗口现在要办的事.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// 待受理: received, without an outcome.
    Outcome,
    /// 待补正
    Supplement,
    /// 容缺待补
    Deferred,
    /// Nothing at the window.
    Nothing,
}

/// 后续办理页.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The case.
    pub case: Case,
    /// What is applied for.
    pub version: Arc<Version>,
    /// What is to be done.
    pub due: Due,
    /// What was found so far.
    pub checks: Checks,
    /// Ids of the materials to look at, in the order of the list.
    pub materials: Vec<String>,
    /// Ids of the points of the whole application to look at.
    pub points: Vec<String>,
}

/// The case within the clerk's scope, and what is to be done with it.
pub async fn desk(app: &App, ctx: &Ctx, case_no: &str) -> Result<Desk, AppError> {
    clerk(ctx)?;
    let case = in_scope(app, ctx, Action::TakeIn, case_no).await?;
    let version = app.version(case.item).await?;
    let due = due(&case);
    let (materials, points) = wanted(&case, &version.item, due);
    let checks = found(&case, &version.item);
    Ok(Desk { case, version, due, checks, materials, points })
}

fn due(case: &Case) -> Due {
    let deferred = case.deferral.as_ref().is_some_and(|deferral| !deferral.outstanding.is_empty());
    match case.stage {
        Stage::Received => Due::Outcome,
        Stage::CorrectionRequested { .. } => Due::Supplement,
        Stage::Ended { .. } | Stage::RefusalProposed { .. } => Due::Nothing,
        _ if deferred => Due::Deferred,
        _ => Due::Nothing,
    }
}

/// What the window looks at now.
fn wanted(case: &Case, item: &ItemVersion, due: Due) -> (Vec<String>, Vec<String>) {
    let outstanding = match &case.stage {
        Stage::CorrectionRequested { outstanding } => outstanding.clone(),
        _ => BTreeSet::new(),
    };
    let deferred = case.deferral.as_ref().map(|deferral| &deferral.outstanding);
    let asked = |id: &String| {
        let mut of_it = item.review_points.iter().filter(|point| point.material.as_ref() == Some(id));
        outstanding.contains(&Demand::Material(id.clone()))
            || of_it.any(|point| outstanding.contains(&Demand::Point(point.id.clone())))
    };
    let needed = |id: &String| match due {
        Due::Outcome => true,
        Due::Supplement => asked(id),
        Due::Deferred => deferred.is_some_and(|ids| ids.contains(id)),
        Due::Nothing => false,
    };
    let materials = item.required_materials(&case.situations).map(|m| m.id.clone()).filter(needed).collect();
    let whole = item.review_points(&case.situations).filter(|point| point.material.is_none());
    let points = whole.map(|point| point.id.clone()).filter(|id| match due {
        Due::Outcome => true,
        Due::Supplement => outstanding.contains(&Demand::Point(id.clone())),
        _ => false,
    });
    (materials, points.collect())
}

/// 本人经办: the cases that came of the clerk's own drafts, the last first.
pub async fn own_cases(app: &App, ctx: &Ctx) -> Result<Vec<(Case, Arc<Version>)>, AppError> {
    let mut cases = Vec::new();
    for id in drafts::received(app, ctx).await? {
        let case = case::get(app, id).await?;
        let version = app.version(case.item).await?;
        cases.push((case, version));
    }
    Ok(cases)
}

/// Does what the findings carry to a case at the window. The version is the one on the clerk's page.
pub async fn proceed(
    app: &App,
    ctx: &Ctx,
    desk: &Desk,
    version: u32,
    (checks, files): (&Checks, &[DraftFile]),
    wish: Wish,
    note: &str,
) -> Result<(), AppError> {
    clerk(ctx)?;
    let seen = Seen { case: desk.case.id, version: Some(version) };
    match desk.due {
        Due::Outcome => outcome(app, ctx, desk, seen, (checks, files), wish, note).await,
        Due::Supplement | Due::Deferred => supply(app, ctx, desk, seen, (checks, files)).await,
        Due::Nothing => Err(AppError::Form(vec!["该办件没有需要窗口办理的事项，在办件页查看进展".into()])),
    }
}

/// 待受理: what is new since the receipt is put right on the spot or fetched, then the outcome.
async fn outcome(
    app: &App,
    ctx: &Ctx,
    desk: &Desk,
    mut seen: Seen,
    (checks, files): (&Checks, &[DraftFile]),
    wish: Wish,
    note: &str,
) -> Result<(), AppError> {
    let (case, item) = (&desk.case, &desk.version.item);
    let judged = as_held(checks, case, item).judge(item, &case.situations);
    wish.carried_by(&judged)?;
    let act = |step: &str| Ctx { act: format!("{}/{step}", ctx.act), ..ctx.clone() };
    let fresh = judged.materials.iter().chain(&judged.corrected_materials);
    let fresh = fresh.filter(|held| !case.materials.contains_key(&held.material)).cloned();
    let (fetched, brought): (Vec<_>, Vec<_>) = fresh.partition(|held| held.way == MaterialWay::Shared);
    let passed = judged.points.iter().chain(&judged.corrected_points).filter(|id| !case.points.contains(*id));
    let of_fetched = |id: &&String| {
        let point = item.review_points.iter().find(|point| point.id == **id);
        let material = point.and_then(|point| point.material.as_ref());
        material.is_some_and(|material| fetched.iter().any(|held| &held.material == material))
    };
    let (with_fetched, others): (BTreeSet<String>, BTreeSet<String>) = {
        let (with, without): (Vec<&String>, Vec<&String>) = passed.partition(of_fetched);
        (with.into_iter().cloned().collect(), without.into_iter().cloned().collect())
    };
    let mut rows = materials::of_case(ctx, case.id, files);
    if !fetched.is_empty() {
        let command = Command::FetchShared { materials: fetched, points: with_fetched };
        let taken = std::mem::take(&mut rows);
        seen =
            Seen::from(&intake::with_rows(app, &act("fetch"), seen, "fetch_shared", command, taken).await?);
    }
    if !brought.is_empty() || !others.is_empty() {
        let corrected =
            intake::correct_with(app, &act("correct"), seen, (brought, others), note, rows).await?;
        seen = Seen::from(&corrected);
    } else if !rows.is_empty() {
        return Err(AppError::Form(vec![
            "上传的文件没有对应新收的材料，先填写该材料的收取方式和结论".into(),
        ]));
    }
    conclude(app, &act("conclude"), seen, &judged, wish).await
}

/// What is held already is not missing: where it is lacking, all its points are to be put right.
fn as_held(checks: &Checks, case: &Case, item: &ItemVersion) -> Checks {
    let mut checks = checks.clone();
    for (id, check) in checks.materials.iter_mut().filter(|(id, _)| case.materials.contains_key(*id)) {
        let points = item.review_points.iter().filter(|point| point.material.as_ref() == Some(id));
        if check.finding == Some(Finding::Lacking) && check.failed.is_empty() {
            check.failed = points.map(|point| point.id.clone()).collect();
        }
        check.way = case.materials.get(id).map(|held| held.way);
    }
    checks
}

/// 补正、容缺材料: what was found good is handed in.
async fn supply(
    app: &App,
    ctx: &Ctx,
    desk: &Desk,
    seen: Seen,
    (checks, files): (&Checks, &[DraftFile]),
) -> Result<(), AppError> {
    let (case, item) = (&desk.case, &desk.version.item);
    let outstanding = match &case.stage {
        Stage::CorrectionRequested { outstanding } => Some(outstanding),
        _ => None,
    };
    let asked = |demand: Demand| outstanding.is_none_or(|outstanding| outstanding.contains(&demand));
    let (mut brought, mut points): (Vec<SubmittedMaterial>, BTreeSet<String>) = Default::default();
    for id in &desk.materials {
        let (Some(check), Some(required)) = (checks.materials.get(id), item.material(id)) else { continue };
        if check.finding != Some(Finding::Good) {
            continue;
        }
        if asked(Demand::Material(id.clone())) {
            brought.push(as_required(required, check.way.unwrap_or(MaterialWay::Paper)));
        }
        let of_it = item.review_points(&case.situations).filter(|point| point.material.as_ref() == Some(id));
        points.extend(of_it.map(|point| point.id.clone()).filter(|id| asked(Demand::Point(id.clone()))));
    }
    points.extend(desk.points.iter().filter(|id| checks.points.get(*id) == Some(&Finding::Good)).cloned());
    if brought.is_empty() && points.is_empty() {
        return Err(AppError::Form(vec!["没有收到任何一项。把本次收到并且合格的材料标为“合格”".into()]));
    }
    let supply = Supply { visit: Some(VisitId(app.next_id(ctx.at))), materials: brought, points };
    let rows = materials::of_case(ctx, case.id, files);
    let (kind, command) = match desk.due {
        Due::Supplement => ("submit_supplement", Command::SubmitSupplement(supply)),
        _ => ("submit_deferred_materials", Command::SubmitDeferredMaterials(supply)),
    };
    intake::with_rows(app, ctx, seen, kind, command, rows).await?;
    Ok(())
}
