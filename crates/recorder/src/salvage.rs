//! Repairs recordings that a crash left unfinished.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
    sync::Arc,
};

use primitives::CallId;

use crate::{
    close::{hash, measure, settle},
    disk_syncs::DiskSyncs,
    manifest::Manifest,
    paths::{self, RecordingPaths},
    recording::Part,
    wav::{self, Encoding},
};

/// A repaired recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalvagedRecording {
    /// The call.
    pub call: CallId,
    /// Its name relative to the recordings folder.
    pub file: String,
    /// Its length, in ms.
    pub length_ms: u64,
    /// SHA-256 of the whole file, in hex.
    pub sha256: String,
}

/// Repairs every unfinished recording in `folder`, by the length of its file.
///
/// Call it before [`Recorder::start`](crate::Recorder::start). It checks the newest days only,
/// since older ones were complete at an earlier start. A file that cannot be repaired is left
/// unchanged, with a warning in the program's log. The header of a file says how its samples are
/// stored; `encoding` is taken for a file whose header a power cut lost.
///
/// A closed recording whose sidecar a power cut lost gets a new one with length and hash. It is not
/// in the result, since the log has its record or finds it by [`read_sidecar`].
pub fn salvage(folder: impl AsRef<Path>, encoding: Encoding) -> io::Result<Vec<SalvagedRecording>> {
    let root = folder.as_ref();
    let syncs = DiskSyncs::default();
    let mut salvaged = Vec::new();
    for (n, day) in newest_days(root)?.iter().enumerate() {
        let found = look_through(&root.join(day), n < SIDECAR_DAYS)?;
        if found.unfinished.is_empty() && found.undescribed.is_empty() {
            continue;
        }
        let saved = repair_day(root, day, found, encoding, &syncs);
        match syncs.folder(&root.join(day)) {
            Ok(()) => salvaged.extend(saved),
            Err(error) => tracing::warn!(
                "{} cannot be synced: {error}; its repaired recordings are not reported",
                root.join(day).display()
            ),
        }
    }
    Ok(salvaged)
}

fn repair_day(
    root: &Path,
    day: &str,
    found: Findings,
    encoding: Encoding,
    syncs: &DiskSyncs,
) -> Vec<SalvagedRecording> {
    let mut salvaged = Vec::new();
    for (call, files) in found.unfinished {
        let paths = RecordingPaths::found(root, day, call);
        match repair(&paths, files, encoding, syncs) {
            Ok(saved) => salvaged.push(saved),
            Err(error) => tracing::warn!(
                "the recording of call {call} in {} cannot be repaired: {error}; \
                 its .part file stays there",
                paths.folder().display()
            ),
        }
    }
    for call in found.undescribed {
        let paths = RecordingPaths::found(root, day, call);
        if let Err(error) = describe(&paths) {
            tracing::warn!(
                "the sidecar of call {call} in {} cannot be written: {error}",
                paths.folder().display()
            );
        }
    }
    salvaged
}

/// Reads the sidecar of a closed recording, for a call whose file was closed just before a crash
/// and whose event is not in the log.
///
/// `file` is the name in [`RecorderEvent::Started`](crate::RecorderEvent::Started).
pub fn read_sidecar(folder: impl AsRef<Path>, file: &str) -> Option<SalvagedRecording> {
    let path = folder.as_ref().join(file);
    let sidecar = fs::read(path.with_extension("json")).ok()?;
    let sidecar: serde_json::Value = serde_json::from_slice(&sidecar).ok()?;
    path.is_file().then_some(())?;
    Some(SalvagedRecording {
        call: sidecar.get("call")?.as_str()?.parse().ok()?,
        file: file.into(),
        length_ms: sidecar.get("length_ms")?.as_u64()?,
        sha256: sidecar.get("sha256")?.as_str()?.into(),
    })
}

fn repair(
    paths: &RecordingPaths,
    files: u32,
    otherwise: Encoding,
    syncs: &DiskSyncs,
) -> io::Result<SalvagedRecording> {
    let (mut parts, mut encoding) = (Vec::new(), otherwise);
    for n in 1..=files {
        if !paths.part(n).exists() && paths.wav(n).exists() {
            // The engine crashed while it renamed the files.
            fs::rename(paths.wav(n), paths.part(n))?;
        }
        let mended = wav::mend(&paths.part(n), otherwise)?;
        encoding = mended.encoding;
        parts.push(Part { file: Arc::new(mended.file), frames: mended.frames });
    }
    if let Some(sidecar) = is_described(paths, &parts)? {
        // Closed and described, only not renamed: keep that sidecar.
        for n in 1..=files {
            fs::rename(paths.part(n), paths.wav(n))?;
        }
        return Ok(sidecar);
    }
    let mut manifest = Manifest { salvaged: true, ..Manifest::new(paths, encoding) };
    settle(paths, &parts, &mut manifest, syncs)?;
    Ok(SalvagedRecording {
        call: paths.call(),
        file: manifest.file,
        length_ms: manifest.length_ms,
        sha256: manifest.sha256,
    })
}

/// Writes the sidecar of a closed recording anew.
fn describe(paths: &RecordingPaths) -> io::Result<()> {
    let (mut parts, mut encoding) = (Vec::new(), Encoding::default());
    for n in (1..).take_while(|n| paths.wav(*n).exists()) {
        let closed = wav::read(&paths.wav(n))?;
        encoding = closed.encoding;
        parts.push(Part { file: Arc::new(closed.file), frames: closed.frames });
    }
    let mut manifest = Manifest { salvaged: true, ..Manifest::new(paths, encoding) };
    measure(paths, &parts, &mut manifest)?;
    manifest.write(paths)
}

/// Reads a sidecar if its hash matches the first file.
fn is_described(paths: &RecordingPaths, parts: &[Part]) -> io::Result<Option<SalvagedRecording>> {
    let Ok(text) = fs::read(paths.sidecar()) else { return Ok(None) };
    let sidecar: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let length_ms = sidecar.get("length_ms").and_then(|ms| ms.as_u64()).unwrap_or(0);
    let Some(first) = parts.first() else { return Ok(None) };
    let sha256 = hash(&first.file)?;
    let is_true = sidecar.get("sha256").and_then(|hex| hex.as_str()) == Some(sha256.as_str());
    let saved = SalvagedRecording { call: paths.call(), file: paths.name(1), length_ms, sha256 };
    Ok(is_true.then_some(saved))
}

/// Returns the day folders such as `2026/11/22`, newest first.
fn newest_days(root: &Path) -> io::Result<Vec<String>> {
    let mut days = Vec::new();
    if !root.exists() {
        return Ok(days);
    }
    for year in numbered(root)? {
        for month in numbered(&root.join(&year))? {
            for day in numbered(&root.join(&year).join(&month))? {
                days.push(format!("{year}/{month}/{day}"));
            }
        }
    }
    days.sort();
    days.reverse();
    days.truncate(SALVAGE_DAYS);
    Ok(days)
}

fn numbered(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && name.bytes().all(|b| b.is_ascii_digit())
            && entry.file_type()?.is_dir()
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// The calls of a day that need work.
#[derive(Default)]
struct Findings {
    /// Calls that were not closed, with the number of their files.
    unfinished: BTreeMap<CallId, u32>,
    /// Closed calls whose sidecar is missing or empty.
    undescribed: BTreeSet<CallId>,
}

/// Looks through the files of a day; removes partial sidecars.
fn look_through(day: &Path, with_sidecars: bool) -> io::Result<Findings> {
    let (mut found, mut described) = (Findings::default(), BTreeSet::new());
    for entry in fs::read_dir(day)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(".json.part") {
            fs::remove_file(day.join(name))?;
        } else if let Some((call, n)) = paths::parse_part(name) {
            let files: &mut u32 = found.unfinished.entry(call).or_default();
            *files = n.max(*files);
        } else if with_sidecars && let Some((call, kind)) = paths::parse_closed(name) {
            // A power cut leaves the name of a file whose content was not written yet.
            match kind {
                paths::Closed::Recording => drop(found.undescribed.insert(call)),
                paths::Closed::Sidecar if entry.metadata()?.len() > 0 => {
                    described.insert(call);
                }
                paths::Closed::Sidecar => {}
            }
        }
    }
    // A crash while renaming leaves the later files unnamed; one while writing leaves all. In both
    // cases the last existing file is the last one.
    found
        .undescribed
        .retain(|call| !described.contains(call) && !found.unfinished.contains_key(call));
    Ok(found)
}

/// A call lasts at most a day, and a clock may have been wrong by some days.
const SALVAGE_DAYS: usize = 7;
/// The system writes a sidecar within a minute, so only a day's last ones can be lost.
const SIDECAR_DAYS: usize = 2;
