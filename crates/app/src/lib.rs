//! The use cases: one public function for each thing people do, grouped by who does it.
//!
//! Pages, the JSON interface, the command line, jobs and the demo call these and nothing below. Each takes
//! a [`Ctx`] (who, when, which act) and answers or says why not. No SQL here, no rule of law either: rules
//! are `yichuang_domain`, rows are `yichuang_storage`.

pub mod access;
pub mod anchors;
mod app;
pub mod approve;
pub mod assign;
pub mod backup;
mod boundary;
pub mod calendar;
pub mod case;
pub mod catalog;
pub mod copy;
mod ctx;
pub mod desk;
pub mod doctor;
mod documents;
mod error;
pub mod files;
pub mod find;
pub mod intake;
pub mod issue;
pub mod jobs;
pub mod journal;
mod kept;
pub mod keys;
pub mod lamp;
pub mod ledger;
pub mod marks;
mod numbering;
pub mod offer;
pub mod organisation;
pub mod portal;
pub mod privacy;
pub mod questions;
pub mod rate;
pub mod readiness;
pub mod render;
mod scene;
pub mod search;
pub mod sheet;
pub mod stats;
mod turn;
pub mod uploads;
pub mod vault;
pub mod versions;
pub mod windows;
pub mod workbench;
pub mod worklist;

pub use app::App;
pub use ctx::{Clock, Ctx, Ids, SystemClock};
pub use error::{AppError, Fault};
pub use yichuang_storage::Place;
