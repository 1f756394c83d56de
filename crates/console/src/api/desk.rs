//! Work at the desk: commands to tickets, assignments, filings, items and orders.
//!
//! A body is `{"type":"dispatch","payload":{…},"expect_seq":712}`. With
//! `expect_seq` it is refused with 409 when the ticket has changed since; with
//! an `Idempotency-Key` header it is done once however often it is sent. The
//! answer, once it is durable, is `{"seq":715,"ticket":2026112200017}`: the
//! `seq` to expect next.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use backoffice::{DeskCommand, Done, Fault};
use center::{AtTheDesk, Command};
use model::{
    Seq, TicketId,
    desk::{AssignmentId, FilingId, MatterId, OrderId},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::asked::{Id, Sent};
use crate::{desk::Desk, problem::Problem, who::Who};

pub(super) async fn open(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Done>), Problem> {
    let (opening, _) = read(&body)?;
    let done = order(&desk, &who, &headers, DeskCommand::Open(Box::new(opening)), None).await?;
    Ok((StatusCode::CREATED, done))
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident: $id:ty => $command:path;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(desk): State<Arc<Desk>>,
            who: Who,
            Id(id): Id<$id>,
            headers: HeaderMap,
            Sent(body): Sent,
        ) -> Result<Json<Done>, Problem> {
            let (command, expected) = read(&body)?;
            order(&desk, &who, &headers, $command(id, command), expected).await
        }
    )*};
}

routes! {
    /// To a ticket.
    ticket: TicketId => DeskCommand::Ticket;
    /// To an assignment.
    assignment: AssignmentId => DeskCommand::Assignment;
    /// A new filing for a matter.
    new_filing: MatterId => DeskCommand::NewFiling;
    /// To a filing.
    filing: FilingId => DeskCommand::Filing;
    /// To a dissatisfaction item.
    dissatisfaction: TicketId => DeskCommand::Dissatisfaction;
    /// A new order for a matter.
    new_order: MatterId => DeskCommand::NewOrder;
    /// To an order.
    step_of_order: OrderId => DeskCommand::Order;
}

macro_rules! whole {
    ($($(#[$doc:meta])* $name:ident => $command:path;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(desk): State<Arc<Desk>>,
            who: Who,
            headers: HeaderMap,
            Sent(body): Sent,
        ) -> Result<Json<Done>, Problem> {
            let (command, _) = read(&body)?;
            order(&desk, &who, &headers, $command(command), None).await
        }
    )*};
}

whole! {
    /// To the network of units.
    network => DeskCommand::Network;
    /// To the leaders' turns and sessions.
    leaders => DeskCommand::Leader;
}

async fn order(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    command: DeskCommand,
    expected: Option<Seq>,
) -> Result<Json<Done>, Problem> {
    let key = key(headers)?;
    let order = AtTheDesk { by: who.doer(), command, expected, key };
    Ok(Json(desk.backend.command(who.actor(), Command::Desk(Box::new(order))).await?))
}

/// The command, and the record its sender has seen.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<(T, Option<Seq>), Problem> {
    let fault = |field: &str, what: String| Problem::faulty(vec![Fault::new(field, what)]);
    let mut value: Value =
        serde_json::from_slice(body).map_err(|error| fault("body", error.to_string()))?;
    let expected = match value.as_object_mut().and_then(|object| object.remove("expect_seq")) {
        None | Some(Value::Null) => None,
        Some(Value::Number(seq)) if seq.is_u64() => seq.as_u64(),
        Some(_) => return Err(fault("expect_seq", "is the number of a record".into())),
    };
    let command =
        serde_json::from_value(value).map_err(|error| fault("body", error.to_string()))?;
    Ok((command, expected))
}

pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=KEY_MAX).contains(&text.len()));
    let text = text.ok_or_else(|| {
        Problem::unclear(format!("Idempotency-Key is 1 to {KEY_MAX} printable ASCII characters"))
    })?;
    Ok(Some(text.to_owned()))
}

/// A UUID has 36.
const KEY_MAX: usize = 100;
