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
mod courier;
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
mod read;
pub mod tables;
mod tree;
mod wav;

use std::path::Path;

pub use courier::{
    Beginning, Carries, Content, Courier, Destination, Hook, Persons, Proof, SmsGateway,
};
pub use fault::Fault;
pub use keyring::{Account, ChangeContext, Keyring, KeyringError, SeatSecret, password_from};
pub use misfit::Misfit;
pub use open311::{Open311, Publish};
pub use ports::{BadPorts, Ports};
pub use tree::{
    Announcements, Blocked, Desk, Drain, Duties, Hotline, Http, Intake, Line, Media, Notices,
    Prompt, PromptName, ProxyHeader, Queue, Recording, Reports, Seat, SeatRules, Settings, Sip,
    Start, Store, Trunk,
};

use model::CalendarTable;

use folder::Folder;
use page::Faults;

impl Settings {
    /// Reads a config folder. All faults are reported together, by file and line.
    pub fn load(dir: &Path) -> Result<Settings, Vec<Fault>> {
        let faults = Faults::default();
        let folder = Folder::read(dir, &faults);
        let place = dir.join("calendar");
        // A folder without a calendar has the shipped one.
        let days = if place.is_dir() { calendar::load(&place) } else { calendar::embedded() };
        with_calendar(read::settings(&folder, faults), days)
    }

    /// The shipped config, built into the program.
    ///
    /// A test checks that it is valid; the `Result` avoids a panic in this crate.
    pub fn embedded() -> Result<Settings, Vec<Fault>> {
        with_calendar(read::settings(&Folder::built_in(), Faults::default()), calendar::embedded())
    }
}

/// The settings with their calendar, or the faults of both.
fn with_calendar(
    settings: Result<Settings, Vec<Fault>>,
    days: Result<CalendarTable, Vec<Fault>>,
) -> Result<Settings, Vec<Fault>> {
    match (settings, days) {
        (Ok(settings), Ok(calendar)) => Ok(Settings { calendar, ..settings }),
        (Err(mut found), Err(more)) => {
            found.extend(more);
            Err(found)
        }
        (Err(found), Ok(_)) | (Ok(_), Err(found)) => Err(found),
    }
}
