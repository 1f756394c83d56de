//! The command line.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use engine::{Fault, keyring, plan, site};
use model::{SeatId, event::Role};
use reporting::bulletin::Report as Bulletin;

/// Heartline 连心线: a call-center engine for public hotlines.
#[derive(Parser, Debug)]
#[command(name = "heartline", version, about, after_help = crate::exit::help())]
pub(crate) struct Cli {
    /// How lines of the program's own log are written, to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// The command.
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

/// The commands.
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
    /// Check the config folder and print all its faults; exit 64 when there is one.
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
        /// The action.
        #[command(subcommand)]
        verb: UserVerb,
    },
    /// Tokens for the API.
    Token(Token),
    /// Print who saw what: listenings, looks at tickets, reveals, log-ins, changes of accounts.
    Audit(Audit),
    /// Reports R1 to R8 and the figures in them, as of now or as released.
    ///
    /// `heartline report R3 --period 2026-11 --format xlsx --out bulletin.xlsx`
    Report(Report),
    /// Seats' SIP passwords.
    Seat {
        /// The action.
        #[command(subcommand)]
        verb: SeatVerb,
    },
    /// The secrets shared with partners, by the names courier.toml has for them.
    Secret {
        /// The action.
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
        /// The action.
        #[command(subcommand)]
        verb: NetworkVerb,
    },
    /// The days worked as a table.
    Calendar {
        /// The action.
        #[command(subcommand)]
        verb: CalendarVerb,
    },
    /// The knowledge base as a table.
    Knowledge {
        /// The action.
        #[command(subcommand)]
        verb: KnowledgeVerb,
    },
    /// Look at the log.
    Log {
        /// The action.
        #[command(subcommand)]
        verb: LogVerb,
    },
    /// The indexed view of the log.
    Store {
        /// The action.
        #[command(subcommand)]
        verb: StoreVerb,
    },
    /// The records made while the engine ran without the hotline's log.
    Emergency {
        /// The action.
        #[command(subcommand)]
        verb: EmergencyVerb,
    },
    /// Copy the log and the keys into a folder; the engine may be running. Recordings are plain files.
    Backup {
        /// A folder that is empty or does not exist.
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Check a backup and put all of it in the place of the data. The engine must be stopped.
    Restore {
        /// The folder a backup was made into.
        backup: PathBuf,
        /// First move the log that is there, with its view and keys, into a folder beside it named after the time.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write the log as JSON lines, with full names and numbers; the engine may be running.
    ///
    /// The first line is a header and the last one has a hash, which shows whether the file was cut
    /// or changed. The log records the export.
    Export {
        /// The file to write, which only its owner may read; default: the terminal.
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
    /// Make a log from an export of a whole log, in a data folder without a log. An export with faults changes nothing.
    Import {
        /// A file that `heartline export` wrote.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The config folder.
    #[arg(long, default_value = "config")]
    pub(crate) config: PathBuf,
    /// Take calls without the hotline's log, in this folder or the one of `[start] emergency`: they
    /// are answered, queued and recorded; there is no desk, and nothing is sent to partners.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub(crate) emergency: Option<Option<PathBuf>>,
    /// How long talks may go on after SIGTERM, such as 10m; in place of the config's.
    #[arg(long, value_parser = duration)]
    pub(crate) drain_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
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

/// `heartline demo`
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// End by itself after this long, such as 5m; default: until Ctrl-C.
    #[arg(long = "for", value_parser = duration)]
    pub(crate) length: Option<Duration>,
    /// How many seats answer, 1 to 80.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=80))]
    pub(crate) seats: u32,
    /// Calls a minute.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) calls: u32,
    #[command(flatten)]
    pub(crate) addresses: Addresses,
}

/// `heartline load`
#[derive(Args, Debug)]
pub(crate) struct Load {
    /// Where the engine takes SIP, on loopback.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) engine: SocketAddr,
    /// The number callers dial.
    #[arg(long, default_value = "12345")]
    pub(crate) line: String,
    /// How many seats answer: the first ones of the config or of the password file.
    #[arg(long, default_value_t = 50)]
    pub(crate) seats: u32,
    /// A file with one `1001 PASSWORD` a line; without it, passwords are made and put into the
    /// data folder of a running engine.
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// Codes each seat's phone dials once it is registered, such as *71,*73.
    #[arg(long, value_delimiter = ',')]
    pub(crate) start_codes: Vec<String>,
    /// New calls a second, on average.
    #[arg(long, default_value_t = 10.0)]
    pub(crate) calls_per_second: f64,
    /// No more calls after this many.
    #[arg(long)]
    pub(crate) calls: Option<u64>,
    /// How long a seat's phone rings before it is picked up.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub(crate) ring: Duration,
    /// How long a talk lasts.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) talk: Duration,
    /// Nobody speaks: signalling alone.
    #[arg(long)]
    pub(crate) mute: bool,
    /// How long to measure.
    #[arg(long = "for", default_value = "60s", value_parser = duration)]
    pub(crate) length: Duration,
    /// How long to play before the engine's time and memory count.
    #[arg(long, default_value = "5s", value_parser = duration)]
    pub(crate) warm_up: Duration,
    /// The engine's process, to see what time and memory it takes.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// Callers come in the same rhythm for the same seed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) place: Place,
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

/// `heartline user …`
#[derive(Subcommand, Debug)]
pub(crate) enum UserVerb {
    /// Add an account; its password is printed once.
    Add {
        /// The name to log in with.
        name: String,
        /// The person's role, one of 19, which says what they may do; a wrong word prints the roles.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        person: Person,
        /// Begin a keyring where the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Change an account; fields without an option here stay.
    Set {
        /// The account.
        name: String,
        /// Another role.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        #[command(flatten)]
        person: Person,
        /// true closes the account to log-ins, false opens it again.
        #[arg(long)]
        disabled: Option<bool>,
        #[command(flatten)]
        place: Place,
    },
    /// Confirm, as a second person, the role that somebody else gave to an account.
    Confirm {
        /// The account.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// End an account now, with its sessions and tokens; nobody can log in to it afterwards.
    ///
    /// To end it on a later day, use `user set NAME --ends DATE`.
    End {
        /// The account.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the accounts.
    List {
        /// Only those whose last day is within so many days.
        #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "14")]
        ending: Option<u16>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Give an account a new password, printed once, which the person must change at the next log-in.
    Password {
        /// The account.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// The person an account belongs to. An empty word clears a field.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Person {
    /// The name printed on what they sign.
    #[arg(long)]
    pub(crate) real_name: Option<String>,
    /// The employer: `government`, or the contractor's name.
    #[arg(long)]
    pub(crate) employer: Option<String>,
    /// The code of the unit they act for.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// Their supervision group.
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// The first day they may come in, such as 2026-11-22.
    #[arg(long, value_name = "DATE")]
    pub(crate) starts: Option<String>,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    pub(crate) ends: Option<String>,
    /// They must choose a password of their own first.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub(crate) must_change_password: Option<bool>,
}

/// `heartline token …`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Token {
    /// Lists or revokes tokens instead of making one.
    #[command(subcommand)]
    pub(crate) verb: Option<TokenVerb>,
    /// The account the new token acts for; the token is printed once.
    #[arg(required = true)]
    pub(crate) name: Option<String>,
    /// The purpose of the token, shown in the list of tokens.
    #[arg(long, default_value = "command line")]
    pub(crate) label: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `heartline token list`, `heartline token revoke`
#[derive(Subcommand, Debug)]
pub(crate) enum TokenVerb {
    /// List tokens with their account, purpose and time of making; the tokens themselves are not shown.
    List {
        /// Only this account's.
        name: Option<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Make tokens invalid at once.
    Revoke {
        /// The account.
        name: String,
        /// Only those with this label; default: all tokens of the account.
        #[arg(long)]
        label: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline audit`
#[derive(Args, Debug)]
pub(crate) struct Audit {
    /// Search for actions of this person and changes of their account.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Search for people who saw this ticket, also in a list, or heard its calls.
    #[arg(long)]
    pub(crate) ticket: Option<model::TicketId>,
    /// Search for people who saw or heard tickets and calls of this caller, or searched for the number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) caller: Option<String>,
    /// Search for people who heard this call or saw it in a list.
    #[arg(long)]
    pub(crate) call: Option<String>,
    /// From this day on, such as 2026-11-22.
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<model::Date>,
    /// To the end of this day.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<model::Date>,
    /// One JSON line each.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `heartline report …`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Report {
    /// Releases, lists or counts instead of printing a report.
    #[command(subcommand)]
    pub(crate) verb: Option<ReportVerb>,
    /// R1 daily, R2 weekly, R3 monthly, R4 quarterly, R5 yearly, R6 special, R7 seats, R8 wall.
    #[arg(required = true, value_parser = report_code)]
    pub(crate) report: Option<Bulletin>,
    /// 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long, required = true)]
    pub(crate) period: Option<String>,
    /// The code of a unit, for its own R3, R4 or R5.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// html, xlsx, docx, csv or json.
    #[arg(long, default_value = "html")]
    pub(crate) format: String,
    /// The number of a released report, to print it as it was released.
    #[arg(long)]
    pub(crate) issue: Option<u32>,
    /// The file or folder to write to; default: the terminal.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// The other actions on reports.
#[derive(Subcommand, Debug)]
pub(crate) enum ReportVerb {
    /// Release a report: it is kept as it is. The engine must be stopped; while it runs, use the API.
    Release {
        /// The report's code.
        #[arg(value_parser = report_code)]
        report: Bulletin,
        #[command(flatten)]
        of: Of,
        /// The reason of a correction; required from the second issue on.
        #[arg(long, default_value = "")]
        why: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the released reports, the newest first.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the reports whose period is over and that nobody has released.
    Due {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print every figure of a period with its numerator and denominator.
    Figures {
        #[command(flatten)]
        of: Of,
        /// As JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// The period and the unit of a report.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long)]
    pub(crate) period: String,
    /// The code of a unit, for its own report.
    #[arg(long)]
    pub(crate) unit: Option<String>,
}

/// `heartline seat …`
#[derive(Subcommand, Debug)]
pub(crate) enum SeatVerb {
    /// Set a seat's SIP password, or make one and print it once.
    Password {
        /// The seat's number.
        seat: SeatId,
        /// The password; without it one is made. Visible to others on this machine while the command runs.
        #[arg(long)]
        password: Option<String>,
        /// Begin a keyring where the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline secret …`
#[derive(Subcommand, Debug)]
pub(crate) enum SecretVerb {
    /// Make a secret and print it once, for the partner.
    Make {
        /// Its name in courier.toml.
        name: String,
        /// Begin a keyring where the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Read a secret that the partner gave, from the first line of the input.
    Set {
        /// Its name in courier.toml.
        name: String,
        /// Begin a keyring where the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Forget a secret.
    Remove {
        /// Its name in courier.toml.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline knowledge …`
#[derive(Subcommand, Debug)]
pub(crate) enum KnowledgeVerb {
    /// Import a table of items (CSV): new items are added, changed ones revised, the others stay.
    ///
    /// A table with faults changes nothing; each fault is printed with its line. The engine must be
    /// stopped; a running one takes the same table at /api/v1/knowledge/import.
    Import {
        /// The table, such as config/knowledge/common.csv.
        file: PathBuf,
        /// Import every item as a draft, for review by the hotline.
        #[arg(long)]
        drafts: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write every item in use as a table; the engine may be running.
    Export {
        /// The file to write; an existing one is replaced.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline network …`
#[derive(Subcommand, Debug)]
pub(crate) enum NetworkVerb {
    /// Import the tables of a folder (CSV); rows that they do not name stay as they are.
    ///
    /// Tables with faults change nothing; each fault is printed with its line. The engine must be
    /// stopped; a running one takes the same tables at /api/v1/network/import.
    Import {
        /// The folder, such as config/desk.
        folder: PathBuf,
        /// The reason, which the log records.
        #[arg(long, default_value = "tables taken in at the machine")]
        note: String,
        #[command(flatten)]
        place: Place,
    },
    /// Write the tables with all their versions; the engine may be running.
    Export {
        /// The folder; files in it are replaced.
        folder: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline calendar …`
#[derive(Subcommand, Debug)]
pub(crate) enum CalendarVerb {
    /// Make files of config/calendar from a table (CSV); years it does not name stay as they are.
    Import {
        /// The table: year, notice, date, work, name.
        file: PathBuf,
        /// The config folder.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
    /// Write the days of config/calendar as a table.
    Export {
        /// The file to write; an existing one is replaced.
        file: PathBuf,
        /// The config folder.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
}

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
    /// Record that somebody has looked at the alarm of a damaged log, and take it off the wall screen.
    Settle {
        /// A note of the cause found and the repair made.
        #[arg(long)]
        why: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline store …`
#[derive(Subcommand, Debug)]
pub(crate) enum StoreVerb {
    /// Delete the view and make it again from the log. The engine must be stopped.
    Rebuild {
        #[command(flatten)]
        place: Place,
    },
}

/// A report by its code.
fn report_code(word: &str) -> Result<Bulletin, String> {
    Bulletin::by_code(word).ok_or_else(|| {
        let known = Bulletin::ALL.map(|report| format!("{report} {}", report.chinese()));
        format!("one of {}", known.join(", "))
    })
}

fn role(word: &str) -> Result<Role, String> {
    Role::by_word(word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}

/// `500ms`, `90s`, `5m`, `2h`, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{text}` is not a duration; write 500ms, 90s, 5m or 2h"))?;
    let unit = match text.get(digits.len()..).unwrap_or_default() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("`{other}` is not a unit of time; write ms, s, m or h")),
    };
    Ok(Duration::from_millis(number.saturating_mul(unit)))
}
