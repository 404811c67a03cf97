//! 日志核验: proves that no record was edited, deleted, inserted, swapped or chained anew, and no case taken
//! away, or names the first broken record; and says what it could not prove.
//!
//! Two hands hold where a journal stands: the case row and the acts. A forger has to know and change both, and
//! every hash after the record. Anchors hold where it stood on a day, and what lies outside the database holds the
//! anchors. Reads only; memory is bounded by some hundred cases and one digest for each level of an anchor's tree.

mod anchored;
mod check;
mod gaps;
mod report;

use crate::acts;
use crate::anchors;
use crate::cases::{self, HeadRow};
use crate::error::StoreError;
use crate::journal;
use crate::migrate::Area;
use crate::store::Store;
use anchored::Anchors;
use check::{Known, check};
use futures_util::future::try_join3;
use gaps::first_gap;
use std::collections::BTreeMap;
use tokio::sync::mpsc::{Receiver, Sender, channel};

pub use anchored::Outside;
pub use report::{Anchored, Fault, FaultKind, Report};

/// Cases looked at together.
const PAGE: i64 = 300;
/// A fault found while somebody writes is looked at again before it is named.
const LOOKS: usize = 3;

/// Some cases in the order of their ids.
type Page = BTreeMap<i64, Known>;

/// Verifies the whole journal by what the database says of itself.
pub async fn verify(store: &Store) -> Result<Report, StoreError> {
    verify_against(store, &Outside::default()).await
}

/// Verifies the whole journal, and its anchors against what lies outside the database.
pub async fn verify_against(store: &Store, outside: &Outside) -> Result<Report, StoreError> {
    let anchored = store.schema().await?.has(Area::Anchors);
    let mut anchors = if anchored { Anchors::load(store).await? } else { Anchors::default() };
    let mut report = Report { anchored: anchors.told(outside, 0), ..Report::default() };
    report.fault = anchors.check(outside);
    if report.fault.is_some() {
        return Ok(report);
    }
    // The next page is read while this one is checked.
    let (send, mut ready) = channel(1);
    let reading = tokio::spawn(read_pages(store.clone(), anchored, send));
    let found = check_pages(store, &mut ready, &mut anchors, &mut report).await;
    drop(ready);
    reading.await.map_err(|_| StoreError::Closed)?;
    report.fault = match found? {
        Some(fault) => Some(name_missing(store, fault).await?),
        None if anchored => match anchors.check_roots(store).await? {
            None => first_gap(store).await?,
            fault => fault,
        },
        None => first_gap(store).await?,
    };
    Ok(report)
}

/// Reads page after page until nobody wants more.
async fn read_pages(store: Store, anchored: bool, send: Sender<Result<Page, StoreError>>) {
    let mut after = i64::MIN;
    loop {
        let page = async {
            let heads = store.all(cases::heads(after, PAGE)).await?;
            let upto = if heads.len() < PAGE as usize { i64::MAX } else { heads[heads.len() - 1].id };
            Ok((load(&store, heads, anchored, after, upto).await?, upto))
        };
        let page: Result<_, StoreError> = page.await;
        let upto = page.as_ref().map_or(i64::MAX, |(_, upto)| *upto);
        let gone = send.send(page.map(|(page, _)| page)).await.is_err();
        if gone || upto == i64::MAX {
            return;
        }
        after = upto;
    }
}

/// The first fault of the cases.
async fn check_pages(
    store: &Store,
    ready: &mut Receiver<Result<Page, StoreError>>,
    anchors: &mut Anchors,
    report: &mut Report,
) -> Result<Option<Fault>, StoreError> {
    while let Some(page) = ready.recv().await {
        for (case_id, mut known) in page? {
            anchors.take(&mut known.leaves);
            report.cases += u64::from(known.case.is_some());
            report.records += known.records.len() as u64;
            report.anchored.since += u64::from(known.moved());
            if check(case_id, &known).is_some()
                && let Some(fault) = look_again(store, case_id, known.leaves).await?
            {
                return Ok(Some(fault));
            }
        }
    }
    Ok(None)
}

/// Acts, records and leaves are read after the case rows, so that nothing committed in between seems missing.
async fn load(
    store: &Store,
    heads: Vec<HeadRow>,
    anchored: bool,
    after: i64,
    upto: i64,
) -> Result<Page, StoreError> {
    let with_head = |head: HeadRow| (head.id, Known { case: Some(head), ..Known::default() });
    let mut known: Page = heads.into_iter().map(with_head).collect();
    let leaves =
        async { if anchored { store.all(anchors::leaves(after, upto)).await } else { Ok(Vec::new()) } };
    let (records, acts) = (store.all(journal::range(after, upto)), store.all(acts::witnesses(after, upto)));
    let (records, acts, leaves) = try_join3(records, acts, leaves).await?;
    for record in records {
        known.entry(record.case_id).or_default().records.push(record);
    }
    for act in acts {
        known.entry(act.case_id).or_default().acts.push(act);
    }
    for leaf in leaves {
        known.entry(leaf.case_id).or_default().leaves.push(leaf);
    }
    // Acts on plain rows witness no case; a case or a record of that id is forged.
    if let Some(none) = known.get_mut(&0) {
        none.acts.clear();
        if none.case.is_none() && none.records.is_empty() && none.leaves.is_empty() {
            known.remove(&0);
        }
    }
    Ok(known)
}

async fn look_again(
    store: &Store,
    case_id: i64,
    leaves: Vec<anchors::LeafRow>,
) -> Result<Option<Fault>, StoreError> {
    let mut fault = None;
    for _ in 0..LOOKS {
        let head = store.all(cases::heads(case_id - 1, 1)).await?;
        let head = head.into_iter().filter(|h| h.id == case_id).collect();
        let mut page = load(store, head, false, case_id - 1, case_id).await?;
        let mut known = page.remove(&case_id).unwrap_or_default();
        known.leaves.clone_from(&leaves);
        fault = check(case_id, &known);
        if fault.is_none() {
            return Ok(None);
        }
    }
    Ok(fault)
}

/// A case row that is gone has left a gap in the case numbers, which gives its number.
async fn name_missing(store: &Store, fault: Fault) -> Result<Fault, StoreError> {
    if fault.kind != FaultKind::CaseMissing {
        return Ok(fault);
    }
    let gap = first_gap(store).await?;
    Ok(Fault { case_no: gap.map_or(String::new(), |gap| gap.case_no), ..fault })
}
