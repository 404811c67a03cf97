//! Anchors against forgers who know everything: who rewrites journal, case row, acts and series alike, puts an older
//! copy in place of the database, or forges the anchors too.

use std::path::PathBuf;
use yichuang_storage::anchors::file::{AnchorError, AnchorFile};
use yichuang_storage::anchors::key::{PublicKey, SigningKey};
use yichuang_storage::anchors::{self, AnchorRow, LEAVES};
use yichuang_storage::journal::{self, Fault, FaultKind, Outside, Report, link, verify, verify_against};
use yichuang_storage::{Change, CommitError, Effects, Place, Plan, Store, StoreError};
use yichuang_testkit::sample::{act, receive, step};
use yichuang_testkit::{TestDb, db_test};

/// Four cases of four records each: `JB20261123000001` … with ids 11 … 14.
async fn four_cases(db: &Store) {
    for id in 11..=14 {
        db.commit(receive(&format!("r{id}"), id, "JB20261123")).await.unwrap();
        for seen in 1..=3 {
            db.commit(step(&format!("s{id}-{seen}"), id, seen)).await.unwrap();
        }
    }
}

/// One step more.
async fn go_on(db: &Store, id: i64, seen: i64) {
    db.commit(step(&format!("s{id}-{seen}"), id, seen)).await.unwrap();
}

fn key(n: u8) -> SigningKey {
    SigningKey::read(&format!("{n:02x}").repeat(32)).unwrap()
}

/// What the use case does, without its frame; `None` where nothing has moved.
async fn anchor(db: &Store, key: Option<&SigningKey>) -> Option<AnchorRow> {
    let last = db.one(anchors::last()).await.unwrap();
    let moved = db.all(anchors::moved(LEAVES)).await.unwrap();
    if moved.is_empty() {
        return None;
    }
    let at = 1_790_000_000_000 + last.as_ref().map_or(1, |last| last.number + 1) * 86_400_000;
    let (anchor, stmts) = anchors::next(last.as_ref(), at, &moved, key);
    let effects = Effects { stmts, answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    let act = act(&anchors::act_id(anchor.number), "anchor_journal");
    match db.commit(Change { act, key: 0, locks: vec![], then }).await {
        Ok(_) => Some(anchor),
        Err(error) => panic!("{error}"),
    }
}

async fn kind(db: &Store, outside: &Outside) -> FaultKind {
    verify_against(db, outside).await.unwrap().fault.expect("the forgery is found").kind
}

fn at(case_id: i64, seq: i64, kind: FaultKind) -> Option<Fault> {
    Some(Fault { case_no: format!("JB20261123{:06}", case_id - 10), case_id, seq, kind })
}

fn with_key(key: &SigningKey) -> Outside {
    Outside { key: Some(key.public()), ..Outside::default() }
}

/// The anchors of the database as a file outside would hold them.
async fn with_file(db: &Store) -> Outside {
    Outside { file: Some(db.all(anchors::page(0, 1000)).await.unwrap()), ..Outside::default() }
}

db_test!(an_anchor_covers_what_has_moved_and_nothing_else, async |db| {
    assert_eq!(anchor(&db, None).await, None, "an empty database");
    four_cases(&db).await;
    let first = anchor(&db, None).await.unwrap();
    assert_eq!((first.number, first.leaves, first.root.len()), (1, 4, 64));
    assert_eq!(anchor(&db, None).await, None, "nothing has moved");
    go_on(&db, 12, 4).await;
    go_on(&db, 14, 4).await;
    let report = verify(&db).await.unwrap();
    assert_eq!((report.fault, report.anchored.last, report.anchored.since), (None, 1, 2));
    let second = anchor(&db, None).await.unwrap();
    assert_eq!((second.number, second.leaves, &second.previous), (2, 2, &first.hash));
    let report = verify(&db).await.unwrap();
    assert_eq!(report.to_string(), "日志核验通过：4 件办件，18 条记录，2 次锚定。");
    assert_eq!((report.fault, report.anchored.since), (None, 0));
});

db_test!(what_is_not_proved_is_said, async |db| {
    four_cases(&db).await;
    let said = |report: Report| report.anchored.not_proved().join("\n");
    let nothing = said(verify(&db).await.unwrap());
    assert!(nothing.starts_with("没有锚定：") && nothing.contains("journal anchor"), "{nothing}");
    anchor(&db, Some(&key(7))).await;
    let file = with_file(&db).await;
    go_on(&db, 11, 4).await;
    let inside = said(verify(&db).await.unwrap());
    assert!(inside.contains("没有给出锚文件或者密钥") && inside.contains("（1 件办件）"), "{inside}");
    let keyed = said(verify_against(&db, &with_key(&key(7))).await.unwrap());
    assert!(keyed.contains("没有给出锚文件：") && keyed.contains("yichuang.db-wal"), "{keyed}");
    let whole = said(verify_against(&db, &file).await.unwrap());
    assert!(whole.starts_with("最后一次锚定（第 1 号，2026-09-22 22:13）以后"), "{whole}");
    anchor(&db, Some(&key(7))).await;
    let behind = said(verify_against(&db, &file).await.unwrap());
    assert!(behind.contains("锚文件只到第 1 号锚定，数据库已到第 2 号"), "{behind}");
});

/// Takes the last record of case 12 away from all who know of it.
const CUT: &str = "DELETE FROM journal WHERE case_id = 12 AND seq = 4; DELETE FROM acts WHERE case_id = 12 AND seq = 4; \
    UPDATE cases SET version = 3, head_hash = (SELECT hash FROM journal WHERE case_id = 12 AND seq = 3) WHERE id = 12";
/// Takes the newest case away with all its rows, and the series back.
const TAKEN: &str = "DELETE FROM journal WHERE case_id = 14; DELETE FROM acts WHERE case_id = 14; \
    DELETE FROM clocks WHERE case_id = 14; DELETE FROM cases WHERE id = 14; \
    UPDATE series SET last = 3 WHERE name = 'case_no/JB20261123'";

db_test!(a_tail_cut_off_everywhere_is_found_up_to_the_last_anchor, async |db| {
    four_cases(&db).await;
    db.tamper(CUT).await;
    let report = verify(&db).await.unwrap();
    assert_eq!(report.fault, None, "without an anchor nobody can tell");
    go_on(&db, 12, 3).await;
    anchor(&db, None).await;
    db.tamper(CUT).await;
    let report = verify(&db).await.unwrap();
    assert_eq!(report.fault, at(12, 4, FaultKind::CutOff(1)));
    assert_eq!(
        report.to_string(),
        "日志核验未通过：办件 JB20261123000002第 4 条记录：第 1 号锚定时已有这条记录，现在连同操作记录一并缺失。\
         下一步：停止办理该办件，保全数据库文件，从备份核对并报告纪检监察机构。"
    );
    // Also when the case has gone on since, with other records.
    go_on_from(&db, 12).await;
    assert_eq!(verify(&db).await.unwrap().fault, at(12, 4, FaultKind::Rewritten(1)));
});

/// A step whose act has a name of its own.
async fn go_on_from(db: &Store, id: i64) {
    db.commit(step(&format!("again-{id}"), id, 0)).await.unwrap();
}

db_test!(a_case_taken_away_with_everything_is_found, async |db| {
    four_cases(&db).await;
    anchor(&db, None).await;
    db.tamper(TAKEN).await;
    let fault = verify(&db).await.unwrap().fault.unwrap();
    assert_eq!((fault.case_id, fault.kind), (14, FaultKind::CaseMissing));
    db.tamper("DELETE FROM anchor_leaves WHERE case_id = 14").await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::LeavesDiffer(1));
});

db_test!(cases_acts_and_series_rewritten_together_are_found, async |db| {
    four_cases(&db).await;
    anchor(&db, None).await;
    let records = db.all(journal::of_case(13)).await.unwrap();
    let mut head = records[0].hash.clone();
    for record in &records[1..] {
        let body = r#"{"event":"refused"}"#;
        head = link(&head, 13, record.seq, body);
        let seq = record.seq;
        db.tamper(&format!(
            "UPDATE journal SET body = '{body}', hash = '{head}' WHERE case_id = 13 AND seq = {seq}; \
             UPDATE acts SET head = '{head}' WHERE case_id = 13 AND seq = {seq}"
        ))
        .await;
    }
    db.tamper(&format!("UPDATE cases SET head_hash = '{head}' WHERE id = 13")).await;
    let report = verify(&db).await.unwrap();
    assert_eq!(report.fault, at(13, 4, FaultKind::Rewritten(1)));
    assert!(report.to_string().contains("连同操作记录被一并改写，与第 1 号锚定时的摘要不符"), "{report}");
    // And the leaf.
    db.tamper(&format!("UPDATE anchor_leaves SET head = '{head}' WHERE case_id = 13")).await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::LeavesDiffer(1));
});

/// Rewrites what a forger with the database would: the leaf, the root and the chain, signed with a key of his own.
async fn forge(db: &TestDb, key: Option<&SigningKey>) {
    db.tamper(CUT).await;
    db.tamper(
        "DELETE FROM anchor_leaves; DELETE FROM anchors; DELETE FROM acts WHERE kind = 'anchor_journal'",
    )
    .await;
    anchor(db, key).await.unwrap();
    assert_eq!(verify(db).await.unwrap().fault, None, "well forged: nothing inside can tell");
}

db_test!(anchors_forged_too_are_found_by_the_file_or_the_key, async |db| {
    four_cases(&db).await;
    anchor(&db, Some(&key(7))).await;
    let file = with_file(&db).await;
    forge(&db, Some(&key(8))).await;
    assert_eq!(kind(&db, &file).await, FaultKind::FileDiffers(1));
    assert_eq!(kind(&db, &with_key(&key(7))).await, FaultKind::NotSigned(1));
    let report = verify_against(&db, &with_key(&key(7))).await.unwrap().to_string();
    assert!(
        report.starts_with("日志核验未通过：第 1 号锚定：没有签名，或者不是用给定的密钥签名的。"),
        "{report}"
    );
    // With the name of the true key, but without it.
    let name = key(7).public().text();
    db.tamper(&format!("UPDATE anchors SET public_key = '{name}'")).await;
    assert_eq!(kind(&db, &with_key(&key(7))).await, FaultKind::AnchorEdited(1));
    let row = db.one(anchors::last()).await.unwrap().unwrap();
    db.tamper(&format!("UPDATE anchors SET hash = '{}'", row.digest())).await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::BadSignature(1));
    let signature = key(8).sign(&row.digest());
    db.tamper(&format!("UPDATE anchors SET signature = '{signature}'")).await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::BadSignature(1));
});

db_test!(every_change_of_an_anchor_is_found, async |db| {
    four_cases(&db).await;
    anchor(&db, None).await;
    for seen in 4..=5 {
        go_on(&db, 11, seen).await;
        anchor(&db, Some(&key(7))).await;
    }
    assert_eq!(verify(&db).await.unwrap().fault, None, "a key may come later");
    for (forgery, undo, found) in [
        ("SET at = at + 1", "SET at = at - 1", FaultKind::AnchorEdited(2)),
        ("SET leaves = 2", "SET leaves = 1", FaultKind::AnchorEdited(2)),
        ("SET number = 22", "SET number = 2", FaultKind::AnchorMissing(2)),
    ] {
        db.tamper(&format!("UPDATE anchors {forgery} WHERE number = 2")).await;
        assert_eq!(kind(&db, &Outside::default()).await, found, "{forgery}");
        let number = if forgery.contains("22") { 22 } else { 2 };
        db.tamper(&format!("UPDATE anchors {undo} WHERE number = {number}")).await;
    }
    let row = db.all(anchors::page(1, 1)).await.unwrap().remove(0);
    db.tamper("UPDATE anchors SET signature = '' WHERE number = 2").await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::BadSignature(2));
    // Not signed any more, and chained anew.
    let mut bare = AnchorRow { public_key: String::new(), ..row };
    bare.hash = bare.digest();
    db.tamper(&format!("UPDATE anchors SET public_key = '', hash = '{}' WHERE number = 2", bare.hash)).await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::AnchorEdited(3));
    db.tamper("DELETE FROM anchors WHERE number = 3; DELETE FROM anchor_leaves WHERE anchor = 3").await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::AnchorMissing(3), "its act is there");
    db.tamper("DELETE FROM acts WHERE id = 'anchor/3'").await;
    assert_eq!(verify(&db).await.unwrap().fault, None);
    assert_eq!(kind(&db, &with_key(&key(7))).await, FaultKind::NotSigned(2));
    go_on(&db, 12, 4).await;
    anchor(&db, Some(&key(7))).await;
    go_on(&db, 12, 5).await;
    anchor(&db, None).await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::NotSigned(4), "signed, then not");
});

db_test!(leaves_of_no_anchor_are_found, async |db| {
    four_cases(&db).await;
    anchor(&db, None).await;
    go_on(&db, 12, 4).await;
    let head = db.all(journal::of_case(12)).await.unwrap().remove(4).hash;
    // It would keep the case out of the next anchor.
    for (number, found) in [(9, FaultKind::AnchorMissing(2)), (0, FaultKind::LeavesDiffer(0))] {
        db.tamper(&format!("INSERT INTO anchor_leaves VALUES (12, 5, {number}, '{head}')")).await;
        assert_eq!(kind(&db, &Outside::default()).await, found);
        db.tamper("DELETE FROM anchor_leaves WHERE seq = 5").await;
    }
    db.tamper("INSERT INTO anchor_leaves VALUES (12, 0, 1, '')").await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::LeavesDiffer(1));
    db.tamper("DELETE FROM anchor_leaves WHERE seq = 0; INSERT INTO anchor_leaves VALUES (77, 1, 1, '')")
        .await;
    assert_eq!(kind(&db, &Outside::default()).await, FaultKind::CaseMissing);
});

/// What an older copy in place of the database holds: all that came after the first anchor is gone.
const OLDER: &str = "DELETE FROM anchors WHERE number > 1; DELETE FROM anchor_leaves WHERE anchor > 1; \
    DELETE FROM journal WHERE case_id = 12 AND seq = 5; \
    DELETE FROM acts WHERE (case_id = 12 AND seq = 5) OR id = 'anchor/2'; UPDATE cases SET version = 4, \
    head_hash = (SELECT hash FROM journal WHERE case_id = 12 AND seq = 4) WHERE id = 12";

db_test!(a_restored_database_older_than_its_file_is_found, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let file = AnchorFile::new(folder.path().join("anchors.jsonl"));
    four_cases(&db).await;
    anchor(&db, Some(&key(7))).await;
    assert_eq!(file.catch_up(&db).await.unwrap(), 1);
    go_on(&db, 12, 4).await;
    anchor(&db, Some(&key(7))).await;
    assert_eq!(file.catch_up(&db).await.unwrap(), 1);
    let outside = Outside { file: Some(file.read().unwrap()), key: Some(key(7).public()) };
    assert_eq!(verify_against(&db, &outside).await.unwrap().fault, None);

    db.tamper(OLDER).await;
    let keyed = verify_against(&db, &with_key(&key(7))).await.unwrap();
    assert_eq!(keyed.fault, None, "an older copy is whole in itself");
    assert!(keyed.anchored.not_proved().join("").contains("整个数据库是否被换成较早的副本"));
    assert_eq!(kind(&db, &outside).await, FaultKind::Older(2));
    let error = file.catch_up(&db).await.unwrap_err();
    assert!(matches!(error, AnchorError::Older { file: 2, database: 1 }), "{error}");
    assert!(error.to_string().contains("锚文件已有第 2 号锚定，数据库只到第 1 号"), "{error}");
    // And one that has gone another way since.
    go_on_from(&db, 13).await;
    anchor(&db, Some(&key(7))).await;
    assert_eq!(kind(&db, &outside).await, FaultKind::FileDiffers(2));
    assert!(matches!(file.catch_up(&db).await.unwrap_err(), AnchorError::Differs(2)));
    assert_eq!(Some(file.read().unwrap()), outside.file, "the file stays as it was");
});

db_test!(a_log_taken_away_is_found, async |db| {
    let Place::Folder(folder) = db.place() else { return };
    four_cases(&db).await;
    anchor(&db, None).await;
    yichuang_testkit::database::connection(folder)
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    go_on(&db, 12, 4).await;
    anchor(&db, None).await;
    // Only the database file, as it lies there while the log holds what came last.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join(Place::FILE), copy.path().join(Place::FILE)).unwrap();
    let outside = with_file(&db).await;
    let without = Store::open_existing(&Place::Folder(copy.path().into())).await.unwrap();
    let report = verify(&without).await.unwrap();
    assert_eq!((report.fault, report.records, report.anchored.last), (None, 16, 1), "whole in itself");
    assert_eq!(kind(&without, &outside).await, FaultKind::Older(2));
});

db_test!(the_file_outlives_what_befalls_it, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anchors.jsonl");
    let file = AnchorFile::new(&path);
    assert!(
        matches!(file.read(), Err(AnchorError::Unreadable(..))),
        "a file that is not there proves nothing"
    );
    four_cases(&db).await;
    anchor(&db, None).await;
    file.catch_up(&db).await.unwrap();
    go_on(&db, 11, 4).await;
    anchor(&db, None).await;
    file.catch_up(&db).await.unwrap();
    assert_eq!(file.catch_up(&db).await.unwrap(), 0);
    let whole = std::fs::read_to_string(&path).unwrap();
    let rows = file.read().unwrap();
    assert_eq!((rows.len(), whole.lines().count()), (2, 2));
    // Cut off anywhere in its last line: the line is written again, nothing is removed.
    let begin = whole.find('\n').unwrap() + 1;
    for end in begin..whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        assert_eq!(file.read().unwrap(), rows[..1], "cut off at {end}");
        assert_eq!(file.catch_up(&db).await.unwrap(), 1);
        assert_eq!(file.read().unwrap(), rows, "cut off at {end}");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(&whole[..end]));
    }
    // Damaged in the middle, lines swapped, one removed.
    let (first, second) = whole.split_at(begin);
    for wrong in [whole.replacen("\"at\"", "\"xx\"", 1), format!("{second}{first}"), second.into()] {
        std::fs::write(&path, &wrong).unwrap();
        let error = file.read().unwrap_err();
        assert!(matches!(error, AnchorError::Damaged(_, 1)), "{error}");
        assert!(file.catch_up(&db).await.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong, "the file stays as it was");
    }
    // A line that was edited reads, and differs.
    std::fs::write(&path, whole.replacen("\"leaves\":1", "\"leaves\":2", 1)).unwrap();
    assert!(matches!(file.catch_up(&db).await.unwrap_err(), AnchorError::Differs(2)));
    // Nowhere to write.
    let nowhere = AnchorFile::new(PathBuf::from(&path).join("in a file"));
    let error = nowhere.catch_up(&db).await.unwrap_err();
    assert!(matches!(error, AnchorError::Unreadable(..)), "{error}");
});

db_test!(verification_holds_while_anchors_are_made, async |db| {
    four_cases(&db).await;
    let store = db.store();
    let work = tokio::spawn(async move {
        for n in 0..60 {
            store.commit(step(&format!("w{n}"), 11 + n % 4, 0)).await.unwrap();
            store.commit(receive(&format!("n{n}"), 100 + n, "JB20261124")).await.unwrap();
            anchor(&store, None).await;
        }
    });
    while !work.is_finished() {
        let report = verify(&db).await.unwrap();
        assert_eq!(report.fault, None, "{report}");
    }
    work.await.unwrap();
    let report = verify(&db).await.unwrap();
    assert_eq!((report.fault, report.anchored.last, report.anchored.since), (None, 60, 0));
});

db_test!(a_database_without_the_tables_is_verified_without_anchors, async |db| {
    four_cases(&db).await;
    db.tamper("DELETE FROM migrations WHERE name >= '0004'; DROP TABLE anchors; DROP TABLE anchor_leaves")
        .await;
    let report = verify(&db).await.unwrap();
    assert_eq!((report.fault, report.cases, report.anchored.last), (None, 4, 0));
});

db_test!(the_same_anchor_by_two_nodes_is_one, async |db| {
    four_cases(&db).await;
    let moved = db.all(anchors::moved(LEAVES)).await.unwrap();
    let change = |at| {
        let (anchor, stmts) = anchors::next(None, at, &moved, None);
        let effects = Effects { stmts, answer: "{}".into(), witness: None };
        let act = yichuang_storage::Act { body_hash: anchor.hash, ..act("anchor/1", "anchor_journal") };
        let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
        Change { act, key: 0, locks: vec![], then }
    };
    assert!(!db.commit(change(1)).await.unwrap().repeated);
    assert!(db.commit(change(1)).await.unwrap().repeated);
    assert!(matches!(db.commit(change(2)).await, Err(CommitError::ActDiffers)));
    assert_eq!(verify(&db).await.unwrap().fault, None);
    let again = Change { act: act("another", "anchor_journal"), ..change(3) };
    let error = db.commit(again).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Duplicate(_))), "{error}");
});

#[test]
fn keys_are_read_in_every_common_form() {
    // Made for this test alone by another program, `openssl genpkey -algorithm SM2`.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgbhU/8SdifpHbGU4k\n\
        GNHrjhPs8PbjBp/KzfZZUEl3USmhRANCAATSQJpytv35J3ZxZWQbyUq6D/IDMbCm\n\
        D29SDtmLjuznDtQcRUPet09nnUZVIr9vhGtIppCQiC41gPoKrQYpVvuR\n\
        -----END PRIVATE KEY-----\n";
    let public = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE0kCacrb9+Sd2cWVkG8lKug/yAzGw\n\
        pg9vUg7Zi47s5w7UHEVD3rdPZ51GVSK/b4RrSKaQkIguNYD6Cq0GKVb7kQ==\n\
        -----END PUBLIC KEY-----\n";
    let hex = "6e153ff127627e91db194e2418d1eb8e13ecf0f6e3069fcacdf6595049775129";
    let key = SigningKey::read(pem).unwrap();
    let signature = key.sign("日志");
    let parameters = "-----BEGIN SM2 PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END SM2 PARAMETERS-----\n";
    for form in [format!("{hex}\n"), format!("{parameters}{pem}")] {
        assert_eq!(SigningKey::read(&form).unwrap().sign("日志"), signature);
    }
    for form in [pem, public, hex, &key.public().text()] {
        let public = PublicKey::read(form).unwrap();
        assert_eq!(public, key.public());
        assert!(public.verify("日志", &signature) && !public.verify("日记", &signature));
        assert!(!public.verify("日志", &signature[2..]) && !public.verify("日志", ""));
    }
    for wrong in ["", "secret", &hex[2..], &"ff".repeat(32), public] {
        let error = SigningKey::read(wrong).unwrap_err().to_string();
        assert!(error.contains("SM2 私钥") && error.contains("openssl genpkey"), "{error}");
    }
    assert!(PublicKey::read("04").unwrap_err().to_string().contains("SM2 公钥"));
}
