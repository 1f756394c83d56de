//! The command line: what each command is called and what it takes.

mod accounts;
mod data;
mod ivr;
mod reports;
mod running;
mod tables;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use engine::{Fault, keyring, plan, site};

pub(crate) use accounts::{Audit, Person, SeatVerb, SecretVerb, Token, TokenVerb, UserVerb};
pub(crate) use data::{EmergencyVerb, LogVerb, StoreVerb};
pub(crate) use ivr::{IvrVerb, TryMenu};
pub(crate) use reports::{Of, Report, ReportVerb};
pub(crate) use running::{Demo, Load, Serve};
pub(crate) use tables::{CalendarVerb, KnowledgeVerb, NetworkVerb};

/// Heartline 连心线: a call-center engine for public hotlines.
#[derive(Parser, Debug)]
#[command(name = "heartline", version, about, after_help = crate::exit::help())]
pub(crate) struct Cli {
    /// The format of the program's own log on standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// The command.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// The format of the program's own log.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line: timestamp, level, target, message.
    Json,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Run a demo hotline on loopback with simulated seats and callers.
    Demo(Demo),
    /// Run the hotline.
    Serve(Serve),
    /// Load-test a running engine on this machine with simulated callers and seats, and print the
    /// measurements.
    ///
    /// Calls come from 127.0.0.2, which must be a trunk of the engine; the seats are on 127.0.0.1.
    Load(Load),
    /// Put the changed config folder in force in the running engine, while calls go on.
    ///
    /// All faults are printed, and with a fault, or a change that needs a restart, nothing is taken.
    Reload {
        /// For a removed queue in which callers wait: the queue that takes them over, as OLD=NEW.
        #[arg(long = "move", value_name = "OLD=NEW", value_parser = pair)]
        moves: Vec<(String, String)>,
        #[command(flatten)]
        place: Place,
    },
    /// List the configs that were in force, and bring one back.
    Config {
        /// The command.
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// Check the config folder and print all its faults; the exit code is 64 when there is one.
    Check(Check),
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
    /// Manage the accounts of people who log in to the console.
    User {
        /// The command.
        #[command(subcommand)]
        verb: UserVerb,
    },
    /// Issue, list and revoke tokens for the API.
    Token(Token),
    /// Search the audit trail: playbacks, ticket views, unmasked data, log-ins, account changes.
    Audit(Audit),
    /// Print reports R1 to R8 and their figures, as of now or as released.
    ///
    /// `heartline report R3 --period 2026-11 --format xlsx --out bulletin.xlsx`
    Report(Report),
    /// Set the SIP passwords of seats.
    Seat {
        /// The command.
        #[command(subcommand)]
        verb: SeatVerb,
    },
    /// Manage the secrets shared with partners, by the names that courier.toml uses.
    Secret {
        /// The command.
        #[command(subcommand)]
        verb: SecretVerb,
    },
    /// Print the OpenAPI 3.1 description of the API.
    Openapi,
    /// Make an API key for an app that reports by Open311, and print its line for the config.
    #[command(name = "open311-key")]
    Open311Key {
        /// The app's name.
        name: String,
    },
    /// Draw the menus of callers, and walk through one in the terminal.
    Ivr {
        /// The command.
        #[command(subcommand)]
        verb: IvrVerb,
    },
    /// Import and export units, areas, topics, routes and the leaders' roster as tables.
    Network {
        /// The command.
        #[command(subcommand)]
        verb: NetworkVerb,
    },
    /// Import and export the calendar of working days as a table.
    Calendar {
        /// The command.
        #[command(subcommand)]
        verb: CalendarVerb,
    },
    /// Import and export the knowledge base as a table.
    Knowledge {
        /// The command.
        #[command(subcommand)]
        verb: KnowledgeVerb,
    },
    /// Verify and print the log.
    Log {
        /// The command.
        #[command(subcommand)]
        verb: LogVerb,
    },
    /// Rebuild the indexed view of the log.
    Store {
        /// The command.
        #[command(subcommand)]
        verb: StoreVerb,
    },
    /// Import what was recorded while the engine ran without its log.
    Emergency {
        /// The command.
        #[command(subcommand)]
        verb: EmergencyVerb,
    },
    /// Copy the log, the keys and the released reports into a folder. The engine may be running.
    ///
    /// Recordings are not copied: they are plain files.
    Backup {
        /// An empty folder, or one that does not exist yet.
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Replace the data by a backup, which is checked first. The engine must be stopped.
    Restore {
        /// The folder of the backup.
        backup: PathBuf,
        /// Move an existing log, its view and its keys into a folder beside them first.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write the log as JSON lines, with names and numbers unmasked. The engine may be running.
    ///
    /// The file has a header, and a hash in its last line, so that a cut or changed file is
    /// detected. The export itself is recorded.
    Export {
        /// The file, readable by its owner only; default: standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The first record; default: the first of the log.
        #[arg(long, value_name = "SEQ")]
        from: Option<u64>,
        /// The last record; default: the last of the log.
        #[arg(long, value_name = "SEQ")]
        to: Option<u64>,
        #[command(flatten)]
        place: Place,
    },
    /// Make a log from the export of a whole log, in a data folder without one. All faults of the
    /// file are reported; with a fault nothing is imported.
    Import {
        /// A file written by `heartline export`.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline check`
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The config folder.
    #[arg(default_value = "config")]
    pub(crate) config: PathBuf,
    /// Print what it would change, for whom, and what needs a restart, compared with this config
    /// folder; without DIR with the config that is in force, or was at last.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub(crate) diff: Option<Option<PathBuf>>,
    /// With --diff: one JSON object instead of text.
    #[arg(long, requires = "diff")]
    pub(crate) json: bool,
    /// The data folder, instead of the config's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// `heartline config`
#[derive(Subcommand, Debug)]
pub(crate) enum ConfigVerb {
    /// List the configs on record: when each was put in force, by whom, and what it changed.
    History {
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write a config on record into the config folder. The files that it replaces are copied beside
    /// the folder first. It comes into force by `heartline reload`.
    Restore {
        /// The number of its record, as `config history` prints it.
        record: u64,
        #[command(flatten)]
        place: Place,
    },
}

/// `OLD=NEW`
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.into(), new.into())),
        _ => Err(format!("`{text}` is not OLD=NEW")),
    }
}

/// Addresses and folders that replace those of the config.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Addresses {
    /// The address for SIP over UDP and TCP, instead of the config's. Port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) sip: Option<SocketAddr>,
    /// The address of the console. Port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) http: Option<SocketAddr>,
    /// The folder of the log, its view and the keys.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The folder of recordings.
    #[arg(long, value_name = "DIR")]
    pub(crate) recordings: Option<PathBuf>,
    /// Voice ports, such as 20000-20999, or auto:64 for any 64 pairs.
    #[arg(long, value_name = "PORTS")]
    pub(crate) rtp_ports: Option<String>,
}

/// The config folder and the data folder.
#[derive(Args, Debug, Clone)]
pub(crate) struct Place {
    /// The config folder. Its heartline.toml names the data folder.
    #[arg(long, default_value = "config")]
    pub(crate) config: PathBuf,
    /// The data folder, instead of the config's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

impl Place {
    /// The data folder.
    pub(crate) fn data_folder(&self) -> Result<PathBuf, Fault> {
        site::data_folder(&self.config, self.data.as_deref())
    }

    /// The data folder, and the settings that commands need with it.
    pub(crate) fn site(&self) -> Result<site::Site, Fault> {
        site::Site::of(&self.config, self.data.as_deref())
    }

    /// Refuses a data folder without a keyring, which is likely the wrong one, unless `create`.
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
