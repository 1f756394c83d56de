//! The differences between two configs: what changes, for whom, and what needs a restart.
//!
//! A running engine takes seats, agents, queues, lines, trunks, prompts, the blacklist and the rules
//! of the floor while calls go on. Addresses, ports, folders, the realm and what is built from them
//! at a start need a restart; while one of them differs, nothing is taken.

mod items;
mod sections;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{Config, Settings};

/// All differences of a new config, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The changes in the order of the files: seats, agents, queues, lines, trunks, prompts,
    /// blacklist, then the sections of heartline.toml and the other files.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The file in the config folder.
    pub file: &'static str,
    /// The subject: `seats 1001-1010`, `queue mandarin`, `[http]`.
    pub of: String,
    /// The kind of the change.
    pub kind: ChangeKind,
    /// Whether a running engine takes it.
    pub takes: Takes,
    /// The keys whose values differ.
    pub fields: Vec<FieldChange>,
    /// The consequence, as a sentence.
    pub effect: &'static str,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only the new config has it.
    Added,
    /// Only the old config has it.
    Removed,
    /// Both have it with other values.
    Changed,
}

/// When a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// A running engine takes it while calls go on.
    Reload,
    /// Only a start takes it.
    Restart,
}

/// A key with its values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// The key in the file.
    pub key: String,
    /// The value before; empty when there was none.
    pub before: String,
    /// The value from now on; empty when there is none.
    pub after: String,
}

impl Diff {
    /// The differences of `new` from `old`.
    pub fn between(old: &Config, new: &Config) -> Diff {
        let mut changes = items::changes(&old.settings, &new.settings);
        changes.extend(items::prompts(&old.files, &new.files));
        changes.extend(sections::changes(old, new));
        Diff { changes }
    }

    /// Whether the two configs are the same for the engine.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes that only a start takes.
    pub fn for_restart(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.takes == Takes::Restart)
    }
}

impl Settings {
    /// These settings with everything that a running engine takes from `new`.
    #[must_use]
    pub fn reloaded(&self, new: Settings) -> Settings {
        let Settings {
            drain,
            feature_codes,
            seat_rules,
            notices,
            trunks,
            proxies,
            outbound,
            lines,
            menus,
            queues,
            seats,
            agents,
            blacklist,
            prompts,
            ..
        } = new;
        Settings {
            drain,
            feature_codes,
            seat_rules,
            notices,
            trunks,
            proxies,
            outbound,
            lines,
            menus,
            queues,
            seats,
            agents,
            blacklist,
            prompts,
            ..self.clone()
        }
    }
}

/// `queues.toml: queue mandarin changed: ring 15 s -> 20 s; the next offers use it`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        write!(f, "{}: {} {kind}", self.file, self.of)?;
        for (n, field) in self.fields.iter().enumerate() {
            f.write_str(if n == 0 { ": " } else { ", " })?;
            match (field.before.as_str(), field.after.as_str()) {
                ("", "") => f.write_str(&field.key)?,
                ("", after) => write!(f, "{} {after}", field.key)?,
                (before, "") => write!(f, "{} {before} -> none", field.key)?,
                (before, after) => write!(f, "{} {before} -> {after}", field.key)?,
            }
        }
        match self.takes {
            Takes::Reload => write!(f, "; {}", self.effect),
            Takes::Restart => write!(f, "; it needs a restart: {}", self.effect),
        }
    }
}

/// The keys of one item of a config with their values as text.
type Fields = Vec<(&'static str, String)>;

/// The keys whose values differ. Of an added or removed item these are the keys that are set.
fn differing(old: &Fields, new: &Fields) -> Vec<FieldChange> {
    let old: BTreeMap<&str, &String> = old.iter().map(|(key, value)| (*key, value)).collect();
    let before = |key: &str| old.get(key).map_or_else(String::new, |value| (*value).clone());
    let changed = new.iter().filter(|(key, value)| before(key) != *value);
    changed
        .map(|(key, value)| FieldChange {
            key: (*key).to_owned(),
            before: before(key),
            after: value.clone(),
        })
        .collect()
}

/// The keys that are set, as an added item shows them.
fn set(new: &Fields) -> Vec<FieldChange> {
    differing(&Fields::new(), new)
}

#[cfg(test)]
mod tests;
