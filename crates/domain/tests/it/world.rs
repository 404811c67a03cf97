//! A small world for case tests: one item with everything in it, people at every post, a clock that is
//! set by hand.

use std::collections::BTreeSet;
use yichuang_domain::applicant::{PartyRef, TextRef};
use yichuang_domain::calendar::WorkCalendar;
use yichuang_domain::case::command::{DeliveryWay, ReceiveCase, Receiver};
use yichuang_domain::case::*;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::*;
use yichuang_domain::item::*;
use yichuang_domain::notice::{Issued, NumberNeed};
use yichuang_domain::permission::{Actor, Post, StaffActor};
use yichuang_domain::time::{Date, Instant};
use yichuang_domain::{Refusal, RefusalCode};

/// The deciding agency and the one concerned.
pub const OWN: &str = "scjg";
pub const OTHER: &str = "xfjy";

/// An item with a question, five materials, points, a concerned agency and two procedures.
pub fn item() -> ItemVersion {
    let json = serde_json::json!({
        "key": "test-item", "name": "测试事项", "kind": "permit", "agency": OWN, "mode": "within_limit",
        "code": "11500105MB1A0001XT4000131001000",
        "concerned": [{"agency": OTHER, "matter": "消防意见", "promised": {"days": 5, "unit": "workday"}}],
        "statutory": {"days": 20, "unit": "workday", "start": "acceptance", "basis": "行政许可法第四十二条"},
        "promised": {"days": 7, "unit": "workday"}, "tolerance_days": 5,
        "questions": [
            {"id": "q1", "text": "经营业态？", "choices": [{"id": "xs", "name": "销售"}, {"id": "cy", "name": "餐饮"}]},
            {"id": "q2", "text": "由谁办理？", "choices": [{"id": "br", "name": "本人"}, {"id": "wt", "name": "委托"}]},
            {"id": "q3", "text": "委托何人？", "only_if": ["wt"], "choices": [{"id": "zr", "name": "自然人"}]}],
        "materials": [
            {"id": "m1", "name": "申请书", "form": "original", "copies": 1, "source": "自备"},
            {"id": "m2", "name": "平面图", "form": "original", "copies": 1, "source": "自备", "required_if": ["cy"]},
            {"id": "m3", "name": "制度目录", "form": "copy", "copies": 1, "source": "自备", "deferrable": true},
            {"id": "m4", "name": "授权委托书", "form": "original", "copies": 1, "source": "自备", "required_if": ["wt"]},
            {"id": "m5", "name": "营业执照", "form": "copy", "copies": 1, "source": "共享", "shared": true}],
        "review_points": [
            {"id": "p1", "text": "签字盖章", "material": "m1"}, {"id": "p2", "text": "功能分区", "material": "m2"},
            {"id": "p3", "text": "制度齐全", "material": "m3"}],
        "procedures": [{"kind": "expert_review"}, {"kind": "site_inspection"}],
    });
    serde_json::from_value(json).expect("the test item reads")
}

pub fn staff(id: i64, post: Post, agency: &str) -> Actor {
    let window = matches!(post, Post::Intake | Post::Issuance).then(|| "B07".to_owned());
    let site = window.is_some().then(|| "jb".to_owned());
    let agency = (!agency.is_empty()).then(|| agency.to_owned());
    Actor::Staff(StaffActor { id: StaffId(id), post, agency, site, window })
}

pub fn clerk() -> Actor {
    staff(1, Post::Intake, "")
}
pub fn examiner(agency: &str) -> Actor {
    staff(11 + (agency == OTHER) as i64, Post::Examiner, agency)
}
pub fn reviewer(agency: &str) -> Actor {
    staff(21 + (agency == OTHER) as i64, Post::Reviewer, agency)
}
pub fn chief(agency: &str) -> Actor {
    staff(31 + (agency == OTHER) as i64, Post::ChiefRepresentative, agency)
}
pub fn head(agency: &str) -> Actor {
    staff(41 + (agency == OTHER) as i64, Post::AgencyHead, agency)
}
pub fn applicant() -> Actor {
    Actor::Applicant(PartyId(7))
}

pub fn text(words: &str) -> Option<TextRef> {
    Some(TextRef { id: TextId(9), sm3: sm3(&[words.as_bytes()]) })
}

pub fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

pub fn materials(ids: &[&str]) -> Vec<SubmittedMaterial> {
    ids.iter().map(|id| SubmittedMaterial::new(*id, MaterialWay::Paper)).collect()
}

pub fn supply(ids: &[&str], points: &[&str]) -> Supply {
    Supply { visit: Some(VisitId(6)), materials: materials(ids), points: set(points) }
}

pub fn credit(on: Date, excluded: bool) -> Option<CreditCheck> {
    let at = Instant::at(on, 9, 0);
    Some(CreditCheck { source: "信用中国（重庆）".into(), at, excluded })
}

pub fn hand_over() -> Command {
    Command::HandOverResult { certificate: text("JY15001050000001") }
}

pub fn collected(receiver: Receiver, verified: bool) -> Command {
    Command::DeliverResult { way: DeliveryWay::Window { visit: VisitId(8), receiver, verified } }
}

pub fn hearing(on: Date, presider: i64) -> Option<Hearing> {
    let (time, place) = ("上午9时30分".into(), "区政务服务中心三楼听证室".into());
    Some(Hearing { on, time, place, presider: StaffId(presider) })
}

pub fn neighbour() -> PartyRef {
    PartyRef { id: PartyId(71), sm3: sm3(&[b"neighbour"]) }
}

pub fn receive(situations: &[&str], held: &[&str], points: &[&str]) -> Command {
    Command::ReceiveCase(Box::new(ReceiveCase {
        visit: VisitId(5),
        item: VersionId(3),
        channel: Channel::Window,
        applicant: PartyRef { id: PartyId(7), sm3: sm3(&[b"party"]) },
        agent: None,
        situations: set(situations),
        materials: materials(held),
        points: set(points),
    }))
}

/// One case, its journal, and the day it is.
pub struct World {
    pub item: ItemVersion,
    pub validity: Validity,
    pub calendar: &'static WorkCalendar,
    pub today: Date,
    pub authorized: bool,
    pub routed_here: bool,
    pub issues_here: bool,
    pub own_officers: bool,
    pub covers: bool,
    pub fit: bool,
    pub issued_at_home: bool,
    pub seen: Option<u32>,
    pub case: Option<Case>,
    pub journal: Vec<Entry>,
}

impl World {
    pub fn new(today: Date) -> World {
        World {
            item: item(),
            validity: Validity {
                status: VersionStatus::Published,
                from: Date::constant(2022, 7, 25),
                to: None,
            },
            calendar: WorkCalendar::shipped(),
            today,
            authorized: true,
            routed_here: true,
            issues_here: true,
            own_officers: true,
            covers: false,
            fit: true,
            issued_at_home: true,
            seen: None,
            case: None,
            journal: vec![],
        }
    }

    pub fn decide(&self, actor: &Actor, command: Command) -> Result<Vec<Event>, Refusal> {
        let facts = Facts {
            at: Instant::at(self.today, 10, 0),
            actor,
            item: &self.item,
            validity: self.validity,
            calendar: self.calendar,
            terms: Terms::on(self.today).expect("the law is in force"),
            authorized: self.authorized,
            routed_here: self.routed_here,
            issues_here: self.issues_here,
            own_officers: self.own_officers,
            covers: self.covers,
            fit: self.fit,
            issued_at_home: self.issued_at_home,
            seen: self.seen,
        };
        decide(self.case.as_ref(), command, &facts)
    }

    /// Does it, or says which rule said no.
    pub fn act(&mut self, actor: &Actor, command: Command) -> Result<Vec<Event>, RefusalCode> {
        let events = self.decide(actor, command).map_err(|refusal| refusal.code)?;
        for event in &events {
            let issued = event.numbers_needed().into_iter().map(|need| match need {
                NumberNeed::CaseNo => Issued::CaseNo("JB20260901000001".into()),
                NumberNeed::ExchangeNo => Issued::ExchangeNo(String::new()),
                NumberNeed::Notice { kind, agency } => Issued::Notice {
                    kind,
                    agency: agency.unwrap_or(OWN.into()),
                    number: kind.number("渝江北市监", 2026, 1 + self.journal.len() as i64),
                },
            });
            let at = Instant::at(self.today, 10, 0);
            let (by, act) = (actor.clone(), "test".to_owned());
            let entry = Entry { v: 1, at, by, act, event: event.clone(), issued: issued.collect() };
            self.case = evolve(CaseId(1), self.case.take(), &entry);
            self.journal.push(entry);
        }
        Ok(events)
    }

    /// Replays the journal through JSON, as it is stored.
    pub fn replayed(&self) -> Option<Case> {
        self.journal.iter().fold(None, |case, entry| {
            let stored = serde_json::to_string(entry).expect("an entry is written");
            evolve(CaseId(1), case, &serde_json::from_str(&stored).expect("an entry is read"))
        })
    }
}
