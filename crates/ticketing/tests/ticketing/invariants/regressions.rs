//! Cases that once broke an invariant. Each test says what went wrong.

use std::time::Duration;

use model::{
    TicketId, Timestamp,
    desk::{
        Actor, AssignmentId, AssignmentState, Callback, CallbackChannel, ContactMade,
        ContactPurpose, Dispatch, DispatchMethod, DispatchPart, DispatchRole, ExternalReference,
        FilingForm, FilingId, Form, Grade, HandlingOutcome, HandlingResult, MatterId, OverdueLevel,
        Post, Private, Purpose, Reached, RedoReason, ReopenGround, ReplyBy, ReplyMade,
        Satisfaction, TicketState, Verdict,
    },
    event::Role,
};
use ticketing::{
    DeskCommand, Rules,
    assignment::AssignmentCommand as A,
    filing::FilingCommand as F,
    ticket::TicketCommand as T,
    worklist::{self, InHandReason, StaffMember},
};

use super::{people, player::Player};

/// A desk with functions for common steps.
pub(crate) struct Desk(pub(crate) Player);

impl Desk {
    pub(crate) fn open() -> Desk {
        Desk::by_rules(Rules::shipped())
    }

    pub(crate) fn by_rules(rules: Rules) -> Desk {
        Desk(Player::new(rules))
    }

    pub(crate) fn by(role: Role, unit: Option<&str>) -> Actor {
        let all = people::all_actors();
        let found = all
            .into_iter()
            .find(|by| by.role() == Some(role) && by.unit().map(|unit| unit.as_str()) == unit);
        found.expect("somebody of each role")
    }

    pub(crate) fn ticket(&mut self, role: Role, id: TicketId, command: T) -> bool {
        let accepted = self.0.give(&Desk::by(role, None), DeskCommand::Ticket(id, command));
        self.check();
        accepted
    }

    pub(crate) fn unit(&mut self, by: &Actor, ticket: TicketId, n: u16, command: A) -> bool {
        let id = AssignmentId { ticket, n };
        let accepted = self.0.give(by, DeskCommand::Assignment(id, command));
        self.check();
        accepted
    }

    fn check(&mut self) {
        assert_eq!(self.0.check(), Ok(()));
    }

    pub(crate) fn state(&self, id: TicketId) -> TicketState {
        self.0.desk.ticket(id).expect("at the desk").state
    }

    pub(crate) fn unit_state(&self, id: TicketId, n: u16) -> AssignmentState {
        self.0.desk.ticket(id).and_then(|t| t.assignment(n)).expect("an assignment").state
    }

    /// A complaint that is registered and in review.
    pub(crate) fn complaint(&mut self, number: &str, form: Form) -> TicketId {
        let id = self.0.call(number);
        let form = Form {
            purpose: Some(Purpose::Complaint),
            topic: Some("010402".into()),
            title: Some("停水".into()),
            content: Some("三天停水".into()),
            area: Some("430200".into()),
            confidential: Some(false),
            ..form
        };
        assert!(self.ticket(Role::Agent, id, T::Register { form: Box::new(form), matter: None }));
        assert!(self.ticket(Role::Dispatcher, id, T::Review));
        id
    }

    /// A complaint that is dispatched to the district, which has signed for it.
    pub(crate) fn at_work(&mut self, number: &str, form: Form) -> TicketId {
        let id = self.complaint(number, form);
        assert!(self.ticket(Role::Dispatcher, id, T::Dispatch(Box::new(order("district")))));
        let liaison = Desk::by(Role::Liaison, Some("district"));
        assert!(self.unit(&liaison, id, 1, A::Sign { handler: None }));
        id
    }

    /// A complaint that the district has handled, closed without an evaluation.
    fn closed(&mut self, number: &str) -> TicketId {
        let id = self.replied(number);
        assert!(self.override_to(id, TicketState::Closed));
        id
    }

    /// A complaint that the district has handled and whose caller got the reply.
    fn replied(&mut self, number: &str) -> TicketId {
        let id = self.at_work(number, Form::default());
        let liaison = Desk::by(Role::Liaison, Some("district"));
        let told = ContactMade {
            with: Private::new("来电人"),
            purpose: ContactPurpose::FirstContact,
            how: ReplyBy::Phone,
            number: Default::default(),
            call: None,
            reached: Reached::Yes,
            text: "已联系".into(),
        };
        assert!(self.unit(&liaison, id, 1, A::Contact(told)));
        let result = HandlingResult {
            verdict: Verdict::True,
            finding: "管道破裂".into(),
            action: "更换管道两米".into(),
            outcome: HandlingOutcome::Solved,
            basis: vec!["供水条例".into()],
            public_text: String::new(),
            attachments: Vec::new(),
            evidence: Vec::new(),
        };
        assert!(self.unit(&liaison, id, 1, A::DraftResult(Box::new(result))));
        let head = Desk::by(Role::UnitHead, Some("district"));
        let sign = A::HeadSign { post: Post::Chief, name: "区长".into(), how: "纸质".into() };
        assert!(self.unit(&head, id, 1, sign));
        let pass = A::SupPass { substance: 5, wording: 5, text: String::new() };
        assert!(self.unit(&Desk::by(Role::SupGroup, None), id, 1, pass));
        assert!(self.ticket(Role::SupGroup, id, T::AcceptResult { feedback: None }));
        let (how, reached, text) = (ReplyBy::Sms, Reached::Yes, "已修好".to_owned());
        let reply = ReplyMade { how, by_unit: None, text, interim: false, call: None, reached };
        assert!(self.ticket(Role::Agent, id, T::Reply(reply)));
        id
    }

    /// Lets the district delegate it to the street, due after this number of days.
    pub(crate) fn delegated(&mut self, id: TicketId, days: u64) -> bool {
        let due = self.0.now + Duration::from_secs(days * 86_400);
        let down = A::Delegate { unit: "street".into(), due, note: String::new() };
        self.unit(&Desk::by(Role::Liaison, Some("district")), id, 1, down)
    }

    fn override_to(&mut self, id: TicketId, to: TicketState) -> bool {
        let (second, reason) = ("deputy".into(), "特殊情况".into());
        self.ticket(Role::Director, id, T::Override { to, second, reason })
    }
}

pub(crate) fn order(lead: &str) -> Dispatch {
    Dispatch {
        parts: vec![part(lead, DispatchRole::Lead)],
        supervise: "hub".into(),
        supervisor: "督办负责人".into(),
        grade: Grade::C,
        note: String::new(),
        reason: Some("需要".into()),
        emergency: None,
        clocks: Vec::new(),
    }
}

pub(crate) fn part(unit: &str, role: DispatchRole) -> DispatchPart {
    DispatchPart { unit: unit.into(), role, method: DispatchMethod::Network, required: false }
}

/// Two persons closed a ticket by override, and the caller never got a reply (invariant 1).
#[test]
fn override_cannot_close_a_ticket_before_its_caller_was_told() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    for to in [TicketState::Closed, TicketState::Callback] {
        assert!(!desk.override_to(id, to), "{to:?}");
    }
    assert!(desk.override_to(id, TicketState::Reply), "the hub may answer it itself");
}

/// The callback is made by a person who did not work on the ticket (SEAT-04, callback seat;
/// hotline.md 2.7).
#[test]
fn callback_is_refused_to_everyone_who_worked_on_the_ticket() {
    let mut desk = Desk::open();
    let id = desk.replied("13800000001");
    let asked = Callback {
        how: CallbackChannel::Manual,
        reached: Reached::NoAnswer,
        grade: None,
        contacted_by_unit: None,
        result_true: None,
        solved: None,
        call: None,
        text: String::new(),
    };
    let worked_by = desk.0.desk.ticket(id).expect("at the desk").worked_by.clone();
    assert!(worked_by.len() >= 5, "agent, dispatcher, liaison, head, group: {worked_by:?}");
    let mut asks = |account: &model::AccountName| {
        let (account, role) = (account.clone(), Role::Callback);
        let by = Actor::Person { account, role, unit: None, outsourced: false };
        desk.0.give(&by, DeskCommand::Ticket(id, T::Ask(asked.clone())))
    };
    for account in &worked_by {
        assert!(!asks(account), "{account} had a hand in it");
    }
    assert!(asks(&"callback-1".into()));
}

/// A ticket was withdrawn in its second round and put into callback by override. It was closed
/// although only the first round had a reply (invariant 1).
#[test]
fn reply_of_an_earlier_round_does_not_allow_closing() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    assert!(desk.override_to(id, TicketState::Reply));
    let (how, reached, text) = (ReplyBy::Sms, Reached::Refused, "已修好".to_owned());
    let reply = ReplyMade { how, by_unit: None, text, interim: false, call: None, reached };
    assert!(desk.ticket(Role::Agent, id, T::Reply(reply)));
    let no = Callback {
        how: CallbackChannel::Web,
        reached: Reached::Yes,
        grade: Some(Satisfaction::Dissatisfied),
        contacted_by_unit: None,
        result_true: None,
        solved: None,
        call: None,
        text: String::new(),
    };
    assert!(desk.0.give(&Actor::Citizen, DeskCommand::Ticket(id, T::Ask(no))));
    let (reason, text) = (RedoReason::Unsatisfied, "没有人来过".into());
    assert!(desk.ticket(Role::Callback, id, T::Redo { reason, text, dispatch: None }));
    let (statement, proof) = ("不再要求".into(), "录音".into());
    assert!(desk.ticket(Role::SupGroup, id, T::Withdraw { statement, proof }));
    for to in [TicketState::Closed, TicketState::Callback] {
        assert!(!desk.override_to(id, to), "{to:?}");
    }
    assert!(desk.override_to(id, TicketState::Reply), "told first");
}

/// An override moved a ticket that waited for information, and its clocks stayed paused for ever
/// (invariant 13).
#[test]
fn override_out_of_await_info_restarts_the_clocks() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    let call_at = desk.0.now + Duration::from_secs(9_000);
    let wait = T::AwaitInfo { missing: "门牌号".into(), call_at };
    assert!(desk.ticket(Role::Dispatcher, id, wait));
    assert!(desk.override_to(id, TicketState::Handling));
    let due = desk.0.desk.ticket(id).and_then(|t| t.assignment(1)?.due(desk.0.desk.working_time()));
    assert!(due.is_some(), "it is due again");
}

/// An override put a ticket back into review, and its units kept their assignments (invariant 14).
#[test]
fn override_to_review_withdraws_the_assignments() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    for nowhere in [TicketState::Cancelled, TicketState::Following, TicketState::Draft] {
        assert!(!desk.override_to(id, nowhere), "{nowhere:?}");
    }
    assert!(desk.override_to(id, TicketState::InReview));
    assert_eq!(desk.unit_state(id, 1), AssignmentState::Withdrawn);
}

/// A regrade gave a delegated unit more time than the unit above it (invariant 11).
#[test]
fn regrade_keeps_a_delegated_unit_due_before_the_unit_above() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    assert!(desk.delegated(id, 9));
    let due = |desk: &Desk| -> Option<Timestamp> {
        desk.0.desk.ticket(id)?.assignment(3)?.due(desk.0.desk.working_time())
    };
    let before = due(&desk);
    let regrade = |grade| T::Regrade { grade, reason: "情况变化".into() };
    assert!(!desk.ticket(Role::Dispatcher, id, regrade(Grade::A)), "five days are too few now");
    assert!(desk.ticket(Role::Dispatcher, id, regrade(Grade::B)));
    assert_eq!(due(&desk), before, "the street has the time the district gave it");
}

/// The due date of an upper hotline replaced that of the grade, which was earlier (invariant 11).
#[test]
fn delegated_unit_is_due_before_the_earliest_due_date_above() {
    let mut desk = Desk::open();
    let due = Some(desk.0.now + Duration::from_secs(90 * 86_400));
    let foreign = ExternalReference { system: "province".into(), number: "1".into(), due };
    let form = Form { foreign: Some(vec![foreign]), ..Form::default() };
    let id = desk.at_work("13800000001", form);
    assert!(!desk.delegated(id, 60), "grade C is due long before");
    assert!(desk.delegated(id, 9));
}

/// The assignment of a unit was withdrawn, and the unit below kept its own (invariant 11).
#[test]
fn withdrawal_includes_delegated_assignments() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    assert!(desk.delegated(id, 5));
    let dispatcher = Desk::by(Role::Dispatcher, None);
    let withdraw = A::Withdraw { reason: "改派".into() };
    assert!(desk.unit(&dispatcher, id, 1, withdraw));
    assert_eq!(desk.unit_state(id, 3), AssignmentState::Withdrawn);
    assert_eq!(desk.state(id), TicketState::InReview, "no unit leads it any more");
}

/// A unit got a matter that it had a filing for, as an assistant or by delegation (invariant 6).
#[test]
fn unit_with_a_filing_gets_its_matter_neither_as_assistant_nor_delegated() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    let text = || "依据".to_owned();
    let form = FilingForm {
        unit: "street".into(),
        repeated: text(),
        complex: text(),
        exhausted: text(),
        unsatisfiable: text(),
        answer: text(),
    };
    let (matter, head) = (MatterId(id), Desk::by(Role::UnitHead, Some("street")));
    let draft = DeskCommand::NewFiling(matter, F::Draft(Box::new(form)));
    assert!(desk.0.give(&head, draft));
    let filing = FilingId { matter, n: 1 };
    let submit = F::Submit { report: "0a".repeat(32), seal: "0b".repeat(32) };
    assert!(desk.0.give(&head, DeskCommand::Filing(filing, submit)));
    let approve = F::Approve { second: "deputy".into(), knowledge: None };
    let director = Desk::by(Role::Director, None);
    assert!(desk.0.give(&director, DeskCommand::Filing(filing, approve)));

    assert!(!desk.delegated(id, 5), "down the tree");
    let help = Dispatch { parts: vec![part("street", DispatchRole::Assist)], ..order("street") };
    assert!(!desk.ticket(Role::Dispatcher, id, T::AddUnit(Box::new(help))), "as help");
}

/// The window for returning an assignment had passed, and the ticket counted as overdue.
#[test]
fn expired_return_window_is_not_overdue() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    let told = ContactMade {
        with: Private::new("来电人"),
        purpose: ContactPurpose::FirstContact,
        how: ReplyBy::Phone,
        number: Default::default(),
        call: None,
        reached: Reached::Yes,
        text: "已联系".into(),
    };
    assert!(desk.unit(&Desk::by(Role::Liaison, Some("district")), id, 1, A::Contact(told)));
    let hub = Desk::by(Role::Director, None);
    assert!(desk.unit(&hub, id, 2, A::Withdraw { reason: "不需要".into() }));
    assert_eq!(desk.0.wait(Duration::from_secs(5 * 86_400)), Ok(()));
    let ticket = desk.0.desk.ticket(id).expect("at the desk");
    assert_eq!(
        desk.0.desk.level_of(ticket, desk.0.now),
        OverdueLevel::O0,
        "fifteen days are given"
    );
}

/// The caller of a followed ticket withdrew it, and its followers waited for ever (invariant 15).
#[test]
fn withdrawal_of_a_followed_ticket_returns_followers_to_review() {
    let mut desk = Desk::open();
    let master = desk.at_work("13800000001", Form::default());
    let follower = desk.complaint("13800000002", Form::default());
    assert!(desk.ticket(Role::Dispatcher, follower, T::Merge { matter: MatterId(master) }));
    let withdraw = T::Withdraw { statement: "不用了".into(), proof: "录音".into() };
    assert!(desk.ticket(Role::Agent, master, withdraw));
    assert_eq!(desk.state(follower), TicketState::InReview);
}

/// A reopened follower was handled by itself and still counted as following (invariant 14).
#[test]
fn reopened_follower_no_longer_follows() {
    let mut desk = Desk::open();
    let master = desk.complaint("13800000001", Form::default());
    let follower = desk.complaint("13800000002", Form::default());
    assert!(desk.ticket(Role::Dispatcher, follower, T::Merge { matter: MatterId(master) }));
    let withdraw = T::Withdraw { statement: "不用了".into(), proof: "录音".into() };
    assert!(desk.ticket(Role::Agent, follower, withdraw));
    let reopen = || T::Reopen { ground: ReopenGround::NewFacts, text: "又停了".into() };
    assert!(desk.ticket(Role::Callback, follower, reopen()));
    assert!(!desk.0.desk.ticket(follower).expect("at the desk").follows);

    let misdial = desk.0.call("13800000003");
    let invalid = T::MarkInvalid { disposition: model::desk::Disposition::Misdial };
    assert!(desk.ticket(Role::Agent, misdial, invalid));
    assert!(!desk.ticket(Role::Callback, misdial, reopen()), "it was never registered");
}

/// A false result costs points to the unit that gave it, not to the unit that gets the ticket after
/// the reopening (T26, reopen).
#[test]
fn false_result_is_charged_to_the_lead_unit_at_closing() {
    let mut desk = Desk::open();
    let id = desk.closed("13800000001");
    let reopen = |ground| T::Reopen { ground, text: "现场未修".into() };
    assert!(desk.ticket(Role::Callback, id, reopen(ReopenGround::FalseResult)));
    let faulted = |desk: &Desk, n| {
        let ticket = desk.0.desk.ticket(id).expect("at the desk");
        let found = &ticket.assignment(n).expect("an assignment").faulted;
        found.iter().map(|(_, reason)| *reason).collect::<Vec<_>>()
    };
    assert_eq!(faulted(&desk, 1), [RedoReason::False]);
    let given = T::Dispatch(Box::new(order("district")));
    assert!(desk.ticket(Role::Dispatcher, id, given));
    let last = desk.0.desk.ticket(id).expect("at the desk").assignments.len();
    assert!(last > 1 && faulted(&desk, u16::try_from(last).expect("few")).is_empty());

    let id = desk.closed("13800000002");
    assert!(desk.ticket(Role::Callback, id, reopen(ReopenGround::Relapse)));
    let ticket = desk.0.desk.ticket(id).expect("at the desk");
    assert!(ticket.assignments.iter().all(|a| a.faulted.is_empty()), "it was true, and came back");
}

/// A person who leaves hands over the tickets they claimed and the assignments they handle.
#[test]
fn in_hand_lists_claims_and_assignments_of_a_person() {
    let mut desk = Desk::open();
    let id = desk.complaint("13800000001", Form::default());
    let dispatcher = Desk::by(Role::Dispatcher, None);
    assert!(desk.ticket(Role::Dispatcher, id, T::Claim));
    let held = |desk: &Desk, by: &Actor, real_name: &str| -> Vec<(InHandReason, String, bool)> {
        let account = by.account().expect("a person");
        let who = StaffMember { account, real_name, unit: by.unit() };
        let ticket = desk.0.desk.ticket(id).expect("at the desk");
        let all = worklist::in_hand(ticket, who, desk.0.desk.working_time());
        all.into_iter()
            .map(|it| (it.reason, it.about.to_string(), it.due.is_some()))
            .collect::<Vec<_>>()
    };
    let none: Vec<(InHandReason, String, bool)> = Vec::new();
    assert_eq!(held(&desk, &dispatcher, ""), [(InHandReason::Claim, id.to_string(), true)]);
    let liaison = Desk::by(Role::Liaison, Some("district"));
    assert_eq!(held(&desk, &liaison, "张三"), none);
    assert!(desk.ticket(Role::Dispatcher, id, T::Dispatch(Box::new(order("district")))));
    let signed = A::Sign { handler: Some("张三".into()) };
    assert!(desk.unit(&liaison, id, 1, signed));
    assert_eq!(
        held(&desk, &liaison, "张三"),
        [(InHandReason::Assignment, format!("{id}-1"), true)]
    );
    assert_eq!(held(&desk, &liaison, "李四"), none, "a colleague handles it");
    let street = Desk::by(Role::Liaison, Some("street"));
    assert_eq!(held(&desk, &street, "张三"), none, "of that name in another unit");
}
