//! The series of case numbers against the cases: tells of cases that are gone with all their rows.

use super::PAGE;
use super::report::{Fault, FaultKind};
use crate::cases;
use crate::error::StoreError;
use crate::series;
use crate::store::Store;
use std::collections::HashSet;
use yichuang_domain::identity::case_no_of;

/// Digits of a serial that [`case_no_of`] writes at least.
const SERIAL: usize = 6;
/// Sorts behind every text.
const LAST: &str = "\u{10FFFF}";

/// The series of case numbers against the cases: a number drawn without a case is a case that is gone, a case
/// whose number was never drawn a series that was changed. What is on record grows meanwhile, so each series is
/// read before the numbers (none of which may be missing) and after them (none of which may be too many).
pub(super) async fn first_gap(store: &Store) -> Result<Option<Fault>, StoreError> {
    let fault = |case_no: String, kind| Ok(Some(Fault { case_no, case_id: 0, seq: 0, kind }));
    let mut after = series::CASE_NO.to_string();
    let before = format!("{}~", series::CASE_NO);
    let mut reached = String::new();
    loop {
        let page = store.all(series::page(&after, &before, PAGE)).await?;
        for series in &page {
            let prefix = &series.name[series::CASE_NO.len()..];
            if let Some(stray) = undrawn(store, &reached, prefix).await? {
                return fault(stray, FaultKind::Undrawn);
            }
            reached = format!("{prefix}~");
            let numbers = store.all(cases::numbers(prefix, &reached)).await?;
            let numbers: HashSet<String> = numbers.into_iter().collect();
            let mut expected = (1..=series.last).map(|serial| case_no_of(prefix, serial));
            if let Some(case_no) = expected.find(|number| !numbers.contains(number)) {
                return fault(case_no, FaultKind::CaseMissing);
            }
            let drawn = store.one(series::last(&series.name)).await?;
            if drawn.is_none_or(|last| numbers.len() as i64 > last) {
                return fault(prefix.into(), FaultKind::Undrawn);
            }
        }
        let Some(last) = page.last() else { break };
        after = last.name.clone();
    }
    match undrawn(store, &reached, LAST).await? {
        Some(stray) => fault(stray, FaultKind::Undrawn),
        None => Ok(None),
    }
}

/// What begins the first case number in `from..before` whose series is not there.
async fn undrawn(store: &Store, from: &str, before: &str) -> Result<Option<String>, StoreError> {
    let mut from = from.to_string();
    while let Some(stray) = store.one(cases::first_number(&from, before)).await? {
        let at = stray.char_indices().rev().nth(SERIAL - 1).map_or(0, |(at, _)| at);
        let (prefix, serial) = stray.split_at(at);
        let series = store.one(series::last(&format!("{}{prefix}", series::CASE_NO))).await?;
        if series.is_none() || !serial.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(Some(prefix.into()));
        }
        from = format!("{prefix}~"); // begun since the page of series was read
    }
    Ok(None)
}
