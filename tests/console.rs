//! The page in a real browser, and requests without rights.

mod support;

use serde_json::json;
use support::{Browser, Engine, Installation, Phone};

#[test]
fn supervisor_sees_a_live_call_and_replays_its_recording() {
    let installation = Installation::with_seats(1);
    let password = installation.add_person("wang", "supervisor");
    let engine = installation.start();
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

    // The recording plays in its row: the browser knows its length.
    page.click(".lists button[aria-expanded=false]");
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

/// The wallboard hangs in public view, on screens of every width, in either language.
#[test]
fn wallboard_masks_callers_and_fits_every_width() {
    let installation = Installation::with_seats(2);
    // The main queue would sort into the middle by name; a caller waits while the test looks.
    installation.edit("queues.toml", |text| {
        let other =
            |name: &str| format!("\n[[queue]]\nname = \"{name}\"\ntitle = \"{name} 咨询\"\n");
        text.replace("ring = \"4s\"", "ring = \"5m\"") + &other("waterworks") + &other("appeals")
    });
    installation.edit("lines.toml", |text| text + "priority = 2\n");
    installation.edit("seats.toml", |text| {
        text.replace("citizens = 1", "citizens = 1, waterworks = 1, appeals = 1")
    });
    let password = installation.add_person("wang", "supervisor");
    let engine = installation.start();
    let seat = engine.slow_seat(1001, 700);
    let first = Phone::caller("13800008888", 1_000);
    first.dial("12345", engine.sip);
    seat.wait_for("CALL_INCOMING");
    let second = Phone::caller("13900007777", 1_300);
    second.dial("12345", engine.sip);

    let page = Browser::open();
    page.go(&format!("http://{}/", engine.http));
    page.fill("input[name=name]", "wang");
    page.fill("input[name=password]", &password);
    page.click("button[type=submit]");
    page.find(".waiters li:nth-child(2)");
    for language in ["zh", "en"] {
        page.run(&format!("localStorage.setItem('heartline.language', '{language}')"));
        page.go(&format!("http://{}/", engine.http));
        for (width, height) in [(1366, 768), (1920, 1080), (390, 844)] {
            page.resize(width, height);
            page.find(".waiters li:nth-child(2)");
            page.find(".chip.ringing");
            let cut_off = page.run(CUT_OFF);
            assert_eq!(cut_off, json!([]), "{language} at {width}");
        }
        let shown = page.text(".queues");
        for number in ["138****8888", "139****7777"] {
            assert!(shown.contains(number), "{language}: {number} in {shown}");
        }
        let call = &engine.events.wait_for("CallQueued")["of"]["call"];
        assert!(!shown.contains(call.as_str().unwrap()), "{shown}");
    }
    let names = "return [...document.querySelectorAll('.queue h3')].map(h => h.textContent)";
    assert_eq!(page.run(names), json!(["citizens", "waterworks 咨询", "appeals 咨询"]));
    second.hang_up();
    first.hang_up();
}

/// Elements wider than their container: cut off, or overlapping the next one. Names of people may be
/// of any length and are shown whole in the seat's dialog; lists scroll.
const CUT_OFF: &str = "
    const wide = e => e.scrollWidth > e.clientWidth + 1;
    const shown = [...document.querySelectorAll('.top, .top *, .board, .board *')]
        .filter(e => !e.closest('svg, .scroll, .visually-hidden, .agent'))
        .filter(e => e.clientWidth > 0 && getComputedStyle(e).display !== 'inline');
    return [document.documentElement, ...shown].filter(wide)
        .map(e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`);";

/// Opens the page in a language and logs in.
fn open_as(engine: &Engine<'_>, name: &str, password: &str, language: &str) -> Browser {
    let page = Browser::open();
    let url = format!("http://{}/", engine.http);
    page.go(&url);
    page.run(&format!("localStorage.setItem('heartline.language', '{language}')"));
    page.go(&url);
    page.fill("input[name=name]", name);
    page.fill("input[name=password]", password);
    page.click("button[type=submit]");
    page
}

#[test]
fn supervisor_changes_an_agents_skills_on_the_page_and_takes_it_back() {
    let installation = Installation::with_seats(1);
    let agents = installation.path("config").join("agents.toml");
    let li = "[[agent]]\naccount = \"li\"\nteam = \"A\"\nskills = { english = 7 }\n\
              queues = { citizens = 1 }\n";
    std::fs::write(agents, li).unwrap();
    installation.add_person("li", "agent");
    let password = installation.add_person("wang", "supervisor");
    let engine = installation.start();
    let page = open_as(&engine, "wang", &password, "zh");
    page.click(".profiles td button");

    // An end in the past is refused in the reader's language.
    page.click(".profile option[value='3']");
    page.click(".profile input[value=time]");
    page.find(".profile input[type=datetime-local]");
    page.run(
        "const field = document.querySelector('.profile input[type=datetime-local]');\
         field.value = '2020-01-01T00:00';\
         field.dispatchEvent(new Event('input'));",
    );
    page.click(".profile button[type=submit]");
    page.find(".outcome[data-good=false]");
    assert_eq!(page.text(".outcome"), "未执行：截止时间应晚于现在。");

    page.click(".profile input[value=log_out]");
    page.click(".profile button[type=submit]");
    let changed = engine.events.wait_for("AgentProfileChanged");
    assert_eq!(changed["of"]["profile"]["skills"], json!({ "english": 3 }));
    assert_eq!(changed["of"]["profile"]["queues"], json!({ "citizens": 1 }));
    assert_eq!(changed["of"]["by"], json!({ "person": "wang" }));
    page.find("tr.differs");
    let row = page.run("return document.querySelector('tr.differs').textContent");
    let row = row.as_str().unwrap();
    for shown in ["english 3 级", "与 agents.toml 不同", "wang", "到签出为止", "english 7 级"]
    {
        assert!(row.contains(shown), "{shown} in {row}");
    }

    page.click(".profile button:not(.main):not(.quiet)");
    let restored = engine.events.wait_for("AgentProfileRestored");
    assert_eq!(restored["of"]["cause"], "withdrawn");
    page.find(".profiles tr:not(.differs) td button");
    engine.stop();
}

#[test]
fn supervisor_sees_why_a_call_was_offered_to_its_seat() {
    let installation = Installation::with_seats(1);
    let password = installation.add_person("wang", "supervisor");
    let engine = installation.start();
    let _seat = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13800008888", 1_000);
    caller.dial("12345", engine.sip);
    engine.events.wait_for("CallConnected");
    let words = [
        ("zh", ["选择规则：只有这一个候选坐席", "已接听", "无技能要求"]),
        ("en", ["Rule: the only candidate", "answered", "No skill required"]),
    ];
    for (language, expected) in words {
        let page = open_as(&engine, "wang", &password, language);
        page.click(".lists button[aria-haspopup=dialog]");
        page.find(".offer[data-outcome=accepted]");
        let shown = page.text(".offer");
        for words in expected {
            assert!(shown.contains(words), "{words} in {shown}");
        }
    }
    caller.hang_up();
    engine.stop();
}

#[test]
fn wrong_password_is_refused() {
    let installation = Installation::with_seats(1);
    installation.add_person("wang", "supervisor");
    let engine = installation.start();
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
fn api_without_token_answers_401() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
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
fn agent_sees_the_wallboard_but_no_recordings() {
    let installation = Installation::with_seats(1);
    installation.add_person("li", "agent");
    let token = installation.token("li");
    let engine = installation.start();
    let agent = engine.api_as(Some(&token));
    assert_eq!(agent.get("/api/v1/seats").status, 200);
    assert_eq!(agent.get("/api/v1/recordings").status, 403);
}
