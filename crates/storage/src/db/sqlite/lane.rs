//! The writing lane: one thread, one connection, one commit for whatever has queued up.

use super::rows::{engine_error, execute, select};
use super::{Ask, Reply};
use crate::change::{Answer, Change, Lock, Rows, counter_order, guarded};
use crate::db::watch::Watch;
use crate::db::{Outcome, missed, repeated, with_act};
use crate::error::{CommitError, StoreError};
use crate::value::{Stmt, Value};
use rusqlite::{Connection, ErrorCode};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

/// Changes that share one commit at most.
const BATCH: usize = 256;
/// How long the lane waits, at most, for readers of a log that is too long.
const READERS_END: Duration = Duration::from_millis(500);
/// How many reports of a log that is too long it lets pass after it has waited in vain: the first time, and at most.
/// Each further time it is four times as many, for whoever reads so long (a backup) does not end sooner because
/// windows stand still.
const LET_PASS: [u32; 2] = [4, 256];
/// Changes after which the checkpointer is woken.
const CHECKPOINT_AFTER: usize = 512;

struct Pending {
    change: Change,
    reply: Reply<Result<Answer, CommitError>>,
}

impl Pending {
    fn answer(self, result: Result<Answer, CommitError>) {
        let Pending { change, reply } = self;
        drop(change); // it may hold a handle of the store, which must not outlive the caller's
        // The caller may have gone away; the act is on record and a repetition finds it.
        let _ = reply.send(result);
    }
}

pub(super) struct Lane {
    connection: Connection,
    asks: Receiver<Ask>,
    wake: SyncSender<()>,
    since: usize,
    /// The checkpointer has found the log too long.
    too_long: Arc<AtomicBool>,
    /// Reports of that to let pass still, and how many it was in all since the lane waited in vain.
    let_pass: [u32; 2],
    /// The disk has failed. A later fsync may succeed although pages are lost, so nothing is written any more.
    failed: Cell<bool>,
    watch: Arc<Watch>,
}

impl Lane {
    pub(super) fn new(
        connection: Connection,
        asks: Receiver<Ask>,
        wake: SyncSender<()>,
        too_long: Arc<AtomicBool>,
        watch: Arc<Watch>,
    ) -> Lane {
        Lane { connection, asks, wake, since: 0, too_long, let_pass: [0, 0], failed: Cell::new(false), watch }
    }

    pub(super) fn run(mut self) {
        let mut next = self.asks.recv().ok();
        while let Some(ask) = next.take() {
            match ask {
                Ask::Run(task) => task(&self.connection),
                Ask::Commit(change, reply) => next = self.batch(Pending { change, reply }),
            }
            if self.too_long.swap(false, Ordering::Relaxed) {
                self.shorten_log();
            }
            next = next.or_else(|| self.asks.recv().ok());
        }
    }

    fn shorten_log(&mut self) {
        let [left, passed] = self.let_pass;
        if left > 0 {
            self.let_pass = [left - 1, passed];
            return;
        }
        self.let_pass = match self.begin_log_anew() {
            Ok(true) => [0, 0],
            Ok(false) => {
                tracing::warn!("a long read keeps the write-ahead log from being begun anew");
                [(passed * 4).clamp(LET_PASS[0], LET_PASS[1]); 2]
            }
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log was not begun anew");
                [0, passed]
            }
        };
    }

    /// Waits until nobody reads from the write-ahead log, so that it is written from its beginning again; `false`:
    /// somebody still does. Here and not on the checkpointer, which would have to find a gap between two batches.
    fn begin_log_anew(&self) -> rusqlite::Result<bool> {
        self.connection.busy_timeout(READERS_END)?;
        let gave_up = self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get(0));
        self.connection.busy_timeout(super::PATIENCE)?;
        gave_up.map(|gave_up: bool| !gave_up)
    }

    /// Runs this change and whatever has queued up behind it in one transaction; gives back what must run
    /// outside of it.
    fn batch(&mut self, first: Pending) -> Option<Ask> {
        if let Err(error) = self.begin() {
            self.tell(first, Err(error));
            return None;
        }
        let (mut done, mut left, mut next) = (Vec::new(), None, Some(first));
        while let Some(pending) = next.take() {
            let result = self.change(&pending.change);
            done.push((pending, result));
            if done.len() == BATCH || self.connection.is_autocommit() || self.failed.get() {
                break;
            }
            match self.asks.try_recv() {
                Ok(Ask::Commit(change, reply)) => next = Some(Pending { change, reply }),
                Ok(task) => left = Some(task),
                Err(_) => {}
            }
        }
        match self.end() {
            Ok(()) => {
                self.wake_checkpointer(done.len());
                done.into_iter().for_each(|(pending, result)| self.tell(pending, result));
            }
            Err(StoreError::Lost) => {
                done.into_iter().for_each(|(pending, _)| self.tell(pending, Err(StoreError::Lost.into())));
            }
            // Nothing of the batch is on disk, whatever the single changes were told: each gets one more try.
            Err(error) => {
                tracing::warn!(%error, changes = done.len(), "batch aborted, trying each change alone");
                for (pending, _) in done {
                    let result = self.alone(&pending.change);
                    self.tell(pending, result);
                }
            }
        }
        left
    }

    fn tell(&self, pending: Pending, result: Result<Answer, CommitError>) {
        match &result {
            Ok(_) => self.watch.over(),
            Err(CommitError::Store(error)) => self.watch.met(error),
            Err(_) => {}
        }
        pending.answer(result);
    }

    fn alone(&self, change: &Change) -> Result<Answer, CommitError> {
        self.begin()?;
        let result = self.change(change);
        match self.end() {
            Ok(()) => result,
            // What undid the transaction says more than that it was undone.
            Err(StoreError::Undone) => result.and(Err(StoreError::Undone.into())),
            Err(error) => Err(error.into()),
        }
    }

    fn begin(&self) -> Result<(), CommitError> {
        if self.failed.get() {
            return Err(StoreError::Stopped.into());
        }
        self.plain("BEGIN IMMEDIATE")
    }

    /// COMMIT. [`StoreError::Lost`]: nobody knows what is on disk; with any other error nothing is.
    fn end(&self) -> Result<(), StoreError> {
        if self.failed.get() {
            self.roll_back();
            return Err(StoreError::Stopped);
        }
        // After a full disk SQLite may have rolled back everything by itself.
        if self.connection.is_autocommit() {
            return Err(StoreError::Undone);
        }
        let committed = self.plain("COMMIT");
        if committed.is_err() {
            self.roll_back();
        }
        committed.map_err(|error| match error {
            CommitError::Store(error @ (StoreError::Full | StoreError::Busy)) => error,
            error => {
                tracing::error!(%error, "COMMIT failed");
                StoreError::Lost
            }
        })
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.plain("ROLLBACK")
        {
            tracing::error!(error = %error, "rollback failed");
        }
    }

    /// One change inside the running transaction: all of it, or nothing but its refusal.
    fn change(&self, change: &Change) -> Result<Answer, CommitError> {
        self.plain("SAVEPOINT change")?;
        let result = self.attempt(change).and_then(|outcome| {
            if let Outcome::Refused(refusal) = &outcome {
                self.plain("ROLLBACK TO change")?;
                self.write(&crate::refusals::insert(&change.act, change.key, refusal))?;
            }
            self.plain("RELEASE change")?;
            Ok(outcome)
        });
        match result {
            Ok(outcome) => outcome.into(),
            Err(error) => {
                let undone = self.plain("ROLLBACK TO change").and_then(|()| self.plain("RELEASE change"));
                if undone.is_err() {
                    self.roll_back(); // a half-undone change must never meet a COMMIT
                }
                Err(error)
            }
        }
    }

    fn attempt(&self, change: &Change) -> Result<Outcome, CommitError> {
        if let Some(found) = self.read(&crate::acts::lookup(&change.act.id))?.pop() {
            return repeated(&change.act, found).map(Outcome::Done);
        }
        let rows = change.locks.iter().map(|lock| self.lock(lock)).collect::<Result<Vec<_>, _>>()?;
        let rows = Rows(rows);
        let plan = match guarded(|| (change.then)(&rows)) {
            Err(CommitError::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
            other => other?,
        };
        let mut numbers = vec![0; plan.counters.len()];
        for place in counter_order(&plan.counters) {
            let drawn = self.read(&crate::series::draw(&plan.counters[place].name, 1))?.pop();
            numbers[place] = crate::series::number(drawn)?;
        }
        let effects = match guarded(|| (plan.finish)(&numbers)) {
            Err(CommitError::Refused(refusal)) => return Ok(Outcome::Refused(refusal)),
            other => other?,
        };
        let (stmts, answer) = with_act(&change.act, effects)?;
        for stmt in &stmts {
            if self.write(stmt)? != 1 && stmt.one_row {
                return Err(missed(stmt));
            }
        }
        Ok(Outcome::Done(answer))
    }

    /// SQLite has one writer, so reading inside its transaction is the lock.
    fn lock(&self, lock: &Lock) -> Result<Vec<Value>, CommitError> {
        let mut rows = self.read(&lock.read)?;
        match (rows.pop(), rows.is_empty()) {
            (Some(row), true) => Ok(row),
            _ => Err(CommitError::LockMissed { name: lock.name }),
        }
    }

    fn read(&self, stmt: &Stmt) -> Result<Vec<Vec<Value>>, CommitError> {
        stmt.storable()?;
        select(&self.connection, stmt).map_err(|e| match self.failure(e) {
            CommitError::Store(error) => error.in_table(stmt).into(),
            other => other,
        })
    }

    fn write(&self, stmt: &Stmt) -> Result<usize, CommitError> {
        stmt.storable()?;
        execute(&self.connection, stmt).map_err(|e| self.failure(e))
    }

    fn plain(&self, sql: &'static str) -> Result<(), CommitError> {
        let run = || self.connection.prepare_cached(sql)?.execute([]);
        run().map(|_| ()).map_err(|e| self.failure(e))
    }

    fn failure(&self, error: rusqlite::Error) -> CommitError {
        if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
            tracing::error!(%error, "the disk has failed; nothing is written until the program starts anew");
            self.failed.set(true);
            return StoreError::Stopped.into();
        }
        engine_error(error).into()
    }

    fn wake_checkpointer(&mut self, changes: usize) {
        self.since += changes;
        if self.since >= CHECKPOINT_AFTER {
            self.since = 0;
            // Full: it is awake already.
            let _ = self.wake.try_send(());
        }
    }
}
