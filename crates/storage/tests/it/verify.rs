//! Tampering: whoever edits, deletes, inserts, swaps, chains anew or takes a case away is found out.

use yichuang_storage::journal::{self, Fault, FaultKind, Report, link, verify};
use yichuang_testkit::sample::{receive, step};
use yichuang_testkit::{TestDb, db_test};

/// Four cases of four records each: `JB20261123000001` … with ids 11 … 14.
async fn four_cases(db: &TestDb) {
    for id in 11..=14 {
        db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.unwrap();
        for seen in 1..=3 {
            db.commit(step(&format!("s{id}-{seen}"), id, seen)).await.unwrap();
        }
    }
    let report = verify(db).await.unwrap();
    assert_eq!(report, Report { cases: 4, records: 16, fault: None });
    assert_eq!(report.to_string(), "日志核验通过：4 件办件，16 条记录。");
}

async fn fault(db: &TestDb) -> Fault {
    verify(db).await.unwrap().fault.expect("the tampering is found")
}

fn at(case_id: i64, seq: i64, kind: FaultKind) -> Fault {
    Fault { case_no: format!("JB20261123{:06}", case_id - 10), case_id, seq, kind }
}

db_test!(an_edited_record_is_found, async |db| {
    four_cases(&db).await;
    db.tamper("UPDATE journal SET body = '{\"event\":\"refused\"}' WHERE case_id = 12 AND seq = 3").await;
    db.tamper("UPDATE journal SET body = '{\"event\":\"refused\"}' WHERE case_id = 13 AND seq = 1").await;
    let report = verify(&db).await.unwrap();
    assert_eq!(report.fault, Some(at(12, 3, FaultKind::Edited)), "the first one is named");
    assert_eq!(
        report.to_string(),
        "日志核验未通过：办件 JB20261123000002第 3 条记录：内容或者摘要被改动，摘要对不上。\
         下一步：停止办理该办件，保全数据库文件，从备份核对并报告纪检监察机构。"
    );
});

db_test!(a_deleted_record_is_found, async |db| {
    four_cases(&db).await;
    db.tamper("DELETE FROM journal WHERE case_id = 12 AND seq = 2").await;
    assert_eq!(fault(&db).await, at(12, 2, FaultKind::Missing));
});

db_test!(a_deleted_last_record_is_found_even_with_the_case_row_set_back, async |db| {
    four_cases(&db).await;
    db.tamper("DELETE FROM journal WHERE case_id = 12 AND seq = 4").await;
    assert_eq!(fault(&db).await, at(12, 4, FaultKind::Missing));
    db.tamper(
        "UPDATE cases SET version = 3, head_hash = (SELECT hash FROM journal WHERE case_id = 12 AND seq = 3) \
         WHERE id = 12",
    )
    .await;
    assert_eq!(fault(&db).await, at(12, 4, FaultKind::Missing));
});

db_test!(a_journal_taken_away_is_found, async |db| {
    four_cases(&db).await;
    db.tamper("DELETE FROM journal WHERE case_id = 13").await;
    assert_eq!(fault(&db).await, at(13, 1, FaultKind::Missing));
});

db_test!(an_inserted_record_is_found_however_well_it_is_chained, async |db| {
    four_cases(&db).await;
    let records = db.all(journal::of_case(13)).await.unwrap();
    let hash = link(&records[3].hash, 13, 5, "{}");
    db.tamper(&format!("INSERT INTO journal (case_id, seq, body, hash) VALUES (13, 5, '{{}}', '{hash}')"))
        .await;
    assert_eq!(fault(&db).await, at(13, 5, FaultKind::Inserted));
    db.tamper(&format!("UPDATE cases SET version = 5, head_hash = '{hash}' WHERE id = 13")).await;
    assert_eq!(fault(&db).await, at(13, 5, FaultKind::Inserted));
});

db_test!(a_record_of_no_case_is_found, async |db| {
    four_cases(&db).await;
    let hash = link(&journal::start(99).head, 99, 1, "{}");
    db.tamper(&format!("INSERT INTO journal (case_id, seq, body, hash) VALUES (99, 1, '{{}}', '{hash}')"))
        .await;
    let found = fault(&db).await;
    assert_eq!((found.case_id, found.kind), (99, FaultKind::CaseMissing));
});

db_test!(swapped_records_are_found, async |db| {
    four_cases(&db).await;
    db.tamper(
        "UPDATE journal SET seq = -2 WHERE case_id = 11 AND seq = 2; \
         UPDATE journal SET seq = 2 WHERE case_id = 11 AND seq = 3; \
         UPDATE journal SET seq = 3 WHERE case_id = 11 AND seq = -2;",
    )
    .await;
    assert_eq!(fault(&db).await, at(11, 2, FaultKind::Edited));
});

db_test!(journals_swapped_between_cases_are_found, async |db| {
    four_cases(&db).await;
    db.tamper(
        "UPDATE journal SET case_id = -12 WHERE case_id = 12; UPDATE journal SET case_id = 12 WHERE case_id = 13; \
         UPDATE journal SET case_id = 13 WHERE case_id = -12;",
    )
    .await;
    assert_eq!(fault(&db).await, at(12, 1, FaultKind::Edited));
});

db_test!(a_chain_computed_anew_is_found_even_with_the_case_row_set_to_it, async |db| {
    four_cases(&db).await;
    let mut records = db.all(journal::of_case(14)).await.unwrap();
    records[1].body = r#"{"event":"refused"}"#.into();
    let mut head = records[0].hash.clone();
    for record in &records[1..] {
        head = link(&head, 14, record.seq, &record.body);
        let (seq, body) = (record.seq, &record.body);
        let rewrite =
            format!("UPDATE journal SET body = '{body}', hash = '{head}' WHERE case_id = 14 AND seq = {seq}");
        db.tamper(&rewrite).await;
    }
    assert_eq!(fault(&db).await, at(14, 2, FaultKind::Rechained));
    db.tamper(&format!("UPDATE cases SET head_hash = '{head}' WHERE id = 14")).await;
    assert_eq!(fault(&db).await, at(14, 2, FaultKind::Rechained));
});

db_test!(a_case_row_that_lies_is_found, async |db| {
    four_cases(&db).await;
    db.tamper("UPDATE cases SET version = 3 WHERE id = 14").await;
    assert_eq!(fault(&db).await, at(14, 4, FaultKind::HeadDiffers));
});

db_test!(a_missing_case_is_found, async |db| {
    four_cases(&db).await;
    db.tamper("DELETE FROM cases WHERE id = 12").await;
    assert_eq!(fault(&db).await, at(12, 0, FaultKind::CaseMissing));
    // With its journal.
    db.tamper("DELETE FROM journal WHERE case_id = 12").await;
    assert_eq!(fault(&db).await, at(12, 0, FaultKind::CaseMissing));
    // And with its acts: the gap in the numbers tells.
    db.tamper("DELETE FROM acts WHERE case_id = 12").await;
    let gap = fault(&db).await;
    assert_eq!(gap, Fault { case_id: 0, ..at(12, 0, FaultKind::CaseMissing) });
    assert_eq!(gap.to_string(), "办件 JB20261123000002：办件缺失。");
});

db_test!(verification_holds_while_work_goes_on, async |db| {
    four_cases(&db).await;
    let store = db.store();
    let work = tokio::spawn(async move {
        for n in 0..200 {
            store.commit(step(&format!("w{n}"), 11 + n % 4, 0)).await.unwrap();
            store.commit(receive(&format!("n{n}"), 100 + n, "JB20261123")).await.unwrap();
        }
    });
    while !work.is_finished() {
        let report = verify(&db).await.unwrap();
        assert_eq!(report.fault, None, "{report}");
    }
    work.await.unwrap();
    assert_eq!(verify(&db).await.unwrap().records, 16 + 400);
});

db_test!(the_walk_sees_every_record_once_in_order, async |db| {
    four_cases(&db).await;
    let mut seen = Vec::new();
    let count = journal::walk(&db, |row| seen.push((row.case_id, row.seq))).await.unwrap();
    let expected: Vec<_> = (11..=14).flat_map(|id| (1..=4).map(move |seq| (id, seq))).collect();
    assert_eq!((seen, count), (expected, 16));
});
