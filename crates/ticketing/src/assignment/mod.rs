//! An assignment (承办): one unit's duty on a ticket, as a fold over the log.
//!
//! [`TABLE`] says which command each role may give in each state; `desk/decide/assignment.rs` has
//! the guards.

mod apply;
mod command;

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
use deadlines::clock::{Clock, ClockEnd, ClockEvent, WorkingTime};

pub use command::{AssignmentCommand, TABLE, allowed};

/// The duty of one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// The unit.
    pub unit: UnitId,
    /// Whether the unit leads, assists or supervises.
    pub role: DispatchRole,
    /// How the unit was told.
    pub method: DispatchMethod,
    /// Whether the ticket waits for its result: that of leading units, and of assisting ones where
    /// it was asked for.
    pub required: bool,
    /// The number of the assignment above, which stays accountable.
    pub parent: Option<u16>,
    /// The unit that reviews the result.
    pub supervise: UnitId,
    /// The person in the supervising unit who is responsible (SEAT-17, named supervisor).
    pub supervisor: String,
    /// The person who handles it (SEAT-16, named handler).
    pub handler: Option<String>,
    /// The state.
    pub state: AssignmentState,
    /// The round of handling, from 1.
    pub round: u16,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it was signed for.
    pub signed: Option<Timestamp>,
    /// When the unit first spoke with the caller.
    pub first_contact: Option<Timestamp>,
    /// When a person was first on site.
    pub on_site: Option<Timestamp>,
    /// When the result of this round was handed in.
    pub submitted: Option<Timestamp>,
    /// When the result was passed.
    pub passed: Option<Timestamp>,
    /// When the first result of any round was handed in.
    pub first_result: Option<Timestamp>,
    /// Its clocks, those of earlier rounds included.
    pub clocks: Vec<Clock>,
    /// The result of this round.
    pub result: Option<HandlingResult>,
    /// Remarks on the wording of the result, for its reviewer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<WordingRemark>,
    /// The signatures of the result.
    pub signatures: Vec<Signature>,
    /// Posts that sign the result after the head, in order (RPL-07).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// The scores of the last review, 1 to 5: quality of handling (办理质量) and of wording (文字质量).
    pub scores: Option<(u8, u8)>,
    /// The unit's requests for return, and their outcomes.
    pub returns: Vec<ReturnRequest>,
    /// An extension that was asked for and is not decided.
    pub extension: Option<PendingExtension>,
    /// The number of extensions granted.
    pub extensions: u16,
    /// How often it was sent back by the hub or redone after an unsatisfied caller.
    pub send_backs: u16,
    /// How often the supervising unit rejected the result.
    pub rejections: u16,
    /// The urges of this assignment.
    pub urges: Urges,
    /// Why it is late.
    pub overdue: Option<OverdueReason>,
    /// Results that the hub found vague or false; they cost points (hotline.md 2.6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faulted: Vec<(Timestamp, RedoReason)>,
}

/// A request for return and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReturnRequest {
    /// When it was made.
    pub at: Timestamp,
    /// Its ground.
    pub ground: ReturnGround,
    /// Whether it was made after the return window.
    pub late: bool,
    /// Its outcome.
    pub verdict: Option<ReturnVerdict>,
}

/// The outcome of a request for return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnVerdict {
    /// The dispatcher approved the return.
    Approved,
    /// The dispatcher rejected the return.
    Rejected,
    /// An authority decided that the unit keeps it: binding on this ground.
    Stays,
    /// An authority decided that another unit is responsible.
    Moves,
}

/// An extension that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingExtension {
    /// When it was asked for.
    pub at: Timestamp,
    /// Working days.
    pub days: u16,
    /// Whether the caller was told.
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
        for terms in dispatch.clocks.iter().filter(|p| is_for(part.role, p.kind)) {
            assignment.clocks.push(Clock::started(*terms, at));
        }
        // A dispatch by phone is signed for by the person who listened (DSP-01, ways to dispatch).
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

    /// Whether the unit leads, and is responsible for the result.
    pub fn is_lead(&self) -> bool {
        self.role == DispatchRole::Lead
    }

    /// Whether it was returned or withdrawn.
    pub fn is_gone(&self) -> bool {
        matches!(self.state, AssignmentState::Returned | AssignmentState::Withdrawn)
    }

    /// Whether work on it remains.
    pub fn is_open(&self) -> bool {
        !self.is_gone() && self.state != AssignmentState::Done
    }

    /// The handling clock of the present round.
    pub fn handle_clock(&self) -> Option<&Clock> {
        self.clocks.iter().rev().find(|clock| is_handling_clock(clock.terms().kind))
    }

    /// When it is due: the earliest due date of its running handling clocks, whether grade, leader
    /// or upper hotline set it (hotline.md 2.5a).
    pub fn due(&self, working_time: WorkingTime<'_>) -> Option<Timestamp> {
        let owed = self.clocks.iter().filter(|clock| clock.end().is_none());
        owed.filter(|clock| is_handling_clock(clock.terms().kind))
            .filter_map(|clock| clock.due(working_time))
            .min()
    }

    /// When it would be due by another grade's clocks.
    pub(crate) fn due_by(
        &self,
        working_time: WorkingTime<'_>,
        now: Timestamp,
        clocks: &[ClockTerms],
    ) -> Option<Timestamp> {
        let mut other = self.clone();
        other.regrade(now, clocks);
        other.due(working_time)
    }

    /// The post that signs next, when the head has signed and further signatures are needed.
    pub fn next_signatory(&self) -> Option<&str> {
        let after = self.signatures.len().checked_sub(1)?;
        let waits = self.state == AssignmentState::Submitted;
        self.further.get(after).filter(|_| waits).map(String::as_str)
    }

    /// Whether an authority decided that the unit keeps it on this ground (DSP-09, disputes).
    pub fn is_bound_by_decision(&self, ground: ReturnGround) -> bool {
        (self.returns.iter()).any(|r| r.ground == ground && r.verdict == Some(ReturnVerdict::Stays))
    }

    pub(crate) fn sign(&mut self, at: Timestamp) {
        self.state = AssignmentState::Accepted;
        self.signed.get_or_insert(at);
        self.clocks_of(ClockKind::Sign, at, &ClockEvent::Met);
    }

    pub(crate) fn clocks_of(&mut self, kind: ClockKind, at: Timestamp, event: &ClockEvent) {
        for clock in self.clocks.iter_mut().filter(|clock| clock.terms().kind == kind) {
            clock.apply(at, event);
        }
    }

    pub(crate) fn every_clock(&mut self, at: Timestamp, event: &ClockEvent) {
        self.clocks.iter_mut().for_each(|clock| clock.apply(at, event));
    }

    /// Applies an event to the handling clocks: those of grade, leader and upper hotline.
    pub(crate) fn handling_clocks(&mut self, at: Timestamp, event: &ClockEvent) {
        for clock in self.clocks.iter_mut().filter(|clock| is_handling_clock(clock.terms().kind)) {
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

    /// Another grade or policy gives another allowance; pauses stay.
    pub(crate) fn regrade(&mut self, at: Timestamp, clocks: &[ClockTerms]) {
        let Some(new) = clocks.iter().find(|p| is_grade_clock(p.kind)) else { return };
        let running = |clock: &&mut Clock| {
            let end: Option<ClockEnd> = clock.end();
            is_grade_clock(clock.terms().kind) && end.is_none()
        };
        // A delegated assignment keeps the due date that the unit above has set, whatever the grade
        // (A08).
        if self.role == DispatchRole::Supervise || self.parent.is_some() {
            return;
        }
        for clock in self.clocks.iter_mut().filter(running) {
            clock.apply(at, &ClockEvent::Changed(*new));
        }
    }

    /// The hub found its passed result vague or false. The leading unit at the top is faulted, an
    /// assisting or a lower unit is not.
    pub(crate) fn record_fault(&mut self, at: Timestamp, reason: RedoReason) {
        let passed = matches!(self.state, AssignmentState::SupPassed | AssignmentState::Done);
        let costs = matches!(reason, RedoReason::Vague | RedoReason::False);
        if costs && passed && self.is_lead() && self.parent.is_none() {
            self.faulted.push((at, reason));
        }
    }

    /// Starts another round when its result was passed (T18, T23).
    pub(crate) fn start_round(
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
        // Only leading units handle a send-back inside the hub again.
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
        for terms in clocks.iter().filter(|p| is_handling_clock(p.kind)) {
            self.clocks.push(Clock::started(*terms, at));
        }
    }
}

/// Whether a unit with this role in a dispatch gets this clock.
fn is_for(role: DispatchRole, kind: ClockKind) -> bool {
    match role {
        DispatchRole::Lead => true,
        DispatchRole::Assist => {
            matches!(kind, ClockKind::Sign | ClockKind::ReturnWindow) || is_grade_clock(kind)
        }
        DispatchRole::Supervise => kind == ClockKind::Sign,
    }
}

/// Whether the grade decides the clock.
pub(crate) fn is_grade_clock(kind: ClockKind) -> bool {
    use ClockKind::{HandleA, HandleB, HandleC, HandleConsult};
    matches!(kind, HandleA | HandleB | HandleC | HandleConsult)
}

/// Whether the clock ends with a passed result.
pub(crate) fn is_handling_clock(kind: ClockKind) -> bool {
    is_grade_clock(kind) || matches!(kind, ClockKind::LeaderSigned | ClockKind::Upper)
}
