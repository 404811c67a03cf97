//! 演示: the guided tour, and the way back to the beginning. Outside a demo there are no such pages.

use super::frame::centre;
use super::page;
use crate::error::PageError;
use crate::{Server, assets};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use yichuang_app::access::demo::{self, DemoAccount};
use yichuang_domain::permission::Post;

#[derive(Template)]
#[template(path = "tour.html")]
struct TourPage {
    site: String,
    steps: Vec<Step>,
    reset: bool,
}

/// 导览的一站.
struct Step {
    title: &'static str,
    /// What to do there and what to look at, a line each.
    lines: &'static [&'static str],
    /// Whom to be, in the order of the work.
    accounts: Vec<DemoAccount>,
    /// A page for everybody.
    open: Option<(&'static str, &'static str)>,
}

/// A page for everybody: its address and its words.
type Open = Option<(&'static str, &'static str)>;

const STEPS: [(&str, &[Post], Open, &[&str]); 6] = [
    (
        "来之前：看要带什么",
        &[],
        Some(("/guide?q=%E5%BC%80%E7%81%AB%E9%94%85%E5%BA%97", "搜“开火锅店”")),
        &[
            "用平常的话、拼音首字母都能搜到事项。",
            "答几个问题，得到自己这种情形的材料清单；清单之外窗口不得再要。",
        ],
    ),
    (
        "综合窗口：收件、受理",
        &[Post::Intake],
        None,
        &[
            "登记申请人，搜“开火锅店”，选情形，逐份核对材料和审查要点。",
            "处理意见由勾选得出：受理、一次性补正、容缺受理、不予受理建议，文书当场打印。",
            "全程可以只用键盘，按 F1 看快捷键。",
        ],
    ),
    (
        "部门：并联审批",
        &[Post::Examiner, Post::Reviewer, Post::ChiefRepresentative],
        None,
        &[
            "审查、审核、审批各由不同的人办；收件的人不得参与审批。",
            "待办按承诺到期日排序，两只时钟逐日说明。",
            "打开一件，看时间轴、材料、并联的各部门、责任链。",
        ],
    ),
    (
        "出件窗口：核对、送达",
        &[Post::Issuance],
        None,
        &["双方签收移交的结果，与办件逐项核对，通知申请人，核验身份后发放或者邮寄。"],
    ),
    (
        "办结以后：查进度、好差评",
        &[],
        Some(("/progress", "查进度")),
        &["受理通知书上有办件编号和查询码，也可以扫码。", "评价一次有效；没有评价的不算好评。"],
    ),
    (
        "管理和监督",
        &[Post::OfficeAdministrator, Post::Supervisor, Post::AuditAdministrator],
        None,
        &["政务服务办、督查、审计各看各的：全部办件、超期和留痕。谁看过个人信息，也有记录。"],
    ),
];

/// `GET /tour`
pub async fn tour(State(server): State<Server>) -> Result<Response, PageError> {
    if !server.demo {
        return Err(PageError::NoPage);
    }
    let roles = demo::roles(&server.app).await?;
    let steps = STEPS.map(|(title, posts, open, lines)| {
        let of = |post: &Post| roles.iter().find(|role| role.role == *post).cloned();
        Step { title, lines, accounts: posts.iter().filter_map(of).collect(), open }
    });
    page(
        StatusCode::OK,
        &TourPage { site: centre(&server), steps: steps.into(), reset: server.reset.is_some() },
    )
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    site: String,
    begun: bool,
}

/// `GET /demo/reset`: asks first.
pub async fn ask(State(server): State<Server>) -> Result<Response, PageError> {
    server.reset.as_ref().ok_or(PageError::NoPage)?;
    page(StatusCode::OK, &ResetPage { site: centre(&server), begun: false })
}

/// 重建期间: the one page there is meanwhile, whatever is asked for. Serves until it is dropped.
pub async fn waiting(listener: TcpListener) -> std::io::Result<()> {
    let answer = async || {
        let shown = ResetPage { site: String::new(), begun: true };
        let mut response = page(StatusCode::SERVICE_UNAVAILABLE, &shown).into_response();
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(SECONDS));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    };
    let assets = Router::new().route("/assets/{name}", get(assets::get));
    axum::serve(listener, assets.fallback(answer)).await
}

/// How long a browser waits before it looks again.
const SECONDS: &str = "3";

/// `POST /demo/reset`: whoever serves the demo ends it, makes it anew and serves again.
pub async fn reset(State(server): State<Server>) -> Result<Response, PageError> {
    let reset = server.reset.as_ref().ok_or(PageError::NoPage)?;
    let answer = page(StatusCode::ACCEPTED, &ResetPage { site: centre(&server), begun: true })?;
    reset.notify_one();
    Ok(answer)
}
