//! `heartline backup` and `heartline restore`: copies the data that must not be lost, and puts it
//! back.
//!
//! A restore first copies the backup beside the data, checked and synced, then moves the old data
//! aside, and only then renames the copy. When it is interrupted, either the old data is left, or a
//! folder in which the engine refuses to start until the restore is repeated.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use journal::{FolderLock, Journal, Reader};
use model::{
    Event, Seq, Timestamp, Zone,
    event::{LogCopy, LogRestored},
};
use settings::Keyring;

use crate::{
    clock::Clock,
    fault::{EX_DATAERR, EX_USAGE, Fault},
    in_force::Copies,
    keys, machine, reports,
    site::local,
    view,
};

/// The result of a backup.
pub struct BackedUp {
    /// The number of records in the log.
    pub records: u64,
    /// The last record, if there is one.
    pub last: Option<Seq>,
    /// The number of released reports.
    pub reports: usize,
}

/// Copies the log, the keys and the released reports of a data folder into `to`, with or without a
/// running engine. The backup is recorded in the log.
pub fn back_up(data: &Path, to: &Path) -> Result<BackedUp, Fault> {
    let what = format!("backup to {}", to.display());
    let last = Reader::open(data.join("journal")).and_then(|log| log.ends());
    let rows = last.map_err(|e| e.to_string())?.map_or(0, |(_, last)| last);
    machine::note_export(data, what, rows, true)?;
    let copied =
        journal::backup(data.join("journal"), to.join("journal")).map_err(|e| e.to_string())?;
    let keyring = Keyring::load(&keys::file_in(data)).map_err(|e| e.to_string())?;
    keyring.save(&keys::file_in(to)).map_err(|e| e.to_string())?;
    let reports = reports::copy_released(data, to)?;
    copy_configs(data, to)?;
    Ok(BackedUp { records: copied.records, last: copied.last, reports })
}

/// The result of a restore.
pub struct Restored {
    /// The last record of the log.
    pub last: Seq,
    /// The time of that record.
    pub until: Timestamp,
    /// The number of records applied to the view.
    pub applied: Seq,
    /// Released reports in the backup that differ from their record.
    pub faulty_reports: Vec<String>,
    /// The folder that holds the earlier data.
    pub aside: Option<PathBuf>,
}

/// Puts a backup in the place of the data, after checking it; all of it or nothing. With `replace`
/// an existing log is moved aside; otherwise it is a fault.
pub fn restore(backup: &Path, replace: bool, data: &Path, zone: Zone) -> Result<Restored, Fault> {
    let found = check(backup)?;
    let folder = data.join("journal");
    // The log's lock keeps a running engine out.
    let claim = FolderLock::acquire(&folder).map_err(|e| Fault::new(EX_USAGE, e.to_string()))?;
    let has_log = claim.has_log().map_err(|e| e.to_string())?;
    if has_log && !replace {
        let what =
            format!("{} already has a log; --replace moves it and its data aside", data.display());
        return Err(Fault::new(EX_USAGE, what));
    }
    let unfinished = data.join(UNFINISHED);
    copy(backup, &unfinished)?;
    let aside = move_aside(data, has_log, zone)?;
    move_in(&unfinished, data)?;
    drop(claim);

    let (journal, report) =
        Journal::open(&folder, journal::Options::default()).map_err(|e| e.to_string())?;
    let last = report.last.unwrap_or(0);
    let view = view::open_store(data, &folder, last, store::CACHE_BYTES)?.store;
    drop(journal);
    let by = machine::person();
    machine::note(data, Event::LogRestored(LogRestored { from: LogCopy::Backup, last, by }))?;
    let (until, faulty_reports) = (found.until, found.reports);
    Ok(Restored { last, until, applied: view.applied(), faulty_reports, aside })
}

/// Copies the configs on record with their prompts. A backup of an older version has none.
fn copy_configs(from: &Path, to: &Path) -> Result<(), Fault> {
    Copies::of(from).copy_to(to).map_err(|e| Fault::from(format!("cannot copy the configs: {e}")))
}

/// Refuses a data folder in which a restore was interrupted.
pub(crate) fn refuse_unfinished_restore(data: &Path) -> Result<(), String> {
    if data.join(UNFINISHED).exists() {
        return Err(format!(
            "a restore into {} was interrupted; run `heartline restore` again with the same backup",
            data.display()
        ));
    }
    Ok(())
}

/// The contents of a backup that can be restored.
struct CheckedBackup {
    /// The time of its last record.
    until: Timestamp,
    /// Released reports that differ from their record. They do not prevent the restore.
    reports: Vec<String>,
}

/// Checks every checksum in the backup and reports all faults at once.
fn check(backup: &Path) -> Result<CheckedBackup, Fault> {
    let log = backup.join("journal");
    let report = journal::verify(&log)
        .map_err(|e| Fault::new(EX_USAGE, format!("{} is not a backup: {e}", backup.display())))?;
    let mut faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    if report.first.is_some_and(|first| first != 1) {
        faults.push(format!("{}: records are missing at its beginning", log.display()));
    }
    let keys = keys::file_in(backup);
    match Keyring::load(&keys) {
        Err(e) => faults.push(e.to_string()),
        Ok(_) if !keys.is_file() => faults.push(format!("{} is missing", keys.display())),
        Ok(_) => {}
    }
    if faults.is_empty() && report.records == 0 {
        faults.push(format!("{}: it has no records", log.display()));
    }
    if !faults.is_empty() {
        faults.push("this backup is incomplete: use another one; nothing was changed".into());
        return Err(Fault::new(EX_DATAERR, faults.join("\n")));
    }
    let mut found = CheckedBackup { until: Timestamp::default(), reports: Vec::new() };
    let records = Reader::open(&log).and_then(|log| log.read_from(1)).map_err(|e| e.to_string())?;
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        found.until = record.at;
        if let Event::ReportReleased(what) = &record.event {
            found.reports.extend(reports::fault_of_released(backup, what));
        }
    }
    Ok(found)
}

fn copy(backup: &Path, unfinished: &Path) -> Result<(), Fault> {
    // The copy of an interrupted restore.
    match fs::remove_dir_all(unfinished) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            return Err(cannot("remove", unfinished, e));
        }
        _ => {}
    }
    journal::backup(backup.join("journal"), unfinished.join("journal"))
        .map_err(|e| e.to_string())?;
    let keyring = Keyring::load(&keys::file_in(backup)).map_err(|e| e.to_string())?;
    keyring.save(&keys::file_in(unfinished)).map_err(|e| e.to_string())?;
    reports::copy_released(backup, unfinished)?;
    copy_configs(backup, unfinished)?;
    sync(unfinished)
}

/// Moves the engine's data into a folder with the time in its name.
fn move_aside(data: &Path, has_log: bool, zone: Zone) -> Result<Option<PathBuf>, Fault> {
    if !has_log {
        // The log's folder may exist only because it holds the lock.
        let log = data.join("journal");
        let gone = fs::remove_file(log.join("lock")).and_then(|()| fs::remove_dir(&log));
        gone.map_err(|e| cannot("clear", &log, e))?;
    }
    let there: Vec<&str> = OURS.iter().copied().filter(|name| data.join(name).exists()).collect();
    if there.is_empty() {
        return Ok(None);
    }
    let moment: String = local(zone, Clock::start().now())
        .chars()
        .filter_map(|c| if c == ' ' { Some('-') } else { (c != ':').then_some(c) })
        .collect();
    let aside = data.join(format!("replaced-{moment}"));
    fs::create_dir(&aside).map_err(|e| cannot("make", &aside, e))?;
    for name in there {
        let from = data.join(name);
        fs::rename(&from, aside.join(name)).map_err(|e| cannot("move", &from, e))?;
    }
    sync(&aside)?;
    sync(data)?;
    Ok(Some(aside))
}

fn move_in(unfinished: &Path, data: &Path) -> Result<(), Fault> {
    for name in OURS {
        let from = unfinished.join(name);
        if from.exists() {
            fs::rename(&from, data.join(name)).map_err(|e| cannot("move", &from, e))?;
        }
    }
    sync(data)?;
    fs::remove_dir_all(unfinished).map_err(|e| cannot("remove", unfinished, e))?;
    sync(data)
}

fn sync(folder: &Path) -> Result<(), Fault> {
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| cannot("sync", folder, e))
}

fn cannot(doing: &str, path: &Path, error: io::Error) -> Fault {
    Fault::from(format!("cannot {doing} {}: {error}", path.display()))
}

/// The entries the engine keeps in its data folder. Other files there are left alone.
const OURS: [&str; 6] = ["journal", "store", "library", "reports", "config", "keys.json"];
/// The folder of a restore's copy until it is renamed.
const UNFINISHED: &str = "restoring";
