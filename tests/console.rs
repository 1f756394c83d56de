//! The page in a real browser, and the doors that stay shut.

mod support;

use serde_json::json;
use support::{Browser, House, Phone};

#[test]
fn a_supervisor_sees_a_call_live_and_hears_it_again() {
    let house = House::with_seats(1);
    let password = house.add_person("wang", "supervisor");
    let engine = house.start();
    let _seat = engine.ready_seat(1001, 700);
    let page = Browser::open();
    page.go(&format!("http://{}/", engine.http));
    page.fill("input[name=name]", "wang");
    page.fill("input[name=password]", &password);
    page.click("button[type=submit]");
    page.find(".seat[data-seat=ready]");

    let caller = Phone::caller("13800008888", 1_000);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    page.find(".seat[data-seat=talking]");
    page.find("td[data-end=running]");
    caller.talks_for(std::time::Duration::from_secs(2));
    caller.hang_up();
    let closed = engine.events.wait_for("RecordingClosed");
    page.find("td[data-end=caller_hung_up]");

    // The recording plays in its row: the browser knows how long it is.
    page.click("button[aria-expanded=false]");
    page.find("audio");
    let seconds = page.run(
        "const audio = document.querySelector('audio');\
         return new Promise((known, failed) => {\
           audio.onloadedmetadata = () => known(audio.duration);\
           audio.onerror = () => failed(audio.error.message);\
           audio.load();\
         });",
    );
    let length = closed["of"]["length_ms"].as_f64().unwrap() / 1_000.0;
    assert!((seconds.as_f64().unwrap() - length).abs() < 0.2, "{seconds} against {length}");
    let heard = engine.events.wait_for("RecordingHeard");
    assert_eq!(heard["of"]["by"], "wang");
}

#[test]
fn a_wrong_password_opens_nothing() {
    let house = House::with_seats(1);
    house.add_person("wang", "supervisor");
    let engine = house.start();
    let page = Browser::open();
    page.go(&format!("http://{}/", engine.http));
    page.fill("input[name=name]", "wang");
    page.fill("input[name=password]", "not-the-password");
    page.click("button[type=submit]");
    page.find(".problem:not(:empty)");
    assert_ne!(page.text(".problem"), "");
    let refused = engine.events.wait_for("PersonRefused");
    assert_eq!(refused["of"]["account"], "wang");
    assert_eq!(page.run("return document.querySelectorAll('.board').length"), 0);
}

#[test]
fn without_a_token_the_api_tells_nobody_anything() {
    let house = House::with_seats(1);
    let engine = house.start();
    for token in [None, Some("not-a-token")] {
        let nobody = engine.api_as(token);
        for path in ["calls", "queues", "seats", "tickets", "recordings", "events", "wallboard"] {
            assert_eq!(nobody.get(&format!("/api/v1/{path}")).status, 401, "{path}");
        }
        let answer = nobody.post("/api/v1/seats/1001/login", &json!({}));
        assert_eq!(answer.status, 401);
    }
    assert_eq!(engine.api_as(None).get("/healthz").status, 200);
    assert_eq!(engine.api_as(None).get("/readyz").status, 200);
    assert!(engine.api.get("/metrics").text().contains("heartline_"), "metrics have our name");
}

#[test]
fn an_agent_sees_the_floor_and_hears_no_recordings() {
    let house = House::with_seats(1);
    house.add_person("li", "agent");
    let token = house.token("li");
    let engine = house.start();
    let agent = engine.api_as(Some(&token));
    assert_eq!(agent.get("/api/v1/seats").status, 200);
    assert_eq!(agent.get("/api/v1/recordings").status, 403);
}
