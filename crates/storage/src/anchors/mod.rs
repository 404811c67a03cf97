//! 日志锚定: where the journals of all cases stand, as one Merkle root, chained and signed, so that what comes later
//! can be held against it.
//!
//! An anchor covers every case that has moved since the anchor before. It proves nothing by itself while it lies in
//! the same database as the journal: what makes it a proof is the key ([`key`]) or the copy outside ([`file`]).
//! Nothing here changes or deletes an anchor, and nothing ever may.

pub mod file;
pub mod key;
mod merkle;

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};
use key::{PublicKey, SigningKey};
use yichuang_domain::digest::sm3;

pub(crate) use merkle::Tree;

/// Cases one anchor covers at most; more than that make several anchors in a row. Bounds what one change writes.
pub const LEAVES: usize = 20_000;

record! {
    /// 锚定
    AnchorRow {
        /// From 1, without a gap.
        number: int,
        /// When, milliseconds UTC.
        at: int,
        /// How many cases it covers.
        leaves: int,
        /// Merkle root over the leaves in the order of the cases' ids.
        root: text,
        /// Hash of the anchor before.
        previous: text,
        /// The key it is signed with, [`PublicKey::text`]; empty: not signed.
        public_key: text,
        /// [`AnchorRow::digest`]
        hash: text,
        /// Over the text of `hash`; empty: not signed.
        signature: text,
    }
}

record! {
    /// 锚定的叶: where the journal of a case stood.
    LeafRow {
        /// The case.
        case_id: int,
        /// Number of its last record then.
        seq: int,
        /// The anchor that covers it.
        anchor: int,
        /// The record's hash.
        head: text,
    }
}

record! {
    /// 变动: a case whose journal stands where no anchor has seen it.
    Moved {
        /// The case.
        case_id: int,
        /// Number of its last record.
        seq: int,
        /// Its hash.
        head: text,
    }
}

/// What the first anchor is chained to.
pub(crate) fn start() -> String {
    sm3(&["一窗日志锚定".as_bytes()]).0
}

impl AnchorRow {
    /// SM3 over everything the anchor says but its signature.
    pub fn digest(&self) -> String {
        let AnchorRow { number, at, leaves, root, previous, public_key, .. } = self;
        let numbers = [number, at, leaves].map(|number| number.to_be_bytes());
        let [number, at, leaves] = numbers.each_ref().map(|bytes| bytes.as_slice());
        let label = "一窗日志锚定".as_bytes();
        sm3(&[label, number, at, leaves, root.as_bytes(), previous.as_bytes(), public_key.as_bytes()]).0
    }

    /// The signature is by the key the anchor names, or there is neither.
    pub fn signature_holds(&self) -> bool {
        match (self.public_key.as_str(), self.signature.as_str()) {
            ("", "") => true,
            (key, signature) => {
                PublicKey::from_text(key).is_some_and(|key| key.verify(&self.hash, signature))
            }
        }
    }
}

/// The next anchor over these cases, in the order of their ids; and what writes it.
pub fn next(
    previous: Option<&AnchorRow>,
    at: i64,
    moved: &[Moved],
    key: Option<&SigningKey>,
) -> (AnchorRow, Vec<Stmt>) {
    let mut tree = Tree::default();
    moved.iter().for_each(|case| tree.push(case.case_id, case.seq, &case.head));
    let mut anchor = AnchorRow {
        number: previous.map_or(0, |anchor| anchor.number) + 1,
        at,
        leaves: tree.leaves(),
        root: tree.root(),
        previous: previous.map_or_else(start, |anchor| anchor.hash.clone()),
        public_key: key.map(|key| key.public().text()).unwrap_or_default(),
        hash: String::new(),
        signature: String::new(),
    };
    anchor.hash = anchor.digest();
    anchor.signature = key.map(|key| key.sign(&anchor.hash)).unwrap_or_default();
    let mut stmts = Vec::with_capacity(moved.len() + 1);
    stmts.push(insert(&anchor));
    let leaf = |case: &Moved| stmt!("anchors/insert_leaf", case.case_id, case.seq, anchor.number, &case.head);
    stmts.extend(moved.iter().map(leaf));
    (anchor, stmts)
}

fn insert(anchor: &AnchorRow) -> Stmt {
    let AnchorRow { number, at, leaves, root, previous, public_key, hash, signature } = anchor;
    stmt!("anchors/insert", *number, *at, *leaves, root, previous, public_key, hash, signature)
}

/// Id of the act that makes this anchor; by it, it is made once, and known when it is gone.
pub fn act_id(number: i64) -> String {
    format!("anchor/{number}")
}

/// The newest anchor.
pub fn last() -> Query<AnchorRow> {
    query!("anchors/last")
}

/// At most `limit` anchors after this number, in order.
pub fn page(after: i64, limit: i64) -> Query<AnchorRow> {
    query!("anchors/page", after, limit)
}

/// Every anchor there is, in order.
pub(crate) async fn all(store: &Store) -> Result<Vec<AnchorRow>, StoreError> {
    const PAGE: usize = 1000;
    let mut all: Vec<AnchorRow> = Vec::new();
    loop {
        let after = all.last().map_or(i64::MIN, |anchor| anchor.number);
        let part = store.all(page(after, PAGE as i64)).await?;
        let full = part.len() == PAGE;
        all.extend(part);
        if !full {
            return Ok(all);
        }
    }
}

/// At most `limit` cases that have moved since they were last anchored, by id: one statement, so one snapshot.
pub fn moved(limit: usize) -> Query<Moved> {
    query!("anchors/moved", limit as i64)
}

/// The leaves of the cases with `after < id <= upto`, by case and record. For `journal verify`.
pub(crate) fn leaves(after: i64, upto: i64) -> Query<LeafRow> {
    query!("anchors/leaves", after, upto)
}
