//! 租约: work that one node at a time does (an alert, an anchor, the clocks that ran out). A row with a name, a
//! holder and an end by the database's clock; it is taken, renewed and given back by guarded updates.
//!
//! A holder that stalls past its end may find another at the same work: a lease spares doubled work, it does
//! not forbid it. What must not happen twice has an act id or a unique key of its own.

use crate::error::StoreError;
use crate::migrate::Area;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};
use std::time::Duration;

record! {
    /// 租约: a piece of work and who holds it.
    LeaseRow {
        /// Name of the work, e.g. `jobs/overdue`.
        name: text,
        /// The node that holds or held it.
        holder: text,
        /// Its end, milliseconds UTC by the database's clock; 0: given back.
        until_at: int,
    }
}

/// Every lease ever taken, by name. For `doctor`.
pub fn all() -> Query<LeaseRow> {
    query!("leases/all")
}

/// 持有的租约: give it back when the work is done; otherwise it ends by itself.
#[derive(Clone)]
pub struct Lease {
    store: Store,
    name: String,
    holder: String,
    length: Duration,
}

impl Lease {
    /// Takes the lease for `length`; `None` while somebody (the same holder, too) has it.
    ///
    /// # Errors
    /// [`StoreError::Older`] where the database has no leases yet.
    pub async fn take(
        store: &Store,
        name: &str,
        holder: &str,
        length: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        store.schema().await?.needs(Area::Nodes)?;
        let now = store.now().await?;
        let taken = stmt!("leases/take", name, holder, now + millis(length), now);
        let lease = Lease { store: store.clone(), name: name.into(), holder: holder.into(), length };
        Ok((store.engine.write(taken).await? == 1).then_some(lease))
    }

    /// Holds it for its length from now on; `false`: it ran out, and another has taken it.
    pub async fn renew(&self) -> Result<bool, StoreError> {
        let until = self.store.now().await? + millis(self.length);
        Ok(self.store.engine.write(self.until(until)).await? == 1)
    }

    /// Gives it back; nothing happens if another has taken it since.
    pub async fn give_back(self) -> Result<(), StoreError> {
        self.store.engine.write(self.until(0)).await.map(|_| ())
    }

    fn until(&self, at: i64) -> Stmt {
        stmt!("leases/renew", at, &self.name, &self.holder)
    }
}

/// Milliseconds, as the columns count.
pub(crate) fn millis(length: Duration) -> i64 {
    length.as_millis() as i64
}
