//! The log, its view, and the log of an emergency.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Place;

/// `heartline log …`
#[derive(Subcommand, Debug)]
pub(crate) enum LogVerb {
    /// Check every record of the log and the signatures of its days. The exit code is 65 when there
    /// is a fault.
    Verify {
        /// A public key in hex that may have signed days; default: any key is accepted and printed.
        #[arg(long = "key", value_name = "HEX")]
        keys: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Print the log, one JSON record per line.
    Cat {
        /// The first record.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// Print lines of Asterisk's queue_log, as QueueMetrics and Asternic read them, with masked
        /// numbers.
        #[arg(long)]
        queue_log: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Clear the alarm of a damaged log after somebody has looked into it.
    Settle {
        /// The findings and what was done, for the record.
        #[arg(long)]
        why: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline store …`
#[derive(Subcommand, Debug)]
pub(crate) enum StoreVerb {
    /// Delete the view and rebuild it from the log. The engine must be stopped.
    Rebuild {
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline emergency …`
#[derive(Subcommand, Debug)]
pub(crate) enum EmergencyVerb {
    /// Import the log and the recordings of an emergency into the hotline's. An emergency is
    /// imported once. Both engines must be stopped.
    Import(EmergencyImport),
}

/// `heartline emergency import`
#[derive(Args, Debug)]
pub(crate) struct EmergencyImport {
    /// The folder in which the engine ran.
    pub(crate) folder: PathBuf,
    /// Read and check everything without changing anything.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The folder of recordings, instead of the config's.
    #[arg(long, value_name = "DIR")]
    pub(crate) recordings: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}
