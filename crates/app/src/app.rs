//! The application: the store and what is read once and kept (calendar, organisation, item versions).

use crate::ctx::Ids;
use crate::error::AppError;
use crate::organisation::Organisation;
use crate::versions::Version;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use yichuang_domain::calendar::WorkCalendar;
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
    pub calendar: RwLock<Arc<WorkCalendar>>,
    pub organisation: RwLock<Arc<Organisation>>,
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
        let calendar = crate::calendar::loaded(&store).await?;
        let greatest = store.one(meta::greatest_id()).await?.unwrap_or_default();
        let inner = Inner {
            organisation: RwLock::new(Arc::new(Organisation::load(&store).await?)),
            store,
            ids: Ids::new(Ids::node_of_this_opening(), greatest),
            calendar: RwLock::new(Arc::new(calendar)),
            versions: Mutex::default(),
        };
        Ok(App { inner: Arc::new(inner) })
    }

    /// The store below, for what is not a use case: verification, benchmarks, tests.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The working days as loaded now.
    pub fn calendar(&self) -> Arc<WorkCalendar> {
        self.inner.calendar.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_calendar(&self, calendar: WorkCalendar) {
        *self.inner.calendar.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
    }

    /// Sites, windows, agencies, staff and authorizations as last loaded.
    pub fn organisation(&self) -> Arc<Organisation> {
        self.inner.organisation.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the organisation again, after it was changed.
    pub async fn reload_organisation(&self) -> Result<(), AppError> {
        let fresh = Arc::new(Organisation::load(&self.inner.store).await?);
        *self.inner.organisation.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub(crate) fn next_id(&self, at: Instant) -> i64 {
        self.inner.ids.next(at)
    }
}
