//! The effect of an event on an assignment. A fold never fails.

use model::{
    Timestamp,
    desk::{
        Actor, AssignmentEvent, AssignmentState, ClockKind, ClockTerms, DispatchRole, PauseCause,
        Reached,
    },
};

use super::{Assignment, PendingExtension, ReturnRequest, ReturnVerdict};
use deadlines::clock::{Clock, ClockEvent, Extension, ExtensionApprover};

impl Assignment {
    /// Applies an event. The ticket handles what it means for the rest of the ticket.
    pub(crate) fn apply(&mut self, at: Timestamp, by: &Actor, event: &AssignmentEvent) {
        use AssignmentState as S;
        match event {
            AssignmentEvent::Signed { handler } => {
                self.sign(at);
                if handler.is_some() {
                    self.handler = handler.clone();
                }
            }
            AssignmentEvent::HandlerNamed { handler } => self.handler = Some(handler.clone()),
            AssignmentEvent::ReturnAsked { ground, late, .. } => {
                // A unit that asks for a return has seen the assignment.
                self.signed.get_or_insert(at);
                self.clocks_of(ClockKind::Sign, at, &ClockEvent::Met);
                self.returns.push(ReturnRequest {
                    at,
                    ground: *ground,
                    late: *late,
                    verdict: None,
                });
                self.state = S::ReturnAsked;
            }
            AssignmentEvent::ReturnApproved { .. } => {
                self.judge(ReturnVerdict::Approved);
                self.every_clock(at, &ClockEvent::Stopped);
                self.state = S::Returned;
            }
            AssignmentEvent::ReturnRejected { .. } => {
                self.judge(ReturnVerdict::Rejected);
                self.state = S::Accepted;
            }
            AssignmentEvent::Disputed { clock, .. } => {
                self.state = S::Arbitrating;
                self.every_clock(at, &ClockEvent::Paused(PauseCause::Arbitrating));
                self.start(at, *clock);
            }
            AssignmentEvent::DisputeDecided { stays, .. } => {
                self.clocks_of(ClockKind::Arbitrate, at, &ClockEvent::Met);
                if *stays {
                    self.judge(ReturnVerdict::Stays);
                    self.every_clock(at, &ClockEvent::Resumed(PauseCause::Arbitrating));
                    self.state = S::Accepted;
                } else {
                    self.judge(ReturnVerdict::Moves);
                    self.every_clock(at, &ClockEvent::Stopped);
                    self.state = S::Returned;
                }
            }
            AssignmentEvent::Delegated { .. } => self.state = S::Delegated,
            AssignmentEvent::ChildBack => self.state = S::Accepted,
            AssignmentEvent::ExtensionAsked { days, citizen_told, .. } => {
                let citizen_told = *citizen_told;
                self.extension = Some(PendingExtension { at, days: *days, citizen_told });
            }
            AssignmentEvent::ExtensionDecided { days, by_director, .. } => {
                let asked_at = self.extension.take().map_or(at, |request| request.at);
                if *days > 0 {
                    let by = if *by_director {
                        ExtensionApprover::Director
                    } else {
                        ExtensionApprover::SupervisionGroup
                    };
                    self.extensions = self.extensions.saturating_add(1);
                    let extension = Extension { days: *days, asked_at, by };
                    self.handling_clocks(at, &ClockEvent::Extended(extension));
                }
            }
            AssignmentEvent::Contacted(contact) => {
                if contact.reached == Reached::Yes {
                    self.first_contact.get_or_insert(at);
                    self.clocks_of(ClockKind::FirstContact, at, &ClockEvent::Met);
                }
            }
            AssignmentEvent::OnSite { .. } => drop(self.on_site.get_or_insert(at)),
            AssignmentEvent::ResultDrafted(result) => {
                if self.handler.is_none() {
                    self.handler = by.account().map(ToString::to_string);
                }
                self.result = Some((**result).clone());
                self.remarks.clear();
                self.signatures.clear();
                self.further.clear();
                self.state = S::UnitSign;
            }
            AssignmentEvent::HeadSigned(signature) => {
                self.signatures.push(signature.clone());
                self.submitted = Some(at);
                self.first_result.get_or_insert(at);
                self.state = S::Submitted;
            }
            AssignmentEvent::ClockStarted(terms) => self.start(at, Some(*terms)),
            AssignmentEvent::SignaturesAsked { post } => self.further.clone_from(post),
            AssignmentEvent::WordingRemarked(remarks) => self.remarks.clone_from(remarks),
            AssignmentEvent::HeadRejected { .. } => self.state = S::Accepted,
            AssignmentEvent::FurtherSigned(signature) => self.signatures.push(signature.clone()),
            AssignmentEvent::SupPassed { substance, wording, .. } => {
                self.scores = Some((*substance, *wording));
                self.passed = Some(at);
                self.clocks_of(ClockKind::SuperviseReview, at, &ClockEvent::Met);
                self.handling_clocks(at, &ClockEvent::Met);
                self.state = S::SupPassed;
            }
            AssignmentEvent::SupRejected { .. } => {
                self.rejections = self.rejections.saturating_add(1);
                self.clocks_of(ClockKind::SuperviseReview, at, &ClockEvent::Met);
                self.state = S::Accepted;
            }
            AssignmentEvent::HubSentBack { reason, clock } => {
                self.record_fault(at, *reason);
                let clocks: Vec<ClockTerms> = clock.iter().copied().collect();
                self.start_round(at, self.round.saturating_add(1), &clocks, false);
            }
            AssignmentEvent::Finished => self.finish(at),
            AssignmentEvent::Withdrawn { .. } => self.withdraw(at),
            AssignmentEvent::OverdueExplained { reason, .. } => self.overdue = Some(*reason),
            AssignmentEvent::Urged(urge) => self.urges.apply(at, urge),
            // It is recorded; it changes neither state nor time.
            AssignmentEvent::Obstructed { .. } => {}
        }
    }

    /// The assignment of a lower unit below this one.
    pub(crate) fn delegated(
        &self,
        n: u16,
        at: Timestamp,
        event: &AssignmentEvent,
    ) -> Option<Assignment> {
        let AssignmentEvent::Delegated { unit, due, .. } = event else { return None };
        let terms = ClockTerms {
            kind: self.handle_clock().map_or(ClockKind::HandleB, |clock| clock.terms().kind),
            allowance: model::desk::Allowance::Until(*due),
            policy: self.handle_clock().map_or(0, |clock| clock.terms().policy),
        };
        let role = if self.is_lead() { DispatchRole::Lead } else { DispatchRole::Assist };
        let (unit, method) = (unit.clone(), model::desk::DispatchMethod::Network);
        // The unit that delegated it reviews the result.
        let (supervise, by) = (self.unit.clone(), self.handler.clone().unwrap_or_default());
        let mut child = Assignment::new(at, self.round, unit, role, method, supervise, by);
        child.parent = Some(n);
        child.clocks.push(Clock::started(terms, at));
        for clock in self.clocks.iter().filter(|c| c.terms().kind == ClockKind::Sign) {
            child.clocks.push(Clock::started(clock.terms(), at));
        }
        Some(child)
    }

    /// Starts a clock that the rules give.
    pub(crate) fn start(&mut self, at: Timestamp, terms: Option<ClockTerms>) {
        self.clocks.extend(terms.map(|terms| Clock::started(terms, at)));
    }

    fn judge(&mut self, verdict: ReturnVerdict) {
        if let Some(last) = self.returns.last_mut() {
            last.verdict = Some(verdict);
        }
    }
}
