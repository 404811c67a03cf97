//! Who acts, when, and under which act id; and where clocks and ids come from.
//!
//! The boundary (page, API, command line, job, demo) makes a [`Ctx`] for every act. Only [`SystemClock`]
//! reads the machine's clock.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;

/// 行为上下文: first argument of every use case.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// When, read once from the clock at the boundary.
    pub at: Instant,
    /// 操作号: from the form, the `Idempotency-Key` or the command line. The same id twice is one act.
    pub act: String,
}

impl Ctx {
    /// A context.
    pub fn new(actor: Actor, at: Instant, act: impl Into<String>) -> Ctx {
        Ctx { actor, at, act: act.into() }
    }
}

/// 时钟.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Instant(since.map_or(0, |since| since.as_millis() as i64))
    }
}

/// 标识号: ordered by time, unique on this node. Milliseconds since 2020 above ten bits of node number
/// and twelve bits of running number; never goes backwards while the process lives.
#[derive(Debug)]
pub struct Ids {
    node: i64,
    last: AtomicI64,
}

impl Ids {
    const EPOCH: i64 = 1_577_836_800_000;
    const NODE_BITS: u32 = 10;
    const RUN_BITS: u32 = 12;

    /// Ids of this node (0 to 1023), all above `greatest`, the greatest id in the database: a clock that went
    /// back since gives no id twice.
    pub fn new(node: u32, greatest: i64) -> Ids {
        let node = i64::from(node) & ((1 << Self::NODE_BITS) - 1);
        let slot = greatest >> (Self::NODE_BITS + Self::RUN_BITS) << Self::RUN_BITS;
        let used = if greatest > 0 { slot | ((1 << Self::RUN_BITS) - 1) } else { 0 };
        Ids { node, last: AtomicI64::new(used) }
    }

    /// A node number for this opening: processes alive together on one machine differ in it, and so do the
    /// openings of one process. Until node numbers are leased from the database this is all there is.
    pub fn node_of_this_opening() -> u32 {
        static OPENINGS: AtomicU32 = AtomicU32::new(0);
        std::process::id().wrapping_add(OPENINGS.fetch_add(1, Ordering::Relaxed))
    }

    /// The next id, not before this moment.
    pub fn next(&self, at: Instant) -> i64 {
        let slot = (at.0 - Self::EPOCH).max(0) << Self::RUN_BITS;
        let take = |last: i64| Some(slot.max(last + 1));
        let last =
            self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or_else(|last| last);
        let run = slot.max(last + 1);
        let (time, run) = (run >> Self::RUN_BITS, run & ((1 << Self::RUN_BITS) - 1));
        (time << (Self::NODE_BITS + Self::RUN_BITS)) | (self.node << Self::RUN_BITS) | run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_never_repeat_even_when_the_clock_goes_back() {
        let ids = Ids::new(3, 0);
        let moments = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000, 1_700_000_000_001];
        let drawn: Vec<i64> = moments.iter().cycle().take(20_000).map(|ms| ids.next(Instant(*ms))).collect();
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(drawn.iter().all(|id| (id >> Ids::RUN_BITS) & 1023 == 3));
        let greatest = drawn[drawn.len() - 1];
        let restarted = Ids::new(1, greatest);
        assert!(restarted.next(Instant(1_600_000_000_000)) > greatest, "the clock went back over a restart");
    }
}
