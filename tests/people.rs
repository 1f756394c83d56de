//! Accounts: added, changed, ended, and the audit of who saw what.

mod support;

use serde_json::{Value, json};
use support::{Api, Installation, last_word};

/// The names of the audit with their actions, oldest first.
fn lines(page: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let items = page["items"].as_array().unwrap().iter().rev();
    items.map(|line| (word(&line["who"]), word(&line["what"]))).collect()
}

#[test]
fn ended_account_loses_access_at_once() {
    let installation = Installation::with_seats(1);
    let engine = installation.start();
    let person = json!({ "name": "zhao", "role": "liaison", "unit": "410102-010",
        "real_name": "赵敏", "must_change_password": false });
    let added = engine.admin.post("/api/v1/accounts", &person);
    assert_eq!(added.status, 201, "{}", added.text());
    let password = added.json()["password"].as_str().unwrap().to_owned();
    let nobody = Api::new(engine.http, None);
    let log_in = |password: &str| {
        nobody.post("/api/v1/login", &json!({ "name": "zhao", "password": password })).status
    };
    assert_eq!(log_in(&password), 200);
    let token = installation.token("zhao");
    // The engine reads the keyring every second and logs a change.
    engine.events.wait("the token of zhao", |record| {
        record["event"] == "TokenIssued" && record["of"]["account"] == "zhao"
    });
    let zhao = Api::new(engine.http, Some(&token));
    assert_eq!(zhao.json("/api/v1/me")["unit"], "410102-010");
    assert_eq!(zhao.get("/api/v1/wallboard").status, 403);

    // A new password ends the old one; bad passwords are refused with all their faults.
    let change =
        |new: &str| zhao.post("/api/v1/me/password", &json!({ "old": password, "new": new }));
    assert_eq!(change("zhao1234").json()["faults"].as_array().unwrap().len(), 2);
    assert_eq!(change("春眠不觉晓处处闻啼鸟").status, 204);
    assert_eq!((log_in(&password), log_in("春眠不觉晓处处闻啼鸟")), (401, 200));

    // The account is ended through the API: its token and log-in are refused at once.
    let ended = engine.admin.post("/api/v1/accounts/zhao/end", &json!({}));
    assert_eq!((ended.status, &ended.json()["standing"]), (200, &"disabled".into()));
    assert_eq!(zhao.get("/api/v1/me").status, 401);
    assert_eq!((log_in("春眠不觉晓处处闻啼鸟"), log_in("a guess at it")), (403, 401));

    // The last admin cannot be ended.
    assert_eq!(engine.admin.post("/api/v1/accounts/yang/end", &json!({})).status, 409);

    let audit = lines(&engine.auditor.json("/api/v1/audit?person=zhao"));
    let did = |who: &str, what: &str| (who.to_owned(), what.to_owned());
    assert_eq!(
        audit,
        [
            did("yang", "added"),
            // The tests' config has a small directory.
            did("yang", "confirmed"),
            did("zhao", "logged_in"),
            did("-", "token_issued"),
            did("zhao", "password_set"),
            did("zhao", "refused"),
            did("zhao", "logged_in"),
            did("yang", "ended"),
            did("zhao", "refused"),
            did("zhao", "refused"),
        ]
    );
    let said = installation.ok(&["audit", "--person", "zhao"]);
    assert_eq!(said.lines().count(), audit.len(), "{said}");
    assert!(said.contains("yang added zhao: liaison 赵敏, government, unit 410102-010"), "{said}");
    assert!(!said.contains(&password) && !said.contains(&token));
}

#[test]
fn keyring_changes_while_stopped_are_recorded_at_start() {
    let installation = Installation::with_seats(0);
    last_word(&installation.ok(&[
        "user",
        "add",
        "zhao",
        "--role",
        "agent",
        "--ends",
        "2020-01-31",
    ]));
    installation.ok(&["user", "set", "zhao", "--real-name", "赵敏", "--employer", "Voice & Co"]);
    let refused = installation.run(&["user", "set", "zhao", "--role", "dispatcher"]);
    assert_eq!(refused.status.code(), Some(64));
    let engine = installation.start();
    let ended = engine.events.wait_for("AccountEnded");
    assert_eq!(ended["of"], json!({ "account": "zhao", "why": "expired" }));
    let changed = engine.events.wait_for("AccountChanged");
    assert_eq!(changed["of"]["staff"]["employer"], "Voice & Co");
    let added: Vec<Value> = (installation.log().into_iter())
        .filter(|record| record["event"] == "AccountAdded")
        .map(|record| record["of"]["account"].clone())
        .collect();
    assert_eq!(added, ["chief", "yang", "shen", "zhao"], "once each");
}

/// Ending an account lists the open work that another person must take over (SEAT-09, OPS-03).
#[test]
fn leaving_person_hands_over_open_work() {
    let installation = Installation::with_seats(1);
    installation.add_person("li", "agent");
    installation.add_person("ma", "dispatcher");
    let (li, ma) = (installation.token("li"), installation.token("ma"));
    let engine = installation.start();
    let (li, ma) = (Api::new(engine.http, Some(&li)), Api::new(engine.http, Some(&ma)));
    let done = |who: &Api, path: &str, body: Value| {
        let answer = who.post(path, &body);
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
        answer.json()
    };
    let form = json!({ "purpose": "complaint", "topic": "010402", "title": "停水",
        "content": "三天停水", "area": "410102", "confidential": false });
    let opening = json!({ "channel": "visit", "form": form });
    let ticket = done(&li, "/api/v1/tickets", opening)["ticket"].clone();
    let of_ticket = format!("/api/v1/tickets/{ticket}/events").replace('"', "");
    done(&li, &of_ticket, json!({ "type": "register", "payload": {} }));
    done(&ma, &of_ticket, json!({ "type": "review" }));
    done(&ma, &of_ticket, json!({ "type": "claim" }));

    let in_hand =
        |name: &str| engine.admin.json(&format!("/api/v1/accounts/{name}"))["open_work"].clone();
    let held = in_hand("ma");
    assert_eq!((&held[0]["kind"], held.as_array().unwrap().len()), (&"ticket".into(), 1), "{held}");
    assert_eq!(held[0]["id"].as_str().unwrap(), ticket.to_string().trim_matches('"'));
    assert_eq!(in_hand("li"), json!([]), "it is out of the agent's hands");
    let ended = engine.admin.post("/api/v1/accounts/ma/end", &json!({}));
    assert_eq!(ended.json()["open_work"], held, "{}", ended.text());
}

/// 三员分立: the admin gives a role, a director confirms it, the auditor reads of both.
#[test]
fn role_with_personal_data_waits_for_second_person() {
    let installation = Installation::with_seats(0);
    installation.add_person("zhang", "director");
    let zhang = installation.token("zhang");
    installation
        .edit("heartline.toml", |text| text.replace("small_office = true", "small_office = false"));
    let engine = installation.start();
    let zhang = Api::new(engine.http, Some(&zhang));
    let person = json!({ "name": "wang", "role": "supervisor", "must_change_password": false });
    let added = engine.admin.post("/api/v1/accounts", &person);
    assert_eq!((added.status, &added.json()["standing"]), (201, &"unconfirmed".into()));
    let password = added.json()["password"].clone();
    let nobody = Api::new(engine.http, None);
    let log_in = || nobody.post("/api/v1/login", &json!({ "name": "wang", "password": password }));
    let refused = log_in();
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(refused.json()["code"], "role_unconfirmed");
    assert_eq!(engine.admin.post("/api/v1/accounts/wang/confirm", &json!({})).status, 403);
    let confirmed = zhang.post("/api/v1/accounts/wang/confirm", &json!({}));
    assert_eq!((confirmed.status, &confirmed.json()["standing"]), (200, &"open".into()));
    assert_eq!(log_in().status, 200);
    let audit = lines(&engine.auditor.json("/api/v1/audit?person=wang"));
    let did = |who: &str, what: &str| (who.to_owned(), what.to_owned());
    let expected = [
        did("yang", "added"),
        did("wang", "refused"),
        did("zhang", "confirmed"),
        did("wang", "logged_in"),
    ];
    assert_eq!(audit, expected);
    assert_eq!(zhang.get("/api/v1/audit").status, 403);
    assert_eq!(engine.admin.get("/api/v1/audit").status, 403);

    // On the machine the same holds: the user who gave a role does not confirm it.
    installation.ok(&["user", "add", "wu", "--role", "qa"]);
    assert!(installation.ok(&["user", "list"]).contains("wu\tqa\tunconfirmed"));
    let same = installation.run(&["user", "confirm", "wu"]);
    assert_eq!(same.status.code(), Some(64));
    assert!(!installation.ok(&["check", "config"]).contains("warning"));
    installation
        .edit("heartline.toml", |text| text.replace("small_office = false", "small_office = true"));
    let warned = installation.ok(&["check", "config"]);
    assert!(warned.contains("warning") && warned.contains("small_office"), "{warned}");
    assert!(installation.ok(&["user", "confirm", "wu"]).contains("wu\tqa\topen"));
}
