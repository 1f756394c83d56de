//! The staff by role, and what they write.

use model::{
    AccountName, CallId, Number, Timestamp,
    desk::{
        Actor, Callback, CallbackChannel, ContactMade, ContactPurpose, HandlingOutcome,
        HandlingResult, Post, Private, Reached, ReplyBy, ReplyMade, Satisfaction, Solved, UnitId,
        Verdict,
    },
    event::Role,
};
use ticketing::{assignment::AssignmentCommand, ticket::TicketCommand};

/// A person of the hub; one account for each role is enough for the desk's checks.
pub(super) fn hub(role: Role) -> Actor {
    Actor::Person { account: AccountName::from(role.as_str()), role, unit: None, outsourced: false }
}

/// A person of a unit.
pub(super) fn of(unit: &UnitId, role: Role) -> Actor {
    let account = AccountName::from(format!("{unit}/{}", role.as_str()).as_str());
    Actor::Person { account, role, unit: Some(unit.clone()), outsourced: false }
}

pub(super) fn spoken(purpose: ContactPurpose, how: ReplyBy, reached: Reached) -> ContactMade {
    ContactMade {
        with: Private::new("来电人"),
        purpose,
        how,
        number: Number::default(),
        call: None,
        reached,
        text: "联系来电人".into(),
    }
}

pub(super) fn reply(now: Timestamp) -> TicketCommand {
    TicketCommand::Reply(ReplyMade {
        how: ReplyBy::Phone,
        by_unit: None,
        text: "已按规定办理".into(),
        interim: false,
        call: Some(CallId::from_arrival(now)),
        reached: Reached::Yes,
    })
}

/// A callback's result; without a grade the caller was not reached.
pub(super) fn asked(how: CallbackChannel, grade: Option<Satisfaction>, now: Timestamp) -> Callback {
    let satisfied = grade.is_some_and(Satisfaction::is_satisfied);
    Callback {
        how,
        reached: if grade.is_some() { Reached::Yes } else { Reached::NoAnswer },
        grade,
        contacted_by_unit: grade.map(|_| true),
        result_true: None,
        solved: grade.map(|_| if satisfied { Solved::Yes } else { Solved::No }),
        call: grade.filter(|_| how == CallbackChannel::Manual).map(|_| CallId::from_arrival(now)),
        text: String::new(),
    }
}

pub(super) fn result(vague: bool) -> AssignmentCommand {
    AssignmentCommand::DraftResult(Box::new(HandlingResult {
        verdict: Verdict::True,
        finding: "经现场核实，情况属实".into(),
        action: if vague { "已协调" } else { "已派员处理，现场恢复正常" }.into(),
        outcome: if vague { HandlingOutcome::Partly } else { HandlingOutcome::Solved },
        basis: Vec::new(),
        public_text: String::new(),
        attachments: Vec::new(),
        evidence: Vec::new(),
    }))
}

pub(super) fn signature() -> AssignmentCommand {
    let (name, how) = ("单位负责人".into(), "电子签名".into());
    AssignmentCommand::HeadSign { post: Post::Chief, name, how }
}
