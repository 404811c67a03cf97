//! A double click, a retried request, a stale page: one act, one answer, nothing lost.

use crate::centre::Centre;
use yichuang_app::case::Seen;
use yichuang_app::{AppError, Ctx, approve, intake};
use yichuang_domain::RefusalCode;
use yichuang_domain::permission::Post;
use yichuang_storage::CommitError;
use yichuang_testkit::db_test;

db_test!(the_same_act_twice_is_one_act, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let form = centre.form(crate::centre::FOOD, &["cy", "fzd", "br"], &[]).await;
    let ctx = centre.ctx(clerk.clone());
    let clicks = (0..8).map(|_| intake::receive_case(&centre.app, &ctx, form.clone()));
    let answers: Vec<_> =
        futures_util::future::join_all(clicks).await.into_iter().map(|a| a.expect("answered")).collect();
    assert!(answers.iter().all(|answer| answer.case == answers[0].case));
    assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
    let mut other = form.clone();
    other.materials.pop();
    let differs = intake::receive_case(&centre.app, &ctx, other).await;
    assert!(matches!(differs, Err(AppError::Commit(CommitError::ActDiffers))), "{differs:?}");
});

db_test!(a_retry_with_a_free_text_is_the_same_act, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let accepted =
        intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let ctx = centre.ctx(centre.at("scjgj", Post::Examiner));
    let first =
        approve::examine(&centre.app, &ctx, Seen::from(&accepted), "材料齐全").await.expect("examined");
    let again = approve::examine(&centre.app, &ctx, Seen::from(&accepted), "材料齐全")
        .await
        .expect("the same answer");
    assert_eq!((first.version, again.version, again.repeated), (3, 3, true));
    let other = approve::examine(&centre.app, &ctx, Seen::from(&accepted), "材料不齐").await;
    assert!(matches!(other, Err(AppError::Commit(CommitError::ActDiffers))));
});

db_test!(two_people_on_one_case_the_second_is_told, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let accept = |ctx: Ctx| {
        let app = centre.app.clone();
        let seen = Seen::from(&received);
        async move { intake::accept_case(&app, &ctx, seen).await }
    };
    let both = [accept(centre.ctx(clerk.clone())), accept(centre.ctx(clerk.clone()))];
    let answers = futures_util::future::join_all(both).await;
    let refused: Vec<_> =
        answers.iter().filter_map(|a| a.as_ref().err()).filter_map(AppError::refusal).collect();
    assert_eq!(refused.iter().map(|r| r.code).collect::<Vec<_>>(), [RefusalCode::StaleVersion]);
    centre.assert_replays(received.case).await;
});
