//! The work of the hotline's staff on a ticket: front desk, review, check, reply, callback.

use model::{
    CallId, TicketId, Timestamp,
    desk::{
        Actor, CallbackChannel, ClockKind, ContactPurpose, Dispatch, DispatchMethod, DispatchPart,
        DispatchRole, DissatisfactionState, DivertTarget, Form, Grade, MatterId, NotAcceptedReason,
        Reached, RedoReason, ReopenGround, ReplyBy, Satisfaction, TicketState, UnitId, UrgeChannel,
    },
    event::Role,
};
use ticketing::{
    Desk, DeskCommand, Ticket, TicketKind, dissatisfaction::DissatisfactionCommand,
    ticket::TicketCommand as T,
};

use super::{
    Office,
    citizen::{Citizen, DemandKind, Manner},
    people::{asked, hub, of, reply, spoken},
    plan::{DAY, HOUR, MINUTE, Plan, at_once, in_office, ordered},
};

impl Office {
    /// The next step for a ticket.
    pub(super) fn plan(&self, now: Timestamp, desk: &Desk, ticket: &Ticket) -> Plan {
        use TicketState as S;
        let citizen = Citizen::of(self.seed, ticket.ticket);
        match ticket.state {
            S::Draft => draft(desk, ticket, &citizen),
            S::Registered => registered(now, ticket, &citizen),
            S::AwaitInfo => await_info(ticket, &citizen),
            S::InReview => self.in_review(now, desk, ticket, &citizen),
            S::AwaitLeader => {
                let text = "请有关单位从速办理".into();
                let sign = T::LeaderSign { text, for_leader: None, scan: None };
                in_office(hub(Role::Leader), ticket, sign, 4 * HOUR)
            }
            S::Handling => super::unit::handling(now, desk, ticket, &citizen),
            // The units of the master ticket work on it.
            S::Following => Plan::Wait(DAY),
            S::ResultCheck if citizen.unit == Manner::Vague && ticket.send_backs == 0 => {
                let (reason, text) = (RedoReason::Vague, "未说明处理结果".into());
                in_office(hub(Role::SupGroup), ticket, T::SendBack { reason, text }, 3 * HOUR)
            }
            S::ResultCheck => {
                let feedback = Some("拟答复".into());
                let accept = T::AcceptResult { feedback };
                in_office(hub(Role::SupGroup), ticket, accept, 3 * HOUR)
            }
            S::Reply => in_office(hub(Role::Agent), ticket, reply(now), 2 * HOUR),
            S::Callback => callback(now, desk, ticket, &citizen),
            S::Closed => closed(now, ticket, &citizen),
            S::Archived | S::Cancelled => Plan::Rest,
        }
    }

    fn in_review(&self, now: Timestamp, desk: &Desk, ticket: &Ticket, citizen: &Citizen) -> Plan {
        let importance = ticket.form.importance;
        let signed = !ticket.instructions.is_empty();
        if importance.is_some_and(|i| desk.rules().needs_leader(i)) && !signed {
            let sheet = T::SubmitToLeader { sheet: "呈批件".into() };
            return in_office(hub(Role::Director), ticket, sheet, HOUR);
        }
        let dispatcher = hub(Role::Dispatcher);
        if let Some(master) = self.master_of(desk, ticket, citizen) {
            let merge = T::Merge { matter: MatterId(master) };
            return in_office(dispatcher, ticket, merge, 30 * MINUTE);
        }
        let order = T::Dispatch(Box::new(dispatch(now, desk, ticket)));
        if ticket.form.quick().is_some() {
            at_once(dispatcher, ticket, order, 5 * MINUTE)
        } else {
            in_office(dispatcher, ticket, order, 30 * MINUTE)
        }
    }

    /// The master ticket of this topic and area, when it is being handled.
    fn master_of(&self, desk: &Desk, ticket: &Ticket, citizen: &Citizen) -> Option<TicketId> {
        if !citizen.of_many || ticket.round > 1 {
            return None;
        }
        let id = *self.masters.get(&(citizen.topic, citizen.area))?;
        let master = desk.ticket(id).filter(|master| id != ticket.ticket && !master.is_over())?;
        let another = master.contact() != ticket.contact();
        let leads = !master.follows && master.matter == Some(MatterId(id));
        (another && leads && desk.followers(ticket).is_empty()).then_some(id)
    }
}

fn draft(desk: &Desk, ticket: &Ticket, citizen: &Citizen) -> Plan {
    let agent = hub(Role::Agent);
    if ticket.kind == TicketKind::MissedCall {
        let called = ticket
            .clocks
            .iter()
            .any(|clock| clock.terms().kind == ClockKind::LostCall && clock.end().is_some());
        let command = if called {
            T::Void { reason: "已回拨".into() }
        } else {
            T::Contact(spoken(ContactPurpose::Other, ReplyBy::Phone, Reached::Yes))
        };
        return at_once(agent, ticket, command, 20 * MINUTE);
    }
    if ticket.proposed.is_some() {
        return at_once(hub(Role::Supervisor), ticket, T::ConfirmNuisance, 20 * MINUTE);
    }
    let open = |other: &&Ticket| !other.is_over() && other.state != TicketState::Draft;
    let other = desk.other_tickets_of_caller(ticket).find(open).filter(|_| citizen.chases);
    let command = match (citizen.demand, other) {
        (DemandKind::NoDemand(disposition), _) => T::MarkInvalid { disposition },
        (_, Some(other)) => T::Attach { to: other.ticket, text: "询问办理进度".into() },
        _ => {
            let mut form = citizen.form();
            form.summary = citizen.unclear.then(|| UNCLEAR.into());
            T::Register { form: Box::new(form), matter: None }
        }
    };
    at_once(agent, ticket, command, 3 * MINUTE)
}

fn registered(now: Timestamp, ticket: &Ticket, citizen: &Citizen) -> Plan {
    let agent = hub(Role::Agent);
    if ticket.form.summary.as_deref() == Some(UNCLEAR) {
        let wait = T::AwaitInfo { missing: "具体地址".into(), call_at: now + DAY };
        return at_once(agent, ticket, wait, 2 * MINUTE);
    }
    let (by, command) = match citizen.demand {
        DemandKind::Answer => {
            let (answer, no_item) = ("按现行政策答复".into(), Some("知识库无此条目".into()));
            (agent, T::Answer { answer, knowledge: None, no_item })
        }
        DemandKind::OtherNumber => {
            let (target, number) = (DivertTarget::OtherHotline, "12345".into());
            (agent, T::Divert { target, number, connected: false, call: None })
        }
        DemandKind::NotAcceptable => {
            let (reason, route_told) = (NotAcceptedReason::OtherProcedure, "可向法院起诉".into());
            (hub(Role::Supervisor), T::NotAccept { reason, route_told })
        }
        DemandKind::Work | DemandKind::NoDemand(_) => (agent, T::Review),
    };
    at_once(by, ticket, command, 5 * MINUTE)
}

fn await_info(ticket: &Ticket, citizen: &Citizen) -> Plan {
    if !citizen.gone {
        let command = if ticket.form.summary.as_deref() == Some(UNCLEAR) {
            let summary = Some("已核实".into());
            T::Write(Box::new(Form { summary, ..Form::default() }))
        } else {
            T::Inform { facts: "已补充地址".into() }
        };
        return in_office(hub(Role::Agent), ticket, command, 5 * HOUR);
    }
    let tried = |by| ticket.tries.iter().filter(|t| t.what.0 == by).count();
    let command = match (tried(ReplyBy::Sms), tried(ReplyBy::Phone)) {
        (0, _) => T::Contact(spoken(ContactPurpose::Info, ReplyBy::Sms, Reached::NoAnswer)),
        (_, 0..5) => T::Contact(spoken(ContactPurpose::Info, ReplyBy::Phone, Reached::NoAnswer)),
        _ => T::GiveUp,
    };
    in_office(hub(Role::Callback), ticket, command, 12 * HOUR)
}

fn callback(now: Timestamp, desk: &Desk, ticket: &Ticket, citizen: &Citizen) -> Plan {
    let (rules, round) = (desk.rules(), ticket.round);
    let since = ticket.times.replied.unwrap_or_default();
    let said = ticket.eval_final.filter(|e| e.round == round && e.at >= since);
    let officer = || hub(Role::Callback);
    let ask = |how, grade| T::Ask(asked(how, grade, now));
    if said.is_none() {
        let grade = Some(citizen.finds(round));
        return if citizen.writes {
            at_once(Actor::Citizen, ticket, ask(CallbackChannel::Sms, grade), 5 * HOUR)
        } else {
            let grade = grade.filter(|_| citizen.picks_up);
            in_office(officer(), ticket, ask(CallbackChannel::Manual, grade), 14 * HOUR)
        };
    }
    if rules.another_round(round) {
        let own = ticket.assignments.iter().any(|a| a.is_lead() && !a.is_gone());
        let dispatch = (!own).then(|| Box::new(dispatch(now, desk, ticket)));
        let (reason, text) = (RedoReason::Unsatisfied, "来电人不满意".into());
        return in_office(officer(), ticket, T::Redo { reason, text, dispatch }, 5 * HOUR);
    }
    let bad = Some(Satisfaction::VeryDissatisfied);
    match ticket.unsatisfied_answers() {
        (sms, _) if sms < usize::from(rules.unsatisfied_sms) => {
            at_once(Actor::Citizen, ticket, ask(CallbackChannel::Sms, bad), 10 * HOUR)
        }
        (_, calls) if calls < usize::from(rules.unsatisfied_calls) => {
            in_office(officer(), ticket, ask(CallbackChannel::Manual, bad), 10 * HOUR)
        }
        _ => {
            let close = T::CloseUnsatisfied { reason: "两短一回访均不满意".into() };
            in_office(hub(Role::SupGroup), ticket, close, 10 * HOUR)
        }
    }
}

fn closed(now: Timestamp, ticket: &Ticket, citizen: &Citizen) -> Plan {
    use DissatisfactionCommand as D;
    if let Some(item) = ticket.dissatisfaction.as_ref().filter(|item| item.is_open()) {
        let Some(unit) = &item.unit else { return Plan::Rest };
        let (by, command, mean) = match item.state {
            DissatisfactionState::Open => (of(unit, Role::Liaison), D::StartRework, 2 * DAY),
            DissatisfactionState::Rework => {
                let changed = "已整改".into();
                (of(unit, Role::Liaison), D::Claim { changed }, 4 * DAY)
            }
            DissatisfactionState::Claimed => {
                let better = item.unsuccessful_claims > 0 || !citizen.bitter;
                let grade =
                    if better { Satisfaction::Satisfied } else { Satisfaction::Dissatisfied };
                let call = asked(CallbackChannel::Manual, Some(grade), now);
                (hub(Role::Callback), D::CallBack(call), DAY)
            }
            DissatisfactionState::Verified => (hub(Role::SupGroup), D::StrikeOff, DAY),
            DissatisfactionState::Cancelled => return Plan::Rest,
        };
        return ordered(by, DeskCommand::Dissatisfaction(ticket.ticket, command), mean);
    }
    // The trouble has come back.
    let relapse = ticket.round == 1 && ticket.lead().is_some() && citizen.urges_one_in < 30;
    if relapse && ticket.ticket.0.is_multiple_of(9) && is_recent(ticket, now) {
        let (ground, text) = (ReopenGround::Relapse, "问题反弹".into());
        return at_once(Actor::Citizen, ticket, T::Reopen { ground, text }, 6 * DAY);
    }
    Plan::Rest
}

/// Whether it ended recently enough for the citizen to open it again.
fn is_recent(ticket: &Ticket, now: Timestamp) -> bool {
    ticket.times.closed.is_some_and(|closed| now.since(closed) < 25 * DAY)
}

/// A dispatch to the units that the directory proposes.
pub(super) fn dispatch(now: Timestamp, desk: &Desk, ticket: &Ticket) -> Dispatch {
    let today = desk.zone().date(now);
    let office = desk.directory().hub(today).cloned().unwrap_or_else(|| UnitId::from("hub"));
    let (lead, supervise, grade) = match &ticket.route {
        Some(route) => {
            let supervise = route.supervise.clone().unwrap_or(office);
            (route.lead.clone(), supervise, route.grade)
        }
        None => (office.clone(), office, Grade::B),
    };
    let method = match ticket.form.quick() {
        Some(_) => {
            DispatchMethod::Phone { call: CallId::from_arrival(now), listener: "值班员".into() }
        }
        None => DispatchMethod::Network,
    };
    Dispatch {
        parts: vec![DispatchPart { unit: lead, role: DispatchRole::Lead, method, required: false }],
        supervise,
        supervisor: "督办负责人".into(),
        grade,
        note: String::new(),
        reason: None,
        emergency: ticket.form.quick().map(|_| "快速响应事项".into()),
        clocks: Vec::new(),
    }
}

/// An urge by the caller, who asks how it goes.
pub(super) fn urge() -> T {
    T::Urge { channel: UrgeChannel::Phone, text: "催问进度".into() }
}

/// The summary of an unclear demand until somebody has asked the caller.
const UNCLEAR: &str = "待核实";
