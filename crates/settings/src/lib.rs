//! Reads config files into settings, and reports all faults at once, each with file, line and key.
//!
//! [`Settings::load`] reads the config folder; [`Settings::embedded`] reads the same files built
//! into the program, so that a demo needs no folder. [`tables`] reads the CSV files of
//! `config/desk` as text. [`keyring`] keeps accounts, tokens and secrets.
//!
//! Values are parsed into the types in which the machines take them (`acd::QueuePolicy`,
//! `sip::Config`, `ticketing::Rules`, …), so a new key has a line in [`keys`] and one in its
//! reader. The crate runs no machine.

pub mod calendar;
pub mod calendar_sheet;
mod capacity;
mod config;
mod courier;
mod diff;
mod fault;
mod folder;
pub mod keyring;
pub mod keys;
mod kinds;
mod misfit;
mod networks;
mod open311;
mod page;
mod policies;
mod ports;
mod prompt_ids;
mod read;
pub mod tables;
mod tree;
mod wav;

use std::path::Path;

pub use capacity::{Descriptors, UNIT_DESCRIPTORS};
pub use config::{Config, ConfigFiles, PromptFile};
pub use courier::{
    Beginning, Carries, Content, Courier, Destination, Hook, Persons, Proof, SmsGateway,
};
pub use diff::{Change, ChangeKind, Diff, FieldChange, Takes};
pub use fault::Fault;
pub use keyring::{Account, ChangeContext, Keyring, KeyringError, SeatSecret, password_from};
pub use misfit::Misfit;
pub use open311::{Open311, Publish};
pub use ports::{BadPorts, Ports};
pub use prompt_ids::PromptIds;
pub use read::ivr::read_alone as read_menu;
pub use tree::{
    Announcements, Blocked, Desk, Drain, Duties, Hotline, Http, Intake, Line, Media, Notices,
    Outbound, Prompt, PromptName, ProxyHeader, Queue, Recording, Reports, Seat, SeatRules,
    Settings, Sip, Start, Store, Trunk, Voicemail,
};

impl Settings {
    /// Reads a config folder. All faults are reported together, by file and line.
    pub fn load(dir: &Path) -> Result<Settings, Vec<Fault>> {
        Config::load(dir).map(|config| config.settings)
    }

    /// The shipped config, built into the program.
    ///
    /// A test checks that it is valid; the `Result` avoids a panic in this crate.
    pub fn embedded() -> Result<Settings, Vec<Fault>> {
        Config::embedded().map(|config| config.settings)
    }
}
