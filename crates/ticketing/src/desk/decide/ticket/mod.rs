//! Decides a command to a ticket: the guards of hotline.md 2.3.

mod caller;
mod dispatch;
mod register;

use dispatch::grade_fault;
use model::{
    Timestamp,
    desk::{Actor, ClockTerms, DeskEvent, FollowUp, MatterId, PauseCause, TicketEvent, UnitId},
    event::Role,
};
pub(super) use register::check_form;

use crate::{
    desk::Desk,
    masking::Confidentiality,
    ticket::{self, TABLE, Ticket, TicketCommand},
};
use workflow::{
    Fault, Refusal, table,
    text::{LINE_MAX, TEXT_MAX, bounded, filled, is_hash, two_persons},
};

/// Decides a command: the events it makes, or why it is refused.
pub(in crate::desk::decide) fn decide(
    desk: &Desk,
    now: Timestamp,
    by: &Actor,
    ticket: &Ticket,
    command: TicketCommand,
    recalled: &[&Ticket],
) -> Result<Vec<DeskEvent>, Refusal> {
    table::check(TABLE, command.word(), ticket.state, by)?;
    let context = CommandContext { desk, now, by, ticket, recalled };
    context.check_person(command.word())?;
    if let TicketCommand::Attach { to, text } = command {
        return context.attach(to, text);
    }
    let events = context.decide(command)?;
    Ok(events.into_iter().map(|event| DeskEvent::Ticket(ticket.ticket, event)).collect())
}

/// The circumstances of a command.
struct CommandContext<'a> {
    desk: &'a Desk,
    now: Timestamp,
    by: &'a Actor,
    ticket: &'a Ticket,
    /// Archived tickets that the command may be about.
    recalled: &'a [&'a Ticket],
}

impl CommandContext<'_> {
    fn decide(&self, command: TicketCommand) -> Result<Vec<TicketEvent>, Refusal> {
        use TicketEvent as E;
        let ticket = self.ticket;
        let mut faults = Vec::new();
        let event = match command {
            TicketCommand::Write(form) => {
                check_form(&mut faults, &form);
                self.check_topic(&mut faults, &form);
                E::Written(form)
            }
            TicketCommand::Register { form, matter } => return self.register(*form, matter),
            TicketCommand::Answer { answer, knowledge, no_item } => {
                self.answer(&mut faults, answer, knowledge, no_item)
            }
            TicketCommand::Divert { target, number, connected, call } => {
                filled(&mut faults, "number", &number);
                if connected && call.is_none() && self.by != &Actor::Engine {
                    faults.push(Fault::new("call", "is missing: name the call that was connected"));
                }
                E::Diverted { target, number, connected, call }
            }
            TicketCommand::NotAccept { reason, route_told } => {
                filled(&mut faults, "route_told", &route_told);
                E::NotAccepted { reason, route_told }
            }
            TicketCommand::MarkInvalid { disposition } => {
                self.mark_invalid(&mut faults, disposition)
            }
            TicketCommand::ConfirmNuisance => match ticket.proposed {
                Some(kind) => E::Invalidated(kind),
                None => return Err(self.not_now("no nuisance is proposed")),
            },
            TicketCommand::RefuseNuisance if ticket.proposed.is_none() => {
                return Err(self.not_now("no nuisance is proposed"));
            }
            TicketCommand::RefuseNuisance => E::NuisanceRefused,
            TicketCommand::AwaitInfo { missing, call_at } => {
                filled(&mut faults, "missing", &missing);
                if call_at <= self.now {
                    faults.push(Fault::new(
                        "call_at",
                        "is in the past: set the time of the next call",
                    ));
                }
                E::InfoAwaited { missing, call_at }
            }
            TicketCommand::Inform { facts } => {
                filled(&mut faults, "facts", &facts);
                E::InfoGiven { facts }
            }
            TicketCommand::GiveUp => {
                self.check_tries(&mut faults);
                E::GivenUp
            }
            TicketCommand::Review => {
                if ticket.form.purpose.is_none() || ticket.form.topic.is_none() {
                    faults.push(Fault::new("form", "needs purpose and topic before review (T09)"));
                }
                E::SentToReview
            }
            TicketCommand::MatchFiling { filing } => self.match_filing(&mut faults, filing)?,
            TicketCommand::Merge { matter } => return self.merge(matter),
            TicketCommand::Unmerge { reason } => {
                filled(&mut faults, "reason", &reason);
                E::Unmerged { reason, matter: MatterId(ticket.ticket) }
            }
            TicketCommand::SubmitToLeader { sheet } => self.submit_to_leader(&mut faults, sheet),
            TicketCommand::LeaderSign { text, for_leader, scan } => {
                self.sign_for_leader(&mut faults, text, for_leader, scan)?
            }
            TicketCommand::Dispatch(dispatch) => {
                let dispatch = self.dispatch(&mut faults, *dispatch, true);
                E::Dispatched(Box::new(dispatch))
            }
            TicketCommand::AddUnit(dispatch) => {
                if dispatch.reason.as_deref().unwrap_or_default().trim().is_empty() {
                    faults.push(Fault::new(
                        "reason",
                        "is missing: say why another unit is added (T15)",
                    ));
                }
                let dispatch = self.dispatch(&mut faults, *dispatch, false);
                E::UnitAdded(Box::new(dispatch))
            }
            TicketCommand::Recall { reason } => {
                filled(&mut faults, "reason", &reason);
                E::Recalled { reason }
            }
            TicketCommand::SendBack { reason, text } => {
                filled(&mut faults, "text", &text);
                E::SentBack { reason, text, clocks: self.next_round_clocks() }
            }
            TicketCommand::AcceptResult { feedback } => self.accept_result(&mut faults, feedback),
            TicketCommand::Reply(reply) => E::Replied(self.reply(&mut faults, reply)?),
            TicketCommand::Ask(callback) => E::Asked(self.ask(&mut faults, callback)?),
            TicketCommand::Redo { reason, text, dispatch } => {
                filled(&mut faults, "text", &text);
                return self.redo(faults, reason, text, dispatch);
            }
            TicketCommand::CloseUnsatisfied { reason } => {
                self.close_unsatisfied(&mut faults, reason)
            }
            TicketCommand::Reopen { ground, text } => self.reopen(&mut faults, ground, text),
            TicketCommand::Archive { manifest } => {
                is_hash(&mut faults, "manifest", &manifest);
                faults.extend(
                    self.archive_obstacles().into_iter().map(|why| Fault::new("ticket", why)),
                );
                E::Archived { manifest }
            }
            TicketCommand::Withdraw { statement, proof } => {
                filled(&mut faults, "statement", &statement);
                filled(&mut faults, "proof", &proof);
                E::Withdrawn { statement, proof }
            }
            TicketCommand::Void { reason } => {
                filled(&mut faults, "reason", &reason);
                E::Voided { reason }
            }
            // This was handled before, because it changes two tickets.
            TicketCommand::Attach { .. } => {
                return Err(Refusal::not_found("single event for attach"));
            }
            TicketCommand::Override { to, second, reason } => {
                two_persons(&mut faults, self.by, &second);
                filled(&mut faults, "reason", &reason);
                faults.extend(ticket.override_obstacle(to).map(|why| Fault::new("to", why)));
                E::Overridden { to, second, reason }
            }
            TicketCommand::Regrade { grade, reason } => {
                bounded(&mut faults, "reason", &reason, TEXT_MAX);
                let proposed = ticket.route.as_ref().map(|route| route.grade);
                if let Some(proposed) = proposed.filter(|proposed| *proposed != grade)
                    && reason.trim().is_empty()
                {
                    faults.push(Fault::new("reason", grade_fault(proposed, grade)));
                }
                let clocks: Vec<ClockTerms> = self.handling_clock(grade).into_iter().collect();
                if ticket.is_lower_unit_due_too_late(self.desk.working_time(), self.now, &clocks) {
                    let what = "would make a lower unit due after the unit above it: withdraw the lower assignment first";
                    faults.push(Fault::new("grade", what));
                }
                E::Regraded { grade, reason, clocks }
            }
            TicketCommand::Claim => {
                if let Some(claim) = &ticket.claim
                    && self.by.account() != Some(&claim.what)
                {
                    return Err(self.not_now(&format!("{} has it", claim.what)));
                }
                E::Claimed
            }
            TicketCommand::Release => {
                let own = ticket.claim.as_ref().map(|c| &c.what) == self.by.account();
                if !own && self.by.role() != Some(Role::Director) {
                    return Err(self.not_now("the ticket is not claimed by you"));
                }
                E::Released
            }
            TicketCommand::NameOfficer { officer } => E::OfficerNamed { officer },
            TicketCommand::NameGroup { group } => E::GroupNamed { group },
            TicketCommand::Urge { channel, text } => {
                filled(&mut faults, "text", &text);
                let urge = self.urge(channel, text);
                if let Err(refusal) =
                    ticket.urges.check_urge(urge.source, self.now, self.desk.zone())
                {
                    faults.push(Fault::new("urge", refusal.to_string()));
                }
                E::Urged(urge)
            }
            TicketCommand::Contact(contact) => {
                filled(&mut faults, "text", &contact.text);
                E::Contacted(contact)
            }
            TicketCommand::Commit(commitment) => {
                filled(&mut faults, "by", &commitment.by);
                filled(&mut faults, "what", &commitment.what);
                check_room(&mut faults, "commitments", ticket.commitments.len());
                E::Committed(commitment)
            }
            TicketCommand::SetFollowUp(follow_up) => {
                filled(&mut faults, "what", &follow_up.what);
                check_room(&mut faults, "follow_ups", ticket.follow_ups.len());
                E::FollowUpSet(FollowUp { source: None, ..follow_up })
            }
            TicketCommand::CheckFollowUp { n, kept, text } => {
                return self.check_follow_up(faults, n, kept, text);
            }
            TicketCommand::DecideReasonable { verdict, reason, second } => {
                two_persons(&mut faults, self.by, &second);
                filled(&mut faults, "reason", &reason);
                E::ReasonablenessDecided { verdict, reason, second }
            }
            TicketCommand::CitizenUpdate { text } => {
                filled(&mut faults, "text", &text);
                E::CitizenUpdated { text }
            }
            TicketCommand::Thank { kind, unit, text } => {
                bounded(&mut faults, "text", &text, TEXT_MAX);
                check_room(&mut faults, "thanks", ticket.thanks.len());
                E::Thanked { kind, unit, text }
            }
            TicketCommand::NoteAid { payer, item, amount_fen } => {
                filled(&mut faults, "payer", &payer);
                filled(&mut faults, "item", &item);
                E::AidNoted { payer, item, amount_fen }
            }
            TicketCommand::Reveal { reason } => {
                filled(&mut faults, "reason", &reason);
                E::Revealed { reason }
            }
            TicketCommand::Note { text } => {
                filled(&mut faults, "text", &text);
                E::Noted { text }
            }
            TicketCommand::TagMethod { method } => {
                filled(&mut faults, "method", &method);
                bounded(&mut faults, "method", &method, LINE_MAX);
                check_room(&mut faults, "methods", ticket.methods.len());
                E::MethodTagged { method }
            }
            TicketCommand::Pause { cause, basis } => {
                filled(&mut faults, "basis", &basis);
                check_declared(&mut faults, cause);
                E::Paused { cause, basis }
            }
            TicketCommand::Resume { cause } => {
                check_declared(&mut faults, cause);
                E::Resumed { cause }
            }
        };
        Refusal::unless_none(faults)?;
        Ok(vec![event])
    }

    /// Rules about the person beside the table: contractors do not decide (V4), units see their own
    /// tickets.
    fn check_person(&self, word: &str) -> Result<(), Refusal> {
        let Actor::Person { role, unit, outsourced, .. } = self.by else { return Ok(()) };
        if *outsourced && DECISIONS.contains(&word) {
            let why = format!("a contractor's person may not {word}");
            return Err(Refusal::Forbidden { why, roles: vec![] });
        }
        let is_confidential = Confidentiality::of(&self.ticket.form) != Confidentiality::Ordinary;
        if *outsourced && word == "reveal" && is_confidential {
            let why = "a contractor's person may not have a confidential caller revealed".into();
            return Err(Refusal::Forbidden { why, roles: vec![] });
        }
        let of_unit = matches!(role, Role::Liaison | Role::UnitHead);
        let theirs =
            |unit: &UnitId| self.ticket.assignments.iter().any(|a| a.unit == *unit && !a.is_gone());
        if of_unit && !unit.as_ref().is_some_and(theirs) {
            return Err(Refusal::Forbidden {
                why: "your unit has no assignment of this ticket".into(),
                roles: vec![],
            });
        }
        Ok(())
    }

    fn archive_obstacles(&self) -> Vec<&'static str> {
        let mut holds = self.ticket.archive_obstacles();
        holds.extend(self.desk.matter_archive_obstacles(self.ticket));
        holds
    }

    fn not_now(&self, state: &str) -> Refusal {
        let allowed = ticket::allowed(self.ticket.state, self.by);
        Refusal::NotNow { state: state.to_owned(), allowed }
    }
}

fn check_declared(faults: &mut Vec<Fault>, cause: PauseCause) {
    if !matches!(cause, PauseCause::LegalCase | PauseCause::ForceMajeure) {
        faults.push(Fault::new(
            "cause",
            "cannot be set by a command: only legal_case and force_majeure can",
        ));
    }
}

fn check_room(faults: &mut Vec<Fault>, field: &str, len: usize) {
    if len >= LIST_MAX {
        faults.push(Fault::new(
            field,
            format!("has {LIST_MAX} entries already, the most of one ticket"),
        ));
    }
}

/// The commands that a contractor's person may not give (V4).
const DECISIONS: &[&str] = &[
    "not_accept",
    "match_filing",
    "merge",
    "unmerge",
    "submit_to_leader",
    "dispatch",
    "add_unit",
    "recall",
    "send_back",
    "accept_result",
    "redo",
    "close_unsatisfied",
    "override",
    "regrade",
    "decide_reasonable",
    "pause",
    "resume",
    "archive",
];
/// The most units in one dispatch.
const PARTS_MAX: usize = 20;
/// The most tags or foreign numbers.
const TAGS_MAX: usize = 20;
/// The most callbacks, follow-ups, promises or thanks of one ticket.
const LIST_MAX: usize = 500;
const DAY_S: u64 = 86_400;
