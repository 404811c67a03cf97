//! 文书制作: the bytes of a numbered notice, made once from its frozen data and nothing else.
//!
//! What makes the bytes is behind [`Render`]: neither this crate nor its tests know a typesetter. Nothing here
//! decides anything: a notice holds from the change that numbered it; this only puts it on paper.

mod history;
mod words;

use crate::app::App;
use crate::error::AppError;
use crate::marks;
use serde_json::Value;
use sm3::{Digest as _, Sm3};
use std::sync::Arc;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::DocumentId;
use yichuang_domain::time::Date;
use yichuang_storage::StoreError;
use yichuang_storage::documents::{self as rows, DocumentRow};

/// 制版条件: what this installation makes its notices with.
#[derive(Clone)]
pub struct Press {
    /// Makes the bytes.
    pub render: Arc<dyn Render>,
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
    /// SM3 of the file, as any tool computes it, 64 hexadecimal characters.
    pub sm3: String,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Made({}, {} bytes, {})", self.document, self.bytes.len(), self.sm3)
    }
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
    /// 已作废 before it was ever made: there is nothing to hand out any more.
    #[error("文书“{0}”已经作废，不再制作。请查看办件中替代它的文书。")]
    Voided(String),
}

impl From<StoreError> for MakeError {
    fn from(error: StoreError) -> MakeError {
        MakeError::App(error.into())
    }
}

/// 制作文书: the bytes of this document, made from its frozen data.
pub async fn make(app: &App, press: &Press, document: DocumentId) -> Result<Made, MakeError> {
    let row = app.store().one(rows::by_id(document.0)).await?;
    let row = row.ok_or_else(|| AppError::NotFound(format!("文书 {document}")))?;
    if row.state == rows::VOIDED {
        return Err(MakeError::Voided(row.number));
    }
    let (paper, render) = (paper(app, press, &row).await?, press.render.clone());
    let made = tokio::task::spawn_blocking(move || render.render(&paper)).await;
    let bytes = made.map_err(|fault| Unprintable::Template(fault.to_string()))??;
    Ok(Made { document, number: row.number, sm3: plain_sm3(&bytes), bytes })
}

fn plain_sm3(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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
    let data = words::put_in(app, history::put_in(app, row, frozen).await?).await?;
    Ok(Paper { kind: row.kind.clone(), on, data, seal, progress, demo })
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
