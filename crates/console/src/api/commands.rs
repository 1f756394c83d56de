//! Commands to the desk: to tickets, assignments, filings, items, orders, the network and leaders.
//!
//! A body is `{"type":"dispatch","payload":{…},"expect_seq":712}`. With `expect_seq` the command is
//! refused with 409 when the ticket has changed since that record. With an `Idempotency-Key` header
//! it is carried out once however often it is sent; a key that was used for another command is
//! refused with 422. The answer comes once the records are durable:
//! `{"seq":715,"ticket":2026112200017}`, with the `seq` to expect next.
//!
//! 422 names every fault with its field; 409 the present state, the `seq` to expect and what is
//! allowed now.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode},
};
use center::{Command, DeskRequest};
use model::{
    Seq, TicketId,
    desk::{AssignmentId, FilingId, MatterId, OrderId},
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ticketing::{
    CommandReceipt, DeskCommand,
    call_references::RecordedCall,
    worklist::{self, WorkSubject},
};
use workflow::{Fault, Refusal};

use super::ticket_access;
use crate::{
    auth::User,
    backend::{Attachments, Calls, Commands, Tickets},
    blocking::read,
    decode,
    extract::{PathId, RawBody},
    options::Options,
    problem::Problem,
    schema_check,
    state::AppState,
};

/// Checks commands to the desk and sends them to the center.
#[derive(Clone)]
pub(super) struct DeskCommands {
    commands: Arc<dyn Commands>,
    tickets: Arc<dyn Tickets>,
    calls: Arc<dyn Calls>,
    attachments: Arc<dyn Attachments>,
    options: Arc<Options>,
}

impl FromRef<AppState> for DeskCommands {
    fn from_ref(state: &AppState) -> DeskCommands {
        DeskCommands {
            commands: FromRef::from_ref(state),
            tickets: FromRef::from_ref(state),
            calls: FromRef::from_ref(state),
            attachments: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
        }
    }
}

pub(super) async fn open(
    State(desk): State<DeskCommands>,
    user: User,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<CommandReceipt>), Problem> {
    let (new_ticket, _) = read_command(&body)?;
    let command = DeskCommand::Open(Box::new(new_ticket));
    let done = desk.execute(&user, &headers, command, None).await?;
    Ok((StatusCode::CREATED, done))
}

/// Handlers of commands to something with an id.
macro_rules! commands_with_id {
    ($($(#[$doc:meta])* $name:ident: $id:ty => $command:path;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(desk): State<DeskCommands>,
            user: User,
            PathId(id): PathId<$id>,
            headers: HeaderMap,
            RawBody(body): RawBody,
        ) -> Result<Json<CommandReceipt>, Problem> {
            let (command, expected) = read_command(&body)?;
            desk.execute(&user, &headers, $command(id, command), expected).await
        }
    )*};
}

commands_with_id! {
    /// A command to a ticket.
    ticket: TicketId => DeskCommand::Ticket;
    /// A command to an assignment.
    assignment: AssignmentId => DeskCommand::Assignment;
    /// A new filing for a matter.
    new_filing: MatterId => DeskCommand::NewFiling;
    /// A command to a filing.
    filing: FilingId => DeskCommand::Filing;
    /// A command to a dissatisfaction item.
    dissatisfaction: TicketId => DeskCommand::Dissatisfaction;
    /// A new order for a matter.
    new_order: MatterId => DeskCommand::NewOrder;
    /// A command to an order.
    step_of_order: OrderId => DeskCommand::Order;
}

/// Handlers of commands without an id.
macro_rules! commands_without_id {
    ($($(#[$doc:meta])* $name:ident => $command:path;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(desk): State<DeskCommands>,
            user: User,
            headers: HeaderMap,
            RawBody(body): RawBody,
        ) -> Result<Json<CommandReceipt>, Problem> {
            let (command, _) = read_command(&body)?;
            desk.execute(&user, &headers, $command(command), None).await
        }
    )*};
}

commands_without_id! {
    /// A command to the network of units.
    network => DeskCommand::Directory;
    /// A command about the leaders' duty turns and sessions.
    leaders => DeskCommand::Leader;
}

impl DeskCommands {
    /// Carries out a command.
    ///
    /// # Errors
    /// The refusal of the desk. A conflict holds the present state for those who may read the ticket.
    pub(super) async fn execute(
        &self,
        user: &User,
        headers: &HeaderMap,
        command: DeskCommand,
        expected: Option<Seq>,
    ) -> Result<Json<CommandReceipt>, Problem> {
        let key = idempotency_key(headers)?;
        let mut faults = self.missing_attachments(&command).await?;
        faults.extend(self.faults_of_calls(&command).await?);
        if !faults.is_empty() {
            return Err(Problem::faults(faults));
        }
        let subject = subject(&command);
        let request = DeskRequest { by: user.actor(), command, expected, key };
        let command = Command::Desk(Box::new(request));
        match (self.commands.execute(user.seat_actor(), command).await, subject) {
            (Ok(done), _) => Ok(Json(done)),
            (Err(refusal), Some(subject)) if is_conflict(&refusal) => {
                Err(self.conflict(user, subject, refusal).await)
            }
            (Err(refusal), _) => Err(refusal.into()),
        }
    }

    /// Attachments that a command names and that were never uploaded.
    async fn missing_attachments(&self, command: &DeskCommand) -> Result<Vec<Fault>, Problem> {
        let command = match command {
            DeskCommand::Ticket(_, command) => serde_json::to_value(command),
            DeskCommand::Assignment(_, command) => serde_json::to_value(command),
            DeskCommand::Open(new_ticket) => serde_json::to_value(new_ticket),
            _ => return Ok(Vec::new()),
        };
        let mut named = Vec::new();
        named_attachments(&command.unwrap_or_default(), "", &mut named);
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let missing = |attachments: &dyn Attachments| {
            // Text that is not a hash is an error here, and the desk validates it.
            let is_missing =
                |hash: &str| attachments.attachment(hash).is_ok_and(|found| found.is_none());
            let missing = named.into_iter().filter(|(_, hash)| is_missing(hash));
            let what = "was not uploaded: POST /api/v1/attachments first";
            Ok(missing.map(|(field, _)| Fault::new(field, what)).collect())
        };
        read(&self.attachments, missing).await
    }

    /// Calls that a command names as proof and that prove nothing: they do not exist, are of another
    /// caller, or are older than what they should prove.
    async fn faults_of_calls(&self, command: &DeskCommand) -> Result<Vec<Fault>, Problem> {
        let named = command.call_references();
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let subject = subject(command).map(|(ticket, _)| ticket);
        let home = self.options.desk.area_code.clone();
        let calls = Arc::clone(&self.calls);
        read(&self.tickets, move |tickets| {
            let ticket = subject.map(|ticket| tickets.ticket(ticket)).transpose()?.flatten();
            let mut faults = Vec::new();
            for named_call in named {
                let found = calls.call(named_call.call)?.map(|cdr| RecordedCall {
                    arrived: cdr.arrived,
                    answered: cdr.connected.is_some(),
                    ended: cdr.ended,
                    caller: cdr.caller,
                });
                faults.extend(named_call.fault(ticket.as_ref(), found.as_ref(), &home));
            }
            Ok(faults)
        })
        .await
    }

    /// A conflict with the present state, the record to expect next and the commands allowed now. A
    /// person who may not read the ticket gets only the refusal.
    async fn conflict(
        &self,
        user: &User,
        (ticket, about): (TicketId, WorkSubject),
        refusal: center::Refusal,
    ) -> Problem {
        let problem = Problem::from(refusal);
        match read(&self.tickets, move |tickets| tickets.ticket(ticket)).await {
            Ok(Some(found)) if ticket_access::may_see(user, &found) => {
                let allowed = worklist::allowed_on_ticket(&found, about, &user.actor());
                problem.at(worklist::state_of(&found, about), found.seq).allowing(&allowed)
            }
            _ => problem,
        }
    }
}

/// The hashes of attachments in a command, with their fields.
fn named_attachments(value: &Value, field: &str, found: &mut Vec<(String, String)>) {
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
                    value => named_attachments(value, &at, found),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                named_attachments(item, &format!("{field}[{i}]"), found);
            }
        }
        _ => {}
    }
}

/// The ticket that a command is about, and which part of it.
fn subject(command: &DeskCommand) -> Option<(TicketId, WorkSubject)> {
    match command {
        DeskCommand::Ticket(id, _) => Some((*id, WorkSubject::Ticket(*id))),
        DeskCommand::Assignment(id, _) => Some((id.ticket, WorkSubject::Assignment(*id))),
        DeskCommand::Dissatisfaction(id, _) => Some((*id, WorkSubject::Dissatisfaction(*id))),
        _ => None,
    }
}

fn is_conflict(refusal: &center::Refusal) -> bool {
    matches!(refusal, center::Refusal::Desk(Refusal::NotNow { .. } | Refusal::Stale { .. }))
}

/// A command from a body, and the last record its sender has seen (`expect_seq`).
pub(super) fn read_command<T: DeserializeOwned + JsonSchema + 'static>(
    body: &[u8],
) -> Result<(T, Option<Seq>), Problem> {
    let fault = |field: &str, what: String| Problem::faults(vec![Fault::new(field, what)]);
    let mut value = decode::json(body).map_err(|error| fault("body", error.to_string()))?;
    let expected = match value.as_object_mut().and_then(|object| object.remove("expect_seq")) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(seq)) if seq.is_u64() => Ok(seq.as_u64()),
        Some(_) => Err(Fault::new("expect_seq", "must be the number of a record")),
    };
    match (schema_check::read(value), expected) {
        (Ok(command), Ok(expected)) => Ok((command, expected)),
        (Ok(_), Err(fault)) => Err(Problem::faults(vec![fault])),
        (Err(mut faults), expected) => {
            faults.extend(expected.err());
            Err(Problem::faults(faults))
        }
    }
}

/// The `Idempotency-Key` of a request.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=KEY_MAX).contains(&text.len()));
    let text = text.ok_or_else(|| {
        Problem::invalid(format!(
            "Idempotency-Key must have 1 to {KEY_MAX} printable ASCII characters"
        ))
    })?;
    Ok(Some(text.to_owned()))
}

/// A UUID has 36 characters.
const KEY_MAX: usize = 100;
