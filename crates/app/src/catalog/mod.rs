//! 事项目录: default data, import, comparison, export. Rules of items are in the domain; rows are written by
//! `store` and `load` alone.

mod cell;
mod changes;
mod diff;
mod embedded;
mod export;
mod history;
mod listing;
mod load;
mod mapping;
mod publish;
mod read;
mod register;
mod revise;
mod section;
mod store;
mod text;

pub(crate) use cell::guard;
pub use cell::{FORMS, MODES, STARTS, UNITS};
pub use changes::{ChangeKind, FieldChange, changes};
pub use diff::{Counts, Edit, ImportPlan, diff};
pub(crate) use embedded::default_sectors;
pub use embedded::{CatalogueError, DefaultCatalogue, default_catalogue};
pub use export::{ExportError, items_to_csv, items_to_json};
pub use history::{VersionChanges, VersionMark, Versions, version_changes};
pub use listing::{Listed, Wanted, listed, listing_csv, listing_xlsx};
pub use load::load_default_catalogue;
pub use mapping::{Field, Mapping, MappingError, Skip};
pub use publish::publish_item;
pub use read::{Batch, MAX_FILE_BYTES, Rejection, Row, RowError, check_size, read_items};
pub use register::{
    Dossier, Filter, Line, Logged, Sought, Standing, changes_of, dossier, file_of, register, waiting,
};
pub use revise::{recall_draft, return_draft, save_section, start_revision, submit_draft};
pub use section::{Basics, Guide, Limits, Section, SectionKind};
pub use store::{ImportError, import_items, stored_items};

#[cfg(test)]
mod tests;
