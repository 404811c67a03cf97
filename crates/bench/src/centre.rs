//! The Jiangbei centre in a fresh database, and as many accepted cases in it as wanted.
//!
//! Everything is done by the use cases, so that rows, records and acts are what the platform really writes.

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use yichuang_app::case::{CaseAnswer, Seen};
use yichuang_app::intake::ReceiptForm;
use yichuang_app::vault::{Key, Keys};
use yichuang_app::{App, Ctx, Ids, Place, catalog, intake, windows};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::{Channel, MaterialWay, SubmittedMaterial};
use yichuang_domain::id::{CaseId, VisitId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::organisation::WindowKind;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, Instant, days_after};

/// Acts in flight.
pub const CALLERS: usize = 64;
/// Key of the site.
const SITE: &str = "jb";
/// 食品经营许可（新办）, as every case here.
pub const FOOD: &str = ITEM.0;
/// Key of the item: 食品经营许可（新办）, and a choice for each of its questions.
const ITEM: (&str, [&str; 3]) = ("scjg-spjy-xb", ["cy", "fzd", "br"]);
/// A node number the database never leases.
const NODE: u32 = 1023;
/// The day the first case is received.
const FIRST_DAY: Date = Date::constant(2026, 9, 1);
/// Days over which the cases come.
const DAYS: usize = 100;

/// The centre at work.
pub struct Centre {
    /// The application.
    pub app: App,
    /// Ids for the rows that are not made by a use case.
    pub ids: Ids,
    /// The clerk at the window.
    pub clerk: Actor,
    /// The examiner of the department that decides.
    pub examiner: Actor,
    form: ReceiptForm,
}

impl Centre {
    /// Makes the database and opens the window that takes the item in.
    pub async fn open(place: &Place) -> Result<Centre> {
        let app = App::open(place).await?;
        app.unlock(Keys::Given(vec![Arc::new(Key::from_secret([7; 32]))])).await?;
        catalog::load_default_catalogue(&app).await?;
        let organisation = app.organisation();
        let version = app.version_in_force(ITEM.0, FIRST_DAY).await?;
        let kind = WindowKind::of_item(&version.item);
        let site = organisation.sites.get(SITE).context("no site")?;
        let window = site.windows.iter().find(|window| window.kind == kind).context("no window")?;
        let someone = |post: Post, agency: Option<&str>| {
            let mut staff = organisation.staff.values();
            let found = staff.find(|s| s.post == post && agency.is_none_or(|agency| s.agency == agency));
            found.and_then(|member| organisation.actor(member.id)).with_context(|| format!("no {post:?}"))
        };
        let clerk = Ctx::new(someone(Post::Intake, None)?, Instant::at(FIRST_DAY, 8, 30), "bench/open");
        let clerk = windows::open_window(&app, &clerk, &window.code).await?;
        let examiner = someone(Post::Examiner, Some(&version.item.agency))?;
        let situations: BTreeSet<String> = ITEM.1.map(str::to_owned).into();
        let paper = |id: &String| SubmittedMaterial::new(id, MaterialWay::Paper);
        let form = ReceiptForm {
            visit: VisitId(1),
            item: version.id,
            channel: Channel::Window,
            applicant: applicant(),
            agent: None,
            materials: version.item.required_materials(&situations).map(|m| paper(&m.id)).collect(),
            points: version.item.review_points(&situations).map(|p| p.id.clone()).collect(),
            situations,
        };
        Ok(Centre { app, ids: Ids::new(NODE, 0), clerk, examiner, form })
    }

    /// Takes cases in and accepts them, by all callers at once.
    pub async fn fill(self: &Arc<Self>, cases: usize, bar: &ProgressBar) -> Result<Vec<CaseId>> {
        let accepted = self.taken_in(cases, bar, true).await?;
        Ok(accepted.into_iter().map(|case| case.case).collect())
    }

    /// Takes cases in, and accepts them if asked to.
    pub async fn taken_in(
        self: &Arc<Self>,
        cases: usize,
        bar: &ProgressBar,
        accept: bool,
    ) -> Result<Vec<CaseAnswer>> {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (centre, bar) = (self.clone(), bar.clone());
            callers.spawn(async move {
                let mut own = Vec::new();
                for number in (caller..cases).step_by(CALLERS) {
                    own.push(centre.one(number, number * DAYS / cases, accept).await?);
                    bar.inc(1);
                }
                anyhow::Ok(own)
            });
        }
        let mut all = Vec::new();
        while let Some(own) = callers.join_next().await {
            all.extend(own??);
        }
        Ok(all)
    }

    async fn one(&self, number: usize, day: usize, accept: bool) -> Result<CaseAnswer> {
        // Those to be accepted later come on the last day: no limit of theirs has run out.
        let at = if accept { Instant::at(days_after(FIRST_DAY, day as i64), 10, 0) } else { self.later() };
        let ctx = |step: &str| Ctx::new(self.clerk.clone(), at, format!("bench/{accept}/{step}/{number}"));
        let received = intake::receive_case(&self.app, &ctx("receive"), self.form.clone()).await?;
        match accept {
            true => Ok(intake::accept_case(&self.app, &ctx("accept"), Seen::from(&received)).await?),
            false => Ok(received),
        }
    }

    /// The situations of every case.
    pub fn situations(&self) -> &BTreeSet<String> {
        &self.form.situations
    }

    /// A moment after every case was accepted.
    pub fn later(&self) -> Instant {
        Instant::at(days_after(FIRST_DAY, DAYS as i64), 10, 0)
    }
}

/// Invented, as in the demo.
fn applicant() -> Applicant {
    Applicant {
        kind: PartyKind::Enterprise,
        name: "演示餐饮有限公司".into(),
        document: DocumentKind::CreditCode,
        number: "91500105MA5TEXT11D".into(),
        phone: "13800138000".into(),
    }
}
