//! What can go wrong with a copy, a backup or a restore, each with the way out.

use crate::error::StoreError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why there is no copy, backup or restored database. The source was only read; what was begun is removed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source cannot be read, or the server of the target says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// 目标不空
    #[error("{0}已有数据，没有写入任何内容。请另选空目录，或者新建一个空数据库（CREATE DATABASE）后重试。")]
    NotEmpty(String),
    /// 核对不符: what was written reads otherwise.
    #[error("写入后核对，数据表 {0} 与来源不一致，已撤销写入，来源未受影响。请检查目标磁盘和内存后重试。")]
    Differs(String),
    /// 目标磁盘已满
    #[error(
        "{0}所在磁盘空间不足，没有完成，已删除写了一半的内容，来源未受影响。请清理磁盘或者另选磁盘后重试。"
    )]
    Full(String),
    /// 目标只读
    #[error(
        "{0}所在磁盘是只读的，或者本账户没有写入权限，没有写入任何内容。请检查挂载方式和目录权限后重试。"
    )]
    ReadOnly(String),
    /// 目标占用
    #[error("另一个备份、恢复或者复制正在写入目录“{}”。请等它结束后重试。", .0.display())]
    InUse(PathBuf),
    /// 不是备份: the manifest is missing, so it was cut short before it was finished, or is something else.
    #[error("目录“{}”不是一份完整的备份（缺少清单）。请核对路径；备份没有做完或者没有拷全的，改用另一份备份。没有恢复任何内容。", .0.display())]
    NotABackup(PathBuf),
    /// 备份被截断
    #[error("备份“{}”不完整：数据库文件应为 {expected} 字节，只有 {found} 字节（备份在拷贝途中中断）。请从原处重新拷贝，或者改用另一份备份。没有恢复任何内容。", backup.display())]
    Cut {
        /// Where it is.
        backup: PathBuf,
        /// Bytes of the database file by the manifest.
        expected: u64,
        /// Bytes there.
        found: u64,
    },
    /// 备份损坏
    #[error("备份“{}”已损坏：{what}。请从原处重新拷贝，或者改用另一份备份。没有恢复任何内容。", backup.display())]
    Damaged {
        /// Where it is.
        backup: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// 密钥 that were to go with it are missing, or cannot be read or written.
    #[error("{0}")]
    Keys(String),
    /// 备份较新: a newer release made it.
    #[error("备份由新版程序（{0}）制作，本程序不能恢复。请改用该版本或者更新的程序恢复。没有恢复任何内容。")]
    NewerBackup(String),
    /// A file or folder cannot be read or written, for any other reason.
    #[error("“{}”读写出错（{error}），没有完成，来源未受影响。请检查磁盘和目录后重试。", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl CopyError {
    /// An error of what is written, not of what is read.
    pub(crate) fn of_target(error: StoreError, name: &str) -> CopyError {
        match error {
            StoreError::Full => CopyError::Full(name.into()),
            other => CopyError::Store(other),
        }
    }

    pub(crate) fn io(path: &Path, error: std::io::Error) -> CopyError {
        let name = || format!("“{}”", path.display());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => CopyError::Full(name()),
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => CopyError::ReadOnly(name()),
            _ => CopyError::Io { path: path.into(), error },
        }
    }
}
