//! 密钥的来源: a folder beside the data with one file for each key, or keys given by whoever starts the program.
//!
//! A file is readable for this account alone. It is on disk before anything is sealed with it, and is never
//! overwritten.

use super::KeysError;
use super::key::Key;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How the name of a key's file ends.
const ENDING: &str = ".key";

/// 密钥的来源.
#[derive(Clone, Debug)]
pub enum Keys {
    /// 密钥目录
    Folder(PathBuf),
    /// Given by configuration: a mounted secret, a device. New ones are made outside.
    Given(Vec<Arc<Key>>),
}

impl std::fmt::Display for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Keys::Folder(folder) => write!(f, "密钥目录“{}”", folder.display()),
            Keys::Given(_) => write!(f, "配置"),
        }
    }
}

impl Keys {
    /// The key with this id; `None`: it is not there.
    pub fn find(&self, id: &str) -> Result<Option<Arc<Key>>, KeysError> {
        let path = match self {
            Keys::Given(keys) => return Ok(keys.iter().find(|key| key.id() == id).cloned()),
            Keys::Folder(folder) => path(folder, id),
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => zeroize::Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeysError::Unreadable(path, error.to_string())),
        };
        let key = Key::read(&text).filter(|key| key.id() == id);
        key.map(|key| Some(Arc::new(key))).ok_or(KeysError::NoKey(path))
    }

    /// Name of the file of a key.
    pub fn file_of(id: &str) -> String {
        format!("{id}{ENDING}")
    }

    /// Ids of the keys that are there.
    pub fn ids(&self) -> Result<Vec<String>, KeysError> {
        let folder = match self {
            Keys::Given(keys) => return Ok(keys.iter().map(|key| key.id().to_owned()).collect()),
            Keys::Folder(folder) => folder,
        };
        let unreadable = |error: std::io::Error| KeysError::Unreadable(folder.clone(), error.to_string());
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(ENDING)).map(str::to_owned));
        }
        ids.sort();
        Ok(ids)
    }

    /// Makes a key and keeps it, durably; of given keys, the first that is none of these.
    pub(crate) fn make(&self, known: &[String]) -> Result<Arc<Key>, KeysError> {
        match self {
            Keys::Given(keys) => {
                let unused = keys.iter().find(|key| known.iter().all(|known| known != key.id()));
                unused.cloned().ok_or(KeysError::NoneGiven)
            }
            Keys::Folder(folder) => {
                let key = Key::fresh().map_err(|error| KeysError::Random(error.to_string()))?;
                self.keep(&key).map_err(|error| KeysError::NotWritten(folder.clone(), error.to_string()))?;
                Ok(Arc::new(key))
            }
        }
    }

    /// Keeps a key durably, for the eyes of this account only. One that is there already stays.
    pub(crate) fn keep(&self, key: &Key) -> std::io::Result<()> {
        let Keys::Folder(folder) = self else { return Ok(()) };
        let mut folders = DirBuilder::new();
        folders.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        folders.create(folder)?;
        let (done, begun) = (path(folder, key.id()), folder.join(format!(".{}", key.id())));
        if done.exists() {
            return Ok(());
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&begun)?;
        file.write_all(key.line().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&begun, &done)?;
        sync(folder)?;
        sync(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }

    /// Takes a key away that nothing is sealed with, or nothing that is wanted any more.
    pub fn discard(&self, id: &str) -> Result<(), KeysError> {
        let Keys::Folder(folder) = self else { return Ok(()) };
        match std::fs::remove_file(path(folder, id)).and_then(|()| sync(folder)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(KeysError::NotWritten(folder.clone(), error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Files and folder that others than this account can read.
    pub fn exposed(&self) -> Vec<PathBuf> {
        let Keys::Folder(folder) = self else { return Vec::new() };
        let files = self.ids().unwrap_or_default().into_iter().map(|id| path(folder, &id));
        std::iter::once(folder.clone()).chain(files).filter(|path| open_to_others(path)).collect()
    }
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}

fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(Keys::file_of(id))
}

/// Makes the names in this folder durable.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
