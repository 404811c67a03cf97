//! Files through the use cases: kept once, with the type they were given first, refused where they make no sense.

use crate::centre::Centre;
use yichuang_app::files::{self, FilesError, FilesPlace, Swept};
use yichuang_app::{Ctx, files::open};
use yichuang_domain::permission::Actor;
use yichuang_domain::time::Instant;
use yichuang_storage::CommitError;
use yichuang_testkit::db_test;

const AT: Instant = Instant(1_790_000_000_000);

fn ctx(act: &str) -> Ctx {
    Ctx::new(Actor::System, AT, act)
}

db_test!(a_file_is_kept_by_its_content, async |db| {
    let centre = Centre::open(db.store()).await;
    let app = &centre.app;
    let folder = tempfile::tempdir().expect("a folder");
    let place = FilesPlace::Folder(folder.path().join("files"));
    assert!(files::open_to_read(app, &place).await.expect("asked").is_none(), "none yet, and none made");
    assert!(!folder.path().join("files").exists());
    let store = open(app, &place, AT).await.expect("opens");
    let kept = files::keep(app, &store, &ctx("1"), b"%PDF", "application/pdf").await.expect("kept");
    assert_eq!((kept.size, kept.media.as_str(), kept.at), (4, "application/pdf", AT.0));
    // The same request again, and the same content under another name.
    assert_eq!(files::keep(app, &store, &ctx("1"), b"%PDF", "application/pdf").await.expect("again"), kept);
    assert_eq!(files::keep(app, &store, &ctx("2"), b"%PDF", "text/plain").await.expect("the same"), kept);
    // Another content by the same act is not the same request.
    let error = files::keep(app, &store, &ctx("1"), b"other", "application/pdf").await.expect_err("differs");
    assert!(matches!(error, FilesError::Database(CommitError::ActDiffers)), "{error}");
    let (row, bytes) = files::read(app, &store, &kept.sm3).await.expect("read").expect("there");
    assert_eq!((row, bytes.as_slice()), (kept, b"%PDF".as_slice()));
    assert_eq!(files::read(app, &store, "none").await.expect("read"), None);
    for media in ["", "pdf", "/pdf", "text/", "text/\u{7}"] {
        let error = files::keep(app, &store, &ctx("3"), b"x", media).await.expect_err("no media type");
        assert!(matches!(error, FilesError::Media(_)), "{error}");
    }
    // What came to nothing goes a day later, and not before.
    let report = files::check(app, &store, true).await.expect("checked");
    assert_eq!((report.files, report.missing, report.damaged, report.orphans), (1, 0, 0, 1));
    let ago = files::sweep(app, &store, AT).await.expect("swept");
    assert_eq!(ago, Swept::default(), "written after that day");
    let later = Instant(i64::MAX / 2);
    assert_eq!(files::sweep(app, &store, later).await.expect("swept"), Swept { objects: 1, bytes: 5 });
    assert!(files::open_to_read(app, &place).await.expect("asked").is_some());
});
