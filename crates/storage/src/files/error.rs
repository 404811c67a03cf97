//! What can go wrong with files, each with what to do next.

use super::FilesPlace;
use crate::error::CommitError;
use std::error::Error as _;
use std::io::ErrorKind;

/// Why a file was not kept or read, or its place not opened.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// 无法使用
    #[error("文件存储“{place}”无法使用：{why}。检查路径、权限、磁盘或者存储服务后重试。")]
    Unavailable {
        /// Where.
        place: String,
        /// What the machine says.
        why: String,
    },
    /// 空间已满
    #[error("文件存储“{0}”空间已满，文件没有保存，也没有登记。清理磁盘或者扩大空间后重新提交。")]
    Full(String),
    /// 只读
    #[error(
        "文件存储“{0}”不能写入（只读或者没有权限），文件没有保存，也没有登记。修正挂载方式或者权限后重新提交。"
    )]
    ReadOnly(String),
    /// 没有文件目录
    #[error("本数据库还没有文件存储，“{0}”不能用来读取文件。核对 --data、--database 和 --files。")]
    None(String),
    /// 别的数据库的目录: both have one, and they are not the same.
    #[error(
        "文件存储“{place}”不是本数据库的（标识 {mark}，本数据库的是 {known}），程序没有启动，也没有写入任何内容。\
         下一步：用 --files 指明本数据库的文件存储；各节点必须使用同一个。"
    )]
    Other {
        /// Where.
        place: String,
        /// What the folder says.
        mark: String,
        /// What the database knows.
        known: String,
    },
    /// 标识不见了: not mounted, emptied, or somewhere else.
    #[error(
        "文件存储“{0}”中没有标识 folder.id，而本数据库已有文件存储：可能没有挂载，或者指错了位置。程序没有启动。\
         下一步：挂载后重试，或者用 --files 指明；目录已丢失的，从备份恢复。"
    )]
    NoMark(String),
    /// 已属别的数据库: this one has none yet.
    #[error(
        "文件存储“{0}”已属于另一个数据库，没有写入任何内容。下一步：用 --files 为本数据库指明一个空目录。"
    )]
    Foreign(String),
    /// 不是空目录
    #[error(
        "“{0}”里已有别的内容，不能作文件存储，没有写入任何内容。下一步：用 --files 指明一个空目录或者空的前缀。"
    )]
    NotEmpty(String),
    /// 地址有误
    #[error("文件存储的地址“{0}”不正确。应为目录，或者 s3://存储桶/前缀。")]
    Address(String),
    /// 类型有误
    #[error("文件类型“{0}”不正确，文件没有保存。应为 application/pdf 这样的媒体类型。")]
    Media(String),
    /// 内容缺失
    #[error("文件 {0} 已登记，但是文件存储中没有它的内容。停止使用该文件，从备份恢复文件存储。")]
    Missing(String),
    /// 内容损坏
    #[error("文件 {0} 的内容与登记的摘要不符。停止使用该文件，从备份恢复文件存储。")]
    Damaged(String),
    /// 数据库
    #[error(transparent)]
    Database(#[from] CommitError),
}

/// An error of the library in our words.
pub(super) fn io(place: &FilesPlace, error: object_store::Error) -> FilesError {
    let place = place.to_string();
    let (mut kind, mut cause) = (None, error.source());
    while let Some(at) = cause {
        kind = kind.or(at.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
        cause = at.source();
    }
    match kind {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) => {
            FilesError::Full(place)
        }
        Some(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => FilesError::ReadOnly(place),
        _ => FilesError::Unavailable { place, why: error.to_string() },
    }
}
