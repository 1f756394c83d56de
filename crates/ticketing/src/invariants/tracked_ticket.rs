//! The account of one ticket that the records alone give: its state, and how often each thing was
//! done.

use std::collections::BTreeMap;

use model::{
    Timestamp,
    desk::{
        AssignmentEvent, Callback, Channel, MatterId, ReplyMade, Satisfaction, TicketClosure,
        TicketEvent, TicketState,
    },
};

use super::due_dates::DueDates;
use crate::{Ticket, diagram};

/// The values that the records of one ticket give.
#[derive(Clone, Debug)]
pub(super) struct TrackedTicket {
    pub(super) channel: Channel,
    pub(super) came_from_call: bool,
    pub(super) state: TicketState,
    pub(super) closure: Option<TicketClosure>,
    pub(super) follows: bool,
    pub(super) dispatched: bool,
    /// Whether the caller was told the outcome since the ticket was last opened or reopened.
    pub(super) told: bool,
    pub(super) urges: u32,
    /// Urges by assignment number.
    pub(super) unit_urges: BTreeMap<u16, u32>,
    pub(super) returns: usize,
    pub(super) send_backs: u16,
    pub(super) first_evaluation: Option<(Timestamp, Satisfaction)>,
    pub(super) last_evaluation: Option<(Timestamp, Satisfaction)>,
    pub(super) due_dates: DueDates,
    state_before_info: Option<TicketState>,
    matter: Option<MatterId>,
    by_filing: bool,
}

impl TrackedTicket {
    pub(super) fn opened(ticket: &Ticket) -> TrackedTicket {
        TrackedTicket {
            channel: ticket.channel,
            came_from_call: ticket.call.is_some(),
            state: TicketState::Draft,
            closure: None,
            follows: false,
            dispatched: false,
            told: false,
            urges: 0,
            unit_urges: BTreeMap::new(),
            returns: 0,
            send_backs: 0,
            first_evaluation: None,
            last_evaluation: None,
            due_dates: DueDates::default(),
            state_before_info: None,
            matter: None,
            by_filing: false,
        }
    }

    pub(super) fn matter(&self) -> Option<MatterId> {
        self.matter
    }

    pub(super) fn is_archived(&self) -> bool {
        matches!(self.state, TicketState::Archived | TicketState::Cancelled)
    }

    pub(super) fn on_assignment(&mut self, n: u16, event: &AssignmentEvent) {
        match event {
            AssignmentEvent::ReturnAsked { .. } => self.returns += 1,
            AssignmentEvent::Urged(_) => *self.unit_urges.entry(n).or_default() += 1,
            _ => {}
        }
    }

    /// Follows an event by the table of hotline.md 2.3; returns a text when the table has no such
    /// step.
    pub(super) fn on_ticket(&mut self, at: Timestamp, event: &TicketEvent) -> Option<String> {
        use TicketEvent as E;
        use TicketState::{
            AwaitInfo, AwaitLeader, Callback as InCallback, Cancelled, Closed, Draft, Following,
            Handling, InReview, Registered, Reply, ResultCheck,
        };
        let from = self.state;
        let (legal, to): (&[TicketState], TicketState) = match event {
            E::Registered { matter, .. } => {
                self.matter = Some(*matter);
                (&[Draft], Registered)
            }
            E::Answered { .. } => (&[Registered], self.close_told(TicketClosure::Direct)),
            E::Diverted { .. } => (&[Draft, Registered], self.close_told(TicketClosure::Diverted)),
            E::NotAccepted { .. } => {
                (&[Registered, InReview], self.close_told(TicketClosure::NotAccepted))
            }
            E::Invalidated(_) => (&[Draft, Registered], self.close(TicketClosure::Invalid)),
            E::InfoAwaited { .. } => {
                self.state_before_info = Some(from);
                (&[Registered, InReview, Handling], AwaitInfo)
            }
            E::InfoGiven { .. } => {
                (&[AwaitInfo], self.state_before_info.take().unwrap_or(Registered))
            }
            E::GivenUp => (&[AwaitInfo], self.close(TicketClosure::Withdrawn)),
            E::SentToReview => (&[Registered], InReview),
            E::FilingMatched { .. } => {
                self.by_filing = true;
                (&[InReview], Reply)
            }
            E::Merged { matter } => {
                (self.matter, self.follows) = (Some(*matter), true);
                (&[Registered, InReview], Following)
            }
            E::MasterPassed => (&[Following], Reply),
            E::Unmerged { matter, .. } => {
                (self.matter, self.follows) = (Some(*matter), false);
                (&[Following], InReview)
            }
            E::SentToLeader { .. } => (&[InReview], AwaitLeader),
            E::LeaderSigned(_) if from == AwaitLeader => (&[AwaitLeader], InReview),
            E::LeaderSigned(_) => (&[InReview, Handling, ResultCheck], from),
            E::Dispatched(_) => {
                self.dispatched = true;
                (&[InReview], Handling)
            }
            E::UnitAdded(_) => (&[Handling], Handling),
            E::Recalled { .. } => (&[Handling], InReview),
            E::ResultsIn => (&[Handling], ResultCheck),
            E::SentBack { .. } => {
                self.send_backs += 1;
                (&[ResultCheck], Handling)
            }
            E::ResultAccepted { .. } => (&[ResultCheck], Reply),
            E::Replied(reply) => return self.replied(reply),
            E::ReplyImpossible => (&[Reply], self.close(TicketClosure::NoEvaluation)),
            E::Asked(callback) => {
                self.called_back(at, callback);
                (&[InCallback, Closed], from)
            }
            E::Satisfied => (&[InCallback], self.close(TicketClosure::Evaluated)),
            E::Redone { dispatch, .. } => {
                self.dispatched |= dispatch.is_some();
                (self.follows, self.told) = (false, false);
                (&[InCallback], Handling)
            }
            E::ClosedUnsatisfied { .. } => (&[InCallback], self.close(TicketClosure::Unsatisfied)),
            E::ClosedUnreached => (&[InCallback], self.close(TicketClosure::NoEvaluation)),
            E::Reopened { .. } => {
                self.reset_for_new_round();
                (&[Closed], InReview)
            }
            E::Archived { .. } => (&[Closed], TicketState::Archived),
            E::Withdrawn { .. } => (WITHDRAWABLE, self.close(TicketClosure::Withdrawn)),
            E::Voided { .. } | E::Attached { .. } => (&[Draft], Cancelled),
            E::Overridden { to, .. } => {
                self.overridden(*to);
                (LIVE, *to)
            }
            E::Urged(_) => {
                self.urges += 1;
                (LIVE, from)
            }
            // These change neither the state nor a count.
            _ => return None,
        };
        self.state = to;
        let is_drawn =
            from == to || matches!(event, E::Overridden { .. }) || diagram::has_arrow(from, to);
        (!is_drawn || !legal.contains(&from))
            .then(|| format!("was {from:?} when {event:?} happened to it"))
    }

    fn replied(&mut self, reply: &ReplyMade) -> Option<String> {
        use TicketState::{Callback, Closed, Following, Handling, Reply};
        let from = self.state;
        if reply.interim {
            let legal = matches!(from, Handling | Following | Reply);
            return (!legal).then(|| format!("was {from:?} when the caller was told something"));
        }
        self.told = true;
        self.state = if self.by_filing { self.close(TicketClosure::Filed) } else { Callback };
        debug_assert!(matches!(self.state, Callback | Closed));
        (from != Reply).then(|| format!("was {from:?} when the caller was told the end"))
    }

    fn called_back(&mut self, at: Timestamp, callback: &Callback) {
        let Some(grade) = callback.grade.filter(|_| callback.is_valid()) else { return };
        self.first_evaluation.get_or_insert((at, grade));
        self.last_evaluation = Some((at, grade));
    }

    fn overridden(&mut self, to: TicketState) {
        match to {
            TicketState::Closed => drop(self.close(TicketClosure::NoEvaluation)),
            TicketState::Reply | TicketState::Callback => self.closure = None,
            _ => self.reset_for_new_round(),
        }
    }

    fn reset_for_new_round(&mut self) {
        (self.closure, self.told, self.by_filing, self.follows) = (None, false, false, false);
    }

    fn close_told(&mut self, closure: TicketClosure) -> TicketState {
        self.told = true;
        self.close(closure)
    }

    fn close(&mut self, closure: TicketClosure) -> TicketState {
        self.closure = Some(closure);
        TicketState::Closed
    }
}

const WITHDRAWABLE: &[TicketState] = &[
    TicketState::Registered,
    TicketState::AwaitInfo,
    TicketState::InReview,
    TicketState::AwaitLeader,
    TicketState::Handling,
    TicketState::Following,
    TicketState::ResultCheck,
    TicketState::Reply,
    TicketState::Callback,
];
const LIVE: &[TicketState] = &[
    TicketState::Draft,
    TicketState::Registered,
    TicketState::AwaitInfo,
    TicketState::InReview,
    TicketState::AwaitLeader,
    TicketState::Handling,
    TicketState::Following,
    TicketState::ResultCheck,
    TicketState::Reply,
    TicketState::Callback,
    TicketState::Closed,
];
