//! The call detail record: one call in one row.

use model::{
    AccountName, CallId, LineId, MenuId, Number, QueueId, SeatId, TicketId, Timestamp, TrunkId,
    event::{CallEnd, Event, LegQuality, LegRole, TransferTarget},
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
    /// The message that the caller left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<Voicemail>,
    /// The stays of the call in queues and with seats, and its consultations, in the order in which
    /// they began; at most [`SEGMENTS_MAX`]. Empty in what an older version wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

/// A message of a caller, as a part of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Voicemail {
    /// Where it begins in the recording, in ms.
    pub from_ms: u64,
    /// How long it is, in ms.
    pub length_ms: u64,
}

/// A part of a call. From the first menu or queue to the end of the call each moment is in exactly one
/// segment that is not a consultation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// The kind.
    #[serde(flatten)]
    pub kind: SegmentKind,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

/// The kind of a [`Segment`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SegmentKind {
    /// The caller was in a menu.
    Menu {
        /// The menu.
        menu: MenuId,
    },
    /// The call waited, a ringing seat included.
    Queue {
        /// The queue.
        queue: QueueId,
    },
    /// The caller talked with an agent, or was held by the agent.
    Talk {
        /// The seat.
        seat: SeatId,
        /// The agent; `None` when nobody was signed in by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AccountName>,
    },
    /// The phone of a seat rang after a transfer.
    Transfer {
        /// The seat that the call was transferred to first.
        seat: SeatId,
    },
    /// The call was transferred to an outside number, which rang or talked.
    Outside,
    /// A colleague or an outside number was in the call, asked by the agent.
    Consultation {
        /// The colleague's seat; `None` for an outside number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
}

impl SegmentKind {
    fn is_consultation(&self) -> bool {
        matches!(self, SegmentKind::Consultation { .. })
    }
}

/// The most segments that a record keeps; further ones are only in the log.
pub const SEGMENTS_MAX: usize = 64;

impl Cdr {
    /// The call whose CDR an event changes; `None` when it changes none.
    pub fn subject(event: &Event) -> Option<CallId> {
        Some(match event {
            Event::CallArrived(e) => e.call,
            Event::MenuEntered(e) => e.call,
            Event::MenuLeft(e) => e.call,
            Event::CallQueued(e) => e.call,
            Event::CallConnected(e) => e.call,
            Event::CallMoved(e) => e.call,
            Event::CallLeftQueue(e) => e.call,
            Event::CallTransferred(e) => e.call,
            Event::TalkTaken(e) => e.call,
            Event::VoicemailLeft(e) => e.call,
            Event::LegJoined(e) => e.call,
            Event::LegLeft(e) => e.call,
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
            voicemail: None,
            segments: Vec::new(),
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
            Event::MenuEntered(e) => {
                self.begin_segment(at, SegmentKind::Menu { menu: e.menu.clone() });
            }
            Event::MenuLeft(_) => self.end_segment(at),
            Event::CallQueued(e) => {
                self.queue = Some(e.queue.clone());
                self.queued.get_or_insert(at);
                self.begin_segment(at, SegmentKind::Queue { queue: e.queue.clone() });
            }
            Event::OfferMade(_) => self.offers += 1,
            Event::VoiceSourceAssumed(_) => self.voice_source_assumed = true,
            Event::CallConnected(e) => {
                self.connected.get_or_insert(at);
                self.seat = Some(e.seat);
                self.agent = agent_at(e.seat);
                self.wait_ms = e.wait_ms;
                let agent = self.agent.clone();
                self.begin_segment(at, SegmentKind::Talk { seat: e.seat, agent });
            }
            Event::TalkTaken(e) => {
                self.seat = Some(e.seat);
                self.agent = agent_at(e.seat);
                let agent = self.agent.clone();
                self.begin_segment(at, SegmentKind::Talk { seat: e.seat, agent });
            }
            Event::CallTransferred(e) => {
                self.end_segment(at);
                match &e.to {
                    TransferTarget::Seat(seat) if !e.attended => {
                        self.begin_segment(at, SegmentKind::Transfer { seat: *seat });
                    }
                    TransferTarget::Number(_) => self.begin_segment(at, SegmentKind::Outside),
                    // The next talk or wait begins at once.
                    TransferTarget::Seat(_) | TransferTarget::Queue(_) => {}
                }
            }
            Event::LegJoined(e) if !is_supervisor(&e.role) => {
                self.add_segment(at, SegmentKind::Consultation { seat: e.role.seat() });
            }
            Event::LegLeft(e) if !is_supervisor(&e.role) => {
                let consultation = SegmentKind::Consultation { seat: e.role.seat() };
                let mut open = self.segments.iter_mut().filter(|s| s.to.is_none());
                if let Some(segment) = open.find(|segment| segment.kind == consultation) {
                    segment.to = Some(at);
                }
            }
            Event::VoicemailLeft(e) => {
                let (from_ms, length_ms) = (e.from_ms, e.length_ms);
                self.voicemail = Some(Voicemail { from_ms, length_ms });
            }
            Event::CallLeftQueue(e) => {
                self.wait_ms = e.wait_ms;
                self.end_segment(at);
            }
            Event::CallMoved(e) => self.queue = Some(e.to.clone()),
            Event::CallEnded(e) => {
                self.ended = Some(at);
                self.end = Some(e.end);
                self.wait_ms = e.wait_ms;
                self.talk_ms = e.talk_ms;
                for segment in self.segments.iter_mut().filter(|segment| segment.to.is_none()) {
                    segment.to = Some(at);
                }
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

    /// The menu that the caller is in, and since when.
    pub fn open_menu(&self) -> Option<(&MenuId, Timestamp)> {
        self.segments.iter().find_map(|segment| match &segment.kind {
            SegmentKind::Menu { menu } if segment.to.is_none() => Some((menu, segment.from)),
            _ => None,
        })
    }

    /// How long it waited and how long it talked until `at`, in ms, while it is up.
    pub fn times_until(&self, at: Timestamp) -> [u64; 2] {
        if self.segments.is_empty() {
            // Its first records were written by a version without segments.
            let waited = match (self.queued, self.connected) {
                (Some(since), None) => at.ms_since(since),
                _ => self.wait_ms,
            };
            return [waited, self.connected.map_or(0, |since| at.ms_since(since))];
        }
        let length = |segment: &Segment| segment.to.unwrap_or(at).ms_since(segment.from);
        let sum = |which: fn(&SegmentKind) -> bool| {
            self.segments.iter().filter(|segment| which(&segment.kind)).map(length).sum()
        };
        [
            sum(|kind| matches!(kind, SegmentKind::Queue { .. })),
            sum(|kind| matches!(kind, SegmentKind::Talk { .. })),
        ]
    }

    /// Ends the segment that goes on and begins another.
    fn begin_segment(&mut self, at: Timestamp, kind: SegmentKind) {
        self.end_segment(at);
        self.add_segment(at, kind);
    }

    fn end_segment(&mut self, at: Timestamp) {
        let mut open =
            self.segments.iter_mut().filter(|s| s.to.is_none() && !s.kind.is_consultation());
        if let Some(segment) = open.next_back() {
            segment.to = Some(at);
        }
    }

    fn add_segment(&mut self, at: Timestamp, kind: SegmentKind) {
        if self.segments.len() < SEGMENTS_MAX {
            self.segments.push(Segment { kind, from: at, to: None });
        }
    }
}

fn is_supervisor(role: &LegRole) -> bool {
    matches!(role, LegRole::Supervisor { .. })
}
