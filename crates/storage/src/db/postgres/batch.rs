//! One transaction for a batch of changes: all locks in one round trip, then rounds of decisions, numbers and
//! effects, then COMMIT. Says what happened; whoever is told, and what is tried again, is the lane's business.

use super::link::{Link, after, pipeline};
use super::order::{Foreign, Order};
use super::rows::{cells, describe, engine_error, is_lock_timeout, is_lost, is_race, is_undone, may_retry};
use crate::change::{Answer, Change, Lock, Rows, guarded};
use crate::db::{missed, repeated, with_act};
use crate::error::{CommitError, StoreError};
use crate::value::{Stmt, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use tokio_postgres::{Error, Row};

/// How a change of the batch ended, once COMMIT has returned.
pub(super) enum End {
    /// Done, done before, refused (which is on record), or faulty in itself.
    Told(Result<Answer, CommitError>),
    /// Not looked at: it belongs into the next transaction.
    PutOff,
}

/// Why the transaction ended without a COMMIT that is known of. The numbers are places in the batch.
pub(super) enum Trouble {
    /// The connection or the server is gone. Of those in doubt COMMIT was on its way.
    Lost { error: Error, in_doubt: Vec<usize> },
    /// COMMIT was answered, but of a disk or a defect: nobody knows what is on disk.
    Unknown,
    /// Nothing is written, and these have to do with it.
    Undone { guilty: Vec<usize>, why: Why },
}

/// What undid a transaction.
pub(super) enum Why {
    /// The server asks for another try: a deadlock, a serialization failure.
    Again(StoreError),
    /// The same act came from elsewhere at the same time.
    Raced(StoreError),
    /// Somebody else held the row for too long.
    Waited,
    /// The batch is at fault, not the change: by itself it may do.
    Mixed,
    /// The change itself.
    Fault(CommitError),
}

/// Runs all of them, from BEGIN to COMMIT. Leaves a transaction open when there is trouble.
pub(super) async fn run(
    link: &mut Link,
    foreign: &mut Foreign,
    changes: &[&Change],
) -> Result<Vec<End>, Trouble> {
    let order = Order::of(changes, foreign);
    let mut batch = Batch {
        link,
        foreign,
        changes,
        order,
        ends: changes.iter().map(|_| None).collect(),
        held: BTreeSet::new(),
        written: Vec::new(),
    };
    let mut read = batch.lock().await?;
    for round in 0..batch.order.rounds() {
        let members: Vec<usize> =
            batch.order.of_round(round).filter(|place| batch.ends[*place].is_none()).collect();
        if members.is_empty() {
            continue;
        }
        if round > 0 {
            read = batch.read_again(&members).await?;
        }
        batch.round(round, &members, &mut read).await?;
    }
    batch.commit().await?;
    Ok(batch.ends.into_iter().map(|end| end.unwrap_or(End::PutOff)).collect())
}

/// What each lock of each change gave, in the order of the change's locks.
type Found = BTreeMap<usize, Vec<Vec<Row>>>;

struct Batch<'a> {
    link: &'a mut Link,
    foreign: &'a mut Foreign,
    changes: &'a [&'a Change],
    order: Order<'a>,
    ends: Vec<Option<End>>,
    /// Series whose next number this transaction has drawn.
    held: BTreeSet<String>,
    /// Changes whose act is inserted.
    written: Vec<usize>,
}

impl Batch<'_> {
    /// BEGIN, every lock in the order of all nodes, and only then the look-up of the acts and what is only read:
    /// whoever waited for a lock sees the act, and the rows, of whoever held it.
    async fn lock(&mut self) -> Result<Found, Trouble> {
        let everybody = || (0..self.changes.len()).collect::<Vec<_>>();
        let mut calls = Vec::new();
        for held in self.order.held() {
            let statement = self.link.locking(held.read.sql, held.strength).await;
            calls.push((statement.map_err(|e| trouble(e, &held.owners))?, held.read, held.owners.clone()));
        }
        let lookups: Vec<Stmt> = self.changes.iter().map(|c| crate::acts::lookup(&c.act.id)).collect();
        for (place, lookup) in lookups.iter().enumerate() {
            let statement = self.link.statement(lookup.sql).await;
            calls.push((statement.map_err(|e| trouble(e, &[place]))?, lookup, vec![place]));
        }
        for place in self.order.of_round(0) {
            for lock in self.changes[place].locks.iter().filter(|lock| !lock.holds()) {
                let statement = self.link.statement(lock.read.sql).await;
                calls.push((statement.map_err(|e| trouble(e, &[place]))?, &lock.read, vec![place]));
            }
        }
        let link = &*self.link;
        let asked = calls.iter().map(|(statement, stmt, _)| link.query(statement, stmt));
        let (begun, answers) = after(link.plain("BEGIN ISOLATION LEVEL READ COMMITTED"), asked).await;
        begun.map_err(|e| trouble(e, &everybody()))?;
        let mut rows = Vec::with_capacity(calls.len());
        for (answer, (_, _, owners)) in answers.into_iter().zip(&calls) {
            rows.push(answer.map_err(|e| trouble(e, owners))?);
        }
        let mut rows = rows.into_iter();
        let held: Vec<Vec<Row>> = rows.by_ref().take(self.order.held().len()).collect();
        for (place, found) in rows.by_ref().take(self.changes.len()).enumerate() {
            if let Some(row) = found.first() {
                let act = &self.changes[place].act;
                let answer = cells(row).map_err(CommitError::from).and_then(|found| repeated(act, found));
                self.ends[place] = Some(End::Told(answer));
            }
        }
        let mut of = |place: usize, number: usize, lock: &Lock| match lock.holds() {
            true => held[self.order.held_by(place, number)].clone(),
            false => rows.next().unwrap_or_default(),
        };
        let all = self.order.of_round(0).map(|place| {
            let locks = self.changes[place].locks.iter().enumerate();
            (place, locks.map(|(number, lock)| of(place, number, lock)).collect())
        });
        Ok(all.collect())
    }

    /// The rows of a later round, as the rounds before have left them. They are held already.
    async fn read_again(&mut self, members: &[usize]) -> Result<Found, Trouble> {
        let mut calls = Vec::new();
        for read_only in [false, true] {
            for place in members {
                let locks = self.changes[*place].locks.iter().enumerate();
                for (number, lock) in locks.filter(|(_, lock)| lock.holds() != read_only) {
                    let statement = self.link.locking(lock.read.sql, lock.strength).await;
                    calls.push((statement.map_err(|e| trouble(e, &[*place]))?, lock, *place, number));
                }
            }
        }
        let link = &*self.link;
        let asked = calls.iter().map(|(statement, lock, ..)| link.query(statement, &lock.read));
        let answers = pipeline(asked).await;
        let empty = |place: &usize| (*place, vec![Vec::new(); self.changes[*place].locks.len()]);
        let mut found: Found = members.iter().map(empty).collect();
        for (answer, (_, _, place, number)) in answers.into_iter().zip(&calls) {
            let rows = answer.map_err(|e| trouble(e, &[*place]))?;
            found.entry(*place).and_modify(|all| all[*number] = rows);
        }
        Ok(found)
    }

    /// Decides, draws numbers, and writes the effects of changes none of which depends on another's.
    async fn round(&mut self, round: usize, members: &[usize], read: &mut Found) -> Result<(), Trouble> {
        let (mut decided, mut effects) = (Vec::new(), Vec::new());
        for place in members.iter().copied() {
            let change = self.changes[place];
            let found = read.remove(&place).unwrap_or_default();
            match rows(change, found).and_then(|rows| guarded(|| (change.then)(&rows))) {
                Err(CommitError::Refused(refusal)) => {
                    effects.push((place, crate::refusals::insert(&change.act, change.key, &refusal)));
                    self.ends[place] = Some(End::Told(Err(refusal.into())));
                }
                Err(error) => self.ends[place] = Some(End::Told(Err(error))),
                // A series not yet held is not waited for while rows of the first round are changed.
                Ok(plan) if round > 0 && plan.counters.iter().any(|c| !self.held.contains(&c.name)) => {
                    self.ends[place] = Some(End::PutOff);
                }
                Ok(plan) => decided.push((place, plan)),
            }
        }
        let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, plan) in &decided {
            for counter in &plan.counters {
                wanted.entry(counter.name.clone()).or_default().push(*place);
            }
        }
        let mut next = self.draw(wanted).await?;
        let mut acts = Vec::new();
        for (place, plan) in decided {
            let change = self.changes[place];
            let numbers = plan.counters.iter().filter_map(|counter| next.get_mut(&counter.name)?.next());
            let numbers: Vec<i64> = numbers.collect();
            let made = guarded(|| (plan.finish)(&numbers));
            match made.and_then(|effects| Ok(with_act(&change.act, effects)?)) {
                Ok((stmts, answer)) => {
                    let mut stmts = stmts.into_iter();
                    acts.extend(stmts.next().map(|act| (place, act)));
                    effects.extend(stmts.map(|stmt| (place, stmt)));
                    self.written.push(place);
                    self.ends[place] = Some(End::Told(Ok(answer)));
                }
                // The number was drawn: all must be undone, or the series has a gap.
                Err(error) => return Err(fault(place, error)),
            }
        }
        let foreign = self.order.foreign(&effects);
        for (place, table) in &foreign {
            self.foreign.entry(self.changes[*place].act.kind).or_default().insert(table);
        }
        if let Some(place) = self.order.overwritten(members, &foreign) {
            return Err(Trouble::Undone { guilty: vec![place], why: Why::Mixed });
        }
        // Two nodes with the same acts meet at their unique keys in one order, too.
        acts.sort_by(|a, b| self.changes[a.0].act.id.cmp(&self.changes[b.0].act.id));
        acts.extend(effects);
        self.write(acts).await
    }

    /// Draws as many numbers of each series as its changes need together, in the order of names.
    async fn draw(
        &mut self,
        wanted: BTreeMap<String, Vec<usize>>,
    ) -> Result<BTreeMap<String, RangeInclusive<i64>>, Trouble> {
        let mut calls = Vec::with_capacity(wanted.len());
        for (name, owners) in &wanted {
            let stmt = crate::series::draw(name, owners.len());
            stmt.storable().map_err(|error| fault(owners[0], error.into()))?;
            let statement = self.link.statement(stmt.sql).await.map_err(|e| trouble(e, owners))?;
            calls.push((statement, stmt));
        }
        let link = &*self.link;
        let answers = pipeline(calls.iter().map(|(statement, stmt)| link.query(statement, stmt))).await;
        let mut drawn = BTreeMap::new();
        for (answer, (name, owners)) in answers.into_iter().zip(wanted) {
            let row = answer.map_err(|e| trouble(e, &owners))?.first().map(cells).transpose();
            let last = row.and_then(crate::series::number).map_err(|error| fault(owners[0], error.into()))?;
            drawn.insert(name, last - owners.len() as i64 + 1..=last);
        }
        self.held.extend(drawn.keys().cloned());
        Ok(drawn)
    }

    /// One after the other on the server, but without waiting for each answer.
    async fn write(&mut self, stmts: Vec<(usize, Stmt)>) -> Result<(), Trouble> {
        let mut calls = Vec::with_capacity(stmts.len());
        for (place, stmt) in &stmts {
            stmt.storable().map_err(|error| fault(*place, error.into()))?;
            let statement = self.link.statement(stmt.sql).await.map_err(|e| trouble(e, &[*place]))?;
            calls.push((statement, stmt, *place));
        }
        let link = &*self.link;
        let asked = calls.iter().map(|(statement, stmt, _)| link.execute(statement, stmt));
        let answers = pipeline(asked).await;
        for (answer, (_, stmt, place)) in answers.into_iter().zip(&calls) {
            let touched = answer.map_err(|e| trouble(e, &[*place]))?;
            if touched != 1 && stmt.one_row && !self.refused(*place) {
                return Err(fault(*place, missed(stmt)));
            }
        }
        Ok(())
    }

    /// The same act refused twice in the same millisecond is one refusal: no row is touched then.
    fn refused(&self, place: usize) -> bool {
        matches!(self.ends[place], Some(End::Told(Err(_))))
    }

    async fn commit(&mut self) -> Result<(), Trouble> {
        // Silence after this leaves a doubt, an answer does not.
        match self.link.plain("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) if is_lost(&error) => {
                Err(Trouble::Lost { error, in_doubt: std::mem::take(&mut self.written) })
            }
            Err(error) if is_undone(&error) => {
                Err(trouble(error, &(0..self.changes.len()).collect::<Vec<_>>()))
            }
            Err(error) => {
                tracing::error!(error = %describe(&error), "COMMIT failed");
                Err(Trouble::Unknown)
            }
        }
    }
}

/// The locked rows of a change: each lock gives exactly one.
fn rows(change: &Change, found: Vec<Vec<Row>>) -> Result<Rows, CommitError> {
    let one = |(lock, rows): (&Lock, Vec<Row>)| -> Result<Vec<Value>, CommitError> {
        match rows.as_slice() {
            [row] => Ok(cells(row).map_err(|error| error.in_table(&lock.read))?),
            _ => Err(CommitError::LockMissed { name: lock.name }),
        }
    };
    Ok(Rows(change.locks.iter().zip(found).map(one).collect::<Result<_, _>>()?))
}

fn fault(place: usize, error: CommitError) -> Trouble {
    Trouble::Undone { guilty: vec![place], why: Why::Fault(error) }
}

/// An error of the server's, before COMMIT.
fn trouble(error: Error, owners: &[usize]) -> Trouble {
    if is_lost(&error) {
        return Trouble::Lost { error, in_doubt: Vec::new() };
    }
    let why = match () {
        () if is_lock_timeout(&error) => Why::Waited,
        () if may_retry(&error) => Why::Again(StoreError::Busy),
        () if is_race(&error) => Why::Raced(engine_error(error)),
        () => Why::Fault(engine_error(error).into()),
    };
    Trouble::Undone { guilty: owners.to_vec(), why }
}
