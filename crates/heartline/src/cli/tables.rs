//! Tables: the knowledge base, the directory, the calendar.

use std::path::PathBuf;

use clap::Subcommand;

use super::Place;

/// `heartline knowledge …`
#[derive(Subcommand, Debug)]
pub(crate) enum KnowledgeVerb {
    /// Take in a table of items (CSV): new ones are written, changed ones revised, the rest left alone.
    ///
    /// All rows or none; every fault is told with its line. The engine must be stopped; a running
    /// one takes the same table at /api/v1/knowledge/import.
    Import {
        /// The table, such as config/knowledge/common.csv.
        file: PathBuf,
        /// Let everything come in as a draft, for the hub to review.
        #[arg(long)]
        drafts: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Write every item people read as a table, while running or not.
    Export {
        /// Where to; an existing file is replaced.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

/// `heartline network …`
#[derive(Subcommand, Debug)]
pub(crate) enum NetworkVerb {
    /// Take in the tables of a folder (CSV): what they do not name stays as it is.
    ///
    /// All or nothing; every fault is told with its line. The engine must be stopped; a running one
    /// takes the same tables at /api/v1/network/import.
    Import {
        /// The folder, such as config/desk.
        folder: PathBuf,
        /// What for, as the record will say.
        #[arg(long, default_value = "tables taken in at the machine")]
        note: String,
        #[command(flatten)]
        place: Place,
    },
    /// Write the tables with all their versions, while running or not.
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
        /// Where to; an existing file is replaced.
        file: PathBuf,
        /// The config folder.
        #[arg(long, default_value = "config")]
        config: PathBuf,
    },
}
