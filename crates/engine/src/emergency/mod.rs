//! Emergency operation: taking calls without the hotline's log, in a folder of its own on another
//! disk.
//!
//! It is started by `heartline serve --emergency`, or with `[start] emergency` by a start whose log
//! or disk fails. The engine is the same with another folder, which has a log of its own,
//! recordings and a copy of the keys. There is no desk ([`center::Center::start_emergency`]),
//! partners receive nothing and no account changes. Once the hotline's log is repaired, `heartline
//! emergency import` copies the emergency's log into it; until then an alarm says that the import
//! is due.

mod import;
mod source;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use center::Memory;
pub use import::{Import, import};
use journal::Reader;
use model::{EmergencyId, Event, Seq};
use settings::{Keyring, Settings};

use crate::keys;

/// The settings of an engine that runs in `folder` without the hotline's log.
pub(crate) fn settings(usual: &Settings, folder: &Path) -> Settings {
    let mut settings = usual.clone();
    settings.data.folder = folder.into();
    settings.recording.folder = recordings(folder);
    settings.start.emergency = None;
    // Destinations receive nothing. Webhooks stay, and tell their senders to try again.
    settings.courier.destinations.clear();
    settings.courier.sms = None;
    settings.open311.enabled = false;
    settings
}

/// Copies the newest keys into `folder`: those of the data folder when they can be read, otherwise
/// the existing copy stays. The error says why phones and people cannot sign in.
pub(crate) fn copy_newest_keys(data: &Path, folder: &Path) -> Result<(), String> {
    let usual = keys::file_in(data);
    let copied = match Keyring::load(&usual) {
        Ok(keyring) if keyring.accounts().next().is_some() || keyring.seats().next().is_some() => {
            return copy_keys(folder, &keyring);
        }
        Ok(_) => format!("{} has no keys", usual.display()),
        Err(e) => e.to_string(),
    };
    let copy = keys::file_in(folder);
    let there = Keyring::load(&copy).map_err(|e| e.to_string())?;
    match there.seats().next() {
        Some(_) => {
            tracing::warn!(
                "cannot use the hotline's keyring: {copied}; using the copy in {}",
                copy.display()
            );
            Ok(())
        }
        None => Err(format!(
            "{copied}, and there is no copy of the keyring in {}: seats cannot register and \
             accounts cannot log in; copy a keys.json there",
            folder.display()
        )),
    }
}

/// Keeps a copy of the keys in `folder`, for a start that cannot read the usual ones. Changes that
/// are not in the log yet are left out, because they belong into the hotline's log.
pub(crate) fn copy_keys(folder: &Path, keyring: &Keyring) -> Result<(), String> {
    let mut copy = keyring.clone();
    copy.recorded(keyring.unrecorded());
    let path = keys::file_in(folder);
    if Keyring::load(&path).is_ok_and(|there| there == copy) {
        return Ok(());
    }
    copy.save(&path).map_err(|e| e.to_string())
}

/// Whether the disk of the log accepts writes.
pub(crate) fn probe(folder: &Path) -> Result<(), String> {
    let path = folder.join("probe");
    let written = File::create(&path)
        .and_then(|mut file| file.write_all(&[0; PROBE_BYTES]).and_then(|()| file.sync_all()));
    let removed = fs::remove_file(&path);
    written
        .and(removed)
        .map_err(|e| format!("the disk of the log cannot be written: {}: {e}", path.display()))
}

/// Notes in the data folder where the emergency's log is, for the next usual start. When that disk
/// is the one that failed, only the config names the folder.
pub(crate) fn write_emergency_note(data: &Path, folder: &Path) {
    let path = data.join(NOTE_FILE);
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.into());
    let written = File::create(&path)
        .and_then(|mut file| writeln!(file, "{}", whole.display()).and_then(|()| file.sync_all()));
    if let Err(e) = written {
        // A partial note would raise an alarm without reason.
        let _left = fs::remove_file(&path);
        tracing::warn!(
            "cannot write {}: {e}; the next start finds the emergency's log only if [start] \
             emergency in the config names {}",
            path.display(),
            folder.display()
        );
    }
}

fn remove_emergency_note(data: &Path) -> io::Result<()> {
    match fs::remove_file(data.join(NOTE_FILE)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// The folders where an emergency ran or would run: the one noted in the data folder and the one in
/// the config.
pub(crate) fn folders(data: &Path, configured: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = last_emergency_folder(data).into_iter().collect();
    let is_known = |folder: &Path| folders.iter().any(|known| known == folder);
    // The note has an absolute path.
    let configured = configured.map(|folder| fs::canonicalize(folder).unwrap_or(folder.into()));
    folders.extend(configured.filter(|folder| !is_known(folder)));
    folders
}

/// The folder of the last emergency, as noted in the data folder.
fn last_emergency_folder(data: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(data.join(NOTE_FILE)).unwrap_or_default();
    (!text.trim().is_empty()).then(|| PathBuf::from(text.trim()))
}

/// The alarm text of a usual start when the log of an emergency is not imported yet. `imported` is
/// the last imported record of each series.
pub(crate) fn pending_import(
    data: &Path,
    configured: Option<&Path>,
    imported: &BTreeMap<EmergencyId, Seq>,
) -> Option<String> {
    // When the data folder notes an emergency and its log is missing, its disk is missing.
    let known =
        last_emergency_folder(data).as_deref().and_then(|folder| match log_in(folder).exists() {
            true => waits_in(folder, imported),
            false => Some(format!(
                "the engine ran in emergency mode in {}, but its log is not there; check that the \
             disk is mounted. Its calls are missing here until you run `heartline emergency \
             import`",
                folder.display()
            )),
        });
    known.or_else(|| waits_in(configured?, imported))
}

fn waits_in(folder: &Path, imported: &BTreeMap<EmergencyId, Seq>) -> Option<String> {
    let unknown = |e: &dyn std::fmt::Display| {
        Some(format!(
            "cannot check whether the log of an emergency is in {}: {e}; its calls may be \
             missing here",
            folder.display()
        ))
    };
    match fs::read_dir(log_in(folder)) {
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        Err(e) => return unknown(&e),
    }
    let found = Reader::open(log_in(folder)).and_then(|log| Ok((log.ends()?, log.read_from(0)?)));
    let (last, first) = match found {
        Ok((Some((_, last)), mut records)) => (last, records.next()),
        Ok((None, _)) => return None,
        Err(e) => return unknown(&e),
    };
    let series = match first {
        Some(Ok(record)) => match record.event {
            Event::EmergencyStarted(started) => started.series,
            _ => return None,
        },
        Some(Err(e)) => return unknown(&e),
        None => return None,
    };
    let known = imported.get(&series).copied().unwrap_or(0);
    (known < last).then(|| {
        format!(
            "{} records of an emergency in {} are not imported: its calls are not in the lists \
             and figures, and have no tickets; stop the engine and run `heartline emergency \
             import {}`",
            last - known,
            folder.display(),
            folder.display()
        )
    })
}

/// Why the log in the folder does not fit this kind of start, if it does not.
pub(crate) fn wrong_log(memory: &Memory, is_emergency: bool, folder: &Path) -> Option<String> {
    let folder = folder.display();
    match (is_emergency, memory.emergency) {
        (false, Some(_)) => Some(format!(
            "the log in {folder} belongs to an emergency; import it into the hotline's log with \
             `heartline emergency import {folder}`"
        )),
        (true, None) if memory.seq > 0 => Some(format!(
            "the log in {folder} is the hotline's own log; name another folder for the emergency"
        )),
        _ => None,
    }
}

/// The alarm text of an engine that runs without the hotline's log.
pub(crate) fn alarm(why: &str, folder: &Path) -> String {
    format!(
        "this engine runs without the hotline's log ({why}): calls are taken and recorded in {}; \
         no tickets are opened, the desk is not available, and partners receive nothing. Repair \
         the log, stop this engine, and run `heartline emergency import {}`",
        folder.display(),
        folder.display()
    )
}

/// The folder of an emergency's log.
pub(crate) fn log_in(folder: &Path) -> PathBuf {
    folder.join("journal")
}

fn recordings(folder: &Path) -> PathBuf {
    folder.join("recordings")
}

/// The file in the data folder that notes where the log of an emergency is.
const NOTE_FILE: &str = "emergency";
/// More than a start and its first calls write.
const PROBE_BYTES: usize = 256 << 10;
