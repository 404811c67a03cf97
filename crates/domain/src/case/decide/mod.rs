//! 裁量: what a command may do to a case, in the order of the articles.
//!
//! This file: the facts a decision rests on, the dispatch, and what every command has in common.
//! `intake`: receipt to acceptance or refusal; `approval`: branches; `interest`: those whose interests are
//! touched; `desk`: who does the next step, and other departments asked; `issuing`: result to conclusion; `list`: the published list; `early`: the ways a case ends before.

mod approval;
mod desk;
mod early;
mod intake;
mod interest;
mod issuing;
mod list;

use super::limit::{self, ClockKind};
use super::{Case, Command, Ending, Event, Stage};
use crate::applicant::TextRef;
use crate::calendar::{CalendarError, WorkCalendar};
use crate::item::{ItemVersion, Validity};
use crate::law::parameters::{ParameterName, parameter};
use crate::permission::{Actor, Post, StaffActor};
use crate::time::{Date, Instant};
use crate::{Refusal, RefusalCode};

/// 事实: all a decision rests on beside the case and the command.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: &'a Actor,
    /// The version of the item the case keeps (or is to begin with).
    pub item: &'a ItemVersion,
    /// When that version is in force.
    pub validity: Validity,
    /// Working days.
    pub calendar: &'a WorkCalendar,
    /// Dated values of the law on this day.
    pub terms: Terms,
    /// The chief representative of the actor's agency holds an authorization in force for this item.
    pub authorized: bool,
    /// The item is taken in at this site, at this kind of window.
    pub routed_here: bool,
    /// Every officer named belongs to the actor's agency.
    pub own_officers: bool,
    /// 代岗: the actor stands in today for who has claimed the step.
    pub covers: bool,
    /// The one a step is given to is of the actor's agency and of the post whose step it is; the department asked is
    /// one of ours.
    pub fit: bool,
    /// The site that received the case hands out results of this item itself.
    pub issued_at_home: bool,
    /// The actor's window hands out results, and the site hands out those of this item.
    pub issues_here: bool,
    /// The version of the case the caller saw; `None` for jobs.
    pub seen: Option<u32>,
}

/// 法定数值: the dated parameters a decision needs (days in workdays).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// 一次性告知补正
    pub correction_days: u32,
    /// 申请人补正
    pub supplement_days: u32,
    /// 延期上限
    pub extension_days: u32,
    /// 联合办理的期限
    pub joint_days: u32,
    /// 联合办理的延期上限
    pub joint_extension_days: u32,
    /// 申请听证
    pub hearing_request_days: u32,
    /// 举行听证
    pub hearing_hold_days: u32,
    /// 听证通知提前
    pub hearing_notice_days: u32,
    /// 送达
    pub delivery_days: u32,
    /// 评价
    pub rating_days: u32,
    /// 现场核查人数
    pub site_inspection_officers: usize,
}

impl Terms {
    /// The values in force on this day; `None` before the law was.
    pub fn on(date: Date) -> Option<Terms> {
        let days = |name| parameter(name, date);
        Some(Terms {
            correction_days: days(ParameterName::CorrectionDays)?,
            supplement_days: days(ParameterName::SupplementDays)?,
            extension_days: days(ParameterName::ExtensionDays)?,
            joint_days: days(ParameterName::JointDays)?,
            joint_extension_days: days(ParameterName::JointExtensionDays)?,
            hearing_request_days: days(ParameterName::HearingRequestDays)?,
            hearing_hold_days: days(ParameterName::HearingHoldDays)?,
            hearing_notice_days: days(ParameterName::HearingNoticeDays)?,
            delivery_days: days(ParameterName::DeliveryDays)?,
            rating_days: days(ParameterName::RatingDays)?,
            site_inspection_officers: days(ParameterName::SiteInspectionOfficers)? as usize,
        })
    }
}

/// The events this command brings about, or why it may not.
pub fn decide(case: Option<&Case>, command: Command, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    let case = match (case, command) {
        (None, Command::ReceiveCase(receipt)) => return intake::receive(*receipt, facts),
        (None, _) => return no(RefusalCode::NotReceived),
        (Some(_), Command::ReceiveCase(_)) => return no(RefusalCode::AlreadyReceived),
        (Some(case), command) => (case, command),
    };
    let (case, command) = case;
    if facts.seen.is_some_and(|seen| !case.is_current(seen)) {
        return no(RefusalCode::StaleVersion);
    }
    if facts.at.date() < case.last_on {
        return no(RefusalCode::TimeBackwards);
    }
    match (case.ended(), &command) {
        (Some(_), Command::ReissueDocument { .. }) => return no(RefusalCode::EndedNotReissued),
        (Some(Ending::Concluded), Command::RateCase { .. }) if case.rating.is_some() => {
            return no(RefusalCode::AlreadyRated);
        }
        (Some(_), _) => return no(RefusalCode::CaseEnded),
        (None, _) => {}
    }
    route(case, command, facts)
}

fn route(case: &Case, command: Command, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
    use Command::*;
    match command {
        ReceiveCase(_) => no(RefusalCode::AlreadyReceived),
        CorrectOnTheSpot { materials, points, note } => {
            intake::correct_on_the_spot(case, materials, points, note, facts)
        }
        AmendReceipt { situations, agent, reason } => {
            intake::amend_receipt(case, situations, agent, reason, facts)
        }
        FetchShared { materials, points } => intake::fetch_shared(case, materials, points, facts),
        RequestCorrection { demands } => intake::request_correction(case, demands, facts),
        SubmitSupplement(supply) => intake::submit_supplement(case, supply, facts),
        AcceptCase => intake::accept(case, facts),
        AcceptWithDeferredMaterials { missing, commitment, credit } => {
            intake::accept_with_deferred_materials(case, missing, commitment, credit, facts)
        }
        SubmitDeferredMaterials(supply) => intake::submit_deferred_materials(case, supply, facts),
        ProposeRefusal { ground, reason } => intake::propose_refusal(case, ground, reason, facts),
        ConfirmRefusal => intake::confirm_refusal(case, facts),
        RejectRefusal { reason } => intake::reject_refusal(case, reason, facts),
        DeemAccepted => intake::deem_accepted(case, facts),
        ReturnCase { reason } => intake::return_case(case, reason, facts),
        ConvertToWithinLimit { reason } => approval::convert_to_within_limit(case, reason, facts),
        ExamineBranch { opinion } => approval::examine(case, opinion, facts),
        ReviewBranch { opinion } => approval::review(case, opinion, facts),
        DecideBranch { verdict, reason } => approval::decide_branch(case, verdict, reason, facts),
        ClaimBranch => desk::claim(case, facts),
        ReleaseBranch => desk::release(case, facts),
        DelegateBranch { to, reason } => desk::delegate(case, to, reason, facts),
        AskOpinion { to, days, question } => desk::ask(case, to, days, question, facts),
        GiveOpinion { opinion } => desk::answer(case, opinion, facts),
        StartSpecialProcedure { kind, expected_days, hearing, reason } => {
            approval::start_procedure(case, kind, expected_days, hearing, reason, facts)
        }
        EndSpecialProcedure { officers, held, result } => {
            approval::end_procedure(case, officers, held, result, facts)
        }
        ExtendLimit { days, reason } => approval::extend(case, days, reason, facts),
        ExplainOverdue { reason } => approval::explain_overdue(case, reason, facts),
        TellInterestedParties { parties, matter } => interest::tell(case, parties, matter, facts),
        RecordService { party, on } => interest::record_service(case, party, on, facts),
        HearParty { party, voice, words } => interest::hear(case, party, voice, words, facts),
        ReissueDocument { number, wording, applicant, reason, authority } => {
            let correction = issuing::Correction { wording, applicant };
            issuing::reissue(case, number, correction, reason, authority, facts)
        }
        HandOverResult { certificate } => issuing::hand_over(case, certificate, facts),
        TakeResult => issuing::take(case, facts),
        TellApplicant { way } => issuing::tell(case, way, facts),
        ReturnDelivery { reason } => issuing::return_delivery(case, reason, facts),
        CheckResult { matches, reason } => issuing::check(case, matches, reason, facts),
        DeliverResult { way } => issuing::deliver(case, way, facts),
        InviteRating => issuing::invite_rating(case, facts),
        RateCase { level, indicators } => issuing::rate(case, level, indicators, facts),
        ConcludeCase => issuing::conclude(case, facts),
        WithdrawCase { request } => early::withdraw(case, request, facts),
        ExpireDeferral => early::expire_deferral(case, facts),
        AnnulCase { reason, authority } => early::annul(case, reason, authority, facts),
        TransferUpward { organ, reason } => early::transfer_upward(case, organ, reason, facts),
    }
}

fn no<T>(code: RefusalCode) -> Result<T, Refusal> {
    Err(code.into())
}

/// The reasons of a denial or refusal (行政许可法 art. 38 para. 2), or the refusal that asks for them.
fn reason_given(reason: Option<TextRef>) -> Result<TextRef, Refusal> {
    reason.ok_or_else(|| RefusalCode::ReasonMissing.into())
}

/// The grounds of any other step that is told to the applicant or sends something back.
fn grounds_given(grounds: Option<TextRef>) -> Result<TextRef, Refusal> {
    grounds.ok_or_else(|| RefusalCode::GroundsMissing.into())
}

/// Window staff of the site that received the case, at an open window (实施方案 四（二）1).
fn at_window<'a>(case: Option<&Case>, posts: &[Post], facts: &Facts<'a>) -> Result<&'a StaffActor, Refusal> {
    let staff = at_post(posts, facts)?;
    if staff.window.is_none() {
        return no(RefusalCode::NoWindowSession);
    }
    match case {
        Some(case) if staff.site.as_deref() != Some(&case.site) => no(RefusalCode::OtherSite),
        _ => Ok(staff),
    }
}

/// A member of staff at one of these posts.
fn at_post<'a>(posts: &[Post], facts: &Facts<'a>) -> Result<&'a StaffActor, Refusal> {
    let allowed = facts.actor.staff().filter(|staff| posts.contains(&staff.post));
    allowed.ok_or_else(|| RefusalCode::WrongPost.into())
}

/// Only the clock may do this.
fn by_system(facts: &Facts<'_>) -> Result<(), Refusal> {
    if *facts.actor == Actor::System { Ok(()) } else { no(RefusalCode::WrongPost) }
}

/// 受审分离: whoever took part in intake never decides (实施方案 二（二）).
fn separate(case: &Case, staff: &StaffActor) -> Result<(), Refusal> {
    if case.intake_hands.contains(&staff.id) { no(RefusalCode::SeparationOfDuties) } else { Ok(()) }
}

/// The chief representative of the deciding agency, with an authorization in force (实施方案 二（一）).
fn chief_of_case(case: &Case, facts: &Facts<'_>) -> Result<(), Refusal> {
    let staff = at_post(&[Post::ChiefRepresentative], facts)?;
    if staff.agency.as_deref() != Some(&case.agency) {
        return no(RefusalCode::NotLeadAgency);
    }
    separate(case, staff)?;
    if facts.authorized { Ok(()) } else { no(RefusalCode::AuthorizationMissing) }
}

/// The term of this kind is over today; `false` when no such clock runs.
fn over(case: &Case, kind: ClockKind, facts: &Facts<'_>) -> Result<bool, Refusal> {
    match limit::clock(case, kind) {
        Some(clock) => clock.over(facts.calendar, facts.at.date()).map_err(Refusal::from),
        None => Ok(false),
    }
}

/// Received and not yet accepted, refused or ended.
fn stage_is_open(case: &Case) -> bool {
    matches!(case.stage, Stage::Received | Stage::RefusalProposed { .. } | Stage::CorrectionRequested { .. })
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Refusal {
        Refusal::with(RefusalCode::CalendarMissing, error.to_string())
    }
}
