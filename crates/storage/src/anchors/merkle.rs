//! The Merkle tree of an anchor (SM3), leaf by leaf: keeps one digest for each level, not the leaves.
//!
//! The shape is that of RFC 6962: what has no partner moves up as it is. Leaves and nodes begin with different
//! words, so that no node can be passed off as a leaf.

use yichuang_domain::digest::sm3;

/// A tree that grows from left to right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    leaves: i64,
    /// Roots of the full subtrees so far with their heights, the tallest first.
    peaks: Vec<(u32, String)>,
}

impl Tree {
    pub(crate) fn push(&mut self, case_id: i64, seq: i64, head: &str) {
        let parts = ["锚定叶".as_bytes(), &case_id.to_be_bytes(), &seq.to_be_bytes(), head.as_bytes()];
        let (mut height, mut digest) = (0, sm3(&parts).0);
        while let Some((_, left)) = self.peaks.pop_if(|(peak, _)| *peak == height) {
            (height, digest) = (height + 1, node(&left, &digest));
        }
        self.peaks.push((height, digest));
        self.leaves += 1;
    }

    pub(crate) fn leaves(&self) -> i64 {
        self.leaves
    }

    /// Empty for a tree without leaves.
    pub(crate) fn root(&self) -> String {
        let digests = self.peaks.iter().map(|(_, digest)| digest.clone());
        digests.rev().reduce(|right, left| node(&left, &right)).unwrap_or_default()
    }
}

fn node(left: &str, right: &str) -> String {
    sm3(&["锚定节点".as_bytes(), left.as_bytes(), right.as_bytes()]).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(n: i64) -> String {
        let mut tree = Tree::default();
        tree.push(n, n, "h");
        tree.root()
    }

    fn of(leaves: i64) -> Tree {
        let mut tree = Tree::default();
        (1..=leaves).for_each(|n| tree.push(n, n, "h"));
        tree
    }

    #[test]
    fn the_root_is_that_of_the_tree_drawn_by_hand() {
        assert_eq!(of(0).root(), "");
        let [a, b, c, d, e] = [1, 2, 3, 4, 5].map(leaf);
        let (ab, cd) = (node(&a, &b), node(&c, &d));
        assert_eq!(of(2).root(), ab);
        assert_eq!(of(3).root(), node(&ab, &c));
        assert_eq!(of(5).root(), node(&node(&ab, &cd), &e));
        let ef = node(&e, &leaf(6));
        assert_eq!(of(7).root(), node(&node(&ab, &cd), &node(&ef, &leaf(7))));
        assert_eq!(of(7).leaves(), 7);
    }

    #[test]
    fn every_leaf_and_its_place_count() {
        let mut swapped = Tree::default();
        for n in [2, 1, 3, 4, 5, 6, 7] {
            swapped.push(n, n, "h");
        }
        assert_ne!(swapped.root(), of(7).root());
        for wrong in 1..=7 {
            let mut tree = Tree::default();
            (1..=7).for_each(|n| tree.push(n, n, if n == wrong { "x" } else { "h" }));
            assert_ne!(tree.root(), of(7).root(), "leaf {wrong}");
        }
    }
}
