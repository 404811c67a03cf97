//! 轮值: work that one node at a time does, under a lease of the database's. It only spares doubled work: what
//! must not happen twice has an act id of its own.

use crate::app::App;
use crate::error::AppError;
use std::time::{Duration, Instant};
use yichuang_storage::Area;
use yichuang_storage::leases::Lease;

/// How long a node may be silent before another takes its turn.
const LENGTH: Duration = Duration::from_secs(60);

/// 轮值: [`Turn::goes_on`] before each piece of work, [`Turn::end`] after the last.
pub(crate) struct Turn {
    /// None where the database has no leases yet: then every node does the work, as the release before did.
    lease: Option<Lease>,
    renewed: Instant,
}

impl App {
    /// Takes the turn at this work; `None`: another node has it.
    pub(crate) async fn turn(&self, work: &str) -> Result<Option<Turn>, AppError> {
        let renewed = Instant::now();
        if !self.store().schema().await?.has(Area::Nodes) {
            return Ok(Some(Turn { lease: None, renewed }));
        }
        let holder = self.inner.node.as_ref().map_or("", |node| node.holder());
        let lease = Lease::take(self.store(), work, holder, LENGTH).await?;
        Ok(lease.map(|lease| Turn { lease: Some(lease), renewed }))
    }
}

impl Turn {
    /// The turn is still ours; renews it in time.
    pub async fn goes_on(&mut self) -> Result<bool, AppError> {
        let Some(lease) = self.lease.as_ref().filter(|_| self.renewed.elapsed() > LENGTH / 4) else {
            return Ok(true);
        };
        self.renewed = Instant::now();
        Ok(lease.renew().await?)
    }

    /// Lets the next node have it at once.
    pub async fn end(self) -> Result<(), AppError> {
        match self.lease {
            Some(lease) => Ok(lease.give_back().await?),
            None => Ok(()),
        }
    }
}
