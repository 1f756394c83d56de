//! Log in and out, sessions, tokens, and the own password.

use std::time::Duration;

use axum::http::{StatusCode, header};
use center::Command;
use console::{Options, Proxies};
use model::{
    Date, Event,
    event::{LoginRefusal, PersonLoggedIn, PersonLoggedOut, PersonRefused, Role, SeatActor},
};

use crate::engine::{Client, Engine, refuse};

#[tokio::test]
async fn log_in_opens_a_session_by_cookie() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::OK);
    let cookie = answer.header(header::SET_COOKIE);
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");

    let me = browser.get("/api/v1/me").await.json();
    assert_eq!((&me["name"], &me["role"]), (&"li".into(), &"agent".into()));
    let note = PersonLoggedIn { account: "li".into(), from: "192.0.2.7".into() };
    assert_eq!(
        engine.commands(),
        [(SeatActor::Person("li".into()), Command::Note(Event::PersonLoggedIn(note)))]
    );
}

/// The page shows a button, list or column when `me` names its right, so both must agree.
#[tokio::test]
async fn rights_in_me_are_those_the_api_grants() {
    let engine = Engine::new();
    for name in ["li", "wang", "qian", "root", "sun", "zhou"] {
        let person = Client::of(&engine, name);
        let me = person.get("/api/v1/me").await.json();
        let rights: Vec<&str> =
            me["rights"].as_array().unwrap().iter().map(|right| right.as_str().unwrap()).collect();
        for (right, path) in [
            ("wallboard", "/api/v1/wallboard"),
            ("recordings", "/api/v1/recordings"),
            ("tickets", "/api/v1/tickets"),
            ("accounts", "/api/v1/accounts"),
            ("audit", "/api/v1/audit"),
            ("figures", "/api/v1/reports/due"),
            ("released", "/api/v1/reports"),
            ("network", "/api/v1/network/drafts"),
            ("courier", "/api/v1/courier"),
        ] {
            let answer = person.get(path).await;
            let is_granted = answer.status == StatusCode::OK;
            assert_eq!(rights.contains(&right), is_granted, "{name} {right}: {}", answer.status);
        }
        let commanded = person.post("/api/v1/seats/1002/ready", "").await;
        let is_granted = commanded.status == StatusCode::NO_CONTENT;
        assert_eq!(rights.contains(&"all_seats"), is_granted, "{name}: {}", commanded.status);
    }
}

/// SEAT-07 (contractors): a right that is for the government's own people is not in `me`.
#[tokio::test]
async fn me_of_a_contractors_person_lacks_rights_of_the_government() {
    let engine = Engine::new();
    engine.person("wang", |account| {
        account.staff.employer = model::Employer::Contractor("Voice & Co".into());
    });
    let rights = Client::of(&engine, "wang").get("/api/v1/me").await.json()["rights"].to_string();
    assert!(rights.contains("\"tickets\"") && !rights.contains("\"export\""), "{rights}");
}

#[tokio::test]
async fn log_out_ends_the_session_and_is_recorded() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    assert_eq!(browser.post("/api/v1/logout", "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let note = Event::PersonLoggedOut(PersonLoggedOut { account: "li".into(), everywhere: false });
    assert_eq!(
        engine.commands().last(),
        Some(&(SeatActor::Person("li".into()), Command::Note(note)))
    );
}

#[tokio::test]
async fn used_session_ends_after_twelve_hours() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    for _ in 1..12 * 4 {
        engine.wait(Duration::from_secs(15 * 60));
        assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::OK);
    }
    engine.wait(Duration::from_secs(15 * 60));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn unused_session_ends_after_half_an_hour() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    engine.wait(Duration::from_secs(30 * 60));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn account_outside_its_contract_has_no_session_token_or_log_in() {
    let engine = Engine::new();
    let today = Date { year: 2026, month: 11, day: 22 };
    engine.person("li", |li| li.staff.ends = Some(today));
    let mut browser = Client::new(&engine);
    let token = Client::of(&engine, "li");
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!((answer.status, &answer.json()["ends"]), (StatusCode::OK, &"2026-11-22".into()));
    assert_eq!(token.get("/api/v1/me").await.status, StatusCode::OK);

    engine.person("li", |li| li.staff.ends = Some(today.plus(-1)));
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(token.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::FORBIDDEN, &"account_ended".into())
    );
    // A wrong password does not tell that the account has ended.
    assert_eq!(browser.log_in("li", "guess").await.status, StatusCode::UNAUTHORIZED);
    let whys: Vec<LoginRefusal> = (engine.commands().into_iter())
        .filter_map(|(_, command)| match command {
            Command::Note(Event::PersonRefused(refused)) => Some(refused.why),
            _ => None,
        })
        .collect();
    assert_eq!(whys, [LoginRefusal::Ended, LoginRefusal::WrongPassword]);
}

#[tokio::test]
async fn person_must_change_a_generated_password_first() {
    let engine = Engine::new();
    engine.person("li", |li| li.staff.must_change_password = true);
    let mut browser = Client::new(&engine);
    assert_eq!(browser.log_in("li", "agent-pass").await.json()["must_change_password"], true);
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::OK);
    for path in ["/api/v1/tickets", "/api/v1/wallboard", "/api/v1/calls"] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::FORBIDDEN, &"password_due".into())
        );
    }

    let old = browser.headers[header::COOKIE].clone();
    let change = |old: &str, new: &str| serde_json::json!({ "old": old, "new": new }).to_string();
    let path = "/api/v1/me/password";
    let wrong = browser.post(path, &change("guess", "春眠不觉晓处处闻啼鸟")).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["faults"][0]["field"]), (422, &"old".into()));
    let same = browser.post(path, &change("agent-pass", "agent-pass")).await;
    assert_eq!((same.status.as_u16(), &same.json()["faults"][0]["field"]), (422, &"new".into()));
    let done = browser.post(path, &change("agent-pass", "春眠不觉晓处处闻啼鸟")).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);

    // The old cookie is invalid, and the new one works.
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let (cookie, _) = done.header(header::SET_COOKIE).split_once(';').unwrap();
    assert_ne!(cookie, old);
    browser.headers.insert(header::COOKIE, cookie.parse().unwrap());
    assert_eq!(browser.get("/api/v1/tickets").await.status, StatusCode::OK);
}

#[tokio::test]
async fn new_password_and_log_out_everywhere_end_the_other_sessions() {
    let engine = Engine::new();
    let mut here = Client::new(&engine);
    let mut there = here.beside();
    here.log_in("li", "agent-pass").await;
    there.log_in("li", "agent-pass").await;
    assert_eq!(
        here.post("/api/v1/logout?everywhere=true", "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(there.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    let note = Event::PersonLoggedOut(PersonLoggedOut { account: "li".into(), everywhere: true });
    assert_eq!(
        engine.commands().last(),
        Some(&(SeatActor::Person("li".into()), Command::Note(note)))
    );

    there.log_in("li", "agent-pass").await;
    engine.person("li", |li| li.password_no += 1);
    assert_eq!(there.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_passwords_at_an_open_page_are_delayed() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    let guess = serde_json::json!({ "old": "guess", "new": "春眠不觉晓处处闻啼鸟" }).to_string();
    for _ in 0..5 {
        assert_eq!(browser.post("/api/v1/me/password", &guess).await.status.as_u16(), 422);
    }
    assert_eq!(browser.post("/api/v1/me/password", &guess).await.status.as_u16(), 429);
}

#[tokio::test]
async fn removed_account_loses_its_session_at_once() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("li", "agent-pass").await;
    engine.people.lock().unwrap().remove(&"li".into());
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_password_is_refused_and_recorded() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    let answer = browser.log_in("li", "guess").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["code"], "wrong_password");
    assert_eq!(answer.header(header::SET_COOKIE), "");
    let why = LoginRefusal::WrongPassword;
    let note = PersonRefused { account: "li".into(), from: "192.0.2.7".into(), why };
    assert_eq!(engine.commands(), [(SeatActor::Engine, Command::Note(Event::PersonRefused(note)))]);
}

#[tokio::test]
async fn log_in_fails_while_the_log_cannot_be_written() {
    let engine = Engine::new();
    refuse(&engine, center::Refusal::LogFailed);
    let mut browser = Client::new(&engine);
    let answer = browser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::SET_COOKIE), "");
}

#[tokio::test]
async fn wrong_passwords_delay_only_their_address() {
    let engine = Engine::new();
    let mut guesser = Client::new(&engine);
    for _ in 0..5 {
        assert_eq!(guesser.log_in("li", "guess").await.status, StatusCode::UNAUTHORIZED);
    }
    // The right password has to wait as well, so that the answer does not confirm a guess.
    let answer = guesser.log_in("li", "agent-pass").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header(header::RETRY_AFTER), "1");
    assert_eq!(engine.commands().len(), 5, "tries that wait are not recorded");

    guesser.from = [192, 0, 2, 8].into();
    assert_eq!(guesser.log_in("li", "agent-pass").await.status, StatusCode::OK);
    guesser.from = [192, 0, 2, 7].into();
    engine.wait(Duration::from_secs(1));
    assert_eq!(guesser.log_in("li", "agent-pass").await.status, StatusCode::OK);
}

#[tokio::test]
async fn eighty_right_passwords_at_once_are_accepted() {
    let engine = Engine::new();
    for n in 0..80 {
        engine.add_account(&format!("clerk-{n}"), Role::Agent, None);
    }
    let client = Client::new(&engine);
    let log_ins = (0..80).map(|n| {
        let mut browser = client.beside();
        async move { browser.log_in(&format!("clerk-{n}"), "pass").await.status }
    });
    let answers = futures_util::future::join_all(log_ins).await;
    assert_eq!(answers, [StatusCode::OK; 80]);
    // And eighty of one account.
    let log_ins = (0..80).map(|_| {
        let mut browser = client.beside();
        async move { browser.log_in("li", "agent-pass").await.status }
    });
    assert_eq!(futures_util::future::join_all(log_ins).await, [StatusCode::OK; 80]);
}

#[tokio::test]
async fn wrong_passwords_of_one_account_do_not_delay_others_at_its_address() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    for _ in 0..20 {
        browser.log_in("li", "guess").await;
    }
    assert_eq!(browser.log_in("li", "agent-pass").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.log_in("wang", "super-pass").await.status, StatusCode::OK);
}

#[tokio::test]
async fn guesses_from_many_addresses_are_delayed_and_the_owner_is_not() {
    let engine = Engine::new();
    let mut guesser = Client::new(&engine);
    let mut tried = 0;
    for host in 1..=7 {
        guesser.from = [203, 0, 113, host].into();
        for _ in 0..10 {
            let answer = guesser.log_in("li", "guess").await;
            tried += usize::from(answer.status == StatusCode::UNAUTHORIZED);
        }
    }
    assert!(tried <= 20, "{tried} of 70 guesses were verified");
    let mut owner = Client::new(&engine);
    assert_eq!(owner.log_in("li", "agent-pass").await.status, StatusCode::OK);
}

fn behind_a_proxy(engine: &std::sync::Arc<Engine>) -> Client {
    let network = model::IpNetwork::host([192, 0, 2, 7].into());
    let proxies = Proxies { networks: vec![network], ..Proxies::default() };
    Client::with_options(engine, Options { proxies, ..Options::default() })
}

#[tokio::test]
async fn client_behind_a_proxy_counts_by_its_own_address() {
    let engine = Engine::new();
    let mut wrong = behind_a_proxy(&engine).with("x-forwarded-for", "203.0.113.9");
    for _ in 0..6 {
        wrong.log_in("li", "guess").await;
    }
    assert_eq!(wrong.log_in("li", "agent-pass").await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut owner = wrong.beside().with("x-forwarded-for", "198.51.100.7");
    assert_eq!(owner.log_in("li", "agent-pass").await.status, StatusCode::OK);
    let note = PersonLoggedIn { account: "li".into(), from: "198.51.100.7".into() };
    assert_eq!(
        engine.commands().last(),
        Some(&(SeatActor::Person("li".into()), Command::Note(Event::PersonLoggedIn(note))))
    );
}

#[tokio::test]
async fn session_cookie_is_secure_when_the_proxy_was_reached_by_https() {
    let engine = Engine::new();
    let mut browser = behind_a_proxy(&engine).with("x-forwarded-proto", "https");
    let answer = browser.log_in("li", "agent-pass").await;
    assert!(answer.header(header::SET_COOKIE).ends_with("; Secure"));
    // The header of another client is ignored.
    let mut stranger = Client::new(&engine).with("x-forwarded-proto", "https");
    let answer = stranger.log_in("li", "agent-pass").await;
    assert!(!answer.header(header::SET_COOKIE).contains("Secure"));
}

#[tokio::test]
async fn origin_is_compared_with_the_host_that_the_proxy_names() {
    let engine = Engine::new();
    let path = "/api/v1/logout";
    let ours = |client: Client| client.with("origin", "https://12345.example");
    let behind = || behind_a_proxy(&engine).with("host", "127.0.0.1:8080");

    let forwarded = behind().with("x-forwarded-host", "12345.example");
    assert_eq!(
        ours(forwarded).post(path, "").await.status,
        StatusCode::UNAUTHORIZED,
        "let through"
    );
    let other = behind().with("x-forwarded-host", "12345.example");
    let other = other.with("origin", "https://evil.example");
    assert_eq!(other.post(path, "").await.status, StatusCode::FORBIDDEN);

    // The proxy names no host: a content type that needs a preflight is accepted.
    let json = ours(behind()).with("content-type", "application/json");
    assert_eq!(json.post(path, "").await.status, StatusCode::UNAUTHORIZED, "let through");
    let form = ours(behind()).with("content-type", "text/plain");
    assert_eq!(form.post(path, "").await.status, StatusCode::FORBIDDEN);
    let direct = ours(Client::new(&engine)).with("host", "127.0.0.1:8080");
    let direct = direct.with("content-type", "application/json");
    assert_eq!(direct.post(path, "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn invalid_log_in_body_is_refused_with_an_example() {
    let engine = Engine::new();
    let answer = Client::new(&engine).post("/api/v1/login", "name=li").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.json()["detail"].as_str().unwrap().contains("password"));
}

#[tokio::test]
async fn token_has_the_rights_of_its_account() {
    let engine = Engine::new();
    assert_eq!(Client::of(&engine, "wang").get("/api/v1/me").await.json()["role"], "supervisor");
    assert_eq!(Client::of(&engine, "nobody").get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn request_from_another_sites_page_is_refused() {
    let engine = Engine::new();
    let mut browser = Client::new(&engine);
    browser.log_in("wang", "super-pass").await;
    let path = "/api/v1/seats/1002/ready";
    let mut browser = browser.with("host", "hotline.example");

    browser = browser.with("origin", "https://evil.example");
    assert_eq!(browser.post(path, "").await.status, StatusCode::FORBIDDEN);
    browser = browser.with("origin", "https://hotline.example");
    assert_eq!(browser.post(path, "").await.status, StatusCode::NO_CONTENT);
    browser = browser.with("sec-fetch-site", "cross-site");
    assert_eq!(browser.post(path, "").await.status, StatusCode::FORBIDDEN);
    browser = browser.with("sec-fetch-site", "same-origin");
    assert_eq!(browser.post(path, "").await.status, StatusCode::NO_CONTENT);
}
