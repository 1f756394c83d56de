//! Files to settings: every fault at once, with file, line and key.
//!
//! [`Settings::load`] reads the config folder, [`Settings::embedded`] the same
//! files built into the program, so that a demo needs nothing beside it.
//! [`keyring`] keeps who may come in: accounts, tokens and the seats' secrets.
//!
//! It knows the words of `model` and no machine: turning a queue's settings
//! into a dispatcher's policy is the daemon's work.

pub mod calendar;
mod fault;
mod folder;
pub mod keyring;
pub mod keys;
mod kinds;
mod page;
mod ports;
mod read;
mod tree;
mod wav;

use std::path::Path;

pub use fault::Fault;
pub use keyring::{Account, Hand, Keyring, KeyringError, SeatSecret, password_from};
pub use ports::{BadPorts, Ports};
pub use tree::{
    Announcements, Blocked, Consequence, Digest, Drain, FeatureCodes, Floor, Hotline, Http, Intake,
    Line, Media, Missed, Notices, Overflow, Prompt, PromptName, Queue, Recording, RegisterTimes,
    Seat, Settings, Shield, Sip, Source, Store, Strategy, Trunk, Widening,
};

use folder::Folder;
use page::Faults;

impl Settings {
    /// Reads a config folder. All its faults come at once, by file and line.
    pub fn load(dir: &Path) -> Result<Settings, Vec<Fault>> {
        let faults = Faults::default();
        let folder = Folder::read(dir, &faults);
        read::settings(&folder, faults)
    }

    /// The shipped config, built into the program.
    ///
    /// A test holds that it is sound; the `Result` is there because nothing here may panic.
    pub fn embedded() -> Result<Settings, Vec<Fault>> {
        read::settings(&Folder::built_in(), Faults::default())
    }
}
