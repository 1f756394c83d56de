//! Commands in a call: hold, colleagues, transfer, supervisors. The center checks that the person may
//! give them.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use center::{CallAction, Command, ControlCommand, ControlRequest, Guest, GuestRef};
use model::{
    CallId, LegId, Number, SeatId,
    event::{MonitorMode, TransferTarget},
};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    auth::User,
    backend::Commands,
    decode,
    extract::{PathId, RawBody},
    problem::Problem,
};

/// A seat.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SeatChoice")]
pub(super) struct SeatChoice {
    /// The seat.
    seat: SeatId,
}

/// A colleague or an outside number: one of the two.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GuestChoice")]
pub(super) struct GuestChoice {
    /// The seat of the colleague.
    seat: Option<SeatId>,
    /// The outside number, as people write it.
    number: Option<String>,
}

/// The party to remove from a call: one of the three.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RemovedGuest")]
pub(super) struct RemovedGuest {
    /// The seat of the colleague.
    seat: Option<SeatId>,
    /// The outside number, as people write it.
    number: Option<String>,
    /// The leg, as the wallboard shows it.
    leg: Option<LegId>,
}

impl RemovedGuest {
    fn guest(self) -> Result<GuestRef, Problem> {
        let RemovedGuest { seat, number, leg } = self;
        match (leg, seat.is_some() || number.is_some()) {
            (Some(leg), false) => Ok(GuestRef::Leg(leg)),
            (None, true) => GuestChoice { seat, number }.guest().map(GuestRef::Party),
            _ => Err(Problem::invalid("write either `seat`, `number` or `leg`")),
        }
    }
}

impl GuestChoice {
    fn guest(self) -> Result<Guest, Problem> {
        match (self.seat, self.number) {
            (Some(seat), None) => Ok(Guest::Seat(seat)),
            (None, Some(number)) => Ok(Guest::Number(Number::new(&number))),
            _ => Err(Problem::invalid("write either `seat` or `number`")),
        }
    }
}

/// The new party of a call that is given away.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TransferChoice")]
pub(super) struct TransferChoice {
    /// `{"seat": 1002}`, `{"queue": "citizens"}` or `{"number": "037112345678"}`.
    to: TransferTarget,
}

/// A supervisor's phone and what the supervisor's voice does.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MonitorChoice")]
pub(super) struct MonitorChoice {
    /// The seat at whose phone the supervisor is.
    seat: SeatId,
    /// `listen`, `whisper` or `barge`.
    mode: MonitorMode,
}

type Done = Result<StatusCode, Problem>;
type Center = State<Arc<dyn Commands>>;

pub(super) async fn hold(center: Center, user: User, call: PathId<CallId>) -> Done {
    act(center, user, call, CallAction::Hold).await
}

pub(super) async fn resume(center: Center, user: User, call: PathId<CallId>) -> Done {
    act(center, user, call, CallAction::Resume).await
}

pub(super) async fn invite(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let whom = read::<GuestChoice>(&body)?.guest()?;
    act(center, user, call, CallAction::Invite { whom }).await
}

pub(super) async fn remove(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let whom = read::<RemovedGuest>(&body)?.guest()?;
    act(center, user, call, CallAction::Remove { whom }).await
}

pub(super) async fn complete_transfer(center: Center, user: User, call: PathId<CallId>) -> Done {
    act(center, user, call, CallAction::CompleteTransfer).await
}

pub(super) async fn transfer(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let TransferChoice { to } = read(&body)?;
    let to = match to {
        // In the one form in which numbers are compared.
        TransferTarget::Number(number) => TransferTarget::Number(Number::new(number.reveal())),
        to => to,
    };
    act(center, user, call, CallAction::Transfer { to }).await
}

pub(super) async fn monitor(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let MonitorChoice { seat, mode } = read(&body)?;
    act(center, user, call, CallAction::Monitor { seat, mode }).await
}

pub(super) async fn stop_monitoring(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let SeatChoice { seat } = read(&body)?;
    act(center, user, call, CallAction::StopMonitoring { seat }).await
}

pub(super) async fn take_over(
    center: Center,
    user: User,
    call: PathId<CallId>,
    RawBody(body): RawBody,
) -> Done {
    let SeatChoice { seat } = read(&body)?;
    act(center, user, call, CallAction::TakeOver { seat }).await
}

async fn act(
    State(commands): Center,
    user: User,
    PathId(call): PathId<CallId>,
    action: CallAction,
) -> Done {
    let command = ControlCommand::Call { call, action };
    let request = ControlRequest { by: user.actor(), command };
    commands.execute(user.seat_actor(), Command::Control(request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    decode::typed(body).map_err(|error| Problem::invalid(error.to_string()))
}
