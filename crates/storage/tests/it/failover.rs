//! Servers that are killed under load: what was acknowledged stays, work goes on by itself, and meanwhile it is said
//! what is the matter.

use futures_util::future::{join, join_all};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use yichuang_storage::{CommitError, Place, Store, StoreError, acts, cases, journal};
use yichuang_testkit::database::{connect, create_database, runtime};
use yichuang_testkit::sample::{receive, step};
use yichuang_testkit::server::Server;

const CALLERS: i64 = 12;
const PREFIX: &str = "JB20261123";
/// Acts that must be acknowledged before the trouble begins, and again after it is over.
const ACTS: usize = 150;
/// Nothing here takes that long.
const NEVER: Duration = Duration::from_secs(120);

/// Callers at work until they are told to stop, and what each act was told.
struct Work {
    store: Store,
    stop: AtomicBool,
    done: AtomicUsize,
    told: Mutex<BTreeMap<String, Result<String, CommitError>>>,
}

impl Work {
    fn on(store: Store) -> Work {
        Work { store, stop: AtomicBool::new(false), done: AtomicUsize::new(0), told: Mutex::default() }
    }

    async fn run(&self) {
        join_all((1..=CALLERS).map(|caller| self.caller(caller))).await;
    }

    /// Moves a case of its own on, act by act; what was not done is sent again under the same id.
    async fn caller(&self, case: i64) {
        for n in 0.. {
            let act = format!("{case}-{n}");
            loop {
                let change = if n == 0 { receive(&act, case, PREFIX) } else { step(&act, case, n) };
                let answer = self.store.commit(change).await;
                let is_done = answer.is_ok();
                self.told.lock().unwrap().insert(act.clone(), answer.map(|answer| answer.body));
                if is_done {
                    self.done.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                if self.stop.load(Ordering::SeqCst) {
                    return;
                }
            }
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Waits until so many more acts are acknowledged.
    async fn more(&self, acts: usize) {
        let wanted = self.done.load(Ordering::SeqCst) + acts;
        until(async || self.done.load(Ordering::SeqCst) >= wanted, "acts are acknowledged").await;
    }

    /// Waits until the store says that it cannot write; why, in the words for people.
    async fn unwell(&self) -> String {
        let said = Mutex::new(String::new());
        until(
            async || {
                let health = self.store.health().await;
                *said.lock().unwrap() = health.as_ref().err().map(ToString::to_string).unwrap_or_default();
                health.is_err()
            },
            "the store is not ready",
        )
        .await;
        said.into_inner().unwrap()
    }

    async fn well(&self) {
        until(async || self.store.health().await.is_ok(), "the store is ready").await;
    }

    /// Everything acknowledged is on record with the same answer; what was not is there once or not at all.
    async fn check(&self, direct: &Store) {
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        let mut doubts = 0;
        for (act, answer) in &told {
            let found = direct.one(acts::by_id(act)).await.unwrap();
            match answer {
                Ok(body) => {
                    assert_eq!(found.as_ref().map(|act| &act.answer), Some(body), "act {act} is lost")
                }
                Err(CommitError::Store(StoreError::Lost)) => doubts += 1,
                Err(error) => assert_eq!(found, None, "act {act} was said not to be done: {error}"),
            }
        }
        assert!(doubts < told.len() / 10, "{doubts} of {} acts in doubt", told.len());
        for case in 1..=CALLERS {
            let own = told.keys().filter(|act| act.starts_with(&format!("{case}-")));
            let mut on_record = 0;
            for act in own {
                on_record += i64::from(direct.one(acts::by_id(act)).await.unwrap().is_some());
            }
            let version = direct.one(cases::by_id(case)).await.unwrap().map_or(0, |case| case.version);
            assert_eq!(version, on_record, "case {case} moved once for each act");
        }
        assert_eq!(journal::verify(direct).await.unwrap().fault, None);
    }
}

async fn until(done: impl AsyncFn() -> bool, what: &str) {
    let asked = async {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while !done().await {
            tick.tick().await;
        }
    };
    tokio::time::timeout(NEVER, asked).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

async fn database(server: &Server) -> String {
    let (name, _) = create_database(&server.url("postgres"), "LC_COLLATE 'C' LC_CTYPE 'C'").await;
    name
}

#[test]
fn a_server_killed_and_started_again_under_load_loses_nothing() {
    let Some(mut server) = Server::start("a_server_killed_and_started_again", "") else { return };
    runtime().block_on(async {
        let url = server.url(&database(&server).await);
        let work = Work::on(Store::open(&Place::Postgres(url.clone())).await.unwrap());
        let trouble = async {
            for _ in 0..3 {
                work.more(ACTS).await;
                server.kill();
                let said = work.unwell().await;
                assert!(said.starts_with("数据库无法打开") && said.ends_with("重试。"), "{said}");
                server.restart();
                work.well().await;
            }
            work.more(ACTS).await;
            work.stop.store(true, Ordering::SeqCst);
        };
        join(work.run(), trouble).await;
        work.check(&Store::open_existing(&Place::Postgres(url)).await.unwrap()).await;
    });
}

#[test]
fn a_standby_that_takes_over_under_load_has_everything_acknowledged() {
    const NAME: &str = "a_standby_that_takes_over_under_load";
    let Some(primary) = Server::start(NAME, "") else { return };
    runtime().block_on(async {
        let name = database(&primary).await;
        let standby = primary.standby(NAME);
        // From now on nothing is acknowledged that the standby has not made durable.
        let admin = connect(&primary.url("postgres")).await;
        admin.batch_execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await.unwrap();
        admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        let synchronous = "SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        let ask = async || admin.query_one(synchronous, &[]).await.unwrap().get::<_, i64>(0) == 1;
        until(ask, "the standby is synchronous").await;

        // The standby stands first in the URL, so that whoever takes just any server is found out.
        let both = format!(
            "postgres://postgres@{},{}/{name}?target_session_attrs=read-write",
            standby.address(),
            primary.address()
        );
        let work = Work::on(Store::open(&Place::Postgres(both)).await.unwrap());
        let trouble = async {
            work.more(ACTS).await;
            primary.kill();
            let said = work.unwell().await;
            assert!(said.ends_with("恢复。") || said.ends_with("重试。"), "{said}");
            standby.promote();
            work.well().await;
            work.more(ACTS).await;
            work.stop.store(true, Ordering::SeqCst);
        };
        join(work.run(), trouble).await;
        work.check(&Store::open_existing(&Place::Postgres(standby.url(&name))).await.unwrap()).await;
    });
}

#[test]
fn a_primary_that_comes_back_after_it_was_replaced_takes_no_work() {
    const NAME: &str = "a_primary_that_comes_back_after_it_was_replaced";
    let Some(mut primary) = Server::start(NAME, "") else { return };
    runtime().block_on(async {
        let name = database(&primary).await;
        let standby = primary.standby(NAME);
        let [old, new] = [&primary, &standby].map(|server| Place::Postgres(server.url(&name)));
        let both = format!("postgres://postgres@{},{}/{name}", primary.address(), standby.address());
        let store = Store::open(&Place::Postgres(both)).await.unwrap();
        store.commit(receive("a", 1, PREFIX)).await.unwrap();
        let has_it = "SELECT COUNT(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()";
        let admin = connect(&primary.url("postgres")).await;
        let replayed = async || admin.query_one(has_it, &[]).await.unwrap().get::<_, i64>(0) == 1;
        until(replayed, "the standby has it").await;
        primary.kill();
        standby.promote();
        store.commit(step("b", 1, 1)).await.unwrap();
        // It stands first in the URL, and every connection is lost.
        primary.restart();
        let hang_up =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yichuang'";
        connect(&standby.url("postgres")).await.batch_execute(hang_up).await.unwrap();
        let error = store.commit(step("c", 1, 2)).await.unwrap_err();
        assert!(
            matches!(&error, CommitError::Store(StoreError::NotWritable(why)) if why.contains("旧主库")),
            "{error:?}"
        );
        assert!(store.health().await.unwrap_err().to_string().contains("已被接替的旧主库"));
        assert_eq!(Store::open_existing(&old).await.unwrap().one(acts::by_id("b")).await.unwrap(), None);
        primary.kill();
        store.commit(step("c", 1, 2)).await.unwrap();
        let new = Store::open_existing(&new).await.unwrap();
        assert_eq!(new.one(cases::by_id(1)).await.unwrap().unwrap().version, 3);
    });
}

#[test]
fn a_server_without_a_free_connection_is_said_to_have_none() {
    const NAME: &str = "a_server_without_a_free_connection";
    let Some(server) = Server::start(NAME, "-c max_connections=20 -c autovacuum=off") else { return };
    runtime().block_on(async {
        let url = server.url(&database(&server).await);
        let store = Store::open(&Place::Postgres(url.clone())).await.unwrap();
        let mut others = Vec::new();
        while let Ok((client, connection)) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await {
            others.push((client, tokio::spawn(connection)));
        }
        let told = "PostgreSQL 的连接已经用完（sorry, too many clients already）。请稍候重试；";
        let error = Store::open_existing(&Place::Postgres(url)).await.err().unwrap();
        assert!(error.to_string().starts_with(told), "{error}");
        let error = store.commit(receive("a", 1, PREFIX)).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::NoConnections(_))), "{error:?}");
        let error = store.health().await.unwrap_err();
        assert!(
            error.to_string().ends_with("由数据库管理员增大 max_connections，或者减少其他程序占用的连接。"),
            "{error}"
        );
        assert_eq!(store.one(acts::by_id("a")).await.unwrap(), None);
        others.clear();
        assert!(!store.commit(receive("a", 1, PREFIX)).await.unwrap().repeated);
        store.health().await.unwrap();
    });
}

#[test]
fn a_standby_alone_is_said_to_be_one() {
    const NAME: &str = "a_standby_alone_is_said_to_be_one";
    let Some(primary) = Server::start(NAME, "") else { return };
    runtime().block_on(async {
        let standby = primary.standby(NAME);
        let error = Store::open(&Place::Postgres(standby.url("postgres"))).await.err().unwrap();
        assert!(matches!(error, StoreError::NotWritable(_)), "{error:?}");
        assert!(
            error.to_string().starts_with("数据库目前不能写入（连到的是备库或者只读的数据库）"),
            "{error}"
        );
        // Who only reads may use it, if he says so.
        let name = database(&primary).await;
        drop(Store::open(&Place::Postgres(primary.url(&name))).await.unwrap());
        let place = Place::Postgres(format!("{}?target_session_attrs=any", standby.url(&name)));
        until(async || Store::open_existing(&place).await.is_ok(), "the standby has the database, too").await;
        let reader = Store::open_existing(&place).await.unwrap();
        assert_eq!(journal::verify(&reader).await.unwrap().cases, 0);
        assert!(matches!(reader.health().await, Err(StoreError::NotWritable(_))));
        let error = reader.commit(receive("a", 1, PREFIX)).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::NotWritable(_))), "{error:?}");
    });
}
