//! 日志锚定: once a day, where the journals of all cases stand is put on record as one digest, signed, and copied
//! to a file outside the database (WATCH-5).
//!
//! Makes anchors; what they prove is said by [`crate::journal::verify_against`].

use crate::app::App;
use crate::ctx::Ctx;
use serde_json::json;
use yichuang_storage::{Act, Area, Change, CommitError, Effects, Plan, Stmt, StoreError, anchors, audit};

pub use yichuang_storage::anchors::AnchorRow;
pub use yichuang_storage::anchors::file::{AnchorError, AnchorFile};
pub use yichuang_storage::anchors::key::{KeyError, PublicKey, SigningKey};

/// Times another node may be first.
const TRIES: usize = 5;

/// 外部留存: what makes an anchor a proof. Both may be absent; then it proves little.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// Signs every anchor.
    pub key: Option<SigningKey>,
    /// Gets every anchor of the database.
    pub file: Option<AnchorFile>,
}

/// What [`make`] did.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The anchors made now, none where no case has moved.
    pub anchors: Vec<AnchorRow>,
    /// The newest anchor, made now or before.
    pub last: Option<AnchorRow>,
    /// Anchors written to the file now, also such as were missing from before.
    pub written: u64,
}

/// Anchors every case that has moved since the last anchor: in one snapshot, and in one anchor unless they are
/// very many. Where nothing has moved it makes none, but one that covers no case when the key is new, so that the key
/// vouches for what stands before. Several nodes may call it at the same time.
///
/// # Errors
/// The file is looked at first: where it holds what the database does not, nothing is made. A file that cannot be
/// written leaves the anchor in the database, and the next call writes it.
pub async fn make(app: &App, ctx: &Ctx, keeping: &Keeping) -> Result<Made, AnchorError> {
    app.store().schema().await?.needs(Area::Anchors)?;
    let (mut made, mut lost) = (Made::default(), 0);
    made.written = catch_up(app, keeping).await?;
    loop {
        made.last = app.store().one(anchors::last()).await?;
        let moved = app.store().all(anchors::moved(anchors::LEAVES)).await?;
        let key = keeping.key.as_ref().map(|key| key.public().text());
        let signed = |last: &AnchorRow| key.as_ref().is_none_or(|key| *key == last.public_key);
        if moved.is_empty() && made.last.as_ref().is_none_or(signed) {
            break;
        }
        if let (Some(last), None) = (&made.last, &keeping.key)
            && !last.public_key.is_empty()
        {
            return Err(AnchorError::KeyMissing(last.number));
        }
        let (anchor, stmts) = anchors::next(made.last.as_ref(), ctx.at.0, &moved, keeping.key.as_ref());
        match app.store().commit(change(app, ctx, &anchor, stmts)).await {
            Ok(_) => {
                made.anchors.push(anchor);
                if moved.len() < anchors::LEAVES {
                    break; // what has moved meanwhile is for the next time
                }
            }
            // Another node has just made this one.
            Err(CommitError::ActDiffers | CommitError::Store(StoreError::Duplicate(_))) if lost < TRIES => {
                lost += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    made.last = made.anchors.last().cloned().or(made.last);
    made.written += catch_up(app, keeping).await?;
    Ok(made)
}

async fn catch_up(app: &App, keeping: &Keeping) -> Result<u64, AnchorError> {
    match &keeping.file {
        Some(file) => file.catch_up(app.store()).await,
        None => Ok(0),
    }
}

fn change(app: &App, ctx: &Ctx, anchor: &AnchorRow, mut stmts: Vec<Stmt>) -> Change {
    let number = anchor.number;
    stmts.push(audit::insert(&audit::AuditRow {
        id: app.next_id(ctx.at),
        at: ctx.at.0,
        actor: ctx.actor.number(),
        kind: "journal_anchored".into(),
        subject: anchors::act_id(number),
        body: json!({ "cases": anchor.leaves, "hash": anchor.hash }).to_string(),
    }));
    let act = Act {
        id: anchors::act_id(number),
        actor: ctx.actor.number(),
        kind: "anchor_journal",
        body_hash: anchor.hash.clone(),
        at: ctx.at.0,
    };
    let effects = Effects { stmts, answer: "{}".into(), witness: None };
    Change { act, key: 0, locks: vec![], then: Box::new(move |_| Ok(Plan::effects(effects.clone()))) }
}
