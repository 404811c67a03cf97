//! A browser reduced to what is measured: a connection that stays, forms sent, pages read.

use anyhow::{Result, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A connection that stays, with the cookie of a session.
pub struct Browser {
    sender: SendRequest<Body>,
    host: String,
    cookie: String,
}

/// What came back.
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// The cookie that was set; empty where none was.
    pub cookie: String,
    /// The page as sent.
    pub body: Bytes,
}

impl Browser {
    /// Connects, as whoever the cookie says.
    pub async fn to(at: SocketAddr, cookie: String) -> Result<Browser> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Browser { sender, host: at.to_string(), cookie })
    }

    /// Asks, and reads to the end.
    pub async fn ask(&mut self, method: Method, path: &str, body: String) -> Result<Answer> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.sender.ready().await?;
        let answer = self.sender.send_request(request.body(Body::from(body))?).await?;
        let (head, body) = answer.into_parts();
        let set = head.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = set.and_then(|set| set.split(';').next()).unwrap_or_default().to_owned();
        Ok(Answer { status: head.status, cookie, body: to_bytes(Body::new(body), usize::MAX).await? })
    }

    /// The page at this address.
    pub async fn page(&mut self, path: &str) -> Result<String> {
        let answer = self.ask(Method::GET, path, String::new()).await?;
        ensure!(answer.status == StatusCode::OK, "{path}: {}", answer.status);
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }
}

/// Picks a demo account; the cookie.
pub async fn sign_in(at: SocketAddr, account: &str) -> Result<String> {
    let mut browser = Browser::to(at, String::new()).await?;
    let answer = browser.ask(Method::POST, "/sign-in/demo", format!("account={account}")).await?;
    ensure!(answer.status == StatusCode::SEE_OTHER, "no sign-in: {}", answer.status);
    Ok(answer.cookie)
}
