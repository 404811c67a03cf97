//! 文书制作: the bytes of a numbered notice, made once from its frozen data and nothing else.
//!
//! What makes the bytes is behind [`Render`]: neither this crate nor its tests know a typesetter. Nothing here
//! decides anything: a notice holds from the change that numbered it; this only puts it on paper.

use serde_json::Value;
use yichuang_domain::time::Date;

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
