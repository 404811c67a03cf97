//! A place to make something that appears as a whole or not at all: made under another name, synced, renamed.
//!
//! One at a time in a folder, held by a lock the system gives back when the process dies; whoever comes next clears
//! away what a killed one left.

use super::error::CopyError;
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Name of the folder that holds what is not finished.
const NAME: &str = ".yichuang-unfinished";
const LOCK: &str = "lock";

/// Removed again when it is dropped unfinished.
pub(crate) struct Staging {
    parent: PathBuf,
    path: PathBuf,
    lock: Option<File>,
}

impl Staging {
    /// In this folder, which is made if it is not there, for the eyes of this account only.
    pub(crate) fn begin(parent: &Path) -> Result<Staging, CopyError> {
        let path = parent.join(NAME);
        let at = |error| CopyError::io(parent, error);
        let mut folders = DirBuilder::new();
        folders.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        folders.create(&path).map_err(at)?;
        let lock = File::create(path.join(LOCK)).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CopyError::InUse(parent.into())),
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
        let staging = Staging { parent: parent.into(), path, lock: Some(lock) };
        staging.clear().map_err(at)?;
        Ok(staging)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn clear(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => std::fs::remove_dir_all(entry.path())?,
                false if entry.file_name() != LOCK => std::fs::remove_file(entry.path())?,
                false => {}
            }
        }
        Ok(())
    }

    /// Moves these out into the parent, in this order, and is gone.
    pub(crate) fn release(mut self, names: &[&str]) -> Result<(), CopyError> {
        let parent = self.parent.clone();
        let mut move_out = || {
            sync_folder(&self.path)?;
            for name in names {
                std::fs::rename(self.path.join(name), parent.join(name))?;
                sync_folder(&parent)?;
            }
            self.remove()
        };
        move_out().map_err(|error| CopyError::io(&parent, error))
    }

    /// Becomes the folder of this name in the parent.
    pub(crate) fn become_folder(mut self, name: &str) -> Result<PathBuf, CopyError> {
        let done = self.parent.join(name);
        let at = |error| CopyError::io(&done, error);
        if done.exists() {
            return Err(at(ErrorKind::AlreadyExists.into()));
        }
        self.unlock().map_err(at)?;
        sync_folder(&self.path).and_then(|()| std::fs::rename(&self.path, &done)).map_err(at)?;
        sync_folder(&self.parent).map_err(at)?;
        Ok(done)
    }

    /// Gives the lock back; an open file in it would keep a folder from being moved on some systems.
    fn unlock(&mut self) -> std::io::Result<()> {
        match self.lock.take() {
            Some(lock) => {
                drop(lock);
                std::fs::remove_file(self.path.join(LOCK))
            }
            None => Ok(()),
        }
    }

    fn remove(&mut self) -> std::io::Result<()> {
        self.clear()?;
        self.unlock()?;
        std::fs::remove_dir(&self.path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.lock.is_some()
            && let Err(error) = self.remove()
        {
            tracing::warn!(path = %self.path.display(), %error, "an unfinished copy is not removed");
        }
    }
}

/// Makes a new, empty file for the eyes of this account only: it will hold personal data.
pub(crate) fn private(path: &Path) -> Result<(), CopyError> {
    create(path).map(drop).map_err(|error| CopyError::io(path, error))
}

/// Writes a new file durably.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CopyError> {
    let write = |mut file: File| file.write_all(bytes).and_then(|()| file.sync_all());
    create(path).and_then(write).map_err(|error| CopyError::io(path, error))
}

fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes what is in this file durable.
pub(crate) fn sync(path: &Path) -> Result<(), CopyError> {
    // Opened for writing: elsewhere than on Unix only such a handle can be synced.
    let file = File::options().write(true).open(path);
    file.and_then(|file| file.sync_all()).map_err(|error| CopyError::io(path, error))
}

/// Makes the names in this folder durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn one_at_a_time_and_nothing_remains_of_what_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let parent = folder.path().join("new");
        let first = Staging::begin(&parent).unwrap();
        std::fs::create_dir(first.path().join("files")).unwrap();
        std::fs::write(first.path().join("files/a"), "a").unwrap();
        let second = Staging::begin(&parent);
        assert!(matches!(second, Err(CopyError::InUse(path)) if path == parent));
        drop(first);
        assert_eq!(names(&parent), Vec::<String>::new());
    }

    #[test]
    fn what_a_killed_one_left_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(NAME);
        std::fs::create_dir_all(left.join("files")).unwrap();
        std::fs::write(left.join("yichuang.db"), "half").unwrap();
        std::fs::write(left.join(LOCK), "").unwrap();
        let staging = Staging::begin(folder.path()).unwrap();
        assert_eq!(names(staging.path()), [LOCK]);
        std::fs::write(staging.path().join("b"), "b").unwrap();
        std::fs::write(staging.path().join("rest"), "").unwrap();
        staging.release(&["b"]).unwrap();
        assert_eq!(names(folder.path()), ["b"]);
    }

    #[test]
    fn it_becomes_a_folder_of_a_new_name_only() {
        let folder = tempfile::tempdir().unwrap();
        for expected in [true, false] {
            let staging = Staging::begin(folder.path()).unwrap();
            std::fs::write(staging.path().join("a"), "a").unwrap();
            assert_eq!(staging.become_folder("done").is_ok(), expected);
            assert_eq!(names(folder.path()), ["done"]);
            assert_eq!(names(&folder.path().join("done")), ["a"]);
        }
    }
}
