//! What keeps the writing lanes from writing: remembered for [`Store::health`](crate::Store::health).

use crate::error::StoreError;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a fault is told after it was met, when nothing was written since. Then writing is tried again.
const RECENT: Duration = Duration::from_secs(10);
/// How long a transaction may run before somebody should look. No lane waits that long for a lock.
const LONG: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Watch {
    fault: Mutex<Option<(Instant, StoreError)>>,
    /// Since when each lane has been in its transaction.
    running: Mutex<BTreeMap<usize, Instant>>,
}

impl Watch {
    /// A change met this. Only what would meet every change counts.
    pub(super) fn met(&self, error: &StoreError) {
        use StoreError::{Full, Lost, NoConnections, NotWritable, Stopped, Unavailable};
        if matches!(error, Full | Lost | NoConnections(_) | NotWritable(_) | Stopped | Unavailable(_)) {
            *lock(&self.fault) = Some((Instant::now(), error.clone()));
        }
    }

    /// A change was written.
    pub(super) fn over(&self) {
        *lock(&self.fault) = None;
    }

    pub(super) fn begins(&self, lane: usize) {
        lock(&self.running).insert(lane, Instant::now());
    }

    pub(super) fn ends(&self, lane: usize) {
        lock(&self.running).remove(&lane);
    }

    /// Nothing keeps the lanes from writing, or what does.
    pub(super) fn says(&self) -> Result<(), StoreError> {
        let longest = lock(&self.running).values().map(Instant::elapsed).max().unwrap_or_default();
        if longest > LONG {
            return Err(StoreError::Stalled(longest.as_secs()));
        }
        match &*lock(&self.fault) {
            // It is over only when the program starts anew.
            Some((_, StoreError::Stopped)) => Err(StoreError::Stopped),
            Some((met, error)) if met.elapsed() < RECENT => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
