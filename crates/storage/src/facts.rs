//! What an engine says of itself and of the disk it stands on, for `doctor`. Judges nothing.

use crate::store::Place;
use crate::value::record;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// 数据库情况.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Engine and version, e.g. `SQLite 3.50.2`.
    pub engine: String,
    /// What only this kind of engine has.
    pub kind: Kind,
}

/// Which kind of engine it is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// 内嵌数据库
    Embedded(Embedded),
    /// 数据库服务器
    Server(Server),
}

/// 内嵌数据库 and its disk.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// The disk it lies on.
    pub disk: Disk,
    /// Size of the write-ahead log, bytes.
    pub log_bytes: u64,
}

/// 磁盘, bytes.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// What this account may still write.
    pub free: u64,
    /// What the database takes.
    pub data: u64,
}

impl Disk {
    /// The disk under the database in this folder, whether or not that opens.
    pub fn under(folder: &Path) -> io::Result<Disk> {
        let sizes =
            Place::files(folder).iter().map(|file| Ok(file.metadata()?.len())).sum::<io::Result<u64>>();
        Ok(Disk { free: fs4::available_space(folder)?, data: sizes? })
    }

    /// Makes a file in this folder and takes it away again; the error is why a database cannot be written there.
    pub fn takes_files(folder: &Path) -> io::Result<()> {
        let file = folder.join(format!("yichuang-doctor-{}", std::process::id()));
        File::create_new(&file)?;
        fs::remove_file(&file)
    }
}

/// 数据库服务器. Its disk is not to be seen from here.
#[derive(Clone, Debug)]
pub struct Server {
    /// Size of the database, bytes.
    pub data_bytes: i64,
    /// Connections in use, of all programs.
    pub connections: i64,
    /// Connections the server takes at most.
    pub max_connections: i64,
    /// Transactions of this platform that wait for somebody's lock.
    pub waiting: i64,
    /// How long the oldest transaction of this platform that writes has been running, milliseconds.
    pub oldest_ms: i64,
    /// Its standbys.
    pub standbys: Vec<Standby>,
    /// Its replication slots.
    pub slots: Vec<Slot>,
}

record! {
    /// 备库.
    Standby {
        /// Name it gives itself.
        name: text,
        /// `streaming` when all is well; empty where this role may not see it.
        state: text,
        /// Bytes of the log it has yet to apply.
        lag_bytes: int,
        /// By how many milliseconds it is behind.
        lag_ms: int,
    }
}

record! {
    /// 复制槽: keeps the log for somebody who may have gone for good.
    Slot {
        /// Its name.
        name: text,
        /// Somebody reads from it.
        active: flag,
        /// Bytes of the log it keeps.
        kept_bytes: int,
    }
}
