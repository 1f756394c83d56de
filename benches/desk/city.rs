//! A year of a city's tickets as records of the log, each with a typical course.
//!
//! Four in ten are answered on the spot, the others go to one of 51 units, some to a few of them
//! far more often. Three in ten callers call again and again. Near the end of the year one matter
//! gathers five thousand followers. A ticket's records lie together: no fold looks at the order
//! of tickets among each other, and a million of them are made in minutes.

use std::time::Duration;

use deadlines::clock::Policy;
use model::{
    CallId, Event, LineId, Number, QueueId, Record, SeatId, TicketId, Timestamp, TrunkId, Zone,
    desk::{
        Actor, AssignmentEvent, AssignmentId, Callback, CallbackChannel, ClockKind, ClockTerms,
        ContactMade, ContactPurpose, DeskEntry, DeskEvent, Dispatch, DispatchMethod, DispatchPart,
        DispatchRole, Form, Grade, HandlingOutcome, HandlingResult, MatterId, Post, Private,
        Purpose, Reached, ReplyBy, ReplyMade, Satisfaction, Signature, Solved, TicketEvent,
        TopicId, UnitId, Verdict,
    },
    event::{CallArrived, CallConnected, CallEnd, CallEnded, Role, TicketOpened},
};

/// A year of so many tickets.
pub(crate) struct City {
    pub(crate) tickets: u64,
    /// The last moment of the year.
    pub(crate) now: Timestamp,
    policy: Policy,
    texts: Texts,
    per_day: u64,
}

struct Texts {
    content: String,
    finding: String,
    reply: String,
}

impl City {
    pub(crate) fn of(tickets: u64, now: Timestamp) -> City {
        City {
            tickets,
            now,
            policy: Policy::shipped(),
            texts: Texts {
                content: "市民反映小区自来水压力低，高峰时段六楼以上无水，已持续两周，".repeat(5),
                finding: "经现场核实，二次供水泵房一台水泵故障，备用泵未能自动切换；".repeat(6),
                reply: "您反映的问题已由供水单位到场处理，水泵已更换，水压恢复正常。".repeat(3),
            },
            per_day: tickets.div_ceil(DAYS),
        }
    }

    /// The year that most tickets belong to.
    pub(crate) fn year(&self) -> i32 {
        Zone::CHINA.date(self.now).year
    }

    /// A unit, by number from 0 to 50.
    pub(crate) fn unit(n: u64) -> UnitId {
        UnitId::from(format!("4101{:02}-{:03}", 2 + n % 5, 10 + n).as_str())
    }

    /// A repeat caller, by number.
    pub(crate) fn regular(&self, n: u64) -> Number {
        Number::new(&format!("137{:08}", n % self.regulars()))
    }

    pub(crate) fn regulars(&self) -> u64 {
        (self.tickets / 50).max(1)
    }

    /// The matter with many followers.
    pub(crate) fn matter(&self) -> MatterId {
        MatterId(self.id(self.master()))
    }

    pub(crate) fn followers(&self) -> u64 {
        (0..self.tickets).filter(|n| self.follows(*n)).count() as u64
    }

    /// The records of a ticket's life up to now, `first` the first one's number.
    pub(crate) fn life(&self, n: u64, first: u64) -> Vec<Record> {
        let (id, opened) = (self.id(n), self.opened(n));
        let mut life = Life { city: self, id, at: opened, next: first, records: Vec::new() };
        life.opens(n);
        if self.follows(n) {
            life.follows();
        } else if n % 10 < 4 && n != self.master() {
            life.is_answered();
        } else {
            // The square of a random number: a few units have many tickets, most have few.
            let chance = scatter(n) % 10_000;
            life.is_handled(City::unit(chance * chance * 51 / 100_000_000), n);
        }
        life.records
    }

    /// The records of a call and of its ticket, which stays open: a tenth in each of ten stages.
    pub(crate) fn open_life(&self, n: u64, first: u64) -> Vec<Record> {
        let (id, opened) = (self.id(n), self.opened(n));
        let mut life = Life { city: self, id, at: opened, next: first, records: Vec::new() };
        life.is_called(n);
        life.opens_until(n, n % 10);
        life.records
    }

    fn id(&self, n: u64) -> TicketId {
        let date = Zone::CHINA.date(self.opened(n));
        let of_day = n - n / self.per_day * self.per_day;
        TicketId::of_day(date, u32::try_from(of_day + 1).expect("a count"))
    }

    /// Whole days have whole shares, so that each number of a day is given once.
    fn opened(&self, n: u64) -> Timestamp {
        let day = n / self.per_day;
        let midnight = Zone::CHINA.moment(Zone::CHINA.date(self.now).plus(-(DAYS as i64)), 0);
        let within = Duration::from_secs(86_000) / u32::try_from(self.per_day).expect("a count");
        let of_day = u32::try_from(n % self.per_day).expect("a count");
        midnight + Duration::from_secs(day * 86_400) + within * of_day
    }

    /// Opened two weeks before the end and not answered.
    fn master(&self) -> u64 {
        self.tickets - self.tickets / 25
    }

    fn follows(&self, n: u64) -> bool {
        let every = (self.tickets / 25 / FOLLOWERS).max(1);
        n > self.master() && n <= self.master() + every * FOLLOWERS && n.is_multiple_of(every)
    }

    fn caller(&self, n: u64) -> Number {
        match n % 10 {
            0..3 => self.regular(scatter(n)),
            _ => Number::new(&format!("139{:08}", n % 100_000_000)),
        }
    }

    fn terms(&self, kind: ClockKind) -> ClockTerms {
        self.policy.terms(kind).expect("a shipped clock")
    }
}

/// A ticket's records as they come.
struct Life<'c> {
    city: &'c City,
    id: TicketId,
    at: Timestamp,
    next: u64,
    records: Vec<Record>,
}

impl Life<'_> {
    fn opens(&mut self, n: u64) {
        let caller = self.city.caller(n);
        let (call, line, seat) =
            (CallId::from_arrival(self.at), LineId::from("12345"), SeatId(1001));
        self.put(Event::TicketOpened(TicketOpened { ticket: self.id, call, caller, line, seat }));
        let form = Form {
            purpose: Some(if n % 10 < 4 { Purpose::Consult } else { Purpose::Complaint }),
            topic: Some(TopicId::from(TOPICS[n as usize % TOPICS.len()])),
            title: Some("小区自来水压力低".into()),
            content: Some(self.city.texts.content.clone()),
            confidential: Some(false),
            ..Form::default()
        };
        self.wait(120);
        self.ticket(&person(Role::Agent, None), TicketEvent::Written(Box::new(form)));
        let registered = TicketEvent::Registered {
            matter: self.id.into(),
            repeat_caller: n % 10 < 3,
            repeat_matter: false,
            query_code: "123456".into(),
        };
        self.ticket(&person(Role::Agent, None), registered);
    }

    /// A call of two minutes.
    fn is_called(&mut self, n: u64) {
        let (call, line) = (CallId::from_arrival(self.at), LineId::from("12345"));
        let (queue, seat) = (QueueId::from("mandarin"), SeatId(1001));
        let caller = self.city.caller(n);
        let (dialled, trunk) = (Number::new("12345"), TrunkId::from("telecom"));
        self.put(Event::CallArrived(CallArrived { call, caller, dialled, line, trunk }));
        let (wait_ms, ring_ms, talk_ms) = (9_000, 2_000, 120_000);
        self.put(Event::CallConnected(CallConnected { call, queue, seat, wait_ms, ring_ms }));
        let (end, seat, total_ms) = (CallEnd::CallerHungUp, Some(seat), wait_ms + talk_ms);
        self.put(Event::CallEnded(CallEnded { call, end, seat, total_ms, wait_ms, talk_ms }));
    }

    /// A ticket that came to this stage: written, registered, in review, dispatched, signed for, signed
    /// by the head, told to the caller.
    fn opens_until(&mut self, n: u64, stage: u64) {
        self.opens(n);
        if stage < 2 {
            return;
        }
        self.ticket(&person(Role::Agent, None), TicketEvent::SentToReview);
        self.clock(ClockKind::Review);
        if stage < 4 {
            return;
        }
        let chance = scatter(n) % 10_000;
        let unit = City::unit(chance * chance * 51 / 100_000_000);
        let (liaison, head) =
            (person(Role::Liaison, Some(&unit)), person(Role::UnitHead, Some(&unit)));
        self.ticket(&person(Role::Dispatcher, None), self.dispatch(&unit));
        if stage < 6 {
            return;
        }
        self.unit(&liaison, AssignmentEvent::Signed { handler: Some("王工".into()) });
        self.unit(&liaison, AssignmentEvent::Contacted(contact()));
        if stage < 8 {
            return;
        }
        self.unit(&liaison, AssignmentEvent::ResultDrafted(Box::new(self.result())));
        self.unit(&head, AssignmentEvent::HeadSigned(signature()));
        let clock = self.city.terms(ClockKind::SuperviseReview);
        self.unit(&Actor::Engine, AssignmentEvent::ClockStarted(clock));
        if stage < 9 {
            return;
        }
        let (review, group) =
            (person(Role::UnitHead, Some(&City::unit(0))), person(Role::SupGroup, None));
        let text = "同意".into();
        self.unit(&review, AssignmentEvent::SupPassed { substance: 5, wording: 5, text });
        self.ticket(&Actor::Engine, TicketEvent::ResultsIn);
        self.ticket(&group, TicketEvent::ResultAccepted { feedback: None, reply_by: None });
        self.ticket(&person(Role::Agent, None), TicketEvent::Replied(self.reply()));
        self.clock(ClockKind::CallbackStart);
    }

    fn is_answered(&mut self) {
        let answer = self.city.texts.reply.clone();
        let no_item = Some("供水公司当日通知".into());
        let answered = TicketEvent::Answered { answer, knowledge: None, no_item };
        self.ticket(&person(Role::Agent, None), answered);
        self.is_put_away();
    }

    fn follows(&mut self) {
        let matter = self.city.matter();
        self.ticket(&person(Role::Agent, None), TicketEvent::SentToReview);
        self.clock(ClockKind::Review);
        self.wait(1_800);
        self.ticket(&person(Role::Dispatcher, None), TicketEvent::Merged { matter });
    }

    fn is_handled(&mut self, unit: UnitId, n: u64) {
        let (liaison, head) =
            (person(Role::Liaison, Some(&unit)), person(Role::UnitHead, Some(&unit)));
        let (review, group) =
            (person(Role::UnitHead, Some(&City::unit(0))), person(Role::SupGroup, None));
        self.ticket(&person(Role::Agent, None), TicketEvent::SentToReview);
        self.clock(ClockKind::Review);
        self.wait(3_600);
        self.ticket(&person(Role::Dispatcher, None), self.dispatch(&unit));
        self.wait(7_200);
        self.unit(&liaison, AssignmentEvent::Signed { handler: Some("王工".into()) });
        self.wait(10_800);
        self.unit(&liaison, AssignmentEvent::Contacted(contact()));
        // One in fifty stays open, and so does the matter with many followers.
        if n % 50 == 7 || self.id == self.city.matter().0 {
            return;
        }
        self.wait((1 + scatter(n) % 12) * 86_400);
        self.unit(&liaison, AssignmentEvent::ResultDrafted(Box::new(self.result())));
        self.unit(&head, AssignmentEvent::HeadSigned(signature()));
        let clock = self.city.terms(ClockKind::SuperviseReview);
        self.unit(&Actor::Engine, AssignmentEvent::ClockStarted(clock));
        self.wait(20_000);
        let text = "同意".into();
        self.unit(&review, AssignmentEvent::SupPassed { substance: 5, wording: 5, text });
        self.ticket(&Actor::Engine, TicketEvent::ResultsIn);
        self.clock(ClockKind::HubAccept);
        self.wait(20_000);
        self.ticket(&group, TicketEvent::ResultAccepted { feedback: None, reply_by: None });
        self.clock(ClockKind::HubReply);
        self.wait(20_000);
        self.ticket(&person(Role::Callback, None), TicketEvent::Replied(self.reply()));
        self.clock(ClockKind::CallbackStart);
        self.wait(60_000);
        self.ticket(&person(Role::SupGroup, None), TicketEvent::Asked(asked()));
        self.ticket(&Actor::Engine, TicketEvent::Satisfied);
        self.is_put_away();
    }

    fn is_put_away(&mut self) {
        self.wait(30 * 86_400);
        let manifest = "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090".into();
        self.ticket(&Actor::Engine, TicketEvent::Archived { manifest });
    }

    fn dispatch(&self, unit: &UnitId) -> TicketEvent {
        let (role, method) = (DispatchRole::Lead, DispatchMethod::Network);
        let kinds =
            [ClockKind::Sign, ClockKind::ReturnWindow, ClockKind::FirstContact, ClockKind::HandleB];
        TicketEvent::Dispatched(Box::new(Dispatch {
            parts: vec![DispatchPart { unit: unit.clone(), role, method, required: true }],
            supervise: City::unit(0),
            supervisor: "李督办".into(),
            grade: Grade::B,
            note: "请先联系市民".into(),
            reason: None,
            emergency: None,
            clocks: kinds.map(|kind| self.city.terms(kind)).to_vec(),
        }))
    }

    fn result(&self) -> HandlingResult {
        HandlingResult {
            verdict: Verdict::True,
            finding: self.city.texts.finding.clone(),
            action: self.city.texts.reply.clone(),
            outcome: HandlingOutcome::Solved,
            basis: Vec::new(),
            public_text: self.city.texts.reply.clone(),
            attachments: Vec::new(),
            evidence: vec!["现场照片.jpg".into()],
        }
    }

    fn reply(&self) -> ReplyMade {
        ReplyMade {
            how: ReplyBy::Phone,
            by_unit: None,
            text: self.city.texts.reply.clone(),
            interim: false,
            call: None,
            reached: Reached::Yes,
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.at += Duration::from_secs(seconds);
    }

    fn clock(&mut self, kind: ClockKind) {
        let promise = self.city.terms(kind);
        self.ticket(&Actor::Engine, TicketEvent::ClockStarted(promise));
    }

    fn ticket(&mut self, by: &Actor, event: TicketEvent) {
        let event = DeskEvent::Ticket(self.id, event);
        self.put(Event::Desk(Box::new(DeskEntry { by: by.clone(), key: None, event })));
    }

    fn unit(&mut self, by: &Actor, event: AssignmentEvent) {
        let event = DeskEvent::Assignment(AssignmentId { ticket: self.id, n: 1 }, event);
        self.put(Event::Desk(Box::new(DeskEntry { by: by.clone(), key: None, event })));
    }

    /// Records after the end are left out.
    fn put(&mut self, event: Event) {
        if self.at <= self.city.now {
            self.records.push(Record { seq: self.next, at: self.at, event });
            self.next += 1;
        }
    }
}

/// An actor with this role.
pub(crate) fn person(role: Role, unit: Option<&UnitId>) -> Actor {
    Actor::Person {
        account: format!("p{}", role as u8).as_str().into(),
        role,
        unit: unit.cloned(),
        outsourced: false,
    }
}

fn contact() -> ContactMade {
    ContactMade {
        with: Private::new("市民"),
        purpose: ContactPurpose::FirstContact,
        how: ReplyBy::Phone,
        number: Number::default(),
        call: None,
        reached: Reached::Yes,
        text: "已与市民约定上门时间".into(),
    }
}

fn signature() -> Signature {
    Signature { post: Post::Chief, name: "赵主任".into(), how: "手写".into() }
}

fn asked() -> Callback {
    Callback {
        how: CallbackChannel::Manual,
        reached: Reached::Yes,
        grade: Some(Satisfaction::Satisfied),
        contacted_by_unit: Some(true),
        result_true: Some(true),
        solved: Some(Solved::Yes),
        call: None,
        text: "满意".into(),
    }
}

/// A pseudo-random number, the same every time (splitmix64).
pub(crate) fn scatter(n: u64) -> u64 {
    let n = (n.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

const DAYS: u64 = 365;
const FOLLOWERS: u64 = 5_000;
const TOPICS: [&str; 6] = ["010402", "0104", "020101", "030205", "050303", "110101"];
