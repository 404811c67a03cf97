//! 留存: what a process reads once and keeps (working days, organisation), and how it sees that it still stands.
//!
//! Decides nothing by itself: an act asks under lock, and reads anew when something has moved.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::Organisation;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use yichuang_domain::calendar::WorkCalendar;
use yichuang_storage::epochs::{self, Standing};
use yichuang_storage::{Area, Lock, Rows, Schema, Stmt, Stop, Store, StoreError};

/// How old what a page shows may be, where no act has read it since.
const EVERY: Duration = Duration::from_secs(5);

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
        let at = standing(store, &schema, 0).await?.as_ref().map(counters);
        let calendar = Arc::new(crate::calendar::loaded(store).await?);
        let organisation = Arc::new(Organisation::load(store).await?);
        Ok(Kept { calendar, organisation, schema, at })
    }
}

/// What stands now for the node with this number; `None`: the database cannot tell yet.
async fn standing(store: &Store, schema: &Schema, node: i64) -> Result<Option<Standing>, AppError> {
    if !schema.has(Area::Nodes) {
        return Ok(None);
    }
    let standing = store.one(epochs::standing(node)).await?;
    Ok(Some(standing.ok_or_else(|| StoreError::Damaged("数据表 epochs 不完整".into()))?))
}

fn counters(standing: &Standing) -> (i64, i64) {
    (standing.calendar, standing.organisation)
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

    /// Reads anew what is kept if it has moved since: another node, or a command, has changed it; and takes another
    /// node number if this one is another's by now; follows the keys on record. Where the counters are not there yet, reads always.
    pub async fn refresh(&self) -> Result<(), AppError> {
        let kept = self.kept();
        let schema = self.store().schema_on_record().await?;
        let now = standing(self.store(), &schema, self.number()).await?;
        if let Some(node) = &self.inner.node
            && now.as_ref().is_some_and(|now| now.holder != node.holder())
        {
            node.renew().await?;
        }
        if kept.at.is_none() || schema != kept.schema || now.as_ref().map(counters) != kept.at {
            let fresh = Arc::new(Kept::load(self.store()).await?);
            *self.inner.kept.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
        self.relock(&schema).await
    }

    /// Reads anew what is kept every few seconds while this process lives: for pages, which decide nothing, and so
    /// that a migration is noticed.
    pub(crate) fn keep_up(&self) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            tick.tick().await; // the first is at once
            loop {
                tick.tick().await;
                let Some(inner) = inner.upgrade() else { return };
                let app = App { inner };
                if let Err(error) = app.refresh().await {
                    tracing::warn!(%error, "calendar and organisation were not looked at");
                }
                if let Err(error) = app.write_reads().await {
                    tracing::warn!(%error, "reads were not written");
                }
            }
        });
    }

    /// The lock by which an act sees that what is kept here still stands, and that the node number is still ours;
    /// none while the database cannot tell. Taken as the last of an act's locks; [`App::kept_under`] reads it.
    pub(crate) fn standing_lock(&self) -> Option<Lock> {
        self.kept().at.is_some().then(|| epochs::read_lock(self.number()))
    }

    /// What is kept, to decide by under lock; `place` is that of [`App::standing_lock`] among the act's locks.
    ///
    /// # Errors
    /// [`StoreError::Moved`]: it does not stand any more. [`App::refresh`], then run the act again.
    pub(crate) fn kept_under(&self, rows: &Rows, place: usize) -> Result<Arc<Kept>, Stop> {
        let kept = self.kept();
        self.stands_under(&kept, rows, place)?;
        Ok(kept)
    }

    /// What was kept then still stands under lock; else [`StoreError::Moved`].
    pub(crate) fn stands_under(&self, kept: &Kept, rows: &Rows, place: usize) -> Result<(), Stop> {
        let ours = |holder: &str| self.inner.node.as_ref().is_some_and(|node| node.holder() == holder);
        let stands = |now: Standing| kept.at == Some(counters(&now)) && ours(&now.holder);
        match epochs::under_lock(rows, place)?.is_none_or(stands) {
            true => Ok(()),
            false => Err(StoreError::Moved.into()),
        }
    }

    /// The lock of who changes what is kept: one at a time.
    pub(crate) fn changing(&self, kind: &str) -> Option<Lock> {
        self.counted(kind).then(|| epochs::lock(kind))
    }

    /// Goes into every change of what is kept, so that all processes see it.
    pub(crate) fn moved(&self, kind: &str) -> Option<Stmt> {
        self.counted(kind).then(|| epochs::move_on(kind))
    }

    /// The database has got this counter.
    fn counted(&self, kind: &str) -> bool {
        let kept = self.kept();
        kept.at.is_some() && (kind != epochs::CATALOGUE || kept.schema.has(Area::Portal))
    }

    fn number(&self) -> i64 {
        self.inner.node.as_ref().map_or(0, |node| node.held().number)
    }
}
