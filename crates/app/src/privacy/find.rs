//! 按人查办件: the cases of an applicant or agent by the whole number of a document or telephone, or by its last four
//! characters, within the scope of whoever asks. Never by name.

use super::open;
use crate::access::permit;
use crate::app::App;
use crate::case;
use crate::ctx::Ctx;
use crate::desk::Masked;
use crate::error::AppError;
use crate::vault::index::{Sought, TAIL, tail};
use std::collections::BTreeSet;
use yichuang_domain::applicant::{Applicant, PartyRef};
use yichuang_domain::case::Case;
use yichuang_domain::id::{CaseId, PartyId};
use yichuang_domain::identity::normalise;
use yichuang_domain::permission::{Action, Scope};
use yichuang_storage::party_index::{self, IndexedParty, Reach};

/// Cases shown at most.
const MOST: usize = 50;
/// Characters looked for, at most.
const LONGEST: usize = 32;

/// 查到的办件.
#[derive(Clone, Debug)]
pub struct Found {
    /// The case.
    pub case: Case,
    /// 申请人, masked.
    pub applicant: Masked,
    /// It was the agent who was looked for.
    pub by_agent: bool,
}

/// 按证件号码、电话或者其后四位查办件: the newest first, at most fifty.
///
/// # Errors
/// [`AppError::Form`]: too little or too much was typed.
pub async fn find(app: &App, ctx: &Ctx, typed: &str) -> Result<Vec<Found>, AppError> {
    let words = normalise(typed);
    let count = words.chars().count();
    if !(TAIL..=LONGEST).contains(&count) {
        return Err(AppError::Form(vec!["填写完整的证件号码或者电话，或者其后四位".into()]));
    }
    let kinds = match count == TAIL {
        true => [Sought::NumberTail, Sought::PhoneTail],
        false => [Sought::Number, Sought::Phone],
    };
    let found = look(app, ctx, &words, &kinds).await?;
    for found in &found {
        app.note_read(ctx, found.case.id, "find");
    }
    Ok(found)
}

/// 该申请人的办件: those this number applied for itself, the newest first; for materials that are there already. Whoever
/// shows something of one notes it.
pub async fn cases_of(app: &App, ctx: &Ctx, number: &str) -> Result<Vec<Case>, AppError> {
    let found = look(app, ctx, &normalise(number), &[Sought::Number]).await?;
    Ok(found.into_iter().filter(|found| !found.by_agent).map(|found| found.case).collect())
}

async fn look(app: &App, ctx: &Ctx, words: &str, kinds: &[Sought]) -> Result<Vec<Found>, AppError> {
    let scope = permit(&ctx.actor, Action::ReadCase)?;
    let Some(ring) = app.vault().ring()? else { return Ok(vec![]) };
    let staff = ctx.actor.staff();
    let reach = match scope {
        Scope::All => Reach::Everywhere,
        Scope::Site => Reach::Site(staff.and_then(|staff| staff.site.as_deref()).unwrap_or_default()),
        Scope::Agency => Reach::Agency(staff.and_then(|staff| staff.agency.as_deref()).unwrap_or_default()),
    };
    let mut hits = BTreeSet::new();
    for token in kinds.iter().flat_map(|kind| ring.sought(*kind, words)) {
        let rows = app.store().all(party_index::find(&token, reach, i64::MAX, MOST as i64)).await?;
        hits.extend(rows.into_iter().map(|IndexedParty { party_id, case_id }| (case_id, party_id)));
    }
    let (mut found, mut seen) = (Vec::<Found>::new(), BTreeSet::new());
    for (case_id, party_id) in hits.into_iter().rev() {
        if found.len() == MOST || seen.contains(&case_id) {
            continue;
        }
        let case = case::get(app, CaseId(case_id)).await?;
        let within = staff.is_some_and(|staff| scope.holds(staff, &case));
        let Some((party, by_agent)) = of_case(&case, PartyId(party_id)).filter(|_| within) else { continue };
        if is_meant(&open::party(app, party.id, Some(&party.sm3)).await?, words, kinds) {
            seen.insert(case_id);
            let applicant = open::party(app, case.applicant.id, Some(&case.applicant.sm3)).await?;
            found.push(Found { applicant: Masked::from(&applicant), case, by_agent });
        }
    }
    Ok(found)
}

/// The party as the case knows it now, and whether it is the agent. Who is neither any more is not found.
fn of_case(case: &Case, id: PartyId) -> Option<(PartyRef, bool)> {
    let agent = case.agent.as_ref().map(|agent| &agent.agent).filter(|agent| agent.id == id);
    match case.applicant.id == id {
        true => Some((case.applicant.clone(), false)),
        false => agent.map(|agent| (agent.clone(), true)),
    }
}

/// Tokens are short: what was found is held against what was typed.
fn is_meant(party: &Applicant, words: &str, kinds: &[Sought]) -> bool {
    let (number, phone) = (normalise(&party.number), normalise(&party.phone));
    kinds.iter().any(|kind| match kind {
        Sought::Number => number == words,
        Sought::NumberTail => tail(&number) == words,
        Sought::Phone => phone == words,
        Sought::PhoneTail => tail(&phone) == words,
    })
}
