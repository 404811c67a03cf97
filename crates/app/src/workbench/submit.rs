//! 提交: a draft becomes a case, and the outcome its findings carry is done at once. Draft and case change hands in one
//! change; the steps after it are acts named after the draft, so that nothing is done twice.

use super::drafts::{self, Draft};
use super::party::faults;
use super::{clerk, materials};
use crate::app::App;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{self, ReceiptForm};
use yichuang_domain::case::checking::{Judgement, Outcome};
use yichuang_domain::case::{Channel, CreditCheck, RefusalGround};
use yichuang_domain::id::CaseId;
use yichuang_storage::drafts as rows;

/// 办理意见: what the clerk wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// 收件待审
    Receive,
    /// 受理
    Accept,
    /// 容缺受理
    Defer {
        /// 承诺内容
        commitment: String,
        /// 信用查询来源
        credit_source: String,
        /// There is an unrepaired record.
        excluded: bool,
    },
    /// 一次性告知补正
    Correct,
    /// 建议不予受理
    Refuse {
        /// On what ground.
        ground: RefusalGround,
        /// 理由
        reason: String,
    },
}

impl Wish {
    /// Refused where the findings carry something else.
    pub(super) fn carried_by(&self, judged: &Judgement) -> Result<(), AppError> {
        let fits = match self {
            Wish::Receive | Wish::Refuse { .. } => true,
            Wish::Accept => judged.outcome == Outcome::Accept,
            Wish::Defer { .. } => judged.outcome == Outcome::Defer,
            Wish::Correct => judged.outcome == Outcome::Correct,
        };
        let words = || match judged.outcome {
            Outcome::Undecided => format!(
                "还有 {} 项没有审查结论，逐项填写后再办理；需要时间审查的，办理收件待审",
                judged.open.len()
            ),
            other => format!("按审查结论应办理“{}”。结论有误的，先改正结论", other.name()),
        };
        if fits { Ok(()) } else { Err(AppError::Form(vec![words()])) }
    }
}

/// 提交结果.
#[derive(Debug)]
pub struct Submitted {
    /// 办件编号
    pub case_no: String,
    /// It was received, and this stopped what was to follow.
    pub stopped: Option<AppError>,
}

/// Receives the case of this draft and does what its findings carry.
pub async fn submit(
    app: &App,
    ctx: &Ctx,
    draft: &Draft,
    wish: Wish,
    note: &str,
) -> Result<Submitted, AppError> {
    clerk(ctx)?;
    if let Some(case) = drafts::get(app, ctx, draft.id).await?.case {
        let case_no = crate::case::get(app, case).await?.case_no;
        return Ok(Submitted { case_no, stopped: None });
    }
    let wrong = faults(&draft.sheet, ctx.at.date());
    if !wrong.is_empty() {
        return Err(AppError::Form(wrong.into_iter().map(|fault| fault.words).collect()));
    }
    let item = draft.sheet.item.ok_or_else(|| AppError::Form(vec!["先选择办理的事项".into()]))?;
    let version = app.version(item).await?;
    let sheet = &draft.sheet;
    let judged = sheet.checks.judge(&version.item, &sheet.situations);
    wish.carried_by(&judged)?;
    let form = ReceiptForm {
        visit: draft.visit,
        item,
        channel: Channel::Window,
        applicant: sheet.applicant.clone(),
        agent: sheet.agent.clone().map(|agent| (agent.person, agent.scope)),
        situations: sheet.situations.clone(),
        materials: judged.materials.clone(),
        points: judged.points.clone(),
    };
    let case = CaseId(app.next_id(ctx.at));
    let mut effects = vec![rows::receive(draft.id, draft.version, case.0, ctx.at.0)];
    effects.extend(materials::of_case(ctx, case, &sheet.files));
    effects.push(rows::drop_files(draft.id, ctx.at.0));
    let act = |step: &str| Ctx { act: format!("draft/{}/{step}", draft.id), ..ctx.clone() };
    let received = intake::receive_with(app, &act("receive"), case, form, effects).await?;
    let case_no = received.case_no.clone();
    let stopped = follow(app, act, received, judged, wish, note).await.err();
    Ok(Submitted { case_no, stopped })
}

/// What follows the receipt.
async fn follow(
    app: &App,
    act: impl Fn(&str) -> Ctx,
    received: CaseAnswer,
    judged: Judgement,
    wish: Wish,
    note: &str,
) -> Result<(), AppError> {
    let mut seen = Seen::from(&received);
    if !judged.corrected_materials.is_empty() || !judged.corrected_points.is_empty() {
        let (materials, points) = (judged.corrected_materials.clone(), judged.corrected_points.clone());
        let corrected =
            intake::correct_on_the_spot(app, &act("correct"), seen, materials, points, note).await?;
        seen = Seen::from(&corrected);
    }
    conclude(app, &act("conclude"), seen, &judged, wish).await
}

/// Does what the findings carry to a case that was received.
pub(super) async fn conclude(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    judged: &Judgement,
    wish: Wish,
) -> Result<(), AppError> {
    match wish {
        Wish::Receive => return Ok(()),
        Wish::Accept => intake::accept_case(app, ctx, seen).await?,
        Wish::Correct => intake::request_correction(app, ctx, seen, judged.demands.clone()).await?,
        Wish::Refuse { ground, reason } => intake::propose_refusal(app, ctx, seen, ground, &reason).await?,
        Wish::Defer { commitment, credit_source, excluded } => {
            let credit = CreditCheck { source: credit_source, at: ctx.at, excluded };
            let deferred = judged.deferred.clone();
            intake::accept_with_deferred_materials(app, ctx, seen, deferred, &commitment, Some(credit))
                .await?
        }
    };
    Ok(())
}
