//! Whether a command may be done to a ticket, and what is done: the guards of hotline.md 2.3.

use std::{collections::BTreeSet, time::Duration};

use model::{
    Timestamp,
    desk::{
        AskedBy, Callback, ClockKind, Deed, Dispatch, Doer, Form, Grade, Importance, Instruction,
        MatterId, Method, PartRole, PauseCause, Promise, Purpose, Reached, Reasonableness, ReplyBy,
        ReplyMade, TicketDeed, TicketState, UnitId, Urge, UrgeChannel, UrgeSource,
    },
    event::Role,
};

use super::{TABLE, Ticket, TicketCommand};
use crate::{
    Fault, Refusal,
    clock::{Allowance, quick_kind},
    desk::Desk,
    rules::ReplyRule,
    table,
    text::{LINE_MAX, TEXT_MAX, bounded, filled, is_hash, two_persons},
};

/// What is done when this command is given now.
pub(crate) fn decide(
    desk: &Desk,
    now: Timestamp,
    by: &Doer,
    ticket: &Ticket,
    command: TicketCommand,
) -> Result<Vec<Deed>, Refusal> {
    table::check(TABLE, command.word(), ticket.state, by)?;
    let case = Case { desk, now, by, ticket };
    case.may_person(command.word())?;
    if let TicketCommand::Attach { to, text } = command {
        return case.attach(to, text);
    }
    let deeds = case.decide(command)?;
    Ok(deeds.into_iter().map(|deed| Deed::Ticket(ticket.ticket, deed)).collect())
}

/// A command and what it is about.
struct Case<'a> {
    desk: &'a Desk,
    now: Timestamp,
    by: &'a Doer,
    ticket: &'a Ticket,
}

impl Case<'_> {
    fn decide(&self, command: TicketCommand) -> Result<Vec<TicketDeed>, Refusal> {
        use TicketDeed as D;
        let (ticket, rules) = (self.ticket, self.desk.rules());
        let mut faults = Vec::new();
        let deed = match command {
            TicketCommand::Write(form) => {
                check_form(&mut faults, &form);
                D::Written(form)
            }
            TicketCommand::Register { form, matter } => return self.register(*form, matter),
            TicketCommand::Answer { answer, knowledge, no_item } => {
                filled(&mut faults, "answer", &answer);
                if knowledge.is_none() && no_item.as_deref().unwrap_or_default().trim().is_empty() {
                    faults.push(Fault::new(
                        "knowledge",
                        "names the item used, or no_item says why none",
                    ));
                }
                if matches!(ticket.form.purpose, Some(Purpose::Complaint | Purpose::Report)) {
                    let what =
                        "a complaint or report is checked and not answered on the spot (T03)";
                    faults.push(Fault::new("purpose", what));
                }
                D::Answered { answer, knowledge, no_item }
            }
            TicketCommand::Divert { target, number, connected, call } => {
                filled(&mut faults, "number", &number);
                if connected && call.is_none() && self.by != &Doer::Engine {
                    faults.push(Fault::new("call", "names the call that was connected"));
                }
                D::Diverted { target, number, connected, call }
            }
            TicketCommand::NotAccept { reason, route_told } => {
                filled(&mut faults, "route_told", &route_told);
                D::NotAccepted { reason, route_told }
            }
            TicketCommand::MarkInvalid { disposition } => {
                if disposition.is_valid() {
                    faults.push(Fault::new(
                        "disposition",
                        "is a valid demand: answer or dispatch it",
                    ));
                }
                let confirms = matches!(self.by.role(), Some(Role::Supervisor | Role::Director));
                if disposition.is_nuisance() && !confirms {
                    D::NuisanceProposed(disposition)
                } else {
                    D::Invalidated(disposition)
                }
            }
            TicketCommand::ConfirmNuisance => match ticket.proposed {
                Some(kind) => D::Invalidated(kind),
                None => return Err(self.not_now("no nuisance is proposed")),
            },
            TicketCommand::RefuseNuisance if ticket.proposed.is_none() => {
                return Err(self.not_now("no nuisance is proposed"));
            }
            TicketCommand::RefuseNuisance => D::NuisanceRefused,
            TicketCommand::AwaitInfo { missing, call_at } => {
                filled(&mut faults, "missing", &missing);
                if call_at <= self.now {
                    faults.push(Fault::new(
                        "call_at",
                        "is past: say when the caller is called again",
                    ));
                }
                D::InfoAwaited { missing, call_at }
            }
            TicketCommand::Inform { facts } => {
                filled(&mut faults, "facts", &facts);
                D::InfoGiven { facts }
            }
            TicketCommand::GiveUp => {
                self.tried_enough(&mut faults);
                D::GivenUp
            }
            TicketCommand::Review => {
                if ticket.form.purpose.is_none() || ticket.form.topic.is_none() {
                    faults.push(Fault::new("form", "needs purpose and topic before review (T09)"));
                }
                D::SentToReview
            }
            TicketCommand::MatchFiling { filing } => match self.desk.filing(filing) {
                Some(found) if Some(filing.matter) != ticket.matter => {
                    let _ = found;
                    faults.push(Fault::new("filing", "is of another matter"));
                    D::SentToReview
                }
                Some(found) if !found.holds(self.now, None) => {
                    faults.push(Fault::new(
                        "filing",
                        format!("does not hold: it is {:?}", found.state),
                    ));
                    D::SentToReview
                }
                Some(found) => D::FilingMatched { filing, answer: found.form.answer.clone() },
                None => return Err(Refusal::not_found(format!("filing {filing}"))),
            },
            TicketCommand::Merge { matter } => return self.merge(matter),
            TicketCommand::Unmerge { reason } => {
                filled(&mut faults, "reason", &reason);
                D::Unmerged { reason, matter: MatterId(ticket.ticket) }
            }
            TicketCommand::SubmitToLeader { sheet } => {
                filled(&mut faults, "sheet", &sheet);
                let importance = ticket.form.importance.unwrap_or(Importance::Normal);
                if importance == Importance::Normal && !rules.needs_leader(importance) {
                    faults.push(Fault::new(
                        "importance",
                        "is normal: mark it important or leader first",
                    ));
                }
                D::SentToLeader { sheet }
            }
            TicketCommand::LeaderSign { text, for_leader, scan } => {
                filled(&mut faults, "text", &text);
                if let Some(scan) = &scan {
                    is_hash(&mut faults, "scan", scan);
                }
                let Some(leader) = self.by.account().cloned() else {
                    return Err(Refusal::Forbidden {
                        why: "a person signs".into(),
                        roles: vec![Role::Leader],
                    });
                };
                D::LeaderSigned(Instruction { leader, for_leader, text, scan })
            }
            TicketCommand::Dispatch(dispatch) => {
                let dispatch = self.dispatch(&mut faults, *dispatch, true);
                D::Dispatched(Box::new(dispatch))
            }
            TicketCommand::AddUnit(dispatch) => {
                if dispatch.reason.as_deref().unwrap_or_default().trim().is_empty() {
                    faults.push(Fault::new("reason", "is empty: why another unit (T15)"));
                }
                let dispatch = self.dispatch(&mut faults, *dispatch, false);
                D::UnitAdded(Box::new(dispatch))
            }
            TicketCommand::Recall { reason } => {
                filled(&mut faults, "reason", &reason);
                D::Recalled { reason }
            }
            TicketCommand::SendBack { reason, text } => {
                filled(&mut faults, "text", &text);
                D::SentBack { reason, text, clocks: self.next_round_clocks() }
            }
            TicketCommand::AcceptResult { feedback } => {
                let unsigned = (ticket.assignments.iter()).any(|a| {
                    a.is_lead() && a.is_open() && a.parent.is_none() && a.signatures.is_empty()
                });
                if unsigned {
                    faults
                        .push(Fault::new("assignments", "a lead's result has no signature (T19)"));
                }
                if !ticket.instructions.is_empty()
                    && feedback.as_deref().unwrap_or_default().is_empty()
                {
                    faults.push(Fault::new(
                        "feedback",
                        "a leader's piece needs the draft of the feedback",
                    ));
                }
                D::ResultAccepted { feedback }
            }
            TicketCommand::Reply(reply) => D::Replied(self.reply(&mut faults, reply)?),
            TicketCommand::Ask(callback) => D::Asked(self.ask(&mut faults, callback)?),
            TicketCommand::Redo { reason, text, dispatch } => {
                filled(&mut faults, "text", &text);
                return self.redo(faults, reason, text, dispatch);
            }
            TicketCommand::CloseUnsatisfied { reason } => {
                filled(&mut faults, "reason", &reason);
                let (sms, calls) = ticket.unsatisfied();
                let (need_sms, need_calls) = (rules.unsatisfied_sms, rules.unsatisfied_calls);
                if sms < usize::from(need_sms) || calls < usize::from(need_calls) {
                    let what = format!(
                        "{sms} SMS and {calls} calls were unsatisfied; needed are {need_sms} and {need_calls} (CB-06)"
                    );
                    faults.push(Fault::new("callbacks", what));
                }
                D::ClosedUnsatisfied { reason }
            }
            TicketCommand::Reopen { ground, text } => {
                filled(&mut faults, "text", &text);
                let last = Duration::from_secs(u64::from(rules.reopen_days) * DAY_S);
                let closed = ticket.times.closed.unwrap_or(self.now);
                if *self.by == Doer::Citizen && self.now.since(closed) > last {
                    let what = format!(
                        "it was closed more than {} days ago: a new call opens a new ticket",
                        rules.reopen_days
                    );
                    faults.push(Fault::new("closed", what));
                }
                D::Reopened { ground, text }
            }
            TicketCommand::Archive { manifest } => {
                is_hash(&mut faults, "manifest", &manifest);
                faults.extend(self.holds().into_iter().map(|why| Fault::new("ticket", why)));
                D::Archived { manifest }
            }
            TicketCommand::Withdraw { statement, proof } => {
                filled(&mut faults, "statement", &statement);
                filled(&mut faults, "proof", &proof);
                D::Withdrawn { statement, proof }
            }
            TicketCommand::Void { reason } => {
                filled(&mut faults, "reason", &reason);
                D::Voided { reason }
            }
            // Handled before: it changes two tickets.
            TicketCommand::Attach { .. } => return Err(Refusal::not_found("such a way")),
            TicketCommand::Override { to, second, reason } => {
                two_persons(&mut faults, self.by, &second);
                filled(&mut faults, "reason", &reason);
                if matches!(to, TicketState::Draft | TicketState::Archived | TicketState::AwaitInfo)
                {
                    faults.push(Fault::new(
                        "to",
                        "cannot be ordered: nothing would lead out of it as it should",
                    ));
                }
                D::Overridden { to, second, reason }
            }
            TicketCommand::Regrade { grade, reason } => {
                bounded(&mut faults, "reason", &reason, TEXT_MAX);
                let clocks = self.handling_clock(grade).into_iter().collect();
                D::Regraded { grade, reason, clocks }
            }
            TicketCommand::Claim => {
                if let Some(claim) = &ticket.claim
                    && self.by.account() != Some(&claim.what)
                {
                    return Err(self.not_now(&format!("{} has it", claim.what)));
                }
                D::Claimed
            }
            TicketCommand::Release => {
                let own = ticket.claim.as_ref().map(|c| &c.what) == self.by.account();
                if !own && self.by.role() != Some(Role::Director) {
                    return Err(self.not_now("another person has it, or nobody"));
                }
                D::Released
            }
            TicketCommand::NameOfficer { officer } => D::OfficerNamed { officer },
            TicketCommand::NameGroup { group } => D::GroupNamed { group },
            TicketCommand::Urge { channel, text } => {
                filled(&mut faults, "text", &text);
                let urge = self.urge(channel, text);
                if let Err(no) = ticket.urges.may_urge(urge.source, self.now, self.desk.zone()) {
                    faults.push(Fault::new("urge", no.to_string()));
                }
                D::Urged(urge)
            }
            TicketCommand::Contact(contact) => {
                filled(&mut faults, "text", &contact.text);
                D::Contacted(contact)
            }
            TicketCommand::Commit(commitment) => {
                filled(&mut faults, "by", &commitment.by);
                filled(&mut faults, "what", &commitment.what);
                full(&mut faults, "commitments", ticket.commitments.len());
                D::Committed(commitment)
            }
            TicketCommand::SetFollowUp(follow_up) => {
                filled(&mut faults, "what", &follow_up.what);
                full(&mut faults, "follow_ups", ticket.follow_ups.len());
                D::FollowUpSet(follow_up)
            }
            TicketCommand::CheckFollowUp { n, kept, text } => {
                let place = usize::from(n).wrapping_sub(1);
                match ticket.follow_ups.get(place) {
                    Some(followed) if followed.checked.is_none() => {}
                    Some(_) => faults.push(Fault::new("n", "was checked already")),
                    None => {
                        faults.push(Fault::new("n", format!("1 to {}", ticket.follow_ups.len())))
                    }
                }
                D::FollowUpChecked { n, kept, text }
            }
            TicketCommand::DecideReasonable { verdict, reason, second } => {
                two_persons(&mut faults, self.by, &second);
                filled(&mut faults, "reason", &reason);
                D::ReasonablenessDecided { verdict, reason, second }
            }
            TicketCommand::CitizenUpdate { text } => {
                filled(&mut faults, "text", &text);
                D::CitizenUpdated { text }
            }
            TicketCommand::Thank { kind, unit, text } => {
                bounded(&mut faults, "text", &text, TEXT_MAX);
                full(&mut faults, "thanks", ticket.thanks.len());
                D::Thanked { kind, unit, text }
            }
            TicketCommand::NoteAid { payer, item, amount_fen } => {
                filled(&mut faults, "payer", &payer);
                filled(&mut faults, "item", &item);
                D::AidNoted { payer, item, amount_fen }
            }
            TicketCommand::Reveal { reason } => {
                filled(&mut faults, "reason", &reason);
                D::Revealed { reason }
            }
            TicketCommand::Note { text } => {
                filled(&mut faults, "text", &text);
                D::Noted { text }
            }
            TicketCommand::TagMethod { method } => {
                filled(&mut faults, "method", &method);
                bounded(&mut faults, "method", &method, LINE_MAX);
                full(&mut faults, "methods", ticket.methods.len());
                D::MethodTagged { method }
            }
            TicketCommand::Pause { cause, basis } => {
                filled(&mut faults, "basis", &basis);
                declared(&mut faults, cause);
                D::Paused { cause, basis }
            }
            TicketCommand::Resume { cause } => {
                declared(&mut faults, cause);
                D::Resumed { cause }
            }
        };
        Refusal::unless_none(faults)?;
        Ok(vec![deed])
    }

    /// Rules about the person, beside the table: contractors do not decide (V4), units see their own.
    fn may_person(&self, word: &str) -> Result<(), Refusal> {
        let Doer::Person { role, unit, outsourced, .. } = self.by else { return Ok(()) };
        if *outsourced && DECISIONS.contains(&word) {
            let why = format!("a contractor's person may not {word}");
            return Err(Refusal::Forbidden { why, roles: vec![] });
        }
        let of_unit = matches!(role, Role::Liaison | Role::UnitHead);
        let theirs =
            |unit: &UnitId| self.ticket.assignments.iter().any(|a| a.unit == *unit && !a.is_gone());
        if of_unit && !unit.as_ref().is_some_and(theirs) {
            return Err(Refusal::Forbidden {
                why: "it is not with your unit".into(),
                roles: vec![],
            });
        }
        Ok(())
    }

    fn register(&self, change: Form, matter: Option<MatterId>) -> Result<Vec<TicketDeed>, Refusal> {
        let mut form = self.ticket.form.clone();
        form.merge(change.clone());
        let mut faults = Vec::new();
        check_form(&mut faults, &form);
        let mut missing = |field: &str, there: bool, what: &str| {
            if !there {
                faults.push(Fault::new(format!("form.{field}"), what));
            }
        };
        let text = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        missing("purpose", form.purpose.is_some(), "is missing: what the caller wants");
        missing("title", text(&form.title), "is missing: the demand in a line");
        missing(
            "confidential",
            form.confidential.is_some(),
            "is missing: ask whether to keep the caller unknown",
        );
        let needs_place =
            matches!(form.purpose, Some(Purpose::Complaint | Purpose::Report | Purpose::Help));
        let placed = form.area.is_some() || form.address.as_ref().is_some_and(|a| !a.is_empty());
        missing("content", !needs_place || text(&form.content), "is missing: what was said");
        missing(
            "area",
            !needs_place || placed,
            "is missing: area or address, for a complaint, report or call for help",
        );
        if let Some(matter) = matter
            && self.desk.matter(matter).is_none()
        {
            faults.push(Fault::new("matter", format!("there is no matter {matter}")));
        }
        Refusal::unless_none(faults)?;
        let mut deeds = Vec::new();
        let mut change = change;
        // Who reports wrongdoing stays unknown, asked or not (REC-06).
        if form.purpose == Some(Purpose::Report) && form.confidential != Some(true) {
            change.confidential = Some(true);
        }
        if change != Form::default() {
            deeds.push(TicketDeed::Written(Box::new(change)));
        }
        let matter = matter.unwrap_or(MatterId(self.ticket.ticket));
        deeds.push(TicketDeed::Registered {
            matter,
            repeat_caller: self.desk.others_of_caller(self.ticket).next().is_some(),
            repeat_matter: matter.0 != self.ticket.ticket,
            query_code: self.desk.query_code(self.ticket.ticket),
        });
        Ok(deeds)
    }

    fn merge(&self, id: MatterId) -> Result<Vec<TicketDeed>, Refusal> {
        let Some(matter) = self.desk.matter(id) else {
            return Err(Refusal::not_found(format!("matter {id}")));
        };
        let mut faults = Vec::new();
        match self.desk.ticket(matter.master) {
            _ if matter.master == self.ticket.ticket => {
                faults.push(Fault::new("matter", "is this ticket's own"));
            }
            Some(master) if master.is_over() || master.follows => {
                let what = format!(
                    "its master {} is closed: dispatch this one, or open that one again",
                    matter.master
                );
                faults.push(Fault::new("matter", what));
            }
            // The same caller chases; another one follows (T11).
            Some(master) if same_caller(master, self.ticket) => {
                let what = format!("is the same caller's ticket {}: urge that one", master.ticket);
                faults.push(Fault::new("matter", what));
            }
            Some(_) => {}
            None => faults.push(Fault::new("matter", "its master is put away: dispatch this one")),
        }
        if !self.desk.followers(self.ticket).is_empty() {
            faults.push(Fault::new("ticket", "others follow it"));
        }
        Refusal::unless_none(faults)?;
        Ok(vec![TicketDeed::Merged { matter: id }])
    }

    fn attach(&self, to: model::TicketId, text: String) -> Result<Vec<Deed>, Refusal> {
        let Some(other) = self.desk.ticket(to) else {
            return Err(Refusal::not_found(format!("ticket {to}")));
        };
        let mut faults = Vec::new();
        filled(&mut faults, "text", &text);
        if other.is_over() || other.state == TicketState::Draft {
            let what =
                format!("{to} is {:?}: register this call as a ticket of its own", other.state);
            faults.push(Fault::new("to", what));
        }
        Refusal::unless_none(faults)?;
        let mut deeds = Vec::new();
        if let Some(call) = self.ticket.call {
            deeds.push(Deed::Ticket(to, TicketDeed::CallAdded { call, seat: self.ticket.seat }));
        }
        let level = self.desk.level_of(other, self.now);
        let (source, channel) = (UrgeSource::Citizen, UrgeChannel::Phone);
        let counts = other.urges.counts(source, self.now, self.desk.zone());
        let urge = Urge { source, channel, level, text, counts };
        deeds.push(Deed::Ticket(to, TicketDeed::Urged(urge)));
        deeds.push(Deed::Ticket(self.ticket.ticket, TicketDeed::Attached { to }));
        Ok(deeds)
    }

    /// The guards of T14 and T15, every fault at once, and the clocks it starts.
    fn dispatch(&self, faults: &mut Vec<Fault>, mut dispatch: Dispatch, first: bool) -> Dispatch {
        let rules = self.desk.rules();
        let leads = dispatch.parts.iter().filter(|p| p.role == PartRole::Lead).count();
        if (first && leads != 1) || leads > 1 {
            faults.push(Fault::new("parts", format!("name {leads} leads: name one (DSP-15)")));
        }
        if dispatch.parts.is_empty() || dispatch.parts.len() > PARTS_MAX {
            faults.push(Fault::new("parts", format!("1 to {PARTS_MAX} units")));
        }
        if dispatch.supervise.as_str().is_empty() {
            faults.push(Fault::new(
                "supervise",
                "is missing: handling and supervising unit are both named (DSP-02)",
            ));
        }
        let (today, network) = (self.desk.zone().date(self.now), self.desk.network());
        if !network.is_empty() && network.unit_on(&dispatch.supervise, today).is_none() {
            let what = format!("{} is no unit of the network today", dispatch.supervise);
            faults.push(Fault::new("supervise", what));
        }
        filled(faults, "supervisor", &dispatch.supervisor);
        let mut seen = BTreeSet::new();
        for (n, part) in dispatch.parts.iter().enumerate() {
            let field = |name: &str| format!("parts[{n}].{name}");
            if part.unit.as_str().is_empty() || !seen.insert(&part.unit) {
                faults.push(Fault::new(field("unit"), "is missing or named twice"));
            }
            let again = !first
                && self
                    .ticket
                    .assignments
                    .iter()
                    .any(|a| a.unit == part.unit && a.role == part.role && a.is_open());
            if again {
                faults.push(Fault::new(field("unit"), "has it already"));
            }
            if part.role == PartRole::Supervise {
                faults.push(Fault::new(field("role"), "is named in supervise"));
            }
            if part.role == PartRole::Lead {
                if part.unit == dispatch.supervise {
                    faults.push(Fault::new(
                        "supervise",
                        "is the handling unit itself: name another (DSP-02)",
                    ));
                }
                if let Some(filing) = self.desk.filing_for(self.ticket, &part.unit, self.now) {
                    let what = format!(
                        "the matter is filed ({filing}): answer it, it is not dispatched (UNS-04)"
                    );
                    faults.push(Fault::new(field("unit"), what));
                }
            }
            let today = self.desk.zone().date(self.now);
            let network = self.desk.network();
            let against = self.ticket.form.against.as_ref().and_then(|a| a.unit.as_ref());
            if against.is_some_and(|against| network.is_conflicted(&part.unit, against, today)) {
                let what = "is complained of, or below who is, and cannot handle it";
                faults.push(Fault::new(field("unit"), what));
            }
            // A desk whose network is not written yet takes names as they come.
            if !network.is_empty() && network.unit_on(&part.unit, today).is_none() {
                let what = format!("{} is no unit of the network today", part.unit);
                faults.push(Fault::new(field("unit"), what));
            }
            match &part.method {
                Method::Phone { listener, .. } => {
                    filled(faults, &field("method.phone.listener"), listener)
                }
                Method::Written { document, scan } => {
                    filled(faults, &field("method.written.document"), document);
                    is_hash(faults, &field("method.written.scan"), scan);
                }
                Method::Network => {}
            }
        }
        bounded(faults, "note", &dispatch.note, TEXT_MAX);
        let importance = self.ticket.form.importance.unwrap_or(Importance::Normal);
        let emergency = dispatch.emergency.as_deref().is_some_and(|why| !why.trim().is_empty());
        if first
            && rules.needs_leader(importance)
            && self.ticket.instructions.is_empty()
            && !emergency
        {
            let what = "is missing: a leader signs first, or say why it cannot wait (LDR-10)";
            faults.push(Fault::new("emergency", what));
        }
        dispatch.clocks = self.dispatch_clocks(dispatch.grade);
        dispatch
    }

    fn dispatch_clocks(&self, grade: Grade) -> Vec<Promise> {
        let policy = &self.desk.rules().clocks;
        let mut clocks: Vec<Promise> =
            [ClockKind::Sign, ClockKind::ReturnWindow, ClockKind::FirstContact]
                .into_iter()
                .filter_map(|kind| policy.promise(kind))
                .collect();
        clocks.extend(self.handling_clock(grade));
        if !self.ticket.instructions.is_empty() {
            clocks.extend(policy.promise(ClockKind::LeaderSigned));
        }
        // What an upper hotline has set is judged besides (CHAN-08).
        let upper =
            self.ticket.form.foreign.iter().flatten().filter_map(|foreign| foreign.due).min();
        clocks.extend(upper.map(|due| Promise {
            kind: ClockKind::Upper,
            allowance: Allowance::Until(due),
            policy: policy.version,
        }));
        clocks
    }

    fn handling_clock(&self, grade: Grade) -> Option<Promise> {
        self.desk.rules().clocks.handling(self.ticket.form.purpose, grade)
    }

    /// Half of the first time (T18, T23).
    fn next_round_clocks(&self) -> Vec<Promise> {
        let grade = self.ticket.form.grade.unwrap_or(Grade::B);
        let halved = |p: Promise| Promise { allowance: p.allowance.halved(), ..p };
        self.handling_clock(grade).map(halved).into_iter().collect()
    }

    fn reply(&self, faults: &mut Vec<Fault>, reply: ReplyMade) -> Result<ReplyMade, Refusal> {
        filled(faults, "text", &reply.text);
        if !reply.interim && self.ticket.state != TicketState::Reply {
            let what = "an answer that is not the last is interim: the result is not accepted yet";
            faults.push(Fault::new("interim", what));
        }
        let by_unit = matches!(self.by.role(), Some(Role::Liaison | Role::UnitHead));
        let rule = self.desk.rules().reply_by;
        let allowed = match rule {
            ReplyRule::Hub => !by_unit || reply.interim,
            ReplyRule::Unit => by_unit || reply.interim || self.ticket.filing.is_some(),
            ReplyRule::Both => true,
        };
        if !allowed {
            let why = format!("the rule here is that the {rule:?} tells the caller");
            return Err(Refusal::Forbidden { why, roles: vec![] });
        }
        if reply.how == ReplyBy::Phone && reply.reached == Reached::Yes && reply.call.is_none() {
            faults.push(Fault::new("call", "names the recorded call"));
        }
        let by_unit = by_unit.then(|| self.by.unit().cloned()).flatten();
        Ok(ReplyMade { by_unit, ..reply })
    }

    fn ask(&self, faults: &mut Vec<Fault>, mut callback: Callback) -> Result<Callback, Refusal> {
        if self.by.account().is_some_and(|account| self.ticket.hands.contains(account)) {
            let why = "you answered, handled or supervised it: another person asks (2.7)".into();
            return Err(Refusal::Forbidden { why, roles: vec![Role::Callback] });
        }
        if callback.grade.is_some() && callback.reached != Reached::Yes {
            faults.push(Fault::new("grade", "is given and nobody was reached"));
        }
        if *self.by == Doer::Citizen
            && !matches!(callback.how, AskedBy::Sms | AskedBy::Web | AskedBy::Robot)
        {
            callback.how = AskedBy::Web;
        }
        if callback.how == AskedBy::Manual
            && callback.reached == Reached::Yes
            && callback.call.is_none()
        {
            faults.push(Fault::new("call", "names the recorded call"));
        }
        full(faults, "callbacks", self.ticket.callbacks.len());
        bounded(faults, "text", &callback.text, TEXT_MAX);
        Ok(callback)
    }

    fn redo(
        &self,
        mut faults: Vec<Fault>,
        reason: model::desk::RedoReason,
        text: String,
        dispatch: Option<Box<Dispatch>>,
    ) -> Result<Vec<TicketDeed>, Refusal> {
        let ticket = self.ticket;
        if !self.desk.rules().another_round(ticket.round) {
            let what = format!(
                "{} rounds are done; no more are foreseen: close it as unsatisfied (T24)",
                ticket.round
            );
            faults.push(Fault::new("round", what));
        }
        if ticket.reasonable == Reasonableness::Unreasonable {
            faults.push(Fault::new("reasonable", "the hub has found the demand unreasonable"));
        }
        let bad =
            ticket.eval_final.is_some_and(|e| e.round == ticket.round && !e.grade.is_satisfied());
        if !bad {
            faults.push(Fault::new(
                "callbacks",
                "nobody has said in this round that it is not right",
            ));
        }
        // A follower has no units of its own: it gets them now.
        let own = ticket.assignments.iter().any(|a| a.is_lead() && !a.is_gone());
        let dispatch = match dispatch {
            Some(dispatch) => Some(Box::new(self.dispatch(&mut faults, *dispatch, true))),
            None if own => None,
            None => {
                faults.push(Fault::new(
                    "dispatch",
                    "is missing: this ticket followed another and has no unit of its own",
                ));
                None
            }
        };
        Refusal::unless_none(faults)?;
        Ok(vec![TicketDeed::Redone { reason, text, clocks: self.next_round_clocks(), dispatch }])
    }

    fn urge(&self, channel: UrgeChannel, text: String) -> Urge {
        let source = match self.by {
            Doer::Citizen | Doer::Partner(_) => UrgeSource::Citizen,
            Doer::Engine => UrgeSource::System,
            Doer::Person { role: Role::Leader, .. } => UrgeSource::Leader,
            Doer::Person { role: Role::GovSupervision, .. } => UrgeSource::Supervisor,
            Doer::Person { role: Role::Agent | Role::Supervisor, .. } => UrgeSource::Citizen,
            Doer::Person { .. } => UrgeSource::Hub,
        };
        let level = self.desk.level_of(self.ticket, self.now);
        let counts = self.ticket.urges.counts(source, self.now, self.desk.zone());
        Urge { source, channel, level, text, counts }
    }

    fn tried_enough(&self, faults: &mut Vec<Fault>) {
        let rules = self.desk.rules();
        let calls = self.ticket.tries.iter().filter(|t| t.what.0 == ReplyBy::Phone);
        let missed = calls.filter(|t| t.what.1 != Reached::Yes);
        let days: BTreeSet<_> = missed.clone().map(|t| self.desk.zone().date(t.at)).collect();
        let (tries, days) = (missed.count(), days.len());
        if tries < usize::from(rules.tries_min) || days < usize::from(rules.tries_days_min) {
            let what = format!(
                "{tries} calls on {days} days were in vain; {} on {} are needed (T08)",
                rules.tries_min, rules.tries_days_min
            );
            faults.push(Fault::new("tries", what));
        }
        if !self.ticket.tries.iter().any(|t| t.what.0 == ReplyBy::Sms) {
            faults.push(Fault::new("tries", "no SMS was sent (T08)"));
        }
    }

    fn holds(&self) -> Vec<&'static str> {
        let mut holds = self.ticket.holds();
        holds.extend(self.desk.matter_holds(self.ticket));
        holds
    }

    fn not_now(&self, state: &str) -> Refusal {
        let allowed = super::allowed(self.ticket.state, self.by);
        Refusal::NotNow { state: state.to_owned(), allowed }
    }
}

/// Bounds and shapes of a form, whatever is still missing in it.
fn check_form(faults: &mut Vec<Fault>, form: &Form) {
    let lines = [
        ("title", form.title.as_deref()),
        ("recurrence", form.recurrence.as_deref()),
        ("name", form.name.as_ref().map(|t| t.reveal())),
        ("employer", form.employer.as_ref().map(|t| t.reveal())),
        ("address", form.address.as_ref().map(|t| t.reveal())),
    ];
    for (field, text) in lines {
        bounded(faults, &format!("form.{field}"), text.unwrap_or_default(), LINE_MAX);
    }
    let texts = [
        ("content", &form.content),
        ("summary", &form.summary),
        ("change_since_last", &form.change_since_last),
        ("suggestion", &form.suggestion),
    ];
    for (field, text) in texts {
        bounded(faults, &format!("form.{field}"), text.as_deref().unwrap_or_default(), TEXT_MAX);
    }
    if let Some(topic) = &form.topic {
        let code = topic.as_str();
        if !matches!(code.len(), 2 | 4 | 6) || !code.bytes().all(|b| b.is_ascii_digit()) {
            faults.push(Fault::new("form.topic", "is no topic's code: two, four or six digits"));
        }
    }
    if let Some(code) = form.quick()
        && quick_kind(code).is_none()
    {
        faults.push(Fault::new("form.quick_kind", "is none of Q01 to Q12"));
    }
    if let Some(spot) = &form.spot
        && !((-90.0..=90.0).contains(&spot.lat) && (-180.0..=180.0).contains(&spot.long))
    {
        faults
            .push(Fault::new("form.spot", "is not on the earth: lat -90 to 90, long -180 to 180"));
    }
    if let (Some(from), Some(to)) = (form.occurred_from, form.occurred_to)
        && from > to
    {
        faults.push(Fault::new("form.occurred_to", "is before occurred_from"));
    }
    for (field, len) in [
        ("tags", form.tags.as_ref().map_or(0, Vec::len)),
        ("foreign", form.foreign.as_ref().map_or(0, Vec::len)),
    ] {
        if len > TAGS_MAX {
            faults.push(Fault::new(
                format!("form.{field}"),
                format!("has {len}; at most {TAGS_MAX}"),
            ));
        }
    }
}

fn same_caller(a: &Ticket, b: &Ticket) -> bool {
    a.contact().is_some() && a.contact() == b.contact()
}

fn declared(faults: &mut Vec<Fault>, cause: PauseCause) {
    if !matches!(cause, PauseCause::LegalCase | PauseCause::ForceMajeure) {
        faults.push(Fault::new(
            "cause",
            "follows from the state; legal_case and force_majeure are declared",
        ));
    }
}

fn full(faults: &mut Vec<Fault>, field: &str, len: usize) {
    if len >= LIST_MAX {
        faults
            .push(Fault::new(field, format!("has {LIST_MAX} already: no more fit on one ticket")));
    }
}

/// What a contractor's person never does (V4).
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
/// Units one dispatch may name.
const PARTS_MAX: usize = 20;
/// Tags, foreign numbers.
const TAGS_MAX: usize = 20;
/// Callbacks, follow-ups, promises, thanks of one ticket.
const LIST_MAX: usize = 500;
const DAY_S: u64 = 86_400;
