//! The command line: what each command is called and what it takes.

mod accounts;
mod data;
mod reports;
mod running;
mod tables;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use engine::{Fault, keyring, plan, site};

pub(crate) use accounts::{Audit, Person, SeatVerb, SecretVerb, Token, TokenVerb, UserVerb};
pub(crate) use data::{EmergencyVerb, LogVerb, StoreVerb};
pub(crate) use reports::{Of, Report, ReportVerb};
pub(crate) use running::{Demo, Load, Serve};
pub(crate) use tables::{CalendarVerb, KnowledgeVerb, NetworkVerb};

/// Heartline 连心线: a call-center engine for public hotlines.
#[derive(Parser, Debug)]
#[command(name = "heartline", version, about, after_help = crate::exit::help())]
pub(crate) struct Cli {
    /// How lines of the program's own log are written, to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// How lines of the program's own log are written.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line: timestamp, level, target, message.
    Json,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Run a hotline on loopback with its own seats and callers, to see and hear it work.
    Demo(Demo),
    /// Run the hotline.
    Serve(Serve),
    /// Play callers and seats against a running engine on this machine, and print what they saw.
    ///
    /// Callers come from 127.0.0.2, which must be a trunk of the engine; seats are on 127.0.0.1.
    Load(Load),
    /// Check the config folder: every fault at once; exit 64 when there is one.
    Check {
        /// The config folder.
        #[arg(default_value = "config")]
        config: PathBuf,
    },
    /// Moved to the program heartline-sim.
    #[command(hide = true)]
    Sim {
        /// Its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Moved to the program heartline-sim.
    #[command(hide = true)]
    Story {
        /// Its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// People who may log in to the console.
    User {
        /// What.
        #[command(subcommand)]
        verb: UserVerb,
    },
    /// Tokens for the API.
    Token(Token),
    /// Who saw what: listenings, looks at tickets, reveals, log-ins, changes of accounts.
    Audit(Audit),
    /// Reports R1 to R8 and the figures in them, as of now or as released.
    ///
    /// `heartline report R3 --period 2026-11 --format xlsx --out bulletin.xlsx`
    Report(Report),
    /// Seats' SIP passwords.
    Seat {
        /// What.
        #[command(subcommand)]
        verb: SeatVerb,
    },
    /// The secrets shared with partners, by the names courier.toml has for them.
    Secret {
        /// What.
        #[command(subcommand)]
        verb: SecretVerb,
    },
    /// Print the description of the API, OpenAPI 3.1, made of the routes that are served.
    Openapi,
    /// Make an API key for an app that reports over Open311, and print the line for the config.
    #[command(name = "open311-key")]
    Open311Key {
        /// The app's name.
        name: String,
    },
    /// Units, areas, topics, the directory and the leaders' roster as tables.
    Network {
        /// What.
        #[command(subcommand)]
        verb: NetworkVerb,
    },
    /// The days worked as a table.
    Calendar {
        /// What.
        #[command(subcommand)]
        verb: CalendarVerb,
    },
    /// The knowledge base as a table.
    Knowledge {
        /// What.
        #[command(subcommand)]
        verb: KnowledgeVerb,
    },
    /// Look at the log.
    Log {
        /// What.
        #[command(subcommand)]
        verb: LogVerb,
    },
    /// The indexed view of the log.
    Store {
        /// What.
        #[command(subcommand)]
        verb: StoreVerb,
    },
    /// What was recorded while the engine ran without its log.
    Emergency {
        /// What.
        #[command(subcommand)]
        verb: EmergencyVerb,
    },
    /// Copy the log and the keys into a folder, while running or not. Recordings are plain files.
    Backup {
        /// A folder that is empty or does not exist.
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Put a backup in the place of the data: checked first, all of it or nothing. The engine must be stopped.
    Restore {
        /// The folder a backup was made into.
        backup: PathBuf,
        /// Move a log that is there, with its view and keys, into a folder of this moment beside it.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write the log as JSON lines, persons' names and numbers whole, while running or not.
    ///
    /// First a header, last a line with a hash, so that a file that was cut or changed is known.
    /// That it was exported goes on the record.
    Export {
        /// Into this file, which only its owner may read; to the terminal without.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// From this record on; default: the first.
        #[arg(long, value_name = "SEQ")]
        from: Option<u64>,
        /// Up to this record; default: the last.
        #[arg(long, value_name = "SEQ")]
        to: Option<u64>,
        #[command(flatten)]
        place: Place,
    },
    /// Make a log from an export of a whole one, in a data folder that has none: all of it, or every fault.
    Import {
        /// What `heartline export` wrote.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// Addresses and folders in place of the config's.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Addresses {
    /// Listen for SIP here, UDP and TCP, in place of the config's addresses. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) sip: Option<SocketAddr>,
    /// Serve the console here. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) http: Option<SocketAddr>,
    /// Keep the log, its view and the keys here.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Keep recordings here.
    #[arg(long, value_name = "DIR")]
    pub(crate) recordings: Option<PathBuf>,
    /// Voice ports, such as 20000-20999, or auto:64 for any 64 pairs.
    #[arg(long, value_name = "PORTS")]
    pub(crate) rtp_ports: Option<String>,
}

/// Where the engine keeps its data.
#[derive(Args, Debug, Clone)]
pub(crate) struct Place {
    /// The config folder, which names the data folder.
    #[arg(long, default_value = "config")]
    pub(crate) config: PathBuf,
    /// The data folder, in place of the config's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

impl Place {
    /// The data folder.
    pub(crate) fn data_folder(&self) -> Result<PathBuf, Fault> {
        site::data_folder(&self.config, self.data.as_deref())
    }

    /// The data folder, and what the config says of the place.
    pub(crate) fn site(&self) -> Result<site::Site, Fault> {
        site::Site::of(&self.config, self.data.as_deref())
    }

    /// Refuse a data folder that has no keyring and is likely the wrong one; `create` allows it.
    pub(crate) fn require_keyring(&self, create: bool) -> Result<(), Fault> {
        keyring::require_keyring(&self.config, self.data.as_deref(), create)
    }
}

impl From<Addresses> for plan::Addresses {
    fn from(given: Addresses) -> plan::Addresses {
        let Addresses { sip, http, data, recordings, rtp_ports } = given;
        plan::Addresses { sip, http, data, recordings, rtp_ports }
    }
}
