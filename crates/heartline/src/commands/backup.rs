//! `heartline backup`: a copy of the log, the keys and the released reports.

use std::path::Path;

use engine::{Fault, restore};

use crate::{cli::Place, output::print_line};

/// Copies into the folder `to`.
pub(crate) fn run(to: &Path, place: &Place) -> Result<(), Fault> {
    let copied = restore::back_up(&place.data_folder()?, to)?;
    print_line(&format!(
        "copied {} records up to {}, the keys and {} released reports. \
         To restore them, stop the engine and run `heartline restore {}`",
        copied.records,
        copied.last.unwrap_or(0),
        copied.reports,
        to.display()
    ));
    Ok(())
}
