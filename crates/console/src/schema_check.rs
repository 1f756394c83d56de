//! Checks a body against the JSON Schema of its type, so that one answer names every fault.
//!
//! serde decides whether a body is accepted. It stops at the first fault, and it ignores unknown keys
//! where old records of the log must stay readable. So the schema is walked as well: it finds all
//! faults of a body that serde refuses, and the unknown keys of one that serde accepts.
//!
//! The walk supports what `schemars` writes. A command is one of many, told apart by its `type`; a
//! general validator would report a misspelt key as fifty forms that do not fit.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use workflow::Fault;

/// The body as a type.
///
/// # Errors
/// Everything that is wrong with it, by field: `parts[0].unit`.
pub(crate) fn read<T: DeserializeOwned + JsonSchema + 'static>(
    value: Value,
) -> Result<T, Vec<Fault>> {
    let schema = schema_of::<T>();
    let mut walk = Walk { root: &schema, faults: Vec::new(), unread: Vec::new() };
    walk.value(&schema, &value, "");
    let Walk { mut faults, unread, .. } = walk;
    match serde_json::from_value(value) {
        Ok(_) if !unread.is_empty() => Err(unread),
        Ok(command) => Ok(command),
        Err(error) => {
            faults.extend(unread);
            if faults.is_empty() {
                faults.push(Fault::new("body", error.to_string()));
            }
            faults.sort();
            faults.dedup();
            Err(faults)
        }
    }
}

/// The schema of a type. It is built once, because some have hundreds of fields.
fn schema_of<T: JsonSchema + 'static>() -> Arc<Value> {
    static KNOWN: Mutex<BTreeMap<TypeId, Arc<Value>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let made = || Arc::new(Value::from(schema_for!(T)));
    Arc::clone(known.entry(TypeId::of::<T>()).or_insert_with(made))
}

struct Walk<'s> {
    /// The schema that holds the definitions.
    root: &'s Value,
    faults: Vec<Fault>,
    /// Keys that no field reads.
    unread: Vec<Fault>,
}

impl<'s> Walk<'s> {
    fn value(&mut self, schema: &'s Value, value: &Value, at: &str) {
        let schema = self.resolved(schema);
        for part in list(schema, "allOf") {
            self.value(part, value, at);
        }
        let branches: Vec<&'s Value> =
            list(schema, "oneOf").chain(list(schema, "anyOf")).map(|b| self.resolved(b)).collect();
        if !branches.is_empty() {
            return self.one_of(&branches, value, at);
        }
        let words = words(schema);
        if !words.is_empty() {
            return self.word(&words, &[], value, at);
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|kind| is_a(value, kind)) {
            return self.fault(at, format!("is {}; write {}", kind_of(value), named(&types)));
        }
        match value {
            Value::Object(object) => self.object(schema, object, at),
            Value::Array(items) => self.array(schema, items, at),
            Value::Number(number) => self.number(schema, number, at),
            Value::String(text) => self.text(schema, text, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &'s Value, object: &Map<String, Value>, at: &str) {
        let none = Map::new();
        let known = schema.get("properties").and_then(Value::as_object);
        let required = list(schema, "required").filter_map(Value::as_str);
        for key in required.filter(|key| !object.contains_key(*key)) {
            self.fault(&below(at, key), "is missing".into());
        }
        // A map takes any key.
        let open = schema.get("additionalProperties").filter(|more| **more != Value::Bool(false));
        let is_tagged =
            known.is_some_and(|known| known.get("type").is_some_and(|t| t.get("const").is_some()));
        for (key, value) in object {
            match known.unwrap_or(&none).get(key) {
                // The desk names the fields of a command without `payload`.
                Some(_) if key == "payload" && is_tagged => {
                    let Some(schema) = known.and_then(|known| known.get(key)) else { continue };
                    self.value(schema, value, at);
                }
                Some(_) => {
                    let Some(schema) = known.and_then(|known| known.get(key)) else { continue };
                    self.value(schema, value, &below(at, key));
                }
                None if open.is_some() || known.is_none() => {
                    if let Some(schema) = open.filter(|schema| schema.is_object()) {
                        self.value(schema, value, &below(at, key));
                    }
                }
                None => {
                    let names: Vec<&str> =
                        known.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
                    let what = format!("is not known{}", suggestion(key, &names));
                    self.unread.push(Fault::new(below(at, key), what));
                }
            }
        }
    }

    fn array(&mut self, schema: &'s Value, items: &[Value], at: &str) {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let count = items.len() as u64;
        if bound("minItems").is_some_and(|least| count < least) {
            self.fault(
                at,
                format!("has {count}; write at least {}", bound("minItems").unwrap_or(0)),
            );
        }
        if bound("maxItems").is_some_and(|most| count > most) {
            self.fault(
                at,
                format!("has {count}; write at most {}", bound("maxItems").unwrap_or(0)),
            );
        }
        let places = schema.get("prefixItems").and_then(Value::as_array);
        for (n, item) in items.iter().enumerate() {
            let place = places.and_then(|places| places.get(n)).or_else(|| schema.get("items"));
            if let Some(schema) = place.filter(|schema| schema.is_object()) {
                self.value(schema, item, &format!("{at}[{n}]"));
            }
        }
    }

    fn number(&mut self, schema: &'s Value, number: &serde_json::Number, at: &str) {
        let Some(found) = number.as_f64() else { return };
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        if let Some(least) = bound("minimum").filter(|least| found < *least) {
            self.fault(at, format!("is {number}; write {least} or more"));
        }
        if let Some(most) = bound("maximum").filter(|most| found > *most) {
            self.fault(at, format!("is {number}; write {most} or less"));
        }
    }

    fn text(&mut self, schema: &'s Value, text: &str, at: &str) {
        let long = text.chars().count() as u64;
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        if let Some(least) = bound("minLength").filter(|least| long < *least) {
            self.fault(at, format!("has {long} characters; write at least {least}"));
        }
        if let Some(most) = bound("maxLength").filter(|most| long > *most) {
            self.fault(at, format!("has {long} characters; at most {most}"));
        }
    }

    /// Checks that a value is one of these words; `shapes` are the other forms it may have.
    fn word(&mut self, words: &[&str], shapes: &[String], value: &Value, at: &str) {
        let found = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !words.contains(&found.as_str()) {
            let known = words.iter().copied().chain(shapes.iter().map(String::as_str));
            let known = known.collect::<Vec<_>>().join(", ");
            let what =
                format!("\"{found}\" is not known{}; write {known}", suggestion(&found, words));
            self.fault(at, what);
        }
    }

    /// Checks one of several alternatives: the one with the tag or the key, else the one that fits
    /// best.
    fn one_of(&mut self, branches: &[&'s Value], value: &Value, at: &str) {
        let fitting = |branch: &&&'s Value| {
            let types = types(branch);
            types.is_empty() || types.iter().any(|kind| is_a(value, kind))
        };
        let all_words: Vec<&str> = branches.iter().flat_map(|branch| words(branch)).collect();
        if let Value::String(_) = value
            && !all_words.is_empty()
            && branches.iter().filter(fitting).all(|branch| !words(branch).is_empty())
        {
            let shapes = branches.iter().filter_map(|branch| Some(shape(only_key(branch)?)));
            return self.word(&all_words, &shapes.collect::<Vec<_>>(), value, at);
        }
        if let Value::Object(object) = value {
            let tags: Vec<(&str, &'s Value)> =
                branches.iter().filter_map(|branch| Some((tag(branch)?, *branch))).collect();
            if !tags.is_empty() {
                return self.tagged(&tags, object, value, at);
            }
            let keys: Vec<(&str, &'s Value)> =
                branches.iter().filter_map(|branch| Some((only_key(branch)?, *branch))).collect();
            if keys.len() > 1 {
                return self.keyed(&keys, object, value, at);
            }
        }
        let tried = branches.iter().filter(fitting).map(|branch| {
            let mut walk = Walk { root: self.root, faults: Vec::new(), unread: Vec::new() };
            walk.value(branch, value, at);
            (walk.faults, walk.unread)
        });
        match tried.min_by_key(|(faults, unread)| faults.len() + unread.len()) {
            Some((faults, unread)) => {
                self.faults.extend(faults);
                self.unread.extend(unread);
            }
            None => {
                let kinds: Vec<&str> = branches.iter().flat_map(|branch| types(branch)).collect();
                self.fault(at, format!("is {}; write {}", kind_of(value), named(&kinds)));
            }
        }
    }

    fn tagged(
        &mut self,
        tags: &[(&str, &'s Value)],
        object: &Map<String, Value>,
        value: &Value,
        at: &str,
    ) {
        let known: Vec<&str> = tags.iter().map(|(tag, _)| *tag).collect();
        let Some(found) = object.get("type") else {
            return self
                .fault(&below(at, "type"), format!("is missing; write {}", known.join(", ")));
        };
        match tags.iter().find(|(tag, _)| found == tag) {
            Some((_, branch)) => self.value(branch, value, at),
            None => self.word(&known, &[], found, &below(at, "type")),
        }
    }

    fn keyed(
        &mut self,
        keys: &[(&str, &'s Value)],
        object: &Map<String, Value>,
        value: &Value,
        at: &str,
    ) {
        let known: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
        let named = object.keys().find_map(|name| keys.iter().find(|(key, _)| key == name));
        match (named, object.keys().next()) {
            (Some((_, branch)), _) => self.value(branch, value, at),
            (None, Some(name)) => self.word(&known, &[], &Value::String(name.clone()), at),
            (None, None) => self.fault(at, format!("is empty; write {}", known.join(", "))),
        }
    }

    fn resolved(&self, mut schema: &'s Value) -> &'s Value {
        // Definitions that refer to each other in a circle would be a defect.
        for _ in 0..DEPTH_MAX {
            let Some(name) = schema.get("$ref").and_then(Value::as_str) else { break };
            let found = name.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            let Some(found) = found else { break };
            schema = found;
        }
        schema
    }

    fn fault(&mut self, at: &str, what: String) {
        let at = if at.is_empty() { "body" } else { at };
        self.faults.push(Fault::new(at, what));
    }
}

fn below(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}

fn list<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = &'s Value> + use<'s> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The words that a schema accepts; empty when it accepts other values.
fn words(schema: &Value) -> Vec<&str> {
    list(schema, "enum").chain(schema.get("const")).filter_map(Value::as_str).collect()
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The `type` that tells a command apart: `dispatch`.
fn tag(schema: &Value) -> Option<&str> {
    schema.pointer("/properties/type/const")?.as_str()
}

/// The only key of a variant that is told apart by it.
fn only_key(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required")?.as_array()?;
    let [one] = required.as_slice() else { return None };
    (properties.len() == 1).then(|| one.as_str()).flatten()
}

/// The written form of a variant with content: `{"phone":…}`.
fn shape(key: &str) -> String {
    format!("{{\"{key}\":…}}")
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn named(kinds: &[&str]) -> String {
    let name = |kind: &&&str| match **kind {
        "null" => None,
        "boolean" => Some("true or false"),
        "integer" => Some("a whole number"),
        "number" => Some("a number"),
        "string" => Some("a text"),
        "array" => Some("a list"),
        _ => Some("an object"),
    };
    let mut names: Vec<&str> = kinds.iter().filter_map(|kind| name(&kind)).collect();
    names.dedup();
    names.join(" or ")
}

/// A hint at the known word that is most similar.
fn suggestion(found: &str, known: &[&str]) -> String {
    let alike = |word: &&&str| strsim::damerau_levenshtein(found, word);
    match known.iter().min_by_key(alike) {
        Some(word) if alike(&word) <= DISTANCE_MAX => format!("; did you mean \"{word}\"?"),
        _ => String::new(),
    }
}

/// Two wrong letters are a slip, three are another word.
const DISTANCE_MAX: usize = 2;
const DEPTH_MAX: usize = 32;
