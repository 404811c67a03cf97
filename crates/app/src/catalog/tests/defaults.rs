//! The default data: every file read, every reference resolved, nothing to find fault with.

use crate::catalog::{DefaultCatalogue, default_catalogue};
use std::collections::{BTreeMap, BTreeSet};
use yichuang_domain::identity::{DocumentKind, check};
use yichuang_domain::item::{HandlingMode, ItemKind, ItemVersion, Question, StartEvent};
use yichuang_domain::lint::lint;
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::organisation::routing::routing_report;
use yichuang_domain::permission::Post;
use yichuang_domain::time::Date;

fn data() -> DefaultCatalogue {
    default_catalogue().expect("the default data is sound")
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn the_centre_has_thirty_windows_by_floor_as_the_plan_says() {
    let data = data();
    let centre = data.sites.iter().find(|site| site.key == "jb").expect("the centre");
    let sector = |key: &str| WindowKind::Sector(key.into());
    let count = |floor, kind: &WindowKind| {
        centre.windows.iter().filter(|w| w.floor == floor && &w.kind == kind).count()
    };
    let table = [
        (1, WindowKind::General, 4),
        (2, WindowKind::General, 4),
        (2, sector("scjg"), 11),
        (2, sector("jtys"), 2),
        (3, WindowKind::General, 4),
        (3, sector("gcjs"), 5),
    ];
    for (floor, kind, expected) in &table {
        assert_eq!(count(*floor, kind), *expected, "floor {floor} {kind:?}");
    }
    assert_eq!(centre.windows.len(), 30);
    let kinds: Vec<_> = data.sites.iter().map(|site| site.kind).collect();
    assert_eq!(kinds.len(), 3, "one of each kind: {kinds:?}");
    for site in &data.sites {
        assert_eq!(site.faults(), vec![], "{}", site.key);
        assert!(data.agencies.iter().any(|agency| agency.key == site.host), "{}", site.host);
    }
    let sectors: BTreeSet<&str> = data.sectors.iter().map(|sector| sector.key.as_str()).collect();
    assert_eq!(sectors, BTreeSet::from(["gcjs", "jtys", "scjg"]));
}

#[test]
fn the_report_leaves_no_item_unrouted_and_tells_the_gap_to_the_plan() {
    let data = data();
    let centre = data.sites.iter().find(|site| site.key == data.plan.site).expect("the centre");
    let report = routing_report(&data.items, centre, &data.plan);
    assert_eq!(report.unrouted, vec![]);
    assert_eq!(report.by_kind.iter().map(|row| row.items).sum::<usize>(), data.items.len());
    assert!(report.floors.iter().all(|row| row.windows.gap == 0), "{:?}", report.floors);
    assert_eq!((report.windows.plan, report.windows.actual), (30, 30));
    assert_eq!((report.general_windows.gap, report.sector_windows.gap), (0, 0));
    assert_eq!(
        (report.windows_before.value, report.moved_items.plan, report.general_items.plan),
        (35, 436, 1051)
    );
    assert!(report.moved_from.iter().all(|row| row.items > 0), "{:?}", report.moved_from);
    let general = i64::try_from(data.items.iter().filter(|i| i.sector.is_none()).count()).expect("a count");
    assert_eq!(report.general_items.gap, general - 1051);
}

#[test]
fn every_item_is_sound_and_its_agencies_exist() {
    let data = data();
    let agencies: BTreeSet<&str> = data.agencies.iter().map(|agency| agency.key.as_str()).collect();
    let mut codes = BTreeSet::new();
    for item in &data.items {
        assert_eq!(lint(item), vec![], "{}", item.key);
        for agency in item.agencies() {
            assert!(agencies.contains(agency), "{}: {agency}", item.key);
        }
        assert!(codes.insert(item.code.clone()), "{}: a code of its own", item.key);
        let of_agency = data.agencies.iter().find(|agency| agency.key == item.agency).expect("the agency");
        let code = item.code.as_deref().unwrap_or_default();
        assert!(code.starts_with(&of_agency.credit_code), "{}: the agency's own code", item.key);
        assert!(item.sector.iter().all(|key| data.sectors.iter().any(|sector| &sector.key == key)));
    }
}

#[test]
fn limits_begin_and_stretch_as_the_special_acts_say() {
    let stretched = [
        ("市场主体登记管理条例第十九条", 3),
        ("食品经营许可和备案管理办法第二十一条", 5),
        ("生产建设项目水土保持方案管理办法第十三条", 10),
        ("最低生活保障审核确认办法第二十二条", 15),
    ];
    let mut starts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in data().items {
        let Some(statutory) = &item.statutory else {
            assert_eq!(item.mode, HandlingMode::OnTheSpot, "{}", item.key);
            assert!(item.kind != ItemKind::Permit && item.notes.contains("不填法定时限"), "{}", item.key);
            continue;
        };
        let stretched = stretched.iter().find(|row| row.0 == statutory.basis);
        let extension = statutory.extension.as_ref().map(|e| (e.days, e.basis == statutory.basis));
        assert_eq!(extension, stretched.map(|row| (row.1, true)), "{}", item.key);
        if statutory.start != StartEvent::Acceptance {
            starts.entry(format!("{:?}", statutory.start)).or_default().push(item.key);
        }
    }
    starts.values_mut().for_each(|keys| keys.sort());
    let receipt = ["hb-hpbg", "ny-syjy", "rs-rlzy", "wj-hszc", "wl-wbsl", "zj-sgxk"];
    assert_eq!(starts["Receipt"], receipt);
    assert_eq!(starts["AllMaterials"], ["mz-mfdj"]);
}

#[test]
fn the_mix_of_items_is_wide_enough() {
    let items = data().items;
    let count = |test: &dyn Fn(&ItemVersion) -> bool| items.iter().filter(|item| test(item)).count();
    assert!(count(&|_| true) >= 47);
    assert!(
        count(&|i| matches!(i.kind, ItemKind::Confirmation | ItemKind::Payment | ItemKind::PublicService))
            >= 6
    );
    assert!(count(&|i| i.mode == HandlingMode::OnTheSpot) >= 6);
    assert!(count(&|i| (1..=3).contains(&i.concerned.len())) >= 6);
    assert!(count(&|i| i.materials.iter().any(|m| m.deferrable)) > 0);
}

/// Every way to answer the questions, one choice each.
fn answers(questions: &[Question], chosen: &BTreeSet<String>, into: &mut Vec<BTreeSet<String>>) {
    let Some((question, rest)) = questions.split_first() else {
        into.push(chosen.clone());
        return;
    };
    if !question.only_if.is_empty() && !question.only_if.iter().any(|id| chosen.contains(id)) {
        return answers(rest, chosen, into);
    }
    for choice in &question.choices {
        let mut chosen = chosen.clone();
        chosen.insert(choice.id.clone());
        answers(rest, &chosen, into);
    }
}

#[test]
fn every_question_can_be_answered_and_the_situations_together_give_the_list() {
    for item in data().items {
        let mut all = Vec::new();
        answers(&item.questions, &BTreeSet::new(), &mut all);
        assert!(!all.is_empty());
        let (mut materials, mut points) = (BTreeSet::new(), BTreeSet::new());
        for chosen in &all {
            assert_eq!(item.check_situations(chosen), Ok(()), "{} {chosen:?}", item.key);
            assert!(item.required_materials(chosen).next().is_some(), "{} {chosen:?}", item.key);
            materials.extend(item.required_materials(chosen).map(|m| m.id.clone()));
            points.extend(item.review_points(chosen).map(|p| p.id.clone()));
        }
        let listed: BTreeSet<String> = item.materials.iter().map(|m| m.id.clone()).collect();
        assert_eq!(materials, listed, "{}: the union over all situations is the list", item.key);
        assert_eq!(points.len(), item.review_points.len(), "{}: every point is met", item.key);
        let reached: BTreeSet<&String> = all.iter().flatten().collect();
        let situations: BTreeSet<&String> =
            item.questions.iter().flat_map(|q| &q.choices).map(|c| &c.id).collect();
        assert_eq!(reached, situations, "{}: every situation can be reached", item.key);
    }
}

#[test]
fn an_agent_brings_a_power_of_attorney_and_the_applicant_does_not() {
    let mut with_agent = 0;
    for item in data().items {
        let asks = item.questions.iter().any(|q| q.choices.iter().any(|c| c.id == "wt"));
        let powers: Vec<_> = item.materials.iter().filter(|m| m.name == "授权委托书").collect();
        assert_eq!(powers.len(), usize::from(asks), "{}", item.key);
        assert!(powers.iter().all(|m| m.required_if == ["wt"]), "{}", item.key);
        with_agent += usize::from(asks);
    }
    assert!(with_agent > 40);
}

#[test]
fn every_agency_has_a_sound_code_a_name_of_its_own_and_a_chain() {
    let data = data();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut marks = BTreeSet::new();
    for agency in &data.agencies {
        let own = agency.mark.strip_prefix("渝江北").is_some_and(|own| !own.is_empty());
        assert!(own && marks.insert(&agency.mark), "{}: a whole mark of its own", agency.key);
        let checked = check(DocumentKind::CreditCode, &agency.credit_code, day("2026-01-01"));
        assert!(checked.is_ok(), "{}: {checked:?}", agency.key);
        for name in agency.aliases.iter().chain([&agency.name]) {
            assert_eq!(names.insert(name, &agency.key), None, "{name} names one agency only");
        }
        let chain = &agency.responsibility;
        for post in [&chain.first, &chain.leader, &chain.office, &chain.officer] {
            assert!(!post.is_empty(), "{}", agency.key);
        }
    }
    let thirteen = "区公安分局、区市场监管局、区税务局、区卫生健康委、区交通局、区住房城乡建委、区生态环境局、\
        区文化旅游委、区规划和自然资源局、区发展改革委、区农业农村委、区城市管理局、区消防救援支队";
    for name in thirteen.split('、') {
        assert!(data.agencies.iter().any(|agency| agency.is_called(name)), "{name} stands in the plan");
    }
}

#[test]
fn every_deciding_agency_has_its_people_and_an_authorized_chief() {
    let data = data();
    let deciding: BTreeSet<&str> = data.items.iter().flat_map(|item| item.agencies()).collect();
    for key in deciding {
        let at = |post: Post| data.staff.iter().filter(|s| s.agency == key && s.post == post).count();
        assert!(at(Post::Examiner) >= 2, "{key}: two officers for a site inspection");
        for post in [Post::Reviewer, Post::ChiefRepresentative, Post::AgencyHead] {
            assert!(at(post) >= 1, "{key} {post:?}");
        }
        let agency = data.agencies.iter().find(|agency| agency.key == key).expect("the agency");
        let chief = agency.chief.expect("a chief representative");
        let person = data.staff.iter().find(|s| s.id == chief).expect("on the staff");
        assert_eq!((person.post, person.agency.as_str()), (Post::ChiefRepresentative, key));
        let given = data.authorizations.iter().find(|a| a.agency == key).expect("an authorization");
        assert_eq!(given.staff, chief);
        assert!(given.in_force(day("2026-01-01")) && given.in_force(day("2026-12-31")));
    }
}

#[test]
fn every_window_can_open_and_nobody_on_an_establishment_sits_in_front() {
    let data = data();
    let ids: BTreeSet<_> = data.staff.iter().map(|person| person.id).collect();
    assert_eq!(ids.len(), data.staff.len(), "no id twice");
    for site in &data.sites {
        let here = |post: Post| {
            data.staff.iter().filter(|s| s.site.as_deref() == Some(&site.key) && s.post == post).count()
        };
        let windows = site.windows.iter().filter(|w| w.kind != WindowKind::Consultation).count();
        assert!(here(Post::Intake) >= windows, "{}", site.key);
        assert!(here(Post::Issuance) >= 1 && here(Post::DutyManager) >= 1, "{}", site.key);
    }
    for post in [Post::OfficeAdministrator, Post::Supervisor, Post::Inspector, Post::Assistant] {
        assert!(data.staff.iter().any(|person| person.post == post), "{post:?}");
    }
    for person in &data.staff {
        assert!(!person.must_leave_the_front(day("2026-01-01"), data.plan.reform_on), "{:?}", person.id);
        assert!(data.agencies.iter().any(|agency| agency.key == person.agency), "{}", person.agency);
    }
}

#[test]
fn the_centre_receives_and_issues_every_item() {
    let data = data();
    for item in &data.items {
        let entry = data.entries.iter().find(|e| e.site == "jb" && e.item == item.key).expect("moved in");
        assert!(entry.receives(data.published_from) && entry.issues(data.published_from), "{}", item.key);
    }
    for site in &data.sites {
        let entries: Vec<_> = data.entries.iter().filter(|entry| entry.site == site.key).collect();
        assert!(!entries.is_empty(), "{}", site.key);
        for entry in entries {
            let item = data.items.iter().find(|item| item.key == entry.item).expect("the item");
            assert!(site.route(item).is_some(), "{} {}", site.key, item.key);
        }
    }
    for left_out in &data.not_moved_in {
        assert!(data.agencies.iter().any(|agency| agency.key == left_out.owner));
        assert!(!left_out.reason.is_empty());
    }
}
