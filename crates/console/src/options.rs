//! What the operator decides about the console.

use std::{collections::BTreeMap, time::Duration};

use model::{QueueId, Zone};

use crate::hooks::Hook;

/// Choices handed in by the daemon from the config.
#[derive(Clone, Debug)]
pub struct Options {
    /// The hotline's name, shown on the page before and after log-in.
    pub hotline: String,
    /// What people call each queue, where the config says so.
    pub queues: BTreeMap<QueueId, String>,
    /// The hotline's wall clock: the page shows its times, wherever it is looked at.
    pub zone: Zone,
    /// Whether people reach the page by https only (a TLS proxy stands before
    /// it): the session cookie is then marked `Secure`.
    pub https_only: bool,
    /// How long a log-in lasts.
    pub session: Duration,
    /// Who may send us messages, by the name in `POST /hooks/{name}`.
    pub hooks: BTreeMap<String, Hook>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            hotline: "Heartline".into(),
            queues: BTreeMap::new(),
            zone: Zone::CHINA,
            https_only: false,
            session: SESSION,
            hooks: BTreeMap::new(),
        }
    }
}

/// One long shift: nobody has to log in twice a day, and yesterday's log-in is over.
const SESSION: Duration = Duration::from_secs(12 * 3_600);
