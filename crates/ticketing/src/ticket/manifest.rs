//! The hash that is recorded when a ticket is archived (T27), over a form that never changes.
//!
//! The form is the JSON of a ticket as version 0.1.0 wrote it: these fields, in this order. Fields
//! of later versions are left out, so a ticket that was archived years ago still has the hash that
//! is recorded. Values of `model` are taken whole: they are written in the log, whose forms never
//! change. Another form would be another table here, and a hash that names it.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Ticket;

impl Ticket {
    /// SHA-256, in hex, of the ticket in the frozen form.
    pub fn manifest(&self) -> String {
        // All keys of a ticket are texts, so it can be written as JSON and read.
        let json = serde_json::to_string(self).unwrap_or_default();
        let mut frozen = String::with_capacity(json.len());
        put(&json, &Part::Fields(TICKET), &mut frozen);
        Sha256::digest(frozen.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// How a value enters the form.
enum Part {
    /// As it is written.
    Whole,
    /// Only these fields, in this order; a field that is not written is left out.
    Fields(&'static [(&'static str, Part)]),
    /// Each element of a list, or each value of a map, in this way.
    Each(&'static Part),
}

fn put(json: &str, part: &Part, into: &mut String) {
    match part {
        Part::Fields(fields) if json.starts_with('{') => {
            let object = object(json);
            let found = fields.iter().filter_map(|(name, part)| {
                let (_, value) = object.iter().find(|(key, _)| key == name)?;
                Some((*name, value.get(), part))
            });
            put_object(found, into);
        }
        Part::Each(part) if json.starts_with('{') => {
            let object = object(json);
            put_object(object.iter().map(|(key, value)| (key.as_str(), value.get(), *part)), into);
        }
        Part::Each(part) if json.starts_with('[') => {
            let list: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap_or_default();
            into.push('[');
            for (n, element) in list.iter().enumerate() {
                into.push_str(if n == 0 { "" } else { "," });
                put(element.get(), part, into);
            }
            into.push(']');
        }
        // A value that is not there is `null` in any form.
        Part::Whole | Part::Fields(_) | Part::Each(_) => into.push_str(json),
    }
}

fn put_object<'a>(members: impl Iterator<Item = (&'a str, &'a str, &'a Part)>, into: &mut String) {
    into.push('{');
    for (n, (key, value, part)) in members.enumerate() {
        into.push_str(if n == 0 { "\"" } else { ",\"" });
        into.push_str(key);
        into.push_str("\":");
        put(value, part, into);
    }
    into.push('}');
}

/// The members of an object in the order in which they are written.
fn object(json: &str) -> Vec<(String, Box<RawValue>)> {
    serde_json::from_str::<Members>(json).map(|members| members.0).unwrap_or_default()
}

struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

use Part::{Each, Fields, Whole};

const TICKET: &[(&str, Part)] = &[
    ("ticket", Whole),
    ("kind", Whole),
    ("call", Whole),
    ("more_calls", Whole),
    ("missed_again", Whole),
    ("refused_again", Whole),
    ("last_missed", Whole),
    ("caller", Whole),
    ("line", Whole),
    ("elsewhere", Whole),
    ("opened", Whole),
    ("seat", Whole),
    ("channel", Whole),
    ("seq", Whole),
    ("state", Whole),
    ("before", Whole),
    ("closure", Whole),
    ("form", Whole),
    ("matter", Whole),
    ("follows", Whole),
    ("query_code", Whole),
    ("repeat_caller", Whole),
    ("repeat_matter", Whole),
    ("round", Whole),
    ("disposition", Whole),
    ("route", Whole),
    ("proposed", Whole),
    ("reasonable", Whole),
    ("answer", Whole),
    ("knowledge", Whole),
    ("filing", Whole),
    ("assignments", Each(&Fields(ASSIGNMENT))),
    ("clocks", Each(&Fields(CLOCK))),
    ("instructions", Whole),
    ("replies", Each(&Fields(DATED))),
    ("told_by", Whole),
    ("callbacks", Each(&Fields(ASKED))),
    ("eval_first", Fields(EVALUATION)),
    ("eval_final", Fields(EVALUATION)),
    ("tries", Each(&Fields(DATED))),
    ("urges", Fields(URGES)),
    ("commitments", Whole),
    ("follow_ups", Each(&Fields(FOLLOWED))),
    ("updates", Each(&Fields(DATED))),
    ("thanks", Each(&Fields(DATED))),
    ("methods", Whole),
    ("call_at", Whole),
    ("filed", Whole),
    ("claim", Fields(DATED)),
    ("officer", Whole),
    ("group", Whole),
    ("agent", Whole),
    ("dispatcher", Whole),
    ("hands", Whole),
    ("send_backs", Whole),
    ("times", Fields(TIMES)),
    ("dissatisfaction", Fields(DISSATISFACTION)),
];

const ASSIGNMENT: &[(&str, Part)] = &[
    ("unit", Whole),
    ("role", Whole),
    ("method", Whole),
    ("required", Whole),
    ("parent", Whole),
    ("supervise", Whole),
    ("supervisor", Whole),
    ("handler", Whole),
    ("state", Whole),
    ("round", Whole),
    ("issued", Whole),
    ("signed", Whole),
    ("first_contact", Whole),
    ("on_site", Whole),
    ("submitted", Whole),
    ("passed", Whole),
    ("first_result", Whole),
    ("clocks", Each(&Fields(CLOCK))),
    ("result", Whole),
    ("remarks", Whole),
    ("signatures", Whole),
    ("further", Whole),
    ("scores", Whole),
    ("returns", Each(&Fields(RETURN))),
    ("extension", Fields(EXTENSION_ASKED)),
    ("extensions", Whole),
    ("send_backs", Whole),
    ("rejections", Whole),
    ("urges", Fields(URGES)),
    ("overdue", Whole),
    ("faulted", Whole),
];

const CLOCK: &[(&str, Part)] = &[
    ("promise", Whole),
    ("started", Whole),
    ("pauses", Each(&Fields(PAUSE))),
    ("extensions", Each(&Fields(EXTENSION))),
    ("told", Whole),
    ("end", Whole),
];

const PAUSE: &[(&str, Part)] = &[("cause", Whole), ("from", Whole), ("to", Whole)];

const EXTENSION: &[(&str, Part)] = &[("days", Whole), ("asked_at", Whole), ("by", Whole)];

const EXTENSION_ASKED: &[(&str, Part)] = &[("at", Whole), ("days", Whole), ("citizen_told", Whole)];

const RETURN: &[(&str, Part)] =
    &[("at", Whole), ("ground", Whole), ("late", Whole), ("verdict", Whole)];

const DATED: &[(&str, Part)] = &[("at", Whole), ("what", Whole)];

const ASKED: &[(&str, Part)] =
    &[("at", Whole), ("round", Whole), ("by", Whole), ("callback", Whole)];

const EVALUATION: &[(&str, Part)] =
    &[("at", Whole), ("round", Whole), ("grade", Whole), ("solved", Whole), ("contacted", Whole)];

const URGES: &[(&str, Part)] = &[("of", Each(&Fields(URGES_OF_SOURCE))), ("system_level", Whole)];

const URGES_OF_SOURCE: &[(&str, Part)] = &[("made", Whole), ("counted", Whole), ("last", Whole)];

const FOLLOWED: &[(&str, Part)] = &[("follow_up", Whole), ("checked", Fields(DATED))];

const TIMES: &[(&str, Part)] = &[
    ("registered", Whole),
    ("reviewed", Whole),
    ("dispatched", Whole),
    ("results_in", Whole),
    ("accepted", Whole),
    ("replied", Whole),
    ("closed", Whole),
    ("archived", Whole),
    ("changed", Whole),
];

const DISSATISFACTION: &[(&str, Part)] = &[
    ("unit", Whole),
    ("opened", Whole),
    ("state", Whole),
    ("changed", Whole),
    ("struck_off", Whole),
    ("in_vain", Whole),
];
