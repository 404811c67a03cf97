//! 公众端密钥: one secret for each database, drawn once, from which codes and links are derived. Nothing derived from it
//! is stored; it leaves this module as a digest only.

use crate::access;
use crate::app::App;
use crate::error::AppError;
use std::sync::Arc;
use tokio::sync::OnceCell;
use yichuang_domain::digest::sm3;
use yichuang_storage::{Act, Change, Effects, Plan, Rows, StoreError, meta};

const KEY: &str = "portal_secret";
/// Characters of a digest that are given out.
const KEPT: usize = 48;

/// As this process read it.
#[derive(Default)]
pub(crate) struct Secret(OnceCell<Arc<str>>);

impl Secret {
    /// The digest of these words under the secret.
    pub async fn digest(&self, app: &App, words: &[&str]) -> Result<String, AppError> {
        let secret = self.0.get_or_try_init(async || read(app).await).await?;
        let parts: Vec<&[u8]> =
            std::iter::once(&**secret).chain(words.iter().copied()).map(str::as_bytes).collect();
        // Whoever reads a digest learns no other: its text is cut short, so that nothing can be added to it.
        Ok(sm3(&parts).0[..KEPT].to_owned())
    }
}

/// Reads it; draws it where there is none. Whoever comes second, on this node or another, reads the first one's.
async fn read(app: &App) -> Result<Arc<str>, AppError> {
    if let Some(secret) = app.store().one(meta::get(KEY)).await? {
        return Ok(secret.into());
    }
    let drawn = access::act_id()?;
    let act = Act {
        id: KEY.into(),
        actor: 0,
        kind: "draw_portal_secret",
        body_hash: sm3(&[KEY.as_bytes()]).0,
        at: 0,
    };
    let then = Box::new(move |_: &Rows| {
        let stmts = vec![meta::put(KEY, &drawn)];
        Ok(Plan::effects(Effects { stmts, answer: "{}".into(), witness: None }))
    });
    app.store().commit(Change { act, key: 0, locks: vec![], then }).await?;
    let secret = app.store().one(meta::get(KEY)).await?;
    Ok(secret.ok_or_else(|| StoreError::Damaged("没有公众端密钥".into()))?.into())
}
