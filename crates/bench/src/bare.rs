//! The other side of the ratio: a bare rusqlite loop over the same file with the statements, pragmas and
//! batch of the store. It parses and decides nothing and answers nobody.

use crate::figures::Run;
use crate::transition::{Prepared, Template};
use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, Statement, params};
use std::path::Path;
use std::time::{Duration, Instant};
use yichuang_domain::id::CaseId;
use yichuang_storage::journal::link;

/// Transitions in one transaction.
const BATCH: usize = 256;
/// How long a checkpoint may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The text of a statement of the store.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../storage/sql/", $name, ".sql"))
    };
}
pub(crate) use sql;

/// Moves the whole log into the database file, so that every run begins with an empty one. The store's
/// checkpointer may still be at it after the run before.
pub fn settle(file: &Path) -> Result<()> {
    let (connection, started) = (connect(file)?, Instant::now());
    while connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))? {
        ensure!(started.elapsed() < PATIENCE, "the log is still in use");
        std::thread::yield_now();
    }
    Ok(())
}

/// The same rows for these cases as the template's, in transactions of 256.
pub fn run(file: &Path, template: &Template, cases: &[CaseId], prepared: &[Prepared]) -> Result<Run> {
    let connection = connect(file)?;
    let mut loops = Loop::prepare(&connection, template)?;
    let work: Vec<(&CaseId, &Prepared)> = cases.iter().zip(prepared).collect();
    let started = Instant::now();
    for batch in work.chunks(BATCH) {
        loops.begin.execute([])?;
        for (case, prepared) in batch {
            loops.transition(case.0, prepared)?;
        }
        loops.commit.execute([])?;
    }
    Ok(Run::new(work.len(), started.elapsed(), Vec::new()))
}

fn connect(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(&pragmas()?)?;
    Ok(connection)
}

/// The pragmas as the store's source has them, so that there is no second list.
fn pragmas() -> Result<String> {
    let source = include_str!("../../storage/src/db/sqlite.rs");
    let list = source.split_once("const PRAGMAS: &str = \"").and_then(|(_, rest)| rest.split_once("\";"));
    Ok(list.context("storage/src/db/sqlite.rs has no PRAGMAS")?.0.replace("\\\n", ""))
}

struct Loop<'a> {
    template: &'a Template,
    begin: Statement<'a>,
    commit: Statement<'a>,
    lookup: Statement<'a>,
    lock: Statement<'a>,
    act: Statement<'a>,
    case: Statement<'a>,
    journal: Statement<'a>,
    branch: Statement<'a>,
    clock: Statement<'a>,
    text: Statement<'a>,
}

impl<'a> Loop<'a> {
    fn prepare(connection: &'a Connection, template: &'a Template) -> Result<Loop<'a>> {
        Ok(Loop {
            template,
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            lookup: connection.prepare(sql!("acts/lookup"))?,
            lock: connection.prepare(sql!("cases/by_id"))?,
            act: connection.prepare(sql!("acts/insert"))?,
            case: connection.prepare(sql!("cases/update"))?,
            journal: connection.prepare(sql!("journal/append"))?,
            branch: connection.prepare(sql!("branches/put"))?,
            clock: connection.prepare(sql!("clocks/put"))?,
            text: connection.prepare(sql!("texts/insert"))?,
        })
    }

    fn transition(&mut self, id: i64, prepared: &Prepared) -> Result<()> {
        let template = self.template;
        ensure!(!self.lookup.exists(params![prepared.act])?, "the act is there already");
        let (mut seq, mut head, state) = self.lock.query_row(params![id], |row| {
            Ok((
                row.get::<_, i64>("version")?,
                row.get::<_, String>("head_hash")?,
                row.get::<_, String>("state")?,
            ))
        })?;
        ensure!(!state.is_empty(), "the case has no state");
        let first = seq + 1;
        let mut hashes = Vec::with_capacity(template.bodies.len());
        for body in &template.bodies {
            seq += 1;
            head = link(&head, id, seq, body);
            hashes.push(head.clone());
        }
        let (act, after, at) = (&template.act, &template.case, template.at);
        self.act.execute(params![
            prepared.act,
            act.actor,
            act.kind,
            act.body_hash,
            act.answer,
            at,
            id,
            seq,
            head
        ])?;
        self.case.execute(params![seq, after.stage, after.agency, after.state, head, at, id])?;
        for ((seq, body), hash) in (first..).zip(&template.bodies).zip(hashes) {
            self.journal.execute(params![id, seq, body, hash])?;
        }
        for row in &template.branches {
            self.branch.execute(params![id, row.agency, row.stage, row.updated_at])?;
        }
        for row in &template.clocks {
            self.clock.execute(params![
                id,
                row.branch,
                row.kind,
                row.began_on,
                row.ordinal,
                row.due_on,
                row.provisional,
                row.state
            ])?;
        }
        for (text, row) in (prepared.text..).zip(&template.texts) {
            self.text.execute(params![text, id, row.kind, row.body, row.sm3])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pragmas_of_the_store_are_found_and_make_commits_durable() {
        let list = pragmas().expect("found");
        assert!(list.contains("synchronous = FULL") && list.contains("journal_mode = WAL"), "{list}");
        let connection = Connection::open_in_memory().expect("opens");
        connection.execute_batch(&list).expect("valid SQL");
        let level: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).expect("asked");
        assert_eq!(level, 2);
    }
}
