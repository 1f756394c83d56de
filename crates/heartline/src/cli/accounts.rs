//! Accounts, tokens, passwords, secrets, and the audit.

use clap::{Args, Subcommand};
use model::{SeatId, event::Role};

use super::Place;

/// `heartline user …`
#[derive(Subcommand, Debug)]
pub(crate) enum UserVerb {
    /// Add an account and print its password, which is shown only once.
    Add {
        /// The name to log in with.
        name: String,
        /// One of 19 roles; a wrong role prints the list.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        person: Person,
        /// Create the keyring when the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Change fields of an account. Fields that are not given stay as they are.
    Set {
        /// The account.
        name: String,
        /// The new role.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        #[command(flatten)]
        person: Person,
        /// Whether the account is blocked: true or false.
        #[arg(long)]
        disabled: Option<bool>,
        #[command(flatten)]
        place: Place,
    },
    /// Confirm, as a second person, the role that another person gave to an account.
    Confirm {
        /// The account.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// End an account now, with its sessions and tokens.
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
        /// Only accounts whose last day is within this many days.
        #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "14")]
        ending: Option<u16>,
        /// Print one JSON object per line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Give an account a new password, which the person must change at the next log-in. It is
    /// printed only once.
    Password {
        /// The account.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// The person of an account. An empty text clears a field.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Person {
    /// The name on documents that the person signs.
    #[arg(long)]
    pub(crate) real_name: Option<String>,
    /// `government`, or the contractor's name.
    #[arg(long)]
    pub(crate) employer: Option<String>,
    /// The code of the person's unit.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// The person's supervision group.
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// The first day on which the person may log in, such as 2026-11-22.
    #[arg(long, value_name = "DATE")]
    pub(crate) starts: Option<String>,
    /// The last day on which the person may log in.
    #[arg(long, value_name = "DATE")]
    pub(crate) ends: Option<String>,
    /// Whether the person must choose a new password at the next log-in.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    pub(crate) must_change_password: Option<bool>,
}

/// `heartline token …`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Token {
    /// The command; without one a token is issued.
    #[command(subcommand)]
    pub(crate) verb: Option<TokenVerb>,
    /// The account of the new token. The token is printed only once.
    #[arg(required = true)]
    pub(crate) name: Option<String>,
    /// The purpose of the token.
    #[arg(long, default_value = "command line")]
    pub(crate) label: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `heartline token list`, `heartline token revoke`
#[derive(Subcommand, Debug)]
pub(crate) enum TokenVerb {
    /// List tokens with account, label and date of issue, without the tokens themselves.
    List {
        /// Only tokens of this account.
        name: Option<String>,
        /// Print one JSON object per line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Revoke tokens at once.
    Revoke {
        /// The account.
        name: String,
        /// Only tokens with this label; default: all tokens of the account.
        #[arg(long)]
        label: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline seat …`
#[derive(Subcommand, Debug)]
pub(crate) enum SeatVerb {
    /// Set a seat's SIP password, or make a new one and print it only once.
    Password {
        /// The seat's number.
        seat: SeatId,
        /// The password; default: a new one. Other users of this machine can see it while the
        /// command runs.
        #[arg(long)]
        password: Option<String>,
        /// Create the keyring when the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline secret …`
#[derive(Subcommand, Debug)]
pub(crate) enum SecretVerb {
    /// Make a secret for a partner and print it only once.
    Make {
        /// Its name in courier.toml.
        name: String,
        /// Create the keyring when the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Read a secret that the partner gave from the first line of standard input.
    Set {
        /// Its name in courier.toml.
        name: String,
        /// Create the keyring when the data folder has none.
        #[arg(long)]
        create: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a secret.
    Remove {
        /// Its name in courier.toml.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline audit`
#[derive(Args, Debug)]
pub(crate) struct Audit {
    /// Actions of this person, and changes of their account.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Views of this ticket, in lists too, and playbacks of its calls.
    #[arg(long)]
    pub(crate) ticket: Option<model::TicketId>,
    /// Views and playbacks of this caller's tickets and calls, and searches for the number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) caller: Option<String>,
    /// Playbacks of this call, and views of it in lists.
    #[arg(long)]
    pub(crate) call: Option<String>,
    /// The first day, such as 2026-11-22.
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<model::Date>,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<model::Date>,
    /// Print one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Parses a role; the error lists all roles.
fn role(word: &str) -> Result<Role, String> {
    Role::by_word(word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}
