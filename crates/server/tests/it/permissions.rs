//! `docs/permissions.tsv` against the table in the code, against the router, and against what each post gets.

use crate::house::House;
use axum::http::StatusCode;
use yichuang_domain::permission::{Action, Post};
use yichuang_server::{Door, routes};
use yichuang_testkit::db_test;

const KEPT: &str = include_str!("../../../../docs/permissions.tsv");

/// A form by which nothing is done: version, draft and window are none that anybody has seen.
const NOTHING: [(&str, &str); 5] =
    [("act", "none"), ("version", "9999"), ("account", "nobody"), ("draft", "none"), ("window", "none")];

/// Rows: method, path, action, and a cell for each post.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    KEPT.lines().skip(1).map(|line| line.split('\t').collect())
}

db_test!(every_route_has_a_row_and_every_cell_is_what_the_table_says, async |db| {
    let house = House::open(&db).await;
    let head: Vec<&str> = KEPT.lines().next().expect("a head").split('\t').skip(3).collect();
    let posts: Vec<String> = Post::ALL
        .iter()
        .map(|post| serde_json::to_value(post).unwrap().as_str().unwrap().to_owned())
        .collect();
    assert_eq!(head, posts, "a column for each post");
    let kept: Vec<(&str, &str)> = rows().map(|row| (row[0], row[1])).collect();
    let there = routes(&house.server);
    let named: Vec<(&str, &str)> = there.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(kept, named, "a row for each route");
    for (row, route) in rows().zip(&there) {
        for (post, cell) in Post::ALL.into_iter().zip(&row[3..]) {
            let (action, expected) = match route.door {
                Door::Open => ("open", "all"),
                Door::SignedIn => ("signed_in", "all"),
                Door::For(action) => (action.word(), action.scope(post).map_or("-", |scope| scope.word())),
            };
            assert_eq!((row[2], *cell), (action, expected), "{} {} {post:?}", route.method, route.path);
        }
    }
    for action in Action::ALL {
        assert!(there.iter().any(|route| route.door == Door::For(*action)), "{} has no page", action.word());
    }
});

db_test!(each_post_gets_in_where_its_cell_says_so_and_nowhere_else, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    for (column, post) in Post::ALL.into_iter().enumerate() {
        let who = house.sign_in(&house.account(post)).await;
        for row in rows().filter(|row| !matches!(row[2], "open" | "signed_in")) {
            let path = row[1].replace("{case_no}", &case.case_no);
            let answer = match row[0] {
                "GET" => house.get(&who, &path).await,
                // Nothing is done by it: the version is one nobody has seen.
                _ => house.post(&who, &path, &NOTHING).await,
            };
            let (row, cell) = (format!("{} {path} {post:?}", row[0]), row[3 + column]);
            match cell {
                "-" => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{row}"),
                _ => assert!(
                    !matches!(
                        answer.status,
                        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED | StatusCode::SEE_OTHER
                    ) && !answer.status.is_server_error(),
                    "{row}: {}",
                    answer.status
                ),
            }
        }
    }
    for row in rows().filter(|row| row[2] != "open") {
        let path = row[1].replace("{case_no}", &case.case_no);
        let answer = match row[0] {
            "GET" => house.get("", &path).await,
            _ => house.post("", &path, &[]).await,
        };
        match row[0] {
            "GET" => assert_eq!(answer.to(), "/sign-in", "{path}"),
            _ => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}"),
        }
        assert!(!answer.body.contains(&case.case_no));
    }
});

db_test!(nobody_learns_of_a_case_of_another_unit, async |db| {
    let house = House::open(&db).await;
    let clerk = house.clerk().await;
    let case = house.accepted(&clerk, "case").await;
    let (page, search) = (format!("/cases/{}", case.case_no), format!("/cases?no={}", case.case_no));
    let organisation = house.server.app.organisation();
    let elsewhere = |post: Post| {
        let others = organisation.staff.values().filter(|member| member.post == post);
        let away = others.filter(|member| {
            member.agency != "scjgj"
                && member.site.as_deref().is_none_or(|site| site != "jb" || post == Post::Examiner)
        });
        away.map(|member| member.id.to_string()).next()
    };
    let strangers = [Post::Examiner, Post::AgencyHead, Post::DutyManager, Post::Intake].map(elsewhere);
    assert!(strangers.iter().all(Option::is_some), "{strangers:?}");
    for stranger in strangers.into_iter().flatten() {
        let who = house.sign_in(&stranger).await;
        let there = house.get(&who, &page).await;
        let nothing = house.get(&who, "/cases/JB20260901999999").await;
        assert_eq!((there.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!(
            there.body, nothing.body,
            "{stranger}: the same answer for what is hidden and what is not there"
        );
        assert_eq!(house.get(&who, &search).await.status, StatusCode::NOT_FOUND);
        let listed = house.get(&who, "/desk").await;
        assert!(!listed.body.contains(&case.case_no), "{stranger}");
    }
    let head = house.sign_in("2015").await;
    assert_eq!(house.get(&head, &search).await.to(), page);
    assert_eq!(house.get(&head, &page).await.status, StatusCode::OK);
    for hostile in
        ["/cases/%00", "/cases/%1b%5b", "/cases/a%27%3Bdrop", &format!("/cases/{}", "x".repeat(4000))]
    {
        assert_eq!(house.get(&head, hostile).await.status, StatusCode::NOT_FOUND, "{hostile}");
    }
});
