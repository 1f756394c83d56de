//! The center's state as one fold over the log: the same while running and after a replay.

use std::{collections::BTreeMap, time::Duration};

use messaging::Templates;
use model::{
    CallId, EmergencyId, Event, LegId, OfferId, Record, SeatId, Seq, TicketId, Timestamp, Zone,
    desk::{DeskEvent, TicketEvent},
    event::{CallEnd, CallRefused, LegRole, OfferMade, RecordImported},
};
use serde::{Deserialize, Serialize};
use stats::{Cdr, Wallboard};
use ticketing::{CallToFile, Desk, channels::Channels};

/// Everything that must survive a restart, and the wallboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    pub(crate) zone: Zone,
    /// The last record.
    pub seq: Seq,
    /// The time of the last record. Time never runs backwards in the log.
    pub at: Timestamp,
    /// The time of the last record that a running engine wrote. An import writes while the engine
    /// does not run.
    pub(crate) written: Timestamp,
    /// The series, when this is the log of an emergency.
    pub emergency: Option<EmergencyId>,
    /// The emergencies that were imported into this log.
    pub imported: Imported,
    /// Queues, seats and alarms as supervisors see them.
    pub wallboard: Wallboard,
    /// Calls that have arrived and not ended.
    pub open_calls: BTreeMap<CallId, Cdr>,
    /// Offers made and not yet accepted, missed or withdrawn.
    pub open_offers: BTreeMap<OfferId, OpenOffer>,
    /// Colleagues and supervisors who were asked into calls and have not left.
    pub open_guests: BTreeMap<(CallId, LegId), OpenGuest>,
    /// Calls that ended or were refused and have no ticket or missed-call item yet, because the
    /// engine died between the two records. The next start files them.
    pub unfiled_calls: BTreeMap<CallId, CallToFile>,
    /// The files of recordings that were begun and not closed, by call.
    pub open_recordings: BTreeMap<CallId, String>,
    /// The highest call id in the log.
    pub last_call: CallId,
    /// The highest offer id in the log.
    pub last_offer: OfferId,
    /// The desk: matters, tickets and assignments.
    pub desk: Desk,
    /// Messages, SMS and the knowledge base.
    pub channels: Channels,
    /// The highest number of a ticket that this hotline opened.
    pub last_ticket: TicketId,
    /// The lowest running number that a legacy ticket got, by day (yyyymmdd).
    pub taken_over: BTreeMap<u64, u32>,
}

/// An offer whose outcome is not in the log yet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenOffer {
    /// The call offered.
    pub call: CallId,
    /// The seat rung.
    pub seat: SeatId,
    /// The time at which it was made.
    pub since: Timestamp,
}

/// A colleague or supervisor in a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenGuest {
    /// The part in the call.
    pub role: LegRole,
    /// The time at which the phone was answered; `None` while it rings.
    pub joined: Option<Timestamp>,
}

/// The emergencies that were imported into the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The last imported record of each series; there is one series for each emergency.
    pub series: BTreeMap<EmergencyId, Seq>,
    /// Imported calls whose end is not imported yet, because an import was interrupted.
    calls: BTreeMap<CallId, Cdr>,
}

impl Memory {
    /// A memory before the first record. The wallboard has the configured queues and seats, the
    /// desk its rules.
    pub fn new(wallboard: Wallboard, desk: Desk) -> Memory {
        Memory {
            zone: desk.zone(),
            channels: Channels::new(desk.zone(), None),
            desk,
            seq: 0,
            at: Timestamp::default(),
            written: Timestamp::default(),
            emergency: None,
            imported: Imported::default(),
            wallboard,
            open_calls: BTreeMap::new(),
            open_offers: BTreeMap::new(),
            open_guests: BTreeMap::new(),
            unfiled_calls: BTreeMap::new(),
            open_recordings: BTreeMap::new(),
            last_call: CallId::from(0),
            last_offer: OfferId(0),
            last_ticket: TicketId(0),
            taken_over: BTreeMap::new(),
        }
    }

    /// Adds the templates of an SMS gateway, before the first record.
    #[must_use]
    pub fn with_sms_templates(self, templates: Templates) -> Memory {
        let channels = Channels::new(self.zone, Some(templates));
        Memory { channels, ..self }
    }

    /// Applies one record.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        self.at = record.at;
        self.wallboard.apply(record);
        match &record.event {
            Event::RecordImported(e) => return self.apply_imported(e),
            Event::EmergencyImported(_) => return,
            _ => self.written = record.at,
        }
        self.desk.apply(record);
        self.channels.apply(record);
        self.apply_to_calls(record.at, &record.event);
        self.apply_to_offers(record.at, &record.event);
        self.apply_to_guests(record.at, &record.event);
        self.apply_to_recordings(&record.event);
        match &record.event {
            Event::EmergencyStarted(e) => self.begin_series(e.series),
            Event::ClockStepped(e) => {
                let jump = Duration::from_micros(e.jump_us);
                self.open_offers.values_mut().for_each(|open| open.since += jump);
                let joined = self.open_guests.values_mut().filter_map(|open| open.joined.as_mut());
                joined.for_each(|joined| *joined += jump);
            }
            Event::TicketOpened(e) => {
                self.unfiled_calls.remove(&e.call);
                self.last_ticket = self.last_ticket.max(e.ticket);
            }
            Event::MissedCallFiled(e) => {
                self.unfiled_calls.remove(&e.call);
                self.last_ticket = self.last_ticket.max(e.ticket);
            }
            Event::MissedCallRepeated(e) => drop(self.unfiled_calls.remove(&e.call)),
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Ticket(ticket, TicketEvent::Opened { .. }) => {
                    self.last_ticket = self.last_ticket.max(*ticket);
                }
                DeskEvent::Ticket(ticket, TicketEvent::TakenOver(_)) => {
                    self.taken_over.insert(ticket.yyyymmdd(), ticket.number_of_day());
                }
                _ => {}
            },
            Event::CallRefused(e) => self.apply_refusal(e),
            _ => {}
        }
    }

    /// Applies a record of an imported emergency: its calls are owed a ticket or a missed-call
    /// item. Its seats, alarms and offers do not change this engine's.
    fn apply_imported(&mut self, imported: &RecordImported) {
        let record = &imported.record;
        self.imported.series.insert(imported.series, record.seq);
        self.apply_to_recordings(&record.event);
        match &record.event {
            Event::CallRefused(e) => self.apply_refusal(e),
            Event::OfferMade(e) => self.last_offer = self.last_offer.max(e.offer),
            _ => {}
        }
        if let Some(cdr) = Cdr::begin(record.at, &record.event) {
            self.last_call = self.last_call.max(cdr.call);
            self.imported.calls.insert(cdr.call, cdr);
        } else if let Some(call) = Cdr::subject(&record.event)
            && let Some(cdr) = self.imported.calls.get_mut(&call)
        {
            cdr.apply(record.at, &record.event, |_| None);
            if cdr.ended.is_some()
                && let Some(cdr) = self.imported.calls.remove(&call)
                && !cdr.end.is_some_and(CallEnd::is_in_menu)
            {
                self.note_unfiled(call, call_to_file(&cdr));
            }
        }
    }

    fn apply_refusal(&mut self, refused: &CallRefused) {
        self.last_call = self.last_call.max(refused.call);
        if let Some(call) = CallToFile::of_refused(refused)
            && self.desk.accepts_call(&call)
        {
            self.note_unfiled(refused.call, call);
        }
    }

    /// Notes that a call is owed a ticket or a missed-call item. An emergency has no desk, so its
    /// calls are noted by the import instead.
    fn note_unfiled(&mut self, call: CallId, unfiled: CallToFile) {
        if self.emergency.is_none() {
            self.unfiled_calls.insert(call, unfiled);
        }
    }

    fn apply_to_guests(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::LegDialled(e) => {
                let guest = OpenGuest { role: e.role.clone(), joined: None };
                self.open_guests.insert((e.call, e.leg), guest);
            }
            Event::LegJoined(e) => {
                if let Some(guest) = self.open_guests.get_mut(&(e.call, e.leg)) {
                    guest.joined = Some(at);
                }
            }
            Event::MonitorModeSet(e) => {
                if let Some(guest) = self.open_guests.get_mut(&(e.call, e.leg)) {
                    guest.role = LegRole::Supervisor { seat: e.seat, mode: e.mode };
                }
            }
            Event::LegLeft(e) => drop(self.open_guests.remove(&(e.call, e.leg))),
            _ => {}
        }
    }

    fn apply_to_recordings(&mut self, event: &Event) {
        match event {
            Event::RecordingStarted(e) => drop(self.open_recordings.insert(e.call, e.file.clone())),
            Event::RecordingClosed(e) => drop(self.open_recordings.remove(&e.call)),
            Event::RecordingSalvaged(e) => drop(self.open_recordings.remove(&e.call)),
            Event::RecordingFailed(e) => drop(self.open_recordings.remove(&e.call)),
            _ => {}
        }
    }

    /// The number of the next ticket opened at `at`. Numbers always rise, also when the clock was
    /// set back or the day's numbers are used up.
    pub fn next_ticket(&self, at: Timestamp) -> TicketId {
        TicketId::of_day(self.zone.date(at), 1).max(TicketId(self.last_ticket.0 + 1))
    }

    /// The number of a legacy ticket that another hotline opened at `at`. These count down from the
    /// end of the day, because this hotline's count up from its beginning.
    pub fn next_taken_over(&self, at: Timestamp) -> TicketId {
        let day = self.zone.date(at);
        let lowest = self.taken_over.get(&day.as_yyyymmdd());
        TicketId::of_day(day, lowest.map_or(TicketId::DAY_MAX, |n| n.saturating_sub(1)))
    }

    fn apply_to_calls(&mut self, at: Timestamp, event: &Event) {
        if let Some(cdr) = Cdr::begin(at, event) {
            self.last_call = self.last_call.max(cdr.call);
            self.open_calls.insert(cdr.call, cdr);
        } else if let Some(call) = Cdr::subject(event)
            && let Some(cdr) = self.open_calls.get_mut(&call)
        {
            let seats = &self.wallboard.seats;
            cdr.apply(at, event, |seat| seats.get(&seat)?.agent().cloned());
            if cdr.ended.is_some()
                && let Some(cdr) = self.open_calls.remove(&call)
                && cdr.ticket.is_none()
                && !cdr.end.is_some_and(CallEnd::is_in_menu)
            {
                self.note_unfiled(call, call_to_file(&cdr));
            }
        }
    }

    fn apply_to_offers(&mut self, at: Timestamp, event: &Event) {
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

/// The call as the desk files it.
pub(crate) fn call_to_file(cdr: &Cdr) -> CallToFile {
    CallToFile {
        caller: cdr.caller.clone(),
        line: cdr.line.clone(),
        wait_ms: cdr.wait_ms,
        seat: cdr.connected.and(cdr.seat),
        refused: false,
    }
}
