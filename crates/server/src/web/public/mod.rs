//! 公众端: pages for everybody, phone first: home, guide, progress, rating. No account, no cookie but the size of the
//! letters and, for some minutes, the case that was opened by its code.

pub mod export;
pub mod guide;
pub mod home;
pub mod item;
pub mod progress;
pub mod rating;

use super::frame::centre;
use super::page;
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderValue, Uri, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

/// Name of the cookie of large letters.
const LARGE: &str = "yichuang_large";
/// Seconds it is kept: a year.
const KEPT: u32 = 31_536_000;

/// 公众页面的框架.
pub struct Shell {
    /// Name of the centre.
    pub centre: String,
    /// Demo data.
    pub demo: bool,
    /// 长辈版
    pub care: bool,
    /// The address of this page, for coming back after the letters were changed.
    pub here: String,
}

/// What a request says of how it wants its page: large letters, and where it comes from.
pub struct Visitor {
    large: bool,
    here: String,
    /// Where the request comes from.
    pub address: IpAddr,
}

/// 对端地址 of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl Visitor {
    /// The frame of a page.
    pub fn shell(&self, server: &Server) -> Shell {
        Shell { centre: centre(server), demo: server.demo, care: self.large, here: self.here.clone() }
    }
}

impl FromRequestParts<Server> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Visitor, Infallible> {
        let large = cookie(parts, LARGE) == Some("1");
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Visitor { large, here, address: address(parts, server.tls) })
    }
}

/// The value of a cookie.
pub fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let lines = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Where a request comes from. Behind TLS that ends before us every connection is the proxy's: what it adds last to
/// `X-Forwarded-For` is whom it serves.
fn address(parts: &Parts, proxied: bool) -> IpAddr {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    if !proxied {
        return peer;
    }
    let told =
        parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    told.and_then(|line| line.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

/// Which letters, and where to go on.
#[derive(Deserialize)]
pub struct Letters {
    #[serde(default)]
    on: String,
    #[serde(default)]
    to: String,
}

/// `GET /large-type`: 长辈版 on or off, and back to the page.
pub async fn large_type(
    State(server): State<Server>,
    Query(letters): Query<Letters>,
) -> Result<Response, PageError> {
    // An address of ours: a path, and a path only.
    let to: Uri = letters.to.parse().map_err(|_| PageError::Unreadable)?;
    let path = to.path_and_query().map(|path| path.as_str()).filter(|_| to.authority().is_none());
    let ours = path.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
    let (value, age) = if letters.on == "1" { ("1", KEPT) } else { ("", 0) };
    let tls = if server.tls { "; Secure" } else { "" };
    let cookie = format!("{LARGE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{tls}");
    let mut response = Redirect::to(ours.unwrap_or("/")).into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| PageError::Unreadable)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Text in an address.
pub fn encoded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => all.push(char::from(byte)),
            other => all.push_str(&format!("%{other:02X}")),
        }
    }
    all
}
