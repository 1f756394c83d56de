//! Repairs recordings that a crash left unfinished.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc};

use primitives::CallId;

use crate::{
    close::{hash, settle},
    manifest::Manifest,
    paths::{self, RecordingPaths},
    recording::Part,
    wav,
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

/// Repairs every unfinished recording in `folder`, by the real length of its file.
///
/// Call it before [`Recorder::start`](crate::Recorder::start). It checks the newest days only,
/// since older ones were complete at an earlier start. A file that cannot be repaired is left
/// unchanged, with a warning in the program's log.
pub fn salvage(folder: impl AsRef<Path>) -> io::Result<Vec<SalvagedRecording>> {
    let root = folder.as_ref();
    let mut salvaged = Vec::new();
    for day in newest_days(root)? {
        for (call, files) in unfinished(&root.join(&day))? {
            let paths = RecordingPaths::found(root, &day, call);
            match repair(&paths, files) {
                Ok(saved) => salvaged.push(saved),
                Err(error) => tracing::warn!(
                    "the recording of call {call} in {} cannot be repaired: {error}; \
                     its .part file stays there",
                    paths.folder().display()
                ),
            }
        }
    }
    Ok(salvaged)
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

fn repair(paths: &RecordingPaths, files: u32) -> io::Result<SalvagedRecording> {
    let mut parts = Vec::new();
    for n in 1..=files {
        if !paths.part(n).exists() && paths.wav(n).exists() {
            // The engine crashed while it renamed the files.
            fs::rename(paths.wav(n), paths.part(n))?;
        }
        let (file, frames) = wav::mend(&paths.part(n))?;
        parts.push(Part { file: Arc::new(file), frames });
    }
    let described = is_described(paths, &parts)?;
    let manifest = match described {
        // Closed and described, only not renamed: keep that sidecar.
        Some(sidecar) => {
            for n in 1..=files {
                fs::rename(paths.part(n), paths.wav(n))?;
            }
            paths::sync(&paths.folder())?;
            return Ok(sidecar);
        }
        None => settle(paths, &parts, Manifest { salvaged: true, ..Manifest::new(paths) })?,
    };
    Ok(SalvagedRecording {
        call: paths.call(),
        file: manifest.file,
        length_ms: manifest.length_ms,
        sha256: manifest.sha256,
    })
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

/// Returns the unfinished calls of a day with the number of their files; removes partial sidecars.
fn unfinished(day: &Path) -> io::Result<BTreeMap<CallId, u32>> {
    let mut calls = BTreeMap::new();
    for entry in fs::read_dir(day)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(".json.part") {
            fs::remove_file(day.join(name))?;
        } else if let Some((call, n)) = paths::parse_part(name) {
            let files: &mut u32 = calls.entry(call).or_default();
            *files = n.max(*files);
        }
    }
    // A crash while renaming leaves the later files unnamed; one while writing leaves all. In both
    // cases the last existing file is the last one.
    Ok(calls)
}

/// A call lasts at most a day, and a clock may have been wrong by some days.
const SALVAGE_DAYS: usize = 7;
