//! Who acts, when, and under which act id; and where clocks and ids come from.
//!
//! The boundary (page, API, command line, job, demo) makes a [`Ctx`] for every act. Only [`SystemClock`]
//! reads the machine's clock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;
use yichuang_storage::nodes::{self, Held, Node};

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

/// 标识号: ordered by time, unique over all nodes. Milliseconds since 2020 above ten bits of node number and
/// twelve bits of running number; never goes backwards while the process lives.
#[derive(Debug)]
pub struct Ids {
    node: Numbered,
    /// Milliseconds and running number of the last id.
    last: Mutex<i64>,
}

/// Where the node number comes from.
#[derive(Debug)]
enum Numbered {
    Given(Held),
    Leased(Node),
}

impl Ids {
    const EPOCH: i64 = 1_577_836_800_000;
    const NODE_BITS: u32 = 10;
    const RUN_BITS: u32 = 12;

    /// Ids of the node with this number, all above `greatest`. Numbers up to [`nodes::LAST`] are leased: whoever
    /// makes ids beside a node takes one above, up to 1023.
    pub fn new(node: u32, greatest: i64) -> Ids {
        let held = Held { number: i64::from(node), above: greatest, not_before: 0 };
        Ids { node: Numbered::Given(held), last: Mutex::new(0) }
    }

    /// Ids of this node, by the number it holds at the moment: never one below what the number's earlier holders
    /// may have made, so neither a clock that went back nor one that ran ahead gives an id twice. While it holds
    /// none, the ids are nobody's; the store takes no change with them.
    pub fn of(node: Node) -> Ids {
        Ids { node: Numbered::Leased(node), last: Mutex::new(0) }
    }

    /// A number for a database that leases none: processes alive together on one machine differ in it, and so do
    /// the openings of one process. Above all that are leased.
    pub(crate) fn unleased() -> i64 {
        static OPENINGS: AtomicU32 = AtomicU32::new(0);
        let opening = std::process::id().wrapping_add(OPENINGS.fetch_add(1, Ordering::Relaxed));
        let leased = nodes::LAST + 1;
        leased + i64::from(opening) % ((1 << Self::NODE_BITS) - leased)
    }

    /// The next id, not before this moment.
    pub fn next(&self, at: Instant) -> i64 {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let held = match &self.node {
            Numbered::Given(held) => *held,
            Numbered::Leased(node) => node.held(),
        };
        *last =
            Self::slot(at.0).max(Self::slot(held.not_before)).max(Self::end_of(held.above)).max(*last + 1);
        let (time, run) = (*last >> Self::RUN_BITS, *last & ((1 << Self::RUN_BITS) - 1));
        let number = held.number & ((1 << Self::NODE_BITS) - 1);
        let id = (time << (Self::NODE_BITS + Self::RUN_BITS)) | (number << Self::RUN_BITS) | run;
        if let Numbered::Leased(node) = &self.node {
            node.drew(id);
        }
        id
    }

    /// The moment an id was made at, or a little after it where many were made at once.
    pub fn moment(id: i64) -> Instant {
        Instant(Self::EPOCH + (id >> (Self::NODE_BITS + Self::RUN_BITS)))
    }

    /// The first running number of this millisecond.
    fn slot(at: i64) -> i64 {
        (at - Self::EPOCH).max(0) << Self::RUN_BITS
    }

    /// The first running number of the millisecond after this id's.
    fn end_of(id: i64) -> i64 {
        if id > 0 { ((id >> (Self::NODE_BITS + Self::RUN_BITS)) + 1) << Self::RUN_BITS } else { 0 }
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
        assert!((nodes::LAST + 1..1024).contains(&Ids::unleased()), "apart from the numbers that are leased");
    }
}
