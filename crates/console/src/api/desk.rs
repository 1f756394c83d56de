//! Work at the desk: commands to tickets, assignments, filings, items and orders.
//!
//! A body is `{"type":"dispatch","payload":{…},"expect_seq":712}`. With
//! `expect_seq` it is refused with 409 when the ticket has changed since; with
//! an `Idempotency-Key` header it is done once however often it is sent, and a
//! key that was used for another command is refused with 422. The answer, once
//! it is durable, is `{"seq":715,"ticket":2026112200017}`: the `seq` to expect next.
//!
//! 422 tells every fault with its field, 409 where it stands now, the `seq` to
//! expect and what is allowed.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use center::{AtTheDesk, Command};
use model::{
    Seq, TicketId,
    desk::{AssignmentId, FilingId, MatterId, OrderId},
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ticketing::{
    DeskCommand, Done,
    named_calls::CallOnRecord,
    worklist::{self, About},
};
use workflow::{Fault, Refusal};

use super::{
    asked::{Id, Sent},
    checked, tickets,
};
use crate::{desk::Desk, problem::Problem, sent, who::Who};

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

pub(super) async fn order(
    desk: &Desk,
    who: &Who,
    headers: &HeaderMap,
    command: DeskCommand,
    expected: Option<Seq>,
) -> Result<Json<Done>, Problem> {
    let key = key(headers)?;
    let mut faults = unsent(desk, &command).await?;
    faults.extend(unproven(desk, &command).await?);
    if !faults.is_empty() {
        return Err(Problem::faulty(faults));
    }
    let about = about(&command);
    let order = AtTheDesk { by: who.doer(), command, expected, key };
    let done = desk.backend.command(who.actor(), Command::Desk(Box::new(order))).await;
    match (done, about) {
        (Ok(done), _) => Ok(Json(done)),
        (Err(no), Some(about)) if is_conflict(&no) => Err(as_it_stands(desk, who, about, no).await),
        (Err(no), _) => Err(no.into()),
    }
}

/// Papers a command names and nobody has sent: what the log says hangs there must be there.
async fn unsent(desk: &Desk, command: &DeskCommand) -> Result<Vec<Fault>, Problem> {
    let written = match command {
        DeskCommand::Ticket(_, command) => serde_json::to_value(command),
        DeskCommand::Assignment(_, command) => serde_json::to_value(command),
        DeskCommand::Open(opening) => serde_json::to_value(opening),
        _ => return Ok(Vec::new()),
    };
    let mut named = Vec::new();
    papers(&written.unwrap_or_default(), "", &mut named);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let look = |backend: &dyn crate::Backend| {
        let mut faults = Vec::new();
        for (field, hash) in named {
            // What is no hash is a text, or the desk says so itself.
            if backend.attachment(&hash).is_ok_and(|found| found.is_none()) {
                let what = "nobody has sent this: POST /api/v1/attachments first";
                faults.push(Fault::new(field, what));
            }
        }
        Ok(faults)
    };
    desk.read(look).await
}

/// Calls a command names as proof and that prove nothing: invented ones, those of other callers and
/// those before what they should prove.
async fn unproven(desk: &Desk, command: &DeskCommand) -> Result<Vec<Fault>, Problem> {
    let named = command.named_calls();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let about = about(command).map(|(ticket, _)| ticket);
    let home = desk.options.desk.area_code.clone();
    desk.read(move |backend| {
        let ticket = about.map(|ticket| backend.ticket(ticket)).transpose()?.flatten();
        let mut faults = Vec::new();
        for one in named {
            let found = backend.call(one.call)?.map(|cdr| CallOnRecord {
                arrived: cdr.arrived,
                answered: cdr.connected.is_some(),
                ended: cdr.ended,
                caller: cdr.caller,
            });
            faults.extend(one.fault(ticket.as_ref(), found.as_ref(), &home));
        }
        Ok(faults)
    })
    .await
}

/// The hashes of papers in a command, with their fields.
fn papers(value: &Value, field: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = match (field, name.as_str()) {
                    (field, "payload") => field.to_owned(),
                    ("", name) => name.to_owned(),
                    (field, name) => format!("{field}.{name}"),
                };
                match value {
                    Value::String(hash) if name == "scan" => found.push((at, hash.clone())),
                    Value::Array(hashes) if name == "attachments" || name == "evidence" => {
                        let hashes = hashes.iter().filter_map(Value::as_str).enumerate();
                        found.extend(hashes.map(|(i, hash)| (format!("{at}[{i}]"), hash.into())));
                    }
                    value => papers(value, &at, found),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                papers(item, &format!("{field}[{i}]"), found);
            }
        }
        _ => {}
    }
}

/// What of a ticket a command is about.
fn about(command: &DeskCommand) -> Option<(TicketId, About)> {
    match command {
        DeskCommand::Ticket(id, _) => Some((*id, About::Ticket(*id))),
        DeskCommand::Assignment(id, _) => Some((id.ticket, About::Assignment(*id))),
        DeskCommand::Dissatisfaction(id, _) => Some((*id, About::Dissatisfaction(*id))),
        _ => None,
    }
}

fn is_conflict(no: &center::Refusal) -> bool {
    matches!(no, center::Refusal::Desk(Refusal::NotNow { .. } | Refusal::Stale { .. }))
}

/// A conflict, with where it stands, the record to expect next and what this person may do now:
/// whoever was too late goes on from there. Who may not read the ticket is told no more than before.
async fn as_it_stands(
    desk: &Desk,
    who: &Who,
    (ticket, about): (TicketId, About),
    no: center::Refusal,
) -> Problem {
    let problem = Problem::from(no);
    match desk.read(move |backend| backend.ticket(ticket)).await {
        Ok(Some(found)) if tickets::may_see(who, &found) => {
            let allowed = worklist::allowed_on_ticket(&found, about, &who.doer());
            problem.standing(worklist::state_of(&found, about), found.seq).allowing(&allowed)
        }
        _ => problem,
    }
}

/// The command, and the record its sender has seen.
pub(super) fn read<T: DeserializeOwned + JsonSchema + 'static>(
    body: &[u8],
) -> Result<(T, Option<Seq>), Problem> {
    let fault = |field: &str, what: String| Problem::faulty(vec![Fault::new(field, what)]);
    let mut value = sent::json(body).map_err(|error| fault("body", error.to_string()))?;
    let expected = match value.as_object_mut().and_then(|object| object.remove("expect_seq")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(seq)) if seq.is_u64() => Ok(seq.as_u64()),
        Some(_) => Err(Fault::new("expect_seq", "is the number of a record")),
    };
    match (checked::read(value), expected) {
        (Ok(command), Ok(expected)) => Ok((command, expected)),
        (Ok(_), Err(fault)) => Err(Problem::faulty(vec![fault])),
        (Err(mut faults), expected) => {
            faults.extend(expected.err());
            Err(Problem::faulty(faults))
        }
    }
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
