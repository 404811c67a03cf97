//! 保密箱: seals personal data before it goes to the database and opens what comes from there. SM4-GCM; what is sealed
//! is bound to table, column and row, and names the key it needs.
//!
//! Knows no rows and no people. A database of the release before is not sealed until it is migrated; a database whose
//! keys are not here takes no personal data and shows none.

mod folder;
pub(crate) mod index;
mod key;
mod unlock;

pub use folder::Keys;
pub use key::Key;

use base64ct::{Base64Unpadded, Encoding as _};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use yichuang_domain::digest::{Digest, hex, sm3};
use zeroize::Zeroizing;

/// What is sealed begins with a character that nothing typed holds, and the number of its form.
const MARK: &str = "\u{1}1:";
/// First byte of words that are referred to by a keyed digest; the key of the digest follows.
const KEYED: u8 = 1;
/// First byte of words that are referred to by a plain SM3, as they were before there were keys.
const PLAIN: u8 = 0;
/// Columns of words that are referred to.
const REFERRED: [(&str, &str); 2] = [("parties", "body"), ("texts", "body")];
/// Bytes of the key of a digest.
const DIGEST_KEY: usize = 32;

/// 密钥问题: why nothing can be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// 没有密钥: the program was started without any.
    #[error("没有给出密钥，不能读写个人信息。请用 --keys 指明密钥目录后重新启动。")]
    NotGiven,
    /// 缺少密钥
    #[error(
        "{place}中没有密钥 {id}，不能读写用它加密的个人信息。请从密钥的备份中找回 {id}.key 放入该处，系统会自行恢复。"
    )]
    Missing {
        /// Id of the key.
        id: String,
        /// Where it was looked for.
        place: String,
    },
    /// 没有可用的新密钥
    #[error("配置中没有未用过的密钥。请先生成新密钥，加入配置后重新启动。")]
    NoneGiven,
    /// 密钥文件无法读取
    #[error("密钥“{0}”无法读取（{1}）。请检查路径和权限。")]
    Unreadable(PathBuf, String),
    /// 密钥文件损坏
    #[error("“{0}”不是密钥文件，或者不是文件名所说的密钥。请从密钥的备份中找回。")]
    NoKey(PathBuf),
    /// 密钥无法保存
    #[error("密钥目录“{0}”无法写入（{1}），没有启用新密钥。请检查目录权限和磁盘，或者用 --keys 另指目录。")]
    NotWritten(PathBuf, String),
    /// 随机数
    #[error("不能生成密钥：{0}")]
    Random(String),
    /// 密文不符: changed, cut off, or moved here from another row.
    #[error(
        "数据表 {0} 第 {1} 行的密文与密钥不符，内容可能被改动或者换位。请停止办理，保全数据库，从备份核对。"
    )]
    Tampered(&'static str, i64),
}

/// 数据格: where something sealed belongs. What was sealed for one opens in no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Id of the row.
    pub row: i64,
}

impl Cell {
    /// Personal data of a party.
    pub fn party(id: i64) -> Cell {
        Cell { table: "parties", column: "body", row: id }
    }

    /// A free text.
    pub fn text(id: i64) -> Cell {
        Cell { table: "texts", column: "body", row: id }
    }

    /// A receipt being filled in.
    pub fn draft(id: i64) -> Cell {
        Cell { table: "drafts", column: "body", row: id }
    }

    /// A question of a window.
    pub fn question(id: i64) -> Cell {
        Cell { table: "questions", column: "question", row: id }
    }

    /// The answer of a department.
    pub fn answer(id: i64) -> Cell {
        Cell { table: "questions", column: "answer", row: id }
    }

    /// The secret of a second factor, by the number of the member of staff.
    pub fn factor(staff: i64) -> Cell {
        Cell { table: "accounts", column: "factor", row: staff }
    }

    fn about(&self) -> Vec<u8> {
        format!("{}.{}.{}", self.table, self.column, self.row).into_bytes()
    }
}

/// Words with the digest that stands for them elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referred<T> {
    /// The words: as stored, or as they were written.
    pub words: T,
    /// The digest the journal holds.
    pub digest: Digest,
}

/// 密钥环: the keys a database needs, all of them here.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) keys: BTreeMap<String, Arc<Key>>,
    pub(crate) sealing: Arc<Key>,
}

#[derive(Clone, Debug)]
enum State {
    /// The database is of the release before: nothing is sealed in it.
    Plain,
    Shut(KeysError),
    Open(Arc<Ring>),
}

/// 保密箱: one for each process.
#[derive(Debug)]
pub struct Vault {
    state: RwLock<State>,
    keys: RwLock<Option<Keys>>,
}

impl Vault {
    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, or why there are none; `None`: the database does not know of sealing yet.
    pub(crate) fn ring(&self) -> Result<Option<Arc<Ring>>, KeysError> {
        match self.state() {
            State::Plain => Ok(None),
            State::Shut(why) => Err(why),
            State::Open(ring) => Ok(Some(ring)),
        }
    }

    /// Whether personal data can be written and read now.
    pub fn check(&self) -> Result<(), KeysError> {
        self.ring().map(drop)
    }

    /// Seals bytes for this cell. A database that was not migrated yet has no table to put them into.
    pub fn seal(&self, cell: Cell, bytes: &[u8]) -> Result<String, crate::AppError> {
        let ring = self.ring()?.ok_or(KeysError::NotGiven)?;
        ring.seal(cell, bytes)
    }

    /// Seals words for this cell; on a database that was not migrated yet, gives them as they are.
    pub(crate) fn seal_words(&self, cell: Cell, words: &str) -> Result<String, crate::AppError> {
        match self.ring()? {
            Some(ring) => ring.seal(cell, words.as_bytes()),
            None => Ok(words.to_owned()),
        }
    }

    /// Opens words that were sealed for this cell.
    pub(crate) fn open_words(&self, cell: Cell, stored: &str) -> Result<Zeroizing<String>, KeysError> {
        let opened = String::from_utf8(self.open(cell, stored)?);
        opened.map(Zeroizing::new).map_err(|_| KeysError::Tampered(cell.table, cell.row))
    }

    /// Opens what was sealed for this cell; what was stored before there were keys comes back as it is.
    pub fn open(&self, cell: Cell, stored: &str) -> Result<Vec<u8>, KeysError> {
        match sealed(stored) {
            None => Ok(stored.as_bytes().to_vec()),
            Some(_) => self.ring()?.ok_or(KeysError::NotGiven)?.open(cell, stored),
        }
    }

    /// Seals words that are referred to by their digest. `of` tells these words from all others of the same act: the
    /// same act again gives the same digest.
    pub(crate) fn seal_referred(
        &self,
        cell: Cell,
        of: (&str, u64),
        words: &str,
    ) -> Result<Referred<String>, crate::AppError> {
        let Some(ring) = self.ring()? else {
            return Ok(Referred { words: words.to_owned(), digest: sm3(&[words.as_bytes()]) });
        };
        let key = ring.sealing.for_digest(&[of.0.as_bytes(), &of.1.to_be_bytes()]);
        let plain = Zeroizing::new([&[KEYED], &key[..], words.as_bytes()].concat());
        Ok(Referred { words: ring.seal(cell, &plain)?, digest: keyed(&key, words.as_bytes()) })
    }

    /// Opens words that are referred to by a digest, and computes it. Erased words are empty, and have none.
    pub(crate) fn open_referred(&self, cell: Cell, stored: &str) -> Result<Referred<String>, KeysError> {
        let tampered = || KeysError::Tampered(cell.table, cell.row);
        if sealed(stored).is_none() {
            return Ok(Referred { words: stored.to_owned(), digest: sm3(&[stored.as_bytes()]) });
        }
        let plain = Zeroizing::new(self.open(cell, stored)?);
        let (words, digest) = match plain.split_first() {
            Some((&PLAIN, words)) => (words, sm3(&[words])),
            Some((&KEYED, rest)) => {
                let (key, words) = rest.split_first_chunk::<DIGEST_KEY>().ok_or_else(tampered)?;
                (words, keyed(key, words))
            }
            _ => return Err(tampered()),
        };
        let words = String::from_utf8(words.to_vec()).map_err(|_| tampered())?;
        Ok(Referred { words, digest })
    }
}

impl Ring {
    pub(crate) fn seal(&self, cell: Cell, bytes: &[u8]) -> Result<String, crate::AppError> {
        let sealed = self.sealing.seal(&cell.about(), bytes)?;
        Ok(format!("{MARK}{}:{}", self.sealing.id(), Base64Unpadded::encode_string(&sealed)))
    }

    pub(crate) fn open(&self, cell: Cell, stored: &str) -> Result<Vec<u8>, KeysError> {
        let tampered = || KeysError::Tampered(cell.table, cell.row);
        let (id, sealed) = sealed(stored).ok_or_else(tampered)?;
        let key = self.keys.get(id).ok_or_else(tampered)?;
        let sealed = Base64Unpadded::decode_vec(sealed).map_err(|_| tampered())?;
        key.open(&cell.about(), &sealed).ok_or_else(tampered)
    }
}

/// The id of the key, and what was sealed with it; `None`: it is not sealed.
pub(crate) fn sealed(stored: &str) -> Option<(&str, &str)> {
    stored.strip_prefix(MARK)?.split_once(':')
}

/// Everything sealed with this key is stored as at least the first of these and less than the second.
pub(crate) fn sealed_range(id: &str) -> (String, String) {
    (format!("{MARK}{id}:"), format!("{MARK}{id};"))
}

/// The same of everything sealed, with whatever key.
pub(crate) fn all_sealed() -> (String, String) {
    (MARK.to_owned(), MARK.replace(':', ";"))
}

/// What is stored plain, in the form in which it is sealed: the digest of words stays the one that is on record.
pub(crate) fn to_be_sealed(cell: Cell, stored: &str) -> Vec<u8> {
    match REFERRED.contains(&(cell.table, cell.column)) {
        true => [&[PLAIN], stored.as_bytes()].concat(),
        false => stored.as_bytes().to_vec(),
    }
}

fn keyed(key: &[u8; DIGEST_KEY], words: &[u8]) -> Digest {
    Digest(hex(&key::hmac(key, &[words])))
}
