//! 库标记: what this database was made for. A demo never touches a real one.

use crate::app::App;
use crate::ctx::Ids;
use crate::error::AppError;
use yichuang_domain::digest::sm3;
use yichuang_domain::time::Instant;
use yichuang_storage::{Act, Change, Effects, Plan, meta};

/// Made by `demo`.
pub const DEMO: &str = "demo";
const MADE_BY: &str = "made_by";

/// Marks a new database with what made it.
pub async fn mark_made_by(app: &App, maker: &'static str) -> Result<(), AppError> {
    let effects =
        move || Effects { stmts: vec![meta::put(MADE_BY, maker)], answer: "{}".into(), witness: None };
    let body_hash = sm3(&[maker.as_bytes()]).0;
    let act = Act { id: format!("made_by/{maker}"), actor: 0, kind: "mark_made_by", body_hash, at: 0 };
    let then = Box::new(move |_: &yichuang_storage::Rows| Ok(Plan::effects(effects())));
    app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    Ok(())
}

/// What made the database; `None` when it is not marked.
pub async fn made_by(app: &App) -> Result<Option<String>, AppError> {
    Ok(app.store().one(meta::get(MADE_BY)).await?)
}

/// Nothing was ever put into it: what made it was stopped before it began.
pub async fn is_empty(app: &App) -> Result<bool, AppError> {
    let greatest = app.store().one(meta::greatest_id()).await?.unwrap_or_default();
    Ok(greatest == 0 && made_by(app).await?.is_none())
}

/// The moment of the latest thing on record, as its id tells; the epoch of ids in an empty database.
pub async fn last_moment(app: &App) -> Result<Instant, AppError> {
    Ok(Ids::moment(app.store().one(meta::greatest_id()).await?.unwrap_or_default()))
}
