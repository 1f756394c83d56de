//! S4: wages owed before Spring Festival; presign overridden for what cannot wait, two signatures, a vague result sent back.

use deadlines::clock::ClockKind;
use directory::leader::LeaderCommand;
use model::{
    CallId, Date,
    desk::{
        AssignmentEvent, AssignmentState, ContactPurpose, DeskEvent, DispatchMethod, DispatchPart,
        DispatchRole, Grade, HandlingOutcome, Importance, Post, Purpose, RedoReason, Satisfaction,
        SigningTurn, TenDays, TicketClosure, TicketState, UrgeSource, WordingFault,
    },
    event::Role,
};
use ticketing::{
    DeskCommand, assignment::AssignmentCommand as A, rules::Presign, ticket::TicketCommand as T,
};

use super::story_desk::{
    StoryDesk, StoryResult, agent, by_call, caller, director, dispatch, dispatcher, form, group,
    head, hub, liaison, pass, register, reply, result, sign, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    story.with(|rules| {
        rules.presign = Presign::All;
        rules.further_signatures = vec!["区长".into()];
    });
    story.at("2013-02-01 10:00")?;
    let ticket = story.call("13600000041");
    let mut demand = form(Purpose::Complaint, "060101", "拖欠工资", "411503");
    demand.confidential = Some(true);
    demand.quick_kind = Some("Q12".into());
    story.does(&agent(), ticket, register(demand))?;
    story.due(ticket, 0, ClockKind::QuickRespond, "2013-02-01 12:00")?;

    story.at("2013-02-01 10:05")?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let method = DispatchMethod::Phone { call: CallId::from(41), listener: "监察员".into() };
    let brigade =
        DispatchPart { unit: "labour".into(), role: DispatchRole::Lead, method, required: false };
    let order = dispatch(vec![brigade.clone()], "supervision", Grade::B);
    let unsigned = DeskCommand::Ticket(ticket, T::Dispatch(Box::new(order.clone())));
    story.refused(&dispatcher(), unsigned, "a leader signs first")?;
    let mut order = order;
    order.emergency = Some("现场欠薪纠纷，事后补阅批".into());
    story.does(&dispatcher(), ticket, T::Dispatch(Box::new(order)))?;
    story.due(ticket, 1, ClockKind::HandleB, "2013-02-17 23:59")?;
    let read =
        T::LeaderSign { text: "请人社局抓紧办理".into(), for_leader: None, scan: None };
    story.does(&hub(Role::Leader, "district-head"), ticket, read)?;
    let contact = spoken(ContactPurpose::FirstContact, Some(CallId::from(42)), "三方通话");
    story.unit(&liaison("labour"), ticket, 1, A::Contact(contact))?;
    story.met(ticket, 0, ClockKind::QuickRespond, true)?;

    story.at("2013-02-08 10:00")?;
    let vague = result("情况属实", "已协调", HandlingOutcome::Solved);
    story.unit(&liaison("labour"), ticket, 1, A::DraftResult(vague))?;
    story.unit(&head("labour"), ticket, 1, sign(Post::DeputyHead))?;
    let remarked = story.assignment(ticket, 1)?.remarks.first().map(|remark| remark.fault);
    story.holds(remarked == Some(WordingFault::Vague), "the reviewer is pointed at vague words")?;
    let early = DeskCommand::Assignment(model::desk::AssignmentId { ticket, n: 1 }, pass(3, 2));
    story.refused(&liaison("supervision"), early, "区长")?;
    let second = A::FurtherSign { post: Post::Chief, name: "区长".into(), how: "纸质".into() };
    story.unit(&hub(Role::Leader, "district-head"), ticket, 1, second)?;
    story.unit(&liaison("supervision"), ticket, 1, pass(3, 2))?;
    story.is(ticket, TicketState::ResultCheck)?;
    let back =
        T::SendBack { reason: RedoReason::Vague, text: "写明金额、日期并附收据".into() };
    story.does(&group(), ticket, back)?;
    let (round, send_backs) = {
        let t = story.ticket(ticket)?;
        (t.round, t.send_backs)
    };
    story.holds((round, send_backs) == (2, 1), "round two, one send-back")?;
    let faulted = story.assignment(ticket, 1)?.faulted.iter().map(|(_, reason)| *reason);
    let faulted: Vec<RedoReason> = faulted.collect();
    story.holds(faulted == [RedoReason::Vague], "the unit answers for a vague result")?;
    story.unit_is(ticket, 1, AssignmentState::Accepted)?;

    story.at("2013-02-16 11:00")?;
    let receipt =
        result("情况属实，欠薪6300元", "2月16日已全额支付，附收据", HandlingOutcome::Solved);
    story.unit(&liaison("labour"), ticket, 1, A::DraftResult(receipt))?;
    story.unit(&head("labour"), ticket, 1, sign(Post::DeputyHead))?;
    let second = A::FurtherSign { post: Post::Chief, name: "区长".into(), how: "纸质".into() };
    story.unit(&hub(Role::Leader, "district-head"), ticket, 1, second)?;
    story.unit(&liaison("supervision"), ticket, 1, pass(5, 5))?;
    let draft = Some("工资已全额支付".into());
    story.does(&group(), ticket, T::AcceptResult { feedback: draft })?;
    story.does(&agent(), ticket, reply("工资已全额支付", false))?;

    story.at("2013-02-17 10:00")?;
    story.does(&caller(), ticket, by_call(Some(Satisfaction::Satisfied), 44))?;
    story.closed(ticket, TicketClosure::Evaluated)?;
    let (first, last) = {
        let t = story.ticket(ticket)?;
        (t.eval_first, t.eval_final)
    };
    story.holds(first == last, "the first evaluation is the last, though in round two")?;
    let chased = story.count(|event| {
        matches!(event,
        DeskEvent::Assignment(_, AssignmentEvent::Urged(urge)) if urge.source == UrgeSource::System)
    });
    story.holds(chased <= 1, "the engine chases at most once for one yellow card")?;

    whose_turn_it_is(story)?;

    // The variant: the unit complained of does not handle the complaint.
    let old = story.call("13600000042");
    let mut demand = form(Purpose::Complaint, "060102", "拖欠工程款三年", "411503");
    demand.against = Some(model::desk::ComplaintTarget {
        name: model::desk::Private::new("计生所"),
        unit: Some("411503-090".into()),
    });
    story.does(&agent(), old, register(demand))?;
    story.does(&dispatcher(), old, T::Review)?;
    let mut order = dispatch(vec![super::story_desk::lead("411503-090")], "supervision", Grade::B);
    order.emergency = Some("积案".into());
    let own = DeskCommand::Ticket(old, T::Dispatch(Box::new(order)));
    story.refused(&dispatcher(), own, "complained about")
}

/// A submitted item is signed by the leader whose turn it is or the leader's deputy, and by no
/// other leader (LDR-01 leader signatures).
fn whose_turn_it_is(story: &mut StoryDesk) -> StoryResult {
    let days = TenDays::of(Date { year: 2013, month: 2, day: 17 });
    let turn = SigningTurn { leader: "district-head".into(), deputies: vec!["deputy-head".into()] };
    let written = DeskCommand::Leader(LeaderCommand::WriteTurn { days, turn });
    story.order(&director(), written, "write down whose turn it is")?;
    let ticket = story.call("13600000043");
    let mut demand = form(Purpose::Complaint, "060101", "拖欠工资三个月", "411503");
    demand.importance = Some(Importance::Important);
    story.does(&agent(), ticket, register(demand))?;
    story.does(&dispatcher(), ticket, T::Review)?;
    story.does(&director(), ticket, T::SubmitToLeader { sheet: "呈批件第3号".into() })?;
    let read = || T::LeaderSign { text: "依法处理".into(), for_leader: None, scan: None };
    let other = hub(Role::Leader, "another-leader");
    story.refused(&other, DeskCommand::Ticket(ticket, read()), "on duty is district-head")?;
    story.does(&hub(Role::Leader, "deputy-head"), ticket, read())?;
    let signed_for = story.ticket(ticket)?.instructions.last().and_then(|i| i.for_leader.clone());
    story.holds(
        signed_for == Some("district-head".into()),
        "the deputy signed for whose turn it was",
    )
}
