//! 办理表单 of a case page: which acts the post may do on the case as it stands, with what was typed before; and why
//! one that is the post's own cannot be done now.
//!
//! What may be done is asked of `app::offer`; here it gets its words and fields.

mod office;
mod window;

use super::case::Tried;
use crate::web::case::View;
use yichuang_app::access::act_id;
use yichuang_app::offer::{Deed, Offer};
use yichuang_app::{AppError, Ctx};
use yichuang_domain::case::Stage;
use yichuang_domain::law::Citation;
use yichuang_domain::permission::Action;
use yichuang_domain::{Refusal, RefusalCode};

/// 表单.
pub struct ActForm {
    pub kind: &'static str,
    /// Id of its fields' labels: forms of one kind stand side by side.
    pub id: String,
    pub title: &'static str,
    pub act: String,
    pub tried: bool,
    /// Shown at once; the others are unfolded.
    pub open: bool,
    pub intro: String,
    pub hidden: Vec<(&'static str, String)>,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

/// 表单的一项. `kind`: `text`, `line`, `number`, `choice`, `date`, `check` or `compare`.
pub struct Field {
    pub name: String,
    pub label: String,
    pub kind: &'static str,
    pub value: String,
    pub hint: &'static str,
    pub choices: Vec<(String, String)>,
}

/// 按钮.
pub struct Button {
    pub words: &'static str,
    pub class: &'static str,
    pub value: &'static str,
    pub key: &'static str,
}

/// 不能办理的操作 and why.
pub struct Blocked {
    pub titles: String,
    pub why: String,
}

/// What stands where acts are done.
pub struct Offered {
    pub forms: Vec<ActForm>,
    pub blocked: Vec<Blocked>,
    /// What was typed in a form that is not there any more.
    pub kept: Option<String>,
}

/// The word of a deed in addresses, its title, and what the page says once it is done.
fn row(deed: Deed) -> (&'static str, &'static str, &'static str) {
    match deed {
        Deed::ConfirmRefusal => ("confirm-refusal", "确认不予受理", "已确认不予受理，通知书已编号。"),
        Deed::RejectRefusal => ("reject-refusal", "退回窗口", "已退回不予受理意见，由窗口重新办理。"),
        Deed::Answer => ("answer", "答复征询", "已答复，主办部门可以看到。"),
        Deed::EndProcedure => ("end-procedure", "登记特别程序结果", "已登记特别程序结果，期限恢复计算。"),
        Deed::Examine => ("examine", "审查", "已审查，转审核岗。"),
        Deed::Review => ("review", "审核", "已审核，转首席代表审批。"),
        Deed::ExplainOverdue => ("explain-overdue", "说明超期原因", "已说明超期原因，告知书已编号。"),
        Deed::Decide => ("decide", "审批", "已作出审批决定。"),
        Deed::HandOver => ("hand-over", "移交出件窗口", "已移交出件窗口，待窗口签收、核对。"),
        Deed::Take => ("take", "签收", "已签收，逐项核对后通知领取。"),
        Deed::Check => ("check", "核对", "已登记核对结论。"),
        Deed::Tell => ("tell", "通知领取", "已登记通知。"),
        Deed::Deliver => ("deliver", "送达", "已登记送达，送达回证已编号。"),
        Deed::ReturnDelivery => ("return-delivery", "登记邮寄退回", "已登记退回，结果留在窗口待领取。"),
        Deed::InviteRating => ("invite-rating", "邀请评价", "已邀请评价。"),
        Deed::Claim => ("claim", "认领", "已认领，由您承办。"),
        Deed::Release => ("release", "放弃认领", "已放弃认领，其他人员可以认领。"),
        Deed::Delegate => ("delegate", "转交", "已转交。"),
        Deed::Ask => ("ask", "征询意见", "已发出征询，本部门时限继续计算。"),
        Deed::StartProcedure => {
            ("start-procedure", "启动特别程序", "已启动特别程序，期限停止计算，告知书已编号。")
        }
        Deed::CallHearing => ("call-hearing", "组织听证", "已通知听证，期限停止计算，通知书已编号。"),
        Deed::TellParties => ("tell-parties", "告知利害关系人", "已登记告知。"),
        Deed::RecordService => ("record-service", "登记告知书送达", "已登记送达日期。"),
        Deed::HearParty => ("hear-party", "听取意见", "已登记意见。"),
        Deed::Extend => ("extend", "延长办理期限", "已延长办理期限，告知书已编号。"),
        Deed::Convert => ("convert", "转为承诺件", "已转为承诺件。"),
        Deed::TransferUpward => ("transfer-upward", "转报上级机关", "已转报上级机关。"),
        Deed::Reissue => ("reissue", "文书作废重出", "已作废原文书并重新出具。"),
        Deed::Annul => ("annul", "作废办件", "已作废。"),
    }
}

/// What the page says after an act of this kind.
pub fn done(kind: &str) -> Option<&'static str> {
    Deed::ALL.iter().map(|deed| row(*deed)).find(|row| row.0 == kind).map(|row| row.2)
}

/// The forms for whoever looks, and why others of the post are not there.
pub fn offered(
    view: &View<'_>,
    ctx: &Ctx,
    offers: Vec<Offer>,
    tried: Option<&Tried>,
) -> Result<Offered, AppError> {
    let make = Make { view, ctx, tried };
    let (mut forms, mut refused): (Vec<ActForm>, Vec<(Deed, Refusal)>) = (Vec::new(), Vec::new());
    for Offer { deed, refusal } in offers {
        match refusal {
            None => forms.extend(make.forms(deed)?),
            Some(refusal) => refused.push((deed, refusal)),
        }
    }
    // What the post is there for is open; what may be done beside it is unfolded.
    let main = |form: &ActForm| form.buttons.iter().any(|button| button.class == "btn-primary");
    let first = forms.iter_mut().find(|form| main(form));
    let nothing = first.is_none();
    if let Some(first) = first {
        first.open = true;
    } else if let [only] = forms.as_mut_slice() {
        only.open = true;
    }
    let telling: Vec<&(Deed, Refusal)> = refused.iter().filter(|(_, refusal)| tells(refusal.code)).collect();
    // Where there is nothing the post is there for, at least the first reason is given, until the result is out.
    let out = matches!(view.page.case.stage, Stage::Delivered { .. } | Stage::Ended { .. });
    let only = refused.iter().find(|(deed, _)| is_step(*deed) && nothing && telling.is_empty() && !out);
    let mut blocked: Vec<Blocked> = Vec::new();
    for (deed, refusal) in telling.into_iter().chain(only) {
        let why = refusal.to_string();
        match blocked.iter_mut().find(|blocked| blocked.why == why) {
            Some(same) => same.titles = format!("{}、{}", same.titles, row(*deed).1),
            None => blocked.push(Blocked { titles: row(*deed).1.into(), why }),
        }
    }
    if matches!(view.page.case.stage, Stage::InApproval { .. }) && is_approver(ctx) {
        let why = format!("{NO_RETURN}依据：{}。", Citation::new("xkf", "32-1-4"));
        blocked.push(Blocked { titles: "退回窗口补正".into(), why });
    }
    let gone = tried.filter(|tried| !forms.iter().any(|form| form.kind == tried.kind));
    let kept = gone.map(|tried| tried.typed.get("words").to_owned()).filter(|words| !words.is_empty());
    Ok(Offered { forms, blocked, kept })
}

/// Art. 32: what is to be corrected is told once, before acceptance.
const NO_RETURN: &str =
    "受理后不得再退回窗口要求申请人补正；新发现的问题由部门自行核查，或者启动特别程序、征询其他部门。";

fn is_approver(ctx: &Ctx) -> bool {
    let post = ctx.actor.staff().map(|staff| staff.post);
    post.is_some_and(|post| Action::StartProcedure.scope(post).is_some())
}

/// What a post is there for.
fn is_step(deed: Deed) -> bool {
    use Deed::*;
    matches!(deed, Examine | Review | Decide | Check | Extend)
}

/// A reason worth a line of its own: who, not when. That it is too early or too late the stage shows.
fn tells(code: RefusalCode) -> bool {
    use RefusalCode::*;
    matches!(
        code,
        SeparationOfDuties
            | AuthorizationMissing
            | ClaimedByOther
            | BranchSuspended
            | ExplainFirst
            | InterestedUntold
            | HearingTimeLeft
            | HearingNotHeld
            | NotServed
            | GovernmentHeadNeeded
            | AlreadyExtended
            | NotExtendable
            | LimitOver
            | NotIssuingWindow
            | NoWindowSession
            | OtherSite
            | DeferredOutstanding
            | RefusalPending
            | CalendarMissing
    )
}

/// Makes the forms of one page.
struct Make<'a> {
    view: &'a View<'a>,
    ctx: &'a Ctx,
    tried: Option<&'a Tried>,
}

impl Make<'_> {
    fn forms(&self, deed: Deed) -> Result<Vec<ActForm>, AppError> {
        match deed {
            Deed::Take
            | Deed::Check
            | Deed::Tell
            | Deed::Deliver
            | Deed::ReturnDelivery
            | Deed::InviteRating => self.at_window(deed),
            _ => Ok(vec![self.in_office(deed)?]),
        }
    }

    fn form(&self, deed: Deed, fields: Vec<Field>, buttons: Vec<Button>) -> Result<ActForm, AppError> {
        let (kind, title, _) = row(deed);
        let tried = self.tried.filter(|tried| tried.kind == kind);
        let act = match tried.filter(|tried| tried.again) {
            Some(tried) => tried.typed.act.clone(),
            None => act_id()?,
        };
        let (id, tried) = (kind.to_owned(), tried.is_some());
        let (intro, hidden) = (String::new(), Vec::new());
        Ok(ActForm { kind, id, title, act, tried, open: tried, intro, hidden, fields, buttons })
    }

    /// A field of the form of this deed, with what was typed in it.
    fn field(&self, deed: Deed, name: &str, label: &str, kind: &'static str) -> Field {
        let typed = self.tried.filter(|tried| tried.kind == row(deed).0).map(|tried| &tried.typed);
        let value = typed.map(|typed| typed.get(name).to_owned()).unwrap_or_default();
        Field { name: name.into(), label: label.into(), kind, value, hint: "", choices: Vec::new() }
    }

    fn text(&self, deed: Deed, label: &str) -> Field {
        self.field(deed, "words", label, "text")
    }

    fn choice(&self, deed: Deed, name: &str, label: &str, choices: Vec<(String, String)>) -> Field {
        Field { choices, ..self.field(deed, name, label, "choice") }
    }
}

impl Field {
    fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }
}

fn primary(words: &'static str, key: &'static str) -> Button {
    Button { words, class: "btn-primary", value: "", key }
}

fn secondary(words: &'static str) -> Button {
    Button { words, class: "btn-outline-primary", value: "", key: "" }
}

fn grave(words: &'static str) -> Button {
    Button { words, class: "btn-outline-danger", value: "", key: "" }
}

fn pairs(choices: &[(&str, &str)]) -> Vec<(String, String)> {
    choices.iter().map(|(word, name)| ((*word).to_owned(), (*name).to_owned())).collect()
}
