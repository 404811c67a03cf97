//! Assets, headers, and what a hostile or broken request gets.

use crate::house::{HOST, House};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use yichuang_testkit::db_test;

db_test!(a_page_is_small_and_says_what_the_browser_may_do_with_it, async |db| {
    let house = House::open(&db).await;
    let page = house.get("", "/sign-in").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(
        !page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains(" onclick=")
    );
    let paths: Vec<&str> = page.body.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(paths.len(), 5, "{paths:?}");
    for path in paths {
        let plain = house.get("", path).await;
        assert_eq!(plain.status, StatusCode::OK);
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        let request = Request::get(path).header(header::ACCEPT_ENCODING, "br, gzip;q=1.0");
        let packed = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.length < plain.length, "{path}");
    }
    assert_eq!(house.get("", "/assets/desk.0000000000000000.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("", "/assets/..%2f..%2fCargo.toml").await.status, StatusCode::NOT_FOUND);
});

db_test!(what_no_page_of_ours_sent_is_not_done, async |db| {
    let house = House::open(&db).await;
    for origin in [
        None,
        Some("http://evil.test"),
        Some("null"),
        Some("yichuang.test"),
        Some("http://yichuang.test.evil"),
    ] {
        let mut request = Request::post("/sign-in/demo").header(header::HOST, HOST);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = house.send(request.body(Body::from("account=2011")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
        assert!(answer.header("set-cookie").is_empty() && answer.body.contains("不是从本平台的页面提交的"));
    }
});

db_test!(what_cannot_be_read_is_refused_and_said_plainly, async |db| {
    let house = House::open(&db).await;
    let send = async |kind: &str, body: String| {
        let request = Request::post("/sign-in").header(header::HOST, HOST);
        let request =
            request.header(header::ORIGIN, format!("http://{HOST}")).header(header::CONTENT_TYPE, kind);
        house.send(request.body(Body::from(body)).unwrap()).await.status
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(send(form, "account=a".into()).await, StatusCode::BAD_REQUEST, "a field is missing");
    assert_eq!(send("application/json", "{}".into()).await, StatusCode::BAD_REQUEST);
    assert_eq!(
        send(form, format!("account={}", "a".repeat(300 * 1024))).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let missing = house.get("", "/nothing/here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!("no_page", missing.page());
    assert_eq!(house.get("", "/healthz").await.body, "ok\n");
    assert_eq!(house.get("", "/readyz").await.body, r#"{"ready":true,"unready":[]}"#);
});
