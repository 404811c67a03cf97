//! What keeps folder and database in step: bytes without a row are swept, rows without bytes are reported.

use super::error::{FilesError, io};
use super::{FileRow, Files, FilesPlace, by_sm3, page, path};
use crate::error::StoreError;
use crate::store::Store;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStoreExt as _};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Rows read together.
const PAGE: i64 = 1000;
/// Files named in a report at most.
const NAMED: usize = 20;
/// Where an orphan waits for its end while it is asked for once more whether it is one.
const SWEPT: &str = "swept";

/// 文件核对结果.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesReport {
    /// Files on record.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// On record without bytes, or with another number of them.
    pub missing: u64,
    /// Bytes that are not those on record; found only where all are read.
    pub damaged: u64,
    /// The first of both.
    pub named: Vec<String>,
    /// Bytes that are not on record, yet or any more.
    pub orphans: u64,
}

/// 清理结果.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects removed.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Files {
    /// Holds every row against the bytes: that they are there, and with `deep` that they are the same, which reads
    /// all of them. Memory is bounded by one of 256 parts.
    pub async fn check(&self, db: &Store, deep: bool) -> Result<FilesReport, FilesError> {
        let mut report = FilesReport::default();
        for shard in shards() {
            let mut objects: BTreeMap<String, u64> = BTreeMap::new();
            for object in self.list(&shard).await? {
                objects.insert(name(&object), object.size);
            }
            for row in rows(db, &shard).await? {
                report.files += 1;
                report.bytes += row.size.unsigned_abs();
                let there = match objects.remove(&row.sm3) {
                    Some(size) => size == row.size.unsigned_abs(),
                    None => self.holds(&row.sm3).await?, // kept since they were listed
                };
                let damaged = there && deep && self.is_damaged(&row.sm3).await?;
                report.missing += u64::from(!there);
                report.damaged += u64::from(damaged);
                if (!there || damaged) && report.named.len() < NAMED {
                    report.named.push(row.sm3);
                }
            }
            report.orphans += objects.len() as u64;
        }
        Ok(report)
    }

    async fn is_damaged(&self, sm3: &str) -> Result<bool, FilesError> {
        match self.get(sm3).await {
            Ok(_) => Ok(false),
            Err(FilesError::Damaged(_) | FilesError::Missing(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Removes bytes that were written before this moment (milliseconds UTC) and are not on record: uploads that
    /// came to nothing. The moment must lie further back than any upload takes.
    ///
    /// Somebody may be about to put the same content on record just now. So an orphan is first moved aside, and
    /// only then asked for once more: whoever wrote its row before finds the bytes gone and writes them again
    /// ([`Files::confirm`]), and of whoever writes it after the row is seen here and the bytes are put back.
    pub async fn sweep(&self, db: &Store, before: i64) -> Result<Swept, FilesError> {
        let mut swept = Swept::default();
        for object in self.list(SWEPT).await? {
            self.end(db, &object, &mut swept).await?; // a sweep was cut short
        }
        for shard in shards() {
            let objects = self.list(&shard).await?;
            let known: BTreeSet<String> = rows(db, &shard).await?.into_iter().map(|row| row.sm3).collect();
            let old = |object: &ObjectMeta| object.last_modified.timestamp_millis() < before;
            for object in objects.iter().filter(|object| old(object) && !known.contains(&name(object))) {
                let aside = Path::from_iter([SWEPT, &name(object)]);
                self.objects
                    .rename(&object.location, &aside)
                    .await
                    .map_err(|error| io(self.place(), error))?;
                self.end(db, &ObjectMeta { location: aside, ..object.clone() }, &mut swept).await?;
            }
        }
        self.sweep_staged(before).await?;
        Ok(swept)
    }

    /// The end of what was moved aside, or its way back.
    async fn end(&self, db: &Store, object: &ObjectMeta, swept: &mut Swept) -> Result<(), FilesError> {
        let (sm3, aside) = (name(object), &object.location);
        let done = if db.one(by_sm3(&sm3)).await?.is_some() {
            self.objects.rename(aside, &path(&sm3)).await
        } else {
            swept.objects += 1;
            swept.bytes += object.size;
            self.objects.delete(aside).await
        };
        done.map_err(|error| io(self.place(), error))
    }

    /// What a process that was killed while writing left beside the file it had not finished: `ab12…#1`.
    async fn sweep_staged(&self, before: i64) -> Result<(), FilesError> {
        let FilesPlace::Folder(folder) = self.place() else { return Ok(()) };
        let (folder, before) = (folder.clone(), UNIX_EPOCH + Duration::from_millis(before.unsigned_abs()));
        let swept = tokio::task::spawn_blocking(move || {
            shards().try_for_each(|shard| remove_staged(&folder.join(shard), before))
        });
        let swept = swept.await.map_err(|_| StoreError::Closed)?;
        let unavailable = |why| FilesError::Unavailable { place: self.place().to_string(), why };
        swept.map_err(|error| unavailable(error.to_string()))
    }

    async fn list(&self, folder: &str) -> Result<Vec<ObjectMeta>, FilesError> {
        let listed: Result<Vec<ObjectMeta>, Error> =
            self.objects.list(Some(&Path::from(folder))).try_collect().await;
        match listed {
            Err(Error::NotFound { .. }) => Ok(Vec::new()),
            // What is none of ours stays.
            Ok(objects) => Ok(objects.into_iter().filter(|object| is_sm3(&name(object))).collect()),
            Err(error) => Err(io(self.place(), error)),
        }
    }
}

fn remove_staged(folder: &std::path::Path, before: SystemTime) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let staged = name.split_once('#').is_some_and(|(name, _)| is_sm3(name));
        if staged && entry.metadata()?.modified()? < before {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_sm3(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// `00` to `ff`
fn shards() -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(|shard| format!("{shard:02x}"))
}

fn name(object: &ObjectMeta) -> String {
    object.location.filename().unwrap_or_default().to_owned()
}

async fn rows(db: &Store, shard: &str) -> Result<Vec<FileRow>, FilesError> {
    let (mut all, before) = (Vec::new(), format!("{shard}~"));
    let mut after = shard.to_owned();
    loop {
        let part = db.all(page(&after, &before, PAGE)).await?;
        let full = part.len() == PAGE as usize;
        all.extend(part);
        match all.last() {
            Some(last) if full => after.clone_from(&last.sm3),
            _ => return Ok(all),
        }
    }
}
