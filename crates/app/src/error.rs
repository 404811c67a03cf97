//! What a use case answers when it does not do it; one place turns it into HTTP or an exit code.

use crate::vault::KeysError;
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::files::FilesError;
use yichuang_storage::{CommitError, StoreError};

/// Why a use case did not go through. Every message says what happened, why, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// 不予办理: a rule said no; the refusal is on record (HTTP 422, 409 for a stale version).
    #[error("{0}")]
    Refused(Refusal),
    /// 不存在: nothing by this number (HTTP 404).
    #[error("没有找到{0}。请核对编号后重新查询。")]
    NotFound(String),
    /// 无权办理: the post may not ask for it at all (HTTP 403).
    #[error("当前岗位没有“{0}”的权限。由有权岗位的人员登录办理；确需开通的，联系安全管理员。")]
    Forbidden(&'static str),
    /// 填写有误: the form cannot be taken as it is; every field with its remedy (HTTP 422).
    #[error("{}", .0.join("；"))]
    Form(Vec<String>),
    /// 密钥 (HTTP 503; 500 where what was sealed does not open).
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// 数据库 (HTTP 500, 503 when busy).
    #[error(transparent)]
    Commit(CommitError),
    /// 文件存储 (HTTP 500).
    #[error(transparent)]
    Files(FilesError),
}

impl AppError {
    /// The refusal, if a rule said no.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            AppError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// 未办理的种类: what a boundary answers by, whatever the words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The form, or what was asked for, is to be mended by whoever sent it.
    Mend,
    /// Somebody else was first.
    Stale,
    /// Nothing by this number, or nothing this post may see.
    Missing,
    /// The post may not.
    Forbidden,
    /// Not now; the same again in a moment.
    Busy,
    /// The platform is at fault.
    Broken,
}

impl AppError {
    /// What kind of answer it is.
    pub fn fault(&self) -> Fault {
        match self {
            AppError::Refused(refusal)
                if matches!(refusal.code, RefusalCode::StaleVersion | RefusalCode::StaleDraft) =>
            {
                Fault::Stale
            }
            AppError::Refused(_) | AppError::Form(_) | AppError::Commit(CommitError::ActDiffers) => {
                Fault::Mend
            }
            AppError::NotFound(_) => Fault::Missing,
            AppError::Forbidden(_) => Fault::Forbidden,
            AppError::Commit(CommitError::Store(StoreError::Nul)) => Fault::Mend,
            AppError::Commit(CommitError::Store(error)) if passing(error) => Fault::Busy,
            AppError::Keys(KeysError::Tampered(..)) => Fault::Broken,
            AppError::Keys(_) => Fault::Busy,
            AppError::Commit(_) | AppError::Files(_) => Fault::Broken,
        }
    }
}

/// Goes away by itself, or when whoever looks after the server has seen to it; nothing is wrong with the request.
fn passing(error: &StoreError) -> bool {
    use StoreError::*;
    matches!(
        error,
        Busy | Moved
            | NoNumber(_)
            | NoConnections(_)
            | Unavailable(_)
            | NotWritable(_)
            | Stalled(_)
            | Full
            | Lost
            | Stopped
            | Closed
            | Older(_)
    )
}

impl From<CommitError> for AppError {
    fn from(error: CommitError) -> AppError {
        match error {
            CommitError::Refused(refusal) => AppError::Refused(refusal),
            CommitError::LockMissed { name } => AppError::NotFound(name.to_owned()),
            other => AppError::Commit(other),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        AppError::Commit(error.into())
    }
}

impl From<FilesError> for AppError {
    fn from(error: FilesError) -> AppError {
        match error {
            FilesError::Database(error) => error.into(),
            other => AppError::Files(other),
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        AppError::Refused(refusal)
    }
}
