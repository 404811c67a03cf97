//! 文件: bytes under their SM3 in a folder or bucket, and a row in the database that says they are on record.
//!
//! Bytes come before the row, the row before the answer; the same content is one object. The folder bears a mark
//! that the database knows, so that no node writes into another database's folder. No path here comes from people.

mod error;
mod place;
mod upkeep;

use crate::change::{Act, Change, Effects, Plan};
use crate::error::StoreError;
use crate::meta;
use crate::migrate::Area;
use crate::store::Store;
use crate::value::{Query, Stmt, query, record, stmt};
use error::io;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use sm3::{Digest as _, Sm3};
use std::sync::Arc;
use yichuang_domain::digest::hex;

pub use error::FilesError;
pub use place::FilesPlace;
pub use upkeep::{FilesReport, Swept};

record! {
    /// 文件
    FileRow {
        /// SM3 of the bytes, 64 hexadecimal characters: its name.
        sm3: text,
        /// Bytes.
        size: int,
        /// Media type, e.g. `application/pdf`, as said when the content was kept first.
        media: text,
        /// When, milliseconds UTC.
        at: int,
    }
}

/// The mark of a folder: holds its id.
const MARK: &str = "folder.id";
/// The key of `meta` under which the database knows the id.
const FOLDER: &str = "files_folder";

/// A file on record; of the same content twice the first stays.
pub fn insert(row: &FileRow) -> Stmt {
    stmt!("files/insert", &row.sm3, row.size, &row.media, row.at)
}

/// The file with this SM3.
pub fn by_sm3(sm3: &str) -> Query<FileRow> {
    query!("files/by_sm3", sm3)
}

/// At most `limit` files with `after < sm3 < before`, in order.
pub fn page(after: &str, before: &str, limit: i64) -> Query<FileRow> {
    query!("files/page", after, before, limit)
}

/// SM3 of these bytes (GB/T 32905), as other tools compute it.
pub fn sm3(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

/// 文件存储: opened for one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    objects: Arc<dyn ObjectStore>,
    place: FilesPlace,
}

impl Files {
    /// Opens the place for this database; the first time marks it as the database's. `fresh` is a text nobody else
    /// comes to: the id of a new folder.
    ///
    /// # Errors
    /// A folder that is another database's, that has lost its mark, or that holds something else.
    pub async fn open(place: &FilesPlace, db: &Store, fresh: &str) -> Result<Files, FilesError> {
        let schema = db.schema().await?;
        schema.needs(Area::Files)?;
        if db.one(meta::get(FOLDER)).await?.is_none() {
            place.make()?;
            let files = Files { objects: place.objects()?, place: place.clone() };
            files.begin(db, fresh).await?;
        }
        Files::open_existing(place, db).await
    }

    /// Opens the place this database has its files in; makes and writes nothing.
    pub async fn open_existing(place: &FilesPlace, db: &Store) -> Result<Files, FilesError> {
        let known = db.one(meta::get(FOLDER)).await?;
        let known = known.ok_or_else(|| FilesError::None(place.to_string()))?;
        let files = Files { objects: place.objects()?, place: place.clone() };
        match files.mark().await? {
            Some(mark) if mark == known => Ok(files),
            Some(mark) => Err(FilesError::Other { place: place.to_string(), mark, known }),
            None => Err(FilesError::NoMark(place.to_string())),
        }
    }

    /// Marks an empty place as this database's, which has got a folder already: for who restores both.
    pub async fn restore(place: &FilesPlace, db: &Store) -> Result<Files, FilesError> {
        let known = db.one(meta::get(FOLDER)).await?;
        let known = known.ok_or_else(|| FilesError::None(place.to_string()))?;
        place.make()?;
        let files = Files { objects: place.objects()?, place: place.clone() };
        files.set_mark(&known).await?;
        Ok(files)
    }

    /// Gives the database a folder: the id is the one that was put on record first, whoever asks and however often.
    async fn begin(&self, db: &Store, fresh: &str) -> Result<(), FilesError> {
        let answer = Effects { stmts: vec![], answer: fresh.to_owned(), witness: None };
        let id = db.commit(change("files_folder/new", answer)).await?.body;
        self.set_mark(&id).await?;
        let known = Effects { stmts: vec![meta::put(FOLDER, &id)], answer: "{}".into(), witness: None };
        db.commit(change("files_folder/known", known)).await?;
        Ok(())
    }

    async fn set_mark(&self, id: &str) -> Result<(), FilesError> {
        // The mark is read after the list: another node may just be setting it.
        let first = self.objects.list(None).try_next().await.map_err(|error| io(&self.place, error))?;
        match self.mark().await? {
            Some(mark) if mark == id => return Ok(()),
            Some(_) => return Err(FilesError::Foreign(self.place.to_string())),
            None if first.is_some() => return Err(FilesError::NotEmpty(self.place.to_string())),
            None => {}
        }
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.objects.put_opts(&Path::from(MARK), id.to_owned().into(), create).await {
            Ok(_) => Ok(()),
            // Another node has been faster.
            Err(Error::AlreadyExists { .. }) if self.mark().await?.as_deref() == Some(id) => Ok(()),
            Err(Error::AlreadyExists { .. }) => Err(FilesError::Foreign(self.place.to_string())),
            Err(error) => Err(io(&self.place, error)),
        }
    }

    async fn mark(&self) -> Result<Option<String>, FilesError> {
        let mark = self.read(&Path::from(MARK)).await?;
        Ok(mark.map(|mark| String::from_utf8_lossy(&mark).trim().to_owned()))
    }

    /// Where they are.
    pub fn place(&self) -> &FilesPlace {
        &self.place
    }

    /// Makes the bytes durable and gives their SM3. They are on record only when a change has written the row
    /// ([`insert`]); after that, [`Files::confirm`]. Bytes that are on record already are not written again.
    pub async fn put(&self, db: &Store, bytes: &[u8]) -> Result<String, FilesError> {
        let sm3 = sm3(bytes);
        let known = db.one(by_sm3(&sm3)).await?.is_some();
        if !known || !self.holds(&sm3).await? {
            self.write(&sm3, bytes).await?;
        }
        Ok(sm3)
    }

    /// After the row is on record: what was swept away as an orphan in the moment before is written again.
    pub async fn confirm(&self, sm3: &str, bytes: &[u8]) -> Result<(), FilesError> {
        if self.holds(sm3).await? { Ok(()) } else { self.write(sm3, bytes).await }
    }

    /// The bytes, which are those that were kept, or an error.
    pub async fn get(&self, sm3: &str) -> Result<Vec<u8>, FilesError> {
        let bytes = self.read(&path(sm3)).await?.ok_or_else(|| FilesError::Missing(sm3.to_owned()))?;
        if self::sm3(&bytes) != sm3 {
            return Err(FilesError::Damaged(sm3.to_owned()));
        }
        Ok(bytes)
    }

    /// The bytes are there.
    pub async fn holds(&self, sm3: &str) -> Result<bool, FilesError> {
        match self.objects.head(&path(sm3)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(io(&self.place, error)),
        }
    }

    async fn write(&self, sm3: &str, bytes: &[u8]) -> Result<(), FilesError> {
        let put = self.objects.put(&path(sm3), bytes.to_vec().into()).await;
        put.map(drop).map_err(|error| io(&self.place, error))
    }

    async fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, FilesError> {
        let read = async { self.objects.get(path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(io(&self.place, error)),
        }
    }
}

/// `ab/ab12…`: 256 folders, so that none grows too long.
fn path(sm3: &str) -> Path {
    Path::from_iter([sm3.get(..2).unwrap_or_default(), sm3])
}

fn change(id: &str, effects: Effects) -> Change {
    let act = Act { id: id.into(), actor: 0, kind: "open_files", body_hash: String::new(), at: 0 };
    Change { act, key: 0, locks: vec![], then: Box::new(move |_| Ok(Plan::effects(effects.clone()))) }
}

impl From<StoreError> for FilesError {
    fn from(error: StoreError) -> FilesError {
        FilesError::Database(error.into())
    }
}
