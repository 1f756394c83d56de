//! The kinds of desk events by name; the config chooses by them which ones a partner receives.

use schemars::{JsonSchema, schema_for};

use super::{AssignmentEvent, DissatisfactionEvent, FilingEvent, OrderEvent, TicketEvent};

/// Every kind of event a partner may receive, as `subject.verb`: `ticket.closed_unsatisfied`.
///
/// Events of messaging are not among them: a delivery would cause the next one without end.
pub fn event_kinds() -> Vec<String> {
    let mut kinds = Vec::new();
    add::<TicketEvent>(&mut kinds, "ticket");
    add::<AssignmentEvent>(&mut kinds, "assignment");
    add::<FilingEvent>(&mut kinds, "filing");
    add::<DissatisfactionEvent>(&mut kinds, "dissatisfaction");
    add::<OrderEvent>(&mut kinds, "order");
    kinds.sort();
    kinds
}

/// A variant's name as it is written in a kind: `ClosedUnsatisfied` is `closed_unsatisfied`.
pub fn snake_case(variant: &str) -> String {
    let mut verb = String::new();
    for c in variant.chars() {
        if c.is_ascii_uppercase() && !verb.is_empty() {
            verb.push('_');
        }
        verb.push(c.to_ascii_lowercase());
    }
    verb
}

fn add<T: JsonSchema>(kinds: &mut Vec<String>, subject: &str) {
    let schema = schema_for!(T);
    let value = schema.as_value();
    let one_of = value.get("oneOf").and_then(|list| list.as_array()).into_iter().flatten();
    for one in one_of {
        // A variant with fields is an object with one key; one without is a string.
        let listed = ["required", "enum"].into_iter().filter_map(|key| one.get(key)?.as_array());
        let words = listed.flatten().chain(one.get("const"));
        kinds.extend(
            words.filter_map(|w| w.as_str()).map(|w| format!("{subject}.{}", snake_case(w))),
        );
    }
}
