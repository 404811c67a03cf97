//! 查看完整信息: the whole number and telephone of one party, for a stated purpose. On record before anything is shown.

use super::open;
use crate::app::App;
use crate::boundary;
use crate::ctx::Ctx;
use crate::desk::in_scope;
use crate::error::AppError;
use serde_json::json;
use yichuang_domain::applicant::PartyRef;
use yichuang_domain::case::Case;
use yichuang_domain::digest::sm3;
use yichuang_domain::permission::Action;
use yichuang_storage::audit::{self, AuditRow};
use yichuang_storage::{Act, Change, Effects, Plan};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $title:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As a form and the record know it.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// As people read it.
            pub fn title(self) -> &'static str {
                match self { $($name::$variant => $title,)* }
            }

            /// The one with this word.
            pub fn of(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|known| known.word() == word)
            }
        }
    };
}

words! {
    /// 查看用途.
    Purpose {
        /// To reach the party by telephone.
        Contact = "contact", "联系当事人";
        /// To compare with the document presented.
        Identity = "identity", "核对身份";
        /// To mail or hand over documents.
        Delivery = "delivery", "送达文书";
        /// To look into a complaint or a report.
        Complaint = "complaint", "处理投诉举报";
    }
}

words! {
    /// 查看谁的信息.
    Whose {
        /// The applicant.
        Applicant = "applicant", "申请人";
        /// The agent.
        Agent = "agent", "代理人";
    }
}

/// 完整信息. Never logged, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// 姓名或者名称
    pub name: String,
    /// 证件名称
    pub document: &'static str,
    /// 证件号码
    pub number: String,
    /// 电话
    pub phone: String,
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Revealed(…)")
    }
}

/// 查看完整证件号码和电话: first the record with the purpose, then the data. The same act again shows nothing: every
/// look is on record.
///
/// # Errors
/// [`AppError::Forbidden`], [`AppError::NotFound`] outside the scope, [`AppError::Form`] for a repeated act.
pub async fn reveal(
    app: &App,
    ctx: &Ctx,
    case_no: &str,
    whose: Whose,
    purpose: Purpose,
) -> Result<Revealed, AppError> {
    boundary::act(&ctx.act)?;
    let case = in_scope(app, ctx, Action::Reveal, case_no).await?;
    let party = party(&case, whose).ok_or_else(|| AppError::NotFound("该办件的代理人".into()))?;
    app.vault().check()?;
    let body_hash = sm3(&[case_no.as_bytes(), whose.word().as_bytes(), purpose.word().as_bytes()]).0;
    let act = Act { id: ctx.act.clone(), actor: ctx.actor.number(), kind: "reveal", body_hash, at: ctx.at.0 };
    let stmts = vec![audit::insert(&AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: "personal_data_shown".into(),
        subject: format!("case/{}", case.case_no),
        body: json!({ "whose": whose.word(), "purpose": purpose.word(), "party": party.id }).to_string(),
    })];
    let effects = Effects { stmts, answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    let answer = app.store().commit(Change { act, key: case.id.0, locks: vec![], then }).await?;
    if answer.repeated {
        return Err(AppError::Form(vec!["这次查看已经结束。需要再看的，回到办件页重新选择用途".into()]));
    }
    let shown = open::party(app, party.id, Some(&party.sm3)).await?;
    Ok(Revealed {
        name: shown.name,
        document: shown.document.name(),
        number: shown.number,
        phone: shown.phone,
    })
}

fn party(case: &Case, whose: Whose) -> Option<&PartyRef> {
    match whose {
        Whose::Applicant => Some(&case.applicant),
        Whose::Agent => case.agent.as_ref().map(|agent| &agent.agent),
    }
}
