//! 窗口咨询: what windows ask the department, by deadline; its answers, and what of them every window may read.

use super::frame::Frame;
use super::{page, short, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::lamp::Lamp;
use yichuang_app::questions::{self, ProfessionalQuestion, Shown};
use yichuang_app::{AppError, Ctx, Fault};
use yichuang_domain::Refusal;
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::mask;
use yichuang_domain::law::parameters::{ParameterName, parameter};

/// Which list, and what was just done.
#[derive(Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    list: String,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "questions.html")]
struct QuestionsPage {
    frame: Frame,
    answered: bool,
    waiting: String,
    days: u32,
    done: Option<&'static str>,
    told: Option<String>,
    /// What was typed about a question that is no longer in the list.
    kept: Option<String>,
    cards: Vec<Card>,
}

/// A question with its form.
struct Card {
    act: String,
    asked: Asked,
    typed: Typed,
    open: bool,
}

/// 咨询, as every page shows it.
pub struct Asked {
    pub id: i64,
    pub item: String,
    pub words: String,
    pub agency: String,
    pub by: String,
    pub at: String,
    pub due: String,
    pub lamp: Option<(&'static str, String)>,
    pub late: bool,
    pub answer: Option<(String, String)>,
    pub shown: bool,
}

impl Asked {
    /// With its lamp today.
    pub fn of(server: &Server, ctx: &Ctx, question: &ProfessionalQuestion) -> Result<Asked, AppError> {
        let (today, organisation) = (ctx.at.date(), server.app.organisation());
        let name = |id: StaffId| match organisation.staff.get(&id) {
            Some(member) => format!("{}（{id}）", mask::name(&member.name)),
            None => id.to_string(),
        };
        let lamp = match &question.answer {
            Some(_) => None,
            None => {
                let lamp = Lamp::of(&server.app.calendar(), today, days(ctx), Some(question.due_on), None);
                Some(lamp.map_err(Refusal::from)?)
            }
        };
        let (site, agency) =
            (organisation.sites.get(&question.site), organisation.agencies.get(&question.agency));
        let site = site.map(|site| site.name.clone()).unwrap_or_default();
        let on = |at: yichuang_domain::time::Instant| at.civil().strftime("%m-%d %H:%M").to_string();
        Ok(Asked {
            id: question.id,
            item: question.item_name.clone(),
            words: question.words.clone(),
            agency: agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            by: format!("{site}　{}", name(question.asked_by)),
            at: on(question.asked_at),
            due: short(question.due_on, today),
            late: matches!(lamp, Some(Lamp::Red(_) | Lamp::Black)),
            lamp: lamp.map(|lamp| (tone(lamp), lamp.words())),
            answer: question
                .answer
                .as_ref()
                .map(|answer| (answer.words.clone(), format!("{}　{}", name(answer.by), on(answer.at)))),
            shown: question.shown.is_some(),
        })
    }
}

/// 答复期限 in working days.
pub fn days(ctx: &Ctx) -> u32 {
    parameter(ParameterName::QuestionDays, ctx.at.date()).unwrap_or_default()
}

/// What an answerer types.
#[derive(Clone, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    act: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    entry_question: String,
    #[serde(default)]
    entry_answer: String,
}

impl Typed {
    /// What a fresh form begins with: the question and its answer, to be confirmed.
    fn fresh(question: &ProfessionalQuestion) -> Typed {
        let own = question.shown.clone();
        let answer = question.answer.as_ref().map(|answer| answer.words.clone()).unwrap_or_default();
        let entry = own.clone().unwrap_or(Shown { question: question.words.clone(), answer });
        let shown = question.answer.is_none() || own.is_some();
        let shown = if shown { "yes" } else { "" }.to_owned();
        let entry_answer = if question.answer.is_some() { entry.answer } else { String::new() };
        Typed { entry_question: entry.question, entry_answer, shown, ..Typed::default() }
    }

    fn entry(&self) -> Option<Shown> {
        let (question, answer) = (self.entry_question.clone(), self.entry_answer.clone());
        (self.shown == "yes").then_some(Shown { question, answer })
    }
}

/// `GET /questions`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(listed): Query<Listed>,
) -> Result<Response, PageError> {
    let answered = match listed.list.as_str() {
        "" | "open" => false,
        "answered" => true,
        _ => return Err(PageError::NoPage),
    };
    let done = match listed.done.as_deref() {
        Some("answer") => Some("已答复，窗口的收件页面随即显示。"),
        Some("entry") => Some("事项问答已更新。"),
        _ => None,
    };
    shown(&server, &guest, answered, done, StatusCode::OK, None).await
}

async fn shown(
    server: &Server,
    guest: &Guest,
    answered: bool,
    done: Option<&'static str>,
    status: StatusCode,
    tried: Option<(i64, Typed, String)>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let listed = questions::desk(&server.app, &ctx, answered).await?;
    let (mut cards, mut told, mut kept) = (Vec::new(), None, None);
    for question in &listed {
        let own = tried.as_ref().filter(|(id, ..)| *id == question.id);
        let act = act_id()?;
        let typed = own.map_or_else(|| Typed::fresh(question), |(_, typed, _)| typed.clone());
        let open = if tried.is_some() { own.is_some() } else { !answered && cards.is_empty() };
        cards.push(Card { act, asked: Asked::of(server, &ctx, question)?, typed, open });
    }
    if let Some((id, typed, why)) = tried {
        kept = (!cards.iter().any(|card| card.asked.id == id)).then_some(typed.answer);
        told = Some(why);
    }
    let template = QuestionsPage {
        frame: Frame::of(server, guest, "后台审批工作台", "/questions").await?,
        answered,
        waiting: questions::waiting(&server.app, &ctx).await?.to_string(),
        days: days(&ctx),
        done,
        told,
        kept,
        cards,
    };
    page(status, &template)
}

/// `POST /questions/{question}/answer`
pub async fn answer(
    State(server): State<Server>,
    guest: Guest,
    Path(question): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &typed.act);
    let id = number(&question)?;
    let done = questions::answer(&server.app, &ctx, id, &typed.answer, typed.entry()).await;
    told(&server, &guest, (id, typed), done, false).await
}

/// `POST /questions/{question}/entry`
pub async fn publish(
    State(server): State<Server>,
    guest: Guest,
    Path(question): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &typed.act);
    let id = number(&question)?;
    let done = questions::publish(&server.app, &ctx, id, typed.entry()).await;
    told(&server, &guest, (id, typed), done, true).await
}

async fn told(
    server: &Server,
    guest: &Guest,
    (id, typed): (i64, Typed),
    done: Result<(), AppError>,
    answered: bool,
) -> Result<Response, PageError> {
    match done {
        Ok(()) if answered => Ok(Redirect::to("/questions?list=answered&done=entry").into_response()),
        Ok(()) => Ok(Redirect::to("/questions?done=answer").into_response()),
        Err(error) if matches!(error.fault(), Fault::Mend | Fault::Busy) => {
            let error = PageError::from(error);
            let tried = Some((id, typed, error.words()));
            shown(server, guest, answered, None, error.status(), tried).await
        }
        Err(error) => Err(error.into()),
    }
}

fn number(text: &str) -> Result<i64, PageError> {
    text.parse().map_err(|_| AppError::NotFound("这一条咨询".into()).into())
}
