//! A filing of a difficult matter (疑难备案): while it holds, the matter is answered and not
//! dispatched.

use std::time::Duration;

use model::{
    AccountName, Timestamp,
    desk::{Actor, FilingEvent, FilingForm, FilingState, KnowledgeId, UnitId},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Rules;
use deadlines::clock::{Clock, ClockKind, Policy};
use workflow::{
    Refusal,
    table::{self, Row},
    text::{filled, is_hash, two_persons},
};

/// One filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Filing {
    /// The form that the unit wrote.
    pub form: FilingForm,
    /// The state.
    pub state: FilingState,
    /// When it was handed in.
    pub submitted: Option<Timestamp>,
    /// When it was approved.
    pub approved: Option<Timestamp>,
    /// The last moment at which it holds.
    pub valid_to: Option<Timestamp>,
    /// The item of the knowledge base with its answer.
    pub knowledge: Option<KnowledgeId>,
}

/// The commands to a filing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each field is named and documented on the event of the same meaning"
)]
pub enum FilingCommand {
    /// Writes the filing; possible again while it is a draft.
    Draft(Box<FilingForm>),
    /// Hands it in (F1).
    Submit { report: String, seal: String },
    /// Approves it, by two persons (F2).
    Approve {
        second: AccountName,
        #[serde(default)]
        knowledge: Option<KnowledgeId>,
    },
    /// Rejects it (F3).
    Reject { reason: String },
    /// Revokes it, so that it no longer holds (F5).
    Revoke { reason: String },
}

impl FilingCommand {
    fn word(&self) -> &'static str {
        match self {
            FilingCommand::Draft(_) => "draft",
            FilingCommand::Submit { .. } => "submit",
            FilingCommand::Approve { .. } => "approve",
            FilingCommand::Reject { .. } => "reject",
            FilingCommand::Revoke { .. } => "revoke",
        }
    }
}

use FilingState::{Approved, Drafted, Expired, Rejected, Revoked, Submitted};

const fn row(
    id: &'static str,
    command: &'static str,
    from: &'static [FilingState],
    roles: &'static [Role],
) -> Row<FilingState> {
    Row { id, command, from, to: &[], roles, citizen: false, partner: false }
}

/// The table of hotline.md 2.3, `DifficultFiling`.
pub const TABLE: &[Row<FilingState>] = &[
    row("", "draft", &[Drafted], &[Role::Liaison, Role::UnitHead]),
    row("F1", "submit", &[Drafted], &[Role::UnitHead]),
    row("F2", "approve", &[Submitted], &[Role::Director]),
    row("F3", "reject", &[Submitted], &[Role::Director]),
    row("F5", "revoke", &[Approved], &[Role::Director]),
];

impl Filing {
    fn drafted(form: &FilingForm) -> Filing {
        Filing {
            form: form.clone(),
            state: Drafted,
            submitted: None,
            approved: None,
            valid_to: None,
            knowledge: None,
        }
    }

    /// Whether it is approved and not expired, so that this unit gets no assignment (UNS-04).
    pub fn is_in_force(&self, now: Timestamp, unit: Option<&UnitId>) -> bool {
        self.state == Approved
            && self.valid_to.is_some_and(|to| now <= to)
            && unit.is_none_or(|unit| *unit == self.form.unit)
    }

    /// The clock of its review, while it waits for one (UNS-03, review of filings).
    pub fn review(&self, policy: &Policy) -> Option<Clock> {
        let since = self.submitted.filter(|_| self.state == Submitted)?;
        Some(Clock::started(policy.terms(ClockKind::FilingReview)?, since))
    }

    /// Whether it is not decided yet.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, Drafted | Submitted)
    }

    /// The filing after an event: the first draft makes it, later events change it.
    pub fn after(before: Option<&Filing>, at: Timestamp, event: &FilingEvent) -> Option<Filing> {
        match (before, event) {
            (None, FilingEvent::Drafted(form)) => Some(Filing::drafted(form)),
            (None, _) => None,
            (Some(filing), event) => {
                let mut filing = filing.clone();
                filing.apply(at, event);
                Some(filing)
            }
        }
    }

    fn apply(&mut self, at: Timestamp, event: &FilingEvent) {
        match event {
            FilingEvent::Drafted(form) => self.form = (**form).clone(),
            FilingEvent::Submitted { .. } => {
                self.submitted = Some(at);
                self.state = Submitted;
            }
            FilingEvent::Approved { valid_to, knowledge, .. } => {
                self.approved = Some(at);
                self.valid_to = Some(*valid_to);
                self.knowledge = knowledge.clone();
                self.state = Approved;
            }
            FilingEvent::Rejected { .. } => self.state = Rejected,
            FilingEvent::Expired => self.state = Expired,
            FilingEvent::Revoked { .. } => self.state = Revoked,
        }
    }
}

/// Decides a command; `filing` is `None` for the first draft.
pub(crate) fn decide(
    rules: &Rules,
    now: Timestamp,
    by: &Actor,
    filing: Option<&Filing>,
    command: FilingCommand,
) -> Result<FilingEvent, Refusal> {
    let state = filing.map_or(Drafted, |filing| filing.state);
    table::check(TABLE, command.word(), state, by)?;
    let unit = match (&command, filing) {
        (FilingCommand::Draft(form), _) => Some(form.unit.clone()),
        (_, Some(filing)) => Some(filing.form.unit.clone()),
        (_, None) => return Err(Refusal::not_found("filing")),
    };
    let of_unit = matches!(by.role(), Some(Role::Liaison | Role::UnitHead));
    if of_unit && by.unit() != unit.as_ref() {
        return Err(Refusal::Forbidden { why: "it belongs to another unit".into(), roles: vec![] });
    }
    let mut faults = Vec::new();
    let event = match command {
        FilingCommand::Draft(form) => {
            // The four conditions of a filing, each with the text that shows it (UNS-01).
            filled(&mut faults, "repeated", &form.repeated);
            filled(&mut faults, "complex", &form.complex);
            filled(&mut faults, "exhausted", &form.exhausted);
            filled(&mut faults, "unsatisfiable", &form.unsatisfiable);
            filled(&mut faults, "answer", &form.answer);
            FilingEvent::Drafted(form)
        }
        FilingCommand::Submit { report, seal } => {
            is_hash(&mut faults, "report", &report);
            is_hash(&mut faults, "seal", &seal);
            FilingEvent::Submitted { report, seal }
        }
        FilingCommand::Approve { second, knowledge } => {
            two_persons(&mut faults, by, &second);
            let valid_to = now + Duration::from_secs(u64::from(rules.filing_days) * DAY_S);
            FilingEvent::Approved { second, valid_to, knowledge }
        }
        FilingCommand::Reject { reason } => {
            filled(&mut faults, "reason", &reason);
            FilingEvent::Rejected { reason }
        }
        FilingCommand::Revoke { reason } => {
            filled(&mut faults, "reason", &reason);
            FilingEvent::Revoked { reason }
        }
    };
    Refusal::unless_none(faults)?;
    Ok(event)
}

const DAY_S: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;
    use workflow::Fault;

    fn director() -> Actor {
        let account = AccountName::from("director");
        Actor::Person { account, role: Role::Director, unit: None, outsourced: false }
    }

    fn head(unit: &str) -> Actor {
        let (account, unit) = (AccountName::from("head"), Some(UnitId::from(unit)));
        Actor::Person { account, role: Role::UnitHead, unit, outsourced: false }
    }

    fn form() -> FilingForm {
        FilingForm {
            unit: UnitId::from("410105-000"),
            repeated: "14次".into(),
            complex: "一户不同意".into(),
            exhausted: "三次协调".into(),
            unsatisfiable: "法无强制".into(),
            answer: "加装电梯须达到规定比例".into(),
        }
    }

    #[test]
    fn approved_filing_holds_for_its_unit_for_a_year() {
        let (rules, now) = (Rules::shipped(), Timestamp::from_micros(1_000_000));
        let draft = FilingCommand::Draft(Box::new(form()));
        let event = decide(&rules, now, &head("410105-000"), None, draft);
        let Ok(FilingEvent::Drafted(drafted)) = event else { panic!("{event:?}") };
        let mut filing = Filing::drafted(&drafted);
        let (report, seal) = ("a".repeat(64), "b".repeat(64));
        for (by, command) in [
            (head("410105-000"), FilingCommand::Submit { report, seal }),
            (director(), FilingCommand::Approve { second: "deputy".into(), knowledge: None }),
        ] {
            let event = decide(&rules, now, &by, Some(&filing), command).expect("taken");
            filing.apply(now, &event);
        }
        assert!(filing.is_in_force(now, Some(&UnitId::from("410105-000"))));
        assert!(
            !filing.is_in_force(now, Some(&UnitId::from("410103-000"))),
            "another unit's is not"
        );
        assert!(
            !filing.is_in_force(now + Duration::from_secs(366 * DAY_S), None),
            "a year is over"
        );
    }

    #[test]
    fn filing_is_not_approved_by_one_person_alone() {
        let (rules, now) = (Rules::shipped(), Timestamp::default());
        let mut filing = Filing::drafted(&form());
        filing.state = Submitted;
        let alone = FilingCommand::Approve { second: "director".into(), knowledge: None };
        let refused = decide(&rules, now, &director(), Some(&filing), alone);
        assert!(matches!(refused, Err(Refusal::Faults { .. })), "{refused:?}");
    }

    #[test]
    fn draft_lists_every_empty_condition() {
        let mut form = form();
        (form.repeated, form.answer) = (String::new(), " ".into());
        let draft = FilingCommand::Draft(Box::new(form));
        let now = Timestamp::default();
        let refused = decide(&Rules::shipped(), now, &head("410105-000"), None, draft);
        let Err(Refusal::Faults { faults }) = refused else { panic!("{refused:?}") };
        let fields: Vec<&str> = faults.iter().map(|f: &Fault| f.field.as_str()).collect();
        assert_eq!(fields, ["repeated", "answer"]);
    }
}
