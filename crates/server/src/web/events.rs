//! What a timeline says of each event. No event can be forgotten: the list is matched whole.

use yichuang_domain::applicant::TextRef;
use yichuang_domain::case::{Event, Verdict};
use yichuang_domain::item::ProcedureKind;

/// 留痕的一步.
pub struct Told<'a> {
    /// What happened.
    pub words: String,
    /// Colour: `g` good, `r` bad, `p` waiting, `` plain.
    pub tone: &'static str,
    /// Key of the agency it concerns.
    pub agency: Option<&'a str>,
    /// The opinion or reason given.
    pub text: Option<&'a TextRef>,
}

/// What this event says.
pub fn told(event: &Event) -> Told<'_> {
    use Event::*;
    let plain = |words: &str| Told { words: words.to_owned(), tone: "", agency: None, text: None };
    let of =
        |words: &str, agency, text| Told { words: words.to_owned(), tone: "", agency: Some(agency), text };
    match event {
        CaseReceived(_) => plain("收件"),
        CorrectedOnTheSpot { note, .. } => Told { text: note.as_ref(), ..plain("当场更正") },
        ReceiptAmended { reason, .. } => Told { text: Some(reason), ..plain("更正收件登记") },
        SharedFetched { .. } => plain("共享取得材料"),
        CorrectionRequested { .. } => Told { tone: "o", ..plain("一次性告知补正") },
        SupplementSubmitted(_) => plain("提交补正材料"),
        CaseAccepted { deemed: true, .. } => Told { tone: "o", ..plain("逾期未告知，视为受理") },
        CaseAccepted { .. } => Told { tone: "g", ..plain("受理") },
        CaseAcceptedWithDeferral { commitment, .. } => {
            Told { tone: "g", text: Some(commitment), ..plain("容缺受理") }
        }
        DeferredMaterialsSubmitted(_) => plain("补交容缺材料"),
        RefusalProposed { reason, .. } => {
            Told { text: Some(reason), tone: "o", ..plain("提出不予受理意见") }
        }
        RefusalRejected { reason } => Told { text: Some(reason), ..plain("退回不予受理意见") },
        CaseRefused { .. } => Told { tone: "r", ..plain("不予受理") },
        ConvertedToWithinLimit { reason, .. } => Told { text: Some(reason), ..plain("转为承诺件") },
        BranchExamined { agency, opinion } => of("审查", agency, opinion.as_ref()),
        BranchReviewed { agency, opinion } => of("审核", agency, opinion.as_ref()),
        BranchDecided { agency, verdict: Verdict::Approved, reason } => {
            Told { tone: "g", ..of("审批：准予", agency, reason.as_ref()) }
        }
        BranchDecided { agency, verdict: Verdict::Denied, reason } => {
            Told { tone: "r", ..of("审批：不予许可", agency, reason.as_ref()) }
        }
        CaseDecided { verdict: Verdict::Approved, .. } => {
            Told { tone: "g", ..plain("作出决定：准予") }
        }
        CaseDecided { verdict: Verdict::Denied, .. } => {
            Told { tone: "r", ..plain("作出决定：不予许可") }
        }
        BranchClaimed { agency } => of("认领", agency, None),
        BranchReleased { agency } => of("放弃认领", agency, None),
        BranchDelegated { agency, reason, .. } => of("转交", agency, Some(reason)),
        OpinionAsked { agency, question, .. } => {
            Told { tone: "o", ..of("征询意见", agency, Some(question)) }
        }
        OpinionGiven { agency, opinion } => of("答复征询", agency, Some(opinion)),
        ResultTaken => plain("出件窗口签收结果"),
        ApplicantTold { way } => plain(&format!("通知领取（{}）", way.name())),
        SpecialProcedureStarted { agency, kind, expected_days, reason, .. } => {
            let words = format!("{}，预计 {expected_days} 日，停止计时", procedure(*kind));
            Told { tone: "p", ..of(&words, agency, Some(reason)) }
        }
        SpecialProcedureEnded { agency, kind, held, result, .. } => {
            let held = if *kind == ProcedureKind::Hearing && !held { "未举行" } else { "结束" };
            of(&format!("{}{held}，恢复计时", procedure(*kind)), agency, Some(result))
        }
        LimitExtended { agency, days, reason, .. } => {
            Told { tone: "o", ..of(&format!("延长办理期限 {days} 日"), agency, Some(reason)) }
        }
        OverdueExplained { agency, reason } => {
            Told { tone: "r", ..of("说明超期原因", agency, Some(reason)) }
        }
        InterestedPartiesTold { agency, matter, .. } => of("告知利害关系人", agency, Some(matter)),
        PartyServed { .. } => plain("告知书送达"),
        PartyHeard { agency, words, .. } => of("听取意见", agency, Some(words)),
        DocumentReissued { agency, reason, .. } => of("文书作废并重新出具", agency, Some(reason)),
        ResultHandedOver { .. } => plain("移交出件窗口"),
        ResultChecked => plain("出件核对"),
        ResultSentBack { reason } => {
            Told { text: Some(reason), tone: "r", ..plain("核对不符，退回部门") }
        }
        ResultDelivered { .. } => Told { tone: "g", ..plain("送达") },
        DeliveryReturned { reason } => Told { text: Some(reason), tone: "o", ..plain("邮寄退回") },
        RatingInvited => plain("邀请评价"),
        CaseRated { .. } => plain("评价"),
        CaseConcluded { .. } => Told { tone: "g", ..plain("办结") },
        CaseWithdrawn { .. } => Told { tone: "p", ..plain("撤回申请") },
        CaseReturned { reason } => Told { text: Some(reason), tone: "p", ..plain("退件") },
        CaseAnnulled { reason, .. } => Told { text: Some(reason), tone: "r", ..plain("作废") },
        CaseTransferredUpward { reason, .. } => {
            Told { text: Some(reason), tone: "p", ..plain("转报上级机关") }
        }
    }
}

fn procedure(kind: ProcedureKind) -> &'static str {
    kind.name()
}
