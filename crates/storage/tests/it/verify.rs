//! Tampering: whoever edits, deletes, inserts, swaps, chains anew or takes a case away is found out.

use yichuang_storage::journal::{self, Fault, FaultKind, link, verify};
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
    assert_eq!((report.cases, report.records, &report.fault), (4, 16, &None));
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

fn series(prefix: &str) -> Fault {
    Fault { case_no: prefix.into(), case_id: 0, seq: 0, kind: FaultKind::Undrawn }
}

db_test!(a_lowered_or_deleted_series_is_found_and_named, async |db| {
    four_cases(&db).await;
    for id in 21..=22 {
        db.commit(receive(&format!("r{id}"), id, "JB20261124")).await.unwrap();
        db.commit(receive(&format!("q{id}"), id + 10, "JB20261125")).await.unwrap();
    }
    db.tamper("UPDATE series SET last = 3 WHERE name = 'case_no/JB20261123'").await;
    let report = verify(&db).await.unwrap();
    assert_eq!(report.fault, Some(series("JB20261123")));
    assert_eq!(
        report.to_string(),
        "日志核验未通过：受理编号序列 JB20261123：编号序列被删改或者调低，有办件的编号不是由它编出的。\
         下一步：停止收件，保全数据库文件，从备份核对并报告纪检监察机构。"
    );
    db.tamper("UPDATE series SET last = 4 WHERE name = 'case_no/JB20261123'").await;
    assert_eq!(verify(&db).await.unwrap().fault, None);
    // The one in the middle, the first and the last.
    for prefix in ["JB20261124", "JB20261123", "JB20261125"] {
        db.tamper(&format!("UPDATE series SET name = 'x/{prefix}' WHERE name = 'case_no/{prefix}'")).await;
        assert_eq!(fault(&db).await, series(prefix));
        db.tamper(&format!("UPDATE series SET name = 'case_no/{prefix}' WHERE name = 'x/{prefix}'")).await;
        assert_eq!(verify(&db).await.unwrap().fault, None);
    }
    db.tamper("UPDATE series SET last = 5 WHERE name = 'case_no/JB20261123'").await;
    assert_eq!(fault(&db).await.case_no, "JB20261123000005");
    db.tamper("UPDATE series SET last = 4 WHERE name = 'case_no/JB20261123'").await;
    db.tamper("UPDATE cases SET case_no = 'JB20261123零零零零零四' WHERE id = 14").await;
    assert_eq!(fault(&db).await.case_no, "JB20261123000004");
    db.tamper("UPDATE series SET last = 3 WHERE name = 'case_no/JB20261123'").await;
    assert_eq!(fault(&db).await, series("JB20261123"), "a number with another serial");
    db.tamper("DELETE FROM series").await;
    assert_eq!(fault(&db).await, series("JB20261123"));
});

db_test!(a_forged_case_is_found_whatever_its_id, async |db| {
    four_cases(&db).await;
    // An act on plain rows has case 0 and must go on being no fault.
    db.tamper("INSERT INTO acts VALUES ('plain', 0, 'x', '', '', 0, 0, 0, '')").await;
    assert_eq!(verify(&db).await.unwrap().fault, None);
    let forge = |id: i64, version: i64, head: &str| {
        format!(
            "INSERT INTO cases SELECT {id}, 'JB20261123000009', '', {version}, stage, site, item_version, \
             agency, state, '{head}', received_at, received_on, updated_at FROM cases WHERE id = 11"
        )
    };
    for id in [0, 77] {
        let start = journal::start(id);
        let found = |seq, kind| Fault { case_no: "JB20261123000009".into(), case_id: id, seq, kind };
        // Without a record, and with a well chained one.
        db.tamper(&forge(id, 0, &start.head)).await;
        assert_eq!(fault(&db).await, found(1, FaultKind::Missing));
        let hash = link(&start.head, id, 1, "{}");
        db.tamper(&format!("INSERT INTO journal VALUES ({id}, 1, '{{}}', '{hash}')")).await;
        db.tamper(&format!("UPDATE cases SET version = 1, head_hash = '{hash}' WHERE id = {id}")).await;
        assert_eq!(fault(&db).await, found(1, FaultKind::Inserted));
        db.tamper(&format!("DELETE FROM cases WHERE id = {id}")).await;
        assert_eq!(fault(&db).await.kind, FaultKind::CaseMissing);
        db.tamper(&format!("DELETE FROM journal WHERE case_id = {id}")).await;
        assert_eq!(verify(&db).await.unwrap().fault, None);
    }
});

db_test!(a_record_before_the_first_is_found, async |db| {
    four_cases(&db).await;
    for seq in [0, -1] {
        db.tamper(&format!("INSERT INTO journal VALUES (12, {seq}, '{{}}', '')")).await;
        assert_eq!(fault(&db).await, at(12, seq, FaultKind::Inserted));
    }
});

db_test!(verification_holds_while_work_goes_on, async |db| {
    four_cases(&db).await;
    let store = db.store();
    let work = tokio::spawn(async move {
        for n in 0..200 {
            store.commit(step(&format!("w{n}"), 11 + n % 4, 0)).await.unwrap();
            let day = ["JB20261123", "JB20261122", "JB20261124", "JC20261123"][n as usize / 50];
            store.commit(receive(&format!("n{n}"), 100 + n, day)).await.unwrap();
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
