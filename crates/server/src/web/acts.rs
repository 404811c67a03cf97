//! 办件操作: every form of a case page becomes one use case. What was typed stays on the page when a rule says no.

use super::case::{self, Tried};
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::{BTreeMap, BTreeSet};
use yichuang_app::case::{CaseAnswer, Seen};
use yichuang_app::desk::in_scope;
use yichuang_app::issue::{Collector, Correction, Delivery};
use yichuang_app::{App, AppError, Ctx, Fault, approve, assign, intake, issue};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::command::Telling;
use yichuang_domain::case::{Hearing, Verdict, Voice};
use yichuang_domain::id::{PartyId, StaffId, VisitId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::permission::Action;
use yichuang_domain::time::Date;

/// What was typed in a form of a case.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Id of the act.
    pub act: String,
    /// Version of the case on the page.
    pub version: u32,
    fields: BTreeMap<String, String>,
}

impl Typed {
    /// Reads the fields of a form; act and version are in every one of them.
    pub fn of(pairs: Vec<(String, String)>) -> Result<Typed, PageError> {
        let mut fields: BTreeMap<String, String> = pairs.into_iter().collect();
        let act = fields.remove("act").ok_or(PageError::Unreadable)?;
        let version = fields.remove("version").and_then(|version| version.parse().ok());
        Ok(Typed { act, version: version.ok_or(PageError::Unreadable)?, fields })
    }

    /// The field by this name; empty where the form has none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn words(&self) -> &str {
        self.get("words")
    }

    fn days(&self, what: &str) -> Result<u32, AppError> {
        self.get("days").trim().parse().map_err(|_| mend(format!("{what}填写整数天数，如 5")))
    }

    fn day(&self, name: &str, what: &str) -> Result<Date, AppError> {
        self.get(name).trim().parse().map_err(|_| mend(format!("{what}按年-月-日填写，如 2026-09-01")))
    }

    fn verdict(&self) -> Result<Verdict, AppError> {
        match self.get("verdict") {
            "approved" => Ok(Verdict::Approved),
            "denied" => Ok(Verdict::Denied),
            _ => Err(mend("选择准予或者不予许可")),
        }
    }

    fn procedure(&self) -> Result<ProcedureKind, AppError> {
        let kind = serde_json::from_value(serde_json::Value::String(self.get("procedure").to_owned()));
        kind.map_err(|_| mend("选择一种特别程序"))
    }

    fn officers(&self) -> Result<BTreeSet<StaffId>, AppError> {
        let typed = self.get("officers");
        let numbers = typed.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let read = numbers.map(|number| number.parse().map(StaffId)).collect::<Result<_, _>>();
        read.map_err(|_| mend("工作人员填写工号，多人用空格隔开"))
    }

    /// One of the ids offered by this field.
    fn one(&self, name: &str, what: &str) -> Result<i64, AppError> {
        self.get(name).parse().map_err(|_| mend(what))
    }

    fn hearing(&self) -> Result<Hearing, AppError> {
        Ok(Hearing {
            on: self.day("on", "听证日期")?,
            time: self.get("time").to_owned(),
            place: self.get("place").to_owned(),
            presider: StaffId(self.one("presider", "选择听证主持人")?),
        })
    }

    fn voice(&self) -> Result<Voice, AppError> {
        match self.get("voice") {
            "statement" => Ok(Voice::Statement),
            "hearing_requested" => Ok(Voice::HearingRequested),
            "hearing_waived" => Ok(Voice::HearingWaived),
            _ => Err(mend("选择意见种类")),
        }
    }

    /// The person or organisation written down in this form.
    fn person(&self) -> Result<Applicant, AppError> {
        let kinds = DocumentKind::ALL.iter().copied();
        let document = kinds.into_iter().find(|kind| kind.word() == self.get("document"));
        let document = document.ok_or_else(|| mend("选择证件类型"))?;
        let organisation = document == DocumentKind::CreditCode;
        let text = |name| self.get(name).to_owned();
        Ok(Applicant {
            kind: if organisation { PartyKind::Enterprise } else { PartyKind::Person },
            name: text("name"),
            document,
            number: text("number"),
            phone: text("phone"),
        })
    }

    fn telling(&self) -> Result<Telling, AppError> {
        let row = Telling::TABLE.into_iter().find(|row| row.1 == self.get("way"));
        row.map(|row| row.0).ok_or_else(|| mend("选择通知方式"))
    }

    /// The window says of every line whether it agrees; one that does not sends the result back.
    fn compared(&self) -> Result<(bool, String), AppError> {
        let lines: Vec<&str> = self
            .fields
            .iter()
            .filter(|(name, _)| name.starts_with("row-"))
            .map(|(_, says)| says.as_str())
            .collect();
        let differs = lines.contains(&"differs");
        match self.get("verdict") {
            "matches" if differs => Err(mend("有核对项不一致，不能入待领取；填写不一致之处，退回部门更正")),
            "matches" if lines.iter().any(|says| *says != "same") || lines.is_empty() => {
                Err(mend("逐项核对，每一项都选择一致或者不一致"))
            }
            "matches" => Ok((true, String::new())),
            "differs" => Ok((false, self.words().to_owned())),
            _ => Err(mend("选择核对结论")),
        }
    }

    fn delivery(&self) -> Result<Delivery, AppError> {
        Ok(match self.get("way") {
            "window" => {
                let collector = match self.get("collector") {
                    "applicant" => Collector::Applicant,
                    "agent" => Collector::Agent,
                    "other" => Collector::Other(self.person()?, self.get("authority").to_owned()),
                    _ => return Err(mend("选择由谁领取")),
                };
                let visit = VisitId(self.one("visit", "页面已经过时，刷新后重新办理")?);
                Delivery::Window { visit, collector, verified: self.get("verified") == "yes" }
            }
            "mail" => Delivery::Mail(self.get("tracking").to_owned()),
            "electronic" => Delivery::Electronic,
            _ => return Err(mend("选择送达方式")),
        })
    }
}

fn mend(words: impl Into<String>) -> AppError {
    AppError::Form(vec![words.into()])
}

/// Everything about one submission.
struct Submission {
    server: Server,
    guest: Guest,
    case_no: String,
    typed: Typed,
}

impl Submission {
    /// Does it, and shows the case: as it is now, or as it was with what was typed and why it was not done.
    async fn done(
        self,
        kind: &'static str,
        action: Action,
        act: impl AsyncFnOnce(&App, &Ctx, Seen, &Typed) -> Result<CaseAnswer, AppError>,
    ) -> Result<Response, PageError> {
        let Submission { server, guest, case_no, typed } = self;
        let ctx = guest.ctx(&server, &typed.act);
        let case = in_scope(&server.app, &ctx, action, &case_no).await?;
        let seen = Seen { case: case.id, version: Some(typed.version) };
        let error = match act(&server.app, &ctx, seen, &typed).await {
            Ok(_) if typed.get("back") == "issuing" => {
                let to = format!("/issuing?case={case_no}&done={kind}");
                return Ok(Redirect::to(&to).into_response());
            }
            Ok(_) => return Ok(Redirect::to(&format!("/cases/{case_no}?done={kind}")).into_response()),
            Err(error) if matches!(error.fault(), Fault::Mend | Fault::Stale | Fault::Busy) => error,
            Err(error) => return Err(error.into()),
        };
        // Not known whether it was done: the same act again must stay the same act.
        let again = error.fault() == Fault::Busy;
        let stale = error.fault() == Fault::Stale;
        let error = PageError::from(error);
        let tried = Tried { kind, typed, words: error.words(), again, stale };
        case::shown(&server, &guest, &case_no, error.status(), None, Some(tried)).await
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident, $kind:literal, $action:ident: $act:expr;)*) => {$(
        $(#[$doc])*
        pub async fn $name(
            State(server): State<Server>,
            guest: Guest,
            Path(case_no): Path<String>,
            Form(pairs): Form<Vec<(String, String)>>,
        ) -> Result<Response, PageError> {
            let typed = Typed::of(pairs)?;
            Submission { server, guest, case_no, typed }.done($kind, Action::$action, $act).await
        }
    )*};
}

acts! {
    /// `POST /cases/{case_no}/examine`
    examine, "examine", Examine: async |app, ctx, seen, typed| {
        approve::examine(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/review`
    review, "review", Review: async |app, ctx, seen, typed| {
        approve::review(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/decide`
    decide, "decide", Decide: async |app, ctx, seen, typed| {
        approve::decide_branch(app, ctx, seen, typed.verdict()?, typed.words()).await
    };
    /// `POST /cases/{case_no}/claim`
    claim, "claim", Claim: async |app, ctx, seen, _| { assign::claim(app, ctx, seen).await };
    /// `POST /cases/{case_no}/release`
    release, "release", Claim: async |app, ctx, seen, _| { assign::release(app, ctx, seen).await };
    /// `POST /cases/{case_no}/delegate`
    delegate, "delegate", Claim: async |app, ctx, seen, typed| {
        let to = StaffId(typed.one("to", "选择转交给谁")?);
        assign::delegate(app, ctx, seen, to, typed.words()).await
    };
    /// `POST /cases/{case_no}/ask`
    ask, "ask", Consult: async |app, ctx, seen, typed| {
        let days = typed.days("答复期限")?;
        assign::ask_opinion(app, ctx, seen, typed.get("to"), days, typed.words()).await
    };
    /// `POST /cases/{case_no}/answer`
    answer, "answer", Consult: async |app, ctx, seen, typed| {
        assign::give_opinion(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/start-procedure`
    start_procedure, "start-procedure", StartProcedure: async |app, ctx, seen, typed| {
        let (kind, days) = (typed.procedure()?, typed.days("预计所需时间")?);
        approve::start_procedure(app, ctx, seen, kind, days, None, typed.words()).await
    };
    /// `POST /cases/{case_no}/call-hearing`
    call_hearing, "call-hearing", StartProcedure: async |app, ctx, seen, typed| {
        let (hearing, days) = (typed.hearing()?, typed.days("预计所需时间")?);
        let kind = ProcedureKind::Hearing;
        approve::start_procedure(app, ctx, seen, kind, days, Some(hearing), typed.words()).await
    };
    /// `POST /cases/{case_no}/end-procedure`
    end_procedure, "end-procedure", EndProcedure: async |app, ctx, seen, typed| {
        let held = typed.get("held") == "yes";
        approve::end_procedure(app, ctx, seen, typed.officers()?, held, typed.words()).await
    };
    /// `POST /cases/{case_no}/extend`
    extend, "extend", Extend: async |app, ctx, seen, typed| {
        approve::extend_limit(app, ctx, seen, typed.days("延长天数")?, typed.words()).await
    };
    /// `POST /cases/{case_no}/explain-overdue`
    explain_overdue, "explain-overdue", Inform: async |app, ctx, seen, typed| {
        approve::explain_overdue(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/convert`
    convert, "convert", Inform: async |app, ctx, seen, typed| {
        approve::convert_to_within_limit(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/tell-parties`
    tell_parties, "tell-parties", HearParties: async |app, ctx, seen, typed| {
        let parties = match typed.get("touched") {
            "yes" => vec![typed.person()?],
            "no" => vec![],
            _ => return Err(mend("选择有无利害关系人")),
        };
        approve::tell_interested_parties(app, ctx, seen, parties, typed.words()).await
    };
    /// `POST /cases/{case_no}/record-service`
    record_service, "record-service", HearParties: async |app, ctx, seen, typed| {
        let (party, on) = (typed.one("party", "选择送达给谁")?, typed.day("on", "送达日期")?);
        approve::record_service(app, ctx, seen, PartyId(party), on).await
    };
    /// `POST /cases/{case_no}/hear-party`
    hear_party, "hear-party", HearParties: async |app, ctx, seen, typed| {
        let party = PartyId(typed.one("party", "选择听取谁的意见")?);
        approve::hear_party(app, ctx, seen, party, typed.voice()?, typed.words()).await
    };
    /// `POST /cases/{case_no}/confirm-refusal`
    confirm_refusal, "confirm-refusal", DecideRefusal: async |app, ctx, seen, _| {
        intake::confirm_refusal(app, ctx, seen).await
    };
    /// `POST /cases/{case_no}/reject-refusal`
    reject_refusal, "reject-refusal", DecideRefusal: async |app, ctx, seen, typed| {
        intake::reject_refusal(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/transfer-upward`
    transfer_upward, "transfer-upward", TransferUpward: async |app, ctx, seen, typed| {
        approve::transfer_upward(app, ctx, seen, typed.get("organ"), typed.words()).await
    };
    /// `POST /cases/{case_no}/reissue`
    reissue, "reissue", Reissue: async |app, ctx, seen, typed| {
        let correction = Correction { wording: typed.get("wording").to_owned(), applicant: None };
        let (number, authority) = (typed.get("number"), typed.get("authority"));
        issue::reissue_document(app, ctx, seen, number, correction, typed.words(), authority).await
    };
    /// `POST /cases/{case_no}/annul`
    annul, "annul", Annul: async |app, ctx, seen, typed| {
        approve::annul_case(app, ctx, seen, typed.words(), typed.get("authority")).await
    };
    /// `POST /cases/{case_no}/hand-over`
    hand_over, "hand-over", HandOver: async |app, ctx, seen, typed| {
        approve::hand_over_result(app, ctx, seen, typed.get("certificate")).await
    };
    /// `POST /cases/{case_no}/take`
    take, "take", Issue: async |app, ctx, seen, _| { issue::take_result(app, ctx, seen).await };
    /// `POST /cases/{case_no}/check`
    check, "check", Issue: async |app, ctx, seen, typed| {
        let (matches, difference) = typed.compared()?;
        issue::check_result(app, ctx, seen, matches, &difference).await
    };
    /// `POST /cases/{case_no}/tell`
    tell, "tell", Issue: async |app, ctx, seen, typed| {
        issue::tell_applicant(app, ctx, seen, typed.telling()?).await
    };
    /// `POST /cases/{case_no}/deliver`
    deliver, "deliver", Issue: async |app, ctx, seen, typed| {
        issue::deliver_result(app, ctx, seen, typed.delivery()?).await
    };
    /// `POST /cases/{case_no}/return-delivery`
    return_delivery, "return-delivery", Issue: async |app, ctx, seen, typed| {
        issue::return_delivery(app, ctx, seen, typed.words()).await
    };
    /// `POST /cases/{case_no}/invite-rating`
    invite_rating, "invite-rating", Issue: async |app, ctx, seen, _| {
        issue::invite_rating(app, ctx, seen).await
    };
}
