//! The sections of heartline.toml and the other files: those that a running engine takes, and those
//! that need a restart.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{Change, ChangeKind, FieldChange, Takes};
use crate::Config;

/// The changes of sections. A section counts as changed when its checked values differ, so that a
/// default that is written out changes nothing.
pub(super) fn changes(old: &Config, new: &Config) -> Vec<Change> {
    let (was, is) = (&old.settings, &new.settings);
    let mut changes = Vec::new();
    let mut section = |differs: bool, file: &'static str, name: &str, takes: Takes, effect| {
        if differs {
            let of = if name.is_empty() { "the file".to_owned() } else { format!("[{name}]") };
            let fields = keys(old, new, file, name);
            changes.push(Change { file, of, kind: ChangeKind::Changed, takes, fields, effect });
        }
    };
    let (reload, restart) = (Takes::Reload, Takes::Restart);
    let heartline = "heartline.toml";
    section(was.drain != is.drain, heartline, "drain", reload, "the next stop uses it");
    section(
        was.feature_codes != is.feature_codes,
        heartline,
        "feature_codes",
        reload,
        "the next codes that phones dial are read by it",
    );
    section(
        was.seat_rules != is.seat_rules,
        heartline,
        "floor",
        reload,
        "the next log-ins and missed offers use it",
    );
    section(
        was.notices != is.notices,
        heartline,
        "notices",
        reload,
        "the next callers and phones hear it",
    );
    let sockets = "sockets are opened at a start";
    let records = "all records and figures of a run use one hotline";
    section(was.hotline != is.hotline, heartline, "hotline", restart, records);
    section(was.sip != is.sip, heartline, "sip", restart, sockets);
    section(
        was.media != is.media,
        heartline,
        "media",
        restart,
        "voice ports are opened at a start",
    );
    let folders = "files are opened at a start";
    section(was.recording != is.recording, heartline, "recording", restart, folders);
    section(was.http != is.http, heartline, "http", restart, "the web server begins with it");
    section(
        was.open311 != is.open311,
        heartline,
        "open311",
        restart,
        "the web server begins with it",
    );
    section(was.data != is.data, heartline, "data", restart, folders);
    section(was.intake != is.intake, heartline, "intake", restart, "the queue is made at a start");
    section(was.start != is.start, heartline, "start", restart, "it is about the start");
    section(was.duties != is.duties, heartline, "duties", restart, "the keyring is opened with it");
    let partners = "connections to partners begin with it";
    section(was.courier != is.courier, "courier.toml", "", restart, partners);
    section(
        was.desk != is.desk || was.calendar != is.calendar,
        "desk.toml",
        "",
        restart,
        "due dates of a run use one set of rules; calendar/ is part of it",
    );
    section(
        was.reports != is.reports,
        "reports.toml",
        "",
        restart,
        "figures of a run use one set of rules",
    );
    section(was.sms_templates != is.sms_templates, "desk/sms.toml", "", restart, partners);
    changes
}

/// The keys of a section that differ in the files. Values of courier.toml and of the section
/// `open311` are not shown, since addresses and keys in them may be confidential.
fn keys(old: &Config, new: &Config, file: &str, section: &str) -> Vec<FieldChange> {
    let flat = |config: &Config| {
        let text = config.files.texts.get(file).map_or("", String::as_str);
        let mut keys = BTreeMap::new();
        let Ok(table) = text.parse::<Table>() else { return keys };
        match section {
            "" => flatten("", &Value::Table(table), &mut keys),
            name => {
                if let Some(value) = table.get(name) {
                    flatten("", value, &mut keys);
                }
            }
        }
        keys
    };
    let (before, after) = (flat(old), flat(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let is_shown = file != "courier.toml" && section != "open311";
    let value = |of: &BTreeMap<String, String>, key: &String| match of.get(key) {
        Some(value) if is_shown => value.clone(),
        _ => String::new(),
    };
    let differs = |key: &&&String| before.get(**key) != after.get(**key);
    let change = |key: &&String| FieldChange {
        key: (*key).clone(),
        before: value(&before, key),
        after: value(&after, key),
    };
    names.iter().filter(differs).map(change).collect()
}

/// The keys below a value with their values as written; a list is one value.
fn flatten(prefix: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let key = match prefix {
                    "" => key.clone(),
                    prefix => format!("{prefix}.{key}"),
                };
                flatten(&key, value, into);
            }
        }
        other => drop(into.insert(prefix.to_owned(), other.to_string())),
    }
}
