//! 可办操作: what somebody may do with a case as it stands, and why not: each act is tried on the rules and not done.
//!
//! A refusal that only lacks what is yet to be typed is no refusal here. What is offered may still be refused under
//! lock.

use crate::app::App;
use crate::ctx::Ctx;
use crate::scene::would;
use crate::versions::Version;
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_domain::applicant::{PartyRef, TextRef};
use yichuang_domain::case::command::{DeliveryWay, Telling};
use yichuang_domain::case::{Case, Command, Hearing, Verdict, Voice};
use yichuang_domain::digest::sm3;
use yichuang_domain::id::{PartyId, StaffId, TextId};
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::organisation::ChiefPower;
use yichuang_domain::permission::Action;
use yichuang_domain::{Refusal, RefusalCode};

macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident = $action:ident;)*) => {
        /// 操作: one act somebody may do on the page of a case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Deed { $($(#[$doc])* $deed,)* }

        impl Deed {
            /// Every deed, in the order a page shows them.
            pub const ALL: &'static [Deed] = &[$(Deed::$deed),*];

            /// The action that lets a post do it.
            pub fn action(self) -> Action {
                match self { $(Deed::$deed => Action::$action,)* }
            }
        }
    };
}

deeds! {
    /// 确认不予受理
    ConfirmRefusal = DecideRefusal;
    /// 退回不予受理意见
    RejectRefusal = DecideRefusal;
    /// 答复征询
    Answer = Consult;
    /// 登记特别程序结果
    EndProcedure = EndProcedure;
    /// 审查
    Examine = Examine;
    /// 审核
    Review = Review;
    /// 说明超期原因
    ExplainOverdue = Inform;
    /// 审批
    Decide = Decide;
    /// 移交出件窗口
    HandOver = HandOver;
    /// 签收结果
    Take = Issue;
    /// 核对结果
    Check = Issue;
    /// 通知领取
    Tell = Issue;
    /// 送达
    Deliver = Issue;
    /// 登记邮寄退回
    ReturnDelivery = Issue;
    /// 邀请评价
    InviteRating = Issue;
    /// 认领
    Claim = Claim;
    /// 放弃认领
    Release = Claim;
    /// 转交
    Delegate = Claim;
    /// 征询意见
    Ask = Consult;
    /// 启动特别程序
    StartProcedure = StartProcedure;
    /// 组织听证
    CallHearing = StartProcedure;
    /// 告知利害关系人
    TellParties = HearParties;
    /// 登记告知书送达
    RecordService = HearParties;
    /// 听取意见
    HearParty = HearParties;
    /// 延长办理期限
    Extend = Extend;
    /// 即办件转承诺件
    Convert = Inform;
    /// 转报上级机关
    TransferUpward = TransferUpward;
    /// 作废并重新出具文书
    Reissue = Reissue;
    /// 作废办件
    Annul = Annul;
}

/// 可办与否.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What.
    pub deed: Deed,
    /// Why not; `None`: it may be done.
    pub refusal: Option<Refusal>,
}

/// Every deed of the actor's post on this case, in order.
pub fn offers(app: &App, ctx: &Ctx, case: &Case, version: &Arc<Version>) -> Vec<Offer> {
    let post = ctx.actor.staff().map(|staff| staff.post);
    let own = |deed: &&Deed| post.is_some_and(|post| deed.action().scope(post).is_some());
    let tried = Deed::ALL.iter().filter(own).map(|deed| {
        let (command, power) = probe(ctx, case, version, *deed);
        let tried = would(app, ctx, case, version.clone(), command, power);
        Offer { deed: *deed, refusal: tried.err().filter(|refusal| !depends_on_what_is_typed(refusal.code)) }
    });
    tried.collect()
}

/// What the form itself is to put right.
fn depends_on_what_is_typed(code: RefusalCode) -> bool {
    use RefusalCode::*;
    matches!(
        code,
        ReasonMissing
            | GroundsMissing
            | HearingUnplanned
            | HearingDayTooSoon
            | HearingDayTooLate
            | PresiderInvolved
            | OfficersNotOwn
            | TwoOfficersNeeded
            | ExpectedDaysMissing
            | ExtensionTooLong
            | AuthorityMissing
            | OrganMissing
            | SuccessorUnfit
            | ConsultationIncomplete
            | TrackingMissing
            | ReceiverUnverified
            | ServiceDayWrong
    )
}

/// The deed with the least that can be typed.
fn probe(ctx: &Ctx, case: &Case, version: &Version, deed: Deed) -> (Command, Option<ChiefPower>) {
    use Command as C;
    let words = || Some(TextRef { id: TextId(0), sm3: sm3(&[]) });
    let (reason, authority) = (words(), "1".to_owned());
    let waiting = case.interested.as_ref().and_then(|told| {
        told.parties.iter().find(|(_, standing)| standing.served_on.is_none()).map(|(party, _)| *party)
    });
    let power = match deed {
        Deed::ConfirmRefusal | Deed::RejectRefusal => Some(ChiefPower::Acceptance),
        Deed::Decide | Deed::TransferUpward | Deed::Reissue => Some(ChiefPower::Decision),
        _ => None,
    };
    let command = match deed {
        Deed::ConfirmRefusal => C::ConfirmRefusal,
        Deed::RejectRefusal => C::RejectRefusal { reason },
        Deed::Answer => C::GiveOpinion { opinion: reason },
        Deed::EndProcedure => {
            C::EndSpecialProcedure { officers: BTreeSet::new(), held: false, result: reason }
        }
        Deed::Examine => C::ExamineBranch { opinion: None },
        Deed::Review => C::ReviewBranch { opinion: None },
        Deed::ExplainOverdue => C::ExplainOverdue { reason },
        Deed::Decide => C::DecideBranch { verdict: Verdict::Approved, reason },
        Deed::HandOver => C::HandOverResult { certificate: None },
        Deed::Take => C::TakeResult,
        Deed::Check => C::CheckResult { matches: true, reason: None },
        Deed::Tell => C::TellApplicant { way: Telling::Phone },
        Deed::Deliver => C::DeliverResult { way: DeliveryWay::Electronic },
        Deed::ReturnDelivery => C::ReturnDelivery { reason },
        Deed::InviteRating => C::InviteRating,
        Deed::Claim => C::ClaimBranch,
        Deed::Release => C::ReleaseBranch,
        Deed::Delegate => C::DelegateBranch { to: StaffId(0), reason },
        Deed::Ask => C::AskOpinion { to: String::new(), days: 1, question: reason },
        Deed::StartProcedure => {
            let mut kinds = version.item.procedures.iter().map(|rule| rule.kind);
            let kind = kinds.find(|kind| *kind != ProcedureKind::Hearing);
            let kind = kind.unwrap_or(ProcedureKind::PublicNotice);
            C::StartSpecialProcedure { kind, expected_days: 1, hearing: None, reason }
        }
        Deed::CallHearing => {
            let (time, place, presider) = (String::new(), String::new(), StaffId(0));
            let hearing = Some(Hearing { on: ctx.at.date(), time, place, presider });
            C::StartSpecialProcedure { kind: ProcedureKind::Hearing, expected_days: 1, hearing, reason }
        }
        Deed::TellParties => {
            let somebody = PartyRef { id: PartyId(0), sm3: sm3(&[]) };
            C::TellInterestedParties { parties: vec![somebody], matter: reason }
        }
        Deed::RecordService => C::RecordService { party: waiting.unwrap_or(PartyId(0)), on: ctx.at.date() },
        Deed::HearParty => C::HearParty { party: case.applicant.id, voice: Voice::Statement, words: reason },
        Deed::Extend => C::ExtendLimit { days: 1, reason },
        Deed::Convert => C::ConvertToWithinLimit { reason },
        Deed::TransferUpward => C::TransferUpward { organ: "1".into(), reason },
        Deed::Reissue => {
            let number = own_documents(ctx, case).into_iter().next().unwrap_or_default();
            C::ReissueDocument { number, wording: None, applicant: None, reason, authority }
        }
        Deed::Annul => C::AnnulCase { reason, authority },
    };
    (command, power)
}

/// Numbers of the documents in force that the actor's agency issued, oldest first.
pub fn own_documents(ctx: &Ctx, case: &Case) -> Vec<String> {
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    let of_own =
        case.documents.iter().filter(|document| !document.void && Some(document.agency.as_str()) == own);
    of_own.map(|document| document.number.clone()).collect()
}
