//! The application: the store and what is read once and kept (calendar, organisation, item versions).

use crate::ctx::Ids;
use crate::error::AppError;
use crate::kept::Kept;
use crate::portal::{Guesses, Secret};
use crate::privacy::Noted;
use crate::search::Guide;
use crate::vault::Vault;
use crate::versions::Version;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use yichuang_domain::id::VersionId;
use yichuang_domain::time::Instant;
use yichuang_storage::nodes::{self, Node};
use yichuang_storage::{Place, Store};

/// 应用: one for each process; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Store,
    /// Absent when opened for reading only.
    pub node: Option<Node>,
    pub ids: Ids,
    pub kept: RwLock<Arc<Kept>>,
    pub versions: Mutex<HashMap<VersionId, Arc<Version>>>,
    pub guide: Guide,
    pub secret: Secret,
    pub guesses: Guesses,
    pub vault: Vault,
    pub noted: Noted,
}

impl App {
    /// Opens the database at this place as one of its nodes, making it if it is not there.
    pub async fn open(place: &Place) -> Result<App, AppError> {
        App::on(Store::open(place).await?).await
    }

    /// Opens a database that must be there already, as one of its nodes.
    pub async fn open_existing(place: &Place) -> Result<App, AppError> {
        App::on(Store::open_existing(place).await?).await
    }

    /// Opens a database that must be there already, for reading only: takes no node number, writes nothing.
    pub async fn open_to_read(place: &Place) -> Result<App, AppError> {
        let store = Store::open_existing(place).await?.read_only();
        App::with(store, None, Ids::new(0, 0)).await
    }

    /// 更新数据库结构: brings the schema of a database that is there up to this release; gives what was applied now.
    pub async fn migrate(place: &Place) -> Result<Vec<&'static str>, AppError> {
        Ok(Store::migrate(place).await?)
    }

    /// The application as a node on an open store.
    pub async fn on(store: Store) -> Result<App, AppError> {
        let node = Node::join(&store, Ids::unleased(), nodes::LENGTH).await?;
        let app = App::with(store.of_node(&node), Some(node.clone()), Ids::of(node)).await?;
        app.keep_up();
        Ok(app)
    }

    async fn with(store: Store, node: Option<Node>, ids: Ids) -> Result<App, AppError> {
        let kept = Kept::load(&store).await?;
        let vault = Vault::new(&kept.schema);
        let inner = Inner {
            store,
            node,
            ids,
            kept: RwLock::new(Arc::new(kept)),
            versions: Mutex::default(),
            guide: Guide::default(),
            secret: Secret::default(),
            guesses: Guesses::default(),
            vault,
            noted: Noted::default(),
        };
        Ok(App { inner: Arc::new(inner) })
    }

    /// Writes what is still to be written and gives the node number back, before the last handle is dropped. Whoever does not come to this (a kill, an
    /// error) leaves a number that is free again after a minute.
    pub async fn close(&self) {
        if let Some(node) = &self.inner.node {
            if let Err(error) = self.write_reads().await {
                tracing::error!(%error, "the last reads were not written");
            }
            node.leave().await;
        }
    }

    /// The store below, for what is not a use case: verification, benchmarks, tests.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// 保密箱: what personal data is sealed with; shut until [`App::unlock`].
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    pub(crate) fn next_id(&self, at: Instant) -> i64 {
        self.inner.ids.next(at)
    }
}
