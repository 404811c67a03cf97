//! 留存: what a process reads once and keeps (working days, organisation), and how it sees that it still stands.
//!
//! Decides nothing by itself: an act asks under lock, and reads anew when something has moved.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::Organisation;
use std::sync::{Arc, PoisonError};
use yichuang_domain::calendar::WorkCalendar;
use yichuang_storage::epochs::{self, Standing};
use yichuang_storage::{Area, Lock, Rows, Schema, Stmt, Stop, Store, StoreError};

/// 留存: read at one time.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub calendar: Arc<WorkCalendar>,
    pub organisation: Arc<Organisation>,
    /// What the database has got tables for.
    pub schema: Schema,
    /// Where the counters stood before any of it was read; `None`: the database has not got them yet.
    at: Option<(i64, i64)>,
}

impl Kept {
    pub async fn load(store: &Store) -> Result<Kept, AppError> {
        let schema = store.schema().await?;
        let at = counters(store, &schema).await?;
        let calendar = Arc::new(crate::calendar::loaded(store).await?);
        let organisation = Arc::new(Organisation::load(store).await?);
        Ok(Kept { calendar, organisation, schema, at })
    }

    /// It still stands under this lock, one of [`App::standing_lock`]; else [`StoreError::Moved`].
    pub fn stands_under(&self, rows: &Rows, place: usize) -> Result<(), Stop> {
        let stands = |now: Standing| self.at == Some((now.calendar, now.organisation));
        if epochs::under_lock(rows, place)?.is_none_or(stands) {
            Ok(())
        } else {
            Err(StoreError::Moved.into())
        }
    }
}

/// Where the counters stand now.
async fn counters(store: &Store, schema: &Schema) -> Result<Option<(i64, i64)>, AppError> {
    if !schema.has(Area::Nodes) {
        return Ok(None);
    }
    let standing = store.one(epochs::standing(0)).await?;
    let standing = standing.ok_or_else(|| StoreError::Damaged("数据表 epochs 不完整".into()))?;
    Ok(Some((standing.calendar, standing.organisation)))
}

impl App {
    /// The working days, as this process last read them.
    pub fn calendar(&self) -> Arc<WorkCalendar> {
        self.kept().calendar.clone()
    }

    /// Sites, windows, agencies, staff and authorizations, as this process last read them.
    pub fn organisation(&self) -> Arc<Organisation> {
        self.kept().organisation.clone()
    }

    pub(crate) fn kept(&self) -> Arc<Kept> {
        self.inner.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads anew what is kept if it has moved since: another node, or a command, has changed it. Where the
    /// counters are not there yet, always.
    pub async fn refresh(&self) -> Result<(), AppError> {
        let kept = self.kept();
        let schema = self.store().schema().await?;
        let stands = schema == kept.schema && kept.at.is_some();
        if !stands || counters(self.store(), &schema).await? != kept.at {
            let fresh = Arc::new(Kept::load(self.store()).await?);
            *self.inner.kept.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
        Ok(())
    }

    /// The lock by which an act sees that what is kept here still stands; none while the database has not got the
    /// counters. Taken as the last of an act's locks; [`App::kept_under`] reads it.
    pub(crate) fn standing_lock(&self) -> Option<Lock> {
        self.kept().at.is_some().then(|| epochs::read_lock(0))
    }

    /// What is kept, to decide by under lock; `place` is that of [`App::standing_lock`] among the act's locks.
    ///
    /// # Errors
    /// [`StoreError::Moved`]: it does not stand any more. [`App::refresh`], then run the act again.
    pub(crate) fn kept_under(&self, rows: &Rows, place: usize) -> Result<Arc<Kept>, Stop> {
        let kept = self.kept();
        kept.stands_under(rows, place)?;
        Ok(kept)
    }

    /// The lock of who changes what is kept: one at a time.
    pub(crate) fn changing(&self, kind: &str) -> Option<Lock> {
        self.kept().at.is_some().then(|| epochs::lock(kind))
    }

    /// Goes into every change of what is kept, so that all processes see it.
    pub(crate) fn moved(&self, kind: &str) -> Option<Stmt> {
        self.kept().at.is_some().then(|| epochs::move_on(kind))
    }
}
