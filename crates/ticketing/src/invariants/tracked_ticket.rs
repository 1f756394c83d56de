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
    pub(super) of_call: bool,
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
    pub(super) first: Option<(Timestamp, Satisfaction)>,
    pub(super) last: Option<(Timestamp, Satisfaction)>,
    pub(super) dues: DueDates,
    before: Option<TicketState>,
    matter: Option<MatterId>,
    by_filing: bool,
}

impl TrackedTicket {
    pub(super) fn opened(ticket: &Ticket) -> TrackedTicket {
        TrackedTicket {
            channel: ticket.channel,
            of_call: ticket.call.is_some(),
            state: TicketState::Draft,
            closure: None,
            follows: false,
            dispatched: false,
            told: false,
            urges: 0,
            unit_urges: BTreeMap::new(),
            returns: 0,
            send_backs: 0,
            first: None,
            last: None,
            dues: DueDates::default(),
            before: None,
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
        use TicketEvent as D;
        use TicketState::{
            AwaitInfo, AwaitLeader, Callback as Asking, Cancelled, Closed, Draft, Following,
            Handling, InReview, Registered, Reply, ResultCheck,
        };
        let from = self.state;
        let (legal, to): (&[TicketState], TicketState) = match event {
            D::Registered { matter, .. } => {
                self.matter = Some(*matter);
                (&[Draft], Registered)
            }
            D::Answered { .. } => (&[Registered], self.tell(TicketClosure::Direct)),
            D::Diverted { .. } => (&[Draft, Registered], self.tell(TicketClosure::Diverted)),
            D::NotAccepted { .. } => {
                (&[Registered, InReview], self.tell(TicketClosure::NotAccepted))
            }
            D::Invalidated(_) => (&[Draft, Registered], self.close(TicketClosure::Invalid)),
            D::InfoAwaited { .. } => {
                self.before = Some(from);
                (&[Registered, InReview, Handling], AwaitInfo)
            }
            D::InfoGiven { .. } => (&[AwaitInfo], self.before.take().unwrap_or(Registered)),
            D::GivenUp => (&[AwaitInfo], self.close(TicketClosure::Withdrawn)),
            D::SentToReview => (&[Registered], InReview),
            D::FilingMatched { .. } => {
                self.by_filing = true;
                (&[InReview], Reply)
            }
            D::Merged { matter } => {
                (self.matter, self.follows) = (Some(*matter), true);
                (&[Registered, InReview], Following)
            }
            D::MasterPassed => (&[Following], Reply),
            D::Unmerged { matter, .. } => {
                (self.matter, self.follows) = (Some(*matter), false);
                (&[Following], InReview)
            }
            D::SentToLeader { .. } => (&[InReview], AwaitLeader),
            D::LeaderSigned(_) if from == AwaitLeader => (&[AwaitLeader], InReview),
            D::LeaderSigned(_) => (&[InReview, Handling, ResultCheck], from),
            D::Dispatched(_) => {
                self.dispatched = true;
                (&[InReview], Handling)
            }
            D::UnitAdded(_) => (&[Handling], Handling),
            D::Recalled { .. } => (&[Handling], InReview),
            D::ResultsIn => (&[Handling], ResultCheck),
            D::SentBack { .. } => {
                self.send_backs += 1;
                (&[ResultCheck], Handling)
            }
            D::ResultAccepted { .. } => (&[ResultCheck], Reply),
            D::Replied(reply) => return self.replied(reply),
            D::ReplyImpossible => (&[Reply], self.close(TicketClosure::NoEvaluation)),
            D::Asked(callback) => {
                self.asked(at, callback);
                (&[Asking, Closed], from)
            }
            D::Satisfied => (&[Asking], self.close(TicketClosure::Evaluated)),
            D::Redone { dispatch, .. } => {
                self.dispatched |= dispatch.is_some();
                (self.follows, self.told) = (false, false);
                (&[Asking], Handling)
            }
            D::ClosedUnsatisfied { .. } => (&[Asking], self.close(TicketClosure::Unsatisfied)),
            D::ClosedUnreached => (&[Asking], self.close(TicketClosure::NoEvaluation)),
            D::Reopened { .. } => {
                self.again();
                (&[Closed], InReview)
            }
            D::Archived { .. } => (&[Closed], TicketState::Archived),
            D::Withdrawn { .. } => (WITHDRAWABLE, self.close(TicketClosure::Withdrawn)),
            D::Voided { .. } | D::Attached { .. } => (&[Draft], Cancelled),
            D::Overridden { to, .. } => {
                self.overridden(*to);
                (LIVE, *to)
            }
            D::Urged(_) => {
                self.urges += 1;
                (LIVE, from)
            }
            // These change neither the state nor a count.
            _ => return None,
        };
        self.state = to;
        let is_drawn =
            from == to || matches!(event, D::Overridden { .. }) || diagram::has_arrow(from, to);
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

    fn asked(&mut self, at: Timestamp, callback: &Callback) {
        let Some(grade) = callback.grade.filter(|_| callback.is_valid()) else { return };
        self.first.get_or_insert((at, grade));
        self.last = Some((at, grade));
    }

    fn overridden(&mut self, to: TicketState) {
        match to {
            TicketState::Closed => drop(self.close(TicketClosure::NoEvaluation)),
            TicketState::Reply | TicketState::Callback => self.closure = None,
            _ => self.again(),
        }
    }

    fn again(&mut self) {
        (self.closure, self.told, self.by_filing, self.follows) = (None, false, false, false);
    }

    fn tell(&mut self, closure: TicketClosure) -> TicketState {
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
