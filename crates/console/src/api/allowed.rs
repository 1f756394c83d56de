//! The commands that the person may give on a ticket now, for the buttons of its page.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use model::{
    Seq, TicketId,
    desk::{Actor, AssignmentId},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::{
    Ticket,
    worklist::{self, WorkSubject},
};

use super::ticket_access::TicketAccess;
use crate::{auth::User, extract::PathId, problem::Problem};

/// The commands of a person on a ticket, apart from the checks of each command.
#[derive(Serialize, JsonSchema)]
pub(super) struct AllowedCommands {
    /// The last record of the ticket: the `expect_seq` of the next command.
    seq: Seq,
    ticket: Vec<&'static str>,
    /// By the assignment's number; those without a command are absent.
    assignments: BTreeMap<AssignmentId, Vec<&'static str>>,
    /// On the item that stayed open after it was closed as unsatisfied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dissatisfaction: Vec<&'static str>,
}

pub(super) async fn list(
    State(access): State<TicketAccess>,
    user: User,
    PathId(id): PathId<TicketId>,
) -> Result<Json<AllowedCommands>, Problem> {
    let (ticket, _) = access.ticket(&user, id).await?;
    Ok(Json(of_ticket(&ticket, &user.actor())))
}

fn of_ticket(ticket: &Ticket, by: &Actor) -> AllowedCommands {
    let id = ticket.ticket;
    let on = |about| worklist::allowed_on_ticket(ticket, about, by);
    let assignments = ticket.assignments.iter().enumerate().filter_map(|(i, assignment)| {
        let n = u16::try_from(i + 1).ok()?;
        // A unit's people act for their own unit, or review what another one has handed in to it.
        let is_theirs =
            by.unit().is_none_or(|unit| *unit == assignment.unit || *unit == assignment.supervise);
        let id = AssignmentId { ticket: id, n };
        let commands = if is_theirs { on(WorkSubject::Assignment(id)) } else { Vec::new() };
        (!commands.is_empty()).then_some((id, commands))
    });
    AllowedCommands {
        seq: ticket.seq,
        ticket: on(WorkSubject::Ticket(id)),
        assignments: assignments.collect(),
        dissatisfaction: on(WorkSubject::Dissatisfaction(id)),
    }
}
