//! A lane: one queue, one connection, one transaction for whatever has queued up. Decides what is tried again
//! and tells each caller how its change ended, never before COMMIT has.

use super::PATIENCE;
use super::batch::{self, End, Trouble, Why};
use super::link::{Known, Link};
use super::order::Foreign;
use super::rows::{engine_error, is_lost, is_outage};
use crate::change::{Answer, Change};
use crate::db::watch::Watch;
use crate::error::{CommitError, StoreError};
use crate::value::Stmt;
use deadpool_postgres::Pool;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Changes of one transaction at most.
const BATCH: usize = 64;
/// Times a change is tried when the server asks for it.
const TRIES: u32 = 6;
/// How long a change whose COMMIT was lost is looked for before its caller is told that nobody knows.
const DOUBT: Duration = Duration::from_secs(25);

/// A change, and who waits for it.
pub(super) struct Pending {
    change: Change,
    reply: oneshot::Sender<Result<Answer, CommitError>>,
    /// A place in the node's queue.
    permit: OwnedSemaphorePermit,
    asked: Instant,
    tries: u32,
    /// In a transaction of its own, for a batch with it has failed.
    alone: bool,
    /// A COMMIT of it was lost.
    in_doubt: bool,
    /// Why it was not done the last time.
    last: StoreError,
}

impl Pending {
    pub(super) fn new(
        change: Change,
        permit: OwnedSemaphorePermit,
    ) -> (Pending, oneshot::Receiver<Result<Answer, CommitError>>) {
        let (reply, answer) = oneshot::channel();
        let (asked, last) = (Instant::now(), StoreError::Busy);
        (Pending { change, reply, permit, asked, tries: 0, alone: false, in_doubt: false, last }, answer)
    }

    fn answer(self, result: Result<Answer, CommitError>) {
        let Pending { change, reply, permit, in_doubt, .. } = self;
        drop(change); // it may hold a handle of the store, which must not outlive the caller's
        drop(permit);
        // What a lost COMMIT has done was done now, by this very request.
        let done = |answer: Answer| Answer { repeated: answer.repeated && !in_doubt, ..answer };
        // The caller may have gone away; the act is on record and a repetition finds it.
        let _ = reply.send(result.map(done));
    }

    /// Nothing of it was written, or nobody knows.
    fn give_up(self) {
        let error = if self.in_doubt { StoreError::Lost } else { self.last.clone() };
        self.answer(Err(error.into()));
    }

    fn is_over(&self) -> bool {
        self.asked.elapsed() > if self.in_doubt { DOUBT } else { PATIENCE }
    }
}

pub(super) struct Lane {
    /// The slow lane has none.
    number: Option<usize>,
    pool: Pool,
    asks: mpsc::UnboundedReceiver<Pending>,
    /// How long it waits for a lock somebody else holds.
    patience: Duration,
    /// The lane that waits longer, so that a row somebody sits on does not hold up everything else.
    slow: Option<mpsc::UnboundedSender<Pending>>,
    watch: Arc<Watch>,
    link: Option<Link>,
    /// Statements of the connection before.
    known: Vec<Known>,
    /// What changes were seen to write without holding it.
    foreign: Foreign,
    waiting: VecDeque<Pending>,
    /// Connections lost one after the other.
    losses: u32,
}

impl Lane {
    pub(super) fn new(
        number: Option<usize>,
        pool: Pool,
        asks: mpsc::UnboundedReceiver<Pending>,
        patience: Duration,
        slow: Option<mpsc::UnboundedSender<Pending>>,
        watch: Arc<Watch>,
    ) -> Lane {
        Lane {
            number,
            pool,
            asks,
            patience,
            slow,
            watch,
            link: None,
            known: Vec::new(),
            foreign: Foreign::new(),
            waiting: VecDeque::new(),
            losses: 0,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            if self.waiting.is_empty() {
                match self.asks.recv().await {
                    Some(pending) => self.waiting.push_back(pending),
                    None => return,
                }
            }
            while let Ok(pending) = self.asks.try_recv() {
                self.waiting.push_back(pending);
            }
            let batch = self.next_batch();
            if batch.is_empty() {
                continue;
            }
            let left = self.commit(batch).await;
            left.into_iter().rev().for_each(|pending| self.waiting.push_front(pending));
        }
    }

    /// The next changes that may share a transaction, in the order they came.
    fn next_batch(&mut self) -> Vec<Pending> {
        let (mut batch, mut acts, mut later) = (Vec::new(), HashSet::new(), VecDeque::new());
        while batch.len() < BATCH
            && let Some(pending) = self.waiting.pop_front()
        {
            if pending.is_over() {
                pending.give_up();
            } else if pending.alone && !batch.is_empty() {
                self.waiting.push_front(pending);
                break;
            } else if !acts.insert(pending.change.act.id.clone()) {
                later.push_back(pending); // the same act: it must see the first one's answer
            } else {
                let alone = pending.alone;
                batch.push(pending);
                if alone {
                    break;
                }
            }
        }
        later.append(&mut self.waiting);
        self.waiting = later;
        batch
    }

    /// One transaction; gives back what is to be tried again.
    async fn commit(&mut self, mut batch: Vec<Pending>) -> Vec<Pending> {
        let mut link = match self.connected().await {
            Ok(link) => link,
            Err(error) => {
                batch.iter_mut().for_each(|pending| pending.last = error.clone());
                self.lost(error).await;
                return batch;
            }
        };
        let changes: Vec<&Change> = batch.iter().map(|pending| &pending.change).collect();
        self.number.inspect(|lane| self.watch.begins(*lane));
        let ended = batch::run(&mut link, &mut self.foreign, &changes).await;
        self.number.inspect(|lane| self.watch.ends(*lane));
        let trouble = match ended {
            Ok(ends) => {
                self.link = Some(link);
                self.losses = 0;
                return self.tell(batch, ends);
            }
            Err(trouble) => trouble,
        };
        let lost = matches!(trouble, Trouble::Lost { .. }) || link.is_closed();
        match lost || link.plain("ROLLBACK").await.is_err() {
            true => self.known = link.close(),
            false => self.link = Some(link),
        }
        match trouble {
            Trouble::Lost { error, in_doubt } => {
                in_doubt.into_iter().for_each(|place| batch[place].in_doubt = true);
                let error = engine_error(error);
                batch.iter_mut().for_each(|pending| pending.last = error.clone());
                self.lost(error).await;
                batch
            }
            Trouble::Unknown => {
                self.watch.met(&StoreError::Lost);
                batch.into_iter().for_each(|pending| pending.answer(Err(StoreError::Lost.into())));
                Vec::new()
            }
            Trouble::Undone { guilty, why } => self.undone(batch, guilty, why).await,
        }
    }

    async fn connected(&mut self) -> Result<Link, StoreError> {
        match self.link.take() {
            Some(link) if !link.is_closed() => return Ok(link),
            Some(link) => self.known = link.close(),
            None => {}
        }
        Link::open(&self.pool, self.patience, &self.known).await
    }

    /// Waits a little for the server to come back, and lets go who has waited long enough.
    async fn lost(&mut self, error: StoreError) {
        tracing::warn!(%error, "the lane has lost the database");
        self.watch.met(&error);
        // A single connection that breaks is replaced at once.
        if self.losses > 0 {
            back_off(self.losses).await;
        }
        self.losses += 1;
        while let Ok(pending) = self.asks.try_recv() {
            self.waiting.push_back(pending);
        }
        let (over, waiting): (VecDeque<_>, _) =
            std::mem::take(&mut self.waiting).into_iter().partition(Pending::is_over);
        self.waiting = waiting;
        for mut pending in over {
            pending.last = error.clone();
            pending.give_up();
        }
    }

    fn tell(&self, batch: Vec<Pending>, ends: Vec<End>) -> Vec<Pending> {
        let mut left = Vec::new();
        for (pending, end) in batch.into_iter().zip(ends) {
            match end {
                End::Told(result) => {
                    if result.is_ok() {
                        self.watch.over();
                    }
                    pending.answer(result);
                }
                End::PutOff => left.push(pending),
            }
        }
        left
    }

    /// Nothing is written. Who has nothing to do with it goes again at once, in the same order.
    async fn undone(&mut self, mut batch: Vec<Pending>, guilty: Vec<usize>, why: Why) -> Vec<Pending> {
        let guilty: HashSet<usize> = guilty.into_iter().collect();
        let everybody = 0..batch.len();
        match why {
            Why::Waited => return self.waited(batch, &guilty),
            // Each by itself cannot meet the same others again in the same way.
            Why::Again(error) => return again(batch, everybody, &error).await,
            Why::Raced(error) => return again(batch, guilty, &error).await,
            Why::Fault(error) if batch.len() == 1 => {
                if let CommitError::Store(error) = &error {
                    self.watch.met(error);
                }
                let fault = batch.remove(0);
                return self.faulty(fault, error).await.into_iter().collect();
            }
            // No room: nobody's fault, and each is told for itself.
            Why::Fault(CommitError::Store(StoreError::Full)) => everybody.for_each(|n| batch[n].alone = true),
            Why::Mixed | Why::Fault(_) => guilty.into_iter().for_each(|n| batch[n].alone = true),
        }
        batch
    }

    /// Somebody else sits on a row: who needs it waits in the slow lane, where it does not hold up the others.
    fn waited(&self, batch: Vec<Pending>, guilty: &HashSet<usize>) -> Vec<Pending> {
        let mut left = Vec::new();
        for (place, mut pending) in batch.into_iter().enumerate() {
            if !guilty.contains(&place) {
                left.push(pending);
                continue;
            }
            pending.last = StoreError::Busy;
            match &self.slow {
                Some(slow) => {
                    if let Err(closed) = slow.send(pending) {
                        closed.0.give_up();
                    }
                }
                // Perhaps it is its own lost transaction that holds the row.
                None if pending.in_doubt && !pending.is_over() => left.push(pending),
                None => pending.give_up(),
            }
        }
        left
    }

    /// A change that has failed all by itself. A refusal that came after a number was drawn goes on record now that
    /// the number is back.
    async fn faulty(&mut self, mut pending: Pending, error: CommitError) -> Option<Pending> {
        if let CommitError::Refused(refusal) = &error {
            let stmt = crate::refusals::insert(&pending.change.act, pending.change.key, refusal);
            match self.record(&stmt).await {
                Ok(()) => {}
                Err(error) if is_outage(&error) => {
                    pending.last = error;
                    return Some(pending);
                }
                Err(error) => {
                    pending.answer(Err(error.into()));
                    return None;
                }
            }
        }
        pending.answer(Err(error));
        None
    }

    async fn record(&mut self, stmt: &Stmt) -> Result<(), StoreError> {
        stmt.storable()?;
        let mut link = self.connected().await?;
        let done = async {
            let statement = link.statement(stmt.sql).await?;
            link.execute(&statement, stmt).await
        }
        .await;
        match &done {
            Err(error) if is_lost(error) => self.known = link.close(),
            _ => self.link = Some(link),
        }
        done.map(drop).map_err(engine_error)
    }
}

/// The server asks for another try. These go alone, after a moment for the other side; who has been tried often
/// enough is told.
async fn again(
    mut batch: Vec<Pending>,
    guilty: impl IntoIterator<Item = usize>,
    error: &StoreError,
) -> Vec<Pending> {
    let mut tries = 0;
    for place in guilty {
        let pending = &mut batch[place];
        pending.last = error.clone();
        pending.tries += 1;
        pending.alone = true;
        tries = tries.max(pending.tries);
    }
    back_off(tries).await;
    let (left, spent): (Vec<_>, Vec<_>) = batch.into_iter().partition(|pending| pending.tries < TRIES);
    spent.into_iter().for_each(Pending::give_up);
    left
}

/// 20 ms, 80 ms, … 1.3 s: time for a restarting server, and for the other side of a deadlock.
#[expect(
    clippy::disallowed_methods,
    reason = "another server's recovery cannot be waited for in any other way"
)]
pub(super) async fn back_off(attempt_no: u32) {
    tokio::time::sleep(Duration::from_millis(5 << (2 * attempt_no.min(4)))).await;
}
