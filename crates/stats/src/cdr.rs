//! The call detail record: one call in one row.

use model::{
    AccountName, CallId, LineId, Number, QueueId, SeatId, TicketId, Timestamp, TrunkId,
    event::{CallEnd, Event, LegQuality},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A call detail record. Durations are in ms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cdr {
    /// The call.
    pub call: CallId,
    /// The caller's number.
    pub caller: Number,
    /// The number the caller dialled (DNIS).
    pub dialled: Number,
    /// The line that the dialled number belongs to.
    pub line: LineId,
    /// The trunk the call came in by.
    pub trunk: TrunkId,
    /// The time of arrival.
    pub arrived: Timestamp,
    /// The queue it waited in last.
    pub queue: Option<QueueId>,
    /// The time it joined a queue, the first time.
    pub queued: Option<Timestamp>,
    /// The time a seat answered, the first time.
    pub connected: Option<Timestamp>,
    /// The seat that answered last.
    pub seat: Option<SeatId>,
    /// The agent who answered last; `None` when no one was signed in by name at that seat.
    #[serde(default)]
    pub agent: Option<AccountName>,
    /// The number of offers made for it.
    pub offers: u32,
    /// The time it ended; `None` while it is up.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub end: Option<CallEnd>,
    /// Time in the queue, in ms.
    pub wait_ms: u64,
    /// Time connected to seats, in ms.
    pub talk_ms: u64,
    /// The path of the recording below the recordings folder.
    pub recording: Option<String>,
    /// The length of the recording in ms, once it is closed.
    pub recording_ms: Option<u64>,
    /// The SHA-256 of the recording in hex, once it is closed.
    pub recording_sha256: Option<String>,
    /// Why the call was not recorded, or not to its end.
    #[serde(default)]
    pub recording_fault: Option<String>,
    /// Whether voice of one side was accepted from an address that nothing vouches for.
    #[serde(default)]
    pub voice_source_assumed: bool,
    /// The voice quality between the caller and the engine, once measured.
    #[serde(default)]
    pub caller_voice: Option<LegQuality>,
    /// The voice quality between the engine and the seats, when one answered.
    #[serde(default)]
    pub seat_voice: Option<LegQuality>,
    /// The ticket or missed-call item of this call.
    pub ticket: Option<TicketId>,
}

impl Cdr {
    /// The call whose CDR an event changes; `None` when it changes none.
    pub fn subject(event: &Event) -> Option<CallId> {
        Some(match event {
            Event::CallArrived(e) => e.call,
            Event::CallQueued(e) => e.call,
            Event::CallConnected(e) => e.call,
            Event::CallMoved(e) => e.call,
            Event::CallLeftQueue(e) => e.call,
            Event::CallEnded(e) => e.call,
            Event::VoiceMeasured(e) => e.call,
            Event::OfferMade(e) => e.call,
            Event::VoiceSourceAssumed(e) => e.call,
            Event::RecordingStarted(e) => e.call,
            Event::RecordingClosed(e) => e.call,
            Event::RecordingFailed(e) => e.call,
            Event::RecordingSalvaged(e) => e.call,
            Event::TicketOpened(e) => e.call,
            Event::MissedCallFiled(e) => e.call,
            Event::MissedCallRepeated(e) if !e.refused => e.call,
            _ => return None,
        })
    }

    /// The CDR that `CallArrived` begins; `None` for any other event.
    pub fn begin(at: Timestamp, event: &Event) -> Option<Cdr> {
        let Event::CallArrived(e) = event else { return None };
        Some(Cdr {
            call: e.call,
            caller: e.caller.clone(),
            dialled: e.dialled.clone(),
            line: e.line.clone(),
            trunk: e.trunk.clone(),
            arrived: at,
            queue: None,
            queued: None,
            connected: None,
            seat: None,
            agent: None,
            offers: 0,
            ended: None,
            end: None,
            wait_ms: 0,
            talk_ms: 0,
            recording: None,
            recording_ms: None,
            recording_sha256: None,
            recording_fault: None,
            voice_source_assumed: false,
            caller_voice: None,
            seat_voice: None,
            ticket: None,
        })
    }

    /// Applies one event about this call. Events that do not change a CDR are ignored.
    /// `agent_at` returns the agent who is signed in at a seat at this moment.
    pub fn apply(
        &mut self,
        at: Timestamp,
        event: &Event,
        agent_at: impl FnOnce(SeatId) -> Option<AccountName>,
    ) {
        match event {
            Event::CallQueued(e) => {
                self.queue = Some(e.queue.clone());
                self.queued.get_or_insert(at);
            }
            Event::OfferMade(_) => self.offers += 1,
            Event::VoiceSourceAssumed(_) => self.voice_source_assumed = true,
            Event::CallConnected(e) => {
                self.connected.get_or_insert(at);
                self.seat = Some(e.seat);
                self.agent = agent_at(e.seat);
                self.wait_ms = e.wait_ms;
            }
            Event::CallMoved(e) => self.queue = Some(e.to.clone()),
            Event::CallLeftQueue(e) => self.wait_ms = e.wait_ms,
            Event::CallEnded(e) => {
                self.ended = Some(at);
                self.end = Some(e.end);
                self.wait_ms = e.wait_ms;
                self.talk_ms = e.talk_ms;
            }
            Event::VoiceMeasured(e) => {
                self.caller_voice = Some(e.caller);
                self.seat_voice = e.seat;
            }
            Event::RecordingStarted(e) => self.recording = Some(e.file.clone()),
            Event::RecordingClosed(e) => {
                self.recording = Some(e.file.clone());
                self.recording_ms = Some(e.length_ms);
                self.recording_sha256 = Some(e.sha256.clone());
            }
            // The first failure is the cause; later ones tell how the end was salvaged.
            Event::RecordingFailed(e) => drop(self.recording_fault.get_or_insert(e.why.clone())),
            Event::RecordingSalvaged(e) => {
                self.recording = Some(e.file.clone());
                self.recording_ms = Some(e.length_ms);
                self.recording_sha256 = Some(e.sha256.clone());
            }
            Event::TicketOpened(e) => self.ticket = Some(e.ticket),
            Event::MissedCallFiled(e) => self.ticket = Some(e.ticket),
            Event::MissedCallRepeated(e) => self.ticket = Some(e.ticket),
            _ => {}
        }
    }
}
