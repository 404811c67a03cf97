//! 例行办理: what a running node does beside answering: clocks that ran out, papers nobody waited for, the daily
//! anchor, files that came to nothing. Every piece is safe on several nodes and after a pause; decides nothing itself.

use crate::Server;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use yichuang_app::Clock as _;
use yichuang_app::access::kept_form;
use yichuang_app::anchors::{self, Keeping};
use yichuang_app::uploads::ScannerState;
use yichuang_app::{Ctx, SystemClock, files, jobs, render};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::{Date, Instant};

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(60);

/// 例行办理设置.
#[derive(Default)]
pub struct Upkeep {
    /// What anchors are signed with, and where they are copied to.
    pub keeping: Keeping,
}

/// Rounds until `end` turns true. A fault is logged and tried again in the next round.
pub async fn keep_up(server: Server, upkeep: Upkeep, mut end: watch::Receiver<bool>) {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut daily = None;
    loop {
        tokio::select! {
            _ = rounds.tick() => {}
            _ = end.wait_for(|end| *end) => return,
        }
        let now = server.clock.now();
        overdue(&server, now).await;
        papers(&server, now).await;
        scanner(&server, now).await;
        if daily != Some(now.date()) && every_day(&server, &upkeep, now.date()).await {
            daily = Some(now.date());
        }
    }
}

/// What ran out before today.
async fn overdue(server: &Server, now: Instant) {
    match jobs::round(&server.app, now).await {
        Ok(None) => {}
        Ok(Some(round)) => {
            if !round.done.is_empty() {
                tracing::info!(cases = round.done.len(), "clocks that ran out were acted upon");
            }
            for (overdue, error) in round.failed {
                tracing::error!(case = %overdue.case, clock = overdue.kind.name(), %error, "not acted upon");
            }
        }
        Err(error) => tracing::warn!(%error, "clocks that ran out wait for the next round"),
    }
}

/// Whether what is uploaded can be looked through; said when it can no longer.
async fn scanner(server: &Server, now: Instant) {
    let state = ScannerState::of(server.scanner.as_ref(), now).await;
    let since = server.scanner.as_ref().and_then(|scanner| scanner.heard().since);
    if state == ScannerState::Unavailable && since == Some(now) {
        tracing::warn!("the virus scanner does not answer, nothing uploaded is kept");
    }
}

/// Notices that are numbered and not on paper yet.
async fn papers(server: &Server, now: Instant) {
    match render::make_waiting(&server.app, &server.press, now).await {
        Ok(backlog) => {
            for (document, fault) in backlog.waiting {
                tracing::error!(%document, %fault, "a notice cannot be put on paper");
            }
        }
        Err(error) => tracing::warn!(%error, "notices wait for the next round"),
    }
}

/// Once a day; true when both were done. Anchors and files are marked by the machine's own clock.
async fn every_day(server: &Server, upkeep: &Upkeep, today: Date) -> bool {
    let at = SystemClock.now();
    let ctx = Ctx::new(Actor::System, at, format!("journal-anchor/{}", at.0));
    let anchored = anchors::make(&server.app, &ctx, &upkeep.keeping).await;
    if let Err(error) = &anchored {
        tracing::error!(%error, %today, "the journal is not anchored");
    }
    let swept = files::sweep(&server.app, &server.press.files, at).await;
    if let Err(error) = kept_form::drop_old(&server.app, server.clock.now()).await {
        tracing::warn!(%error, "forms nobody came back for are not dropped");
    }
    if let Err(error) = &swept {
        tracing::error!(%error, %today, "files that came to nothing are not swept");
    }
    anchored.is_ok() && swept.is_ok()
}
