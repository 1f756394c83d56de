//! What the center remembers: one fold over the log, the same live and replayed.

use std::{collections::BTreeMap, sync::Arc};

use backoffice::{Desk, channels::Channels, courier::Templates};
use model::{
    CallId, Event, LineId, Number, OfferId, Record, SeatId, Seq, TicketId, Timestamp, Zone,
    desk::{Deed, TicketDeed},
    event::OfferMade,
};
use reporting::{Cdr, Wallboard};
use serde::{Deserialize, Serialize};

use crate::owes_a_call_back;

/// Everything that must survive a restart, and what hangs on the wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    pub(crate) zone: Zone,
    /// The last record.
    pub seq: Seq,
    /// When it happened: time never runs backwards in the log.
    pub at: Timestamp,
    /// Queues, seats and alarms as supervisors see them.
    pub wallboard: Arc<Wallboard>,
    /// Calls that have arrived and not ended.
    pub open_calls: BTreeMap<CallId, Cdr>,
    /// Offers made and not yet accepted, missed or withdrawn.
    pub open_offers: BTreeMap<OfferId, OpenOffer>,
    /// Calls that ended or were refused and have no item on the desk yet: a crash came between the two
    /// records. The next start files them.
    pub owed: BTreeMap<CallId, Owed>,
    /// Recordings begun and not yet closed, by call, with their files.
    pub open_recordings: BTreeMap<CallId, String>,
    /// The highest call id seen.
    pub last_call: CallId,
    /// The highest offer id seen.
    pub last_offer: OfferId,
    /// Matters, tickets and assignments.
    pub desk: Desk,
    /// Messages, SMS and the knowledge base.
    pub channels: Channels,
    /// The highest number a ticket of ours has.
    pub last_ticket: TicketId,
    /// The lowest running number given to what was taken over, by day (yyyymmdd).
    pub taken_over: BTreeMap<u64, u32>,
}

/// An offer whose outcome is not on record yet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenOffer {
    /// The call offered.
    pub call: CallId,
    /// The seat rung.
    pub seat: SeatId,
    /// Since when.
    pub since: Timestamp,
}

/// Who reached nobody, and has to be called back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// Who called.
    pub caller: Number,
    /// What they dialled.
    pub line: LineId,
    /// How long they waited, in ms.
    pub wait_ms: u64,
}

impl Memory {
    /// Before the first record. The wallboard knows the configured queues and seats, the desk its rules.
    pub fn new(wallboard: Wallboard, desk: Desk) -> Memory {
        Memory {
            zone: desk.zone(),
            channels: Channels::new(desk.zone(), None),
            desk,
            seq: 0,
            at: Timestamp::default(),
            wallboard: Arc::new(wallboard),
            open_calls: BTreeMap::new(),
            open_offers: BTreeMap::new(),
            owed: BTreeMap::new(),
            open_recordings: BTreeMap::new(),
            last_call: CallId::from(0),
            last_offer: OfferId(0),
            last_ticket: TicketId(0),
            taken_over: BTreeMap::new(),
        }
    }

    /// The same with a gateway for SMS, and what they say. Before the first record.
    #[must_use]
    pub fn writing_sms(self, templates: Templates) -> Memory {
        let channels = Channels::new(self.zone, Some(templates));
        Memory { channels, ..self }
    }

    /// Follow one record.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        self.at = record.at;
        // Copies only when a snapshot handed out is still being looked at.
        Arc::make_mut(&mut self.wallboard).apply(record);
        self.desk.apply(record);
        self.channels.apply(record);
        self.follow_call(record.at, &record.event);
        self.follow_offer(record.at, &record.event);
        match &record.event {
            Event::RecordingStarted(e) => drop(self.open_recordings.insert(e.call, e.file.clone())),
            Event::RecordingClosed(e) => drop(self.open_recordings.remove(&e.call)),
            Event::RecordingSalvaged(e) => drop(self.open_recordings.remove(&e.call)),
            Event::RecordingFailed(e) => drop(self.open_recordings.remove(&e.call)),
            Event::TicketOpened(e) => self.last_ticket = self.last_ticket.max(e.ticket),
            Event::MissedCallFiled(e) => {
                self.owed.remove(&e.call);
                self.last_ticket = self.last_ticket.max(e.ticket);
            }
            Event::Desk(entry) => match &entry.deed {
                Deed::Ticket(ticket, TicketDeed::Opened { .. }) => {
                    self.last_ticket = self.last_ticket.max(*ticket);
                }
                Deed::Ticket(ticket, TicketDeed::TakenOver(_)) => {
                    self.taken_over.insert(ticket.yyyymmdd(), ticket.of_day_number());
                }
                _ => {}
            },
            Event::CallRefused(e) => {
                self.last_call = self.last_call.max(e.call);
                if owes_a_call_back(e.cause) {
                    let (caller, line) = (e.caller.clone(), LineId::from(e.dialled.reveal()));
                    self.owed.insert(e.call, Owed { caller, line, wait_ms: 0 });
                }
            }
            _ => {}
        }
    }

    /// The number the next ticket opened at `at` gets: the day's next, and never one given before,
    /// whatever the clock says and however many there are.
    pub fn next_ticket(&self, at: Timestamp) -> TicketId {
        TicketId::of_day(self.zone.date(at), 1).max(TicketId(self.last_ticket.0 + 1))
    }

    /// The number of a ticket another house opened at `at`: from the end of its day, since the
    /// beginning is ours.
    pub fn next_taken_over(&self, at: Timestamp) -> TicketId {
        let day = self.zone.date(at);
        let lowest = self.taken_over.get(&day.as_yyyymmdd());
        TicketId::of_day(day, lowest.map_or(TicketId::DAY_MAX, |n| n.saturating_sub(1)))
    }

    fn follow_call(&mut self, at: Timestamp, event: &Event) {
        if let Some(cdr) = Cdr::begin(at, event) {
            self.last_call = self.last_call.max(cdr.call);
            self.open_calls.insert(cdr.call, cdr);
        } else if let Some(call) = Cdr::subject(event)
            && let Some(cdr) = self.open_calls.get_mut(&call)
        {
            let seats = &self.wallboard.seats;
            cdr.apply(at, event, |seat| seats.get(&seat)?.agent().cloned());
            if cdr.ended.is_some() {
                if cdr.connected.is_none() && cdr.ticket.is_none() {
                    let (caller, line) = (cdr.caller.clone(), cdr.line.clone());
                    self.owed.insert(call, Owed { caller, line, wait_ms: cdr.wait_ms });
                }
                self.open_calls.remove(&call);
            }
        }
    }

    fn follow_offer(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::OfferMade(OfferMade { offer, call, seat, .. }) => {
                self.last_offer = self.last_offer.max(*offer);
                self.open_offers.insert(*offer, OpenOffer { call: *call, seat: *seat, since: at });
            }
            Event::OfferAccepted(e) => drop(self.open_offers.remove(&e.offer)),
            Event::OfferMissed(e) => drop(self.open_offers.remove(&e.offer)),
            Event::OfferWithdrawn(e) => drop(self.open_offers.remove(&e.offer)),
            _ => {}
        }
    }
}
