//! The transition that is measured, 审查: what it writes, and how it goes through the use case and the store.

use crate::centre::{CALLERS, Centre};
use crate::figures::Run;
use anyhow::{Context, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;
use yichuang_app::case::Seen;
use yichuang_app::{Ctx, approve};
use yichuang_domain::digest::sm3;
use yichuang_domain::id::CaseId;
use yichuang_storage::acts::ActRow;
use yichuang_storage::branches::BranchRow;
use yichuang_storage::cases::CaseRow;
use yichuang_storage::clocks::ClockRow;
use yichuang_storage::texts::TextRow;
use yichuang_storage::{
    Act, Change, Effects, Plan, Rows, Store, acts, branches, cases, clocks, journal, texts,
};

/// What the examiner writes.
const OPINION: &str = "申请材料齐全，符合法定形式，经营场所布局和设备设施符合食品安全要求，建议准予许可。";

/// What one examination wrote: the rows every other run writes again for other cases.
pub struct Template {
    /// The case row after it.
    pub case: CaseRow,
    /// The bodies of its journal records.
    pub bodies: Vec<String>,
    /// The branches it moved.
    pub branches: Vec<BranchRow>,
    /// The clocks it moved.
    pub clocks: Vec<ClockRow>,
    /// The texts it kept.
    pub texts: Vec<TextRow>,
    /// Its act.
    pub act: ActRow,
    /// When.
    pub at: i64,
}

impl fmt::Display for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Template { case, bodies, branches, clocks, texts, act, .. } = self;
        let journal: usize = bodies.iter().map(String::len).sum();
        write!(
            out,
            "2 SELECT, 1 act ({} bytes of answer), 1 case ({} bytes of state), {} journal ({journal} bytes), \
             {} branches, {} clocks, {} texts",
            act.answer.len(),
            case.state.len(),
            bodies.len(),
            branches.len(),
            clocks.len(),
            texts.len(),
        )
    }
}

/// Ids of one transition, made before the clock runs.
pub struct Prepared {
    /// Id of the act: as random as those of forms are.
    pub act: String,
    /// Ids of its texts begin here.
    pub text: i64,
}

/// Ids for a run of so many transitions; `run` is its name.
pub fn prepare(centre: &Centre, run: &str, count: usize) -> Vec<Prepared> {
    let id = |number: usize| sm3(&[run.as_bytes(), &number.to_be_bytes()]).0[..32].to_owned();
    let prepared = |number| Prepared { act: id(number), text: centre.ids.next(centre.later()) };
    (0..count).map(prepared).collect()
}

/// Examines one case and reads what that wrote.
pub async fn sample(centre: &Centre, case: CaseId) -> Result<Template> {
    let store = centre.app.store();
    let before = store.one(cases::by_id(case.0)).await?.context("no case")?;
    let clocks_before = store.all(clocks::of_case(case.0)).await?;
    let texts_before = store.all(texts::of_case(case.0)).await?;
    let at = centre.later();
    examine(centre, case, "bench/sample").await?;
    let records = store.all(journal::of_case(case.0)).await?.into_iter();
    let mut branches = store.all(branches::of_case(case.0)).await?;
    branches.retain(|row| row.updated_at == at.0);
    let mut clocks = store.all(clocks::of_case(case.0)).await?;
    clocks.retain(|row| !clocks_before.contains(row));
    let mut texts = store.all(texts::of_case(case.0)).await?;
    texts.retain(|row| !texts_before.contains(row));
    Ok(Template {
        case: store.one(cases::by_id(case.0)).await?.context("no case")?,
        bodies: records.filter(|row| row.seq > before.version).map(|row| row.body).collect(),
        branches,
        clocks,
        texts,
        act: store.one(acts::by_id("bench/sample")).await?.context("no act")?,
        at: at.0,
    })
}

/// Each case through `approve::examine`, as a page or the interface would ask for it.
pub async fn by_use_case(centre: &Arc<Centre>, cases: &[CaseId], prepared: Vec<Prepared>) -> Result<Run> {
    let centre = centre.clone();
    concurrently(cases, prepared, move |case, prepared| {
        let centre = centre.clone();
        async move { examine(&centre, case, &prepared.act).await }
    })
    .await
}

/// Each case through `Store::commit` with the change ready-made: nothing is parsed or decided.
pub async fn by_store(
    store: &Store,
    template: &Arc<Template>,
    cases: &[CaseId],
    prepared: Vec<Prepared>,
) -> Result<Run> {
    let (store, template) = (store.clone(), template.clone());
    concurrently(cases, prepared, move |case, prepared| {
        let (store, change) = (store.clone(), change(&template, case.0, prepared));
        async move { Ok(store.commit(change).await.map(drop)?) }
    })
    .await
}

async fn examine(centre: &Centre, case: CaseId, act: &str) -> Result<()> {
    let ctx = Ctx::new(centre.examiner.clone(), centre.later(), act);
    approve::examine(&centre.app, &ctx, Seen { case, version: None }, OPINION).await?;
    Ok(())
}

/// What one examination writes, for this case.
pub fn change(template: &Arc<Template>, id: i64, prepared: Prepared) -> Change {
    let ActRow { actor, body_hash, .. } = template.act.clone();
    let act = Act { id: prepared.act, actor, kind: "examine_branch", body_hash, at: template.at };
    let (template, text) = (template.clone(), prepared.text);
    let then = move |rows: &Rows| {
        let row: CaseRow = rows.get(0)?;
        let (stmts, witness) = journal::chain(&row.witness(), template.bodies.clone());
        let after = &template.case;
        let case = CaseRow {
            version: witness.seq,
            head_hash: witness.head.clone(),
            stage: after.stage.clone(),
            agency: after.agency.clone(),
            state: after.state.clone(),
            updated_at: template.at,
            ..row
        };
        let mut effects = vec![cases::update(&case)];
        effects.extend(stmts);
        effects.extend(
            template.branches.iter().map(|row| branches::put(&BranchRow { case_id: id, ..row.clone() })),
        );
        effects
            .extend(template.clocks.iter().map(|row| clocks::put(&ClockRow { case_id: id, ..row.clone() })));
        let texts = (text..).zip(&template.texts);
        effects.extend(
            texts.map(|(text, row)| texts::insert(&TextRow { id: text, case_id: id, ..row.clone() })),
        );
        Ok(Plan::effects(Effects {
            stmts: effects,
            answer: template.act.answer.clone(),
            witness: Some(witness),
        }))
    };
    Change { act, key: id, locks: vec![cases::lock(id)], then: Box::new(then) }
}

/// Every caller takes its share of the cases and waits for one answer before it asks for the next.
pub async fn concurrently<F: Future<Output = Result<()>> + Send + 'static>(
    cases: &[CaseId],
    prepared: Vec<Prepared>,
    act: impl Fn(CaseId, Prepared) -> F + Clone + Send + 'static,
) -> Result<Run> {
    let mut shares: Vec<Vec<(CaseId, Prepared)>> = (0..CALLERS).map(|_| Vec::new()).collect();
    for (place, one) in cases.iter().copied().zip(prepared).enumerate() {
        shares[place % CALLERS].push(one);
    }
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for share in shares {
        let act = act.clone();
        callers.spawn(async move {
            let mut latencies = Vec::with_capacity(share.len());
            for (case, prepared) in share {
                let asked = Instant::now();
                act(case, prepared).await?;
                latencies.push(asked.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::with_capacity(cases.len());
    while let Some(own) = callers.join_next().await {
        latencies.extend(own??);
    }
    Ok(Run::new(latencies.len(), started.elapsed(), latencies))
}
