//! The page's dictionaries: every word of the engine that the page shows has a Chinese and an
//! English one, so that no English shows in the Chinese page.

use center::NotNowReason;
use model::{
    NotReadyReason,
    event::{Alarm, CallEnd, Role},
};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use ticketing::TicketKind;

const ZH: &str = include_str!("../../web/src/i18n/zh.ts");
const EN: &str = include_str!("../../web/src/i18n/en.ts");

/// The names of an enum on the wire, from its schema.
fn names_of<T: JsonSchema>() -> Vec<String> {
    fn collect(schema: &Value, names: &mut Vec<String>) {
        match schema {
            Value::Object(fields) => {
                names.extend(fields.get("const").and_then(Value::as_str).map(str::to_owned));
                let listed = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
                names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| collect(value, names));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    collect(schema_for!(T).as_value(), &mut names);
    names
}

/// The word that a dictionary has under a key.
fn word<'a>(dictionary: &'a str, key: &str) -> Option<&'a str> {
    let line = dictionary.lines().find(|line| line.trim().starts_with(&format!("{key}: ")))?;
    line.split('"').nth(1)
}

#[test]
fn every_engine_word_on_the_page_has_a_chinese_and_an_english_one() {
    let roles = Role::ALL.iter().map(|role| role.as_str().to_owned()).collect();
    let reasons = NotNowReason::ALL.iter().map(|reason| reason.as_str().to_owned()).collect();
    let no_entry = ["not_yet", "ended", "disabled"].map(str::to_owned).into();
    let wishes = ["log_in", "log_out", "ready", "not_ready", "extend_wrap_up"];
    let wishes = wishes.map(str::to_owned).into();
    for (prefix, names) in [
        ("role_", roles),
        ("problem_", reasons),
        ("problem_", no_entry),
        ("problem_", errors()),
        ("do_", wishes),
        ("alarm_", names_of::<Alarm>()),
        ("alarm_do_", names_of::<Alarm>()),
        ("end_", names_of::<CallEnd>()),
        ("reason_", names_of::<NotReadyReason>()),
        ("", names_of::<TicketKind>()),
    ] {
        assert!(names.len() > 1, "{prefix}: {names:?}");
        for name in names {
            let key = format!("{prefix}{name}");
            let chinese = word(ZH, &key).unwrap_or_default();
            assert!(chinese.chars().any(|c| ('一'..='龥').contains(&c)), "zh.ts: {key}: {chinese}");
            assert!(word(EN, &key).is_some_and(|english| !english.is_empty()), "en.ts: {key}");
        }
    }
}

/// Every word that `error` may be in a refusal, from the file that makes them all.
fn errors() -> Vec<String> {
    let after_status = include_str!("../../src/problem.rs").split("StatusCode::").skip(1);
    let words = after_status.filter_map(|text| {
        let (_, text) = text.split_once([',', '>'])?;
        let word = text.trim_start().strip_prefix('"')?.split('"').next()?;
        Some(word.to_owned())
    });
    words.collect()
}
