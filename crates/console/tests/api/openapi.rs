//! The OpenAPI description agrees with what is served: every route exists and checks the rights that the
//! description names.

use axum::http::{Method, StatusCode, header};
use model::{
    TicketId,
    desk::{Actor, DeskEvent, TicketEvent},
    event::Role,
};
use serde_json::{Value, json};
use sha2::Digest;
use ticketing::TicketKind;

use super::engine::{Client, Engine, next_event};

/// Every operation: its method, its path with sample parameters, and its description.
fn operations() -> Vec<(Method, String, Value)> {
    let document = console::description();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            all.push((method, format!("{}{}", named(path), query(operation)), operation.clone()));
        }
    }
    assert!(all.len() > 50, "{}", all.len());
    all
}

fn named(path: &str) -> String {
    let names = [
        ("{ticket}", "2026112200001"),
        ("{matter}", "2026112200001"),
        ("{assignment}", "2026112200001-1"),
        ("{filing}", "2026112200001-1"),
        ("{order}", "2026112200001-1"),
        ("{call}", "7"),
        ("{seat}", "1001"),
        ("{command}", "ready"),
        ("{code}", "forbidden"),
        ("{report}", "R1"),
    ];
    let path = names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    path.replace(['{', '}'], "")
}

/// The required query parameters, which are all periods.
fn query(operation: &Value) -> String {
    let asked = operation["parameters"].as_array().into_iter().flatten();
    let needed = asked.filter(|p| p["in"] == "query" && p["required"] == true);
    let fields: Vec<String> =
        needed.map(|p| format!("{}=2026-11", p["name"].as_str().unwrap())).collect();
    if fields.is_empty() { String::new() } else { format!("?{}", fields.join("&")) }
}

fn sample(operation: &Value) -> &'static str {
    if operation["requestBody"].is_null() { "" } else { "{}" }
}

/// The roles that may use the route; `None` when the role does not decide.
fn roles(operation: &Value) -> Option<Vec<String>> {
    serde_json::from_value(operation.get("x-roles")?.clone()).unwrap()
}

#[test]
fn description_satisfies_openapi_linters() {
    let document = console::description();
    assert_eq!(document["servers"][0]["url"], "/");
    let tags: Vec<&str> = (document["tags"].as_array().unwrap().iter())
        .map(|tag| {
            assert_ne!(tag["description"], "", "{tag}");
            tag["name"].as_str().unwrap()
        })
        .collect();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.iter().all(|(_, schema)| schema.is_object()));
    assert_eq!(arrays_without_items(&document["components"]), 0);
    for (method, path, operation) in operations() {
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(&tag), "{method} {path}: no tag {tag}");
        let refusals =
            operation["responses"].as_object().unwrap().keys().any(|code| code.starts_with('4'));
        assert!(refusals, "{method} {path} has no refusals");
    }
}

fn arrays_without_items(value: &Value) -> usize {
    let kind = &value["type"];
    let is_array =
        kind == "array" || kind.as_array().is_some_and(|all| all.contains(&json!("array")));
    let here = usize::from(is_array && value.get("items").is_none());
    let below: usize = match value {
        Value::Object(fields) => fields.values().map(arrays_without_items).sum(),
        Value::Array(values) => values.iter().map(arrays_without_items).sum(),
        _ => 0,
    };
    here + below
}

#[tokio::test]
async fn every_route_of_the_description_exists_and_needs_a_log_in() {
    let engine = Engine::new();
    let stranger = Client::new(&engine);
    for (method, path, operation) in operations() {
        let status = stranger.open(method.clone(), &path, sample(&operation)).await.status();
        if operation["security"] == json!([]) {
            let known = [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY];
            assert!(known.contains(&status), "{method} {path}: {status}");
        } else {
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_route_accepts_exactly_the_roles_it_names() {
    let engine = Engine::new();
    for role in Role::ALL {
        engine.add_account(role.as_str(), *role, None);
    }
    let mut checked = 0;
    for (method, path, operation) in operations() {
        let Some(roles) = roles(&operation) else { continue };
        for role in Role::ALL.iter().map(|role| role.as_str()) {
            let person = Client::of(&engine, role);
            let status = person.open(method.clone(), &path, sample(&operation)).await.status();
            if !roles.iter().any(|known| known == role) {
                let no = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
                assert!(no.contains(&status), "{method} {path} as {role}: {status}");
            } else if !is_bound_to_own(role, &path) {
                assert_ne!(status, StatusCode::FORBIDDEN, "{method} {path} as {role}");
            }
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

/// Whether this role may use this path for its own only, and in this test owns nothing.
fn is_bound_to_own(role: &str, path: &str) -> bool {
    match role {
        "agent" => path.contains("/seats/") || path.contains("/hang-up"),
        "liaison" | "unit_head" => {
            ["/units/", "/appeals", "/tickets/"].iter().any(|part| path.contains(part))
        }
        _ => false,
    }
}

/// Separated duties (三员分立): the admin runs the engine.
#[tokio::test]
async fn admin_sees_no_citizen_on_any_route() {
    let engine = Engine::new();
    engine.add_ticket(2_026_112_200_001, TicketKind::Conversation);
    engine.record_desk_event(
        Actor::Engine,
        DeskEvent::Ticket(
            TicketId(2_026_112_200_001),
            TicketEvent::Noted { text: "王小明".into() },
        ),
    );
    engine.add_recorded_call(7, "/nowhere/7.wav".into());
    engine.arrive("13812345678");
    let mut answered = 0;
    for (method, path, operation) in operations() {
        // The live streams send the same data and never end.
        if path.ends_with("/live") || path.ends_with("/events") && method == Method::GET {
            continue;
        }
        let answer =
            Client::of(&engine, "root").ask(method.clone(), &path, sample(&operation)).await;
        let text = String::from_utf8_lossy(&answer.body);
        for trace in ["5678", "138", "王"] {
            let is_description = path.ends_with("openapi.json");
            assert!(is_description || !text.contains(trace), "{method} {path}: {text}");
        }
        answered += usize::from(answer.status.is_success());
    }
    assert!(answered > 10, "{answered}");
    let root = Client::of(&engine, "root");
    let response = root.open(Method::GET, "/api/v1/events?after=0", "").await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    let arrived = next_event(&mut body).await.unwrap();
    assert!(arrived.contains("CallArrived") && !arrived.contains("5678"), "{arrived}");
}

#[test]
fn every_reference_of_the_description_resolves() {
    let document = console::description();
    assert_eq!(document["openapi"], "3.1.0");
    let mut named = Vec::new();
    references(&document, &mut named);
    assert!(named.len() > 200, "{}", named.len());
    for reference in named {
        let at = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(at).is_some(), "{reference} leads nowhere");
    }
    let mut ids: Vec<Value> = operations()
        .into_iter()
        .map(|(_, _, operation)| operation["operationId"].clone())
        .collect();
    let count = ids.len();
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique");
}

#[test]
fn command_is_described_with_its_fields_states_and_roles() {
    let document = console::description();
    let events = &document["paths"]["/api/v1/tickets/{ticket}/events"]["post"];
    let text = events["description"].as_str().unwrap();
    assert!(text.contains("| `register` | draft | agent"), "{text}");
    let schema = document["components"]["schemas"]["TicketCommand.asked"].to_string();
    assert!(schema.contains("\"answer\"") && schema.contains("\"knowledge\""), "{schema}");
    let named = |method: &str, path: &str| -> Vec<String> {
        let parameters = &document["paths"][path][method]["parameters"];
        let names = parameters.as_array().unwrap().iter();
        names.map(|p| p["name"].as_str().unwrap().to_owned()).collect()
    };
    let asked = named("get", "/api/v1/worklist");
    assert!(asked.contains(&"due_before".into()), "{asked:?}");
    let asked = named("post", "/api/v1/tickets/{ticket}/events");
    assert_eq!(asked, ["ticket", "Idempotency-Key"]);
}

#[tokio::test]
async fn description_is_served() {
    let engine = Engine::new();
    let answer = Client::of(&engine, "li").get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let served: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(served, console::description());
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(to) if key == "$ref" => found.push(to.clone()),
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Every refusal is a problem document (RFC 9457), also those of the framework.
#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let engine = Engine::new();
    let wang = Client::of(&engine, "wang");
    let large = "x".repeat(65 * 1024);
    for (method, path, body, status, code) in [
        (Method::GET, "/api/v1/nothing", "", 404, "not_found"),
        (Method::GET, "/nothing.js", "", 404, "not_found"),
        (Method::DELETE, "/api/v1/calls", "", 405, "method_not_allowed"),
        (Method::GET, "/hooks/wechat", "", 405, "method_not_allowed"),
        (Method::GET, "/api/v1/calls/seven", "", 404, "not_found"),
        (Method::GET, "/api/v1/calls/%ff", "", 404, "not_found"),
        (Method::GET, "/api/v1/accounts/%ff", "", 404, "not_found"),
        (Method::GET, "/api/v1/calls?limit=many", "", 422, "unclear"),
        (Method::POST, "/api/v1/seats/1002/ready", large.as_str(), 413, "too_large"),
        (Method::POST, "/api/v1/seats/first/ready", "", 404, "seat_not_found"),
        (Method::POST, "/api/v1/tickets/1/events", "{", 422, "unclear"),
        (Method::GET, "/api/v1/audit", "", 403, "forbidden"),
        (Method::GET, "/api/v1/tickets/2026112200009", "", 404, "not_found"),
    ] {
        let answer = wang.ask(method.clone(), path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        let content_type = answer.header(header::CONTENT_TYPE);
        assert_eq!(content_type, "application/problem+json", "{method} {path}");
        let problem = answer.json();
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()));
        let described = wang.get(problem["type"].as_str().unwrap()).await.json();
        assert_eq!((&described["code"], &described["title"]), (&code.into(), &problem["title"]));
    }
    let refused = wang.ask(Method::DELETE, "/api/v1/calls", "").await;
    assert_eq!(refused.header(header::ALLOW), "GET,HEAD", "RFC 9110 15.5.6");
}

#[tokio::test]
async fn codes_of_refusals_are_listed_without_an_account() {
    let engine = Engine::new();
    let listed = Client::new(&engine).get("/api/v1/problems").await.json();
    let document = console::description();
    let described = document["components"]["schemas"]["ProblemCode"]["oneOf"].as_array().unwrap();
    let codes = |list: &[Value], field: &str| -> Vec<Value> {
        list.iter().map(|code| code[field].clone()).collect()
    };
    assert_eq!(codes(listed.as_array().unwrap(), "code"), codes(described, "const"));
    let unknown = Client::new(&engine).get("/api/v1/problems/nothing").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// The page's types are made from the description; its first line names the one that they were made
/// from.
#[test]
fn types_of_the_page_are_made_from_this_description() {
    let types = include_str!("../../web/src/api/schema.d.ts");
    let text = serde_json::to_string_pretty(&console::description()).unwrap();
    let digest = sha2::Sha256::digest(text.as_bytes());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let first = types.lines().next().unwrap_or_default();
    assert!(first.ends_with(&hash), "run `cargo xtask schema`: {first} is not {hash}");
}
