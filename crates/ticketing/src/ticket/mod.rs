//! A ticket (诉求件): one caller's demand in one matter, as a fold over the log.
//!
//! It owns the reply and the callback; its [`Assignment`]s own what the units
//! do. [`TABLE`] says which command is taken in which state from whom,
//! `decide` holds the guards, [`Ticket::follow`] follows what was done and
//! never fails.

mod apply;
mod command;
mod decide;
mod manifest;
mod put;
mod times;

use std::collections::BTreeSet;

use model::{
    AccountName, CallId, Event, LineId, Number, SeatId, Seq, TicketId, Timestamp,
    desk::{
        Callback, Channel, ClockTerms, Commitment, Disposition, FilingId, FollowUp, Form,
        Gratitude, GroupId, Instruction, KnowledgeId, LegacyTicket, MatterId, ProposedRoute,
        Reached, Reasonableness, ReplyBy, ReplyMade, ReplyRule, Satisfaction, Solved,
        TicketClosure, TicketState, UnitId,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{assignment::Assignment, dissatisfaction::Dissatisfaction, urge::Urges};
use deadlines::clock::{Clock, WorkingTime};

pub use command::{TABLE, TicketCommand, allowed};
pub(crate) use decide::{check_form, decide};
pub use times::Times;

/// One caller's demand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// Its number.
    pub ticket: TicketId,
    /// A conversation's ticket, or a missed call to be called back.
    pub kind: TicketKind,
    /// The call it came from; none for other channels.
    pub call: Option<CallId>,
    /// Later calls about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_calls: Vec<CallId>,
    /// Of a missed-call item: how many more calls of its caller were missed while it was open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_again: u32,
    /// How many of those were refused on arrival, and have no call record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused_again: u32,
    /// When the last of them was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_missed: Option<Timestamp>,
    /// Who called.
    pub caller: Number,
    /// On which line.
    pub line: LineId,
    /// Its number in the house it was taken over from, of a demand that was over there (CALL-31).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who answered; nobody for a missed call.
    pub seat: Option<SeatId>,
    /// By which way it came.
    pub channel: Channel,
    /// The last record that changed it.
    pub seq: Seq,
    /// Where it stands.
    pub state: TicketState,
    /// Where it stood before it waited for something.
    pub before: Option<TicketState>,
    /// How it was closed.
    pub closure: Option<TicketClosure>,
    /// The registration form.
    pub form: Form,
    /// The issue it belongs to.
    pub matter: Option<MatterId>,
    /// Follows the master of its matter.
    pub follows: bool,
    /// Six digits with which the caller may look it up.
    pub query_code: String,
    /// The caller has spoken of this before.
    pub repeat_caller: bool,
    /// Others have.
    pub repeat_matter: bool,
    /// 1 is the first handling; one more for each redo.
    pub round: u16,
    /// What kind of contact it was.
    pub disposition: Disposition,
    /// Whose it is by the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Box<ProposedRoute>>,
    /// A kind of nuisance an agent proposes.
    pub proposed: Option<Disposition>,
    /// Whether the demand is reasonable, says the hub.
    pub reasonable: Reasonableness,
    /// What was answered on the spot, or by a filing.
    pub answer: Option<String>,
    /// From which knowledge.
    pub knowledge: Option<KnowledgeId>,
    /// The filing that answers it.
    pub filing: Option<FilingId>,
    /// What the units do.
    pub assignments: Vec<Assignment>,
    /// The hub's own clocks.
    pub clocks: Vec<Clock>,
    /// What leaders wrote.
    pub instructions: Vec<Instruction>,
    /// What the caller was told.
    pub replies: Vec<Dated<ReplyMade>>,
    /// Who is to tell them, since the result was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<ReplyRule>,
    /// How the caller was asked, and what they said.
    pub callbacks: Vec<Asked>,
    /// The first valid evaluation: set once, for ever (2.8, invariant 8).
    pub eval_first: Option<Evaluation>,
    /// The last one.
    pub eval_final: Option<Evaluation>,
    /// Tries to learn what is missing, and whether somebody was reached.
    pub tries: Vec<Dated<(ReplyBy, Reached)>>,
    /// Chasings.
    pub urges: Urges,
    /// Promises.
    pub commitments: Vec<Commitment>,
    /// What is to be looked at again, and what was found.
    pub follow_ups: Vec<Followed>,
    /// What the caller has told us since, newest last (REC-21); at most [`Ticket::UPDATES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updates: Vec<Dated<String>>,
    /// Thanks.
    pub thanks: Vec<Dated<Gratitude>>,
    /// Methods that moved it.
    pub methods: BTreeSet<String>,
    /// When the caller is to be called again, while something is missing (T07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_at: Option<Timestamp>,
    /// The filing that answers its matter now, if one does (UNS-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<FilingId>,
    /// Who has taken it from the pool.
    pub claim: Option<Dated<AccountName>>,
    /// The one person for a hard case.
    pub officer: Option<AccountName>,
    /// The supervision group it belongs to.
    pub group: Option<GroupId>,
    /// Who registered it.
    pub agent: Option<AccountName>,
    /// Who dispatched it.
    pub dispatcher: Option<AccountName>,
    /// Everybody of the hub and the units who had a hand in it: none of them calls back (2.7).
    pub hands: BTreeSet<AccountName>,
    /// Results sent back by the hub.
    pub send_backs: u16,
    /// When what happened.
    pub times: Times,
    /// The item that stays open after an unsatisfied end.
    pub dissatisfaction: Option<Dissatisfaction>,
}

/// What kind of item a contact left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// The caller spoke with a seat, or wrote.
    Conversation,
    /// The caller reached nobody.
    MissedCall,
}

/// Something with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dated<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: T,
}

/// A callback, and in which round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// When.
    pub at: Timestamp,
    /// About which handling.
    pub round: u16,
    /// Who asked; nobody when the engine or the citizen did.
    pub by: Option<AccountName>,
    /// What came of it.
    pub callback: Callback,
}

/// A valid evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evaluation {
    /// When.
    pub at: Timestamp,
    /// Of which handling.
    pub round: u16,
    /// How satisfied.
    pub grade: Satisfaction,
    /// Whether it is solved.
    pub solved: Option<Solved>,
    /// Whether the unit had spoken with them.
    pub contacted: Option<bool>,
}

/// Something to look at again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Followed {
    /// What, and when.
    pub follow_up: FollowUp,
    /// When it was looked at, and whether all is well.
    pub checked: Option<Dated<bool>>,
}

impl Ticket {
    /// Updates kept here; the log keeps all.
    pub const UPDATES_MAX: usize = 100;

    /// Later calls kept of a missed-call item; the log keeps all.
    pub const MISSED_CALLS_LISTED: usize = 20;

    /// The ticket an event opens, if it opens one.
    pub fn open(seq: Seq, at: Timestamp, event: &Event) -> Option<Ticket> {
        use model::desk::{DeskEvent, TicketEvent};
        match event {
            Event::TicketOpened(e) => {
                let mut ticket = Ticket::new(e.ticket, seq, at, Channel::Phone);
                ticket.call = Some(e.call);
                ticket.caller = e.caller.clone();
                ticket.line = e.line.clone();
                ticket.seat = Some(e.seat);
                Some(ticket)
            }
            Event::MissedCallFiled(e) => {
                let mut ticket = Ticket::new(e.ticket, seq, at, Channel::Phone);
                ticket.kind = TicketKind::MissedCall;
                ticket.call = Some(e.call);
                ticket.caller = e.caller.clone();
                ticket.line = e.line.clone();
                Some(ticket)
            }
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Ticket(id, TicketEvent::Opened { channel, caller, line, .. }) => {
                    let mut ticket = Ticket::new(*id, seq, at, *channel);
                    ticket.caller = caller.clone();
                    ticket.line = line.clone();
                    Some(ticket)
                }
                DeskEvent::Ticket(id, TicketEvent::TakenOver(past)) => {
                    Some(Ticket::of_elsewhere(*id, seq, at, past))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A demand that was over before it came here: put away from the first.
    fn of_elsewhere(id: TicketId, seq: Seq, at: Timestamp, past: &LegacyTicket) -> Ticket {
        let mut ticket = Ticket::new(id, seq, past.opened, past.channel);
        ticket.elsewhere = Some(past.number.clone());
        ticket.caller = past.caller.clone();
        ticket.line = past.line.clone();
        ticket.form = past.form.clone();
        ticket.matter = Some(MatterId(id));
        ticket.state = TicketState::Archived;
        ticket.closure = Some(match past.satisfaction {
            Some(_) => TicketClosure::Evaluated,
            None => TicketClosure::NoEvaluation,
        });
        if past.reply.is_some() || past.unit.is_some() {
            let reply = ReplyMade {
                how: ReplyBy::Phone,
                by_unit: past.unit.clone(),
                text: past.reply.clone().unwrap_or_default(),
                interim: false,
                call: None,
                reached: Reached::Yes,
            };
            ticket.replies.push(Dated { at: past.closed, what: reply });
        }
        ticket.eval_final = past.satisfaction.map(|grade| Evaluation {
            at: past.closed,
            round: 1,
            grade,
            solved: None,
            contacted: None,
        });
        ticket.eval_first = ticket.eval_final;
        let times = &mut ticket.times;
        (times.registered, times.closed) = (Some(past.opened), Some(past.closed));
        (times.archived, times.changed) = (Some(at), at);
        ticket
    }

    fn new(ticket: TicketId, seq: Seq, at: Timestamp, channel: Channel) -> Ticket {
        Ticket {
            ticket,
            kind: TicketKind::Conversation,
            call: None,
            more_calls: Vec::new(),
            missed_again: 0,
            refused_again: 0,
            last_missed: None,
            caller: Number::default(),
            line: LineId::from(""),
            elsewhere: None,
            opened: at,
            seat: None,
            channel,
            seq,
            state: TicketState::Draft,
            before: None,
            closure: None,
            form: Form::default(),
            matter: None,
            follows: false,
            query_code: String::new(),
            repeat_caller: false,
            repeat_matter: false,
            round: 1,
            disposition: Disposition::Valid,
            proposed: None,
            reasonable: Reasonableness::Undecided,
            answer: None,
            knowledge: None,
            filing: None,
            assignments: Vec::new(),
            clocks: Vec::new(),
            route: None,
            instructions: Vec::new(),
            replies: Vec::new(),
            told_by: None,
            callbacks: Vec::new(),
            eval_first: None,
            eval_final: None,
            tries: Vec::new(),
            urges: Urges::default(),
            commitments: Vec::new(),
            follow_ups: Vec::new(),
            updates: Vec::new(),
            thanks: Vec::new(),
            methods: BTreeSet::new(),
            call_at: None,
            filed: None,
            claim: None,
            officer: None,
            group: None,
            agent: None,
            dispatcher: None,
            hands: BTreeSet::new(),
            send_backs: 0,
            times: Times::default(),
            dissatisfaction: None,
        }
    }

    /// The number to call back: the one given, else the one that called.
    pub fn contact(&self) -> Option<&Number> {
        let given = self.form.contact.as_ref().filter(|number| !number.is_withheld());
        given.or(Some(&self.caller).filter(|number| !number.is_withheld()))
    }

    /// Whether nothing more is to be done by the hub or a unit in its course.
    pub fn is_over(&self) -> bool {
        use TicketState::{Archived, Cancelled, Closed};
        matches!(self.state, Closed | Archived | Cancelled)
    }

    /// One of its assignments, by its number from 1.
    pub fn assignment(&self, n: u16) -> Option<&Assignment> {
        self.assignments.get(usize::from(n).checked_sub(1)?)
    }

    /// Whether by these clocks a lower unit would be due after the one that gave it on.
    pub(crate) fn is_outlived(
        &self,
        ground: WorkingTime<'_>,
        now: Timestamp,
        clocks: &[ClockTerms],
    ) -> bool {
        let at_work = |a: &&Assignment| a.is_open() && a.parent.is_some();
        self.assignments.iter().filter(at_work).any(|child| {
            let above = child.parent.and_then(|n| self.assignment(n));
            let dues = above.and_then(|above| above.due_by(ground, now, clocks));
            dues.zip(child.due(ground)).is_some_and(|(above, child)| child >= above)
        })
    }

    /// The unit that leads, of those still at it or done.
    pub fn lead(&self) -> Option<&UnitId> {
        self.assignments.iter().rev().find(|a| a.is_lead() && !a.is_gone()).map(|a| &a.unit)
    }

    /// Who is to tell the caller now. What is answered from a filing, or follows another ticket, or
    /// was put here by two persons is the hotline's to tell: no unit of its own has it.
    pub fn teller(&self) -> ReplyRule {
        match (self.told_by, self.lead()) {
            (Some(rule), Some(_)) if self.filing.is_none() => rule,
            _ => ReplyRule::Hub,
        }
    }

    /// By when its caller may expect an answer: the earliest due that an upper hotline, a kind that
    /// cannot wait or its leading unit has to meet. `None` before dispatch and while a pause holds it.
    pub fn due(&self, ground: WorkingTime<'_>) -> Option<Timestamp> {
        self.awaited().filter_map(|clock| clock.due(ground)).min()
    }

    /// The running clocks that end with an answer to the caller.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = &Clock> {
        use deadlines::clock::ClockKind::{QuickDanger, QuickRespond, Upper};
        let own = self
            .clocks
            .iter()
            .filter(|clock| matches!(clock.promise().kind, QuickDanger | QuickRespond | Upper));
        let leads = self.assignments.iter().filter(|a| a.is_lead() && a.is_open());
        let handling = leads
            .flat_map(|lead| &lead.clocks)
            .filter(|clock| crate::assignment::is_handling(clock.promise().kind));
        own.chain(handling).filter(|clock| clock.end().is_none())
    }

    /// Whether something keeps it from being put away: T27.
    pub fn holds(&self) -> Vec<&'static str> {
        let open_follow_up =
            self.follow_ups.iter().any(|f| f.checked.is_none() && f.follow_up.binding);
        let open_item = self.dissatisfaction.as_ref().is_some_and(Dissatisfaction::is_open);
        [
            (open_follow_up, "a follow-up is not checked"),
            (open_item, "a dissatisfaction item is open"),
        ]
        .into_iter()
        .filter_map(|(holds, why)| holds.then_some(why))
        .collect()
    }

    /// Unsatisfied answers so far, by SMS and by a person: what T24 counts.
    pub fn unsatisfied(&self) -> (usize, usize) {
        use model::desk::CallbackChannel;
        let bad = |asked: &&Asked| {
            asked.callback.is_valid() && asked.callback.grade.is_some_and(|g| !g.is_satisfied())
        };
        let bad = || self.callbacks.iter().filter(bad);
        let written = bad()
            .filter(|a| matches!(a.callback.how, CallbackChannel::Sms | CallbackChannel::Web))
            .count();
        let spoken = bad().filter(|a| a.callback.how == CallbackChannel::Manual).count();
        (written, spoken)
    }
}

/// For serde: a count that is not written.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
