//! A ticket (诉求件): one caller's demand in one matter, as a fold over the log.
//!
//! It has the reply and the callback; its [`Assignment`]s have the work of the units. [`TABLE`]
//! says which command each role may give in each state, `decide` has the guards, and
//! [`Ticket::apply_entry`] follows the log and never fails.

mod apply;
mod command;
mod manifest;
mod overrides;
mod ticket_times;

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
pub use ticket_times::TicketTimes;

/// One caller's demand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// Its number.
    pub ticket: TicketId,
    /// Whether it came from a conversation or is a missed call.
    pub kind: TicketKind,
    /// The call it came from; `None` for other channels.
    pub call: Option<CallId>,
    /// Later calls about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_calls: Vec<CallId>,
    /// For a missed-call item: the number of further missed calls of its caller while it was open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_again: u32,
    /// How many of those were refused on arrival, and have no call record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused_again: u32,
    /// When the last of them was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_missed: Option<Timestamp>,
    /// The number that called.
    pub caller: Number,
    /// The line that was called.
    pub line: LineId,
    /// For a demand taken over from another hotline: its number there (CALL-31, cut-over).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// The seat that answered; `None` for a missed call.
    pub seat: Option<SeatId>,
    /// The channel it came by.
    pub channel: Channel,
    /// The last record that changed it.
    pub seq: Seq,
    /// The state.
    pub state: TicketState,
    /// The state before it waited for missing information.
    pub before: Option<TicketState>,
    /// How it was closed.
    pub closure: Option<TicketClosure>,
    /// The registration form.
    pub form: Form,
    /// The matter it belongs to.
    pub matter: Option<MatterId>,
    /// Whether it follows the master of its matter.
    pub follows: bool,
    /// Six digits with which the caller may look it up.
    pub query_code: String,
    /// Whether the caller reported the matter before.
    pub repeat_caller: bool,
    /// Whether other callers reported the matter before.
    pub repeat_matter: bool,
    /// The round of handling, from 1; each redo adds one.
    pub round: u16,
    /// The kind of contact it was.
    pub disposition: Disposition,
    /// The directory's proposal of units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Box<ProposedRoute>>,
    /// The kind of nuisance that an agent proposes.
    pub proposed: Option<Disposition>,
    /// Whether the hub finds the demand reasonable.
    pub reasonable: Reasonableness,
    /// The answer given on the spot or by a filing.
    pub answer: Option<String>,
    /// The knowledge item that was used.
    pub knowledge: Option<KnowledgeId>,
    /// The filing that answers it.
    pub filing: Option<FilingId>,
    /// The assignments of units.
    pub assignments: Vec<Assignment>,
    /// The hub's own clocks.
    pub clocks: Vec<Clock>,
    /// The instructions of leaders.
    pub instructions: Vec<Instruction>,
    /// The replies to the caller, with times.
    pub replies: Vec<Timed<ReplyMade>>,
    /// Whether hub or unit tells the caller, by the rules at the time the result was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<ReplyRule>,
    /// The callbacks, with their outcomes.
    pub callbacks: Vec<CallbackAttempt>,
    /// The first valid evaluation, which never changes (hotline.md 2.8, invariant 8).
    pub eval_first: Option<Evaluation>,
    /// The last valid evaluation.
    pub eval_final: Option<Evaluation>,
    /// Tries to find out what is missing, and whether the caller was reached.
    pub tries: Vec<Timed<(ReplyBy, Reached)>>,
    /// The urges of this ticket.
    pub urges: Urges,
    /// Promises that were made.
    pub commitments: Vec<Commitment>,
    /// Follow-ups, with the outcome of their checks.
    pub follow_ups: Vec<TrackedFollowUp>,
    /// News from the caller, newest last (REC-21); at most [`Ticket::UPDATES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updates: Vec<Timed<String>>,
    /// Thanks.
    pub thanks: Vec<Timed<Gratitude>>,
    /// Methods that moved it.
    pub methods: BTreeSet<String>,
    /// When the caller is to be called again, while information is missing (T07).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_at: Option<Timestamp>,
    /// The filing that answers its matter now, if there is one (UNS-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<FilingId>,
    /// The account that claimed it from the pool.
    pub claim: Option<Timed<AccountName>>,
    /// The person who is responsible for a hard case.
    pub officer: Option<AccountName>,
    /// The supervision group it belongs to.
    pub group: Option<GroupId>,
    /// The account that registered it.
    pub agent: Option<AccountName>,
    /// The account that dispatched it.
    pub dispatcher: Option<AccountName>,
    /// All accounts of the hub and the units that worked on it; they do not call back (hotline.md
    /// 2.7).
    #[serde(rename = "hands")]
    pub worked_by: BTreeSet<AccountName>,
    /// How often the hub sent back a result.
    pub send_backs: u16,
    /// The times of its steps.
    pub times: TicketTimes,
    /// The item that stays open after it was closed as unsatisfied.
    pub dissatisfaction: Option<Dissatisfaction>,
}

/// The kind of item that a contact left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// The caller spoke with a seat, or wrote.
    Conversation,
    /// The caller reached nobody.
    MissedCall,
}

/// A value with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timed<T> {
    /// The time.
    pub at: Timestamp,
    /// The value.
    pub what: T,
}

/// A callback and its round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallbackAttempt {
    /// When it was made.
    pub at: Timestamp,
    /// The round of handling it is about.
    pub round: u16,
    /// The account that asked; `None` when the engine or the citizen did.
    pub by: Option<AccountName>,
    /// Its outcome.
    pub callback: Callback,
}

/// A valid evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evaluation {
    /// When it was given.
    pub at: Timestamp,
    /// The round of handling it is about.
    pub round: u16,
    /// How satisfied the caller is.
    pub grade: Satisfaction,
    /// Whether the demand is solved.
    pub solved: Option<Solved>,
    /// Whether the unit had spoken with the caller.
    pub contacted: Option<bool>,
}

/// A follow-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackedFollowUp {
    /// The subject and the time of the check.
    pub follow_up: FollowUp,
    /// When it was checked, and whether all was well.
    pub checked: Option<Timed<bool>>,
}

impl Ticket {
    /// The most updates kept here; the log keeps all.
    pub const UPDATES_MAX: usize = 100;

    /// The most later calls kept of a missed-call item; the log keeps all.
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
                    Some(Ticket::taken_over(*id, seq, at, past))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A demand that was over before it came here: it is archived from the start.
    fn taken_over(id: TicketId, seq: Seq, at: Timestamp, past: &LegacyTicket) -> Ticket {
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
            ticket.replies.push(Timed { at: past.closed, what: reply });
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
            worked_by: BTreeSet::new(),
            send_backs: 0,
            times: TicketTimes::default(),
            dissatisfaction: None,
        }
    }

    /// The number to call back: the contact number of the form, otherwise the caller's number.
    pub fn contact(&self) -> Option<&Number> {
        let given = self.form.contact.as_ref().filter(|number| !number.is_withheld());
        given.or(Some(&self.caller).filter(|number| !number.is_withheld()))
    }

    /// Whether it is closed, archived or cancelled.
    pub fn is_over(&self) -> bool {
        use TicketState::{Archived, Cancelled, Closed};
        matches!(self.state, Closed | Archived | Cancelled)
    }

    /// An assignment by its number, from 1.
    pub fn assignment(&self, n: u16) -> Option<&Assignment> {
        self.assignments.get(usize::from(n).checked_sub(1)?)
    }

    /// Whether with these clocks a lower unit would be due after the unit above it.
    pub(crate) fn is_lower_unit_due_too_late(
        &self,
        working_time: WorkingTime<'_>,
        now: Timestamp,
        clocks: &[ClockTerms],
    ) -> bool {
        let at_work = |a: &&Assignment| a.is_open() && a.parent.is_some();
        self.assignments.iter().filter(at_work).any(|child| {
            let above = child.parent.and_then(|n| self.assignment(n));
            let dues = above.and_then(|above| above.due_by(working_time, now, clocks));
            dues.zip(child.due(working_time)).is_some_and(|(above, child)| child >= above)
        })
    }

    /// The leading unit that did not return the ticket and from which it was not withdrawn.
    pub fn lead(&self) -> Option<&UnitId> {
        self.assignments.iter().rev().find(|a| a.is_lead() && !a.is_gone()).map(|a| &a.unit)
    }

    /// Whether hub or unit tells the caller now. The hub does when a filing answers the ticket, or
    /// when it has no leading unit because it follows another or was overridden.
    pub fn reply_rule(&self) -> ReplyRule {
        match (self.told_by, self.lead()) {
            (Some(rule), Some(_)) if self.filing.is_none() => rule,
            _ => ReplyRule::Hub,
        }
    }

    /// When the caller may expect an answer: the earliest due date that an upper hotline, a quick
    /// kind or the leading unit has to meet. `None` before dispatch and while it is paused.
    pub fn due(&self, working_time: WorkingTime<'_>) -> Option<Timestamp> {
        self.answer_clocks().filter_map(|clock| clock.due(working_time)).min()
    }

    /// The running clocks that end with an answer to the caller.
    pub(crate) fn answer_clocks(&self) -> impl Iterator<Item = &Clock> {
        use deadlines::clock::ClockKind::{QuickDanger, QuickRespond, Upper};
        let own = self
            .clocks
            .iter()
            .filter(|clock| matches!(clock.terms().kind, QuickDanger | QuickRespond | Upper));
        let leads = self.assignments.iter().filter(|a| a.is_lead() && a.is_open());
        let handling = leads
            .flat_map(|lead| &lead.clocks)
            .filter(|clock| crate::assignment::is_handling_clock(clock.terms().kind));
        own.chain(handling).filter(|clock| clock.end().is_none())
    }

    /// The reasons for which it cannot be archived (T27).
    pub fn archive_obstacles(&self) -> Vec<&'static str> {
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

    /// The unsatisfied answers so far, by SMS or web and by a person, for closing as unsatisfied
    /// (T24).
    pub fn unsatisfied_answers(&self) -> (usize, usize) {
        use model::desk::CallbackChannel;
        let bad = |asked: &&CallbackAttempt| {
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

/// For serde: a count of zero is not written.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
