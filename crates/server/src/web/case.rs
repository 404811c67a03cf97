//! 办件页: everything about one case that the post may see, and the acts it may do now.

use super::acts::Typed;
use super::desk::{promised_days, situations, stage};
use super::frame::{Frame, home};
use super::personal::{RevealForm, reveal_form};
use super::{events, forms, page, short, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use forms::ActForm;
use serde::Deserialize;
use yichuang_app::access::permit;
use yichuang_app::desk::{CasePage, Due, case_page};
use yichuang_app::lamp::Lamp;
use yichuang_app::organisation::Organisation;
use yichuang_app::{App, AppError, Fault};
use yichuang_domain::Refusal;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::case::{Branch, BranchStage, Entry, Event, Stage, Verdict};
use yichuang_domain::identity::mask;
use yichuang_domain::item::{DayUnit, HandlingMode, Limit};
use yichuang_domain::notice::Issued;
use yichuang_domain::permission::{Action, Actor, Scope};
use yichuang_domain::time::Date;

/// What was tried and not done.
pub struct Tried {
    /// Which form.
    pub kind: &'static str,
    /// What was typed.
    pub typed: Typed,
    /// Why not, and what to do next.
    pub words: String,
    /// The same act is to be sent again.
    pub again: bool,
}

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    frame: Frame,
    scope: &'static str,
    no: String,
    told: Option<String>,
}

/// The number looked for.
#[derive(Deserialize)]
pub struct Sought {
    #[serde(default)]
    no: String,
}

/// `GET /cases`: finds a case by its number.
pub async fn find(
    State(server): State<Server>,
    guest: Guest,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let no = sought.no.trim().to_uppercase();
    let (mut told, mut status) = (None, StatusCode::OK);
    if !no.is_empty() {
        match yichuang_app::desk::in_scope(&server.app, &ctx, Action::ReadCase, &no).await {
            Ok(case) => return Ok(Redirect::to(&format!("/cases/{}", case.case_no)).into_response()),
            Err(error) if error.fault() == Fault::Missing => {
                (told, status) = (Some(error.to_string()), StatusCode::NOT_FOUND);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let scope = match permit(&ctx.actor, Action::ReadCase)? {
        Scope::Agency => "本部门办理",
        Scope::Site => "本场所收件",
        Scope::All => "全部场所",
    };
    let frame = Frame::of(&server, &guest, "办件查询", "/cases").await?;
    page(status, &FindPage { frame, scope, no, told })
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /cases/{case_no}`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(case_no): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let done = done.done.and_then(|kind| forms::done(&kind));
    shown(&server, &guest, &case_no, StatusCode::OK, done, None).await
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseTemplate {
    frame: Frame,
    back: &'static str,
    back_title: &'static str,
    done: Option<&'static str>,
    fault: Option<String>,
    case_no: String,
    version: u32,
    post: &'static str,
    item: String,
    tags: Vec<Tag>,
    facts: Vec<(&'static str, String)>,
    clocks: Vec<ClockView>,
    steps: Vec<Step>,
    branches: Vec<BranchView>,
    materials: Vec<(String, &'static str, &'static str)>,
    documents: Vec<DocumentView>,
    people: Vec<(String, String)>,
    timeline: Vec<EntryView>,
    forms: Vec<ActForm>,
    blocked: Vec<String>,
    reveal: Option<RevealForm>,
}

struct Tag {
    tone: &'static str,
    words: String,
}

struct ClockView {
    title: &'static str,
    lamp: String,
    tone: &'static str,
    bar: Option<(u32, u32)>,
    words: String,
}

struct Step {
    words: &'static str,
    done: bool,
    current: bool,
}

struct BranchView {
    agency: String,
    own: bool,
    tone: &'static str,
    lamp: String,
    steps: Vec<Step>,
    promised: String,
    statutory: String,
    note: String,
}

struct DocumentView {
    title: String,
    number: String,
    on: String,
    void: bool,
}

struct EntryView {
    iso: String,
    at: String,
    words: String,
    text: String,
    by: String,
    numbers: Vec<String>,
    tone: &'static str,
}

/// The page of a case, with this status; with what was tried, if something was.
pub async fn shown(
    server: &Server,
    guest: &Guest,
    case_no: &str,
    status: StatusCode,
    done: Option<&'static str>,
    tried: Option<Tried>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let found = case_page(&server.app, &ctx, case_no).await?;
    let organisation = server.app.organisation();
    let view = View { app: &server.app, organisation: &organisation, today: ctx.at.date(), page: &found };
    let (forms, blocked) = forms::offered(&found, &ctx.actor, tried.as_ref())?;
    let home = home(guest.0.post);
    let template = CaseTemplate {
        frame: Frame::of(server, guest, "办件详情", home).await?,
        back: home,
        back_title: if home == "/desk" { "待办工作台" } else { "办件查询" },
        done,
        fault: tried.map(|tried| tried.words),
        case_no: found.case.case_no.clone(),
        version: found.case.version,
        post: guest.0.post.name(),
        item: found.version.item.name.clone(),
        tags: view.tags(),
        facts: view.facts(),
        clocks: view.clocks()?,
        steps: steps(&found.case.stage),
        branches: view.branches(&ctx.actor)?,
        materials: view.materials(),
        documents: view.documents(),
        people: view.people(),
        timeline: found.timeline.iter().rev().map(|entry| view.entry(entry)).collect(),
        forms,
        blocked,
        reveal: reveal_form(&found, &ctx.actor)?,
    };
    page(status, &template)
}

struct View<'a> {
    app: &'a App,
    organisation: &'a Organisation,
    today: Date,
    page: &'a CasePage,
}

impl View<'_> {
    fn agency(&self, key: &str) -> String {
        self.organisation.agencies.get(key).map_or_else(|| key.to_owned(), |agency| agency.name.clone())
    }

    fn tags(&self) -> Vec<Tag> {
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

    fn facts(&self) -> Vec<(&'static str, String)> {
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
        let Some(promised) = self.due(&branch.agency, ClockKind::Promised) else { return Ok(None) };
        let statutory = self.due(&branch.agency, ClockKind::Statutory).and_then(|due| due.on);
        self.lamp(promised_days(branch), promised.on, statutory).map(Some)
    }

    /// Promise and law for the whole case while departments decide; else whatever runs.
    fn clocks(&self) -> Result<Vec<ClockView>, AppError> {
        let open: Vec<&Branch> =
            self.page.case.branches.iter().filter(|branch| branch.verdict().is_none()).collect();
        let mut clocks = Vec::new();
        for kind in [ClockKind::Promised, ClockKind::Statutory] {
            let dues = open.iter().filter_map(|branch| Some((*branch, self.due(&branch.agency, kind)?)));
            if let Some((branch, due)) = dues.max_by_key(|(_, due)| due.on.unwrap_or(Date::MAX)) {
                clocks.push(self.whole(kind, branch, due, &open)?);
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

    fn whole(
        &self,
        kind: ClockKind,
        branch: &Branch,
        due: &Due,
        open: &[&Branch],
    ) -> Result<ClockView, AppError> {
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
                let lamps = open.iter().map(|branch| self.lamp_of(branch)).collect::<Result<Vec<_>, _>>()?;
                lamps.into_iter().flatten().min().unwrap_or(Lamp::Paused)
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

    fn branches(&self, actor: &Actor) -> Result<Vec<BranchView>, AppError> {
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
            (open, None) => format!("待{}", stage(open)),
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

    fn materials(&self) -> Vec<(String, &'static str, &'static str)> {
        let case = &self.page.case;
        let required = self.page.version.item.required_materials(&case.situations);
        let shown = required.map(|material| match case.materials.get(&material.id) {
            Some(held) => (material.name.clone(), held.way.name(), "g"),
            None => (material.name.clone(), "未收", "a"),
        });
        shown.collect()
    }

    fn documents(&self) -> Vec<DocumentView> {
        let shown = self.page.documents.iter().map(|document| DocumentView {
            title: document.title.clone(),
            number: document.number.clone(),
            on: short(document.at.date(), self.today),
            void: document.void,
        });
        shown.collect()
    }

    /// Who did the steps that are answered for, and the chain of the deciding agency.
    fn people(&self) -> Vec<(String, String)> {
        let mut people: Vec<(String, String)> = Vec::new();
        for entry in &self.page.timeline {
            let step = match &entry.event {
                Event::CaseReceived(_) => "收件",
                Event::CaseAccepted { .. } | Event::CaseAcceptedWithDeferral { .. } => "受理",
                Event::BranchExamined { .. } => "审查",
                Event::BranchReviewed { .. } => "审核",
                Event::BranchDecided { .. } => "审批",
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

    fn by(&self, actor: &Actor) -> String {
        match actor {
            Actor::System => "系统按期限自动办理".into(),
            Actor::Applicant(_) => "申请人".into(),
            Actor::Staff(staff) => {
                let name = self.organisation.staff.get(&staff.id).map(|member| mask::name(&member.name));
                let window = staff.window.as_deref().map(|code| format!(" {code} 窗口"));
                let (name, post) = (name.unwrap_or_default(), staff.post.name());
                format!("{name}（{}）{post}{}", staff.id, window.unwrap_or_default())
            }
        }
    }

    fn entry(&self, entry: &Entry) -> EntryView {
        let told = events::told(&entry.event);
        let words = match told.agency {
            Some(agency) => format!("{}（{}）", told.words, self.agency(agency)),
            None => told.words,
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
fn steps(stage: &Stage) -> Vec<Step> {
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
