//! The one place that turns what went wrong into an answer: status, words, and what to do next.
//!
//! A fault of the platform is logged once, under a number that its page shows; its words never reach a page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::atomic::{AtomicU64, Ordering};
use yichuang_app::catalog::ExportError;
use yichuang_app::{AppError, Fault};

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// What a use case says.
    #[error(transparent)]
    App(#[from] AppError),
    /// No page by this address.
    #[error("没有这个页面。核对网址，或者从首页进入。")]
    NoPage,
    /// The request cannot be read.
    #[error("提交的内容无法识别。返回上一页，刷新后重新填写。")]
    Unreadable,
    /// More than a form holds.
    #[error("提交的内容过大。删减文字后重新提交。")]
    TooLarge,
    /// Not sent by a page of ours.
    #[error("请求不是从本平台的页面提交的，没有办理。请从平台首页进入后重新操作。")]
    Foreign,
    /// Nobody is signed in.
    #[error("尚未登录或者登录已经结束，没有办理。请登录后重新提交。")]
    NotSignedIn,
    /// It took too long.
    #[error("处理超时，尚不能确认是否办理成功。请稍后刷新页面，核对后再提交。")]
    TooSlow,
    /// 文书 cannot be put on paper.
    #[error("文书暂时不能下载：{0}")]
    Paper(String),
    /// A list could not be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A page could not be made.
    #[error(transparent)]
    Template(#[from] askama::Error),
}

impl PageError {
    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            PageError::App(error) => match error.fault() {
                Fault::Mend => StatusCode::UNPROCESSABLE_ENTITY,
                Fault::Stale => StatusCode::CONFLICT,
                Fault::Missing => StatusCode::NOT_FOUND,
                Fault::Forbidden => StatusCode::FORBIDDEN,
                Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
                Fault::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            },
            PageError::NoPage => StatusCode::NOT_FOUND,
            PageError::Unreadable => StatusCode::BAD_REQUEST,
            PageError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::Foreign => StatusCode::FORBIDDEN,
            PageError::NotSignedIn => StatusCode::UNAUTHORIZED,
            PageError::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            PageError::Paper(_) => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Export(_) | PageError::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The words shown; a fault of the platform is logged, and shows its number alone.
    pub fn words(&self) -> String {
        let status = self.status();
        if status != StatusCode::INTERNAL_SERVER_ERROR {
            if status == StatusCode::SERVICE_UNAVAILABLE {
                tracing::warn!(error = %self, "not now");
            }
            return match self {
                // What is wrong with the server is its administrator's to know, not the window's.
                PageError::App(AppError::Commit(_) | AppError::Keys(_))
                    if status == StatusCode::SERVICE_UNAVAILABLE =>
                {
                    BUSY.into()
                }
                other => other.to_string(),
            };
        }
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let reference = format!("{:x}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        tracing::error!(reference, error = %self, "a request failed");
        format!("系统出错，没有办理。请联系系统管理员，并告知编号 {reference}。")
    }
}

const BUSY: &str = "系统暂时不能办理，没有写入任何内容，或者尚不能确认是否写入。请稍候几秒，以同一页面重新提交，系统不会重复办理。";

/// An error with nothing else on its page.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    words: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.status();
        let title = match status {
            StatusCode::NOT_FOUND => "没有找到",
            StatusCode::FORBIDDEN => "没有权限",
            StatusCode::UNAUTHORIZED => "需要登录",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => "请稍候再试",
            StatusCode::INTERNAL_SERVER_ERROR => "系统出错",
            _ => "没有办理",
        };
        let words = self.words();
        let page = ErrorPage { status: status.as_u16(), title, words };
        let body = page.render().unwrap_or_else(|_| page.words.clone());
        let mut response = (status, Html(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
