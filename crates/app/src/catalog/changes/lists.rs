//! 对应: which entries of two lists belong together, and which of them changed places.

use super::sheet::Entry;
use std::collections::{BTreeSet, HashMap};

/// Positions in the old and in the new list.
pub(super) struct Pairing {
    /// Old entries that are gone.
    pub removed: Vec<usize>,
    /// New entries.
    pub added: Vec<usize>,
    /// Old and new position of the others, in the new order.
    pub kept: Vec<(usize, usize)>,
    /// New positions of as few entries as suffice to turn the old order into the new.
    pub moved: BTreeSet<usize>,
}

/// Pairs entries with the same id, the n-th of an id with the n-th; of those left, entries that are near.
pub(super) fn pair(old: &[Entry], new: &[Entry]) -> Pairing {
    let mut of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let keys: [fn(&Entry) -> Option<&str>; 2] = [|entry| Some(&entry.id), |entry| entry.near.as_deref()];
    for key in keys {
        let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, entry) in old.iter().enumerate().rev().filter(|(at, _)| !taken.contains(at)) {
            if let Some(key) = key(entry) {
                waiting.entry(key).or_default().push(at);
            }
        }
        for (at, entry) in new.iter().enumerate().filter(|(at, _)| of_new[*at].is_none()).collect::<Vec<_>>()
        {
            let found = key(entry).and_then(|key| waiting.get_mut(key)).and_then(Vec::pop);
            of_new[at] = found;
            taken.extend(found);
        }
    }
    let kept: Vec<(usize, usize)> =
        of_new.iter().enumerate().filter_map(|(to, from)| from.map(|from| (from, to))).collect();
    Pairing {
        removed: (0..old.len()).filter(|at| !taken.contains(at)).collect(),
        added: (0..new.len()).filter(|at| of_new[*at].is_none()).collect(),
        moved: moved(&kept),
        kept,
    }
}

/// All but a longest run of pairs whose old positions rise, too.
fn moved(kept: &[(usize, usize)]) -> BTreeSet<usize> {
    // `ends[n]`: the pair with the lowest old position that ends a rising run of n + 1 pairs.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    for (at, (from, _)) in kept.iter().enumerate() {
        let length = ends.partition_point(|end| kept[*end].0 < *from);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        stays.insert(pair);
        at = before[pair];
    }
    (0..kept.len()).filter(|at| !stays.contains(at)).map(|at| kept[at].1).collect()
}
