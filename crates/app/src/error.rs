//! What a use case answers when it does not do it; one place turns it into HTTP or an exit code.

use yichuang_domain::Refusal;
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
    /// 填写有误: the form cannot be taken as it is; every field with its remedy (HTTP 422).
    #[error("{}", .0.join("；"))]
    Form(Vec<String>),
    /// 数据库 (HTTP 500, 503 when busy).
    #[error(transparent)]
    Commit(CommitError),
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

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        AppError::Refused(refusal)
    }
}
