//! Revising an item: the way of a draft through department and office, on both engines.

use super::super::{
    Filter, Section, SectionKind, Sought, Standing, changes_of, dossier, import_items,
    load_default_catalogue, publish_item, read_items, recall_draft, register, return_draft, save_section,
    start_revision, submit_draft, waiting,
};
use crate::{App, AppError, Ctx};
use yichuang_domain::RefusalCode;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post, StaffActor};
use yichuang_domain::time::{Date, Instant};
use yichuang_testkit::db_test;

/// 食品经营许可（新办） of 市场监管.
const KEY: &str = "scjg-spjy-xb";

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn who(id: i64, post: Post, agency: Option<&str>, act: &str) -> Ctx {
    let agency = agency.map(str::to_owned);
    let actor = StaffActor { id: StaffId(id), post, agency, site: None, window: None };
    Ctx::new(Actor::Staff(actor), Instant::at(day("2026-09-01"), 9, 0), act)
}

fn drafter(act: &str) -> Ctx {
    who(2011, Post::Examiner, Some("scjgj"), act)
}

fn office(act: &str) -> Ctx {
    who(2006, Post::OfficeAdministrator, None, act)
}

async fn waits(app: &App, ctx: &Ctx) -> String {
    waiting(app, ctx).await.expect("counted").expect("counts").to_string()
}

fn refused<T: std::fmt::Debug>(result: Result<T, AppError>) -> Option<RefusalCode> {
    result.expect_err("refused").refusal().map(|refusal| refusal.code)
}

async fn section(app: &App, kind: SectionKind) -> (Section, String) {
    let draft = dossier(app, &drafter("read"), KEY, Some(2)).await.expect("the draft");
    let section = Section::of(kind, &draft.item);
    let digest = section.digest().expect("a digest");
    (section, digest)
}

/// The draft with another name.
async fn renamed(app: &App, name: &str, act: &str) {
    let (section, seen) = section(app, SectionKind::Basics).await;
    let Section::Basics(mut basics) = section else { panic!("basics") };
    basics.name = name.into();
    save_section(app, &drafter(act), KEY, Section::Basics(basics), &seen).await.expect("saved");
}

async fn opened(db: &yichuang_testkit::TestDb) -> App {
    let app = App::on(db.store()).await.expect("an app");
    load_default_catalogue(&app).await.expect("default data");
    app
}

db_test!(a_revision_goes_from_the_department_through_the_office_into_force, async |db| {
    let app = opened(&db).await;
    let before = app.version_in_force(KEY, day("2026-09-01")).await.unwrap().item.clone();
    start_revision(&app, &drafter("start"), KEY).await.expect("begun");
    start_revision(&app, &drafter("start-2"), KEY).await.expect("open already");
    assert_eq!(waits(&app, &drafter("w")).await, "1");
    assert_eq!(refused(submit_draft(&app, &drafter("same"), KEY).await), Some(RefusalCode::NothingRevised));
    renamed(&app, "食品经营许可（新办、2026）", "save").await;
    let early = publish_item(&app, &office("early"), KEY, day("2026-10-01"), None).await;
    assert_eq!(refused(early), Some(RefusalCode::DraftNotSubmitted));
    let early = return_draft(&app, &office("early-2"), KEY, "改").await;
    assert_eq!(refused(early), Some(RefusalCode::DraftNotSubmitted));
    submit_draft(&app, &drafter("submit"), KEY).await.expect("submitted");
    let (section_, seen) = section(&app, SectionKind::Guide).await;
    let locked = save_section(&app, &drafter("late"), KEY, section_, &seen).await;
    assert_eq!(refused(locked), Some(RefusalCode::DraftInReview));
    let (department, office_) = (waits(&app, &drafter("w")).await, waits(&app, &office("w")).await);
    assert_eq!((department.as_str(), office_.as_str()), ("0", "1"));

    let silent = return_draft(&app, &office("silent"), KEY, " ").await;
    assert!(matches!(silent, Err(AppError::Form(_))));
    return_draft(&app, &office("return"), KEY, "名称不合规范").await.expect("returned");
    let back = dossier(&app, &drafter("r"), KEY, None).await.unwrap();
    assert_eq!((back.draft, back.reason.as_str()), (Some((2, Standing::Returned)), "名称不合规范"));
    renamed(&app, "食品经营许可（首次申请）", "save-2").await;
    submit_draft(&app, &drafter("submit-2"), KEY).await.expect("submitted again");
    recall_draft(&app, &drafter("recall"), KEY).await.expect("recalled");
    submit_draft(&app, &drafter("submit-3"), KEY).await.expect("and again");

    let review = dossier(&app, &office("r"), KEY, Some(2)).await.unwrap();
    let past = publish_item(&app, &office("past"), KEY, day("2026-08-31"), Some(&review.sm3)).await;
    assert!(matches!(past, Err(AppError::Form(_))), "{past:?}");
    let other = publish_item(&app, &office("other"), KEY, day("2026-10-01"), Some("another")).await;
    assert_eq!(refused(other), Some(RefusalCode::StaleDraft));
    publish_item(&app, &office("publish"), KEY, day("2026-10-01"), Some(&review.sm3))
        .await
        .expect("published");
    assert_eq!(app.version_in_force(KEY, day("2026-09-30")).await.unwrap().item, before);
    let after = app.version_in_force(KEY, day("2026-10-01")).await.unwrap();
    assert_eq!(after.item.name, "食品经营许可（首次申请）");
    let changes = changes_of(&app, &drafter("r"), KEY, Some(1), Some(2)).await.unwrap();
    assert_eq!(changes.changes.iter().map(|change| change.title()).collect::<Vec<_>>(), ["事项名称"]);
    let done: Vec<String> =
        dossier(&app, &office("r"), KEY, None).await.unwrap().log.into_iter().map(|row| row.kind).collect();
    let kinds = ["item_published", "item_submitted", "item_recalled", "item_submitted", "item_revised"];
    assert_eq!(done[..5], kinds, "{done:?}");
    assert_eq!(done.last().map(String::as_str), Some("item_revision_begun"));
});

db_test!(who_saves_a_section_that_somebody_saved_before_is_told_and_overwrites_nothing, async |db| {
    let app = opened(&db).await;
    start_revision(&app, &drafter("start"), KEY).await.expect("begun");
    let (mine, seen) = section(&app, SectionKind::Materials).await;
    let (guide, seen_guide) = section(&app, SectionKind::Guide).await;
    renamed(&app, "改名", "save").await;
    let Section::Materials(mut materials) = mine else { panic!("materials") };
    let first = materials[0].id.clone();
    materials[0].instructions = "用黑色签字笔填写".into();
    let mut added = materials[0].clone();
    (added.id, added.name) = (String::new(), "新材料".into());
    materials.push(added);
    let theirs = Section::Materials(materials.clone());
    save_section(&app, &drafter("m"), KEY, theirs.clone(), &seen)
        .await
        .expect("another section moved, not this");
    let stale = save_section(&app, &drafter("n"), KEY, theirs, &seen).await;
    assert_eq!(refused(stale), Some(RefusalCode::StaleDraft));
    save_section(&app, &drafter("g"), KEY, guide, &seen_guide).await.expect("nothing changed, nothing wrong");
    let draft = dossier(&app, &drafter("r"), KEY, Some(2)).await.unwrap().item;
    assert_eq!(draft.name, "改名");
    assert_eq!(draft.material(&first).unwrap().instructions, "用黑色签字笔填写");
    let ids: std::collections::BTreeSet<&str> = draft.materials.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids.len(), draft.materials.len(), "a new material has an id of its own");
    let (_, seen) = section(&app, SectionKind::Materials).await;
    materials[0].name = "名\u{1b}称".into();
    materials[1].copies = 0;
    let wrong = save_section(&app, &drafter("w"), KEY, Section::Materials(materials), &seen).await;
    let Err(AppError::Form(faults)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(faults.len(), 2, "{faults:?}");
});

db_test!(a_draft_is_its_departments_and_nobody_publishes_the_own_work, async |db| {
    let app = opened(&db).await;
    let stranger = |act: &str| who(2021, Post::Examiner, Some("wjw"), act);
    let clerk = |act: &str| who(1001, Post::Intake, None, act);
    let other = start_revision(&app, &stranger("x"), KEY).await;
    assert!(matches!(other, Err(AppError::NotFound(_))), "{other:?}");
    assert!(matches!(start_revision(&app, &clerk("x"), KEY).await, Err(AppError::Forbidden(_))));
    assert!(matches!(start_revision(&app, &office("x"), KEY).await, Err(AppError::Forbidden(_))));
    start_revision(&app, &drafter("start"), KEY).await.expect("begun");
    renamed(&app, "没有发布的名称", "save").await;
    let sought = |filter| Sought { filter, ..Sought::default() };
    let (all, more) = register(&app, &clerk("r"), &sought(None), "", 500).await.unwrap();
    assert!(more.is_none() && all.len() > 40);
    assert!(all.iter().all(|line| line.standing.is_none() && line.item.name != "没有发布的名称"));
    assert!(register(&app, &clerk("r"), &sought(Some(Filter::Revising)), "", 9).await.unwrap().0.is_empty());
    let seen = dossier(&app, &clerk("r"), KEY, None).await.unwrap();
    assert_eq!((seen.versions.len(), seen.draft, seen.log.len()), (1, None, 0));
    assert!(matches!(dossier(&app, &clerk("r"), KEY, Some(2)).await, Err(AppError::NotFound(_))));
    assert!(matches!(changes_of(&app, &clerk("r"), KEY, Some(1), Some(2)).await, Err(AppError::NotFound(_))));
    let hidden = who(2031, Post::Examiner, Some("jtj"), "r");
    assert!(matches!(dossier(&app, &hidden, KEY, None).await, Err(AppError::NotFound(_))));
    let (own, _) = register(&app, &drafter("r"), &sought(Some(Filter::Revising)), "", 9).await.unwrap();
    assert_eq!(own.iter().map(|line| line.item.key.as_str()).collect::<Vec<_>>(), [KEY]);
    let (mine, next) = register(&app, &drafter("r"), &sought(None), "", 2).await.unwrap();
    let (rest, _) = register(&app, &drafter("r"), &sought(None), &next.expect("more"), 1).await.unwrap();
    assert!(mine[1].item.key < rest[0].item.key, "the pages follow each other");

    let draft = dossier(&app, &drafter("r"), KEY, Some(2)).await.unwrap().item;
    let file = serde_json::to_string(&vec![&yichuang_domain::item::ItemVersion {
        notes: "导入时修改".into(),
        ..draft
    }]);
    let batch = read_items(file.unwrap().as_bytes(), None).expect("a batch");
    import_items(&app, &office("import"), &batch, false).await.expect("imported over the draft");
    let own = publish_item(&app, &office("own"), KEY, day("2026-10-01"), None).await;
    assert_eq!(refused(own), Some(RefusalCode::OwnDraft), "the import was handed in, by whoever imports");
    let second = who(2007, Post::OfficeAdministrator, None, "second");
    publish_item(&app, &second, KEY, day("2026-10-01"), None).await.expect("published by another");
});
