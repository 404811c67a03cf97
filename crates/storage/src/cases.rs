//! 办件: the state row of every case. Pages read these rows; the journal says how they came to be.

use crate::change::{Lock, Witness};
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 办件: the stored row. Fields but `state` are there to be searched and sorted by.
    CaseRow {
        /// Id.
        id: int,
        /// 受理编号, for people; never changed.
        case_no: text,
        /// 办件编号, 43 or 44 characters; empty where the item has no code. Never changed.
        exchange_no: text,
        /// Number of the case's last journal record; moves with every change.
        version: int,
        /// Stage word.
        stage: text,
        /// Key of the site that took it in; never changed.
        site: text,
        /// Id of the item version it began with; never changed.
        item_version: int,
        /// Key of the deciding agency.
        agency: text,
        /// The decider's row as JSON.
        state: text,
        /// Hash of the last journal record.
        head_hash: text,
        /// When it was received, milliseconds UTC; never changed.
        received_at: int,
        /// The civil date of it; never changed.
        received_on: text,
        /// When it last changed, milliseconds UTC.
        updated_at: int,
    }
}

record! {
    /// What verification compares a journal with.
    HeadRow {
        /// Id.
        id: int,
        /// 受理编号
        case_no: text,
        /// Number of the last journal record.
        version: int,
        /// Its hash.
        head_hash: text,
    }
}

record! {
    /// What a search finds.
    FoundRow {
        /// Id.
        id: int,
        /// 受理编号
        case_no: text,
        /// Stage word.
        stage: text,
        /// Key of the site that took it in.
        site: text,
        /// Id of the item version.
        item_version: int,
        /// 收件日期
        received_on: text,
    }
}

/// What is searched for: received from one day to another, at one stage, of one item; an empty word: of any. The
/// latest first, before this id, at most so many.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Id the list goes on before.
    pub before: i64,
    /// First day.
    pub from: &'a str,
    /// Last day.
    pub to: &'a str,
    /// Stage word.
    pub stage: &'a str,
    /// Key of the item.
    pub item: &'a str,
    /// State of a promised clock that has not ended, and the first and last day it may be due on; `None`: any, or none.
    pub promised: Option<(&'a str, &'a str, &'a str)>,
    /// Lines.
    pub limit: i64,
}

/// Sorts behind every word.
const BEHIND: &str = "~";

impl Wanted<'_> {
    /// First and last word that fits: the word itself, or all there are.
    fn span(word: &str) -> (&str, &str) {
        if word.is_empty() { ("", BEHIND) } else { (word, word) }
    }
}

/// What a site took in.
pub fn of_site(site: &str, wanted: Wanted<'_>) -> Query<FoundRow> {
    let Wanted { before, from, to, stage, item, promised, limit } = wanted;
    let ((first, last), (low, high)) = (Wanted::span(stage), Wanted::span(item));
    let (state, due_from, due_to) = promised.unwrap_or_default();
    query!(
        "cases/search_site",
        site,
        before,
        from,
        to,
        first,
        last,
        low,
        high,
        state,
        due_from,
        due_to,
        limit
    )
}

/// What a department decides.
pub fn of_agency(agency: &str, wanted: Wanted<'_>) -> Query<FoundRow> {
    let Wanted { before, from, to, stage, item, promised, limit } = wanted;
    let ((first, last), (low, high)) = (Wanted::span(stage), Wanted::span(item));
    let (state, due_from, due_to) = promised.unwrap_or_default();
    query!(
        "cases/search_agency",
        agency,
        before,
        from,
        to,
        first,
        last,
        low,
        high,
        state,
        due_from,
        due_to,
        limit
    )
}

/// Of all sites.
pub fn of_all(wanted: Wanted<'_>) -> Query<FoundRow> {
    let Wanted { before, from, to, stage, item, promised, limit } = wanted;
    let ((first, last), (low, high)) = (Wanted::span(stage), Wanted::span(item));
    let (state, due_from, due_to) = promised.unwrap_or_default();
    query!("cases/search_all", before, from, to, first, last, low, high, state, due_from, due_to, limit)
}

impl CaseRow {
    /// Where the case's journal stands: what [`journal::chain`](crate::journal::chain) goes on from.
    pub fn witness(&self) -> Witness {
        Witness { case_id: self.id, seq: self.version, head: self.head_hash.clone() }
    }
}

/// Locks a case; read it in `then` as [`CaseRow`].
pub fn lock(id: i64) -> Lock {
    by_id(id).exclusive("办件")
}

/// A new case.
pub fn insert(case: &CaseRow) -> Stmt {
    let CaseRow { id, case_no, exchange_no, version, stage, site, item_version, agency, state, .. } = case;
    stmt!(
        "cases/insert",
        *id,
        case_no,
        exchange_no,
        *version,
        stage,
        site,
        *item_version,
        agency,
        state,
        &case.head_hash,
        case.received_at,
        &case.received_on,
        case.updated_at,
    )
}

/// The case as it is now, by id; needs its [`lock`]. What never changes is not written.
pub fn update(case: &CaseRow) -> Stmt {
    stmt!(
        "cases/update",
        case.version,
        &case.stage,
        &case.agency,
        &case.state,
        &case.head_hash,
        case.updated_at,
        case.id,
    )
}

/// The case with this id.
pub fn by_id(id: i64) -> Query<CaseRow> {
    query!("cases/by_id", id)
}

/// The case with this 受理编号.
pub fn by_case_no(case_no: &str) -> Query<CaseRow> {
    query!("cases/by_case_no", case_no)
}

/// The case with this 办件编号.
pub fn by_exchange_no(exchange_no: &str) -> Query<CaseRow> {
    query!("cases/by_exchange_no", exchange_no)
}

/// At most `limit` cases with an id above `after`, by id.
pub fn page(after: i64, limit: i64) -> Query<CaseRow> {
    query!("cases/page", after, limit)
}

/// At most `limit` cases received by a site on a date, with an id above `after`, by id.
pub fn received(site: &str, on: &str, after: i64, limit: i64) -> Query<CaseRow> {
    query!("cases/received", site, on, after, limit)
}

/// At most `limit` heads with an id above `after`, by id.
pub fn heads(after: i64, limit: i64) -> Query<HeadRow> {
    query!("cases/heads", after, limit)
}

/// The case numbers between two texts, in order.
pub(crate) fn numbers(after: &str, before: &str) -> Query<String> {
    query!("cases/numbers", after, before)
}

/// The first case number with `from <= case_no < before`.
pub fn first_number(from: &str, before: &str) -> Query<String> {
    query!("cases/first_number", from, before)
}
