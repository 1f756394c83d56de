//! The rows that the view keeps for reports: a call, and a ticket without its texts and due dates.
//!
//! The indexed view keeps one row per ticket, so that a year's report does not read a million forms.
//! A row has no due dates: they are computed for [`super::Facts`] with the calendar, so that a new
//! notice of holidays changes them (hotline.md 2.5b).

use deadlines::clock::Clock;
use model::{
    AccountName, CallId, LineId, SeatId, TicketId, Timestamp,
    desk::{
        AreaId, AssignmentState, Channel, ClockKind, DispatchMethod, DispatchRole, Disposition,
        Form, Grade, Importance, MatterId, OverdueReason, Purpose, Reasonableness, RedoReason,
        Satisfaction, TicketClosure, TicketState, TopicId, UnitId, UrgeSource,
    },
    event::CallEnd,
};
use serde::{Deserialize, Serialize};
use ticketing::{
    Ticket, TicketKind,
    assignment::{ReturnRequest, ReturnVerdict},
    ticket::Evaluation,
};

use stats::Cdr;

/// A call as reports need it. It is read from a stored [`Cdr`], whose other fields are ignored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CallRow {
    /// The call.
    pub call: CallId,
    /// The line.
    pub line: LineId,
    /// The time of arrival.
    pub arrived: Timestamp,
    /// The time it joined a queue.
    pub queued: Option<Timestamp>,
    /// The time a seat answered, the first time.
    pub connected: Option<Timestamp>,
    /// The seat that answered last.
    pub seat: Option<SeatId>,
    /// The agent who answered last.
    #[serde(default)]
    pub agent: Option<AccountName>,
    /// How it ended.
    pub end: Option<CallEnd>,
    /// Time in the queue, in ms.
    pub wait_ms: u64,
    /// Time connected to seats, in ms.
    pub talk_ms: u64,
}

impl From<&Cdr> for CallRow {
    fn from(cdr: &Cdr) -> CallRow {
        CallRow {
            call: cdr.call,
            line: cdr.line.clone(),
            arrived: cdr.arrived,
            queued: cdr.queued,
            connected: cdr.connected,
            seat: cdr.seat,
            agent: cdr.agent.clone(),
            end: cdr.end,
            wait_ms: cdr.wait_ms,
            talk_ms: cdr.talk_ms,
        }
    }
}

/// A ticket as reports need it. Stored without field names: a change needs a new schema of the view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketRow {
    /// Its number.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: Option<CallId>,
    /// Whether it is a missed-call item.
    pub missed: bool,
    /// For a missed-call item: the refused calls of its caller that were counted in it.
    pub refused_again: u32,
    /// The channel it came in by.
    pub channel: Channel,
    /// The line.
    pub line: LineId,
    /// The agent who answered or registered it.
    pub agent: Option<AccountName>,
    /// The seat of that agent.
    pub seat: Option<SeatId>,
    /// The time it was opened.
    pub opened: Timestamp,
    /// The time it was registered.
    pub registered: Option<Timestamp>,
    /// The time it was dispatched, the first time.
    pub dispatched: Option<Timestamp>,
    /// The time the caller was told the result, the last time.
    pub replied: Option<Timestamp>,
    /// The time it was closed, the last time.
    pub closed: Option<Timestamp>,
    /// The time of the last change.
    pub changed: Timestamp,
    /// The state.
    pub state: TicketState,
    /// How it was closed.
    pub closure: Option<TicketClosure>,
    /// The purpose of the caller.
    pub purpose: Option<Purpose>,
    /// The topic.
    pub topic: Option<TopicId>,
    /// The area.
    pub area: Option<AreaId>,
    /// The grade.
    pub grade: Option<Grade>,
    /// Whether a leader must see it.
    pub importance: Importance,
    /// The title of an important ticket, which reports list individually.
    pub title: Option<String>,
    /// The number of people affected.
    pub affected: Option<u32>,
    /// The kind of contact.
    pub disposition: Disposition,
    /// Whether the hub decided that the demand is unreasonable.
    pub unreasonable: bool,
    /// Whether it follows the master ticket of its matter.
    pub follows: bool,
    /// Whether a filing answered it.
    pub filed: bool,
    /// The matter it belongs to.
    pub matter: Option<MatterId>,
    /// The number of callback attempts.
    pub asked: u16,
    /// The first valid evaluation.
    pub eval_first: Option<Evaluation>,
    /// The last valid evaluation.
    pub eval_final: Option<Evaluation>,
    /// The caller's last answer on whether the unit's report is true.
    pub result_true: Option<bool>,
    /// Urges that count, by source.
    pub urges: Vec<(UrgeSource, u32)>,
    /// The times of thanks.
    pub thanks: Vec<Timestamp>,
    /// The dissatisfaction item: its unit, when it was opened, when it was struck off.
    pub dissatisfaction: Option<(Option<UnitId>, Timestamp, Option<Timestamp>)>,
    /// The leaders who signed.
    pub leaders: Vec<AccountName>,
    /// The named methods that moved it (SUP-08).
    pub methods: Vec<String>,
    /// The hub's own clocks that figures count: review, missed call, quick response.
    pub clocks: Vec<Clock>,
    /// The assignments, without those that only supervise.
    pub assignments: Vec<AssignmentRow>,
}

/// An assignment as reports need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignmentRow {
    /// Its number on the ticket, from 1.
    pub n: u16,
    /// The unit.
    pub unit: UnitId,
    /// Whether the unit leads; otherwise it assists.
    pub lead: bool,
    /// Whether a unit above, which stays accountable, passed it on.
    pub below: bool,
    /// Whether it was issued on paper (书面转办).
    pub written: bool,
    /// The state.
    pub state: AssignmentState,
    /// The time it was issued.
    pub issued: Timestamp,
    /// The time it was signed for.
    pub signed: Option<Timestamp>,
    /// The time of the unit's first contact with the caller.
    pub first_contact: Option<Timestamp>,
    /// The time the unit was on site.
    pub on_site: Option<Timestamp>,
    /// The time the first result was submitted.
    pub first_result: Option<Timestamp>,
    /// The returns that the unit requested.
    pub returns: Vec<ReturnRequest>,
    /// Extensions granted.
    pub extensions: u16,
    /// The number of times it was sent back to be redone.
    pub send_backs: u16,
    /// Urges that count, by source.
    pub urges: Vec<(UrgeSource, u32)>,
    /// The reason for being overdue.
    pub overdue: Option<OverdueReason>,
    /// Results that the hub found vague or false.
    pub faulted: Vec<(Timestamp, RedoReason)>,
    /// The clocks of signing, first contact and handling, of every round.
    pub clocks: Vec<Clock>,
}

impl TicketRow {
    /// The row of a ticket; `None` for a ticket that another hotline handled and counted.
    pub fn of(ticket: &Ticket) -> Option<TicketRow> {
        if ticket.elsewhere.is_some() {
            return None;
        }
        let form = &ticket.form;
        let importance = form.importance.unwrap_or(Importance::Normal);
        let counted = |kind: ClockKind| {
            use ClockKind::{LostCall, QuickDanger, QuickRespond, Review};
            matches!(kind, LostCall | QuickDanger | QuickRespond | Review)
        };
        let dissatisfaction = ticket.dissatisfaction.as_ref();
        Some(TicketRow {
            ticket: ticket.ticket,
            call: ticket.call,
            missed: ticket.kind == TicketKind::MissedCall,
            refused_again: ticket.refused_again,
            channel: ticket.channel,
            line: ticket.line.clone(),
            agent: ticket.agent.clone(),
            seat: ticket.seat,
            opened: ticket.opened,
            registered: ticket.times.registered,
            dispatched: ticket.times.dispatched,
            replied: ticket.times.replied,
            closed: ticket.times.closed,
            changed: ticket.times.changed,
            state: ticket.state,
            closure: ticket.closure,
            purpose: form.purpose,
            topic: form.topic.clone(),
            area: form.area.clone(),
            grade: form.grade,
            importance,
            title: (importance > Importance::Normal).then(|| title(form)),
            affected: form.affected,
            disposition: ticket.disposition,
            unreasonable: ticket.reasonable == Reasonableness::Unreasonable,
            follows: ticket.follows,
            filed: ticket.filing.is_some(),
            matter: ticket.matter,
            asked: u16::try_from(ticket.callbacks.len()).unwrap_or(u16::MAX),
            eval_first: ticket.eval_first,
            eval_final: ticket.eval_final,
            result_true: ticket.callbacks.iter().rev().find_map(|a| a.callback.result_true),
            urges: urges(&ticket.urges),
            thanks: ticket.thanks.iter().map(|thanks| thanks.at).collect(),
            dissatisfaction: dissatisfaction.map(|d| (d.unit.clone(), d.opened, d.struck_off)),
            leaders: ticket.instructions.iter().map(|i| i.leader.clone()).collect(),
            methods: ticket.methods.iter().cloned().collect(),
            clocks: ticket.clocks.iter().filter(|c| counted(c.terms().kind)).cloned().collect(),
            assignments: assignments(ticket),
        })
    }
}

/// The title for lists that many people read; a confidential ticket is only marked as such.
fn title(form: &Form) -> String {
    let secret = form.confidential == Some(true)
        || form.sensitive == Some(true)
        || form.purpose == Some(Purpose::Report);
    if secret { "（保密件）".to_owned() } else { form.title.clone().unwrap_or_default() }
}

fn assignments(ticket: &Ticket) -> Vec<AssignmentRow> {
    let counted = |kind: ClockKind| {
        use ClockKind::{
            FirstContact, HandleA, HandleB, HandleC, HandleConsult, LeaderSigned, QuickDanger,
            QuickRespond, Sign, Upper,
        };
        matches!(
            kind,
            FirstContact
                | HandleA
                | HandleB
                | HandleC
                | HandleConsult
                | LeaderSigned
                | QuickDanger
                | QuickRespond
                | Sign
                | Upper
        )
    };
    let numbered = (1u16..).zip(&ticket.assignments);
    let handling = numbered.filter(|(_, a)| a.role != DispatchRole::Supervise);
    handling
        .map(|(n, a)| AssignmentRow {
            n,
            unit: a.unit.clone(),
            lead: a.is_lead(),
            below: a.parent.is_some(),
            written: matches!(a.method, DispatchMethod::Written { .. }),
            state: a.state,
            issued: a.issued,
            signed: a.signed,
            first_contact: a.first_contact,
            on_site: a.on_site,
            first_result: a.first_result,
            returns: a.returns.clone(),
            extensions: a.extensions,
            send_backs: a.send_backs,
            urges: urges(&a.urges),
            overdue: a.overdue,
            faulted: a.faulted.clone(),
            clocks: a.clocks.iter().filter(|c| counted(c.terms().kind)).cloned().collect(),
        })
        .collect()
}

fn urges(of: &ticketing::urge::Urges) -> Vec<(UrgeSource, u32)> {
    let counted = UrgeSource::ALL.into_iter().map(|source| (source, of.count_of(source).counted));
    counted.filter(|(_, n)| *n > 0).collect()
}

/// Whether a return was right; `None` while it is undecided.
pub(crate) fn was_right(verdict: Option<ReturnVerdict>) -> Option<bool> {
    Some(match verdict? {
        ReturnVerdict::Approved | ReturnVerdict::Moves => true,
        ReturnVerdict::Rejected | ReturnVerdict::Stays => false,
    })
}

/// The unit of a numerator: 1 is counted as this much, so that weights such as "fairly satisfied" are
/// whole numbers.
pub const ONE: u64 = 10_000;

/// The weight of a satisfaction in ten-thousandths, as F9 sums it.
pub(crate) fn weight(grade: Satisfaction, fairly: u64) -> u64 {
    use Satisfaction::{Dissatisfied, Fairly, Satisfied, VeryDissatisfied, VerySatisfied};
    match grade {
        VerySatisfied | Satisfied => ONE,
        Fairly => fairly,
        Dissatisfied | VeryDissatisfied => 0,
    }
}
