//! 批量办理: the same act on every case ticked in a list. Each is an act of its own: one that does not go through
//! holds up no other.

use crate::Server;
use crate::error::PageError;
use crate::guard::Guest;
use yichuang_app::case::Seen;
use yichuang_app::desk::in_scope;
use yichuang_app::{AppError, Ctx, Fault};
use yichuang_domain::permission::Action;

/// 批量办理的结果.
#[derive(Default)]
pub struct Several {
    /// How many were done.
    pub done: usize,
    /// What was not done, and why.
    pub told: Vec<String>,
}

/// Does `act` to each case ticked in a form of pairs; `none`: what is said where nothing is ticked.
pub async fn several<T, F: Future<Output = Result<T, AppError>> + Send>(
    server: &Server,
    guest: &Guest,
    pairs: &[(String, String)],
    (action, none): (Action, &str),
    act: impl Fn(Ctx, Seen) -> F,
) -> Result<Several, PageError> {
    let id = pairs.iter().find(|(name, _)| name == "act").map(|(_, id)| id.as_str());
    let id = id.ok_or(PageError::Unreadable)?;
    let mut several = Several::default();
    for (_, case_no) in pairs.iter().filter(|(name, _)| name == "case") {
        let ctx = guest.ctx(server, &format!("{id}/{case_no}"));
        let case = in_scope(&server.app, &ctx, action, case_no).await?;
        match act(ctx, Seen { case: case.id, version: None }).await {
            Ok(_) => several.done += 1,
            Err(error) if matches!(error.fault(), Fault::Mend | Fault::Stale | Fault::Busy) => {
                several.told.push(format!("{case_no}：{}", PageError::from(error).words()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if several.done == 0 && several.told.is_empty() {
        several.told.push(none.to_owned());
    }
    Ok(several)
}
