//! `--data` and `--database`: where the data of a command is; `--files`: where its files are.

use clap::Args;
use std::path::{Path, PathBuf};
use yichuang_app::Place;
use yichuang_app::files::{FilesError, FilesPlace};
use yichuang_app::vault::Keys;

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

/// 密钥在哪里.
#[derive(Clone, Debug, Args)]
pub struct KeysArgs {
    /// 密钥目录，不要放在数据目录中；没有给出时，与数据目录并列，名称后加 .keys
    #[arg(long, value_name = "目录")]
    keys: Option<PathBuf>,
}

impl KeysArgs {
    /// The keys of the data at this place.
    pub fn of(&self, place: &Place) -> Keys {
        Keys::Folder(self.keys.clone().unwrap_or_else(|| beside(place)))
    }
}

/// Beside the data, so that whoever copies the data has not got the keys; for a server, in the folder the command is
/// run in, by the name of the database.
pub fn beside(place: &Place) -> PathBuf {
    let named = |path: &Path, name: &str| path.with_file_name(format!("{name}.keys"));
    match place {
        Place::Folder(folder) => match folder.file_name().and_then(|name| name.to_str()) {
            Some(name) => named(folder, name),
            // `.` and `..` have no name of their own.
            None => folder.join("..").join("yichuang.keys"),
        },
        Place::Postgres(url) => {
            let name = url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            let plain: String = name.chars().filter(|c| c.is_alphanumeric() || "_-".contains(*c)).collect();
            PathBuf::from(format!("{plain}.keys"))
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
