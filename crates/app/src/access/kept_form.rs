//! 留存表单: what somebody sent after the session had ended waits, sealed, for the same person to sign in again.
//! Nobody else is ever shown it. Does nothing by itself: only the person sends it.

use super::session::Viewer;
use super::{Policy, account, minutes};
use crate::app::App;
use crate::error::AppError;
use crate::vault::Cell;
use yichuang_domain::digest::sm3;
use yichuang_domain::time::Instant;
use yichuang_storage::Area;
use yichuang_storage::accounts as rows;
use yichuang_storage::kept_forms::{self, KeptFormRow};

/// Bytes of a form that is kept at most, its files included.
pub const LARGEST: usize = 24 * 1024 * 1024;

/// 留存的表单.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptForm {
    /// When it came.
    pub at: Instant,
    /// Address it was sent to.
    pub path: String,
    /// `Content-Type` of the body.
    pub media: String,
    /// As it was sent.
    pub body: Vec<u8>,
}

/// Keeps what came with the token of a session that has ended; false: nobody's token, or nothing can be sealed.
pub async fn keep(app: &App, token: &str, form: &KeptForm) -> Result<bool, AppError> {
    if form.body.len() > LARGEST || !app.store().schema().await?.has(Area::KeptForms) {
        return Ok(false);
    }
    let Some(session) = app.store().one(rows::sign_in(&sm3(&[token.as_bytes()]).0)).await? else {
        return Ok(false);
    };
    if session.seen_at < oldest(form.at) {
        return Ok(false);
    }
    let Some(account) = account(app, &session.account).await?.filter(|row| row.closed_at == 0) else {
        return Ok(false);
    };
    let staff = account.staff;
    let body = app.vault().seal(cell(staff), &form.body)?;
    let (path, media) = (form.path.clone(), form.media.clone());
    kept_forms::put(app.store(), &KeptFormRow { staff, at: form.at.0, path, media, body }).await?;
    Ok(true)
}

/// What is kept for this person and not too old.
pub async fn of(app: &App, viewer: &Viewer, now: Instant) -> Result<Option<KeptForm>, AppError> {
    if !app.store().schema().await?.has(Area::KeptForms) {
        return Ok(None);
    }
    let staff = viewer.actor.number();
    let Some(row) = app.store().one(kept_forms::of_staff(staff)).await? else { return Ok(None) };
    if row.at < oldest(now) {
        return Ok(None);
    }
    let body = app.vault().open(cell(staff), &row.body)?;
    Ok(Some(KeptForm { at: Instant(row.at), path: row.path, media: row.media, body }))
}

/// Drops what is kept for this person.
pub async fn drop(app: &App, viewer: &Viewer) -> Result<(), AppError> {
    app.store().schema().await?.needs(Area::KeptForms)?;
    Ok(kept_forms::drop_of(app.store(), viewer.actor.number()).await?)
}

/// Drops what nobody came back for.
pub async fn drop_old(app: &App, now: Instant) -> Result<(), AppError> {
    if app.store().schema().await?.has(Area::KeptForms) {
        kept_forms::drop_before(app.store(), oldest(now)).await?;
    }
    Ok(())
}

/// As long as the longest session: a working day.
fn oldest(now: Instant) -> i64 {
    now.0 - minutes(Policy::on(now.date()).longest)
}

fn cell(staff: i64) -> Cell {
    Cell { table: "kept_forms", column: "body", row: staff }
}
