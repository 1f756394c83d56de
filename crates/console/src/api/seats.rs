//! What people ask of seats: sign in and out, ready, not ready, more wrap-up.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use center::Command;
use model::{AccountName, NotReadyReason, SeatId};
use schemars::JsonSchema;
use serde::Deserialize;
use stats::Wallboard;

use super::asked::Sent;
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

/// What a body may say; each wish reads its own field.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    /// `login`: as whom. A supervisor may say; an agent is who they are.
    agent: Option<AccountName>,
    /// `not-ready`: why; `break` when nothing is said.
    reason: Option<String>,
    /// `extend-wrap-up`: by how much, in seconds.
    by_s: Option<u64>,
}

pub(super) async fn wish(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Path((seat, wish)): Path<(String, String)>,
    Sent(body): Sent,
) -> Result<StatusCode, Problem> {
    let seat: SeatId = seat.parse().map_err(|_| Problem::not_found("no such seat"))?;
    let details = details(&body)?;
    let command = match wish.as_str() {
        "login" => Command::LogIn { seat, agent: as_whom(&who, details.agent)? },
        "logout" => Command::LogOut { seat },
        "ready" => Command::Ready { seat },
        "not-ready" => Command::NotReady { seat, reason: reason(details.reason.as_deref())? },
        "extend-wrap-up" => Command::ExtendWrapUp { seat, by: more(details.by_s)? },
        _ => return Err(Problem::not_found("seats know no such wish").allowing(&WISHES)),
    };
    let signs_in = matches!(command, Command::LogIn { .. });
    if !who.may(Right::AllSeats) && !may_steer(&desk.backend.wallboard(), &who, seat, signs_in) {
        return Err(Problem::forbidden(format!("seat {seat} is not yours")));
    }
    desk.backend.command(who.actor(), command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether an agent may: their own seat, or, to sign in, one where nobody is by name.
fn may_steer(board: &Wallboard, who: &Who, seat: SeatId, signs_in: bool) -> bool {
    if who.role() != model::event::Role::Agent {
        return false;
    }
    match board.seats.get(&seat).and_then(|seat| seat.agent()) {
        Some(agent) => *agent == who.account.name,
        None => signs_in,
    }
}

fn as_whom(who: &Who, asked: Option<AccountName>) -> Result<Option<AccountName>, Problem> {
    if who.may(Right::AllSeats) {
        return Ok(asked);
    }
    match asked {
        Some(agent) if agent != who.account.name => Err(Problem::forbidden("sign in as yourself")),
        _ => Ok(Some(who.account.name.clone())),
    }
}

fn reason(word: Option<&str>) -> Result<NotReadyReason, Problem> {
    NotReadyReason::by_person(word.unwrap_or("break"))
        .ok_or_else(|| Problem::unclear("no such reason to be not ready").allowing(&REASONS))
}

fn more(by_s: Option<u64>) -> Result<Duration, Problem> {
    let by_s = by_s.unwrap_or(EXTEND_S);
    if !(1..=EXTEND_MAX_S).contains(&by_s) {
        return Err(Problem::unclear(format!("by_s is 1 to {EXTEND_MAX_S} seconds")));
    }
    Ok(Duration::from_secs(by_s))
}

fn details(body: &[u8]) -> Result<Details, Problem> {
    if body.is_empty() {
        return Ok(Details::default());
    }
    crate::sent::typed(body).map_err(|error| Problem::unclear(error.to_string()))
}

const WISHES: [&str; 5] = ["login", "logout", "ready", "not-ready", "extend-wrap-up"];
const REASONS: [&str; 8] =
    ["break", "meal", "training", "meeting", "coaching", "admin", "outbound", "leader"];
const EXTEND_S: u64 = 60;
/// Wrap-up is minutes; an hour is not-ready.
const EXTEND_MAX_S: u64 = 3_600;
