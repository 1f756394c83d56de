//! The statement of a day as a partner receives it, and the partner's response (INT-01); described in README.md.

use std::time::Duration;

use messaging::{DeliveryOutcome, Statement, StatementOutcome};
use serde_json::{Value, json};

use crate::client;

/// The body of the request.
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

/// The outcome of a response.
pub(crate) fn verdict(
    statement: &Statement,
    status: u16,
    body: &[u8],
    after: Option<Duration>,
) -> StatementOutcome {
    let answer = client::text_of(body);
    match DeliveryOutcome::of_status(status, answer.as_str(), after) {
        DeliveryOutcome::Accepted => match lists(answer.trim()) {
            Some((missing, unknown)) => statement.compared(&missing, &unknown),
            None => StatementOutcome::Retry {
                why: format!(
                    "the answer must be empty or {{\"missing\":[…],\"unknown\":[…]}}: {answer}"
                ),
                after: None,
            },
        },
        DeliveryOutcome::Rejected { status, why } => StatementOutcome::Rejected { status, why },
        DeliveryOutcome::Retry { why, after } => StatementOutcome::Retry { why, after },
    }
}

/// The lists of missing and unknown keys; an empty response means no differences.
fn lists(answer: &str) -> Option<(Vec<String>, Vec<String>)> {
    if answer.is_empty() {
        return Some((Vec::new(), Vec::new()));
    }
    let object: Value = serde_json::from_str(answer).ok()?;
    let object = object.as_object()?;
    let list = |name: &str| match object.get(name) {
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
        let mut statement = Statement::new("province".into(), date, [3]).with_resent([0]);
        [1, 3, 7].into_iter().for_each(|seq| statement.add(seq));
        statement
    }

    #[test]
    fn statement_has_its_day_its_first_and_last_key_and_their_hash() {
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
    fn empty_answer_agrees_and_an_unreadable_one_is_retried() {
        let of = |status, body: &str| verdict(&statement(), status, body.as_bytes(), None);
        let agreed = StatementOutcome::Compared { letters: 2, missing: vec![], unknown: vec![] };
        for empty in ["", " \n", "{}", r#"{"missing":[],"unknown":null}"#] {
            assert_eq!(of(200, empty), agreed, "{empty}");
        }
        for strange in ["ok", "[]", r#"{"missing":"province-1"}"#, r#"{"missing":[1]}"#] {
            assert!(matches!(of(200, strange), StatementOutcome::Retry { .. }), "{strange}");
        }
        assert!(matches!(of(422, "no"), StatementOutcome::Rejected { status: 422, .. }));
        assert!(matches!(of(404, "no"), StatementOutcome::Retry { .. }));
    }

    #[test]
    fn keys_of_the_statement_are_missing_and_all_others_are_unknown() {
        let answer = r#"{"missing":["province-7","province-0","province-3","province-4","city-1"],
                       "unknown":["province-9"]}"#;
        assert_eq!(
            verdict(&statement(), 200, answer.as_bytes(), None),
            StatementOutcome::Compared {
                letters: 2,
                missing: vec![0, 7],
                unknown: vec!["city-1".into(), "province-4".into(), "province-9".into()],
            }
        );
    }
}
