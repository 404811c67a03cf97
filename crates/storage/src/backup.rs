//! 备份与恢复: a running database as it stands at one moment, in a folder of its own that appears as a whole.
//!
//! One format for both engines: the database as an SQLite file, the files beside it, a manifest. A backup is
//! restored onto either engine. Keys are part of it only when they are asked for. Never writes into the database it backs up, and restores
//! only into an empty place.

mod manifest;

pub use manifest::{AnchorHead, Applied, FileSum, MANIFEST, Manifest};

use crate::copy::{
    CopyError, Progress, Source, Staging, Watch, into_file, into_postgres, private, same, sync, write_new,
};
use crate::db::bulk::copy_file;
use crate::error::StoreError;
use crate::store::Place;
use crate::value::Value;
use std::path::{Path, PathBuf};

/// How often somebody who watches is told how large the copy has become.
const TOLD_EVERY: std::time::Duration = std::time::Duration::from_millis(200);

/// Name of the folder with the keys in a backup that has them.
pub const KEYS: &str = "keys";

/// Gives the keys with these ids, each with the name of its file.
pub type FindKeys<'a> = &'a (dyn Fn(&[String]) -> Result<Vec<(String, String)>, CopyError> + Sync);

/// Backs the database up into a new folder `name` in the folder `to`; gives its path and what it holds. Work goes on
/// meanwhile. `made_at` in milliseconds UTC. `keys`: where they are to be in it.
pub async fn backup(
    from: &Place,
    to: &Path,
    (name, made_at): (&str, i64),
    keys: Option<FindKeys<'_>>,
    watch: Watch<'_>,
) -> Result<(PathBuf, Manifest), CopyError> {
    if !from.holds_database() {
        return Err(StoreError::NoDatabase(from.named()).into());
    }
    let source = Source::at(from).await?;
    let staging = Staging::begin(to)?;
    let file = staging.path().join(Place::FILE);
    let mut manifest = match from {
        Place::Folder(folder) => {
            drop(source);
            private(&file)?;
            copy_watched(&folder.join(Place::FILE), &file, watch).await?;
            sync(&file)?;
            let sums = Source::file(&file).await?.sums(watch).await?;
            Manifest { tables: sums, ..Manifest::new("sqlite", made_at) }
        }
        Place::Postgres(_) => {
            let sums = into_file(source, &file, watch).await?;
            Manifest { tables: sums, ..Manifest::new("postgresql", made_at) }
        }
    };
    let mut copied = Source::file(&file).await?;
    manifest.schema = schema(&mut copied).await?;
    manifest.anchor = anchor(&mut copied).await?;
    manifest.keys = self::keys(&mut copied).await?;
    drop(copied);
    if let Some(find) = keys {
        keep_keys(&staging.path().join(KEYS), find(&manifest.keys)?)?;
    }
    manifest.database = FileSum::of(&file)?;
    manifest.write(staging.path())?;
    Ok((staging.become_folder(name)?, manifest))
}

/// Restores the backup in the folder `from` into an empty place. What the manifest says is checked before anything
/// is written, and what was written is compared with it.
pub async fn restore(from: &Path, to: &Place, watch: Watch<'_>) -> Result<Manifest, CopyError> {
    let manifest = Manifest::read(from)?;
    if matches!(to, Place::Folder(_)) && to.holds_database() {
        return Err(CopyError::NotEmpty(to.named()));
    }
    let file = from.join(Place::FILE);
    let damaged = |what: String| CopyError::Damaged { backup: from.into(), what };
    let expected = manifest.database.bytes;
    match file.metadata() {
        Ok(found) if found.len() < expected => {
            return Err(CopyError::Cut { backup: from.into(), expected, found: found.len() });
        }
        Ok(_) => {}
        Err(_) => return Err(damaged(format!("缺少数据库文件 {}", Place::FILE))),
    }
    if FileSum::of(&file)? != manifest.database {
        return Err(damaged(format!("数据库文件 {} 的内容与清单不符", Place::FILE)));
    }
    match to {
        Place::Folder(folder) => {
            let staging = Staging::begin(folder)?;
            let staged = staging.path().join(Place::FILE);
            private(&staged)?;
            std::fs::copy(&file, &staged).map_err(|error| CopyError::io(&staged, error))?;
            sync(&staged)?;
            same(&Source::file(&staged).await?.sums(watch).await?, &manifest.tables)?;
            staging.release(&[Place::FILE])?;
        }
        Place::Postgres(url) => {
            into_postgres(Source::file(&file).await?, url, Some(&manifest.tables), watch).await?;
        }
    }
    Ok(manifest)
}

/// Copies the file of a running database and tells how far it is.
async fn copy_watched(from: &Path, to: &Path, watch: Watch<'_>) -> Result<(), CopyError> {
    let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let mut copying = std::pin::pin!(copy_file(from, to));
    loop {
        let total = size(from);
        watch(Progress { doing: "备份", what: Place::FILE, done: size(to).min(total), total });
        match tokio::time::timeout(TOLD_EVERY, &mut copying).await {
            Ok(copied) => {
                return copied.map_err(|error| CopyError::of_target(error, &format!("“{}”", to.display())));
            }
            Err(_) => continue,
        }
    }
}

async fn schema(source: &mut Source) -> Result<Vec<Applied>, StoreError> {
    let rows = source.rows(crate::migrate::applied().sql).await?;
    let text = |cell: Option<&Value>| match cell {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    Ok(rows.iter().map(|row| Applied { name: text(row.first()), sm3: text(row.get(1)) }).collect())
}

/// Ids of the keys that rows may need.
async fn keys(source: &mut Source) -> Result<Vec<String>, StoreError> {
    if !source.schema().contains(&"0006_vault") {
        return Ok(vec![]);
    }
    let rows = source.rows("SELECT id FROM vault_keys WHERE removed_at = 0 ORDER BY made_at, id").await?;
    let text = |row: Vec<Value>| match row.into_iter().next() {
        Some(Value::Text(id)) => Some(id),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(text).collect())
}

fn keep_keys(folder: &Path, keys: Vec<(String, String)>) -> Result<(), CopyError> {
    std::fs::create_dir(folder).map_err(|error| CopyError::io(folder, error))?;
    for (name, text) in keys {
        write_new(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

async fn anchor(source: &mut Source) -> Result<Option<AnchorHead>, StoreError> {
    if !source.schema().contains(&"0004_anchors") {
        return Ok(None);
    }
    let rows = source.rows("SELECT number, hash FROM anchors ORDER BY number DESC LIMIT 1").await?;
    Ok(rows.into_iter().find_map(|row| match row.as_slice() {
        [Value::Int(number), Value::Text(hash)] => Some(AnchorHead { number: *number, hash: hash.clone() }),
        _ => None,
    }))
}
