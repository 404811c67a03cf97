//! Number series under load: no gap, no number twice, whatever is refused in between.

use futures_util::future::join_all;
use std::collections::BTreeSet;
use yichuang_domain::identity::case_no_of;
use yichuang_storage::{CommitError, cases, journal, series};
use yichuang_testkit::db_test;
use yichuang_testkit::sample::{receive, refused_late, step};

const CALLERS: i64 = 64;
const EACH: i64 = 10;
const PREFIX: &str = "JB20261123";

db_test!(numbers_have_no_gap_under_64_callers_with_30_percent_refusals, async |db| {
    let caller = |caller: i64| {
        let db = &db;
        async move {
            let mut numbers = Vec::new();
            for n in 0..EACH {
                let (act, id) = (format!("{caller}-{n}"), caller * EACH + n + 1);
                let refuse = id % 10 < 3;
                let change = if refuse { refused_late(&act, id, PREFIX) } else { receive(&act, id, PREFIX) };
                match db.commit(change).await {
                    Ok(answer) => numbers.push(answer.body),
                    Err(CommitError::Refused(_)) if refuse => {}
                    Err(error) => panic!("{error}"),
                }
            }
            numbers
        }
    };
    let all: Vec<String> = join_all((0..CALLERS).map(caller)).await.into_iter().flatten().collect();
    let done = CALLERS * EACH * 7 / 10;
    let expected: BTreeSet<String> = (1..=done).map(|n| case_no_of(PREFIX, n)).collect();
    assert_eq!(all.len() as i64, done);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(db.one(series::last(&format!("case_no/{PREFIX}"))).await.unwrap(), Some(done));
    assert_eq!(journal::verify(&db).await.unwrap().fault, None);
});

db_test!(one_case_moves_one_step_at_a_time, async |db| {
    db.commit(receive("r", 1, PREFIX)).await.unwrap();
    let acts: Vec<String> = (0..CALLERS).map(|n| format!("s{n}")).collect();
    // Everybody saw version 1; one goes through.
    let results = join_all(acts.iter().map(|act| db.commit(step(act, 1, 1)))).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    // Nobody says what he saw; all go through, one after the other.
    let acts: Vec<String> = (0..CALLERS).map(|n| format!("t{n}")).collect();
    let results = join_all(acts.iter().map(|act| db.commit(step(act, 1, 0)))).await;
    let versions: BTreeSet<i64> = results.into_iter().map(|r| r.unwrap().body.parse().unwrap()).collect();
    assert_eq!(versions, (3..3 + CALLERS).collect());
    assert_eq!(db.one(cases::by_id(1)).await.unwrap().unwrap().version, 2 + CALLERS);
    let report = journal::verify(&db).await.unwrap();
    assert_eq!((report.fault, report.records), (None, 2 + CALLERS as u64));
});
