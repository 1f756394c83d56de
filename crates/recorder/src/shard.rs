//! A writing thread, with the recordings of its share of the calls.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use media::{Chunk, ChunkBody, RecordingSummary, Samples};
use primitives::CallId;

use crate::{
    CallDetails, Options, RecorderEvent, close::EndedRecording, disk_space::DiskSpace,
    health::Health, paths::RecordingPaths, recording::Recording,
};

/// A message to a writing thread.
pub(crate) enum Message {
    Piece(Chunk),
    Describe(CallId, CallDetails),
    Finish,
}

/// A writing thread.
pub(crate) struct Shard {
    pub(crate) options: Arc<Options>,
    pub(crate) messages: Receiver<Message>,
    pub(crate) events: Sender<RecorderEvent>,
    pub(crate) closer: Sender<EndedRecording>,
    /// Sample buffers on their way back to the media thread.
    pub(crate) spare_buffers: Sender<Vec<i16>>,
    /// Set by the thread that watches the disk, read by all.
    pub(crate) disk_full: Arc<AtomicBool>,
    pub(crate) health: Arc<Health>,
    /// Set for the first thread, which watches the disk for all.
    pub(crate) watch: Option<DiskWatch>,
    pub(crate) calls: BTreeMap<CallId, CallState>,
}

/// The state of watching the disk.
pub(crate) struct DiskWatch {
    pub(crate) folder: PathBuf,
    pub(crate) space: DiskSpace,
    pub(crate) looked: Instant,
}

/// The state of one call on this thread.
pub(crate) struct CallState {
    /// `None` when the call is not recorded, or no longer.
    recording: Option<Recording>,
    heard: Instant,
    details: Option<CallDetails>,
    /// The end of the media, while the details have not come yet.
    closing: Option<Box<RecordingSummary>>,
}

impl Shard {
    /// Writes until told to finish, then closes everything.
    pub(crate) fn run(mut self) {
        let mut swept = Instant::now();
        loop {
            match self.messages.recv_timeout(SWEEP_EVERY.min(self.options.details_wait)) {
                Ok(first) => {
                    // Waking up costs more than writing, so chunks are gathered.
                    thread::sleep(GATHER);
                    let waiting = self.messages.len();
                    if !self.handle(first) || !(0..waiting).all(|_| self.handle_next()) {
                        break;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if swept.elapsed() >= SWEEP_EVERY.min(self.options.details_wait) {
                swept = Instant::now();
                self.sweep();
            }
        }
        for call in self.calls.keys().copied().collect::<Vec<_>>() {
            let ended = self.calls.get(&call).is_some_and(|state| state.closing.is_some());
            self.end(call, (!ended).then(|| "the engine stopped during the call".into()));
        }
    }

    fn handle_next(&mut self) -> bool {
        // An empty queue ends the batch.
        self.messages.try_recv().is_ok_and(|message| self.handle(message))
    }

    /// Handles a message; returns whether to go on.
    fn handle(&mut self, message: Message) -> bool {
        match message {
            Message::Piece(chunk) => self.take(chunk),
            Message::Describe(call, details) => self.describe(call, details),
            Message::Finish => return false,
        }
        true
    }

    fn take(&mut self, chunk: Chunk) {
        match chunk.body {
            ChunkBody::Open => drop(self.state(chunk.call)),
            ChunkBody::Samples(samples) => {
                self.write(chunk.call, &samples);
                // When the channel is full or closed, the media thread allocates a new buffer.
                let _ = self.spare_buffers.try_send(samples.stereo);
            }
            ChunkBody::Close(closing) => {
                let state = self.state(chunk.call);
                let filled = match &mut state.recording {
                    Some(recording) => recording.fill_up_to(closing.frames),
                    None => Ok(()),
                };
                let is_described = state.details.is_some() || state.recording.is_none();
                state.closing = Some(closing);
                match filled {
                    Err(error) => self.fail(chunk.call, &error),
                    Ok(()) if is_described => self.end(chunk.call, None),
                    Ok(()) => {}
                }
            }
        }
    }

    fn write(&mut self, call: CallId, samples: &Samples) {
        let state = self.state(call);
        let Some(recording) = &mut state.recording else { return };
        recording.caller_gap += u64::from(samples.caller_gap);
        recording.hotline_gap += u64::from(samples.hotline_gap);
        if let Err(error) = recording.write(samples.start, &samples.stereo) {
            self.fail(call, &error);
        }
    }

    /// Details come at a call's end; without a file they are not needed.
    fn describe(&mut self, call: CallId, details: CallDetails) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        state.details = Some(details);
        if state.closing.is_some() {
            self.end(call, None);
        }
    }

    /// Returns the state of a call; a file is opened for an unknown call, also when its `Open` was
    /// dropped.
    fn state(&mut self, call: CallId) -> &mut CallState {
        let known = self.calls.remove(&call);
        let mut state = known.unwrap_or_else(|| self.begin_call(call));
        state.heard = Instant::now();
        self.calls.entry(call).or_insert(state)
    }

    fn begin_call(&self, call: CallId) -> CallState {
        let recording = match self.begin(call) {
            Ok(recording) => {
                self.health.worked();
                self.send(RecorderEvent::Started { call, file: recording.paths.name(1) });
                Some(recording)
            }
            Err(why) => {
                self.send(RecorderEvent::Failed { call, why });
                None
            }
        };
        CallState { recording, heard: Instant::now(), details: None, closing: None }
    }

    fn begin(&self, call: CallId) -> Result<Recording, String> {
        if self.disk_full.load(Ordering::Relaxed) {
            return Err("the recordings' disk is full; the call is not recorded".into());
        }
        let paths = RecordingPaths::of(&self.options.folder, self.options.zone, call);
        Recording::create(paths, self.options.encoding, self.options.rotate_bytes).map_err(
            |error| {
                let why =
                    format!("the file could not be created ({error}); the call is not recorded");
                self.send_failing(&error, &why);
                why
            },
        )
    }

    /// Raises the alarm for all recordings; a full disk has its own alarms.
    fn send_failing(&self, error: &io::Error, why: &str) {
        if !crate::close::is_full(error)
            && let Some(failing) = self.health.failed(Instant::now(), why)
        {
            self.send(failing);
        }
    }

    /// Closes what was written, reports the failure and ignores the rest of the call.
    fn fail(&mut self, call: CallId, error: &io::Error) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Some(recording) = state.recording.take() else { return };
        let why = format!(
            "writing failed after {} s ({error}); the rest of the call is not recorded",
            recording.length_ms() / 1_000
        );
        let (closing, details) = (state.closing.take(), state.details.take());
        self.send(RecorderEvent::Failed { call, why: why.clone() });
        self.send_failing(error, &why);
        self.hand_over(EndedRecording { recording, closing, details, broken_off: Some(why) });
    }

    fn end(&mut self, call: CallId, broken_off: Option<String>) {
        let Some(state) = self.calls.remove(&call) else { return };
        let CallState { recording: Some(recording), details, closing, .. } = state else { return };
        self.hand_over(EndedRecording { recording, closing, details, broken_off });
    }

    fn hand_over(&self, ended: EndedRecording) {
        // This waits when many calls end at once; chunks then wait in the queue, which drops them
        // when full. The closing thread outlives this one.
        let _ = self.closer.send(ended);
    }

    fn sweep(&mut self) {
        let now = Instant::now();
        let Options { idle, details_wait, .. } = *self.options;
        let old = |heard: Instant, limit: Duration| now.saturating_duration_since(heard) >= limit;
        let due: Vec<(CallId, bool)> = self
            .calls
            .iter()
            .filter(|(_, state)| {
                old(state.heard, if state.closing.is_some() { details_wait } else { idle })
            })
            .map(|(call, state)| (*call, state.closing.is_some()))
            .collect();
        for (call, is_closed) in due {
            let silent = || format!("no samples and no end came for {} s", idle.as_secs());
            self.end(call, (!is_closed).then(silent));
        }
        if let Some(working) = self.health.settle(now) {
            self.send(working);
        }
        self.look_at_disk(now);
    }

    fn look_at_disk(&mut self, now: Instant) {
        let Some(watch) = &mut self.watch else { return };
        if now.saturating_duration_since(watch.looked) < LOOK_EVERY {
            return;
        }
        watch.looked = now;
        // Without an answer of the system the last state is kept.
        let Ok(free) = fs4::available_space(&watch.folder) else { return };
        let news = watch.space.observe(free);
        self.disk_full.store(watch.space.is_full(), Ordering::Relaxed);
        news.into_iter().for_each(|event| self.send(event));
    }

    fn send(&self, event: RecorderEvent) {
        // The receiver is gone when the engine ends first.
        let _ = self.events.send(event);
    }
}

/// How long chunks are gathered; each has 250 ms. Ten wake-ups per second instead of fifty; a
/// killed engine loses this much more.
const GATHER: Duration = Duration::from_millis(100);
const SWEEP_EVERY: Duration = Duration::from_millis(250);
/// A thousand calls write 32 MB per second, so a mark of some GB is not overrun.
const LOOK_EVERY: Duration = Duration::from_secs(5);
