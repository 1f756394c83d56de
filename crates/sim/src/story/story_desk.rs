//! Plays a story: a desk, a clock that the story sets, and checks after each step.

use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::{ClockKind, ClockStatus},
};
use model::{
    AccountName, CalendarTable, CallId, Date, Event, LineId, Number, Record, SeatId, TicketId,
    Timestamp, Zone,
    desk::{
        Actor, AssignmentId, AssignmentState, Callback, CallbackChannel, ContactMade,
        ContactPurpose, DeskEntry, DeskEvent, Dispatch, DispatchMethod, DispatchPart, DispatchRole,
        Form, Grade, HandlingOutcome, HandlingResult, Post, Private, Purpose, Reached, ReplyBy,
        ReplyMade, Satisfaction, TicketClosure, TicketState, UnitId, Verdict,
    },
    event::{Role, TicketOpened},
};
use ticketing::{
    Desk, DeskCommand, Rules, Ticket,
    assignment::{Assignment, AssignmentCommand},
    dissatisfaction::DissatisfactionCommand,
    filing::FilingCommand,
    ticket::TicketCommand,
};
use workflow::Refusal;

/// The result of a story; the error names what differed.
pub type StoryResult = Result<(), String>;

/// The desk of a story and its clock.
pub struct StoryDesk<'a> {
    desk: Desk,
    empty: Desk,
    log: Vec<Record>,
    now: Timestamp,
    calls: u64,
    say: &'a mut dyn FnMut(&str),
}

impl<'a> StoryDesk<'a> {
    pub(super) fn new(days: &CalendarTable, say: &'a mut dyn FnMut(&str)) -> StoryDesk<'a> {
        let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), days);
        let desk = Desk::new(Rules::shipped(), calendar, [1; 32]);
        let now = Timestamp::default();
        StoryDesk { empty: desk.clone(), desk, log: Vec::new(), now, calls: 0, say }
    }

    /// The records so far.
    pub(super) fn into_log(self) -> Vec<Record> {
        self.log
    }

    /// Changes the rules of a desk before the first event.
    pub(super) fn with(&mut self, change: impl FnOnce(&mut Rules)) {
        self.desk = self.empty.with_rules(change);
        self.empty = self.desk.clone();
    }

    /// Sets the time, such as `2013-04-24 09:12`. What is due by then happens first.
    pub(super) fn at(&mut self, time: &str) -> Result<&mut StoryDesk<'a>, String> {
        let then = moment(time).ok_or_else(|| format!("no time: {time}"))?;
        while let Some(due) = self.desk.poll_timeout().filter(|due| *due <= then) {
            self.now = self.now.max(due);
            self.follow_rules();
        }
        self.now = self.now.max(then);
        self.follow_rules();
        Ok(self)
    }

    /// A call reaches a seat. Returns its ticket.
    pub(super) fn call(&mut self, number: &str) -> TicketId {
        self.calls += 1;
        let call = CallId::from_arrival(self.now);
        let ticket = TicketId::of_day(Zone::CHINA.date(self.now), self.calls as u32);
        let (caller, line) = (Number::new(number), LineId::from("12345"));
        let seat = SeatId(1001);
        self.tell(&format!("a call is answered: ticket {ticket}"));
        self.append(Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat }));
        self.follow_rules();
        ticket
    }

    /// Gives a command to a ticket; it must be accepted.
    pub(super) fn does(
        &mut self,
        who: &Actor,
        ticket: TicketId,
        command: TicketCommand,
    ) -> StoryResult {
        let word = command.word();
        self.order(who, DeskCommand::Ticket(ticket, command), word)
    }

    /// Gives a command to an assignment, by its number on the ticket; it must be accepted.
    pub(super) fn unit(
        &mut self,
        who: &Actor,
        ticket: TicketId,
        n: u16,
        command: AssignmentCommand,
    ) -> StoryResult {
        let word = command.word();
        self.order(who, DeskCommand::Assignment(AssignmentId { ticket, n }, command), word)
    }

    /// Gives a command to a filing or item; it must be accepted.
    pub(super) fn order(&mut self, who: &Actor, command: DeskCommand, word: &str) -> StoryResult {
        match self.try_order(who, command) {
            Ok(()) => {
                self.tell(&format!("{}: {word}", name_of(who)));
                Ok(())
            }
            Err(no) => Err(self.failed(&format!("{} could not {word}: {no}", name_of(who)))),
        }
    }

    /// Gives a command that must be rejected, for a reason that contains these words.
    pub(super) fn refused(
        &mut self,
        who: &Actor,
        command: DeskCommand,
        because: &str,
    ) -> StoryResult {
        match self.try_order(who, command) {
            Ok(()) => Err(self.failed(&format!("taken, and must be refused because: {because}"))),
            Err(no) if no.to_string().contains(because) => {
                self.tell(&format!("{}: refused, {no}", name_of(who)));
                Ok(())
            }
            Err(no) => Err(self.failed(&format!("refused because {no}; expected: {because}"))),
        }
    }

    fn try_order(&mut self, who: &Actor, command: DeskCommand) -> Result<(), Refusal> {
        let next = TicketId::of_day(Zone::CHINA.date(self.now), self.calls as u32 + 1);
        let events = self.desk.decide(self.now, who, command, None, next)?;
        for event in events {
            self.append(Event::Desk(Box::new(DeskEntry { by: who.clone(), key: None, event })));
        }
        self.follow_rules();
        Ok(())
    }

    fn follow_rules(&mut self) {
        while let Some(event) = self.desk.poll_step(self.now) {
            self.append(Event::Desk(Box::new(DeskEntry { by: Actor::Engine, key: None, event })));
        }
    }

    fn append(&mut self, event: Event) {
        let record = Record { seq: self.log.len() as u64 + 1, at: self.now, event };
        self.desk.apply(&record);
        self.log.push(record);
    }

    // ---- what must be true ------------------------------------------------

    /// A ticket on the desk.
    pub(super) fn ticket(&self, ticket: TicketId) -> Result<&Ticket, String> {
        self.desk.ticket(ticket).ok_or_else(|| self.failed(&format!("no ticket {ticket}")))
    }

    pub(super) fn assignment(&self, ticket: TicketId, n: u16) -> Result<&Assignment, String> {
        let found = self.ticket(ticket)?.assignment(n);
        found.ok_or_else(|| self.failed(&format!("no assignment {n}")))
    }

    /// The desk.
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(super) fn is(&mut self, ticket: TicketId, state: TicketState) -> StoryResult {
        // A draft that was cancelled has left the desk.
        let found = self.desk.ticket(ticket).map_or(TicketState::Cancelled, |t| t.state);
        self.holds(found == state, &format!("{ticket} is {state:?}, found {found:?}"))
    }

    pub(super) fn closed(&mut self, ticket: TicketId, closure: TicketClosure) -> StoryResult {
        let found = self.ticket(ticket)?.closure;
        self.holds(
            found == Some(closure),
            &format!("{ticket} is closed {closure:?}, found {found:?}"),
        )
    }

    pub(super) fn unit_is(
        &mut self,
        ticket: TicketId,
        n: u16,
        state: AssignmentState,
    ) -> StoryResult {
        let found = self.assignment(ticket, n)?.state;
        self.holds(found == state, &format!("assignment {n} is {state:?}, found {found:?}"))
    }

    /// Checks the due time of a clock: of an assignment, or with `n` 0 of the ticket itself.
    pub(super) fn due(
        &mut self,
        ticket: TicketId,
        n: u16,
        kind: ClockKind,
        time: &str,
    ) -> StoryResult {
        let clocks = match n {
            0 => &self.ticket(ticket)?.clocks,
            n => &self.assignment(ticket, n)?.clocks,
        };
        let working_time = self.desk.working_time();
        let dues: Vec<String> = (clocks.iter().filter(|c| c.terms().kind == kind))
            .filter_map(|c| c.due(working_time))
            .map(shown)
            .collect();
        let found = dues.join(", ");
        let right = dues.iter().any(|due| due == time);
        self.holds(right, &format!("{} is due {time}, found {found}", kind.code()))
    }

    /// Checks whether the last clock of this kind was met in time.
    pub(super) fn met(
        &mut self,
        ticket: TicketId,
        n: u16,
        kind: ClockKind,
        in_time: bool,
    ) -> StoryResult {
        let found = {
            let ticket = self.ticket(ticket)?;
            let clocks = match n {
                0 => &ticket.clocks,
                n => &self.assignment(ticket.ticket, n)?.clocks,
            };
            let clock = clocks.iter().rev().find(|c| c.terms().kind == kind);
            clock.map(|clock| self.desk.reading(ticket, clock, self.now).status)
        };
        let right = matches!(found, Some(ClockStatus::Met { on_time, .. }) if on_time == in_time);
        self.holds(right, &format!("{} is met, in time {in_time}: found {found:?}", kind.code()))
    }

    pub(super) fn holds(&mut self, true_: bool, what: &str) -> StoryResult {
        if true_ { Ok(()) } else { Err(self.failed(what)) }
    }

    /// Tells a sentence of the story.
    pub(super) fn tell(&mut self, what: &str) {
        let line = format!("  {}  {what}", shown(self.now));
        (self.say)(&line);
    }

    fn failed(&self, what: &str) -> String {
        format!("at {}, record {}: {what}", shown(self.now), self.log.len())
    }

    /// Ends the story: the records must lead to the same desk.
    pub(super) fn close(&mut self) -> StoryResult {
        let mut replayed = self.empty.clone();
        for record in &self.log {
            replayed.apply(record);
        }
        let same = replayed == self.desk;
        self.holds(same, "the desk replayed from its log is another one")?;
        let records = self.log.len();
        self.tell(&format!("the end: {records} records, replayed to the same desk"));
        Ok(())
    }

    /// The number of records like this.
    pub(super) fn count(&self, like: impl Fn(&DeskEvent) -> bool) -> usize {
        let event = |record: &&Record| match &record.event {
            Event::Desk(entry) => like(&entry.event),
            _ => false,
        };
        self.log.iter().filter(event).count()
    }
}

// ---- people, by role -----------------------------------------------------------

/// A person of the hub.
pub(super) fn hub(role: Role, name: &str) -> Actor {
    Actor::Person { account: AccountName::from(name), role, unit: None, outsourced: false }
}

/// A person of a unit.
pub(super) fn of(unit: &str, role: Role) -> Actor {
    let account = AccountName::from(format!("{unit}/{}", role.as_str()).as_str());
    Actor::Person { account, role, unit: Some(UnitId::from(unit)), outsourced: false }
}

pub(super) fn agent() -> Actor {
    hub(Role::Agent, "agent")
}

pub(super) fn dispatcher() -> Actor {
    hub(Role::Dispatcher, "dispatcher")
}

pub(super) fn group() -> Actor {
    hub(Role::SupGroup, "group-1")
}

pub(super) fn caller() -> Actor {
    hub(Role::Callback, "callback")
}

pub(super) fn director() -> Actor {
    hub(Role::Director, "director")
}

pub(super) fn liaison(unit: &str) -> Actor {
    of(unit, Role::Liaison)
}

pub(super) fn head(unit: &str) -> Actor {
    of(unit, Role::UnitHead)
}

fn name_of(who: &Actor) -> String {
    match who {
        Actor::Person { account, .. } => account.to_string(),
        Actor::Citizen => "the citizen".into(),
        Actor::Partner(name) => name.clone(),
        Actor::Engine => "the engine".into(),
    }
}

// ---- what they write -------------------------------------------------------------

/// A form with all required fields.
pub(super) fn form(purpose: Purpose, topic: &str, title: &str, area: &str) -> Form {
    Form {
        purpose: Some(purpose),
        topic: Some(topic.into()),
        title: Some(title.into()),
        content: Some(title.into()),
        area: Some(area.into()),
        confidential: Some(false),
        ..Form::default()
    }
}

pub(super) fn register(form: Form) -> TicketCommand {
    TicketCommand::Register { form: Box::new(form), matter: None }
}

pub(super) fn lead(unit: &str) -> DispatchPart {
    DispatchPart {
        unit: unit.into(),
        role: DispatchRole::Lead,
        method: DispatchMethod::Network,
        required: false,
    }
}

pub(super) fn assist(unit: &str) -> DispatchPart {
    DispatchPart { role: DispatchRole::Assist, ..lead(unit) }
}

/// A dispatch by the directory.
pub(super) fn dispatch(parts: Vec<DispatchPart>, supervise: &str, grade: Grade) -> Dispatch {
    Dispatch {
        parts,
        supervise: supervise.into(),
        supervisor: "督办负责人".into(),
        grade,
        note: String::new(),
        reason: None,
        emergency: None,
        clocks: Vec::new(),
    }
}

pub(super) fn spoken(purpose: ContactPurpose, call: Option<CallId>, text: &str) -> ContactMade {
    ContactMade {
        with: Private::new("来电人"),
        purpose,
        how: ReplyBy::Phone,
        number: Number::default(),
        call,
        reached: Reached::Yes,
        text: text.into(),
    }
}

pub(super) fn result(finding: &str, action: &str, outcome: HandlingOutcome) -> Box<HandlingResult> {
    Box::new(HandlingResult {
        verdict: Verdict::True,
        finding: finding.into(),
        action: action.into(),
        outcome,
        basis: Vec::new(),
        public_text: String::new(),
        attachments: Vec::new(),
        evidence: Vec::new(),
    })
}

pub(super) fn sign(post: Post) -> AssignmentCommand {
    AssignmentCommand::HeadSign { post, name: "单位负责人".into(), how: "电子签名".into() }
}

pub(super) fn pass(substance: u8, wording: u8) -> AssignmentCommand {
    AssignmentCommand::SupPass { substance, wording, text: String::new() }
}

pub(super) fn reply(text: &str, interim: bool) -> TicketCommand {
    TicketCommand::Reply(ReplyMade {
        how: ReplyBy::Sms,
        by_unit: None,
        text: text.into(),
        interim,
        call: None,
        reached: Reached::Yes,
    })
}

/// The citizen's evaluation by SMS.
pub(super) fn by_sms(grade: Satisfaction) -> TicketCommand {
    TicketCommand::Ask(asked(CallbackChannel::Sms, Some(grade), None))
}

/// The citizen's evaluation to a person.
pub(super) fn by_call(grade: Option<Satisfaction>, call: u64) -> TicketCommand {
    TicketCommand::Ask(asked(CallbackChannel::Manual, grade, Some(CallId::from(call))))
}

pub(super) fn asked(
    how: CallbackChannel,
    grade: Option<Satisfaction>,
    call: Option<CallId>,
) -> Callback {
    let reached = if grade.is_some() { Reached::Yes } else { Reached::NoAnswer };
    Callback {
        how,
        reached,
        grade,
        contacted_by_unit: grade.map(|_| true),
        result_true: grade.map(|_| true),
        solved: None,
        call: call.filter(|_| grade.is_some()),
        text: String::new(),
    }
}

pub(super) fn filing(matter: TicketId, command: FilingCommand) -> DeskCommand {
    DeskCommand::NewFiling(matter.into(), command)
}

pub(super) fn item(ticket: TicketId, command: DissatisfactionCommand) -> DeskCommand {
    DeskCommand::Dissatisfaction(ticket, command)
}

// ---- times -------------------------------------------------------------------------

/// `2013-04-24 09:12`, with seconds or without, in China's time.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(' ')?;
    let parts: Vec<i32> = date.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts[..] else { return None };
    let date = Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    let parts: Vec<u32> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let second = parts.iter().zip([3_600, 60, 1]).map(|(part, unit)| part * unit).sum();
    Some(Zone::CHINA.moment(date, second))
}

/// A time to the minute, in the same form; the last second of a day as `23:59`.
pub(super) fn shown(at: Timestamp) -> String {
    let s = Zone::CHINA.second_of_day(at);
    format!("{} {:02}:{:02}", Zone::CHINA.date(at), s / 3_600, s / 60 % 60)
}
