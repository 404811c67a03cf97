//! Journals of every release, as they were written: `evolve` reads them all and gives the rows they gave.
//!
//! A file is never edited; a release that changes the shape of an entry adds one.

use serde::Deserialize;
use std::collections::BTreeSet;
use yichuang_domain::case::{Case, Entry, evolve};
use yichuang_domain::id::CaseId;

const RELEASES: [(&str, &str, usize); 2] = [
    ("entries-v1", include_str!("../golden/entries-v1.jsonl"), 37),
    ("entries-v2-desks", include_str!("../golden/entries-v2-desks.jsonl"), 15),
];

#[derive(Deserialize)]
struct Golden {
    case: CaseId,
    state: Case,
    entries: Vec<serde_json::Value>,
}

#[test]
fn every_journal_ever_released_replays_to_its_row() {
    for (release, text, kinds) in RELEASES {
        let mut events = BTreeSet::new();
        for line in text.lines() {
            let golden: Golden = serde_json::from_str(line).expect("a golden case");
            let mut case = None;
            for value in golden.entries {
                events.insert(value["event"].as_str().expect("an event").to_owned());
                let entry: Entry =
                    serde_json::from_value(value).expect("an entry of an older release is read");
                case = evolve(golden.case, case, &entry);
            }
            assert_eq!(case, Some(golden.state), "{release}");
        }
        assert_eq!(events.len(), kinds, "{release} holds every event of its release");
    }
}
