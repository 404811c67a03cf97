//! Who is at the centre: clerks at open windows, approvers in the departments, invented applicants.

use super::draw::Draws;
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use yichuang_app::organisation::Organisation;
use yichuang_app::{App, Ctx, windows};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::{self, DocumentKind};
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, Instant};

/// Key of the site the demo lives in.
pub const SITE: &str = "jb";

/// 在岗人员.
pub struct People {
    intake: BTreeMap<WindowKind, Vec<Actor>>,
    issuing: Vec<Actor>,
    departments: BTreeMap<(String, Post), Actor>,
}

impl People {
    /// Opens every window of the district centre, one clerk each, and finds the approvers.
    pub async fn at_work(app: &App, seed: u64, at: Instant) -> Result<People> {
        let organisation = app.organisation();
        let site = organisation.sites.get(SITE).context("默认数据中没有区政务服务中心")?;
        let clerks =
            organisation.staff.values().filter(|s| s.post == Post::Intake && s.site.as_deref() == Some(SITE));
        let (mut intake, mut issuing) = (BTreeMap::<WindowKind, Vec<Actor>>::new(), Vec::new());
        for (window, clerk) in site.windows.iter().zip(clerks) {
            let actor = organisation.actor(clerk.id).context("窗口人员")?;
            let ctx = Ctx::new(actor, at, format!("demo/{seed}/open/{}", window.code));
            let actor = windows::open_window(app, &ctx, &window.code).await?;
            if window.issues_results {
                issuing.push(actor.clone());
            }
            intake.entry(window.kind.clone()).or_default().push(actor);
        }
        Ok(People { intake, issuing, departments: departments(&organisation) })
    }

    /// The kinds of window that are open.
    pub fn kinds(&self) -> impl Iterator<Item = &WindowKind> {
        self.intake.keys()
    }

    /// A clerk at a window of this kind.
    pub fn clerk(&self, kind: &WindowKind, draws: &mut Draws) -> Result<Actor> {
        one(self.intake.get(kind).map(Vec::as_slice).unwrap_or_default(), draws)
    }

    /// A clerk at a window that hands out results.
    pub fn issuer(&self, draws: &mut Draws) -> Result<Actor> {
        one(&self.issuing, draws)
    }

    /// The person at this post of this agency.
    pub fn at(&self, agency: &str, post: Post) -> Result<Actor> {
        let found = self.departments.get(&(agency.to_owned(), post)).cloned();
        found.ok_or_else(|| anyhow!("默认数据中部门 {agency} 没有{}", post.name()))
    }

    /// Two officers of this agency.
    pub fn officers(&self, agency: &str) -> Result<std::collections::BTreeSet<StaffId>> {
        let posts = [Post::Examiner, Post::Reviewer].map(|post| self.at(agency, post));
        posts.into_iter().map(|actor| actor?.staff().map(|s| s.id).context("核查人员")).collect()
    }
}

fn one(actors: &[Actor], draws: &mut Draws) -> Result<Actor> {
    actors.get(draws.below(actors.len())).cloned().context("没有开放的窗口")
}

fn departments(organisation: &Organisation) -> BTreeMap<(String, Post), Actor> {
    let mut found = BTreeMap::new();
    for member in organisation.staff.values() {
        if let Some(actor) = organisation.actor(member.id) {
            found.entry((member.agency.clone(), member.post)).or_insert(actor);
        }
    }
    found
}

/// An invented applicant: a person, or a company where the item serves companies.
pub fn applicant(service_objects: &[String], draws: &mut Draws) -> Applicant {
    let person =
        service_objects.is_empty() || service_objects.iter().any(|o| o == "自然人") && draws.chance(70);
    let phone = format!("139{:08}", draws.below(100_000_000));
    if person {
        let name = format!("演示人{:04}", draws.below(10_000));
        return Applicant {
            kind: PartyKind::Person,
            name,
            document: DocumentKind::ResidentId,
            number: resident(draws),
            phone,
        };
    }
    let name = format!("演示企业{:04}有限公司", draws.below(10_000));
    Applicant {
        kind: PartyKind::Enterprise,
        name,
        document: DocumentKind::CreditCode,
        number: company(draws),
        phone,
    }
}

fn resident(draws: &mut Draws) -> String {
    let (year, month, day) = (draws.between(1960, 2004), draws.between(1, 12), draws.between(1, 28));
    let body = format!("500105{year}{month:02}{day:02}{:03}", draws.below(1000));
    completed("0123456789X".chars().map(|check| format!("{body}{check}")), DocumentKind::ResidentId)
}

fn company(draws: &mut Draws) -> String {
    let body = format!("91500105MA{:06}", draws.below(1_000_000));
    let inner = "0123456789X".chars().map(move |check| format!("{body}{check}"));
    let whole =
        inner.flat_map(|body| "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(move |c| format!("{body}{c}")));
    completed(whole, DocumentKind::CreditCode)
}

/// The first of these numbers whose check characters are right.
fn completed(mut numbers: impl Iterator<Item = String>, kind: DocumentKind) -> String {
    let right = |number: &String| {
        identity::check(kind, number, Date::constant(2026, 1, 1))
            .is_ok_and(|checked| checked.warnings.is_empty())
    };
    numbers.find(right).unwrap_or_default()
}
