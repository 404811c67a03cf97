//! Draws keyed by (seed, visitor, step): the same whatever else happens at the same time.

use yichuang_domain::digest::sm3;

/// The draws of one case of one visitor.
#[derive(Clone, Debug)]
pub struct Draws {
    seed: u64,
    key: u64,
    step: u64,
}

impl Draws {
    /// The draws of this key under this seed.
    pub fn new(seed: u64, key: u64) -> Draws {
        Draws { seed, key, step: 0 }
    }

    fn next(&mut self) -> u64 {
        self.step += 1;
        let digest = sm3(&[&self.seed.to_be_bytes(), &self.key.to_be_bytes(), &self.step.to_be_bytes()]).0;
        u64::from_str_radix(&digest[..16], 16).unwrap_or_default()
    }

    /// A number from 0 to `n - 1`; 0 when there is nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high + 1 - low)
    }

    /// True in so many of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_key_and_step_alone() {
        let draw = |seed, key| {
            let mut draws = Draws::new(seed, key);
            [(); 6].map(|_| draws.below(1000))
        };
        assert_eq!(draw(7, 3), draw(7, 3));
        assert_ne!(draw(7, 3), draw(8, 3));
        assert_ne!(draw(7, 3), draw(7, 4));
    }
}
