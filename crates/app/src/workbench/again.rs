//! 免提交: what this applicant gave before, in cases the clerk may see, offered for the materials of a draft. What is used
//! again is found again here first; the findings stay the clerk's.

use super::drafts::Draft;
use super::sheet::DraftFile;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::files::Files;
use crate::privacy::cases_of;
use std::collections::BTreeSet;
use yichuang_domain::case::MaterialWay;
use yichuang_domain::id::CaseId;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::{Area, case_files as rows};

/// Files offered for one material, the newest.
const OFFERED: usize = 3;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// 已有材料: a file of an earlier case of the same applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Id of the file in its case.
    pub id: i64,
    /// Id of the material of the draft it fits.
    pub material: String,
    /// The case it was handed in for.
    pub case: CaseId,
    /// Its number.
    pub case_no: String,
    /// When.
    pub on: Date,
    /// How many days ago.
    pub days: i64,
    file: DraftFile,
}

/// 已有材料 for the materials of this draft: of cases the applicant applied for himself, of the same name, still in the
/// store, not in the draft yet; the newest first. That they were shown is on record.
pub async fn given_before(
    app: &App,
    store: &Files,
    ctx: &Ctx,
    draft: &Draft,
    item: &ItemVersion,
) -> Result<Vec<Given>, AppError> {
    let (sheet, mut given) = (&draft.sheet, Vec::<Given>::new());
    if sheet.applicant.number.trim().is_empty() || !app.store().schema().await?.has(Area::Intake) {
        return Ok(given);
    }
    let (mut full, mut known) = (BTreeSet::new(), BTreeSet::new());
    known.extend(sheet.files.iter().map(|file| (file.material.clone(), file.sm3.clone())));
    for case in cases_of(app, ctx, &sheet.applicant.number).await? {
        let version = app.version(case.item).await?;
        let before = given.len();
        for row in app.store().all(rows::of_case(case.id.0)).await?.into_iter().rev() {
            let Some(of_it) = version.item.material(&row.material) else { continue };
            let mut fitting = item.required_materials(&sheet.situations).filter(|m| m.name == of_it.name);
            let Some(material) = fitting.next().map(|material| &material.id) else { continue };
            let key = (material.clone(), row.sm3.clone());
            if full.contains(material) || known.contains(&key) || !store.holds(&row.sm3).await? {
                continue;
            }
            known.insert(key);
            let on = Instant(row.at).date();
            let days = (Instant::at(ctx.at.date(), 0, 0).0 - Instant::at(on, 0, 0).0) / DAY;
            let (sm3, media, size) = (row.sm3, row.media, row.size);
            let file = DraftFile { id: 0, material: material.clone(), sm3, media, size, from: Some(case.id) };
            let case_no = case.case_no.clone();
            let (id, material) = (row.id, material.clone());
            given.push(Given { id, material, case: case.id, case_no, on, days, file });
            let Some(last) = given.last() else { continue };
            if given.iter().filter(|given| given.material == last.material).count() == OFFERED {
                full.insert(last.material.clone());
            }
        }
        if given.len() > before {
            app.note_read(ctx, case.id, "cases_of");
        }
    }
    Ok(given)
}

/// 沿用: the file of an earlier case becomes one of the draft's, which is to be saved. The material comes as a file now.
///
/// # Errors
/// [`AppError::Form`] where it is not among what may be used again.
pub async fn use_again(
    app: &App,
    store: &Files,
    ctx: &Ctx,
    draft: &mut Draft,
    item: &ItemVersion,
    id: i64,
) -> Result<(), AppError> {
    let found = given_before(app, store, ctx, draft, item).await?.into_iter().find(|given| given.id == id);
    let Some(given) = found else {
        return Err(AppError::Form(vec!["该材料已经沿用，或者不能再沿用，核对材料清单".into()]));
    };
    let check = draft.sheet.checks.materials.entry(given.material.clone()).or_default();
    check.way = Some(MaterialWay::Electronic);
    draft.sheet.files.push(DraftFile { id: app.next_id(ctx.at), ..given.file });
    app.note_read(ctx, given.case, "used_again");
    Ok(())
}
