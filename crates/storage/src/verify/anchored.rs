//! The anchors: their chain, signatures and roots, and the file outside.
//!
//! What an anchor says of a single case is held against its records in `check`; here the whole is.

use super::report::{Anchored, Fault, FaultKind};
use crate::acts;
use crate::anchors::key::PublicKey;
use crate::anchors::{self, AnchorRow, LeafRow, Tree};
use crate::error::StoreError;
use crate::store::Store;
use std::collections::BTreeMap;

/// 外部凭据: what does not lie in the database, and so can prove more than the database can.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The key the anchors must be signed with.
    pub key: Option<PublicKey>,
    /// The anchors of the file outside, in order.
    pub file: Option<Vec<AnchorRow>>,
}

/// The anchors there were when verification began; later ones are left out.
#[derive(Default)]
pub(super) struct Anchors {
    rows: Vec<AnchorRow>,
    trees: BTreeMap<i64, Tree>,
    /// The greatest number a leaf named.
    greatest: i64,
}

impl Anchors {
    pub async fn load(store: &Store) -> Result<Anchors, StoreError> {
        Ok(Anchors { rows: anchors::all(store).await?, ..Anchors::default() })
    }

    fn last(&self) -> i64 {
        self.rows.last().map_or(0, |anchor| anchor.number)
    }

    /// The chain, the signatures, and what is outside.
    pub fn check(&self, outside: &Outside) -> Option<Fault> {
        let own = chain(&self.rows).or_else(|| signed(&self.rows, outside.key.as_ref()));
        own.or_else(|| self.against(outside.file.as_deref()?))
    }

    fn against(&self, file: &[AnchorRow]) -> Option<Fault> {
        let differs = self.rows.iter().zip(file).find(|(own, outside)| own != outside);
        if let Some((own, _)) = differs {
            return broken(FaultKind::FileDiffers(own.number));
        }
        file.get(self.rows.len()).and_then(|first| broken(FaultKind::Older(first.number)))
    }

    /// Leaves of a case, without those of anchors made since.
    pub fn take(&mut self, leaves: &mut Vec<LeafRow>) {
        let last = self.last();
        self.greatest = leaves.iter().map(|leaf| leaf.anchor).fold(self.greatest, i64::max);
        leaves.retain(|leaf| leaf.anchor <= last);
        for leaf in leaves {
            self.trees.entry(leaf.anchor).or_default().push(leaf.case_id, leaf.seq, &leaf.head);
        }
    }

    /// Every root is that of its leaves, and every leaf of an anchor. After all cases.
    pub async fn check_roots(&self, store: &Store) -> Result<Option<Fault>, StoreError> {
        for anchor in &self.rows {
            let (none, tree) = (Tree::default(), self.trees.get(&anchor.number));
            let tree = tree.unwrap_or(&none);
            if tree.root() != anchor.root || tree.leaves() != anchor.leaves {
                return Ok(broken(FaultKind::LeavesDiffer(anchor.number)));
            }
        }
        let first = self.trees.keys().next().filter(|number| **number < 1);
        if let Some(number) = first {
            return Ok(broken(FaultKind::LeavesDiffer(*number)));
        }
        self.check_end(store).await
    }

    /// The last anchor is the last that was made, as the acts and the leaves have it.
    async fn check_end(&self, store: &Store) -> Result<Option<Fault>, StoreError> {
        let next = self.last() + 1;
        let known = self.greatest >= next || store.one(acts::by_id(&anchors::act_id(next))).await?.is_some();
        // One made while this verification ran is there by now.
        let gone = known && store.all(anchors::page(next - 1, 1)).await?.is_empty();
        Ok(if gone { broken(FaultKind::AnchorMissing(next)) } else { None })
    }

    /// What there was to hold the journal against.
    pub fn told(&self, outside: &Outside, since: u64) -> Anchored {
        Anchored {
            last: self.last(),
            at: self.rows.last().map_or(0, |anchor| anchor.at),
            since,
            in_file: outside.file.as_ref().map(|file| file.len() as i64),
            by_key: outside.key.is_some() && !self.rows.is_empty(),
        }
    }
}

fn broken(kind: FaultKind) -> Option<Fault> {
    Some(Fault { case_no: String::new(), case_id: 0, seq: 0, kind })
}

fn chain(rows: &[AnchorRow]) -> Option<Fault> {
    let mut previous = anchors::start();
    for (number, anchor) in (1..).zip(rows) {
        if anchor.number != number {
            return broken(FaultKind::AnchorMissing(number));
        }
        if anchor.previous != previous || anchor.hash != anchor.digest() {
            return broken(FaultKind::AnchorEdited(number));
        }
        previous.clone_from(&anchor.hash);
    }
    None
}

/// Every signature holds; after one that is signed all are; from the first with this key on all are with this key,
/// and the last is.
fn signed(rows: &[AnchorRow], key: Option<&PublicKey>) -> Option<Fault> {
    if let Some(bad) = rows.iter().find(|anchor| !anchor.signature_holds()) {
        return broken(FaultKind::BadSignature(bad.number));
    }
    let key = key.map(PublicKey::text);
    let ours = |anchor: &&AnchorRow| match &key {
        Some(key) => anchor.public_key == *key,
        None => !anchor.public_key.is_empty(),
    };
    let others = match (rows.iter().position(|anchor| ours(&anchor)), &key) {
        (Some(begin), _) => rows[begin..].iter().find(|anchor| !ours(anchor)),
        (None, Some(_)) => rows.last(),
        (None, None) => None,
    };
    others.and_then(|anchor| broken(FaultKind::NotSigned(anchor.number)))
}
