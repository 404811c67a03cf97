//! 备份与恢复 of a whole database, and the proof of what was restored. Administration of the store, no use case.

use crate::copy::{Proof, TransferError, Watch, prove};
use std::path::{Path, PathBuf};
use yichuang_domain::time::Instant;
use yichuang_storage::Place;

pub use yichuang_storage::backup::Manifest;

/// Backs up the database at `from` into a new folder in `to`, named after the moment; work goes on meanwhile.
pub async fn backup(
    from: &Place,
    to: &Path,
    at: Instant,
    watch: Watch<'_>,
) -> Result<(PathBuf, Manifest), TransferError> {
    Ok(yichuang_storage::backup::backup(from, to, (&name(at), at.0), watch).await?)
}

/// Restores a backup into an empty place and proves what is there then.
pub async fn restore(from: &Path, to: &Place, watch: Watch<'_>) -> Result<(Manifest, Proof), TransferError> {
    let manifest = yichuang_storage::backup::restore(from, to, watch).await?;
    Ok((manifest, prove(to).await?))
}

/// `yichuang-20261123-093000`: the moment in Asia/Shanghai, so that names sort by it.
fn name(at: Instant) -> String {
    at.civil().strftime("yichuang-%Y%m%d-%H%M%S").to_string()
}
