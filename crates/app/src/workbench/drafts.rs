//! 收件草稿: kept on the server, sealed, for the clerk who fills it in. It survives a closed browser and an ended
//! session, and can be given to a colleague or thrown away.

use super::clerk;
use super::sheet::Sheet;
use crate::access::act_id;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::vault::Cell;
use yichuang_domain::RefusalCode;
use yichuang_domain::digest::sm3;
use yichuang_domain::id::{CaseId, StaffId, VisitId};
use yichuang_domain::permission::Post;
use yichuang_domain::time::Instant;
use yichuang_storage::drafts::{self as rows, DISCARDED, DraftRow, OPEN, RECEIVED};
use yichuang_storage::{Act, Area, Change, Effects, Plan, Stmt, Stop, StoreError};

/// Drafts of a list.
const LISTED: i64 = 50;

/// 收件草稿.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Id.
    pub id: i64,
    /// The visit.
    pub visit: VisitId,
    /// How often it was saved.
    pub version: i64,
    /// The case it became.
    pub case: Option<CaseId>,
    /// What was filled in.
    pub sheet: Sheet,
    /// When it was saved last.
    pub updated_at: Instant,
}

/// 新收件: a draft of a new visit, or one more of the visit of `beside`, with the same parties. The same act twice is
/// one draft.
pub async fn open(app: &App, ctx: &Ctx, beside: Option<(VisitId, Sheet)>) -> Result<i64, AppError> {
    let staff = clerk(ctx)?;
    app.store().schema().await?.needs(Area::Intake)?;
    let id = app.next_id(ctx.at);
    let (visit, sheet) = match beside {
        Some((visit, other)) => (
            visit,
            Sheet { applicant: other.applicant, agent: other.agent, carried: true, ..Sheet::default() },
        ),
        None => (VisitId(id), Sheet::default()),
    };
    let row = DraftRow {
        id,
        visit: visit.0,
        clerk: staff.id.0,
        site: staff.site.clone().unwrap_or_default(),
        version: 1,
        state: OPEN.into(),
        case_id: 0,
        body: seal(app, id, &sheet)?,
        updated_at: ctx.at.0,
    };
    // A new visit has no number yet that a repeated request could know.
    let joined = if visit.0 == id { 0 } else { visit.0 };
    let body_hash = sm3(&[b"open_draft", &joined.to_be_bytes()]).0;
    let act = Act { id: ctx.act.clone(), actor: staff.id.0, kind: "open_draft", body_hash, at: ctx.at.0 };
    let effects = Effects { stmts: vec![rows::insert(&row)], answer: id.to_string(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    let answer = app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    answer.body.parse().map_err(|_| StoreError::Damaged("草稿号读不出".into()).into())
}

/// 我的草稿: those being filled in, the last saved first.
pub async fn mine(app: &App, ctx: &Ctx) -> Result<Vec<Draft>, AppError> {
    let staff = clerk(ctx)?;
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(Vec::new());
    }
    let found = app.store().all(rows::of_clerk(staff.id.0, OPEN, LISTED)).await?;
    found.into_iter().map(|row| read(app, row)).collect()
}

/// 我收的件: cases that came of the clerk's drafts, the last first.
pub(super) async fn received(app: &App, ctx: &Ctx) -> Result<Vec<CaseId>, AppError> {
    let staff = clerk(ctx)?;
    if !app.store().schema().await?.has(Area::Intake) {
        return Ok(Vec::new());
    }
    let found = app.store().all(rows::of_clerk(staff.id.0, RECEIVED, LISTED)).await?;
    Ok(found.into_iter().map(|row| CaseId(row.case_id)).collect())
}

/// The clerk's own draft with this id, being filled in or received already.
///
/// # Errors
/// [`AppError::NotFound`] also for a colleague's: nobody learns of it.
pub async fn get(app: &App, ctx: &Ctx, id: i64) -> Result<Draft, AppError> {
    let staff = clerk(ctx)?;
    app.store().schema().await?.needs(Area::Intake)?;
    let row = app.store().one(rows::by_id(id)).await?;
    let own = row.filter(|row| row.clerk == staff.id.0 && row.state != DISCARDED);
    read(app, own.ok_or_else(|| AppError::NotFound("这一收件草稿，或者它由其他人员办理".into()))?)
}

fn read(app: &App, row: DraftRow) -> Result<Draft, AppError> {
    let sheet = if row.body.is_empty() { Sheet::default() } else { unseal(app, row.id, &row.body)? };
    Ok(Draft {
        id: row.id,
        visit: VisitId(row.visit),
        version: row.version,
        case: (row.case_id != 0).then_some(CaseId(row.case_id)),
        sheet,
        updated_at: Instant(row.updated_at),
    })
}

/// 保存: the draft as it is to be, if nobody saved it since `draft` was read.
pub async fn save(app: &App, ctx: &Ctx, draft: &Draft) -> Result<Draft, AppError> {
    let (sheet, at) = (seal(app, draft.id, &draft.sheet)?, ctx.at.0);
    let seen = draft.version;
    let held = draft.sheet.files.iter().map(|file| rows::hold(draft.id, &file.sm3, false));
    let files = std::iter::once(rows::drop_files(draft.id, at)).chain(held).collect();
    change(app, ctx, draft.id, "save_draft", files, move |row| {
        if row.version != seen {
            return Err(RefusalCode::StaleVersion.into());
        }
        Ok(DraftRow { version: seen + 1, body: sheet.clone(), updated_at: at, ..row })
    })
    .await?;
    Ok(Draft { version: seen + 1, updated_at: ctx.at, ..draft.clone() })
}

/// The draft holds this by now: what was sent twice is kept once.
pub async fn saved_by_now(app: &App, ctx: &Ctx, draft: &Draft) -> Result<Option<Draft>, AppError> {
    let now = get(app, ctx, draft.id).await?;
    Ok((now.case.is_none() && now.sheet == draft.sheet).then_some(now))
}

/// 删除草稿: what was filled in is gone.
pub async fn discard(app: &App, ctx: &Ctx, id: i64) -> Result<(), AppError> {
    let at = ctx.at.0;
    change(app, ctx, id, "discard_draft", vec![rows::drop_files(id, at)], move |row| {
        let version = row.version + 1;
        Ok(DraftRow { version, state: DISCARDED.into(), body: String::new(), updated_at: at, ..row })
    })
    .await
}

/// 转交同事: a clerk of the same site takes it over as it is.
pub async fn hand_over(app: &App, ctx: &Ctx, id: i64, to: StaffId) -> Result<(), AppError> {
    let site = clerk(ctx)?.site.clone();
    let organisation = app.organisation();
    let fit =
        organisation.staff.get(&to).is_some_and(|member| member.post == Post::Intake && member.site == site);
    if !fit || to.0 == ctx.actor.number() {
        return Err(AppError::Form(vec!["接手人须为本场所其他综合受理岗人员，核对工号后重新填写".into()]));
    }
    let at = ctx.at.0;
    change(app, ctx, id, "hand_over_draft", vec![], move |row| {
        Ok(DraftRow { version: row.version + 1, clerk: to.0, updated_at: at, ..row })
    })
    .await
}

/// Changes an own draft that is being filled in, under lock, and what goes with it.
async fn change(
    app: &App,
    ctx: &Ctx,
    id: i64,
    kind: &'static str,
    files: Vec<Stmt>,
    to: impl Fn(DraftRow) -> Result<DraftRow, Stop> + Send + Sync + 'static,
) -> Result<(), AppError> {
    let staff = clerk(ctx)?.id.0;
    let then = move |locked: &yichuang_storage::Rows| {
        let row: DraftRow = locked.get(0)?;
        if row.clerk != staff || row.state != OPEN {
            return Err(RefusalCode::StaleVersion.into());
        }
        let stmts = std::iter::once(rows::update(&to(row)?)).chain(files.iter().cloned()).collect();
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    };
    // What a draft holds is nobody's to find in the acts: the version says whether it is the same.
    let body_hash = sm3(&[kind.as_bytes(), &id.to_be_bytes()]).0;
    let act = Act { id: act_id()?, actor: staff, kind, body_hash, at: ctx.at.0 };
    app.store().commit(Change { act, key: 0, locks: vec![rows::lock(id)], then: Box::new(then) }).await?;
    Ok(())
}

fn seal(app: &App, id: i64, sheet: &Sheet) -> Result<String, AppError> {
    let words = serde_json::to_string(sheet).map_err(|error| StoreError::Damaged(error.to_string()))?;
    app.vault().seal_words(Cell::draft(id), &words)
}

fn unseal(app: &App, id: i64, stored: &str) -> Result<Sheet, AppError> {
    Ok(crate::organisation::read(&app.vault().open_words(Cell::draft(id), stored)?)?)
}
