//! Decides dispatches, leaders' signatures, and results that come back (T12 to T23).

use std::collections::BTreeSet;

use model::{
    AccountName,
    desk::{
        ClockKind, ClockTerms, Dispatch, DispatchMethod, DispatchPart, DispatchRole, Grade,
        Importance, Instruction, Reasonableness, RedoReason, TicketEvent, TicketState, UnitId,
    },
    event::Role,
};

use super::{CommandContext, PARTS_MAX};
use crate::assignment::Assignment;
use deadlines::clock::Allowance;
use workflow::{
    Fault, Refusal,
    text::{TEXT_MAX, bounded, filled, is_hash},
};

impl CommandContext<'_> {
    /// Submits the ticket to a leader, with a sheet (T12).
    pub(super) fn submit_to_leader(&self, faults: &mut Vec<Fault>, sheet: String) -> TicketEvent {
        filled(faults, "sheet", &sheet);
        let importance = self.ticket.form.importance.unwrap_or(Importance::Normal);
        if importance == Importance::Normal && !self.desk.rules().needs_leader(importance) {
            let what = "is normal: set it to important or leader first";
            faults.push(Fault::new("importance", what));
        }
        TicketEvent::SentToLeader { sheet }
    }

    /// Signs for a leader (T13): a submitted ticket is signed by the leader on duty or a deputy
    /// (LDR-01, rotation); any leader's instruction on a ticket under way counts as well (LDR-06,
    /// instructions).
    pub(super) fn sign_for_leader(
        &self,
        faults: &mut Vec<Fault>,
        text: String,
        for_leader: Option<AccountName>,
        scan: Option<String>,
    ) -> Result<TicketEvent, Refusal> {
        filled(faults, "text", &text);
        if let Some(scan) = &scan {
            is_hash(faults, "scan", scan);
        }
        let forbidden = |why: String| Refusal::Forbidden { why, roles: vec![Role::Leader] };
        let Some(leader) = self.by.account().cloned() else {
            return Err(forbidden("a person signs".into()));
        };
        let today = self.desk.zone().date(self.now);
        let turn = self.desk.leaders().turn(today);
        let mut for_leader = for_leader;
        // On days without a leader on duty any leader may sign; an alarm was raised for such days.
        if let (TicketState::AwaitLeader, Some(turn)) = (self.ticket.state, turn) {
            if turn.leader != leader && !turn.deputies.contains(&leader) {
                return Err(forbidden(format!("the leader on duty is {}", turn.leader)));
            }
            if turn.leader != leader {
                for_leader.get_or_insert_with(|| turn.leader.clone());
            }
        }
        Ok(TicketEvent::LeaderSigned(Instruction { leader, for_leader, text, scan }))
    }

    /// Accepts the result of the units (T19).
    pub(super) fn accept_result(
        &self,
        faults: &mut Vec<Fault>,
        feedback: Option<String>,
    ) -> TicketEvent {
        let unsigned =
            self.ticket.assignments.iter().any(|a| {
                a.is_lead() && a.is_open() && a.parent.is_none() && a.signatures.is_empty()
            });
        if unsigned {
            faults.push(Fault::new("assignments", "a lead's result has no signature (T19)"));
        }
        if !self.ticket.instructions.is_empty()
            && feedback.as_deref().unwrap_or_default().is_empty()
        {
            let what =
                "is missing: a ticket with a leader's instruction needs the draft of the feedback";
            faults.push(Fault::new("feedback", what));
        }
        TicketEvent::ResultAccepted { feedback, reply_by: Some(self.desk.rules().reply_by) }
    }

    /// The guards of T14 and T15, with all faults at once, and the clocks that the dispatch starts.
    pub(super) fn dispatch(
        &self,
        faults: &mut Vec<Fault>,
        mut dispatch: Dispatch,
        first: bool,
    ) -> Dispatch {
        let rules = self.desk.rules();
        let leads = dispatch.parts.iter().filter(|p| p.role == DispatchRole::Lead).count();
        if (first && leads != 1) || leads > 1 {
            faults.push(Fault::new("parts", format!("name {leads} leads: name one (DSP-15)")));
        }
        if dispatch.parts.is_empty() || dispatch.parts.len() > PARTS_MAX {
            faults.push(Fault::new("parts", format!("1 to {PARTS_MAX} units")));
        }
        if dispatch.supervise.as_str().is_empty() {
            faults.push(Fault::new(
                "supervise",
                "is missing: name the supervising unit besides the handling unit (DSP-02)",
            ));
        }
        let (today, directory) = (self.desk.zone().date(self.now), self.desk.directory());
        if !directory.is_empty() && directory.unit_on(&dispatch.supervise, today).is_none() {
            let what = format!("{} is not a unit of the directory today", dispatch.supervise);
            faults.push(Fault::new("supervise", what));
        }
        filled(faults, "supervisor", &dispatch.supervisor);
        let mut seen = BTreeSet::new();
        for (n, part) in dispatch.parts.iter().enumerate() {
            if part.unit.as_str().is_empty() || !seen.insert(&part.unit) {
                faults.push(Fault::new(format!("parts[{n}].unit"), "is missing or named twice"));
            }
            self.check_part(faults, &format!("parts[{n}]"), part, &dispatch.supervise, first);
        }
        if first {
            self.check_reason(faults, &dispatch);
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

    /// A dispatch to another unit than the directory's, or with another grade than the rules',
    /// needs a reason (DSP-05, dispatch directory; REC-10, grades).
    fn check_reason(&self, faults: &mut Vec<Fault>, dispatch: &Dispatch) {
        let Some(route) = &self.ticket.route else { return };
        let has_reason = dispatch.reason.as_deref().is_some_and(|why| !why.trim().is_empty());
        let lead = dispatch.parts.iter().find(|part| part.role == DispatchRole::Lead);
        let otherwise = lead.filter(|lead| lead.unit != route.lead && !has_reason);
        if let Some(lead) = otherwise {
            let what = format!(
                "is missing: say why it goes to {1} and not to {0}, the unit in the directory (DSP-05)",
                route.lead, lead.unit
            );
            faults.push(Fault::new("reason", what));
        }
        if dispatch.grade != route.grade && !has_reason {
            faults.push(Fault::new("reason", grade_fault(route.grade, dispatch.grade)));
        }
    }

    /// Checks whether this unit may get its part.
    fn check_part(
        &self,
        faults: &mut Vec<Fault>,
        at: &str,
        part: &DispatchPart,
        supervise: &UnitId,
        first: bool,
    ) {
        let mut unit = |what: String| faults.push(Fault::new(format!("{at}.unit"), what));
        let has_it = |a: &Assignment| a.unit == part.unit && a.role == part.role && a.is_open();
        if !first && self.ticket.assignments.iter().any(has_it) {
            unit("has it already".into());
        }
        let (today, directory) = (self.desk.zone().date(self.now), self.desk.directory());
        let against = self.ticket.form.against.as_ref().and_then(|a| a.unit.as_ref());
        if against.is_some_and(|against| directory.is_conflicted(&part.unit, against, today)) {
            unit("is the unit complained about, or below it, and cannot handle it".into());
        }
        // While the directory is empty, any name of a unit is accepted.
        if !directory.is_empty() && directory.unit_on(&part.unit, today).is_none() {
            unit(format!("{} is not a unit of the directory today", part.unit));
        }
        let filing = self.desk.filing_for(self.ticket, &part.unit, self.now);
        // A filed matter is answered: the unit may neither lead nor assist.
        if let Some(filing) = filing {
            unit(format!(
                "has a filing for the matter ({filing}): answer with it instead of dispatching (UNS-04)"
            ));
        }
        if part.role == DispatchRole::Lead && part.unit == *supervise {
            let what = "is the handling unit itself: name another unit (DSP-02)";
            faults.push(Fault::new("supervise", what));
        }
        if part.role == DispatchRole::Supervise {
            faults.push(Fault::new(
                format!("{at}.role"),
                "cannot be Supervise: name the supervising unit in supervise",
            ));
        }
        match &part.method {
            DispatchMethod::Phone { listener, .. } => {
                filled(faults, &format!("{at}.method.phone.listener"), listener);
            }
            DispatchMethod::Written { document, scan } => {
                filled(faults, &format!("{at}.method.written.document"), document);
                is_hash(faults, &format!("{at}.method.written.scan"), scan);
            }
            DispatchMethod::Network => {}
        }
    }

    fn dispatch_clocks(&self, grade: Grade) -> Vec<ClockTerms> {
        let policy = &self.desk.rules().clocks;
        let mut clocks: Vec<ClockTerms> =
            [ClockKind::Sign, ClockKind::ReturnWindow, ClockKind::FirstContact]
                .into_iter()
                .filter_map(|kind| policy.terms(kind))
                .collect();
        clocks.extend(self.handling_clock(grade));
        if !self.ticket.instructions.is_empty() {
            clocks.extend(policy.terms(ClockKind::LeaderSigned));
        }
        // The day that an upper hotline has set is a clock beside the others (CHAN-08).
        let upper =
            self.ticket.form.foreign.iter().flatten().filter_map(|foreign| foreign.due).min();
        clocks.extend(upper.map(|due| ClockTerms {
            kind: ClockKind::Upper,
            allowance: Allowance::Until(due),
            policy: policy.version,
        }));
        clocks
    }

    pub(super) fn handling_clock(&self, grade: Grade) -> Option<ClockTerms> {
        self.desk.rules().clocks.handling_terms(self.ticket.form.purpose, grade)
    }

    /// Half of the original time (T18, T23).
    pub(super) fn next_round_clocks(&self) -> Vec<ClockTerms> {
        let grade = self.ticket.form.grade.unwrap_or(Grade::B);
        let halved = |p: ClockTerms| ClockTerms { allowance: p.allowance.halved(), ..p };
        self.handling_clock(grade).map(halved).into_iter().collect()
    }

    pub(super) fn redo(
        &self,
        mut faults: Vec<Fault>,
        reason: RedoReason,
        text: String,
        dispatch: Option<Box<Dispatch>>,
    ) -> Result<Vec<TicketEvent>, Refusal> {
        let ticket = self.ticket;
        if !self.desk.rules().another_round(ticket.round) {
            let what = format!(
                "{} rounds are done, and the rules allow no more: close it as unsatisfied (T24)",
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
                "have no unsatisfied answer in this round of handling",
            ));
        }
        // A ticket that followed another has no units of its own and gets them now.
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
        Ok(vec![TicketEvent::Redone { reason, text, clocks: self.next_round_clocks(), dispatch }])
    }
}

/// The fault of a grade that needs a reason.
pub(super) fn grade_fault(proposed: Grade, given: Grade) -> String {
    format!(
        "is missing: say why the grade is {given:?} and not {proposed:?}, as by the rules (REC-10)"
    )
}
