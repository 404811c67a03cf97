//! The one place that opens parties and free texts, and holds them against the digest on record. Masks nothing and asks
//! for no permission.

use crate::app::App;
use crate::error::AppError;
use crate::organisation::read;
use crate::vault::{Cell, Referred};
use yichuang_domain::applicant::{Applicant, PartyRef};
use yichuang_domain::digest::Digest;
use yichuang_domain::id::PartyId;
use yichuang_storage::StoreError;
use yichuang_storage::parties::{self as rows, PartyRow};
use yichuang_storage::texts::TextRow;

/// The party with this id, who is the one that was referred to by this digest.
pub(crate) async fn party(app: &App, id: PartyId, digest: Option<&Digest>) -> Result<Applicant, AppError> {
    let row = app.store().one(rows::by_id(id.0)).await?;
    opened(app, &row.ok_or_else(|| StoreError::Damaged(format!("没有当事人 {id}")))?, digest)
}

/// The parties referred to, in their order: read in one go.
pub(crate) async fn parties_of(
    app: &App,
    referred: impl Iterator<Item = &PartyRef>,
) -> Result<Vec<Applicant>, AppError> {
    let referred: Vec<&PartyRef> = referred.collect();
    let found = app.store().each(referred.iter().map(|party| rows::by_id(party.id.0)).collect()).await?;
    let open = |(rows, party): (Vec<PartyRow>, &&PartyRef)| {
        let row = rows.first().ok_or_else(|| StoreError::Damaged(format!("没有当事人 {}", party.id)))?;
        opened(app, row, Some(&party.sm3))
    };
    found.into_iter().zip(&referred).map(open).collect()
}

/// The personal data of this row.
pub(crate) fn opened(app: &App, row: &PartyRow, digest: Option<&Digest>) -> Result<Applicant, AppError> {
    let party = app.vault().open_referred(Cell::party(row.id), &row.body)?;
    if party.digest.0 != row.sm3 || digest.is_some_and(|digest| *digest != party.digest) {
        return Err(StoreError::Damaged(format!("当事人 {} 与登记的摘要不符", row.id)).into());
    }
    Ok(read(&party.words)?)
}

/// The words of this row; empty once they were erased.
pub(crate) fn words(app: &App, row: &TextRow, digest: Option<&str>) -> Result<String, AppError> {
    if row.body.is_empty() {
        return Ok(String::new());
    }
    let Referred { words, digest: computed } = app.vault().open_referred(Cell::text(row.id), &row.body)?;
    if computed.0 != row.sm3 || digest.is_some_and(|digest| digest != computed.0) {
        return Err(StoreError::Damaged(format!("文字 {} 与登记的摘要不符", row.id)).into());
    }
    Ok(words)
}
