//! The log, its view, and the log of an emergency.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Place;

/// `heartline log …`
#[derive(Subcommand, Debug)]
pub(crate) enum LogVerb {
    /// Check every record of the log and the signatures of its days; exit 65 when there is a fault.
    Verify {
        /// A public key that days may be signed with, in hex; without it any key is accepted and printed.
        #[arg(long = "key", value_name = "HEX")]
        keys: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Print the log, one JSON record a line.
    Cat {
        /// From this record on.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// As lines of Asterisk's queue_log, which QueueMetrics and Asternic read; numbers are masked.
        #[arg(long)]
        queue_log: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Say that somebody has looked at the alarm of a damaged log, and take it off the wall.
    Settle {
        /// What was found and done.
        #[arg(long)]
        why: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline store …`
#[derive(Subcommand, Debug)]
pub(crate) enum StoreVerb {
    /// Throw the view away and make it anew from the log. The engine must be stopped.
    Rebuild {
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline emergency …`
#[derive(Subcommand, Debug)]
pub(crate) enum EmergencyVerb {
    /// Bring the log and the recordings of an emergency into the hotline's, once. Both engines must
    /// be stopped.
    Import(EmergencyImport),
}

/// `heartline emergency import`
#[derive(Args, Debug)]
pub(crate) struct EmergencyImport {
    /// The folder the engine ran in.
    pub(crate) folder: PathBuf,
    /// Read and check everything, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where recordings are kept, in place of the config's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) recordings: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}
