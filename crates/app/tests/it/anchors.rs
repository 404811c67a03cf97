//! The daily anchor: made once whoever makes it, on record, copied outside.

use crate::centre::Centre;
use yichuang_app::anchors::{AnchorError, AnchorFile, Keeping, SigningKey, make};
use yichuang_app::journal::{Outside, verify_against};
use yichuang_app::{App, Ctx};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;
use yichuang_storage::{StoreError, audit};
use yichuang_testkit::db_test;

fn key() -> SigningKey {
    SigningKey::read(&"11".repeat(32)).expect("a key")
}

/// By the platform, on this evening.
fn ctx(day: i64) -> Ctx {
    Ctx::new(Actor::System, Instant(1_790_000_000_000).plus(day * 86_400_000), format!("anchor-day-{day}"))
}

db_test!(a_day_is_anchored_once_on_record_and_outside, async |db| {
    let centre = Centre::open(db.store()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = AnchorFile::new(folder.path().join("anchors.jsonl"));
    let keeping = Keeping { key: Some(key()), file: Some(file.clone()) };
    let nothing = make(&centre.app, &ctx(0), &keeping).await.expect("nothing to do");
    assert_eq!((nothing.anchors, nothing.last, nothing.written), (vec![], None, 0));

    let clerk = centre.food_clerk().await;
    centre.receive(&clerk, &[]).await;
    centre.receive(&clerk, &[]).await;
    let made = make(&centre.app, &ctx(1), &keeping).await.expect("made");
    assert_eq!((made.anchors.len(), made.written), (1, 1));
    assert_eq!((made.anchors[0].leaves, made.last.as_ref()), (2, made.anchors.last()));
    let again = make(&centre.app, &ctx(2), &keeping).await.expect("nothing has moved");
    assert_eq!((again.anchors, again.written, again.last), (vec![], 0, made.last));
    let record = db.all(audit::of_subject("anchor/1")).await.expect("read");
    assert_eq!((record.len(), record[0].kind.as_str()), (1, "journal_anchored"));
    assert!(record[0].body.contains(&made.anchors[0].hash), "{}", record[0].body);

    let outside = Outside { key: Some(key().public()), file: Some(file.read().expect("read")) };
    let report = verify_against(&centre.app, &outside).await.expect("verified");
    assert_eq!((report.fault, report.anchored.last, report.anchored.since), (None, 1, 0));
    assert!(report.anchored.by_key && report.anchored.in_file == Some(1));
});

db_test!(nodes_that_anchor_at_the_same_time_make_one_chain, async |db| {
    let centre = Centre::open(db.store()).await;
    let other = App::on(db.store()).await.expect("another node");
    let clerk = centre.food_clerk().await;
    let folder = tempfile::tempdir().expect("a folder");
    let keeping = Keeping { key: None, file: Some(AnchorFile::new(folder.path().join("anchors.jsonl"))) };
    for day in 1..=8 {
        centre.receive(&clerk, &[]).await;
        let (a, b) = (ctx(day), ctx(day + 100));
        let (one, two) = tokio::join!(make(&centre.app, &a, &keeping), make(&other, &b, &keeping));
        let made = one.expect("one").anchors.len() + two.expect("the other").anchors.len();
        assert_eq!(made, 1, "day {day}");
    }
    let file = keeping.file.as_ref().expect("a file").read().expect("read");
    let report = verify_against(&other, &Outside { file: Some(file), ..Outside::default() }).await;
    let report = report.expect("verified");
    assert_eq!((report.fault, report.anchored.last, report.anchored.in_file), (None, 8, Some(8)));
});

db_test!(what_cannot_be_kept_outside_is_made_up_for, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    centre.receive(&clerk, &[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("anchors.jsonl");
    make(&centre.app, &ctx(1), &Keeping { key: Some(key()), file: None }).await.expect("made");
    // Without the key an anchor would look like a forger's.
    centre.receive(&clerk, &[]).await;
    let error = make(&centre.app, &ctx(2), &Keeping::default()).await.expect_err("no key");
    assert!(matches!(error, AnchorError::KeyMissing(1)), "{error}");
    // A file that is none of ours stops it before anything is made.
    std::fs::write(&path, "not an anchor\n").expect("written");
    let keeping = Keeping { key: Some(key()), file: Some(AnchorFile::new(&path)) };
    let error = make(&centre.app, &ctx(2), &keeping).await.expect_err("not ours");
    assert!(matches!(error, AnchorError::Damaged(_, 1)), "{error}");
    assert_eq!(db.one(yichuang_storage::anchors::last()).await.expect("read").map(|a| a.number), Some(1));
    // A new one gets all there are.
    std::fs::remove_file(&path).expect("removed");
    let made = make(&centre.app, &ctx(2), &keeping).await.expect("made");
    assert_eq!((made.anchors.len(), made.written), (1, 2));
    // A new key vouches at once for what stands before.
    let new = SigningKey::read(&"22".repeat(32)).expect("a key");
    let keeping = Keeping { key: Some(new.clone()), ..keeping };
    let made = make(&centre.app, &ctx(3), &keeping).await.expect("made");
    assert_eq!((made.anchors.len(), made.anchors[0].leaves, made.written), (1, 0, 1));
    assert_eq!(make(&centre.app, &ctx(4), &keeping).await.expect("once").anchors, vec![]);
    let outside = Outside { key: Some(new.public()), file: None };
    assert_eq!(verify_against(&centre.app, &outside).await.expect("verified").fault, None);
    let old = Outside { key: Some(key().public()), file: None };
    let fault = verify_against(&centre.app, &old).await.expect("verified").fault.expect("not its own");
    assert_eq!(fault.kind, yichuang_app::journal::FaultKind::NotSigned(3));
});

db_test!(a_database_without_the_tables_says_what_to_do, async |mut db| {
    drop(Centre::open(db.store()).await);
    db.tamper("DELETE FROM migrations WHERE name >= '0004'; DROP TABLE anchors; DROP TABLE anchor_leaves")
        .await;
    db.reopen().await;
    let app = App::on(db.store()).await.expect("it opens");
    let error = make(&app, &ctx(1), &Keeping::default()).await.expect_err("no tables");
    let AnchorError::Commit(yichuang_storage::CommitError::Store(error)) = error else { panic!("{error}") };
    assert!(matches!(&error, StoreError::Older(name) if name == "0004_anchors"), "{error}");
});
