//! Random steps of agents, supervisors, phones, callers and reloads, checked against the dispatcher's
//! invariants.
//!
//! The model does not have skill groups and classes: it compares all seats with all calls by the
//! policy alone.

use std::{collections::BTreeMap, time::Duration};

use crate::common::{Harness, queue, skills};
use acd::{
    AgentCommand, Consequence, Input, Output, Overflow, Policy, ProfileCommand, QueuePolicy,
    SeatPolicy, SeatState, Strategy, Widening, Work,
};
use model::{
    AccountName, AgentProfile, CallId, Decision, Event, Login, NotReadyReason, OfferId, QueueId,
    RoutingProfile, SeatId, Skill, Timestamp,
    event::{MissedReason, SeatActor},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

const SEATS: u32 = 9;
const QUEUES: [&str; 3] = ["plain", "skilled", "small"];
/// Accounts that sign in by name. The policy has no profile for the last.
const AGENTS: [&str; 3] = ["li", "wang", "zhao"];
const STEPS: usize = 12_500;

#[test]
fn invariants_hold_in_a_hundred_thousand_steps() {
    for seed in 1..=8 {
        Storm::new(seed).blow(STEPS);
    }
}

struct Waiting {
    queue: QueueId,
    asks: BTreeMap<Skill, u8>,
    priority: u8,
    since: Timestamp,
    queued: Timestamp,
    offer: Option<OfferId>,
    missed_by: BTreeMap<SeatId, Timestamp>,
}

struct Storm {
    seed: u64,
    chance: ChaCha8Rng,
    harness: Harness,
    policy: Policy,
    checked: usize,
    calls: BTreeMap<CallId, Waiting>,
    offers: BTreeMap<OfferId, (CallId, SeatId)>,
    talks: BTreeMap<CallId, SeatId>,
    /// The temporary profiles according to the events, each with its end.
    temporary: BTreeMap<AccountName, (RoutingProfile, Option<Timestamp>)>,
    /// The seats according to the events.
    replayed: BTreeMap<SeatId, SeatState>,
    last_call: u64,
    /// Priority and start of wait of the call that arrives at the moment.
    arriving: (u8, Timestamp),
}

impl Storm {
    fn new(seed: u64) -> Storm {
        let policy = policy(seed);
        Storm {
            seed,
            chance: ChaCha8Rng::seed_from_u64(seed),
            harness: Harness::new(policy.clone()),
            replayed: policy.seats.keys().map(|seat| (*seat, SeatState::default())).collect(),
            policy,
            checked: 0,
            calls: BTreeMap::new(),
            offers: BTreeMap::new(),
            talks: BTreeMap::new(),
            last_call: 0,
            arriving: Default::default(),
            temporary: BTreeMap::new(),
        }
    }

    fn blow(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step();
            self.check();
        }
        // All calls end.
        let waiting: Vec<CallId> = self.calls.keys().chain(self.talks.keys()).copied().collect();
        for call in waiting {
            self.input(Input::Leave { call });
            self.check();
        }
        assert!(self.offers.is_empty() && self.calls.is_empty() && self.talks.is_empty());
        assert!(self.checked > steps / 4, "a calm storm tests nothing: {} events", self.checked);
    }

    fn below(&mut self, n: u64) -> u64 {
        self.chance.next_u64() % n
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let n = self.below(list.len().max(1) as u64) as usize;
        list.get(n).copied()
    }

    fn seat(&mut self) -> SeatId {
        SeatId(self.below(u64::from(SEATS) + 1) as u32)
    }

    fn input(&mut self, input: Input) {
        if let Input::Leave { call } = &input {
            self.calls.remove(call);
            self.talks.remove(call);
        }
        if let Input::TalkEnded { call } = &input {
            self.talks.remove(call);
        }
        self.harness.acd.handle_input(self.harness.now, input);
        self.follow();
    }

    fn handle_command(&mut self, command: AgentCommand) {
        let _ = self.harness.acd.handle_command(self.harness.now, command);
        self.follow();
    }

    fn agent(&mut self) -> AccountName {
        AccountName::from(AGENTS[self.below(3) as usize])
    }

    fn profile_command(&mut self, command: ProfileCommand) {
        let _ = self.harness.acd.handle_profile_command(self.harness.now, command);
        self.follow();
    }

    fn change_profile(&mut self) {
        let agent = self.agent();
        let queues = QUEUES.iter().filter_map(|q| {
            let tier = self.below(4) as u8;
            (tier > 0).then(|| (queue(q), tier))
        });
        let queues = queues.collect();
        let level = self.below(11) as u8;
        let profile = RoutingProfile { queues, skills: skills(&[("english", level)]) };
        // Some levels are 0 and some ends in the past: those are rejected.
        let until = match self.below(3) {
            0 => None,
            n => Some(self.harness.now + Duration::from_secs((n - 1) * self.below(30))),
        };
        let by = SeatActor::Person(AccountName::from("chen"));
        self.profile_command(ProfileCommand::Set { agent, profile, until, by });
    }

    fn step(&mut self) {
        let seat = self.seat();
        let by = SeatActor::Phone;
        let offers: Vec<OfferId> = self.offers.keys().copied().collect();
        let offer = self.one_of(&offers).unwrap_or(OfferId(self.chance.next_u64() % 50));
        let talks: Vec<CallId> = self.talks.keys().copied().collect();
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        match self.below(48) {
            0..=6 if self.calls.len() < 40 => self.arrive(),
            0..=11 => self.pass(),
            12..=14 => self.input(Input::SeatReached { seat }),
            15 => self.input(Input::SeatUnreached { seat }),
            16 => self.input(Input::SeatBusy { seat }),
            17..=18 => self.input(Input::SeatFree { seat }),
            19..=21 => {
                let agent = match self.below(2) {
                    0 => None,
                    _ => Some(self.agent()),
                };
                self.handle_command(AgentCommand::LogIn { seat, agent, by });
            }
            22..=24 => self.handle_command(AgentCommand::Ready { seat, by }),
            25 => {
                let reason = match self.below(2) {
                    0 => NotReadyReason::Break,
                    _ => NotReadyReason::Meal,
                };
                self.handle_command(AgentCommand::NotReady { seat, reason, by });
            }
            26 => self.handle_command(AgentCommand::LogOut { seat, by }),
            27 => {
                let by_how_much = Duration::from_secs(self.below(100));
                self.handle_command(AgentCommand::ExtendWrapUp { seat, by_how_much, by });
            }
            28..=29 => self.input(Input::Ringing { offer }),
            30..=33 => self.input(Input::Answered { offer }),
            34..=35 => {
                let reasons = [
                    MissedReason::Unanswered,
                    MissedReason::Busy,
                    MissedReason::Declined,
                    MissedReason::Silent,
                    MissedReason::ServerError,
                ];
                let reason = self.one_of(&reasons).unwrap_or(MissedReason::Busy);
                self.input(Input::Missed { offer, reason, code: 0 });
            }
            36..=37 => {
                let call = self.one_of(&talks).unwrap_or(CallId::from(0));
                self.input(Input::TalkEnded { call });
            }
            38 => self.input(Input::NotRung { offer }),
            39..=41 => self.input(Input::PortsFree),
            42..=43 => self.change_profile(),
            44 => {
                let agent = self.agent();
                self.profile_command(ProfileCommand::Withdraw { agent, by });
            }
            45 => self.reload(),
            _ => {
                let call = self.one_of(&calls).unwrap_or(CallId::from(0));
                self.input(Input::Leave { call });
            }
        }
    }

    /// Adopts another policy: other strategies, skills and queues of seats, some seats gone, and at
    /// times the queue `small`, whose callers are moved.
    fn reload(&mut self) {
        let seed = self.below(8);
        let mut next = policy(seed);
        let shift = self.below(SEATS.into()) as u32;
        let seats = next.seats.clone();
        for (n, own) in (1..=SEATS).zip(next.seats.values_mut()) {
            *own = seats[&SeatId((n + shift) % SEATS + 1)].clone();
        }
        next.seats.retain(|_, _| self.below(8) > 0);
        let small = queue("small");
        let mut moves = BTreeMap::new();
        if self.below(3) == 0 {
            next.queues.remove(&small);
            if self.policy.queues.contains_key(&small) {
                moves.insert(small, queue("plain"));
            }
        }
        self.policy = next.clone();
        for seat in next.seats.keys() {
            self.replayed.entry(*seat).or_default();
        }
        let adopted = self.harness.acd.adopt(self.harness.now, next, &moves);
        assert_eq!(adopted, Ok(()));
        self.follow();
        let known: Vec<SeatId> = self.harness.acd.seats().map(|(seat, _)| seat).collect();
        assert!(self.replayed.keys().copied().eq(known), "seed {}: other seats", self.seed);
    }

    fn arrive(&mut self) {
        self.last_call += 1;
        let asks = match self.below(4) {
            0 => skills(&[("english", 1 + self.below(6) as u8)]),
            1 => skills(&[("english", 4), ("dialect", 1 + self.below(3) as u8)]),
            _ => skills(&[]),
        };
        let to = QUEUES[self.below(3) as usize];
        let priority = (self.below(8) / 7) as u8;
        // Some calls come back with an older start of their wait.
        let since = self.harness.now - Duration::from_secs(self.below(8) / 7 * 60);
        self.arriving = (priority, since);
        self.input(Input::Enqueue {
            transferred: false,
            call: CallId::from(self.last_call),
            queue: queue(to),
            skills: asks,
            priority,
            since,
        });
    }

    fn pass(&mut self) {
        let end = self.harness.now + Duration::from_millis(self.below(8_000));
        while let Some(at) = self.harness.acd.poll_timeout().filter(|at| *at <= end) {
            self.harness.now = self.harness.now.max(at);
            self.input(Input::Timeout);
            self.check();
        }
        self.harness.now = end;
    }

    /// Takes the outputs and checks each event.
    fn follow(&mut self) {
        let now = self.harness.now;
        while let Some(output) = self.harness.acd.poll_output() {
            if let Output::SeatRemoved { seat } = &output {
                let gone = self.replayed.remove(seat);
                let is_off = gone.is_some_and(|gone| gone.login == Login::LoggedOut);
                assert!(is_off, "seed {}: {seat} was removed while in use", self.seed);
            }
            let Output::Event(event) = output else { continue };
            for (seat, state) in &mut self.replayed {
                if event.subject().seat == Some(*seat) {
                    state.apply(now, &event);
                }
            }
            match &event {
                Event::CallQueued(e) => {
                    self.queued(e.call, e.queue.clone(), e.requirement.skills.clone())
                }
                Event::OfferMade(e) => {
                    let decision = e.decision.as_deref().expect("an offer has its decision");
                    self.offered(e.offer, e.call, e.seat, decision);
                }
                Event::AgentProfileChanged(e) => {
                    self.temporary.insert(e.agent.clone(), (e.profile.clone(), e.until));
                }
                Event::AgentProfileRestored(e) => {
                    assert!(self.temporary.remove(&e.agent).is_some(), "it ends once");
                }
                Event::OfferAccepted(e) => {
                    self.offer_ends(e.offer, e.call, e.seat);
                    assert!(self.calls.remove(&e.call).is_some());
                    self.talks.insert(e.call, e.seat);
                }
                Event::OfferMissed(e) => {
                    self.offer_ends(e.offer, e.call, e.seat);
                    let waiting = self.calls.get_mut(&e.call).expect("a missed call waits on");
                    waiting.missed_by.insert(e.seat, now + self.policy.missed.same_call);
                }
                Event::OfferWithdrawn(e) => self.offer_ends(e.offer, e.call, e.seat),
                Event::CallMoved(e) => {
                    let moved = self.calls.get_mut(&e.call).expect("a waiting call is moved");
                    assert_eq!(std::mem::replace(&mut moved.queue, e.to.clone()), e.from);
                }
                Event::CallLeftQueue(e) => {
                    let left = self.calls.remove(&e.call).expect("only who waits can leave");
                    assert_eq!(left.offer, None, "it left while it rang");
                }
                _ => {}
            }
            self.checked += 1;
        }
    }

    fn queued(&mut self, call: CallId, queue: QueueId, asks: BTreeMap<Skill, u8>) {
        let (priority, since) = self.arriving;
        let (queued, offer, missed_by) = (self.harness.now, None, BTreeMap::new());
        let waiting = Waiting { queue, asks, priority, since, queued, offer, missed_by };
        assert!(self.calls.insert(call, waiting).is_none(), "it joined twice");
    }

    fn offered(&mut self, offer: OfferId, call: CallId, seat: SeatId, decision: &Decision) {
        let at = |text: &str| {
            format!("seed {}: {text} ({call} at seat {seat}: {decision:?})", self.seed)
        };
        assert!(self.offers.values().all(|(_, rung)| *rung != seat), "{}", at("rung twice"));
        assert!(self.talks.values().all(|talks| *talks != seat), "{}", at("rung while talking"));
        let chosen = self.calls.get(&call).unwrap_or_else(|| panic!("{}", at("no such call")));
        assert_eq!(chosen.offer, None, "{}", at("offered twice"));
        assert!(self.may_serve(seat, call), "{}", at("must not serve it"));
        let candidates: Vec<SeatId> = decision.candidates.iter().map(|c| c.seat).collect();
        assert_eq!(candidates.first(), Some(&seat), "{}", at("another candidate was first"));
        let may = |seat: &SeatId| self.may_serve(*seat, call);
        let ready = self.ready_before(seat).filter(|seat| may(seat)).count();
        assert_eq!(decision.eligible as usize, ready, "{}", at("miscounted"));
        assert!(candidates.iter().all(may), "{}", at("a candidate must not serve it"));
        let mut ruled_out = decision.ruled_out.iter();
        assert!(!ruled_out.any(|r| may(&r.seat)), "{}", at("ruled out without a reason"));
        // No call that this seat may serve comes earlier by the global rule.
        let mine = self.precedence(call);
        let passed = self.calls.iter().find(|(other, w)| {
            w.offer.is_none() && self.precedence(**other) < mine && self.may_serve(seat, **other)
        });
        assert!(passed.is_none(), "{}", at("an earlier call was passed over"));
        self.offers.insert(offer, (call, seat));
        if let Some(waiting) = self.calls.get_mut(&call) {
            waiting.offer = Some(offer);
        }
    }

    /// The seats that were ready when this seat was offered a call; the events of the turn after it
    /// are not replayed yet.
    fn ready_before(&self, offered: SeatId) -> impl Iterator<Item = SeatId> + '_ {
        self.replayed.iter().filter_map(move |(seat, state)| {
            let own_call = self.harness.acd.seat(*seat).is_some_and(|live| live.device.in_own_call);
            let is_ready = state.work == Work::Ready && state.device.reachable && !own_call;
            (is_ready || *seat == offered).then_some(*seat)
        })
    }

    fn offer_ends(&mut self, offer: OfferId, call: CallId, seat: SeatId) {
        assert_eq!(self.offers.remove(&offer), Some((call, seat)), "an offer ends once");
        if let Some(waiting) = self.calls.get_mut(&call) {
            waiting.offer = None;
        }
    }

    fn precedence(&self, call: CallId) -> impl Ord + use<> {
        let waiting = &self.calls[&call];
        let weight = self.policy.queues[&waiting.queue].weight;
        (u8::MAX - weight, u8::MAX - waiting.priority, waiting.since, call)
    }

    /// The skills and queues of a seat by the policy and the events.
    fn profile(&self, seat: SeatId) -> RoutingProfile {
        // A seat that is gone from the policy and still talks serves nothing by itself.
        let own = self.policy.seats.get(&seat).map(SeatPolicy::profile).unwrap_or_default();
        let Login::LoggedIn { agent: Some(agent) } = &self.replayed[&seat].login else {
            return own;
        };
        match (self.temporary.get(agent), self.policy.agents.get(agent)) {
            (Some((temporary, _)), _) => temporary.clone(),
            (None, Some(configured)) => configured.routing.clone(),
            (None, None) => own,
        }
    }

    /// Whether this seat may be offered this call now, by the policy alone.
    fn may_serve(&self, seat: SeatId, call: CallId) -> bool {
        let missed_by = &self.calls[&call].missed_by;
        let sits_out = missed_by.get(&seat).is_some_and(|until| *until > self.harness.now);
        self.meets_requirement(seat, call) && !sits_out
    }

    /// Whether this seat's profile meets the requirement that the call has now.
    fn meets_requirement(&self, seat: SeatId, call: CallId) -> bool {
        let now = self.harness.now;
        let waiting = &self.calls[&call];
        let (rules, profile) = (&self.policy.queues[&waiting.queue], self.profile(seat));
        let waited = now.since(waiting.queued);
        let steps = || rules.widening.iter().filter(|step| step.after <= waited);
        let lower = steps().map(|step| step.lower_by).max().unwrap_or(0);
        let tiers = 1 + steps().map(|step| step.tiers).max().unwrap_or(0);
        let knows = waiting.asks.iter().all(|(skill, level)| {
            *profile.skills.get(skill).unwrap_or(&0) >= level.saturating_sub(lower)
        });
        let opened = rules.overflow.iter().filter(|o| o.after <= waited).map(|o| &o.to);
        let mut queues = std::iter::once(&waiting.queue).chain(opened);
        let serves = queues.any(|q| profile.queues.get(q).is_some_and(|tier| *tier <= tiers));
        knows && serves
    }

    /// The dispatcher's counts of the seats for each waiting call are those of the policy.
    fn check_counts(&self) {
        for (call, _) in self.calls.iter().filter(|(_, waiting)| waiting.offer.is_none()) {
            let mut counts = [0, 0, 0];
            let seats = self.harness.acd.seats();
            for (_, state) in seats.filter(|(seat, _)| self.meets_requirement(*seat, *call)) {
                match &state.work {
                    Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => {
                        counts[0] += 1;
                    }
                    Work::NotReady {
                        reason: NotReadyReason::Unreachable | NotReadyReason::Busy,
                        ..
                    } => counts[2] += 1,
                    Work::NotReady { .. } => counts[1] += 1,
                    Work::Off | Work::Ready => {}
                }
            }
            let reason = self.harness.acd.wait_reason(*call).expect("it waits without an offer");
            let counted = [reason.busy, reason.not_ready, reason.unreachable];
            assert_eq!(counted, counts, "seed {}: call {call}", self.seed);
        }
    }

    /// Checks the invariants that hold after every step.
    fn check(&mut self) {
        let now = self.harness.now;
        let mut ends = self.temporary.values().filter_map(|(_, until)| *until);
        assert!(ends.all(|until| until > now), "seed {}: a profile outlives its end", self.seed);
        for (seat, live) in self.harness.acd.seats() {
            let replayed = &self.replayed[&seat];
            assert_eq!(live.login, replayed.login);
            assert_eq!(self.harness.acd.profile(seat), Some(&self.profile(seat)));
            assert_eq!(live.work_state(), replayed.work_state());
            assert_eq!(live.device.reachable, replayed.device.reachable);
            assert_eq!(live.next, replayed.next);
            if let (Work::NotReady { back: Some(at), .. }, Work::NotReady { back, .. }) =
                (&live.work, &replayed.work)
            {
                assert_eq!(Some(*at), *back);
            }
            assert_eq!((live.answered, live.talked), (replayed.answered, replayed.talked));
            match &live.work {
                Work::Alerting { offer, call, until } => {
                    assert!(*until >= now, "seed {}: seat {seat} is stuck", self.seed);
                    assert_eq!(self.offers.get(offer), Some(&(*call, seat)));
                }
                Work::Talking { call, .. } => assert_eq!(self.talks.get(call), Some(&seat)),
                Work::WrapUp { until, .. } => assert!(*until >= now, "wrap-up without end"),
                Work::NotReady { .. } | Work::Off => {}
                Work::Ready => {
                    assert!(live.device.reachable && !live.device.in_own_call);
                    // No seat stays ready while a call it may serve waits, unless no port is free
                    // to ring it with.
                    if self.harness.acd.is_without_ports() {
                        continue;
                    }
                    let idle = self.calls.iter().find(|(call, waiting)| {
                        waiting.offer.is_none() && self.may_serve(seat, **call)
                    });
                    let stuck = idle.map(|(call, _)| call);
                    assert!(stuck.is_none(), "seed {}: {stuck:?} waits beside {seat}", self.seed);
                }
            }
        }
        let waiting: usize =
            QUEUES.iter().map(|q| self.harness.acd.waiting(&queue(q)).count()).sum();
        assert_eq!(waiting, self.calls.len());
        self.check_counts();
    }
}

fn agent(name: &str, levels: &[(&str, u8)], tiers: &[(&str, u8)]) -> (AccountName, AgentProfile) {
    let queues = tiers.iter().map(|(name, tier)| (queue(name), *tier)).collect();
    let routing = RoutingProfile { skills: skills(levels), queues };
    (AccountName::from(name), AgentProfile { team: String::new(), routing })
}

/// Three queues with every option of a queue, nine seats and two agents of several kinds.
fn policy(seed: u64) -> Policy {
    let s = Duration::from_secs;
    let strategies = [
        Strategy::LongestIdle,
        Strategy::RoundRobin,
        Strategy::FewestCalls,
        Strategy::LeastTalk,
        Strategy::BestSkill,
        Strategy::Linear,
    ];
    let strategy = |n: u64| strategies[((seed + n) % 6) as usize];
    let plain = QueuePolicy { strategy: strategy(0), wrap_up: s(5), ..QueuePolicy::default() };
    let skilled = QueuePolicy {
        strategy: strategy(1),
        ring: s(8),
        max_wait: Some(s(90)),
        widening: vec![
            Widening { after: s(10), lower_by: 2, tiers: 0 },
            Widening { after: s(25), lower_by: 5, tiers: 1 },
        ],
        overflow: vec![Overflow { after: s(15), to: queue("plain") }],
        weight: (seed % 2) as u8,
        ..QueuePolicy::default()
    };
    let small = QueuePolicy {
        strategy: strategy(2),
        wrap_up: Duration::ZERO,
        max_length: Some(4),
        leave_when_empty: true,
        ..QueuePolicy::default()
    };
    let seat = |n: u32| SeatPolicy {
        skills: skills(match n % 3 {
            0 => &[("english", 3)],
            1 => &[("english", 7), ("dialect", 2)],
            _ => &[],
        }),
        queues: match n % 4 {
            0 => [(queue("plain"), 1), (queue("small"), 1)].into(),
            1 => [(queue("skilled"), 2)].into(),
            _ => [(queue("plain"), 1), (queue("skilled"), 1)].into(),
        },
        starts_ready: n == 9,
        waits_after_wrap_up: n == 8,
    };
    let mut policy = Policy {
        queues: [(queue("plain"), plain), (queue("skilled"), skilled), (queue("small"), small)]
            .into(),
        seats: (1..=SEATS).map(|n| (SeatId(n), seat(n))).collect(),
        agents: [
            agent("li", &[("english", 9)], &[("skilled", 1), ("small", 2)]),
            agent("wang", &[], &[("plain", 1)]),
        ]
        .into(),
        ready_at_login: seed.is_multiple_of(3),
        ..Policy::default()
    };
    policy.missed.no_answer = Consequence::BackOff(s(40));
    policy
}
