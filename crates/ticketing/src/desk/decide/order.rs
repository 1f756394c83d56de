//! Decides commands to supervision orders.

use model::{
    Timestamp,
    desk::{Actor, Approver, DeskEvent, MatterId, OrderEvent, OrderId, OrderStep, UnitId},
    event::Role,
};

use crate::{
    desk::{Desk, OrderCommand, OrderDraft},
    order::{Order, Orders},
};
use workflow::{Fault, Refusal, text::filled};

impl Desk {
    pub(super) fn draft_order(
        &self,
        now: Timestamp,
        by: &Actor,
        matter: MatterId,
        draft: OrderDraft,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        let roles = [Role::SupGroup, Role::Director, Role::GovSupervision];
        if !by.role().is_some_and(|role| roles.contains(&role)) {
            return Err(Refusal::Forbidden {
                why: "your role may not draft an order".into(),
                roles: roles.to_vec(),
            });
        }
        if self.matter(matter).is_none() {
            return Err(Refusal::not_found(format!("matter {matter}")));
        }
        let mut faults = Vec::new();
        filled(&mut faults, "text", &draft.text);
        if draft.unit.as_str().is_empty() {
            faults.push(Fault::new("unit", "is missing"));
        }
        let empty = Orders::default();
        let orders = self.orders.get(&matter).unwrap_or(&empty);
        let asked = self.order_proposed(matter, now).is_some_and(|asked| draft.level <= asked);
        if let Err(refusal) = orders.check_draft(draft.level, &draft.issuers, draft.direct || asked)
        {
            faults.push(Fault::new("level", refusal.to_string()));
        }
        Refusal::unless_none(faults)?;
        let n = u16::try_from(orders.all().len() + 1).unwrap_or(u16::MAX);
        let OrderDraft { level, issuers, unit, text, direct } = draft;
        let event = OrderEvent::Drafted { level, issuers, unit, text, direct };
        Ok(vec![DeskEvent::Order(OrderId { matter, n }, event)])
    }

    pub(super) fn move_order(
        &self,
        by: &Actor,
        id: OrderId,
        step: OrderCommand,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        let orders = self.orders.get(&id.matter);
        let order = orders.and_then(|orders| orders.all().get(usize::from(id.n).wrapping_sub(1)));
        let order = order.ok_or_else(|| Refusal::not_found(format!("order {id}")))?;
        let unit = self.order_units.get(&id);
        let allowed = may_take_step(&step.event, unit, by);
        if !allowed {
            let roles = vec![Role::SupGroup, Role::Director, Role::GovSupervision, Role::Leader];
            return Err(Refusal::Forbidden {
                why: "this step is for another role or unit".into(),
                roles,
            });
        }
        let mut faults = Vec::new();
        if matches!(step.event, OrderStep::Answered(_) | OrderStep::ReturnAsked) {
            filled(&mut faults, "text", &step.text);
        }
        if let Err(refusal) = order.check_step(&step.event) {
            faults.push(Fault::new("event", refusal.to_string()));
        }
        Refusal::unless_none(faults)?;
        Ok(vec![DeskEvent::Order(id, OrderEvent::Moved { event: step.event, text: step.text })])
    }
}

/// Whether this person may take this step of an order to this unit.
fn may_take_step(event: &OrderStep, unit: Option<&UnitId>, by: &Actor) -> bool {
    let hub = matches!(by.role(), Some(Role::SupGroup | Role::Director | Role::GovSupervision));
    let its_unit = matches!(by.role(), Some(Role::Liaison | Role::UnitHead)) && by.unit() == unit;
    let approver = match by.role() {
        Some(Role::Director) => Some(Approver::Director),
        Some(Role::GovSupervision) => Some(Approver::GovernmentSupervision),
        Some(Role::Leader) => Some(Approver::Leader),
        _ => None,
    };
    match event {
        OrderStep::Approved(as_whom) => approver == Some(*as_whom),
        OrderStep::Receipted | OrderStep::ReturnAsked | OrderStep::Answered(_) => its_unit || hub,
        OrderStep::Issued
        | OrderStep::ReturnRefused
        | OrderStep::ReturnGranted
        | OrderStep::Checked { .. }
        | OrderStep::Closed
        | OrderStep::Escalated => hub,
    }
}

/// The steps of an order to this unit that this person may take now, as words of the API.
pub(crate) fn allowed_steps(order: &Order, unit: &UnitId, by: &Actor) -> Vec<&'static str> {
    let steps = [
        ("approved", OrderStep::Approved(order.level.approver())),
        ("issued", OrderStep::Issued),
        ("receipted", OrderStep::Receipted),
        ("return_asked", OrderStep::ReturnAsked),
        ("return_refused", OrderStep::ReturnRefused),
        ("return_granted", OrderStep::ReturnGranted),
        ("answered", OrderStep::Answered(order.level.answered_by())),
        ("checked", OrderStep::Checked { enough: true }),
        ("closed", OrderStep::Closed),
        ("escalated", OrderStep::Escalated),
    ];
    let taken = |(_, event): &&(&str, OrderStep)| {
        order.check_step(event).is_ok() && may_take_step(event, Some(unit), by)
    };
    steps.iter().filter(taken).map(|(word, _)| *word).collect()
}
