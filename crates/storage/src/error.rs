//! What can go wrong, each with what to do next. Messages never hold personal data.

use crate::value::Stmt;
use yichuang_domain::{Refusal, RefusalCode};

/// Why the store could not be opened or read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// 没有数据库: nothing was made here yet.
    #[error("{0}中没有一窗数据库。先运行 demo 建立演示数据库，或者用 --data、--database 指明已有的数据库。")]
    NoDatabase(String),
    /// 无法打开: folder, file or server cannot be reached.
    #[error("数据库无法打开：{0}。检查目录权限、磁盘或者数据库服务后重试。")]
    Unavailable(String),
    /// 库结构较新: the database was made by a newer release.
    #[error("数据库结构比本程序新（{0}）。请改用新版程序打开，数据未作任何改动。")]
    Newer(String),
    /// 库结构较旧: what is asked for needs a migration that has not been applied yet.
    #[error(
        "数据库结构比本程序旧（尚缺 {0}），数据未作任何改动。请先备份，待各节点都换用本程序后运行 yichuang migrate。"
    )]
    Older(String),
    /// 迁移脚本已变: an applied migration differs from this release's text.
    #[error("数据库的结构脚本 {0} 与本程序所带的不一致。请使用正式发布的程序，或者从备份恢复。")]
    MigrationChanged(String),
    /// 编码或排序规则不符: PostgreSQL must sort by code point.
    #[error(
        "PostgreSQL 数据库的{0}。请以 CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' 重建数据库。"
    )]
    Locale(String),
    /// 连接用完: the server takes no more connections.
    #[error(
        "PostgreSQL 的连接已经用完（{0}）。请稍候重试；仍不成功的，由数据库管理员增大 max_connections，或者减少其他程序占用的连接。"
    )]
    NoConnections(String),
    /// 不能写入: the server is there but takes no writes, e.g. a standby.
    #[error(
        "数据库目前不能写入（{0}），本次没有办理。请检查连接的是不是主库；正在切换主备的，稍候系统会自行恢复。"
    )]
    NotWritable(String),
    /// 写入停滞: COMMIT has not been answered for so many seconds.
    #[error("数据库已有 {0} 秒没有答复写入。请检查数据库服务器的磁盘，以及同步备库是否在线。")]
    Stalled(u64),
    /// 繁忙: the queue is full, or somebody else holds the row for too long.
    #[error("系统繁忙，排队已满或者所办的记录正被他人占用。请稍候几秒再试。")]
    Busy,
    /// 磁盘已满
    #[error("磁盘或者数据库空间已满，本次没有写入任何内容。请清理磁盘或者扩大空间后重新提交。")]
    Full,
    /// 数据损坏: a row cannot be read as what it should be.
    #[error("数据库内容损坏：{0}。请停止办理，保全数据库，从备份恢复。")]
    Damaged(String),
    /// 连接中断: it is not known whether the change is on record.
    #[error(
        "数据库没有答复写入结果（连接中断或者磁盘出错），尚不能确认是否办理成功。请稍后以同一操作重新提交，系统不会重复办理。"
    )]
    Lost,
    /// 停止写入: the disk has failed and nothing is written until the program starts anew.
    #[error("磁盘读写出错，已停止写入，本次没有办理。请检查磁盘并重新启动程序，再以同一操作重新提交。")]
    Stopped,
    /// 事务被撤销: the database has undone the transaction by itself.
    #[error("数据库撤销了本次写入，没有写入任何内容。请重新提交；仍不成功的，联系系统管理员查看日志。")]
    Undone,
    /// 数据已更新: what this process keeps a copy of has moved since; it is read anew, and the same act run again.
    #[error("工作日历、机构信息或者本节点的编号刚刚更新，本次没有办理。请重新提交。")]
    Moved,
    /// 节点停用: this node does not hold a node number, so it may make no ids.
    #[error("本节点没有有效的节点号（{0}），本次没有办理。请稍候重新提交，或者改由其他节点办理。")]
    NoNumber(String),
    /// 节点号用完: every number is held by somebody.
    #[error("节点号已全部占用（{0} 个）。停用不再需要的节点，一分钟后重试。")]
    NumbersTaken(i64),
    /// 只供查看: the database was opened for reading only.
    #[error("数据库是以只读方式打开的，本次没有办理。这是程序缺陷，请联系系统管理员。")]
    ReadOnly,
    /// 含有空字符: no text on record holds U+0000, which PostgreSQL cannot store.
    #[error("内容中有不能使用的空字符（U+0000），本次没有办理。请删去后重新提交。")]
    Nul,
    /// 已关闭: the store is being closed.
    #[error("数据库正在关闭。程序重新启动后再试。")]
    Closed,
    /// 编号重复: a unique number or key exists already.
    #[error("编号或者标识重复（{0}），没有写入。刷新后核对，再重新提交。")]
    Duplicate(String),
    /// 数据库错误 of any other kind.
    #[error("数据库出错：{0}。请联系系统管理员查看日志。")]
    Database(String),
    /// 写入出错: the same, and it was a change that met it.
    #[error("数据库出错：{0}。没有写入任何内容，请联系系统管理员查看日志。")]
    NotWritten(String),
}

/// Begins what is said of a damaged table.
const WHERE: &str = "数据表";

impl StoreError {
    pub(crate) fn damaged(what: impl Into<String>) -> StoreError {
        StoreError::Damaged(what.into())
    }

    /// Says which table is damaged, where the engine could not.
    pub(crate) fn in_table(self, stmt: &Stmt) -> StoreError {
        match self {
            StoreError::Damaged(what) if !what.starts_with(WHERE) && !what.starts_with("缺少") => {
                StoreError::Damaged(format!("{WHERE} {} 中{what}", stmt.table()))
            }
            other => other,
        }
    }

    /// No database, and where there is none.
    pub(crate) fn none_at(self, place: impl FnOnce() -> String) -> StoreError {
        match self {
            StoreError::NoDatabase(_) => StoreError::NoDatabase(place()),
            other => other,
        }
    }
}

/// Why a change did not happen. In every case but [`StoreError::Lost`] nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// 不予办理: a rule said no; it is recorded in `refusals`.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// 操作号相同而内容不同 (HTTP 422).
    #[error("同一操作号已经提交过不同的内容，本次没有办理。请刷新页面后重新填写提交。")]
    ActDiffers,
    /// 所依据的记录不存在: a lock did not give exactly one row.
    #[error("没有找到所办理的{name}，本次没有办理。请返回列表核对后再试。")]
    LockMissed {
        /// What was looked for, e.g. 办件.
        name: &'static str,
    },
    /// 写入未命中: an effect did not touch exactly one row, which is a defect of the program.
    #[error("写入的记录数不是一条（{sql}），本次没有办理。这是程序缺陷，请联系系统管理员。")]
    EffectMissed {
        /// The beginning of the statement.
        sql: String,
    },
    /// 程序缺陷: the deciding code panicked.
    #[error("办理时程序内部出错（{0}），本次没有办理。请联系系统管理员。")]
    Panicked(String),
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why [`Then`](crate::Then) stops: a rule said no, or a locked row could not be read.
#[derive(Debug)]
pub enum Stop {
    /// 不予办理
    Refused(Refusal),
    /// The row is not what it should be.
    Failed(StoreError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl From<RefusalCode> for Stop {
    fn from(code: RefusalCode) -> Stop {
        Stop::Refused(code.into())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Failed(error)
    }
}

impl From<Stop> for CommitError {
    fn from(stop: Stop) -> CommitError {
        match stop {
            Stop::Refused(refusal) => CommitError::Refused(refusal),
            Stop::Failed(error) => CommitError::Store(error),
        }
    }
}
