//! Files to settings: every fault at once, with file, line and key.
//!
//! [`Settings::load`] reads the config folder, [`Settings::embedded`] the same
//! files built into the program, so that a demo needs nothing beside it.
//! [`keyring`] keeps who may come in: accounts, tokens and the seats' secrets.
//!
//! It knows the words of `model` and no machine: turning a queue's settings
//! into a dispatcher's policy is the daemon's work.

mod fault;
mod tree;

pub use fault::Fault;
pub use tree::{
    Announcements, Blocked, Drain, FeatureCodes, Hotline, Http, Intake, Line, Media, Notices,
    Overflow, Ports, Prompt, PromptName, Queue, Recording, RegisterTimes, Seat, Settings, Shield,
    Sip, Source, Store, Strategy, Trunk, Widening,
};
