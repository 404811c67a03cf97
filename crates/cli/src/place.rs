//! `--data` and `--database`: where the data of a command is; `--files`: where its files are.

use clap::Args;
use std::path::PathBuf;
use yichuang_app::Place;
use yichuang_app::files::{FilesError, FilesPlace};

/// 数据在哪里.
#[derive(Clone, Debug, Args)]
pub struct DataArgs {
    /// 数据目录（内嵌 SQLite）
    #[arg(long, value_name = "目录", default_value = "./data")]
    data: PathBuf,
    /// PostgreSQL 数据库地址，如 postgres://user@host/yichuang；给出时不用数据目录
    #[arg(long, value_name = "地址", conflicts_with = "data")]
    database: Option<String>,
}

impl DataArgs {
    /// The place named.
    pub fn place(&self) -> Place {
        match &self.database {
            Some(url) => Place::Postgres(url.clone()),
            None => Place::Folder(self.data.clone()),
        }
    }
}

/// 数据和文件在哪里.
#[derive(Clone, Debug, Args)]
pub struct FilesArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// 文件存储：目录，或者 s3://存储桶/前缀（设置取自环境变量 AWS_…）；没有给出时是数据目录下的 files
    #[arg(long, value_name = "目录或者地址")]
    files: Option<String>,
}

impl FilesArgs {
    /// The place named; `None`: there is none for a server's data without it.
    pub fn files(&self) -> Result<Option<FilesPlace>, FilesError> {
        match (&self.files, self.data.place()) {
            (Some(text), _) => FilesPlace::read(text, std::env::vars()).map(Some),
            (None, Place::Folder(folder)) => Ok(Some(FilesPlace::Folder(folder.join("files")))),
            (None, Place::Postgres(_)) => Ok(None),
        }
    }
}
