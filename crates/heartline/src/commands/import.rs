//! `heartline import`: makes a log from an export.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::Path,
};

use engine::{
    fault::{EX_DATAERR, EX_USAGE, Fault},
    machine,
    site::Site,
};
use journal::jsonl::{self, ImportError};
use model::{
    Event,
    event::{LogCopy, LogRestored},
};

use super::export::log_fault;
use crate::{cli::Place, output::print_line};

/// Makes the log of a data folder without one.
pub(crate) fn run(file: &Path, place: &Place) -> Result<(), Fault> {
    let Site { data, zone, .. } = place.site()?;
    if let Some(other_entry) = other_entry(&data)? {
        let what = format!(
            "{} already contains {other_entry}, and an import needs a data folder without a log; \
             name a new folder with --data, or move this one away",
            data.display()
        );
        return Err(Fault::new(EX_USAGE, what));
    }
    let opened = File::open(file);
    let opened =
        opened.map_err(|e| Fault::new(EX_USAGE, format!("cannot read {}: {e}", file.display())))?;
    let done = jsonl::import(BufReader::new(opened), data.join("journal"), zone);
    let imported = done.map_err(|error| match error {
        ImportError::Faults { listed, all } => {
            let mut lines: Vec<String> =
                listed.iter().map(|fault| format!("{}: {fault}", file.display())).collect();
            let plural = if all == 1 { "fault" } else { "faults" };
            lines.push(format!("{all} {plural}; nothing was imported"));
            Fault::new(EX_DATAERR, lines.join("\n"))
        }
        ImportError::Log(error) => log_fault(error),
    })?;
    let last = imported.records;
    let by = machine::person();
    machine::note(&data, Event::LogRestored(LogRestored { from: LogCopy::Export, last, by }))?;
    print_line(&format!(
        "imported records 1 to {last}, written by version {}, into {}. Keys, released reports and \
         recordings are separate files: restore them from a backup. The view is built at the next \
         start",
        imported.engine,
        data.display()
    ));
    Ok(())
}

/// The first entry of a data folder that is not the keys or a log to be replaced, if there is one.
fn other_entry(data: &Path) -> Result<Option<String>, String> {
    let cannot = |e: io::Error| format!("cannot read {}: {e}", data.display());
    let listed = match fs::read_dir(data) {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(cannot(e)),
    };
    for entry in listed {
        let name = entry.map_err(cannot)?.file_name().to_string_lossy().into_owned();
        // An import that was interrupted leaves `journal.part`. The import itself checks the log.
        if !["keys.json", "keys.json.lock", "journal", "journal.part"].contains(&name.as_str()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
