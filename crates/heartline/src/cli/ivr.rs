//! Menus of callers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `heartline ivr …`
#[derive(Subcommand, Debug)]
pub(crate) enum IvrVerb {
    /// Print the graph of a menu as a Mermaid flowchart.
    Draw {
        /// The menu, such as config/ivr/language.toml.
        file: PathBuf,
    },
    /// Walk through a menu in the terminal, as a caller.
    Try(TryMenu),
}

/// `heartline ivr try`
#[derive(Args, Debug)]
pub(crate) struct TryMenu {
    /// The menu, such as config/ivr/language.toml.
    pub(crate) file: PathBuf,
    /// The caller's number.
    #[arg(long, default_value = "13800001111")]
    pub(crate) caller: String,
    /// The line that was dialled.
    #[arg(long, default_value = "12345")]
    pub(crate) line: String,
    /// The local time of day.
    #[arg(long, default_value = "10:00", value_parser = minute)]
    pub(crate) at: u16,
    /// The day is a weekend or a holiday.
    #[arg(long)]
    pub(crate) day_off: bool,
}

/// Minutes after midnight.
fn minute(text: &str) -> Result<u16, String> {
    let read = text.split_once(':').and_then(|(hour, minute)| {
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    });
    read.ok_or_else(|| "write a time of day, like 08:30".to_owned())
}
