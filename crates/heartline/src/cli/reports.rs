//! Reports and their figures.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reporting::bulletin::Report as Bulletin;

use super::Place;

/// `heartline report …`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Report {
    /// The command; without one a report is printed.
    #[command(subcommand)]
    pub(crate) verb: Option<ReportVerb>,
    /// R1 daily, R2 weekly, R3 monthly, R4 quarterly, R5 yearly, R6 special, R7 seats, R8 wallboard.
    #[arg(required = true, value_parser = report_code)]
    pub(crate) report: Option<Bulletin>,
    /// The period: 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long, required = true)]
    pub(crate) period: Option<String>,
    /// The code of one unit, for R3, R4 and R5.
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// The format: html, xlsx, docx, csv or json.
    #[arg(long, default_value = "html")]
    pub(crate) format: String,
    /// The number of a released report.
    #[arg(long)]
    pub(crate) issue: Option<u32>,
    /// The file or folder to write to; default: standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// The commands for reports.
#[derive(Subcommand, Debug)]
pub(crate) enum ReportVerb {
    /// Release a report, which is then kept as it is. The engine must be stopped; a running engine
    /// releases by the API.
    Release {
        /// The report.
        #[arg(value_parser = report_code)]
        report: Bulletin,
        #[command(flatten)]
        of: Of,
        /// The reason of the correction; required from the second issue on.
        #[arg(long, default_value = "")]
        why: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the released reports, the newest first.
    List {
        /// Print one JSON object per line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the reports whose period is over and that are not released yet.
    Due {
        /// Print one JSON object per line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print every figure of a period with its numerator and denominator.
    Figures {
        #[command(flatten)]
        of: Of,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// The period and the unit of figures.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// The period: 2026-11-22, 2026-W47, 2026-11, 2026-Q4 or 2026.
    #[arg(long)]
    pub(crate) period: String,
    /// The code of one unit; default: all.
    #[arg(long)]
    pub(crate) unit: Option<String>,
}

/// Parses the code of a report; the error lists all codes.
fn report_code(word: &str) -> Result<Bulletin, String> {
    Bulletin::by_code(word).ok_or_else(|| {
        let known = Bulletin::ALL.map(|report| format!("{report} {}", report.chinese()));
        format!("one of {}", known.join(", "))
    })
}
