//! Deadlines of a call: silent far ends, prompts that cannot be played, and a voice thread that
//! does not answer.

use std::{collections::BTreeMap, time::Duration};

use media::PromptId;
use model::{
    CallId, Codec, Direction, Event, LegId, Number, OfferId, QueueId, RemoteMedia, SeatId,
    Timestamp, TrunkId,
    event::{Alarm, CallEnd},
};
use switch::{Input, LinePlan, Output, Plan, Switch, TrunkPlan};

const SEAT: SeatId = SeatId(1001);
const CALLER_LEG: LegId = LegId(1);
const SORRY: PromptId = PromptId(1);

/// A switch with one line, one queue and one seat, and all its outputs.
struct Setup {
    switch: Switch,
    now: Timestamp,
    events: Vec<Event>,
    sip: Vec<sip::Command>,
    media: Vec<media::Command>,
}

impl Setup {
    fn new(max_wait: Option<Duration>) -> Setup {
        let queue = QueueId::from("citizens");
        let policy = acd::Policy {
            queues: BTreeMap::from([(
                queue.clone(),
                acd::QueuePolicy { max_wait, ..acd::QueuePolicy::default() },
            )]),
            seats: BTreeMap::from([(
                SEAT,
                acd::SeatPolicy {
                    queues: BTreeMap::from([(queue.clone(), 1)]),
                    starts_ready: true,
                    ..acd::SeatPolicy::default()
                },
            )]),
            ..acd::Policy::default()
        };
        let line = LinePlan {
            name: String::new(),
            numbers: vec!["12345".to_owned()],
            trunks: Vec::new(),
            queue,
            menu: None,
            skills: BTreeMap::new(),
            priority: 0,
            greeting: Vec::new(),
            music: PromptId(0),
            announcements: switch::Announcements::default(),
        };
        let plan = Plan {
            trunks: BTreeMap::from([(TrunkId::from("telecom"), TrunkPlan::default())]),
            lines: BTreeMap::from([("12345".into(), line)]),
            features: switch::Features { ready: "*73".to_owned(), ..switch::Features::default() },
            sorry: vec![SORRY],
            prompt_lengths: vec![Duration::from_secs(60), Duration::from_secs(7)],
            ..Plan::default()
        };
        let dispatcher = acd::Dispatcher::new(policy, OfferId(0));
        let mut setup = Setup {
            switch: Switch::new(plan, dispatcher, CallId::from(0)),
            now: Timestamp::from_micros(1_795_334_400_000_000),
            events: Vec::new(),
            sip: Vec::new(),
            media: Vec::new(),
        };
        for port in [20_000, 20_002, 20_004] {
            setup.tell(Input::Port(port));
        }
        setup
    }

    fn tell(&mut self, input: Input) {
        self.switch.handle_input(self.now, input);
        while let Some(output) = self.switch.poll_output() {
            match output {
                Output::Event(event) => self.events.push(event),
                Output::Sip(command) => self.sip.push(command),
                Output::Media(command) => self.media.push(command),
            }
        }
    }

    /// Advances the time and handles every deadline at its moment.
    fn run_s(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        while let Some(at) = self.switch.poll_timeout().filter(|at| *at <= until) {
            assert!(at >= self.now, "a deadline that never passes");
            self.now = at;
            self.tell(Input::Timeout);
            assert!(self.switch.poll_timeout().is_none_or(|next| next > at), "it is still due");
        }
        self.now = until;
    }

    fn arrives(&mut self) -> CallId {
        self.tell(Input::Arrival(sip::Incoming {
            leg: CALLER_LEG,
            origin: sip::Origin::Trunk(TrunkId::from("telecom")),
            caller: Number::new("13800001111"),
            display: String::new(),
            dialled: Number::new("12345"),
            remote: Some(remote(Direction::SendRecv)),
            signalled: model::SignalledSource::default(),
        }));
        let arrived = self.events.iter().find_map(|event| match event {
            Event::CallArrived(arrived) => Some(arrived.call),
            _ => None,
        });
        arrived.expect("the call arrived")
    }

    /// Connects a caller with the seat; returns the call and the seat's leg.
    fn talk(&mut self) -> (CallId, LegId) {
        self.tell(Input::Sip(sip::Event::SeatReached { seat: SEAT }));
        let call = self.arrives();
        (call, self.picks_up())
    }

    /// The seat answers; returns its leg.
    fn picks_up(&mut self) -> LegId {
        let dialled = self.sip.iter().find_map(|command| match command {
            sip::Command::Dial(dial) => Some(dial.leg),
            _ => None,
        });
        let leg = dialled.expect("the seat is rung");
        let remote = remote(Direction::SendRecv);
        self.tell(Input::Sip(sip::Event::Answered { leg, remote }));
        leg
    }

    fn silent(&mut self, call: CallId, leg: LegId) {
        self.tell(Input::Media(media::Event::VoiceLost { call, leg }));
    }

    fn speaks(&mut self, call: CallId, leg: LegId) {
        self.tell(Input::Media(media::Event::VoiceReturned { call, leg }));
    }

    fn asked(&self, leg: LegId) -> usize {
        self.sip.iter().filter(|command| **command == sip::Command::Probe { leg }).count()
    }

    fn is_hung_up(&self, leg: LegId) -> bool {
        self.sip.contains(&sip::Command::HangUp { leg, reason: None })
    }

    fn end(&self) -> Option<CallEnd> {
        self.events.iter().find_map(|event| match event {
            Event::CallEnded(ended) => Some(ended.end),
            _ => None,
        })
    }

    /// The texts of alarms that were raised, and an empty text for each that was cleared.
    fn alarms(&self, of: Alarm) -> Vec<&str> {
        let told = self.events.iter().filter_map(|event| match event {
            Event::AlarmRaised(raised) if raised.alarm == of => Some(raised.text.as_str()),
            Event::AlarmCleared(cleared) if cleared.alarm == of => Some(""),
            _ => None,
        });
        told.collect()
    }
}

fn remote(direction: Direction) -> RemoteMedia {
    RemoteMedia {
        rtp: "10.9.0.1:4000".parse().unwrap(),
        codec: Codec::Pcma,
        send: model::PayloadTypes::of(Codec::Pcma, None),
        receive: model::PayloadTypes::of(Codec::Pcma, None),
        signalled: model::SignalledSource::default(),
        ptime: Duration::from_millis(20),
        direction,
    }
}

#[test]
fn silence_in_a_talk_raises_an_alarm_and_probes_the_leg() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.silent(call, leg);
    assert_eq!(setup.asked(leg), 1);
    let alarms = setup.alarms(Alarm::VoiceLost);
    assert!(alarms.len() == 1 && alarms[0].contains("the seat of call"), "{alarms:?}");
    setup.run_s(3_600);
    assert_eq!(setup.end(), None);
    setup.speaks(call, leg);
    assert_eq!(setup.alarms(Alarm::VoiceLost)[1..], [""]);
}

#[test]
fn silent_far_end_is_probed_every_minute() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.silent(call, CALLER_LEG);
    setup.run_s(119);
    assert_eq!((setup.asked(CALLER_LEG), setup.asked(leg)), (2, 0));
    setup.run_s(1);
    assert_eq!(setup.asked(CALLER_LEG), 3);
    setup.speaks(call, CALLER_LEG);
    setup.run_s(600);
    assert_eq!(setup.asked(CALLER_LEG), 3);
}

#[test]
fn silent_waiting_caller_is_probed_without_an_alarm() {
    let mut setup = Setup::new(None);
    let call = setup.arrives();
    setup.silent(call, CALLER_LEG);
    assert_eq!(setup.asked(CALLER_LEG), 1);
    assert_eq!(setup.alarms(Alarm::VoiceLost), [""; 0]);
    setup.run_s(600);
    assert_eq!(setup.end(), None);
}

#[test]
fn caller_still_silent_in_the_talk_raises_the_alarm_at_the_next_probe() {
    let mut setup = Setup::new(None);
    let call = setup.arrives();
    setup.silent(call, CALLER_LEG);
    setup.tell(Input::Sip(sip::Event::SeatReached { seat: SEAT }));
    setup.picks_up();
    assert_eq!(setup.alarms(Alarm::VoiceLost), [""; 0]);
    setup.run_s(60);
    assert!(setup.alarms(Alarm::VoiceLost)[0].contains("the caller of call"));
}

#[test]
fn hold_clears_the_alarm_and_resuming_raises_it_again() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.silent(call, leg);
    let held = remote(Direction::RecvOnly);
    setup.tell(Input::Sip(sip::Event::RemoteChanged { leg, remote: held }));
    assert_eq!(setup.alarms(Alarm::VoiceLost)[1..], [""]);
    let resumed = remote(Direction::SendRecv);
    setup.tell(Input::Sip(sip::Event::RemoteChanged { leg, remote: resumed }));
    assert_eq!(setup.alarms(Alarm::VoiceLost).len(), 3);
}

#[test]
fn lost_far_end_ends_the_call_and_its_alarm() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.silent(call, leg);
    setup.tell(Input::Sip(sip::Event::Ended { leg, end: sip::LegEnd::Lost }));
    assert_eq!(setup.end(), Some(CallEnd::Lost));
    assert_eq!(setup.alarms(Alarm::VoiceLost)[1..], [""]);
    // The voice thread sent this before it learned of the end.
    setup.speaks(call, leg);
    setup.silent(call, CALLER_LEG);
    setup.run_s(25);
    assert_eq!(setup.asked(CALLER_LEG), 0);
    assert_eq!(setup.alarms(Alarm::VoiceLost).len(), 2);
}

#[test]
fn held_call_is_hung_up_after_the_length_of_its_last_prompt() {
    let mut setup = Setup::new(Some(Duration::from_secs(5)));
    setup.arrives();
    setup.run_s(5);
    assert!(matches!(setup.events.last(), Some(Event::CallLeftQueue(_))));
    // The caller holds, so the prompt never ends. It is 7 s long.
    setup.run_s(8);
    assert_eq!(setup.end(), None);
    setup.run_s(1);
    assert_eq!(setup.end(), Some(CallEnd::QueueExit));
    assert!(setup.is_hung_up(CALLER_LEG));
}

#[test]
fn call_is_hung_up_when_its_last_prompt_has_ended() {
    let mut setup = Setup::new(Some(Duration::from_secs(5)));
    let call = setup.arrives();
    setup.run_s(5);
    setup.tell(Input::Media(media::Event::PromptsEnded { call, leg: CALLER_LEG }));
    assert_eq!(setup.end(), Some(CallEnd::QueueExit));
    setup.run_s(10);
    let ends = setup.events.iter().filter(|event| matches!(event, Event::CallEnded(_)));
    assert_eq!(ends.count(), 1);
}

#[test]
fn feature_call_ends_at_its_deadline_without_a_prompt() {
    let mut setup = Setup::new(None);
    setup.tell(Input::Sip(sip::Event::Incoming(sip::Incoming {
        leg: LegId(7),
        origin: sip::Origin::Seat(SEAT),
        caller: Number::new("1001"),
        display: String::new(),
        dialled: Number::new("*73"),
        remote: Some(remote(Direction::Inactive)),
        signalled: model::SignalledSource::default(),
    })));
    setup.run_s(1);
    assert!(!setup.is_hung_up(LegId(7)));
    setup.run_s(1);
    assert!(setup.is_hung_up(LegId(7)));
    let ended = sip::Event::Ended { leg: LegId(7), end: sip::LegEnd::HungUp };
    setup.tell(Input::Sip(ended));
    assert!(matches!(setup.media.last(), Some(media::Command::Close { .. })));
    setup.run_s(60);
}

#[test]
fn unclosed_relay_raises_an_alarm_and_the_call_ends() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.tell(Input::Sip(sip::Event::Ended { leg, end: sip::LegEnd::ByeReceived }));
    assert_eq!(setup.switch.calls_up(), 1);
    setup.run_s(30);
    assert_eq!(setup.switch.calls_up(), 0);
    assert_eq!(setup.alarms(Alarm::Overloaded).len(), 1);
    // The thread answers late; the alarm is cleared.
    let quality = media::Quality::default();
    let free = setup.switch.ports_free();
    let closed = media::Event::Closed { call, quality, ports: vec![20_000, 20_002] };
    setup.tell(Input::Media(closed));
    assert_eq!(setup.switch.ports_free(), free + 2);
    assert_eq!(setup.alarms(Alarm::Overloaded)[1..], [""]);
}

#[test]
fn relay_closed_in_time_leaves_no_deadline() {
    let mut setup = Setup::new(None);
    let (call, leg) = setup.talk();
    setup.tell(Input::Sip(sip::Event::Ended { leg, end: sip::LegEnd::ByeReceived }));
    let quality = media::Quality::default();
    setup.tell(Input::Media(media::Event::Closed { call, quality, ports: vec![20_000] }));
    setup.run_s(60);
    assert_eq!(setup.alarms(Alarm::Overloaded), [""; 0]);
}
