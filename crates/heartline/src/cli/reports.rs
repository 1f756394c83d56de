//! Reports and their figures.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reporting::bulletin::Report as Bulletin;

use super::Place;

/// `heartline report …`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Report {
    /// Release, list, count.
    #[command(subcommand)]
    pub(crate) verb: Option<ReportVerb>,
    /// R1 daily, R2 weekly, R3 monthly, R4 quarterly, R5 yearly, R6 special, R7 seats, R8 wall.
    #[arg(required = true, value_parser = report_code)]
    pub(crate) report: Option<Bulletin>,
    /// 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long, required = true)]
    pub(crate) period: Option<String>,
    /// Of one unit, by its code: R3, R4, R5.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// html, xlsx, docx, csv or json.
    #[arg(long, default_value = "html")]
    pub(crate) format: String,
    /// A released one, by its number.
    #[arg(long)]
    pub(crate) issue: Option<u32>,
    /// Into this file or folder; to the terminal without.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What else can be done with reports.
#[derive(Subcommand, Debug)]
pub(crate) enum ReportVerb {
    /// Release a report: it is kept as it is. The engine must be stopped; while it runs, use the API.
    Release {
        /// Which.
        #[arg(value_parser = report_code)]
        report: Bulletin,
        #[command(flatten)]
        of: Of,
        /// Why it is corrected; needed from the second issue on.
        #[arg(long, default_value = "")]
        why: String,
        #[command(flatten)]
        place: Place,
    },
    /// List what was released, the newest first.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List what waits to be released: its period is over and nobody has released it.
    Due {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print every figure of a period with what it was divided from.
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

/// Of which period, and of whom.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long)]
    pub(crate) period: String,
    /// Of one unit, by its code.
    #[arg(long)]
    pub(crate) unit: Option<String>,
}

/// A report by its code.
fn report_code(word: &str) -> Result<Bulletin, String> {
    Bulletin::by_code(word).ok_or_else(|| {
        let known = Bulletin::ALL.map(|report| format!("{report} {}", report.chinese()));
        format!("one of {}", known.join(", "))
    })
}
