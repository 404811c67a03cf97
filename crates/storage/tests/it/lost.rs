//! Connections that are cut, above all between COMMIT and its answer: each act is on record once, and everybody
//! is told the truth.

use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use yichuang_storage::{Answer, Change, CommitError, Place, Store, StoreError, acts, cases, journal};
use yichuang_testkit::db_test;
use yichuang_testkit::proxy::{Cut, Proxy};
use yichuang_testkit::sample::{receive, step};

const CALLERS: i64 = 20;
const ACTS_EACH: i64 = 50;
const PREFIX: &str = "JB20261123";

/// Cuts every fourth COMMIT in one of three ways, and every five hundredth other message.
#[derive(Default)]
struct Cuts {
    commits: AtomicU64,
    others: AtomicU64,
    made: [AtomicU64; 4],
}

impl Cuts {
    fn at(&self, is_commit: bool) -> Cut {
        let count = |of: &AtomicU64| of.fetch_add(1, Ordering::Relaxed) + 1;
        let cut = match is_commit {
            true => match count(&self.commits) % 12 {
                4 => Cut::Before,
                8 => Cut::After,
                0 => Cut::Answered,
                _ => Cut::Not,
            },
            false if count(&self.others).is_multiple_of(500) => Cut::After,
            false => Cut::Not,
        };
        let kind = match cut {
            Cut::Not => return cut,
            Cut::Before => 0,
            Cut::After if is_commit => 1,
            Cut::Answered => 2,
            Cut::After => 3,
        };
        count(&self.made[kind]);
        cut
    }

    fn made(&self) -> [u64; 4] {
        self.made.each_ref().map(|made| made.load(Ordering::Relaxed))
    }
}

/// The acts of a caller: a case is received and moved on.
fn change(caller: i64, n: i64) -> Change {
    let act = format!("{caller}-{n}");
    if n == 0 { receive(&act, caller, PREFIX) } else { step(&act, caller, n) }
}

/// Sends an act until it is done; nothing but [`StoreError::Lost`] may have been done without a word.
async fn told(store: &Store, direct: &Store, caller: i64, n: i64) -> (Answer, u32) {
    let mut doubts = 0;
    loop {
        match store.commit(change(caller, n)).await {
            Ok(answer) => {
                assert!(!answer.repeated || doubts > 0, "{caller}-{n} was done now, not before");
                return (answer, doubts);
            }
            Err(CommitError::Store(StoreError::Lost)) => doubts += 1,
            Err(CommitError::Store(StoreError::Unavailable(_))) if doubts == 0 => {
                let found = direct.one(acts::by_id(&format!("{caller}-{n}"))).await.unwrap();
                assert_eq!(found, None, "{caller}-{n} was said not to be done");
            }
            Err(CommitError::Store(StoreError::Unavailable(_))) => {}
            Err(error) => panic!("{caller}-{n}: {error:?}"),
        }
    }
}

db_test!(a_thousand_acts_over_a_line_that_breaks_are_each_on_record_once, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // the embedded engine has no connection to lose
    let cuts = Arc::new(Cuts::default());
    let plan = cuts.clone();
    let proxy = Proxy::start(&url, Arc::new(move |is_commit| plan.at(is_commit))).await;
    let store = open(&proxy.url(&url)).await;
    let work = (1..=CALLERS).map(|caller| {
        let (store, db) = (&store, &db);
        async move {
            let mut answers = Vec::new();
            for n in 0..ACTS_EACH {
                answers.push(told(store, db, caller, n).await);
            }
            answers
        }
    });
    let answers = join_all(work).await;
    let made = cuts.made();
    assert!(made.iter().all(|made| *made > 5), "cut before, after, with the answer, elsewhere: {made:?}");
    for (caller, answers) in (1..).zip(answers) {
        assert_eq!(db.one(cases::by_id(caller)).await.unwrap().unwrap().version, ACTS_EACH);
        for (n, (answer, _)) in (0..).zip(answers) {
            let stored = db.one(acts::by_id(&format!("{caller}-{n}"))).await.unwrap().unwrap();
            assert_eq!(stored.answer, answer.body);
            assert!(n == 0 || answer.body == (n + 1).to_string(), "{caller}-{n}: {answer:?}");
        }
    }
    let report = journal::verify(&db).await.unwrap();
    assert_eq!((report.fault, report.records), (None, (CALLERS * ACTS_EACH) as u64));
});

/// The line may break while the store is opened, too.
async fn open(url: &str) -> Store {
    loop {
        match Store::open_existing(&Place::Postgres(url.into())).await {
            Ok(store) => return store,
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

db_test!(who_asks_while_the_line_is_down_is_told_that_nothing_was_written, async |db| {
    let Place::Postgres(url) = db.place().clone() else { return }; // the embedded engine has no connection to lose
    let down = Arc::new(AtomicU64::new(0));
    let plan = down.clone();
    let at = move |_| if plan.load(Ordering::SeqCst) == 1 { Cut::Before } else { Cut::Not };
    let proxy = Proxy::start(&url, Arc::new(at)).await;
    let store = open(&proxy.url(&url)).await;
    store.health().await.unwrap();
    down.store(1, Ordering::SeqCst);
    let error = store.commit(receive("a", 1, PREFIX)).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Unavailable(_))), "{error:?}");
    let error = store.health().await.unwrap_err();
    assert!(error.to_string().starts_with("数据库无法打开"), "{error}");
    assert_eq!(db.one(acts::by_id("a")).await.unwrap(), None);
    down.store(0, Ordering::SeqCst);
    assert!(!store.commit(receive("a", 1, PREFIX)).await.unwrap().repeated);
    store.health().await.unwrap();
});
