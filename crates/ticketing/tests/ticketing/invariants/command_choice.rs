//! A random command for each word of the state tables, mostly valid.

use std::time::Duration;

use model::{
    AccountName, CallId, Number, TicketId, Timestamp,
    desk::{
        Callback, CallbackChannel, Commitment, ContactMade, ContactPurpose, Dispatch,
        DispatchMethod, DispatchPart, DispatchRole, Disposition, DivertTarget, ExternalReference,
        FilingForm, FilingId, FollowUp, Form, Grade, Gratitude, HandlingOutcome, HandlingResult,
        Importance, MatterId, NotAcceptedReason, OverdueReason, PauseCause, Post, Private, Purpose,
        Reached, Reasonableness, RedoReason, ReopenGround, ReplyBy, ReplyMade, ReturnGround,
        Satisfaction, Solved, TicketState, UrgeChannel, Verdict,
    },
};
use ticketing::{
    Desk, Ticket, assignment::AssignmentCommand, dissatisfaction::DissatisfactionCommand,
    filing::FilingCommand, ticket::TicketCommand,
};

use super::{people::UNITS, pick::Pick};

/// The command of a word in the ticket table.
pub(crate) fn ticket_command(
    word: &str,
    desk: &Desk,
    ticket: &Ticket,
    now: Timestamp,
    pick: &mut Pick,
) -> TicketCommand {
    use TicketCommand as T;
    match word {
        "write" => T::Write(Box::new(form(pick, now))),
        "register" => {
            let matter = pick.one_in(3).then(|| any_matter(desk, pick)).flatten();
            T::Register { form: Box::new(form(pick, now)), matter }
        }
        "answer" => T::Answer { answer: pick.text(), knowledge: None, no_item: Some(pick.text()) },
        "divert" => T::Divert {
            target: DivertTarget::Police,
            number: pick.text(),
            connected: pick.one_in(2),
            call: pick.one_in(2).then(|| CallId::from(7)),
        },
        "not_accept" => {
            T::NotAccept { reason: NotAcceptedReason::InPetition, route_told: pick.text() }
        }
        "mark_invalid" => T::MarkInvalid { disposition: pick.of(Disposition::ALL) },
        "confirm_nuisance" => T::ConfirmNuisance,
        "refuse_nuisance" => T::RefuseNuisance,
        "await_info" => {
            let call_at = now + Duration::from_secs(pick.below(100_000) as u64);
            T::AwaitInfo { missing: pick.text(), call_at }
        }
        "inform" => T::Inform { facts: pick.text() },
        "give_up" => T::GiveUp,
        "review" => T::Review,
        "match_filing" => {
            let matter = ticket.matter.unwrap_or(MatterId(ticket.ticket));
            T::MatchFiling { filing: FilingId { matter, n: 1 } }
        }
        "merge" => T::Merge { matter: any_matter(desk, pick).unwrap_or(MatterId(ticket.ticket)) },
        "unmerge" => T::Unmerge { reason: pick.text() },
        "submit_to_leader" => T::SubmitToLeader { sheet: pick.text() },
        "leader_sign" => T::LeaderSign { text: pick.text(), for_leader: None, scan: None },
        "dispatch" => T::Dispatch(Box::new(dispatch(pick, true))),
        "add_unit" => T::AddUnit(Box::new(dispatch(pick, false))),
        "recall" => T::Recall { reason: pick.text() },
        "send_back" => T::SendBack { reason: RedoReason::Vague, text: pick.text() },
        "accept_result" => T::AcceptResult { feedback: Some("已办".into()) },
        "reply" => T::Reply(ReplyMade {
            how: pick.of(&[ReplyBy::Phone, ReplyBy::Sms]),
            by_unit: None,
            text: pick.text(),
            interim: pick.one_in(4),
            call: Some(CallId::from(9)),
            reached: pick.of(Reached::ALL),
        }),
        "ask" => T::Ask(callback(
            pick,
            &[CallbackChannel::Sms, CallbackChannel::Manual, CallbackChannel::Web],
        )),
        "ask_second" => T::Ask(callback(pick, &[CallbackChannel::Second])),
        "redo" => T::Redo {
            reason: RedoReason::Unsatisfied,
            text: pick.text(),
            dispatch: pick.one_in(2).then(|| Box::new(dispatch(pick, true))),
        },
        "close_unsatisfied" => T::CloseUnsatisfied { reason: pick.text() },
        "reopen" => T::Reopen { ground: ReopenGround::Relapse, text: pick.text() },
        "archive" => T::Archive { manifest: pick.hash() },
        "withdraw" => T::Withdraw { statement: pick.text(), proof: pick.text() },
        "void" => T::Void { reason: pick.text() },
        "attach" => T::Attach { to: any_ticket(desk, pick), text: pick.text() },
        "override" => T::Override {
            to: pick.of(TicketState::ALL),
            second: AccountName::from("deputy"),
            reason: pick.text(),
        },
        "regrade" => T::Regrade { grade: pick.of(Grade::ALL), reason: pick.text() },
        "claim" => T::Claim,
        "release" => T::Release,
        "name_officer" => T::NameOfficer { officer: AccountName::from("officer") },
        "name_group" => T::NameGroup { group: "group".into() },
        "urge" => T::Urge { channel: UrgeChannel::Phone, text: pick.text() },
        "contact" => T::Contact(contact(pick)),
        "commit" => T::Commit(Commitment { by: pick.text(), what: pick.text(), due: now }),
        "set_follow_up" => {
            let binding = pick.one_in(2);
            T::SetFollowUp(FollowUp { what: pick.text(), due: now, binding, source: None })
        }
        "check_follow_up" => {
            let n = (1..).zip(&ticket.follow_ups).find(|(_, followed)| followed.checked.is_none());
            let n = n.map_or(1, |(n, _)| n);
            T::CheckFollowUp { n, kept: !pick.one_in(4), text: pick.text() }
        }
        "decide_reasonable" => T::DecideReasonable {
            verdict: pick.of(Reasonableness::ALL),
            reason: pick.text(),
            second: AccountName::from("deputy"),
        },
        "citizen_update" => T::CitizenUpdate { text: pick.text() },
        "thank" => T::Thank { kind: Gratitude::Call, unit: None, text: pick.text() },
        "note_aid" => T::NoteAid { payer: pick.text(), item: pick.text(), amount_fen: 100 },
        "reveal" => T::Reveal { reason: pick.text() },
        "tag_method" => T::TagMethod { method: pick.text() },
        "pause" => T::Pause { cause: cause(pick), basis: pick.text() },
        "resume" => T::Resume { cause: cause(pick) },
        _ => T::Note { text: pick.text() },
    }
}

/// The command of a word in the assignment table.
pub(crate) fn assignment_command(
    word: &str,
    desk: &Desk,
    ticket: &Ticket,
    n: u16,
    now: Timestamp,
    pick: &mut Pick,
) -> AssignmentCommand {
    use AssignmentCommand as A;
    match word {
        "sign" => A::Sign { handler: Some("经办人".into()) },
        "name_handler" => A::NameHandler { handler: pick.text() },
        "ask_return" => {
            A::AskReturn { ground: pick.of(ReturnGround::ALL), basis: pick.text(), proposed: None }
        }
        "approve_return" => A::ApproveReturn { reason: pick.text() },
        "reject_return" => A::RejectReturn { reason: pick.text() },
        "dispute" => A::Dispute { authority: pick.text(), text: pick.text() },
        "decide_dispute" => {
            let unit = ticket.assignment(n).map(|a| a.unit.clone());
            let stays = pick.one_in(2);
            let unit = unit.filter(|_| stays).unwrap_or_else(|| pick.of(&UNITS).into());
            A::DecideDispute { stays, document: pick.text(), unit }
        }
        "delegate" => {
            let working_time = desk.working_time();
            let due = ticket.assignment(n).and_then(|a| a.handle_clock()?.due(working_time));
            let span = due.map_or(0, |due| due.since(now).as_secs());
            let span = if pick.one_in(3) { span + 2 } else { span / 2 };
            let due = now + Duration::from_secs(pick.below(span as usize) as u64);
            A::Delegate { unit: pick.of(&UNITS).into(), due, note: String::new() }
        }
        "ask_extension" => A::AskExtension {
            days: pick.below(13) as u16,
            reason: pick.text(),
            plan: pick.text(),
            citizen_told: !pick.one_in(6),
        },
        "decide_extension" => {
            A::DecideExtension { days: pick.below(12) as u16, reason: pick.text() }
        }
        "contact" => A::Contact(contact(pick)),
        "on_site" => A::OnSite { by: pick.text(), finding: pick.text(), evidence: Vec::new() },
        "draft_result" => A::DraftResult(Box::new(result(pick))),
        "head_sign" => A::HeadSign {
            post: if pick.one_in(4) { Post::DeputyHead } else { Post::Chief },
            name: pick.text(),
            how: pick.text(),
        },
        "head_reject" => A::HeadReject { reason: pick.text() },
        "further_sign" => A::FurtherSign { post: Post::Chief, name: pick.text(), how: pick.text() },
        "sup_pass" => A::SupPass {
            substance: pick.below(7) as u8,
            wording: 1 + pick.below(5) as u8,
            text: String::new(),
        },
        "sup_reject" => A::SupReject { reason: RedoReason::Perfunctory, text: pick.text() },
        "withdraw" => A::Withdraw { reason: pick.text() },
        "explain_overdue" => {
            A::ExplainOverdue { reason: OverdueReason::Complex, text: pick.text() }
        }
        "urge" => A::Urge { channel: UrgeChannel::Phone, text: pick.text() },
        _ => A::Obstruct { text: pick.text() },
    }
}

pub(crate) fn filing_command(pick: &mut Pick) -> FilingCommand {
    match pick.below(6) {
        0 => FilingCommand::Draft(Box::new(filing_form(pick))),
        1 | 2 => FilingCommand::Submit { report: pick.hash(), seal: pick.hash() },
        3 | 4 => FilingCommand::Approve { second: AccountName::from("deputy"), knowledge: None },
        _ if pick.one_in(2) => FilingCommand::Reject { reason: pick.text() },
        _ => FilingCommand::Revoke { reason: pick.text() },
    }
}

pub(crate) fn filing_form(pick: &mut Pick) -> FilingForm {
    FilingForm {
        unit: pick.of(&UNITS).into(),
        repeated: pick.text(),
        complex: "复杂".into(),
        exhausted: "已穷尽".into(),
        unsatisfiable: "无法满足".into(),
        answer: "答复口径".into(),
    }
}

pub(crate) fn item_command(pick: &mut Pick) -> DissatisfactionCommand {
    match pick.below(4) {
        0 => DissatisfactionCommand::StartRework,
        1 => DissatisfactionCommand::Claim { changed: pick.text() },
        2 => DissatisfactionCommand::CallBack(callback(pick, &[CallbackChannel::Manual])),
        _ => DissatisfactionCommand::StrikeOff,
    }
}

fn form(pick: &mut Pick, now: Timestamp) -> Form {
    let mut form = Form {
        purpose: Some(pick.of(Purpose::ALL)),
        topic: Some("010402".into()),
        title: Some(pick.text()),
        content: Some("内容".into()),
        area: Some("430200".into()),
        confidential: Some(pick.one_in(3)),
        ..Form::default()
    };
    if pick.one_in(6) {
        form.importance = Some(pick.of(Importance::ALL));
    }
    if pick.one_in(6) {
        form.quick_kind = Some(pick.of(&["Q01", "Q05", "Q12", "", "Q99"]).into());
        form.danger = Some(pick.one_in(3));
    }
    if pick.one_in(8) {
        form.contact = Some(Number::new(pick.of(&["13900000001", "13900000002", ""])));
    }
    if pick.one_in(8) {
        let due = now + Duration::from_secs(pick.below(3_000_000) as u64);
        let (system, number) = ("province".to_owned(), "1".to_owned());
        form.foreign = Some(vec![ExternalReference { system, number, due: Some(due) }]);
    }
    form
}

fn dispatch(pick: &mut Pick, first: bool) -> Dispatch {
    let lead = pick.of(&UNITS);
    let mut parts = vec![DispatchPart {
        unit: lead.into(),
        role: if first || pick.one_in(3) { DispatchRole::Lead } else { DispatchRole::Assist },
        method: match pick.below(6) {
            0 => DispatchMethod::Phone { call: CallId::from(3), listener: pick.text() },
            1 => DispatchMethod::Written { document: pick.text(), scan: pick.hash() },
            _ => DispatchMethod::Network,
        },
        required: false,
    }];
    if pick.one_in(2) {
        let unit = pick.of(&UNITS).into();
        let required = pick.one_in(2);
        parts.push(DispatchPart {
            unit,
            role: DispatchRole::Assist,
            method: DispatchMethod::Network,
            required,
        });
    }
    Dispatch {
        parts,
        supervise: pick.of(&["hub", "hub", "district", "water", ""]).into(),
        supervisor: "督办负责人".into(),
        grade: pick.of(Grade::ALL),
        note: String::new(),
        reason: Some("需要".into()),
        emergency: pick.one_in(2).then(|| "急".into()),
        clocks: Vec::new(),
    }
}

fn contact(pick: &mut Pick) -> ContactMade {
    ContactMade {
        with: Private::new("来电人"),
        purpose: pick.of(ContactPurpose::ALL),
        how: pick.of(&[ReplyBy::Phone, ReplyBy::Sms]),
        number: Number::default(),
        call: None,
        reached: pick.of(Reached::ALL),
        text: pick.text(),
    }
}

fn callback(pick: &mut Pick, ways: &[CallbackChannel]) -> Callback {
    let reached = if pick.one_in(2) { Reached::Yes } else { pick.of(Reached::ALL) };
    let said = !pick.one_in(4) && (reached == Reached::Yes || pick.one_in(10));
    Callback {
        how: pick.of(ways),
        reached,
        grade: said.then(|| Satisfaction::of_digit(1 + pick.below(5) as u8).expect("1 to 5")),
        contacted_by_unit: Some(pick.one_in(2)),
        result_true: None,
        solved: Some(pick.of(Solved::ALL)),
        call: Some(CallId::from(11)),
        text: String::new(),
    }
}

fn result(pick: &mut Pick) -> HandlingResult {
    let outcome =
        pick.of(&[HandlingOutcome::Solved, HandlingOutcome::Partly, HandlingOutcome::Explained]);
    HandlingResult {
        verdict: pick.of(Verdict::ALL),
        finding: pick.text(),
        action: pick.text(),
        outcome,
        basis: vec![pick.text()],
        public_text: String::new(),
        attachments: Vec::new(),
        evidence: if pick.one_in(2) { vec![pick.hash()] } else { Vec::new() },
    }
}

fn cause(pick: &mut Pick) -> PauseCause {
    pick.of(&[PauseCause::LegalCase, PauseCause::ForceMajeure, PauseCause::AwaitInfo])
}

fn any_matter(desk: &Desk, pick: &mut Pick) -> Option<MatterId> {
    let all: Vec<MatterId> = desk.tickets().filter_map(|ticket| ticket.matter).collect();
    (!all.is_empty()).then(|| pick.of(&all))
}

fn any_ticket(desk: &Desk, pick: &mut Pick) -> TicketId {
    let all: Vec<TicketId> = desk.tickets().map(|ticket| ticket.ticket).collect();
    if all.is_empty() { TicketId(1) } else { pick.of(&all) }
}
