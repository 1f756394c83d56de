//! The offers of a call with their decisions, and the reason why it waits.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRef, State},
};
use model::{
    CallId, Decision, Event, Record, SeatId, Timestamp, WaitReason,
    event::{MissedReason, WithdrawalReason},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::calls::{may_see, only_of};
use crate::{
    auth::User,
    backend::{Calls, Statistics},
    blocking::read,
    extract::PathId,
    openapi::{Api, RouteDoc},
    problem::{Code, Problem},
    state::AppState,
};

pub(super) fn routes() -> Api {
    Api::default().get(
        "/api/v1/calls/{call}/offers",
        list,
        RouteDoc::any_account("Why a call was offered to its seats, and why it waits")
            .notes(
                "The reasons are data; the reader makes the sentences. People without the right \
                 `all_calls` see those of the calls they answered.",
            )
            .returns::<CallOffers>(),
    )
}

/// The offers of a call.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct CallOffers {
    call: CallId,
    /// The reason no seat is rung for it now; absent when one is, and when it no longer waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<WaitReason>,
    /// Oldest first.
    offers: Vec<OfferShown>,
}

/// One offer.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Offer")]
struct OfferShown {
    seat: SeatId,
    /// The time it was made.
    made: Timestamp,
    /// The reason for choosing the seat; absent when it was made by a version that recorded a
    /// sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Box<Decision>>,
    /// The end of the offer; absent while the seat rings.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OfferOutcome>,
}

/// The end of an offer.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OfferOutcome {
    /// The seat answered.
    Accepted {
        /// The ring time, in ms.
        ring_ms: u64,
    },
    /// The seat did not answer.
    Missed {
        /// The ring time, in ms.
        ring_ms: u64,
        /// The phone's reaction, when it was recorded.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<MissedReason>,
    },
    /// The engine took it back.
    Withdrawn {
        /// The ring time, in ms.
        ring_ms: u64,
        reason: WithdrawalReason,
    },
}

/// Reads the offers of calls for people.
#[derive(Clone)]
struct OfferAccess {
    calls: Arc<dyn Calls>,
    statistics: Arc<dyn Statistics>,
}

impl FromRef<AppState> for OfferAccess {
    fn from_ref(state: &AppState) -> OfferAccess {
        OfferAccess { calls: FromRef::from_ref(state), statistics: FromRef::from_ref(state) }
    }
}

async fn list(
    State(access): State<OfferAccess>,
    user: User,
    PathId(call): PathId<CallId>,
) -> Result<Json<CallOffers>, Problem> {
    let found = read(&access.calls, move |calls| Ok((calls.call(call)?, calls.offers(call)?)));
    let (cdr, records) = found.await?;
    let only = only_of(&user);
    // A call that the person may not see is not found, so that ids give nothing away.
    cdr.filter(|cdr| may_see(only.as_ref(), cdr)).ok_or(Problem::new(Code::CallNotFound))?;
    let waits =
        access.statistics.wallboard().wait_reasons.get(&call).map(|waits| (**waits).clone());
    Ok(Json(CallOffers { call, waits, offers: offers(records) }))
}

/// The offers that these records made, each with its end. A call has one offer at a time.
fn offers(records: Vec<Record>) -> Vec<OfferShown> {
    let mut offers: Vec<OfferShown> = Vec::new();
    for Record { at, event, .. } in records {
        let outcome = match event {
            Event::OfferMade(e) => {
                let (seat, decision) = (e.seat, e.decision);
                offers.push(OfferShown { seat, made: at, decision, outcome: None });
                continue;
            }
            Event::OfferAccepted(e) => OfferOutcome::Accepted { ring_ms: e.ring_ms },
            Event::OfferMissed(e) => OfferOutcome::Missed { ring_ms: e.ring_ms, reason: e.reason },
            Event::OfferWithdrawn(e) => {
                OfferOutcome::Withdrawn { ring_ms: e.ring_ms, reason: e.why }
            }
            // The backend gives records of offers only.
            _ => continue,
        };
        if let Some(last) = offers.last_mut() {
            last.outcome.get_or_insert(outcome);
        }
    }
    offers
}
