//! 专业性咨询 from the open receipt: what is typed beside the form is kept with it; the answers come back beside it.

use super::check::ticks;
use super::draft::{chosen, done, shown, stale};
use super::{Kept, Step, keep, number, reached};
use crate::Server;
use crate::error::PageError;
use crate::form::Sent;
use crate::guard::Guest;
use crate::web::answers::EntryView;
use crate::web::page;
use crate::web::questions::{Asked, days};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use yichuang_app::access::act_id;
use yichuang_app::questions::{ProfessionalQuestion, ask as put, asked as of_draft, concerned, search};
use yichuang_app::versions::Version;
use yichuang_app::workbench::{self, Draft, Sheet};
use yichuang_app::{AppError, Ctx, Fault};

/// The question and the department asked, by the name of their field.
pub const WORDS: [&str; 2] = ["question", "question_to"];
/// Entries beside a receipt.
const ENTRIES: usize = 3;

/// What stands beside a receipt.
pub struct AskView {
    pub draft: i64,
    /// The form what is typed belongs to; none: nothing can be asked at this step.
    pub form: Option<&'static str>,
    pub act: String,
    pub days: u32,
    pub agencies: Vec<(String, String)>,
    pub typed: String,
    pub to: String,
    pub item: String,
    pub questions: Vec<Asked>,
    pub waiting: bool,
    pub entries: Vec<EntryView>,
}

impl AskView {
    /// Beside this step of a draft.
    pub async fn of(
        server: &Server,
        ctx: &Ctx,
        draft: &Draft,
        version: &Version,
        step: Step,
    ) -> Result<AskView, AppError> {
        let word = |name: &str| draft.sheet.words.get(name).cloned().unwrap_or_default();
        let organisation = server.app.organisation();
        let named = |key: &str| {
            let agency = organisation.agencies.get(key);
            (key.to_owned(), agency.map_or_else(|| key.to_owned(), |agency| agency.name.clone()))
        };
        let entries = search(&server.app, ctx, Some(&version.item.key), "", ENTRIES).await?;
        let found = of_draft(&server.app, ctx, draft).await?;
        Ok(AskView {
            form: match step {
                Step::Situations => Some("situations"),
                Step::Check => Some("check"),
                Step::Person | Step::Item => None,
            },
            act: act_id()?,
            days: days(ctx),
            agencies: concerned(&version.item).into_iter().map(named).collect(),
            typed: word("question"),
            to: word("question_to"),
            item: version.item.key.clone(),
            entries: entries.into_iter().map(|entry| EntryView::of(server, entry)).collect(),
            ..AskView::answers(server, ctx, draft.id, &found)?
        })
    }

    /// The questions and their answers alone.
    pub fn answers(
        server: &Server,
        ctx: &Ctx,
        draft: i64,
        found: &[ProfessionalQuestion],
    ) -> Result<AskView, AppError> {
        let questions: Vec<Asked> =
            found.iter().map(|question| Asked::of(server, ctx, question)).collect::<Result<_, _>>()?;
        Ok(AskView {
            draft,
            form: None,
            act: String::new(),
            days: 0,
            agencies: Vec::new(),
            typed: String::new(),
            to: String::new(),
            item: String::new(),
            waiting: questions.iter().any(|asked| asked.answer.is_none()),
            questions,
            entries: Vec::new(),
        })
    }
}

/// Keeps the words of these fields with the draft.
pub fn keep_words(sheet: &mut Sheet, sent: &Sent, names: impl IntoIterator<Item = &'static str>) {
    for name in names {
        match sent.get(name).trim() {
            "" => drop(sheet.words.remove(name)),
            words => drop(sheet.words.insert(name.to_owned(), words.to_owned())),
        }
    }
}

/// `POST /intake/{draft}/ask`: keeps the form it stands beside, then asks.
pub async fn ask(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    mut sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, sent.get("ask_act"));
    let mut draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = done(&server, &draft).await? {
        return Ok(done);
    }
    let Some(item) = draft.sheet.item else { return Err(PageError::Unreadable) };
    let version = server.app.version(item).await?;
    let mut wrong = Vec::new();
    let step = match sent.get("at") {
        "check" => {
            wrong = ticks(&server, &guest, &mut draft, &version.item, &mut sent).await?;
            Step::Check
        }
        _ => {
            let answers = chosen(&version.item, &sent);
            draft.sheet.answer(&version.item, answers);
            keep_words(&mut draft.sheet, &sent, WORDS);
            Step::Situations
        }
    };
    let mut draft = match keep(&server, &guest, draft, sent.get("version")).await? {
        Kept::Saved(draft) => *draft,
        Kept::Stale(draft, error) => return stale(&server, &guest, *draft, step, error).await,
    };
    let asked = match wrong.is_empty() {
        true => put(&server.app, &ctx, &draft, sent.get("question_to"), sent.get("question")).await,
        false => Err(AppError::Form(wrong)),
    };
    // The step may have moved on by what was kept.
    let step = step.min(reached(&server, &ctx, &draft).await?);
    match asked {
        Ok(_) => {}
        Err(error) if matches!(error.fault(), Fault::Mend | Fault::Busy) => {
            let error = PageError::from(error);
            return shown(&server, &guest, draft, step, error.status(), Some(error.words()), false).await;
        }
        Err(error) => return Err(error.into()),
    }
    let id = draft.id;
    for name in WORDS {
        draft.sheet.words.remove(name);
    }
    let seen = draft.version.to_string();
    if let Kept::Stale(draft, error) = keep(&server, &guest, draft, &seen).await? {
        return stale(&server, &guest, *draft, step, error).await;
    }
    Ok(Redirect::to(&format!("/intake/{id}?step={}#questions", step.word())).into_response())
}

#[derive(Template)]
#[template(path = "intake_asked.html")]
struct AskedPart {
    ask: AskView,
}

/// `GET /intake/{draft}/questions`: the questions with their answers, for the page to look again.
pub async fn asked(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    let found = of_draft(&server.app, &ctx, &draft).await?;
    page(StatusCode::OK, &AskedPart { ask: AskView::answers(&server, &ctx, draft.id, &found)? })
}
