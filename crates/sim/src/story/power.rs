//! S1: power cuts in an estate; one matter, fifteen callers, an extension, an interim result.

use deadlines::clock::ClockKind;
use model::{
    TicketId,
    desk::{
        Actor, AssignmentId, AssignmentState, ContactPurpose, DeskEvent, Grade, HandlingOutcome,
        Importance, MatterId, Post, Purpose, RedoReason, Satisfaction, Scope, TicketClosure,
        TicketEvent, TicketState,
    },
};
use ticketing::{DeskCommand, assignment::AssignmentCommand as A, ticket::TicketCommand as T};

use super::story_desk::{
    StoryDesk, StoryResult, agent, assist, by_sms, caller, dispatch, dispatcher, form, group, head,
    lead, liaison, moment, pass, register, reply, result, sign, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    story.at("2013-04-24 09:12")?;
    let master = story.call("13800000001");
    let mut demand = form(Purpose::Complaint, "020204", "二期频繁停电", "410105");
    demand.scope = Some(Scope::Estate);
    story.does(&agent(), master, register(demand))?;

    story.at("2013-04-24 09:20")?;
    let change =
        model::desk::Form { importance: Some(Importance::Important), ..Default::default() };
    story.does(&dispatcher(), master, T::Write(Box::new(change)))?;
    story.does(&dispatcher(), master, T::Review)?;

    story.at("2013-04-24 09:30")?;
    let parts = || vec![lead("410105-000"), assist("power")];
    let mut nobody = dispatch(parts(), "", Grade::C);
    nobody.supervise = "".into();
    let nobody = DeskCommand::Ticket(master, T::Dispatch(Box::new(nobody)));
    story.refused(&dispatcher(), nobody, "supervis")?;
    let itself = DeskCommand::Ticket(
        master,
        T::Dispatch(Box::new(dispatch(parts(), "410105-000", Grade::C))),
    );
    story.refused(&dispatcher(), itself, "handling unit itself")?;
    story.does(
        &dispatcher(),
        master,
        T::Dispatch(Box::new(dispatch(parts(), "gov-office", Grade::C))),
    )?;
    let issued = story.ticket(master)?.assignments.len();
    story.holds(issued == 3, "lead, assistant and supervisor each have it")?;
    story.due(master, 1, ClockKind::Sign, "2013-04-25 23:59")?;
    story.due(master, 1, ClockKind::HandleC, "2013-05-16 23:59")?;

    story.at("2013-04-24 10:05")?;
    story.unit(&liaison("410105-000"), master, 1, A::Sign { handler: Some("经办人".into()) })?;
    story.met(master, 1, ClockKind::Sign, true)?;

    story.at("2013-04-25 10:00")?;
    let contact = spoken(ContactPurpose::FirstContact, None, "已说明情况");
    story.unit(&liaison("410105-000"), master, 1, A::Contact(contact))?;
    story.met(master, 1, ClockKind::FirstContact, true)?;

    story.at("2013-04-26 15:00")?;
    let mut more = dispatch(vec![assist("410100-901")], "gov-office", Grade::C);
    more.reason = Some("两家开发商纠纷，成立工作组".into());
    story.does(&dispatcher(), master, T::AddUnit(Box::new(more)))?;

    story.at("2013-05-10 09:00")?;
    let mut followers: Vec<TicketId> = Vec::new();
    for n in 2..=15 {
        let ticket = story.call(&format!("138000000{n:02}"));
        story.does(
            &agent(),
            ticket,
            register(form(Purpose::Complaint, "020204", "二期停电", "410105")),
        )?;
        story.does(&dispatcher(), ticket, T::Review)?;
        story.does(&dispatcher(), ticket, T::Merge { matter: MatterId(master) })?;
        story.is(ticket, TicketState::Following)?;
        followers.push(ticket);
    }
    let calls = story.desk().matter(MatterId(master)).map(|matter| matter.calls);
    story.holds(calls == Some(15), "one matter has fifteen calls")?;
    // The same caller does not become a follower: the call urges the first ticket.
    let again = story.call("13800000001");
    story.does(&agent(), again, T::Attach { to: master, text: "什么时候能好".into() })?;
    story.is(again, TicketState::Cancelled)?;

    story.at("2013-05-14 11:00")?;
    let ask = A::AskExtension {
        days: 10,
        reason: "需安装专用变压器".into(),
        plan: "月底前完成".into(),
        citizen_told: true,
    };
    story.unit(&liaison("410105-000"), master, 1, ask)?;
    story.unit(&group(), master, 1, A::DecideExtension { days: 10, reason: "属实".into() })?;
    story.due(master, 1, ClockKind::HandleC, "2013-05-30 23:59")?;

    story.at("2013-05-28 09:00")?;
    let until = moment("2013-06-30 18:00").unwrap_or_default();
    let planned =
        result("两家开发商互不配合", "工作组已进场施工", HandlingOutcome::Planned { until });
    story.unit(&liaison("410105-000"), master, 1, A::DraftResult(planned))?;
    // Important tickets are signed by the chief.
    let deputy =
        DeskCommand::Assignment(AssignmentId { ticket: master, n: 1 }, sign(Post::DeputyHead));
    story.refused(&head("410105-000"), deputy, "Chief")?;
    story.unit(&head("410105-000"), master, 1, sign(Post::Chief))?;
    story.unit_is(master, 1, AssignmentState::Submitted)?;

    story.at("2013-05-29 10:00")?;
    story.unit(&liaison("gov-office"), master, 1, pass(4, 5))?;
    story.met(master, 1, ClockKind::HandleC, true)?;
    story.is(master, TicketState::ResultCheck)?;

    story.at("2013-05-29 15:00")?;
    story.does(&group(), master, T::AcceptResult { feedback: None })?;
    for ticket in &followers {
        story.is(*ticket, TicketState::Reply)?;
    }
    let all: Vec<TicketId> = std::iter::once(master).chain(followers.iter().copied()).collect();
    for ticket in &all {
        story.does(&agent(), *ticket, reply("正在施工，计划六月底完成", false))?;
    }
    let replies =
        story.count(|event| matches!(event, DeskEvent::Ticket(_, TicketEvent::Replied(_))));
    story.holds(replies == 15, "fifteen callers have fifteen replies")?;

    story.at("2013-06-02 10:00")?;
    let grades = [
        (9, Satisfaction::VerySatisfied),
        (4, Satisfaction::Fairly),
        (2, Satisfaction::Dissatisfied),
    ];
    let said = grades.iter().flat_map(|(n, grade)| std::iter::repeat_n(*grade, *n));
    for (ticket, grade) in all.iter().zip(said) {
        story.does(&Actor::Citizen, *ticket, by_sms(grade))?;
    }
    let closed =
        story.desk().tickets().filter(|t| t.closure == Some(TicketClosure::Evaluated)).count();
    story.holds(closed == 13, "thirteen are satisfied")?;
    // An unsatisfied follower gets its own handling, with its own units.
    for ticket in &all[13..] {
        let order = dispatch(parts(), "gov-office", Grade::B);
        let redo = T::Redo {
            reason: RedoReason::Unsatisfied,
            text: "住户要求临时供电".into(),
            dispatch: Some(Box::new(order)),
        };
        story.does(&caller(), *ticket, redo)?;
        story.is(*ticket, TicketState::Handling)?;
        let (follows, round) = {
            let t = story.ticket(*ticket)?;
            (t.follows, t.round)
        };
        story.holds(!follows && round == 2, "it is handled for itself, in round two")?;
    }
    Ok(())
}
