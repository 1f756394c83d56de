//! The audit: which account saw, played, exported or changed what (SEAT-06 access control,
//! OPS-01 complete records).
//!
//! [`entry()`] returns the audit entry of one record, if it has one;
//! [`AuditSearch`] follows records in order and returns the entries that match a filter. It keeps
//! only the calls and tickets it searches for, so that the length of the log does not matter.

use std::{collections::BTreeSet, fmt};

use model::{
    AccountName, CallId, Event, Number, Record, Seq, Staff, TicketId, Timestamp,
    desk::{Actor, DeskEvent, TicketEvent},
    event::{AccountEnd, LogCopy, LoginRefusal, RowIds},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// The number of its record in the log.
    pub seq: Seq,
    /// When it happened.
    pub at: Timestamp,
    /// The account that acted; `None` for the command line and the engine.
    pub who: Option<AccountName>,
    /// The action.
    pub what: AuditAction,
    /// The account acted on, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountName>,
    /// The call, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The ticket, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The rows of a list; those shown with an unmasked caller come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowIds>,
    /// The caller a list was filtered by. The audit can be searched by it and does not show it.
    #[serde(skip)]
    pub caller: Option<Number>,
    /// Details as text: the reason, the address, the change.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The action of an audit entry.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// Played a recording.
    Heard,
    /// Saw a ticket with the caller masked.
    SawMasked,
    /// Saw a ticket with the caller's name, number and address unmasked.
    SawWhole,
    /// Revealed a masked caller, with a reason.
    Revealed,
    /// Forced a ticket into another state, with a second person's approval.
    Overrode,
    /// Exported a list.
    Exported,
    /// Tried to export without the right.
    ExportRefused,
    /// Saw a list of tickets, calls or work items.
    SawList,
    /// Uploaded an attachment.
    Attached,
    /// Downloaded an attachment.
    TookOut,
    /// Restored the log from a backup or an export.
    Restored,
    /// Imported the log of an emergency.
    Imported,
    /// Settled an alarm that waited for a person.
    Settled,
    /// Put a config in force.
    Reconfigured,
    /// Released a report.
    Released,
    /// Appealed against the assessment of an assignment.
    Appealed,
    /// Wrote an instruction on a released report, as a leader.
    Instructed,
    /// Excluded an assignment from its unit's assessment or included it again, with a second person.
    Ruled,
    /// Logged in.
    LoggedIn,
    /// Logged out.
    LoggedOut,
    /// Was refused at login.
    Refused,
    /// Added an account.
    Added,
    /// Changed an account.
    Changed,
    /// Ended an account.
    Ended,
    /// Confirmed a role that another person had given.
    Confirmed,
    /// Set a password.
    PasswordSet,
    /// Issued a token.
    TokenIssued,
    /// Revoked tokens.
    TokenRevoked,
}

/// The audit entry of a record; `None` for records the audit does not cover.
pub fn entry(record: &Record) -> Option<AuditEntry> {
    if let Event::RecordImported(imported) = &record.event {
        // The time is that of the emergency, the number that of this log.
        return entry(&imported.record).map(|found| AuditEntry { seq: record.seq, ..found });
    }
    let mut entry = AuditEntry {
        seq: record.seq,
        at: record.at,
        who: None,
        what: AuditAction::Heard,
        account: None,
        call: None,
        ticket: None,
        rows: None,
        caller: None,
        detail: String::new(),
    };
    let mut by = |who: Option<&AccountName>, what: AuditAction| {
        entry.who = who.cloned();
        entry.what = what;
    };
    match &record.event {
        Event::RecordingHeard(e) => {
            by(Some(&e.by), AuditAction::Heard);
            entry.call = Some(e.call);
        }
        Event::TicketSeen(e) => {
            by(Some(&e.by), if e.whole { AuditAction::SawWhole } else { AuditAction::SawMasked });
            entry.ticket = Some(e.ticket);
        }
        Event::Desk(desk) => {
            let DeskEvent::Ticket(ticket, event) = &desk.event else { return None };
            let (what, detail) = match event {
                TicketEvent::Revealed { reason } => (AuditAction::Revealed, reason.clone()),
                TicketEvent::Overridden { to, second, reason } => {
                    (AuditAction::Overrode, format!("to {to:?}, with {second}: {reason}"))
                }
                _ => return None,
            };
            by(desk.by.account(), what);
            entry.ticket = Some(*ticket);
            entry.detail = detail;
            if let Actor::Partner(name) = &desk.by {
                entry.detail = format!("{name}: {}", entry.detail);
            }
        }
        Event::Exported(e) => {
            by(Some(&e.by), AuditAction::Exported);
            let whole = if e.whole { ", callers unmasked" } else { "" };
            entry.detail = format!("{}: {} lines{whole}", e.what, e.rows);
            entry.rows = e.ids.clone();
        }
        Event::ExportRefused(e) => {
            by(Some(&e.by), AuditAction::ExportRefused);
            entry.detail = e.what.clone();
        }
        Event::ListSeen(e) => {
            by(Some(&e.by), AuditAction::SawList);
            let whole = match e.whole {
                0 => String::new(),
                whole => format!(", callers unmasked in {whole}"),
            };
            entry.detail = format!("{}: {} rows{whole}", e.list, e.ids.rows());
            entry.rows = Some(e.ids.clone());
            entry.caller = e.caller.clone();
        }
        Event::AttachmentKept(e) => {
            by(Some(&e.by), AuditAction::Attached);
            entry.detail = format!("{}, {} bytes, {}", e.sha256, e.bytes, e.media_type);
        }
        Event::AttachmentTaken(e) => {
            by(Some(&e.by), AuditAction::TookOut);
            entry.ticket = Some(e.ticket);
            entry.detail = e.sha256.clone();
        }
        Event::LogRestored(e) => {
            by(Some(&e.by), AuditAction::Restored);
            let from = match e.from {
                LogCopy::Backup => "a backup",
                LogCopy::Export => "an export",
            };
            entry.detail = format!("from {from} that ends with record {}", e.last);
        }
        Event::EmergencyImported(e) => {
            by(Some(&e.by), AuditAction::Imported);
            entry.detail = format!("records {} to {} of series {}", e.first, e.last, e.series);
        }
        Event::AlarmSettled(e) => {
            by(Some(&e.by), AuditAction::Settled);
            entry.detail = e.why.clone();
        }
        Event::ConfigAdopted(e) => {
            by(e.by.as_ref(), AuditAction::Reconfigured);
            let first = e.changes.first().map(|first| format!(": {first}")).unwrap_or_default();
            let more = match e.changes_in_all {
                0 | 1 => String::new(),
                all => format!(", and {} more", all - 1),
            };
            entry.detail = format!("by {}{first}{more}", e.cause.as_str());
        }
        Event::ReportReleased(e) => {
            by(e.by.as_ref(), AuditAction::Released);
            let whose = e.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
            let why = e.why.as_ref().map(|why| format!(", corrected: {why}")).unwrap_or_default();
            entry.detail = format!("{} {}{whose}, number {}{why}", e.report, e.period, e.number);
        }
        Event::AssessmentRuled(e) => {
            by(Some(&e.by), AuditAction::Ruled);
            entry.ticket = Some(e.assignment.ticket);
            let what = if e.excluded { "left out" } else { "counted again" };
            entry.detail = format!("{} {what}, with {}: {}", e.assignment, e.second, e.reason);
        }
        Event::AssessmentAppealed(e) => {
            by(Some(&e.by), AuditAction::Appealed);
            entry.ticket = Some(e.assignment.ticket);
            entry.detail = format!("{} of {}: {}", e.assignment, e.unit, e.reason);
        }
        Event::ReportInstructed(e) => {
            by(Some(&e.leader), AuditAction::Instructed);
            entry.ticket = e.ticket;
            entry.detail = format!("on {} {}: {}", e.report, e.period, e.text);
        }
        Event::PersonLoggedIn(e) => {
            by(Some(&e.account), AuditAction::LoggedIn);
            entry.detail = format!("from {}", e.from);
        }
        Event::PersonLoggedOut(e) => {
            by(Some(&e.account), AuditAction::LoggedOut);
            entry.detail = if e.everywhere { "everywhere".into() } else { String::new() };
        }
        Event::PersonRefused(e) => {
            by(Some(&e.account), AuditAction::Refused);
            entry.detail = format!("from {}: {}", e.from, login_refusal(e.why));
        }
        Event::AccountAdded(e) => {
            by(e.by.as_ref(), AuditAction::Added);
            entry.account = Some(e.account.clone());
            entry.detail = describe_staff(e.role.as_str(), &e.staff);
            if e.unconfirmed {
                entry.detail.push_str(", to be confirmed by a second person");
            }
        }
        Event::AccountChanged(e) => {
            by(e.by.as_ref(), AuditAction::Changed);
            entry.account = Some(e.account.clone());
            entry.detail = describe_staff(e.role.as_str(), &e.staff);
            if let Some(role) = e.role_asked {
                let what = format!(", {} once a second person confirms it", role.as_str());
                entry.detail.push_str(&what);
            }
        }
        Event::RoleConfirmed(e) => {
            by(e.by.as_ref(), AuditAction::Confirmed);
            entry.account = Some(e.account.clone());
            entry.detail = e.role.as_str().to_owned();
            if e.by.is_none() {
                entry.detail.push_str(", given before roles had to be confirmed");
            }
        }
        Event::AccountEnded(e) => {
            by(e.by.as_ref(), AuditAction::Ended);
            entry.account = Some(e.account.clone());
            entry.detail = match e.why {
                AccountEnd::Expired => "the last day has passed".into(),
                AccountEnd::Ended => String::new(),
            };
        }
        Event::PasswordChanged(e) => {
            by(e.by.as_ref(), AuditAction::PasswordSet);
            entry.account = Some(e.account.clone());
            if e.unconfirmed {
                entry.detail = "disabled until a second person confirms it".into();
            }
        }
        Event::TokenIssued(e) => {
            by(None, AuditAction::TokenIssued);
            entry.account = Some(e.account.clone());
            entry.detail = e.label.clone();
        }
        Event::TokenRevoked(e) => {
            by(None, AuditAction::TokenRevoked);
            entry.account = Some(e.account.clone());
            entry.detail = format!("{} tokens \"{}\"", e.tokens, e.label);
        }
        // Calls, seats and the engine's own events are in the lists and statistics.
        _ => return None,
    }
    Some(entry)
}

/// A filter for audit entries. An entry must match every field that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Done by this account or to it.
    pub person: Option<AccountName>,
    /// About this call.
    pub call: Option<CallId>,
    /// About this ticket or a recording of its calls. The log keeps the first and the last row of
    /// a long list; such a list matches when the ticket lies between them.
    pub ticket: Option<TicketId>,
    /// About this caller: the calls, the tickets and lists filtered by the number. All forms under
    /// which the number may be on record ([`Number::spellings`]); empty for any caller.
    pub caller: Vec<Number>,
    /// With this action.
    pub what: Option<AuditAction>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A search through the log in the order of its records.
#[derive(Clone, Debug)]
pub struct AuditSearch {
    filter: AuditFilter,
    /// The calls of the ticket or caller that is searched for.
    calls: BTreeSet<CallId>,
    /// The tickets of the caller that is searched for.
    tickets: BTreeSet<TicketId>,
}

impl AuditSearch {
    /// A search. `calls` and `tickets` are those of the wanted ticket or caller that are known
    /// already; a search that does not begin at the first record needs them.
    pub fn new(
        filter: AuditFilter,
        calls: impl IntoIterator<Item = CallId>,
        tickets: impl IntoIterator<Item = TicketId>,
    ) -> AuditSearch {
        let calls = calls.into_iter().take(RELATED_MAX).collect();
        let tickets = tickets.into_iter().take(RELATED_MAX).collect();
        AuditSearch { filter, calls, tickets }
    }

    /// Applies one record; returns its entry when it matches the filter.
    pub fn apply(&mut self, record: &Record) -> Option<AuditEntry> {
        self.learn(&record.event);
        let at = record.original().at;
        let is_early = self.filter.since.is_some_and(|since| at < since);
        if is_early || self.filter.until.is_some_and(|until| at >= until) {
            return None;
        }
        entry(record).filter(|entry| self.matches(entry))
    }

    fn matches(&self, entry: &AuditEntry) -> bool {
        let AuditFilter { person, call, ticket, caller, what, .. } = &self.filter;
        let done = |person: &AccountName| {
            entry.who.as_ref() == Some(person) || entry.account.as_ref() == Some(person)
        };
        let of_calls = || {
            let listed =
                |call: &CallId| entry.rows.as_ref().is_some_and(|r| r.may_have_call(*call));
            entry.call.is_some_and(|call| self.calls.contains(&call))
                || self.calls.iter().any(listed)
        };
        let about = |ticket: TicketId| {
            let listed = entry.rows.as_ref().is_some_and(|rows| rows.may_have_ticket(ticket));
            entry.ticket == Some(ticket) || listed
        };
        let of_caller = || {
            entry.caller.as_ref().is_some_and(|number| is_one_of(number, caller))
                || self.tickets.iter().any(|ticket| about(*ticket))
                || of_calls()
        };
        let of_call = |call: CallId| {
            entry.call == Some(call) || entry.rows.as_ref().is_some_and(|r| r.may_have_call(call))
        };
        person.as_ref().is_none_or(done)
            && call.is_none_or(of_call)
            && ticket.is_none_or(|ticket| about(ticket) || of_calls())
            && (caller.is_empty() || of_caller())
            && what.is_none_or(|what| entry.what == what)
    }

    /// Remembers calls and tickets of the wanted caller, and calls of the wanted ticket.
    fn learn(&mut self, event: &Event) {
        if !self.filter.caller.is_empty() {
            let (call, ticket) = of_caller(event, &self.filter.caller);
            if let Some(call) = call.filter(|_| self.calls.len() < RELATED_MAX) {
                self.calls.insert(call);
            }
            if let Some(ticket) = ticket.filter(|_| self.tickets.len() < RELATED_MAX) {
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
        if self.calls.len() < RELATED_MAX {
            self.calls.insert(call);
        }
    }
}

/// Whether a number on record, without its extension, is one of these.
fn is_one_of(number: &Number, spellings: &[Number]) -> bool {
    spellings.contains(&number.subscriber())
}

/// The call and the ticket of an event, if they are of this caller.
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

/// `li played the recording of call 1J8Z4QK0T3G`. The time is not included: the zone is unknown here.
impl fmt::Display for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.who.as_ref().map_or("(at the machine)", AccountName::as_str);
        let what = match self.what {
            AuditAction::Heard => "played the recording of",
            AuditAction::SawMasked => "saw, masked,",
            AuditAction::SawWhole => "saw, unmasked,",
            AuditAction::Revealed => "revealed the caller of",
            AuditAction::Overrode => "overrode",
            AuditAction::Exported => "exported",
            AuditAction::ExportRefused => "was refused the export of",
            AuditAction::SawList => "saw the list",
            AuditAction::Attached => "uploaded an attachment",
            AuditAction::TookOut => "downloaded an attachment of",
            AuditAction::Restored => "restored the log",
            AuditAction::Imported => "imported the log of an emergency",
            AuditAction::Settled => "settled an alarm",
            AuditAction::Released => "released a report",
            AuditAction::Ruled => "ruled on the assessment of",
            AuditAction::LoggedIn => "logged in",
            AuditAction::LoggedOut => "logged out",
            AuditAction::Refused => "was refused at login",
            AuditAction::Added => "added",
            AuditAction::Changed => "changed",
            AuditAction::Ended => "ended",
            AuditAction::Confirmed => "confirmed the role of",
            AuditAction::PasswordSet => "set the password of",
            AuditAction::TokenIssued => "issued a token to",
            AuditAction::TokenRevoked => "revoked tokens of",
            AuditAction::Appealed => "appealed",
            AuditAction::Instructed => "wrote on a report",
            AuditAction::Reconfigured => "put a config in force",
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

fn login_refusal(why: LoginRefusal) -> &'static str {
    match why {
        LoginRefusal::WrongPassword => "wrong name or password",
        LoginRefusal::NotYet => "the account is not valid yet",
        LoginRefusal::Ended => "the last day has passed",
        LoginRefusal::Disabled => "the account is disabled",
        LoginRefusal::Unconfirmed => "the role is not confirmed by a second person",
    }
}

/// `agent 王小明 of Voice & Co, until 2026-11-30`
fn describe_staff(role: &str, staff: &Staff) -> String {
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
        add(", ", "disabled");
    }
    text
}

/// The calls of one ticket, and the calls and tickets of one caller, that a search remembers. What
/// exceeds it is found by its own id only.
const RELATED_MAX: usize = 10_000;
