//! 办件页的内容: what the page of a case says, in the words of an official.

use crate::web::desk::{situations, stage};
use crate::web::{events, short, tone};
use yichuang_app::desk::{CasePage, Due};
use yichuang_app::lamp::{Lamp, promised_days};
use yichuang_app::organisation::Organisation;
use yichuang_app::{App, AppError, Ctx};
use yichuang_domain::Refusal;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::case::{Branch, BranchStage, Entry, Event, Stage, Verdict};
use yichuang_domain::id::PartyId;
use yichuang_domain::identity::mask;
use yichuang_domain::item::{DayUnit, HandlingMode, Limit};
use yichuang_domain::notice::Issued;
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Date;

pub struct Tag {
    pub tone: &'static str,
    pub words: String,
}

pub struct ClockView {
    pub title: &'static str,
    pub lamp: String,
    pub tone: &'static str,
    pub bar: Option<(u32, u32)>,
    pub words: String,
}

pub struct Step {
    pub words: &'static str,
    pub done: bool,
    pub current: bool,
}

pub struct BranchView {
    pub agency: String,
    pub own: bool,
    pub tone: &'static str,
    pub lamp: String,
    pub steps: Vec<Step>,
    pub promised: String,
    pub statutory: String,
    pub note: String,
}

pub struct DocumentView {
    pub id: String,
    pub title: String,
    pub number: String,
    pub on: String,
    pub void: bool,
}

pub struct Consulted {
    pub from: String,
    pub to: String,
    pub on: String,
    pub question: String,
    pub answer: String,
    pub state: String,
    pub tone: &'static str,
}

pub struct EntryView {
    pub iso: String,
    pub at: String,
    pub words: String,
    pub text: String,
    pub by: String,
    pub numbers: Vec<String>,
    pub tone: &'static str,
}

/// 办件页 of one case, as somebody sees it today.
pub struct View<'a> {
    pub app: &'a App,
    pub organisation: &'a Organisation,
    pub today: Date,
    pub page: &'a CasePage,
    /// Shown at the issuing desk.
    pub at_issuing: bool,
}

impl View<'_> {
    pub fn agency(&self, key: &str) -> String {
        self.organisation.agencies.get(key).map_or_else(|| key.to_owned(), |agency| agency.name.clone())
    }

    pub fn tags(&self) -> Vec<Tag> {
        let case = &self.page.case;
        let mut tags = Vec::new();
        let mut tag = |tone, words: &str| tags.push(Tag { tone, words: words.to_owned() });
        if case.branches.len() > 1 {
            tag("b", &format!("并联审批 {} 个部门", case.branches.len()));
        }
        match case.mode {
            HandlingMode::OnTheSpot => tag("g", "即办件"),
            HandlingMode::WithinLimit => tag("g", "承诺件"),
        }
        if case.deferral.is_some() {
            tag("a", "容缺待补");
        }
        if let Some(ending) = case.ended() {
            tag("n", ending.title());
        }
        if case.branches.iter().any(|branch| branch.verdict() == Some(Verdict::Denied)) {
            tag("r", "有部门不予许可");
        }
        tags
    }

    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let (case, found) = (&self.page.case, self.page);
        let mut facts = vec![("申请人", found.applicant.name.clone())];
        facts.push((
            if found.applicant.person { "证件号码" } else { "信用代码" },
            found.applicant.number.clone(),
        ));
        facts.push(("电话", found.applicant.phone.clone()));
        if let Some(agent) = &found.agent {
            facts.push(("代理人", format!("{}　{}", agent.name, agent.phone)));
        }
        let chosen = situations(&found.version.item, &case.situations);
        if !chosen.is_empty() {
            facts.push(("情形", chosen));
        }
        let site = self.organisation.sites.get(&case.site);
        facts.push(("收件", format!("{} {}", site.map_or("", |site| &site.name), case.received_on())));
        facts.push(("到场", format!("{} 次", case.visits.len())));
        facts
    }

    fn lamp(&self, limit: u32, promised: Option<Date>, statutory: Option<Date>) -> Result<Lamp, AppError> {
        let lamp = Lamp::of(&self.app.calendar(), self.today, limit, promised, statutory);
        Ok(lamp.map_err(Refusal::from)?)
    }

    fn due(&self, branch: &str, kind: ClockKind) -> Option<&Due> {
        self.page.dues.iter().find(|due| due.branch == branch && due.kind == kind.name())
    }

    /// The lamp of an open branch.
    fn lamp_of(&self, branch: &Branch) -> Result<Option<Lamp>, AppError> {
        let lamp = Lamp::of_branch(&self.app.calendar(), self.today, branch, &self.page.dues);
        Ok(lamp.map_err(Refusal::from)?)
    }

    /// Promise and law for the whole case while departments decide; else whatever runs.
    pub fn clocks(&self) -> Result<Vec<ClockView>, AppError> {
        let open: Vec<&Branch> =
            self.page.case.branches.iter().filter(|branch| branch.verdict().is_none()).collect();
        let mut clocks = Vec::new();
        for kind in [ClockKind::Promised, ClockKind::Statutory] {
            let dues = open.iter().filter_map(|branch| Some((*branch, self.due(&branch.agency, kind)?)));
            if let Some((branch, due)) = dues.max_by_key(|(_, due)| due.on.unwrap_or(Date::MAX)) {
                clocks.push(self.whole(kind, branch, due)?);
            }
        }
        for due in self.page.dues.iter().filter(|due| due.branch.is_empty()) {
            let row = ClockKind::TABLE.into_iter().find(|row| row.1 == due.kind);
            let lamp = self.lamp(0, due.on, None)?;
            let words = self.until(due);
            let title = row.map_or("时限", |row| row.2);
            clocks.push(ClockView { title, lamp: lamp.words(), tone: tone(lamp), bar: None, words });
        }
        Ok(clocks)
    }

    fn whole(&self, kind: ClockKind, branch: &Branch, due: &Due) -> Result<ClockView, AppError> {
        let promised = kind == ClockKind::Promised;
        let limit = if promised {
            Limit { days: promised_days(branch), ..branch.promised.limit }
        } else {
            let term = branch.statutory.unwrap_or(branch.promised);
            Limit { days: term.limit.days + branch.extended.unwrap_or_default(), ..term.limit }
        };
        // The most urgent open branch lights the promise; the law has its own day.
        let lamp = match promised {
            true => {
                let (branches, dues) = (self.page.case.branches.iter(), &self.page.dues);
                let lamp = Lamp::of_branches(&self.app.calendar(), self.today, branches, dues);
                lamp.map_err(Refusal::from)?.unwrap_or(Lamp::Paused)
            }
            false if due.on.is_some_and(|on| on < self.today) => Lamp::Black,
            false => self.lamp(limit.days, due.on, due.on)?,
        };
        let unit = if limit.unit == DayUnit::Workday { "个工作日" } else { "日" };
        let words = format!("{} {unit}　{}", limit.days, self.until(due));
        let bar = due.on.map(|on| self.used(limit, on)).transpose()?;
        let title = if promised { "承诺时限" } else { "法定时限" };
        Ok(ClockView { title, lamp: lamp.words(), tone: tone(lamp), bar, words })
    }

    /// Days used of a limit that ends on this day, and all of them.
    fn used(&self, limit: Limit, on: Date) -> Result<(u32, u32), AppError> {
        let left = match limit.unit {
            _ if on <= self.today => 0,
            DayUnit::Workday => self.app.calendar().days_between(self.today, on).map_err(Refusal::from)?,
            DayUnit::Calendar => self.today.duration_until(on).as_hours() / 24,
        };
        let left = u32::try_from(left).unwrap_or_default();
        Ok((limit.days.saturating_sub(left), limit.days))
    }

    fn until(&self, due: &Due) -> String {
        const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
        let Some(on) = due.on else { return "特别程序期间停止计时".into() };
        let weekday = WEEKDAYS[on.weekday().to_monday_zero_offset() as usize % 7];
        let provisional = if due.provisional { "（暂定）" } else { "" };
        format!("{}（周{weekday}）下班前到期{provisional}", short(on, self.today))
    }

    pub fn branches(&self, actor: &Actor) -> Result<Vec<BranchView>, AppError> {
        let own = actor.staff().and_then(|staff| staff.agency.as_deref());
        self.page.case.branches.iter().map(|branch| self.branch(branch, own)).collect()
    }

    fn branch(&self, branch: &Branch, own: Option<&str>) -> Result<BranchView, AppError> {
        let lamp = self.lamp_of(branch)?;
        let (words, colour) = match (branch.verdict(), lamp) {
            (Some(Verdict::Approved), _) => ("准予".to_owned(), "g"),
            (Some(Verdict::Denied), _) => ("不予许可".to_owned(), "r"),
            (None, Some(lamp)) => (lamp.words(), tone(lamp)),
            (None, None) => ("停止办理".to_owned(), "p"),
        };
        let at = match branch.stage {
            BranchStage::Pending => 0,
            BranchStage::Examined => 1,
            BranchStage::Reviewed => 2,
            BranchStage::Decided { .. } => 3,
        };
        let due = |kind, title: &str| match self.due(&branch.agency, kind) {
            Some(Due { on: Some(on), .. }) => format!("{title} → {}", short(*on, self.today)),
            Some(_) => format!("{title} 待恢复"),
            None => String::new(),
        };
        let note = match (&branch.stage, branch.running()) {
            (BranchStage::Decided { on, .. }, _) => format!("{} 作出决定", short(*on, self.today)),
            (_, Some(procedure)) => format!(
                "{}自 {} 起，预计 {} 日",
                procedure.kind.name(),
                short(procedure.from, self.today),
                procedure.expected_days
            ),
            (open, None) => match branch.claim {
                Some(holder) => format!("待{}　承办：{}", stage(open), self.person(holder)),
                None => format!("待{}　待认领", stage(open)),
            },
        };
        let names = ["审查", "审核", "审批"];
        let steps =
            names.into_iter().enumerate().map(|(i, words)| Step { words, done: i < at, current: i == at });
        Ok(BranchView {
            agency: self.agency(&branch.agency),
            own: own == Some(&branch.agency),
            tone: colour,
            lamp: words,
            steps: steps.collect(),
            promised: due(ClockKind::Promised, "承诺"),
            statutory: due(ClockKind::Statutory, "法定"),
            note,
        })
    }

    pub fn documents(&self) -> Vec<DocumentView> {
        let shown = self.page.documents.iter().map(|document| DocumentView {
            id: document.id.to_string(),
            title: document.title.clone(),
            number: document.number.clone(),
            on: short(document.at.date(), self.today),
            void: document.void,
        });
        shown.collect()
    }

    /// What the own department was asked, for the form of its answer.
    pub fn question_to_own(&self, ctx: &Ctx) -> String {
        let own = ctx.actor.staff().and_then(|staff| staff.agency.as_deref()).unwrap_or_default();
        let asked = self.page.case.question_to(own);
        let question = asked.and_then(|asked| self.page.texts.get(&asked.question.id));
        match (asked, question) {
            (Some(asked), Some(question)) => format!("{}征询：{question}", self.agency(&asked.agency)),
            _ => String::new(),
        }
    }

    /// Those whose interests are touched, the applicant among them; only those not served yet.
    pub fn parties(&self, unserved: bool) -> Vec<(String, String)> {
        let told = self.page.case.interested.as_ref();
        let waits = |id: &PartyId| {
            told.and_then(|told| told.parties.get(id)).is_some_and(|standing| standing.served_on.is_none())
        };
        let named = self.page.parties.iter().filter(|(id, _)| !unserved || waits(id));
        named
            .map(|(id, party)| {
                let role = if *id == self.page.case.applicant.id { "申请人" } else { "利害关系人" };
                (id.to_string(), format!("{role} {}", party.name))
            })
            .collect()
    }

    /// 通知内容: no name, no number of a document.
    pub fn pick_up_words(&self, ctx: &Ctx) -> String {
        let case = &self.page.case;
        let staff = ctx.actor.staff();
        let site = staff.and_then(|staff| self.organisation.sites.get(staff.site.as_ref()?));
        let window = staff.and_then(|staff| staff.window.as_deref()).unwrap_or_default();
        let tail = case.case_no.len().saturating_sub(4);
        format!(
            "通知内容：您尾号 {} 的办件（{}）已办结，可在工作时间到{} {window} 窗口领取，也可选择邮寄、电子送达。领取时请带身份证件。",
            &case.case_no[tail..],
            self.page.version.item.name,
            site.map_or("政务服务中心", |site| &site.name),
        )
    }

    /// 核对项: what the result must agree with.
    pub fn compared(&self) -> Vec<(&'static str, String)> {
        let (case, found) = (&self.page.case, self.page);
        let mut lines = vec![("名称", found.applicant.name.clone())];
        lines.push((
            if found.applicant.person { "证件号码" } else { "信用代码" },
            found.applicant.number.clone(),
        ));
        lines.push(("事项", found.version.item.name.clone()));
        let chosen = situations(&found.version.item, &case.situations);
        if !chosen.is_empty() {
            lines.push(("情形", chosen));
        }
        if let Some(decision) = case.decision() {
            let verdict = if decision.verdict == Verdict::Approved { "准予" } else { "不予许可" };
            lines.push(("决定", format!("{verdict}，{}", short(decision.on, self.today))));
        }
        let decisions =
            case.documents.iter().filter(|document| document.kind.is_decision() && !document.void);
        lines.extend(decisions.map(|document| ("决定书文号", document.number.clone())));
        if let Some(certificate) = self.certificate() {
            lines.push(("证照编号", certificate));
        }
        lines.push(("印章、份数", "与移交清单一致".into()));
        lines
    }

    fn certificate(&self) -> Option<String> {
        let handed = self.page.timeline.iter().rev().find_map(|entry| match &entry.event {
            Event::ResultHandedOver { certificate } => Some(certificate.as_ref()),
            _ => None,
        });
        let text = handed??;
        self.page.texts.get(&text.id).filter(|number| !number.is_empty()).cloned()
    }

    /// 征询: what other departments were asked and said.
    pub fn consultations(&self) -> Vec<Consulted> {
        let words = |id| self.page.texts.get(&id).cloned().unwrap_or_default();
        let shown = self.page.case.consultations.iter().map(|asked| {
            let due = self.due(&asked.to, ClockKind::Consultation).and_then(|due| due.on);
            let (state, tone) = match (&asked.answer, due) {
                (Some((on, _)), _) => (format!("{} 答复", short(*on, self.today)), "g"),
                (None, Some(on)) if on < self.today => {
                    (format!("应于 {} 答复，已逾期", short(on, self.today)), "r")
                }
                (None, Some(on)) => (format!("{} 前答复", short(on, self.today)), "a"),
                (None, None) => ("未答复".into(), "n"),
            };
            Consulted {
                from: self.agency(&asked.agency),
                to: self.agency(&asked.to),
                on: short(asked.on, self.today),
                question: words(asked.question.id),
                answer: asked.answer.as_ref().map(|(_, answer)| words(answer.id)).unwrap_or_default(),
                state,
                tone,
            }
        });
        shown.collect()
    }

    /// 姓名（工号） of a member of staff, masked.
    pub fn person(&self, id: yichuang_domain::id::StaffId) -> String {
        let name = self.organisation.staff.get(&id).map(|member| mask::name(&member.name));
        format!("{}（{id}）", name.unwrap_or_default())
    }

    /// Who did the steps that are answered for, and the chain of the deciding agency.
    pub fn people(&self) -> Vec<(String, String)> {
        let mut people: Vec<(String, String)> = Vec::new();
        for entry in &self.page.timeline {
            let step = match &entry.event {
                Event::CaseReceived(_) => "收件",
                Event::CaseAccepted { .. } | Event::CaseAcceptedWithDeferral { .. } => "受理",
                Event::BranchExamined { .. } => "审查",
                Event::BranchReviewed { .. } => "审核",
                Event::BranchDecided { .. } => "审批",
                Event::ResultHandedOver { .. } => "移交",
                Event::ResultTaken | Event::ResultChecked => "出件",
                Event::ResultDelivered { .. } => "送达",
                _ => continue,
            };
            people.push((step.to_owned(), self.by(&entry.by)));
        }
        if let Some(agency) = self.organisation.agencies.get(&self.page.case.agency) {
            let chain = &agency.responsibility;
            let posts = [&chain.officer, &chain.office, &chain.leader, &chain.first];
            let posts: Vec<&str> =
                posts.into_iter().map(String::as_str).filter(|post| !post.is_empty()).collect();
            people.push(("逾期上报".into(), format!("{}　{}", agency.name, posts.join(" → "))));
        }
        people
    }

    pub fn by(&self, actor: &Actor) -> String {
        match actor {
            Actor::System => "系统按期限自动办理".into(),
            Actor::Applicant(_) => "申请人".into(),
            Actor::Staff(staff) => {
                let window = staff.window.as_deref().map(|code| format!(" {code} 窗口"));
                format!("{}{}{}", self.person(staff.id), staff.post.name(), window.unwrap_or_default())
            }
        }
    }

    pub fn entry(&self, entry: &Entry) -> EntryView {
        let told = events::told(&entry.event);
        let words = match (&entry.event, told.agency) {
            (Event::BranchDelegated { to, .. }, _) => format!("转交 {}", self.person(*to)),
            (Event::OpinionAsked { agency, to, days, .. }, _) => {
                format!("征询意见（{} → {}），{days} 个工作日内答复", self.agency(agency), self.agency(to))
            }
            (_, told_of) => match told_of {
                Some(agency) => format!("{}（{}）", told.words, self.agency(agency)),
                None => told.words,
            },
        };
        let text = match told.text.and_then(|text| self.page.texts.get(&text.id)) {
            Some(text) if text.is_empty() => "（文字已依法删除）".to_owned(),
            Some(text) => text.clone(),
            None => String::new(),
        };
        let number = |issued: &Issued| match issued {
            Issued::Notice { number, .. } => Some(number.clone()),
            _ => None,
        };
        let civil = entry.at.civil();
        EntryView {
            iso: civil.strftime("%Y-%m-%dT%H:%M+08:00").to_string(),
            at: format!("{} {}", short(civil.date(), self.today), civil.strftime("%H:%M")),
            words,
            text,
            by: self.by(&entry.by),
            numbers: entry.issued.iter().filter_map(number).collect(),
            tone: told.tone,
        }
    }
}

/// How far the case has come, in five steps.
pub fn steps(stage: &Stage) -> Vec<Step> {
    let at = match stage {
        Stage::Received | Stage::RefusalProposed { .. } | Stage::CorrectionRequested { .. } => 0,
        Stage::InApproval { .. } => 1,
        Stage::Decided(_) => 2,
        Stage::HandedOver(_) | Stage::Checked(_) => 3,
        Stage::Delivered { .. } => 4,
        Stage::Ended { .. } => 5,
    };
    let names = ["收件受理", "部门审批", "作出决定", "统一出件", "评价归档"];
    names.into_iter().enumerate().map(|(i, words)| Step { words, done: i < at, current: i == at }).collect()
}
