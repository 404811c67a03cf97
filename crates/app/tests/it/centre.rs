//! The Jiangbei centre on a test database: people at their posts, forms filled in as a clerk would.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use yichuang_app::case::{self, CaseAnswer, Seen};
use yichuang_app::intake::ReceiptForm;
use yichuang_app::vault::{Key, Keys};
use yichuang_app::versions::Version;
use yichuang_app::{App, Ctx, catalog, intake, windows};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::{Case, Channel, CreditCheck, MaterialWay, SubmittedMaterial, evolve};
use yichuang_domain::id::{CaseId, StaffId, VisitId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::Store;

/// An item of a sector, with deferrable materials: 食品经营许可（新办）.
pub const FOOD: &str = "scjg-spjy-xb";

/// A node with the keys of the tests.
pub async fn node(store: Store) -> App {
    let app = App::on(store).await.expect("the application opens");
    app.unlock(keys()).await.expect("unlocked");
    app
}

/// The keys of the tests: nothing real is sealed with them.
pub fn keys() -> Keys {
    Keys::Given(vec![Arc::new(Key::from_secret([7; 32]))])
}

/// The centre, and the day it is.
pub struct Centre {
    pub app: App,
    pub today: Date,
    acts: AtomicU32,
}

impl Centre {
    pub async fn open(store: Store) -> Centre {
        let app = node(store).await;
        catalog::load_default_catalogue(&app).await.expect("the default data loads");
        Centre { app, today: Date::constant(2026, 9, 1), acts: AtomicU32::new(0) }
    }

    /// A context with an act id of its own.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        let act = self.acts.fetch_add(1, Ordering::Relaxed);
        Ctx::new(actor, Instant::at(self.today, 10, 0), format!("act-{act}"))
    }

    /// The clerk with this number, signed in at a window of this kind.
    pub async fn clerk(&self, number: i64, kind: WindowKind) -> Actor {
        let organisation = self.app.organisation();
        let site = &organisation.sites["jb"];
        // Windows that issue results first.
        let windows = |issuing| site.windows.iter().filter(move |w| w.issues_results == issuing);
        let mut windows = windows(true).chain(windows(false)).filter(|w| w.kind == kind);
        let window = windows.nth(number as usize % 4).expect("a window");
        let actor = organisation.actor(StaffId(1001 + number)).expect("a clerk");
        windows::open_window(&self.app, &self.ctx(actor), &window.code).await.expect("the window opens")
    }

    /// A clerk of 市场监管.
    pub async fn food_clerk(&self) -> Actor {
        self.clerk(0, WindowKind::Sector("scjg".into())).await
    }

    /// The person at this post of this agency.
    pub fn at(&self, agency: &str, post: Post) -> Actor {
        let organisation = self.app.organisation();
        let member =
            organisation.staff.values().find(|s| s.agency == agency && s.post == post).expect("staffed");
        organisation.actor(member.id).expect("an actor")
    }

    /// The item as it is in force today.
    pub async fn item(&self, key: &str) -> Arc<Version> {
        self.app.version_in_force(key, self.today).await.expect("in force")
    }

    /// A receipt form with these situations and everything they require but `lacking`.
    pub async fn form(&self, key: &str, situations: &[&str], lacking: &[&str]) -> ReceiptForm {
        let version = self.item(key).await;
        let situations: BTreeSet<String> = situations.iter().map(|s| s.to_string()).collect();
        let there = |id: &str| !lacking.contains(&id);
        let materials = version.item.required_materials(&situations).filter(|m| there(&m.id));
        let materials = materials.map(|m| paper(&m.id)).collect();
        let points = version.item.review_points(&situations);
        let points =
            points.filter(|p| p.material.as_deref().is_none_or(there)).map(|p| p.id.clone()).collect();
        ReceiptForm {
            visit: VisitId(1),
            item: version.id,
            channel: Channel::Window,
            applicant: applicant(),
            agent: None,
            situations,
            materials,
            points,
        }
    }

    /// The review points of these materials of the food licence.
    pub async fn points(&self, materials: &[&str]) -> BTreeSet<String> {
        let version = self.item(FOOD).await;
        let of_these = |id: &Option<String>| id.as_deref().is_some_and(|id| materials.contains(&id));
        let points = version.item.review_points.iter().filter(|p| of_these(&p.material));
        points.map(|p| p.id.clone()).collect()
    }

    /// Receives a food licence application, complete but for `lacking`.
    pub async fn receive(&self, clerk: &Actor, lacking: &[&str]) -> CaseAnswer {
        let form = self.form(FOOD, &["cy", "fzd", "br"], lacking).await;
        intake::receive_case(&self.app, &self.ctx(clerk.clone()), form).await.expect("received")
    }

    pub async fn case(&self, id: CaseId) -> Case {
        case::get(&self.app, id).await.expect("the case is there")
    }

    pub async fn seen(&self, id: CaseId) -> Seen {
        Seen { case: id, version: Some(self.case(id).await.version) }
    }

    /// Replaying the journal gives the stored row, and the journal proves whole.
    pub async fn assert_replays(&self, id: CaseId) {
        let entries = case::timeline(&self.app, id).await.expect("the journal is read");
        let replayed = entries.iter().fold(None, |case, entry| evolve(id, case, entry));
        assert_eq!(replayed, Some(self.case(id).await));
        let report = yichuang_app::journal::verify(&self.app).await.expect("verified");
        assert_eq!(report.fault, None);
    }
}

pub fn paper(id: &str) -> SubmittedMaterial {
    SubmittedMaterial::new(id, MaterialWay::Paper)
}

/// The credit look-up that found nothing.
pub fn credit() -> Option<CreditCheck> {
    let at = Instant::at(Date::constant(2026, 9, 1), 9, 0);
    Some(CreditCheck { source: "演示信用平台".into(), at, excluded: false })
}

pub fn applicant() -> Applicant {
    Applicant {
        kind: PartyKind::Enterprise,
        name: "演示餐饮有限公司".into(),
        document: DocumentKind::CreditCode,
        number: "91500105MA5TEXT11D".into(),
        phone: "13800138000".into(),
    }
}

/// The first choice of every question asked.
pub fn first_choices(item: &ItemVersion) -> BTreeSet<String> {
    let mut chosen = BTreeSet::new();
    for question in &item.questions {
        if item.questions_asked(&chosen).any(|asked| asked.id == question.id) {
            chosen.insert(question.choices[0].id.clone());
        }
    }
    chosen
}
