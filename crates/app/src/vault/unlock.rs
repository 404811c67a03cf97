//! 启用密钥: finds the keys a database needs, makes the first one, and follows when another takes its place.

use super::{Keys, KeysError, Ring, State, Vault};
use crate::app::App;
use crate::error::AppError;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use yichuang_storage::keys::{self as rows, KeyRow};
use yichuang_storage::{Act, Area, Change, Effects, Plan, Schema, Store};

impl Vault {
    /// Without keys yet.
    pub(crate) fn new(schema: &Schema) -> Vault {
        let state = match schema.has(Area::Vault) {
            true => State::Shut(KeysError::NotGiven),
            false => State::Plain,
        };
        Vault { state: RwLock::new(state), keys: RwLock::default() }
    }

    /// Where the keys are, if it was said.
    pub fn keys(&self) -> Option<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Looks for the keys on record; logs once which one is missing.
    fn find(&self, keys: &Keys, known: &[KeyRow]) {
        match ring(keys, known) {
            Ok(ring) => self.set(State::Open(Arc::new(ring))),
            Err(why) => {
                if self.check().err().as_ref() != Some(&why) {
                    tracing::error!(%why, "personal data can neither be sealed nor opened");
                }
                self.set(State::Shut(why));
            }
        }
    }
}

/// All keys that rows may need.
fn ring(source: &Keys, known: &[KeyRow]) -> Result<Ring, KeysError> {
    let (mut keys, mut sealing) = (BTreeMap::new(), None);
    for row in known.iter().filter(|row| row.removed_at == 0) {
        let missing = || KeysError::Missing { id: row.id.clone(), place: source.to_string() };
        let key = source.find(&row.id)?.ok_or_else(missing)?;
        if row.sealing {
            sealing = Some(key.clone());
        }
        keys.insert(row.id.clone(), key);
    }
    Ok(Ring { keys, sealing: sealing.ok_or(KeysError::NotGiven)? })
}

impl App {
    /// 启用密钥: from here on personal data can be written and read. The first time, on a database that has none yet,
    /// a key is made and put on record; where the database is only read, nothing is made.
    ///
    /// # Errors
    /// [`KeysError`]: a key is missing or cannot be read. The application goes on without personal data, and looks
    /// again every few seconds.
    pub async fn unlock(&self, keys: Keys) -> Result<(), AppError> {
        *self.vault().keys.write().unwrap_or_else(PoisonError::into_inner) = Some(keys);
        self.relock(&self.store().schema().await?).await?;
        Ok(self.vault().check()?)
    }

    /// Follows what is on record: the database was migrated, another key seals, a missing one is back. A key that is
    /// missing is no error here, but one of whoever needs it.
    pub(crate) async fn relock(&self, schema: &Schema) -> Result<(), AppError> {
        if !schema.has(Area::Vault) {
            return Ok(());
        }
        let Some(keys) = self.vault().keys() else {
            self.vault().set(State::Shut(KeysError::NotGiven));
            return Ok(());
        };
        let mut known = self.store().all(rows::all()).await?;
        if known.is_empty() && self.inner.node.is_some() {
            first(self.store(), &keys).await?;
            known = self.store().all(rows::all()).await?;
        }
        let same = match self.vault().state() {
            State::Open(ring) => {
                let needed = known.iter().filter(|row| row.removed_at == 0).map(|row| &row.id);
                let sealing = known.iter().find(|row| row.sealing).map(|row| row.id.as_str());
                needed.eq(ring_ids(&known, &ring)) && sealing == Some(ring.sealing.id())
            }
            _ => false,
        };
        if !same {
            self.vault().find(&keys, &known);
        }
        Ok(())
    }
}

/// The ids of the ring, in the order on record.
fn ring_ids<'a>(known: &'a [KeyRow], ring: &'a Ring) -> impl Iterator<Item = &'a String> {
    known.iter().map(|row| &row.id).filter(|id| ring.keys.contains_key(*id))
}

/// Makes the first key. Of several that start at the same time one makes it; what the others made goes away again.
async fn first(store: &Store, keys: &Keys) -> Result<(), AppError> {
    let (key, at) = (keys.make(&[])?, store.now().await?);
    let id = key.id().to_owned();
    let act = Act { id: "keys/first".into(), actor: 0, kind: "make_key", body_hash: String::new(), at };
    let effects = Effects { stmts: vec![rows::insert(&id, at, true)], answer: id.clone(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    let answer = store.commit(Change { act, key: 0, locks: vec![], then }).await?;
    if answer.body != id {
        keys.discard(&id)?;
    }
    Ok(())
}
