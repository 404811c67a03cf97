//! The same transition on PostgreSQL: a plain tokio-postgres transaction with the store's statements, one at a
//! time, against the store on one node and on two. The plain one decides nothing and repeats nothing.

use crate::centre::{CALLERS, Centre};
use crate::figures::{Row, Run, Spread};
use crate::transition::{self, Prepared, Template, concurrently};
use anyhow::{Context, Result, ensure};
use deadpool_postgres::{Manager, Object, Pool, Runtime};
use indicatif::ProgressBar;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};
use yichuang_app::Place;
use yichuang_domain::id::CaseId;
use yichuang_storage::Store;
use yichuang_storage::journal::link;

/// Connections of the plain transactions.
const CONNECTIONS: usize = 16;

/// The text of a statement of the store.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../storage/sql/", $name, ".sql"))
    };
}

/// A database of the bench's own on a server, and everybody who works on it.
pub struct Bench {
    server: String,
    name: String,
    centre: Arc<Centre>,
    other_node: Store,
    pool: Pool,
    template: Arc<Template>,
    cases: Vec<CaseId>,
}

/// One repetition: what each side made of it.
pub struct Turn {
    plain: Run,
    one: Run,
    two: Run,
}

impl fmt::Display for Turn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [plain, one, two] = [&self.plain, &self.one, &self.two].map(Run::per_second);
        write!(out, "plain {plain:.0}/s, one node {one:.0}/s, two nodes {two:.0}/s")
    }
}

impl Bench {
    /// Makes the database and fills it.
    pub async fn open(server: &str, cases: usize, bar: &ProgressBar) -> Result<Bench> {
        let name = format!("yichuang_bench_{}", std::process::id());
        let admin = connect(server).await?;
        let create =
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
        admin.batch_execute(&create).await.context("no database of the bench's own")?;
        let url = format!("{}/{name}", server.rsplit_once('/').map_or(server, |(base, _)| base));
        let place = Place::Postgres(url.clone());
        let centre = Arc::new(Centre::open(&place).await?);
        let mut cases = centre.fill(cases, bar).await?;
        cases.sort_unstable_by_key(|case| (case.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let sample = cases.pop().context("no case")?;
        let template = Arc::new(transition::sample(&centre, sample).await?);
        let other_node = Store::open_existing(&place).await?;
        let pool = Pool::builder(Manager::new(url.parse()?, NoTls));
        let pool = pool.max_size(CONNECTIONS).runtime(Runtime::Tokio1).build()?;
        Ok(Bench { server: server.to_owned(), name, centre, other_node, pool, template, cases })
    }

    /// What the server says of its version and of whether it waits for its disk.
    pub async fn server(&self) -> Result<String> {
        let client = connect(&self.server).await?;
        let ask = |name: &'static str| {
            let client = &client;
            async move {
                let row = client.query_one("SELECT current_setting($1)", &[&name]).await?;
                anyhow::Ok(row.try_get::<_, String>(0)?)
            }
        };
        Ok(format!("PostgreSQL {}, fsync {}", ask("server_version").await?, ask("fsync").await?))
    }

    /// So many transitions by each side, all over the same cases, in this order or the other way round.
    pub async fn turn(&self, repetition: usize, transitions: usize) -> Result<Turn> {
        ensure!(self.cases.len() >= transitions, "--cases must exceed {transitions}");
        let cases = self.cases.iter().cycle().skip(repetition * transitions).take(transitions);
        let cases: Vec<CaseId> = cases.copied().collect();
        let acts = |run: &str| transition::prepare(&self.centre, &format!("{run}/{repetition}"), transitions);
        let (mut plain, mut one, mut two) = (None, None, None);
        let mut order = [0, 1, 2];
        if repetition % 2 == 1 {
            order.reverse();
        }
        for which in order {
            connect(&self.server).await?.batch_execute("CHECKPOINT").await.context("no checkpoint")?;
            match which {
                0 => plain = Some(self.plain(&cases, acts("plain")).await?),
                1 => one = Some(self.stores(&cases, acts("one"), 1).await?),
                _ => two = Some(self.stores(&cases, acts("two"), 2).await?),
            }
        }
        let run = |run: Option<Run>| run.context("a side did not run");
        Ok(Turn { plain: run(plain)?, one: run(one)?, two: run(two)? })
    }

    async fn plain(&self, cases: &[CaseId], prepared: Vec<Prepared>) -> Result<Run> {
        let (pool, template) = (self.pool.clone(), self.template.clone());
        concurrently(cases, prepared, move |case, prepared| {
            let (pool, template) = (pool.clone(), template.clone());
            async move { plain(&pool.get().await?, &template, case.0, &prepared).await }
        })
        .await
    }

    /// Every node has callers of its own, as many as one node has alone.
    async fn stores(&self, cases: &[CaseId], prepared: Vec<Prepared>, nodes: usize) -> Result<Run> {
        let mut prepared = prepared.into_iter();
        let share = cases.len().div_ceil(nodes);
        let stores = [self.centre.app.store(), &self.other_node];
        let started = Instant::now();
        let runs = cases.chunks(share).zip(stores).map(|(cases, store)| {
            let own: Vec<Prepared> = prepared.by_ref().take(cases.len()).collect();
            transition::by_store(store, &self.template, cases, own)
        });
        let runs = futures_util::future::try_join_all(runs).await?;
        Ok(Run::together(runs, started.elapsed()))
    }

    /// Takes the database away again.
    pub async fn close(self) -> Result<()> {
        let Bench { server, name, centre, other_node, pool, .. } = self;
        drop((centre, other_node, pool));
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        connect(&server).await?.batch_execute(&drop).await.context("the database is not removed")
    }
}

/// Figures of all repetitions.
pub fn rows(turns: &[Turn], cases: usize, transitions: usize, server: &str) -> Vec<Row> {
    let speed = |of: fn(&Turn) -> &Run| Spread::of(turns.iter().map(|turn| of(turn).per_second()));
    let ratio = |of: fn(&Turn) -> (&Run, &Run)| {
        Spread::of(turns.iter().map(&of).map(|(a, b)| a.per_second() / b.per_second()))
    };
    let late = |share| Spread::of(turns.iter().map(|turn| turn.one.percentile(share)));
    let rate = "transitions/s";
    let mut rows = vec![
        Row::new("PostgreSQL, `Store::commit` ÷ plain transaction", "ratio", ratio(|t| (&t.one, &t.plain)))
            .goal("≥ 1.8"),
        Row::new("PostgreSQL, two nodes ÷ one", "ratio", ratio(|t| (&t.two, &t.one))).goal("≥ 1.5"),
        Row::new("PostgreSQL, plain tokio-postgres transaction", rate, speed(|t| &t.plain)),
        Row::new("PostgreSQL, `Store::commit`, one node", rate, speed(|t| &t.one)),
        Row::new("PostgreSQL, `Store::commit`, two nodes", rate, speed(|t| &t.two)),
        Row::new("PostgreSQL, `Store::commit`, latency p50", "ms", late(0.5)),
        Row::new("PostgreSQL, `Store::commit`, latency p99", "ms", late(0.99)),
    ];
    let about = format!("{CALLERS} callers a node, {cases} cases, {transitions} transitions a run, {server}");
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    rows
}

/// One transition: every statement is sent when the one before has been answered.
async fn plain(client: &Object, template: &Template, id: i64, prepared: &Prepared) -> Result<()> {
    let run = |sql: &'static str, args: Vec<Box<dyn ToSql + Sync + Send>>| async move {
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| &**arg as &(dyn ToSql + Sync)).collect();
        anyhow::Ok(client.query(&client.prepare_cached(sql).await?, &args).await?)
    };
    macro_rules! run {
        ($name:literal $(+ $tail:literal)? $(, $arg:expr)*) => {
            run(concat!(sql!($name) $(, $tail)?), vec![$(Box::new($arg)),*]).await?
        };
    }
    client.batch_execute("BEGIN").await?;
    let row = run!("cases/by_id" + " FOR UPDATE", id).pop().context("no case")?;
    ensure!(run!("acts/lookup", prepared.act.clone()).is_empty(), "the act is there already");
    let (mut seq, mut head): (i64, String) = (row.try_get("version")?, row.try_get("head_hash")?);
    ensure!(!row.try_get::<_, String>("state")?.is_empty(), "the case has no state");
    let first = seq + 1;
    let mut hashes = Vec::with_capacity(template.bodies.len());
    for body in &template.bodies {
        seq += 1;
        head = link(&head, id, seq, body);
        hashes.push(head.clone());
    }
    let (act, after, at) = (&template.act, &template.case, template.at);
    let (kind, hash, answer) = (act.kind.clone(), act.body_hash.clone(), act.answer.clone());
    run!("acts/insert", prepared.act.clone(), act.actor, kind, hash, answer, at, id, seq, head.clone());
    let (stage, agency, state) = (after.stage.clone(), after.agency.clone(), after.state.clone());
    run!("cases/update", seq, stage, agency, state, head, at, id);
    for ((seq, body), hash) in (first..).zip(&template.bodies).zip(hashes) {
        run!("journal/append", id, seq, body.clone(), hash);
    }
    for row in &template.branches {
        run!("branches/put", id, row.agency.clone(), row.stage.clone(), row.updated_at);
    }
    for row in &template.clocks {
        let (branch, kind, began) = (row.branch.clone(), row.kind.clone(), row.began_on.clone());
        let (due, provisional, state) = (row.due_on.clone(), i64::from(row.provisional), row.state.clone());
        run!("clocks/put", id, branch, kind, began, row.ordinal, due, provisional, state);
    }
    for (text, row) in (prepared.text..).zip(&template.texts) {
        run!("texts/insert", text, id, row.kind.clone(), row.body.clone(), row.sm3.clone());
    }
    Ok(client.batch_execute("COMMIT").await?)
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("PostgreSQL does not answer")?;
    // Whoever asks over a connection that ended is told so.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}
