//! 代岗（A、B 岗）: who stands in for whom in the own department.

use super::frame::Frame;
use super::page;
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::{AppError, Fault, assign};
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::mask;
use yichuang_domain::permission::Post;

#[derive(Template)]
#[template(path = "covers.html")]
struct CoversPage {
    frame: Frame,
    act: String,
    done: Option<&'static str>,
    faults: Vec<String>,
    typed: Typed,
    staff: Vec<(String, String)>,
    rows: Vec<Row>,
}

struct Row {
    id: i64,
    staff: String,
    deputy: String,
    from: String,
    to: String,
    now: bool,
}

/// A deputy, as typed.
#[derive(Clone, Default, Deserialize)]
pub struct Typed {
    act: String,
    #[serde(default)]
    staff: String,
    #[serde(default)]
    deputy: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /covers`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let done = match done.done.as_deref() {
        Some("set") => Some("已登记代岗。"),
        Some("end") => Some("已结束代岗。"),
        _ => None,
    };
    shown(&server, &guest, done, Typed::default(), Vec::new()).await
}

async fn shown(
    server: &Server,
    guest: &Guest,
    done: Option<&'static str>,
    typed: Typed,
    faults: Vec<String>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let organisation = server.app.organisation();
    let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
    let posts = [Post::Examiner, Post::Reviewer, Post::ChiefRepresentative];
    let colleagues = organisation.staff.values();
    let colleagues =
        colleagues.filter(|member| Some(member.agency.as_str()) == own && posts.contains(&member.post));
    let label = |id: StaffId| {
        let member = organisation.staff.get(&id);
        let post = member.map_or("", |member| member.post.name());
        format!("{}（{id}）{post}", member.map(|member| mask::name(&member.name)).unwrap_or_default())
    };
    let staff = colleagues.map(|member| (member.id.to_string(), label(member.id))).collect();
    let rows = assign::covers(&server.app, &ctx)?;
    let rows = rows.into_iter().map(|cover| Row {
        id: cover.id,
        staff: label(cover.staff),
        deputy: label(cover.deputy),
        from: cover.from.to_string(),
        to: cover.to.to_string(),
        now: cover.from <= ctx.at.date(),
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let template = CoversPage {
        frame: Frame::of(server, guest, "代岗登记", "/covers").await?,
        act: act_id()?,
        done,
        faults,
        typed,
        staff,
        rows: rows.collect(),
    };
    page(status, &template)
}

/// `POST /covers`
pub async fn set(
    State(server): State<Server>,
    guest: Guest,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &typed.act);
    let person = |text: &str| text.parse().map(StaffId).ok();
    let (staff, deputy) = (person(&typed.staff), person(&typed.deputy));
    let (from, to) = (typed.from.trim().parse().ok(), typed.to.trim().parse().ok());
    let done = match (staff.zip(deputy), from.zip(to)) {
        (Some(people), Some(days)) => assign::set_cover(&server.app, &ctx, people, days).await,
        _ => Err(AppError::Form(vec!["选择 A 岗、B 岗，起止日期按年-月-日填写，如 2026-09-01".into()])),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/covers?done=set").into_response()),
        Err(AppError::Form(faults)) => shown(&server, &guest, None, typed, faults).await,
        Err(error) if error.fault() == Fault::Mend => {
            shown(&server, &guest, None, typed, vec![error.to_string()]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Which one ends.
#[derive(Deserialize)]
pub struct End {
    act: String,
    #[serde(default)]
    cover: i64,
}

/// `POST /covers/end`
pub async fn end(
    State(server): State<Server>,
    guest: Guest,
    Form(end): Form<End>,
) -> Result<Response, PageError> {
    assign::end_cover(&server.app, &guest.ctx(&server, &end.act), end.cover).await?;
    Ok(Redirect::to("/covers?done=end").into_response())
}
