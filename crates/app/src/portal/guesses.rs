//! 防猜测: wrong query codes, counted for each pair of case and address, and for each address. Whoever guesses waits, and
//! twice as long the next time; the applicant at another address does not.
//!
//! Kept in memory: a row for each wrong guess would let a guesser write to the database. A restart forgets them, and
//! several nodes count each for itself; the codes are long enough for that.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::time::{Date, Instant};

/// Pairs and addresses remembered; beyond, the oldest go.
const REMEMBERED: usize = 100_000;
/// Doublings of the wait, at most.
const DOUBLINGS: u32 = 5;

/// 猜测规则 of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Wrong codes for one case from one address before it waits.
    pub tries: u32,
    /// Wrong codes from one address, whatever the case, before it waits.
    pub address: u32,
    /// Minutes within which they count.
    pub window: i64,
    /// Minutes of the first wait.
    pub wait: i64,
}

impl Patience {
    /// The rules on this day.
    pub fn on(date: Date) -> Patience {
        let of = |name| value(name, date);
        Patience {
            tries: of(ParameterName::QueryFailures),
            address: of(ParameterName::QueryFailuresAddress),
            window: of(ParameterName::QueryWindow).into(),
            wait: of(ParameterName::QueryWait).into(),
        }
    }
}

/// The value on this day; before the first day the parameters know, the first.
fn value(name: ParameterName, date: Date) -> u32 {
    let first = yichuang_domain::law::parameters::describe(name).values.first();
    parameter(name, date).or(first.map(|dated| dated.value)).unwrap_or_default()
}

/// Minutes of this parameter in milliseconds.
pub(super) fn minutes(now: Instant, name: ParameterName) -> i64 {
    i64::from(value(name, now.date())) * MINUTE
}

const MINUTE: i64 = 60_000;

/// Whose guesses: of an address, for a case or for any.
type Guesser = (IpAddr, Option<String>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    failures: u32,
    since: i64,
    locked_until: i64,
    locks: u32,
}

/// 错误查询的计数, of one process.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<Guesser, Count>>);

impl Guesses {
    /// This address may try a code for this case now.
    pub fn may_try(&self, address: IpAddr, case_no: &str, now: Instant) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = |who: &Guesser| counts.get(who).is_none_or(|count| count.locked_until <= now.0);
        free(&(address, Some(key(case_no)))) && free(&(address, None))
    }

    /// A wrong one.
    pub fn wrong(&self, address: IpAddr, case_no: &str, now: Instant) {
        let patience = Patience::on(now.date());
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (who, allowed) in
            [((address, Some(key(case_no))), patience.tries), ((address, None), patience.address)]
        {
            let count = counts.entry(who).or_default();
            if now.0 - count.since > patience.window * MINUTE {
                // Waits grow while somebody comes back at once; a window without a guess forgets them.
                let locks =
                    if now.0 - count.locked_until > patience.window * MINUTE { 0 } else { count.locks };
                *count = Count { since: now.0, locks, ..Count::default() };
            }
            count.failures += 1;
            if count.failures >= allowed {
                let wait = (patience.wait * MINUTE) << count.locks.min(DOUBLINGS);
                *count =
                    Count { failures: 0, since: now.0, locked_until: now.0 + wait, locks: count.locks + 1 };
            }
        }
        if counts.len() > REMEMBERED {
            forget(&mut counts, now, patience);
        }
    }

    /// The right one: the pair starts anew.
    pub fn right(&self, address: IpAddr, case_no: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(address, Some(key(case_no))));
    }
}

/// As much of a number as is told apart.
fn key(case_no: &str) -> String {
    case_no.chars().take(super::LONGEST).collect()
}

/// Drops what no longer counts, and if that is not enough the half that is oldest.
fn forget(counts: &mut HashMap<Guesser, Count>, now: Instant, patience: Patience) {
    let fresh = |count: &Count| now.0 - count.since <= patience.window * MINUTE || count.locked_until > now.0;
    counts.retain(|_, count| fresh(count));
    if counts.len() > REMEMBERED {
        let mut ages: Vec<i64> = counts.values().map(|count| count.since).collect();
        let middle = ages.len() / 2;
        let (_, middle, _) = ages.select_nth_unstable(middle);
        let middle = *middle;
        counts.retain(|(_, case), count| case.is_none() || count.since > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    fn at(minute: i64) -> Instant {
        Instant::at(Date::constant(2026, 9, 1), 10, 0).plus(minute * MINUTE)
    }

    #[test]
    fn whoever_guesses_waits_and_waits_longer_the_next_time() {
        let (guesses, patience) = (Guesses::default(), Patience::on(at(0).date()));
        let guess = |minute| (0..patience.tries).for_each(|_| guesses.wrong(HERE, "JB1", at(minute)));
        (1..patience.tries).for_each(|_| guesses.wrong(HERE, "JB1", at(0)));
        assert!(guesses.may_try(HERE, "JB1", at(0)), "one is left");
        guesses.wrong(HERE, "JB1", at(0));
        assert!(!guesses.may_try(HERE, "JB1", at(patience.wait - 1)));
        assert!(guesses.may_try(THERE, "JB1", at(0)), "the applicant is elsewhere");
        assert!(guesses.may_try(HERE, "JB1", at(patience.wait)));
        guess(patience.wait);
        assert!(!guesses.may_try(HERE, "JB1", at(patience.wait * 3 - 1)), "twice as long");
        assert!(guesses.may_try(HERE, "JB1", at(patience.wait * 3)));
    }

    #[test]
    fn an_address_that_tries_case_after_case_waits_for_all() {
        let (guesses, patience) = (Guesses::default(), Patience::on(at(0).date()));
        for nth in 0..patience.address {
            assert!(guesses.may_try(HERE, &format!("JB{nth}"), at(0)), "{nth}");
            guesses.wrong(HERE, &format!("JB{nth}"), at(0));
        }
        assert!(!guesses.may_try(HERE, "JB-new", at(0)));
        assert!(guesses.may_try(THERE, "JB-new", at(0)));
    }

    #[test]
    fn a_few_slips_now_and_then_are_nothing() {
        let (guesses, patience) = (Guesses::default(), Patience::on(at(0).date()));
        for nth in 0..patience.tries * 2 {
            let now = at(i64::from(nth) * (patience.window + 1));
            guesses.wrong(HERE, "JB1", now);
            assert!(guesses.may_try(HERE, "JB1", now));
        }
        (1..patience.tries).for_each(|_| guesses.wrong(HERE, "JB2", at(0)));
        guesses.right(HERE, "JB2");
        guesses.wrong(HERE, "JB2", at(0));
        assert!(guesses.may_try(HERE, "JB2", at(0)), "the right one wipes the slate");
    }

    #[test]
    fn many_guesses_do_not_fill_the_memory() {
        let guesses = Guesses::default();
        (0..REMEMBERED * 2).for_each(|nth| guesses.wrong(HERE, &format!("JB{nth}"), at(0)));
        assert!(guesses.0.lock().unwrap().len() <= REMEMBERED + 1);
        assert!(!guesses.may_try(HERE, "JB1", at(0)), "the address is not forgotten");
    }
}
