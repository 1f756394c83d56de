//! The page's dictionaries: every word of the engine that the page shows has a Chinese and an English
//! translation, so that the Chinese page shows no English.

use model::{
    DecisionRule, NotReadyReason, RuledOutReason, WaitCause,
    event::{Alarm, CallEnd, MissedReason, Role, WithdrawalReason},
};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use ticketing::{TicketKind, rights::Right};

const ZH: &str = include_str!("../../web/src/i18n/zh.ts");
const EN: &str = include_str!("../../web/src/i18n/en.ts");

/// The names of an enum on the wire, from its schema.
fn names_of<T: JsonSchema>() -> Vec<String> {
    names_in(schema_for!(T).as_value())
}

fn names_in(schema: &Value) -> Vec<String> {
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
    collect(schema, &mut names);
    names
}

/// The names of an enum's variants on the wire, of those with fields too.
fn variants_of<T: JsonSchema>() -> Vec<String> {
    let schema = schema_for!(T);
    let variants = schema.as_value()["oneOf"].as_array().unwrap();
    let names = variants.iter().flat_map(|variant| match variant["properties"].as_object() {
        Some(fields) => fields.keys().cloned().collect(),
        None => names_in(variant),
    });
    names.collect()
}

/// The word that a dictionary has under a key.
fn word<'a>(dictionary: &'a str, key: &str) -> Option<&'a str> {
    let line = dictionary.lines().find(|line| line.trim().starts_with(&format!("{key}: ")))?;
    line.split('"').nth(1)
}

#[test]
fn every_engine_word_on_the_page_has_a_chinese_and_an_english_one() {
    let roles = Role::ALL.iter().map(|role| role.as_str().to_owned()).collect();
    let commands = ["log_in", "log_out", "ready", "not_ready", "extend_wrap_up"];
    let commands = commands.map(str::to_owned).into();
    for (prefix, names) in [
        ("role_", roles),
        ("problem_", problem_codes()),
        ("do_", commands),
        ("alarm_", names_of::<Alarm>()),
        ("alarm_do_", names_of::<Alarm>()),
        ("end_", names_of::<CallEnd>()),
        ("reason_", names_of::<NotReadyReason>()),
        ("", names_of::<TicketKind>()),
        ("rule_", names_of::<DecisionRule>()),
        ("ruled_out_", variants_of::<RuledOutReason>()),
        ("waits_", names_of::<WaitCause>()),
        ("offer_missed_", names_of::<MissedReason>()),
        ("offer_withdrawn_", names_of::<WithdrawalReason>()),
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

#[test]
fn page_has_words_only_for_codes_that_exist() {
    let codes = problem_codes();
    for line in ZH.lines().filter_map(|line| line.trim().strip_prefix("problem_")) {
        let code = line.split(':').next().unwrap_or_default();
        assert!(codes.iter().any(|known| known == code), "zh.ts: problem_{code}");
    }
}

/// Every code of a refusal, from the API's description.
fn problem_codes() -> Vec<String> {
    let document = console::description();
    let codes = &document["components"]["schemas"]["ProblemCode"]["oneOf"];
    let codes: Vec<String> = (codes.as_array().unwrap().iter())
        .map(|code| code["const"].as_str().unwrap().to_owned())
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    codes
}

/// The page shows a part only to people with its right, so each right it asks for must exist.
#[test]
fn rights_that_the_page_asks_for_exist() {
    let rights = Right::ALL.map(|right| right.to_string());
    let mut count = 0;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/src");
    for folder in [folder.to_owned(), format!("{folder}/components")] {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if !path.is_file() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for pattern in ["may('", "may(\"", "rights.includes(\""] {
                for rest in text.split(pattern).skip(1) {
                    let right = rest.split(['\'', '"']).next().unwrap_or_default();
                    let is_known = rights.iter().any(|known| known == right);
                    assert!(is_known, "{}: {right}", path.display());
                    count += 1;
                }
            }
        }
    }
    assert!(count > 6, "{count}");
}
