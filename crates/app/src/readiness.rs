//! 就绪: whether this node should be given work, and if not, why. For `/readyz` and for `doctor`; changes nothing.

use crate::app::App;
use crate::ctx::Clock;
use serde::Serialize;
use yichuang_storage::nodes::MAX_SKEW;
use yichuang_storage::{Store, StoreError};

/// 未就绪的一项.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unready {
    /// What is not ready: 数据库, 数据库结构, 节点号, 时钟 or 密钥.
    pub what: &'static str,
    /// Why, and what to do.
    pub why: String,
}

/// 就绪情况.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// What is not ready; nothing: the node is.
    pub unready: Vec<Unready>,
}

impl Readiness {
    /// The node should be given work.
    pub fn is_ready(&self) -> bool {
        self.unready.is_empty()
    }
}

impl std::fmt::Display for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_ready() {
            return write!(f, "就绪");
        }
        let each = self.unready.iter().map(|unready| format!("{}：{}", unready.what, unready.why));
        write!(f, "未就绪。{}", each.collect::<Vec<_>>().join(" "))
    }
}

impl App {
    /// Looks whether this node is ready: the database takes changes and has a schema this program knows, the node
    /// number is held, the clock is right, no key is missing. A schema of the release before is no reason not to be.
    pub async fn readiness(&self, clock: &dyn Clock) -> Readiness {
        let mut unready = Vec::new();
        let mut not = |what, why: String| unready.push(Unready { what, why });
        match self.store().schema_on_record().await {
            Ok(_) => {
                match skew(self.store(), clock).await {
                    Ok(skew) if skew.abs() > MAX_SKEW => not("时钟", off(skew)),
                    Ok(_) => {}
                    Err(error) => not("数据库", error.to_string()),
                }
                if let Err(error) = self.store().health().await {
                    not("数据库", error.to_string());
                }
            }
            Err(error @ (StoreError::Newer(_) | StoreError::MigrationChanged(_))) => {
                not("数据库结构", error.to_string())
            }
            Err(error) => not("数据库", error.to_string()),
        }
        if let Some(Err(StoreError::NoNumber(why))) = self.inner.node.as_ref().map(|node| node.check()) {
            not("节点号", format!("{why}。系统每隔十余秒自动重新取号；一直不恢复的，检查数据库。"));
        }
        if let (Some(_), Err(why)) = (self.vault().keys(), self.vault().check()) {
            not("密钥", why.to_string());
        }
        Readiness { unready }
    }
}

/// What is said of a clock that is off by so many milliseconds.
pub(crate) fn off(skew: i64) -> String {
    let (which, by) = (if skew > 0 { "快" } else { "慢" }, (skew.abs() + 500) / 1000);
    format!(
        "本机时钟比数据库服务器{which}约 {by} 秒，允许相差 {} 秒。请启用时间同步（NTP），校准后自动恢复。",
        MAX_SKEW / 1000
    )
}

/// By how many milliseconds this machine's clock is ahead of the database's, as far as the time the question took
/// lets it be told. An embedded database has the machine's own.
pub(crate) async fn skew(store: &Store, clock: &dyn Clock) -> Result<i64, StoreError> {
    if store.shares_clock() {
        return Ok(0);
    }
    let asked = clock.now().0;
    let there = store.now().await?;
    let answered = clock.now().0;
    let (ahead, behind) = (asked - there, there - answered);
    Ok(if ahead > 0 { ahead } else { -behind.max(0) })
}
