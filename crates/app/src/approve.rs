//! 后台审批: examine, review, decide; special procedures; extension; annulment; transfer upward.

use crate::app::App;
use crate::boundary;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::intake::{checked, chief, party, plain, version_of, with_text};
use crate::scene::{Draft, Given};
use std::collections::BTreeSet;
use yichuang_domain::applicant::Applicant;
use yichuang_domain::case::{Command, Hearing, Verdict, Voice};
use yichuang_domain::id::{PartyId, StaffId};
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::organisation::ChiefPower;
use yichuang_domain::time::Date;

/// 审查.
pub async fn examine(app: &App, ctx: &Ctx, seen: Seen, opinion: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "examine_branch", opinion, |opinion| Command::ExamineBranch { opinion }).await
}

/// 审核.
pub async fn review(app: &App, ctx: &Ctx, seen: Seen, opinion: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "review_branch", opinion, |opinion| Command::ReviewBranch { opinion }).await
}

/// 审批: by the chief representative under an authorization in force.
pub async fn decide_branch(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    verdict: Verdict,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let command = |reason| Command::DecideBranch { verdict, reason };
    chief(app, ctx, seen, "decide_branch", ChiefPower::Decision, reason, command).await
}

/// 启动特别程序: the applicant is told how many days it takes, and of a hearing, when and where it is held.
pub async fn start_procedure(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: ProcedureKind,
    expected_days: u32,
    hearing: Option<Hearing>,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let hearing = match hearing {
        Some(hearing) => Some(Hearing {
            time: boundary::line("听证时间", &hearing.time)?,
            place: boundary::line("听证地点", &hearing.place)?,
            ..hearing
        }),
        None => None,
    };
    let command = |reason| Command::StartSpecialProcedure { kind, expected_days, hearing, reason };
    with_text(app, ctx, seen, "start_special_procedure", reason, command).await
}

/// 登记特别程序结果; of a hearing, whether it was held.
pub async fn end_procedure(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    officers: BTreeSet<StaffId>,
    held: bool,
    result: &str,
) -> Result<CaseAnswer, AppError> {
    let command = |result| Command::EndSpecialProcedure { officers, held, result };
    with_text(app, ctx, seen, "end_special_procedure", result, command).await
}

/// 延长办理期限: by the head of the agency, of 联合办理 by the head of the government, once.
pub async fn extend_limit(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    days: u32,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "extend_limit", reason, |reason| Command::ExtendLimit { days, reason }).await
}

/// 即办件转承诺件.
pub async fn convert_to_within_limit(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let command = |reason| Command::ConvertToWithinLimit { reason };
    with_text(app, ctx, seen, "convert_to_within_limit", reason, command).await
}

/// 超期说明: the promise was not kept; the applicant is told why.
pub async fn explain_overdue(app: &App, ctx: &Ctx, seen: Seen, reason: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "explain_overdue", reason, |reason| Command::ExplainOverdue { reason }).await
}

/// 告知利害关系人: those whose major interests are touched; nobody, after looking into it.
pub async fn tell_interested_parties(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    parties: Vec<Applicant>,
    matter: &str,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    let parties = parties.iter().map(|given| party(&mut draft, &checked(given, ctx)?));
    let parties = parties.collect::<Result<_, AppError>>()?;
    let matter = draft.text("tell_interested_parties", matter)?;
    let command = Command::TellInterestedParties { parties, matter };
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("tell_interested_parties", version_of(app, seen).await?, command, given).await
}

/// 登记利害关系人告知书的送达.
pub async fn record_service(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    party: PartyId,
    on: Date,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "record_service", Command::RecordService { party, on }).await
}

/// 听取意见: what the applicant or an interested party has to say.
pub async fn hear_party(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    party: PartyId,
    voice: Voice,
    words: &str,
) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "hear_party", words, |words| Command::HearParty { party, voice, words }).await
}

/// 移交出件窗口, with the number of the certificate where there is one.
pub async fn hand_over_result(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    certificate_no: &str,
) -> Result<CaseAnswer, AppError> {
    let certificate_no = boundary::line("证照编号", certificate_no)?;
    let command = |certificate| Command::HandOverResult { certificate };
    with_text(app, ctx, seen, "hand_over_result", &certificate_no, command).await
}

/// 作废: by the head of the agency, with the approving document.
pub async fn annul_case(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    reason: &str,
    authority: &str,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    let reason = draft.text("annul_case", reason)?;
    let command = Command::AnnulCase { reason, authority: boundary::line("批准文号", authority)? };
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("annul_case", version_of(app, seen).await?, command, given).await
}

/// 转报上级机关.
pub async fn transfer_upward(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    organ: &str,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let organ = boundary::line("上级机关名称", organ)?;
    let command = |reason| Command::TransferUpward { organ, reason };
    chief(app, ctx, seen, "transfer_upward", ChiefPower::Decision, reason, command).await
}
