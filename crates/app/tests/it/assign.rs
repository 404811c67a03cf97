//! Claims, deputies, opinions and the ledger: what is kept of them, and that two at once are one.

use crate::centre::Centre;
use crate::stories::{approve_all, issue_and_deliver};
use yichuang_app::case::Seen;
use yichuang_app::worklist::{List, desk};
use yichuang_app::{approve, assign, intake, ledger};
use yichuang_domain::RefusalCode;
use yichuang_domain::id::StaffId;
use yichuang_domain::permission::{Actor, Post};
use yichuang_domain::time::{Date, days_after};
use yichuang_testkit::db_test;

async fn listed(centre: &Centre, actor: &Actor, list: List) -> usize {
    desk(&centre.app, &centre.ctx(actor.clone()), list, None, 20).await.expect("a desk").lines.len()
}

db_test!(two_who_claim_at_once_are_one_claim, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    let accepted = intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received)).await;
    let seen = Seen::from(&accepted.expect("accepted"));
    let [one, other] = [2011, 2012].map(|id| centre.app.organisation().actor(StaffId(id)).expect("staffed"));
    let (first, second) = (centre.ctx(one.clone()), centre.ctx(other.clone()));
    let (first, second) =
        tokio::join!(assign::claim(&centre.app, &first, seen), assign::claim(&centre.app, &second, seen));
    let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
    won.expect("one has it");
    let code = lost.expect_err("the other has not").refusal().map(|refusal| refusal.code);
    assert_eq!(code, Some(RefusalCode::ClaimedByOther), "and is told so, not that his page is old");
    let holder = centre.case(received.case).await.branch("scjgj").and_then(|branch| branch.claim);
    let (mine, theirs) = if holder == Some(StaffId(2011)) { (one, other) } else { (other, one) };
    assert_eq!(
        (listed(&centre, &mine, List::Mine).await, listed(&centre, &theirs, List::Mine).await),
        (1, 0)
    );
    assert_eq!(listed(&centre, &theirs, List::Unclaimed).await, 0);
    let done = approve::examine(&centre.app, &centre.ctx(mine.clone()), seen, "同意").await;
    done.expect("a page opened before the claim is still good");
    assert_eq!(listed(&centre, &mine, List::Mine).await, 0, "the next step is another's");
    centre.assert_replays(received.case).await;
});

db_test!(a_deputy_stands_in_from_the_first_day_to_the_last, async |db| {
    let mut centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    intake::accept_case(&centre.app, &centre.ctx(clerk), Seen::from(&received)).await.expect("accepted");
    let [one, other] = [2011, 2012].map(|id| centre.app.organisation().actor(StaffId(id)).expect("staffed"));
    let seen = centre.seen(received.case).await;
    assign::claim(&centre.app, &centre.ctx(one.clone()), seen).await.expect("claimed");
    let (from, to) = (days_after(centre.today, 1), days_after(centre.today, 2));
    let pair = (StaffId(2011), StaffId(2012));
    assign::set_cover(&centre.app, &centre.ctx(other.clone()), pair, (from, to)).await.expect("set");
    let begin = centre.today;
    for (day, stands_in) in [(0, false), (1, true), (2, true), (3, false)] {
        centre.today = days_after(begin, day);
        assert_eq!(listed(&centre, &other, List::Covered).await, usize::from(stands_in), "day {day}");
    }
    centre.today = from;
    let seen = centre.seen(received.case).await;
    approve::examine(&centre.app, &centre.ctx(other.clone()), seen, "同意").await.expect("he stands in");
    let cover = assign::covers(&centre.app, &centre.ctx(other.clone())).expect("listed").remove(0);
    assign::end_cover(&centre.app, &centre.ctx(one), cover.id).await.expect("ended");
    assert!(assign::covers(&centre.app, &centre.ctx(other)).expect("listed").is_empty());
});

db_test!(what_is_handed_out_stands_in_the_ledger_of_its_site, async |db| {
    let centre = Centre::open(db.store()).await;
    let clerk = centre.food_clerk().await;
    let received = centre.receive(&clerk, &[]).await;
    intake::accept_case(&centre.app, &centre.ctx(clerk.clone()), Seen::from(&received))
        .await
        .expect("accepted");
    approve_all(&centre, received.case).await;
    let asked = ledger::Asked { from: Date::constant(2026, 9, 1), to: Date::constant(2026, 9, 1), way: None };
    let lines = async |actor: &Actor| {
        ledger::page(&centre.app, &centre.ctx(actor.clone()), &asked, 10).await.expect("a ledger").0
    };
    assert!(lines(&clerk).await.is_empty());
    issue_and_deliver(&centre, received.case, &clerk).await;
    let found = lines(&clerk).await;
    assert_eq!((found.len(), found[0].case_no.as_str()), (1, received.case_no.as_str()));
    assert_eq!((found[0].way, found[0].receiver), (ledger::Way::Window, "申请人本人"));
    let elsewhere = centre.app.organisation();
    let elsewhere = elsewhere.staff.values().find(|member| {
        member.post == Post::Intake && member.site.as_deref().is_some_and(|site| site != "jb")
    });
    let stranger = centre.app.organisation().actor(elsewhere.expect("another site").id).expect("an actor");
    assert!(lines(&stranger).await.is_empty(), "another site has its own");
});
