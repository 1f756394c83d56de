//! Accounts, tokens, passwords, secrets, and the audit.

use clap::{Args, Subcommand};
use model::{SeatId, event::Role};

use super::Place;

/// `heartline user …`
#[derive(Subcommand, Debug)]
pub(crate) enum UserVerb {
    /// Add an account; its password is printed once.
    Add {
        /// The name to log in with.
        name: String,
        /// What the person may do: one of 19 roles; a wrong word prints them.
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
    /// Change what is known of an account; what is not said stays.
    Set {
        /// The account.
        name: String,
        /// Another role.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        #[command(flatten)]
        person: Person,
        /// Let nobody in: true; let them in again: false.
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
    /// End an account now: nobody comes in by it, sessions and tokens end with it.
    ///
    /// For a day to come say `user set NAME --ends DATE`.
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

/// Whose an account is. An empty word clears.
#[derive(Args, Debug, Clone, Default)]
pub(crate) struct Person {
    /// The name printed on what they sign.
    #[arg(long)]
    pub(crate) real_name: Option<String>,
    /// government, or the contractor's name.
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
    /// List or revoke.
    #[command(subcommand)]
    pub(crate) verb: Option<TokenVerb>,
    /// The account the new token acts for; the token is printed once.
    #[arg(required = true)]
    pub(crate) name: Option<String>,
    /// What it is for.
    #[arg(long, default_value = "command line")]
    pub(crate) label: String,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `heartline token list`, `heartline token revoke`
#[derive(Subcommand, Debug)]
pub(crate) enum TokenVerb {
    /// List tokens: whose, what for, since when; never the token.
    List {
        /// Only this account's.
        name: Option<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Make tokens void, at once.
    Revoke {
        /// The account.
        name: String,
        /// Those with this label; without it all of the account's.
        #[arg(long)]
        label: Option<String>,
        #[command(flatten)]
        place: Place,
    },
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
    /// Read a secret from the first line of the input: one the partner gave.
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

/// `heartline audit`
#[derive(Args, Debug)]
pub(crate) struct Audit {
    /// What this person did, and what was done to their account.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Who saw this ticket, in a list too, and heard its calls.
    #[arg(long)]
    pub(crate) ticket: Option<model::TicketId>,
    /// Who saw tickets and calls of this caller, heard them, or looked for the number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) caller: Option<String>,
    /// Who heard this call, or saw it in a list.
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

fn role(word: &str) -> Result<Role, String> {
    Role::by_word(word).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}
