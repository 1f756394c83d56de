//! Taking calls when the hotline's log cannot be used: in a folder of its own, on another disk.
//!
//! `heartline serve --emergency` says so by hand; with `[start] emergency` a start whose log or
//! disk fails does it by itself. The engine is the same one with another folder: its log is a
//! series of its own, beside it are recordings and a copy of the keys. There is no desk
//! ([`center::Center::start_emergency`]), nothing is sent to partners, no account changes. Once the
//! hotline's log is mended, `heartline emergency import` brings the series into it; until then an
//! alarm says that it waits.

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
    // Nobody is sent anything. Webhooks stay: who sends is told to try again.
    settings.courier.destinations.clear();
    settings.courier.sms = None;
    settings.open311.enabled = false;
    settings
}

/// Have the newest keys in `folder`: those of the data folder when they can be read, otherwise the
/// copy that is there. Says what is in the way of phones and people who want to come in.
pub(crate) fn fetch_keys(data: &Path, folder: &Path) -> Result<(), String> {
    let usual = keys::file_in(data);
    let copied = match Keyring::load(&usual) {
        Ok(keyring) if keyring.accounts().next().is_some() || keyring.seats().next().is_some() => {
            return keep_keys(folder, &keyring);
        }
        Ok(_) => format!("{} has no keys", usual.display()),
        Err(e) => e.to_string(),
    };
    let copy = keys::file_in(folder);
    let there = Keyring::load(&copy).map_err(|e| e.to_string())?;
    match there.seats().next() {
        Some(_) => {
            tracing::warn!("{copied}; the copy of the keys in {} is used", copy.display());
            Ok(())
        }
        None => Err(format!(
            "{copied}, and no copy of the keys is in {}: no seat can register and nobody can log in; \
             copy a keys.json there",
            folder.display()
        )),
    }
}

/// Keep a copy of the keys in `folder`, for a start that cannot read the usual ones. What waits to
/// be put on the record is not in it: it goes on the hotline's.
pub(crate) fn keep_keys(folder: &Path, keyring: &Keyring) -> Result<(), String> {
    let mut copy = keyring.clone();
    copy.recorded(keyring.unrecorded());
    let path = keys::file_in(folder);
    if Keyring::load(&path).is_ok_and(|there| there == copy) {
        return Ok(());
    }
    copy.save(&path).map_err(|e| e.to_string())
}

/// Whether the log's disk takes what is written to it.
pub(crate) fn probe(folder: &Path) -> Result<(), String> {
    let path = folder.join("probe");
    let written = File::create(&path)
        .and_then(|mut file| file.write_all(&[0; PROBE_BYTES]).and_then(|()| file.sync_all()));
    let removed = fs::remove_file(&path);
    written
        .and(removed)
        .map_err(|e| format!("the log's disk takes nothing: cannot write {}: {e}", path.display()))
}

/// Write down in the data folder where the emergency's log is, so that the next usual start
/// knows. The disk may be what failed: then the config has to say it.
pub(crate) fn write_emergency_note(data: &Path, folder: &Path) {
    let path = data.join(WORD);
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.into());
    let written = File::create(&path)
        .and_then(|mut file| writeln!(file, "{}", whole.display()).and_then(|()| file.sync_all()));
    if let Err(e) = written {
        // Half a word would be an alarm about nothing.
        let _left = fs::remove_file(&path);
        tracing::warn!(
            "cannot write {}: {e}; only [start] emergency tells the next start of {}",
            path.display(),
            folder.display()
        );
    }
}

fn remove_emergency_note(data: &Path) -> io::Result<()> {
    match fs::remove_file(data.join(WORD)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Where an emergency ran or would run: what the data folder says of the last one, and the folder
/// of the config.
pub(crate) fn folders(data: &Path, configured: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = last_emergency_folder(data).into_iter().collect();
    let is_known = |folder: &Path| folders.iter().any(|known| known == folder);
    // The last one is written down as a whole path.
    let configured = configured.map(|folder| fs::canonicalize(folder).unwrap_or(folder.into()));
    folders.extend(configured.filter(|folder| !is_known(folder)));
    folders
}

/// The folder of the last emergency, when the data folder says that there was one.
fn last_emergency_folder(data: &Path) -> Option<PathBuf> {
    let word = fs::read_to_string(data.join(WORD)).unwrap_or_default();
    (!word.trim().is_empty()).then(|| PathBuf::from(word.trim()))
}

/// What a usual start says when the log of an emergency waits to be imported. `imported`: the last
/// record of each series that is in the hotline's log.
pub(crate) fn waiting(
    data: &Path,
    configured: Option<&Path>,
    imported: &BTreeMap<EmergencyId, Seq>,
) -> Option<String> {
    // Where an emergency is known to have been, a missing log is a missing disk.
    let known = last_emergency_folder(data).as_deref().and_then(|folder| match log_in(folder).exists() {
        true => waits_in(folder, imported),
        false => Some(format!(
            "an emergency was in {}, and its log is not there: is its disk there? Its calls are \
             missing here until heartline emergency import",
            folder.display()
        )),
    });
    known.or_else(|| waits_in(configured?, imported))
}

fn waits_in(folder: &Path, imported: &BTreeMap<EmergencyId, Seq>) -> Option<String> {
    let unknown = |e: &dyn std::fmt::Display| {
        Some(format!(
            "nobody could look whether the log of an emergency waits in {}: {e}; calls of that time \
             may be missing here",
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
            "{} records of an emergency wait in {}: its calls are not in the lists and figures, and \
             have no tickets; stop the engine and say heartline emergency import {}",
            last - known,
            folder.display(),
            folder.display()
        )
    })
}

/// What is wrong with the log in the folder, for a start of this kind.
pub(crate) fn wrong_log(memory: &Memory, is_emergency: bool, folder: &Path) -> Option<String> {
    let folder = folder.display();
    match (is_emergency, memory.emergency) {
        (false, Some(_)) => Some(format!(
            "the log in {folder} is that of an emergency: bring it into the hotline's by heartline \
             emergency import {folder}"
        )),
        (true, None) if memory.seq > 0 => Some(format!(
            "the log in {folder} is a hotline's own: name another folder for the emergency"
        )),
        _ => None,
    }
}

/// What hangs on the wall of an engine that runs without its log.
pub(crate) fn alarm(why: &str, folder: &Path) -> String {
    format!(
        "this engine runs without the hotline's log ({why}): calls are taken and recorded in {}; no \
         ticket is opened, nothing is done at the desk or sent to partners. Mend the log, stop this \
         engine, and say heartline emergency import {}",
        folder.display(),
        folder.display()
    )
}

/// Where an emergency has its log.
pub(crate) fn log_in(folder: &Path) -> PathBuf {
    folder.join("journal")
}

fn recordings(folder: &Path) -> PathBuf {
    folder.join("recordings")
}

/// In the data folder: where the log of an emergency is.
const WORD: &str = "emergency";
/// More than what a start and its first calls write.
const PROBE_BYTES: usize = 256 << 10;
