//! 收件审查: the table of a draft, what was ticked in it, and the outcome it carries.

use super::ask::{self, keep_words};
use super::draft::{done, shown, stale};
use super::table::{Offer, Table, advice, ticked};
use super::{Kept, Step, keep, number};
use crate::Server;
use crate::error::PageError;
use crate::form::Sent;
use crate::guard::Guest;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use yichuang_app::versions::Version;
use yichuang_app::workbench::{self, Draft, DraftFile, Given, Sheet, Wish};
use yichuang_app::{AppError, Fault, uploads};
use yichuang_domain::case::RefusalGround;
use yichuang_domain::case::checking::Outcome;
use yichuang_domain::item::ItemVersion;

/// Free words beside the table, by the name of their field.
pub const WORDS: [&str; 6] = ["note", "commitment", "credit_source", "credit", "ground", "redirect"];
/// The reasons of a refusal proposed.
const REASON: &str = "reason";

/// What stands below the table.
pub struct CheckView {
    pub table: Table,
    pub class: &'static str,
    pub advice: String,
    pub outcome: Carried,
    pub words: Words,
}

/// 处理意见, as a template asks for it.
pub struct Carried {
    pub name: &'static str,
    pub undecided: bool,
    pub accept: bool,
    pub defer: bool,
    pub correct: bool,
}

impl From<Outcome> for Carried {
    fn from(outcome: Outcome) -> Carried {
        Carried {
            name: outcome.name(),
            undecided: outcome == Outcome::Undecided,
            accept: outcome == Outcome::Accept,
            defer: outcome == Outcome::Defer,
            correct: outcome == Outcome::Correct,
        }
    }
}

/// 填写的文字.
#[derive(Default)]
pub struct Words {
    pub note: String,
    pub commitment: String,
    pub credit_source: String,
    pub credit: String,
    pub ground: String,
    pub redirect: String,
    pub reason: String,
}

impl CheckView {
    /// The table of a draft.
    pub fn of(draft: &Draft, version: &Version, given: &[Given]) -> CheckView {
        let (item, sheet) = (&version.item, &draft.sheet);
        let materials: Vec<_> = item.required_materials(&sheet.situations).collect();
        let whole = item.review_points(&sheet.situations).filter(|point| point.material.is_none());
        let points: Vec<String> = whole.map(|point| point.id.clone()).collect();
        let judged = sheet.checks.judge(item, &sheet.situations);
        let (class, advice) = advice(&judged, item);
        let table = Table::of(item, (&materials, &points), &sheet.situations, &sheet.checks, Offer::All);
        let table = table.with_files(&sheet.files, &format!("/intake/{}/files", draft.id));
        let table = table.with_given(given);
        CheckView { table, class, advice, outcome: judged.outcome.into(), words: Words::of(sheet) }
    }
}

impl Words {
    fn of(sheet: &Sheet) -> Words {
        Words::read(|name| sheet.words.get(name).cloned().unwrap_or_default())
    }

    /// As sent with a form.
    pub fn sent(sent: &Sent) -> Words {
        Words::read(|name| sent.get(name).trim().to_owned())
    }

    fn read(of: impl Fn(&str) -> String) -> Words {
        Words {
            note: of("note"),
            commitment: of("commitment"),
            credit_source: of("credit_source"),
            credit: of("credit"),
            ground: of("ground"),
            redirect: of("redirect"),
            reason: of(REASON),
        }
    }

    /// What the button asks for; `None`: only to keep it.
    pub fn wish(&self, button: &str) -> Result<Option<Wish>, AppError> {
        Ok(Some(match button {
            "receive" => Wish::Receive,
            "accept" => Wish::Accept,
            "correct" => Wish::Correct,
            "defer" => {
                let excluded = match self.credit.as_str() {
                    "clear" => false,
                    "excluded" => true,
                    _ => return Err(form("选择信用查询结果：无未修复的失信记录，或者有")),
                };
                let (commitment, credit_source) = (self.commitment.clone(), self.credit_source.clone());
                if commitment.is_empty() || credit_source.is_empty() {
                    return Err(form("容缺受理须填写申请人的承诺内容和信用查询来源"));
                }
                Wish::Defer { commitment, credit_source, excluded }
            }
            "refuse" => {
                let ground = match self.ground.as_str() {
                    "not_required" => RefusalGround::NotRequired,
                    "not_this_agency" if self.redirect.is_empty() => {
                        return Err(form("不属于本机关职权的，填写申请人应向哪个机关申请"));
                    }
                    "not_this_agency" => RefusalGround::NotThisAgency { redirect: self.redirect.clone() },
                    _ => return Err(form("选择不予受理的情形")),
                };
                if self.reason.is_empty() {
                    return Err(form("填写建议不予受理的事实和依据"));
                }
                Wish::Refuse { ground, reason: self.reason.clone() }
            }
            _ => return Ok(None),
        }))
    }
}

fn form(words: &str) -> AppError {
    AppError::Form(vec![words.to_owned()])
}

/// `POST /intake/{draft}/check`
pub async fn check(
    State(server): State<Server>,
    guest: Guest,
    Path(draft): Path<String>,
    mut sent: Sent,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let mut draft = workbench::get(&server.app, &ctx, number(&draft)?).await?;
    if let Some(done) = done(&server, &draft).await? {
        return Ok(done);
    }
    let Some(item) = draft.sheet.item else { return Err(PageError::Unreadable) };
    let version = server.app.version(item).await?;
    let button = sent.get("do").to_owned();
    let button = button.as_str();
    if let Some(dropped) = button.strip_prefix("drop-") {
        draft.sheet.files.retain(|file| file.id.to_string() != dropped);
    }
    let mut wrong = ticks(&server, &guest, &mut draft, &version.item, &mut sent).await?;
    if let Some(again) = button.strip_prefix("again-") {
        let (app, files, id) = (&server.app, &server.press.files, number(again)?);
        match workbench::use_again(app, files, &ctx, &mut draft, &version.item, id).await {
            Err(AppError::Form(words)) => wrong.extend(words),
            done => done?,
        }
    }
    if button == "all" {
        draft.sheet.find_all_good(&version.item);
    }
    let draft = match keep(&server, &guest, draft, sent.get("version")).await? {
        Kept::Saved(draft) => *draft,
        Kept::Stale(draft, error) => return stale(&server, &guest, *draft, Step::Check, error).await,
    };
    if !wrong.is_empty() {
        return refused(&server, &guest, draft, AppError::Form(wrong)).await;
    }
    let words = Words::of(&draft.sheet);
    let asked = match words.wish(button) {
        Ok(asked) => asked,
        Err(error) => return refused(&server, &guest, draft, error).await,
    };
    let Some(wish) = asked else {
        return Ok(Redirect::to(&format!("/intake/{}?step=check#table", draft.id)).into_response());
    };
    match workbench::submit(&server.app, &ctx, &draft, wish, &words.note).await {
        Ok(submitted) => {
            let done = match &submitted.stopped {
                None => "done".to_owned(),
                Some(error) => {
                    tracing::warn!(error = %error, "received, and stopped there");
                    "stopped".to_owned()
                }
            };
            Ok(Redirect::to(&format!("/cases/{}/intake?done={done}", submitted.case_no)).into_response())
        }
        Err(error) => refused(&server, &guest, draft, error).await,
    }
}

/// Puts what was ticked, typed and handed in into the draft; gives what is wrong with files that were not kept.
pub async fn ticks(
    server: &Server,
    guest: &Guest,
    draft: &mut Draft,
    item: &ItemVersion,
    sent: &mut Sent,
) -> Result<Vec<String>, PageError> {
    draft.sheet.checks = ticked(sent, item);
    keep_words(&mut draft.sheet, sent, WORDS.into_iter().chain([REASON]).chain(ask::WORDS));
    let (taken, wrong) = take(server, guest, Some(draft.id), item, sent).await?;
    draft.sheet.files.extend(taken);
    Ok(wrong)
}

/// Everything is kept; why it was not done stands above it.
async fn refused(
    server: &Server,
    guest: &Guest,
    draft: Draft,
    error: AppError,
) -> Result<Response, PageError> {
    if !matches!(error.fault(), Fault::Mend | Fault::Stale | Fault::Busy) {
        return Err(error.into());
    }
    let error = PageError::from(error);
    let (status, words) = (error.status(), error.words());
    shown(server, guest, draft, Step::Check, status, Some(words), false).await
}

/// The files sent with a table, kept for this draft; and what is wrong with those that were not.
pub async fn take(
    server: &Server,
    guest: &Guest,
    draft: Option<i64>,
    item: &ItemVersion,
    sent: &mut Sent,
) -> Result<(Vec<DraftFile>, Vec<String>), PageError> {
    let (mut taken, mut wrong) = (Vec::new(), Vec::new());
    for (field, bytes) in std::mem::take(&mut sent.files) {
        let material = field.strip_prefix("file-").and_then(|id| item.material(id));
        let material = material.ok_or(PageError::Unreadable)?;
        let ctx = guest.reading(server)?;
        let scanner = server.scanner.as_ref();
        match uploads::take(&server.app, &server.press.files, scanner, &ctx, draft, bytes.to_vec()).await {
            Ok(kept) => taken.push(workbench::attach(&server.app, &ctx, &material.id, kept)),
            Err(AppError::Form(words)) => wrong.push(format!("{}：{}", material.name, words.join("；"))),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((taken, wrong))
}

/// `GET /intake/{draft}/files/{file}`
pub async fn file(
    State(server): State<Server>,
    guest: Guest,
    Path((draft, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let (draft, file) = (number(&draft)?, number(&file)?);
    let found = workbench::file_of_draft(&server.app, &server.press.files, &ctx, draft, file).await?;
    super::papers::handed_out(found)
}
