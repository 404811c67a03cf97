//! What happens rarely in the demo: an ending before its time, a hearing, a promise not kept, a wrong document.

use super::{File, Hand, Next, done};
use crate::demo::people;
use anyhow::{Context, Result};
use yichuang_app::case::CaseAnswer;
use yichuang_app::issue::{self, Correction};
use yichuang_app::{approve, intake};
use yichuang_domain::case::limit::{ClockKind, clocks};
use yichuang_domain::case::{Case, Hearing, MaterialWay, Stage, Standing, SubmittedMaterial, Terms, Voice};
use yichuang_domain::id::PartyId;
use yichuang_domain::item::{HandlingMode, ProcedureKind};
use yichuang_domain::material::MaterialRequirement;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::Date;

/// Workdays from the notice of a hearing to the hearing: more than the law asks for, less than it allows.
const HEARING_AHEAD: i64 = 10;

/// What was done, and when the case goes on; `None`: nothing rare happens now.
type Rare = Result<Option<(Option<CaseAnswer>, Next)>>;

impl File {
    /// What rarely happens, drawn once when a case enters approval.
    pub(super) async fn side_step(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        let Stage::InApproval { deemed: false, accepted_on } = case.stage else { return Ok(None) };
        let (app, people) = (hand.app, hand.people);
        let at = |post| people.at(&case.agency, post);
        let most = Terms::on(day).and_then(|terms| self.version.item.extension_days(terms.extension_days));
        let on_the_spot = case.mode == HandlingMode::OnTheSpot
            && accepted_on == day
            && self.version.item.statutory.is_some();
        let (answer, next) = match (self.draws.below(100), most) {
            (0, _) => {
                let (ctx, seen) = self.act(at(Post::AgencyHead)?, case, day);
                let authority = "演示批准文件1号";
                (approve::annul_case(app, &ctx, seen, "同一申请重复登记", authority).await?, Next::Done)
            }
            (1, _) => {
                let (ctx, seen) = self.act(at(Post::ChiefRepresentative)?, case, day);
                let organ = "市级主管部门";
                (approve::transfer_upward(app, &ctx, seen, organ, "须由上级机关决定").await?, Next::Done)
            }
            (2, _) => {
                let (ctx, seen) = self.act(Actor::Applicant(case.applicant.id), case, day);
                (intake::withdraw_case(app, &ctx, seen, "").await?, Next::Done)
            }
            (3..7, Some(most)) => {
                let (ctx, seen) = self.act(at(Post::AgencyHead)?, case, day);
                let reason = "案情复杂，须进一步核实";
                (approve::extend_limit(app, &ctx, seen, most.min(5), reason).await?, Next::In(1))
            }
            (7..20, _) if on_the_spot => {
                let (ctx, seen) = self.act(at(Post::Examiner)?, case, day);
                let reason = "需要核实有关事实，不能当场决定";
                (approve::convert_to_within_limit(app, &ctx, seen, reason).await?, Next::In(1))
            }
            _ => return Ok(None),
        };
        Ok(Some((Some(answer), next)))
    }

    /// The promise of this branch is broken, and nobody has told the applicant why.
    pub(super) async fn explain(&mut self, hand: &Hand<'_>, case: &Case, agency: &str, day: Date) -> Rare {
        let calendar = hand.app.calendar();
        let clocks = clocks(case);
        let promised = clocks.iter().find(|c| c.branch == agency && c.kind == ClockKind::Promised);
        if promised.map(|clock| clock.over(&calendar, day)).transpose()? != Some(true) {
            return Ok(None);
        }
        let (ctx, seen) = self.act(hand.people.at(agency, Post::Examiner)?, case, day);
        let answer = approve::explain_overdue(hand.app, &ctx, seen, "需要核实的情况较多").await?;
        done(answer, Next::Now).map(Some)
    }

    /// Those touched are told, have their say, and get their hearing.
    pub(super) async fn interest(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        let (app, lead) = (hand.app, case.branch(&case.agency));
        if lead.is_none_or(|lead| lead.verdict().is_some() || lead.running().is_some()) {
            return Ok(None);
        }
        let examiner = hand.people.at(&case.agency, Post::Examiner)?;
        match &case.interested {
            None if self.version.item.touches_others => {
                let neighbour = people::applicant(&["自然人".to_owned()], &mut self.draws);
                let touched = if self.draws.chance(60) { vec![neighbour] } else { vec![] };
                let matter = if touched.is_empty() {
                    "经查明无利害关系人"
                } else {
                    "项目与相邻方的通行、采光有关"
                };
                let (ctx, seen) = self.act(examiner, case, day);
                let answer = approve::tell_interested_parties(app, &ctx, seen, touched, matter).await?;
                done(answer, Next::In(1)).map(Some)
            }
            Some(told) if told.unserved() => {
                let unserved = |(id, party): (&PartyId, &Standing)| party.served_on.is_none().then_some(*id);
                let Some(party) = told.parties.iter().find_map(unserved) else { return Ok(None) };
                let (ctx, seen) = self.act(examiner, case, day);
                done(approve::record_service(app, &ctx, seen, party, day).await?, Next::Now).map(Some)
            }
            Some(told) if told.hearing_due_from().is_some() => {
                let head = hand.people.at(&case.agency, Post::AgencyHead)?;
                let presider = head.staff().map(|staff| staff.id).context("主持人")?;
                let on = app.calendar().workday(app.calendar().ordinal(day)? + HEARING_AHEAD)?;
                let (time, place) = ("上午9时30分".into(), "区政务服务中心三楼听证室".into());
                let hearing = Some(Hearing { on, time, place, presider });
                let (kind, days) = (ProcedureKind::Hearing, HEARING_AHEAD as u32);
                let (ctx, seen) = self.act(examiner, case, day);
                let reason = "利害关系人要求听证";
                let answer = approve::start_procedure(app, &ctx, seen, kind, days, hearing, reason).await?;
                done(answer, Next::In(HEARING_AHEAD)).map(Some)
            }
            Some(told) => {
                let silent = |(id, party): (&PartyId, &Standing)| party.silent().then_some(*id);
                let Some(party) = told.parties.iter().find_map(silent) else { return Ok(None) };
                let asks = party != case.applicant.id && !told.held && self.draws.chance(25);
                let voice = if asks { Voice::HearingRequested } else { Voice::HearingWaived };
                let words =
                    if asks { "要求就项目影响举行听证" } else { "无意见，不要求听证" };
                let (ctx, seen) = self.act(examiner, case, day);
                done(approve::hear_party(app, &ctx, seen, party, voice, words).await?, Next::Now).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What data sharing did not give at the window, it gives the department.
    pub(super) async fn fetch(&mut self, hand: &Hand<'_>, case: &Case, agency: &str, day: Date) -> Rare {
        let wanted = |m: &&MaterialRequirement| m.shared && !case.materials.contains_key(&m.id);
        let ids = self.version.item.required_materials(&case.situations).filter(wanted).map(|m| m.id.clone());
        let ids: Vec<String> = ids.collect();
        if ids.is_empty() || !self.draws.chance(50) {
            return Ok(None);
        }
        let points = self.version.item.review_points(&case.situations);
        let points = points.filter(|p| p.material.as_ref().is_some_and(|id| ids.contains(id)));
        let points = points.map(|p| p.id.clone()).collect();
        let fetched = ids.into_iter().map(|id| SubmittedMaterial::new(id, MaterialWay::Shared)).collect();
        let (ctx, seen) = self.act(hand.people.at(agency, Post::Examiner)?, case, day);
        done(intake::fetch_shared(hand.app, &ctx, seen, fetched, points).await?, Next::Now).map(Some)
    }

    /// Now and then a letter comes back.
    pub(super) async fn comes_back(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        if !matches!(case.stage, Stage::Delivered { by_mail: true, .. }) || !self.draws.chance(8) {
            return Ok(None);
        }
        let issuer = hand.people.issuer(&mut self.draws)?;
        let (ctx, seen) = self.act(issuer, case, day);
        let answer = issue::return_delivery(hand.app, &ctx, seen, "收件人电话无人接听，退回").await?;
        done(answer, Next::In(1)).map(Some)
    }

    /// Now and then the decision shows a slip of the pen, and is drawn up anew.
    pub(super) async fn mend(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        let decision = case.documents.iter().find(|document| document.kind.is_decision());
        let Some(decision) = decision.filter(|decision| !decision.void && self.draws.chance(2)) else {
            return Ok(None);
        };
        let (ctx, seen) = self.act(hand.people.at(&decision.agency, Post::ChiefRepresentative)?, case, day);
        let correction = Correction::default();
        let (reason, authority) = ("文书印章位置有误", "演示批准文件2号");
        let number = &decision.number;
        let answer =
            issue::reissue_document(hand.app, &ctx, seen, number, correction, reason, authority).await?;
        done(answer, Next::Now).map(Some)
    }
}
