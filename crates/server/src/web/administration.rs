//! 管理: the pages of the system, the security and the audit administrator. None sees a case.

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
use yichuang_app::SystemClock;
use yichuang_app::access::accounts::{self, Listed};
use yichuang_app::access::{act_id, trail};
use yichuang_app::readiness::Unready;
use yichuang_app::uploads::{Scanner, ScannerState};
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::mask;
use yichuang_domain::time::{Date, Instant};

/// Rows of a page.
const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage {
    frame: Frame,
    version: &'static str,
    unready: Vec<Unready>,
    scanner: ScannerView,
}

/// 病毒扫描, as its line shows it.
struct ScannerView {
    tone: &'static str,
    state: &'static str,
    words: String,
    down: bool,
}

impl ScannerView {
    async fn of(server: &Server) -> ScannerView {
        let state = ScannerState::of(server.scanner.as_ref(), server.clock.now()).await;
        let heard = server.scanner.as_ref().map(Scanner::heard).unwrap_or_default();
        let since = heard.since.map(|at| format!("自 {at} 起")).unwrap_or_default();
        let answered = heard.answered_at.map(|at| format!("，最近一次应答 {at}")).unwrap_or_default();
        let (tone, words) = match state {
            ScannerState::NotConfigured => {
                ("a", "上传的文件不经扫描即保存，用 --clamd 指明扫描程序".to_owned())
            }
            ScannerState::Ready => ("g", format!("{since}{answered}")),
            ScannerState::Unavailable if answered.is_empty() => ("r", format!("{since}，启动以来没有应答")),
            ScannerState::Unavailable => ("r", format!("{since}{answered}")),
        };
        ScannerView { tone, state: state.name(), words, down: state == ScannerState::Unavailable }
    }
}

/// `GET /system`
pub async fn system(State(server): State<Server>, guest: Guest) -> Result<Response, PageError> {
    let unready = server.app.readiness(&SystemClock).await.unready;
    let frame = Frame::of(&server, &guest, "系统管理", "/system").await?;
    let version = concat!("一窗综办平台 v", env!("CARGO_PKG_VERSION"));
    page(StatusCode::OK, &SystemPage { frame, version, unready, scanner: ScannerView::of(&server).await })
}

/// Which part of the list.
#[derive(Deserialize)]
pub struct Part {
    #[serde(default)]
    after: String,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    done: Option<&'static str>,
}

struct Row {
    act: String,
    account: String,
    name: String,
    post: &'static str,
    agency: String,
    factor: bool,
    demo: bool,
    locked: bool,
    signed_in: bool,
    state: String,
}

/// `GET /accounts`
pub async fn accounts(
    State(server): State<Server>,
    guest: Guest,
    Query(part): Query<Part>,
) -> Result<Response, PageError> {
    let listed = accounts::list(&server.app, &guest.reading(&server)?, &part.after, ROWS).await?;
    let full = listed.len() as i64 == ROWS;
    let next = listed.last().filter(|_| full).map(|last| format!("/accounts?after={}", last.account));
    let rows = listed.into_iter().map(row).collect::<Result<_, _>>()?;
    let frame = Frame::of(&server, &guest, "安全管理", "/accounts").await?;
    let done = match part.done.as_deref() {
        Some("unlock") => Some("已解除锁定。"),
        Some("revoke") => Some("已结束该账号的登录。"),
        _ => None,
    };
    page(StatusCode::OK, &AccountsPage { frame, rows, next, done })
}

fn row(listed: Listed) -> Result<Row, PageError> {
    let state = match (listed.closed, listed.locked_until, listed.signed_in_at) {
        (true, ..) => "停用".to_owned(),
        (_, Some(until), _) => format!("锁定至 {until}"),
        (_, _, Some(since)) => format!("{since} 登录"),
        _ => "未登录".to_owned(),
    };
    Ok(Row {
        act: act_id()?,
        account: listed.account,
        name: mask::name(&listed.name),
        post: listed.post,
        agency: listed.agency,
        factor: listed.factor,
        demo: listed.demo,
        locked: listed.locked_until.is_some(),
        signed_in: listed.signed_in_at.is_some(),
        state,
    })
}

/// The account an act is about.
#[derive(Deserialize)]
pub struct About {
    act: String,
    account: String,
}

/// `POST /accounts/unlock`
pub async fn unlock(
    State(server): State<Server>,
    guest: Guest,
    Form(about): Form<About>,
) -> Result<Response, PageError> {
    accounts::unlock(&server.app, &guest.ctx(&server, &about.act), &about.account).await?;
    Ok(Redirect::to("/accounts?done=unlock").into_response())
}

/// `POST /accounts/revoke`
pub async fn revoke(
    State(server): State<Server>,
    guest: Guest,
    Form(about): Form<About>,
) -> Result<Response, PageError> {
    accounts::revoke(&server.app, &guest.ctx(&server, &about.act), &about.account).await?;
    Ok(Redirect::to("/accounts?done=revoke").into_response())
}

/// From which day, after which row.
#[derive(Deserialize)]
pub struct Since {
    on: Option<String>,
    at: Option<i64>,
    #[serde(default)]
    id: i64,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    on: String,
    rows: Vec<(String, String, String, String)>,
    next: Option<String>,
}

/// `GET /audit`
pub async fn audit(
    State(server): State<Server>,
    guest: Guest,
    Query(since): Query<Since>,
) -> Result<Response, PageError> {
    let today = server.clock.now().date();
    let on = match since.on.as_deref().filter(|on| !on.is_empty()) {
        Some(on) => on.parse::<Date>().map_err(|_| PageError::Unreadable)?,
        None => today,
    };
    let after = (since.at.unwrap_or(Instant::at(on, 0, 0).0), since.id);
    let found = trail(&server.app, &guest.reading(&server)?, after, ROWS).await?;
    let full = found.len() as i64 == ROWS;
    let next =
        found.last().filter(|_| full).map(|last| format!("/audit?on={on}&at={}&id={}", last.at, last.id));
    let organisation = server.app.organisation();
    let who = |id: i64| match organisation.staff.get(&StaffId(id)) {
        Some(member) => format!("{}（{id}）", mask::name(&member.name)),
        None if id == 0 => "系统".to_owned(),
        None => id.to_string(),
    };
    let rows = found
        .into_iter()
        .map(|row| (Instant(row.at).to_string(), who(row.actor), title(&row.kind).to_owned(), row.subject));
    let rows = rows.collect();
    let frame = Frame::of(&server, &guest, "审计管理", "/audit").await?;
    page(StatusCode::OK, &AuditPage { frame, on: on.to_string(), rows, next })
}

/// What an audit row is called.
pub(super) fn title(kind: &str) -> &str {
    match kind {
        "signed_in" => "登录",
        "sign_in_failed" => "登录失败",
        "account_locked" => "登录失败，账号锁定",
        "account_unlocked" => "解除锁定",
        "account_opened" => "开立账号",
        "signed_out" => "退出",
        "session_revoked" => "结束登录",
        "password_changed" => "更换密码",
        "factor_set" => "登记动态口令",
        "item_revision_begun" => "起草修订",
        "item_revised" => "修改草稿",
        "item_submitted" => "送审",
        "item_recalled" => "撤回送审",
        "item_returned" => "退回修改",
        "item_published" => "发布事项",
        "calendar_loaded" => "装入工作日历",
        "items_imported" => "导入事项",
        "default_catalogue_loaded" => "装入默认数据",
        "journal_anchored" => "日志锚定",
        "personal_data_shown" => "查看完整个人信息",
        "question_asked" => "提出专业性咨询",
        "question_answered" => "答复专业性咨询",
        "answer_shown" => "公开、撤下事项问答",
        "key_made" => "生成密钥",
        "key_rotated" => "轮换密钥",
        "key_removed" => "停用密钥",
        _ => "其他变更",
    }
}
