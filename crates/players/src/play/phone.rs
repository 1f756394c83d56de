//! A phone's reaction to events.

use std::{io, time::Duration};

use model::LegId;
use sip::{Command, Event};

use super::{Players, Side, agenda::Plan};

impl Players<'_> {
    pub(crate) fn handle_event(&mut self, side: Side, event: Event) -> io::Result<()> {
        match event {
            Event::Registered { aor, code: 200 } => {
                let seat =
                    self.script.seats.iter().position(|(s, _)| aor.contains(&format!(":{s}@")));
                if let Some(seat) = seat
                    && self.tally.registered < self.script.seats.len() as u64
                {
                    self.tally.registered += 1;
                    // One code after the other, with time for each call to end.
                    for code in 0..self.script.start_codes.len() {
                        let after = CODE_EVERY * u32::try_from(code).unwrap_or(0);
                        self.plan(after, Plan::Code { seat, code });
                    }
                }
            }
            Event::Registered { aor, code } => {
                tracing::warn!("{aor} cannot register: {code}; once more in a second");
                let seats = &self.script.seats;
                let seat = seats.iter().position(|(s, _)| aor.contains(&format!(":{s}@")));
                if let Some(seat) = seat {
                    self.plan(Duration::from_secs(1), Plan::Register(seat));
                }
            }
            Event::Incoming(incoming) => {
                self.tally.offered += 1;
                let seat = incoming.dialled.reveal().to_owned();
                if let Some(free) = self.free_since.remove(&seat) {
                    let waited = self.clock.now().since(free);
                    self.tally.seat_free.add(waited, self.chance.bits());
                }
                let leg = self.open_leg(side, Some(incoming.leg))?;
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = incoming.remote;
                    held.seat = seat;
                }
                self.command(side, Command::Ring { leg });
                let misses = self.script.missed_one_in;
                if misses == 0 || self.chance.below(u64::from(misses)) != 0 {
                    let ring = self.chance.between(self.script.ring);
                    self.plan(ring, Plan::PickUp(leg));
                    let talk = self.chance.between(self.script.talk);
                    self.plan(ring + talk, Plan::HangUp(side, leg));
                }
            }
            Event::Answered { leg, remote } => {
                let now = self.clock.now();
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = Some(remote);
                    held.up = true;
                    if side == Side::Callers {
                        self.tally.accepted += 1;
                        self.tally.setup.add(now.since(held.began), self.chance.bits());
                    }
                }
            }
            Event::Confirmed { leg, remote: Some(remote) }
            | Event::RemoteChanged { leg, remote } => {
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = Some(remote);
                }
            }
            Event::Failed { leg, code } => {
                if side == Side::Callers && code != 487 {
                    self.tally.refused += 1;
                }
                self.forget(side, leg);
            }
            Event::Ended { leg, end } => {
                if end == sip::LegEnd::ByeReceived {
                    self.seat_hangs_up(side, leg);
                }
                self.forget(side, leg);
            }
            // Nothing a phone does differently for these.
            Event::Confirmed { remote: None, .. }
            | Event::VoiceExpected { .. }
            | Event::Ringing { .. }
            | Event::DtmfReceived { .. }
            | Event::Referred { .. }
            | Event::Refused { .. }
            | Event::SeatReached { .. }
            | Event::SeatUnreached { .. }
            | Event::RateLimited { .. } => {}
        }
        Ok(())
    }

    /// A talk ends at a seat. With a caller waiting, the time to the seat's next call counts.
    pub(crate) fn seat_hangs_up(&mut self, side: Side, leg: LegId) {
        if side != Side::Seats {
            return;
        }
        let served = self.legs.keys().filter(|(side, _)| *side == Side::Seats).count();
        let now = self.clock.now();
        let waiting = self.moment(now).callers_up > served + WAITING_MIN;
        let Some(held) = self.legs.get(&(side, leg)).filter(|held| held.up) else { return };
        if waiting && !held.seat.is_empty() {
            self.free_since.insert(held.seat.clone(), now);
        }
    }
}

/// Callers whose call has just ended count for a moment more; with this many above the seats,
/// a caller surely waits.
const WAITING_MIN: usize = 5;
/// A code's own call has ended by then.
const CODE_EVERY: Duration = Duration::from_secs(3);
