//! 办件, as every role sees it: what an act answers, the case by its number, its timeline.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use serde::{Deserialize, Serialize};
use yichuang_domain::case::{Case, Entry};
use yichuang_domain::id::CaseId;
use yichuang_domain::notice::NoticeKind;
use yichuang_storage::cases::CaseRow;
use yichuang_storage::{StoreError, cases, journal};

/// 办理结果: what an act on a case answers; the same when the act is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAnswer {
    /// The case.
    pub case: CaseId,
    /// 办件编号 for people.
    pub case_no: String,
    /// Version after the act: what the next command must have seen.
    pub version: u32,
    /// Stage after the act.
    pub stage: String,
    /// The case has ended with it.
    pub ended: bool,
    /// Events the act brought about.
    pub events: Vec<String>,
    /// Documents numbered with it.
    pub notices: Vec<NumberedNotice>,
    /// The act was on record already.
    #[serde(default, skip_serializing)]
    pub repeated: bool,
}

/// 已编号的文书.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberedNotice {
    /// Kind.
    pub kind: NoticeKind,
    /// Key of the agency in whose name it is issued.
    pub agency: String,
    /// Number as printed.
    pub number: String,
}

/// The case an act is about, and the version of it the caller saw. `None`: whatever it is now (jobs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The case.
    pub case: CaseId,
    /// The version on the caller's page.
    pub version: Option<u32>,
}

impl From<&CaseAnswer> for Seen {
    fn from(answer: &CaseAnswer) -> Seen {
        Seen { case: answer.case, version: Some(answer.version) }
    }
}

/// The case as it stands.
pub async fn get(app: &App, case: CaseId) -> Result<Case, AppError> {
    let row = app.store().one(cases::by_id(case.0)).await?;
    Ok(read(&row.ok_or_else(|| AppError::NotFound("办件".into()))?.state)?)
}

/// The case with this number.
pub async fn by_number(app: &App, case_no: &str) -> Result<Case, AppError> {
    let row = app.store().one(cases::by_case_no(case_no)).await?;
    Ok(read(&row.ok_or_else(|| AppError::NotFound(format!("办件 {case_no}")))?.state)?)
}

/// 全程留痕: every entry of the case, oldest first (WATCH-1).
pub async fn timeline(app: &App, case: CaseId) -> Result<Vec<Entry>, AppError> {
    let rows = app.store().all(journal::of_case(case.0)).await?;
    rows.iter().map(|row| Ok(read(&row.body)?)).collect()
}

/// The stored row of a case: its state and the columns that lists are made from.
pub(crate) fn row(case: &Case, head: &str, updated_at: i64) -> Result<CaseRow, StoreError> {
    Ok(CaseRow {
        id: case.id.0,
        case_no: case.case_no.clone(),
        exchange_no: case.exchange_no.clone(),
        version: i64::from(case.version),
        stage: case.stage.name().to_owned(),
        site: case.site.clone(),
        item_version: case.item.0,
        agency: case.agency.clone(),
        state: serde_json::to_string(case).map_err(|error| StoreError::Damaged(error.to_string()))?,
        head_hash: head.to_owned(),
        received_at: case.received_at.0,
        received_on: case.received_on().to_string(),
        updated_at,
    })
}
