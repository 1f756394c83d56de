//! What reports need of a call, and of a ticket without its texts and without due dates.
//!
//! The indexed view keeps one row a ticket, so that a year's report does not
//! read a million forms. A row knows no calendar: due dates come with
//! [`super::Facts`], so that a new notice of holidays changes them (hotline.md 2.5b).

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
    assignment::{Return, ReturnVerdict},
    ticket::Evaluation,
};

use crate::Cdr;

/// One call as reports see it; read from what is kept of a [`Cdr`], the rest of it passed over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CallRow {
    /// The call.
    pub call: CallId,
    /// On which line.
    pub line: LineId,
    /// When it arrived.
    pub arrived: Timestamp,
    /// When it joined a queue.
    pub queued: Option<Timestamp>,
    /// When a seat answered, the first time.
    pub connected: Option<Timestamp>,
    /// The seat that answered last.
    pub seat: Option<SeatId>,
    /// The person who answered last.
    #[serde(default)]
    pub agent: Option<AccountName>,
    /// How it ended.
    pub end: Option<CallEnd>,
    /// In the queue, in ms.
    pub wait_ms: u64,
    /// With seats, in ms.
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

/// One ticket as reports see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketRow {
    /// Its number.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: Option<CallId>,
    /// A missed call, to be called back.
    pub missed: bool,
    /// Of a missed-call item: refused calls of its caller that were counted in it.
    pub refused_again: u32,
    /// By which way it came.
    pub channel: Channel,
    /// On which line.
    pub line: LineId,
    /// Who answered, or who wrote it down.
    pub agent: Option<AccountName>,
    /// Where they sat.
    pub seat: Option<SeatId>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was taken on.
    pub registered: Option<Timestamp>,
    /// When it was dispatched, the first time.
    pub dispatched: Option<Timestamp>,
    /// When the caller was told, the last time.
    pub replied: Option<Timestamp>,
    /// When it was closed, the last time.
    pub closed: Option<Timestamp>,
    /// The last change of any kind.
    pub changed: Timestamp,
    /// Where it stands.
    pub state: TicketState,
    /// How it was closed.
    pub closure: Option<TicketClosure>,
    /// What the caller wants.
    pub purpose: Option<Purpose>,
    /// What it is about.
    pub topic: Option<TopicId>,
    /// Where.
    pub area: Option<AreaId>,
    /// How hard.
    pub grade: Option<Grade>,
    /// Whether a leader must see it.
    pub importance: Importance,
    /// Its title, where a list of single pieces prints it: important ones.
    pub title: Option<String>,
    /// How many people it touches.
    pub affected: Option<u32>,
    /// What kind of contact it was.
    pub disposition: Disposition,
    /// Whether the demand is reasonable.
    pub unreasonable: bool,
    /// Follows the master of its matter.
    pub follows: bool,
    /// Answered by a filing.
    pub filed: bool,
    /// The issue it belongs to.
    pub matter: Option<MatterId>,
    /// How the caller was asked so far: tries in all.
    pub asked: u16,
    /// The first valid evaluation.
    pub eval_first: Option<Evaluation>,
    /// The last one.
    pub eval_final: Option<Evaluation>,
    /// What the caller said last of whether the unit's report is true.
    pub result_true: Option<bool>,
    /// Urges that count, by source.
    pub urges: Vec<(UrgeSource, u32)>,
    /// Thanks.
    pub thanks: Vec<Timestamp>,
    /// The item that stays open after an unsatisfied end: whose, since when, until when.
    pub dissatisfaction: Option<(Option<UnitId>, Timestamp, Option<Timestamp>)>,
    /// Who signed.
    pub leaders: Vec<AccountName>,
    /// Which methods moved it (SUP-08).
    pub methods: Vec<String>,
    /// The hub's own clocks that are counted: review, lost call, quick response.
    pub clocks: Vec<Clock>,
    /// What units do, those that only supervise left out.
    pub pieces: Vec<PieceRow>,
}

/// One unit's duty as reports see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PieceRow {
    /// Its number on the ticket, from 1.
    pub n: u16,
    /// Whose.
    pub unit: UnitId,
    /// Handles it, rather than helps.
    pub lead: bool,
    /// Given on by a unit above, which stays accountable.
    pub below: bool,
    /// On paper (书面转办).
    pub written: bool,
    /// Where it stands.
    pub state: AssignmentState,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it was signed for.
    pub signed: Option<Timestamp>,
    /// When the unit first spoke with the caller.
    pub first_contact: Option<Timestamp>,
    /// When somebody was there.
    pub on_site: Option<Timestamp>,
    /// When the first result was handed in.
    pub first_result: Option<Timestamp>,
    /// What the unit said of whose it is.
    pub returns: Vec<Return>,
    /// Extensions granted.
    pub extensions: u16,
    /// Times it was done again.
    pub send_backs: u16,
    /// Urges that count, by source.
    pub urges: Vec<(UrgeSource, u32)>,
    /// Why it is late.
    pub overdue: Option<OverdueReason>,
    /// Results the hub found vague or false.
    pub faulted: Vec<(Timestamp, RedoReason)>,
    /// Signing, first contact and handling, of every round.
    pub clocks: Vec<Clock>,
}

impl TicketRow {
    /// What reports need of a ticket; nothing of one that was worked and counted in another house.
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
            clocks: ticket.clocks.iter().filter(|c| counted(c.promise().kind)).cloned().collect(),
            pieces: pieces(ticket),
        })
    }
}

/// A title for lists that many read; of what few may see, that it is such a piece.
fn title(form: &Form) -> String {
    let secret = form.confidential == Some(true)
        || form.sensitive == Some(true)
        || form.purpose == Some(Purpose::Report);
    if secret { "（保密件）".to_owned() } else { form.title.clone().unwrap_or_default() }
}

fn pieces(ticket: &Ticket) -> Vec<PieceRow> {
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
        .map(|(n, a)| PieceRow {
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
            clocks: a.clocks.iter().filter(|c| counted(c.promise().kind)).cloned().collect(),
        })
        .collect()
}

fn urges(of: &ticketing::urge::Urges) -> Vec<(UrgeSource, u32)> {
    let counted = UrgeSource::ALL.into_iter().map(|source| (source, of.of(source).counted));
    counted.filter(|(_, n)| *n > 0).collect()
}

/// Whether a return was right, as decided; `None` while it is not.
pub(crate) fn was_right(verdict: Option<ReturnVerdict>) -> Option<bool> {
    Some(match verdict? {
        ReturnVerdict::Approved | ReturnVerdict::Moves => true,
        ReturnVerdict::Rejected | ReturnVerdict::Stays => false,
    })
}

/// The weight of a grade in hundredths of a hundredth: what F9 adds up.
pub(crate) fn weight(grade: Satisfaction, fairly: u64) -> u64 {
    use Satisfaction::{Dissatisfied, Fairly, Satisfied, VeryDissatisfied, VerySatisfied};
    match grade {
        VerySatisfied | Satisfied => crate::figure::ONE,
        Fairly => fairly,
        Dissatisfied | VeryDissatisfied => 0,
    }
}
