//! 节点号: the part of every id that says which node made it. Leased from the database, renewed by a task, given
//! back on an orderly close. Whoever has lost it makes nothing that gets on record.
//!
//! Makes no ids and knows nothing of their layout but that they rise.

use crate::db::Engine;
use crate::error::StoreError;
use crate::leases::millis;
use crate::migrate::Area;
use crate::store::Store;
use crate::value::{Query, query, record, stmt};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Numbers that are leased: from 1 to this. The ones above, up to 1023, are for a database without the table.
pub const LAST: i64 = 511;
/// How long a number is held without a word from its holder. Numbers are many, so it may be long: three
/// renewals may fail before a node has to stop.
pub const LENGTH: Duration = Duration::from_secs(60);
/// How many renewals fit into that.
const RENEWALS: u32 = 4;
/// 时钟允许误差: how far the clocks of two nodes may differ, and a node's from the database's. Ids, due times and
/// the order of records mix the clocks of all nodes: within two seconds nobody at a window can tell, time
/// servers keep machines a hundred times closer, and a clock nobody keeps is found within days. Milliseconds.
pub const MAX_SKEW: i64 = 2_000;

record! {
    /// 节点号: a number and who holds it.
    NodeRow {
        /// The number.
        number: int,
        /// The process that holds or held it.
        holder: text,
        /// End of the lease, milliseconds UTC by the database's clock; 0: given back.
        until_at: int,
        /// No id with this number is above it, as far as its holders told.
        greatest: int,
    }
}

/// Every number ever taken. For `doctor`.
pub fn all() -> Query<NodeRow> {
    query!("nodes/all")
}

/// What ids may be made of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The number; 0: none is held, and nothing made with it gets on record.
    pub number: i64,
    /// Ids with this number begin above this one …
    pub above: i64,
    /// … and not before this moment, milliseconds UTC.
    pub not_before: i64,
}

const NONE: Held = Held { number: 0, above: 0, not_before: 0 };

/// 节点: this process as one of several on a database. Cheap to clone; renewal ends with the last clone.
#[derive(Clone)]
pub struct Node {
    state: Arc<State>,
    renewal: Arc<Renewal>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("holder", &self.holder()).field("held", &self.held()).finish()
    }
}

pub(crate) struct State {
    engine: Weak<Engine>,
    holder: String,
    length: Duration,
    /// The greatest id made here.
    drawn: AtomicI64,
    now: Mutex<Now>,
    /// One renewal at a time, or two would take two numbers. True: the node has left.
    left: tokio::sync::Mutex<bool>,
    /// Renewals that have ended.
    renewals: AtomicU64,
}

struct Now {
    held: Held,
    /// When the lease is over unless it is renewed; `None`: the number needs no lease.
    until: Option<Instant>,
    /// Why there is no number, for a message.
    why: String,
}

struct Renewal(tokio::task::JoinHandle<()>);

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Node {
    /// Takes a number for `length` ([`LENGTH`] but in tests), and renews it while the node lives. Where the database
    /// has no table of nodes yet, the number is `unleased` (above [`LAST`]), until the table is there.
    ///
    /// # Errors
    /// [`StoreError::NumbersTaken`], or the database's.
    pub async fn join(store: &Store, unleased: i64, length: Duration) -> Result<Node, StoreError> {
        let above = store.one(crate::meta::greatest_id()).await?.unwrap_or_default();
        let held = Held { number: unleased, above, not_before: 0 };
        let now = Mutex::new(Now { held, until: None, why: String::new() });
        let engine = Arc::downgrade(&store.engine);
        let state = Arc::new(State {
            engine,
            holder: holder(),
            drawn: AtomicI64::new(above),
            length,
            now,
            left: Default::default(),
            renewals: AtomicU64::new(0),
        });
        state.renew().await?;
        let renewing = state.clone();
        let task = tokio::spawn(async move {
            let mut tick = tokio::time::interval((length / RENEWALS).max(Duration::from_millis(1)));
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            tick.tick().await; // the first is at once
            loop {
                tick.tick().await;
                if let Err(error) = renewing.renew().await {
                    tracing::warn!(%error, "the node number was not renewed");
                }
            }
        });
        Ok(Node { state, renewal: Arc::new(Renewal(task)) })
    }

    /// What ids may be made of now.
    pub fn held(&self) -> Held {
        self.state.held()
    }

    /// This process as the table names it: machine, process, and what tells it from any other.
    pub fn holder(&self) -> &str {
        &self.state.holder
    }

    /// An id was made.
    pub fn drew(&self, id: i64) {
        self.state.drawn.fetch_max(id, Ordering::Relaxed);
    }

    /// A number is held; [`StoreError::NoNumber`] says why not.
    pub fn check(&self) -> Result<(), StoreError> {
        self.state.check()
    }

    /// Renews the lease now, or takes another number where this one is lost.
    pub async fn renew(&self) -> Result<(), StoreError> {
        self.state.renew().await
    }

    /// Gives the number back. From then on nothing gets on record from here. Where the database does not answer,
    /// the number is free by itself once its lease is over.
    pub async fn leave(&self) {
        self.renewal.0.abort();
        let mut left = self.state.left.lock().await;
        *left = true;
        let held = {
            let mut now = self.state.lock();
            let leased = now.until.take().is_some();
            now.why = "本程序正在关闭".into();
            let held = std::mem::replace(&mut now.held, NONE);
            held.number * i64::from(leased)
        };
        if let Some(engine) = self.state.engine.upgrade().filter(|_| held != 0)
            && let Err(error) = engine.write(self.state.renewal(held, 0)).await
        {
            tracing::warn!(%error, node.number = held, "the node number was not given back");
        }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.state.clone()
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> Held {
        let now = self.lock();
        let over = now.until.is_some_and(|until| Instant::now() >= until);
        if over { NONE } else { now.held }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.held() != NONE {
            return Ok(());
        }
        let why = &self.lock().why;
        Err(StoreError::NoNumber(if why.is_empty() { "与数据库失去联系过久" } else { why }.into()))
    }

    /// Lets a change through while a number is held. Where the lease is over, because the database was away, it is
    /// renewed at once and not only with the next round; those who ask meanwhile share the answer.
    pub(crate) async fn admit(&self) -> Result<(), StoreError> {
        if self.check().is_ok() {
            return Ok(());
        }
        let asked = self.renewals.load(Ordering::SeqCst);
        let left = self.left.lock().await;
        if self.renewals.load(Ordering::SeqCst) == asked {
            // What goes wrong is in the message of the check.
            let _ = self.renew_once(*left).await;
        }
        self.check()
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let left = self.left.lock().await;
        self.renew_once(*left).await
    }

    async fn renew_once(&self, left: bool) -> Result<(), StoreError> {
        let Some(engine) = self.engine.upgrade().filter(|_| !left) else { return Ok(()) };
        let renewed = self.renew_on(&Store::plain(engine)).await;
        self.lock().why = renewed.as_ref().err().map(|error| error.to_string()).unwrap_or_default();
        self.renewals.fetch_add(1, Ordering::SeqCst);
        renewed
    }

    async fn renew_on(&self, store: &Store) -> Result<(), StoreError> {
        let (number, leased) = {
            let now = self.lock();
            (now.held.number, now.until.is_some())
        };
        if !leased && !store.schema().await?.has(Area::Nodes) {
            return Ok(());
        }
        if leased && number != 0 {
            // The end by this machine's count is never later than the one by the database's.
            let asked = Instant::now();
            let until = store.now().await? + millis(self.length);
            if store.engine.write(self.renewal(number, until)).await? == 1 {
                self.lock().until = Some(asked + self.length);
                return Ok(());
            }
            tracing::warn!(node.number = number, "another node has taken the node number over");
            self.lock().held = NONE;
        }
        self.take(store).await
    }

    /// Tells the greatest id, and holds the number until then.
    fn renewal(&self, number: i64, until_at: i64) -> crate::value::Stmt {
        stmt!("nodes/renew", until_at, self.drawn.load(Ordering::Relaxed), number, &self.holder)
    }

    /// Takes the first number that is free. Who loses a race for one tries the next.
    async fn take(&self, store: &Store) -> Result<(), StoreError> {
        for _ in 0..=LAST {
            let asked = Instant::now();
            let now = store.now().await?;
            let until = now + millis(self.length);
            let rows: Vec<NodeRow> = store.all(all()).await?;
            let free = rows.iter().find(|row| row.until_at < now);
            let (number, taken) = match free {
                Some(row) => (
                    row.number,
                    stmt!("nodes/take", &self.holder, until, row.number, &row.holder, row.until_at),
                ),
                None => {
                    let next = rows.last().map_or(1, |row| row.number + 1);
                    if next > LAST {
                        return Err(StoreError::NumbersTaken(LAST));
                    }
                    (next, stmt!("nodes/insert", next, &self.holder, until))
                }
            };
            if store.engine.write(taken).await? != 1 {
                continue;
            }
            // What its last holder left: ids on record, ids it told of, and, where it ended without a word, what it
            // may have made until just now by a clock that was ahead.
            let on_record = store.one(crate::meta::greatest_id()).await?.unwrap_or_default();
            let told = free.map_or(0, |row| row.greatest);
            let above = on_record.max(told);
            let silent = free.is_some_and(|row| row.until_at != 0);
            let not_before = if silent { now + MAX_SKEW } else { 0 };
            let mut state = self.lock();
            (state.held, state.until) = (Held { number, above, not_before }, Some(asked + self.length));
            return Ok(());
        }
        Err(StoreError::Busy)
    }
}

/// Machine and process, for people; a random number, for certainty.
fn holder() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| {
        std::env::var("COMPUTERNAME").map_err(|_| std::io::Error::from(std::io::ErrorKind::NotFound))
    });
    let machine =
        machine.map_or_else(|_| "?".into(), |name| name.trim().replace(|c: char| c.is_control(), ""));
    format!("{machine}/{}/{:016x}", std::process::id(), RandomState::new().build_hasher().finish())
}
