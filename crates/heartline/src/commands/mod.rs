//! The commands, one file for each.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod calendar;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod emergency;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod ivr;
pub(crate) mod knowledge;
pub(crate) mod load;
pub(crate) mod log;
pub(crate) mod network;
pub(crate) mod open311_key;
pub(crate) mod openapi;
pub(crate) mod reload;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod seat;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod sim;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod user;

use std::path::Path;

use engine::fault::{EX_USAGE, Fault};

/// The text of a CSV file, in UTF-8 or in the encoding in which a Chinese Excel saves it.
fn table_text(file: &Path) -> Result<String, Fault> {
    let fault =
        |what: String| Fault::new(EX_USAGE, format!("cannot read {}: {what}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| fault(error.to_string()))?;
    let decoded = spreadsheet::decode(&bytes).map_err(|error| fault(error.to_string()))?;
    Ok(model::text::clean(&decoded.text).into_owned())
}
