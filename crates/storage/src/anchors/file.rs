//! 锚文件: a copy of every anchor outside the database, one line of JSON each. It only grows.
//!
//! It tells an older copy of the database, and a database rewritten as a whole, from the true one; so it belongs on
//! another disk or another machine. A line that was cut off by a failure is written again behind it, never removed.

use super::AnchorRow;
use crate::error::{CommitError, StoreError};
use crate::store::Store;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Why no anchor was made or kept outside.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// 无法读取
    #[error("锚文件 {0} 无法打开或者读取（{1}）。检查路径和权限后重试。")]
    Unreadable(PathBuf, std::io::Error),
    /// 无法写入: what the database holds stays; the file gets it the next time.
    #[error(
        "锚文件 {0} 没有写完（{1}），锚定本身已经存入数据库。清理磁盘或者修正权限后再运行 journal anchor，补写缺少的部分。"
    )]
    NotWritten(PathBuf, std::io::Error),
    /// 内容损坏
    #[error(
        "锚文件 {0} 第 {1} 行不是锚定记录，没有作新的锚定。保全该文件，用它的另一份副本核对；确认损坏的，改用新的锚文件并报告纪检监察机构。"
    )]
    Damaged(PathBuf, usize),
    /// 数据库比锚文件旧
    #[error(
        "锚文件已有第 {file} 号锚定，数据库只到第 {database} 号：数据库是较早的副本，或者不是这个锚文件的数据库。没有作新的锚定。\
         下一步：核对数据库和锚文件的位置；刚从备份恢复的，改用更新的备份；确需在较早的数据上继续的，经批准后改用新的锚文件。"
    )]
    Older {
        /// The last anchor in the file.
        file: i64,
        /// The last anchor in the database, 0: none.
        database: i64,
    },
    /// 与数据库不符
    #[error(
        "第 {0} 号锚定与锚文件所记不同，没有作新的锚定。下一步：核对数据库和锚文件的位置；位置无误的，停止办理，保全两者，运行 journal verify --anchor-file 并报告纪检监察机构。"
    )]
    Differs(i64),
    /// 缺少密钥: an anchor that is not signed after one that is would look like a forger's.
    #[error("第 {0} 号锚定是签名的，这次没有给出密钥，没有作新的锚定。请用 --key 指明签名私钥后再运行。")]
    KeyMissing(i64),
    /// 数据库
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for AnchorError {
    fn from(error: StoreError) -> AnchorError {
        AnchorError::Commit(error.into())
    }
}

/// 锚文件: where it is. It need not be there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorFile(PathBuf);

impl AnchorFile {
    /// The file at this path.
    pub fn new(path: impl Into<PathBuf>) -> AnchorFile {
        AnchorFile(path.into())
    }

    /// Where.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Every anchor in it, in order. A file that is not there is an error: who asks for its proof must know.
    pub fn read(&self) -> Result<Vec<AnchorRow>, AnchorError> {
        let text = std::fs::read_to_string(&self.0);
        self.parse(&text.map_err(|error| AnchorError::Unreadable(self.0.clone(), error))?)
    }

    /// Appends, durably, the anchors of the database that it has not got yet, and gives how many. An error when it
    /// holds what the database does not: then the database is not the one it belongs to, or an older copy.
    pub async fn catch_up(&self, store: &Store) -> Result<u64, AnchorError> {
        let mut tries = 2;
        loop {
            let (file, anchors) = (self.clone(), super::all(store).await?);
            let written = tokio::task::spawn_blocking(move || file.append_missing(&anchors)).await;
            match written.map_err(|_| StoreError::Closed)? {
                // Another node may have made and written one since they were read.
                Err(AnchorError::Older { .. }) if tries > 1 => tries -= 1,
                other => return other,
            }
        }
    }

    /// Nobody else reads or writes it meanwhile; so nothing here waits for anybody.
    fn append_missing(&self, anchors: &[AnchorRow]) -> Result<u64, AnchorError> {
        let unreadable = |error| AnchorError::Unreadable(self.0.clone(), error);
        let (mut file, mut text) = (self.open().map_err(unreadable)?, String::new());
        file.read_to_string(&mut text).map_err(unreadable)?;
        let known = self.parse(&text)?;
        if let Some((anchor, _)) = anchors.iter().zip(&known).find(|(own, outside)| own != outside) {
            return Err(AnchorError::Differs(anchor.number));
        }
        let Some(behind) = anchors.get(known.len()..) else {
            return Err(AnchorError::Older { file: known.len() as i64, database: anchors.len() as i64 });
        };
        if behind.is_empty() {
            return Ok(0);
        }
        let begin = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let lines = behind.iter().map(|anchor| line(anchor) + "\n");
        let text: String = std::iter::once(begin.to_owned()).chain(lines).collect();
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| AnchorError::NotWritten(self.0.clone(), error))?;
        Ok(behind.len() as u64)
    }

    /// Opens it for this process alone; makes it, for the eyes of this account only, if it is not there.
    fn open(&self) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let new = !self.0.exists();
        let file = options.open(&self.0)?;
        file.lock()?;
        if new {
            sync_folder(&self.0)?;
        }
        Ok(file)
    }

    /// Every line is an anchor, numbered from 1. One that was cut off by a failure is the beginning of the next,
    /// or the last.
    fn parse(&self, text: &str) -> Result<Vec<AnchorRow>, AnchorError> {
        let mut anchors: Vec<AnchorRow> = Vec::new();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((place, line)) = lines.next() {
            let anchor = read_line(line).filter(|anchor| anchor.number == anchors.len() as i64 + 1);
            let cut_off = match lines.peek() {
                Some((_, next)) => next.starts_with(line),
                None => !text.ends_with('\n'),
            };
            match anchor {
                Some(anchor) if !cut_off => anchors.push(anchor),
                _ if cut_off => {}
                _ => return Err(AnchorError::Damaged(self.0.clone(), place + 1)),
            }
        }
        Ok(anchors)
    }
}

/// A file just made is there after a power failure only when its folder is on disk.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// The same anchor always gives the same line.
fn line(anchor: &AnchorRow) -> String {
    let AnchorRow { number, at, leaves, root, previous, public_key, hash, signature } = anchor;
    json!({
        "number": number, "at": at, "leaves": leaves, "root": root, "previous": previous,
        "public_key": public_key, "hash": hash, "signature": signature,
    })
    .to_string()
}

fn read_line(line: &str) -> Option<AnchorRow> {
    let value: Value = serde_json::from_str(line).ok()?;
    let int = |key: &str| value[key].as_i64();
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    Some(AnchorRow {
        number: int("number")?,
        at: int("at")?,
        leaves: int("leaves")?,
        root: text("root")?,
        previous: text("previous")?,
        public_key: text("public_key")?,
        hash: text("hash")?,
        signature: text("signature")?,
    })
}
