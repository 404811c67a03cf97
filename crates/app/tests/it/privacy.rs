//! 隐私保护: personal data lies sealed in the database, opens whole and in its place only, and says which key it needs.

use crate::centre::{Centre, FOOD, applicant, keys};
use std::sync::Arc;
use yichuang_app::case::Seen;
use yichuang_app::desk::case_page;
use yichuang_app::intake::ReceiptForm;
use yichuang_app::vault::{Cell, Key, Keys, KeysError};
use yichuang_app::{App, AppError, approve, intake, keys as rotation, privacy};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::Case;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::PartyId;
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_storage::sealed::Sealed;
use yichuang_storage::{Place, cases, journal, parties, texts};
use yichuang_testkit::{TestDb, db_test};

/// Invented: an identity number with a right check digit, and a telephone.
const NUMBER: &str = "500105199003071231";
const PHONE: &str = "13912345678";
const OPINION: &str = "经电话核实，申请人住址与登记一致。";

fn person() -> Applicant {
    let (kind, document) = (PartyKind::Person, DocumentKind::ResidentId);
    Applicant { kind, name: "演示甲".into(), document, number: NUMBER.into(), phone: PHONE.into() }
}

async fn form(centre: &Centre) -> ReceiptForm {
    let agent = Some((person(), "代为提交申请、领取结果，期限一个月。".to_owned()));
    ReceiptForm { agent, ..centre.form(FOOD, &["cy", "fzd", "br"], &[]).await }
}

/// A case with a person in it, accepted and examined; who may read it.
async fn examined(centre: &Centre, clerk: &Actor) -> (Case, Actor) {
    let ctx = centre.ctx(clerk.clone());
    let received = intake::receive_case(&centre.app, &ctx, form(centre).await).await.expect("received");
    let repeated = intake::receive_case(&centre.app, &ctx, form(centre).await).await.expect("the same act");
    assert!(repeated.repeated, "the same act gives the same digests");
    let accepted = intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received)).await;
    let examiner = centre.at("scjgj", Post::Examiner);
    let seen = Seen::from(&accepted.expect("accepted"));
    approve::examine(&centre.app, &centre.ctx(examiner.clone()), seen, OPINION).await.expect("examined");
    (centre.case(received.case).await, examiner)
}

fn agent(case: &Case) -> PartyId {
    case.agent.as_ref().expect("an agent").agent.id
}

async fn stored(db: &TestDb, id: PartyId) -> String {
    db.one(parties::by_id(id.0)).await.expect("read").expect("a row").body
}

db_test!(personal_data_lies_sealed_and_no_digest_can_be_guessed, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let plain =
        [serde_json::to_string(&person()).expect("json"), NUMBER.into(), PHONE.into(), OPINION.into()];
    let mut rows = vec![stored(&db, agent(&case)).await, stored(&db, case.applicant.id).await];
    rows.extend(db.all(texts::of_case(case.id.0)).await.expect("read").into_iter().map(|text| text.body));
    rows.extend(db.all(journal::of_case(case.id.0)).await.expect("read").into_iter().map(|entry| entry.body));
    rows.push(db.one(cases::by_id(case.id.0)).await.expect("read").expect("a row").state);
    assert!(rows.len() > 5);
    for row in &rows {
        for words in &plain {
            assert!(!row.contains(words.as_str()), "{words} in {row}");
            assert!(!row.contains(&sm3(&[words.as_bytes()]).0), "the digest of {words} in {row}");
        }
    }
    let page = case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("a page");
    let masked = page.agent.expect("an agent");
    assert_eq!((masked.number.as_str(), masked.phone.as_str()), ("500***********1231", "139****5678"));
    assert!(page.texts.values().any(|words| words == OPINION), "{:?}", page.texts);
    centre.assert_replays(case.id).await;
});

db_test!(what_was_changed_or_moved_does_not_open, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let (whole, other) = (stored(&db, agent(&case)).await, stored(&db, case.applicant.id).await);
    let mut bent = whole.clone().into_bytes();
    let last = bent.len() - 1;
    bent[last] = if bent[last] == b'A' { b'B' } else { b'A' };
    let bent = String::from_utf8(bent).expect("text");
    let cut = whole[..whole.len() - 4].to_owned();
    let forged = serde_json::to_string(&applicant()).expect("json");
    for (words, told) in [(bent, "密文"), (cut, "密文"), (other, "密文"), (forged, "摘要")] {
        db.tamper(&format!("UPDATE parties SET body = '{words}' WHERE id = {}", agent(&case).0)).await;
        let refused = case_page(&centre.app, &centre.ctx(examiner.clone()), &case.case_no).await;
        let refused = refused.expect_err("it does not open");
        assert!(refused.to_string().contains(told) && !refused.to_string().contains(NUMBER), "{refused}");
    }
    db.tamper(&format!("UPDATE parties SET body = '{whole}' WHERE id = {}", agent(&case).0)).await;
    case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("as it was");
});

db_test!(without_its_key_nothing_personal_is_written_or_shown_and_the_rest_goes_on, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let other = App::on(db.store()).await.expect("a second node");
    let shut = case_page(&other, &centre.ctx(examiner.clone()), &case.case_no).await.expect_err("shut");
    assert!(matches!(shut, AppError::Keys(KeysError::NotGiven)), "{shut}");
    let wrong = Keys::Given(vec![Arc::new(Key::from_secret([8; 32]))]);
    let missing = other.unlock(wrong).await.expect_err("a key is missing");
    let id = Key::from_secret([7; 32]).id().to_owned();
    assert!(missing.to_string().contains(&format!("没有密钥 {id}")), "{missing}");
    let before = db.all(cases::page(0, 100)).await.expect("read").len();
    let refused = intake::receive_case(&other, &centre.ctx(clerk), form(&centre).await).await;
    assert!(matches!(refused, Err(AppError::Keys(KeysError::Missing { .. }))), "{refused:?}");
    assert_eq!(db.all(cases::page(0, 100)).await.expect("read").len(), before, "nothing is half done");
    let report = yichuang_app::journal::verify(&other).await.expect("verified");
    assert_eq!(report.fault, None, "the journal is proved without a key");
    other.unlock(keys()).await.expect("the key is back");
    case_page(&other, &centre.ctx(examiner), &case.case_no).await.expect("shown");
});

db_test!(what_was_written_before_there_were_keys_stays_readable, async |db| {
    let mut db = db;
    db.back_to("0001_foundation").await;
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    assert!(stored(&db, agent(&case)).await.contains(NUMBER), "as the release before wrote it");
    App::migrate(db.place()).await.expect("migrates");
    centre.app.refresh().await.expect("notices");
    let page = case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("a page");
    assert_eq!(page.agent.expect("an agent").phone, "139****5678");
    let after =
        intake::receive_case(&centre.app, &centre.ctx(clerk), form(&centre).await).await.expect("received");
    let sealed = stored(&db, agent(&centre.case(after.case).await)).await;
    assert!(!sealed.contains(NUMBER), "{sealed}");
    centre.assert_replays(after.case).await;
});

db_test!(keys_lie_in_a_folder_for_this_account_alone, async |db| {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Keys::Folder(folder.path().join("data.keys"));
    let apps = futures_util::future::join_all((0..4).map(|_| App::on(db.store()))).await;
    let apps: Vec<App> = apps.into_iter().map(|app| app.expect("a node")).collect();
    for unlocked in futures_util::future::join_all(apps.iter().map(|app| app.unlock(place.clone()))).await {
        unlocked.expect("of four that start at the same time one makes the key");
    }
    let ids = place.ids().expect("read");
    assert_eq!(ids.len(), 1, "what the others made is gone");
    assert_eq!(place.exposed(), Vec::<std::path::PathBuf>::new());
    let cell = Cell { table: "texts", column: "body", row: 1 };
    let sealed = apps[0].vault().seal(cell, b"words").expect("sealed");
    assert_eq!(apps[3].vault().open(cell, &sealed).expect("opened"), b"words");
    let file = folder.path().join("data.keys").join(format!("{}.key", ids[0]));
    let text = std::fs::read_to_string(&file).expect("read");
    assert!(!sealed.contains(text.trim()));
    // A file with another key under this name is not taken for it.
    std::fs::write(&file, "0".repeat(64)).expect("written");
    let again = node_without_keys(&db).await;
    let damaged = again.unlock(place.clone()).await.expect_err("another key");
    assert!(matches!(damaged, AppError::Keys(KeysError::NoKey(_))), "{damaged}");
    std::fs::remove_file(&file).expect("removed");
    let missing = again.unlock(place).await.expect_err("no key");
    assert!(matches!(missing, AppError::Keys(KeysError::Missing { .. })), "{missing}");
    assert!(!file.exists(), "no new key is made where one is on record");
});

async fn node_without_keys(db: &TestDb) -> App {
    App::on(db.store()).await.expect("a node")
}

/// Everything on disk of an embedded database, once nobody writes any more.
fn bytes(db: &TestDb) -> Vec<u8> {
    let Place::Folder(folder) = db.place() else { return Vec::new() };
    Place::files(folder).iter().flat_map(|file| std::fs::read(file).expect("read")).collect()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

db_test!(the_files_of_a_database_hold_no_number_no_telephone_and_no_words, async |mut db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, _) = examined(&centre, &clerk).await;
    let case_no = case.case_no.clone();
    centre.app.close().await;
    drop(centre);
    db.close();
    if db.is_sqlite() {
        let bytes = bytes(&db);
        assert!(holds(&bytes, &case_no), "it is the database");
        for words in [NUMBER, PHONE, OPINION, "演示甲", "13800138000"] {
            assert!(!holds(&bytes, words), "{words}");
        }
    }
});

db_test!(a_person_is_found_within_scope_by_number_telephone_and_tail, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let organisation = centre.app.organisation();
    let stranger = |post: Post| {
        let mut staff = organisation.staff.values();
        let away = staff.find(|member| {
            let away = member.site.as_deref() != Some("jb") || post == Post::Examiner;
            member.post == post && member.agency != "scjgj" && away
        });
        organisation.actor(away.expect("somebody elsewhere").id).expect("an actor")
    };
    let (elsewhere, others) = (stranger(Post::Intake), stranger(Post::Examiner));
    let found = async |actor: &Actor, typed: &str| {
        let found = privacy::find(&centre.app, &centre.ctx(actor.clone()), typed).await.expect("asked");
        found.into_iter().map(|found| (found.case.id, found.by_agent)).collect::<Vec<_>>()
    };
    for typed in [NUMBER, PHONE, "1231", "5678", " 139 1234 5678 "] {
        for actor in [&clerk, &examiner] {
            assert_eq!(found(actor, typed).await, [(case.id, true)], "{typed}");
        }
        for actor in [&elsewhere, &others] {
            assert_eq!(found(actor, typed).await, [], "{typed}");
        }
    }
    for typed in ["8000", "13800138000", "91500105MA5TEXT11D"] {
        assert_eq!(found(&clerk, typed).await, [(case.id, false)], "{typed}");
    }
    for typed in ["1230", "13912345679", "500105199003071232"] {
        assert_eq!(found(&clerk, typed).await, [], "{typed}");
    }
    let refused = privacy::find(&centre.app, &centre.ctx(clerk.clone()), "演示甲").await;
    assert!(matches!(refused, Err(AppError::Form(_))), "never by name: {refused:?}");
    let own = privacy::cases_of(&centre.app, &centre.ctx(clerk.clone()), NUMBER).await.expect("asked");
    assert!(own.is_empty(), "he is only an agent");
    let own = privacy::cases_of(&centre.app, &centre.ctx(clerk.clone()), "91500105MA5TEXT11D").await;
    assert_eq!(own.expect("asked").len(), 1);
    let administrator = organisation.staff.values().find(|member| member.post == Post::SystemAdministrator);
    let administrator = organisation.actor(administrator.expect("one").id).expect("an actor");
    let refused = privacy::find(&centre.app, &centre.ctx(administrator), PHONE).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
});

db_test!(who_has_read_a_case_is_on_record, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    for _ in 0..3 {
        case_page(&centre.app, &centre.ctx(examiner.clone()), &case.case_no).await.expect("a page");
    }
    privacy::find(&centre.app, &centre.ctx(clerk.clone()), PHONE).await.expect("found");
    let organisation = centre.app.organisation();
    let auditor = organisation.staff.values().find(|member| member.post == Post::AuditAdministrator);
    let auditor = organisation.actor(auditor.expect("one").id).expect("an actor");
    centre.app.close().await;
    let reads = privacy::reads_of_case(&centre.app, &centre.ctx(auditor), &case.case_no, 10).await;
    let reads: Vec<_> = reads.expect("read").into_iter().map(|read| (read.by, read.kind)).collect();
    let id = |actor: &Actor| actor.staff().expect("staff").id;
    assert_eq!(reads, [(id(&clerk), "find".into()), (id(&examiner), "case_page".into())]);
    let refused = privacy::reads_of_case(&centre.app, &centre.ctx(clerk), &case.case_no, 10).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))), "{refused:?}");
});

/// Two keys of the tests: the second takes the place of the first.
fn two_keys() -> Keys {
    Keys::Given([7, 9].map(|secret| Arc::new(Key::from_secret([secret; 32]))).into())
}

/// Ids of the keys the cells of this column are sealed with; empty: none.
async fn sealing(db: &TestDb, column: Sealed) -> Vec<String> {
    let page = db.all(column.page(i64::MIN, 1000)).await.expect("read");
    let of = |stored: String| match stored.strip_prefix("\u{1}1:") {
        Some(rest) => rest[..8].to_owned(),
        None => String::new(),
    };
    let mut ids: Vec<String> =
        page.into_iter().filter(|row| !row.stored.is_empty()).map(|row| of(row.stored)).collect();
    ids.dedup();
    ids
}

db_test!(another_key_takes_over_while_work_goes_on_and_the_old_one_goes_when_nothing_needs_it, async |db| {
    let centre = Centre::open(db.store()).await;
    centre.app.unlock(two_keys()).await.expect("unlocked");
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let [old, new] = [7, 9].map(|secret| Key::from_secret([secret; 32]).id().to_owned());
    let other = App::on(db.store()).await.expect("another node");
    other.unlock(keys()).await.expect("it has the old key only");
    let refused = rotation::remove(&centre.app, &old).await.expect_err("it is in use");
    assert!(refused.to_string().contains("正在使用"), "{refused}");
    assert_eq!(rotation::prepare(&centre.app).await.expect("made ready"), new);

    let rotated = rotation::rotate(&centre.app, &|_| {}).await.expect("rotated");
    assert_eq!((rotated.key.as_str(), rotated.resumed), (new.as_str(), false));
    assert!(rotated.cells > 3, "{rotated:?}");
    for column in [Sealed::Parties, Sealed::Texts] {
        assert_eq!(sealing(&db, column).await, std::slice::from_ref(&new));
    }
    other.refresh().await.expect("notices");
    let shut = case_page(&other, &centre.ctx(examiner.clone()), &case.case_no).await.expect_err("no new key");
    assert!(shut.to_string().contains(&format!("没有密钥 {new}")), "{shut}");
    let page = case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("a page");
    assert!(page.texts.values().any(|words| words == OPINION), "digests hold");
    for typed in [NUMBER, "5678"] {
        let found = privacy::find(&centre.app, &centre.ctx(clerk.clone()), typed).await.expect("asked");
        assert_eq!(found.len(), 1, "{typed}: found by tokens of the new key");
    }
    let after = intake::receive_case(&centre.app, &centre.ctx(clerk), form(&centre).await).await;
    centre.assert_replays(after.expect("received").case).await;

    let early = rotation::remove(&centre.app, &old).await.expect_err("another node may not have noticed");
    assert!(early.to_string().contains("不满"), "{early}");
    db.tamper("UPDATE vault_keys SET replaced_at = 1 WHERE sealing = 0").await;
    rotation::remove(&centre.app, &old).await.expect("nothing needs it");
    let list = rotation::list(&centre.app).await.expect("listed");
    let standing: Vec<_> = list.keys.iter().map(|key| (key.id.clone(), key.standing)).collect();
    let expected = [(old, rotation::Standing::Removed), (new, rotation::Standing::Sealing)];
    assert_eq!((standing, list.plain), (expected.to_vec(), 0));
    let fresh = App::on(db.store()).await.expect("a node");
    let only_new = Keys::Given(vec![Arc::new(Key::from_secret([9; 32]))]);
    fresh.unlock(only_new).await.expect("the old key is not asked for");
});

db_test!(a_rotation_that_was_cut_short_goes_on_with_the_same_key, async |db| {
    let centre = Centre::open(db.store()).await;
    centre.app.unlock(two_keys()).await.expect("unlocked");
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    let new = Key::from_secret([9; 32]).id().to_owned();
    // It ends as soon as the first cells are sealed anew.
    let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
    let app = centre.app.clone();
    let cut = tokio::spawn(async move {
        let watch = move |progress: rotation::Progress| {
            if progress.done > 0 {
                told.send(()).expect("heard");
                panic!("cut short, as the test means it");
            }
        };
        rotation::rotate(&app, &watch).await
    });
    assert!(cut.await.is_err(), "it was cut short");
    hears.recv().await.expect("after the first cells");
    assert_eq!(sealing(&db, Sealed::Parties).await, std::slice::from_ref(&new));
    assert_ne!(sealing(&db, Sealed::Texts).await, std::slice::from_ref(&new));
    case_page(&centre.app, &centre.ctx(examiner.clone()), &case.case_no).await.expect("both open meanwhile");
    let again = rotation::rotate(&centre.app, &|_| {}).await.expect("goes on");
    assert_eq!((again.key.as_str(), again.resumed), (new.as_str(), true));
    assert_eq!(sealing(&db, Sealed::Texts).await, [new]);
    case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("a page");
});

db_test!(what_was_plain_is_sealed_and_found_after_a_rotation, async |mut db| {
    db.back_to("0001_foundation").await;
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let (case, examiner) = examined(&centre, &clerk).await;
    App::migrate(db.place()).await.expect("migrates");
    centre.app.refresh().await.expect("notices");
    assert!(rotation::list(&centre.app).await.expect("listed").plain > 3);
    let rotated = rotation::rotate(&centre.app, &|_| {}).await.expect("sealed");
    assert_eq!((rotated.resumed, rotated.indexed), (true, 2), "applicant and agent");
    assert!(!stored(&db, agent(&case)).await.contains(NUMBER));
    let page = case_page(&centre.app, &centre.ctx(examiner), &case.case_no).await.expect("a page");
    assert!(page.texts.values().any(|words| words == OPINION), "the digests on record hold");
    let found = privacy::find(&centre.app, &centre.ctx(clerk), PHONE).await.expect("asked");
    assert_eq!(found.len(), 1);
    assert_eq!(rotation::list(&centre.app).await.expect("listed").plain, 0);
    centre.assert_replays(case.id).await;
});
