//! Any sequence of commands: replay gives the row, nothing follows the end, no clock runs backwards, no
//! branch is lost, and intake never decides. Every stage, ending and refusal is met often enough.

use crate::draws::{Draws, Seen, at_desk, rating, way};
use crate::world::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;
use yichuang_domain::RefusalCode;
use yichuang_domain::applicant::TextRef;
use yichuang_domain::case::command::Telling;
use yichuang_domain::case::limit::clocks;
use yichuang_domain::case::*;
use yichuang_domain::id::{PartyId, StaffId};
use yichuang_domain::item::{HandlingMode, ItemKind, ProcedureKind, VersionStatus};
use yichuang_domain::permission::{Actor, Post, StaffActor};
use yichuang_domain::time::{Date, days_after};

/// How often each must be met.
const OFTEN: usize = 50;
const LIVES: u32 = 30_000;

#[test]
fn any_sequence_of_commands_keeps_the_law() {
    let seen = RefCell::new(Seen::default());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: LIVES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&vec(any::<u16>(), 180..900), |numbers| {
        live(&mut Draws(numbers.iter()), &mut seen.borrow_mut())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let seen = seen.into_inner().0;
    let mut wanted: Vec<String> =
        ["verdict approved", "verdict denied", "deemed", "deferred"].map(String::from).into();
    wanted.extend(Ending::ALL.map(|ending| format!("stage {}", ending.name())));
    wanted.extend(STAGES.map(|stage| format!("stage {stage}")));
    let of_cases = RefusalCode::ALL.iter().filter(|code| !NOT_OF_CASES.contains(code));
    wanted.extend(of_cases.map(|code| format!("refusal {code:?}")));
    let rare: Vec<_> = wanted
        .into_iter()
        .map(|w| (seen.get(&w).copied().unwrap_or(0), w))
        .filter(|(n, _)| *n < OFTEN)
        .collect();
    assert!(rare.is_empty(), "met too rarely: {rare:?}");
}

/// Refusals no command on a case meets: decided when a window is opened or an item is revised, tested there.
const NOT_OF_CASES: [RefusalCode; 6] = [
    RefusalCode::EstablishedAtFront,
    RefusalCode::StaleDraft,
    RefusalCode::DraftInReview,
    RefusalCode::DraftNotSubmitted,
    RefusalCode::NothingRevised,
    RefusalCode::OwnDraft,
];

const STAGES: [&str; 8] = [
    "received",
    "refusal_proposed",
    "correction_requested",
    "in_approval",
    "decided",
    "handed_over",
    "checked",
    "delivered",
];

fn live(draws: &mut Draws, seen: &mut Seen) -> Result<(), TestCaseError> {
    let mut world = World::new(Date::constant(2026, 8, 3 + draws.below(20) as i8));
    vary(&mut world, draws);
    while !draws.done() {
        world.today = days_after(world.today, pause(draws));
        world.authorized = !draws.chance(4);
        world.seen = draws.chance(3).then_some(99);
        world.issues_here = !draws.chance(6);
        world.own_officers = !draws.chance(6);
        let odd = draws.below(100);
        (world.covers, world.fit) = (odd < 70, !odd.is_multiple_of(6));
        world.issued_at_home = !draws.chance(6);
        let today = world.today;
        if draws.chance(2) {
            world.today = days_after(today, -40);
        }
        let (actor, command) = choose(&world, draws);
        let before = world.case.clone();
        let acted = world.act(&actor, command);
        world.today = world.today.max(today);
        match acted {
            Ok(_) => check(&world, before.as_ref(), seen)?,
            Err(code) => {
                seen.count(format!("refusal {code:?}"));
                prop_assert_eq!(&world.case, &before, "a refusal changes nothing");
            }
        }
    }
    Ok(())
}

/// Some lives begin with an item that cannot be taken in, or a law that reaches past the calendar.
fn vary(world: &mut World, draws: &mut Draws) {
    match draws.below(40) {
        0 => world.item.kind = ItemKind::Levy,
        1 => world.validity.status = VersionStatus::Draft,
        2 => world.validity.to = Some(Date::constant(2026, 8, 1)),
        3 => world.routed_here = false,
        4 => world.item.promised.iter_mut().for_each(|limit| limit.days = 400),
        5..8 => world.item.tolerance_days = None,
        8..14 => world.item.mode = HandlingMode::OnTheSpot,
        14 => world.item.statutory.iter_mut().for_each(|limit| limit.basis = "特别法第一条".into()),
        15..18 => {
            (world.item.mode, world.item.statutory) = (HandlingMode::OnTheSpot, None);
            world.item.promised.iter_mut().for_each(|limit| limit.days = 0);
        }
        18..25 => world.item.concerned.clear(),
        25..30 => world.item.touches_others = true,
        30..33 => world.item.joint = Some("江北府办〔2022〕30号".into()),
        _ => {}
    }
}

fn pause(draws: &mut Draws) -> i64 {
    if draws.chance(88) { 0 } else { draws.pick(&[1, 2, 3, 9, 9, 50, 50]) }
}

fn check(world: &World, before: Option<&Case>, seen: &mut Seen) -> Result<(), TestCaseError> {
    let case = world.case.as_ref().expect("a case after an event");
    let replayed = world.replayed();
    prop_assert_eq!(replayed.as_ref(), Some(case), "replay gives the row");
    prop_assert_eq!(case.version as usize, world.journal.len());
    prop_assert!(before.is_none_or(|b| b.ended().is_none()), "no event after the end");
    if before.map(|b| b.stage.name()) != Some(case.stage.name()) {
        seen.count(format!("stage {}", case.stage.name()));
    }
    let parts = 1 + world.item.concerned.len();
    let accepted = !case.branches.is_empty();
    prop_assert!(!accepted || case.branches.len() == parts, "no branch is lost");
    prop_assert!(before.is_none_or(|b| b.branches.is_empty()) || accepted);
    if let Stage::Decided(decision) = case.stage {
        prop_assert!(case.branches.iter().all(|b| b.verdict().is_some()), "decided with all branches in");
        let denied = case.branches.iter().any(|b| b.verdict() == Some(Verdict::Denied));
        prop_assert_eq!(denied, decision.verdict == Verdict::Denied);
        seen.count(if denied { "verdict denied" } else { "verdict approved" });
    }
    if let Stage::InApproval { accepted_on, deemed } = case.stage {
        prop_assert!(
            !deemed
                || accepted_on
                    == case.notice.as_ref().and_then(|n| n.supplied_on).unwrap_or(case.received_on()),
            "deemed acceptance is back-dated to receipt, or to the day all was supplied"
        );
        seen.count(if deemed { "deemed" } else { "accepted" });
        if case.deferral.is_some() {
            seen.count("deferred");
        }
    }
    for branch in &case.branches {
        prop_assert!(branch.hands.is_disjoint(&case.intake_hands), "whoever took it in never decides");
        prop_assert!(branch.procedures.iter().all(|p| p.until.is_none_or(|until| until >= p.from)));
    }
    for clock in clocks(case) {
        if let Ok(Some(due)) = clock.due(world.calendar) {
            prop_assert!(due.on >= clock.term.start, "no clock runs backwards");
        }
    }
    Ok(())
}

fn choose(world: &World, draws: &mut Draws) -> (Actor, Command) {
    match draws.below(14) {
        0 => (anybody(draws), any_command(world, draws)),
        1 => (clerk(), any_command(world, draws)),
        2 => {
            let (_, command) = likely(world, draws);
            (anybody(draws), command)
        }
        _ => likely(world, draws),
    }
}

fn anybody(draws: &mut Draws) -> Actor {
    let agency = draws.pick(&[OWN, OTHER, "nobody"]);
    let other_site = StaffActor {
        id: StaffId(2),
        post: Post::Intake,
        agency: None,
        site: Some("elsewhere".into()),
        window: Some("A01".into()),
    };
    let no_window = StaffActor { window: None, ..other_site.clone() };
    // The clerk who also sits in a department: 受审分离 must catch it.
    let both = staff(1, draws.pick(&[Post::Examiner, Post::Reviewer, Post::ChiefRepresentative]), OWN);
    // The examiner who also sits at the window: the same rule from the other side.
    let other_way = staff(11, Post::Intake, "");
    draws.pick(&[
        clerk(),
        other_way,
        examiner(agency),
        reviewer(agency),
        chief(agency),
        head(agency),
        applicant(),
        Actor::Applicant(PartyId(8)),
        Actor::System,
        Actor::Staff(other_site),
        Actor::Staff(no_window),
        both,
    ])
}

/// What the people of this stage would do.
fn likely(world: &World, draws: &mut Draws) -> (Actor, Command) {
    use Command::*;
    let reason = if draws.chance(75) { text("理由") } else { None };
    let Some(case) = &world.case else { return (clerk(), receipt(draws)) };
    if case.deferral.is_some() && draws.chance(2) {
        let supply = (clerk(), SubmitDeferredMaterials(supply(&["m3"], &["p3"])));
        let expire = (Actor::System, ExpireDeferral);
        return draws.pick(&[supply, expire.clone(), expire.clone(), expire.clone(), expire.clone(), expire]);
    }
    let side_step = match draws.below(100) {
        0 => Some((applicant(), WithdrawCase { request: None })),
        1 => Some((
            head(OWN),
            AnnulCase {
                reason: reason.clone(), authority: draws.pick(&["", "江北市监〔2026〕1号"]).into()
            },
        )),
        2 => Some((
            chief(OWN),
            TransferUpward { organ: draws.pick(&["", "市市场监管局"]).into(), reason: reason.clone() },
        )),
        3..7 => Some((Actor::System, ExpireDeferral)),
        10..12 => {
            let wording = draws.pick(&[None, text("更正")]);
            let applicant = draws.chance(10).then(neighbour);
            let known = case.documents.iter().map(|d| d.number.clone()).next_back().unwrap_or_default();
            let authority = draws.pick(&["江北市监〔2026〕1号", "江北市监〔2026〕1号", ""]).into();
            let (number, by) =
                (draws.pick(&[known.clone(), known, "无此文号".into()]), draws.pick(&[OWN, OWN, OTHER]));
            Some((
                chief(by),
                ReissueDocument { number, wording, applicant, reason: reason.clone(), authority },
            ))
        }
        7 => Some((chief(OWN), ConfirmRefusal)),
        12..20 if case.deferral.as_ref().is_some_and(|d| days_after(d.from, 9) < world.today) => {
            Some((clerk(), SubmitDeferredMaterials(supply(&["m3"], &["p3"]))))
        }
        8 => Some((clerk(), SubmitDeferredMaterials(supply(&["m3"], &["p3"])))),
        _ => None,
    };
    side_step.unwrap_or_else(|| match &case.stage {
        Stage::Received => at_received(case, world, reason, draws),
        Stage::RefusalProposed { .. } => draws.pick(&[
            (chief(OWN), ConfirmRefusal),
            (chief(OWN), RejectRefusal { reason }),
            (Actor::System, DeemAccepted),
        ]),
        Stage::CorrectionRequested { outstanding } => at_correction(outstanding, reason, draws),
        Stage::InApproval { .. } => in_approval(case, world, reason, draws),
        Stage::Decided(_) => (examiner(OWN), hand_over()),
        Stage::HandedOver(_) if draws.chance(30) => (clerk(), TakeResult),
        Stage::HandedOver(_) => (clerk(), CheckResult { matches: draws.chance(85), reason }),
        Stage::Checked(_) if draws.chance(20) => (clerk(), TellApplicant { way: Telling::Phone }),
        Stage::Checked(_) => (clerk(), DeliverResult { way: way(draws) }),
        Stage::Delivered { .. } => {
            let rated = (applicant(), rating(draws));
            let back = (clerk(), ReturnDelivery { reason });
            draws.pick(&[(clerk(), InviteRating), rated, (Actor::System, ConcludeCase), back])
        }
        Stage::Ended { .. } => (applicant(), rating(draws)),
    })
}

fn receipt(draws: &mut Draws) -> Command {
    let situations = draws.pick(&[
        vec!["xs", "br"],
        vec!["xs", "br"],
        vec!["xs", "br"],
        vec!["cy", "br"],
        vec!["cy", "wt", "zr"],
        vec!["xs"],
        vec!["xs", "cy", "br"],
        vec!["xs", "br", "zz"],
    ]);
    let all = vec!["m1", "m3", "m5"];
    let held =
        draws.pick(&[vec!["m1", "m5"], all.clone(), all, vec!["m1", "m2", "m3", "m5"], vec!["m1", "m9"]]);
    let points = draws.pick(&[vec![], vec!["p1"], vec!["p1", "p3"], vec!["p1", "p3"], vec!["p9"]]);
    receive(&situations, &held, &points)
}

fn at_received(case: &Case, world: &World, reason: Option<TextRef>, draws: &mut Draws) -> (Actor, Command) {
    use Command::*;
    let missing: Vec<&str> = world
        .item
        .required_materials(&case.situations)
        .filter(|m| !m.shared)
        .map(|m| m.id.as_str())
        .filter(|id| !case.materials.contains_key(*id))
        .collect();
    let unpassed: Vec<&str> = world
        .item
        .review_points(&case.situations)
        .map(|p| p.id.as_str())
        .filter(|id| !case.points.contains(*id))
        .collect();
    let demands: BTreeSet<Demand> = missing
        .iter()
        .map(|id| Demand::Material((*id).into()))
        .chain(unpassed.iter().map(|id| Demand::Point((*id).into())))
        .collect();
    let checked = draws.pick(&[
        credit(world.today, false),
        credit(world.today, false),
        credit(world.today, true),
        None,
    ]);
    let command = match draws.below(16) {
        14 => {
            let situations = draws.pick(&[set(&["cy", "br"]), set(&["xs", "br"]), set(&["xs"])]);
            AmendReceipt { situations, agent: None, reason }
        }
        15 => FetchShared {
            materials: vec![SubmittedMaterial::new("m5", MaterialWay::Shared)],
            points: set(&[]),
        },
        0..3 if draws.chance(85) => RequestCorrection { demands },
        0..3 => RequestCorrection { demands: demands.into_iter().take(1).collect() },
        3..5 => CorrectOnTheSpot { materials: materials(&missing), points: set(&unpassed), note: None },
        5..7 => AcceptCase,
        7..9 => AcceptWithDeferredMaterials { missing: set(&["m3"]), commitment: reason, credit: checked },
        9 => AcceptWithDeferredMaterials { missing: set(&missing), commitment: reason, credit: checked },
        10..12 => {
            let ground = draws.pick(&["", "区交通局"]);
            let ground = RefusalGround::NotThisAgency { redirect: ground.into() };
            ProposeRefusal { ground, reason }
        }
        _ => return (Actor::System, DeemAccepted),
    };
    (clerk(), command)
}

fn at_correction(
    outstanding: &BTreeSet<Demand>,
    reason: Option<TextRef>,
    draws: &mut Draws,
) -> (Actor, Command) {
    use Command::*;
    let keep = draws.pick(&[1, 9, 9]);
    let (mut held, mut points) = (vec![], vec![]);
    for demand in outstanding.iter().take(keep) {
        match demand {
            Demand::Material(id) => held.push(id.as_str()),
            Demand::Point(id) => points.push(id.as_str()),
        }
    }
    let mut more = outstanding.clone();
    more.insert(Demand::Material(draws.pick(&["m1", "m3"]).into()));
    match draws.below(8) {
        0..4 => (clerk(), SubmitSupplement(supply(&held, &points))),
        4 => (clerk(), RequestCorrection { demands: outstanding.clone() }),
        5 => (clerk(), RequestCorrection { demands: more }),
        6 => (clerk(), AcceptCase),
        _ => (Actor::System, ReturnCase { reason }),
    }
}

fn in_approval(case: &Case, world: &World, reason: Option<TextRef>, draws: &mut Draws) -> (Actor, Command) {
    use Command::*;
    let agency = draws.pick(&[OWN, OTHER]);
    let kind =
        draws.pick(&[ProcedureKind::ExpertReview, ProcedureKind::SiteInspection, ProcedureKind::Hearing]);
    let officers = draws.pick(&[vec![11, 12], vec![11], vec![51, 52]]).into_iter().map(StaffId).collect();
    if let Some(branch) = case.branch(agency)
        && branch.running().is_some()
        && draws.chance(60)
    {
        return (examiner(agency), EndSpecialProcedure { officers, held: draws.chance(80), result: reason });
    }
    let ahead = |days, presider| hearing(days_after(world.today, days), presider);
    let asked = case.interested.as_ref().is_some_and(|told| told.hearing_due_from().is_some());
    if asked && draws.chance(60) {
        let planned = draws.pick(&[
            ahead(1, 90),
            ahead(13, 90),
            ahead(15, 90),
            ahead(16, 90),
            ahead(17, 90),
            ahead(14, 1),
            ahead(15, 1),
            ahead(13, 1),
            ahead(60, 90),
            ahead(90, 90),
            None,
        ]);
        let kind = ProcedureKind::Hearing;
        return (
            examiner(agency),
            StartSpecialProcedure { kind, expected_days: 20, hearing: planned, reason },
        );
    }
    if let Some(told) = &case.interested
        && let Some(party) = told.parties.keys().next_back()
        && draws.chance(10)
    {
        return (examiner(agency), RecordService { party: *party, on: world.today });
    }
    if let Some(told) = &case.interested
        && let Some((party, _)) = told.parties.iter().find(|(_, party)| party.served_on.is_none())
        && draws.chance(40)
    {
        let day = draws.pick(&[world.today, world.today, days_after(world.today, 1)]);
        return (examiner(agency), RecordService { party: *party, on: day });
    }
    if draws.chance(7) {
        return at_desk(agency, reason, draws);
    }
    match draws.below(20) {
        0..2 => {
            let (expected_days, hearing) =
                (draws.pick(&[5, 5, 0]), draws.pick(&[ahead(1, 90), ahead(14, 90), None]));
            (examiner(agency), StartSpecialProcedure { kind, expected_days, hearing, reason })
        }
        // Somebody is waiting for the promise, or for a word.
        6 => (examiner(agency), ExplainOverdue { reason }),
        7..9 => {
            let parties = draws.pick(&[vec![neighbour()], vec![neighbour()], vec![]]);
            (examiner(agency), TellInterestedParties { parties, matter: reason })
        }
        9..11 if case.interested.is_some() => {
            let voice = draws.pick(&[Voice::Statement, Voice::HearingRequested, Voice::HearingWaived]);
            let party = draws.pick(&[PartyId(7), PartyId(71), PartyId(72)]);
            (examiner(agency), HearParty { party, voice, words: reason })
        }
        11 => (staff(61, Post::GovernmentHead, ""), ExtendLimit { days: draws.pick(&[5, 15, 16]), reason }),
        2 => (head(agency), ExtendLimit { days: draws.pick(&[5, 10, 11, 0]), reason }),
        3 => (examiner(agency), ConvertToWithinLimit { reason }),
        4 => (examiner(agency), EndSpecialProcedure { officers, held: true, result: reason }),
        5 => (reviewer(agency), ReviewBranch { opinion: reason }),
        _ => match case.branch(agency).map(|b| &b.stage) {
            Some(BranchStage::Pending) => (examiner(agency), ExamineBranch { opinion: reason }),
            Some(BranchStage::Examined) => (reviewer(agency), ReviewBranch { opinion: reason }),
            _ => {
                let verdict = if draws.chance(75) { Verdict::Approved } else { Verdict::Denied };
                (chief(agency), DecideBranch { verdict, reason })
            }
        },
    }
}

fn any_command(world: &World, draws: &mut Draws) -> Command {
    use Command::*;
    let reason = text("理由");
    let shared = SubmittedMaterial::new("m3", MaterialWay::Shared);
    let fetched = CorrectOnTheSpot { materials: vec![shared], points: set(&[]), note: None };
    let (delivered, rated, usual) = (way(draws), rating(draws), likely(world, draws).1);
    draws.pick(&[
        receive(&["xs", "br"], &["m1", "m3", "m5"], &["p1", "p3"]),
        CorrectOnTheSpot { materials: materials(&["m3"]), points: set(&["p1"]), note: None },
        CorrectOnTheSpot { materials: vec![], points: set(&[]), note: None },
        RequestCorrection { demands: BTreeSet::new() },
        RequestCorrection { demands: [Demand::Material("m4".into())].into() },
        RequestCorrection { demands: [Demand::Material("m5".into())].into() },
        RequestCorrection { demands: [Demand::Material("m3".into())].into() },
        fetched,
        RequestCorrection { demands: [Demand::Point("p1".into())].into() },
        RequestCorrection { demands: [Demand::Point("p9".into())].into() },
        SubmitSupplement(supply(&["m1"], &[])),
        AcceptCase,
        AcceptWithDeferredMaterials { missing: set(&["m1", "m3"]), commitment: reason.clone(), credit: None },
        AcceptWithDeferredMaterials { missing: set(&[]), commitment: None, credit: None },
        SubmitDeferredMaterials(supply(&["m3"], &["p3"])),
        ConfirmRefusal,
        RejectRefusal { reason: reason.clone() },
        DeemAccepted,
        ReviewBranch { opinion: None },
        DecideBranch { verdict: Verdict::Approved, reason: reason.clone() },
        EndSpecialProcedure { officers: BTreeSet::new(), held: true, result: reason.clone() },
        hand_over(),
        TakeResult,
        TellApplicant { way: Telling::Message },
        CheckResult { matches: true, reason: None },
        DeliverResult { way: delivered },
        InviteRating,
        rated,
        ConcludeCase,
        ExpireDeferral,
        WithdrawCase { request: None },
        WithdrawCase { request: reason },
        usual,
    ])
}
