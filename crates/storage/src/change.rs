//! A write as a value: what it depends on, what it decides, what it leaves behind.
//!
//! `locks` come first and come back as they stand under lock; `then` decides on them and may say no; only
//! then are numbers drawn from `series`, and `finish` turns them into effects. Nothing here touches a database.

use crate::error::{CommitError, Stop, StoreError};
use crate::value::{Cells, Record, Stmt, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// 操作: who did what under which id. A row of `acts`; the id comes from the form, the `Idempotency-Key`
/// or the command line, and makes a repeated request one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Unique id of the act.
    pub id: String,
    /// Staff id, or 0 for the platform itself.
    pub actor: i64,
    /// What was done, e.g. `accept_case`.
    pub kind: &'static str,
    /// Digest of the request's content: the same id with another digest is refused.
    pub body_hash: String,
    /// When, milliseconds UTC.
    pub at: i64,
}

/// A row an act depends on. It must give exactly one row, else
/// [`CommitError::LockMissed`](crate::CommitError::LockMissed). Made by the area modules.
#[derive(Clone, Debug)]
pub struct Lock {
    pub(crate) name: &'static str,
    pub(crate) read: Stmt,
    pub(crate) strength: Strength,
}

impl Lock {
    /// It holds its row, and does not only read it.
    pub(crate) fn holds(&self) -> bool {
        self.strength != Strength::Read
    }
}

/// How firmly a [`Lock`] holds its row. The embedded engine has one writer, so it treats all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Strength {
    /// Nobody else changes or shares it.
    Update,
    /// Others may share it, nobody changes it.
    Share,
    /// Not held at all, only read, in the same transaction and after every locked row is held: what another
    /// change writes is seen if it has committed by then.
    Read,
}

/// One number drawn from a series, after the decision and before the effects. Made by [`crate::series`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    pub(crate) name: String,
}

/// The locked rows, in the order of [`Change::locks`].
#[derive(Debug)]
pub struct Rows(pub(crate) Vec<Vec<Value>>);

impl Rows {
    /// The row of lock number `index` (from 0), e.g. `rows.get::<CaseRow>(0)?`.
    pub fn get<T: Record>(&self, index: usize) -> Result<T, StoreError> {
        let row = self.0.get(index).ok_or_else(|| StoreError::damaged(format!("没有第 {index} 个锁定行")))?;
        T::read(&mut Cells::new(row.clone()))
    }
}

/// Decides on the locked rows. Pure: it runs inside the transaction, and again when the engine retries.
pub type Then = Box<dyn Fn(&Rows) -> Result<Plan, Stop> + Send + Sync>;

/// Turns the numbers drawn, in the order the counters were given to [`Plan::numbered`], into effects.
pub type Finish = Box<dyn FnOnce(&[i64]) -> Result<Effects, Stop> + Send>;

/// 变更: one act, all or nothing.
pub struct Change {
    /// Who did what.
    pub act: Act,
    /// Id of the aggregate it is about: the case's id, 0 where there is none. Recorded with a refusal.
    pub key: i64,
    /// Rows it depends on; none for what only inserts.
    pub locks: Vec<Lock>,
    /// The decision.
    pub then: Then,
}

/// What a decision asks for: numbers first, then effects.
pub struct Plan {
    pub(crate) counters: Vec<Counter>,
    pub(crate) finish: Finish,
}

impl Plan {
    /// Effects that need no number.
    pub fn effects(effects: Effects) -> Plan {
        Plan { counters: Vec::new(), finish: Box::new(move |_| Ok(effects)) }
    }

    /// Effects made from numbers; the numbers come in the order of `counters`. A refusal here leaves no gap.
    pub fn numbered(
        counters: Vec<Counter>,
        finish: impl FnOnce(&[i64]) -> Result<Effects, Stop> + Send + 'static,
    ) -> Plan {
        Plan { counters, finish: Box::new(finish) }
    }
}

/// What a change leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Statements, each touching exactly one row.
    pub stmts: Vec<Stmt>,
    /// JSON handed back to the caller, and to whoever repeats the act.
    pub answer: String,
    /// Where the case's journal stands after this change; `None` for changes of plain rows.
    pub witness: Option<Witness>,
}

/// Where a case's journal stands: kept in the case row and, by a second hand, in the act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The case.
    pub case_id: i64,
    /// Number of the last record, from 1.
    pub seq: i64,
    /// Its hash.
    pub head: String,
}

/// What the caller gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The JSON of [`Effects::answer`], now or from the first time.
    pub body: String,
    /// The act was on record already; nothing was done now.
    pub repeated: bool,
}

/// Runs the deciding code; a panic in it must not take the lane with it.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, Stop>) -> Result<T, CommitError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(CommitError::from),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|s| s.to_string());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(CommitError::Panicked(text.unwrap_or_else(|| "原因不明".into())))
        }
    }
}

/// The counters' places in the order they must be taken: by name, equal names as they come.
pub(crate) fn counter_order(counters: &[Counter]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counters.len()).collect();
    order.sort_by(|a, b| counters[*a].name.cmp(&counters[*b].name));
    order
}
