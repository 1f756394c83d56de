//! S7: a factory that no district claims; a return is rejected, arbitrated and made binding, and
//! the work is delegated to a community.

use deadlines::clock::ClockKind;
use model::desk::{
    AssignmentId, AssignmentState, CallerKind, ContactPurpose, DispatchMethod, DispatchPart,
    DispatchRole, Grade, Gratitude, HandlingOutcome, Importance, Post, Purpose, ReturnGround,
    Satisfaction, TicketClosure, TicketState,
};
use ticketing::{DeskCommand, assignment::AssignmentCommand as A, ticket::TicketCommand as T};

use super::story_desk::{
    StoryDesk, StoryResult, agent, by_call, caller, director, dispatch, dispatcher, form, group,
    head, lead, liaison, moment, pass, register, reply, result, sign, spoken,
};

pub(super) fn play(story: &mut StoryDesk) -> StoryResult {
    let (district, civil) = ("410102-000", "410100-102");
    story.at("2013-04-07 09:00")?;
    let ticket = story.call("37160000077");
    let mut demand = form(Purpose::Help, "090501", "厂区不归任何区管理", "4101");
    demand.caller_kind = Some(CallerKind::Institution);
    demand.importance = Some(Importance::Important);
    story.does(&agent(), ticket, register(demand))?;
    story.does(&dispatcher(), ticket, T::Review)?;
    let asked = spoken(ContactPurpose::Competence, None, "区划地名处：属中原区");
    story.does(&dispatcher(), ticket, T::Contact(asked))?;
    let method = DispatchMethod::Written {
        document: "市长电话〔2013〕7号".into(),
        scan: "0c".repeat(32),
    };
    let part =
        DispatchPart { unit: district.into(), role: DispatchRole::Lead, method, required: false };
    story.does(
        &dispatcher(),
        ticket,
        T::Dispatch(Box::new(dispatch(vec![part], civil, Grade::C))),
    )?;
    story.due(ticket, 1, ClockKind::HandleC, "2013-04-26 23:59")?;

    // A unit returns it twice; the second time an authority is asked and the clocks are suspended.
    story.at("2013-04-08 09:00")?;
    let not_ours = || A::AskReturn {
        ground: ReturnGround::NotOurs,
        basis: "无登记".into(),
        proposed: Some("410103-000".into()),
    };
    story.unit(&liaison(district), ticket, 1, not_ours())?;
    story.unit(&dispatcher(), ticket, 1, A::RejectReturn { reason: "区划处已答复".into() })?;
    story.unit(&liaison(district), ticket, 1, not_ours())?;
    story.at("2013-04-08 15:00")?;
    let dispute = A::Dispute { authority: "市民政局".into(), text: "区府坚持".into() };
    story.unit(&dispatcher(), ticket, 1, dispute)?;
    story.unit_is(ticket, 1, AssignmentState::Arbitrating)?;

    story.at("2013-04-10 10:00")?;
    let decided =
        A::DecideDispute { stays: true, document: "书面核实".into(), unit: district.into() };
    story.unit(&director(), ticket, 1, decided)?;
    story.due(ticket, 1, ClockKind::HandleC, "2013-04-28 23:59")?;
    let again = DeskCommand::Assignment(AssignmentId { ticket, n: 1 }, not_ours());
    story.refused(&liaison(district), again, "the unit keeps it")?;

    // It is delegated to lower units; the unit above stays accountable.
    story.at("2013-04-11 09:00")?;
    let contact = spoken(ContactPurpose::FirstContact, None, "已联系厂方");
    story.unit(&liaison(district), ticket, 1, A::Contact(contact))?;
    let down = |due: &str| A::Delegate {
        unit: "410102-010".into(),
        due: moment(due).unwrap_or_default(),
        note: "请社区接收".into(),
    };
    let late = DeskCommand::Assignment(AssignmentId { ticket, n: 1 }, down("2013-04-28 23:00"));
    story.refused(&liaison(district), late, "working day")?;
    story.unit(&liaison(district), ticket, 1, down("2013-04-22 18:00"))?;
    story.unit_is(ticket, 1, AssignmentState::Delegated)?;
    let child = 3;
    story.unit(
        &liaison("410102-010"),
        ticket,
        child,
        A::Sign { handler: Some("社区书记".into()) },
    )?;

    story.at("2013-04-18 10:00")?;
    let spoke = spoken(ContactPurpose::FirstContact, None, "已上门");
    story.unit(&liaison("410102-010"), ticket, child, A::Contact(spoke))?;
    let accepted = result("厂区在社区范围内", "社区已接收管理", HandlingOutcome::Solved);
    story.unit(&liaison("410102-010"), ticket, child, A::DraftResult(accepted))?;
    story.unit(&head("410102-010"), ticket, child, sign(Post::Chief))?;
    story.unit(&liaison(district), ticket, child, pass(5, 5))?;
    story.unit_is(ticket, child, AssignmentState::SupPassed)?;
    story.unit_is(ticket, 1, AssignmentState::Accepted)?;

    // A new obstacle needs the police: another unit on the same ticket.
    story.at("2013-04-19 09:00")?;
    let mut police = dispatch(vec![lead("410100-101")], "hub", Grade::C);
    police.reason = Some("无派出所管辖".into());
    story.does(&dispatcher(), ticket, T::AddUnit(Box::new(police)))?;

    story.at("2013-04-26 10:00")?;
    let done = result("属中原区", "社区已接收", HandlingOutcome::Solved);
    story.unit(&liaison(district), ticket, 1, A::DraftResult(done))?;
    story.unit(&head(district), ticket, 1, sign(Post::Chief))?;
    story.unit(&liaison(civil), ticket, 1, pass(5, 5))?;
    // The ticket is not closed while the police still have an assignment.
    story.is(ticket, TicketState::Handling)?;
    story.does(&director(), ticket, T::TagMethod { method: "会议协调".into() })?;

    story.at("2013-04-28 10:00")?;
    let n = 4;
    story.unit(&liaison("410100-101"), ticket, n, A::Sign { handler: None })?;
    let spoke = spoken(ContactPurpose::FirstContact, None, "分局已联系");
    story.unit(&liaison("410100-101"), ticket, n, A::Contact(spoke))?;
    let ruled = result("治安支队裁定", "桐柏路分局管辖", HandlingOutcome::Solved);
    story.unit(&liaison("410100-101"), ticket, n, A::DraftResult(ruled))?;
    story.unit(&head("410100-101"), ticket, n, sign(Post::Chief))?;
    story.unit(&group(), ticket, n, pass(5, 5))?;
    story.is(ticket, TicketState::ResultCheck)?;
    story.does(&group(), ticket, T::AcceptResult { feedback: None })?;
    story.does(&agent(), ticket, reply("社区和派出所均已落实", false))?;

    story.at("2013-05-02 10:00")?;
    story.does(&caller(), ticket, by_call(Some(Satisfaction::VerySatisfied), 77))?;
    story.closed(ticket, TicketClosure::Evaluated)?;
    let round = story.ticket(ticket)?.round;
    story.holds(round == 1, "returns and delegation are no rounds")?;
    story.at("2013-05-06 10:00")?;
    let banner =
        T::Thank { kind: Gratitude::Banner, unit: Some(district.into()), text: "锦旗".into() };
    story.does(&agent(), ticket, banner)
}
