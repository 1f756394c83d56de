//! Tables: the knowledge base, the directory, the calendar.

use std::path::PathBuf;

use clap::Subcommand;

use super::Place;

/// `heartline knowledge …`
#[derive(Subcommand, Debug)]
pub(crate) enum KnowledgeVerb {
    /// Import a table of items (CSV): new items are added, changed ones get a new version.
    ///
    /// All rows are imported, or none and every fault is reported with its line. The engine must be
    /// stopped; a running engine takes the same table at /api/v1/knowledge/import.
    Import {
        /// The table, such as config/knowledge/common.csv.
        file: PathBuf,
        /// Import the items as drafts, which the hub reviews.
        #[arg(long)]
        drafts: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write all published items as a table. The engine may be running.
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
    /// Import the tables of a folder (CSV). Entries that they do not name stay as they are.
    ///
    /// All rows are imported, or none and every fault is reported with its line. The engine must be
    /// stopped; a running engine takes the same tables at /api/v1/network/import.
    Import {
        /// The folder, such as config/desk.
        folder: PathBuf,
        /// The reason, for the record.
        #[arg(long, default_value = "tables taken in at the machine")]
        note: String,
        #[command(flatten)]
        place: Place,
    },
    /// Write the tables with all their versions. The engine may be running.
    Export {
        /// The folder to write to; existing files are replaced.
        folder: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline calendar …`
#[derive(Subcommand, Debug)]
pub(crate) enum CalendarVerb {
    /// Write files of config/calendar from a table (CSV). Years that it does not name stay as they
    /// are.
    Import {
        /// The table, with the columns year, notice, date, work and name.
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
