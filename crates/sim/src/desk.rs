//! Signalling at desk depth: legs are commands and events instead of packets.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use center::Input;
use model::{
    Codec, Direction, LegId, Number, PayloadTypes, RemoteMedia, SeatId, SignalledSource, Timestamp,
    TrunkId,
};
use sip::{Event, Incoming, LegEnd, Origin, Target};

use crate::{Storm, agenda::Agenda, chance::Chance, output::SignallingOutput, storm::DOWN};

/// Callers and phones as the center sees them through signalling.
#[derive(Debug)]
pub(crate) struct Desk {
    chance: Chance,
    storm: Storm,
    agenda: Agenda<Action>,
    legs: BTreeMap<LegId, Kind>,
    last_leg: u64,
    reached: BTreeSet<SeatId>,
    outputs: VecDeque<SignallingOutput>,
}

#[derive(Debug)]
enum Action {
    /// The network brings something about a leg.
    Deliver(Box<Event>),
    /// A seat's phone registers.
    Register(SeatId),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Caller,
    Seat { answered: bool },
}

impl Desk {
    pub(crate) fn new(chance: Chance, storm: Storm) -> Desk {
        Desk {
            chance,
            storm,
            agenda: Agenda::new(),
            legs: BTreeMap::new(),
            last_leg: 1,
            reached: BTreeSet::new(),
            outputs: VecDeque::new(),
        }
    }

    pub(crate) fn open(&mut self, now: Timestamp, seats: &[SeatId]) {
        for seat in seats {
            let after = self.chance.between(Duration::ZERO, Duration::from_secs(60));
            self.agenda.plan(now + after, Action::Register(*seat));
        }
    }

    pub(crate) fn call(&mut self, now: Timestamp, caller: &str, dialled: &str) -> LegId {
        self.last_leg += 2;
        let leg = LegId(self.last_leg);
        self.legs.insert(leg, Kind::Caller);
        self.outputs.push_back(SignallingOutput::Center(Box::new(Input::Arrival(Incoming {
            leg,
            origin: Origin::Trunk(TrunkId::from("telecom")),
            caller: Number::new(caller),
            display: String::new(),
            dialled: Number::new(dialled),
            remote: Some(remote()),
            signalled: SignalledSource::default(),
        }))));
        if self.storm.patience.is_some() {
            return leg;
        }
        // How long the caller waits before hanging up. It may also end a talk that began meanwhile.
        let patience = self.chance.about(Duration::from_secs(240)) + Duration::from_millis(50);
        let lost = self.chance.one_in(self.storm.lost_one_in);
        let end = if lost { LegEnd::Lost } else { LegEnd::ByeReceived };
        self.plan(now + patience, Event::Ended { leg, end });
        leg
    }

    /// A caller hangs up.
    pub(crate) fn hang_up(&mut self, now: Timestamp, leg: LegId) {
        self.plan(now, Event::Ended { leg, end: LegEnd::ByeReceived });
    }

    pub(crate) fn handle_command(&mut self, now: Timestamp, command: sip::Command) {
        match command {
            sip::Command::Accept { leg, .. } => {
                let at = now + self.latency();
                self.plan(at, Event::Confirmed { leg, remote: None });
            }
            sip::Command::Reject { leg, .. } => {
                let at = now + self.latency();
                self.plan(at, Event::Ended { leg, end: LegEnd::HungUp });
            }
            sip::Command::Dial(dial) => self.ring(now, &dial),
            sip::Command::HangUp { leg, .. } => {
                let Some(kind) = self.legs.get(&leg).copied() else { return };
                let at = now + self.latency();
                let event = match kind {
                    Kind::Seat { answered: false } => Event::Failed { leg, code: 487 },
                    Kind::Caller | Kind::Seat { answered: true } => {
                        Event::Ended { leg, end: LegEnd::HungUp }
                    }
                };
                self.plan(at, event);
            }
            // These commands have no effect at desk depth.
            sip::Command::Ring { .. }
            | sip::Command::SetDirection { .. }
            | sip::Command::Probe { .. }
            | sip::Command::AnswerRefer { .. }
            | sip::Command::PutSeat(_)
            | sip::Command::RemoveSeat(_)
            | sip::Command::Adopt(_)
            | sip::Command::Register(_)
            | sip::Command::Drain => {}
        }
    }

    pub(crate) fn lose_phone(&mut self, now: Timestamp, seat: SeatId) {
        if self.reached.remove(&seat) {
            let back = self.chance.about(Duration::from_secs(30));
            self.agenda.plan(now + back, Action::Register(seat));
            self.send_event(Event::SeatUnreached { seat });
        }
    }

    /// The engine dies: no leg survives, and the phones register again by themselves.
    pub(crate) fn crash(&mut self, now: Timestamp) {
        self.agenda.retain(|action| matches!(action, Action::Register(_)));
        self.legs.clear();
        self.outputs.clear();
        for seat in std::mem::take(&mut self.reached) {
            let after = DOWN + self.chance.about(Duration::from_secs(20));
            self.agenda.plan(now + after, Action::Register(seat));
        }
    }

    pub(crate) fn calm(&mut self) {}

    pub(crate) fn handle_timeout(&mut self, now: Timestamp) {
        match self.agenda.take(now) {
            Some(Action::Deliver(event)) => self.deliver(now, *event),
            Some(Action::Register(seat)) if self.reached.insert(seat) => {
                self.send_event(Event::SeatReached { seat });
            }
            // The phone was registered already.
            Some(Action::Register(_)) | None => {}
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.agenda.next()
    }

    pub(crate) fn poll_output(&mut self) -> Option<SignallingOutput> {
        self.outputs.pop_front()
    }

    fn deliver(&mut self, now: Timestamp, event: Event) {
        match &event {
            Event::Answered { leg, .. } => {
                let leg = *leg;
                let Some(kind) = self.legs.get_mut(&leg) else { return };
                *kind = Kind::Seat { answered: true };
                // The seat hangs up at the end of the talk, if the caller has not.
                let talk = match self.storm.talk {
                    Some((least, most)) => self.chance.between(least, most),
                    None => self.chance.about(Duration::from_secs(170)) + Duration::from_secs(5),
                };
                self.plan(now + talk, Event::Ended { leg, end: LegEnd::ByeReceived });
            }
            // The leg is over already: each leg ends once, and no event follows.
            Event::Failed { leg, .. } | Event::Ended { leg, .. }
                if self.legs.remove(leg).is_none() =>
            {
                return;
            }
            Event::Ringing { leg } | Event::Confirmed { leg, .. }
                if !self.legs.contains_key(leg) =>
            {
                return;
            }
            _ => {}
        }
        self.send_event(event);
    }

    fn ring(&mut self, now: Timestamp, dial: &sip::Dial) {
        let leg = dial.leg;
        let Target::Seat(seat) = dial.to else { return };
        self.legs.insert(leg, Kind::Seat { answered: false });
        let soon = now + self.latency();
        if !self.reached.contains(&seat) {
            return self.plan(soon, Event::Failed { leg, code: 480 });
        }
        let picks_up_at = soon + self.chance.about(Duration::from_secs(3));
        if self.chance.one_in(self.storm.dead_one_in) {
            // Timer B: no answer for 64 T1.
            return self.plan(now + Duration::from_secs(32), Event::Failed { leg, code: 408 });
        }
        if self.chance.one_in(self.storm.busy_one_in) {
            return self.plan(soon, Event::Failed { leg, code: 486 });
        }
        self.plan(soon, Event::Ringing { leg });
        if self.chance.one_in(self.storm.rejected_one_in) {
            self.plan(picks_up_at, Event::Failed { leg, code: 603 });
        } else if !self.chance.one_in(self.storm.ignored_one_in) {
            self.plan(picks_up_at, Event::Answered { leg, remote: remote() });
        }
    }

    fn latency(&mut self) -> Duration {
        self.chance.between(Duration::from_millis(1), Duration::from_millis(60))
    }

    fn plan(&mut self, at: Timestamp, event: Event) {
        self.agenda.plan(at, Action::Deliver(Box::new(event)));
    }

    fn send_event(&mut self, event: Event) {
        self.outputs.push_back(SignallingOutput::Center(Box::new(Input::Sip(event))));
    }
}

fn remote() -> RemoteMedia {
    RemoteMedia {
        rtp: ([127, 0, 0, 1], 30_000).into(),
        codec: Codec::Pcma,
        send: PayloadTypes::of(Codec::Pcma, Some(101)),
        receive: PayloadTypes::of(Codec::Pcma, Some(101)),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: SignalledSource::default(),
    }
}
