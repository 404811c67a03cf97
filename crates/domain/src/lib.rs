//! The law in code: what may happen to a case, when it is due, and who may do it.
//!
//! Pure: no I/O, no clock, no randomness, no SQL. Time, ids and facts come in as parameters; rules that
//! say no return a [`Refusal`] with its article and the next step. Modules follow the way a case walks
//! through the building.

pub mod applicant;
pub mod calendar;
pub mod case;
pub mod digest;
pub mod id;
pub mod identity;
pub mod item;
pub mod law;
pub mod lint;
pub mod material;
pub mod money;
pub mod notice;
pub mod organisation;
pub mod permission;
pub mod procedure;
pub mod rating;
pub mod refusal;
pub mod time;

pub use refusal::{Refusal, RefusalCode};
