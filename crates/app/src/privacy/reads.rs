//! 查阅记录: which member of staff has read which case with personal data in it. Noted in memory and written every few
//! seconds and when the process ends, so that no page waits for it; a kill loses the last seconds.

use crate::access::{permit, random};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use std::sync::{Mutex, PoisonError};
use yichuang_domain::id::{CaseId, StaffId};
use yichuang_domain::permission::Action;
use yichuang_domain::time::Instant;
use yichuang_storage::reads::{self as rows, ReadRow};
use yichuang_storage::{Act, Area, Change, Effects, Plan, cases};

/// Reads kept in memory at most; more than a node serves within seconds.
const MOST: usize = 10_000;
/// Written in one change.
const BATCH: usize = 200;

/// Reads that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Noted(Mutex<Vec<ReadRow>>);

/// 查阅: one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: StaffId,
    /// What, e.g. `case_page`.
    pub kind: String,
}

impl App {
    /// Notes that whoever acts reads this case. Costs the reader nothing; the same within seconds is one read.
    pub fn note_read(&self, ctx: &Ctx, case: CaseId, kind: &'static str) {
        let (Some(staff), true) = (ctx.actor.staff(), self.inner.node.is_some()) else { return };
        let mut noted = self.inner.noted.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |row: &ReadRow| row.actor == staff.id.0 && row.case_id == case.0 && row.kind == kind;
        if noted.iter().rev().take(BATCH).any(same) {
            return;
        }
        if noted.len() == MOST {
            tracing::error!("reads are not written, and one was lost");
            return;
        }
        let id = self.next_id(ctx.at);
        noted.push(ReadRow { id, at: ctx.at.0, actor: staff.id.0, case_id: case.0, kind: kind.to_owned() });
    }

    /// Writes what was noted. What cannot be written stays noted.
    pub async fn write_reads(&self) -> Result<(), AppError> {
        if !self.kept().schema.has(Area::Vault) {
            return Ok(());
        }
        loop {
            let batch: Vec<ReadRow> = {
                let noted = self.inner.noted.0.lock().unwrap_or_else(PoisonError::into_inner);
                noted.iter().take(BATCH).cloned().collect()
            };
            let (Some(last), written) = (batch.last(), batch.len()) else { return Ok(()) };
            let act = Act {
                id: random::token()?,
                actor: 0,
                kind: "note_reads",
                body_hash: String::new(),
                at: last.at,
            };
            let stmts = batch.iter().map(rows::insert).collect();
            let effects = Effects { stmts, answer: "{}".into(), witness: None };
            let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
            self.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
            self.inner.noted.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..written);
        }
    }
}

/// 查阅情况: who has read the case with this number, the newest first, at most `limit`.
pub async fn reads_of_case(app: &App, ctx: &Ctx, case_no: &str, limit: i64) -> Result<Vec<Read>, AppError> {
    permit(&ctx.actor, Action::AuditTrail)?;
    app.store().schema().await?.needs(Area::Vault)?;
    let case = app.store().one(cases::by_case_no(case_no)).await?;
    let case = case.ok_or_else(|| AppError::NotFound("这一编号的办件".into()))?;
    let rows = app.store().all(rows::of_case(case.id, i64::MAX, limit)).await?;
    let read = |row: ReadRow| Read { at: Instant(row.at), by: StaffId(row.actor), kind: row.kind };
    Ok(rows.into_iter().map(read).collect())
}
