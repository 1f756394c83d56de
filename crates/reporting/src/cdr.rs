//! One call as one line: the call detail record.

use model::{
    AccountName, CallId, LineId, Number, QueueId, SeatId, TicketId, Timestamp, TrunkId,
    event::{CallEnd, Event, LegQuality},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything one would say of a call in one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cdr {
    /// The call.
    pub call: CallId,
    /// Who called.
    pub caller: Number,
    /// What they dialled.
    pub dialled: Number,
    /// The line.
    pub line: LineId,
    /// The trunk.
    pub trunk: TrunkId,
    /// When it arrived.
    pub arrived: Timestamp,
    /// The queue it waited in.
    pub queue: Option<QueueId>,
    /// When it joined the queue.
    pub queued: Option<Timestamp>,
    /// When a seat answered, the first time.
    pub connected: Option<Timestamp>,
    /// The seat that answered last.
    pub seat: Option<SeatId>,
    /// The person who answered last, when one was signed in there by name.
    #[serde(default)]
    pub agent: Option<AccountName>,
    /// How many offers were made for it.
    pub offers: u32,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub end: Option<CallEnd>,
    /// In the queue, in ms.
    pub wait_ms: u64,
    /// With seats, in ms.
    pub talk_ms: u64,
    /// The recording, below the recordings folder.
    pub recording: Option<String>,
    /// Its length in ms, once closed.
    pub recording_ms: Option<u64>,
    /// Its hash, once closed.
    pub recording_sha256: Option<String>,
    /// Why the call is not recorded, or not to its end.
    #[serde(default)]
    pub recording_fault: Option<String>,
    /// Whether a side was heard from a source of voice that nothing vouches for.
    #[serde(default)]
    pub voice_source_assumed: bool,
    /// What the voice between the caller and us was like, once measured.
    #[serde(default)]
    pub caller_voice: Option<LegQuality>,
    /// What the voice between us and the seat or seats was like, when one answered.
    #[serde(default)]
    pub seat_voice: Option<LegQuality>,
    /// The ticket or missed-call item it left.
    pub ticket: Option<TicketId>,
}

impl Cdr {
    /// The call an event is about, when it changes a CDR.
    pub fn subject(event: &Event) -> Option<CallId> {
        Some(match event {
            Event::CallArrived(e) => e.call,
            Event::CallQueued(e) => e.call,
            Event::CallConnected(e) => e.call,
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

    /// The record a call begins with; `None` for any other event.
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

    /// Follow one event about this call; events that change nothing here are passed over.
    /// `sits_at` tells who is signed in at a seat at this moment.
    pub fn apply(
        &mut self,
        at: Timestamp,
        event: &Event,
        sits_at: impl FnOnce(SeatId) -> Option<AccountName>,
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
                self.agent = sits_at(e.seat);
                self.wait_ms = e.wait_ms;
            }
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
            // The first is the reason; what follows is how its end was saved.
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
