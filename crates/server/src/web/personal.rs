//! 个人信息: a person's cases found by number or telephone, and the whole number shown for a purpose. What is typed and
//! shown goes through forms: neither stands in an address.

use super::frame::Frame;
use super::page;
use crate::Server;
use crate::error::PageError;
use crate::form::{Form, Query};
use crate::guard::Guest;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::access::{act_id, permit};
use yichuang_app::desk::CasePage;
use yichuang_app::privacy::{self, Purpose, Revealed, Whose};
use yichuang_app::{AppError, Fault};
use yichuang_domain::case::Stage;
use yichuang_domain::identity::mask;
use yichuang_domain::permission::{Action, Actor};

/// 查看表单 on a case page, for posts that may.
pub struct RevealForm {
    /// Id of the act.
    pub act: String,
    /// Whose data: word and title.
    pub whose: Vec<(&'static str, &'static str)>,
    /// What for: word and title.
    pub purposes: Vec<(&'static str, &'static str)>,
}

/// The form, if this actor may ask for a whole number.
pub fn reveal_form(found: &CasePage, actor: &Actor) -> Result<Option<RevealForm>, AppError> {
    if permit(actor, Action::Reveal).is_err() {
        return Ok(None);
    }
    let there = |whose: &&Whose| **whose == Whose::Applicant || found.agent.is_some();
    let whose = Whose::ALL.iter().filter(there).map(|whose| (whose.word(), whose.title())).collect();
    let purposes = Purpose::ALL.iter().map(|purpose| (purpose.word(), purpose.title())).collect();
    Ok(Some(RevealForm { act: act_id()?, whose, purposes }))
}

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    act: String,
    #[serde(default)]
    whose: String,
    #[serde(default)]
    purpose: String,
}

#[derive(Template)]
#[template(path = "reveal.html")]
struct RevealPage {
    frame: Frame,
    case_no: String,
    shown: Option<(&'static str, &'static str, String, Revealed)>,
    fault: String,
}

/// `POST /cases/{case_no}/reveal`: on record first, then shown, once.
pub async fn reveal(
    State(server): State<Server>,
    guest: Guest,
    Path(case_no): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.ctx(&server, &asked.act);
    let told = async {
        let whose = Whose::of(&asked.whose).ok_or_else(|| form("选择查看申请人还是代理人的信息"))?;
        let purpose = Purpose::of(&asked.purpose).ok_or_else(|| form("选择查看用途"))?;
        let shown = privacy::reveal(&server.app, &ctx, &case_no, whose, purpose).await?;
        Ok((whose.title(), purpose.title(), ctx.at.to_string(), shown))
    };
    let (status, shown, fault) = match told.await {
        Ok(shown) => (StatusCode::OK, Some(shown), String::new()),
        Err(error) => {
            let error: AppError = error;
            if error.fault() != Fault::Mend {
                return Err(error.into());
            }
            (StatusCode::UNPROCESSABLE_ENTITY, None, error.to_string())
        }
    };
    let frame = Frame::of(&server, &guest, "查看完整信息", "/cases").await?;
    page(status, &RevealPage { frame, case_no, shown, fault })
}

fn form(words: &str) -> AppError {
    AppError::Form(vec![words.to_owned()])
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Person {
    #[serde(default)]
    person: String,
}

#[derive(Template)]
#[template(path = "found.html")]
struct FoundPage {
    frame: Frame,
    told: String,
    rows: Vec<Row>,
}

struct Row {
    case_no: String,
    item: String,
    applicant: String,
    by: &'static str,
    on: String,
    stage: &'static str,
}

/// `POST /cases/find`: the cases of a person within scope.
pub async fn find(
    State(server): State<Server>,
    guest: Guest,
    Form(typed): Form<Person>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let (status, found, told) = match privacy::find(&server.app, &ctx, &typed.person).await {
        Ok(found) if found.is_empty() => {
            let told = "没有查到。核对号码后重新填写；只能查到本岗位范围内的办件。".to_owned();
            (StatusCode::NOT_FOUND, found, told)
        }
        Ok(found) => (StatusCode::OK, found, String::new()),
        Err(error) if error.fault() == Fault::Mend => {
            (StatusCode::UNPROCESSABLE_ENTITY, vec![], error.to_string())
        }
        Err(error) => return Err(error.into()),
    };
    let mut rows = Vec::new();
    for one in found {
        let version = server.app.version(one.case.item).await?;
        rows.push(Row {
            item: version.item.name.clone(),
            applicant: one.applicant.name,
            by: if one.by_agent { "代理人" } else { "申请人" },
            on: one.case.received_on().to_string(),
            stage: stage(&one.case.stage),
            case_no: one.case.case_no,
        });
    }
    let frame = Frame::of(&server, &guest, "按人查办件", "/cases").await?;
    page(status, &FoundPage { frame, told, rows })
}

/// Where a case stands.
fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Received => "已收件",
        Stage::RefusalProposed { .. } => "拟不予受理",
        Stage::CorrectionRequested { .. } => "待补正",
        Stage::InApproval { .. } => "审批中",
        Stage::Decided(_) | Stage::HandedOver(_) => "待出件",
        Stage::Checked(_) => "待领取",
        Stage::Delivered { .. } => "已送达",
        Stage::Ended { .. } => "已结束",
    }
}

/// Of which case.
#[derive(Deserialize)]
pub struct OfCase {
    #[serde(default)]
    no: String,
}

#[derive(Template)]
#[template(path = "reads.html")]
struct ReadsPage {
    frame: Frame,
    no: String,
    told: String,
    rows: Vec<(String, String, &'static str)>,
}

/// Rows shown.
const ROWS: i64 = 200;

/// `GET /audit/reads`: who has read a case.
pub async fn reads(
    State(server): State<Server>,
    guest: Guest,
    Query(of): Query<OfCase>,
) -> Result<Response, PageError> {
    let no = of.no.trim().to_uppercase();
    let (mut rows, mut told, mut status) = (Vec::new(), String::new(), StatusCode::OK);
    if !no.is_empty() {
        match privacy::reads_of_case(&server.app, &guest.reading(&server)?, &no, ROWS).await {
            Ok(found) => {
                let organisation = server.app.organisation();
                rows.extend(found.into_iter().map(|read| {
                    let name = organisation.staff.get(&read.by).map(|member| mask::name(&member.name));
                    let who = format!("{}（{}）", name.unwrap_or_default(), read.by);
                    (read.at.to_string(), who, title(&read.kind))
                }));
                if rows.is_empty() {
                    told = "这一办件还没有查阅记录。".into();
                }
            }
            Err(error) if error.fault() == Fault::Missing => {
                (told, status) = (error.to_string(), StatusCode::NOT_FOUND);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let frame = Frame::of(&server, &guest, "查阅记录", "/audit").await?;
    page(status, &ReadsPage { frame, no, told, rows })
}

/// What a read is called.
fn title(kind: &str) -> &'static str {
    match kind {
        "case_page" => "打开办件页",
        "find" => "按号码查到",
        "cases_of" => "查历史材料",
        "used_again" => "沿用历史材料",
        "file" => "打开材料文件",
        _ => "查阅",
    }
}
