//! The invariants that must always hold, checked by reading the log alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use model::{
    CallId, Event, LegId, OfferId, QueueId, Record, SeatId, Seq, TicketId, Timestamp,
    event::{Alarm, RefusalCause},
};

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The record that broke it.
    pub seq: Seq,
    /// The invariant's number, as in the list at [`Auditor`].
    pub invariant: u8,
    /// The event, in a sentence.
    pub what: String,
    /// Whether it was found on the wire or at the disk instead of in the log.
    outside: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} at record {}: {}", self.invariant, self.seq, self.what)
    }
}

/// The invariants:
///
/// 1. The log has no gap and its time does not run backwards.
/// 2. Each admitted arrival ends exactly once.
/// 3. A seat is in at most one call.
/// 4. A seat is not offered to a call while an earlier, equal call could have had it.
/// 5. Each accepted call has one recording with a hash, closed once (checked at rest).
/// 6. Each ended call has its ticket, and no ticket number is given twice. Each refused call has a
///    missed-call item, or is counted in the caller's open one (checked at rest).
/// 7. Each offer ends exactly once.
/// 8. offered = answered + abandoned + left by rule + still waiting, at every record.
/// 15. Voice is measured once for each call, and only after the call has ended.
/// 16. Each further leg that was dialled belongs to one call, and leaves it exactly once, not after
///     its end.
/// 17. A caller leaves the menu that they entered exactly once, before any queue and before the end
///     of the call.
///
/// The log alone cannot show these; the world around the center checks them:
///
/// 3. No phone rings for two offers at once (wire).
/// 9. The center's memory equals the fold of its log (at rest).
/// 10. What was acknowledged is durable, whenever the engine dies.
/// 11. Every 2xx is ACKed, or its leg is torn down within 64 T1 (wire).
/// 12. A leg whose line works never keeps one end only. Both ends of a leg agree on whether it is
///     up once the network works again, and after the last phone has signed off no transaction, leg
///     or deadline is left (at rest, wire).
/// 13. Strangers receive no call and bring none (wire).
/// 14. The shield never limits an office with registered phones, whatever faults happened (wire).
/// 0. A machine whose timeout has come changes something, so that it does not loop.
///
/// With a back office the invariants of the desk hold too. They have the numbers of
/// [`ticketing::invariants`] plus 20, 21 to 36, and are checked on every durable record and at
/// midnight.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    seq: Seq,
    at: Timestamp,
    calls: BTreeMap<CallId, Call>,
    seats: BTreeMap<SeatId, CallId>,
    offers: BTreeMap<OfferId, (CallId, SeatId)>,
    tickets: BTreeSet<TicketId>,
    /// Refused calls that are in no missed-call item yet.
    refused: BTreeSet<CallId>,
    /// Whether so many items are open that refused calls get none.
    missed_calls_full: bool,
    missed: BTreeSet<(CallId, SeatId)>,
    recordings: BTreeMap<CallId, bool>,
    /// The calls in a menu.
    menus: BTreeSet<CallId>,
    /// The further legs of calls, rung or joined.
    guests: BTreeSet<(CallId, LegId)>,
    measured: BTreeSet<CallId>,
    tally: Tally,
    violations: Vec<Violation>,
}

#[derive(Clone, Debug)]
struct Call {
    queue: Option<(QueueId, u8, Timestamp)>,
    rings: bool,
    connected: bool,
    left: bool,
    ticket: bool,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    offered: u64,
    answered: u64,
    abandoned: u64,
    left: u64,
}

impl Auditor {
    /// Reads one record.
    pub fn apply(&mut self, record: &Record) {
        let (seq, at) = (record.seq, record.at);
        if seq != self.seq + 1 {
            self.violation(seq, 1, format!("follows record {}", self.seq));
        }
        if at < self.at {
            self.violation(seq, 1, format!("happened before the record before it, at {}", self.at));
        }
        (self.seq, self.at) = (seq, at);
        match &record.event {
            Event::CallArrived(e) => {
                let call = Call {
                    queue: None,
                    rings: false,
                    connected: false,
                    left: false,
                    ticket: false,
                };
                if self.calls.insert(e.call, call).is_some() {
                    self.violation(seq, 2, format!("call {} arrived twice", e.call));
                }
            }
            Event::CallRefused(e) => {
                let owed = !matches!(e.cause, RefusalCause::NoSuchLine | RefusalCause::Blacklisted);
                if e.trunk.is_some() && owed {
                    self.refused.insert(e.call);
                }
            }
            Event::AlarmRaised(e) if e.alarm == Alarm::MissedCallsFull => {
                self.missed_calls_full = true;
            }
            Event::MenuEntered(e) => {
                let is_first = self.menus.insert(e.call);
                let queued = self.calls.get(&e.call).is_some_and(|call| call.queue.is_some());
                if !is_first || queued {
                    self.violation(seq, 17, format!("call {} entered a menu too late", e.call));
                }
            }
            Event::MenuLeft(e) => {
                let was_in = self.menus.remove(&e.call);
                if !was_in {
                    self.violation(seq, 17, format!("call {} left no menu", e.call));
                }
            }
            Event::CallQueued(e) => {
                if self.menus.contains(&e.call) {
                    self.violation(seq, 17, format!("call {} waits and is in a menu", e.call));
                }
                self.tally.offered += u64::from(!e.transferred);
                let since = at - Duration::from_millis(e.waited_ms);
                let queued = (e.queue.clone(), e.priority, since);
                self.with(seq, e.call, |call| call.queue = Some(queued));
            }
            Event::OfferMade(e) => self.offered(seq, e.offer, e.call, e.seat),
            Event::OfferAccepted(e) => {
                self.offer_over(seq, e.offer);
                self.with(seq, e.call, |call| call.rings = false);
            }
            Event::OfferMissed(e) => {
                self.offer_over(seq, e.offer);
                self.seats.remove(&e.seat);
                self.missed.insert((e.call, e.seat));
                self.with(seq, e.call, |call| call.rings = false);
            }
            Event::OfferWithdrawn(e) => {
                self.offer_over(seq, e.offer);
                self.seats.remove(&e.seat);
                // The call may have ended just before, and it is no longer known then.
                if let Some(call) = self.calls.get_mut(&e.call) {
                    call.rings = false;
                }
            }
            Event::CallConnected(e) => {
                let is_first = self.calls.get(&e.call).is_none_or(|call| !call.connected);
                self.tally.answered += u64::from(is_first);
                if self.seats.get(&e.seat) != Some(&e.call) {
                    self.violation(
                        seq,
                        3,
                        format!("seat {} took a call it was not offered", e.seat),
                    );
                }
                self.with(seq, e.call, |call| call.connected = true);
            }
            Event::CallLeftQueue(e) => {
                let was_connected = self.calls.get(&e.call).is_some_and(|call| call.connected);
                self.tally.left += u64::from(!was_connected);
                self.with(seq, e.call, |call| call.left = true);
            }
            Event::CallTransferred(e) => {
                let had = self.seats.remove(&e.seat);
                if had != Some(e.call) {
                    let what = format!("seat {} transferred a call that it did not have", e.seat);
                    self.violation(seq, 3, what);
                }
            }
            Event::TalkTaken(e) => {
                if let Some(other) = self.seats.insert(e.seat, e.call) {
                    let what = format!("seat {} took {} while engaged in {other}", e.seat, e.call);
                    self.violation(seq, 3, what);
                }
            }
            Event::LegDialled(e) => {
                self.with(seq, e.call, |_| {});
                if !self.guests.insert((e.call, e.leg)) {
                    self.violation(seq, 16, format!("leg {} was dialled twice", e.leg));
                }
            }
            Event::LegJoined(e) => {
                let is_known = self.guests.contains(&(e.call, e.leg));
                if !is_known {
                    self.violation(seq, 16, format!("leg {} joined undialled", e.leg));
                }
            }
            Event::LegLeft(e) => {
                let was_there = self.guests.remove(&(e.call, e.leg));
                if !was_there {
                    self.violation(seq, 16, format!("leg {} left twice or never came", e.leg));
                }
            }
            Event::CallEnded(e) => self.ended(seq, e.call),
            Event::VoiceMeasured(e) => {
                if self.calls.contains_key(&e.call) {
                    self.violation(seq, 15, format!("voice of call {} is measured early", e.call));
                }
                if !self.measured.insert(e.call) {
                    self.violation(seq, 15, format!("voice of call {} is measured twice", e.call));
                }
            }
            Event::TicketOpened(e) => self.ticketed(seq, e.ticket, e.call),
            Event::MissedCallFiled(e) => self.ticketed(seq, e.ticket, e.call),
            Event::MissedCallRepeated(e) => self.counted(seq, e.ticket, e.call),
            Event::RecordingStarted(e) => {
                let before = self.recordings.insert(e.call, false);
                if before.is_some() {
                    self.violation(seq, 5, format!("call {} has two recordings", e.call));
                }
            }
            Event::RecordingClosed(e) => self.recorded(seq, e.call, &e.sha256),
            Event::RecordingSalvaged(e) => self.recorded(seq, e.call, &e.sha256),
            _ => {}
        }
        self.balance(seq);
    }

    /// Checks what must have ended once nothing is up any more.
    pub fn rest(&mut self) {
        let seq = self.seq;
        let open: Vec<CallId> = self.calls.keys().copied().collect();
        for call in open {
            self.violation(seq, 2, format!("call {call} never ended"));
        }
        let offers: Vec<OfferId> = self.offers.keys().copied().collect();
        for offer in offers {
            self.violation(seq, 7, format!("offer {offer} never ended"));
        }
        if !self.missed_calls_full {
            let forgotten: Vec<CallId> = self.refused.iter().copied().collect();
            for call in forgotten {
                self.violation(seq, 6, format!("refused call {call} is in no missed-call item"));
            }
        }
        let unclosed: Vec<CallId> =
            self.recordings.iter().filter(|(_, closed)| !**closed).map(|(call, _)| *call).collect();
        for call in unclosed {
            self.violation(seq, 5, format!("the recording of call {call} was never closed"));
        }
    }

    /// The violations found so far.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Adds a violation found outside the log, such as an acknowledged record that was lost.
    pub(crate) fn found(&mut self, seq: Seq, invariant: u8, what: String) {
        self.violations.push(Violation { seq, invariant, what, outside: true });
    }

    /// Takes over what an auditor of a longer log found outside it. Breaches in the log are found
    /// again, or were lost with their records.
    pub(crate) fn inherit(&mut self, before: &Auditor) {
        self.violations
            .extend(before.violations.iter().filter(|violation| violation.outside).cloned());
    }

    fn violation(&mut self, seq: Seq, invariant: u8, what: String) {
        self.violations.push(Violation { seq, invariant, what, outside: false });
    }

    fn with(&mut self, seq: Seq, call: CallId, change: impl FnOnce(&mut Call)) {
        match self.calls.get_mut(&call) {
            Some(held) => change(held),
            None => self.violation(seq, 2, format!("call {call} is not up")),
        }
    }

    fn offered(&mut self, seq: Seq, offer: OfferId, call: CallId, seat: SeatId) {
        if let Some(other) = self.seats.insert(seat, call) {
            self.violation(
                seq,
                3,
                format!("seat {seat} was offered {call} while engaged in {other}"),
            );
        }
        if self.offers.insert(offer, (call, seat)).is_some() {
            self.violation(seq, 7, format!("offer {offer} was made twice"));
        }
        if let Some(Call { queue: Some((queue, priority, since)), .. }) = self.calls.get(&call) {
            let passed_over = self.calls.iter().find(|(other, held)| {
                **other != call
                    && !held.rings
                    && !held.connected
                    && !held.left
                    && !self.missed.contains(&(**other, seat))
                    && held
                        .queue
                        .as_ref()
                        .is_some_and(|(q, p, s)| q == queue && p == priority && s < since)
            });
            if let Some((earlier, _)) = passed_over {
                let what =
                    format!("call {call} was offered seat {seat} before the earlier {earlier}");
                self.violation(seq, 4, what);
            }
        }
        self.with(seq, call, |held| held.rings = true);
    }

    fn offer_over(&mut self, seq: Seq, offer: OfferId) {
        if self.offers.remove(&offer).is_none() {
            self.violation(seq, 7, format!("offer {offer} ended twice or was never made"));
        }
    }

    fn ended(&mut self, seq: Seq, call: CallId) {
        let Some(held) = self.calls.remove(&call) else {
            self.violation(seq, 2, format!("call {call} ended twice or never arrived"));
            return;
        };
        self.seats.retain(|_, engaged| *engaged != call);
        let stay: Vec<LegId> =
            self.guests.iter().filter(|(of, _)| *of == call).map(|(_, leg)| *leg).collect();
        for leg in stay {
            self.guests.remove(&(call, leg));
            self.violation(seq, 16, format!("leg {leg} outlasted its call {call}"));
        }
        self.missed.retain(|(missed, _)| *missed != call);
        if self.menus.remove(&call) {
            self.violation(seq, 17, format!("call {call} ended in a menu that it did not leave"));
        }
        if held.queue.is_some() && !held.connected && !held.left {
            self.tally.abandoned += 1;
        }
        if held.connected && !held.ticket {
            self.violation(seq, 6, format!("call {call} ended without a ticket"));
        }
    }

    fn ticketed(&mut self, seq: Seq, ticket: TicketId, call: CallId) {
        if !self.tickets.insert(ticket) {
            self.violation(seq, 6, format!("ticket {ticket} was given twice"));
        }
        self.refused.remove(&call);
        if let Some(held) = self.calls.get_mut(&call) {
            held.ticket = true;
        }
    }

    /// Checks a missed call that is counted in an existing item.
    fn counted(&mut self, seq: Seq, ticket: TicketId, call: CallId) {
        self.refused.remove(&call);
        if !self.tickets.contains(&ticket) {
            self.violation(
                seq,
                6,
                format!("call {call} is counted in {ticket}, which is not there"),
            );
        }
        if let Some(held) = self.calls.get_mut(&call) {
            held.ticket = true;
        }
    }

    fn recorded(&mut self, seq: Seq, call: CallId, sha256: &str) {
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            self.violation(seq, 5, format!("the recording of {call} has no hash: \"{sha256}\""));
        }
        match self.recordings.get_mut(&call) {
            Some(closed) if !*closed => *closed = true,
            Some(_) => self.violation(seq, 5, format!("the recording of {call} was closed twice")),
            // The recording was started and its record was lost with the engine.
            None => drop(self.recordings.insert(call, true)),
        }
    }

    fn balance(&mut self, seq: Seq) {
        let waiting = self
            .calls
            .values()
            .filter(|call| call.queue.is_some() && !call.connected && !call.left)
            .count() as u64;
        let t = &self.tally;
        if t.offered != t.answered + t.abandoned + t.left + waiting {
            let what = format!(
                "{} offered, but {} answered, {} abandoned, {} left and {waiting} waiting",
                t.offered, t.answered, t.abandoned, t.left
            );
            // Reported once; otherwise every later record would report it again.
            self.tally.offered = t.answered + t.abandoned + t.left + waiting;
            self.violation(seq, 8, what);
        }
    }
}
