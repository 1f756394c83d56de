//! `courier.toml`: destinations, the SMS gateway, webhooks.

use std::collections::{BTreeMap, BTreeSet};

use model::desk::{Channel, DestinationId, event_kinds};

use crate::{
    Beginning, Carries, Content, Courier, Destination, Hook, Persons, Proof, SmsGateway,
    keys::{self, destination, hook, sms},
    kinds,
    page::{Table, Value, nearest},
};

pub(super) fn read(root: &Table<'_>) -> Option<Courier> {
    root.report_unknown(["destination", "sms", "hook"].into_iter());
    let destinations = root.tables("destination", &keys::destination::SECTION);
    let hooks = root.tables("hook", &keys::hook::SECTION);
    named_once(&destinations);
    named_once(&hooks);
    let sms = match root.value("sms") {
        Some(value) => value.table(&keys::sms::SECTION).and_then(|t| gateway(&t)).map(Some),
        None => Some(None),
    };
    let destinations: Vec<Option<Destination>> = destinations.iter().map(far_end).collect();
    let hooks: Vec<Option<Hook>> = hooks.iter().map(webhook).collect();
    Some(Courier {
        destinations: destinations.into_iter().collect::<Option<_>>()?,
        sms: sms?,
        hooks: hooks.into_iter().collect::<Option<_>>()?,
    })
}

fn far_end(t: &Table<'_>) -> Option<Destination> {
    let name = t.read(&destination::NAME, kinds::name);
    if name.as_deref() == Some(DestinationId::sms_gateway().as_str()) {
        t.wrong("name", "\"sms\" is reserved for the gateway", "choose another name");
    }
    let url = t.read(&destination::URL, kinds::url);
    let secret = t.read(&destination::SECRET, kinds::name);
    let events = t.read(&destination::EVENTS, kinds::list(chosen));
    let from = t.read(
        &destination::FROM,
        kinds::word(&[("now", Beginning::Now), ("first", Beginning::First)]),
    );
    let persons = t.read(
        &destination::PERSONS,
        kinds::word(&[("masked", Persons::Masked), ("whole", Persons::Whole)]),
    );
    let timeout = t.read(&destination::TIMEOUT, kinds::duration(TIMEOUT));
    let headers = t.read(&destination::HEADERS, |v| headers(v, &["secret"]));
    let reconcile = t.optional(&destination::RECONCILE, kinds::url);
    let events: BTreeSet<String> = events?.into_iter().flatten().collect();
    if events.is_empty() {
        t.wrong("events", "the list is empty", "write a kind of event, or remove the destination");
    }
    Some(Destination {
        name: DestinationId::from(name?.as_str()),
        url: url?,
        secret: secret?,
        events: events.into_iter().collect(),
        from: from?,
        persons: persons?,
        timeout: timeout?,
        headers: headers?,
        reconcile: reconcile?,
    })
}

fn gateway(t: &Table<'_>) -> Option<SmsGateway> {
    let url = t.read(&sms::URL, kinds::url);
    let secret = t.optional(&sms::SECRET, kinds::name);
    let content =
        t.read(&sms::CONTENT, kinds::word(&[("json", Content::Json), ("form", Content::Form)]));
    let body = t.read(&sms::BODY, |v| {
        let body = kinds::some_text(v)?;
        for placeholder in ["{to}", "{text}"] {
            if !body.contains(placeholder) {
                let right = format!("write {placeholder} where the gateway expects it");
                v.wrong::<()>(format!("the body has no {placeholder}"), right);
            }
        }
        check_placeholders(v, &body, &PLACES);
        if content == Some(Content::Json) {
            let filled = PLACES.iter().fold(body.clone(), |body, placeholder| {
                body.replace(&format!("{{{placeholder}}}"), "0")
            });
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&filled) {
                let right = "correct it, or set content = \"form\"";
                v.wrong::<()>(
                    format!("with placeholders filled in it is not JSON: {error}"),
                    right,
                );
            }
        }
        Some(body)
    });
    let headers = t.read(&sms::HEADERS, |v| headers(v, &["secret"]));
    let timeout = t.read(&sms::TIMEOUT, kinds::duration(TIMEOUT));
    let result = t.optional(&sms::RESULT, kinds::some_text);
    let taken = t.read(&sms::TAKEN, kinds::set(kinds::text));
    let later = t.read(&sms::LATER, kinds::set(kinds::text));
    let id = t.optional(&sms::ID, kinds::some_text);
    let quiet_from = t.read(&sms::QUIET_FROM, kinds::time_of_day);
    let quiet_until = t.read(&sms::QUIET_UNTIL, kinds::time_of_day);
    let (secret, body, headers) = (secret?, body?, headers?);
    let uses_it = |text: &String| text.contains("{secret}");
    if secret.is_none() && (uses_it(&body) || headers.values().any(uses_it)) {
        t.wrong("secret", "{secret} is used, but no secret is named", "add secret = \"…\"");
    }
    Some(SmsGateway {
        url: url?,
        secret,
        content: content?,
        body,
        headers,
        timeout: timeout?,
        result: result?,
        taken: taken?,
        later: later?,
        id: id?,
        quiet_from_s: quiet_from?,
        quiet_until_s: quiet_until?,
    })
}

fn webhook(t: &Table<'_>) -> Option<Hook> {
    let name = t.read(&hook::NAME, kinds::name);
    let carries = t.read(
        &hook::CARRIES,
        kinds::word(&[("messages", Carries::Messages), ("receipts", Carries::Receipts)]),
    );
    let channel = t.read(&hook::CHANNEL, kinds::word(CHANNELS));
    let proof = t.read(
        &hook::PROOF,
        kinds::word(&[("signature", Proof::Signature), ("token", Proof::Token)]),
    );
    let secrets = t.read(&hook::SECRETS, kinds::set(kinds::name));
    let items = t.optional(&hook::ITEMS, kinds::some_text);
    let fields = t.read(&hook::FIELDS, |v| fields(v, carries));
    let delivered = t.read(&hook::DELIVERED, kinds::set(kinds::text));
    let answer = t.read(&hook::ANSWER, kinds::text);
    let secrets = secrets?;
    if secrets.is_empty() {
        t.wrong("secrets", "the list is empty, so no sender is accepted", "name at least one");
    }
    Some(Hook {
        name: name?,
        carries: carries?,
        channel: channel?,
        proof: proof?,
        secrets,
        items: items?,
        fields: fields?,
        delivered: delivered?,
        answer: answer?,
    })
}

/// The kinds of events that a pattern matches.
fn chosen(v: &Value<'_>) -> Option<Vec<String>> {
    let pattern = kinds::some_text(v)?;
    let all = event_kinds();
    let fits = |kind: &&String| match pattern.strip_suffix('*') {
        Some("") => true,
        Some(subject) => subject.ends_with('.') && kind.starts_with(subject),
        None => **kind == pattern,
    };
    let found: Vec<String> = all.iter().filter(fits).cloned().collect();
    if !found.is_empty() {
        return Some(found);
    }
    let right = match nearest(&pattern, all.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => {
            let subjects: BTreeSet<&str> =
                all.iter().filter_map(|kind| kind.split_once('.')).map(|(s, _)| s).collect();
            let subjects: Vec<String> = subjects.iter().map(|s| format!("\"{s}.*\"")).collect();
            format!("write \"*\" or {}", subjects.join(", "))
        }
    };
    v.wrong(format!("no kind of event is called \"{pattern}\""), right)
}

/// Additional headers: none that the courier writes itself, with these placeholders only.
fn headers(v: &Value<'_>, placeholders: &[&str]) -> Option<BTreeMap<String, String>> {
    let table = kinds::text_table(v)?;
    for (name, text) in &table {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            let what = format!("\"{name}\" is not the name of a header");
            v.wrong::<()>(what, "use letters, digits and - (RFC 9110 5.1)");
        }
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            v.wrong::<()>(format!("the engine sends {name} itself"), "remove it");
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            v.wrong::<()>(format!("the value of {name} is not printable ASCII"), "encode it");
        }
        check_placeholders(v, text, placeholders);
    }
    Some(table)
}

/// Reports placeholders other than these. Braces around anything but a word belong to JSON.
pub(super) fn check_placeholders(v: &Value<'_>, text: &str, placeholders: &[&str]) {
    for after in text.split('{').skip(1) {
        let Some((name, _)) = after.split_once('}') else { continue };
        let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_word && !placeholders.contains(&name) {
            let known: Vec<String> =
                placeholders.iter().map(|placeholder| format!("{{{placeholder}}}")).collect();
            let right = match nearest(name, placeholders.iter().copied()) {
                Some(near) => format!("did you mean {{{near}}}?"),
                None => format!("known here: {}", known.join(" ")),
            };
            v.wrong::<()>(format!("there is no placeholder {{{name}}}"), right);
        }
    }
}

/// A table from our field names to the sender's.
fn fields(v: &Value<'_>, carries: Option<Carries>) -> Option<BTreeMap<String, String>> {
    let table = kinds::text_table(v)?;
    let known: &[&str] = match carries? {
        Carries::Messages => &[
            "message_id",
            "from",
            "to",
            "text",
            "media",
            "at",
            "case",
            "due",
            "title",
            "name",
            "contact",
            "address",
            "area",
            "topic",
            "purpose",
            "confidential",
        ],
        Carries::Receipts => &["gateway_id", "status"],
    };
    for name in table.keys().filter(|name| !known.contains(&name.as_str())) {
        let right = format!("known here: {}", known.join(", "));
        v.wrong::<()>(format!("there is no field \"{name}\""), right);
    }
    Some(table)
}

/// Reports names that are used twice.
fn named_once(tables: &[Table<'_>]) {
    let mut seen = BTreeSet::new();
    for t in tables {
        let name = t.value("name").and_then(|v| v.value.as_str());
        if let Some(name) = name.filter(|name| !seen.insert(name.to_string())) {
            t.wrong("name", format!("the name \"{name}\" is used twice"), "choose another");
        }
    }
}

/// A shorter time is exceeded by ordinary network delays; a longer one holds up the next delivery.
const TIMEOUT: std::ops::RangeInclusive<std::time::Duration> =
    std::time::Duration::from_secs(1)..=std::time::Duration::from_secs(120);

/// The placeholders in the body of an SMS.
const PLACES: [&str; 5] = ["to", "text", "key", "secret", "time"];

/// The headers that the courier writes.
const OURS: [&str; 9] = [
    "connection",
    "content-length",
    "content-type",
    "host",
    "idempotency-key",
    "webhook-id",
    "webhook-key",
    "webhook-signature",
    "webhook-timestamp",
];

/// The channels by their word. Calls and voice mail come by SIP and are not listed.
const CHANNELS: &[(&str, Channel)] = &[
    ("mailbox", Channel::Mailbox),
    ("sms", Channel::Sms),
    ("weibo", Channel::Weibo),
    ("wechat", Channel::Wechat),
    ("forum", Channel::Forum),
    ("app", Channel::App),
    ("outreach", Channel::Outreach),
    ("upper", Channel::Upper),
    ("police", Channel::Police),
    ("grid", Channel::Grid),
    ("platform", Channel::Platform),
];
