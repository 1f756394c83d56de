//! The effect of an event on a ticket. A fold never fails: an impossible event changes nothing.

use model::{
    Seq, Timestamp,
    desk::{
        Actor, AssignmentEvent, Callback, ClockKind, ClockTerms, ContactPurpose, DeskEntry,
        DeskEvent, Dispatch, DispatchMethod, DispatchRole, Disposition, DissatisfactionEvent,
        PauseCause, Reached, RedoReason, ReopenGround, TicketClosure, TicketEvent, TicketState,
    },
    event::{MissedCallRepeated, Role},
};

use super::{CallbackAttempt, Evaluation, Ticket, Timed, TrackedFollowUp};
use crate::{assignment::Assignment, dissatisfaction::Dissatisfaction};
use deadlines::clock::{Clock, ClockEvent};

impl Ticket {
    /// Applies an event.
    pub(crate) fn apply(&mut self, seq: Seq, at: Timestamp, by: &Actor, event: &TicketEvent) {
        use TicketState as S;
        self.seq = seq;
        self.times.changed = at;
        self.record_worker(by);
        match event {
            // The ticket was made from this event.
            TicketEvent::Opened { .. } | TicketEvent::TakenOver(_) => {}
            TicketEvent::Written(form) => self.form.merge((**form).clone()),
            TicketEvent::Registered { matter, repeat_caller, repeat_matter, query_code } => {
                self.matter = Some(*matter);
                self.repeat_caller = *repeat_caller;
                self.repeat_matter = *repeat_matter;
                self.query_code = query_code.clone();
                self.agent = by.account().cloned();
                self.times.registered = Some(at);
                self.state = S::Registered;
            }
            TicketEvent::Answered { answer, knowledge, .. } => {
                self.answer = Some(answer.clone());
                self.knowledge = knowledge.clone();
                self.clock_met(at, ClockKind::Upper);
                self.close(at, TicketClosure::Direct);
            }
            TicketEvent::Diverted { .. } => self.close(at, TicketClosure::Diverted),
            TicketEvent::NotAccepted { .. } => self.close(at, TicketClosure::NotAccepted),
            TicketEvent::NuisanceProposed(kind) => self.proposed = Some(*kind),
            TicketEvent::NuisanceRefused => self.proposed = None,
            TicketEvent::Invalidated(kind) => {
                self.disposition = *kind;
                self.proposed = None;
                self.close(at, TicketClosure::Invalid);
            }
            TicketEvent::InfoAwaited { call_at, .. } => {
                self.call_at = Some(*call_at);
                self.before = Some(self.state);
                self.state = S::AwaitInfo;
                self.every_clock(at, &ClockEvent::Paused(PauseCause::AwaitInfo));
            }
            TicketEvent::InfoGiven { .. } => {
                self.call_at = None;
                self.state = self.before.take().unwrap_or(S::Registered);
                self.every_clock(at, &ClockEvent::Resumed(PauseCause::AwaitInfo));
                self.tries.clear();
            }
            TicketEvent::GivenUp => self.close(at, TicketClosure::Withdrawn),
            TicketEvent::SentToReview => {
                self.times.reviewed = Some(at);
                self.state = S::InReview;
            }
            TicketEvent::FilingMatched { filing, answer } => {
                self.filing = Some(*filing);
                self.answer = Some(answer.clone());
                self.clock_met(at, ClockKind::Review);
                self.state = S::Reply;
            }
            TicketEvent::Merged { matter } => {
                self.matter = Some(*matter);
                self.follows = true;
                self.repeat_matter = true;
                self.clock_met(at, ClockKind::Review);
                self.state = S::Following;
            }
            TicketEvent::MasterPassed => self.state = S::Reply,
            TicketEvent::Unmerged { matter, .. } => {
                self.matter = Some(*matter);
                self.follows = false;
                self.state = S::InReview;
            }
            TicketEvent::SentToLeader { .. } => {
                self.state = S::AwaitLeader;
                self.clocks_of(ClockKind::Review, at, &ClockEvent::Paused(PauseCause::AwaitLeader));
            }
            TicketEvent::LeaderSigned(instruction) => {
                self.instructions.push(instruction.clone());
                if self.state == S::AwaitLeader {
                    self.state = S::InReview;
                    let resumed = ClockEvent::Resumed(PauseCause::AwaitLeader);
                    self.clocks_of(ClockKind::Review, at, &resumed);
                }
            }
            TicketEvent::Dispatched(dispatch) => {
                self.dispatcher = by.account().cloned();
                self.times.dispatched.get_or_insert(at);
                self.clock_met(at, ClockKind::Review);
                self.issue_assignments(at, dispatch);
                self.state = S::Handling;
            }
            TicketEvent::UnitAdded(dispatch) => self.issue_assignments(at, dispatch),
            TicketEvent::Recalled { .. } => {
                self.withdraw_units(at);
                self.state = S::InReview;
            }
            TicketEvent::ResultsIn => {
                self.times.results_in.get_or_insert(at);
                self.state = S::ResultCheck;
            }
            TicketEvent::SentBack { reason, clocks, .. } => {
                self.record_fault(at, *reason);
                self.send_backs = self.send_backs.saturating_add(1);
                self.clock_met(at, ClockKind::HubAccept);
                self.start_round(at, clocks, true);
                self.state = S::Handling;
            }
            TicketEvent::ResultAccepted { reply_by, .. } => {
                self.told_by = *reply_by;
                self.times.accepted = Some(at);
                self.clock_met(at, ClockKind::HubAccept);
                self.state = S::Reply;
            }
            TicketEvent::Replied(reply) => {
                self.replies.push(Timed { at, what: reply.clone() });
                if self.state == S::Reply && !reply.interim {
                    self.times.replied = Some(at);
                    self.clock_met(at, ClockKind::HubReply);
                    self.clock_met(at, ClockKind::Upper);
                    match self.filing {
                        Some(_) => self.close(at, TicketClosure::Filed),
                        None => self.state = S::Callback,
                    }
                }
            }
            TicketEvent::ReplyImpossible => self.close(at, TicketClosure::NoEvaluation),
            TicketEvent::Asked(callback) => self.asked(at, by, callback),
            TicketEvent::Satisfied => self.close(at, TicketClosure::Evaluated),
            TicketEvent::Redone { reason, clocks, dispatch, .. } => {
                self.record_fault(at, *reason);
                self.follows = false;
                match dispatch {
                    Some(dispatch) => {
                        self.round = self.round.saturating_add(1);
                        self.issue_assignments(at, dispatch);
                    }
                    None => self.start_round(at, clocks, false),
                }
                self.state = S::Handling;
            }
            TicketEvent::ClosedUnsatisfied { .. } => {
                let unit = self.lead().cloned();
                self.dissatisfaction = Some(Dissatisfaction::open(at, unit));
                self.close(at, TicketClosure::Unsatisfied);
            }
            TicketEvent::ClosedUnreached => self.close(at, TicketClosure::NoEvaluation),
            TicketEvent::Reopened { ground, .. } => {
                if *ground == ReopenGround::FalseResult {
                    self.record_fault(at, RedoReason::False);
                }
                self.round = self.round.saturating_add(1);
                (self.closure, self.times.closed) = (None, None);
                // The reopened ticket is handled on its own.
                (self.filing, self.follows) = (None, false);
                self.state = S::InReview;
            }
            TicketEvent::Archived { .. } => {
                self.times.archived = Some(at);
                self.state = S::Archived;
            }
            TicketEvent::Withdrawn { .. } => self.close(at, TicketClosure::Withdrawn),
            TicketEvent::Voided { .. } => self.state = S::Cancelled,
            TicketEvent::Attached { .. } => {
                self.disposition = Disposition::Repeat;
                self.state = S::Cancelled;
            }
            TicketEvent::Overridden { to, .. } => self.apply_override(at, *to),
            TicketEvent::CallAdded { call, .. } => self.more_calls.push(*call),
            TicketEvent::Regraded { grade, clocks, .. } => {
                self.form.grade = Some(*grade);
                for assignment in &mut self.assignments {
                    assignment.regrade(at, clocks);
                }
            }
            TicketEvent::Claimed => {
                self.claim = by.account().map(|who| Timed { at, what: who.clone() });
            }
            TicketEvent::Released => self.claim = None,
            TicketEvent::OfficerNamed { officer } => self.officer = Some(officer.clone()),
            TicketEvent::GroupNamed { group } => self.group = Some(group.clone()),
            TicketEvent::Urged(urge) => self.urges.apply(at, urge),
            TicketEvent::Contacted(contact) => {
                if contact.purpose == ContactPurpose::Info {
                    self.tries.push(Timed { at, what: (contact.how, contact.reached) });
                }
                if contact.purpose == ContactPurpose::FirstContact
                    && contact.reached == Reached::Yes
                {
                    self.quick_response(at);
                }
                if self.kind == super::TicketKind::MissedCall {
                    self.clock_met(at, ClockKind::LostCall);
                }
            }
            TicketEvent::Committed(commitment) => self.commitments.push(commitment.clone()),
            TicketEvent::FollowUpSet(follow_up) => {
                self.follow_ups
                    .push(TrackedFollowUp { follow_up: follow_up.clone(), checked: None });
            }
            TicketEvent::FollowUpChecked { n, kept, .. } => {
                let place = usize::from(*n).wrapping_sub(1);
                if let Some(followed) = self.follow_ups.get_mut(place) {
                    followed.checked = Some(Timed { at, what: *kept });
                }
            }
            TicketEvent::ReasonablenessDecided { verdict, .. } => self.reasonable = *verdict,
            TicketEvent::Thanked { kind, .. } => self.thanks.push(Timed { at, what: *kind }),
            TicketEvent::MethodTagged { method } => drop(self.methods.insert(method.clone())),
            TicketEvent::Paused { cause, .. } => self.every_clock(at, &ClockEvent::Paused(*cause)),
            TicketEvent::Resumed { cause } => self.every_clock(at, &ClockEvent::Resumed(*cause)),
            TicketEvent::RouteProposed(route) => self.route = Some(route.clone()),
            TicketEvent::ClockStarted(terms) => {
                // When an upper hotline sets another day, the first one no longer counts (CHAN-08,
                // cases of the upper hotline).
                if terms.kind == ClockKind::Upper {
                    self.clocks_of(ClockKind::Upper, at, &ClockEvent::Stopped);
                }
                self.clocks.push(Clock::started(*terms, at));
            }
            TicketEvent::ClockMet(kind) => self.clock_met(at, *kind),
            TicketEvent::CitizenUpdated { text } => {
                if self.updates.len() >= Ticket::UPDATES_MAX {
                    self.updates.remove(0);
                }
                self.updates.push(Timed { at, what: text.clone() });
            }
            TicketEvent::FilingFound { filing, .. } => self.filed = *filing,
            // These are recorded in the log and change no count.
            TicketEvent::AidNoted { .. }
            | TicketEvent::Revealed { .. }
            | TicketEvent::Noted { .. } => {}
        }
    }

    /// Counts one more missed call of the caller while this item is open. The clock is not
    /// restarted, because the first missed call is the oldest.
    pub fn missed_again(&mut self, seq: Seq, at: Timestamp, missed: &MissedCallRepeated) {
        self.seq = seq;
        self.times.changed = at;
        self.missed_again = self.missed_again.saturating_add(1);
        self.last_missed = Some(at);
        if missed.refused {
            self.refused_again = self.refused_again.saturating_add(1);
        } else {
            if self.more_calls.len() >= Ticket::MISSED_CALLS_LISTED {
                self.more_calls.remove(0);
            }
            self.more_calls.push(missed.call);
        }
    }

    /// Follows an entry about this ticket. The indexed view needs only this method.
    pub fn apply_entry(&mut self, seq: Seq, at: Timestamp, entry: &DeskEntry) {
        match &entry.event {
            DeskEvent::Ticket(_, event) => self.apply(seq, at, &entry.by, event),
            DeskEvent::Assignment(id, event) => {
                self.apply_to_assignment(seq, at, &entry.by, id.n, event)
            }
            DeskEvent::Dissatisfaction(_, event) => self.apply_to_item(seq, at, event),
            // These are about its matter or about no ticket.
            DeskEvent::Filing(..)
            | DeskEvent::Order(..)
            | DeskEvent::Directory(_)
            | DeskEvent::Leader(_)
            | DeskEvent::Messaging(_)
            | DeskEvent::Knowledge(..) => {}
        }
    }

    /// Applies an event to one of its assignments.
    pub(crate) fn apply_to_assignment(
        &mut self,
        seq: Seq,
        at: Timestamp,
        by: &Actor,
        n: u16,
        event: &AssignmentEvent,
    ) {
        self.seq = seq;
        self.times.changed = at;
        self.record_worker(by);
        let place = usize::from(n).wrapping_sub(1);
        let Some(assignment) = self.assignments.get_mut(place) else { return };
        let child = assignment.delegated(n, at, event);
        assignment.apply(at, by, event);
        let gone = assignment.is_gone();
        self.assignments.extend(child);
        if gone {
            self.withdraw_below(n, at);
        }
        let responded = match event {
            AssignmentEvent::Contacted(contact) => contact.reached == Reached::Yes,
            AssignmentEvent::OnSite { .. } => true,
            _ => false,
        };
        if responded {
            self.quick_response(at);
        }
    }

    /// Applies an event to its dissatisfaction item.
    pub(crate) fn apply_to_item(&mut self, seq: Seq, at: Timestamp, event: &DissatisfactionEvent) {
        self.seq = seq;
        self.times.changed = at;
        if let Some(item) = &mut self.dissatisfaction {
            item.apply(at, event);
        }
    }

    /// The caller was spoken with, or a person is on site: the quick clocks are met.
    fn quick_response(&mut self, at: Timestamp) {
        for kind in [ClockKind::QuickRespond, ClockKind::QuickDanger, ClockKind::MessageHuman] {
            self.clock_met(at, kind);
        }
    }

    fn record_worker(&mut self, by: &Actor) {
        // A callback does not count as work on the ticket for the roles that only call back.
        let asks = matches!(by.role(), Some(Role::Callback | Role::GovSupervision));
        if let Some(account) = by.account()
            && !asks
        {
            self.worked_by.insert(account.clone());
        }
    }

    fn issue_assignments(&mut self, at: Timestamp, dispatch: &Dispatch) {
        self.form.grade = Some(dispatch.grade);
        for part in &dispatch.parts {
            let assignment = Assignment::issued(at, self.round, part, dispatch);
            self.assignments.push(assignment);
        }
        // The supervising unit has an assignment and a clock of its own (CLK-05).
        let supervised = self.assignments.iter().any(|a| {
            a.role == DispatchRole::Supervise && a.unit == dispatch.supervise && !a.is_gone()
        });
        if !supervised {
            let part = model::desk::DispatchPart {
                unit: dispatch.supervise.clone(),
                role: DispatchRole::Supervise,
                method: DispatchMethod::Network,
                required: false,
            };
            self.assignments.push(Assignment::issued(at, self.round, &part, dispatch));
        }
    }

    /// The result that the hub looked at last was faulty: the units that led then are faulted.
    fn record_fault(&mut self, at: Timestamp, reason: RedoReason) {
        let leads = self.assignments.iter().filter(|a| a.is_lead() && !a.is_gone());
        let Some(last) = leads.map(|a| a.round).max() else { return };
        let of_last = self.assignments.iter_mut().filter(|a| a.round == last);
        of_last.for_each(|assignment| assignment.record_fault(at, reason));
    }

    fn start_round(&mut self, at: Timestamp, clocks: &[ClockTerms], inside: bool) {
        self.round = self.round.saturating_add(1);
        for assignment in &mut self.assignments {
            assignment.start_round(at, self.round, clocks, inside);
        }
    }

    fn asked(&mut self, at: Timestamp, by: &Actor, callback: &Callback) {
        self.clock_met(at, ClockKind::CallbackStart);
        self.callbacks.push(CallbackAttempt {
            at,
            round: self.round,
            by: by.account().cloned(),
            callback: callback.clone(),
        });
        let Some(grade) = callback.grade.filter(|_| callback.is_valid()) else { return };
        let evaluation = Evaluation {
            at,
            round: self.round,
            grade,
            solved: callback.solved,
            contacted: callback.contacted_by_unit,
        };
        self.eval_first.get_or_insert(evaluation);
        self.eval_final = Some(evaluation);
    }

    pub(super) fn close(&mut self, at: Timestamp, closure: TicketClosure) {
        self.closure = Some(closure);
        self.state = TicketState::Closed;
        self.times.closed = Some(at);
        (self.claim, self.call_at) = (None, None);
        for assignment in &mut self.assignments {
            assignment.finish(at);
        }
        for clock in &mut self.clocks {
            clock.apply(at, &ClockEvent::Stopped);
        }
    }

    pub(super) fn withdraw_units(&mut self, at: Timestamp) {
        for assignment in &mut self.assignments {
            assignment.withdraw(at);
        }
    }

    fn clock_met(&mut self, at: Timestamp, kind: ClockKind) {
        self.clocks_of(kind, at, &ClockEvent::Met);
    }

    /// Lower units' assignments are withdrawn with the one above (hotline.md 2.8, invariant 11).
    fn withdraw_below(&mut self, n: u16, at: Timestamp) {
        let mut gone = std::collections::BTreeSet::from([n]);
        // A lower assignment always comes after the one above it.
        for (own, assignment) in (1..).zip(&mut self.assignments) {
            if assignment.parent.is_some_and(|above| gone.contains(&above)) {
                assignment.withdraw(at);
                gone.insert(own);
            }
        }
    }

    pub(super) fn clocks_of(&mut self, kind: ClockKind, at: Timestamp, event: &ClockEvent) {
        for clock in self.clocks.iter_mut().filter(|clock| clock.terms().kind == kind) {
            clock.apply(at, event);
        }
    }

    pub(super) fn every_clock(&mut self, at: Timestamp, event: &ClockEvent) {
        self.clocks.iter_mut().for_each(|clock| clock.apply(at, event));
        for assignment in &mut self.assignments {
            assignment.every_clock(at, event);
        }
    }
}
