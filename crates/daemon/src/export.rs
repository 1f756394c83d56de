//! `heartline export` and `heartline import`: the log as JSON lines, out of the house and into a new one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use journal::{
    JournalError, Reader,
    jsonl::{self, ExportInfo, ImportError},
};
use model::{
    Event, Seq,
    event::{LogCopy, LogRestored},
};

use crate::{
    EX_DATAERR, EX_USAGE, Fault,
    cli::Place,
    machine,
    people::{House, house},
    say,
};

/// `heartline export`
pub(crate) fn export(
    out: Option<&Path>,
    from: Option<Seq>,
    to: Option<Seq>,
    place: &Place,
) -> Result<(), Fault> {
    let House { data, zone, .. } = house(place)?;
    let folder = data.join("journal");
    let ends = Reader::open(&folder).and_then(|log| log.ends()).map_err(log_fault)?;
    let Some((oldest, newest)) = ends else {
        return Err(Fault::new(EX_USAGE, format!("no record is in {}", folder.display())));
    };
    let (first, last) = (from.unwrap_or(oldest), to.unwrap_or(newest));
    if first < oldest || last < first || newest < last {
        let what = format!(
            "the log holds records {oldest} to {newest}; {first} to {last} is no part of it"
        );
        return Err(Fault::new(EX_USAGE, what));
    }
    machine::note_export(&data, format!("log {first} to {last}"), last - first + 1, true)?;
    let about = ExportInfo { engine: env!("CARGO_PKG_VERSION").to_owned(), zone };
    let Some(out) = out else {
        let mut out = BufWriter::new(io::stdout().lock());
        jsonl::export(&folder, (first, last), &about, &mut out).map_err(log_fault)?;
        return Ok(());
    };
    let cannot = |e: io::Error| format!("cannot write {}: {e}", out.display());
    let beside = beside(out);
    let mut file = BufWriter::new(private(&beside).map_err(cannot)?);
    let told = jsonl::export(&folder, (first, last), &about, &mut file).map_err(log_fault)?;
    let file = file.into_inner().map_err(|e| cannot(e.into_error()))?;
    file.sync_all().and_then(|()| fs::rename(&beside, out)).map_err(cannot)?;
    say(&format!(
        "records {first} to {last} are in {}, with persons' names and numbers whole: only its owner \
         may read it\nSHA-256 {}",
        out.display(),
        told.sha256
    ));
    Ok(())
}

/// `heartline import`
pub(crate) fn import(file: &Path, place: &Place) -> Result<(), Fault> {
    let House { data, zone, .. } = house(place)?;
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

/// What is in a data folder beside the keys, if anything is.
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

fn log_fault(error: JournalError) -> Fault {
    let code = match &error {
        JournalError::Damaged { .. } | JournalError::Missing { .. } => EX_DATAERR,
        JournalError::BadTarget { .. } => EX_USAGE,
        _ => return Fault::from(error.to_string()),
    };
    Fault::new(code, error.to_string())
}

fn beside(out: &Path) -> std::path::PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A new file for its owner alone, whatever was there.
fn private(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
