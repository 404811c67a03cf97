//! Through the database: what an import writes, what may be published, what the default data leaves behind.

use crate::catalog::store::{compare, write};
use crate::catalog::{
    ChangeKind, Counts, ImportError, Versions, default_catalogue, diff, import_items, load_default_catalogue,
    publish_item, read_items, stored_items, version_changes,
};
use crate::{App, AppError, Ctx};
use yichuang_domain::RefusalCode;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post, StaffActor};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::{audit, items};
use yichuang_testkit::db_test;

const LIST: &str = "\
seq,name,type_inferred,by_application,department_inferred,dept_source,row_guid,url
1,食品经营许可,行政许可,1,区市场监管局,keyword,guid-1,https://example.invalid/1
2,水资源费征收,行政征收,1,区水利局,,guid-2,https://example.invalid/2
3,罚款,行政处罚,0,区公安分局,keyword,guid-3,https://example.invalid/3
";

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn by(post: Post, act: &str) -> Ctx {
    let actor = StaffActor { id: StaffId(1081), post, agency: None, site: None, window: None };
    Ctx::new(Actor::Staff(actor), Instant::at(day("2026-03-02"), 9, 0), act)
}

fn office(act: &str) -> Ctx {
    by(Post::OfficeAdministrator, act)
}

/// Another administrator of the office: who imported a draft does not publish it.
fn reviewer(act: &str) -> Ctx {
    let actor = StaffActor {
        id: StaffId(1082),
        post: Post::OfficeAdministrator,
        agency: None,
        site: None,
        window: None,
    };
    Ctx::new(Actor::Staff(actor), office(act).at, act)
}

async fn import(app: &App, act: &str, text: &str) -> Counts {
    let batch = read_items(text.as_bytes(), None).expect("a batch");
    import_items(app, &office(act), &batch, false).await.expect("imported")
}

fn form(result: Result<(), AppError>) -> Vec<String> {
    match result {
        Err(AppError::Form(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

db_test!(an_import_makes_drafts_and_done_again_changes_nothing, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    let batch = read_items(LIST.as_bytes(), None).expect("a batch");
    let expected = Counts { read: 3, created: 2, skipped: 1, ..Counts::default() };
    let dry = import_items(&app, &office("dry"), &batch, true).await.expect("planned");
    assert_eq!(dry, expected);
    assert_eq!(stored_items(&app).await.expect("items"), vec![], "a dry run writes nothing");
    assert_eq!(import(&app, "first", LIST).await, expected);
    let again = Counts { read: 3, unchanged: 2, skipped: 1, ..Counts::default() };
    assert_eq!(import(&app, "second", LIST).await, again);
    let heads = db.all(items::heads("", 10)).await.expect("heads");
    assert!(heads.iter().all(|head| head.status == "draft" && head.version == 1), "{heads:?}");
    let rows = db.all(audit::of_subject("catalogue")).await.expect("audit");
    assert_eq!(rows.len(), 1, "an audit row for the change that wrote, none for the one that did not");
    let changed = import(&app, "third", &LIST.replace("食品经营许可", "食品经营许可（新办）")).await;
    assert_eq!(changed, Counts { read: 3, changed: 1, unchanged: 1, skipped: 1, ..Counts::default() });
    let heads = db.all(items::heads("", 10)).await.expect("heads");
    assert!(heads.iter().all(|head| head.version == 1), "a draft is rewritten in place");
});

/// A list of so many items, ordered by their keys.
fn long_list(count: usize) -> String {
    let header = LIST.lines().next().expect("a header");
    let row = |n| format!("{n},事项{n},公共服务,1,区水利局,,guid-{n:05},https://example.invalid/{n}\n");
    format!("{header}\n{}", (1..=count).map(row).collect::<String>())
}

db_test!(a_file_is_imported_whole_or_not_at_all, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    let list = long_list(400);
    let batch = read_items(list.as_bytes(), None).expect("a batch");
    let early = compare(&app, &batch).await.expect("compared");
    // Somebody else makes the very last item of the list in the meantime.
    let rows: Vec<&str> = list.lines().collect();
    import(&app, "other", &format!("{}\n{}\n", rows[0], rows[400].replace("事项", "另一事项"))).await;
    let overtaken = write(&app, &office("first"), early).await;
    assert!(matches!(overtaken, Err(ImportError::Overtaken)), "{overtaken:?}");
    assert_eq!(stored_items(&app).await.expect("items").len(), 1, "nothing of the 399 new items");
    let audits = async || db.all(audit::of_subject("catalogue")).await.expect("audit").len();
    assert_eq!(audits().await, 1);
    let counts = import(&app, "second", &list).await;
    assert_eq!((counts.created, counts.changed), (399, 1));
    assert_eq!(stored_items(&app).await.expect("items").len(), 400);
    assert_eq!(audits().await, 2, "one audit row for the whole file");
    let again = import(&app, "third", &list).await;
    assert_eq!((again.unchanged, audits().await), (400, 2));
});

db_test!(of_two_imports_at_once_the_second_writes_nothing, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    let batch = |text: &str| read_items(text.as_bytes(), None).expect("a batch");
    for (round, list) in
        [LIST.to_owned(), LIST.replace("食品经营许可", "食品经营许可（新办）")].iter().enumerate()
    {
        let mine = compare(&app, &batch(list)).await.expect("compared");
        let theirs = compare(&app, &batch(&list.replace("水资源费", "水费"))).await.expect("compared");
        let (mine, theirs) = (
            write(&app, &office(&format!("mine-{round}")), mine).await,
            write(&app, &office(&format!("theirs-{round}")), theirs).await,
        );
        mine.expect("the first is imported");
        let said = theirs.expect_err("the second is refused").to_string();
        assert_eq!(said, "核对之后事项清单又被他人修改，没有导入任何内容。请重新导入同一文件。");
        let stored = stored_items(&app).await.expect("items");
        let expected = diff(&batch(list), &std::collections::BTreeMap::new()).expect("a plan").edits;
        assert_eq!(stored, expected.into_iter().map(|edit| edit.item).collect::<Vec<_>>());
    }
});

db_test!(of_two_imports_truly_at_once_exactly_one_is_written, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    let (mine, theirs) = (long_list(300), long_list(300).replace("事项", "同一事项"));
    let compared = async |text: &str| {
        let batch = read_items(text.as_bytes(), None).expect("a batch");
        compare(&app, &batch).await.expect("compared")
    };
    let imports = (compared(&mine).await, compared(&theirs).await);
    let (one, two) = (office("one"), office("two"));
    let (mine, theirs) =
        futures_util::future::join(write(&app, &one, imports.0), write(&app, &two, imports.1)).await;
    let won = usize::from(mine.is_ok()) + usize::from(theirs.is_ok());
    assert_eq!(won, 1, "{mine:?} {theirs:?}");
    assert!([mine, theirs].iter().any(|result| matches!(result, Err(ImportError::Overtaken))));
    let names: Vec<bool> =
        stored_items(&app).await.expect("items").iter().map(|item| item.name.starts_with("同一")).collect();
    assert_eq!(names.len(), 300);
    assert!(names.iter().all(|name| *name == names[0]), "all of one file");
    assert_eq!(db.all(audit::of_subject("catalogue")).await.expect("audit").len(), 1);
});

db_test!(window_staff_import_nothing, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    let batch = read_items(LIST.as_bytes(), None).expect("a batch");
    let refused = import_items(&app, &by(Post::Intake, "a"), &batch, false).await;
    let refused = match refused {
        Err(ImportError::App(error)) => error.refusal().map(|refusal| refusal.code),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused, Some(RefusalCode::WrongPost));
    let refused = publish_item(&app, &by(Post::Intake, "b"), "k", day("2026-01-01"), None).await;
    assert!(matches!(refused, Err(AppError::Forbidden("审查、发布事项"))), "{refused:?}");
});

db_test!(what_the_lint_blocks_is_not_published, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    load_default_catalogue(&app).await.expect("default data");
    import(&app, "import", LIST).await;
    let levy = form(publish_item(&app, &reviewer("p1"), "zwykb-guid-2", day("2026-04-01"), None).await);
    assert!(levy[0].contains("行政征收（代码 04）不是依申请事项"), "{levy:?}");
    let bare = form(publish_item(&app, &reviewer("p2"), "zwykb-guid-1", day("2026-04-01"), None).await);
    assert!(bare.iter().any(|fault| fault.contains("没有材料清单")), "{bare:?}");
    let head = db.one(items::by_key("zwykb-guid-1")).await.expect("read").expect("the item");
    let versions = db.all(items::versions(head.id)).await.expect("versions");
    assert!(versions.iter().all(|version| version.status == "draft"));
});

db_test!(a_published_item_changes_by_a_new_version_from_a_day_on, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    load_default_catalogue(&app).await.expect("default data");
    let mut item = default_catalogue().expect("data").items.remove(0);
    let (key, old_name) = (item.key.clone(), item.name.clone());
    item.name = format!("{old_name}（改）");
    let file = serde_json::to_string(&vec![&item]).expect("json");
    let counts = import(&app, "import", &file).await;
    assert_eq!((counts.changed, counts.created), (1, 0));
    let name_on =
        async |on: &str| app.version_in_force(&key, day(on)).await.expect("in force").item.name.clone();
    assert_eq!(name_on("2026-12-31").await, old_name, "a draft is not in force");
    publish_item(&app, &reviewer("publish"), &key, day("2026-07-01"), None).await.expect("published");
    assert_eq!(name_on("2026-06-30").await, old_name);
    assert_eq!(name_on("2026-07-01").await, item.name);
    let head = db.one(items::by_key(&key)).await.expect("read").expect("the item");
    let ends: Vec<String> =
        db.all(items::versions(head.id)).await.expect("versions").into_iter().map(|v| v.valid_to).collect();
    assert_eq!(ends, vec!["2026-06-30", ""]);
    let none = publish_item(&app, &reviewer("again"), &key, day("2026-08-01"), None).await;
    assert!(matches!(none, Err(AppError::NotFound(_))), "no draft is left: {none:?}");
    item.name.push('二');
    import(&app, "import-2", &serde_json::to_string(&vec![&item]).expect("json")).await;
    let early = form(publish_item(&app, &reviewer("early"), &key, day("2026-07-01"), None).await);
    assert_eq!(early, vec!["已有自 2026-07-01 起生效的版本，把生效日期改到其后再发布"]);
});

db_test!(two_versions_stand_side_by_side, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    load_default_catalogue(&app).await.expect("default data");
    let mut item = default_catalogue().expect("data").items.remove(0);
    let key = item.key.clone();
    let numbered = |from, to| version_changes(&app, &key, Versions::Numbered { from, to });
    let said = async |from, to| {
        let found = numbered(from, to).await.expect("compared");
        let fields: Vec<String> = found.changes.iter().map(|change| change.field.clone()).collect();
        (found.old.version, found.new.version, fields)
    };
    let alone = form(numbered(None, None).await.map(|_| ()));
    assert!(alone[0].contains("第 1 版之前没有版本"), "{alone:?}");
    let file = |item: &_| serde_json::to_string(&vec![item]).expect("json");
    item.concerned.clear();
    import(&app, "import", &file(&item)).await;
    let found = numbered(None, None).await.expect("compared");
    assert_eq!(
        (found.old.from, found.new.from),
        (Some(day("2026-01-01")), None),
        "the draft has no days yet"
    );
    let gone: Vec<_> = found.changes.iter().map(|change| (change.kind, change.title())).collect();
    let before = default_catalogue().expect("data").items.remove(0).concerned;
    let names = before.iter().map(|c| app.organisation().agencies[&c.agency].name.clone());
    assert_eq!(
        gone,
        names.map(|name| (ChangeKind::Removed, name)).collect::<Vec<_>>(),
        "agencies by their names"
    );
    publish_item(&app, &reviewer("publish"), &key, day("2026-07-01"), None).await.expect("published");
    item.notes.push('改');
    import(&app, "import-2", &file(&item)).await;
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(said(None, None).await, (2, 3, fields(&["notes"])), "the newest against the one before it");
    let both = said(Some(1), None).await;
    assert_eq!((both.0, both.1, both.2.len()), (1, 3, 1 + before.len()));
    assert_eq!(said(None, Some(2)).await.0, 1);
    assert_eq!(said(Some(3), Some(1)).await.2.len(), 1 + before.len(), "backwards, too");
    let draft = async |on| {
        let found = version_changes(&app, &key, Versions::InForceAndDraft(day(on))).await.expect("compared");
        (found.old.version, found.new.version)
    };
    assert_eq!((draft("2026-06-30").await, draft("2026-07-01").await), ((1, 3), (2, 3)));
    let early = version_changes(&app, &key, Versions::InForceAndDraft(day("2025-12-31"))).await;
    assert!(form(early.map(|_| ()))[0].contains("没有有效的版本"));
    publish_item(&app, &reviewer("publish-2"), &key, day("2026-08-01"), None).await.expect("published");
    let none = version_changes(&app, &key, Versions::InForceAndDraft(day("2026-07-01"))).await;
    assert!(form(none.map(|_| ()))[0].contains("没有草稿"));
    assert!(form(numbered(Some(3), None).await.map(|_| ()))[0].contains("都是第 3 版"));
    for missing in [numbered(Some(9), None).await, numbered(None, Some(0)).await] {
        assert!(matches!(missing, Err(AppError::NotFound(_))), "{missing:?}");
    }
    let nobody = version_changes(&app, "none", Versions::Numbered { from: None, to: None }).await;
    assert!(matches!(nobody, Err(AppError::NotFound(_))), "{nobody:?}");
});

db_test!(the_default_data_is_loaded_once_and_whole, async |db| {
    let app = App::on(db.store()).await.expect("an app");
    load_default_catalogue(&app).await.expect("loaded");
    load_default_catalogue(&app).await.expect("done again it does nothing");
    let data = default_catalogue().expect("data");
    let organisation = app.organisation();
    assert_eq!(organisation.agencies.len(), data.agencies.len());
    assert_eq!(organisation.staff.len(), data.staff.len());
    assert_eq!(organisation.authorizations.len(), data.authorizations.len());
    assert_eq!(organisation.entries.len(), data.entries.len());
    for site in &data.sites {
        assert_eq!(organisation.sites.get(&site.key), Some(site));
        let windows = db.all(yichuang_storage::organisation::windows(&site.key)).await.expect("windows");
        assert_eq!(windows.len(), site.windows.len());
    }
    let in_force = app.versions_in_force(data.published_from).await.expect("in force");
    assert_eq!(in_force.len(), data.items.len());
    let before = data.published_from.yesterday().expect("a day");
    assert_eq!(app.versions_in_force(before).await.expect("in force").len(), 0);
    let mut expected = data.items;
    expected.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(stored_items(&app).await.expect("items"), expected);
});
