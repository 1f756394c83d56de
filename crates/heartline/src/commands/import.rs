//! `heartline import`: a log made from an export.

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
use crate::{cli::Place, output::say};

/// Make the log of a data folder that has none.
pub(crate) fn run(file: &Path, place: &Place) -> Result<(), Fault> {
    let Site { data, zone, .. } = place.site()?;
    if let Some(stranger) = stranger(&data)? {
        let what = format!(
            "{} holds {stranger} already; an import makes a log where none is: name a new folder with \
             --data, or move this away",
            data.display()
        );
        return Err(Fault::new(EX_USAGE, what));
    }
    let opened = File::open(file);
    let opened =
        opened.map_err(|e| Fault::new(EX_USAGE, format!("cannot read {}: {e}", file.display())))?;
    let done = jsonl::import(BufReader::new(opened), data.join("journal"), zone);
    let imported = done.map_err(|error| match error {
        ImportError::Faults { told, all } => {
            let mut lines: Vec<String> =
                told.iter().map(|fault| format!("{}: {fault}", file.display())).collect();
            let plural = if all == 1 { "fault" } else { "faults" };
            lines.push(format!("{all} {plural}; nothing was imported"));
            Fault::new(EX_DATAERR, lines.join("\n"))
        }
        ImportError::Log(error) => log_fault(error),
    })?;
    let last = imported.records;
    let by = machine::person();
    machine::note(&data, Event::LogRestored(LogRestored { from: LogCopy::Export, last, by }))?;
    say(&format!(
        "records 1 to {last}, as version {} wrote them, are in {}. Keys, released reports and \
         recordings are files of their own and come from a backup; lists are made at the next start",
        imported.engine,
        data.display()
    ));
    Ok(())
}

/// The name of a thing in a data folder that does not belong to the keys, if there is one.
fn stranger(data: &Path) -> Result<Option<String>, String> {
    let cannot = |e: io::Error| format!("cannot read {}: {e}", data.display());
    let listed = match fs::read_dir(data) {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(cannot(e)),
    };
    for entry in listed {
        let name = entry.map_err(cannot)?.file_name().to_string_lossy().into_owned();
        // A try that was cut short leaves the part; the import decides about the log.
        if !["keys.json", "keys.json.lock", "journal", "journal.part"].contains(&name.as_str()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
