//! One writing thread: the recordings of the calls that fall to it.

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
use model::CallId;

use crate::{
    CallDetails, Options, RecorderEvent, close::Ended, disk::Room, health::Health, place::Place,
    recording::Recording,
};

/// What a writing thread is told.
pub(crate) enum Message {
    Piece(Chunk),
    Describe(CallId, CallDetails),
    Finish,
}

/// A writing thread.
pub(crate) struct Shard {
    pub(crate) options: Arc<Options>,
    pub(crate) messages: Receiver<Message>,
    pub(crate) outcomes: Sender<RecorderEvent>,
    pub(crate) closer: Sender<Ended>,
    /// Sample buffers on their way back to the voice thread.
    pub(crate) spare_buffers: Sender<Vec<i16>>,
    /// Told by the thread that watches, read by all.
    pub(crate) disk_full: Arc<AtomicBool>,
    pub(crate) health: Arc<Health>,
    /// The first thread watches the disk for all of them.
    pub(crate) watch: Option<Watch>,
    pub(crate) lanes: BTreeMap<CallId, Lane>,
}

/// The disk being watched.
pub(crate) struct Watch {
    pub(crate) folder: PathBuf,
    pub(crate) room: Room,
    pub(crate) looked: Instant,
}

/// One call on this thread.
pub(crate) struct Lane {
    /// `None` when the call is not recorded, or not any more.
    recording: Option<Recording>,
    heard: Instant,
    about: Option<CallDetails>,
    /// The voice has ended and the description has not come yet.
    closing: Option<Box<RecordingSummary>>,
}

impl Shard {
    /// Write until told to finish, then close everything.
    pub(crate) fn run(mut self) {
        let mut swept = Instant::now();
        loop {
            match self.messages.recv_timeout(SWEEP_EVERY.min(self.options.details_wait)) {
                Ok(first) => {
                    // Waking costs more than writing: let some pieces gather.
                    thread::sleep(GATHER);
                    let waiting = self.messages.len();
                    if !self.hear(first) || !(0..waiting).all(|_| self.hear_next()) {
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
        for call in self.lanes.keys().copied().collect::<Vec<_>>() {
            let ended = self.lanes.get(&call).is_some_and(|lane| lane.closing.is_some());
            self.end(call, (!ended).then(|| "the engine stopped while it ran".into()));
        }
    }

    fn hear_next(&mut self) -> bool {
        // Empty: all that waited has been heard.
        self.messages.try_recv().is_ok_and(|message| self.hear(message))
    }

    /// Whether there is more to come.
    fn hear(&mut self, message: Message) -> bool {
        match message {
            Message::Piece(chunk) => self.take(chunk),
            Message::Describe(call, about) => self.describe(call, about),
            Message::Finish => return false,
        }
        true
    }

    fn take(&mut self, chunk: Chunk) {
        match chunk.body {
            ChunkBody::Open => drop(self.lane(chunk.call)),
            ChunkBody::Samples(samples) => {
                self.write(chunk.call, &samples);
                // Full or gone: then the voice thread makes a new one.
                let _ = self.spare_buffers.try_send(samples.stereo);
            }
            ChunkBody::Close(closing) => {
                let lane = self.lane(chunk.call);
                let filled = match &mut lane.recording {
                    Some(recording) => recording.fill_up_to(closing.frames),
                    None => Ok(()),
                };
                let is_described = lane.about.is_some() || lane.recording.is_none();
                lane.closing = Some(closing);
                match filled {
                    Err(error) => self.fail(chunk.call, &error),
                    Ok(()) if is_described => self.end(chunk.call, None),
                    Ok(()) => {}
                }
            }
        }
    }

    fn write(&mut self, call: CallId, samples: &Samples) {
        let lane = self.lane(call);
        let Some(recording) = &mut lane.recording else { return };
        recording.caller_gap += u64::from(samples.caller_gap);
        recording.hotline_gap += u64::from(samples.hotline_gap);
        if let Err(error) = recording.write(samples.start, &samples.stereo) {
            self.fail(call, &error);
        }
    }

    /// Descriptions come at a call's end; for a call we have no file of, there is nothing to describe.
    fn describe(&mut self, call: CallId, about: CallDetails) {
        let Some(lane) = self.lanes.get_mut(&call) else { return };
        lane.about = Some(about);
        if lane.closing.is_some() {
            self.end(call, None);
        }
    }

    /// The call's lane; a file is begun for a call not heard of before, also
    /// when its opening was dropped.
    fn lane(&mut self, call: CallId) -> &mut Lane {
        let known = self.lanes.remove(&call);
        let mut lane = known.unwrap_or_else(|| self.begin_lane(call));
        lane.heard = Instant::now();
        self.lanes.entry(call).or_insert(lane)
    }

    fn begin_lane(&self, call: CallId) -> Lane {
        let recording = match self.begin(call) {
            Ok(recording) => {
                self.health.worked();
                self.say(RecorderEvent::Started { call, file: recording.place.name(1) });
                Some(recording)
            }
            Err(why) => {
                self.say(RecorderEvent::Failed { call, why });
                None
            }
        };
        Lane { recording, heard: Instant::now(), about: None, closing: None }
    }

    fn begin(&self, call: CallId) -> Result<Recording, String> {
        if self.disk_full.load(Ordering::Relaxed) {
            return Err("the recordings' disk is full; the call goes on unrecorded".into());
        }
        let place = Place::of(&self.options.folder, self.options.zone, call);
        Recording::create(place, self.options.rotate_bytes).map_err(|error| {
            let why = format!("no file could be made ({error}); the call goes on unrecorded");
            self.say_failing(&error, &why);
            why
        })
    }

    /// The alarm for all recordings; a full disk has alarms of its own.
    fn say_failing(&self, error: &io::Error, why: &str) {
        if !crate::close::is_full(error)
            && let Some(failing) = self.health.failed(Instant::now(), why)
        {
            self.say(failing);
        }
    }

    /// Keep what there is, say so, and let the rest of the call pass by.
    fn fail(&mut self, call: CallId, error: &io::Error) {
        let Some(lane) = self.lanes.get_mut(&call) else { return };
        let Some(recording) = lane.recording.take() else { return };
        let why = format!(
            "writing failed after {} s ({error}); the rest of the call is not recorded",
            recording.length_ms() / 1_000
        );
        let (closing, about) = (lane.closing.take(), lane.about.take());
        self.say(RecorderEvent::Failed { call, why: why.clone() });
        self.say_failing(error, &why);
        self.hand_over(Ended { recording, closing, about, broken_off: Some(why) });
    }

    fn end(&mut self, call: CallId, broken_off: Option<String>) {
        let Some(lane) = self.lanes.remove(&call) else { return };
        let Lane { recording: Some(recording), about, closing, .. } = lane else { return };
        self.hand_over(Ended { recording, closing, about, broken_off });
    }

    fn hand_over(&self, ended: Ended) {
        // Waits when many calls end at once: pieces then wait in the tap's
        // channel, which has its own answer. The closer outlives this thread.
        let _ = self.closer.send(ended);
    }

    fn sweep(&mut self) {
        let now = Instant::now();
        let Options { idle, details_wait, .. } = *self.options;
        let old = |heard: Instant, limit: Duration| now.saturating_duration_since(heard) >= limit;
        let due: Vec<(CallId, bool)> = self
            .lanes
            .iter()
            .filter(|(_, lane)| {
                old(lane.heard, if lane.closing.is_some() { details_wait } else { idle })
            })
            .map(|(call, lane)| (*call, lane.closing.is_some()))
            .collect();
        for (call, is_closed) in due {
            let silent = || format!("no voice and no end came for {} s", idle.as_secs());
            self.end(call, (!is_closed).then(silent));
        }
        if let Some(working) = self.health.settle(now) {
            self.say(working);
        }
        self.look_at_disk(now);
    }

    fn look_at_disk(&mut self, now: Instant) {
        let Some(watch) = &mut self.watch else { return };
        if now.saturating_duration_since(watch.looked) < LOOK_EVERY {
            return;
        }
        watch.looked = now;
        // When the system cannot say, what we knew still stands.
        let Ok(free) = fs4::available_space(&watch.folder) else { return };
        let news = watch.room.observe(free);
        self.disk_full.store(watch.room.is_full(), Ordering::Relaxed);
        news.into_iter().for_each(|outcome| self.say(outcome));
    }

    fn say(&self, outcome: RecorderEvent) {
        // Nobody listens any more when the engine goes down without us.
        let _ = self.outcomes.send(outcome);
    }
}

/// How long pieces gather; each is 250 ms of voice. Ten wake-ups a second instead of fifty, and
/// what a killed engine loses is that much more.
const GATHER: Duration = Duration::from_millis(100);
const SWEEP_EVERY: Duration = Duration::from_millis(250);
/// A thousand calls write 32 MB in a second: a mark of some GB is not overrun.
const LOOK_EVERY: Duration = Duration::from_secs(5);
