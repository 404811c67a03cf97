//! 数据库复制与核验: a database copied whole to another place, and proved there.
//!
//! Administration of the store, no use case: nobody acts on a case here.

use crate::app::App;
use crate::error::AppError;
use crate::journal::{self, Report};
use yichuang_storage::Place;

pub use yichuang_storage::copy::{CopyError, Progress, TableSum, Watch};

/// Why a copy, a backup or a restore did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// It was not made; nothing remains of it.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// It was made, and could not be proved.
    #[error("已经写入并与来源一致，但是核验没有做完：{0}可用 journal verify --replay 再次核验。")]
    Proof(#[from] AppError),
}

/// 核验结果: what `journal verify --replay` says of a database.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Of the journal.
    pub report: Report,
    /// Cases whose journal gives the stored row.
    pub replayed: u64,
    /// Number of the first case whose journal does not.
    pub differs: Option<String>,
    /// Ids of the keys that are needed to read personal data in it.
    pub keys: Vec<String>,
}

impl Proof {
    /// Nothing was found.
    pub fn whole(&self) -> bool {
        self.report.fault.is_none() && self.differs.is_none()
    }
}

/// Copies the database at `from`, as it stands now, into the empty place `to`, compares every table and proves the
/// copy.
pub async fn copy(
    from: &Place,
    to: &Place,
    watch: Watch<'_>,
) -> Result<(Vec<TableSum>, Proof), TransferError> {
    let sums = yichuang_storage::copy::copy(from, to, watch).await?;
    Ok((sums, prove(to).await?))
}

/// Proves the journal of a database that is there, and replays it.
pub(crate) async fn prove(place: &Place) -> Result<Proof, AppError> {
    let app = App::open_to_read(place).await?;
    let report = journal::verify(&app).await?;
    let (replayed, differs) = match report.fault {
        None => journal::replay(&app).await?,
        Some(_) => (0, None),
    };
    let keys = crate::keys::needed(&app).await?;
    Ok(Proof { report, replayed, differs, keys })
}
