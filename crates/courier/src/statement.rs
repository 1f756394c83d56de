//! A day's statement as a partner reads it, and the partner's answer (INT-01); told in README.md.

use std::time::Duration;

use messaging::{Answer, Statement, Verdict};
use serde_json::{Value, json};

use crate::client;

/// The body that is sent.
pub(crate) fn body(statement: &Statement) -> Vec<u8> {
    let (first, last) = statement.ends().unzip();
    let date = statement.date();
    let body = json!({
        "key": statement.destination().statement(date),
        "date": date.to_string(),
        "letters": statement.letters(),
        "first": first,
        "last": last,
        "sha256": statement.sha256(),
        "dead": statement.dead(),
        "resent": statement.resent(),
    });
    body.to_string().into_bytes()
}

/// What an answer means.
pub(crate) fn verdict(
    statement: &Statement,
    status: u16,
    body: &[u8],
    after: Option<Duration>,
) -> Verdict {
    let said = client::text_of(body);
    match Answer::of_status(status, said.as_str(), after) {
        Answer::Taken => match lists(said.trim()) {
            Some((missing, unknown)) => statement.compared(&missing, &unknown),
            None => Verdict::Later {
                why: format!(
                    "its answer is neither empty nor {{\"missing\":[…],\"unknown\":[…]}}: {said}"
                ),
                after: None,
            },
        },
        Answer::Refused { status, why } => Verdict::Refused { status, why },
        Answer::Later { why, after } => Verdict::Later { why, after },
    }
}

/// What is missing and what is unknown; nothing said is nothing found.
fn lists(said: &str) -> Option<(Vec<String>, Vec<String>)> {
    if said.is_empty() {
        return Some((Vec::new(), Vec::new()));
    }
    let said: Value = serde_json::from_str(said).ok()?;
    let said = said.as_object()?;
    let list = |name: &str| match said.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(keys)) => {
            keys.iter().map(|key| key.as_str().map(str::to_owned)).collect()
        }
        Some(_) => None,
    };
    Some((list("missing")?, list("unknown")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Date;

    fn statement() -> Statement {
        let date = Date { year: 2026, month: 11, day: 22 };
        let mut statement = Statement::new("province".into(), date, [3]).and_again([0]);
        [1, 3, 7].into_iter().for_each(|seq| statement.add(seq));
        statement
    }

    #[test]
    fn a_statement_names_its_day_its_ends_and_the_hash_of_its_keys() {
        let body: Value = serde_json::from_slice(&body(&statement())).unwrap_or_default();
        assert_eq!(
            body,
            json!({
                "key": "province-statement-2026-11-22",
                "date": "2026-11-22",
                "letters": 2,
                "first": "province-1",
                "last": "province-7",
                // printf 'province-1\nprovince-7\n' | sha256sum
                "sha256": "6fcc29712e3c5c826d63cda0fdc9d11bda82f79afdc602e031920dcb05d13c26",
                "dead": ["province-3"],
                "resent": ["province-0"],
            })
        );
    }

    #[test]
    fn an_empty_answer_agrees_and_a_strange_one_is_asked_again() {
        let of = |status, body: &str| verdict(&statement(), status, body.as_bytes(), None);
        let agreed = Verdict::Compared { letters: 2, missing: vec![], unknown: vec![] };
        for empty in ["", " \n", "{}", r#"{"missing":[],"unknown":null}"#] {
            assert_eq!(of(200, empty), agreed, "{empty}");
        }
        for strange in ["ok", "[]", r#"{"missing":"province-1"}"#, r#"{"missing":[1]}"#] {
            assert!(matches!(of(200, strange), Verdict::Later { .. }), "{strange}");
        }
        assert!(matches!(of(422, "no"), Verdict::Refused { status: 422, .. }));
        assert!(matches!(of(404, "no"), Verdict::Later { .. }));
    }

    #[test]
    fn what_it_lacks_of_ours_is_missing_and_all_else_is_unknown() {
        let said = r#"{"missing":["province-7","province-0","province-3","province-4","city-1"],
                       "unknown":["province-9"]}"#;
        assert_eq!(
            verdict(&statement(), 200, said.as_bytes(), None),
            Verdict::Compared {
                letters: 2,
                missing: vec![0, 7],
                unknown: vec!["city-1".into(), "province-4".into(), "province-9".into()],
            }
        );
    }
}
