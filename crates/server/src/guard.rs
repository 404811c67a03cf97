//! The door of every page: who is signed in, and whether the post may come in at all. Handlers find the [`Guest`]
//! among the extensions; what the scope leaves to be seen is theirs to ask.

use crate::Server;
use crate::error::PageError;
use crate::router::Door;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use yichuang_app::access::kept_form::{self, KeptForm};
use yichuang_app::access::session::{First, Session, Viewer, look};
use yichuang_app::access::{act_id, permit};
use yichuang_app::{AppError, Ctx};

/// Name of the cookie.
pub const COOKIE: &str = "yichuang";

/// 来访者: who is signed in.
#[derive(Clone, Debug)]
pub struct Guest(pub Viewer);

impl Guest {
    /// A context for an act of this person under this id.
    pub fn ctx(&self, server: &Server, act: &str) -> Ctx {
        Ctx::new(self.0.actor.clone(), server.clock.now(), act)
    }

    /// A context for reading.
    pub fn reading(&self, server: &Server) -> Result<Ctx, AppError> {
        Ok(self.ctx(server, &act_id()?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Guest, PageError> {
        parts.extensions.get::<Guest>().cloned().ok_or(PageError::NotSignedIn)
    }
}

/// The token the browser holds.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

/// The session of this request.
pub async fn session(server: &Server, headers: &HeaderMap) -> Result<Session, AppError> {
    session_of(server, headers, true).await
}

async fn session_of(server: &Server, headers: &HeaderMap, used: bool) -> Result<Session, AppError> {
    match token(headers) {
        Some(token) => look(&server.app, server.clock.now(), token, used).await,
        None => Ok(Session::None),
    }
}

/// Keeps what came too late for the same person to sign in again, and sends the browser there.
async fn kept(server: &Server, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let media = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let (Some(token), Some(media)) = (token(&head.headers), media) else {
        return PageError::NotSignedIn.into_response();
    };
    let Ok(body) = to_bytes(body, kept_form::LARGEST).await else {
        return PageError::TooLarge.into_response();
    };
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let form = KeptForm { at: server.clock.now(), path, media: media.to_owned(), body: body.into() };
    match kept_form::keep(&server.app, token, &form).await {
        Ok(true) => Redirect::to("/sign-in").into_response(),
        Ok(false) => PageError::NotSignedIn.into_response(),
        Err(error) => PageError::from(error).into_response(),
    }
}

/// Lets in whom the door is for.
pub async fn watch(
    State((server, door)): State<(Server, Door)>,
    mut request: Request,
    next: Next,
) -> Response {
    if door == Door::Open {
        return next.run(request).await;
    }
    let own = matches!(request.uri().path(), "/second-factor" | "/password" | "/sign-out");
    // A page that looks again by itself keeps no session alive, and stays as it is when the session has ended.
    let polls = request.uri().query() == Some("poll");
    let viewer = match session_of(&server, request.headers(), !polls).await {
        Ok(Session::Open(viewer)) => *viewer,
        Ok(_) if polls => return StatusCode::NO_CONTENT.into_response(),
        // A page is asked for again after the sign-in; what was sent is not done.
        Ok(_) if request.method() == Method::GET => return Redirect::to("/sign-in").into_response(),
        Ok(Session::Ended(_)) if !own => return kept(&server, request).await,
        Ok(_) => return PageError::NotSignedIn.into_response(),
        Err(error) => return PageError::from(error).into_response(),
    };
    match viewer.first.filter(|_| !own) {
        Some(First::Factor) => return Redirect::to("/second-factor").into_response(),
        Some(First::Password) => return Redirect::to("/password").into_response(),
        None => {}
    }
    if let Door::For(action) = door
        && let Err(error) = permit(&viewer.actor, action)
    {
        return PageError::from(error).into_response();
    }
    request.extensions_mut().insert(Guest(viewer));
    next.run(request).await
}
