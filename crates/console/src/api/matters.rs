//! A matter: its tickets, orders and filings (REC-23, tickets about one matter; SUP-03, orders;
//! UNS-04, filings).

use std::sync::Arc;

use axum::{Json, extract::State};
use model::{
    TicketId,
    desk::{FilingId, MatterId, OrderId, TicketState, UnitId},
};
use schemars::JsonSchema;
use serde::Serialize;
use store::TicketIndex;
use ticketing::{Filing, order::Order, rights::Right};

use crate::{
    auth::User,
    backend::{ReferenceDataReader, Tickets},
    blocking::read,
    extract::PathId,
    openapi::{Api, RouteDoc},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    Api::default().get(
        "/api/v1/matters/{matter}",
        one,
        RouteDoc::with_right(Right::Tickets, "A matter with its tickets, orders and filings")
            .returns::<Matter>(),
    )
}

/// A matter.
#[derive(Serialize, JsonSchema)]
struct Matter {
    matter: MatterId,
    /// The number of tickets.
    count: u64,
    /// The first tickets, with their states; all are at `/api/v1/tickets?matter=`.
    tickets: Vec<MatterTicket>,
    orders: Vec<MatterOrder>,
    filings: Vec<MatterFiling>,
}

#[derive(Serialize, JsonSchema)]
struct MatterTicket {
    ticket: TicketId,
    state: TicketState,
    /// Whether it follows the master ticket and is answered with it.
    follows: bool,
}

#[derive(Serialize, JsonSchema)]
struct MatterOrder {
    id: OrderId,
    unit: UnitId,
    #[serde(flatten)]
    order: Order,
}

#[derive(Serialize, JsonSchema)]
struct MatterFiling {
    id: FilingId,
    #[serde(flatten)]
    filing: Filing,
}

async fn one(
    State(tickets): State<Arc<dyn Tickets>>,
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    user: User,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<Matter>, Problem> {
    user.require(Right::Tickets)?;
    let matter = MatterId(ticket);
    let found = read(&tickets, move |tickets| {
        let mut first = Vec::new();
        tickets.each_ticket(&TicketIndex::Matter(matter), &mut |ticket| {
            let (state, follows) = (ticket.state, ticket.follows);
            first.push(MatterTicket { ticket: ticket.ticket, state, follows });
            first.len() < TICKETS_MAX
        })?;
        Ok((tickets.matter_size(matter)?, first))
    });
    let (count, tickets) = found.await?;
    if count == 0 {
        return Err(Problem::not_found("no such matter"));
    }
    let (orders, filings) = reference_data.get(|data| {
        let orders = data.orders_of(matter);
        let order = |(id, unit, order): (OrderId, &UnitId, &Order)| MatterOrder {
            id,
            unit: unit.clone(),
            order: order.clone(),
        };
        let filings = data.filings_of(matter);
        let filing =
            |(id, filing): (FilingId, &Filing)| MatterFiling { id, filing: filing.clone() };
        (orders.map(order).collect(), filings.map(filing).collect())
    });
    Ok(Json(Matter { matter, count, tickets, orders, filings }))
}

/// The number of tickets that a page shows.
const TICKETS_MAX: usize = 200;
