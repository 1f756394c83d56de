//! S2: sewage into the river every night, reported on a Sunday; dispatched by phone, answered the same day.

use deadlines::clock::ClockKind;
use model::{
    CallId,
    desk::{
        AssignmentState, Commitment, ContactPurpose, DispatchMethod, DispatchPart, DispatchRole,
        Grade, HandlingOutcome, Post, Purpose, Satisfaction, TicketClosure, TicketState,
    },
};
use ticketing::{assignment::AssignmentCommand as A, ticket::TicketCommand as T};

use super::story_desk::{
    StoryDesk, StoryResult, agent, assist, by_sms, dispatch, dispatcher, form, group, moment, pass,
    register, reply, result, sign, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    story.at("2009-10-25 10:00")?;
    let ticket = story.call("13900000021");
    let mut demand = form(Purpose::Complaint, "050302", "排污口每晚直排", "330381");
    demand.occurred_from = moment("2009-10-22 20:00");
    demand.recurrence = Some("每晚".into());
    demand.quick_kind = Some("Q05".into());
    story.does(&agent(), ticket, register(demand))?;
    story.is(ticket, TicketState::Registered)?;
    story.due(ticket, 0, ClockKind::QuickRespond, "2009-10-25 11:00")?;
    story.due(ticket, 0, ClockKind::QuickRespond, "2009-10-26 10:00")?;

    story.at("2009-10-25 10:04")?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let method = DispatchMethod::Phone { call: CallId::from(7), listener: "值班员".into() };
    let office = DispatchPart {
        unit: "river-office".into(),
        role: DispatchRole::Lead,
        method,
        required: false,
    };
    let order = dispatch(vec![office, assist("environment")], "hub", Grade::A);
    story.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)))?;
    story.is(ticket, TicketState::Handling)?;
    // The person who was told by phone has signed for it.
    story.unit_is(ticket, 1, AssignmentState::Accepted)?;
    story.met(ticket, 1, ClockKind::Sign, true)?;
    story.due(ticket, 1, ClockKind::HandleA, "2009-10-30 23:59")?;

    story.at("2009-10-25 10:40")?;
    let found = spoken(ContactPurpose::FirstContact, Some(CallId::from(8)), "已找到污染源并关阀");
    story.unit(&dispatcher(), ticket, 1, A::Contact(found))?;
    story.met(ticket, 0, ClockKind::QuickRespond, true)?;

    story.at("2009-10-25 14:00")?;
    let (by, finding) = ("抢修队".into(), "花坛栏杆已清洗".into());
    story.unit(
        &dispatcher(),
        ticket,
        1,
        A::OnSite { by, finding, evidence: vec!["0a".repeat(32)] },
    )?;

    story.at("2009-10-25 15:30")?;
    let solved = result("夜间阀门未关", "关阀并清洗", HandlingOutcome::Solved);
    story.unit(&dispatcher(), ticket, 1, A::DraftResult(solved))?;
    story.unit(&dispatcher(), ticket, 1, sign(Post::DeputyHead))?;
    let promise = Commitment {
        by: "小区物业".into(),
        what: "加强日常管理".into(),
        due: moment("2009-11-25 18:00").unwrap_or_default(),
    };
    story.does(&dispatcher(), ticket, T::Commit(promise))?;
    // The hub's own group supervises.
    story.unit(&group(), ticket, 1, pass(5, 5))?;
    story.is(ticket, TicketState::ResultCheck)?;

    story.at("2009-10-25 16:00")?;
    story.does(&group(), ticket, T::AcceptResult { feedback: None })?;
    story.does(&agent(), ticket, reply("污染源已关闭，现场已清洗", false))?;
    story.is(ticket, TicketState::Callback)?;
    story.does(&model::desk::Actor::Citizen, ticket, by_sms(Satisfaction::VerySatisfied))?;
    story.closed(ticket, TicketClosure::Evaluated)?;
    let first = story.ticket(ticket)?.eval_first.map(|e| e.grade);
    story.holds(first == Some(Satisfaction::VerySatisfied), "the first evaluation is five")?;

    // A commitment was made: it is followed up on its day, and 7 and 30 days after the end by rule.
    let due: Vec<_> = story.ticket(ticket)?.follow_ups.iter().map(|f| f.follow_up.due).collect();
    let expected = ["2009-11-25 18:00", "2009-11-01 16:00", "2009-11-24 16:00"].map(moment);
    story.holds(
        due.iter().copied().map(Some).eq(expected),
        "the promise and the two looks after the end are on the list",
    )?;
    // A ticket with open obligations cannot be archived.
    story.at("2009-11-01 22:00")?;
    let checked = |n| T::CheckFollowUp { n, kept: true, text: "无复排".into() };
    story.does(&group(), ticket, checked(2))?;
    story.at("2009-11-25 22:00")?;
    story.does(&group(), ticket, checked(3))?;
    story.at("2009-11-30 10:00")?;
    story.is(ticket, TicketState::Closed)?;
    story.does(&group(), ticket, checked(1))?;
    story.at("2009-12-03 10:00")?;
    let away = story.desk().ticket(ticket).is_none();
    story.holds(away, "it is put away once nothing holds it")
}
