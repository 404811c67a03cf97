//! What the clerk finds, and the outcome that follows: whatever is ticked, the rules take what it comes to.

use crate::world::*;
use std::collections::BTreeMap;
use yichuang_domain::case::checking::{Checks, Finding, Judgement, MaterialCheck, Outcome};
use yichuang_domain::case::*;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::time::Date;

const TODAY: Date = Date::constant(2026, 9, 1);

fn check(finding: Finding, way: Option<MaterialWay>) -> MaterialCheck {
    MaterialCheck { finding: Some(finding), way, failed: Default::default() }
}

fn checks(lines: &[(&str, MaterialCheck)]) -> Checks {
    let materials = lines.iter().map(|(id, check)| ((*id).to_owned(), check.clone())).collect();
    Checks { materials, points: BTreeMap::new() }
}

/// Takes in what was judged and does what it comes to; the stage it leads to.
fn taken_in(judged: Judgement, situations: &[&str]) -> Stage {
    let mut world = World::new(TODAY);
    let mut receipt = receive(situations, &[], &[]);
    if let Command::ReceiveCase(receipt) = &mut receipt {
        (receipt.materials, receipt.points) = (judged.materials.clone(), judged.points.clone());
    }
    let mut commands = vec![receipt];
    if !judged.corrected_materials.is_empty() || !judged.corrected_points.is_empty() {
        commands.push(Command::CorrectOnTheSpot {
            materials: judged.corrected_materials,
            points: judged.corrected_points,
            note: None,
        });
    }
    commands.extend(match judged.outcome {
        Outcome::Undecided => None,
        Outcome::Accept => Some(Command::AcceptCase),
        Outcome::Defer => Some(Command::AcceptWithDeferredMaterials {
            missing: judged.deferred,
            commitment: text("承诺五个工作日内补交"),
            credit: credit(TODAY, false),
        }),
        Outcome::Correct => Some(Command::RequestCorrection { demands: judged.demands }),
    });
    for command in commands {
        let done = world.act(&clerk(), command.clone());
        assert!(done.is_ok(), "{command:?}: {done:?}");
    }
    world.case.expect("received").stage
}

fn every_line() -> Vec<MaterialCheck> {
    use MaterialWay::{Electronic, Paper};
    let mut lines = vec![MaterialCheck { finding: None, way: Some(Paper), ..MaterialCheck::default() }];
    for finding in Finding::ALL {
        lines.extend([None, Some(Paper), Some(Electronic)].map(|way| check(finding, way)));
    }
    lines
}

#[test]
fn whatever_is_ticked_the_outcome_goes_through() {
    let (item, situations) = (item(), ["cy", "br"]);
    let lines = every_line();
    let mut met = BTreeMap::new();
    for m1 in &lines {
        for m2 in &lines {
            for m3 in &lines {
                for m5 in [check(Finding::Good, Some(MaterialWay::Shared)), check(Finding::Lacking, None)] {
                    let checks =
                        checks(&[("m1", m1.clone()), ("m2", m2.clone()), ("m3", m3.clone()), ("m5", m5)]);
                    let judged = checks.judge(&item, &set(&situations));
                    let outcome = judged.outcome;
                    let stage = taken_in(judged, &situations).name();
                    *met.entry((outcome.name(), stage)).or_insert(0) += 1;
                }
            }
        }
    }
    let met: Vec<(&str, &str)> = met.into_keys().collect();
    assert_eq!(
        met,
        [
            ("一次性告知补正", "correction_requested"),
            ("受理", "in_approval"),
            ("容缺受理", "in_approval"),
            ("收件待审", "received")
        ]
    );
}

#[test]
fn what_a_situation_does_not_ask_for_counts_for_nothing() {
    let good = |id| (id, check(Finding::Good, Some(MaterialWay::Paper)));
    let lines = [
        good("m1"),
        good("m3"),
        good("m5"),
        ("m2", check(Finding::Lacking, None)),
        ("m9", check(Finding::Lacking, None)),
    ];
    let judged = checks(&lines).judge(&item(), &set(&["xs", "br"]));
    assert_eq!(judged.outcome, Outcome::Accept);
    assert!(judged.demands.is_empty() && judged.materials.iter().all(|m| m.material != "m2"));
}

#[test]
fn a_notice_names_only_the_points_that_fail_and_all_that_is_missing() {
    let mut item: ItemVersion = item();
    item.review_points.push(
        serde_json::from_value(serde_json::json!({"id": "p4", "text": "日期", "material": "m1"})).unwrap(),
    );
    item.review_points.push(serde_json::from_value(serde_json::json!({"id": "p5", "text": "对象"})).unwrap());
    let mut found = checks(&[
        (
            "m1",
            MaterialCheck {
                failed: set(&["p4", "gone"]),
                ..check(Finding::Lacking, Some(MaterialWay::Paper))
            },
        ),
        ("m3", check(Finding::Deferred, None)),
        ("m5", check(Finding::Lacking, None)),
    ]);
    let judged = found.judge(&item, &set(&["xs", "br"]));
    assert_eq!(
        (judged.outcome, judged.open.len()),
        (Outcome::Undecided, 1),
        "the point of the whole is not looked at"
    );
    found.points.insert("p5".into(), Finding::Good);
    let judged = found.judge(&item, &set(&["xs", "br"]));
    assert_eq!(judged.outcome, Outcome::Correct);
    let demands = [Demand::Material("m3".into()), Demand::Point("p4".into())];
    assert_eq!(judged.demands, demands.into(), "what may come later is named too, what is fetched is not");
    assert_eq!((judged.points, judged.awaited), (set(&["p1", "p5"]), set(&["m5"])));
    // Without a term for it nothing may come later.
    item.tolerance_days = None;
    found.materials.insert("m1".into(), check(Finding::Good, Some(MaterialWay::Paper)));
    assert_eq!(found.judge(&item, &set(&["xs", "br"])).outcome, Outcome::Correct);
    item.tolerance_days = Some(5);
    assert_eq!(found.judge(&item, &set(&["xs", "br"])).outcome, Outcome::Defer);
}
