//! 统一出件: the issuing window checks the result, delivers it, and invites the rating; a wrong document is
//! voided and drawn up anew.

use crate::app::App;
use crate::boundary;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{checked, party, plain, version_of, with_text};
use crate::scene::{Draft, Given};
use yichuang_domain::applicant::Applicant;
use yichuang_domain::case::Command;
use yichuang_domain::case::command::{DeliveryWay, Receiver, Telling};
use yichuang_domain::id::{CaseId, VisitId};
use yichuang_domain::notice::NoticeKind;
use yichuang_domain::organisation::ChiefPower;
use yichuang_storage::evaluators::{self, EvaluatorRow};
use yichuang_storage::{Area, documents};

/// 签收: the window takes what the department hands over.
pub async fn take_result(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "take_result", Command::TakeResult).await
}

/// 通知领取.
pub async fn tell_applicant(app: &App, ctx: &Ctx, seen: Seen, way: Telling) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "tell_applicant", Command::TellApplicant { way }).await
}

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

/// 领取登记: who collects the result at the window.
#[derive(Clone, Debug)]
pub enum Collector {
    /// 申请人本人
    Applicant,
    /// 办件的代理人
    Agent,
    /// 另行委托的人, with the authorization to collect.
    Other(Applicant, String),
}

/// 送达登记: how the result goes to the applicant.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// 窗口领取, in this visit.
    Window {
        /// The visit.
        visit: VisitId,
        /// Who collects it.
        collector: Collector,
        /// Identity and authorization were checked.
        verified: bool,
    },
    /// 邮寄, with 运单号.
    Mail(String),
    /// 电子送达
    Electronic,
}

/// 到场: a new visit, of somebody who collects a result.
pub fn new_visit(app: &App, ctx: &Ctx) -> VisitId {
    VisitId(app.next_id(ctx.at))
}

/// 送达.
pub async fn deliver_result(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    delivery: Delivery,
) -> Result<CaseAnswer, AppError> {
    let version = version_of(app, seen).await?;
    let mut draft = Draft::new(app, ctx, seen.case);
    let way = match delivery {
        Delivery::Window { visit, collector, verified } => {
            let receiver = match collector {
                Collector::Applicant => Receiver::Applicant,
                Collector::Agent => Receiver::Agent,
                Collector::Other(person, authority) => {
                    let authority = draft.text("authority_to_collect", &authority)?;
                    let missing = || AppError::Form(vec!["填写领取的授权委托书".into()]);
                    let authority = authority.ok_or_else(missing)?;
                    Receiver::Other { party: party(&mut draft, &checked(&person, ctx)?)?, authority }
                }
            };
            DeliveryWay::Window { visit, receiver, verified }
        }
        Delivery::Mail(tracking_no) => {
            DeliveryWay::Mail { tracking_no: boundary::line("运单号", &tracking_no)? }
        }
        Delivery::Electronic => DeliveryWay::Electronic,
    };
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("deliver_result", version, Command::DeliverResult { way }, given).await
}

/// 更正: what is put right in a document drawn up anew. Nothing at all where only its form was wrong.
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// The wording that takes the place of the wrong one's; empty: as it was.
    pub wording: String,
    /// The applicant registered anew, if name or number was wrong.
    pub applicant: Option<Applicant>,
}

/// 作废并重新出具文书: by the chief representative or the head of the agency that issued it.
pub async fn reissue_document(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    number: &str,
    correction: Correction,
    reason: &str,
    authority: &str,
) -> Result<CaseAnswer, AppError> {
    let version = version_of(app, seen).await?;
    let number = boundary::line("文号", number)?;
    let document = app.store().one(documents::by_number(&number)).await?;
    let document = document.filter(|document| document.case_id == seen.case.0);
    let power = document.as_ref().map(|document| power_over(&document.kind));
    if let Some(anew) = &correction.applicant {
        same_applicant(app, seen.case, anew).await?;
    }
    let mut draft = Draft::new(app, ctx, seen.case);
    let wording = draft.text("wording", &correction.wording)?;
    let applicant = match &correction.applicant {
        Some(applicant) => Some(party(&mut draft, &checked(applicant, ctx)?)?),
        None => None,
    };
    let reason = draft.text("reissue_document", reason)?;
    let authority = boundary::line("批准文号", authority)?;
    let command = Command::ReissueDocument { number, wording, applicant, reason, authority };
    let document = document.map(|document| document.id);
    let given = Given { seen: seen.version, power, document, ..Given::default() };
    draft.act("reissue_document", version, command, given).await
}

/// 登记邮寄退回: the result waits at the window again.
pub async fn return_delivery(app: &App, ctx: &Ctx, seen: Seen, reason: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "return_delivery", reason, |reason| Command::ReturnDelivery { reason }).await
}

/// 邀请评价: at a window its evaluator asks from now on.
pub async fn invite_rating(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    let version = version_of(app, seen).await?;
    let mut draft = Draft::new(app, ctx, seen.case);
    if let Some(staff) = ctx.actor.staff()
        && let (Some(site), Some(code)) = (staff.site.clone(), staff.window.clone())
        && app.store().schema().await?.has(Area::Portal)
    {
        let row = EvaluatorRow { site, code, case_id: seen.case.0, invited_at: ctx.at.0 };
        draft.rows.push(evaluators::put(&row));
    }
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("invite_rating", version, Command::InviteRating, given).await
}

/// Papers of intake are drawn up anew by the power to accept, all others by the power to decide.
fn power_over(kind: &str) -> ChiefPower {
    use NoticeKind::*;
    let of_intake = [ReceiptNotice, CorrectionNotice, AcceptanceNotice, DeferralNotice, NonAcceptanceNotice];
    match of_intake.iter().any(|notice| notice.word() == kind) {
        true => ChiefPower::Acceptance,
        false => ChiefPower::Decision,
    }
}

/// A slip of the pen is put right, the applicant is not exchanged: name or number must be the same.
async fn same_applicant(app: &App, case: CaseId, anew: &Applicant) -> Result<(), AppError> {
    let party = crate::case::get(app, case).await?.applicant;
    let before = crate::privacy::party(app, party.id, Some(&party.sm3)).await?;
    if before.name == anew.name || before.number == anew.number {
        return Ok(());
    }
    Err(AppError::Form(vec!["更正申请人登记时，名称和证件号码不能同时改变；换了申请人的，请另行收件".into()]))
}
