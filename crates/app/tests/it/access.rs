//! Sign-in, lock-out, sessions, passwords and the second factor, on both engines.

use crate::centre::Centre;
use yichuang_app::access::session::{First, Session, look, sign_out};
use yichuang_app::access::{Policy, SignIn, accounts, demo, permit, sign_in, sign_in_to_demo, trail};
use yichuang_app::{AppError, Ctx, marks};
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Action, Actor, Post, Scope};
use yichuang_domain::time::Instant;
use yichuang_testkit::db_test;

/// An examiner of the demo data.
const EXAMINER: &str = "2011";
const MINUTE: i64 = 60_000;

fn typed(account: &str, password: &str, code: &str) -> SignIn {
    SignIn { account: account.into(), password: password.into(), code: code.into() }
}

async fn demo_centre(store: yichuang_storage::Store) -> (Centre, Instant) {
    let centre = Centre::open(store).await;
    let at = Instant::at(centre.today, 9, 0);
    marks::mark_made_by(&centre.app, marks::DEMO).await.unwrap();
    demo::open_accounts(&centre.app, at).await.unwrap();
    (centre, at)
}

async fn why(centre: &Centre, at: Instant, token: &str) -> String {
    match look(&centre.app, at, token, true).await.unwrap() {
        Session::Open(_) => "open".into(),
        Session::Ended(why) => why,
        Session::None => "none".into(),
    }
}

/// What is on record of an account, in order.
async fn record(centre: &Centre, account: &str) -> Vec<String> {
    let auditor = Ctx::new(centre.at("zwb", Post::AuditAdministrator), Instant::at(centre.today, 23, 0), "x");
    let rows = trail(&centre.app, &auditor, (0, 0), 1000).await.unwrap();
    let subject = format!("account/{account}");
    rows.into_iter().filter(|row| row.subject == subject).map(|row| row.kind).collect()
}

db_test!(a_session_opens_ends_when_idle_and_when_the_account_signs_in_elsewhere, async |db| {
    let (centre, at) = demo_centre(db.store()).await;
    let app = &centre.app;
    let right = typed(EXAMINER, demo::PASSWORD, "");
    let first = sign_in(app, at, &right).await.unwrap().expect("signed in");
    let Session::Open(viewer) = look(app, at, &first.token, true).await.unwrap() else { panic!("open") };
    assert_eq!((viewer.post, viewer.first, viewer.account.as_str()), (Post::Examiner, None, EXAMINER));
    let idle = i64::from(Policy::on(centre.today).idle) * MINUTE;
    assert_eq!(why(&centre, at.plus(idle - 1), &first.token).await, "open", "and used at that moment");
    assert_eq!(why(&centre, at.plus(2 * idle - 2), &first.token).await, "open");
    let gone = why(&centre, at.plus(4 * idle), &first.token).await;
    assert!(gone.contains("15 分钟没有操作"), "{gone}");
    let second = sign_in(app, at.plus(idle), &right).await.unwrap().expect("signed in");
    assert!(second.elsewhere && second.token != first.token);
    assert!(why(&centre, at.plus(idle), &first.token).await.contains("另一处登录"));
    let longest = i64::from(Policy::on(centre.today).longest) * MINUTE;
    let mut now = at.plus(idle);
    while now.0 < at.0 + idle + longest {
        assert_eq!(why(&centre, now, &second.token).await, "open");
        now = now.plus(idle - 1);
    }
    assert!(why(&centre, now, &second.token).await.contains("最长时间"));
    sign_out(app, at.plus(idle), &viewer).await.unwrap();
    assert_eq!(why(&centre, at.plus(idle), &second.token).await, "已退出登录。");
    assert_eq!(why(&centre, at, "made up").await, "none");
    assert_eq!(record(&centre, EXAMINER).await, ["account_opened", "signed_in", "signed_in", "signed_out"]);
});

db_test!(five_failures_lock_an_account_and_nobody_is_told_which_part_was_wrong, async |db| {
    let (centre, at) = demo_centre(db.store()).await;
    let app = &centre.app;
    let policy = Policy::on(centre.today);
    let (wrong, right) = (typed(EXAMINER, "wrong", ""), typed(EXAMINER, demo::PASSWORD, ""));
    for failure in 1..policy.failures {
        assert!(sign_in(app, at, &wrong).await.unwrap().is_none(), "{failure}");
    }
    // Within the window it takes one more; after it they are forgotten.
    let later = at.plus(i64::from(policy.window) * MINUTE);
    assert!(sign_in(app, later, &wrong).await.unwrap().is_none());
    assert!(sign_in(app, later, &right).await.unwrap().is_some());
    for _ in 0..policy.failures {
        assert!(sign_in(app, later, &wrong).await.unwrap().is_none());
    }
    assert!(sign_in(app, later, &right).await.unwrap().is_none(), "locked, even with the right password");
    let lock = i64::from(policy.lock) * MINUTE;
    assert!(sign_in(app, later.plus(lock - 1), &right).await.unwrap().is_none());
    assert!(sign_in(app, later.plus(lock), &right).await.unwrap().is_some());
    let kinds = record(&centre, EXAMINER).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "account_locked").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "sign_in_failed").count(), 11, "{kinds:?}");
    for nobody in ["nobody", "", "a\u{0}b", &"x".repeat(500)] {
        assert!(sign_in(app, at, &typed(nobody, "wrong", "")).await.unwrap().is_none());
    }
    assert_eq!(record(&centre, "?").await, ["sign_in_failed"; 4], "what was typed is not kept");
});

db_test!(the_security_administrator_unlocks_and_revokes_and_sees_no_case, async |db| {
    let (centre, at) = demo_centre(db.store()).await;
    let app = &centre.app;
    let admin = |act: &str| Ctx::new(centre.at("zwb", Post::SecurityAdministrator), at, act);
    let right = typed(EXAMINER, demo::PASSWORD, "");
    for _ in 0..5 {
        sign_in(app, at, &typed(EXAMINER, "wrong", "")).await.unwrap();
    }
    let listed = accounts::list(app, &admin("l"), "2010", 1).await.unwrap();
    assert_eq!(listed[0].account, EXAMINER);
    assert!(listed[0].locked_until.is_some() && listed[0].signed_in_at.is_none() && listed[0].demo);
    accounts::unlock(app, &admin("u"), EXAMINER).await.unwrap();
    let opened = sign_in(app, at, &right).await.unwrap().expect("unlocked");
    accounts::revoke(app, &admin("r"), EXAMINER).await.unwrap();
    accounts::revoke(app, &admin("r"), EXAMINER).await.unwrap();
    assert!(why(&centre, at, &opened.token).await.contains("安全管理员"));
    let clerk = Ctx::new(centre.at("zwb", Post::Intake), at, "x");
    assert!(matches!(accounts::revoke(app, &clerk, EXAMINER).await, Err(AppError::Forbidden(_))));
    assert!(matches!(accounts::unlock(app, &clerk, EXAMINER).await, Err(AppError::Forbidden(_))));
    assert!(matches!(accounts::list(app, &clerk, "", 1).await, Err(AppError::Forbidden(_))));
    assert!(matches!(trail(app, &admin("t"), (0, 0), 1).await, Err(AppError::Forbidden(_))));
    assert!(permit(&admin("p").actor, Action::ReadCase).is_err());
    assert_eq!(permit(&centre.at("scjgj", Post::Examiner), Action::ReadCase).ok(), Some(Scope::Agency));
    assert!(permit(&Actor::System, Action::ReadCase).is_err());
});

db_test!(an_account_outside_a_demo_needs_a_code_and_a_password_of_its_own, async |db| {
    let centre = Centre::open(db.store()).await;
    let (app, at) = (&centre.app, Instant::at(centre.today, 9, 0));
    demo::open_accounts(app, at).await.unwrap();
    let ctx = |act: &str, at| Ctx::new(Actor::System, at, act);
    let word = accounts::open(app, &ctx("o", at), "chen", StaffId(2011)).await.unwrap();
    let again = accounts::open(app, &ctx("p", at), "other", StaffId(2011)).await;
    assert!(
        matches!(again, Err(AppError::Form(_))),
        "one account for each person, and demo opened none here"
    );
    assert!(sign_in_to_demo(app, at, "chen").await.unwrap().is_none(), "not by one click");
    let opened = sign_in(app, at, &typed("chen", &word, "")).await.unwrap().expect("signed in");
    let Session::Open(viewer) = look(app, at, &opened.token, true).await.unwrap() else { panic!("open") };
    assert_eq!(viewer.first, Some(First::Factor));
    let shown = accounts::enrol(&viewer, None).unwrap();
    assert_eq!(accounts::enrol(&viewer, Some(&shown.secret)).unwrap(), shown);
    let wrong = accounts::set_factor(app, &ctx("f", at), &viewer, &shown.secret, "000000").await;
    assert!(matches!(wrong, Err(AppError::Form(_))));
    let code = |at| accounts::code_of(&shown.secret, at).unwrap();
    accounts::set_factor(app, &ctx("g", at), &viewer, &shown.secret, &code(at)).await.unwrap();
    let Session::Open(viewer) = look(app, at, &opened.token, true).await.unwrap() else { panic!("open") };
    assert_eq!(viewer.first, Some(First::Password), "the first password is for once");
    let change = async |act: &str, old: &str, new: &str| {
        accounts::change_password(app, &ctx(act, at), &viewer, old, new).await
    };
    assert!(matches!(change("1", "not it", "Abcdef-2026").await, Err(AppError::Form(_))));
    assert!(matches!(change("2", &word, "short").await, Err(AppError::Form(faults)) if faults.len() == 2));
    assert!(matches!(change("3", &word, &word).await, Err(AppError::Form(_))), "one used before");
    change("4", &word, "Abcdef-2026").await.unwrap();
    assert!(why(&centre, at, &opened.token).await.contains("新密码"));
    let next = at.plus(30_000);
    let used = typed("chen", "Abcdef-2026", &code(at));
    assert!(sign_in(app, next, &used).await.unwrap().is_none(), "a code is used once");
    assert!(sign_in(app, next, &typed("chen", "Abcdef-2026", "")).await.unwrap().is_none());
    let opened = sign_in(app, next, &typed("chen", "Abcdef-2026", &code(next))).await.unwrap().expect("in");
    let Session::Open(viewer) = look(app, next, &opened.token, true).await.unwrap() else { panic!("open") };
    assert_eq!(viewer.first, None);
    let days = i64::from(Policy::on(centre.today).days);
    let last = next.plus(days * 24 * 60 * MINUTE);
    let opened = sign_in(app, last, &typed("chen", "Abcdef-2026", &code(last))).await.unwrap().expect("in");
    let Session::Open(viewer) = look(app, last, &opened.token, true).await.unwrap() else { panic!("open") };
    assert_eq!(viewer.first, None, "the last day");
    let over = last.plus(24 * 60 * MINUTE);
    let opened = sign_in(app, over, &typed("chen", "Abcdef-2026", &code(over))).await.unwrap().expect("in");
    let Session::Open(viewer) = look(app, over, &opened.token, true).await.unwrap() else { panic!("open") };
    assert_eq!(viewer.first, Some(First::Password), "the day after");
});

db_test!(every_member_of_staff_of_a_demo_has_an_account, async |db| {
    let (centre, at) = demo_centre(db.store()).await;
    centre.food_clerk().await;
    demo::open_accounts(&centre.app, at).await.unwrap();
    let accounts = demo::accounts(&centre.app).await.unwrap();
    assert_eq!(accounts.len(), centre.app.organisation().staff.len());
    let sitting: Vec<_> = accounts.iter().filter(|account| !account.window.is_empty()).collect();
    assert_eq!(sitting.len(), 1);
    assert_eq!(
        (sitting[0].role, sitting[0].kind.as_str(), sitting[0].site.as_str()),
        (Post::Intake, "scjg", "jb")
    );
    let roles = demo::roles(&centre.app).await.unwrap();
    assert!(roles.windows(2).all(|pair| pair[0].role < pair[1].role), "one each, in order");
    assert!(sign_in_to_demo(&centre.app, at, &roles[0].account).await.unwrap().is_some());
});
