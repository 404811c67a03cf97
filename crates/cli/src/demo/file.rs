//! One case as the demo plays it: what its people do next, drawn step by step.
//!
//! It looks at the case as it stands, as a page would show it, and does one thing by a use case. What happens
//! rarely is in `rare`.

mod rare;

use super::draw::Draws;
use super::fate::{Fate, choose, fate, paper, wanting};
use super::people::{self, People};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_app::case::{self, CaseAnswer, Seen};
use yichuang_app::intake::{self, ReceiptForm};
use yichuang_app::issue::{Collector, Delivery};
use yichuang_app::versions::Version;
use yichuang_app::{App, Ctx, approve, issue, rate};
use yichuang_domain::case::{
    BranchStage, Case, Channel, CreditCheck, Demand, MaterialWay, RefusalGround, Stage, SubmittedMaterial,
    Supply, Verdict,
};
use yichuang_domain::id::{CaseId, PartyId, VisitId};
use yichuang_domain::item::{HandlingMode, ItemVersion, ProcedureKind};
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::rating::RatingLevel;
use yichuang_domain::time::{Date, Instant};

/// Later visits of one visitor are numbered in this many bits.
const VISITS_BITS: u32 = 20;

/// When the case goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// At once, a few minutes later.
    Now,
    /// So many working days later.
    In(i64),
    /// When a clock runs out.
    Wait,
    /// Never: it has ended.
    Done,
}

/// 演示办件.
pub struct File {
    key: u64,
    seed: u64,
    draws: Draws,
    visit: VisitId,
    version: Arc<Version>,
    fate: Fate,
    situations: BTreeSet<String>,
    acts: u32,
    minute: i64,
    side_steps_drawn: bool,
    /// The case, once received.
    pub case: Option<CaseId>,
    /// Day of arrival, counted in working days from the first.
    pub arrival: i64,
}

/// A command's subject and the hand it is done by.
struct Hand<'a> {
    app: &'a App,
    people: &'a People,
}

impl File {
    /// Case `nth` of this visitor.
    pub fn new(seed: u64, visitor: u64, nth: u64, arrival: i64, versions: &[Arc<Version>]) -> Option<File> {
        let key = visitor << 8 | nth;
        let mut draws = Draws::new(seed, key);
        let version = versions.get(draws.below(versions.len()))?.clone();
        let situations = choose(&version.item, &mut draws);
        let fate = fate(&version.item, &situations, &mut draws);
        let minute = 9 * 60 + draws.below(7 * 60) as i64;
        let visit = VisitId(visitor as i64 + 1);
        Some(File {
            key,
            seed,
            draws,
            visit,
            version,
            fate,
            situations,
            acts: 0,
            minute,
            side_steps_drawn: false,
            case: None,
            arrival,
        })
    }

    /// Does the next thing on this day.
    pub async fn step(
        &mut self,
        app: &App,
        people: &People,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        let hand = Hand { app, people };
        self.minute = (self.minute + self.draws.between(1, 9) as i64).min(17 * 60 + 25);
        let Some(id) = self.case else {
            let answer = self.receive(&hand, day).await?;
            self.case = Some(answer.case);
            return Ok((Some(answer), Next::Now));
        };
        let case = case::get(app, id).await?;
        if case.ended().is_some() {
            return Ok((None, Next::Done));
        }
        if case.deferral.is_some()
            && self.fate == (Fate::Deferral { supplied: true })
            && self.draws.chance(40)
        {
            let (_, points) = wanting(&self.version.item, &case);
            let materials = case.deferral.iter().flat_map(|d| &d.outstanding).map(|id| paper(id)).collect();
            let clerk = people.clerk(&self.kind(people), &mut self.draws)?;
            let (ctx, seen) = self.act(clerk, &case, day);
            let supply = Supply { visit: Some(self.comes_again()), materials, points };
            let answer = intake::submit_deferred_materials(app, &ctx, seen, supply).await?;
            return Ok((Some(answer), Next::Now));
        }
        match &case.stage {
            Stage::Received => self.at_received(&hand, &case, day).await,
            Stage::RefusalProposed { .. } => self.at_refusal(&hand, &case, day).await,
            Stage::CorrectionRequested { outstanding } => {
                self.at_correction(&hand, &case, outstanding, day).await
            }
            Stage::InApproval { .. } => self.in_approval(&hand, &case, day).await,
            Stage::Decided(decision) => {
                if let Some(answered) = self.mend(&hand, &case, day).await? {
                    return Ok(answered);
                }
                let (ctx, seen) = self.act(people.at(&case.agency, Post::Examiner)?, &case, day);
                let certificate = match decision.verdict {
                    Verdict::Approved => format!("演示证{:08}", self.draws.below(100_000_000)),
                    Verdict::Denied => String::new(),
                };
                let answer = approve::hand_over_result(app, &ctx, seen, &certificate).await?;
                done(answer, if case.mode == HandlingMode::OnTheSpot { Next::Now } else { Next::In(1) })
            }
            Stage::HandedOver(_) => {
                let matches = !self.draws.chance(3);
                let issuer = people.issuer(&mut self.draws)?;
                let (ctx, seen) = self.act(issuer, &case, day);
                let difference = if matches { "" } else { "证照名称与申请不一致" };
                let answer = issue::check_result(app, &ctx, seen, matches, difference).await?;
                done(answer, if case.mode == HandlingMode::OnTheSpot { Next::Now } else { Next::In(1) })
            }
            Stage::Checked(decision) => self.at_checked(&hand, &case, decision.verdict, day).await,
            Stage::Delivered { invited, .. } => self.at_delivered(&hand, &case, invited.is_some(), day).await,
            Stage::Ended { .. } => Ok((None, Next::Done)),
        }
    }

    async fn receive(&mut self, hand: &Hand<'_>, day: Date) -> Result<CaseAnswer> {
        let item = self.version.item.clone();
        let lacking = self.lacking(&item);
        let held = item.required_materials(&self.situations).filter(|m| !lacking.contains(&m.id));
        let way =
            |draws: &mut Draws| if draws.chance(60) { MaterialWay::Paper } else { MaterialWay::Electronic };
        let mut materials = Vec::new();
        for material in held {
            if material.shared && self.draws.chance(10) {
                continue; // it does not come at the window; the department fetches it
            }
            let shared = material.shared && self.draws.chance(70);
            let way = if shared { MaterialWay::Shared } else { way(&mut self.draws) };
            materials.push(SubmittedMaterial::new(&material.id, way));
        }
        let points = item.review_points(&self.situations);
        let held = |id: &String| materials.iter().any(|m| &m.material == id);
        let points = points.filter(|p| p.material.as_ref().is_none_or(held)).map(|p| p.id.clone()).collect();
        let form = ReceiptForm {
            visit: self.visit,
            item: self.version.id,
            channel: Channel::Window,
            applicant: people::applicant(&item.service_objects, &mut self.draws),
            agent: None,
            situations: self.situations.clone(),
            materials,
            points,
        };
        let clerk = hand.people.clerk(&self.kind(hand.people), &mut self.draws)?;
        let ctx = self.ctx(clerk, day);
        Ok(intake::receive_case(hand.app, &ctx, form).await?)
    }

    async fn at_received(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        let app = hand.app;
        let (materials, points) = wanting(&self.version.item, case);
        let clerk = hand.people.clerk(&self.kind(hand.people), &mut self.draws)?;
        let (ctx, seen) = self.act(clerk, case, day);
        match self.fate {
            Fate::Complete => done(intake::accept_case(app, &ctx, seen).await?, self.pace(case)),
            Fate::OnTheSpot => {
                self.fate = Fate::Complete;
                let materials = materials.iter().map(|id| paper(id)).collect();
                done(intake::correct_on_the_spot(app, &ctx, seen, materials, points, "").await?, Next::Now)
            }
            Fate::Correction { supplied, .. } => {
                let demands =
                    materials.into_iter().map(Demand::Material).chain(points.into_iter().map(Demand::Point));
                let answer = intake::request_correction(app, &ctx, seen, demands.collect()).await?;
                done(answer, if supplied { Next::In(self.draws.between(1, 8) as i64) } else { Next::Wait })
            }
            Fate::Deferral { .. } => {
                let commitment = "本人承诺在规定期限内补齐上述材料，逾期视为撤回申请。";
                let source = "演示信用平台".to_owned();
                let credit = Some(CreditCheck { source, at: ctx.at, excluded: false });
                let answer =
                    intake::accept_with_deferred_materials(app, &ctx, seen, materials, commitment, credit)
                        .await?;
                done(answer, self.pace(case))
            }
            Fate::Refusal { .. } => {
                let ground = RefusalGround::NotThisAgency { redirect: "市级主管部门".into() };
                let answer = intake::propose_refusal(app, &ctx, seen, ground, "申请内容属于市级权限").await?;
                done(answer, Next::In(self.draws.between(0, 2) as i64))
            }
            Fate::Forgotten => Ok((None, Next::Wait)),
            Fate::Withdrawn => {
                done(intake::withdraw_case(app, &ctx, seen, "申请人书面撤回申请").await?, Next::Done)
            }
        }
    }

    async fn at_refusal(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        let confirmed = self.fate == (Fate::Refusal { confirmed: true });
        let (ctx, seen) = self.act(hand.people.at(&case.agency, Post::ChiefRepresentative)?, case, day);
        if confirmed {
            return done(intake::confirm_refusal(hand.app, &ctx, seen).await?, Next::Done);
        }
        self.fate = Fate::Complete;
        done(intake::reject_refusal(hand.app, &ctx, seen, "属于本部门职权，应予受理").await?, Next::Now)
    }

    async fn at_correction(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        outstanding: &BTreeSet<Demand>,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        let clerk = hand.people.clerk(&self.kind(hand.people), &mut self.draws)?;
        let in_parts =
            matches!(self.fate, Fate::Correction { in_two_parts: true, .. }) && outstanding.len() > 1;
        let take = if in_parts { 1 } else { outstanding.len() };
        let (mut materials, mut points) = (Vec::new(), BTreeSet::new());
        for demand in outstanding.iter().take(take) {
            match demand {
                Demand::Material(id) => materials.push(paper(id)),
                Demand::Point(id) => drop(points.insert(id.clone())),
            }
        }
        self.fate = Fate::Correction { supplied: true, in_two_parts: false };
        let (ctx, seen) = self.act(clerk, case, day);
        let supply = Supply { visit: Some(self.comes_again()), materials, points };
        let answer = intake::submit_supplement(hand.app, &ctx, seen, supply).await?;
        done(answer, if in_parts { Next::In(2) } else { self.pace(case) })
    }

    async fn in_approval(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        if !std::mem::replace(&mut self.side_steps_drawn, true)
            && let Some(answered) = self.side_step(hand, case, day).await?
        {
            return Ok(answered);
        }
        if let Some(answered) = self.interest(hand, case, day).await? {
            return Ok(answered);
        }
        let open: Vec<_> = case.branches.iter().filter(|b| b.verdict().is_none()).collect();
        let Some(branch) = open.get(self.draws.below(open.len())) else { return Ok((None, Next::Wait)) };
        let (app, people, agency) = (hand.app, hand.people, branch.agency.as_str());
        if branch.running().is_some() && branch.own_running().is_none() {
            return Ok((None, Next::In(1))); // another department holds the hearing
        }
        if branch.running().is_some() {
            let (ctx, seen) = self.act(people.at(agency, Post::Examiner)?, case, day);
            let officers = people.officers(agency)?;
            let answer = approve::end_procedure(app, &ctx, seen, officers, true, "符合要求").await?;
            return done(answer, Next::In(1));
        }
        if branch.explained_on.is_none()
            && let Some(answered) = self.explain(hand, case, agency, day).await?
        {
            return Ok(answered);
        }
        if branch.stage == BranchStage::Pending
            && let Some(answered) = self.fetch(hand, case, agency, day).await?
        {
            return Ok(answered);
        }
        match branch.stage {
            BranchStage::Pending => {
                let (ctx, seen) = self.act(people.at(agency, Post::Examiner)?, case, day);
                let rule =
                    self.version.item.procedures.iter().find(|rule| rule.kind != ProcedureKind::Hearing);
                if let Some(rule) = rule
                    && branch.procedures.is_empty()
                    && self.draws.chance(25)
                {
                    let days = self.draws.between(2, 6);
                    let reason = "须现场查明有关情况";
                    let answer =
                        approve::start_procedure(app, &ctx, seen, rule.kind, days as u32, None, reason)
                            .await?;
                    return done(answer, Next::In(days as i64));
                }
                done(approve::examine(app, &ctx, seen, "材料真实有效").await?, self.pace(case))
            }
            BranchStage::Examined => {
                let (ctx, seen) = self.act(people.at(agency, Post::Reviewer)?, case, day);
                done(approve::review(app, &ctx, seen, "").await?, self.pace(case))
            }
            _ => {
                let verdict = if self.draws.chance(7) { Verdict::Denied } else { Verdict::Approved };
                let reason = if verdict == Verdict::Denied { "不符合规定的许可条件" } else { "" };
                let (ctx, seen) = self.act(people.at(agency, Post::ChiefRepresentative)?, case, day);
                done(approve::decide_branch(app, &ctx, seen, verdict, reason).await?, Next::Now)
            }
        }
    }

    async fn at_checked(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        verdict: Verdict,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        if verdict == Verdict::Approved && case.deferral.is_some() {
            let supplied = self.fate == (Fate::Deferral { supplied: true });
            return Ok((None, if supplied { Next::In(1) } else { Next::Wait }));
        }
        let way = match self.draws.below(10) {
            0..7 => Delivery::Window {
                visit: if case.mode == HandlingMode::OnTheSpot { self.visit } else { self.comes_again() },
                collector: self.collector(),
                verified: true,
            },
            7..9 => Delivery::Mail(format!("YS{:09}", self.draws.below(1_000_000_000))),
            _ => Delivery::Electronic,
        };
        let issuer = hand.people.issuer(&mut self.draws)?;
        let (ctx, seen) = self.act(issuer, case, day);
        done(issue::deliver_result(hand.app, &ctx, seen, way).await?, Next::Now)
    }

    async fn at_delivered(
        &mut self,
        hand: &Hand<'_>,
        case: &Case,
        invited: bool,
        day: Date,
    ) -> Result<(Option<CaseAnswer>, Next)> {
        if let Some(answered) = self.comes_back(hand, case, day).await? {
            return Ok(answered);
        }
        if !invited {
            if self.draws.chance(5) {
                return Ok((None, Next::Wait));
            }
            let issuer = hand.people.issuer(&mut self.draws)?;
            let (ctx, seen) = self.act(issuer, case, day);
            return done(issue::invite_rating(hand.app, &ctx, seen).await?, Next::Now);
        }
        if self.draws.chance(40) {
            return Ok((None, Next::Wait));
        }
        let level = match self.draws.below(100) {
            0..62 => RatingLevel::VerySatisfied,
            62..88 => RatingLevel::Satisfied,
            88..95 => RatingLevel::BasicallySatisfied,
            95..98 => RatingLevel::Dissatisfied,
            _ => RatingLevel::VeryDissatisfied,
        };
        let first = RatingLevel::TABLE.iter().find(|row| row.0 == level).context("评价等级")?.2;
        let indicators = [first + self.draws.below(8) as u16].into();
        let (ctx, seen) = self.act(Actor::Applicant(PartyId(case.applicant.id.0)), case, day);
        done(rate::rate_case(hand.app, &ctx, seen, level, indicators).await?, Next::Done)
    }

    /// On the spot at once; within a limit so that the promise is nearly always kept.
    fn pace(&mut self, case: &Case) -> Next {
        let promised = self.version.item.agencies().count() as i64;
        let promised =
            self.version.item.promised.map_or(0, |limit| i64::from(limit.days)) / (3 * promised + 1);
        match case.mode {
            HandlingMode::OnTheSpot => Next::Now,
            HandlingMode::WithinLimit if self.draws.chance(2) => Next::In(promised * 4 + 2),
            HandlingMode::WithinLimit => Next::In(self.draws.between(0, promised.max(0) as usize) as i64),
        }
    }

    fn kind(&self, people: &People) -> yichuang_domain::organisation::WindowKind {
        let own = yichuang_domain::organisation::WindowKind::of_item(&self.version.item);
        if people.kinds().any(|kind| *kind == own) {
            own
        } else {
            yichuang_domain::organisation::WindowKind::General
        }
    }

    /// Materials left out at first.
    fn lacking(&self, item: &ItemVersion) -> BTreeSet<String> {
        let required: Vec<_> = item.required_materials(&self.situations).collect();
        let own = required.iter().filter(|m| !m.shared);
        match self.fate {
            Fate::OnTheSpot => own.take(1).map(|m| m.id.clone()).collect(),
            Fate::Correction { .. } => own.take(2).map(|m| m.id.clone()).collect(),
            Fate::Deferral { .. } => own.filter(|m| m.deferrable).map(|m| m.id.clone()).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// The number of another visit; the first is the visitor's own.
    fn comes_again(&mut self) -> VisitId {
        VisitId((self.visit.0 << VISITS_BITS) | (i64::from(self.acts) + 1))
    }

    fn collector(&mut self) -> Collector {
        if self.draws.chance(90) {
            return Collector::Applicant;
        }
        let objects = ["自然人".to_owned()];
        Collector::Other(people::applicant(&objects, &mut self.draws), "委托领取结果，当日有效".into())
    }

    fn ctx(&mut self, actor: Actor, day: Date) -> Ctx {
        self.acts += 1;
        let act = format!("demo/{}/{}/{}", self.seed, self.key, self.acts);
        Ctx::new(actor, Instant::at(day, 0, 0).plus(self.minute * 60_000), act)
    }

    fn act(&mut self, actor: Actor, case: &Case, day: Date) -> (Ctx, Seen) {
        (self.ctx(actor, day), Seen { case: case.id, version: Some(case.version) })
    }

    /// What it is, for messages.
    pub fn describe(&self) -> String {
        format!("{} 第 {} 个动作", self.version.item.key, self.acts)
    }

    /// A new day: the case goes on in the morning.
    pub fn morning(&mut self) {
        self.minute = 9 * 60 + self.draws.below(7 * 60) as i64;
    }
}

fn done(answer: CaseAnswer, next: Next) -> Result<(Option<CaseAnswer>, Next)> {
    Ok((Some(answer), next))
}
