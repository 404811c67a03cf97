//! One open session per window and per person.

use crate::centre::Centre;
use yichuang_app::{AppError, windows};
use yichuang_domain::id::StaffId;
use yichuang_testkit::db_test;

db_test!(a_window_has_one_clerk_and_a_clerk_one_window, async |db| {
    let centre = Centre::open(db.store()).await;
    let organisation = centre.app.organisation();
    let code = |n: usize| organisation.sites["jb"].windows[n].code.clone();
    let clerk = |n: i64| organisation.actor(StaffId(1000 + n)).expect("a clerk");
    windows::open_window(&centre.app, &centre.ctx(clerk(1)), &code(0)).await.expect("opens");
    for (person, window) in [(2, code(0)), (1, code(1))] {
        let refused = windows::open_window(&centre.app, &centre.ctx(clerk(person)), &window).await;
        assert!(matches!(refused, Err(AppError::Form(_))), "{refused:?}");
    }
    windows::close_window(&centre.app, &centre.ctx(clerk(1))).await.expect("closes");
    windows::open_window(&centre.app, &centre.ctx(clerk(2)), &code(0)).await.expect("free again");
});
