//! The page's dictionaries: every word of the engine that the page shows has a Chinese and an English
//! translation, so that the Chinese page shows no English.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use model::{
    DecisionRule, NotReadyReason, RuledOutReason, WaitCause,
    desk::{
        AssignmentEvent, AssignmentState, ClockKind, OverdueLevel, TicketClosure, TicketEvent,
        TicketState,
    },
    event::{Alarm, CallEnd, MissedReason, Role, WithdrawalReason},
};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use ticketing::{TicketKind, rights::Right, worklist::WorkKind};

const ZH: [&str; 3] = [
    include_str!("../../web/src/shared/i18n/zh/frame.json"),
    include_str!("../../web/src/shared/i18n/zh/floor.json"),
    include_str!("../../web/src/shared/i18n/zh/desk.json"),
];
const EN: [&str; 3] = [
    include_str!("../../web/src/shared/i18n/en/frame.json"),
    include_str!("../../web/src/shared/i18n/en/floor.json"),
    include_str!("../../web/src/shared/i18n/en/desk.json"),
];

/// All parts of a dictionary as one.
fn dictionary(parts: [&str; 3]) -> BTreeMap<String, String> {
    parts
        .iter()
        .flat_map(|part| serde_json::from_str::<BTreeMap<String, String>>(part).unwrap())
        .collect()
}

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

#[test]
fn every_engine_word_on_the_page_has_a_chinese_and_an_english_one() {
    let (zh, en) = (dictionary(ZH), dictionary(EN));
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
        ("work_", names_of::<WorkKind>()),
        ("state_", names_of::<TicketState>()),
        ("state_", names_of::<AssignmentState>()),
        ("clock_", names_of::<ClockKind>()),
        ("level_", names_of::<OverdueLevel>()),
        ("closure_", names_of::<TicketClosure>()),
        ("ev_", events_of::<TicketEvent>()),
        ("ev_", events_of::<AssignmentEvent>()),
    ] {
        assert!(names.len() > 1, "{prefix}: {names:?}");
        for name in names {
            let key = format!("{prefix}{name}");
            let chinese = zh.get(&key).map(String::as_str).unwrap_or_default();
            assert!(chinese.chars().any(|c| ('一'..='龥').contains(&c)), "zh: {key}: {chinese}");
            assert!(en.get(&key).is_some_and(|english| !english.is_empty()), "en: {key}");
        }
    }
}

#[test]
fn page_has_words_only_for_codes_that_exist() {
    let codes = problem_codes();
    for code in dictionary(ZH).keys().filter_map(|key| key.strip_prefix("problem_")) {
        assert!(codes.iter().any(|known| known == code), "zh: problem_{code}");
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

/// The variants of an enum of events, whose schema names each as a word or as its only field.
fn events_of<T: JsonSchema>() -> Vec<String> {
    let names = variants_of::<T>();
    assert!(names.len() > 10, "{names:?}");
    names
}

/// Commands without a form of their own have one made from the description: each of its commands,
/// fields and words has a label in both languages.
#[test]
fn every_command_field_and_choice_of_the_desk_has_a_label() {
    let (zh, en) = (dictionary(ZH), dictionary(EN));
    let document = console::description();
    let definitions = &document["components"]["schemas"];
    let mut labels = BTreeSet::new();
    for set in ["TicketCommand", "AssignmentCommand", "DissatisfactionCommand"] {
        let mut seen = BTreeSet::new();
        let commands = &definitions[format!("{set}.asked")];
        for command in commands["oneOf"].as_array().unwrap() {
            let word = &command["properties"]["type"];
            let word = word["const"].as_str().or(word["enum"][0].as_str()).unwrap();
            labels.insert(format!("cmd_{word}"));
            let payload = &command["properties"]["payload"];
            labels_in(definitions, payload, "", &mut seen, &mut labels);
        }
    }
    assert!(labels.len() > 200, "{}", labels.len());
    let missing: Vec<&String> =
        labels.iter().filter(|key| !zh.contains_key(*key) || !en.contains_key(*key)).collect();
    assert!(missing.is_empty(), "without a label: {missing:?}");
}

/// The labels of the fields and words in a schema, and in those it refers to.
fn labels_in(
    definitions: &Value,
    schema: &Value,
    name: &str,
    seen: &mut BTreeSet<String>,
    labels: &mut BTreeSet<String>,
) {
    if let Some(full) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if seen.insert(full.to_owned()) {
            let name = full.strip_suffix(".asked").unwrap_or(full);
            labels_in(definitions, &definitions[full], name, seen, labels);
        }
        return;
    }
    let words = schema["enum"].as_array().into_iter().flatten().chain([&schema["const"]]);
    labels.extend(words.filter_map(Value::as_str).map(|word| format!("v_{name}_{word}")));
    for (field, of) in schema["properties"].as_object().into_iter().flatten() {
        // The engine computes the clocks itself: no form asks for them.
        if field == "clocks" {
            continue;
        }
        labels.insert(format!("field_{field}"));
        labels_in(definitions, of, name, seen, labels);
    }
    for branches in ["oneOf", "anyOf", "allOf"] {
        for branch in schema[branches].as_array().into_iter().flatten() {
            labels_in(definitions, branch, name, seen, labels);
        }
    }
    labels_in_items(definitions, &schema["items"], seen, labels);
}

fn labels_in_items(
    definitions: &Value,
    items: &Value,
    seen: &mut BTreeSet<String>,
    labels: &mut BTreeSet<String>,
) {
    if items.is_object() {
        labels_in(definitions, items, "", seen, labels);
    }
}

/// The page shows a part only to people with its right, so each right it asks for must exist.
#[test]
fn rights_that_the_page_asks_for_exist() {
    let rights = Right::ALL.map(|right| right.to_string());
    let mut count = 0;
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/web/src"))];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if !path.is_file() {
                folders.push(path);
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
