//! 审批操作: examine, review, decide, special procedures, extension. What was typed stays on the page when a rule says no.

use super::case::{self, Tried};
use crate::Server;
use crate::error::PageError;
use crate::form::Form;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::BTreeSet;
use yichuang_app::case::{CaseAnswer, Seen};
use yichuang_app::desk::in_scope;
use yichuang_app::{App, AppError, Ctx, Fault, approve};
use yichuang_domain::case::Verdict;
use yichuang_domain::id::StaffId;
use yichuang_domain::item::ProcedureKind;
use yichuang_domain::permission::Action;

/// What is typed in any of the forms; a field a form has not got is empty.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    /// Id of the act.
    pub act: String,
    /// Version of the case on the page.
    pub version: u32,
    /// Opinion, reason or result.
    #[serde(default)]
    pub words: String,
    /// `approved` or `denied`.
    #[serde(default)]
    pub verdict: String,
    /// Word of a kind of procedure.
    #[serde(default)]
    pub procedure: String,
    /// Days.
    #[serde(default)]
    pub days: String,
    /// Numbers of officers.
    #[serde(default)]
    pub officers: String,
    /// `yes`: a hearing was held.
    #[serde(default)]
    pub held: String,
}

impl Typed {
    fn days(&self, what: &str) -> Result<u32, AppError> {
        let days = self.days.trim().parse();
        days.map_err(|_| AppError::Form(vec![format!("{what}填写整数天数，如 5")]))
    }

    fn verdict(&self) -> Result<Verdict, AppError> {
        match self.verdict.as_str() {
            "approved" => Ok(Verdict::Approved),
            "denied" => Ok(Verdict::Denied),
            _ => Err(AppError::Form(vec!["选择准予或者不予许可".into()])),
        }
    }

    fn procedure(&self) -> Result<ProcedureKind, AppError> {
        let kind = serde_json::from_value(serde_json::Value::String(self.procedure.clone()));
        kind.map_err(|_| AppError::Form(vec!["选择一种特别程序".into()]))
    }

    fn officers(&self) -> Result<BTreeSet<StaffId>, AppError> {
        let numbers = self.officers.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        let read = numbers.map(|number| number.parse().map(StaffId)).collect::<Result<_, _>>();
        read.map_err(|_| AppError::Form(vec!["工作人员填写工号，多人用空格隔开".into()]))
    }
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
            Ok(_) => return Ok(Redirect::to(&format!("/cases/{case_no}?done={kind}")).into_response()),
            Err(error) if matches!(error.fault(), Fault::Mend | Fault::Stale | Fault::Busy) => error,
            Err(error) => return Err(error.into()),
        };
        // Not known whether it was done: the same act again must stay the same act.
        let again = error.fault() == Fault::Busy;
        let error = PageError::from(error);
        let tried = Tried { kind, typed, words: error.words(), again };
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
            Form(typed): Form<Typed>,
        ) -> Result<Response, PageError> {
            Submission { server, guest, case_no, typed }.done($kind, Action::$action, $act).await
        }
    )*};
}

acts! {
    /// `POST /cases/{case_no}/examine`
    examine, "examine", Examine: async |app, ctx, seen, typed| {
        approve::examine(app, ctx, seen, &typed.words).await
    };
    /// `POST /cases/{case_no}/review`
    review, "review", Review: async |app, ctx, seen, typed| {
        approve::review(app, ctx, seen, &typed.words).await
    };
    /// `POST /cases/{case_no}/decide`
    decide, "decide", Decide: async |app, ctx, seen, typed| {
        approve::decide_branch(app, ctx, seen, typed.verdict()?, &typed.words).await
    };
    /// `POST /cases/{case_no}/start-procedure`
    start_procedure, "start-procedure", StartProcedure: async |app, ctx, seen, typed| {
        let (kind, days) = (typed.procedure()?, typed.days("预计所需时间")?);
        approve::start_procedure(app, ctx, seen, kind, days, None, &typed.words).await
    };
    /// `POST /cases/{case_no}/end-procedure`
    end_procedure, "end-procedure", EndProcedure: async |app, ctx, seen, typed| {
        approve::end_procedure(app, ctx, seen, typed.officers()?, typed.held == "yes", &typed.words).await
    };
    /// `POST /cases/{case_no}/extend`
    extend, "extend", Extend: async |app, ctx, seen, typed| {
        approve::extend_limit(app, ctx, seen, typed.days("延长天数")?, &typed.words).await
    };
}
