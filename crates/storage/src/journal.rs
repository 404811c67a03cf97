//! 办件日志: the append-only record of every case, each record chained to the one before by SM3.
//!
//! Nothing here updates or deletes a record, and nothing ever may.

use crate::change::Witness;
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};
use yichuang_domain::digest::sm3;

pub use crate::verify::{Anchored, Fault, FaultKind, Outside, Report, verify, verify_against};

record! {
    /// 日志记录
    JournalRow {
        /// The case.
        case_id: int,
        /// Number in the case, from 1, without a gap.
        seq: int,
        /// The event as JSON; never personal data.
        body: text,
        /// [`link`] of the record before and this one.
        hash: text,
    }
}

/// Where a case's chain begins: a witness with no record yet. Its head differs for every case, so no chain
/// can be passed off as another's.
pub fn start(case_id: i64) -> Witness {
    let head = sm3(&["一窗办件日志".as_bytes(), &case_id.to_be_bytes()]).0;
    Witness { case_id, seq: 0, head }
}

/// The hash of a record: SM3 over the hash before it, the case, the number and the body.
pub fn link(previous: &str, case_id: i64, seq: i64, body: &str) -> String {
    sm3(&[previous.as_bytes(), &case_id.to_be_bytes(), &seq.to_be_bytes(), body.as_bytes()]).0
}

/// Appends `bodies` to the chain that stands at `from` ([`start`] or
/// [`CaseRow::witness`](crate::cases::CaseRow::witness)). Gives the statements and where the chain then stands:
/// `version`, `head_hash` and [`Effects::witness`](crate::Effects::witness).
pub fn chain(from: &Witness, bodies: Vec<String>) -> (Vec<Stmt>, Witness) {
    let mut at = from.clone();
    let append_one = |body: String| {
        at.seq += 1;
        at.head = link(&at.head, at.case_id, at.seq, &body);
        append(at.case_id, at.seq, body, &at.head)
    };
    let stmts = bodies.into_iter().map(append_one).collect();
    (stmts, at)
}

/// One record with its hash; [`chain`] is the usual way.
pub fn append(case_id: i64, seq: i64, body: String, hash: &str) -> Stmt {
    stmt!("journal/append", case_id, seq, body, hash)
}

/// The records of a case in order.
pub fn of_case(case_id: i64) -> Query<JournalRow> {
    query!("journal/of_case", case_id)
}

/// At most `limit` records after `(case_id, seq)`, by case and number.
pub fn page(after: (i64, i64), limit: i64) -> Query<JournalRow> {
    query!("journal/page", after.0, after.1, limit)
}

/// The records of the cases with `after < id <= upto`, by case and number.
pub(crate) fn range(after: i64, upto: i64) -> Query<JournalRow> {
    query!("journal/range", after, upto)
}

/// Walks over the whole journal by case and number, a page at a time, so memory stays bounded and no read
/// holds up the log. Gives the number of records.
pub async fn walk(store: &Store, mut each: impl FnMut(JournalRow)) -> Result<u64, StoreError> {
    const PAGE: usize = 1000;
    let (mut after, mut count) = ((i64::MIN, 0), 0);
    loop {
        let rows = store.all(page(after, PAGE as i64)).await?;
        let full = rows.len() == PAGE;
        for row in rows {
            after = (row.case_id, row.seq);
            count += 1;
            each(row);
        }
        if !full {
            return Ok(count);
        }
    }
}
