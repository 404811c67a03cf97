//! 事项搜索 over the default catalogue: what people say at the counter, and what is found when the catalogue moves.

use crate::centre::Centre;
use std::collections::{BTreeMap, BTreeSet};
use yichuang_app::catalog::{import_items, publish_item, read_items};
use yichuang_app::search::{search, shipped};
use yichuang_domain::permission::Actor;
use yichuang_testkit::db_test;

/// Phrase, keys of the item meant, kind.
fn phrases() -> Vec<(&'static str, Vec<&'static str>, &'static str)> {
    let lines = include_str!("phrases.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [phrase, keys, kind] = cells[..] else { panic!("three columns: {line}") };
            (phrase, keys.split('|').collect(), kind)
        })
        .collect()
}

/// Of a hundred, at least, among the first three.
const FOUND: usize = 95;
/// Of a hundred, at least, of those that were written down after the data.
const UNSEEN: usize = 80;

db_test!(what_people_say_finds_the_item_they_mean, async |db| {
    let centre = Centre::open(db.store()).await;
    let (mut asked, mut missed): (BTreeMap<&str, usize>, BTreeMap<&str, Vec<String>>) = Default::default();
    let phrases = phrases();
    assert!(phrases.len() >= 150, "{}", phrases.len());
    let different: BTreeSet<&str> = phrases.iter().map(|(phrase, ..)| *phrase).collect();
    assert_eq!(different.len(), phrases.len(), "no phrase counts twice");
    for (phrase, keys, kind) in &phrases {
        let hits = search(&centre.app, phrase, centre.today, 3).await.unwrap();
        *asked.entry(kind).or_default() += 1;
        if !hits.iter().any(|hit| keys.contains(&hit.key.as_str())) {
            let found: Vec<&str> = hits.iter().map(|hit| hit.key.as_str()).collect();
            missed.entry(kind).or_default().push(format!("{phrase}：{keys:?}, found {found:?}"));
        }
    }
    let wrong: usize = missed.values().map(Vec::len).sum();
    assert!(wrong * 100 <= phrases.len() * (100 - FOUND), "{wrong} of {}: {missed:#?}", phrases.len());
    // Those nobody had in view when the data were written.
    let unseen = missed.get("unseen").map_or(0, Vec::len);
    assert!(
        asked["unseen"] >= 50 && unseen * 100 <= asked["unseen"] * (100 - UNSEEN),
        "{unseen} of {}: {missed:#?}",
        asked["unseen"]
    );
});

#[test]
fn most_phrases_are_not_those_of_the_data() {
    let known: BTreeSet<&str> = shipped().unwrap().all().collect();
    let phrases = phrases();
    let same = phrases.iter().filter(|(phrase, ..)| known.contains(phrase)).count();
    assert!(
        same * 3 <= phrases.len(),
        "{same} of {} stand in catalog/phrases.toml as they are",
        phrases.len()
    );
}

db_test!(a_new_version_is_found_as_soon_as_it_is_published, async |db| {
    let centre = Centre::open(db.store()).await;
    let (app, on) = (&centre.app, centre.today);
    let named = async || {
        let hits = search(app, "量子通信站点", on, 3).await.unwrap();
        hits.into_iter().find(|hit| hit.name.contains("量子通信站点"))
    };
    let before = search(app, "取水许可", on, 1).await.unwrap().remove(0);
    let mut item = app.version(before.version).await.unwrap().item.clone();
    item.name = "量子通信站点取水许可".into();
    let file = serde_json::to_vec(&[&item]).unwrap();
    let system = |act: &str| yichuang_app::Ctx::new(Actor::System, centre.ctx(Actor::System).at, act);
    import_items(app, &system("import"), &read_items(&file, None).unwrap(), false).await.unwrap();
    assert_eq!(named().await, None, "a draft is not found");
    publish_item(app, &system("publish"), &item.key, on, None).await.unwrap();
    let after = named().await.expect("found");
    assert_eq!((after.key, after.name), (before.key, item.name));
    assert_ne!(after.version, before.version);
    let agency = app.organisation().agencies[&item.agency].name.clone();
    assert_eq!(after.agency, agency);
});
