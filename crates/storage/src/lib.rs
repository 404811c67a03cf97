//! The one place that knows SQL: changes, lanes, journal, two engines.
//!
//! A write is one [`Change`]: locks first, then a pure decision on the locked rows, then numbers from gap-free
//! series, then effects that each touch exactly one row. [`Store::commit`] makes all of it durable or none of
//! it, once per act id. A read is a [`Query`] given to [`Store::one`] or [`Store::all`]. The area modules make
//! locks, statements and queries; nobody above this crate writes SQL.
//!
//! ```no_run
//! # use yichuang_storage::*;
//! # async fn accept(store: &Store, act: Act, id: i64, seen_version: i64) -> Result<(), CommitError> {
//! let then = move |rows: &Rows| {
//!     let mut case: cases::CaseRow = rows.get(0)?;
//!     if case.version != seen_version {
//!         return Err(Stop::from(yichuang_domain::RefusalCode::StaleVersion));
//!     }
//!     Ok(Plan::numbered(vec![series::next("受理通知书/2026")], move |numbers| {
//!         let body = format!(r#"{{"accepted":{}}}"#, numbers[0]);
//!         let (mut stmts, witness) = journal::chain(&case.witness(), vec![body]);
//!         (case.version, case.head_hash) = (witness.seq, witness.head.clone());
//!         stmts.push(cases::update(&case));
//!         Ok(Effects { stmts, answer: "{}".into(), witness: Some(witness) })
//!     }))
//! };
//! store.commit(Change { act, key: id, locks: vec![cases::lock(id)], then: Box::new(then) }).await?;
//! # Ok(()) }
//! ```

mod change;
mod db;
mod error;
mod migrate;
mod store;
mod value;
mod verify;

pub mod accounts;
pub mod acts;
pub mod anchors;
pub mod audit;
pub mod backup;
pub mod branches;
pub mod calendar;
pub mod case_files;
pub mod cases;
pub mod claims;
pub mod clocks;
pub mod copy;
pub mod documents;
pub mod drafts;
pub mod epochs;
pub mod evaluators;
pub mod facts;
pub mod files;
pub mod item_drafts;
pub mod items;
pub mod journal;
pub mod kept_forms;
pub mod keys;
pub mod leases;
pub mod ledger;
pub mod meta;
pub mod nodes;
pub mod organisation;
pub mod parties;
pub mod party_index;
pub mod questions;
pub mod reads;
pub mod refusals;
pub mod sealed;
pub mod series;
pub mod sessions;
pub mod texts;
pub mod worklist;

pub use change::{Act, Answer, Change, Counter, Effects, Finish, Lock, Plan, Rows, Then, Witness};
pub use error::{CommitError, Stop, StoreError};
pub use migrate::{Area, Schema};
pub use store::{Place, Store};
pub use value::{Cells, Query, Record, Stmt, Value};
