//! A desk that takes one random command after another, checked by an `InvariantChecker`.

use std::time::Duration;

use model::{
    CallId, Event, LineId, Number, Record, SeatId, TicketId, Timestamp,
    desk::{
        Actor, Approver, AssignmentId, AssignmentState, Channel, DeskEntry, DispatchRole, FilingId,
        Form, MatterId, OrderId, OrderLevel, OrderStep, Post, TicketState, UnitId,
    },
    event::{MissedCallFiled, Role, TicketOpened},
};
use ticketing::{
    Desk, DeskCommand, Rules,
    assignment::{self, AssignmentCommand},
    desk::{NewTicket, OrderCommand, OrderDraft},
    filing::FilingCommand,
    invariants::{InvariantChecker, InvariantViolation},
    rules::ReplyRule,
    ticket,
};

use super::{command_choice, people, pick::Pick};
use crate::common;

/// The desk, its log, and the checker of its invariants.
pub(crate) struct Player {
    empty: Desk,
    pub(crate) desk: Desk,
    pub(crate) log: Vec<Record>,
    pub(crate) checker: InvariantChecker,
    pub(crate) now: Timestamp,
    all_actors: Vec<Actor>,
    opened: u32,
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
}

impl Player {
    pub(crate) fn new(rules: Rules) -> Player {
        let empty = Desk::new(rules, common::calendar(), [3; 32]);
        Player {
            desk: empty.clone(),
            empty,
            log: Vec::new(),
            checker: InvariantChecker::default(),
            now: common::at("2026-01-29T09:00:00"),
            all_actors: people::all_actors(),
            opened: 0,
            accepted: 0,
            refused: 0,
        }
    }

    /// Lets some time pass and gives one command, both chosen by `seed`.
    pub(crate) fn step(&mut self, seed: u64) -> Result<(), InvariantViolation> {
        let pick = &mut Pick::new(seed);
        self.wait(Duration::from_secs(pick.of(GAPS)))?;
        match pick.below(40) {
            0 => self.open(pick),
            1 => self.miss_a_call(),
            2 => self.open_in_writing(pick),
            3 | 4 => self.on_filing(pick),
            5 => self.on_dissatisfaction(pick),
            6 | 7 => self.on_order(pick),
            8..13 => self.on_ticket(pick),
            13..18 => self.on_assignment(pick),
            // Random commands alone would hardly ever close a ticket.
            _ => self.give_useful_command(pick),
        }
        self.check()
    }

    /// Lets time pass and runs the rules when they are due.
    pub(crate) fn wait(&mut self, long: Duration) -> Result<(), InvariantViolation> {
        let then = self.now + long;
        while let Some(due) = self.desk.poll_timeout().filter(|due| *due <= then) {
            self.now = self.now.max(due);
            self.follow_rules();
            self.check()?;
        }
        self.now = then;
        Ok(())
    }

    /// Checks the invariants of everything that changed.
    pub(crate) fn check(&mut self) -> Result<(), InvariantViolation> {
        self.checker.check_changed(&self.desk).into_iter().next().map_or(Ok(()), Err)
    }

    /// Checks all invariants, and that a replay of the log gives the same desk.
    pub(crate) fn end(&mut self) -> Result<(), InvariantViolation> {
        if let Some(violation) = self.checker.check_all(&self.desk).into_iter().next() {
            return Err(violation);
        }
        let mut replayed = self.empty.clone();
        for record in &self.log {
            replayed.apply(record);
        }
        InvariantChecker::compare_replayed(&self.desk, &replayed).map_or(Ok(()), Err)
    }

    /// Gives a command and returns whether it was accepted.
    pub(crate) fn give(&mut self, by: &Actor, command: DeskCommand) -> bool {
        let next = self.next_ticket();
        match self.desk.decide(self.now, by, command, None, next) {
            Ok(events) => {
                for event in events {
                    let entry = DeskEntry { by: by.clone(), key: None, event };
                    self.append(Event::Desk(Box::new(entry)));
                }
                self.follow_rules();
                self.accepted += 1;
                true
            }
            Err(_) => {
                self.refused += 1;
                false
            }
        }
    }

    fn next_ticket(&self) -> TicketId {
        TicketId::of_day(common::day("2026-01-29"), self.opened + 1)
    }

    fn follow_rules(&mut self) {
        for steps in 0.. {
            assert!(steps < 10_000, "the rules do not come to an end: {:?}", self.log.last());
            let Some(event) = self.desk.poll_step(self.now) else { break };
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.append(Event::Desk(Box::new(entry)));
        }
    }

    fn append(&mut self, event: Event) {
        let record = Record { seq: self.log.len() as u64 + 1, at: self.now, event };
        self.desk.apply(&record);
        self.checker.apply(&record);
        self.log.push(record);
    }

    pub(crate) fn call(&mut self, number: &str) -> TicketId {
        let ticket = self.next_ticket();
        self.opened += 1;
        let call = CallId::from_arrival(self.now);
        let (caller, line, seat) = (Number::new(number), LineId::from("12345"), SeatId(1001));
        self.append(Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat }));
        self.follow_rules();
        ticket
    }

    fn open(&mut self, pick: &mut Pick) {
        self.call(pick.of(&["", "13800000001", "13800000002", "13800000003"]));
    }

    fn miss_a_call(&mut self) {
        let (ticket, call) = (self.next_ticket(), CallId::from_arrival(self.now));
        self.opened += 1;
        let (caller, line) = (Number::new("13800000009"), LineId::from("12345"));
        let filed = MissedCallFiled { ticket, call, caller, line, wait_ms: 9_000 };
        self.append(Event::MissedCallFiled(filed));
        self.follow_rules();
    }

    fn open_in_writing(&mut self, pick: &mut Pick) {
        let opening = NewTicket {
            channel: pick.of(Channel::ALL),
            caller: Number::new(pick.of(&["", "13800000001"])),
            line: LineId::from("web"),
            message: None,
            form: Form { title: Some("网上来信".into()), ..Form::default() },
        };
        let by = pick.of(&self.all_actors);
        if self.give(&by, DeskCommand::Open(Box::new(opening))) {
            self.opened += 1;
        }
    }

    fn on_filing(&mut self, pick: &mut Pick) {
        let Some(matter) = self.any_matter(pick) else { return };
        let id = FilingId { matter, n: 1 };
        let (unit, command) = match self.desk.filing(id) {
            Some(filing) => {
                let unit = filing.form.unit.clone();
                (unit, DeskCommand::Filing(id, command_choice::filing_command(pick)))
            }
            None => {
                let form = Box::new(command_choice::filing_form(pick));
                let unit = form.unit.clone();
                (unit, DeskCommand::NewFiling(matter, FilingCommand::Draft(form)))
            }
        };
        let head = self.somebody(Role::UnitHead, Some(&unit));
        let by = pick.of(&[head, self.somebody(Role::Director, None)]);
        self.give(&by, command);
    }

    fn on_dissatisfaction(&mut self, pick: &mut Pick) {
        let items = self.desk.tickets().filter(|t| t.dissatisfaction.is_some());
        let items: Vec<TicketId> = items.map(|t| t.ticket).collect();
        if items.is_empty() {
            return;
        }
        let id = pick.of(&items);
        let unit = self.desk.ticket(id).and_then(|t| t.dissatisfaction.as_ref()?.unit.clone());
        let by = pick.of(&[
            self.somebody(Role::Liaison, unit.as_ref()),
            self.somebody(Role::Callback, None),
            self.somebody(Role::SupGroup, None),
        ]);
        self.give(&by, DeskCommand::Dissatisfaction(id, command_choice::item_command(pick)));
    }

    fn on_order(&mut self, pick: &mut Pick) {
        let Some(matter) = self.any_matter(pick) else { return };
        let by = pick.of(&self.all_actors);
        let made = self.desk.orders_of(matter).map_or(0, |orders| orders.all().len());
        let open = self.desk.orders_of(matter).is_some_and(|orders| orders.open().is_some());
        let command = if open {
            let (approver, enough) =
                (pick.of(&[Approver::Director, Approver::Leader]), pick.one_in(2));
            let event = pick.of(&[
                OrderStep::Approved(approver),
                OrderStep::Issued,
                OrderStep::Receipted,
                OrderStep::ReturnAsked,
                OrderStep::ReturnGranted,
                OrderStep::Answered(Post::Chief),
                OrderStep::Checked { enough },
                OrderStep::Closed,
                OrderStep::Escalated,
            ]);
            let step = OrderCommand { event, text: pick.text() };
            DeskCommand::Order(OrderId { matter, n: made as u16 }, step)
        } else {
            let level = pick.of(&[OrderLevel::Remind, OrderLevel::Warn, OrderLevel::Account]);
            let (issuers, unit) = (vec!["督查室".into()], "district".into());
            let (text, direct) = (pick.text(), pick.one_in(2));
            DeskCommand::NewOrder(matter, OrderDraft { level, issuers, unit, text, direct })
        };
        self.give(&by, command);
    }

    fn on_ticket(&mut self, pick: &mut Pick) {
        let Some(id) = self.any_ticket(pick, |state| state != TicketState::Archived) else {
            return;
        };
        let by = pick.of(&self.all_actors);
        let Some(ticket) = self.desk.ticket(id) else { return };
        let mut allowed = ticket::allowed(ticket.state, &by);
        if allowed.is_empty() || pick.one_in(20) {
            allowed = ticket::TABLE.iter().map(|row| row.command).collect();
        }
        // Mostly commands that change the state, because the others are more numerous.
        let forward = allowed.iter().copied().filter(|word| MOVES.contains(word));
        let forward: Vec<&str> = forward.collect();
        let word = match forward.is_empty() || pick.one_in(3) {
            true => pick.of(&allowed),
            false => pick.of(&forward),
        };
        let command = command_choice::ticket_command(word, &self.desk, ticket, self.now, pick);
        self.give(&by, DeskCommand::Ticket(id, command));
    }

    fn on_assignment(&mut self, pick: &mut Pick) {
        let open = self.desk.tickets().flat_map(|ticket| {
            let ticket_id = ticket.ticket;
            (1..)
                .zip(&ticket.assignments)
                .filter(|(_, a)| a.is_open())
                .map(move |(n, a)| (AssignmentId { ticket: ticket_id, n }, a.state))
        });
        let open: Vec<(AssignmentId, AssignmentState)> = open.collect();
        if open.is_empty() {
            return self.on_ticket(pick);
        }
        let (id, state) = pick.of(&open);
        let Some(ticket) = self.desk.ticket(id.ticket) else { return };
        let unit = ticket.assignment(id.n).map(|a| (a.unit.clone(), a.supervise.clone()));
        // Mostly an actor of the hub, the unit or the supervising unit.
        let near: Vec<Actor> = (self.all_actors.iter())
            .filter(|by| {
                by.unit().is_none() && !matches!(by, Actor::Citizen | Actor::Partner(_))
                    || unit.as_ref().is_some_and(|(a, b)| [Some(a), Some(b)].contains(&by.unit()))
            })
            .cloned()
            .collect();
        let by = if pick.one_in(10) { pick.of(&self.all_actors) } else { pick.of(&near) };
        let mut allowed = assignment::allowed(state, &by);
        if allowed.is_empty() || pick.one_in(20) {
            allowed = assignment::TABLE.iter().map(|row| row.command).collect();
        }
        let word = pick.of(&allowed);
        let command: AssignmentCommand =
            command_choice::assignment_command(word, &self.desk, ticket, id.n, self.now, pick);
        self.give(&by, DeskCommand::Assignment(id, command));
    }

    /// Gives the command that moves a ticket on, by an actor who may give it.
    fn give_useful_command(&mut self, pick: &mut Pick) {
        use AssignmentState as A;
        use TicketState as S;
        let Some(id) = self.any_ticket(pick, |state| state != S::Cancelled) else { return };
        let Some(ticket) = self.desk.ticket(id) else { return };
        let hub = |role| self.somebody(role, None);
        let open = (1..).zip(&ticket.assignments).find(|(_, a)| {
            a.is_open() && a.role != DispatchRole::Supervise && a.state != A::SupPassed
        });
        if let (S::Handling, Some((n, a))) = (ticket.state, open) {
            let unit = |role| self.somebody(role, Some(&a.unit));
            let review = match a.supervise.as_str() {
                "hub" => hub(Role::SupGroup),
                _ => self.somebody(Role::UnitHead, Some(&a.supervise)),
            };
            let late = a.due(self.desk.working_time()).is_some_and(|due| self.now > due);
            let (by, word) = match a.state {
                A::Issued | A::Accepted if a.parent.is_none() && pick.one_in(6) => {
                    (unit(Role::Liaison), "ask_return")
                }
                A::Issued => (unit(Role::Liaison), "sign"),
                A::Accepted if a.first_contact.is_none() => (unit(Role::Liaison), "contact"),
                A::Accepted if late && a.overdue.is_none() => {
                    (unit(Role::Liaison), "explain_overdue")
                }
                A::Accepted if pick.one_in(3) => (unit(Role::Liaison), "delegate"),
                A::Accepted => (unit(Role::Liaison), "draft_result"),
                A::UnitSign => (unit(Role::UnitHead), "head_sign"),
                A::Submitted if a.next_signatory().is_some() => (hub(Role::Leader), "further_sign"),
                A::Submitted => (review, "sup_pass"),
                A::ReturnAsked => {
                    let words = ["reject_return", "approve_return", "dispute", "dispute"];
                    (hub(Role::Dispatcher), pick.of(&words))
                }
                A::Arbitrating => (hub(Role::Director), "decide_dispute"),
                _ => return self.on_assignment(pick),
            };
            let command =
                command_choice::assignment_command(word, &self.desk, ticket, n, self.now, pick);
            self.give(&by, DeskCommand::Assignment(AssignmentId { ticket: id, n }, command));
            return;
        }
        let now = self.now;
        let holds = |matter| self.desk.filings_of(matter).any(|(_, f)| f.is_in_force(now, None));
        let filed = ticket.matter.is_some_and(holds);
        let bad = ticket.eval_final.is_some_and(|e| !e.grade.is_satisfied());
        let (by, word) = match ticket.state {
            S::Draft => {
                let words = ["register", "register", "register", "register", "attach", "void"];
                (hub(Role::Agent), pick.of(&words))
            }
            S::Registered => {
                (hub(Role::Agent), pick.of(&["review", "review", "review", "answer", "divert"]))
            }
            S::AwaitInfo => (hub(Role::Agent), "inform"),
            S::InReview if filed => (hub(Role::Dispatcher), "match_filing"),
            S::InReview => (hub(Role::Dispatcher), pick.of(&["dispatch", "dispatch", "merge"])),
            S::AwaitLeader => (hub(Role::Leader), "leader_sign"),
            S::ResultCheck => (hub(Role::SupGroup), "accept_result"),
            S::Reply if ticket.reply_rule() == ReplyRule::Unit => {
                (self.somebody(Role::Liaison, ticket.lead()), "reply")
            }
            S::Reply => (hub(Role::Agent), "reply"),
            S::Callback if bad && pick.one_in(2) => (hub(Role::SupGroup), "close_unsatisfied"),
            S::Callback if bad && pick.one_in(2) => (hub(Role::Callback), "redo"),
            S::Callback => (pick.of(&[Actor::Citizen, hub(Role::Callback)]), "ask"),
            _ => return self.on_ticket(pick),
        };
        let command = command_choice::ticket_command(word, &self.desk, ticket, self.now, pick);
        self.give(&by, DeskCommand::Ticket(id, command));
    }

    fn somebody(&self, role: Role, unit: Option<&UnitId>) -> Actor {
        let found =
            (self.all_actors.iter()).find(|by| by.role() == Some(role) && by.unit() == unit);
        found.cloned().unwrap_or(Actor::Citizen)
    }

    fn any_ticket(&self, pick: &mut Pick, like: fn(TicketState) -> bool) -> Option<TicketId> {
        let all = || self.desk.tickets().filter(|ticket| like(ticket.state));
        let ids: Vec<TicketId> = if pick.one_in(6) {
            all().map(|ticket| ticket.ticket).collect()
        } else {
            // Only the first three open tickets, so that some of them are closed.
            let open = all().filter(|ticket| !ticket.is_over()).map(|ticket| ticket.ticket);
            open.take(3).collect()
        };
        (!ids.is_empty()).then(|| pick.of(&ids))
    }

    fn any_matter(&self, pick: &mut Pick) -> Option<MatterId> {
        let all: Vec<MatterId> = self.desk.tickets().filter_map(|ticket| ticket.matter).collect();
        (!all.is_empty()).then(|| pick.of(&all))
    }
}

/// Seconds between two steps.
const GAPS: &[u64] = &[
    0, 0, 0, 0, 1, 1, 60, 60, 60, 600, 600, 600, 3_600, 3_600, 3_600, 3_600, 20_000, 20_000,
    20_000, 86_400, 86_400, 259_200, 259_200, 900_000, 3_000_000,
];
/// The commands that change a ticket's state.
const MOVES: &[&str] = &[
    "register",
    "review",
    "dispatch",
    "merge",
    "await_info",
    "inform",
    "accept_result",
    "send_back",
    "reply",
    "ask",
    "redo",
    "close_unsatisfied",
    "reopen",
    "regrade",
    "override",
    "match_filing",
    "leader_sign",
    "submit_to_leader",
    "pause",
    "resume",
];
