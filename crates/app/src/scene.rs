//! One act on one case: the facts gathered, the change made of the decision, the answer given.
//!
//! Every command of every role goes through here, so that journal, clocks, documents and the state row
//! always move together.

use crate::app::App;
use crate::boundary;
use crate::calendar::clock_row;
use crate::case::CaseAnswer;
use crate::ctx::Ctx;
use crate::documents::Issuing;
use crate::error::AppError;
use crate::kept::Kept;
use crate::numbering::Numbering;
use crate::organisation::Organisation;
use crate::vault::{Cell, Referred};
use crate::versions::Version;
use serde_json::Value;
use std::sync::Arc;
use yichuang_domain::applicant::TextRef;
use yichuang_domain::calendar::WorkCalendar;
use yichuang_domain::case::limit::clocks;
use yichuang_domain::case::{Case, Command, Entry, Event, Facts, Terms, decide, evolve};
use yichuang_domain::digest::{Digest, sm3};
use yichuang_domain::id::{CaseId, StaffId, TextId};
use yichuang_domain::item::Validity;
use yichuang_domain::organisation::ChiefPower;
use yichuang_domain::permission::StaffActor;
use yichuang_domain::{Refusal, RefusalCode};
use yichuang_storage::clocks::ClockRow;
use yichuang_storage::{
    self as storage, Act, Area, Change, CommitError, Effects, Lock, Plan, Rows, Stmt, Stop, StoreError, Then,
};

/// Times an act is run again because what it rests on has moved.
const MOVES: u32 = 5;
/// Version of the shape of the journal entries written now.
const ENTRY_VERSION: u32 = 1;

/// A command being prepared: its texts become rows of their own, its digest stands for its content.
pub(crate) struct Draft<'a> {
    pub app: &'a App,
    pub ctx: &'a Ctx,
    pub case: CaseId,
    texts: Vec<storage::texts::TextRow>,
    pub rows: Vec<Stmt>,
    /// Texts and parties so far.
    referred: u64,
}

impl<'a> Draft<'a> {
    pub fn new(app: &'a App, ctx: &'a Ctx, case: CaseId) -> Draft<'a> {
        Draft { app, ctx, case, texts: Vec::new(), rows: Vec::new(), referred: 0 }
    }

    /// Keeps a free text outside the journal; nothing for an empty one.
    pub fn text(&mut self, kind: &str, words: &str) -> Result<Option<TextRef>, AppError> {
        let words = boundary::words("文字内容", words)?;
        if words.is_empty() {
            return Ok(None);
        }
        let id = self.app.next_id(self.ctx.at);
        let Referred { words: body, digest } = self.sealed(Cell::text(id), &words)?;
        let (case_id, kind, sm3) = (self.case.0, kind.to_owned(), digest.0.clone());
        self.texts.push(storage::texts::TextRow { id, case_id, kind, body, sm3 });
        Ok(Some(TextRef { id: TextId(id), sm3: digest }))
    }

    /// Seals what this act refers to by its digest. The same act again comes to the same digests.
    pub fn sealed(&mut self, cell: Cell, words: &str) -> Result<Referred<String>, AppError> {
        self.referred += 1;
        self.app.vault().seal_referred(cell, (&self.ctx.act, self.referred), words)
    }

    /// Does it: gathers the facts, commits, answers.
    pub async fn act(
        self,
        kind: &'static str,
        version: Arc<Version>,
        command: Command,
        given: Given,
    ) -> Result<CaseAnswer, AppError> {
        let (app, ctx) = (self.app, self.ctx);
        boundary::act(&ctx.act)?;
        let terms = Terms::on(ctx.at.date()).ok_or(Refusal::from(RefusalCode::CalendarMissing))?;
        let act = Act {
            id: ctx.act.clone(),
            actor: ctx.actor.number(),
            kind,
            body_hash: content((!given.new).then_some(self.case), &given, &command)?.0,
            at: ctx.at.0,
        };
        let mut rows = self.rows;
        rows.extend(self.texts.iter().map(storage::texts::insert));
        let scene = Scene {
            app: app.clone(),
            ctx: ctx.clone(),
            case: self.case,
            version,
            terms,
            rows,
            command,
            given,
        };
        let scene = Arc::new(scene);
        let mut tries = 0;
        let answer = loop {
            let (locks, scene) = (scene.locks(), scene.clone());
            let then: Then = Box::new(move |rows| scene.clone().then(rows));
            match app.store().commit(Change { act: act.clone(), key: self.case.0, locks, then }).await {
                // Calendar or organisation moved since this process read them: read anew, the same act again.
                Err(CommitError::Store(StoreError::Moved)) if tries < MOVES => {
                    tries += 1;
                    app.refresh().await?;
                }
                // Somebody closed the window since the page was opened: a refusal like any other, on record.
                Err(CommitError::LockMissed { name: storage::sessions::NAME }) => {
                    let then: Then = Box::new(|_| Err(RefusalCode::NoWindowSession.into()));
                    break app.store().commit(Change { act, key: self.case.0, locks: vec![], then }).await?;
                }
                other => break other?,
            }
        };
        let damaged = |error: serde_json::Error| storage::StoreError::Damaged(error.to_string());
        let mut answered: CaseAnswer = serde_json::from_str(&answer.body).map_err(damaged)?;
        answered.repeated = answer.repeated;
        Ok(answered)
    }
}

/// What a decision would say now of this command; nothing is done, and it may say otherwise under lock.
pub(crate) fn would(
    app: &App,
    ctx: &Ctx,
    case: &Case,
    version: Arc<Version>,
    command: Command,
    power: Option<ChiefPower>,
) -> Result<(), Refusal> {
    let terms = Terms::on(ctx.at.date()).ok_or(Refusal::from(RefusalCode::CalendarMissing))?;
    let given = Given { power, ..Given::default() };
    let (app, ctx, rows) = (app.clone(), ctx.clone(), Vec::new());
    let scene = Scene { app, ctx, case: case.id, version, terms, rows, command, given };
    let kept = scene.app.kept();
    let facts = scene.facts(&kept, Some(case), ALWAYS);
    decide(Some(case), scene.command.clone(), &facts).map(drop)
}

/// What the caller knows beside the command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// The version of the case the caller saw.
    pub seen: Option<u32>,
    /// The power of a chief representative it takes.
    pub power: Option<ChiefPower>,
    /// Row of the document that is drawn up anew.
    pub document: Option<i64>,
    /// The case does not exist yet.
    pub new: bool,
}

struct Scene {
    app: App,
    ctx: Ctx,
    case: CaseId,
    version: Arc<Version>,
    terms: Terms,
    rows: Vec<Stmt>,
    command: Command,
    given: Given,
}

impl Scene {
    /// First the case (or, for a new one, the version it begins with), then the session of a clerk at a window, the document to be drawn up anew; last, that what this process keeps still stands.
    fn locks(&self) -> Vec<Lock> {
        let first = match self.given.new {
            true => storage::items::share_version(self.version.id.0),
            false => storage::cases::lock(self.case.0),
        };
        let at_window = self.at_window().map(|staff| storage::sessions::share(staff.id.0));
        let document = self.given.document.map(storage::documents::lock);
        let standing = self.app.standing_lock();
        std::iter::once(first).chain(at_window).chain(document).chain(standing).collect()
    }

    /// The clerk, if the act is done from a window.
    fn at_window(&self) -> Option<&StaffActor> {
        self.ctx.actor.staff().filter(|staff| staff.window.is_some())
    }

    /// The clerk still sits at that window: somebody may have closed it since the page was opened.
    fn still_open(&self, session: &storage::sessions::SessionRow) -> Result<(), Stop> {
        let same = self.at_window().is_some_and(|staff| {
            staff.window.as_deref() == Some(&session.code) && staff.site.as_deref() == Some(&session.site)
        });
        if same { Ok(()) } else { Err(RefusalCode::NoWindowSession.into()) }
    }

    /// Decides on the rows as they stand under lock.
    fn then(self: Arc<Self>, rows: &Rows) -> Result<Plan, Stop> {
        let (before, head, validity) = if self.given.new {
            let row: storage::items::VersionRow = rows.get(0)?;
            (None, storage::journal::start(self.case.0), crate::versions::validity(&row)?)
        } else {
            let row: storage::cases::CaseRow = rows.get(0)?;
            let case: Case = crate::organisation::read(&row.state)?;
            (Some(case), row.witness(), ALWAYS)
        };
        if self.at_window().is_some() {
            self.still_open(&rows.get(1)?)?;
        }
        let document = 1 + usize::from(self.at_window().is_some());
        let original = self.given.document.map(|_| rows.get(document)).transpose()?;
        // Seen to stand here, not before: a year loaded or a member of staff changed meanwhile must hold.
        let kept = self.app.kept_under(rows, document + usize::from(self.given.document.is_some()))?;
        let organisation = &kept.organisation;
        let facts = self.facts(&kept, before.as_ref(), validity);
        let events = decide(before.as_ref(), self.command.clone(), &facts)?;
        if !organisation.in_office(&self.ctx.actor) {
            return Err(RefusalCode::WrongPost.into());
        }
        let numberings = self.numberings(before.as_ref(), &events, organisation);
        let counters = numberings.iter().flatten().map(Numbering::counter).collect();
        let finish = move |numbers: &[i64]| {
            let numbered = events.into_iter().zip(numberings);
            self.finish(&kept, (before, head), original, numbered.collect(), numbers)
        };
        Ok(Plan::numbered(counters, finish))
    }

    /// What the decision rests on beside the case and the command.
    fn facts<'a>(&'a self, kept: &'a Kept, before: Option<&Case>, validity: Validity) -> Facts<'a> {
        let organisation = &kept.organisation;
        Facts {
            at: self.ctx.at,
            actor: &self.ctx.actor,
            item: &self.version.item,
            validity,
            calendar: &kept.calendar,
            terms: self.terms,
            authorized: self.authorized(organisation),
            routed_here: organisation.routed_here(&self.ctx, &self.version.item),
            issues_here: organisation.issues_here(&self.ctx, &self.version.item),
            issued_at_home: organisation.issued_at_home(before, self.ctx.at, &self.version.item),
            own_officers: self.own_officers(organisation),
            covers: self.covers(before, organisation),
            fit: self.fit(before, organisation),
            seen: self.given.seen,
        }
    }

    /// The actor is a chief representative with an authorization in force for this item and power.
    fn authorized(&self, organisation: &Organisation) -> bool {
        let (Some(staff), Some(power)) = (self.ctx.actor.staff(), self.given.power) else { return false };
        organisation.authorized(staff, &self.version.item.key, power, self.ctx.at.date())
    }

    /// Whoever is named as an officer belongs to the actor's agency.
    fn own_officers(&self, organisation: &Organisation) -> bool {
        let own = self.ctx.actor.staff().and_then(|staff| staff.agency.as_ref());
        let of_own =
            |id: &StaffId| organisation.staff.get(id).is_some_and(|staff| Some(&staff.agency) == own);
        match &self.command {
            Command::EndSpecialProcedure { officers, .. } => officers.iter().all(of_own),
            Command::StartSpecialProcedure { hearing: Some(hearing), .. } => of_own(&hearing.presider),
            _ => true,
        }
    }

    /// The actor stands in today for who has claimed the step of the own department.
    fn covers(&self, before: Option<&Case>, organisation: &Organisation) -> bool {
        let Some(staff) = self.ctx.actor.staff() else { return false };
        let branch = before.and_then(|case| case.branch(staff.agency.as_deref()?));
        let holder = branch.and_then(|branch| branch.claim);
        holder.is_some_and(|holder| organisation.stands_in(staff.id, holder, self.ctx.at.date()))
    }

    /// Whom a step is given to belongs to the actor's department and has the post of that step; the department asked
    /// is another that is there.
    fn fit(&self, before: Option<&Case>, organisation: &Organisation) -> bool {
        let own = self.ctx.actor.staff().and_then(|staff| staff.agency.as_deref());
        let post = before.and_then(|case| case.branch(own?)).and_then(|branch| branch.stage.post());
        match &self.command {
            Command::DelegateBranch { to, .. } => organisation
                .staff
                .get(to)
                .is_some_and(|member| Some(member.agency.as_str()) == own && Some(member.post) == post),
            Command::AskOpinion { to, .. } => own != Some(to) && organisation.agencies.contains_key(to),
            _ => true,
        }
    }

    /// The numbers each event takes.
    fn numberings(
        &self,
        before: Option<&Case>,
        events: &[Event],
        organisation: &Organisation,
    ) -> Vec<Vec<Numbering>> {
        let site = self.ctx.actor.staff().and_then(|staff| staff.site.as_deref()).unwrap_or_default();
        let house = match before {
            Some(case) => crate::numbering::house_of(case),
            None => (site, self.version.item.agency.as_str()),
        };
        let date = self.ctx.at.date();
        let of = |need| Numbering::of(need, date, house, &self.version.item, organisation);
        events.iter().map(|event| event.numbers_needed().into_iter().filter_map(of).collect()).collect()
    }

    /// Everything the change leaves behind.
    fn finish(
        &self,
        kept: &Kept,
        (before, head): (Option<Case>, storage::Witness),
        original: Option<storage::documents::DocumentRow>,
        events: Vec<(Event, Vec<Numbering>)>,
        numbers: &[i64],
    ) -> Result<Effects, Stop> {
        let calendar = &kept.calendar;
        let mut numbers = numbers.iter().copied();
        let mut case = before.clone();
        let (mut entries, mut bodies) = (Vec::new(), Vec::new());
        for (event, numberings) in events {
            let drawn = numberings.iter().zip(numbers.by_ref());
            let issued =
                drawn.map(|(numbering, serial)| numbering.write(serial)).collect::<Result<_, _>>()?;
            let (at, by, act) = (self.ctx.at, self.ctx.actor.clone(), self.ctx.act.clone());
            let entry = Entry { v: ENTRY_VERSION, at, by, act, event, issued };
            case = evolve(self.case, case, &entry);
            bodies.push(serde_json::to_string(&entry).map_err(damaged)?);
            entries.push(entry);
        }
        let case = case.ok_or_else(|| storage::StoreError::Damaged("办件没有收件记录".into()))?;
        let (journal, witness) = storage::journal::chain(&head, bodies);
        let mut stmts = vec![self.state(&case, before.is_none(), &witness.head)?];
        stmts.extend(journal);
        stmts.extend(self.branch_rows(before.as_ref(), &case));
        if kept.schema.has(Area::Desks) {
            stmts.extend(claim_rows(before.as_ref(), &case));
            stmts.extend(crate::ledger::rows(&case, head.seq, &entries));
        }
        let running = self.clocks(&case, calendar)?;
        let old = before.as_ref().map(|case| self.clocks(case, calendar)).transpose()?;
        stmts.extend(clock_rows(&old.unwrap_or_default(), &running));
        let mut notices = Vec::new();
        let issuing = Issuing {
            case: &case,
            version: &self.version,
            organisation: &kept.organisation,
            clocks: &running,
            original: original.as_ref(),
        };
        for (seq, entry) in (head.seq + 1..).zip(&entries) {
            for (notice, stmt) in issuing.notices(seq, entry, || self.app.next_id(self.ctx.at))? {
                notices.push(notice);
                stmts.push(stmt);
            }
        }
        stmts.extend(voided(before.as_ref(), &case));
        stmts.extend(self.rows.iter().cloned());
        let answer = CaseAnswer {
            case: case.id,
            case_no: case.case_no.clone(),
            version: case.version,
            stage: case.stage.name().to_owned(),
            ended: case.ended().is_some(),
            events: entries.iter().map(|entry| word(&entry.event)).collect::<Result<_, _>>()?,
            notices,
            repeated: false,
        };
        let answer = serde_json::to_string(&answer).map_err(damaged)?;
        Ok(Effects { stmts, answer, witness: Some(witness) })
    }

    fn state(&self, case: &Case, new: bool, head: &str) -> Result<Stmt, Stop> {
        let row = crate::case::row(case, head, self.ctx.at.0)?;
        Ok(if new { storage::cases::insert(&row) } else { storage::cases::update(&row) })
    }

    /// Rows of the branches that moved, for the departments' work lists.
    fn branch_rows(&self, before: Option<&Case>, case: &Case) -> Vec<Stmt> {
        let ended = case.ended().is_some() && before.is_some_and(|b| b.ended().is_none());
        let moved =
            case.branches.iter().filter(|b| ended || before.and_then(|c| c.branch(&b.agency)) != Some(b));
        let row = |b: &yichuang_domain::case::Branch| storage::branches::BranchRow {
            case_id: case.id.0,
            agency: b.agency.clone(),
            stage: if case.ended().is_some() { "ended".into() } else { b.stage.name().to_owned() },
            updated_at: self.ctx.at.0,
        };
        moved.map(|b| storage::branches::put(&row(b))).collect()
    }

    /// The clocks of the case as rows.
    fn clocks(&self, case: &Case, calendar: &WorkCalendar) -> Result<Vec<ClockRow>, Stop> {
        let running = clocks(case);
        running.iter().map(|clock| clock_row(self.case, clock, calendar)).collect()
    }
}

/// Rows of the clocks that began, moved or stopped.
fn clock_rows(old: &[ClockRow], new: &[ClockRow]) -> Vec<Stmt> {
    let moved = new.iter().filter(|clock| !old.contains(clock)).cloned();
    let same = |a: &ClockRow, b: &ClockRow| a.kind == b.kind && a.branch == b.branch;
    let gone = old.iter().filter(|gone| !new.iter().any(|clock| same(clock, gone)));
    let gone = gone.map(|gone| ClockRow { state: storage::clocks::STOPPED.to_owned(), ..gone.clone() });
    moved.chain(gone).map(|row| storage::clocks::put(&row)).collect()
}

/// Whose hands the steps are in, where that changed; a case that ended is in nobody's.
fn claim_rows(before: Option<&Case>, case: &Case) -> Vec<Stmt> {
    let held = |case: &Case, agency: &str| {
        case.branch(agency).and_then(|branch| branch.claim).filter(|_| case.ended().is_none())
    };
    let row = |branch: &yichuang_domain::case::Branch| {
        let (was, is) = (before.and_then(|case| held(case, &branch.agency)), held(case, &branch.agency));
        (was != is).then(|| match is {
            Some(staff) => storage::claims::put(case.id.0, &branch.agency, staff.0),
            None => storage::claims::remove(case.id.0, &branch.agency),
        })
    };
    case.branches.iter().filter_map(row).collect()
}

/// Documents that hold no more since this change.
fn voided(before: Option<&Case>, case: &Case) -> Vec<Stmt> {
    let held = |number: &str| before.is_some_and(|before| before.document(number).is_some());
    let gone = case.documents.iter().filter(|document| document.void && held(&document.number));
    gone.map(|document| storage::documents::void(&document.number)).collect()
}

/// A case keeps its version whatever becomes of it; only a receipt asks whether it is in force.
const ALWAYS: Validity = Validity {
    status: yichuang_domain::item::VersionStatus::Published,
    from: yichuang_domain::time::Date::MIN,
    to: None,
};

/// Digest of what was asked: the command without the ids drawn for its texts and parties, which differ at
/// every try while their content does not. A receipt has no case yet.
fn content(case: Option<CaseId>, given: &Given, command: &Command) -> Result<Digest, storage::StoreError> {
    let mut value = serde_json::to_value(command).map_err(damaged)?;
    without_ids(&mut value);
    let seen = given.seen.unwrap_or_default().to_be_bytes();
    Ok(sm3(&[&case.unwrap_or_default().0.to_be_bytes(), &seen, value.to_string().as_bytes()]))
}

fn without_ids(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("sm3") {
                fields.remove("id");
            }
            fields.values_mut().for_each(without_ids);
        }
        Value::Array(values) => values.iter_mut().for_each(without_ids),
        _ => {}
    }
}

/// The word an event is recorded as.
fn word(event: &Event) -> Result<String, Stop> {
    let event = serde_json::to_value(event).map_err(damaged)?;
    Ok(event["event"].as_str().unwrap_or_default().to_owned())
}

fn damaged(error: serde_json::Error) -> storage::StoreError {
    storage::StoreError::Damaged(error.to_string())
}
