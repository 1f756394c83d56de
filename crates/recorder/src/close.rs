//! Closes recordings on a thread of its own: sync and hash take time, and chunks of other calls
//! must not wait for them. A full disk takes longer.

use std::{
    collections::BTreeMap,
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
    disk_syncs::DiskSyncs,
    health::Health,
    manifest::{CallInfo, Continued, Manifest, Voice},
    paths::RecordingPaths,
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

/// A closing thread.
pub(crate) struct Closer {
    pub(crate) ended: Receiver<EndedRecording>,
    pub(crate) events: Sender<RecorderEvent>,
    pub(crate) health: Arc<Health>,
    pub(crate) syncs: Arc<DiskSyncs>,
    /// See [`Options::gather`](crate::Options::gather).
    pub(crate) gather: Duration,
    /// See [`Options::retry`](crate::Options::retry).
    pub(crate) retry: Duration,
}

impl Closer {
    /// Closes ended recordings until the channel is closed.
    ///
    /// The first after a pause is closed at once; when many end, they are gathered and share the
    /// sync of their folder. One whose sidecar does not fit on the disk is retried until it does.
    pub(crate) fn run(self) {
        let mut last: Option<Instant> = None;
        let mut unclosed: Vec<FinishedRecording> = Vec::new();
        loop {
            let first = match unclosed.is_empty() {
                true => self.ended.recv().map_err(RecvTimeoutError::from),
                false => self.ended.recv_timeout(self.retry),
            };
            let is_over = matches!(first, Err(RecvTimeoutError::Disconnected));
            if let Some(rest) = last.and_then(|last| self.gather.checked_sub(last.elapsed())) {
                thread::sleep(rest);
            }
            last = Some(Instant::now());
            let mut group = std::mem::take(&mut unclosed);
            let tried = group.len();
            for ended in first.into_iter().chain(self.ended.try_iter().take(GROUP_MAX)) {
                let call = ended.recording.paths.call();
                match finish(ended) {
                    Ok(finished) => group.push(finished),
                    Err(error) => self.send_failed(call, &error, LATER),
                }
            }
            for (n, (finished, closed)) in close(group, &self.syncs).into_iter().enumerate() {
                match closed {
                    Ok(()) => self.send(finished.closed()),
                    Err(error) if may_pass(&error) && !is_over && unclosed.len() < UNCLOSED_MAX => {
                        // The failure of a broken-off recording was reported already.
                        if n >= tried && finished.manifest.broken_off.is_none() {
                            self.send_failed(finished.paths.call(), &error, SOON);
                        }
                        unclosed.push(finished);
                    }
                    Err(error) => self.send_failed(finished.paths.call(), &error, LATER),
                }
            }
            if is_over {
                return;
            }
        }
    }

    fn send(&self, event: RecorderEvent) {
        // The receiver is gone when the engine ends first.
        let _ = self.events.send(event);
    }

    /// Reports a recording that could not be closed, and the alarm when it is new.
    fn send_failed(&self, call: CallId, error: &io::Error, when: &str) {
        let why = format!(
            "the recording could not be closed ({error}); what was written is kept, {when}"
        );
        // A full disk has its own alarms.
        let failing = (!is_full(error)).then(|| self.health.failed(Instant::now(), &why)).flatten();
        self.send(RecorderEvent::Failed { call, why });
        if let Some(failing) = failing {
            self.send(failing);
        }
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

/// Syncs the file of each, describes and renames it, and then syncs their folders, each once.
///
/// The result of a recording is good when its file and its folder are synced, and not before.
fn close(
    group: Vec<FinishedRecording>,
    syncs: &DiskSyncs,
) -> Vec<(FinishedRecording, io::Result<()>)> {
    let named: Vec<_> = group
        .into_iter()
        .map(|mut one| {
            let named = settle(&one.paths, &one.parts, &mut one.manifest, syncs);
            (one, named)
        })
        .collect();
    let mut folders: BTreeMap<PathBuf, io::Result<()>> = BTreeMap::new();
    named
        .into_iter()
        .map(|(one, named)| {
            let closed = named.and_then(|()| {
                let folder = one.paths.folder();
                let synced =
                    folders.entry(folder).or_insert_with_key(|folder| syncs.folder(folder));
                again(synced)
            });
            (one, closed)
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
    let encoding = recording.encoding();
    let (paths, parts) = recording.finish()?;
    let manifest = Manifest {
        broken_off,
        about: details.as_ref().map(CallInfo::from),
        caller_gap_ms,
        hotline_gap_ms,
        dropped_ms,
        voice: closing.as_deref().map(Voice::from),
        ..Manifest::new(&paths, encoding)
    };
    Ok(FinishedRecording { paths, parts, manifest })
}

/// Syncs and hashes the files, writes the sidecar and gives all of them their names. The caller
/// syncs the folder.
///
/// A file loses its `.part` only after its sidecar has its name, so that salvage finds whatever a
/// crash leaves. It may be called again after a failure.
pub(crate) fn settle(
    paths: &RecordingPaths,
    parts: &[Part],
    manifest: &mut Manifest,
    syncs: &DiskSyncs,
) -> io::Result<()> {
    if manifest.sha256.is_empty() {
        for part in parts {
            syncs.file(&part.file)?;
        }
        measure(paths, parts, manifest)?;
    }
    manifest.write(paths)?;
    for (_, n) in parts.iter().zip(1..) {
        match fs::rename(paths.part(n), paths.wav(n)) {
            // An earlier attempt came as far as this.
            Err(error) if error.kind() == io::ErrorKind::NotFound && paths.wav(n).exists() => {}
            renamed => renamed?,
        }
    }
    Ok(())
}

/// Enters the length and hash of each file into the manifest.
pub(crate) fn measure(
    paths: &RecordingPaths,
    parts: &[Part],
    manifest: &mut Manifest,
) -> io::Result<()> {
    let hashes = parts.iter().map(|part| hash(&part.file)).collect::<io::Result<Vec<_>>>()?;
    (manifest.length_ms, manifest.continued) = (0, Vec::new());
    for ((part, sha256), n) in parts.iter().zip(hashes).zip(1..) {
        let length_ms = frames_as_ms(part.frames);
        manifest.length_ms += length_ms;
        match n {
            1 => manifest.sha256 = sha256,
            n => manifest.continued.push(Continued { file: paths.name(n), sha256, length_ms }),
        }
    }
    Ok(())
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
/// Small enough to be reused memory: a larger block is mapped and given back for each file.
const HASH_BLOCK: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use primitives::Zone;

    use super::*;
    use crate::{disk_syncs::SyncCount, wav::Encoding};

    /// Closes recordings of these calls, all waiting at once. Returns the events, and the syncs.
    fn close_together(
        calls: &[CallId],
        folder: &std::path::Path,
    ) -> (Vec<RecorderEvent>, SyncCount) {
        let (hand_over, ended) = crossbeam_channel::unbounded();
        let (events, told) = crossbeam_channel::unbounded();
        for call in calls {
            let paths = RecordingPaths::of(folder, Zone::CHINA, *call);
            let mut recording = Recording::create(paths, Encoding::Pcm16, u64::MAX).unwrap();
            recording.write(0, &[1; 16_000]).unwrap();
            let ended =
                EndedRecording { recording, closing: None, details: None, broken_off: None };
            hand_over.send(ended).unwrap();
        }
        drop(hand_over);
        let syncs = Arc::new(DiskSyncs::default());
        let closer = Closer {
            ended,
            events,
            health: Arc::default(),
            syncs: Arc::clone(&syncs),
            gather: Duration::ZERO,
            retry: Duration::ZERO,
        };
        closer.run();
        (told.try_iter().collect(), syncs.count())
    }

    #[test]
    fn recordings_that_end_together_share_the_sync_of_their_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = CallId::from(1_795_276_800_000_000);
        let calls: Vec<_> =
            std::iter::successors(Some(first), |call| Some(call.next())).take(40).collect();
        let (events, syncs) = close_together(&calls, folder.path());
        assert_eq!(syncs, SyncCount { files: 40, folders: 1 });
        let is_closed = |event: &RecorderEvent| matches!(event, RecorderEvent::Closed { .. });
        assert_eq!(events.iter().filter(|event| is_closed(event)).count(), 40);
    }

    #[test]
    fn recordings_of_two_days_sync_both_folders() {
        let folder = tempfile::tempdir().unwrap();
        let midnight = 1_795_276_800_000_000;
        let calls = [CallId::from(midnight - 1_000), CallId::from(midnight)];
        let (events, syncs) = close_together(&calls, folder.path());
        assert_eq!((events.len(), syncs), (2, SyncCount { files: 2, folders: 2 }));
    }
}
