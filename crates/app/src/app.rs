//! The application: the store and what is read once and kept (calendar, organisation, item versions).

use crate::ctx::Ids;
use crate::error::AppError;
use crate::kept::Kept;
use crate::versions::Version;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use yichuang_domain::id::VersionId;
use yichuang_domain::time::Instant;
use yichuang_storage::{Place, Store, meta};

/// 应用: one for each process; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Store,
    pub ids: Ids,
    pub kept: RwLock<Arc<Kept>>,
    pub versions: Mutex<HashMap<VersionId, Arc<Version>>>,
}

impl App {
    /// Opens the database at this place, making it if it is not there.
    pub async fn open(place: &Place) -> Result<App, AppError> {
        App::on(Store::open(place).await?).await
    }

    /// Opens a database that must be there already.
    pub async fn open_existing(place: &Place) -> Result<App, AppError> {
        App::on(Store::open_existing(place).await?).await
    }

    /// The application on an open store.
    pub async fn on(store: Store) -> Result<App, AppError> {
        let kept = RwLock::new(Arc::new(Kept::load(&store).await?));
        let greatest = store.one(meta::greatest_id()).await?.unwrap_or_default();
        let inner = Inner {
            store,
            ids: Ids::new(Ids::node_of_this_opening(), greatest),
            kept,
            versions: Mutex::default(),
        };
        Ok(App { inner: Arc::new(inner) })
    }

    /// The store below, for what is not a use case: verification, benchmarks, tests.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn next_id(&self, at: Instant) -> i64 {
        self.inner.ids.next(at)
    }
}
