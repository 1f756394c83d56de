//! Health, measurements, headers, and limits of requests and streams.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use console::{Limits, Options, Proxies};
use futures_util::{StreamExt, stream};

use crate::engine::{Client, Engine};

#[tokio::test]
async fn engine_that_cannot_take_calls_is_alive_and_not_ready() {
    let engine = Engine::new();
    *engine.ready.lock().unwrap() = Err("the log cannot be written".into());
    let client = Client::new(&engine);
    assert_eq!(client.get("/healthz").await.status, StatusCode::OK);
    let answer = client.get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["detail"], "the log cannot be written");
    *engine.ready.lock().unwrap() = Ok(());
    assert_eq!(client.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn measurements_need_loopback_or_a_token() {
    let engine = Engine::new();
    let mut client = Client::new(&engine);
    assert_eq!(client.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Client::of(&engine, "wang").get("/metrics").await.status, StatusCode::OK);
    client.from = [127, 0, 0, 1].into();
    assert_eq!(client.get("/metrics").await.body, b"heartline_calls 3\n");
    let proxied = client.with("x-forwarded-for", "192.0.2.7");
    assert_eq!(proxied.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn measurements_behind_a_local_proxy_need_a_token() {
    let engine = Engine::new();
    let network = model::IpNetwork::host([127, 0, 0, 1].into());
    let proxies = Proxies { networks: vec![network], ..Proxies::default() };
    let mut client = Client::with_options(&engine, Options { proxies, ..Options::default() });
    client.from = [127, 0, 0, 1].into();
    assert_eq!(client.get("/metrics").await.status, StatusCode::OK);
    for forwarded in ["192.0.2.7", "127.0.0.1", "", "nonsense"] {
        let client = client.beside().with("x-forwarded-for", forwarded);
        assert_eq!(client.get("/metrics").await.status, StatusCode::UNAUTHORIZED, "{forwarded}");
    }
}

#[tokio::test]
async fn every_answer_has_security_headers() {
    let engine = Engine::new();
    for path in ["/", "/healthz", "/api/v1/me", "/nothing"] {
        let answer = Client::new(&engine).get(path).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("default-src 'self'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(answer.header(header::REFERRER_POLICY), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn page_is_served_before_log_in() {
    let engine = Engine::new();
    let client = Client::new(&engine);
    let page = client.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
    let tag = page.header(header::ETAG).to_owned();
    let again = client.with("if-none-match", &tag).get("/").await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let hotline = Client::new(&engine).get("/api/v1/hotline").await.json();
    assert_eq!(hotline["hotline"], "Heartline");
}

#[tokio::test]
async fn address_of_a_view_opens_the_page_and_other_addresses_do_not() {
    let engine = Engine::new();
    let html = Client::new(&engine).with("accept", "text/html,application/xhtml+xml");
    let page = html.get("/").await;
    for path in ["/tasks", "/tasks/dispatch", "/tickets/2026112200001", "/floor"] {
        let view = html.get(path).await;
        assert_eq!((view.status, &view.body), (StatusCode::OK, &page.body), "{path}");
        assert_eq!(view.header(header::CACHE_CONTROL), "no-cache", "{path}");
    }
    for path in ["/api/v1/nothing", "/assets/nothing", "/nothing.js", "/hooks/x/y"] {
        assert_eq!(html.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A program that does not ask for HTML learns that there is nothing.
    assert_eq!(Client::new(&engine).get("/floor").await.status, StatusCode::NOT_FOUND);
    assert_ne!(html.post("/floor", "{}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn body_larger_than_any_command_is_refused() {
    let engine = Engine::new();
    let body = " ".repeat(65 * 1024);
    let answer = Client::of(&engine, "wang").post("/api/v1/seats/1002/ready", &body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["code"], "too_large");
    assert_eq!(engine.commands(), []);
}

#[tokio::test]
async fn streams_of_one_account_leave_room_for_others() {
    let engine = Engine::new();
    let limits = Limits { streams: 5, streams_per_account: 3, ..Limits::default() };
    let li = Client::with_options(&engine, Options { limits, ..Options::default() });
    let wang = li.beside().with("authorization", "Bearer token-of-wang");
    let li = li.with("authorization", "Bearer token-of-li");
    let live = "/api/v1/wallboard/live";
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(li.open(Method::GET, live, "").await);
    }
    let refused = li.get(live).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header(header::RETRY_AFTER), "10");
    for _ in 0..2 {
        open.push(wang.open(Method::GET, live, "").await);
        assert_eq!(open.last().unwrap().status(), StatusCode::OK);
    }
    assert_eq!(wang.get(live).await.status, StatusCode::TOO_MANY_REQUESTS, "there are five in all");
    open.clear();
    assert_eq!(li.open(Method::GET, live, "").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn requests_of_one_account_leave_room_for_others() {
    let engine = Engine::new();
    let limits = Limits { requests_per_account: 2, ..Limits::default() };
    let nobody = Client::with_options(&engine, Options { limits, ..Options::default() });
    let wang = nobody.beside().with("authorization", "Bearer token-of-wang");
    let li = nobody.beside().with("authorization", "Bearer token-of-li");
    let live = "/api/v1/wallboard/live";
    let open = [li.open(Method::GET, live, "").await, li.open(Method::GET, live, "").await];
    let refused = li.get("/api/v1/me").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["code"], "too_many");
    assert_eq!(wang.get("/api/v1/me").await.status, StatusCode::OK);
    assert_eq!(nobody.get("/healthz").await.status, StatusCode::OK);
    drop(open);
    assert_eq!(li.get("/api/v1/me").await.status, StatusCode::OK);
}

/// A body that stops after this part.
fn unfinished(begun: &'static [u8]) -> Body {
    let begun = stream::iter([Ok::<_, std::io::Error>(begun)]);
    Body::from_stream(begun.chain(stream::pending()))
}

#[tokio::test(start_paused = true)]
async fn unfinished_webhook_requests_leave_room_for_people() {
    let engine = Engine::new();
    let limits = Limits { machines: 5, requests_per_address: 3, ..Limits::default() };
    let options = Options { limits, hooks: crate::hooks::hooks(), ..Options::default() };
    let client = Client::with_options(&engine, options);
    let from = |last: u8| {
        let mut client = client.beside();
        client.from = [203, 0, 113, last].into();
        client
    };
    let waits = |client: Client| {
        tokio::spawn(async move {
            client.send(Method::POST, "/hooks/wechat", unfinished(b"{")).await.status()
        })
    };
    let first = [1, 1, 2, 2, 3].map(|host| waits(from(host)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    // One address may have a quarter of the limit, and all together the whole.
    assert_eq!(from(1).post("/hooks/wechat", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(from(4).post("/hooks/wechat", "").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let mut person = from(2);
    assert_eq!(person.log_in("li", "agent-pass").await.status, StatusCode::OK);
    for stalled in first {
        assert_eq!(stalled.await.unwrap(), StatusCode::REQUEST_TIMEOUT);
    }
    assert_eq!(from(4).post("/hooks/wechat", "").await.status, StatusCode::UNAUTHORIZED);
}

/// A PDF that comes in pieces with pauses.
fn pieces(count: usize, bytes: usize, pause: Duration) -> Body {
    Body::from_stream(stream::unfold(0, move |n| async move {
        if n == count {
            return None;
        }
        tokio::time::sleep(pause).await;
        let mut piece = vec![b'x'; bytes];
        if n == 0 {
            piece[..5.min(bytes)].copy_from_slice(&b"%PDF-"[..5.min(bytes)]);
        }
        Some((Ok::<_, std::io::Error>(piece), n + 1))
    }))
}

#[tokio::test(start_paused = true)]
async fn upload_that_makes_progress_may_take_minutes() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let upload = pieces(100, 200 * 1024, Duration::from_secs(1));
    let answer = wang.send(Method::POST, "/api/v1/attachments", upload).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
}

#[tokio::test(start_paused = true)]
async fn upload_that_stands_still_is_refused() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let began = tokio::time::Instant::now();
    let still = wang.send(Method::POST, "/api/v1/attachments", unfinished(b"%PDF-1.7")).await;
    assert_eq!(still.status(), StatusCode::REQUEST_TIMEOUT);
    // A byte a second is not enough progress.
    let drips = pieces(1_000, 1, Duration::from_secs(1));
    let drips = wang.send(Method::POST, "/api/v1/attachments", drips).await;
    assert_eq!(drips.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(drips.headers()[header::CONNECTION], "close");
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!(engine.files.lock().unwrap().len(), 0);
}
