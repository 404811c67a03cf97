//! In which order a batch takes its locks, and in which rounds its changes decide. Touches no database.
//!
//! Row locks keep transactions apart, not the changes inside one. So a change that locks what an earlier change
//! of the batch has locked waits for the next round, and sees what that one wrote.

use crate::change::{Change, Lock, Strength};
use crate::value::{Stmt, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Rounds of one transaction at most: nobody else may touch the rows meanwhile.
const ROUNDS: usize = 16;

/// A row that is locked once for all changes that need it.
pub(super) struct Held<'a> {
    pub(super) read: &'a Stmt,
    /// The strongest that any of them asks for: a lock that had to grow could deadlock.
    pub(super) strength: Strength,
    /// Places of the changes that need it.
    pub(super) owners: Vec<usize>,
    tables: BTreeSet<&'static str>,
}

/// The plan of one transaction.
pub(super) struct Order<'a> {
    held: Vec<Held<'a>>,
    /// Of each change, of each of its locks that hold: the place in `held`.
    holds: Vec<BTreeMap<usize, usize>>,
    changes: &'a [&'a Change],
    rounds: Vec<usize>,
}

/// By kind of act: tables whose rows it was seen to change without holding one of them.
pub(super) type Foreign = BTreeMap<&'static str, BTreeSet<&'static str>>;

impl<'a> Order<'a> {
    pub(super) fn of(changes: &'a [&'a Change], foreign: &Foreign) -> Order<'a> {
        // Every node takes its locks in this order, so no two transactions wait for each other.
        let mut rows: BTreeMap<(&str, &[Value]), Held<'a>> = BTreeMap::new();
        for (place, change) in changes.iter().enumerate() {
            for lock in change.locks.iter().filter(|lock| lock.holds()) {
                let held = rows.entry(row_of(lock)).or_insert_with(|| Held {
                    read: &lock.read,
                    strength: Strength::Share,
                    owners: Vec::new(),
                    tables: lock.read.tables_read().collect(),
                });
                held.owners.push(place);
                if lock.strength == Strength::Update {
                    held.strength = Strength::Update;
                }
            }
        }
        let places: BTreeMap<_, usize> = rows.keys().copied().zip(0..).collect();
        let place_of = |lock: &Lock| places.get(&row_of(lock)).copied();
        let holds = |change: &&Change| {
            let locks = change.locks.iter().enumerate().filter(|(_, lock)| lock.holds());
            locks.filter_map(|(number, lock)| Some((number, place_of(lock)?))).collect()
        };
        let holds: Vec<BTreeMap<usize, usize>> = changes.iter().map(holds).collect();
        let mut order = Order { held: rows.into_values().collect(), holds, changes, rounds: Vec::new() };
        order.rounds = order.rounds_of_changes(foreign);
        order
    }

    /// The rows to lock, in order.
    pub(super) fn held(&self) -> &[Held<'a>] {
        &self.held
    }

    /// The place in [`Order::held`] of a lock of a change.
    pub(super) fn held_by(&self, change: usize, lock: usize) -> usize {
        self.holds[change][&lock]
    }

    /// How many rounds this transaction has; changes of later rounds are put off.
    pub(super) fn rounds(&self) -> usize {
        self.rounds.iter().max().map_or(0, |last| (last + 1).min(ROUNDS))
    }

    /// Places of the changes of this round.
    pub(super) fn of_round(&self, round: usize) -> impl Iterator<Item = usize> + '_ {
        self.rounds.iter().enumerate().filter(move |(_, of)| **of == round).map(|(place, _)| place)
    }

    /// A change comes one round after the last change before it that it may not share a row with. Two statements
    /// on one table may mean the same row, and so may a statement and what a change writes without holding it.
    fn rounds_of_changes(&self, foreign: &Foreign) -> Vec<usize> {
        // By row and by (table, statement): the first rounds after whoever holds it at all, and after whoever alone.
        let mut rows = vec![Free::default(); self.held.len()];
        let mut tables: BTreeMap<&str, BTreeMap<&str, Free>> = BTreeMap::new();
        let mut rounds = Vec::with_capacity(self.changes.len());
        for (change, holds) in self.changes.iter().zip(&self.holds) {
            // Row, table, statement, and whether the change must be alone with it.
            let mut needs: Vec<(Option<usize>, &str, &str, bool)> = Vec::new();
            for (lock, place) in holds {
                let (alone, held) = (change.locks[*lock].strength == Strength::Update, &self.held[*place]);
                needs.extend(held.tables.iter().map(|table| (Some(*place), *table, held.read.sql, alone)));
            }
            let written = foreign.get(change.act.kind).into_iter().flatten();
            needs.extend(written.map(|table| (None, *table, WRITTEN, true)));
            let mut round = 0;
            for (row, table, statement, alone) in &needs {
                round = row.map_or(round, |row| round.max(rows[row].from(*alone)));
                let others = tables.get(table).into_iter().flatten();
                let others = others.filter(|(other, _)| *other != statement);
                round = others.fold(round, |round, (_, free)| round.max(free.from(*alone)));
            }
            for (row, table, statement, alone) in needs {
                row.into_iter().for_each(|row| rows[row].take(round, alone));
                tables.entry(table).or_default().entry(statement).or_default().take(round, alone);
            }
            rounds.push(round);
        }
        rounds
    }

    /// Who of these changes has changed rows of which table without holding one of them.
    pub(super) fn foreign(&self, effects: &[(usize, Stmt)]) -> BTreeSet<(usize, &'static str)> {
        let changed = effects.iter().filter_map(|(place, stmt)| Some((*place, stmt.table_changed()?)));
        changed.filter(|(place, table)| !self.holds_of(*place, table)).collect()
    }

    /// The first change of the round whose locked rows another one of the round may have overwritten. A change that
    /// holds a row of a table changes only what it holds there.
    pub(super) fn overwritten(
        &self,
        members: &[usize],
        foreign: &BTreeSet<(usize, &'static str)>,
    ) -> Option<usize> {
        let by_another = |place: usize| {
            foreign.iter().any(|(writer, table)| *writer != place && self.holds_of(place, table))
        };
        members.iter().copied().find(|place| by_another(*place))
    }

    fn holds_of(&self, place: usize, table: &str) -> bool {
        self.holds[place].values().any(|held| self.held[*held].tables.contains(table))
    }
}

/// Stands for the statement of who writes to a table without holding a row of it.
const WRITTEN: &str = "";

/// The rounds from which a row is free for one who shares it, and for one who does not.
#[derive(Clone, Copy, Default)]
struct Free {
    shared: usize,
    alone: usize,
}

impl Free {
    fn from(&self, alone: bool) -> usize {
        if alone { self.alone } else { self.shared }
    }

    fn take(&mut self, round: usize, alone: bool) {
        self.alone = self.alone.max(round + 1);
        if alone {
            self.shared = self.shared.max(round + 1);
        }
    }
}

fn row_of(lock: &Lock) -> (&'static str, &[Value]) {
    (lock.read.sql, &lock.read.args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Act, Plan};
    use crate::{Effects, cases, documents, items, sessions};

    fn change(locks: Vec<Lock>) -> Change {
        let act = Act { id: String::new(), actor: 7, kind: "test", body_hash: String::new(), at: 0 };
        Change { act, key: 0, locks, then: Box::new(|_| Ok(Plan::effects(Effects::default()))) }
    }

    fn check(locks: Vec<Vec<Lock>>, expected: &[usize]) {
        let changes: Vec<Change> = locks.into_iter().map(change).collect();
        let changes: Vec<&Change> = changes.iter().collect();
        let order = Order::of(&changes, &Foreign::new());
        assert_eq!(order.rounds, expected);
        let sorted: Vec<_> = order.held.iter().map(|held| (held.read.sql, &held.read.args)).collect();
        assert!(sorted.is_sorted(), "{sorted:?}");
        assert_eq!(order.rounds(), (expected.iter().max().unwrap() + 1).min(ROUNDS));
    }

    #[test]
    fn who_shares_nothing_goes_together_and_who_needs_the_same_row_one_after_the_other() {
        let case = |id| vec![cases::lock(id)];
        check(vec![case(1), case(2), case(3)], &[0, 0, 0]);
        check(vec![case(1), case(2), case(1), case(1), case(2)], &[0, 0, 1, 2, 1]);
        check(vec![vec![], vec![]], &[0, 0]);
        check((0..40).map(|_| case(1)).collect(), &(0..40).collect::<Vec<_>>());
    }

    #[test]
    fn who_shares_a_row_waits_only_for_who_changes_it() {
        let (share, alone) = (|| sessions::share(5), || sessions::lock(5));
        check(vec![vec![share()], vec![share()], vec![alone()], vec![share()]], &[0, 0, 1, 2]);
        check(vec![vec![alone()], vec![share()], vec![share()], vec![alone()]], &[0, 1, 1, 2]);
        let item = || items::share_version(1);
        check(vec![vec![item(), cases::lock(1)], vec![item(), cases::lock(1)], vec![item()]], &[0, 1, 0]);
    }

    #[test]
    fn a_row_is_locked_once_with_the_strongest_lock_asked_for() {
        let changes = [change(vec![sessions::share(5)]), change(vec![cases::lock(1), sessions::lock(5)])];
        let changes: Vec<&Change> = changes.iter().collect();
        let order = Order::of(&changes, &Foreign::new());
        let strengths: Vec<_> = order.held.iter().map(|held| (held.strength, held.owners.clone())).collect();
        assert_eq!(strengths, [(Strength::Update, vec![1]), (Strength::Update, vec![0, 1])]);
        assert_eq!([order.held_by(0, 0), order.held_by(1, 0), order.held_by(1, 1)], [1, 0, 1]);
    }

    #[test]
    fn two_statements_on_one_table_may_mean_the_same_row() {
        let by_key = |key| vec![items::by_key(key).exclusive("事项")];
        let latest = |key| vec![items::by_key(key).shared("事项"), cases::lock(1)];
        check(vec![by_key("a"), by_key("b"), latest("c")], &[0, 0, 0]);
        let by_number = || vec![documents::by_number("a").exclusive("文书")];
        let by_id = |id| vec![documents::by_id(id).exclusive("文书")];
        check(vec![by_number(), by_id(1), by_id(2), by_number()], &[0, 1, 1, 2]);
    }

    #[test]
    fn who_changes_rows_another_one_holds_does_not_go_with_it() {
        let document = || vec![documents::by_id(9).exclusive("文书")];
        let mut changes = [change(vec![cases::lock(1)]), change(document()), change(vec![cases::lock(2)])];
        changes[0].act.kind = "void";
        let [void, act] = [
            Stmt::new("UPDATE documents SET state = $1 WHERE case_id = $2", vec![]),
            crate::acts::insert(&changes[0].act, "", None),
        ];
        let changes: Vec<&Change> = changes.iter().collect();
        let order = Order::of(&changes, &Foreign::new());
        let foreign = |place, stmt: &Stmt| order.foreign(&[(place, stmt.clone())]);
        assert_eq!(order.overwritten(&[0, 1, 2], &foreign(0, &void)), Some(1));
        assert_eq!(order.overwritten(&[0, 2], &foreign(0, &void)), None);
        assert_eq!(order.overwritten(&[0, 1, 2], &foreign(1, &void)), None);
        assert_eq!(order.overwritten(&[0, 1, 2], &foreign(0, &act)), None);
        // Once that is known of the kind of act, they go one after the other.
        let known = Foreign::from([("void", BTreeSet::from(["documents"]))]);
        assert_eq!(Order::of(&changes, &known).rounds, [0, 1, 0]);
        let back = [changes[1], changes[2], changes[0], changes[1]];
        assert_eq!(Order::of(&back, &known).rounds, [0, 0, 1, 2]);
    }
}
