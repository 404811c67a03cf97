//! 综合受理工作台: the clerk's pages. Each step of a receipt is a form of its own and is kept when it is sent; nothing
//! here decides what may be done with it.

mod ask;
mod check;
mod draft;
mod follow;
mod home;
mod papers;
mod person;
mod table;

pub use ask::{ask, asked};
pub use check::{check, file as draft_file};
pub use draft::{discard, hand_over, item, show, situations};
pub use follow::{proceed, show as follow_up};
pub use home::{LISTS, begin, home, list, window};
pub use papers::{document, file as case_file, handed_out};
pub use person::person;
pub use table::{Shown, kept_file};

use crate::Server;
use crate::error::PageError;
use crate::guard::Guest;
use yichuang_app::workbench::{self, Draft};
use yichuang_app::{AppError, Ctx, Fault};
use yichuang_domain::identity::mask;

/// 步骤 of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Person,
    Item,
    Situations,
    Check,
}

impl Step {
    const ALL: [(Step, &'static str, &'static str); 4] = [
        (Step::Person, "person", "申请人"),
        (Step::Item, "item", "选事项"),
        (Step::Situations, "situations", "选情形"),
        (Step::Check, "check", "收件审查"),
    ];

    fn word(self) -> &'static str {
        Step::ALL[self as usize].1
    }

    fn of(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|row| row.1 == word).map(|row| row.0)
    }
}

/// A step in the bar above the form.
struct Place {
    words: &'static str,
    href: Option<String>,
    done: bool,
    current: bool,
}

/// The bar of a draft at this step; steps before the first unfinished one can be gone back to.
fn bar(draft: i64, reached: Step, at: Step) -> Vec<Place> {
    let place = |(step, word, words): (Step, &str, &'static str)| Place {
        words,
        href: (step <= reached && step != at).then(|| format!("/intake/{draft}?step={word}")),
        done: step < at || step < reached,
        current: step == at,
    };
    let mut places: Vec<Place> = Step::ALL.into_iter().map(place).collect();
    places.push(Place { words: "受理打印", href: None, done: false, current: false });
    places
}

/// The first step that is not finished.
async fn reached(server: &Server, ctx: &Ctx, draft: &Draft) -> Result<Step, AppError> {
    if !workbench::faults(&draft.sheet, ctx.at.date()).is_empty() {
        return Ok(Step::Person);
    }
    let Some(item) = draft.sheet.item else { return Ok(Step::Item) };
    let version = server.app.version(item).await?;
    Ok(match version.item.check_situations(&draft.sheet.situations) {
        Ok(()) => Step::Check,
        Err(_) => Step::Situations,
    })
}

/// A draft kept, or why not.
enum Kept {
    Saved(Box<Draft>),
    /// Somebody (the clerk himself, in another window) saved it meanwhile: its version now, what was sent, and why.
    Stale(Box<Draft>, PageError),
}

/// Keeps what was sent of a draft whose page had this version.
async fn keep(server: &Server, guest: &Guest, mut draft: Draft, seen: &str) -> Result<Kept, PageError> {
    let ctx = guest.reading(server)?;
    let seen: i64 = seen.parse().map_err(|_| PageError::Unreadable)?;
    let now = std::mem::replace(&mut draft.version, seen);
    match workbench::save(&server.app, &ctx, &draft).await {
        Ok(saved) => Ok(Kept::Saved(Box::new(saved))),
        Err(error) if error.fault() == Fault::Stale => {
            if let Some(same) = workbench::saved_by_now(&server.app, &ctx, &draft).await? {
                return Ok(Kept::Saved(Box::new(same)));
            }
            draft.version = now;
            let words = "这份收件草稿已在另一个窗口或者页面保存过。下面是刚才填写的内容，尚未保存；核对后再次提交，将以此为准。";
            Ok(Kept::Stale(Box::new(draft), AppError::Form(vec![words.into()]).into()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A line beside the form: the applicant and agent as far as they are known, masked.
fn people(draft: &Draft) -> Vec<(&'static str, String)> {
    let sheet = &draft.sheet;
    let mut lines = Vec::new();
    if !sheet.applicant.name.trim().is_empty() {
        let masked = yichuang_app::desk::Masked::from(&sheet.applicant);
        lines.push(("申请人", masked.name));
        lines.push((sheet.applicant.document.name(), masked.number));
        lines.push(("电话", masked.phone));
    }
    if let Some(agent) = &sheet.agent {
        lines.push(("代理人", mask::name(&agent.person.name)));
        lines.push(("代理人电话", mask::phone(&agent.person.phone)));
    }
    lines
}

/// The number of a draft in an address.
fn number(text: &str) -> Result<i64, PageError> {
    text.parse().map_err(|_| AppError::NotFound("这一收件草稿".into()).into())
}
