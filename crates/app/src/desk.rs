//! 工作台与办件页: what the desks show of cases, within the scope of whoever looks. Personal data is masked here, before
//! any page has it. Changes nothing.

use crate::access::permit;
use crate::app::App;
use crate::case;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::organisation::{day, read};
use crate::privacy;
use crate::versions::Version;
use crate::worklist::Line;
use futures_util::future::{try_join, try_join_all};
use std::collections::BTreeMap;
use std::sync::Arc;
use yichuang_domain::applicant::{Applicant, PartyKind, PartyRef};
use yichuang_domain::case::{Case, Entry};
use yichuang_domain::id::{CaseId, DocumentId, PartyId, TextId};
use yichuang_domain::identity::mask;
use yichuang_domain::permission::Action;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::clocks::{PAUSED, RUNNING};
use yichuang_storage::{StoreError, cases, clocks, documents, texts};

/// 脱敏后的当事人.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// 姓名, masked; the name of an organisation is public.
    pub name: String,
    /// 证件号码, masked; a credit code is public.
    pub number: String,
    /// 电话, masked.
    pub phone: String,
    /// A person, not an organisation.
    pub person: bool,
}

impl From<&Applicant> for Masked {
    fn from(party: &Applicant) -> Masked {
        let person = party.kind == PartyKind::Person;
        Masked {
            name: if person { mask::name(&party.name) } else { party.name.clone() },
            number: mask::number(party.document, &party.number),
            phone: mask::phone(&party.phone),
            person,
        }
    }
}

/// 时限, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Agency of the branch; empty: of the whole case.
    pub branch: String,
    /// Word of its kind, e.g. `promised`.
    pub kind: String,
    /// Due date; `None` while it is paused.
    pub on: Option<Date>,
    /// The date rests on a calendar not yet published.
    pub provisional: bool,
}

/// 文书清单的一行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// Id.
    pub id: DocumentId,
    /// 文号
    pub number: String,
    /// As on its first line.
    pub title: String,
    /// When it was numbered.
    pub at: Instant,
    /// 已作废
    pub void: bool,
}

/// 办件页.
#[derive(Clone, Debug)]
pub struct CasePage {
    /// The case.
    pub case: Case,
    /// What is applied for.
    pub version: Arc<Version>,
    /// 申请人
    pub applicant: Masked,
    /// 代理人
    pub agent: Option<Masked>,
    /// 申请人 and everybody told because his interests are touched.
    pub parties: Vec<(PartyId, Masked)>,
    /// Clocks that run or are paused.
    pub dues: Vec<Due>,
    /// Documents, oldest first.
    pub documents: Vec<DocumentLine>,
    /// Entries, oldest first.
    pub timeline: Vec<Entry>,
    /// Opinions and reasons by id; an erased one is empty.
    pub texts: BTreeMap<TextId, String>,
}

/// 办件 within the scope of this action at the actor's post.
///
/// # Errors
/// [`AppError::NotFound`] also where it is there and not to be seen: nobody learns of another's case.
pub async fn in_scope(app: &App, ctx: &Ctx, action: Action, case_no: &str) -> Result<Case, AppError> {
    let scope = permit(&ctx.actor, action)?;
    let missing = || AppError::NotFound("这一编号的办件，或者该办件不在本岗位的办理范围内".into());
    let known = case_no.chars().count() <= LONGEST && !case_no.chars().any(char::is_control);
    let row = match known {
        true => app.store().one(cases::by_case_no(case_no)).await?,
        false => None,
    };
    let case: Case = read(&row.ok_or_else(missing)?.state)?;
    let seen = ctx.actor.staff().is_some_and(|staff| scope.holds(staff, &case));
    if seen { Ok(case) } else { Err(missing()) }
}

/// Characters of a case number, at most.
const LONGEST: usize = 64;

/// 文书 of a case within the scope of this action at the actor's post.
pub async fn document_in_scope(
    app: &App,
    ctx: &Ctx,
    action: Action,
    case_no: &str,
    document: DocumentId,
) -> Result<(), AppError> {
    let case = in_scope(app, ctx, action, case_no).await?;
    let row = app.store().one(documents::by_id(document.0)).await?;
    let own = row.is_some_and(|row| row.case_id == case.id.0);
    if own { Ok(()) } else { Err(AppError::NotFound("该办件的这一文书".into())) }
}

/// 办件页 of a case within scope.
pub async fn case_page(app: &App, ctx: &Ctx, case_no: &str) -> Result<CasePage, AppError> {
    let case = in_scope(app, ctx, Action::ReadCase, case_no).await?;
    app.note_read(ctx, case.id, "case_page");
    let (store, id) = (app.store(), case.id.0);
    let version = app.version(case.item).await?;
    let applicant = masked(app, &case.applicant).await?;
    let agent = match &case.agent {
        Some(agent) => Some(masked(app, &agent.agent).await?),
        None => None,
    };
    let told = case.interested.iter().flat_map(|told| told.parties.keys().copied());
    let others = told.filter(|id| *id != case.applicant.id);
    let others = others.map(async |id| {
        let party = Masked::from(&privacy::party(app, id, None).await?);
        Ok::<_, AppError>((id, party))
    });
    let mut parties = vec![(case.applicant.id, applicant.clone())];
    parties.extend(try_join_all(others).await?);
    let (dues, documents) = try_join(dues(app, CaseId(id)), store.all(documents::of_case(id))).await?;
    let words = store.all(texts::of_case(id)).await?;
    Ok(CasePage {
        dues,
        documents: documents.iter().map(document).collect::<Result<_, _>>()?,
        timeline: case::timeline(app, CaseId(id)).await?,
        texts: words
            .iter()
            .map(|text| Ok((TextId(text.id), privacy::words(app, text, None)?)))
            .collect::<Result<_, AppError>>()?,
        case,
        version,
        applicant,
        agent,
        parties,
    })
}

/// The clocks of a case that have not ended.
pub(crate) async fn dues(app: &App, case: CaseId) -> Result<Vec<Due>, StoreError> {
    let clocks = app.store().all(clocks::of_case(case.0)).await?;
    let running = clocks.into_iter().filter(|clock| clock.state == RUNNING || clock.state == PAUSED);
    let due = |clock: clocks::ClockRow| {
        let on = if clock.state == PAUSED { None } else { Some(day(&clock.due_on)?) };
        Ok(Due { branch: clock.branch, kind: clock.kind, on, provisional: clock.provisional })
    };
    running.map(due).collect()
}

fn document(row: &documents::DocumentRow) -> Result<DocumentLine, AppError> {
    let data: serde_json::Value = read(&row.data)?;
    let title = data["title"].as_str().unwrap_or_default().to_owned();
    let void = row.state == documents::VOIDED;
    Ok(DocumentLine { id: DocumentId(row.id), number: row.number.clone(), title, at: Instant(row.at), void })
}

/// Somebody by the row of personal data, masked.
pub(crate) async fn masked(app: &App, party: &PartyRef) -> Result<Masked, AppError> {
    Ok(Masked::from(&privacy::party(app, party.id, Some(&party.sm3)).await?))
}

/// 待办的一行 with what its page shows beside the dates.
#[derive(Clone, Debug)]
pub struct DeskLine {
    /// The line of the work list.
    pub line: Line,
    /// The case.
    pub case: Case,
    /// What is applied for.
    pub version: Arc<Version>,
    /// 申请人
    pub applicant: Masked,
}

/// What the lines of a work list, which are within scope, are about.
pub async fn described(app: &App, lines: Vec<Line>) -> Result<Vec<DeskLine>, AppError> {
    let found = app.store().each(lines.iter().map(|line| cases::by_id(line.case.0)).collect()).await?;
    let missing = || AppError::NotFound("办件".into());
    let case = |rows: Vec<cases::CaseRow>| Ok(read::<Case>(&rows.first().ok_or_else(missing)?.state)?);
    let found = found.into_iter().map(case).collect::<Result<Vec<_>, AppError>>()?;
    let applicants = privacy::parties_of(app, found.iter().map(|case| &case.applicant)).await?;
    let mut described = Vec::with_capacity(lines.len());
    for ((line, case), applicant) in lines.into_iter().zip(found).zip(applicants) {
        let version = app.version(line.item).await?;
        described.push(DeskLine { line, case, version, applicant: Masked::from(&applicant) });
    }
    Ok(described)
}
