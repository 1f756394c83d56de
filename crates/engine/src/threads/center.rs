//! The center's thread: the only caller of the center.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use center::{Center, Input, Memory, Output, PicturePart, Reply};
use crossbeam_channel::Sender;
use model::{
    Event, Record, Timestamp,
    event::{Alarm, AlarmRaised, ClockStepped},
};
use sip::Incoming;
use tokio::sync::oneshot;

use crate::{
    clock::{Clock, Follower, Look},
    live::{self, LiveState},
    mailbox::{Mailbox, MailboxWriter},
};

/// The state the thread shares with the others.
pub(crate) struct Shared {
    /// Calls from the signalling thread.
    pub(crate) arrivals: Arc<Mailbox<Incoming>>,
    /// All other inputs.
    pub(crate) inbox: Arc<Mailbox<Input>>,
    /// Commands for the signalling thread.
    pub(crate) sip: Arc<Mailbox<sip::Command>>,
    /// Commands for the voice threads, a mailbox each.
    pub(crate) media: Vec<Arc<Mailbox<media::Command>>>,
    /// Records for the log's thread.
    pub(crate) log: Sender<Record>,
    /// The recorder, asked about the recording of an ended call.
    pub(crate) recorder: recorder::RecorderHandle,
    /// Requests that wait for an answer.
    pub(crate) requests: Arc<PendingRequests>,
    /// The live state that the console shows.
    pub(crate) live: Arc<LiveState>,
    /// Parts of the wallboard's pictures, for the thread that makes them.
    pub(crate) pictures: Sender<PicturePart>,
    /// Set when the thread should end.
    pub(crate) stop: Arc<AtomicBool>,
}

/// Requests that wait for the center's answer.
#[derive(Default)]
pub(crate) struct PendingRequests {
    waiting: Mutex<BTreeMap<u64, oneshot::Sender<Reply>>>,
    last: std::sync::atomic::AtomicU64,
}

impl PendingRequests {
    /// A new request. It is forgotten when the [`PendingRequest`] is dropped, answered or not.
    pub(crate) fn add(self: &Arc<PendingRequests>) -> PendingRequest {
        let (tell, answer) = oneshot::channel();
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().insert(id, tell);
        PendingRequest { id, answer, requests: Arc::clone(self) }
    }

    fn answer(&self, id: u64, reply: Reply) {
        if let Some(tell) = self.lock().remove(&id) {
            // The requester may be gone; the event is done and in the log all the same.
            let _gone = tell.send(reply);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, oneshot::Sender<Reply>>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A request to the center whose answer is awaited.
pub(crate) struct PendingRequest {
    /// The number that the answer carries.
    pub(crate) id: u64,
    /// The channel of the answer.
    pub(crate) answer: oneshot::Receiver<Reply>,
    requests: Arc<PendingRequests>,
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        self.requests.lock().remove(&self.id);
    }
}

/// Runs until told to stop. Returns the center's memory.
pub(crate) fn run(mut center: Center, clock: Clock, shared: &Shared) -> Memory {
    shared.arrivals.set_reader();
    shared.inbox.set_reader();
    let mut out = Outputs {
        sip: MailboxWriter::new(&shared.sip),
        media: shared.media.iter().map(MailboxWriter::new).collect(),
        shared,
        records: Vec::new(),
        wrote: false,
    };
    let mut shown_at = Timestamp::default();
    let mut shown_seq = 0;
    let mut follower = Follower::new(clock);
    out.drain(&mut center);
    out.send_records();
    while !shared.stop.load(Ordering::Acquire) {
        // An arrival is handed over before any event about its call: taking the inbox first
        // guarantees that the arrival list, taken second, has it already.
        let inbox = shared.inbox.take();
        let arrivals = shared.arrivals.take();
        out.wrote = false;
        live::count(&shared.live.loops.center);
        for incoming in arrivals {
            center.handle_input(clock.now(), Input::Arrival(incoming));
            out.drain(&mut center);
        }
        for input in inbox {
            center.handle_input(clock.now(), input);
            out.drain(&mut center);
        }
        let now = clock.now();
        if center.poll_timeout().is_some_and(|at| at <= now) {
            center.handle_input(now, Input::Timeout);
            out.drain(&mut center);
        }
        let is_full = !out.flush();
        out.send_records();

        let memory = center.memory();
        let shown_for = now.since(shown_at);
        let is_old = memory.wallboard.has_waiting() && shown_for >= RENEW_EVERY;
        if memory.seq != shown_seq && shown_for >= SHOW_EVERY || is_old {
            (shown_seq, shown_at) = (memory.seq, now);
            shared.live.calls.store(center.switch().calls_up(), Ordering::Relaxed);
            shared.live.ports_free.store(center.switch().ports_free(), Ordering::Relaxed);
            center.begin_picture();
        }
        // While the other thread is busy with earlier parts, further changes wait in the center.
        if !shared.pictures.is_full()
            && let Some(part) = center.poll_picture(now)
            && shared.pictures.try_send(part).is_err()
        {
            tracing::error!("the wallboard thread has ended; the wallboard stays as it is");
        }
        if let Some(look) = follower.look() {
            for input in inputs_of_clock_check(look) {
                center.handle_input(clock.now(), input);
                out.drain(&mut center);
            }
        }
        if !out.wrote || is_full {
            let due = center.poll_timeout().map_or(IDLE, |at| at.since(clock.now()));
            let show = if center.memory().seq == shown_seq { IDLE } else { SHOW_EVERY };
            let retry = match center.has_open_picture() {
                true if !shared.pictures.is_full() => Duration::ZERO,
                true => RETRY,
                false if is_full => RETRY,
                false => IDLE,
            };
            std::thread::park_timeout(due.min(show).min(retry).min(IDLE));
        }
    }
    center.stop(clock.now(), "stop requested");
    out.drain(&mut center);
    out.send_records();
    center.into_memory()
}

/// The center's inputs after a check of the machine's clock: the time of day from now on, and that
/// the clock was set.
fn inputs_of_clock_check(look: Look) -> Vec<Input> {
    let mut inputs = vec![Input::Clock { ahead_us: look.ahead_us }];
    let Some(by_us) = look.stepped_us else { return inputs };
    let stepped = ClockStepped { by_us, jump_us: look.jump_us };
    inputs.push(Input::Note(Event::ClockStepped(stepped)));
    let by_s = (by_us.unsigned_abs() + 500_000) / 1_000_000;
    let text = match by_us > 0 {
        true => format!(
            "the machine's clock was set forward by {by_s} s: times in the log since the start \
             are too early by that much"
        ),
        false => format!(
            "the machine's clock was set back by {by_s} s: times in the log are too late, and \
             advance at half speed until the clock has caught up"
        ),
    };
    tracing::warn!("{text}");
    if by_s > 0 {
        let text =
            format!("{text}; when you have found the cause, run `heartline log settle --why TEXT`");
        let raised = AlarmRaised { alarm: Alarm::ClockStepped, text };
        inputs.push(Input::Note(Event::AlarmRaised(raised)));
    }
    inputs
}

struct Outputs<'a> {
    sip: MailboxWriter<sip::Command>,
    /// One for each voice thread.
    media: Vec<MailboxWriter<media::Command>>,
    shared: &'a Shared,
    /// Records of this turn, not yet handed to the log's thread.
    records: Vec<Record>,
    /// Whether the last turn had any output.
    wrote: bool,
}

impl Outputs<'_> {
    fn drain(&mut self, center: &mut Center) {
        while let Some(output) = center.poll_output() {
            self.wrote = true;
            match output {
                Output::Sip(command) => self.sip.send(command),
                Output::Media(command) => self.send_to_voice(command),
                Output::Append(record) => self.records.push(record),
                Output::Reply { reply_to, reply } => self.shared.requests.answer(reply_to, reply),
                Output::Describe(cdr) => {
                    self.shared.recorder.describe(cdr.call, call_details(&cdr))
                }
            }
        }
    }
}

impl Outputs<'_> {
    /// Sends a command to the thread that has all legs of the call.
    fn send_to_voice(&mut self, command: media::Command) {
        let threads = self.media.len().max(1) as u64;
        if let Some(thread) = self.media.get_mut((command.call().as_u64() % threads) as usize) {
            thread.send(command);
        }
    }

    /// Hands over kept commands. Returns whether none is left.
    fn flush(&mut self) -> bool {
        let mut is_empty = self.sip.flush();
        for thread in &mut self.media {
            is_empty &= thread.flush();
        }
        is_empty
    }

    /// Hands the turn's records to the log's thread, after the commands are sent: the channel may
    /// take a lock, and no lock is held between a call's arrival and its offer. Nothing is lost,
    /// because the center refuses calls long before the channel is full, and the log's thread ends
    /// after this one.
    fn send_records(&mut self) {
        for record in self.records.drain(..) {
            if self.shared.log.send(record).is_err() {
                tracing::error!("the log thread has ended; a record is lost");
            }
        }
    }
}

fn call_details(cdr: &stats::Cdr) -> recorder::CallDetails {
    recorder::CallDetails {
        caller: cdr.caller.clone(),
        dialled: cdr.dialled.clone(),
        line: cdr.line.clone(),
        seat: cdr.seat,
        arrived: cdr.arrived,
        connected: cdr.connected,
        ended: cdr.ended,
    }
}

/// The shortest time between two renewals of the wallboard.
const SHOW_EVERY: Duration = Duration::from_millis(250);
/// The longest time between two renewals while calls wait, because their estimates change.
const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How often an idle thread checks whether to stop.
const IDLE: Duration = Duration::from_millis(200);
/// How soon to try again when another thread had no room.
const RETRY: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_question_is_forgotten() {
        let requests = Arc::new(PendingRequests::default());
        let mut request = requests.add();
        requests.answer(request.id, Err(center::Refusal::Stopping));
        assert!(request.answer.try_recv().is_ok());
        drop((request, requests.add()));
        assert!(requests.lock().is_empty());
    }

    #[test]
    fn clock_set_by_a_person_is_noted_and_raises_an_alarm() {
        let look = Look { stepped_us: Some(-5_000_000), jump_us: 0, ahead_us: -1 };
        let inputs = inputs_of_clock_check(look);
        let is_alarm = |input: &Input| matches!(input, Input::Note(Event::AlarmRaised(e)) if e.alarm == Alarm::ClockStepped);
        assert!(matches!(inputs[0], Input::Clock { ahead_us: -1 }));
        assert!(inputs.len() == 3 && is_alarm(&inputs[2]));
        assert_eq!(inputs_of_clock_check(Look { stepped_us: None, ..look }).len(), 1);
    }
}
