//! S8: three short stories: a drain cleared within hours, a matter that cannot be solved, a caller
//! who stays unsatisfied.

use deadlines::clock::ClockKind;
use model::{
    CallId, TicketId,
    desk::{
        Actor, CallbackChannel, ContactPurpose, DissatisfactionState, FilingForm, FilingId, Grade,
        HandlingOutcome, MatterId, Post, Purpose, RedoReason, Satisfaction, TicketClosure,
        TicketState,
    },
};
use ticketing::{
    DeskCommand, assignment::AssignmentCommand as A, dissatisfaction::DissatisfactionCommand as D,
    filing::FilingCommand, ticket::TicketCommand as T,
};

use super::story_desk::{
    StoryDesk, StoryResult, agent, asked, by_call, by_sms, caller, director, dispatch, dispatcher,
    filing, form, group, head, item, lead, liaison, pass, register, reply, result, sign, spoken,
};

/// A person is on site within two hours and the result is in within three.
pub(super) fn quick(story: &mut StoryDesk) -> StoryResult {
    story.at("2019-10-15 09:00")?;
    let ticket = story.call("13700000081");
    let mut demand = form(Purpose::Complaint, "010404", "下水道异味", "430200");
    demand.quick_kind = Some("Q05".into());
    story.does(&agent(), ticket, register(demand))?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let order = dispatch(vec![lead("drainage")], "hub", Grade::B);
    story.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)))?;
    story.due(ticket, 1, ClockKind::HandleB, "2019-10-24 23:59")?;
    to_callback(story, ticket, "drainage", ["09:40", "10:50", "11:40", "12:00"], "2019-10-15")?;
    story.met(ticket, 0, ClockKind::QuickRespond, true)?;
    story.does(&Actor::Citizen, ticket, by_sms(Satisfaction::VerySatisfied))?;
    story.closed(ticket, TicketClosure::Evaluated)?;
    let took = story.ticket(ticket)?.times;
    let minutes = took.replied.zip(took.registered).map(|(to, from)| to.since(from).as_secs() / 60);
    story.holds(minutes == Some(180), "three hours from call to reply")
}

/// The matter is filed, answered and not dispatched; the day after the filing expires it is
/// dispatched.
pub(super) fn filed(story: &mut StoryDesk) -> StoryResult {
    story.at("2020-03-02 09:00")?;
    let first = story.call("13700000082");
    let demand = || form(Purpose::Help, "030502", "加装电梯一户不同意", "430200");
    story.does(&agent(), first, register(demand()))?;
    let unit = "housing";
    let (head_, draft) = (
        head(unit),
        FilingForm {
            unit: unit.into(),
            repeated: "一年14件".into(),
            complex: "相邻权争议".into(),
            exhausted: "五次调解".into(),
            unsatisfiable: "无强制手段".into(),
            answer: "须达到法定比例并协商一致，可向法院起诉".into(),
        },
    );
    story.order(&head_, filing(first, FilingCommand::Draft(Box::new(draft))), "draft a filing")?;
    let id = FilingId { matter: MatterId(first), n: 1 };
    let submit = FilingCommand::Submit { report: "0d".repeat(32), seal: "0e".repeat(32) };
    story.order(&head_, DeskCommand::Filing(id, submit), "submit it")?;
    let approve = FilingCommand::Approve { second: "deputy-director".into(), knowledge: None };
    story.order(&director(), DeskCommand::Filing(id, approve), "approve it")?;

    story.at("2020-05-06 10:00")?;
    let next = story.call("13700000083");
    let command = T::Register { form: Box::new(demand()), matter: Some(MatterId(first)) };
    story.does(&agent(), next, command)?;
    story.does(&dispatcher(), next, T::Review)?;
    let order = dispatch(vec![lead(unit)], "hub", Grade::B);
    let blocked = DeskCommand::Ticket(next, T::Dispatch(Box::new(order.clone())));
    story.refused(&dispatcher(), blocked, "has a filing")?;
    story.does(&dispatcher(), next, T::MatchFiling { filing: id })?;
    story.is(next, TicketState::Reply)?;
    story.does(&agent(), next, reply("须达到法定比例", false))?;
    story.closed(next, TicketClosure::Filed)?;
    let assigned = story.ticket(next)?.assignments.len();
    story.holds(assigned == 0, "no unit was given it")?;

    // The day after it expired the same call is dispatched.
    story.at("2021-03-03 10:00")?;
    let last = story.call("13700000084");
    let known = story.desk().matter(MatterId(first)).is_some();
    let matter = known.then_some(MatterId(first));
    story.does(&agent(), last, T::Register { form: Box::new(demand()), matter })?;
    story.does(&dispatcher(), last, T::Review)?;
    story.does(&dispatcher(), last, T::Dispatch(Box::new(order)))?;
    story.is(last, TicketState::Handling)
}

/// Two SMS and one call are answered with unsatisfied, until the dissatisfaction item is struck
/// off.
pub(super) fn unsatisfied(story: &mut StoryDesk) -> StoryResult {
    story.at("2019-03-04 09:00")?;
    let ticket = story.call("13700000085");
    story.does(
        &agent(),
        ticket,
        register(form(Purpose::Complaint, "050102", "夜间噪声", "430200")),
    )?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let order = dispatch(vec![lead("city")], "hub", Grade::B);
    story.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)))?;
    to_callback(story, ticket, "city", ["10:00", "11:00", "15:00", "16:00"], "2019-03-06")?;
    story.does(&Actor::Citizen, ticket, by_sms(Satisfaction::VeryDissatisfied))?;
    story.is(ticket, TicketState::Callback)?;
    let early = DeskCommand::Ticket(ticket, T::CloseUnsatisfied { reason: "无法再改善".into() });
    story.refused(&group(), early, "unsatisfied")?;

    story.at("2019-03-07 09:00")?;
    let redo =
        T::Redo { reason: RedoReason::Unsatisfied, text: "夜间复测".into(), dispatch: None };
    story.does(&caller(), ticket, redo.clone())?;
    to_callback(story, ticket, "city", ["10:00", "11:00", "15:00", "16:00"], "2019-03-11")?;
    story.does(&Actor::Citizen, ticket, by_sms(Satisfaction::Dissatisfied))?;
    story.refused(&caller(), DeskCommand::Ticket(ticket, redo), "rounds are done")?;
    story.at("2019-03-12 10:00")?;
    // A person who answered or supervised the ticket may not make the callback.
    let own = DeskCommand::Ticket(ticket, by_call(Some(Satisfaction::Satisfied), 85));
    story.refused(&group(), own, "another person must call back")?;
    story.does(&caller(), ticket, by_call(Some(Satisfaction::Dissatisfied), 86))?;
    story.does(&group(), ticket, T::CloseUnsatisfied { reason: "两短一回访均不满意".into() })?;
    story.closed(ticket, TicketClosure::Unsatisfied)?;
    let open = story.ticket(ticket)?.dissatisfaction.as_ref().is_some_and(|i| i.is_open());
    story.holds(open, "the item is open")?;

    // The item stays until the caller is satisfied, whatever the unit reports.
    story.at("2019-04-15 10:00")?;
    story.is(ticket, TicketState::Closed)?;
    for grade in [Satisfaction::Dissatisfied, Satisfaction::Satisfied] {
        story.order(&liaison("city"), item(ticket, D::StartRework), "work on it again")?;
        let changed = D::Claim { changed: "已安装隔音屏".into() };
        story.order(&liaison("city"), item(ticket, changed), "claim")?;
        let called = asked(CallbackChannel::Manual, Some(grade), Some(CallId::from(87)));
        story.order(&caller(), item(ticket, D::CallBack(called)), "call back")?;
    }
    story.order(&group(), item(ticket, D::StrikeOff), "strike it off")?;
    let (state, in_vain) = {
        let item = story.ticket(ticket)?.dissatisfaction.clone();
        item.map_or((DissatisfactionState::Open, 0), |item| (item.state, item.unsuccessful_claims))
    };
    story.holds(
        (state, in_vain) == (DissatisfactionState::Cancelled, 1),
        "struck off after one claim in vain",
    )?;
    let closure = story.ticket(ticket)?.closure;
    story.holds(closure == Some(TicketClosure::Unsatisfied), "the ticket stays as it was closed")
}

/// From dispatch to callback; contact, on site, result and reply are at these hours of a day.
fn to_callback(
    story: &mut StoryDesk,
    ticket: TicketId,
    unit: &str,
    hours: [&str; 4],
    day: &str,
) -> StoryResult {
    let [contact, on_site, done, replied] = hours.map(|hour| format!("{day} {hour}"));
    story.at(&contact)?;
    if story.ticket(ticket)?.assignment(1).is_some_and(|a| a.signed.is_none()) {
        story.unit(&liaison(unit), ticket, 1, A::Sign { handler: Some("经办人".into()) })?;
    }
    let spoke = spoken(ContactPurpose::FirstContact, None, "马上到");
    story.unit(&liaison(unit), ticket, 1, A::Contact(spoke))?;
    story.at(&on_site)?;
    let (by, finding) = ("队员".to_owned(), "已到场".to_owned());
    story.unit(&liaison(unit), ticket, 1, A::OnSite { by, finding, evidence: Vec::new() })?;
    story.at(&done)?;
    let solved = result("属实", "已处理", HandlingOutcome::Solved);
    story.unit(&liaison(unit), ticket, 1, A::DraftResult(solved))?;
    story.unit(&head(unit), ticket, 1, sign(Post::Chief))?;
    story.unit(&group(), ticket, 1, pass(4, 4))?;
    story.does(&group(), ticket, T::AcceptResult { feedback: None })?;
    story.at(&replied)?;
    story.does(&agent(), ticket, reply("已处理", false))
}
