//! `heartline emergency import`: copies the log of an emergency into the hotline's, once.
//!
//! Nothing is written before both logs are read and checked completely and no id is in both. Then
//! the recordings are copied, then the records are appended, each with its own time inside the
//! import's record, and at last a record that says that all are there. When it is interrupted, the
//! same command continues. The next start of the engine opens the tickets and files the missed
//! calls.

use std::{
    fs,
    path::{Path, PathBuf},
};

use center::{Center, Output};
use journal::{FolderLock, Journal, OpenReport, Options};
use model::{
    Event, Record, Seq,
    event::{EmergencyImported, EmergencyStarted, RecordImported},
};
use settings::Settings;

use super::{
    log_in, recordings, remove_emergency_note,
    source::{Source, Target, log_fault},
};
use crate::{
    clock::Clock,
    damage,
    fault::{EX_DATAERR, EX_USAGE, Fault},
    machine, plan,
    site::local,
};

/// The arguments of an import.
pub struct Import<'a> {
    /// The folder the engine ran in during the emergency.
    pub folder: &'a Path,
    /// The hotline's data folder.
    pub data: &'a Path,
    /// The hotline's folder of recordings.
    pub recordings: &'a Path,
    /// Whether to read and check everything without changing anything.
    pub dry_run: bool,
}

/// Imports the log and the recordings of an emergency. Returns what was done, in lines for the
/// person at the command line.
pub fn import(import: &Import<'_>, settings: &Settings) -> Result<Vec<String>, Fault> {
    let Import { folder, data, recordings: to, dry_run } = *import;
    if !log_in(folder).is_dir() {
        return Err(Fault::new(
            EX_USAGE,
            format!("there is no log in {}", log_in(folder).display()),
        ));
    }
    if dry_run {
        return rehearse(folder, data, to, settings);
    }
    // The locks of both logs keep both engines out.
    let (hotline, report) =
        Journal::open(data.join("journal"), Options::default()).map_err(log_fault)?;
    let mut source = Source::read(&log_in(folder))?;
    let target = Target::read(&data.join("journal"), &source)?;
    refuse_twice(&source, &target, folder)?;
    if !source.is_closed {
        close(folder, settings)?;
        source = Source::read(&log_in(folder))?;
    }
    let _alone = FolderLock::acquire(log_in(folder)).map_err(log_fault)?;
    let copied = copy_recordings(&recordings(folder), to)?;
    append(hotline, &report, folder, &source, &target)?;
    // All records are in the log; only cleaning up is left.
    if let Err(e) = remove_emergency_note(data) {
        tracing::warn!(
            "cannot remove the note about the emergency in {}: {e}; remove it by hand",
            data.display()
        );
    }
    let aside = move_aside(folder, &source);
    let mut lines = vec![summary(&source, settings)];
    lines.push(format!("copied {copied} recording files to {}", to.display()));
    lines.push(match aside {
        Ok(aside) => format!("moved the imported data to {}", aside.display()),
        Err(e) => format!("cannot move the imported data in {} aside: {e}", folder.display()),
    });
    lines.push(
        "import complete; start the engine, which opens the tickets and files the missed calls"
            .into(),
    );
    Ok(lines)
}

/// Reads and checks everything an import needs, and writes nothing.
fn rehearse(
    folder: &Path,
    data: &Path,
    to: &Path,
    settings: &Settings,
) -> Result<Vec<String>, Fault> {
    let _alone = FolderLock::acquire(log_in(folder)).map_err(log_fault)?;
    let _with = FolderLock::acquire(data.join("journal")).map_err(log_fault)?;
    let source = Source::read(&log_in(folder))?;
    let target = Target::read(&data.join("journal"), &source)?;
    refuse_twice(&source, &target, folder)?;
    let files = files_below(&recordings(folder))?;
    for file in &files {
        differs(file, &recordings(folder), to)?;
    }
    let mut lines = vec![summary(&source, settings)];
    if target.imported > 0 {
        let imported = target.imported;
        lines.push(format!(
            "an earlier import was interrupted after record {imported}; this one would continue \
             from there"
        ));
    }
    if !source.is_closed {
        lines.push(
            "the engine was killed during the emergency: calls that were open then would be \
             ended in its log first"
                .into(),
        );
    }
    lines.push(format!(
        "would copy {} recording files to {}; nothing was changed",
        files.len(),
        to.display()
    ));
    Ok(lines)
}

fn refuse_twice(source: &Source, target: &Target, folder: &Path) -> Result<(), Fault> {
    if target.imported == source.last && target.is_finished {
        let what = format!(
            "the {} records in {} have been imported already; nothing was done",
            source.last,
            folder.display()
        );
        return Err(Fault::new(EX_USAGE, what));
    }
    Ok(())
}

/// `12 records of an emergency from 2026-11-30 09:05:00 to 2026-11-30 10:00:12: 5 calls, …`
fn summary(source: &Source, settings: &Settings) -> String {
    let zone = settings.hotline.zone;
    let calls = source.calls.len() as u64 - source.refused.min(source.calls.len() as u64);
    format!(
        "{} records of an emergency from {} to {}: {calls} calls ({} answered), {} refused \
         callers, {} recordings",
        source.last,
        local(zone, source.first_at),
        local(zone, source.last_at),
        source.answered,
        source.refused,
        source.recordings
    )
}

/// Ends in the emergency's log the calls that were up when its engine was killed, as its next start
/// would.
fn close(folder: &Path, settings: &Settings) -> Result<(), Fault> {
    let (mut journal, _) = Journal::open(log_in(folder), Options::default()).map_err(log_fault)?;
    let mut memory = plan::memory(settings, [0; 32], false);
    for record in journal::read_from(log_in(folder), 0).map_err(log_fault)? {
        memory.apply(&record.map_err(log_fault)?);
    }
    let Some(series) = memory.emergency else {
        return Err(Fault::from(format!(
            "the log in {} does not belong to an emergency",
            folder.display()
        )));
    };
    let now = Clock::start().now().max(memory.at);
    let started = EmergencyStarted { series, why: "to be imported".to_owned() };
    let (plan, policy) = (settings.switch_plan(), settings.dispatch_policy());
    let version = env!("CARGO_PKG_VERSION");
    let mut center = Center::start_emergency(now, memory, plan, policy, version, started);
    center.stop(now, "to be imported");
    let mut records = Vec::new();
    while let Some(output) = center.poll_output() {
        if let Output::Append(record) = output {
            records.push(record);
        }
    }
    journal.append(&records).and_then(|()| journal.sync()).map_err(log_fault)?;
    Ok(())
}

/// Appends every record the hotline's log does not have, and the record of the completed import.
fn append(
    mut hotline: Journal,
    report: &OpenReport,
    folder: &Path,
    source: &Source,
    target: &Target,
) -> Result<(), Fault> {
    let at = Clock::start().now().max(target.last_at);
    let mut seq = target.last;
    let mut next = |event: Event| {
        seq += 1;
        Record { seq, at, event }
    };
    let mut batch = Vec::with_capacity(BATCH_RECORDS);
    // Opening the log cuts a torn end, so the next start would not find it any more.
    batch.extend(damage::alarm(report, None, None).map(|raised| next(Event::AlarmRaised(raised))));
    let mut write = |batch: &mut Vec<Record>| {
        let written = hotline.append(batch).and_then(|()| hotline.sync());
        batch.clear();
        written.map(drop).map_err(log_fault)
    };
    for record in journal::read_from(log_in(folder), target.imported + 1).map_err(log_fault)? {
        let record = Box::new(record.map_err(log_fault)?);
        batch.push(next(Event::RecordImported(RecordImported { series: source.series, record })));
        if batch.len() == BATCH_RECORDS {
            write(&mut batch)?;
        }
    }
    let (series, by) = (source.series, machine::person());
    let (first, last): (Seq, Seq) = (target.imported + 1, source.last);
    batch.push(next(Event::EmergencyImported(EmergencyImported { series, first, last, by })));
    write(&mut batch)
}

/// Copies the recordings of the emergency; an existing file is kept.
fn copy_recordings(from: &Path, to: &Path) -> Result<usize, Fault> {
    let files = files_below(from)?;
    for file in &files {
        if !differs(file, from, to)? {
            continue;
        }
        let (source, target) = (from.join(file), to.join(file));
        let folder = target.parent().unwrap_or(to);
        let mut part = target.clone().into_os_string();
        part.push(".copying");
        let part = PathBuf::from(part);
        fs::create_dir_all(folder)
            .and_then(|()| fs::copy(&source, &part))
            .and_then(|_| fs::File::open(&part)?.sync_all())
            .and_then(|()| fs::rename(&part, &target))
            .and_then(|()| fs::File::open(folder)?.sync_all())
            .map_err(|e| {
                format!("cannot copy {} to {}: {e}", source.display(), target.display())
            })?;
    }
    Ok(files.len())
}

/// Whether a file must be copied; a different file of the same name is a fault.
fn differs(file: &Path, from: &Path, to: &Path) -> Result<bool, Fault> {
    let (source, target) = (from.join(file), to.join(file));
    if !target.exists() {
        return Ok(true);
    }
    let read = |path: &Path| {
        fs::read(path).map_err(|e| Fault::from(format!("cannot read {}: {e}", path.display())))
    };
    if read(&source)? == read(&target)? {
        return Ok(false);
    }
    let what = format!(
        "{} already exists and differs from {}; nothing was imported",
        target.display(),
        source.display()
    );
    Err(Fault::new(EX_DATAERR, what))
}

/// Every file below a folder, by its path from there; empty when there is no folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    if !folder.is_dir() {
        return Ok(found);
    }
    let cannot = |e: std::io::Error| Fault::from(format!("cannot read {}: {e}", folder.display()));
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below)).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let path = below.join(entry.file_name());
            match entry.file_type().map_err(cannot)?.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Moves the log and recordings aside, so that the folder is ready for a new emergency; the keys
/// stay.
fn move_aside(folder: &Path, source: &Source) -> std::io::Result<PathBuf> {
    let aside = folder.join(format!("imported-{}", source.series));
    fs::create_dir_all(&aside)?;
    for name in ["journal", "recordings", "store", "library"] {
        if folder.join(name).exists() {
            fs::rename(folder.join(name), aside.join(name))?;
        }
    }
    fs::File::open(folder)?.sync_all()?;
    Ok(aside)
}

const BATCH_RECORDS: usize = 1_024;
