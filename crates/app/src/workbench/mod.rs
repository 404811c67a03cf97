//! 综合受理工作台: what a clerk does at the window, from the first word of a visitor to the document in his hand. A
//! receipt is a draft until it is received; every step of it is kept, sealed, for the clerk alone.
//!
//! The rules are `domain`'s and the commands `intake`'s: here their order is kept, and what was typed.

mod again;
mod drafts;
mod follow;
mod materials;
mod party;
mod sheet;
mod submit;

pub use again::{Given, given_before, use_again};
pub use drafts::{Draft, discard, get, hand_over, mine, open, save, saved_by_now};
pub use follow::{Desk, Due, desk, own_cases, proceed};
pub use materials::{CaseFile, attach, file_of_case, file_of_draft, files_of_case};
pub use party::{PartyFault, faults};
pub use sheet::{Agent, DraftFile, Sheet};
pub use submit::{Submitted, Wish, submit};

use crate::access::permit;
use crate::ctx::Ctx;
use crate::error::AppError;
use yichuang_domain::permission::{Action, StaffActor};
use yichuang_domain::{Refusal, RefusalCode};

/// The clerk, who may take in.
fn clerk(ctx: &Ctx) -> Result<&StaffActor, AppError> {
    permit(&ctx.actor, Action::TakeIn)?;
    ctx.actor.staff().ok_or(Refusal::from(RefusalCode::WrongPost).into())
}
