//! 文书制作: the bytes of a numbered notice, made once from its frozen data and nothing else.
//!
//! What makes the bytes is behind [`Render`]: neither this crate nor its tests know a typesetter. Nothing here
//! decides anything: a notice holds from the change that numbered it; this only puts it on paper.

mod history;
mod words;

use crate::app::App;
use crate::error::AppError;
use crate::marks;
use crate::portal;
use serde_json::Value;
use std::sync::Arc;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::DocumentId;
use yichuang_domain::notice::NoticeKind;
use yichuang_domain::permission::Actor;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::documents::{self as rows, DocumentRow};
use yichuang_storage::files::{self, FileRow, Files, FilesError};
use yichuang_storage::{Act, Change, Effects, Plan, Rows, StoreError, acts};

/// Documents the job looks at in one go.
const PAGE: i64 = 100;
const MEDIA: &str = "application/pdf";

/// 制版条件: what this installation makes its notices with.
#[derive(Clone)]
pub struct Press {
    /// Makes the bytes.
    pub render: Arc<dyn Render>,
    /// Keeps them.
    pub files: Files,
    /// Address of the progress page without the number at its end; the QR code leads there.
    pub progress: String,
}

/// 已制文书.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    /// The document.
    pub document: DocumentId,
    /// 文书号
    pub number: String,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// SM3 of the file, as any tool computes it, 64 hexadecimal characters: its name among the files.
    pub sm3: String,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Made({}, {} bytes, {})", self.document, self.bytes.len(), self.sm3)
    }
}

/// 待制: what the job found waiting and could not put on paper, and how many it has made.
#[derive(Debug, Default)]
pub struct Backlog {
    /// Made now.
    pub made: usize,
    /// Still waiting, each with the reason.
    pub waiting: Vec<(DocumentId, Unprintable)>,
}

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// Not found, or the database.
    #[error(transparent)]
    App(#[from] AppError),
    /// It cannot be put on paper.
    #[error(transparent)]
    Unprintable(#[from] Unprintable),
    /// The files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// 已作废 before it was ever made: there is nothing to hand out any more.
    #[error("文书“{0}”已经作废，不再制作。请查看办件中替代它的文书。")]
    Voided(String),
}

impl From<StoreError> for MakeError {
    fn from(error: StoreError) -> MakeError {
        MakeError::App(error.into())
    }
}

/// 制作文书: the PDF of this document, made and kept if it was not yet, and from then on always the same.
pub async fn make(app: &App, press: &Press, document: DocumentId, now: Instant) -> Result<Made, MakeError> {
    let row = app.store().one(rows::by_id(document.0)).await?;
    let row = row.ok_or_else(|| AppError::NotFound(format!("文书 {document}")))?;
    let act = format!("render/{document}");
    let sm3 = match app.store().one(acts::by_id(&act)).await? {
        Some(kept) => kept.answer,
        None if row.state == rows::VOIDED => return Err(MakeError::Voided(row.number)),
        None => {
            let (paper, render) = (paper(app, press, &row).await?, press.render.clone());
            let made = tokio::task::spawn_blocking(move || render.render(&paper)).await;
            let bytes = made.map_err(|fault| Unprintable::Template(fault.to_string()))??;
            keep(app, &press.files, act, &row, &bytes, now).await?
        }
    };
    let bytes = press.files.get(&sm3).await?;
    Ok(Made { document, number: row.number, bytes, sm3 })
}

/// 补制: makes what is numbered and was waited for by nobody, a page at a time. What cannot be put on paper stays
/// and is told; it holds up nothing else.
pub async fn make_waiting(app: &App, press: &Press, now: Instant) -> Result<Backlog, MakeError> {
    let (mut backlog, mut after) = (Backlog::default(), 0);
    loop {
        let page = app.store().all(rows::numbered(after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(backlog) };
        after = *last;
        for id in page {
            match make(app, press, DocumentId(id), now).await {
                Ok(_) => backlog.made += 1,
                Err(MakeError::Unprintable(fault)) => backlog.waiting.push((DocumentId(id), fault)),
                Err(MakeError::Voided(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }
}

/// Bytes before row, row before answer. Whoever comes second, on this node or another, gets the name of the first
/// file: a document is made once.
async fn keep(
    app: &App,
    store: &Files,
    act: String,
    document: &DocumentRow,
    bytes: &[u8],
    now: Instant,
) -> Result<String, MakeError> {
    let sm3 = store.put(app.store(), bytes).await?;
    let file = FileRow { sm3: sm3.clone(), size: bytes.len() as i64, media: MEDIA.into(), at: now.0 };
    let act = Act {
        id: act,
        actor: Actor::System.number(),
        kind: "render_document",
        body_hash: document.data_sm3.clone(),
        at: now.0,
    };
    let id = document.id;
    let then = Box::new(move |locked: &Rows| {
        let row: DocumentRow = locked.get(0)?;
        let issued = (row.state == rows::NUMBERED).then(|| rows::set_state(id, rows::ISSUED));
        let stmts = std::iter::once(files::insert(&file)).chain(issued).collect();
        Ok(Plan::effects(Effects { stmts, answer: file.sm3.clone(), witness: None }))
    });
    let change = Change { act, key: document.case_id, locks: vec![rows::lock(id)], then };
    let kept = app.store().commit(change).await.map_err(AppError::from)?.body;
    if kept == sm3 {
        store.confirm(&sm3, bytes).await?;
    }
    Ok(kept)
}

/// The frozen data with the names and texts they refer to, and what this installation adds.
async fn paper(app: &App, press: &Press, row: &DocumentRow) -> Result<Paper, MakeError> {
    let damaged = |what: String| StoreError::Damaged(format!("文书 {}：{what}", row.number));
    if sm3(&[row.data.as_bytes()]).0 != row.data_sm3 {
        return Err(damaged("数据与登记的摘要不符".into()).into());
    }
    let frozen: Value = serde_json::from_str(&row.data).map_err(|fault| damaged(fault.to_string()))?;
    let on = frozen["on"].as_str().and_then(|on| on.parse().ok());
    let on = on.ok_or_else(|| damaged("没有出具日期".into()))?;
    let progress = match frozen["case_no"].as_str() {
        Some(case_no) if !press.progress.is_empty() => format!("{}{case_no}", press.progress),
        _ => return Err(Unprintable::Incomplete("缺少办理进度页面的网址".into()).into()),
    };
    let demo = marks::made_by(app).await?.as_deref() == Some(marks::DEMO);
    let words =
        if frozen["item_kind"] == "行政许可" { "行政审批专用章" } else { "政务服务专用章" };
    // A centre in service has its seals uploaded by the agencies; until one is, its paper is stamped by hand.
    let seal = if demo { Seal::Drawn { words: words.into() } } else { Seal::ByHand };
    let mut data = words::put_in(app, history::put_in(app, row, frozen).await?).await?;
    if let Some(case_no) = data["case_no"].as_str().filter(|_| with_code(&row.kind)) {
        data["query_code"] = portal::query_code(app, case_no).await?.into();
    }
    Ok(Paper { kind: row.kind.clone(), on, data, seal, progress, demo })
}

/// 查询码 stands on what the applicant gets at intake, and on nothing that others get, too.
fn with_code(kind: &str) -> bool {
    use NoticeKind::*;
    let of_intake = [ReceiptNotice, CorrectionNotice, AcceptanceNotice, DeferralNotice];
    of_intake.iter().any(|notice| notice.word() == kind)
}

/// 制版: turns a paper into a file. The same paper gives the same bytes.
pub trait Render: Send + Sync {
    /// The bytes of the PDF; takes milliseconds, not for an async thread.
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable>;
}

/// 待制文书: all that a renderer is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Kind of notice, e.g. `acceptance_notice`.
    pub kind: String,
    /// Day of issue: which dated template it takes.
    pub on: Date,
    /// The frozen data, names and free texts put in.
    pub data: Value,
    /// The seal of the agency that issues it.
    pub seal: Seal,
    /// Address behind the QR code: the progress page.
    pub progress: String,
    /// 演示: marked as void across the page and in the seal.
    pub demo: bool,
}

/// 印章.
#[derive(Clone, PartialEq, Eq)]
pub enum Seal {
    /// Drawn: a ring with the agency's name, a star, and these words below, e.g. 行政审批专用章.
    Drawn {
        /// Words below the star.
        words: String,
    },
    /// The agency's own, uploaded by its administrator: PNG or SVG.
    Image(Vec<u8>),
    /// 手工盖章: a marked place for the agency's seal of rubber.
    ByHand,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Seal::Drawn { words } => write!(f, "Drawn({words})"),
            Seal::Image(bytes) => write!(f, "Image({} bytes)", bytes.len()),
            Seal::ByHand => write!(f, "ByHand"),
        }
    }
}

/// 不能制作: why a notice cannot be put on paper. It keeps its number and waits; nothing blank is printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// No template of this kind holds on this day.
    #[error("没有 {on} 起适用的“{kind}”文书模板。请在 notices 目录补充模板后重新制作。")]
    NoTemplate {
        /// Kind.
        kind: String,
        /// Day of issue.
        on: Date,
    },
    /// The data lack something the template prints.
    #[error("文书数据不完整：{0}。请补齐后重新制作。")]
    Incomplete(String),
    /// No font has these characters.
    #[error("字库缺字：{0}。请在文书字库目录加入含有该字的字体后重新制作。")]
    NoGlyph(String),
    /// The seal is no picture.
    #[error("印章图片不能使用：{0}。请由部门管理员重新上传 PNG 或者 SVG 格式的印章。")]
    Seal(String),
    /// Template or file format at fault.
    #[error("文书模板有误：{0}。请把此提示交给系统管理员。")]
    Template(String),
}
