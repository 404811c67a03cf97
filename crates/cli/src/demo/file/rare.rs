//! What happens rarely in the demo: an ending before its time, a hearing, a promise not kept, a wrong document.

use super::{File, Hand, Next, done};
use crate::demo::people;
use anyhow::Result;
use yichuang_app::case::CaseAnswer;
use yichuang_app::issue::{self, Correction};
use yichuang_app::{approve, intake};
use yichuang_domain::case::{Case, InterestedParties, Stage, Terms, Voice};
use yichuang_domain::item::{HandlingMode, ProcedureKind};
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, days_after};

/// Calendar days from the notice of a hearing to the hearing: above the seven workdays of the law, holidays
/// included.
const HEARING_AHEAD: i64 = 21;

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

    /// Those touched are told, have their say, and get their hearing; a promise not kept is explained.
    pub(super) async fn interest(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        let (app, lead) = (hand.app, case.branch(&case.agency));
        let Some(lead) = lead.filter(|lead| lead.verdict().is_none() && lead.running().is_none()) else {
            return Ok(None);
        };
        let examiner = hand.people.at(&case.agency, Post::Examiner)?;
        let late = days_after(lead.promised.start, i64::from(lead.promised.limit.days) * 2 + 10) < day;
        if late && lead.explained_on.is_none() {
            let (ctx, seen) = self.act(examiner, case, day);
            let Ok(answer) = approve::explain_overdue(app, &ctx, seen, "需要核实的情况较多").await
            else {
                return Ok(None);
            };
            return done(answer, Next::Now).map(Some);
        }
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
            Some(InterestedParties { requested_on: Some(_), held: false, .. }) => {
                let held_on = Some(days_after(day, HEARING_AHEAD));
                let (kind, reason) = (ProcedureKind::Hearing, "利害关系人要求听证");
                let (ctx, seen) = self.act(examiner, case, day);
                let days = HEARING_AHEAD as u32;
                let answer = approve::start_procedure(app, &ctx, seen, kind, days, held_on, reason).await?;
                done(answer, Next::In(HEARING_AHEAD)).map(Some)
            }
            Some(told) if told.requested_on.is_none() => {
                let Some(party) = told.silent.first() else { return Ok(None) };
                let asks = *party != case.applicant.id && self.draws.chance(25);
                let voice = if asks { Voice::HearingRequested } else { Voice::HearingWaived };
                let words =
                    if asks { "要求就项目影响举行听证" } else { "无意见，不要求听证" };
                let (ctx, seen) = self.act(examiner, case, day);
                done(approve::hear_party(app, &ctx, seen, *party, voice, words).await?, Next::Now).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Now and then the decision shows a slip of the pen, and is drawn up anew.
    pub(super) async fn mend(&mut self, hand: &Hand<'_>, case: &Case, day: Date) -> Rare {
        let decision = case.documents.iter().find(|document| document.kind.is_decision());
        let Some(decision) = decision.filter(|decision| !decision.void && self.draws.chance(2)) else {
            return Ok(None);
        };
        let (ctx, seen) = self.act(hand.people.at(&decision.agency, Post::ChiefRepresentative)?, case, day);
        let correction = Correction { wording: "更正后的文书内容".into(), ..Correction::default() };
        let (reason, authority) = ("文书文字有误", "演示批准文件2号");
        let number = &decision.number;
        let answer =
            issue::reissue_document(hand.app, &ctx, seen, number, correction, reason, authority).await?;
        done(answer, Next::Now).map(Some)
    }
}
