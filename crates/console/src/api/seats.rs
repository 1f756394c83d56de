//! Commands about seats: sign in and out, ready, not ready, more wrap-up. The center checks that the
//! person may give them.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::StatusCode};
use center::{Command, ControlCommand, ControlRequest};
use model::{AccountName, NotReadyReason, SeatId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    auth::User,
    backend::Commands,
    decode,
    extract::{PathParams, RawBody},
    problem::{Code, Problem},
};

/// The details of a command; each command reads its own field.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Details")]
pub(super) struct SeatCommandBody {
    /// `login`: the account that signs in. Supervisors may name one; agents sign in themselves.
    agent: Option<AccountName>,
    /// `not-ready`: the reason; default `break`.
    reason: Option<String>,
    /// `extend-wrap-up`: by how many seconds; default 60.
    by_s: Option<u64>,
}

pub(super) async fn command(
    State(commands): State<Arc<dyn Commands>>,
    user: User,
    PathParams((seat, word)): PathParams<(String, String)>,
    RawBody(body): RawBody,
) -> Result<StatusCode, Problem> {
    let seat: SeatId = seat.parse().map_err(|_| Problem::new(Code::SeatNotFound))?;
    let details = details(&body)?;
    let command = match word.as_str() {
        "login" => ControlCommand::LogIn { seat, agent: details.agent },
        "logout" => ControlCommand::LogOut { seat },
        "ready" => ControlCommand::Ready { seat },
        "not-ready" => {
            ControlCommand::NotReady { seat, reason: reason(details.reason.as_deref())? }
        }
        "extend-wrap-up" => ControlCommand::ExtendWrapUp { seat, by: extension(details.by_s)? },
        _ => return Err(Problem::not_found("no such command").allowing(&COMMANDS)),
    };
    let request = ControlRequest { by: user.actor(), command };
    commands.execute(user.seat_actor(), Command::Control(request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn reason(word: Option<&str>) -> Result<NotReadyReason, Problem> {
    NotReadyReason::by_person(word.unwrap_or("break"))
        .ok_or_else(|| Problem::invalid("no such reason to be not ready").allowing(&REASONS))
}

fn extension(by_s: Option<u64>) -> Result<Duration, Problem> {
    let by_s = by_s.unwrap_or(EXTENSION_S);
    if !(1..=EXTENSION_MAX_S).contains(&by_s) {
        return Err(Problem::invalid(format!("by_s must be 1 to {EXTENSION_MAX_S} seconds")));
    }
    Ok(Duration::from_secs(by_s))
}

fn details(body: &[u8]) -> Result<SeatCommandBody, Problem> {
    if body.is_empty() {
        return Ok(SeatCommandBody::default());
    }
    decode::typed(body).map_err(|error| Problem::invalid(error.to_string()))
}

const COMMANDS: [&str; 5] = ["login", "logout", "ready", "not-ready", "extend-wrap-up"];
const REASONS: [&str; 8] =
    ["break", "meal", "training", "meeting", "coaching", "admin", "outbound", "leader"];
const EXTENSION_S: u64 = 60;
/// Wrap-up lasts minutes; an agent who needs an hour should be not ready.
const EXTENSION_MAX_S: u64 = 3_600;
