//! `--data` and `--database`: where the data of a command is.

use clap::Args;
use std::path::PathBuf;
use yichuang_app::Place;

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
