//! Agents' own skills and queues with real telephones: from `agents.toml`, and changed by a
//! supervisor for a time.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Engine, Installation, Phone, until};

/// A second line whose queue `english` no seat serves by itself; the agent `li` does.
fn bilingual() -> Installation {
    let installation = Installation::with_seats(2);
    installation.edit("lines.toml", |text| {
        text + "\n[[line]]\nnumber = \"12346\"\nname = \"English\"\nqueue = \"english\"\n"
    });
    installation.edit("queues.toml", |text| {
        text + "\n[[queue]]\nname = \"english\"\nskills = { english = 5 }\nwrap_up = \"1s\"\n"
    });
    std::fs::write(
        installation.path("config").join("agents.toml"),
        "[[agent]]\naccount = \"li\"\nteam = \"A\"\nskills = { english = 7 }\n\
         queues = { english = 1 }\n",
    )
    .unwrap();
    installation.add_person("li", "agent");
    installation
}

/// The agent signs in by name at a seat whose phone signed in before, and is ready.
fn sign_in_as(engine: &Engine<'_>, seat: u32, agent: &str) {
    engine.ask(seat, "login", &json!({ "agent": agent }));
    engine.events.wait(&format!("{agent} is signed in"), |record| {
        record["event"] == "SeatLoggedIn" && record["of"]["agent"] == agent
    });
}

fn connected(engine: &Engine<'_>, nth: usize) -> Value {
    let is_connected = |record: &Value| record["event"] == "CallConnected";
    engine.events.wait_for_count("a connected call", nth, is_connected)[nth - 1].clone()
}

fn profile_of(engine: &Engine<'_>, agent: &str) -> Value {
    let profiles = engine.api.json("/api/v1/agents/profiles");
    let profiles = profiles.as_array().unwrap();
    profiles.iter().find(|profile| profile["agent"] == agent).cloned().expect(agent)
}

#[test]
fn agent_who_signs_in_gets_calls_of_their_own_skills() {
    let installation = bilingual();
    let engine = installation.start();
    let _first = engine.ready_seat(1001, 700);
    let _second = engine.ready_seat(1002, 900);
    sign_in_as(&engine, 1002, "li");

    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12346", engine.sip);
    assert_eq!(connected(&engine, 1)["of"]["seat"], 1002);
    let queued = engine.events.wait_for("CallQueued");
    assert_eq!(queued["of"]["requirement"]["skills"]["english"], 5);
    let offer = engine.events.wait_for("OfferMade");
    let decision = &offer["of"]["decision"];
    assert_eq!(decision["rule"], "only_candidate");
    assert_eq!(decision["candidates"][0]["agent"], "li");
    assert_eq!(decision["candidates"][0]["skills"]["english"], 7);
    assert_eq!(offer["of"].get("why"), None);

    // The page gets the same decision with the end of the offer.
    let call = offer["of"]["call"].as_str().unwrap();
    let offers = until("the offer has its end", || {
        let offers = engine.api.json(&format!("/api/v1/calls/{call}/offers"));
        offers["offers"][0].get("outcome").is_some().then_some(offers)
    });
    assert_eq!(offers["offers"][0]["decision"], *decision);
    assert!(offers["offers"][0]["outcome"]["accepted"]["ring_ms"].is_u64(), "{offers}");
    assert_eq!(offers.get("waits"), None);

    // The other line's calls still go to the seat without a name.
    let other = Phone::caller("13833334444", 1_500);
    other.dial("12345", engine.sip);
    assert_eq!(connected(&engine, 2)["of"]["seat"], 1001);
    engine.stop();
}

#[test]
fn call_that_no_seat_may_serve_has_the_reason() {
    let installation = bilingual();
    let engine = installation.start();
    let _phone = engine.ready_seat(1001, 700);
    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12346", engine.sip);
    let queued = engine.events.wait_for("CallQueued");
    let call = queued["of"]["call"].as_str().unwrap();
    let waits = until("the reason is published", || {
        engine.api.json(&format!("/api/v1/calls/{call}/offers")).get("waits").cloned()
    });
    assert_eq!(waits["cause"], "unstaffed", "{waits}");
    assert_eq!(waits["requirement"]["skills"]["english"], 5);

    // The agent who serves the queue signs in, and the call is offered to them.
    sign_in_as(&engine, 1001, "li");
    assert_eq!(engine.events.wait_for("OfferMade")["of"]["seat"], 1001);
    caller.hang_up();
    engine.stop();
}

#[test]
fn supervisors_change_holds_over_a_restart_until_the_agent_signs_out() {
    let installation = bilingual();
    let engine = installation.start();
    let phone = engine.ready_seat(1002, 900);
    sign_in_as(&engine, 1002, "li");
    let change = json!({ "skills": { "english": 7 }, "queues": { "citizens": 1, "english": 2 } });
    let answer = engine.api.post("/api/v1/agents/li/profile", &change);
    assert_eq!(answer.status, 204, "{}", answer.text());
    let unknown = json!({ "queues": { "nowhere": 1 } });
    assert_eq!(engine.api.post("/api/v1/agents/li/profile", &unknown).status, 422);

    let caller = Phone::caller("13811112222", 1_200);
    caller.dial("12345", engine.sip);
    assert_eq!(connected(&engine, 1)["of"]["seat"], 1002);
    // Registrations are on disk within a second.
    phone.talks_for(Duration::from_secs(2));
    engine.kill();

    let engine = installation.start();
    engine.is_ready_again(1002);
    let profile = profile_of(&engine, "li");
    assert_eq!(profile["team"], "A");
    assert_eq!(profile["configured"]["queues"], json!({ "english": 1 }));
    assert_eq!(profile["changed"]["queues"], json!({ "citizens": 1, "english": 2 }));
    assert_eq!(profile["changed"]["differs"], true);
    assert_eq!(profile["changed"]["by"], "chief");
    let again = Phone::caller("13833334444", 1_500);
    again.dial("12345", engine.sip);
    assert_eq!(connected(&engine, 2)["of"]["seat"], 1002);
    again.hang_up();
    engine.events.wait_for_count("both calls are over", 2, |r| r["event"] == "CallEnded");

    engine.ask(1002, "logout", &json!({}));
    let restored = engine.events.wait_for("AgentProfileRestored");
    assert_eq!(
        restored["of"],
        json!({
            "agent": "li", "cause": "signed_out", "by": { "person": "chief" },
        })
    );
    // The list shows the last published state.
    until("the configured profile is shown again", || {
        profile_of(&engine, "li").get("changed").is_none().then_some(())
    });
    engine.stop();
}

#[test]
fn check_warns_about_an_agent_without_an_account() {
    let installation = bilingual();
    assert!(!installation.ok(&["check", "config"]).contains("agents.toml"));
    installation.edit("agents.toml", |text| text.replace("\"li\"", "\"lu\""));
    let said = installation.ok(&["check", "config"]);
    assert!(said.contains("config/agents.toml: there is no account \"lu\""), "{said}");
}
