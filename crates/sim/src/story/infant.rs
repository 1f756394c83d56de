//! S3: an infant is found on a Saturday; the home takes it at once, and the papers come on a
//! working Sunday.

use deadlines::clock::ClockKind;
use model::{
    CallId,
    desk::{
        AssignmentState, CallerKind, ContactPurpose, DispatchMethod, DispatchPart, DispatchRole,
        FollowUp, Grade, HandlingOutcome, Post, Purpose, Satisfaction, TicketClosure,
    },
};
use ticketing::{DeskCommand, assignment::AssignmentCommand as A, ticket::TicketCommand as T};

use super::story_desk::{
    StoryDesk, StoryResult, agent, by_call, caller, director, dispatch, dispatcher, form, group,
    liaison, moment, pass, register, reply, result, sign, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    story.at("2009-09-26 16:00")?;
    let ticket = story.call("57786000110");
    let mut demand = form(Purpose::Help, "090201", "派出所求助：弃婴", "330381");
    demand.caller_kind = Some(CallerKind::Institution);
    demand.quick_kind = Some("Q09".into());
    demand.sensitive = Some(true);
    demand.tags = Some(vec!["弃婴".into()]);
    demand.occurred_from = moment("2009-09-26 15:14");
    story.does(&agent(), ticket, register(demand))?;
    story.due(ticket, 0, ClockKind::QuickRespond, "2009-09-26 17:00")?;
    story.due(ticket, 0, ClockKind::QuickRespond, "2009-09-27 16:00")?;

    story.at("2009-09-26 16:03")?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let method = DispatchMethod::Phone { call: CallId::from(11), listener: "值班员".into() };
    let home = DispatchPart {
        unit: "welfare-home".into(),
        role: DispatchRole::Lead,
        method,
        required: false,
    };
    let order = dispatch(vec![home], "civil-affairs", Grade::A);
    story.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)))?;
    story.unit_is(ticket, 1, AssignmentState::Accepted)?;

    // "Not without a certificate" is an obstacle, not a return.
    story.at("2009-09-26 16:10")?;
    let obstacle = A::Obstruct { text: "需派出所证明和分管领导签字".into() };
    story.unit(&dispatcher(), ticket, 1, obstacle)?;
    story.unit_is(ticket, 1, AssignmentState::Accepted)?;
    for (time, text) in
        [("2009-09-26 16:20", "院长同意先收"), ("2009-09-26 16:40", "分管副局长同意")]
    {
        story.at(time)?;
        let agreed = spoken(ContactPurpose::Coordination, Some(CallId::from(12)), text);
        story.does(&dispatcher(), ticket, T::Contact(agreed))?;
    }
    story.at("2009-09-26 16:50")?;
    let on_way = spoken(ContactPurpose::FirstContact, Some(CallId::from(13)), "已出车");
    story.unit(&dispatcher(), ticket, 1, A::Contact(on_way))?;
    story.met(ticket, 0, ClockKind::QuickRespond, true)?;
    let due = moment("2009-09-28 18:00").unwrap_or_default();
    let papers =
        FollowUp { what: "补办证明和签字".into(), due, binding: true, source: None };
    story.does(&dispatcher(), ticket, T::SetFollowUp(papers))?;

    story.at("2009-09-26 17:40")?;
    let (by, finding) = ("福利院".into(), "婴儿已接收，体检正常".into());
    story.unit(&dispatcher(), ticket, 1, A::OnSite { by, finding, evidence: Vec::new() })?;
    let received = result("弃婴一名", "福利院已接收，手续后补", HandlingOutcome::Solved);
    story.unit(&dispatcher(), ticket, 1, A::DraftResult(received))?;
    story.unit(&dispatcher(), ticket, 1, sign(Post::DeputyHead))?;
    story.unit(&liaison("civil-affairs"), ticket, 1, pass(5, 4))?;
    story.does(&group(), ticket, T::AcceptResult { feedback: None })?;
    story.does(&agent(), ticket, reply("福利院已接收", false))?;

    story.at("2009-09-26 18:30")?;
    story.does(&caller(), ticket, by_call(Some(Satisfaction::VerySatisfied), 14))?;
    story.closed(ticket, TicketClosure::Evaluated)?;

    // The ticket must not be archived before the papers are in.
    let put_away = DeskCommand::Ticket(ticket, T::Archive { manifest: "0b".repeat(32) });
    story.refused(&director(), put_away, "follow-up")?;
    story.at("2009-09-27 10:00")?;
    let checked = T::CheckFollowUp { n: 1, kept: true, text: "证明已上传".into() };
    story.does(&dispatcher(), ticket, checked)?;
    story.does(&director(), ticket, T::Archive { manifest: "0b".repeat(32) })?;
    let away = story.desk().ticket(ticket).is_none();
    story.holds(away, "it is put away")?;
    Ok(())
}
