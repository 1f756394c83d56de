//! Closing a recording, on a thread of its own: sync and hash take their time
//! and the pieces of other calls must not wait for them.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};
use media::Closing;
use model::CallId;
use sha2::{Digest, Sha256};

use crate::{
    About, Outcome,
    manifest::{Continued, Manifest, Subject, Voice},
    place::{self, Place},
    recording::{Part, Recording, frames_as_ms},
};

/// A recording that has ended.
pub(crate) struct Ended {
    pub(crate) recording: Recording,
    pub(crate) closing: Option<Box<Closing>>,
    pub(crate) about: Option<About>,
    /// Why it ends before the call, when it does.
    pub(crate) broken_off: Option<String>,
}

/// Close what comes until nothing can come any more.
///
/// The first after a rest is closed at once; when many end, they gather and
/// share the syncs of their folder.
pub(crate) fn close_all(ended: &Receiver<Ended>, outcomes: &Sender<Outcome>, gather: Duration) {
    let mut last: Option<Instant> = None;
    while let Ok(first) = ended.recv() {
        if let Some(rest) = last.and_then(|last| gather.checked_sub(last.elapsed())) {
            thread::sleep(rest);
        }
        last = Some(Instant::now());
        let group = std::iter::once(first).chain(ended.try_iter().take(GROUP_MAX)).collect();
        for (call, outcome) in close(group) {
            let outcome = outcome.unwrap_or_else(|error| Outcome::Failed {
                call,
                why: format!(
                    "the recording could not be closed ({error}); its .part file is kept and \
                     repaired at the next start"
                ),
            });
            // Nobody listens any more when the engine goes down without us.
            let _ = outcomes.send(outcome);
        }
    }
}

fn close(group: Vec<Ended>) -> Vec<(CallId, io::Result<Outcome>)> {
    let described: Vec<_> =
        group.into_iter().map(|ended| (ended.recording.place.call(), describe(ended))).collect();
    let folders: BTreeSet<PathBuf> =
        described.iter().filter_map(|(_, one)| Some(one.as_ref().ok()?.place.folder())).collect();
    let safe = sync_all(&folders);
    let named: Vec<_> = described
        .into_iter()
        .map(|(call, described)| {
            let described = described.and_then(|described| {
                again(&safe)?;
                name(&described.place, described.parts)?;
                Ok(described.outcome)
            });
            (call, described)
        })
        .collect();
    let safe = sync_all(&folders);
    named.into_iter().map(|(call, named)| (call, again(&safe).and(named))).collect()
}

/// Synced and described, and not yet named.
struct Described {
    place: Place,
    parts: usize,
    outcome: Outcome,
}

fn describe(ended: Ended) -> io::Result<Described> {
    let Ended { recording, closing, about, broken_off } = ended;
    let [caller_gap_ms, hotline_gap_ms, dropped_ms] = [
        recording.caller_gap + recording.dropped,
        recording.hotline_gap + recording.dropped,
        recording.dropped,
    ]
    .map(frames_as_ms);
    let (place, parts) = recording.finish()?;
    let mut manifest = Manifest {
        broken_off,
        about: about.as_ref().map(Subject::from),
        caller_gap_ms,
        hotline_gap_ms,
        dropped_ms,
        voice: closing.as_deref().map(Voice::from),
        ..Manifest::new(&place)
    };
    write_sidecar(&place, &parts, &mut manifest)?;
    let outcome = Outcome::Closed {
        call: place.call(),
        file: manifest.file,
        length_ms: manifest.length_ms,
        sha256: manifest.sha256,
        caller_gap_ms,
        hotline_gap_ms,
    };
    Ok(Described { place, parts: parts.len(), outcome })
}

/// Sync, hash, describe, name. Only a file whose sidecar is safe loses its `.part`,
/// so whatever a crash leaves between is found by salvage.
pub(crate) fn settle(
    place: &Place,
    parts: &[Part],
    mut manifest: Manifest,
) -> io::Result<Manifest> {
    write_sidecar(place, parts, &mut manifest)?;
    place::sync(&place.folder())?;
    name(place, parts.len())?;
    place::sync(&place.folder())?;
    Ok(manifest)
}

fn write_sidecar(place: &Place, parts: &[Part], manifest: &mut Manifest) -> io::Result<()> {
    for (part, n) in parts.iter().zip(1..) {
        part.file.sync_all()?;
        let (sha256, length_ms) = (hash(&part.file)?, frames_as_ms(part.frames));
        match n {
            1 => (manifest.sha256, manifest.length_ms) = (sha256, length_ms),
            n => {
                manifest.length_ms += length_ms;
                manifest.continued.push(Continued { file: place.name(n), sha256, length_ms });
            }
        }
    }
    manifest.write(place)
}

fn name(place: &Place, parts: usize) -> io::Result<()> {
    for (_, n) in (0..parts).zip(1..) {
        fs::rename(place.part(n), place.wav(n))?;
    }
    Ok(())
}

fn sync_all(folders: &BTreeSet<PathBuf>) -> io::Result<()> {
    folders.iter().try_for_each(|folder| place::sync(folder))
}

/// The same result for each of a group.
fn again(result: &io::Result<()>) -> io::Result<()> {
    match result {
        Ok(()) => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

/// SHA-256 of the whole file, in hex.
///
/// The header knows the length only now and comes first, so the file is read
/// again; it is still in memory, and 40 ms of a core hash an hour of voice.
pub(crate) fn hash(file: &Arc<File>) -> io::Result<String> {
    let mut sha = Sha256::new();
    let (mut block, mut at) = (vec![0; HASH_BLOCK], 0);
    loop {
        match file.read_at(&mut block, at) {
            Ok(0) => break,
            Ok(read) => {
                sha.update(block.get(..read).unwrap_or_default());
                at += read as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(sha.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// One group; the rest wait for the next.
const GROUP_MAX: usize = 255;
const HASH_BLOCK: usize = 128 << 10;
