//! Decides a command to an assignment: the guards of hotline.md 2.4.

use model::{
    Timestamp,
    desk::{
        Actor, AssignmentEvent, ClockKind, DispatchRole, HandlingOutcome, HandlingResult,
        Importance, Post, Signature, UnitId, Urge, UrgeChannel, UrgeSource, Verdict,
    },
    event::Role,
};

use crate::{
    assignment::{self, Assignment, AssignmentCommand, TABLE},
    desk::Desk,
    ticket::Ticket,
};
use deadlines::clock::{ExtensionApprover, ExtensionRequest, child_due_latest, is_late};
use workflow::{
    Fault, Refusal, table,
    text::{TEXT_MAX, bounded, filled, hashes},
};

/// The relation of a command's sender to the assignment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The unit that handles it.
    Own,
    /// The unit that reviews it.
    Supervising,
    /// The hotline.
    Hub,
}

/// Decides a command: the event it makes, or why it is refused.
pub(super) fn decide(
    desk: &Desk,
    now: Timestamp,
    by: &Actor,
    ticket: &Ticket,
    assignment: &Assignment,
    command: AssignmentCommand,
) -> Result<AssignmentEvent, Refusal> {
    table::check(TABLE, command.word(), assignment.state, by)?;
    let context = CommandContext { desk, now, by, ticket, assignment };
    context.check_person(&command)?;
    context.decide(command)
}

struct CommandContext<'a> {
    desk: &'a Desk,
    now: Timestamp,
    by: &'a Actor,
    ticket: &'a Ticket,
    assignment: &'a Assignment,
}

impl CommandContext<'_> {
    fn decide(&self, command: AssignmentCommand) -> Result<AssignmentEvent, Refusal> {
        use AssignmentEvent as E;
        let assignment = self.assignment;
        let mut faults = Vec::new();
        let event = match command {
            AssignmentCommand::Sign { handler } => E::Signed { handler },
            AssignmentCommand::NameHandler { handler } => {
                filled(&mut faults, "handler", &handler);
                E::HandlerNamed { handler }
            }
            AssignmentCommand::AskReturn { ground, basis, proposed } => {
                filled(&mut faults, "basis", &basis);
                if assignment.is_bound_by_decision(ground) {
                    let what =
                        "an authority has decided on this ground that the unit keeps it (DSP-09)";
                    faults.push(Fault::new("ground", what));
                }
                if assignment.parent.is_some() || assignment.role == DispatchRole::Supervise {
                    faults.push(Fault::new(
                        "assignment",
                        "only an assignment that the hub gave may be returned to the hub",
                    ));
                }
                let window =
                    assignment.clocks.iter().find(|c| c.terms().kind == ClockKind::ReturnWindow);
                let due = window.and_then(|clock| clock.due(self.desk.working_time()));
                let late = due.is_some_and(|due| is_late(self.now, due));
                E::ReturnAsked { ground, basis, proposed, late }
            }
            AssignmentCommand::ApproveReturn { reason } => {
                filled(&mut faults, "reason", &reason);
                E::ReturnApproved { reason }
            }
            AssignmentCommand::RejectReturn { reason } => {
                filled(&mut faults, "reason", &reason);
                E::ReturnRejected { reason }
            }
            AssignmentCommand::Dispute { authority, text } => {
                filled(&mut faults, "authority", &authority);
                bounded(&mut faults, "text", &text, TEXT_MAX);
                let asked: usize = self.ticket.assignments.iter().map(|a| a.returns.len()).sum();
                if asked < 2 {
                    let what = "is the first request for return: approve or reject it; only a second request is arbitrated";
                    faults.push(Fault::new("return", what));
                }
                let clock = self.desk.rules().clocks.terms(ClockKind::Arbitrate);
                E::Disputed { authority, text, clock }
            }
            AssignmentCommand::DecideDispute { stays, document, unit } => {
                filled(&mut faults, "document", &document);
                if stays != (unit == assignment.unit) {
                    faults.push(Fault::new(
                        "unit",
                        "must be the present unit when it stays, and another unit when it moves",
                    ));
                }
                let (directory, today) = (self.desk.directory(), self.desk.zone().date(self.now));
                if !stays && !directory.is_empty() && directory.unit_on(&unit, today).is_none() {
                    let what = format!("{unit} is not a unit of the directory today");
                    faults.push(Fault::new("unit", what));
                }
                E::DisputeDecided { stays, document, unit }
            }
            AssignmentCommand::Delegate { unit, due, note } => {
                bounded(&mut faults, "note", &note, TEXT_MAX);
                self.check_child_due(&mut faults, due);
                if unit == assignment.unit || unit.as_str().is_empty() {
                    faults.push(Fault::new("unit", "must be a unit below this one"));
                }
                self.check_lower_unit(&mut faults, &unit);
                E::Delegated { unit, due, note }
            }
            AssignmentCommand::AskExtension { days, reason, plan, citizen_told } => {
                filled(&mut faults, "reason", &reason);
                filled(&mut faults, "plan", &plan);
                if assignment.extension.is_some() {
                    faults.push(Fault::new(
                        "extension",
                        "one was asked for already and is not decided",
                    ));
                }
                // A late request is refused at once; whether a second one needs the director is
                // decided with the extension.
                self.check_extension(
                    &mut faults,
                    days,
                    self.now,
                    ExtensionApprover::Director,
                    citizen_told,
                );
                E::ExtensionAsked { days, reason, plan, citizen_told }
            }
            AssignmentCommand::DecideExtension { days, reason } => {
                filled(&mut faults, "reason", &reason);
                let by_director = self.by.role() == Some(Role::Director);
                let Some(request) = &assignment.extension else {
                    return Err(self.not_now("no extension is asked for"));
                };
                if days > 0 {
                    let by = if by_director {
                        ExtensionApprover::Director
                    } else {
                        ExtensionApprover::SupervisionGroup
                    };
                    self.check_extension(&mut faults, days, request.at, by, request.citizen_told);
                }
                E::ExtensionDecided { days, by_director, reason }
            }
            AssignmentCommand::Contact(contact) => {
                filled(&mut faults, "text", &contact.text);
                E::Contacted(contact)
            }
            AssignmentCommand::OnSite { by, finding, evidence } => {
                filled(&mut faults, "by", &by);
                filled(&mut faults, "finding", &finding);
                hashes(&mut faults, "evidence", &evidence);
                E::OnSite { by, finding, evidence }
            }
            AssignmentCommand::Obstruct { text } => {
                filled(&mut faults, "text", &text);
                E::Obstructed { text }
            }
            AssignmentCommand::DraftResult(result) => {
                self.check_result(&mut faults, &result);
                E::ResultDrafted(result)
            }
            AssignmentCommand::HeadSign { post, name, how } => {
                filled(&mut faults, "name", &name);
                filled(&mut faults, "how", &how);
                let least = self.lowest_signing_post();
                if post < least {
                    let what = format!(
                        "must be {least:?} or higher: the assignment is important, late or repeated (2.4)"
                    );
                    faults.push(Fault::new("post", what));
                }
                E::HeadSigned(Signature { post, name, how })
            }
            AssignmentCommand::HeadReject { reason } => {
                filled(&mut faults, "reason", &reason);
                E::HeadRejected { reason }
            }
            AssignmentCommand::FurtherSign { post, name, how } => {
                filled(&mut faults, "name", &name);
                filled(&mut faults, "how", &how);
                E::FurtherSigned(Signature { post, name, how })
            }
            AssignmentCommand::SupPass { substance, wording, text } => {
                for (field, score) in [("substance", substance), ("wording", wording)] {
                    if !(1..=5).contains(&score) {
                        faults.push(Fault::new(field, "is 1 to 5"));
                    }
                }
                if let Some(post) = assignment.next_signatory() {
                    let chain = assignment.further.join(", ");
                    let what = format!(
                        "must follow the chain after the unit's head: {chain}; the next is {post}"
                    );
                    faults.push(Fault::new("signatures", what));
                }
                E::SupPassed { substance, wording, text }
            }
            AssignmentCommand::SupReject { reason, text } => {
                filled(&mut faults, "text", &text);
                E::SupRejected { reason, text }
            }
            AssignmentCommand::Withdraw { reason } => {
                filled(&mut faults, "reason", &reason);
                E::Withdrawn { reason }
            }
            AssignmentCommand::ExplainOverdue { reason, text } => {
                filled(&mut faults, "text", &text);
                E::OverdueExplained { reason, text }
            }
            AssignmentCommand::Urge { channel, text } => {
                filled(&mut faults, "text", &text);
                let urge = self.urge(channel, text);
                if let Err(refusal) =
                    assignment.urges.check_urge(urge.source, self.now, self.desk.zone())
                {
                    faults.push(Fault::new("urge", refusal.to_string()));
                }
                E::Urged(urge)
            }
        };
        Refusal::unless_none(faults)?;
        Ok(event)
    }

    fn check_person(&self, command: &AssignmentCommand) -> Result<(), Refusal> {
        use AssignmentCommand as C;
        let Some(role) = self.by.role() else { return Ok(()) };
        let outsourced = matches!(self.by, Actor::Person { outsourced: true, .. });
        if outsourced {
            let why = "a contractor's person may not handle an assignment: this work is not outsourced (V4)";
            return Err(Refusal::Forbidden { why: why.into(), roles: vec![] });
        }
        let sides = self.sides(role);
        let wanted: &[Side] = match command {
            C::SupPass { .. } | C::SupReject { .. } => &[Side::Supervising],
            C::Urge { .. } => &[Side::Supervising, Side::Hub],
            _ => &[Side::Own, Side::Hub],
        };
        if wanted.iter().any(|side| sides.contains(side)) {
            return Ok(());
        }
        let why = match command {
            C::SupPass { .. } | C::SupReject { .. } => {
                format!("{} reviews it", self.assignment.supervise)
            }
            _ => format!("it is {}'s", self.assignment.unit),
        };
        Err(Refusal::Forbidden { why, roles: vec![] })
    }

    fn sides(&self, role: Role) -> Vec<Side> {
        let mut sides = Vec::new();
        let unit = self.by.unit();
        match role {
            Role::Liaison | Role::UnitHead => {
                if unit == Some(&self.assignment.unit) {
                    sides.push(Side::Own);
                }
                if unit == Some(&self.assignment.supervise) {
                    sides.push(Side::Supervising);
                }
            }
            // The hub's groups review where the hub itself supervises.
            Role::SupGroup => {
                sides.push(Side::Hub);
                if self.desk.is_hub(&self.assignment.supervise, self.now) {
                    sides.push(Side::Supervising);
                }
            }
            Role::GovSupervision => {
                sides.push(Side::Hub);
                if unit == Some(&self.assignment.supervise) {
                    sides.push(Side::Supervising);
                }
            }
            _ => sides.push(Side::Hub),
        }
        sides
    }

    /// Checks that it is a unit of the directory and has no filing in force for the matter.
    fn check_lower_unit(&self, faults: &mut Vec<Fault>, unit: &UnitId) {
        let (directory, today) = (self.desk.directory(), self.desk.zone().date(self.now));
        if !directory.is_empty() && directory.unit_on(unit, today).is_none() {
            let what = format!("{unit} is not a unit of the directory today");
            faults.push(Fault::new("unit", what));
        }
        if let Some(filing) = self.desk.filing_for(self.ticket, unit, self.now) {
            let what = format!("has a filing for the matter ({filing}): answer with it (UNS-04)");
            faults.push(Fault::new("unit", what));
        }
    }

    fn check_child_due(&self, faults: &mut Vec<Fault>, due: Timestamp) {
        let working_time = self.desk.working_time();
        let parent_due = self.assignment.due(working_time);
        let latest = parent_due.and_then(|parent| child_due_latest(working_time, self.now, parent));
        if latest.is_none_or(|latest| due > latest) || due <= self.now {
            let what = match latest {
                Some(latest) => format!(
                    "is after {}, which is a working day before this assignment is due (A08)",
                    latest.micros()
                ),
                None => "cannot be set: no working day is left before this assignment is due (A08)"
                    .into(),
            };
            faults.push(Fault::new("due", what));
        }
    }

    fn check_extension(
        &self,
        faults: &mut Vec<Fault>,
        days: u16,
        asked_at: Timestamp,
        by: ExtensionApprover,
        citizen_told: bool,
    ) {
        let Some(clock) = self.assignment.handle_clock() else {
            faults.push(Fault::new("assignment", "has no handling clock to extend"));
            return;
        };
        let ask = ExtensionRequest { days, asked_at, by, citizen_told };
        let policy = &self.desk.rules().clocks;
        if let Err(against) = clock.check_extension(self.desk.working_time(), policy, ask) {
            faults.extend(against.iter().map(|why| Fault::new("extension", why.to_string())));
        }
    }

    fn check_result(&self, faults: &mut Vec<Fault>, result: &HandlingResult) {
        filled(faults, "finding", &result.finding);
        filled(faults, "action", &result.action);
        bounded(faults, "public_text", &result.public_text, TEXT_MAX);
        hashes(faults, "attachments", &result.attachments);
        hashes(faults, "evidence", &result.evidence);
        if result.verdict == Verdict::Untrue && result.evidence.is_empty() {
            faults.push(Fault::new(
                "evidence",
                "is missing: give the evidence that the report is untrue (RPL-09)",
            ));
        }
        let explained =
            matches!(result.outcome, HandlingOutcome::Explained | HandlingOutcome::PolicyLimit);
        if explained && result.basis.iter().all(|rule| rule.trim().is_empty()) {
            faults.push(Fault::new(
                "basis",
                "is missing: name the rule on which the result is based (RPL-13)",
            ));
        }
        let assignment = self.assignment;
        let reachable = self.ticket.contact().is_some();
        if assignment.is_lead()
            && reachable
            && assignment.first_contact.is_none()
            && !self.child_contacted()
        {
            faults.push(Fault::new(
                "contacts",
                "are missing: the unit has not spoken with the caller yet (A10)",
            ));
        }
        if self.is_overdue() && assignment.overdue.is_none() {
            faults.push(Fault::new(
                "overdue",
                "is missing: the assignment is late, so give explain_overdue first (CLK-07)",
            ));
        }
    }

    fn child_contacted(&self) -> bool {
        (self.ticket.assignments.iter()).any(|a| a.parent.is_some() && a.first_contact.is_some())
    }

    fn is_overdue(&self) -> bool {
        let due = self.assignment.due(self.desk.working_time());
        due.is_some_and(|due| is_late(self.now, due))
    }

    /// The lowest post that must sign: the chief for an important, late or repeated assignment,
    /// otherwise a deputy (hotline.md 2.4).
    fn lowest_signing_post(&self) -> Post {
        let importance = self.ticket.form.importance.unwrap_or(Importance::Normal);
        let again = self.ticket.eval_final.is_some_and(|e| !e.grade.is_satisfied());
        if importance >= Importance::Important || again || self.is_overdue() {
            Post::Chief
        } else {
            Post::DeputyHead
        }
    }

    fn urge(&self, channel: UrgeChannel, text: String) -> Urge {
        let source = match self.by.role() {
            None => UrgeSource::System,
            Some(Role::Leader) => UrgeSource::Leader,
            Some(Role::Liaison | Role::UnitHead | Role::GovSupervision) => UrgeSource::Supervisor,
            Some(_) => UrgeSource::Hub,
        };
        let level = self.desk.level_of(self.ticket, self.now);
        Urge { source, channel, level, text, counts: true }
    }

    fn not_now(&self, state: &str) -> Refusal {
        let state = format!("{state} ({:?})", self.assignment.state);
        Refusal::NotNow { state, allowed: assignment::allowed(self.assignment.state, self.by) }
    }
}
