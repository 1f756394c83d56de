//! All config keys, each with its unit, its default and the reason for the default.
//!
//! Each config file has its keys in a file here and its reader in `read`. The readers take their
//! defaults from here, a test compares the README's tables with it, and the reader of an unknown
//! key looks here for a similar name.

/// The keys under one heading as a module: a constant for each key, and `SECTION` with all of them.
macro_rules! section {
    ($module:ident, $file:literal, $heading:literal $(, holds [$($table:literal),*])?, {
        $($konst:ident = $name:literal, $unit:literal, $default:expr, $reason:literal;)*
    }) => {
        pub(crate) mod $module {
            use crate::keys::{Default::*, Key, Section};

            $(pub(crate) const $konst: Key =
                Key { name: $name, unit: $unit, default: $default, reason: $reason };)*

            pub(crate) const SECTION: Section =
                Section {
                    file: $file,
                    heading: $heading,
                    keys: &[$($konst),*],
                    tables: &[$($($table),*)?],
                };
        }
    };
}

mod agents_toml;
mod blacklist_toml;
mod courier_toml;
mod desk_toml;
mod heartline_toml;
mod ivr_toml;
mod lines_toml;
mod queues_toml;
mod reports_toml;
mod seats_toml;
mod sms_toml;
mod trunks_toml;

pub(crate) use agents_toml::agent;
pub(crate) use blacklist_toml::blocked;
pub(crate) use courier_toml::{destination, hook, sms};
pub(crate) use desk_toml::{callback, clocks, desk, policy, wording};
pub(crate) use heartline_toml::{
    data, drain, duties, emergency, feature_codes, floor, hotline, http, intake, media, missed,
    notices, open311, recording, register, shield, sip, start, streams,
};
pub(crate) use ivr_toml::{case, menu, node};
pub(crate) use lines_toml::{line, lines};
pub(crate) use queues_toml::{announcements, overflow, queue, voicemail, widening};
pub(crate) use reports_toml::{counting, extras, opening, periods, ranking, score};
pub(crate) use seats_toml::seats;
pub(crate) use sms_toml::{desk_sms, templates};
pub(crate) use trunks_toml::{outbound, proxy, trunk};

/// A config key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name in the file.
    pub name: &'static str,
    /// The kind of value, with its unit.
    pub unit: &'static str,
    /// The value when the key is omitted.
    pub default: Default,
    /// The reason, as a sentence that helps an operator to decide.
    pub reason: &'static str,
}

/// The value of a key that is omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// The key must not be omitted.
    Required,
    /// There is no value; the text tells what that means.
    Absent(&'static str),
    /// The value as TOML.
    Value(&'static str),
}

/// The keys under one heading of one file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The file's name.
    pub file: &'static str,
    /// The heading, such as `[sip]` or `[[queue]]`; empty for the top of the file.
    pub heading: &'static str,
    /// The keys, in the order of the README.
    pub keys: &'static [Key],
    /// The names of tables in it that have their own heading.
    pub tables: &'static [&'static str],
}

impl Section {
    /// The names of the keys and of the tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.keys.iter().map(|key| key.name).chain(self.tables.iter().copied())
    }
}

/// All sections, in the order of the README.
pub const SECTIONS: &[Section] = &[
    hotline::SECTION,
    sip::SECTION,
    register::SECTION,
    shield::SECTION,
    streams::SECTION,
    media::SECTION,
    recording::SECTION,
    http::SECTION,
    open311::SECTION,
    data::SECTION,
    intake::SECTION,
    start::SECTION,
    emergency::SECTION,
    drain::SECTION,
    duties::SECTION,
    feature_codes::SECTION,
    floor::SECTION,
    missed::SECTION,
    notices::SECTION,
    trunk::SECTION,
    outbound::SECTION,
    proxy::SECTION,
    lines::SECTION,
    line::SECTION,
    menu::SECTION,
    node::SECTION,
    case::SECTION,
    queue::SECTION,
    announcements::SECTION,
    voicemail::SECTION,
    overflow::SECTION,
    widening::SECTION,
    seats::SECTION,
    agent::SECTION,
    blocked::SECTION,
    destination::SECTION,
    sms::SECTION,
    hook::SECTION,
    desk::SECTION,
    wording::SECTION,
    callback::SECTION,
    policy::SECTION,
    clocks::SECTION,
    desk_sms::SECTION,
    templates::SECTION,
    periods::SECTION,
    counting::SECTION,
    ranking::SECTION,
    score::SECTION,
    extras::SECTION,
    opening::SECTION,
];

/// Keys that older versions had: the key's path, the message and the proposal.
pub(crate) const REMOVED: &[(&str, &str, &str)] = &[(
    "sip.shield.shut_out",
    "addresses are no longer blocked: each message above the limit is dropped, and password attempts are slowed",
    "remove the line; wrong_passwords and password_retry say when passwords are slowed",
)];
