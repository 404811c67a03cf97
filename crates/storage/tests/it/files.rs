//! Files by content: bytes before row, one object for the same content, another database's folder, full and
//! read-only disks, orphans, a local S3-compatible service.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use yichuang_storage::files::{self, FileRow, Files, FilesError, FilesPlace, FilesReport, Swept, sm3};
use yichuang_storage::{Area, Change, Effects, Plan, Store, StoreError};
use yichuang_testkit::sample::act;
use yichuang_testkit::{TestDb, db_test};

/// Names an S3-compatible service and a bucket of it: `http://127.0.0.1:5555/bucket`.
const S3: &str = "YICHUANG_TEST_S3";

fn place(folder: &Path) -> FilesPlace {
    FilesPlace::Folder(folder.join("files"))
}

/// Bytes, row, and a look after it: what a use case does.
async fn keep(files: &Files, db: &Store, act_id: &str, bytes: &[u8]) -> Result<String, FilesError> {
    let sm3 = files.put(db, bytes).await?;
    let row = FileRow { sm3: sm3.clone(), size: bytes.len() as i64, media: "text/plain".into(), at: 1 };
    let effects = Effects { stmts: vec![files::insert(&row)], answer: "{}".into(), witness: None };
    let then = Box::new(move |_: &_| Ok(Plan::effects(effects.clone())));
    db.commit(Change { act: act(act_id, "keep_file"), key: 0, locks: vec![], then }).await?;
    files.confirm(&sm3, bytes).await?;
    Ok(sm3)
}

/// Every file below, by its path from here.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(self::all(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn on_disk(place: &FilesPlace, sm3: &str) -> PathBuf {
    let FilesPlace::Folder(folder) = place else { panic!("a folder") };
    folder.join(&sm3[..2]).join(sm3)
}

/// A moment after everything.
const LATER: i64 = i64::MAX / 2;

db_test!(a_file_is_kept_once_and_read_back, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(&place(folder.path()), &db, "a").await.unwrap();
    assert_eq!(sm3(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "GB/T 32905");
    for act in ["1", "2"] {
        assert_eq!(keep(&files, &db, act, b"abc").await.unwrap(), sm3(b"abc"));
    }
    keep(&files, &db, "3", "材料".as_bytes()).await.unwrap();
    assert_eq!(all(folder.path()).len(), 3, "two files and the mark");
    assert_eq!(files.get(&sm3(b"abc")).await.unwrap(), b"abc");
    let row = db.one(files::by_sm3(&sm3(b"abc"))).await.unwrap().unwrap();
    assert_eq!((row.size, row.media.as_str()), (3, "text/plain"));
    let expected = FilesReport { files: 2, bytes: 9, ..FilesReport::default() };
    assert_eq!(files.check(&db, true).await.unwrap(), expected);
    // Opened again, by another node with another text of its own.
    let again = Files::open(&place(folder.path()), &db, "b").await.unwrap();
    assert_eq!(again.get(&sm3(b"abc")).await.unwrap(), b"abc");
});

db_test!(bytes_that_are_gone_or_changed_are_never_handed_out, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files = Files::open(&place, &db, "a").await.unwrap();
    let (gone, cut, changed) = (b"gone", b"cut off", b"changed");
    for (act, bytes) in [gone.as_slice(), cut, changed].into_iter().enumerate() {
        keep(&files, &db, &act.to_string(), bytes).await.unwrap();
    }
    std::fs::remove_file(on_disk(&place, &sm3(gone))).unwrap();
    std::fs::write(on_disk(&place, &sm3(cut)), "cut").unwrap();
    std::fs::write(on_disk(&place, &sm3(changed)), "CHANGED").unwrap();
    let error = files.get(&sm3(gone)).await.unwrap_err();
    assert!(matches!(&error, FilesError::Missing(name) if *name == sm3(gone)), "{error}");
    for bytes in [cut.as_slice(), changed] {
        let error = files.get(&sm3(bytes)).await.unwrap_err();
        assert!(matches!(&error, FilesError::Damaged(name) if *name == sm3(bytes)), "{error}");
    }
    let report = files.check(&db, false).await.unwrap();
    assert_eq!((report.files, report.missing, report.damaged, report.named.len()), (3, 2, 0, 2));
    let report = files.check(&db, true).await.unwrap();
    assert_eq!((report.files, report.missing, report.damaged, report.named.len()), (3, 2, 1, 3));
    // Whoever brings the content again mends what is gone.
    keep(&files, &db, "again", gone).await.unwrap();
    assert_eq!(files.get(&sm3(gone)).await.unwrap(), gone);
});

/// What a node does that is pointed at the wrong place: says so and leaves it as it is.
async fn refused(place: &FilesPlace, db: &Store) -> FilesError {
    let FilesPlace::Folder(folder) = place else { panic!("a folder") };
    let before = folder.exists().then(|| all(folder));
    let error = Files::open(place, db, "mine").await.unwrap_err();
    assert_eq!(folder.exists().then(|| all(folder)), before, "{error}");
    assert!(error.to_string().contains("--files"), "{error}");
    error
}

db_test!(another_nodes_folder_is_refused, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let [ours, theirs, empty, strange, nowhere] = ["ours", "theirs", "empty", "strange", "nowhere"]
        .map(|name| FilesPlace::Folder(folder.path().join(name)));
    let mark = |place: &FilesPlace, name: &str, text: &str| {
        let FilesPlace::Folder(folder) = place else { panic!("a folder") };
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
    };
    mark(&theirs, "folder.id", "another");
    mark(&strange, "letter.txt", "none of ours");
    assert!(matches!(refused(&theirs, &db).await, FilesError::Foreign(_)));
    assert!(matches!(refused(&strange, &db).await, FilesError::NotEmpty(_)));
    assert!(matches!(Files::open_existing(&ours, &db).await, Err(FilesError::None(_))));

    Files::open(&ours, &db, "mine").await.unwrap();
    std::fs::create_dir_all(folder.path().join("empty")).unwrap();
    let error = refused(&theirs, &db).await;
    assert!(matches!(&error, FilesError::Other { mark, known, .. } if mark == "another" && known == "mine"));
    assert!(error.to_string().contains("不是本数据库的（标识 another，本数据库的是 mine）"), "{error}");
    assert!(matches!(refused(&empty, &db).await, FilesError::NoMark(_)), "not mounted");
    let error = Files::open(&nowhere, &db, "mine").await.unwrap_err();
    assert!(error.to_string().contains("没有这个目录") && !folder.path().join("nowhere").exists(), "{error}");
    // Who restores the files marks an empty folder, and no other.
    assert!(matches!(Files::restore(&theirs, &db).await, Err(FilesError::Foreign(_))));
    Files::restore(&empty, &db).await.unwrap();
    Files::open(&empty, &db, "x").await.unwrap();
});

db_test!(nodes_that_open_a_new_folder_at_once_agree_on_it, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let texts: Vec<String> = (0..8).map(|n| n.to_string()).collect();
    let opened = texts.iter().map(|text| Files::open(&place, &db, text));
    for files in futures_util::future::join_all(opened).await {
        files.unwrap();
    }
    // And one that was stopped between the mark and the row finds its way.
    db.tamper(
        "DELETE FROM meta WHERE key = 'files_folder'; DELETE FROM acts WHERE id = 'files_folder/known'",
    )
    .await;
    assert!(matches!(Files::open_existing(&place, &db).await, Err(FilesError::None(_))));
    Files::open(&place, &db, "9").await.unwrap();
    Files::open_existing(&place, &db).await.unwrap();
});

db_test!(orphans_are_swept_and_nothing_else, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files = Files::open(&place, &db, "a").await.unwrap();
    keep(&files, &db, "1", b"kept").await.unwrap();
    let orphan = files.put(&db, b"came to nothing").await.unwrap();
    // A process was killed while it wrote; somebody else has put a file there.
    let staged = on_disk(&place, &sm3(b"kept")).with_file_name(format!("{}#1", sm3(b"kept")));
    std::fs::write(&staged, "half").unwrap();
    let strange = staged.with_file_name("readme");
    std::fs::write(&strange, "none of ours").unwrap();
    assert_eq!(files.sweep(&db, 1).await.unwrap(), Swept::default(), "nothing is that old");
    assert_eq!(files.check(&db, false).await.unwrap().orphans, 1);
    assert_eq!(files.get(&orphan).await.unwrap(), b"came to nothing");

    assert_eq!(files.sweep(&db, LATER).await.unwrap(), Swept { objects: 1, bytes: 15 });
    assert!(matches!(files.get(&orphan).await, Err(FilesError::Missing(_))));
    assert!(!staged.exists() && strange.exists());
    assert_eq!(files.get(&sm3(b"kept")).await.unwrap(), b"kept");
    assert_eq!(all(folder.path()).len(), 3, "the file, the mark, the stranger");
});

db_test!(a_sweep_that_was_cut_short_is_brought_to_its_end, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let files = Files::open(&place, &db, "a").await.unwrap();
    keep(&files, &db, "1", b"kept after all").await.unwrap();
    let orphan = files.put(&db, b"orphan").await.unwrap();
    // Both had been moved aside when the power went.
    let aside = folder.path().join("files/swept");
    std::fs::create_dir(&aside).unwrap();
    for sm3 in [&sm3(b"kept after all"), &orphan] {
        std::fs::rename(on_disk(&place, sm3), aside.join(sm3)).unwrap();
    }
    assert_eq!(files.sweep(&db, 1).await.unwrap(), Swept { objects: 1, bytes: 6 });
    assert_eq!(files.get(&sm3(b"kept after all")).await.unwrap(), b"kept after all");
    assert_eq!(
        files.check(&db, true).await.unwrap(),
        FilesReport { files: 1, bytes: 14, ..FilesReport::default() }
    );
});

db_test!(what_is_kept_while_orphans_are_swept_is_there, async |db| {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(&place(folder.path()), &db, "a").await.unwrap();
    let (store, sweeping) = (db.store(), files.clone());
    let content = |n: usize| format!("content {}", n % 5).into_bytes();
    // The same five contents come to nothing, grow old and are swept, over and over.
    let work = tokio::spawn(async move {
        for n in 0..100 {
            let sm3 = sweeping.put(&store, &content(n)).await.unwrap();
            let file = std::fs::File::options().write(true).open(on_disk(sweeping.place(), &sm3)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).unwrap();
            sweeping.sweep(&store, 2000).await.unwrap();
        }
    });
    for n in 0..5 {
        keep(&files, &db, &n.to_string(), &content(n)).await.unwrap();
    }
    work.await.unwrap();
    let report = files.check(&db, true).await.unwrap();
    assert_eq!((report.files, report.missing, report.damaged), (5, 0, 0));
});

db_test!(a_database_without_the_table_says_what_to_do, async |db| {
    let folder = tempfile::tempdir().unwrap();
    db.tamper("DELETE FROM migrations WHERE name >= '0003'; DROP TABLE files").await;
    let error = Files::open(&place(folder.path()), &db, "a").await.unwrap_err();
    let FilesError::Database(yichuang_storage::CommitError::Store(StoreError::Older(_))) = error else {
        panic!("{error}")
    };
    assert!(!db.schema().await.unwrap().has(Area::Files));
});

/// A disk that can be filled: a small file system in memory. `None`, and a line that says so, where this account
/// may not mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(test: &str) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mounted =
            cfg!(target_os = "linux") && mount(&["-t", "tmpfs", "-o", "size=256k", "tmpfs"], folder.path());
        if !mounted {
            eprintln!("{test}: no small file system can be mounted here, so this test did nothing");
        }
        mounted.then_some(SmallDisk(folder))
    }

    fn read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], self.0.path()));
    }

    fn writable(&self) {
        assert!(mount(&["-o", "remount,rw"], self.0.path()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The folder goes away only when nothing is mounted there; an error here shows as a folder left over.
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

fn mount(options: &[&str], folder: &Path) -> bool {
    Command::new("mount").args(options).arg(folder).output().is_ok_and(|output| output.status.success())
}

async fn on_record(db: &TestDb, sm3: &str) -> bool {
    db.one(files::by_sm3(sm3)).await.unwrap().is_some()
}

db_test!(a_full_disk_keeps_nothing_half, async |db| {
    let Some(disk) = SmallDisk::mount("a_full_disk_keeps_nothing_half") else { return };
    let files = Files::open(&place(disk.0.path()), &db, "a").await.unwrap();
    keep(&files, &db, "1", b"fits").await.unwrap();
    let large = vec![7; 1 << 20];
    let error = keep(&files, &db, "2", &large).await.unwrap_err();
    assert!(matches!(error, FilesError::Full(_)), "{error}");
    assert!(error.to_string().contains("空间已满，文件没有保存，也没有登记"), "{error}");
    assert!(!on_record(&db, &sm3(&large)).await);
    assert_eq!(files.get(&sm3(b"fits")).await.unwrap(), b"fits");
    assert_eq!(
        files.check(&db, true).await.unwrap(),
        FilesReport { files: 1, bytes: 4, ..FilesReport::default() }
    );
    // What was begun leaves no room taken.
    keep(&files, &db, "3", &vec![8; 100 << 10]).await.unwrap();
});

db_test!(a_read_only_disk_keeps_nothing_and_still_reads, async |db| {
    let Some(disk) = SmallDisk::mount("a_read_only_disk_keeps_nothing_and_still_reads") else { return };
    let files = Files::open(&place(disk.0.path()), &db, "a").await.unwrap();
    keep(&files, &db, "1", b"before").await.unwrap();
    disk.read_only();
    let error = keep(&files, &db, "2", b"after").await.unwrap_err();
    assert!(matches!(error, FilesError::ReadOnly(_)), "{error}");
    assert!(!on_record(&db, &sm3(b"after")).await);
    let again = Files::open(&place(disk.0.path()), &db, "b").await.unwrap();
    assert_eq!(again.get(&sm3(b"before")).await.unwrap(), b"before");
    disk.writable();
    keep(&files, &db, "2", b"after").await.unwrap();
});

/// A bucket of a service on this machine, a prefix of the test's own; `None`, and a line that says so, without one.
fn bucket(test: &str, prefix: &str) -> Option<FilesPlace> {
    let Ok(address) = std::env::var(S3) else {
        eprintln!("{test}: no S3-compatible service ({S3} is not set), so this test did nothing");
        return None;
    };
    let (endpoint, bucket) = address.rsplit_once('/').expect("http://host:port/bucket");
    let settings = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "local"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("HOME", "left out"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let unique = std::process::id();
    Some(FilesPlace::read(&format!("s3://{bucket}/{prefix}-{unique}/"), settings).unwrap())
}

db_test!(a_bucket_does_what_a_folder_does, async |db| {
    let prefix = if db.is_sqlite() { "sqlite" } else { "postgres" };
    let Some(place) = bucket("a_bucket_does_what_a_folder_does", prefix) else { return };
    let files = Files::open(&place, &db, "a").await.unwrap();
    for act in ["1", "2"] {
        keep(&files, &db, act, b"abc").await.unwrap();
    }
    assert_eq!(files.get(&sm3(b"abc")).await.unwrap(), b"abc");
    assert!(matches!(files.get(&sm3(b"x")).await, Err(FilesError::Missing(_))));
    let orphan = files.put(&db, b"came to nothing").await.unwrap();
    let expected = FilesReport { files: 1, bytes: 3, orphans: 1, ..FilesReport::default() };
    assert_eq!(files.check(&db, true).await.unwrap(), expected);
    assert_eq!(files.sweep(&db, LATER).await.unwrap(), Swept { objects: 1, bytes: 15 });
    assert!(matches!(files.get(&orphan).await, Err(FilesError::Missing(_))));
    Files::open(&place, &db, "b").await.unwrap();
    let other = bucket("", &format!("{prefix}-other")).unwrap();
    assert!(matches!(Files::open(&other, &db, "b").await, Err(FilesError::NoMark(_))));
});

#[test]
fn addresses_are_read_and_never_show_a_secret() {
    let secret = [("AWS_SECRET_ACCESS_KEY".to_owned(), "secret".to_owned())];
    let place = FilesPlace::read("s3://bucket/a/b/", secret).unwrap();
    assert_eq!(
        (place.to_string(), format!("{place:?}")),
        ("s3://bucket/a/b".into(), "FilesPlace(s3://bucket/a/b)".into())
    );
    assert_eq!("data/files".parse::<FilesPlace>().unwrap(), FilesPlace::Folder("data/files".into()));
    for wrong in ["", "s3://", "s3:///a", "http://x/y"] {
        let error = wrong.parse::<FilesPlace>().unwrap_err();
        assert!(matches!(error, FilesError::Address(_)), "{error}");
    }
}
