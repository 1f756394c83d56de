//! An assignment (承办): one unit's duty on a ticket, as a fold over the log.
//!
//! [`TABLE`] says which command is taken in which state from whom; `decide`
//! holds the guards.

mod apply;
mod command;
mod decide;

use model::{
    Timestamp,
    desk::{
        AssignmentState, ClockKind, ClockTerms, Dispatch, DispatchMethod, DispatchPart,
        DispatchRole, HandlingResult, OverdueReason, RedoReason, ReturnGround, Signature, UnitId,
        WordingRemark,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::urge::Urges;
use deadlines::clock::{Clock, ClockEvent, End, WorkingTime};

pub use command::{AssignmentCommand, TABLE, allowed};
pub(crate) use decide::decide;

/// One unit's duty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// Whose.
    pub unit: UnitId,
    /// To handle, to help, to supervise.
    pub role: DispatchRole,
    /// How they were told.
    pub method: DispatchMethod,
    /// Its result is waited for: leads, and assistants of whom it was asked.
    pub required: bool,
    /// The one above that stays accountable, by its number.
    pub parent: Option<u16>,
    /// The unit that reviews what comes.
    pub supervise: UnitId,
    /// The person there who answers for it (SEAT-17).
    pub supervisor: String,
    /// The person who handles it (SEAT-16).
    pub handler: Option<String>,
    /// Where it stands.
    pub state: AssignmentState,
    /// In which round.
    pub round: u16,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it was signed for.
    pub signed: Option<Timestamp>,
    /// When the unit first spoke with the caller.
    pub first_contact: Option<Timestamp>,
    /// When somebody was there.
    pub on_site: Option<Timestamp>,
    /// When the result of this round was handed in.
    pub submitted: Option<Timestamp>,
    /// When it was passed.
    pub passed: Option<Timestamp>,
    /// When the first result was handed in, whatever the round.
    pub first_result: Option<Timestamp>,
    /// Its clocks, those of earlier rounds included.
    pub clocks: Vec<Clock>,
    /// The result of this round.
    pub result: Option<HandlingResult>,
    /// Places in it whose words the reviewer should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<WordingRemark>,
    /// Who signed it.
    pub signatures: Vec<Signature>,
    /// Posts that sign it after the head, in order (RPL-07).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// 办理质量 and 文字质量 of the last review, 1 to 5.
    pub scores: Option<(u8, u8)>,
    /// What the unit said of whose it is.
    pub returns: Vec<Return>,
    /// More days asked for and not decided.
    pub extension: Option<PendingExtension>,
    /// Extensions granted.
    pub extensions: u16,
    /// Times it was sent back by the hub or by the caller's word.
    pub send_backs: u16,
    /// Times the supervising unit rejected it.
    pub rejections: u16,
    /// Chasings.
    pub urges: Urges,
    /// Why it is late.
    pub overdue: Option<OverdueReason>,
    /// Results of its that the hub found vague or false: they cost points (2.6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faulted: Vec<(Timestamp, RedoReason)>,
}

/// "Not ours", and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Return {
    /// When it was said.
    pub at: Timestamp,
    /// On what ground.
    pub ground: ReturnGround,
    /// Outside the window.
    pub late: bool,
    /// What became of it.
    pub verdict: Option<ReturnVerdict>,
}

/// What became of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnVerdict {
    /// Rightly returned.
    Approved,
    /// The dispatcher says no.
    Rejected,
    /// An authority says no: binding on this ground.
    Stays,
    /// An authority says yes.
    Moves,
}

/// More days asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingExtension {
    /// When.
    pub at: Timestamp,
    /// Working days.
    pub days: u16,
    /// The caller knows.
    pub citizen_told: bool,
}

impl Assignment {
    pub(crate) fn issued(
        at: Timestamp,
        round: u16,
        part: &DispatchPart,
        dispatch: &Dispatch,
    ) -> Assignment {
        let mut assignment = Assignment::new(
            at,
            round,
            part.unit.clone(),
            part.role,
            part.method.clone(),
            dispatch.supervise.clone(),
            dispatch.supervisor.clone(),
        );
        assignment.required |= part.required;
        for promise in dispatch.clocks.iter().filter(|p| is_for(part.role, p.kind)) {
            assignment.clocks.push(Clock::started(*promise, at));
        }
        // Who listened on the phone has signed for it (DSP-01).
        if matches!(part.method, DispatchMethod::Phone { .. }) {
            assignment.sign(at);
        }
        assignment
    }

    fn new(
        at: Timestamp,
        round: u16,
        unit: UnitId,
        role: DispatchRole,
        method: DispatchMethod,
        supervise: UnitId,
        supervisor: String,
    ) -> Assignment {
        Assignment {
            unit,
            required: role == DispatchRole::Lead,
            role,
            method,
            parent: None,
            supervise,
            supervisor,
            handler: None,
            state: AssignmentState::Issued,
            round,
            issued: at,
            signed: None,
            first_contact: None,
            on_site: None,
            submitted: None,
            passed: None,
            first_result: None,
            clocks: Vec::new(),
            result: None,
            remarks: Vec::new(),
            signatures: Vec::new(),
            further: Vec::new(),
            scores: None,
            returns: Vec::new(),
            extension: None,
            extensions: 0,
            send_backs: 0,
            rejections: 0,
            urges: Urges::default(),
            overdue: None,
            faulted: Vec::new(),
        }
    }

    /// Handles, and answers for the result.
    pub fn is_lead(&self) -> bool {
        self.role == DispatchRole::Lead
    }

    /// Returned or withdrawn.
    pub fn is_gone(&self) -> bool {
        matches!(self.state, AssignmentState::Returned | AssignmentState::Withdrawn)
    }

    /// Somebody still has to do something about it.
    pub fn is_open(&self) -> bool {
        !self.is_gone() && self.state != AssignmentState::Done
    }

    /// The clock of the handling, of the round that counts now.
    pub fn handle_clock(&self) -> Option<&Clock> {
        self.clocks.iter().rev().find(|clock| is_handling(clock.promise().kind))
    }

    /// When it must be done: the earliest of what it owes, whoever set it (2.5a).
    pub fn due(&self, ground: WorkingTime<'_>) -> Option<Timestamp> {
        let owed = self.clocks.iter().filter(|clock| clock.end().is_none());
        owed.filter(|clock| is_handling(clock.promise().kind))
            .filter_map(|clock| clock.due(ground))
            .min()
    }

    /// When it would have to be done by another grade.
    pub(crate) fn due_by(
        &self,
        ground: WorkingTime<'_>,
        now: Timestamp,
        clocks: &[ClockTerms],
    ) -> Option<Timestamp> {
        let mut other = self.clone();
        other.regrade(now, clocks);
        other.due(ground)
    }

    /// The post whose signature is missing, when the head has signed and others follow.
    pub fn to_sign(&self) -> Option<&str> {
        let after = self.signatures.len().checked_sub(1)?;
        let waits = self.state == AssignmentState::Submitted;
        self.further.get(after).filter(|_| waits).map(String::as_str)
    }

    /// Whether a return on this ground was decided against it for good (DSP-09).
    pub fn is_bound(&self, ground: ReturnGround) -> bool {
        (self.returns.iter()).any(|r| r.ground == ground && r.verdict == Some(ReturnVerdict::Stays))
    }

    pub(crate) fn sign(&mut self, at: Timestamp) {
        self.state = AssignmentState::Accepted;
        self.signed.get_or_insert(at);
        self.clocks_of(ClockKind::Sign, at, &ClockEvent::Met);
    }

    pub(crate) fn clocks_of(&mut self, kind: ClockKind, at: Timestamp, event: &ClockEvent) {
        for clock in self.clocks.iter_mut().filter(|clock| clock.promise().kind == kind) {
            clock.apply(at, event);
        }
    }

    pub(crate) fn every_clock(&mut self, at: Timestamp, event: &ClockEvent) {
        self.clocks.iter_mut().for_each(|clock| clock.apply(at, event));
    }

    /// The handling clocks: grade, leader's and upper hotline's together.
    pub(crate) fn handling(&mut self, at: Timestamp, event: &ClockEvent) {
        for clock in self.clocks.iter_mut().filter(|clock| is_handling(clock.promise().kind)) {
            clock.apply(at, event);
        }
    }

    pub(crate) fn finish(&mut self, at: Timestamp) {
        if self.is_gone() {
            return;
        }
        self.state = AssignmentState::Done;
        self.every_clock(at, &ClockEvent::Stopped);
    }

    pub(crate) fn withdraw(&mut self, at: Timestamp) {
        if self.is_open() {
            self.state = AssignmentState::Withdrawn;
            self.every_clock(at, &ClockEvent::Stopped);
        }
    }

    /// Another grade or policy: the same pauses, another allowance.
    pub(crate) fn regrade(&mut self, at: Timestamp, clocks: &[ClockTerms]) {
        let Some(new) = clocks.iter().find(|p| is_graded(p.kind)) else { return };
        let running = |clock: &&mut Clock| {
            let end: Option<End> = clock.end();
            is_graded(clock.promise().kind) && end.is_none()
        };
        // What was given on is due when the one above has said, whatever the grade (A08).
        if self.role == DispatchRole::Supervise || self.parent.is_some() {
            return;
        }
        for clock in self.clocks.iter_mut().filter(running) {
            clock.apply(at, &ClockEvent::Changed(*new));
        }
    }

    /// Its passed result was found vague or false by the hub. Who gave it on answers for it; who
    /// helped does not.
    pub(crate) fn fault(&mut self, at: Timestamp, reason: RedoReason) {
        let passed = matches!(self.state, AssignmentState::SupPassed | AssignmentState::Done);
        let costs = matches!(reason, RedoReason::Vague | RedoReason::False);
        if costs && passed && self.is_lead() && self.parent.is_none() {
            self.faulted.push((at, reason));
        }
    }

    /// T18, T23: once more, for those whose result was passed.
    pub(crate) fn next_round(
        &mut self,
        at: Timestamp,
        round: u16,
        clocks: &[ClockTerms],
        inside: bool,
    ) {
        let passed = matches!(self.state, AssignmentState::SupPassed | AssignmentState::Done);
        if self.role == DispatchRole::Supervise || !passed || self.parent.is_some() {
            return;
        }
        // Who helped has helped; who leads does it again.
        if !self.is_lead() && inside {
            return;
        }
        self.state = AssignmentState::Accepted;
        self.round = round;
        self.send_backs = self.send_backs.saturating_add(1);
        self.result = None;
        self.remarks.clear();
        self.signatures.clear();
        self.further.clear();
        (self.submitted, self.passed) = (None, None);
        for promise in clocks.iter().filter(|p| is_handling(p.kind)) {
            self.clocks.push(Clock::started(*promise, at));
        }
    }
}

/// Which clocks of a dispatch a unit's part has.
fn is_for(role: DispatchRole, kind: ClockKind) -> bool {
    match role {
        DispatchRole::Lead => true,
        DispatchRole::Assist => {
            matches!(kind, ClockKind::Sign | ClockKind::ReturnWindow) || is_graded(kind)
        }
        DispatchRole::Supervise => kind == ClockKind::Sign,
    }
}

/// Clocks that the grade decides.
pub(crate) fn is_graded(kind: ClockKind) -> bool {
    use ClockKind::{HandleA, HandleB, HandleC, HandleConsult};
    matches!(kind, HandleA | HandleB | HandleC | HandleConsult)
}

/// Clocks that end with a passed result.
pub(crate) fn is_handling(kind: ClockKind) -> bool {
    is_graded(kind) || matches!(kind, ClockKind::LeaderSigned | ClockKind::Upper)
}
