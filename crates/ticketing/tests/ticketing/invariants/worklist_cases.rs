//! Worklists: replies of units, further signatures, promised calls, commitments, filings, and
//! orders that overdue tickets ask for.

use std::time::Duration;

use deadlines::clock::{ClockKind, EscalationStep};
use model::{
    CallId, TicketId, Timestamp,
    desk::{
        Actor, AssignmentState, Callback, CallbackChannel, Commitment, ContactMade, ContactPurpose,
        DispatchRole, FilingForm, FilingId, FollowUpSource, Form, Grade, HandlingOutcome,
        HandlingResult, MatterId, OrderLevel, OverdueLevel, Post, Private, Reached, ReplyBy,
        ReplyMade, Satisfaction, TicketClosure, TicketState, Verdict,
    },
    event::Role,
};
use ticketing::{
    DeskCommand, Rules,
    assignment::AssignmentCommand as A,
    desk::OrderDraft,
    filing::FilingCommand as F,
    order::Orders,
    rules::ReplyRule,
    ticket::TicketCommand as T,
    worklist::{self, WorkContext, WorkItem, WorkKind},
};

use super::regressions::{Desk, order, part};
use crate::common;

fn items(desk: &Desk, id: TicketId) -> Vec<WorkItem> {
    let own = &desk.0.desk;
    let ticket = own.ticket(id).expect("at the desk");
    let orders = ticket.matter.and_then(|matter| own.orders_of(matter));
    let (now, working_time, policy) = (desk.0.now, own.working_time(), &own.rules().clocks);
    let unmet = orders.is_some_and(|orders| orders.level_two_unmet(now, working_time, policy));
    let orders = orders.map(Orders::summary).unwrap_or_default();
    worklist::items_of_ticket(
        ticket,
        WorkContext { now, working_time, policy, level_two_unmet: unmet, orders },
    )
}

/// The work of a ticket on this actor's list.
fn waits_for(desk: &Desk, id: TicketId, by: &Actor) -> Vec<WorkKind> {
    let hub = &desk.0.desk.rules().hub;
    let mine = items(desk, id).into_iter().filter(|item| item.is_for(by, |unit| unit == hub));
    mine.map(|item| item.work).collect()
}

fn find_item(desk: &Desk, id: TicketId, work: WorkKind) -> Option<WorkItem> {
    items(desk, id).into_iter().find(|item| item.work == work)
}

fn liaison() -> Actor {
    Desk::by(Role::Liaison, Some("district"))
}

fn reply() -> T {
    let (how, reached, text) = (ReplyBy::Phone, Reached::Yes, "已修好".to_owned());
    let call = Some(CallId::from(9));
    T::Reply(ReplyMade { how, by_unit: None, text, interim: false, call, reached })
}

/// Lets the unit write the result and its chief sign it.
fn handled(desk: &mut Desk, id: TicketId) {
    let contact = ContactMade {
        with: Private::new("来电人"),
        purpose: ContactPurpose::FirstContact,
        how: ReplyBy::Phone,
        number: Default::default(),
        call: None,
        reached: Reached::Yes,
        text: "已联系".into(),
    };
    let result = HandlingResult {
        verdict: Verdict::True,
        finding: "水管爆裂".into(),
        action: "已更换水管".into(),
        outcome: HandlingOutcome::Solved,
        basis: Vec::new(),
        public_text: String::new(),
        attachments: Vec::new(),
        evidence: Vec::new(),
    };
    let signed =
        A::HeadSign { post: Post::Chief, name: "区长".into(), how: "电子签名".into() };
    assert!(desk.unit(&liaison(), id, 1, A::Contact(contact)));
    assert!(desk.unit(&liaison(), id, 1, A::DraftResult(Box::new(result))));
    assert!(desk.unit(&Desk::by(Role::UnitHead, Some("district")), id, 1, signed));
}

fn accepted(desk: &mut Desk, id: TicketId) {
    let pass = A::SupPass { substance: 5, wording: 5, text: String::new() };
    assert!(desk.unit(&Desk::by(Role::SupGroup, None), id, 1, pass));
    assert!(desk.ticket(Role::SupGroup, id, T::AcceptResult { feedback: Some("已办".into()) }));
}

fn satisfied() -> T {
    T::Ask(Callback {
        how: CallbackChannel::Web,
        reached: Reached::Yes,
        grade: Some(Satisfaction::Satisfied),
        contacted_by_unit: None,
        result_true: None,
        solved: None,
        call: None,
        text: String::new(),
    })
}

fn closed(desk: &mut Desk, id: TicketId) {
    handled(desk, id);
    accepted(desk, id);
    assert!(desk.ticket(Role::Agent, id, reply()));
    assert!(desk.0.give(&Actor::Citizen, DeskCommand::Ticket(id, satisfied())));
    assert_eq!(desk.0.desk.ticket(id).and_then(|t| t.closure), Some(TicketClosure::Evaluated));
}

fn wait(desk: &mut Desk, days: u64) {
    assert_eq!(desk.0.wait(Duration::from_secs(days * 86_400)), Ok(()));
}

/// The reply was on the hub's list, although only the unit may give it (RPL-05, the unit replies to
/// the citizen).
#[test]
fn reply_is_on_the_units_list_when_the_unit_replies() {
    let mut desk = Desk::by_rules(Rules { reply_by: ReplyRule::Unit, ..Rules::shipped() });
    let id = desk.at_work("13800000001", Form::default());
    let follower = desk.complaint("13800000002", Form::default());
    assert!(desk.ticket(Role::Dispatcher, follower, T::Merge { matter: MatterId(id) }));
    handled(&mut desk, id);
    accepted(&mut desk, id);
    assert_eq!(waits_for(&desk, id, &liaison()), [WorkKind::UnitReply]);
    assert!(waits_for(&desk, id, &Desk::by(Role::SupGroup, None)).is_empty());
    assert!(waits_for(&desk, id, &Desk::by(Role::Liaison, Some("water"))).is_empty());
    assert!(
        find_item(&desk, id, WorkKind::UnitReply).and_then(|item| item.due).is_some(),
        "C9 runs"
    );
    assert!(!desk.ticket(Role::Agent, id, reply()), "the hub does not");
    assert!(desk.0.give(&liaison(), DeskCommand::Ticket(id, reply())));
    assert_eq!(desk.state(id), TicketState::Callback);
    // A follower has no unit of its own, so the hotline replies.
    assert_eq!(desk.state(follower), TicketState::Reply);
    assert_eq!(waits_for(&desk, follower, &Desk::by(Role::SupGroup, None)), [WorkKind::Reply]);
    assert!(desk.ticket(Role::Agent, follower, reply()));
}

#[test]
fn reply_is_on_both_lists_when_unit_and_hub_may_reply() {
    let mut desk = Desk::by_rules(Rules { reply_by: ReplyRule::Both, ..Rules::shipped() });
    let id = desk.at_work("13800000001", Form::default());
    handled(&mut desk, id);
    accepted(&mut desk, id);
    assert_eq!(waits_for(&desk, id, &liaison()), [WorkKind::UnitReply]);
    assert_eq!(waits_for(&desk, id, &Desk::by(Role::SupGroup, None)), [WorkKind::Reply]);
}

/// The further signers had the result on no list (RPL-07, the district head signs the result).
#[test]
fn further_signatures_are_on_the_signers_list_before_review() {
    let further_signatures = vec!["分管区长".into(), "区长".into()];
    let mut desk = Desk::by_rules(Rules { further_signatures, ..Rules::shipped() });
    let id = desk.at_work("13800000001", Form::default());
    handled(&mut desk, id);
    let (leader, group) = (Desk::by(Role::Leader, None), Desk::by(Role::SupGroup, None));
    let head = Desk::by(Role::UnitHead, Some("district"));
    for name in ["分管区长", "区长"] {
        let next = desk
            .0
            .desk
            .ticket(id)
            .and_then(|t| Some(t.assignment(1)?.next_signatory()?.to_owned()));
        assert_eq!(next.as_deref(), Some(name));
        assert_eq!(waits_for(&desk, id, &leader), [WorkKind::FurtherSign]);
        assert_eq!(waits_for(&desk, id, &head), [WorkKind::HeadSign]);
        assert!(waits_for(&desk, id, &group).is_empty(), "nothing to review yet");
        let early = A::SupPass { substance: 5, wording: 5, text: String::new() };
        assert!(!desk.unit(&group, id, 1, early), "the chain is not through");
        let sign = A::FurtherSign { post: Post::Chief, name: name.into(), how: "纸质".into() };
        assert!(desk.unit(&leader, id, 1, sign));
    }
    assert!(waits_for(&desk, id, &leader).is_empty());
    assert_eq!(waits_for(&desk, id, &group), [WorkKind::Review]);
    accepted(&mut desk, id);
}

/// The hour of a promised call was on no list (REC-12, an unclear caller is called again).
#[test]
fn promised_call_is_on_the_list_with_its_hour() {
    let mut desk = Desk::open();
    let id = desk.complaint("13800000001", Form::default());
    let call_at = desk.0.now + Duration::from_secs(20 * 3_600);
    let wait_for = T::AwaitInfo { missing: "等他醒酒".into(), call_at };
    assert!(desk.ticket(Role::Dispatcher, id, wait_for));
    let item = find_item(&desk, id, WorkKind::Inquire).expect("on the list");
    assert_eq!((item.due, item.level), (Some(call_at), OverdueLevel::O0));
    wait(&mut desk, 1);
    assert_eq!(
        find_item(&desk, id, WorkKind::Inquire).map(|item| item.level),
        Some(OverdueLevel::O2)
    );
    assert!(desk.ticket(Role::Agent, id, T::Inform { facts: "情况属实".into() }));
    assert_eq!(desk.0.desk.ticket(id).and_then(|t| t.call_at), None);
}

/// A commitment was recorded and its day passed without a check (RPL-15, promises are recorded).
/// Relapses were not checked, and one reopened nothing (RPL-24, follow up against relapses).
#[test]
fn commitment_is_checked_on_its_day_and_a_relapse_reopens_the_ticket() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    let due = desk.0.now + Duration::from_secs(20 * 86_400);
    let promise = Commitment { by: "物业".into(), what: "加强管理".into(), due };
    assert!(desk.ticket(Role::Dispatcher, id, T::Commit(promise)));
    assert_eq!(find_item(&desk, id, WorkKind::FollowUp).and_then(|item| item.due), Some(due));
    closed(&mut desk, id);
    let end = desk.0.now;
    let found: Vec<_> = {
        let ticket = desk.0.desk.ticket(id).expect("at the desk");
        ticket.follow_ups.iter().map(|f| (f.follow_up.source, f.follow_up.due)).collect()
    };
    let days = |days: u64| end + Duration::from_secs(days * 86_400);
    assert_eq!(
        found,
        [
            (Some(FollowUpSource::Promise(1)), due),
            (Some(FollowUpSource::Days(7)), days(7)),
            (Some(FollowUpSource::Days(30)), days(30)),
        ]
    );
    wait(&mut desk, 8);
    let kept = |n, kept: bool, text: &str| T::CheckFollowUp { n, kept, text: text.into() };
    assert!(desk.ticket(Role::SupGroup, id, kept(2, true, "未反弹")));
    assert_eq!(desk.state(id), TicketState::Closed);
    wait(&mut desk, 60);
    assert_eq!(
        desk.state(id),
        TicketState::Closed,
        "a binding follow-up keeps it from being archived"
    );
    assert!(!desk.ticket(Role::SupGroup, id, kept(3, false, "")), "say what is back");
    assert!(desk.ticket(Role::SupGroup, id, kept(3, false, "又直排了")));
    assert_eq!(desk.state(id), TicketState::InReview);
    assert_eq!(desk.0.desk.ticket(id).map(|t| t.round), Some(2));
    // Without a commitment there is no check by rule.
    let other = desk.at_work("13800000002", Form::default());
    closed(&mut desk, other);
    assert!(find_item(&desk, other, WorkKind::FollowUp).is_none());
}

fn filed(desk: &mut Desk, matter: MatterId, unit: &str) -> FilingId {
    let text = || "依据".to_owned();
    let form = FilingForm {
        unit: unit.into(),
        repeated: text(),
        complex: text(),
        exhausted: text(),
        unsatisfiable: text(),
        answer: "须达到法定比例".into(),
    };
    let head = Desk::by(Role::UnitHead, Some(unit));
    let draft = DeskCommand::NewFiling(matter, F::Draft(Box::new(form)));
    assert!(desk.0.give(&head, draft));
    let filing = FilingId { matter, n: 1 };
    let submit = F::Submit { report: "0a".repeat(32), seal: "0b".repeat(32) };
    assert!(desk.0.give(&head, DeskCommand::Filing(filing, submit)));
    filing
}

/// The three working days for the review of a filing were in the policy and on no list (UNS-03, the
/// office reviews filings). A new ticket of a filed matter did not show the filing (UNS-04, no more
/// dispatch).
#[test]
fn filing_is_due_for_review_in_three_days_and_shown_with_the_next_ticket() {
    let mut desk = Desk::open();
    let id = desk.complaint("13800000001", Form::default());
    let filing = filed(&mut desk, MatterId(id), "street");
    let review = |desk: &Desk| {
        let own = &desk.0.desk;
        let (now, working_time, policy) = (desk.0.now, own.working_time(), &own.rules().clocks);
        let orders = Default::default();
        let seen = WorkContext { now, working_time, policy, level_two_unmet: false, orders };
        worklist::item_of_filing(filing, own.filing(filing)?, seen)
    };
    let item = review(&desk).expect("the director has it");
    // Submitted on Thursday 2026-01-29; the working days are Friday, Monday and Tuesday.
    let due = item.due.map(|due| desk.0.desk.zone().date(due).to_string());
    assert_eq!((item.work, due.as_deref()), (WorkKind::ApproveFiling, Some("2026-02-03")));
    wait(&mut desk, 6);
    assert_eq!(review(&desk).map(|item| item.level), Some(OverdueLevel::O2), "{:?}", review(&desk));

    let filed = |desk: &Desk, id| desk.0.desk.ticket(id).and_then(|t: &ticketing::Ticket| t.filed);
    assert_eq!(filed(&desk, id), None);
    let director = Desk::by(Role::Director, None);
    let approve = F::Approve { second: "deputy".into(), knowledge: None };
    assert!(desk.0.give(&director, DeskCommand::Filing(filing, approve)));
    assert_eq!(filed(&desk, id), Some(filing), "what waits for dispatch is told as well");
    let next = desk.0.call("13800000002");
    let form = desk.0.desk.ticket(id).expect("at the desk").form.clone();
    let register = T::Register { form: Box::new(form), matter: Some(MatterId(id)) };
    assert!(desk.ticket(Role::Agent, next, register));
    let shown = find_item(&desk, next, WorkKind::Register).and_then(|item| item.filing);
    assert_eq!(shown, Some(filing.to_string()));
    assert!(desk.ticket(Role::Dispatcher, next, T::Review));
    assert!(find_item(&desk, next, WorkKind::Dispatch).and_then(|item| item.filing).is_some());
    let revoke = F::Revoke { reason: "法规已修改".into() };
    assert!(desk.0.give(&director, DeskCommand::Filing(filing, revoke)));
    assert_eq!(filed(&desk, next), None);
}

fn due(desk: &Desk, id: TicketId, n: u16) -> Option<Timestamp> {
    desk.0.desk.ticket(id)?.assignment(n)?.due(desk.0.desk.working_time())
}

/// A leader signed a ticket that was dispatched already, and no clock started (CLK-02,
/// leader-signed limit).
#[test]
fn leader_signature_after_dispatch_starts_seven_working_days() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    assert!(desk.delegated(id, 17), "grade C has fifteen working days");
    let before = due(&desk, id, 3).expect("the street has its day");
    let sign = T::LeaderSign { text: "从速办理".into(), for_leader: None, scan: None };
    assert!(desk.ticket(Role::Leader, id, sign));
    let ticket = desk.0.desk.ticket(id).expect("at the desk");
    let clock = |n: u16| {
        let clocks = &ticket.assignment(n).expect("an assignment").clocks;
        clocks.iter().filter(|clock| clock.terms().kind == ClockKind::LeaderSigned).count()
    };
    assert_eq!((clock(1), clock(2), clock(3)), (1, 0, 1), "who leads, and who works for them");
    let (above, below) = (due(&desk, id, 1), due(&desk, id, 3));
    let day = |at: Option<Timestamp>| at.map(|at| desk.0.desk.zone().date(at).to_string());
    assert_eq!(day(above).as_deref(), Some("2026-02-09"), "seven working days from Thursday");
    assert!(below < above && below < Some(before), "{below:?}");
    // A second signature does not start a second clock.
    let again = T::LeaderSign { text: "请督办".into(), for_leader: None, scan: None };
    assert!(desk.ticket(Role::Leader, id, again));
    assert_eq!(due(&desk, id, 1), above);
}

/// The overdue levels O3 to O5 proposed no order (SUP-02, supervision orders of three levels).
#[test]
fn overdue_ticket_asks_for_an_order_until_it_is_drafted() {
    let mut desk = Desk::open();
    let id = desk.complaint("13800000001", Form::default());
    let late = model::desk::Dispatch { grade: Grade::A, ..order("district") };
    assert!(desk.ticket(Role::Dispatcher, id, T::Dispatch(Box::new(late))));
    assert!(desk.unit(&liaison(), id, 1, A::Sign { handler: None }));
    let due = due(&desk, id, 1).expect("five working days");
    let (matter, group) = (MatterId(id), Desk::by(Role::SupGroup, None));
    let draft = |level| OrderDraft {
        level,
        issuers: vec!["督查室".into()],
        unit: "district".into(),
        text: "限期办结".into(),
        direct: false,
    };
    let mut seen = Vec::new();
    while desk.0.now < due + Duration::from_secs(12 * 86_400) {
        let item = find_item(&desk, id, WorkKind::DraftOrder);
        let found = item.and_then(|item| Some((item.level, item.order?, item.asks)));
        if let Some((level, order, asks)) = found {
            assert!(asks.contains(&EscalationStep::ProposeOrder(order)));
            if seen.last() != Some(&(level, order)) {
                seen.push((level, order));
            }
        } else {
            let early = DeskCommand::NewOrder(matter, draft(OrderLevel::Warn));
            assert!(!desk.0.give(&group, early), "nothing asks for level 2 yet");
        }
        wait(&mut desk, 1);
        if seen.last().is_some_and(|(_, order)| *order == OrderLevel::Warn) {
            break;
        }
    }
    assert_eq!(
        seen,
        [(OverdueLevel::O3, OrderLevel::Remind), (OverdueLevel::O4, OrderLevel::Warn)]
    );
    assert_eq!(waits_for(&desk, id, &group), [WorkKind::DraftOrder]);
    let asked = DeskCommand::NewOrder(matter, draft(OrderLevel::Warn));
    assert!(desk.0.give(&group, asked), "the clock asks for level 2");
    assert!(find_item(&desk, id, WorkKind::DraftOrder).is_none(), "it is drafted");
}

/// An overdue assistant causes no order, because the lead unit is responsible.
#[test]
fn order_is_proposed_for_the_lead_unit_only() {
    let mut desk = Desk::open();
    let id = desk.at_work("13800000001", Form::default());
    let help = model::desk::Dispatch {
        parts: vec![part("water", DispatchRole::Assist)],
        ..order("water")
    };
    assert!(desk.ticket(Role::Dispatcher, id, T::AddUnit(Box::new(help))));
    wait(&mut desk, 45);
    let units: Vec<String> = items(&desk, id)
        .into_iter()
        .filter(|item| item.work == WorkKind::DraftOrder)
        .filter_map(|item| item.unit.map(|unit| unit.to_string()))
        .collect();
    assert_eq!(units, ["district"]);
    assert_eq!(desk.unit_state(id, 1), AssignmentState::Accepted);
    assert!(desk.0.now > common::at("2026-03-01T00:00:00"));
}
