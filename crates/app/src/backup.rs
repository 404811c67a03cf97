//! 备份与恢复 of a whole database, and the proof of what was restored. Administration of the store, no use case.

use crate::copy::{CopyError, Proof, TransferError, Watch, prove};
use crate::vault::{Keys, KeysError};
use std::path::{Path, PathBuf};
use yichuang_domain::time::Instant;
use yichuang_storage::Place;
use yichuang_storage::backup::KEYS;

pub use yichuang_storage::backup::Manifest;

/// Backs up the database at `from` into a new folder in `to`, named after the moment; work goes on meanwhile. The keys
/// go with it only where they are given.
pub async fn backup(
    from: &Place,
    to: &Path,
    at: Instant,
    keys: Option<&Keys>,
    watch: Watch<'_>,
) -> Result<(PathBuf, Manifest), TransferError> {
    let find = |ids: &[String]| match keys {
        Some(keys) => ids.iter().map(|id| file(keys, id)).collect(),
        None => Ok(vec![]),
    };
    let find = keys.map(|_| &find as &(dyn Fn(&[String]) -> _ + Sync));
    Ok(yichuang_storage::backup::backup(from, to, (&name(at), at.0), find, watch).await?)
}

/// Name and content of a key's file.
fn file(keys: &Keys, id: &str) -> Result<(String, String), CopyError> {
    const NONE: &str = "没有作备份。请找回密钥，或者不带 --with-keys 备份。";
    let missing = || CopyError::Keys(format!("{keys}中没有密钥 {id}，{NONE}"));
    let unreadable = |error: KeysError| CopyError::Keys(format!("{error}{NONE}"));
    let key = keys.find(id).map_err(unreadable)?.ok_or_else(missing)?;
    Ok((Keys::file_of(id), key.line().to_string()))
}

/// 恢复结果.
#[derive(Debug)]
pub struct Restored {
    /// What the backup held.
    pub manifest: Manifest,
    /// What `journal verify --replay` says of it.
    pub proof: Proof,
    /// Ids of the keys that came with the backup and lie with the restored database now.
    pub keys: Vec<String>,
    /// Ids of the keys that are still to be put there.
    pub missing: Vec<String>,
}

/// Restores a backup into an empty place and proves what is there then. Keys that are in the backup are put to `keys`;
/// of others it is told that they are missing there.
pub async fn restore(
    from: &Path,
    to: &Place,
    keys: &Keys,
    watch: Watch<'_>,
) -> Result<Restored, TransferError> {
    let within = Keys::Folder(from.join(KEYS));
    let unreadable = |error: KeysError| CopyError::Keys(format!("{error}没有恢复任何内容。"));
    // What cannot be read is found out before anything is restored.
    let ids = within.ids().map_err(unreadable)?;
    let found: Vec<_> = ids.iter().map(|id| within.find(id)).collect::<Result<_, _>>().map_err(unreadable)?;
    let manifest = yichuang_storage::backup::restore(from, to, watch).await?;
    let proof = prove(to).await?;
    let mut missing = Vec::new();
    for key in found.iter().flatten() {
        let written = keys.keep(key);
        written.map_err(|error| {
            CopyError::Keys(format!(
                "数据库已经恢复，但{keys}无法写入（{error}）。请把备份中 keys 目录的内容拷贝过去。"
            ))
        })?;
    }
    for id in &proof.keys {
        let there = keys.find(id).map_err(|error| CopyError::Keys(format!("数据库已经恢复。{error}")))?;
        missing.extend(there.is_none().then(|| id.clone()));
    }
    Ok(Restored { manifest, proof, keys: ids, missing })
}

/// `yichuang-20261123-093000`: the moment in Asia/Shanghai, so that names sort by it.
fn name(at: Instant) -> String {
    at.civil().strftime("yichuang-%Y%m%d-%H%M%S").to_string()
}
