//! 比对: what a batch would change in the stored items.

use super::read::{Batch, Rejection, RowError};
use super::text::explain;
use serde::Serialize;
use std::collections::BTreeMap;
use yichuang_domain::item::ItemVersion;

/// 导入结果.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows read.
    pub read: usize,
    /// Items created.
    pub created: usize,
    /// Items changed.
    pub changed: usize,
    /// Items that stayed as they were.
    pub unchanged: usize,
    /// Rows left out by the mapping.
    pub skipped: usize,
    /// Rows with errors; above zero, nothing was imported.
    pub rejected: usize,
}

/// One item to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The item as it is to be.
    pub item: ItemVersion,
    /// Not stored before.
    pub created: bool,
}

/// 导入方案: the counts, and the items to be written, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportPlan {
    /// What will be said.
    pub counts: Counts,
    /// What will be done.
    pub edits: Vec<Edit>,
}

impl From<&Rejection> for Counts {
    fn from(rejection: &Rejection) -> Counts {
        let Rejection { read, skipped, rejected, .. } = *rejection;
        Counts { read, skipped, rejected, ..Counts::default() }
    }
}

/// Compares a batch with the newest stored version of each item, by key.
pub fn diff(batch: &Batch, stored: &BTreeMap<String, ItemVersion>) -> Result<ImportPlan, Rejection> {
    let mut plan = ImportPlan::default();
    plan.counts.read = batch.read;
    plan.counts.skipped = batch.skipped;
    let mut errors = Vec::new();
    for row in &batch.rows {
        let before = stored.get(&row.key);
        match row.item(before) {
            Ok(item) if before == Some(&item) => plan.counts.unchanged += 1,
            Ok(item) => {
                let created = before.is_none();
                plan.counts.created += usize::from(created);
                plan.counts.changed += usize::from(!created);
                plan.edits.push(Edit { item, created });
            }
            Err(error) => errors.push(RowError { line: row.line, text: explain(&error) }),
        }
    }
    match errors.is_empty() {
        true => Ok(plan),
        false => Err(Rejection::new(batch.read, batch.skipped, errors)),
    }
}
