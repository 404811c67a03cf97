//! 综合受理: receipt, correction, acceptance, refusal proposed; and what the department answers to that.

use crate::app::App;
use crate::boundary;
use crate::case::{CaseAnswer, Seen};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::scene::{Draft, Given};
use crate::vault::{Cell, Referred};
use std::collections::BTreeSet;
use yichuang_domain::applicant::{Applicant, AuthorizedAgent, PartyRef};
use yichuang_domain::case::command::ReceiveCase;
use yichuang_domain::case::{
    Channel, Command, CreditCheck, Demand, RefusalGround, SubmittedMaterial, Supply,
};
use yichuang_domain::id::{CaseId, PartyId, VersionId, VisitId};
use yichuang_domain::identity;
use yichuang_domain::organisation::ChiefPower;
use yichuang_storage::{Stmt, StoreError, parties, party_index};

/// 收件登记表: what the clerk fills in.
#[derive(Clone, Debug)]
pub struct ReceiptForm {
    /// The visit; several cases may share one.
    pub visit: VisitId,
    /// Version of the item.
    pub item: VersionId,
    /// How it comes in.
    pub channel: Channel,
    /// Applicant.
    pub applicant: Applicant,
    /// Agent with the scope of the authorization.
    pub agent: Option<(Applicant, String)>,
    /// Situations chosen.
    pub situations: BTreeSet<String>,
    /// Materials handed in.
    pub materials: Vec<SubmittedMaterial>,
    /// Review points passed.
    pub points: BTreeSet<String>,
}

/// 收件: takes a case in and gives it its numbers and its receipt.
pub async fn receive_case(app: &App, ctx: &Ctx, form: ReceiptForm) -> Result<CaseAnswer, AppError> {
    receive_with(app, ctx, CaseId(app.next_id(ctx.at)), form, Vec::new()).await
}

/// 收件 as this case, with rows of the window's own in the same change.
pub(crate) async fn receive_with(
    app: &App,
    ctx: &Ctx,
    case: CaseId,
    form: ReceiptForm,
    rows: Vec<Stmt>,
) -> Result<CaseAnswer, AppError> {
    let applicant = checked(&form.applicant, ctx)?;
    let version = app.version(form.item).await?;
    let mut draft = Draft::new(app, ctx, case);
    draft.rows = rows;
    let applicant = party(&mut draft, &applicant)?;
    let agent = authorized_agent(&mut draft, form.agent)?;
    let ReceiptForm { visit, item, channel, situations, materials, points, .. } = form;
    let receipt = ReceiveCase { visit, item, channel, applicant, agent, situations, materials, points };
    let given = Given { new: true, ..Given::default() };
    draft.act("receive_case", version, Command::ReceiveCase(Box::new(receipt)), given).await
}

/// 当场更正: what can be put right on the spot; `note` is the applicant's signed note of correction (容错), empty
/// where there is none.
pub async fn correct_on_the_spot(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    materials: Vec<SubmittedMaterial>,
    points: BTreeSet<String>,
    note: &str,
) -> Result<CaseAnswer, AppError> {
    correct_with(app, ctx, seen, (materials, points), note, Vec::new()).await
}

/// 当场更正, with rows of the window's own in the same change.
pub(crate) async fn correct_with(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    (materials, points): (Vec<SubmittedMaterial>, BTreeSet<String>),
    note: &str,
    rows: Vec<Stmt>,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    draft.rows = rows;
    let note = draft.text("correct_on_the_spot", note)?;
    let command = Command::CorrectOnTheSpot { materials, points, note };
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("correct_on_the_spot", version_of(app, seen).await?, command, given).await
}

/// 更正收件登记: a wrong situation or agent, before anything was told to the applicant. The agent as he is to be.
pub async fn amend_receipt(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    situations: BTreeSet<String>,
    agent: Option<(Applicant, String)>,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    let agent = authorized_agent(&mut draft, agent)?;
    let reason = draft.text("amend_receipt", reason)?;
    let command = Command::AmendReceipt { situations, agent, reason };
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act("amend_receipt", version_of(app, seen).await?, command, given).await
}

/// 登记共享取得的材料.
pub async fn fetch_shared(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    materials: Vec<SubmittedMaterial>,
    points: BTreeSet<String>,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "fetch_shared", Command::FetchShared { materials, points }).await
}

/// 一次性告知补正.
pub async fn request_correction(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    demands: BTreeSet<Demand>,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "request_correction", Command::RequestCorrection { demands }).await
}

/// 提交补正; the last one accepts the case.
pub async fn submit_supplement(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    supply: Supply,
) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "submit_supplement", Command::SubmitSupplement(supply)).await
}

/// A command without texts, with rows of the window's own in the same change.
pub(crate) async fn with_rows(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: &'static str,
    command: Command,
    rows: Vec<Stmt>,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    draft.rows = rows;
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act(kind, version_of(app, seen).await?, command, given).await
}

/// 受理.
pub async fn accept_case(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    plain(app, ctx, seen, "accept_case", Command::AcceptCase).await
}

/// 容缺受理: `commitment` is the text the applicant signed, `credit` the look-up made before.
pub async fn accept_with_deferred_materials(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    missing: BTreeSet<String>,
    commitment: &str,
    credit: Option<CreditCheck>,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    let commitment = draft.text("commitment", commitment)?;
    let credit = match credit {
        Some(credit) => {
            Some(CreditCheck { source: boundary::line("信用查询来源", &credit.source)?, ..credit })
        }
        None => None,
    };
    let command = Command::AcceptWithDeferredMaterials { missing, commitment, credit };
    let given = Given { seen: seen.version, ..Given::default() };
    let version = version_of(app, seen).await?;
    draft.act("accept_with_deferred_materials", version, command, given).await
}

/// 补交容缺材料.
pub async fn submit_deferred_materials(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    supply: Supply,
) -> Result<CaseAnswer, AppError> {
    let command = Command::SubmitDeferredMaterials(supply);
    plain(app, ctx, seen, "submit_deferred_materials", command).await
}

/// 提出不予受理意见.
pub async fn propose_refusal(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    ground: RefusalGround,
    reason: &str,
) -> Result<CaseAnswer, AppError> {
    let ground = match ground {
        RefusalGround::NotThisAgency { redirect } => {
            RefusalGround::NotThisAgency { redirect: boundary::line("有权机关名称", &redirect)? }
        }
        other => other,
    };
    with_text(app, ctx, seen, "propose_refusal", reason, |reason| Command::ProposeRefusal { ground, reason })
        .await
}

/// 确认不予受理: the department's chief representative.
pub async fn confirm_refusal(app: &App, ctx: &Ctx, seen: Seen) -> Result<CaseAnswer, AppError> {
    chief(app, ctx, seen, "confirm_refusal", ChiefPower::Acceptance, "", |_| Command::ConfirmRefusal).await
}

/// 退回不予受理意见.
pub async fn reject_refusal(app: &App, ctx: &Ctx, seen: Seen, reason: &str) -> Result<CaseAnswer, AppError> {
    let command = |reason| Command::RejectRefusal { reason };
    chief(app, ctx, seen, "reject_refusal", ChiefPower::Acceptance, reason, command).await
}

/// 退件: the applicant's time to supplement is over.
pub async fn return_case(app: &App, ctx: &Ctx, seen: Seen, reason: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "return_case", reason, |reason| Command::ReturnCase { reason }).await
}

/// 撤回申请: by the applicant, or at the window on a written request (its words or where it is kept).
pub async fn withdraw_case(app: &App, ctx: &Ctx, seen: Seen, request: &str) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, "withdraw_case", request, |request| Command::WithdrawCase { request }).await
}

/// The agent with a row of his own, and the scope of his authorization as a text.
fn authorized_agent(
    draft: &mut Draft<'_>,
    agent: Option<(Applicant, String)>,
) -> Result<Option<AuthorizedAgent>, AppError> {
    let Some((agent, scope)) = agent else { return Ok(None) };
    let agent = checked(&agent, draft.ctx)?;
    let scope = draft.text("agent_scope", &scope)?;
    let scope = scope.ok_or_else(|| AppError::Form(vec!["填写代理权限和期限".into()]))?;
    Ok(Some(AuthorizedAgent { agent: party(draft, &agent)?, scope }))
}

/// The version of the item a case keeps.
pub(crate) async fn version_of(
    app: &App,
    seen: Seen,
) -> Result<std::sync::Arc<crate::versions::Version>, AppError> {
    app.version(crate::case::get(app, seen.case).await?.item).await
}

/// A command without texts.
pub(crate) async fn plain(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: &'static str,
    command: Command,
) -> Result<CaseAnswer, AppError> {
    with_text(app, ctx, seen, kind, "", |_| command).await
}

/// A command with one free text.
pub(crate) async fn with_text(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: &'static str,
    words: &str,
    command: impl FnOnce(Option<yichuang_domain::applicant::TextRef>) -> Command,
) -> Result<CaseAnswer, AppError> {
    let mut draft = Draft::new(app, ctx, seen.case);
    let text = draft.text(kind, words)?;
    let given = Given { seen: seen.version, ..Given::default() };
    draft.act(kind, version_of(app, seen).await?, command(text), given).await
}

/// A command of a chief representative, who needs an authorization in force for this power: looked up under lock.
pub(crate) async fn chief(
    app: &App,
    ctx: &Ctx,
    seen: Seen,
    kind: &'static str,
    power: ChiefPower,
    words: &str,
    command: impl FnOnce(Option<yichuang_domain::applicant::TextRef>) -> Command,
) -> Result<CaseAnswer, AppError> {
    let version = version_of(app, seen).await?;
    let mut draft = Draft::new(app, ctx, seen.case);
    let text = draft.text(kind, words)?;
    let given = Given { seen: seen.version, power: Some(power), ..Given::default() };
    draft.act(kind, version, command(text), given).await
}

/// Checks the party before anything is written, and gives it with its numbers in their one written form.
pub(crate) fn checked(party: &Applicant, ctx: &Ctx) -> Result<Applicant, AppError> {
    let mut faults = Vec::new();
    let name = match boundary::line("姓名或者名称", &party.name) {
        Ok(name) if name.is_empty() => {
            faults.push("填写姓名或者名称".to_owned());
            name
        }
        Ok(name) => name,
        Err(AppError::Form(texts)) => {
            faults.extend(texts);
            String::new()
        }
        Err(other) => return Err(other),
    };
    let mut written = |checked: Result<identity::Checked, identity::IdentityFault>| match checked {
        Ok(checked) => checked.number,
        Err(fault) => {
            faults.push(fault.to_string());
            String::new()
        }
    };
    let number = written(identity::check(party.document, &party.number, ctx.at.date()));
    let phone = written(identity::phone::check(&party.phone));
    if !faults.is_empty() {
        return Err(AppError::Form(faults));
    }
    Ok(Applicant { name, number, phone, ..party.clone() })
}

/// A row of its own for the personal data; the case holds its id and digest.
pub(crate) fn party(draft: &mut Draft<'_>, party: &Applicant) -> Result<PartyRef, AppError> {
    let body = serde_json::to_string(party).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let id = draft.app.next_id(draft.ctx.at);
    let Referred { words: body, digest } = draft.sealed(Cell::party(id), &body)?;
    let kind = format!("{:?}", party.kind).to_lowercase();
    draft.rows.push(parties::insert(&parties::PartyRow { id, kind, body, sm3: digest.0.clone() }));
    if let Some(ring) = draft.app.vault().ring()? {
        draft.rows.push(party_index::put(id, draft.case.0, &ring.tokens(party)));
    }
    Ok(PartyRef { id: PartyId(id), sm3: digest })
}
