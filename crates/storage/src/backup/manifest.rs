//! 备份清单: what a backup holds, so that what is missing or changed is found before anything is restored.
//!
//! A JSON file for people and programs, and beside it its SM3. Names keys by their ids alone, no password and no address.

use crate::copy::{CopyError, TableSum, hex, write_new};
use crate::error::StoreError;
use crate::migrate::Schema;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};
use std::io::Read as _;
use std::path::Path;

/// Name of the manifest in a backup.
pub const MANIFEST: &str = "manifest.json";
/// Its SM3 beside it, hexadecimal.
const DIGEST: &str = "manifest.json.sm3";
/// What this release writes, and the newest it reads.
const FORMAT: u32 = 1;

/// 备份清单.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Number of the format, 1.
    pub format: u32,
    /// Release that made it.
    pub program: String,
    /// When, milliseconds UTC.
    pub made_at: i64,
    /// `sqlite` or `postgresql`: what the database ran on. The backup is the same.
    pub engine: String,
    /// The migrations applied, in order, each with its SM3.
    pub schema: Vec<Applied>,
    /// The database file.
    pub database: FileSum,
    /// Every table.
    pub tables: Vec<TableSum>,
    /// The newest anchor of the journal (锚定), where there is one.
    pub anchor: Option<AnchorHead>,
    /// Ids of the keys (密钥号) that are needed to read personal data in it.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// 结构脚本.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Name.
    pub name: String,
    /// SM3 of its text.
    pub sm3: String,
}

/// A file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Bytes.
    pub bytes: u64,
    /// SM3, hexadecimal.
    pub sm3: String,
}

/// Where the chain of anchors stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorHead {
    /// Number of the anchor.
    pub number: i64,
    /// Its hash.
    pub hash: String,
}

impl Manifest {
    /// An empty one of this release.
    pub(super) fn new(engine: &str, made_at: i64) -> Manifest {
        Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").into(),
            made_at,
            engine: engine.into(),
            schema: Vec::new(),
            database: FileSum { bytes: 0, sm3: String::new() },
            tables: Vec::new(),
            anchor: None,
            keys: Vec::new(),
        }
    }

    /// Rows of a table.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|sum| sum.table == table).map_or(0, |sum| sum.rows)
    }

    /// Writes it into the folder of the backup, durably.
    pub(super) fn write(&self, folder: &Path) -> Result<(), CopyError> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(self).map_err(|error| CopyError::io(&path, error.into()))?;
        write_new(&path, text.as_bytes())?;
        write_new(&folder.join(DIGEST), format!("{}  {MANIFEST}\n", digest(text.as_bytes())).as_bytes())
    }

    /// Reads the manifest of the backup in this folder. It is whole, and of no newer release.
    pub fn read(folder: &Path) -> Result<Manifest, CopyError> {
        let damaged = |what: &str| CopyError::Damaged { backup: folder.into(), what: what.into() };
        let read = |name| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => CopyError::NotABackup(folder.into()),
                std::io::ErrorKind::InvalidData => damaged("清单读不出"),
                _ => CopyError::io(&path, error),
            })
        };
        let (text, expected) = (read(MANIFEST)?, read(DIGEST)?);
        if expected.split_whitespace().next() != Some(digest(text.as_bytes()).as_str()) {
            return Err(damaged("清单内容与摘要不符"));
        }
        // What a newer release adds must not make its backup look damaged.
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| damaged("清单读不出"))?;
        let newer = || CopyError::NewerBackup(value["program"].as_str().unwrap_or_default().into());
        if value["format"].as_u64().is_none_or(|format| format > FORMAT.into()) {
            return Err(newer());
        }
        let manifest: Manifest =
            serde_json::from_value(value.clone()).map_err(|_| damaged("清单缺少内容"))?;
        let row = |applied: &Applied| vec![Value::from(&applied.name), Value::from(&applied.sm3)];
        match Schema::read(manifest.schema.iter().map(row).collect()) {
            Ok(_) => Ok(manifest),
            Err(StoreError::Newer(_)) => Err(newer()),
            Err(error) => Err(error.into()),
        }
    }
}

impl FileSum {
    /// Reads the file and computes.
    pub(super) fn of(path: &Path) -> Result<FileSum, CopyError> {
        let compute = || {
            let (mut file, mut sm3, mut bytes) = (std::fs::File::open(path)?, Sm3::new(), 0);
            let mut buffer = vec![0; 1 << 20];
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok(FileSum { bytes, sm3: hex(sm3) }),
                    read => {
                        bytes += read as u64;
                        sm3.update(&buffer[..read]);
                    }
                }
            }
        };
        compute().map_err(|error| CopyError::io(path, error))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(Sm3::new_with_prefix(bytes))
}
