//! Closes recordings on a thread of its own: sync and hash take time, and chunks of other calls
//! must not wait for them. A full disk takes longer.

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

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use media::RecordingSummary;
use primitives::CallId;
use sha2::{Digest, Sha256};

use crate::{
    CallDetails, RecorderEvent,
    health::Health,
    manifest::{CallInfo, Continued, Manifest, Voice},
    paths::{self, RecordingPaths},
    recording::{Part, Recording, frames_as_ms},
};

/// An ended recording.
pub(crate) struct EndedRecording {
    pub(crate) recording: Recording,
    pub(crate) closing: Option<Box<RecordingSummary>>,
    pub(crate) details: Option<CallDetails>,
    /// Why it ends before the call, if it does.
    pub(crate) broken_off: Option<String>,
}

/// Closes ended recordings until the channel is closed.
///
/// The first after a pause is closed at once; when many end, they are gathered and share the syncs
/// of their folder. One whose sidecar does not fit on the disk is retried until it does.
pub(crate) fn close_all(
    ended: &Receiver<EndedRecording>,
    events: &Sender<RecorderEvent>,
    health: &Health,
    gather: Duration,
    retry: Duration,
) {
    let mut last: Option<Instant> = None;
    let mut unclosed: Vec<FinishedRecording> = Vec::new();
    loop {
        let first = match unclosed.is_empty() {
            true => ended.recv().map_err(RecvTimeoutError::from),
            false => ended.recv_timeout(retry),
        };
        let is_over = matches!(first, Err(RecvTimeoutError::Disconnected));
        if let Some(rest) = last.and_then(|last| gather.checked_sub(last.elapsed())) {
            thread::sleep(rest);
        }
        last = Some(Instant::now());
        let mut group = std::mem::take(&mut unclosed);
        let tried = group.len();
        for ended in first.into_iter().chain(ended.try_iter().take(GROUP_MAX)) {
            let call = ended.recording.paths.call();
            match finish(ended) {
                Ok(finished) => group.push(finished),
                Err(error) => send_failed(events, health, call, &error, LATER),
            }
        }
        for (n, (finished, closed)) in close(group).into_iter().enumerate() {
            match closed {
                Ok(()) => send(events, finished.closed()),
                Err(error) if may_pass(&error) && !is_over && unclosed.len() < UNCLOSED_MAX => {
                    // The failure of a broken-off recording was reported already.
                    if n >= tried && finished.manifest.broken_off.is_none() {
                        send_failed(events, health, finished.paths.call(), &error, SOON);
                    }
                    unclosed.push(finished);
                }
                Err(error) => send_failed(events, health, finished.paths.call(), &error, LATER),
            }
        }
        if is_over {
            return;
        }
    }
}

fn send(events: &Sender<RecorderEvent>, event: RecorderEvent) {
    // The receiver is gone when the engine ends first.
    let _ = events.send(event);
}

/// Reports a recording that could not be closed, and the alarm when it is new.
fn send_failed(
    events: &Sender<RecorderEvent>,
    health: &Health,
    call: CallId,
    error: &io::Error,
    when: &str,
) {
    let why =
        format!("the recording could not be closed ({error}); what was written is kept, {when}");
    // A full disk has its own alarms.
    let failing = (!is_full(error)).then(|| health.failed(Instant::now(), &why)).flatten();
    send(events, RecorderEvent::Failed { call, why });
    if let Some(failing) = failing {
        send(events, failing);
    }
}

/// Returns whether the error is a full disk.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Returns whether closing should be retried: the disk or the table of open files is full.
fn may_pass(error: &io::Error) -> bool {
    let errno = rustix::io::Errno::from_io_error(error);
    is_full(error) || matches!(errno, Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE))
}

/// Describes and renames all of them, with two syncs of each folder.
fn close(group: Vec<FinishedRecording>) -> Vec<(FinishedRecording, io::Result<()>)> {
    let mut tried: Vec<_> = group
        .into_iter()
        .map(|mut one| {
            let described = write_sidecar(&one.paths, &one.parts, &mut one.manifest);
            (one, described)
        })
        .collect();
    let folders: BTreeSet<PathBuf> = tried.iter().map(|(one, _)| one.paths.folder()).collect();
    let safe = sync_all(&folders);
    for (one, result) in &mut tried {
        if result.is_ok() {
            *result = again(&safe).and_then(|()| name(&one.paths, one.parts.len()));
        }
    }
    let safe = sync_all(&folders);
    tried
        .into_iter()
        .map(|(one, result)| {
            let result = result.and_then(|()| again(&safe));
            (one, result)
        })
        .collect()
}

/// A recording whose files are complete; it is not described and renamed yet.
struct FinishedRecording {
    paths: RecordingPaths,
    parts: Vec<Part>,
    manifest: Manifest,
}

impl FinishedRecording {
    fn closed(self) -> RecorderEvent {
        RecorderEvent::Closed {
            call: self.paths.call(),
            file: self.manifest.file,
            length_ms: self.manifest.length_ms,
            sha256: self.manifest.sha256,
            caller_gap_ms: self.manifest.caller_gap_ms,
            hotline_gap_ms: self.manifest.hotline_gap_ms,
        }
    }
}

fn finish(ended: EndedRecording) -> io::Result<FinishedRecording> {
    let EndedRecording { recording, closing, details, broken_off } = ended;
    let [caller_gap_ms, hotline_gap_ms, dropped_ms] = [
        recording.caller_gap + recording.dropped,
        recording.hotline_gap + recording.dropped,
        recording.dropped,
    ]
    .map(frames_as_ms);
    let (paths, parts) = recording.finish()?;
    let manifest = Manifest {
        broken_off,
        about: details.as_ref().map(CallInfo::from),
        caller_gap_ms,
        hotline_gap_ms,
        dropped_ms,
        voice: closing.as_deref().map(Voice::from),
        ..Manifest::new(&paths)
    };
    Ok(FinishedRecording { paths, parts, manifest })
}

/// Syncs, hashes, describes and renames. A file loses its `.part` only after its sidecar is
/// durable, so that salvage finds whatever a crash leaves.
pub(crate) fn settle(
    paths: &RecordingPaths,
    parts: &[Part],
    mut manifest: Manifest,
) -> io::Result<Manifest> {
    write_sidecar(paths, parts, &mut manifest)?;
    paths::sync(&paths.folder())?;
    name(paths, parts.len())?;
    paths::sync(&paths.folder())?;
    Ok(manifest)
}

fn write_sidecar(
    paths: &RecordingPaths,
    parts: &[Part],
    manifest: &mut Manifest,
) -> io::Result<()> {
    manifest.continued.clear();
    for (part, n) in parts.iter().zip(1..) {
        part.file.sync_all()?;
        let (sha256, length_ms) = (hash(&part.file)?, frames_as_ms(part.frames));
        match n {
            1 => (manifest.sha256, manifest.length_ms) = (sha256, length_ms),
            n => {
                manifest.length_ms += length_ms;
                manifest.continued.push(Continued { file: paths.name(n), sha256, length_ms });
            }
        }
    }
    manifest.write(paths)
}

fn name(paths: &RecordingPaths, parts: usize) -> io::Result<()> {
    for (_, n) in (0..parts).zip(1..) {
        fs::rename(paths.part(n), paths.wav(n))?;
    }
    Ok(())
}

fn sync_all(folders: &BTreeSet<PathBuf>) -> io::Result<()> {
    folders.iter().try_for_each(|folder| paths::sync(folder))
}

/// Copies a result for each recording of a group.
fn again(result: &io::Result<()>) -> io::Result<()> {
    match result {
        Ok(()) => Ok(()),
        Err(error) => Err(match error.raw_os_error() {
            Some(errno) => io::Error::from_raw_os_error(errno),
            None => io::Error::new(error.kind(), error.to_string()),
        }),
    }
}

/// Returns the SHA-256 of the whole file, in hex.
///
/// The header comes first and its length is known only now, so the file is read again; it is still
/// in the page cache, and an hour of media takes 40 ms of a core.
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

/// Added for a recording that waits for space.
const SOON: &str = "and it is closed as soon as there is space";
/// Added for a recording that is left to salvage.
const LATER: &str = "and it is repaired at the next start";
/// Each keeps a file open; further ones are left to salvage.
const UNCLOSED_MAX: usize = 1_024;
/// The size of a group; the rest wait for the next one.
const GROUP_MAX: usize = 255;
const HASH_BLOCK: usize = 128 << 10;
