//! Who saw what, who came in, and who was given what (SEAT-06, OPS-01).
//!
//! [`line()`] is what the audit makes of one record, when it makes anything of it;
//! [`Search`] follows records in order and keeps the lines that were asked for.
//! It holds nothing of the log but the calls of the ticket it looks for, so a
//! log of any length is read in the space of one record.

use std::{collections::BTreeSet, fmt};

use model::{
    AccountName, CallId, Event, Number, Record, Seq, Staff, TicketId, Timestamp,
    desk::{Actor, DeskEvent, TicketEvent},
    event::{AccountEnd, LogCopy, LoginRefusal, RowIds},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// Its record's place in the log.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who did it; nobody by name when it was done at the machine itself, or by the engine.
    pub who: Option<AccountName>,
    /// What they did.
    pub what: What,
    /// To whom, when to somebody: an account given, changed, ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountName>,
    /// The call, when it was about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The ticket, when it was about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The rows, when it was a list: those shown with their caller whole come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowIds>,
    /// The caller a list was narrowed to: the audit is searched by it and does not tell it.
    #[serde(skip)]
    pub caller: Option<Number>,
    /// The rest, in a sentence: the reason, the address, the change.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// What somebody did.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Heard a recording.
    Heard,
    /// Saw a ticket with the caller masked.
    SawMasked,
    /// Saw a ticket with the caller's name, number and address.
    SawWhole,
    /// Had a masked caller shown, for a reason.
    Revealed,
    /// Put a ticket into another state, with a second person.
    Overrode,
    /// Took a list out of the house.
    Exported,
    /// Wanted to, and has not the right.
    ExportRefused,
    /// Saw a list of tickets, calls or work.
    SawList,
    /// Sent a scan or another paper.
    Attached,
    /// Took one out.
    TookOut,
    /// Put the log in place from a copy.
    Restored,
    /// Brought the log of an emergency into the hotline's.
    Imported,
    /// Looked at an alarm that waited for a person, and settled it.
    Settled,
    /// Released a report.
    Released,
    /// Appealed against the assessment of a piece.
    Appealed,
    /// Wrote on a released report, as a leader.
    Instructed,
    /// Left a piece out of its unit's assessment, or counted it again, with a second person.
    Ruled,
    /// Logged in.
    LoggedIn,
    /// Logged out.
    LoggedOut,
    /// Was refused at the door.
    Refused,
    /// Added an account.
    Added,
    /// Changed one.
    Changed,
    /// Ended one.
    Ended,
    /// Confirmed a role that somebody else gave.
    Confirmed,
    /// Set a password.
    PasswordSet,
    /// Issued a token.
    TokenIssued,
    /// Made tokens void.
    TokenRevoked,
}

/// What the audit makes of a record; `None` for what it is not about.
pub fn line(record: &Record) -> Option<Line> {
    if let Event::RecordImported(imported) = &record.event {
        // It tells when it was done, and is found where it stands.
        return line(&imported.record).map(|told| Line { seq: record.seq, ..told });
    }
    let mut line = Line {
        seq: record.seq,
        at: record.at,
        who: None,
        what: What::Heard,
        account: None,
        call: None,
        ticket: None,
        rows: None,
        caller: None,
        detail: String::new(),
    };
    let mut by = |who: Option<&AccountName>, what: What| {
        line.who = who.cloned();
        line.what = what;
    };
    match &record.event {
        Event::RecordingHeard(e) => {
            by(Some(&e.by), What::Heard);
            line.call = Some(e.call);
        }
        Event::TicketSeen(e) => {
            by(Some(&e.by), if e.whole { What::SawWhole } else { What::SawMasked });
            line.ticket = Some(e.ticket);
        }
        Event::Desk(entry) => {
            let DeskEvent::Ticket(ticket, event) = &entry.event else { return None };
            let (what, detail) = match event {
                TicketEvent::Revealed { reason } => (What::Revealed, reason.clone()),
                TicketEvent::Overridden { to, second, reason } => {
                    (What::Overrode, format!("to {to:?}, with {second}: {reason}"))
                }
                _ => return None,
            };
            by(entry.by.account(), what);
            line.ticket = Some(*ticket);
            line.detail = detail;
            if let Actor::Partner(name) = &entry.by {
                line.detail = format!("{name}: {}", line.detail);
            }
        }
        Event::Exported(e) => {
            by(Some(&e.by), What::Exported);
            let whole = if e.whole { ", callers whole" } else { "" };
            line.detail = format!("{}: {} lines{whole}", e.what, e.rows);
            line.rows = e.ids.clone();
        }
        Event::ExportRefused(e) => {
            by(Some(&e.by), What::ExportRefused);
            line.detail = e.what.clone();
        }
        Event::ListSeen(e) => {
            by(Some(&e.by), What::SawList);
            let whole = match e.whole {
                0 => String::new(),
                whole => format!(", callers whole in {whole}"),
            };
            line.detail = format!("{}: {} rows{whole}", e.list, e.ids.rows());
            line.rows = Some(e.ids.clone());
            line.caller = e.caller.clone();
        }
        Event::AttachmentKept(e) => {
            by(Some(&e.by), What::Attached);
            line.detail = format!("{}, {} bytes, {}", e.sha256, e.bytes, e.media_type);
        }
        Event::AttachmentTaken(e) => {
            by(Some(&e.by), What::TookOut);
            line.ticket = Some(e.ticket);
            line.detail = e.sha256.clone();
        }
        Event::LogRestored(e) => {
            by(Some(&e.by), What::Restored);
            let from = match e.from {
                LogCopy::Backup => "a backup",
                LogCopy::Export => "an export",
            };
            line.detail = format!("from {from} that ends with record {}", e.last);
        }
        Event::EmergencyImported(e) => {
            by(Some(&e.by), What::Imported);
            line.detail = format!("records {} to {} of series {}", e.first, e.last, e.series);
        }
        Event::AlarmSettled(e) => {
            by(Some(&e.by), What::Settled);
            line.detail = e.why.clone();
        }
        Event::ReportReleased(e) => {
            by(e.by.as_ref(), What::Released);
            let whose = e.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
            let why = e.why.as_ref().map(|why| format!(", corrected: {why}")).unwrap_or_default();
            line.detail = format!("{} {}{whose}, number {}{why}", e.report, e.period, e.number);
        }
        Event::AssessmentRuled(e) => {
            by(Some(&e.by), What::Ruled);
            line.ticket = Some(e.assignment.ticket);
            let what = if e.excluded { "left out" } else { "counted again" };
            line.detail = format!("{} {what}, with {}: {}", e.assignment, e.second, e.reason);
        }
        Event::AssessmentAppealed(e) => {
            by(Some(&e.by), What::Appealed);
            line.ticket = Some(e.assignment.ticket);
            line.detail = format!("{} of {}: {}", e.assignment, e.unit, e.reason);
        }
        Event::ReportInstructed(e) => {
            by(Some(&e.leader), What::Instructed);
            line.ticket = e.ticket;
            line.detail = format!("on {} {}: {}", e.report, e.period, e.text);
        }
        Event::PersonLoggedIn(e) => {
            by(Some(&e.account), What::LoggedIn);
            line.detail = format!("from {}", e.from);
        }
        Event::PersonLoggedOut(e) => {
            by(Some(&e.account), What::LoggedOut);
            line.detail = if e.everywhere { "everywhere".into() } else { String::new() };
        }
        Event::PersonRefused(e) => {
            by(Some(&e.account), What::Refused);
            line.detail = format!("from {}: {}", e.from, why_not(e.why));
        }
        Event::AccountAdded(e) => {
            by(e.by.as_ref(), What::Added);
            line.account = Some(e.account.clone());
            line.detail = described(e.role.as_str(), &e.staff);
            if e.unconfirmed {
                line.detail.push_str(", to be confirmed by a second person");
            }
        }
        Event::AccountChanged(e) => {
            by(e.by.as_ref(), What::Changed);
            line.account = Some(e.account.clone());
            line.detail = described(e.role.as_str(), &e.staff);
            if let Some(role) = e.role_asked {
                let what = format!(", {} once a second person confirms it", role.as_str());
                line.detail.push_str(&what);
            }
        }
        Event::RoleConfirmed(e) => {
            by(e.by.as_ref(), What::Confirmed);
            line.account = Some(e.account.clone());
            line.detail = e.role.as_str().to_owned();
            if e.by.is_none() {
                line.detail.push_str(", given before roles had to be confirmed");
            }
        }
        Event::AccountEnded(e) => {
            by(e.by.as_ref(), What::Ended);
            line.account = Some(e.account.clone());
            line.detail = match e.why {
                AccountEnd::Expired => "the last day has passed".into(),
                AccountEnd::Ended => String::new(),
            };
        }
        Event::PasswordChanged(e) => {
            by(e.by.as_ref(), What::PasswordSet);
            line.account = Some(e.account.clone());
            if e.unconfirmed {
                line.detail = "shut until a second person confirms it".into();
            }
        }
        Event::TokenIssued(e) => {
            by(None, What::TokenIssued);
            line.account = Some(e.account.clone());
            line.detail = e.label.clone();
        }
        Event::TokenRevoked(e) => {
            by(None, What::TokenRevoked);
            line.account = Some(e.account.clone());
            line.detail = format!("{} tokens \"{}\"", e.tokens, e.label);
        }
        // Calls, seats and the engine's life are in the lists and statistics.
        _ => return None,
    }
    Some(line)
}

/// What is looked for. All given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Done by this person, or to their account.
    pub person: Option<AccountName>,
    /// About this call.
    pub call: Option<CallId>,
    /// About this ticket, the recordings of its calls among it. A list of many rows, of which the
    /// log keeps the first and the last, is found when the ticket lies between them.
    pub ticket: Option<TicketId>,
    /// About this caller: their calls, their tickets, and lists narrowed to them. The forms of the
    /// number under which they may be on record ([`Number::spellings`]); empty for any caller.
    pub caller: Vec<Number>,
    /// Of this kind.
    pub what: Option<What>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A search through the log, in its order.
#[derive(Clone, Debug)]
pub struct Search {
    filter: Filter,
    /// The calls of the ticket or the caller looked for.
    calls: BTreeSet<CallId>,
    /// The tickets of the caller looked for.
    tickets: BTreeSet<TicketId>,
}

impl Search {
    /// A search. `calls` and `tickets`: those of the ticket or the caller that are known already,
    /// for who does not begin at the log's first record.
    pub fn new(
        filter: Filter,
        calls: impl IntoIterator<Item = CallId>,
        tickets: impl IntoIterator<Item = TicketId>,
    ) -> Search {
        let calls = calls.into_iter().take(CALLS_MAX).collect();
        let tickets = tickets.into_iter().take(CALLS_MAX).collect();
        Search { filter, calls, tickets }
    }

    /// The line of this record, when it was asked for.
    pub fn take(&mut self, record: &Record) -> Option<Line> {
        self.learn(&record.event);
        let at = record.original().at;
        let is_early = self.filter.since.is_some_and(|since| at < since);
        if is_early || self.filter.until.is_some_and(|until| at >= until) {
            return None;
        }
        line(record).filter(|line| self.wants(line))
    }

    fn wants(&self, line: &Line) -> bool {
        let Filter { person, call, ticket, caller, what, .. } = &self.filter;
        let done = |person: &AccountName| {
            line.who.as_ref() == Some(person) || line.account.as_ref() == Some(person)
        };
        let of_calls = || {
            let listed = |call: &CallId| line.rows.as_ref().is_some_and(|r| r.may_have_call(*call));
            line.call.is_some_and(|call| self.calls.contains(&call))
                || self.calls.iter().any(listed)
        };
        let about = |ticket: TicketId| {
            let listed = line.rows.as_ref().is_some_and(|rows| rows.may_have_ticket(ticket));
            line.ticket == Some(ticket) || listed
        };
        let of_caller = || {
            line.caller.as_ref().is_some_and(|number| is_one_of(number, caller))
                || self.tickets.iter().any(|ticket| about(*ticket))
                || of_calls()
        };
        let of_call = |call: CallId| {
            line.call == Some(call) || line.rows.as_ref().is_some_and(|r| r.may_have_call(call))
        };
        person.as_ref().is_none_or(done)
            && call.is_none_or(of_call)
            && ticket.is_none_or(|ticket| about(ticket) || of_calls())
            && (caller.is_empty() || of_caller())
            && what.is_none_or(|what| line.what == what)
    }

    /// A caller's calls and tickets, and a ticket's calls: the one that opened it, and those added
    /// to it.
    fn learn(&mut self, event: &Event) {
        if !self.filter.caller.is_empty() {
            let (call, ticket) = of_caller(event, &self.filter.caller);
            if let Some(call) = call.filter(|_| self.calls.len() < CALLS_MAX) {
                self.calls.insert(call);
            }
            if let Some(ticket) = ticket.filter(|_| self.tickets.len() < CALLS_MAX) {
                self.tickets.insert(ticket);
            }
        }
        let Some(wanted) = self.filter.ticket else { return };
        let call = match event {
            Event::TicketOpened(e) if e.ticket == wanted => e.call,
            Event::MissedCallFiled(e) if e.ticket == wanted => e.call,
            Event::MissedCallRepeated(e) if e.ticket == wanted && !e.refused => e.call,
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Ticket(ticket, TicketEvent::CallAdded { call, .. })
                    if *ticket == wanted =>
                {
                    *call
                }
                _ => return,
            },
            _ => return,
        };
        if self.calls.len() < CALLS_MAX {
            self.calls.insert(call);
        }
    }
}

/// Whether a number on record is one of these, its extension left out.
fn is_one_of(number: &Number, spellings: &[Number]) -> bool {
    spellings.contains(&number.subscriber())
}

/// The call and the ticket that a record says are this caller's.
fn of_caller(event: &Event, caller: &[Number]) -> (Option<CallId>, Option<TicketId>) {
    let is_theirs = |number: &Number| is_one_of(number, caller);
    match event {
        Event::RecordImported(imported) => of_caller(&imported.record.event, caller),
        Event::CallArrived(e) if is_theirs(&e.caller) => (Some(e.call), None),
        Event::CallRefused(e) if is_theirs(&e.caller) => (Some(e.call), None),
        Event::TicketOpened(e) if is_theirs(&e.caller) => (Some(e.call), Some(e.ticket)),
        Event::MissedCallFiled(e) if is_theirs(&e.caller) => (Some(e.call), Some(e.ticket)),
        Event::Desk(entry) => match &entry.event {
            DeskEvent::Ticket(ticket, TicketEvent::Opened { caller: from, .. })
                if is_theirs(from) =>
            {
                (None, Some(*ticket))
            }
            DeskEvent::Ticket(ticket, TicketEvent::Written(form))
                if form.contact.iter().chain(&form.contact_alt).any(is_theirs) =>
            {
                (None, Some(*ticket))
            }
            _ => (None, None),
        },
        _ => (None, None),
    }
}

/// `li heard the recording of call 1J8Z4QK0T3G`; its moment is told by who knows the zone.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.who.as_ref().map_or("(at the machine)", AccountName::as_str);
        let what = match self.what {
            What::Heard => "heard the recording of",
            What::SawMasked => "saw, masked,",
            What::SawWhole => "saw, whole,",
            What::Revealed => "had the caller revealed of",
            What::Overrode => "overrode",
            What::Exported => "exported",
            What::ExportRefused => "was refused the export of",
            What::SawList => "saw the list",
            What::Attached => "sent an attachment",
            What::TookOut => "took out what hangs on",
            What::Restored => "restored the log",
            What::Imported => "imported the log of an emergency",
            What::Settled => "settled an alarm",
            What::Released => "released a report",
            What::Ruled => "ruled on the assessment of",
            What::LoggedIn => "logged in",
            What::LoggedOut => "logged out",
            What::Refused => "was refused",
            What::Added => "added",
            What::Changed => "changed",
            What::Ended => "ended",
            What::Confirmed => "confirmed the role of",
            What::PasswordSet => "set the password of",
            What::TokenIssued => "issued a token to",
            What::TokenRevoked => "revoked tokens of",
            What::Appealed => "appealed",
            What::Instructed => "wrote on a report",
        };
        write!(f, "{who} {what}")?;
        if let Some(account) = &self.account {
            write!(f, " {account}")?;
        }
        if let Some(call) = &self.call {
            write!(f, " call {call}")?;
        }
        if let Some(ticket) = &self.ticket {
            write!(f, " ticket {ticket}")?;
        }
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

fn why_not(why: LoginRefusal) -> &'static str {
    match why {
        LoginRefusal::WrongPassword => "wrong name or password",
        LoginRefusal::NotYet => "the first day is still to come",
        LoginRefusal::Ended => "the last day has passed",
        LoginRefusal::Disabled => "switched off",
        LoginRefusal::Unconfirmed => "the role waits for a second person",
    }
}

/// `agent 王小明 of Voice & Co, until 2026-11-30`
fn described(role: &str, staff: &Staff) -> String {
    let mut text = role.to_owned();
    let mut add = |before: &str, value: &str| {
        text.push_str(before);
        text.push_str(value);
    };
    if !staff.real_name.is_empty() {
        add(" ", &staff.real_name);
    }
    add(", ", &staff.employer.to_string());
    if let Some(unit) = &staff.unit {
        add(", unit ", unit.as_str());
    }
    if let Some(group) = &staff.group {
        add(", group ", group.as_str());
    }
    if let Some(starts) = staff.starts {
        add(", from ", &starts.to_string());
    }
    if let Some(ends) = staff.ends {
        add(", until ", &ends.to_string());
    }
    if staff.disabled {
        add(", ", "off");
    }
    text
}

/// Calls about one ticket, and calls and tickets of one caller. More than that are still in the
/// audit, by their own ids.
const CALLS_MAX: usize = 10_000;
